//! Random strings and sums, and matrices by explicit Kronecker products.

use super::{Pauli, PauliString, PauliSum};
use nalgebra::DMatrix;
use num_complex::Complex64;
use proptest::prelude::*;

/// The matrix of a dense label, leftmost letter most significant: one Kronecker product a letter,
/// from entries written out.
pub(super) fn kron(label: &str) -> DMatrix<Complex64> {
    let c = Complex64::new;
    let mut matrix = DMatrix::from_element(1, 1, c(1.0, 0.0));
    for letter in label.chars() {
        let factor = match letter {
            'I' => [c(1.0, 0.0), c(0.0, 0.0), c(0.0, 0.0), c(1.0, 0.0)],
            'X' => [c(0.0, 0.0), c(1.0, 0.0), c(1.0, 0.0), c(0.0, 0.0)],
            'Y' => [c(0.0, 0.0), c(0.0, -1.0), c(0.0, 1.0), c(0.0, 0.0)],
            'Z' => [c(1.0, 0.0), c(0.0, 0.0), c(0.0, 0.0), c(-1.0, 0.0)],
            _ => unreachable!("{letter}"),
        };
        matrix = matrix.kronecker(&DMatrix::from_row_slice(2, 2, &factor));
    }
    matrix
}

/// The matrix of a sum on `n` qubits from [`kron`].
pub(super) fn kron_sum(sum: &PauliSum, n: usize) -> DMatrix<Complex64> {
    let zero = DMatrix::zeros(1 << n, 1 << n);
    sum.terms().iter().fold(zero, |matrix, (string, coefficient)| {
        matrix + kron(&string.to_label(n).unwrap()) * Complex64::from(*coefficient)
    })
}

/// Largest entry of |a - b|.
pub(super) fn distance(a: &DMatrix<Complex64>, b: &DMatrix<Complex64>) -> f64 {
    (a - b).iter().map(|z| z.norm()).fold(0.0, f64::max)
}

/// Strings of any weight on up to `n` qubits.
pub(super) fn any_string(n: usize) -> impl Strategy<Value = PauliString> {
    let letter = prop::sample::select(&Pauli::ALL[..]);
    prop::collection::btree_map(0..n, letter, 0..6).prop_map(PauliString::new)
}

/// Sums of a few terms on up to `n` qubits, repeated strings among them.
pub(super) fn any_sum(n: usize) -> impl Strategy<Value = PauliSum> {
    prop::collection::vec((any_string(n), -2.0..2.0), 0..8).prop_map(PauliSum::new)
}

/// Sums with any finite coefficient, signed zeros and subnormal numbers included.
pub(super) fn any_finite_sum(n: usize) -> impl Strategy<Value = PauliSum> {
    use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    let coefficient = prop_oneof![
        Just(1.0),
        Just(-1.0),
        Just(0.5),
        -10.0..10.0,
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
    ];
    prop::collection::vec((any_string(n), coefficient), 0..8).prop_map(PauliSum::new)
}
