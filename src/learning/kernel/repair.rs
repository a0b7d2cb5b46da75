//! Kernels that shots or corrections made indefinite.

use super::checks::check_symmetric;
use crate::error::{Error, Result};
use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array2, ArrayView2};
use std::fmt;
use std::str::FromStr;

/// What to do about negative eigenvalues of a kernel, which a support vector machine takes to be
/// positive semidefinite (Wang, Du, Luo and Tao, Quantum 5, 531 (2021)).
///
/// ```
/// use ketlab::learning::kernel::Repair;
/// use ndarray::array;
/// let kernel = array![[1.0, 1.2], [1.2, 1.0]]; // eigenvalues 2.2 and -0.2
/// let repaired = Repair::Clip.apply(kernel.view())?;
/// assert!((repaired.lowest_eigenvalue + 0.2).abs() < 1e-12 && (repaired.change - 0.2).abs() < 1e-12);
/// assert!((repaired.kernel[[0, 0]] - 1.1).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Repair {
    /// Nothing.
    #[default]
    None,
    /// They become 0: the nearest positive semidefinite matrix in the Frobenius norm.
    Clip,
    /// The lowest one is taken from the diagonal, so that all of them move up alike and what is off
    /// the diagonal stays.
    Shift,
    /// They become positive.
    Flip,
}

/// A kernel after a [`Repair`], and what was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The kernel: to the bit what it was if nothing had to be done.
    pub kernel: Array2<f64>,
    /// The repair that was asked for.
    pub repair: Repair,
    /// The lowest eigenvalue before it.
    pub lowest_eigenvalue: f64,
    /// How many eigenvalues were negative, beyond rounding.
    pub num_negative: usize,
    /// The Frobenius norm of the change.
    pub change: f64,
}

impl Repair {
    /// Every repair.
    pub const ALL: [Repair; 4] = [Repair::None, Repair::Clip, Repair::Shift, Repair::Flip];

    /// `none`, `clip`, `shift` or `flip`.
    pub fn name(self) -> &'static str {
        match self {
            Repair::None => "none",
            Repair::Clip => "clip",
            Repair::Shift => "shift",
            Repair::Flip => "flip",
        }
    }

    /// Repairs the kernel of rows with themselves; a kernel of others with them stays as it is. An
    /// eigenvalue above -N·2^-52 of the largest magnitude is rounding. One eigendecomposition.
    ///
    /// # Errors
    /// If the kernel is not square and symmetric, or an entry is not finite.
    pub fn apply(self, kernel: ArrayView2<f64>) -> Result<Repaired> {
        check_symmetric(kernel)?;
        let size = kernel.nrows();
        let eigen = SymmetricEigen::new(matrix_of(kernel));
        let lowest_eigenvalue = eigen.eigenvalues.min();
        let allowed = size as f64 * f64::EPSILON * eigen.eigenvalues.amax();
        let num_negative = eigen.eigenvalues.iter().filter(|&&value| value < -allowed).count();
        let mut repaired = Repaired {
            kernel: kernel.to_owned(),
            repair: self,
            lowest_eigenvalue,
            num_negative,
            change: 0.0,
        };
        if num_negative == 0 || self == Repair::None {
            return Ok(repaired);
        }
        if self == Repair::Shift {
            repaired.kernel.diag_mut().iter_mut().for_each(|k| *k -= lowest_eigenvalue);
            repaired.change = -lowest_eigenvalue * (size as f64).sqrt();
            return Ok(repaired);
        }
        // Only the negative ones are added to, so that little is rounded.
        let negative: Vec<usize> = (0..size).filter(|&k| eigen.eigenvalues[k] < 0.0).collect();
        let times = if self == Repair::Flip { 2.0 } else { 1.0 };
        let vectors = eigen.eigenvectors.select_columns(&negative);
        let mut scaled = vectors.clone();
        for (mut column, &k) in scaled.column_iter_mut().zip(&negative) {
            column *= -times * eigen.eigenvalues[k];
        }
        let added = scaled * vectors.transpose();
        for i in 0..size {
            for j in 0..=i {
                let value = 0.5 * (kernel[[i, j]] + kernel[[j, i]]) + added[(i, j)];
                (repaired.kernel[[i, j]], repaired.kernel[[j, i]]) = (value, value);
            }
        }
        let squares = negative.iter().map(|&k| eigen.eigenvalues[k].powi(2)).sum::<f64>();
        repaired.change = times * squares.sqrt();
        Ok(repaired)
    }
}

/// The same numbers for nalgebra, made symmetric to the bit.
pub(super) fn matrix_of(kernel: ArrayView2<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(kernel.nrows(), kernel.ncols(), |i, j| 0.5 * (kernel[[i, j]] + kernel[[j, i]]))
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Repair {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|repair| repair.name() == name).ok_or_else(|| {
            Error::unknown_name("repair", name, "the repairs are", &Self::ALL.map(Self::name))
        })
    }
}
