//! The inverse tableau of a stabilizer state.

use super::row::{self, half_words, isa};
use super::step::{CliffordMap, CliffordStep, QuarterTurn};
use crate::error::{Error, Result};
use crate::math::{Bits, Vectorized, check_memory, too_large, vectorized};
use crate::pauli::Pauli;

/// A stabilizer state U|0…0⟩ by its inverse tableau: for each qubit q the signed Pauli strings
/// U†X_qU and U†Z_qU (Gidney, Quantum 5, 497 (2021), section 3). A gate multiplies a few of these
/// rows, and whether a measurement of qubit q is certain stands in one of them.
///
/// Costs for n qubits: n²/2 bytes (a little more where n is no multiple of 512), a gate O(n/64), a
/// certain outcome O(n/64), a random one and a Pauli string's image O(n²/64) words.
///
/// ```
/// use ketlab::clifford::{CliffordStep, Tableau};
/// let mut bell = Tableau::new(2)?;
/// bell.apply(&[CliffordStep::H(0), CliffordStep::CX(0, 1)])?;
/// assert_eq!(bell.expectation(&"XX".parse()?)?, 1);
/// assert_eq!(bell.expectation(&"YY".parse()?)?, -1);
/// assert_eq!(bell.outcome(1)?, None);
/// bell.collapse(1, true)?;
/// assert_eq!(bell.outcome(0)?, Some(true));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct Tableau {
    pub(super) num_qubits: usize,
    /// Words of a row: x, then z.
    pub(super) row_words: usize,
    pub(super) rows: Vec<u64>,
    /// A row is i^exponent X^x Z^z.
    pub(super) exponents: Vec<u8>,
    /// Which row belongs to X_q, at 2q, and to Z_q, at 2q + 1: H and SWAP exchange two of them.
    pub(super) place: Vec<u32>,
}

/// Bytes of a tableau, saturated: rows of 2n bits for X and for Z of each qubit, rounded up to
/// multiples of 512 bits a half.
pub fn tableau_bytes(num_qubits: usize) -> u128 {
    let row = 16 * half_words(num_qubits) as u128 + 5;
    row.saturating_mul(2 * num_qubits as u128)
}

impl Tableau {
    /// |0…0⟩.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if [`tableau_bytes`] do not fit.
    pub fn new(num_qubits: usize) -> Result<Self> {
        Self::refuse_unless_fits("a stabilizer tableau", num_qubits)?;
        let half = half_words(num_qubits);
        let mut tableau = Tableau {
            num_qubits,
            row_words: 2 * half,
            rows: vec![0; 4 * half * num_qubits],
            exponents: vec![0; 2 * num_qubits],
            place: (0..2 * num_qubits as u32).collect(),
        };
        tableau.set_diagonal();
        Ok(tableau)
    }

    /// A basis state; bit q is qubit q.
    ///
    /// # Errors
    /// As [`Tableau::new`].
    pub fn basis(bits: &Bits) -> Result<Self> {
        let mut tableau = Self::new(bits.len())?;
        for q in row::ones(bits.words()) {
            tableau.exponents[2 * q + 1] = 2;
        }
        Ok(tableau)
    }

    /// A copy.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if there is no memory for it.
    pub fn try_clone(&self) -> Result<Self> {
        Self::refuse_unless_fits("a copy of a stabilizer tableau", self.num_qubits)?;
        Ok(Tableau {
            rows: self.rows.clone(),
            exponents: self.exponents.clone(),
            place: self.place.clone(),
            ..*self
        })
    }

    /// Becomes a copy of a tableau, in the memory it has where the numbers of qubits are equal.
    pub fn copy_from(&mut self, other: &Tableau) {
        (self.num_qubits, self.row_words) = (other.num_qubits, other.row_words);
        self.rows.clone_from(&other.rows);
        self.exponents.clone_from(&other.exponents);
        self.place.clone_from(&other.place);
    }

    /// Becomes |0…0⟩, in the memory it has.
    pub fn set_zero(&mut self) {
        self.rows.fill(0);
        self.exponents.fill(0);
        (0..).zip(&mut self.place).for_each(|(k, place)| *place = k);
        self.set_diagonal();
    }

    fn set_diagonal(&mut self) {
        let half = self.row_words / 2;
        for q in 0..self.num_qubits {
            let (x, z) = (2 * q * self.row_words, (2 * q + 1) * self.row_words + half);
            self.rows[x + q / 64] = 1 << (q % 64);
            self.rows[z + q / 64] = 1 << (q % 64);
        }
    }

    fn refuse_unless_fits(what: &str, num_qubits: usize) -> Result<()> {
        let advice = |available: u128| {
            let most = (2 * available).isqrt() as usize;
            (Some(most), format!("it takes n²/2 bytes for n qubits: about {most} qubits fit"))
        };
        let needed = tableau_bytes(num_qubits);
        let what = format!("{what} of {num_qubits} qubits");
        if needed > isize::MAX as u128 {
            return Err(too_large(what, needed, advice));
        }
        check_memory(what, needed, advice)
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    pub(super) fn check_qubit(&self, qubit: usize) -> Result<()> {
        let num_qubits = self.num_qubits;
        if qubit < num_qubits { Ok(()) } else { Err(Error::QubitOutOfRange { qubit, num_qubits }) }
    }

    /// Applies steps, the first one first.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`] or [`Error::RepeatedQubit`] for the first step that does not fit;
    /// then none is applied.
    pub fn apply(&mut self, steps: &[CliffordStep]) -> Result<()> {
        steps.iter().try_for_each(|step| step.check(self.num_qubits))?;
        vectorized(isa(), Apply { tableau: self, steps });
        Ok(())
    }

    #[inline(always)]
    pub(super) fn row(&self, place: usize) -> &[u64] {
        &self.rows[place * self.row_words..(place + 1) * self.row_words]
    }

    /// Where the row of X is.
    #[inline(always)]
    pub(super) fn x(&self, qubit: u32) -> usize {
        self.place[2 * qubit as usize] as usize
    }

    /// Where the row of Z is.
    #[inline(always)]
    pub(super) fn z(&self, qubit: u32) -> usize {
        self.place[2 * qubit as usize + 1] as usize
    }

    /// Row a becomes i^exponent·a·b, which must be Hermitian.
    #[inline(always)]
    fn multiply(&mut self, a: usize, b: usize, exponent: u8) {
        let words = self.row_words;
        let (left, right) = if a < b {
            let (low, high) = self.rows.split_at_mut(b * words);
            (&mut low[a * words..(a + 1) * words], &high[..words])
        } else {
            let (low, high) = self.rows.split_at_mut(a * words);
            (&mut high[..words], &low[b * words..(b + 1) * words])
        };
        let sum = self.exponents[a] + self.exponents[b] + exponent + row::multiply(left, right);
        self.exponents[a] = sum & 3;
    }

    /// U†PU as i^e X^x Z^z in a row that is the identity; returns e.
    #[inline(always)]
    pub(super) fn pull_back_row(
        &self,
        factors: impl Iterator<Item = (usize, Pauli)>,
        out: &mut [u64],
    ) -> u8 {
        factors.fold(0u8, |exponent, (q, letter)| {
            let (x, z) = letter.bits();
            // Y = iXZ
            let start = exponent + u8::from(x && z);
            let rows = [(x, 2 * q), (z, 2 * q + 1)].into_iter().filter(|r| r.0);
            rows.fold(start, |exponent, (_, index)| {
                let place = self.place[index] as usize;
                (exponent + row::multiply(out, self.row(place)) + self.exponents[place]) & 3
            })
        }) & 3
    }
}

struct Apply<'a> {
    tableau: &'a mut Tableau,
    steps: &'a [CliffordStep],
}

impl Vectorized for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let t = self.tableau;
        for step in self.steps {
            use CliffordStep::*;
            match *step {
                X(q) => t.negate(false, true, q),
                Y(q) => t.negate(true, true, q),
                Z(q) => t.negate(true, false, q),
                H(q) => t.place.swap(2 * q as usize, 2 * q as usize + 1),
                // S†XS = -Y = -iXZ, and so on.
                S(q) => t.multiply(t.x(q), t.z(q), 3),
                Sdg(q) => t.multiply(t.x(q), t.z(q), 1),
                SX(q) => t.multiply(t.z(q), t.x(q), 3),
                SXdg(q) => t.multiply(t.z(q), t.x(q), 1),
                CX(a, b) => {
                    t.multiply(t.x(a), t.x(b), 0);
                    t.multiply(t.z(b), t.z(a), 0);
                }
                CZ(a, b) => {
                    t.multiply(t.x(a), t.z(b), 0);
                    t.multiply(t.x(b), t.z(a), 0);
                }
                Swap(a, b) => {
                    t.place.swap(2 * a as usize, 2 * b as usize);
                    t.place.swap(2 * a as usize + 1, 2 * b as usize + 1);
                }
                Rotation(ref turn) => t.turn(turn),
                Map(ref map) => t.map(map),
            }
        }
    }
}

impl Tableau {
    #[inline(always)]
    fn negate(&mut self, x: bool, z: bool, qubit: u32) {
        let (place_x, place_z) = (self.x(qubit), self.z(qubit));
        self.exponents[place_x] ^= 2 * u8::from(x);
        self.exponents[place_z] ^= 2 * u8::from(z);
    }

    /// Q that anticommutes with P becomes g†Qg = iPQ = -iQP.
    #[inline(always)]
    fn turn(&mut self, turn: &QuarterTurn) {
        let mut image = vec![0; self.row_words];
        let factors = turn.factors.iter().map(|&(q, letter)| (q as usize, letter));
        let exponent = self.pull_back_row(factors, &mut image) + if turn.inverse { 1 } else { 3 };
        for &(q, letter) in &turn.factors {
            let (x, z) = letter.bits();
            for (_, place) in [(z, self.x(q)), (x, self.z(q))].into_iter().filter(|r| r.0) {
                let row = &mut self.rows[place * self.row_words..(place + 1) * self.row_words];
                let sum = self.exponents[place] + exponent + row::multiply(row, &image);
                self.exponents[place] = sum & 3;
            }
        }
    }

    #[inline(always)]
    fn map(&mut self, map: &CliffordMap) {
        let words = self.row_words;
        let mut images = vec![0; words * map.pull_back.images().len()];
        let mut exponents = [0; 16];
        for (k, image) in map.pull_back.images().iter().enumerate() {
            let letter = |j: usize| Pauli::from_bits(image.x >> j & 1 == 1, image.z >> j & 1 == 1);
            let factors = map.qubits.iter().enumerate().map(|(j, &q)| (q as usize, letter(j)));
            let exponent = self.pull_back_row(factors, &mut images[k * words..(k + 1) * words]);
            exponents[k] = (exponent + 2 * u8::from(image.negative)) & 3;
        }
        for (k, image) in images.chunks_exact(words).enumerate() {
            let place = self.place[2 * map.qubits[k / 2] as usize + k % 2] as usize;
            self.rows[place * words..(place + 1) * words].copy_from_slice(image);
            self.exponents[place] = exponents[k];
        }
    }
}
