//! Measurements of single qubits.

use super::row::{self, isa};
use super::step::CliffordStep;
use super::tableau::Tableau;
use crate::error::{Error, Result};
use crate::math::{Vectorized, vectorized};

impl Tableau {
    /// What a measurement of Z on a qubit gives; `None` where both outcomes have probability ½.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`].
    pub fn outcome(&self, qubit: usize) -> Result<Option<bool>> {
        self.check_qubit(qubit)?;
        let place = self.place[2 * qubit + 1] as usize;
        let x = &self.row(place)[..self.row_words / 2];
        Ok(x.iter().all(|&word| word == 0).then_some(self.exponents[place] == 2))
    }

    /// Becomes the state after a measurement of Z on a qubit with this outcome. Costs O(n²/64) words
    /// if the outcome is random, almost nothing if it is certain.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`]; [`Error::Invalid`] if the outcome is impossible.
    pub fn collapse(&mut self, qubit: usize, outcome: bool) -> Result<()> {
        match self.outcome(qubit)? {
            Some(certain) if certain == outcome => Ok(()),
            Some(certain) => Err(Error::Invalid {
                what: format!("the outcome of a measurement of qubit {qubit}"),
                value: u8::from(outcome).to_string(),
                expected: format!("in this state it is certainly {}", u8::from(certain)),
            }),
            None => {
                vectorized(isa(), Collapse { tableau: self, qubit, outcome });
                Ok(())
            }
        }
    }

    /// Applies X to a qubit: with an outcome that is known, a reset.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`].
    pub fn flip(&mut self, qubit: usize) -> Result<()> {
        self.check_qubit(qubit)?;
        self.apply(&[CliffordStep::X(qubit as u32)])
    }
}

/// Projects (1 ± Z_q)/√2: with R = U†Z_qU and a Z_k that anticommutes with R, the Clifford operation
/// V = (Z_k ± R)/√2 takes |0…0⟩ to (1 ± R)/√2|0…0⟩, so U becomes UV, and each row P becomes VPV. That is
/// P, or -P where P anticommutes with both; ±PZ_kR where with R alone, ∓PZ_kR where with Z_k alone.
struct Collapse<'a> {
    tableau: &'a mut Tableau,
    qubit: usize,
    outcome: bool,
}

impl Vectorized for Collapse<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let t = self.tableau;
        let words = t.row_words;
        let place = t.place[2 * self.qubit + 1] as usize;
        let measured = t.row(place).to_vec();
        let pivot = row::ones(measured[..words / 2].iter().copied()).next();
        let pivot = pivot.expect("the outcome is random");
        // i^exponent·product = ±Z_k·R
        let mut product = vec![0; words];
        product[words / 2 + pivot / 64] = 1 << (pivot % 64);
        let exponent = row::multiply(&mut product, &measured)
            + t.exponents[place]
            + 2 * u8::from(self.outcome);
        // Which rows are multiplied is as good as random: collected first, so that nothing waits for it.
        let mut multiplied = vec![0u32; t.exponents.len()];
        let mut count = 0;
        for (k, row) in t.rows.chunks_exact(words).enumerate() {
            let with_z = row::bit(row, pivot);
            t.exponents[k] ^= 2 * u8::from(with_z);
            multiplied[count] = k as u32;
            count += usize::from(with_z != row::anticommute(row, &measured));
        }
        for &k in &multiplied[..count] {
            let row = &mut t.rows[k as usize * words..][..words];
            let own = &mut t.exponents[k as usize];
            *own = (*own + exponent + row::multiply(row, &product)) & 3;
        }
    }
}
