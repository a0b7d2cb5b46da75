//! How many qubits fit.

use super::kernel::{Buffer, Real};
use crate::error::{Error, Result};
use crate::math::{check_memory, too_large};

/// Bytes of 2^`num_qubits` amplitudes, saturated.
pub fn bytes_needed(num_qubits: usize, bytes_per_amplitude: usize) -> u128 {
    u32::try_from(num_qubits)
        .ok()
        .and_then(|n| 1u128.checked_shl(n))
        .and_then(|len| len.checked_mul(bytes_per_amplitude as u128))
        .unwrap_or(u128::MAX)
}

/// The most qubits whose amplitudes fit in `available` bytes.
pub fn max_qubits(available: u128, bytes_per_amplitude: usize) -> usize {
    (available / bytes_per_amplitude.max(1) as u128).checked_ilog2().unwrap_or(0) as usize
}

/// Whether there is memory for so many amplitudes.
///
/// # Errors
/// [`Error::TooLarge`] if there is not.
pub fn check_room<T: Real>(what: &str, num_qubits: usize) -> Result<()> {
    let needed = bytes_needed(num_qubits, 2 * size_of::<T>());
    check_memory(format_args!("{what} of {num_qubits} qubits in {}", T::NAME), needed, advice::<T>)
}

/// A buffer for `num_qubits`, refused before the machine is out of memory.
pub(super) fn allocate<T: Real>(what: &str, num_qubits: usize) -> Result<Buffer<T>> {
    check_room::<T>(what, num_qubits)?;
    let indexable = num_qubits < usize::BITS as usize - 5;
    let buffer = indexable.then(|| Buffer::zeroed(1 << num_qubits)).flatten();
    buffer.ok_or_else(|| refusal::<T>(what, num_qubits))
}

/// The error of a request that cannot be met.
pub(super) fn refusal<T: Real>(what: &str, num_qubits: usize) -> Error {
    let needed = bytes_needed(num_qubits, 2 * size_of::<T>());
    too_large(format_args!("{what} of {num_qubits} qubits in {}", T::NAME), needed, advice::<T>)
}

fn advice<T: Real>(available: u128) -> (Option<usize>, String) {
    let fits = max_qubits(available, 2 * size_of::<T>());
    let single = max_qubits(available, 8);
    let hint = if single > fits {
        format!("{fits} qubits fit, {single} in single precision (f32)")
    } else {
        format!("{fits} qubits fit")
    };
    (Some(fits), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_saturate() {
        assert_eq!(bytes_needed(10, 16), 16384);
        assert_eq!(bytes_needed(1000, 16), u128::MAX);
        assert_eq!(bytes_needed(127, 16), u128::MAX);
        assert_eq!(max_qubits(16384, 16), 10);
        assert_eq!(max_qubits(16383, 16), 9);
        assert_eq!(max_qubits(0, 16), 0);
    }

    #[test]
    fn too_many_qubits_is_one_clear_error() {
        for n in [50, 60, 63, 64, 200, usize::MAX] {
            let Err(error) = allocate::<f64>("a state", n) else { panic!("{n} qubits fit") };
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
            assert!(error.to_string().contains("qubits fit"), "{error}");
        }
    }
}
