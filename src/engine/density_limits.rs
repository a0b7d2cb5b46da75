//! How many qubits a density matrix may have.

use super::kernel::Real;
use super::memory::{bytes_needed, max_qubits};
use crate::error::Result;
use crate::math::{check_memory, too_large};
use num_complex::Complex;

/// Most qubits of a density matrix: its actions address at most 64 bits, and 4^29 entries fit in no
/// memory.
const MOST: usize = 29;

/// Bytes of a density matrix, saturated.
pub fn density_bytes<T: Real>(num_qubits: usize) -> u128 {
    bytes_needed(num_qubits.saturating_mul(2), size_of::<Complex<T>>())
}

/// Whether there is memory for a density matrix.
///
/// # Errors
/// [`Error::TooLarge`](crate::Error::TooLarge) if there is not.
pub(crate) fn check_density<T: Real>(what: &str, num_qubits: usize) -> Result<()> {
    let needed = density_bytes::<T>(num_qubits);
    let what = format!("{what} of {num_qubits} qubits (4^{num_qubits} entries) in {}", T::NAME);
    let advice = |available: u128| {
        let fits = max_qubits(available, size_of::<Complex<T>>()) / 2;
        let hint = format!("{fits} qubits fit; trajectories of state vectors take 2^n amplitudes");
        (Some(fits), hint)
    };
    if num_qubits > MOST {
        return Err(too_large(what, needed, advice));
    }
    check_memory(what, needed, advice)
}
