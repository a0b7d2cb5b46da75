//! What a machine is to learn: a law of strings, or a quantum state.

use super::data::{DensityMatrix, Distribution};
use crate::error::Result;
use crate::math::Fingerprint;
use crate::pauli::PauliSum;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// A law of strings, or a state of the visible units.
#[derive(Debug, Clone)]
pub enum Target {
    /// Strings of the visible units, each once with its probability: a diagonal state.
    Law(Distribution),
    /// A state.
    State(DensityMatrix),
}

impl From<Distribution> for Target {
    fn from(law: Distribution) -> Self {
        Target::Law(law)
    }
}

impl From<DensityMatrix> for Target {
    fn from(state: DensityMatrix) -> Self {
        Target::State(state)
    }
}

impl Target {
    /// Visible units.
    pub fn num_units(&self) -> usize {
        match self {
            Target::Law(law) => law.num_bits(),
            Target::State(state) => state.num_qubits(),
        }
    }

    /// What measuring all units gives.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn measured(&self) -> Result<Distribution> {
        match self {
            Target::Law(law) => Ok(law.clone()),
            Target::State(state) => state.measured(),
        }
    }

    /// -Tr η ln η, in nats; of a law, Shannon's entropy.
    pub fn entropy(&self) -> f64 {
        match self {
            Target::Law(law) => law.entropy(),
            Target::State(state) => state.entropy(),
        }
    }

    /// Tr η O.
    ///
    /// # Errors
    /// If the operator is on other qubits.
    pub fn expectation(&self, operator: &PauliSum) -> Result<f64> {
        let mut sum = 0.0;
        for (string, factor) in operator.terms() {
            sum += factor
                * match self {
                    Target::State(state) => state.expectation(string)?,
                    Target::Law(_) if !string.is_diagonal() => 0.0,
                    Target::Law(law) => {
                        let odd = |bits: &crate::math::Bits| {
                            string.support().filter(|&i| bits.bit(i)).count() % 2 == 1
                        };
                        let signed = law.outcomes().iter();
                        signed.map(|(bits, q)| if odd(bits) { -q } else { *q }).sum()
                    }
                };
        }
        Ok(sum)
    }

    /// The density matrix.
    pub(super) fn matrix(&self) -> Result<DMatrix<Complex64>> {
        match self {
            Target::Law(law) => Ok(DensityMatrix::diagonal(law)?.matrix().clone()),
            Target::State(state) => Ok(state.matrix().clone()),
        }
    }

    /// What tells it from others.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Target::Law(law) => law.fingerprint(),
            Target::State(state) => {
                let entries: Vec<[f64; 2]> = state.matrix().iter().map(|z| [z.re, z.im]).collect();
                Fingerprint::new().with("density matrix", &entries)
            }
        }
    }
}
