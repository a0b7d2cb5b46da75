//! Matrices of strings and sums, for teaching and for tests.

use super::{ComplexPauliSum, PauliString, PauliSum};
use crate::error::{Error, Result};
use crate::math::check_memory;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// The most qubits that `to_dense` writes out: 2¹² × 2¹² complex numbers are 256 MiB.
pub const MAX_DENSE_QUBITS: usize = 12;

fn dense<'a>(
    terms: impl Iterator<Item = (&'a PauliString, Complex64)> + Clone,
    n: usize,
) -> Result<DMatrix<Complex64>> {
    if n > MAX_DENSE_QUBITS {
        return Err(Error::Invalid {
            what: "the number of qubits of a dense matrix".into(),
            value: n.to_string(),
            expected: format!("it must be at most {MAX_DENSE_QUBITS}; larger sums stay sums"),
        });
    }
    for (string, _) in terms.clone() {
        string.check_fits(n)?;
    }
    let size = 1usize << n;
    check_memory(format_args!("a dense matrix of {n} qubits"), 16 << (2 * n), |_| {
        (None, "use fewer qubits".into())
    })?;
    let mut matrix = DMatrix::zeros(size, size);
    for (string, c) in terms {
        for index in 0..size {
            if let Some((phase, image)) = string.apply_to_basis_state(index as u64) {
                matrix[(image as usize, index)] += phase.times(c);
            }
        }
    }
    Ok(matrix)
}

impl PauliString {
    /// The 2ⁿ × 2ⁿ matrix, row and column indices with qubit 0 as their least significant bit.
    ///
    /// # Errors
    /// If the string needs more than `n` qubits or `n` is more than [`MAX_DENSE_QUBITS`].
    pub fn to_dense(&self, n: usize) -> Result<DMatrix<Complex64>> {
        dense(std::iter::once((self, Complex64::ONE)), n)
    }
}

impl PauliSum {
    /// The 2ⁿ × 2ⁿ matrix, row and column indices with qubit 0 as their least significant bit.
    ///
    /// # Errors
    /// If the sum needs more than `n` qubits or `n` is more than [`MAX_DENSE_QUBITS`].
    pub fn to_dense(&self, n: usize) -> Result<DMatrix<Complex64>> {
        dense(self.terms().iter().map(|(string, c)| (string, Complex64::from(*c))), n)
    }
}

impl ComplexPauliSum {
    /// The 2ⁿ × 2ⁿ matrix, row and column indices with qubit 0 as their least significant bit.
    ///
    /// # Errors
    /// If the sum needs more than `n` qubits or `n` is more than [`MAX_DENSE_QUBITS`].
    pub fn to_dense(&self, n: usize) -> Result<DMatrix<Complex64>> {
        dense(self.terms().iter().map(|(string, c)| (string, *c)), n)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_sum, distance, kron, kron_sum};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn matrices_are_kronecker_products(a in any_sum(4), b in any_sum(4)) {
            prop_assert!(distance(&a.to_dense(4).unwrap(), &kron_sum(&a, 4)) < 1e-14);
            let product = a.product(&b).to_dense(4).unwrap();
            prop_assert!(distance(&product, &(kron_sum(&a, 4) * kron_sum(&b, 4))) < 1e-11);
        }
    }

    #[test]
    fn guards() {
        let p: PauliString = "XZY".parse().unwrap();
        assert_eq!(p.to_dense(3).unwrap(), kron("XZY"));
        assert_eq!(p.to_dense(2).unwrap_err(), Error::QubitOutOfRange { qubit: 2, num_qubits: 2 });
        let large = p.to_dense(13).unwrap_err().to_string();
        assert!(large.contains("13") && large.contains("at most 12"), "{large}");
        assert!(p.to_dense(usize::MAX).is_err());
        assert_eq!(PauliSum::zero().to_dense(0).unwrap(), DMatrix::zeros(1, 1));
    }
}
