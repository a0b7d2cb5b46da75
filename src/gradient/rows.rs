//! Gradients of many rows of parameters.

use super::adjoint::Adjoint;
use crate::circuit::Circuit;
use crate::engine::Real;
use crate::error::{Error, Result};
use crate::pauli::PauliSum;
use ndarray::{Array2, Array3, ArrayView2, Axis};
use rayon::prelude::*;

/// Circuits of fewer qubits run on one thread each, many rows at a time.
const SMALL_BELOW: usize = 14;

/// Means of observables and their derivatives for every row of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct RowGradients {
    /// rows × observables.
    pub values: Array2<f64>,
    /// rows × observables × parameters.
    pub jacobians: Array3<f64>,
}

/// [`Adjoint::values_and_jacobian`] of each row (rows × parameters, radians), in parallel over rows
/// for small circuits; each row has the bits of a single call.
///
/// ```
/// use ketlab::{Circuit, gradient::adjoint_rows};
/// use ndarray::array;
/// let mut c = Circuit::new(1);
/// let theta = c.param("theta");
/// c.ry(theta, 0);
/// let rows = adjoint_rows::<f64>(&c, &["Z0".parse()?], array![[0.1], [0.7]].view())?;
/// assert!((rows.values[[1, 0]] - 0.7f64.cos()).abs() < 1e-12);
/// assert!((rows.jacobians[[1, 0, 0]] + 0.7f64.sin()).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// As [`Adjoint::new`] and [`Gradient::value_and_gradient`](super::Gradient::value_and_gradient); of
/// several rows with errors, one.
pub fn adjoint_rows<T: Real>(
    circuit: &Circuit,
    observables: &[PauliSum],
    rows: ArrayView2<'_, f64>,
) -> Result<RowGradients> {
    let (num_rows, num_params) = (rows.nrows(), circuit.params().len());
    let mut values = Array2::zeros((num_rows, observables.len()));
    let mut jacobians = Array3::zeros((num_rows, observables.len(), num_params));
    if num_rows == 0 || observables.is_empty() {
        return Ok(RowGradients { values, jacobians });
    }
    let small = circuit.num_qubits() < SMALL_BELOW;
    let chunk = if small { num_rows.div_ceil(rayon::current_num_threads()) } else { num_rows };
    let work = |first: usize, values: &mut [f64], jacobians: &mut [f64]| {
        let mut adjoint = Adjoint::<T>::new(circuit, observables)?;
        let size = observables.len() * num_params;
        for (k, values) in values.chunks_mut(observables.len()).enumerate() {
            let row = rows.index_axis(Axis(0), first + k).to_vec();
            let jacobian = &mut jacobians[k * size..][..size];
            adjoint.values_and_jacobian(&row, values, jacobian)?;
        }
        Ok::<(), Error>(())
    };
    let all_values = values.as_slice_mut().expect("it is new");
    let all_jacobians = jacobians.as_slice_mut().expect("it is new");
    let of_values = all_values.par_chunks_mut(chunk * observables.len());
    if num_params == 0 {
        of_values.enumerate().try_for_each(|(c, v)| work(c * chunk, v, &mut []))?;
    } else {
        let of_jacobians = all_jacobians.par_chunks_mut(chunk * observables.len() * num_params);
        of_values
            .zip(of_jacobians)
            .enumerate()
            .try_for_each(|(c, (v, j))| work(c * chunk, v, j))?;
    }
    Ok(RowGradients { values, jacobians })
}
