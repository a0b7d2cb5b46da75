//! Density matrices of given states.

use super::{DensityMatrix, cast};
use crate::engine::kernel::{Real, is_large};
use crate::engine::reductions::double;
use crate::engine::state_vector::StateVector;
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

const WHAT: &str = "a density matrix";

impl<T: Real> DensityMatrix<T> {
    /// |0…0⟩⟨0…0|. [`Error::TooLarge`] if 4^n entries do not fit.
    pub fn zero(num_qubits: usize) -> Result<Self> {
        Self::basis(num_qubits, 0)
    }

    /// |index⟩⟨index|. [`Error::Invalid`] if the index has more than n bits.
    pub fn basis(num_qubits: usize, index: u64) -> Result<Self> {
        let mut rho = Self::empty(WHAT, num_qubits)?;
        if index >= rho.dim() as u64 {
            return Err(Error::Invalid {
                what: "the index of a basis state".into(),
                value: index.to_string(),
                expected: format!("{num_qubits} qubits have indices below {}", rho.dim()),
            });
        }
        let step = rho.dim() + 1;
        rho.vector.buffer[index as usize * step].re = T::ONE;
        Ok(rho)
    }

    /// I/2^n, which says nothing about any measurement.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn maximally_mixed(num_qubits: usize) -> Result<Self> {
        let mut rho = Self::empty(WHAT, num_qubits)?;
        let step = rho.dim() + 1;
        let p = T::from_f64(1.0 / rho.dim() as f64);
        rho.vector.buffer.iter_mut().step_by(step).for_each(|z| z.re = p);
        Ok(rho)
    }

    /// |ψ⟩⟨ψ|, for the same instruction set.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn from_state(state: &StateVector<T>) -> Result<Self> {
        let mut rho = Self::empty(WHAT, state.num_qubits())?;
        rho.vector.isa = state.isa;
        let psi = state.try_to_vec()?;
        rho.fill_columns(|c, column| {
            let Complex { re, im } = psi[c];
            column
                .iter_mut()
                .zip(&psi)
                .for_each(|(z, a)| *z = Complex::new(a.re * re + a.im * im, a.im * re - a.re * im));
        });
        Ok(rho)
    }

    /// A matrix of 2^n rows and columns: finite, Hermitian, of trace 1 and without negative
    /// eigenvalues, all within 1e-9 in `f64` and 1e-5 in `f32`. The eigenvalues take some 8^n
    /// operations.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is no density matrix, [`Error::NotFinite`]; [`Error::TooLarge`].
    pub fn from_matrix(matrix: &DMatrix<Complex64>) -> Result<Self> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: format!("{what} of a density matrix"), value, expected })
        };
        let (rows, columns) = matrix.shape();
        if rows != columns || !rows.is_power_of_two() {
            let expected = "it has 2^n rows and as many columns".into();
            return invalid("the shape", format!("{rows}×{columns}"), expected);
        }
        let mut rho = Self::empty(WHAT, rows.ilog2() as usize)?;
        let parts = matrix.iter().flat_map(|z| [z.re, z.im]);
        if let Some(value) = parts.into_iter().find(|x| !x.is_finite()) {
            return Err(Error::NotFinite { what: "an entry of a density matrix".into(), value });
        }
        let tolerance = T::NORM_TOLERANCE;
        let within = format!("within {tolerance:e}");
        for c in 0..rows {
            for r in 0..=c {
                let off = (matrix[(r, c)] - matrix[(c, r)].conj()).norm();
                if off > tolerance {
                    let value = format!("ρ[{r},{c}] - ρ[{c},{r}]* = {off:e}");
                    return invalid("the entries", value, format!("it is Hermitian {within}"));
                }
            }
        }
        let trace = matrix.trace().re;
        if (trace - 1.0).abs() > tolerance {
            return invalid("the trace", trace.to_string(), format!("it is 1 {within}"));
        }
        let least = matrix.clone().symmetric_eigenvalues().min();
        if least < -tolerance {
            let expected = format!("all are 0 or more {within}");
            return invalid("the least eigenvalue", least.to_string(), expected);
        }
        rho.vector.buffer.iter_mut().zip(matrix.iter()).for_each(|(to, z)| *to = cast(*z));
        Ok(rho)
    }

    /// The same in another precision.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn cast<U: Real>(&self) -> Result<DensityMatrix<U>> {
        let mut rho = DensityMatrix::<U>::empty(WHAT, self.num_qubits)?;
        rho.vector.isa = self.vector.isa;
        rho.fill_columns(|c, column| {
            let from = self.column(c);
            column.iter_mut().zip(from).for_each(|(to, z)| *to = cast(double(*z)));
        });
        Ok(rho)
    }

    /// Calls `fill` with each column and its number, on all threads where the matrix is large.
    pub(super) fn fill_columns(&mut self, fill: impl Fn(usize, &mut [Complex<T>]) + Sync) {
        let dim = self.dim();
        let buffer = &mut self.vector.buffer[..];
        if is_large::<Complex<T>>(buffer.len()) {
            buffer.par_chunks_mut(dim).enumerate().for_each(|(c, column)| fill(c, column));
        } else {
            buffer.chunks_mut(dim).enumerate().for_each(|(c, column)| fill(c, column));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_density_matrices_are_taken() {
        let one = Complex64::ONE;
        let good = DMatrix::from_row_slice(2, 2, &[one * 0.7, one * 0.1, one * 0.1, one * 0.3]);
        let rho = DensityMatrix::<f64>::from_matrix(&good).unwrap();
        assert_eq!(rho.to_matrix().unwrap(), good);
        let changed = |change: &dyn Fn(&mut DMatrix<Complex64>)| {
            let mut matrix = good.clone();
            change(&mut matrix);
            DensityMatrix::<f64>::from_matrix(&matrix).unwrap_err().to_string()
        };
        assert!(changed(&|m| m[(0, 1)].im = 0.1).contains("Hermitian"));
        assert!(changed(&|m| m[(0, 0)].re = 0.8).contains("trace"));
        assert!(changed(&|m| (m[(0, 1)], m[(1, 0)]) = (one, one)).contains("eigenvalue"));
        assert!(changed(&|m| m[(0, 1)].im = f64::NAN).contains("entry"));
        assert!(changed(&|m| *m = m.clone().resize(3, 3, one)).contains("shape"));
        assert!(DensityMatrix::<f64>::basis(2, 4).is_err());
    }

    #[test]
    fn what_has_no_room_is_refused_with_a_way_out() {
        for n in [25, 30, 100, usize::MAX / 2 + 1, usize::MAX] {
            let error = DensityMatrix::<f64>::zero(n).unwrap_err();
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains(&n.to_string()) && text.contains("trajectories"), "{text}");
        }
    }

    #[test]
    fn a_state_is_its_projector() {
        let amplitudes = [0.5, -0.5, 0.1, 0.7].map(|x| Complex64::new(x, 0.3 * x));
        let norm = amplitudes.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
        let amplitudes = amplitudes.map(|z| z / norm);
        let state = StateVector::from_amplitudes(&amplitudes).unwrap();
        let rho = DensityMatrix::from_state(&state).unwrap();
        for r in 0..4 {
            for c in 0..4 {
                let want = amplitudes[r] * amplitudes[c].conj();
                assert!((rho.entry(r as u64, c as u64) - want).norm() < 1e-16);
            }
        }
        assert!((rho.fidelity(&state) - 1.0).abs() < 1e-15);
        let single = rho.cast::<f32>().unwrap();
        assert!((single.purity() - 1.0).abs() < 1e-6);
        let mixed = DensityMatrix::<f64>::maximally_mixed(3).unwrap();
        assert!((mixed.purity() - 0.125).abs() < 1e-15 && (mixed.trace() - 1.0).abs() < 1e-15);
    }
}
