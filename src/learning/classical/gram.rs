//! Classical kernels and their Gram matrices.

use super::check::{check_columns, check_finite, invalid};
use crate::error::{Error, Result};
use crate::math::{check_memory, map_in_order};
use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A kernel of two rows of features, as scikit-learn's `pairwise_kernels` has them.
///
/// ```
/// use ketlab::learning::classical::{ClassicalKernel, gamma_scale};
/// use ndarray::array;
///
/// let x = array![[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]];
/// let kernel = ClassicalKernel::Rbf { gamma: gamma_scale(x.view())? };
/// let gram = kernel.gram(x.view(), x.view())?;
/// assert_eq!(gram[[1, 1]], 1.0);
/// assert!((gram[[0, 1]] - (-2.0 * 0.75f64).exp()).abs() < 1e-15); // γ = 1/(2 · 2/3)
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kernel", rename_all = "snake_case")]
pub enum ClassicalKernel {
    /// x·y
    Linear,
    /// (γ x·y + c)^d
    Polynomial {
        /// d, at least 1.
        degree: u32,
        /// γ, positive.
        gamma: f64,
        /// c; at least 0, or the kernel may be indefinite.
        offset: f64,
    },
    /// exp(-γ ‖x - y‖²), with the Euclidean distance.
    Rbf {
        /// γ, positive.
        gamma: f64,
    },
    /// exp(-γ ‖x - y‖₁), with the sum of the distances along the axes.
    Laplacian {
        /// γ, positive.
        gamma: f64,
    },
}

/// The bandwidths that [`ClassicalKernel::family`] tries, as multiples of [`gamma_scale`].
pub const BANDWIDTHS: [f64; 7] = [0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0];

/// scikit-learn's `gamma="scale"`: 1/(number of features · variance of all entries), and 1 where
/// all entries are equal.
///
/// # Errors
/// If there is no row or no feature, or an entry is not finite.
pub fn gamma_scale(x: ArrayView2<'_, f64>) -> Result<f64> {
    check_finite("feature", x)?;
    let count = x.len() as f64;
    let mean = x.sum() / count;
    let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let gamma = 1.0 / (x.ncols() as f64 * variance);
    // Entries that are equal up to rounding have no scale either.
    Ok(if gamma.is_finite() && gamma > 0.0 { gamma } else { 1.0 })
}

impl ClassicalKernel {
    /// The names of the kinds.
    pub const NAMES: [&'static str; 4] = ["linear", "polynomial", "rbf", "laplacian"];

    /// The name of its kind.
    pub fn name(&self) -> &'static str {
        match self {
            ClassicalKernel::Linear => "linear",
            ClassicalKernel::Polynomial { .. } => "polynomial",
            ClassicalKernel::Rbf { .. } => "rbf",
            ClassicalKernel::Laplacian { .. } => "laplacian",
        }
    }

    /// The kernel of that name with γ as [`gamma_scale`] has it for `x`; a polynomial one has degree 3
    /// and offset 1.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the list, and those of [`gamma_scale`].
    pub fn from_name(name: &str, x: ArrayView2<'_, f64>) -> Result<Self> {
        let gamma = gamma_scale(x)?;
        match name {
            "linear" => Ok(ClassicalKernel::Linear),
            "polynomial" => Ok(ClassicalKernel::Polynomial { degree: 3, gamma, offset: 1.0 }),
            "rbf" => Ok(ClassicalKernel::Rbf { gamma }),
            "laplacian" => Ok(ClassicalKernel::Laplacian { gamma }),
            _ => {
                let all = "the classical kernels are";
                Err(Error::unknown_name("classical kernel", name, all, &Self::NAMES))
            }
        }
    }

    /// The kernels among which the best is sought for these rows: linear, polynomial of degree 2 and 3,
    /// RBF and Laplacian with each of [`BANDWIDTHS`] times [`gamma_scale`]. They depend on the
    /// features alone, so the rows must be those of training.
    ///
    /// # Errors
    /// As [`gamma_scale`].
    pub fn family(x: ArrayView2<'_, f64>) -> Result<Vec<Self>> {
        let scale = gamma_scale(x)?;
        let mut kernels = vec![ClassicalKernel::Linear];
        kernels.extend([2, 3].map(|degree| ClassicalKernel::Polynomial {
            degree,
            gamma: scale,
            offset: 1.0,
        }));
        kernels.extend(BANDWIDTHS.map(|times| ClassicalKernel::Rbf { gamma: times * scale }));
        kernels.extend(BANDWIDTHS.map(|times| ClassicalKernel::Laplacian { gamma: times * scale }));
        Ok(kernels)
    }

    /// The kernel of two rows of the same length.
    pub fn of(&self, x: ArrayView1<'_, f64>, y: ArrayView1<'_, f64>) -> f64 {
        let dot = || x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>();
        match *self {
            ClassicalKernel::Linear => dot(),
            ClassicalKernel::Polynomial { degree, gamma, offset } => {
                (gamma * dot() + offset).powi(degree.min(i32::MAX as u32) as i32)
            }
            ClassicalKernel::Rbf { gamma } => {
                (-gamma * x.iter().zip(y).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()).exp()
            }
            ClassicalKernel::Laplacian { gamma } => {
                (-gamma * x.iter().zip(y).map(|(a, b)| (a - b).abs()).sum::<f64>()).exp()
            }
        }
    }

    /// The Gram matrix of the rows of `x` (its rows) with those of `y` (its columns). Exactly symmetric
    /// where both are the same.
    ///
    /// # Errors
    /// If the parameters of the kernel are not as they must be, there is no row or feature, the
    /// numbers of features differ, an entry is not finite or becomes so, or the matrix does not fit
    /// into memory.
    pub fn gram(&self, x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        self.check()?;
        check_finite("feature", x)?;
        check_finite("feature", y)?;
        check_columns("the number of features of the second rows", y, x.ncols())?;
        let (rows, columns) = (x.nrows(), y.nrows());
        // The rows are made one by one and then put together.
        let needed = 2 * 8 * rows as u128 * columns as u128;
        check_memory(format!("a kernel of {rows} × {columns} rows"), needed, |_| {
            (None, "take fewer rows".into())
        })?;
        let made = map_in_order(rows, |i| {
            Ok((0..columns).map(|j| self.of(x.row(i), y.row(j))).collect::<Vec<f64>>())
        })?;
        let gram = Array2::from_shape_vec((rows, columns), made.concat());
        let gram = gram.expect("as many as the rows have");
        if let Some(((i, j), &value)) = gram.indexed_iter().find(|(_, v)| !v.is_finite()) {
            return Err(Error::NotFinite {
                what: format!("the kernel of rows {i} and {j}"),
                value,
            });
        }
        Ok(gram)
    }

    fn check(&self) -> Result<()> {
        let (gamma, degree, offset) = match *self {
            ClassicalKernel::Linear => (1.0, 1, 0.0),
            ClassicalKernel::Polynomial { degree, gamma, offset } => (gamma, degree, offset),
            ClassicalKernel::Rbf { gamma } | ClassicalKernel::Laplacian { gamma } => {
                (gamma, 1, 0.0)
            }
        };
        if !(gamma > 0.0 && gamma.is_finite()) {
            return invalid("gamma of the kernel", gamma, "it must be positive and finite");
        }
        if degree == 0 {
            return invalid("the degree of the kernel", degree, "it must be at least 1");
        }
        if !offset.is_finite() {
            return Err(Error::NotFinite {
                what: "the offset of the kernel".into(),
                value: offset,
            });
        }
        Ok(())
    }
}

impl fmt::Display for ClassicalKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ClassicalKernel::Linear => f.write_str("linear"),
            ClassicalKernel::Polynomial { degree, gamma, offset } => {
                write!(f, "polynomial(degree={degree}, gamma={gamma:.4}, offset={offset})")
            }
            ClassicalKernel::Rbf { gamma } => write!(f, "rbf(gamma={gamma:.4})"),
            ClassicalKernel::Laplacian { gamma } => write!(f, "laplacian(gamma={gamma:.4})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::on_threads;
    use ndarray::array;

    fn rows() -> (Array2<f64>, Array2<f64>) {
        (
            array![[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]],
            array![[0.0, 1.0, 1.0], [2.0, -0.5, 0.5], [0.5, -1.0, 2.0]],
        )
    }

    /// scikit-learn 1.9.1: rbf_kernel, laplacian_kernel, polynomial_kernel, linear_kernel of these rows,
    /// entries [0, 0], [0, 1], [1, 1]; gamma="scale" of SVC.
    #[test]
    fn kernels_are_those_of_scikit_learn() {
        let (x, y) = rows();
        let of = |kernel: ClassicalKernel| {
            let gram = kernel.gram(x.view(), y.view()).unwrap();
            assert_eq!(gram.dim(), (2, 3));
            [gram[[0, 0]], gram[[0, 1]], gram[[1, 1]]]
        };
        let close = |a: [f64; 3], b: [f64; 3]| {
            let near = a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-14 * b.abs().max(1.0));
            assert!(near, "{a:?} is not {b:?}");
        };
        close(
            of(ClassicalKernel::Rbf { gamma: 0.3 }),
            [0.20700755268115265, 0.24050846320834213, 0.580567038759224],
        );
        close(
            of(ClassicalKernel::Laplacian { gamma: 0.3 }),
            [0.3499377491111553, 0.3499377491111553, 0.5091564206075492],
        );
        let polynomial = ClassicalKernel::Polynomial { degree: 3, gamma: 0.3, offset: 1.0 };
        close(of(polynomial), [2.197, 5.359375, 5.711341796875001]);
        close(of(ClassicalKernel::Linear), [1.0, 2.5, 2.625]);
        assert!((gamma_scale(x.view()).unwrap() - 0.30524642289348175).abs() < 1e-14);
        assert_eq!(gamma_scale(array![[2.0, 2.0]].view()).unwrap(), 1.0);
    }

    #[test]
    fn squares_are_symmetric_and_the_same_on_any_number_of_threads() {
        let (_, y) = rows();
        for kernel in ClassicalKernel::family(y.view()).unwrap() {
            let one = on_threads(1, || kernel.gram(y.view(), y.view()).unwrap());
            let two = on_threads(2, || kernel.gram(y.view(), y.view()).unwrap());
            assert_eq!(one, two);
            assert_eq!(one, one.t());
            assert_eq!(
                ClassicalKernel::from_name(kernel.name(), y.view()).unwrap().name(),
                kernel.name()
            );
        }
    }

    #[test]
    fn bad_input_is_refused_by_name() {
        let (x, y) = rows();
        let says = |error: Error, part: &str| assert!(error.to_string().contains(part), "{error}");
        let rbf = |gamma| ClassicalKernel::Rbf { gamma };
        says(rbf(0.0).gram(x.view(), y.view()).unwrap_err(), "gamma");
        says(rbf(f64::NAN).gram(x.view(), y.view()).unwrap_err(), "gamma");
        says(rbf(1.0).gram(x.view(), array![[1.0]].view()).unwrap_err(), "features");
        says(rbf(1.0).gram(x.view(), Array2::zeros((0, 3)).view()).unwrap_err(), "rows");
        says(gamma_scale(array![[f64::NAN]].view()).unwrap_err(), "feature 0 of row 0");
        let large = array![[1e200]];
        says(ClassicalKernel::Linear.gram(large.view(), large.view()).unwrap_err(), "rows 0 and 0");
        says(ClassicalKernel::from_name("rfb", x.view()).unwrap_err(), "rbf");
    }
}
