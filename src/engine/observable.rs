//! Pauli sums prepared for many states.

use super::action::PauliMask;
use super::kernel::Real;
use super::layout::Layout;
use super::memory;
use super::state_vector::StateVector;
use super::string_sweeps::StringSweeps;
use crate::error::Result;

/// A Pauli sum Σ c P, prepared for states of n qubits: how the strings share their work is found
/// once. Up to 14 qubits an expectation then allocates nothing and runs on the calling thread.
///
/// ```
/// use ketlab::engine::{PauliObservable, PauliMask, StateVector};
/// # fn main() -> ketlab::Result<()> {
/// // Z_0 Z_1 + 0.5 X_2
/// let zz = PauliMask { x: 0, z: 0b011 };
/// let x = PauliMask { x: 0b100, z: 0 };
/// let energy = PauliObservable::new(3, &[(zz, 1.0), (x, 0.5)])?;
/// assert_eq!(energy.expectation(&StateVector::<f64>::basis(3, 0b001)?), -1.0);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct PauliObservable {
    terms: Vec<(PauliMask, f64)>,
    sweeps: StringSweeps,
    /// Coefficients with signs, in the order of the sums.
    weights: Vec<f64>,
}

impl PauliObservable {
    /// Prepares a sum for states of `num_qubits` qubits.
    /// [`Error::QubitOutOfRange`](crate::Error::QubitOutOfRange) if a string acts on another one;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if no machine has such states.
    pub fn new(num_qubits: usize, terms: &[(PauliMask, f64)]) -> Result<Self> {
        if num_qubits > 58 {
            return Err(memory::refusal::<f64>("a state vector", num_qubits));
        }
        Self::located(&Layout::identity(num_qubits), terms)
    }

    /// Prepares it for states of one layout.
    pub(super) fn located(layout: &Layout, terms: &[(PauliMask, f64)]) -> Result<Self> {
        let sweeps = StringSweeps::new(layout, terms.iter().map(|(p, _)| *p))?;
        let weights = sweeps.strings().iter().map(|t| t.sign * terms[t.index].1).collect();
        Ok(PauliObservable { terms: terms.to_vec(), sweeps, weights })
    }

    /// The strings and their coefficients.
    pub fn terms(&self) -> &[(PauliMask, f64)] {
        &self.terms
    }

    /// Σ c ⟨ψ|P|ψ⟩, accumulated in double precision; the same bits at any number of threads. Panics
    /// if the state has another number of qubits.
    #[track_caller]
    pub fn expectation<T: Real>(&self, state: &StateVector<T>) -> f64 {
        if state.layout.is_identity() {
            self.value(state, None)
        } else if self.sweeps.is_one_tile() {
            self.value(state, Some(&state.layout))
        } else {
            state.expectation(&self.terms)
        }
    }

    /// For a state of the layout that it was prepared for; a state of one tile may have another one.
    #[track_caller]
    pub(super) fn value<T: Real>(&self, state: &StateVector<T>, order: Option<&Layout>) -> f64 {
        self.sweeps.sums(state, order, |sums| {
            sums.iter().zip(&self.weights).map(|(sum, weight)| sum * weight).sum()
        })
    }
}
