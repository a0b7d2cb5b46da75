//! Gradients of many rows of parameters.

use super::Adjoint;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::for_each_in_order;
use crate::pauli::PauliSum;
use crate::simulate::{SMALL_BELOW, Simulator};
use ndarray::{Array2, Array3, ArrayView2};

/// A thread takes at most this many rows at once.
const ROWS_AT_ONCE: usize = 32;

/// Means of observables and their derivatives for every row of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct RowGradients {
    /// rows × observables.
    pub values: Array2<f64>,
    /// rows × observables × parameters.
    pub jacobians: Array3<f64>,
}

impl Simulator {
    /// [`Adjoint::values_and_jacobian`] of each row (rows × parameters, radians), in parallel over
    /// rows for small circuits; each row has the bits of a single call.
    ///
    /// ```
    /// use ketlab::{Circuit, Simulator};
    /// use ndarray::array;
    /// let mut c = Circuit::new(1);
    /// let theta = c.param("theta");
    /// c.ry(theta, 0);
    /// let rows = array![[0.1], [0.7]];
    /// let rows = Simulator::new().adjoint_rows(&c, &["Z0".parse()?], &rows)?;
    /// assert!((rows.values[[1, 0]] - 0.7f64.cos()).abs() < 1e-12);
    /// assert!((rows.jacobians[[1, 0, 0]] + 0.7f64.sin()).abs() < 1e-12);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`adjoint`](Self::adjoint) and
    /// [`Objective::value_and_gradient`](crate::gradient::Objective::value_and_gradient), that of the
    /// first row that has one; [`Error::Interrupted`] if not all rows are finished.
    pub fn adjoint_rows<'r>(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        rows: impl Into<ArrayView2<'r, f64>>,
    ) -> Result<RowGradients> {
        let rows = rows.into();
        let (num_rows, num_params) = (rows.nrows(), circuit.inputs().count());
        let mut values = Array2::zeros((num_rows, observables.len()));
        let mut jacobians = Array3::zeros((num_rows, observables.len(), num_params));
        let small = circuit.num_qubits() < SMALL_BELOW;
        let threads = if small { self.num_threads() } else { 1 };
        let new = |_| self.adjoint(circuit, observables);
        let mut workers: Vec<Adjoint> =
            (0..threads.min(num_rows)).map(new).collect::<Result<_>>()?;
        let outputs = values.outer_iter_mut().zip(jacobians.outer_iter_mut());
        let work = |adjoint: &mut Adjoint, k, (mut values, mut jacobian): (_, _)| {
            let values: &mut ndarray::ArrayViewMut1<f64> = &mut values;
            let jacobian: &mut ndarray::ArrayViewMut2<f64> = &mut jacobian;
            adjoint.values_and_jacobian(
                &rows.row(k).to_vec(),
                values.as_slice_mut().expect("rows are contiguous"),
                jacobian.as_slice_mut().expect("rows are contiguous"),
            )
        };
        let finished = self.install(|| {
            for_each_in_order(&mut workers, (num_rows, outputs), ROWS_AT_ONCE, self.watch(), work)
        })?;
        if finished.contains(&false) {
            return Err(Error::Interrupted);
        }
        Ok(RowGradients { values, jacobians })
    }
}
