//! Gradients of many rows of parameters.

use super::adjoint::Adjoint;
use super::parallel::in_ranges;
use crate::circuit::Circuit;
use crate::engine::Real;
use crate::error::Result;
use crate::pauli::PauliSum;
use ndarray::{Array2, Array3, ArrayView2};
use std::ops::Range;

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
/// As [`Adjoint::new`] and [`Gradient::value_and_gradient`](super::Gradient::value_and_gradient);
/// if several rows have errors, one of them.
pub fn adjoint_rows<T: Real>(
    circuit: &Circuit,
    observables: &[PauliSum],
    rows: ArrayView2<'_, f64>,
) -> Result<RowGradients> {
    let (num_rows, num_params) = (rows.nrows(), circuit.inputs().count());
    let size = observables.len() * num_params;
    let of_range = |range: Range<usize>| {
        let mut adjoint = Adjoint::<T>::new(circuit, observables)?;
        let mut out = Vec::with_capacity(range.len());
        for k in range {
            let (mut values, mut jacobian) = (vec![0.0; observables.len()], vec![0.0; size]);
            let row = rows.row(k).to_vec();
            adjoint.values_and_jacobian(&row, &mut values, &mut jacobian)?;
            out.push((values, jacobian));
        }
        Ok(out)
    };
    let (values, jacobians): (Vec<_>, Vec<_>) =
        in_ranges(circuit.num_qubits(), num_rows, of_range)?.into_iter().unzip();
    let shape = (num_rows, observables.len());
    Ok(RowGradients {
        values: Array2::from_shape_vec(shape, values.concat()).expect("one value each"),
        jacobians: Array3::from_shape_vec((shape.0, shape.1, num_params), jacobians.concat())
            .expect("one derivative each"),
    })
}
