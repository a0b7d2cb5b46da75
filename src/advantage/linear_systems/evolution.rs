//! A product formula as a matrix.

use super::system::{LinearSystem, invalid};
use crate::circuit::library::TrotterOrder;
use crate::error::Result;
use crate::pauli::{PauliString, PauliSum};
use nalgebra::DMatrix;
use num_complex::Complex64;

/// The most rows of a Hermitian system whose product formula is written out.
const MAX_ROWS: usize = 64;

/// The Pauli strings of the Hermitian system.
///
/// # Errors
/// If A is singular.
pub fn pauli_strings(system: &LinearSystem) -> Result<PauliSum> {
    let (matrix, _) = system.hermitian()?;
    PauliSum::from_dense(&matrix.map(Complex64::from), 1e-14 * matrix.norm())
}

/// e^{iAt} of the Hermitian system by `steps` steps of a product formula over its Pauli strings.
///
/// # Errors
/// If there are no steps, A is singular, or has too many rows.
pub fn product_formula(
    system: &LinearSystem,
    time: f64,
    order: TrotterOrder,
    steps: usize,
) -> Result<DMatrix<Complex64>> {
    let size = system.hermitian_size();
    if size > MAX_ROWS {
        return Err(invalid(
            "the number of rows of a Hermitian system with a product formula",
            size,
            format!("it must be at most {MAX_ROWS}; larger ones have the exact evolution"),
        ));
    }
    let sum = pauli_strings(system)?;
    let terms = sum.terms();
    let dt = time / steps.max(1) as f64;
    let mut step = DMatrix::identity(size, size);
    match order {
        TrotterOrder::First => terms.iter().for_each(|(p, c)| turn(&mut step, p, c * dt)),
        TrotterOrder::Second => {
            terms
                .iter()
                .chain(terms.iter().rev())
                .for_each(|(p, c)| turn(&mut step, p, c * dt / 2.0));
        }
    }
    Ok(power(step, steps))
}

/// e^{iθP} from the left.
fn turn(matrix: &mut DMatrix<Complex64>, string: &PauliString, theta: f64) {
    let (sin, cos) = theta.sin_cos();
    let mut turned = &*matrix * Complex64::from(cos);
    for row in 0..matrix.nrows() {
        if let Some((phase, image)) = string.apply_to_basis_state(row as u64) {
            let factor = phase.to_complex() * Complex64::new(0.0, sin);
            let added = matrix.row(row) * factor;
            let mut to = turned.row_mut(image as usize);
            to += added;
        }
    }
    *matrix = turned;
}

fn power(mut base: DMatrix<Complex64>, mut exponent: usize) -> DMatrix<Complex64> {
    let mut result = DMatrix::identity(base.nrows(), base.ncols());
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = &result * &base;
        }
        exponent >>= 1;
        if exponent > 0 {
            base = &base * &base;
        }
    }
    result
}
