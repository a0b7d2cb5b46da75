//! The state that a run starts from.

use super::request::AnyState;
use crate::clifford::Tableau;
use crate::engine::{DensityMatrix, Isa, Real, StateVector};
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
    /// A stabilizer state, for the stabilizer method.
    Stabilizer(Arc<Tableau>),
    /// A mixed state, cast to the precision of the run, for the density-matrix method.
    Density(Arc<DensityMatrix<f64>>),
}

/// The amplitudes of a state, so that a run goes on where another one ended. Where Σ|a|² is 1 within
/// 1e-5 but not within 1e-9, as it is in single precision, they are divided by the norm in double
/// precision.
///
/// ```
/// use ketlab::{Circuit, Request, Simulator, StateVector};
/// let amplitudes = [0.6f32, 0.0, 0.0, 0.8].map(Into::into);
/// let state = StateVector::<f32>::from_amplitudes(&amplitudes)?;
/// let request = Request::new().observable("Z0".parse()?);
/// let result = Simulator::new().initial_state(state).run(&Circuit::new(2), &request)?;
/// assert!((result.expectations[0].value - (0.36 - 0.64)).abs() < 1e-7);
/// # Ok::<(), ketlab::Error>(())
/// ```
impl<T: Real> From<StateVector<T>> for InitialState {
    fn from(state: StateVector<T>) -> Self {
        InitialState::from(&state)
    }
}

/// See `From<StateVector<T>>`.
impl<T: Real> From<&StateVector<T>> for InitialState {
    fn from(state: &StateVector<T>) -> Self {
        let norm = state.norm();
        let off = (norm - 1.0).abs();
        let rounded = off > f64::NORM_TOLERANCE && off <= f32::NORM_TOLERANCE;
        let factor = if rounded { 1.0 / norm.sqrt() } else { 1.0 };
        let amplitudes = state.to_vec();
        InitialState::Amplitudes(
            amplitudes
                .iter()
                .map(|z| Complex64::new(z.re.to_f64(), z.im.to_f64()) * factor)
                .collect(),
        )
    }
}

/// The state of a result, in the precision of its run; see `From<StateVector<T>>`.
impl From<AnyState> for InitialState {
    fn from(state: AnyState) -> Self {
        match state {
            AnyState::Stabilizer(state) => InitialState::Stabilizer(Arc::new(state)),
            AnyState::DensityF32(state) => InitialState::from(&state),
            AnyState::DensityF64(state) => InitialState::from(&state),
            AnyState::F32(state) => InitialState::from(&state),
            AnyState::F64(state) => InitialState::from(&state),
        }
    }
}

/// A basis state.
impl From<Bits> for InitialState {
    fn from(bits: Bits) -> Self {
        InitialState::Bits(bits)
    }
}

impl InitialState {
    /// It on `num_qubits` qubits.
    pub(super) fn state<T: Real>(&self, num_qubits: usize, isa: Isa) -> Result<StateVector<T>> {
        match self.start(num_qubits, isa)? {
            Start::Copy(state) => Ok(state),
            basis => basis.state(),
        }
    }

    /// It on `num_qubits` qubits, to start from many times, for the kernels of an instruction set.
    pub(super) fn start<T: Real>(&self, num_qubits: usize, isa: Isa) -> Result<Start<T>> {
        match self {
            InitialState::Zero => Ok(Start::Basis { num_qubits, index: 0, isa }),
            InitialState::Bits(bits) => {
                check_qubits(bits.len(), num_qubits)?;
                let index = bits.value(0, num_qubits.min(64)) as u64;
                Ok(Start::Basis { num_qubits, index, isa })
            }
            InitialState::Amplitudes(amplitudes) => {
                let cast = |z: &Complex64| Complex::new(T::from_f64(z.re), T::from_f64(z.im));
                let mut state = StateVector::from_amplitudes(
                    &amplitudes.iter().map(cast).collect::<Vec<Complex<T>>>(),
                )?;
                check_qubits(state.num_qubits(), num_qubits)?;
                state.set_isa(isa)?;
                Ok(Start::Copy(state))
            }
            InitialState::Stabilizer(_) => Err(Error::Unsupported {
                method: "the state vector",
                operation: "a stabilizer tableau as the initial state".into(),
                hint: "use the stabilizer method".into(),
            }),
            InitialState::Density(_) => Err(Error::Unsupported {
                method: "the state vector",
                operation: "a density matrix as the initial state".into(),
                hint: "use the density-matrix method".into(),
            }),
        }
    }
}

/// Whether an initial state has as many qubits as the circuit.
pub(super) fn check_qubits(given: usize, num_qubits: usize) -> Result<()> {
    if given == num_qubits {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of qubits of the initial state".into(),
        value: given.to_string(),
        expected: format!("the circuit has {num_qubits}"),
    })
}

/// An initial state that many runs start from.
#[derive(Debug)]
pub(crate) enum Start<T: Real> {
    /// A basis state: a run writes it into the memory that it has.
    Basis { num_qubits: usize, index: u64, isa: Isa },
    /// Any other: a run copies it there.
    Copy(StateVector<T>),
}

impl<T: Real> Start<T> {
    /// A new state.
    pub fn state(&self) -> Result<StateVector<T>> {
        match self {
            Start::Basis { num_qubits, index, isa } => {
                let mut state = StateVector::basis(*num_qubits, *index)?;
                state.set_isa(*isa)?;
                Ok(state)
            }
            Start::Copy(state) => state.try_clone(),
        }
    }

    /// Makes a state of the same size this one.
    pub fn write_to(&self, state: &mut StateVector<T>) -> Result<()> {
        match self {
            Start::Basis { index, .. } => state.set_basis(*index),
            Start::Copy(from) => {
                state.copy_from(from);
                Ok(())
            }
        }
    }
}
