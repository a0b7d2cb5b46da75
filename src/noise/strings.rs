//! Pauli strings as numbers of two bits a letter.

use super::limits::MAX_CHANNEL_QUBITS;
use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliString};
use nalgebra::DMatrix;
use num_complex::Complex64;

/// The number of a string: bits 2q and 2q + 1 are the letter on qubit q, 0 for I, 1 for X, 2 for Y,
/// 3 for Z. The product of two strings, but for its phase, is the XOR of their numbers.
///
/// # Errors
/// If the string has a letter on a qubit from 32 on.
///
/// ```
/// use ketlab::noise::{string_number, string_of_number};
/// assert_eq!(string_number(&"ZIX".parse()?)?, 0b11_00_01);
/// assert_eq!(string_of_number(0b10_11), "Y1 Z0".parse()?);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub fn string_number(string: &PauliString) -> Result<u64> {
    match string.num_qubits().checked_sub(1) {
        Some(qubit) if qubit >= MAX_CHANNEL_QUBITS => {
            Err(Error::QubitOutOfRange { qubit, num_qubits: MAX_CHANNEL_QUBITS })
        }
        _ => Ok(string.iter().fold(0, |number, (qubit, pauli)| {
            let letter = match pauli {
                Pauli::I => 0,
                Pauli::X => 1,
                Pauli::Y => 2,
                Pauli::Z => 3,
            };
            number | letter << (2 * qubit)
        })),
    }
}

/// The string of a number; see [`string_number`].
pub fn string_of_number(number: u64) -> PauliString {
    let (x, z) = masks(number);
    PauliString::from_masks(x, z)
}

/// The qubits with X or Y and those with Z or Y.
pub(super) fn masks(number: u64) -> (u64, u64) {
    let gather = |bits: u64| (0..32).fold(0, |mask, q| mask | (bits >> (2 * q) & 1) << q);
    // Low bits of the letters: X and Z; high bits: Y and Z.
    (gather(number ^ number >> 1), gather(number >> 1))
}

/// Whether two strings anticommute.
pub(super) fn anticommute(a: u64, b: u64) -> bool {
    const LOW: u64 = 0x5555_5555_5555_5555;
    // On each qubit z = high bit, x = low ^ high; x_a z_b + z_a x_b.
    let (za, zb) = (a >> 1 & LOW, b >> 1 & LOW);
    let (xa, xb) = ((a ^ a >> 1) & LOW, (b ^ b >> 1) & LOW);
    ((xa & zb) ^ (za & xb)).count_ones() % 2 == 1
}

/// The letters of k qubits, the rightmost is qubit 0.
pub(super) fn label(number: u64, num_qubits: usize) -> String {
    let letter = |q: usize| b"IXYZ"[(number >> (2 * q) & 3) as usize] as char;
    (0..num_qubits).rev().map(letter).collect()
}

/// The matrix of a string on k qubits, few.
pub(super) fn matrix(number: u64, num_qubits: usize) -> DMatrix<Complex64> {
    let d = 1 << num_qubits;
    let (x, z) = masks(number);
    // Y = iXZ.
    let phase = Complex64::I.powu((x & z).count_ones());
    let mut matrix = DMatrix::zeros(d, d);
    for column in 0..d {
        let odd = (z & column as u64).count_ones() % 2 == 1;
        matrix[(column ^ x as usize, column)] = if odd { -phase } else { phase };
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_strings() {
        for number in 0..256 {
            let string = string_of_number(number);
            assert_eq!(string_number(&string).unwrap(), number);
            assert_eq!(string.to_label(4).unwrap(), label(number, 4));
            for other in 0..64 {
                let b = string_of_number(other);
                assert_eq!(anticommute(number, other), !string.commutes_with(&b));
                assert_eq!(string_number(&string.mul(&b).1).unwrap(), number ^ other);
            }
        }
        let high = string_of_number(0b10 << 62);
        assert_eq!(high, PauliString::single(31, Pauli::Y));
        assert!(string_number(&PauliString::single(32, Pauli::Y)).is_err());
    }

    #[test]
    fn matrices_are_products_of_letters() {
        for number in 0..64 {
            let mut product = DMatrix::identity(1, 1);
            for q in 0..3 {
                let letter = string_of_number(number).get(q).matrix();
                product = DMatrix::from_fn(2, 2, |r, c| letter[(r, c)]).kronecker(&product);
            }
            assert_eq!(matrix(number, 3), product);
        }
    }
}
