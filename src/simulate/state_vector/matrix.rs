//! Matrices of small circuits, and equality up to a global phase.

use super::super::program::Program;
use crate::circuit::Circuit;
use crate::engine::{StateVector, Target};
use crate::error::{Error, Result};
use crate::math::check_memory;
use crate::math::matrix::distance_up_to_phase;
use nalgebra::DMatrix;
use num_complex::Complex64;

impl Circuit {
    /// The circuit's unitary, 2^n × 2^n; final measurements are set aside.
    ///
    /// # Errors
    /// If there is less memory than it takes (4 GiB for n = 14), the circuit measures or resets in
    /// the middle, or a parameter has no value.
    pub fn matrix(&self) -> Result<DMatrix<Complex64>> {
        let n = self.num_qubits();
        let needed = if n < 60 { 16u128 << (2 * n) } else { u128::MAX };
        check_memory(format_args!("the matrix of {n} qubits"), needed, |available| {
            let fits = (available / 16).checked_ilog2().unwrap_or(0) as usize / 2;
            (Some(fits), format!("{fits} qubits fit; a state takes 2^n amplitudes, not 4^n"))
        })?;
        let bound = Program::new(self)?.bind(&[])?;
        if !bound.program().is_static() {
            return Err(Error::Unsupported {
                method: "the matrix",
                operation: "a noise channel, measurement, reset or classical control".into(),
                hint: "only a circuit of gates has one".into(),
            });
        }
        let target = Target::best::<f64>();
        let (plans, coefficients) = (bound.program().plans(target)?, bound.coefficients(target)?);
        let mut matrix = DMatrix::zeros(1 << n, 1 << n);
        for column in 0..1usize << n {
            let mut state = StateVector::<f64>::basis(n, column as u64)?;
            for (plan, coefficients) in plans.iter().zip(coefficients) {
                plan.run(coefficients, &mut state);
            }
            matrix.column_mut(column).copy_from_slice(state.amplitudes());
        }
        Ok(matrix)
    }

    /// Whether both circuits have the same matrix up to a global phase, entry by entry within
    /// `tolerance`.
    ///
    /// # Errors
    /// As [`matrix`](Self::matrix).
    pub fn equals_up_to_phase(&self, other: &Circuit, tolerance: f64) -> Result<bool> {
        if self.num_qubits() != other.num_qubits() {
            return Ok(false);
        }
        let (a, b) = (self.matrix()?, other.matrix()?);
        Ok(distance_up_to_phase(a.as_slice(), b.as_slice()) <= tolerance)
    }
}
