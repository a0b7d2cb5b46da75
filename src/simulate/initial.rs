//! The state that a run starts from.

use crate::engine::{Real, StateVector};
use crate::error::{Error, Result};
use crate::math::Bits;
use num_complex::{Complex, Complex64};
use std::sync::Arc;

/// The state that a run starts from.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum InitialState {
    /// |0…0⟩.
    #[default]
    Zero,
    /// A basis state, printed `q(n-1)…q0`.
    Bits(Bits),
    /// 2^n amplitudes of norm 1, cast to the precision of the run.
    Amplitudes(Arc<[Complex64]>),
}

impl InitialState {
    /// It on `num_qubits` qubits.
    pub(super) fn state<T: Real>(&self, num_qubits: usize) -> Result<StateVector<T>> {
        match self.start(num_qubits)? {
            Start::Basis { num_qubits, index } => StateVector::basis(num_qubits, index),
            Start::Copy(state) => Ok(state),
        }
    }

    /// It on `num_qubits` qubits, to start from many times.
    pub(super) fn start<T: Real>(&self, num_qubits: usize) -> Result<Start<T>> {
        let fits = |given: usize| {
            if given == num_qubits {
                return Ok(());
            }
            Err(Error::Invalid {
                what: "the number of qubits of the initial state".into(),
                value: given.to_string(),
                expected: format!("the circuit has {num_qubits}"),
            })
        };
        match self {
            InitialState::Zero => Ok(Start::Basis { num_qubits, index: 0 }),
            InitialState::Bits(bits) => {
                fits(bits.len())?;
                let index = bits.value(0, num_qubits.min(64)) as u64;
                Ok(Start::Basis { num_qubits, index })
            }
            InitialState::Amplitudes(amplitudes) => {
                let cast = |z: &Complex64| Complex::new(T::from_f64(z.re), T::from_f64(z.im));
                let state = StateVector::from_amplitudes(
                    &amplitudes.iter().map(cast).collect::<Vec<Complex<T>>>(),
                )?;
                fits(state.num_qubits())?;
                Ok(Start::Copy(state))
            }
        }
    }
}

/// An initial state that many runs start from.
#[derive(Debug)]
pub(super) enum Start<T: Real> {
    /// A basis state: a run writes it into the memory that it has.
    Basis { num_qubits: usize, index: u64 },
    /// Any other: a run takes a copy.
    Copy(StateVector<T>),
}

impl<T: Real> Start<T> {
    /// A new state.
    pub fn state(&self) -> Result<StateVector<T>> {
        match self {
            Start::Basis { num_qubits, index } => StateVector::basis(*num_qubits, *index),
            Start::Copy(state) => state.try_clone(),
        }
    }

    /// Makes a state of the same size this one.
    pub fn write_to(&self, state: &mut StateVector<T>) -> Result<()> {
        match self {
            Start::Basis { index, .. } => state.set_basis(*index),
            Start::Copy(from) => {
                *state = from.try_clone()?;
                Ok(())
            }
        }
    }
}
