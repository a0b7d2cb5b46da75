//! Density matrices that runs start from.

use super::super::initial::{InitialState, check_qubits};
use crate::engine::{DensityMatrix, Isa, Real, check_density};
use crate::error::{Error, Result};
use std::sync::Arc;

/// The initial state on `num_qubits` qubits.
///
/// # Errors
/// If it has another size or no room; [`Error::Unsupported`] for a stabilizer tableau.
pub(super) fn start<T: Real>(
    initial: &InitialState,
    num_qubits: usize,
    isa: Isa,
) -> Result<DensityMatrix<T>> {
    check_density::<T>("a density matrix", num_qubits)?;
    let mut rho = match initial {
        InitialState::Zero => DensityMatrix::zero(num_qubits)?,
        InitialState::Bits(bits) => {
            check_qubits(bits.len(), num_qubits)?;
            DensityMatrix::basis(num_qubits, bits.value(0, num_qubits) as u64)?
        }
        InitialState::Amplitudes(_) => {
            DensityMatrix::from_state(&initial.state::<T>(num_qubits, isa)?)?
        }
        InitialState::Density(rho) => {
            check_qubits(rho.num_qubits(), num_qubits)?;
            rho.cast()?
        }
        InitialState::Stabilizer(_) => {
            return Err(Error::Unsupported {
                method: "the density matrix",
                operation: "a stabilizer tableau as the initial state".into(),
                hint: "use the stabilizer method".into(),
            });
        }
    };
    rho.set_isa(isa)?;
    Ok(rho)
}

/// A mixed state, so that a run goes on where another one ended: in double precision. Where the trace
/// is 1 within 1e-5 but not within 1e-9, as it is in single precision, it is divided by the trace.
/// Panics if there is no memory for a copy.
impl<T: Real> From<&DensityMatrix<T>> for InitialState {
    fn from(rho: &DensityMatrix<T>) -> Self {
        let mut double = rho.cast::<f64>().unwrap_or_else(|error| panic!("{error}"));
        let trace = double.trace();
        let off = (trace - 1.0).abs();
        if off > f64::NORM_TOLERANCE && off <= f32::NORM_TOLERANCE {
            double.scale(1.0 / trace);
        }
        InitialState::Density(Arc::new(double))
    }
}

/// See `From<&DensityMatrix<T>>`.
impl<T: Real> From<DensityMatrix<T>> for InitialState {
    fn from(rho: DensityMatrix<T>) -> Self {
        InitialState::from(&rho)
    }
}
