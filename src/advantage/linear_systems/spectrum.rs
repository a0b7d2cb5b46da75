//! A right-hand side in a matrix's eigenbasis.

use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector, Schur, SymmetricEigen};
use num_complex::Complex64;
use std::f64::consts::PI;

/// Eigenvalues of a Hermitian matrix (or those that a unitary e^{iAt} stands for), eigenvectors, and
/// b/‖b‖ in their basis.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// λ, in no order.
    pub eigenvalues: Vec<f64>,
    /// ⟨v|b⟩/‖b‖.
    pub coefficients: Vec<Complex64>,
    vectors: Vectors,
}

#[derive(Debug, Clone, PartialEq)]
enum Vectors {
    /// √(2/(N+1)) sin(π(j+1)(k+1)/(N+1)).
    Sines(usize),
    Real(DMatrix<f64>),
    /// (u, v) and (u, -v) over √2, for each singular value.
    Pairs(DMatrix<f64>, DMatrix<f64>),
    Complex(DMatrix<Complex64>),
}

impl Spectrum {
    /// Of a tridiagonal matrix with constant diagonals, in closed form:
    /// λ_k = d + 2e cos(πk/(N+1)), v_k ∝ sin(πjk/(N+1)).
    pub(super) fn toeplitz(diagonal: f64, beside: f64, rhs: &[f64]) -> Self {
        let size = rhs.len();
        let angle = PI / (size + 1) as f64;
        let eigenvalues =
            (1..=size).map(|k| diagonal + 2.0 * beside * (angle * k as f64).cos()).collect();
        // The sines are symmetric in both indices.
        let coefficients = sine_transform(&unit(rhs).map(Complex64::from).collect::<Vec<_>>());
        Spectrum { eigenvalues, coefficients, vectors: Vectors::Sines(size) }
    }

    /// Of a symmetric matrix.
    pub(super) fn symmetric(matrix: &DMatrix<f64>, rhs: &[f64]) -> Self {
        let eigen = SymmetricEigen::new(matrix.clone());
        let rhs = DVector::from_iterator(rhs.len(), unit(rhs));
        let coefficients = eigen.eigenvectors.tr_mul(&rhs).iter().map(|c| (*c).into()).collect();
        Spectrum {
            eigenvalues: eigen.eigenvalues.iter().copied().collect(),
            coefficients,
            vectors: Vectors::Real(eigen.eigenvectors),
        }
    }

    /// Of [[0, A], [Aᵀ, 0]]: ±σ with (u, ±v)/√2 for A = Σ σ u vᵀ.
    pub(super) fn doubled(matrix: &DMatrix<f64>, rhs: &[f64]) -> Self {
        // From the symmetric matrix AᵀA accuracy would be lost; nalgebra's SVD has both sides.
        let svd = matrix.clone().svd(true, true);
        let (Some(u), Some(v_t)) = (svd.u, svd.v_t) else {
            unreachable!("both sides are asked for")
        };
        let rhs = DVector::from_iterator(rhs.len(), unit(rhs));
        let of_u = u.tr_mul(&rhs);
        let (mut eigenvalues, mut coefficients) = (Vec::new(), Vec::new());
        for (sigma, c) in svd.singular_values.iter().zip(of_u.iter()) {
            for sign in [1.0, -1.0] {
                eigenvalues.push(sign * sigma);
                coefficients.push((c / 2f64.sqrt()).into());
            }
        }
        let vectors = Vectors::Pairs(u, v_t.transpose());
        Spectrum { eigenvalues, coefficients, vectors }
    }

    /// Of a unitary that stands for e^{iAt}: eigenvalues from -π/t to π/t.
    ///
    /// # Errors
    /// If its Schur decomposition is not found.
    pub fn of_unitary(unitary: &DMatrix<Complex64>, time: f64, rhs: &[f64]) -> Result<Self> {
        let schur =
            Schur::try_new(unitary.clone(), 1e-15, 100_000).ok_or_else(|| Error::Invalid {
                what: "the Schur decomposition of an evolution".into(),
                value: "not found".into(),
                expected: "take another number of Trotter steps".into(),
            })?;
        let (vectors, triangle) = schur.unpack();
        let rhs = DVector::from_iterator(rhs.len(), unit(rhs).map(Complex64::from));
        Ok(Spectrum {
            eigenvalues: triangle.diagonal().iter().map(|z| z.arg() / time).collect(),
            coefficients: vectors.ad_mul(&rhs).iter().copied().collect(),
            vectors: Vectors::Complex(vectors),
        })
    }

    /// The smallest and the largest magnitude of an eigenvalue.
    pub fn magnitudes(&self) -> (f64, f64) {
        let magnitudes = self.eigenvalues.iter().map(|l| l.abs());
        magnitudes.fold((f64::INFINITY, 0.0), |(least, most), l| (least.min(l), most.max(l)))
    }

    /// Σ_j `factors[j]` ⟨v_j|b⟩/‖b‖ v_j.
    pub fn combined(&self, factors: &[f64]) -> Vec<Complex64> {
        let weights: Vec<Complex64> =
            self.coefficients.iter().zip(factors).map(|(c, f)| c * *f).collect();
        let real = || DVector::from_iterator(weights.len(), weights.iter().map(|w| w.re));
        let to_complex = |v: DVector<f64>| v.iter().map(|x| (*x).into()).collect::<Vec<_>>();
        match &self.vectors {
            Vectors::Sines(_) => sine_transform(&weights),
            Vectors::Real(vectors) => to_complex(vectors * real()),
            Vectors::Pairs(u, v) => {
                let pair = |sign: f64| {
                    let pairs = weights.chunks_exact(2);
                    let sums = pairs.map(|w| (w[0].re + sign * w[1].re) / 2f64.sqrt());
                    DVector::from_iterator(weights.len() / 2, sums)
                };
                let mut both = to_complex(u * pair(1.0));
                both.extend(to_complex(v * pair(-1.0)));
                both
            }
            Vectors::Complex(vectors) => {
                (vectors * DVector::from_vec(weights)).iter().copied().collect()
            }
        }
    }
}

/// Orthogonal and its own inverse: √(2/(N+1)) Σ_k sin(π(j+1)(k+1)/(N+1)) w_k.
fn sine_transform(weights: &[Complex64]) -> Vec<Complex64> {
    let size = weights.len();
    let period = 2 * (size + 1);
    let scale = (2.0 / (size + 1) as f64).sqrt();
    let sines: Vec<f64> =
        (0..period).map(|k| scale * (PI * k as f64 / (size + 1) as f64).sin()).collect();
    (1..=size)
        .map(|j| {
            let terms = weights.iter().enumerate();
            terms.map(|(k, w)| w * sines[j * (k + 1) % period]).sum()
        })
        .collect()
}

/// b/‖b‖, in units of its largest entry first, so that no square overflows.
fn unit(rhs: &[f64]) -> impl Iterator<Item = f64> {
    let largest = rhs.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let norm = rhs.iter().map(|v| (v / largest).powi(2)).sum::<f64>().sqrt();
    rhs.iter().map(move |v| v / largest / norm)
}

#[cfg(test)]
mod tests {
    use super::super::LinearSystem;
    use super::*;

    #[test]
    fn all_bases_give_the_solution() {
        let rows = |m: &DMatrix<f64>| -> Vec<Vec<f64>> {
            m.row_iter().map(|row| row.iter().copied().collect()).collect()
        };
        let b = vec![1.0, -2.1, 3.2, -4.3];
        let toeplitz = LinearSystem::toeplitz(1.5, 2.5, b.clone()).unwrap();
        let symmetric = LinearSystem::new(&rows(&toeplitz.dense()), b.clone()).unwrap();
        let mut skew = toeplitz.dense();
        skew[(0, 3)] = 7.0;
        let skew = LinearSystem::new(&rows(&skew), b).unwrap();
        for system in [toeplitz, symmetric, skew] {
            let spectrum = system.spectrum().unwrap();
            let inverse: Vec<f64> = spectrum.eigenvalues.iter().map(|l| 1.0 / l).collect();
            let x = spectrum.combined(&inverse);
            let b = DVector::from_row_slice(system.rhs());
            let solved = system.dense().lu().solve(&b).unwrap() / b.norm();
            for (k, solved) in solved.iter().enumerate() {
                assert!((x[system.offset() + k] - solved).norm() < 1e-11, "{x:?} {solved}");
            }
        }
    }
}
