//! Sums of Pauli strings on a stabilizer state.

use super::super::expectation::{Expectation, without_identity};
use crate::clifford::Tableau;
use crate::error::{Error, Result};
use crate::math::Meter;
use crate::pauli::{PauliString, PauliSum};
use num_complex::Complex64;
use std::collections::BTreeMap;

/// Of an entry beside its words.
const BYTES_PER_IMAGE: u64 = 80;

/// An observable without its identity term.
#[derive(Debug)]
pub(in super::super) struct Observable {
    terms: Vec<(PauliString, f64)>,
    /// The coefficient of the identity.
    pub shift: f64,
}

impl Observable {
    /// On a register of `num_qubits`.
    ///
    /// # Errors
    /// If a qubit does not exist, or a coefficient is not finite.
    pub fn new(sum: &PauliSum, num_qubits: usize) -> Result<Self> {
        let term = |string: &PauliString, coefficient| {
            if string.num_qubits() > num_qubits {
                return Err(Error::QubitOutOfRange { qubit: string.num_qubits() - 1, num_qubits });
            }
            Ok((string.clone(), coefficient))
        };
        let (terms, shift) = without_identity(sum, term)?;
        Ok(Observable { terms, shift })
    }

    /// Mean and variance. With |ψ⟩ = U|0…0⟩, H|ψ⟩ is U Σ c U†PU|0…0⟩, and each U†PU takes |0…0⟩ to a
    /// basis state times a power of i: the amplitude at 0…0 is the mean, and what is elsewhere the
    /// variance, ‖(H - ⟨H⟩)ψ‖², which does not cancel.
    pub fn mean_and_variance(&self, tableau: &Tableau) -> Result<Expectation> {
        let mut amplitudes: BTreeMap<Vec<u64>, Complex64> = BTreeMap::new();
        let meter = Meter::new("the images of an observable's strings", "ask for fewer terms");
        for (string, coefficient) in &self.terms {
            let (negative, image) = tableau.heisenberg(string)?;
            // Z|0⟩ = |0⟩, X|0⟩ = |1⟩, Y|0⟩ = i|1⟩.
            let ys: u32 = image.pairs().map(|(x, z)| (x & z).count_ones()).sum();
            let mut ones: Vec<u64> = image.pairs().map(|(x, _)| x).collect();
            ones.truncate(ones.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1));
            if !amplitudes.contains_key(&ones) {
                meter.take(8 * ones.len() as u64 + BYTES_PER_IMAGE)?;
            }
            let sign = if negative { -coefficient } else { *coefficient };
            *amplitudes.entry(ones).or_default() += Complex64::i().powu(ys % 4) * sign;
        }
        let value = amplitudes.remove(&Vec::new()).map_or(0.0, |mean| mean.re);
        Ok(Expectation { value, variance: amplitudes.values().map(Complex64::norm_sqr).sum() })
    }
}
