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
            InitialState::Zero => StateVector::zero(num_qubits),
            InitialState::Bits(bits) => {
                fits(bits.len())?;
                StateVector::from_bits(bits)
            }
            InitialState::Amplitudes(amplitudes) => {
                let cast = |z: &Complex64| Complex::new(T::from_f64(z.re), T::from_f64(z.im));
                let state = StateVector::from_amplitudes(
                    &amplitudes.iter().map(cast).collect::<Vec<Complex<T>>>(),
                )?;
                fits(state.num_qubits())?;
                Ok(state)
            }
        }
    }
}
