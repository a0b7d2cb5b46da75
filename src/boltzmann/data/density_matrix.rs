//! Mixed states as data.

use super::Distribution;
use crate::error::{Error, Result, bytes, shown};
use nalgebra::{Cholesky, DMatrix};
use num_complex::Complex64;

/// The most qubits of a [`DensityMatrix`]: 2¹⁰ × 2¹⁰ complex numbers are 16 MiB.
pub const MAX_DENSITY_QUBITS: usize = 10;
/// How far a matrix may be from Hermitian, from trace 1 and from positive.
const TOLERANCE: f64 = 1e-8;
/// An entry that no such matrix has by far.
const FAR: f64 = 2.0;

/// A mixed state of n qubits: a Hermitian, positive 2^n × 2^n matrix of trace 1, qubit 0 being the
/// least significant bit of its indices. It is the data of a Boltzmann machine that learns a quantum
/// state, at most [`MAX_DENSITY_QUBITS`] qubits.
#[derive(Debug, Clone, PartialEq)]
pub struct DensityMatrix {
    num_qubits: usize,
    matrix: DMatrix<Complex64>,
}

impl DensityMatrix {
    /// The state of a matrix. It must be Hermitian (every entry of |ρ - ρ†|), of trace 1 and positive
    /// (its lowest eigenvalue), each within 1e-8; then it is replaced by ½(ρ + ρ†), which is exactly
    /// Hermitian.
    ///
    /// # Errors
    /// If it is not 2^n × 2^n with n from 1 to [`MAX_DENSITY_QUBITS`], an entry is not finite, or it
    /// is further off than that; the error says by how much.
    pub fn try_new(matrix: DMatrix<Complex64>) -> Result<Self> {
        let (rows, columns) = matrix.shape();
        let num_qubits = rows.checked_ilog2().unwrap_or(0) as usize;
        if rows != columns || !rows.is_power_of_two() || num_qubits == 0 {
            let value = format!("{rows} × {columns}");
            return Err(invalid(
                "the size of a density matrix",
                value,
                "it must be 2^n × 2^n, n from 1",
            ));
        }
        check_size(num_qubits)?;
        for (place, z) in matrix.iter().enumerate() {
            if let Some(value) = [z.re, z.im].into_iter().find(|x| !x.is_finite()) {
                let (row, column) = (place % rows, place / rows);
                let what = format!("the entry ({row}, {column}) of a density matrix");
                return Err(Error::NotFinite { what, value });
            }
        }
        let asymmetry = (&matrix - matrix.adjoint()).iter().map(|z| z.norm()).fold(0.0, f64::max);
        if asymmetry > TOLERANCE {
            return Err(invalid(
                "the largest entry of |ρ - ρ†|",
                format!("{asymmetry:.3e}"),
                format!("a density matrix is Hermitian, which this is not within {TOLERANCE:e}"),
            ));
        }
        let trace = matrix.trace().re;
        if (trace - 1.0).abs() > TOLERANCE {
            return Err(invalid(
                "the trace of a density matrix",
                shown(trace),
                format!("it must be 1 within {TOLERANCE:e}; divide by the trace"),
            ));
        }
        // Far from positive, and perhaps too large for what follows.
        let largest = matrix.iter().map(|z| z.norm()).fold(0.0, f64::max);
        if largest > FAR {
            return Err(invalid(
                "the largest entry of a density matrix",
                shown(largest),
                "a positive matrix of trace 1 has none above 1",
            ));
        }
        let state = Self::of(num_qubits, matrix);
        if !state.is_surely_positive() {
            let lowest = state.eigenvalues()[0];
            if lowest < -TOLERANCE {
                return Err(invalid(
                    "the lowest eigenvalue of a density matrix",
                    shown(lowest),
                    format!("it must not be negative by more than {TOLERANCE:e}"),
                ));
            }
        }
        Ok(state)
    }

    /// The state |ψ⟩⟨ψ| of 2^n amplitudes whose norm Σ|a|² is 1 within 1e-8; what is missing is
    /// divided out.
    ///
    /// # Errors
    /// If their number is not 2^n with n from 1 to [`MAX_DENSITY_QUBITS`], one is not finite, or the
    /// norm is another.
    pub fn from_pure(amplitudes: &[Complex64]) -> Result<Self> {
        let len = amplitudes.len();
        let num_qubits = len.checked_ilog2().unwrap_or(0) as usize;
        if !len.is_power_of_two() || num_qubits == 0 {
            let expected = "a state of n qubits has 2^n of them, n from 1";
            return Err(invalid("the number of amplitudes", len.to_string(), expected));
        }
        check_size(num_qubits)?;
        for (k, a) in amplitudes.iter().enumerate() {
            if let Some(value) = [a.re, a.im].into_iter().find(|x| !x.is_finite()) {
                return Err(Error::NotFinite { what: format!("amplitude {k}"), value });
            }
        }
        let norm: f64 = amplitudes.iter().map(|a| a.norm_sqr()).sum();
        if (norm - 1.0).abs() > TOLERANCE {
            let expected = format!("it must be 1 within {TOLERANCE:e}");
            return Err(invalid("the norm Σ|a|² of a pure state", shown(norm), expected));
        }
        let entry = |row: usize, column: usize| amplitudes[row] * amplitudes[column].conj() / norm;
        Ok(Self::of(num_qubits, DMatrix::from_fn(len, len, entry)))
    }

    /// The state Σ q(v) |v⟩⟨v| of a law of bit strings.
    ///
    /// # Errors
    /// If the strings have more than [`MAX_DENSITY_QUBITS`] bits.
    pub fn diagonal(law: &Distribution) -> Result<Self> {
        let num_qubits = law.num_bits();
        check_size(num_qubits)?;
        let mut matrix = DMatrix::zeros(1 << num_qubits, 1 << num_qubits);
        for (bits, q) in law.outcomes() {
            let place = bits.value(0, num_qubits) as usize;
            matrix[(place, place)] = Complex64::from(*q);
        }
        Ok(DensityMatrix { num_qubits, matrix })
    }

    /// The state of a matrix that is one but for rounding: ½(ρ + ρ†).
    pub(super) fn of(num_qubits: usize, matrix: DMatrix<Complex64>) -> Self {
        let matrix = (&matrix + matrix.adjoint()) * Complex64::from(0.5);
        DensityMatrix { num_qubits, matrix }
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// The matrix, exactly Hermitian.
    pub fn matrix(&self) -> &DMatrix<Complex64> {
        &self.matrix
    }

    /// Whether the imaginary parts of all entries are 0.
    pub fn is_real(&self) -> bool {
        self.matrix.iter().all(|z| z.im == 0.0)
    }

    /// Whether ρ + 1e-8 has a Cholesky decomposition, so that no eigenvalue is below -1e-8. It takes
    /// a fraction of the time of the eigenvalues.
    fn is_surely_positive(&self) -> bool {
        let size = self.matrix.nrows();
        let shift = DMatrix::<Complex64>::identity(size, size) * Complex64::from(TOLERANCE);
        // Complex numbers have a root even if they are negative: then it is imaginary.
        Cholesky::new(&self.matrix + shift)
            .is_some_and(|l| l.l_dirty().diagonal().iter().all(|d| d.re > d.im.abs()))
    }
}

/// Refuses more than [`MAX_DENSITY_QUBITS`] qubits.
fn check_size(num_qubits: usize) -> Result<()> {
    if num_qubits <= MAX_DENSITY_QUBITS {
        return Ok(());
    }
    let size = |n: usize| bytes(1u128.checked_shl(2 * n as u32 + 4).unwrap_or(u128::MAX));
    Err(invalid(
        "the number of qubits of a density matrix",
        num_qubits.to_string(),
        format!(
            "it must be at most {MAX_DENSITY_QUBITS}, whose 2^n × 2^n complex numbers take {}, not \
             {}; for more qubits measure the state, and take the law of its bit strings",
            size(MAX_DENSITY_QUBITS),
            size(num_qubits.min(40))
        ),
    ))
}

fn invalid(what: &str, value: String, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value, expected: expected.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Bits;

    fn c(re: f64, im: f64) -> Complex64 {
        Complex64::new(re, im)
    }

    #[track_caller]
    fn refused(matrix: DMatrix<Complex64>, wanted: &str) {
        let says = DensityMatrix::try_new(matrix).unwrap_err().to_string();
        assert!(says.contains(wanted), "{says}");
    }

    #[test]
    fn refusals_say_how_far_off_it_is() {
        let two = |a: f64, b: Complex64, d: f64| {
            DMatrix::from_row_slice(2, 2, &[c(a, 0.0), b, b.conj(), c(d, 0.0)])
        };
        let mut skew = two(0.5, c(0.1, 0.2), 0.5);
        skew[(0, 1)] += c(0.0, 1e-6);
        refused(skew.clone(), "|ρ - ρ†| is 1.0");
        skew[(0, 1)] = c(0.1, 0.2 + 1e-9);
        let kept = DensityMatrix::try_new(skew).unwrap();
        assert_eq!(kept.matrix(), &kept.matrix().adjoint());
        assert!((kept.matrix()[(0, 1)].im - (0.2 + 5e-10)).abs() < 1e-16);
        refused(
            two(0.5, c(0.0, 0.0), 0.75),
            "trace of a density matrix is 1.25; it must be 1 within",
        );
        // Eigenvalues ½ ± |b|.
        refused(two(0.5, c(0.0, 0.75), 0.5), "lowest eigenvalue of a density matrix is -0.2");
        for b in [3.0, f64::MAX] {
            refused(two(0.5, c(b, 0.0), 0.5), "a positive matrix of trace 1 has none above 1");
        }
        refused(two(1.5, c(0.0, 0.0), -0.5), "lowest eigenvalue of a density matrix is -0.5");
        refused(two(1.0 + 1e-7, c(0.0, 0.0), -1e-7), "lowest eigenvalue of a density matrix is -");
        assert!(DensityMatrix::try_new(two(1.0 + 1e-9, c(0.0, 0.0), -1e-9)).is_ok());
        for (a, b) in [(f64::NAN, 0.0), (0.5, f64::INFINITY)] {
            refused(two(a, c(0.0, b), 0.5), "must be a finite number");
        }
        refused(DMatrix::zeros(2, 4), "is 2 × 4; it must be 2^n × 2^n, n from 1");
        for size in [0, 1, 3] {
            refused(DMatrix::zeros(size, size), "it must be 2^n × 2^n, n from 1");
        }
        let large = "is 11; it must be at most 10, whose 2^n × 2^n complex numbers take 16 MiB, not \
                     64 MiB; for more qubits measure";
        refused(DMatrix::zeros(2048, 2048), large);
        let long = Distribution::from_counts([(Bits::zeros(300), 1)]).unwrap();
        let says = DensityMatrix::diagonal(&long).unwrap_err().to_string();
        assert!(says.contains("is 300; it must be at most 10"), "{says}");

        let pure = |a: &[Complex64]| DensityMatrix::from_pure(a).unwrap_err().to_string();
        assert!(pure(&[c(1.0, 0.0); 3]).contains("is 3; a state of n qubits has 2^n"));
        assert!(pure(&[c(1.0, 0.0)]).contains("has 2^n of them, n from 1"));
        assert!(pure(&[c(1.0, 0.0); 2]).contains("the norm Σ|a|² of a pure state is 2"));
        assert!(pure(&[c(1.0, 0.0), c(0.0, f64::NAN)]).contains("amplitude 1 is NaN"));
        assert!(pure(&vec![c(0.0, 0.0); 2048]).contains("at most 10"));
    }
}
