//! Lists of probabilities, as methods with a number for each basis state read them.

use super::averages::HINT;
use crate::engine::{bytes_needed, max_qubits};
use crate::error::Result;
use crate::math::{Bits, check_memory};

/// Adds `weight` times the probabilities of the basis states to a sum that is empty at first.
///
/// # Errors
/// If there is no memory for them; those of `probabilities`.
pub(super) fn add_probabilities(
    num_qubits: usize,
    probabilities: impl FnOnce() -> Result<Vec<f64>>,
    weight: f64,
    sum: &mut Vec<f64>,
) -> Result<()> {
    // The sum, unless it is there, and this part of it or a list of pairs that is sorted.
    let bytes = if sum.is_empty() { 3 * 8 } else { 2 * 8 };
    check_memory(
        format_args!("the list of the probabilities of {num_qubits} qubits"),
        bytes_needed(num_qubits, bytes),
        |available| (Some(max_qubits(available, bytes)), HINT.into()),
    )?;
    let mut part = probabilities()?;
    if sum.is_empty() {
        part.iter_mut().for_each(|p| *p *= weight);
        *sum = part;
    } else {
        sum.iter_mut().zip(part).for_each(|(s, p)| *s += weight * p);
    }
    Ok(())
}

/// Calls `visit` with each outcome of some qubits and its probability, from the list of these.
///
/// # Errors
/// Those of `visit`.
pub(super) fn for_each_outcome(
    num_qubits: usize,
    marginal: Vec<f64>,
    visit: &mut dyn FnMut(&Bits, f64) -> Result<()>,
) -> Result<()> {
    let mut read = Bits::zeros(num_qubits);
    for (index, p) in marginal.into_iter().enumerate() {
        read.set_value(0, num_qubits, index as u128);
        visit(&read, p)?;
    }
    Ok(())
}
