//! Second derivatives: shift rules on adjoint gradients, exact.

use super::shift::rules;
use super::{Adjoint, Objective, check_len};
use crate::error::Result;

/// The Hessian of the first observable at these parameters, row-major, exact: the shift rule of each
/// angle on adjoint gradients, which takes two or four of these an angle.
///
/// # Errors
/// As [`Objective::value_and_gradient`].
pub fn hessian(adjoint: &mut Adjoint, params: &[f64]) -> Result<Vec<f64>> {
    let n = adjoint.num_params();
    let mut hessian = vec![0.0; n * n];
    let rules = rules(adjoint.unitary());
    let mut slots = Vec::new();
    adjoint.unitary().check_linear("the Hessian")?;
    adjoint.unitary().slots(params, &mut slots, &mut Vec::new())?;
    let count = adjoint.num_observables();
    let (mut values, mut jacobian) = (vec![0.0; count], vec![0.0; count * n]);
    for (slot, rule) in rules.iter().enumerate() {
        let value = slots[slot];
        let mut row = vec![0.0; n];
        for (c, shift) in rule.terms() {
            slots[slot] = value + shift;
            adjoint.at_slots(&slots, &mut values, &mut jacobian)?;
            row.iter_mut().zip(&jacobian).for_each(|(row, g)| *row += c * g);
        }
        slots[slot] = value;
        for &(param, c) in adjoint.unitary().angles[slot].terms() {
            let into = &mut hessian[param.0 as usize * n..][..n];
            into.iter_mut().zip(&row).for_each(|(h, row)| *h += c * row);
        }
    }
    // Equal but for rounding.
    for i in 0..n {
        for j in 0..i {
            let mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
            hessian[i * n + j] = mean;
            hessian[j * n + i] = mean;
        }
    }
    Ok(hessian)
}

/// The product of the Hessian and a vector, from four gradients: the central difference of fourth
/// order along the vector. The error is about 1e-11 times the fifth derivative along it, plus
/// rounding.
///
/// # Errors
/// As [`Objective::value_and_gradient`]; if the vector has another length.
pub fn hessian_vector_product(
    objective: &mut dyn Objective,
    params: &[f64],
    vector: &[f64],
) -> Result<Vec<f64>> {
    check_len(vector, objective.num_params())?;
    let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut product = vec![0.0; vector.len()];
    if norm == 0.0 {
        return Ok(product);
    }
    const STEP: f64 = 2e-3;
    let mut at = vec![0.0; vector.len()];
    for (c, k) in [(8.0, 1.0), (-8.0, -1.0), (-1.0, 2.0), (1.0, -2.0)] {
        let shifted: Vec<f64> =
            params.iter().zip(vector).map(|(x, v)| x + k * STEP * v / norm).collect();
        objective.value_and_gradient(&shifted, &mut at)?;
        product.iter_mut().zip(&at).for_each(|(p, g)| *p += c * g * norm / (12.0 * STEP));
    }
    Ok(product)
}
