//! An observable on the engine's masks, and what a state says of it.

use super::super::expectation::{Expectation, finite, without_identity};
use super::lower::pauli_mask;
use crate::engine::{self, PauliMask, Real, StateVector};
use crate::error::Result;
use crate::pauli::{PauliString, PauliSum};

/// An observable without its identity term.
#[derive(Debug)]
pub(crate) struct Observable {
    terms: engine::PauliObservable,
    /// The coefficient of the identity. It is kept apart: it adds nothing to the variance, but
    /// ⟨H²⟩ - ⟨H⟩² would cancel where it is large.
    pub shift: f64,
}

impl Observable {
    /// On a register of `num_qubits`.
    ///
    /// # Errors
    /// If a qubit does not exist, or a coefficient is not finite.
    pub fn new(sum: &PauliSum, num_qubits: usize) -> Result<Self> {
        let term = |string: &PauliString, c| Ok((pauli_mask(string, num_qubits)?, c));
        let (terms, shift) = without_identity(sum, term)?;
        Ok(Observable { terms: engine::PauliObservable::new(num_qubits, &terms)?, shift })
    }

    /// The strings and their coefficients, without the identity.
    pub fn terms(&self) -> &[(PauliMask, f64)] {
        self.terms.terms()
    }

    /// The same with the sign of some strings changed.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn reflected(&self, num_qubits: usize, flips: impl Fn(PauliMask) -> bool) -> Result<Self> {
        let term = |&(string, c): &(PauliMask, f64)| (string, if flips(string) { -c } else { c });
        let terms: Vec<_> = self.terms().iter().map(term).collect();
        Ok(Observable {
            terms: engine::PauliObservable::new(num_qubits, &terms)?,
            shift: self.shift,
        })
    }

    /// The mean.
    ///
    /// # Errors
    /// If it is not finite.
    pub fn value<T: Real>(&self, state: &StateVector<T>) -> Result<f64> {
        finite(self.shift + self.mean(state))
    }

    /// The mean without the identity: the one place where states are asked for it.
    pub fn mean<T: Real>(&self, state: &StateVector<T>) -> f64 {
        self.terms.expectation(state)
    }

    /// Mean and variance without the identity. The variance is ‖(H - ⟨H⟩)ψ‖², which does not
    /// cancel.
    pub fn mean_and_variance<T: Real>(&self, state: &StateVector<T>) -> Result<Expectation> {
        let value = self.mean(state);
        let variance = match self.terms.terms() {
            [] => 0.0,
            [(_, c)] => (c * c * (1.0 - (value / c).powi(2))).max(0.0),
            terms => {
                let mut centred = terms.to_vec();
                centred.push((PauliMask::default(), -value));
                state.apply_pauli_sum(&centred)?.norm()
            }
        };
        Ok(Expectation { value, variance })
    }
}
