//! Measurements of single qubits.

use super::row;
use super::step::CliffordStep;
use super::tableau::Tableau;
use crate::error::{Error, Result};
use crate::math::{Isa, Vectorized, vectorized};

impl Tableau {
    /// What a measurement of Z on a qubit gives; `None` where both outcomes have probability ½.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`].
    pub fn outcome(&self, qubit: usize) -> Result<Option<bool>> {
        self.check_qubit(qubit)?;
        let place = self.place[2 * qubit + 1] as usize;
        let x = &self.row(place)[..self.row_words / 2];
        Ok(x.iter().all(|&word| word == 0).then_some(self.negative[place]))
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
                vectorized(Isa::best(), Collapse { tableau: self, qubit, outcome });
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
        let minus = self.outcome ^ t.negative[place];
        let exponent = row::multiply(&mut product, &measured) + 2 * u32::from(minus);
        for (row, negative) in t.rows.chunks_exact_mut(words).zip(&mut t.negative) {
            let with_z = row::bit(row, pivot);
            let with_r = row::anticommute(row, &measured);
            if with_z != with_r {
                let exponent = exponent + row::multiply(row, &product);
                *negative ^= with_z ^ (exponent & 2 != 0);
            } else {
                *negative ^= with_z;
            }
        }
    }
}
