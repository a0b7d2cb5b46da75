//! From a matrix to its Pauli strings.

use super::{PauliString, PauliSum};
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use num_complex::Complex64;

impl PauliSum {
    /// The sum whose matrix this is: 2^n × 2^n and Hermitian, row and column indices with qubit 0 as
    /// their least significant bit. The coefficient of a string P is tr(PA)/2^n, of all strings that
    /// flip the same qubits at once by a Walsh-Hadamard transform: n·4^n steps. Coefficients of
    /// magnitude at most `tolerance` are left out. Terms come by the qubits that they flip, then by
    /// those that they turn.
    ///
    /// ```
    /// use ketlab::PauliSum;
    /// let sum: PauliSum = "0.5 X0 Y1 - 2 Z1".parse()?;
    /// let again = PauliSum::from_dense(&sum.to_dense(2)?, 1e-12)?;
    /// assert_eq!(again.len(), 2);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the matrix is not square with a power of two of rows, has a number that is not finite, or a
    /// coefficient has an imaginary part above `tolerance`.
    pub fn from_dense(matrix: &DMatrix<Complex64>, tolerance: f64) -> Result<PauliSum> {
        let size = matrix.nrows();
        if size != matrix.ncols() || !size.is_power_of_two() {
            return Err(Error::Invalid {
                what: "the shape of a matrix of Pauli strings".into(),
                value: format!("{size} × {}", matrix.ncols()),
                expected: "it must be square, with a power of two of rows".into(),
            });
        }
        if let Some(z) = matrix.iter().find(|z| !z.re.is_finite() || !z.im.is_finite()) {
            let value = if z.re.is_finite() { z.im } else { z.re };
            return Err(Error::NotFinite { what: "an entry of the matrix".into(), value });
        }
        let mut terms = Vec::new();
        for x in 0..size {
            let mut values: Vec<Complex64> = (0..size).map(|i| matrix[(i ^ x, i)]).collect();
            if values.iter().all(|v| *v == Complex64::ZERO) {
                continue;
            }
            walsh_hadamard(&mut values);
            for (z, value) in values.into_iter().enumerate() {
                // The string takes |i⟩ to i^|x∧z| (-1)^|z∧i| |i ⊕ x⟩.
                let turned = match (x & z).count_ones() % 4 {
                    0 => value,
                    1 => Complex64::new(value.im, -value.re),
                    2 => -value,
                    _ => Complex64::new(-value.im, value.re),
                } / size as f64;
                let string = || PauliString::from_masks(x as u64, z as u64);
                if turned.im.abs() > tolerance {
                    let (term, deviation) = (string().to_string(), turned.im.abs());
                    return Err(Error::NotHermitian { term, deviation, tolerance });
                }
                if turned.re.abs() > tolerance {
                    terms.push((string(), turned.re));
                }
            }
        }
        PauliSum::try_new(terms)
    }
}

/// Σ_i (-1)^|z∧i| v_i at z.
fn walsh_hadamard(values: &mut [Complex64]) {
    let mut half = 1;
    while half < values.len() {
        for pair in values.chunks_exact_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_found_again() {
        let sum: PauliSum = "1.5 - 0.25 X0 Y1 Z2 + 3 Y0 Y2 - 0.5 Y0 Y1 Y2".parse().unwrap();
        let dense = sum.to_dense(3).unwrap();
        let again = PauliSum::from_dense(&dense, 1e-12).unwrap();
        assert_eq!(again.len(), 4);
        let distance =
            (again.to_dense(3).unwrap() - dense).iter().map(|z| z.norm()).fold(0.0, f64::max);
        assert!(distance < 1e-14, "{distance}");
        assert_eq!(PauliSum::from_dense(&DMatrix::zeros(4, 4), 0.0).unwrap().len(), 0);
    }

    #[test]
    fn refusals() {
        let says = |m: DMatrix<Complex64>| PauliSum::from_dense(&m, 1e-12).unwrap_err().to_string();
        assert!(says(DMatrix::zeros(3, 3)).contains("3 × 3"));
        assert!(says(DMatrix::zeros(2, 4)).contains("square"));
        let mut m = DMatrix::zeros(2, 2);
        m[(0, 1)] = Complex64::ONE;
        assert!(says(m.clone()).contains("Hermitian"));
        m[(0, 1)] = Complex64::new(0.0, f64::NAN);
        assert!(says(m).contains("finite"));
    }
}
