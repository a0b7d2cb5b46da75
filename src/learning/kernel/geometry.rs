//! What one kernel can learn that another cannot.

use super::checks::check_symmetric;
use super::repair::matrix_of;
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use ndarray::{Array2, ArrayView2};

/// The geometric difference of a classical and a quantum kernel of the same N rows (Huang et al.,
/// Nature Communications 12, 2631 (2021), eq. 7, with their regularization),
///
/// g = √‖√K_Q √K_C (K_C + λ)^-2 √K_C √K_Q‖,
///
/// the spectral norm, both kernels scaled to trace N and λ absolute. Model complexities
/// ([`model_complexity`]) satisfy s_C ≤ g² s_Q for every set of labels; so where g is about 1 the
/// classical kernel predicts what the quantum one does, and where it is of order √N there are labels
/// ([`relabelled`]) which the classical one cannot learn and the quantum one can. That g is large is
/// necessary for an advantage and not sufficient. It grows without bound as λ goes to 0 and K_C has
/// small eigenvalues: a number is worth nothing without its λ. Compare with the best of several
/// classical kernels.
///
/// Two symmetric eigendecompositions, of K_C and of a product of that size. A quantum kernel from
/// shots should be [repaired](super::Repair) first: its largest eigenvalues count here, whatever the
/// lowest are.
///
/// ```
/// use ketlab::learning::kernel::geometric_difference;
/// use ndarray::array;
/// let k = array![[1.0, 0.5], [0.5, 1.0]];
/// // Of a kernel with itself it is c/(c + λ), c the largest eigenvalue.
/// let g = geometric_difference(k.view(), k.view(), 1e-2)?;
/// assert!((g - 1.5 / 1.51).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If the kernels are not square, symmetric, finite and of one size; if a trace is not positive; if
/// λ is negative or not finite; if the classical kernel has an eigenvalue below 0, or one of 0 to
/// within rounding where λ is 0.
pub fn geometric_difference(
    classical: ArrayView2<f64>,
    quantum: ArrayView2<f64>,
    lambda: f64,
) -> Result<f64> {
    let (_, _, product) = whitened(classical, quantum, lambda)?;
    Ok(product.symmetric_eigenvalues().max().max(0.0).sqrt())
}

/// The labels for which a quantum kernel's advantage over a classical one is largest.
#[derive(Debug, Clone, PartialEq)]
pub struct Relabelled {
    /// g, as [`geometric_difference`].
    pub geometric_difference: f64,
    /// √K_Q v of norm 1, v the top eigenvector: numbers for which s_C = g² s_Q to within λ.
    pub targets: Vec<f64>,
    /// Their signs, +1 or -1, for classification; of a zero +1.
    pub labels: Vec<f64>,
}

/// Labels that saturate the [`geometric_difference`]: y = √K_Q v with v the top eigenvector of
/// √K_Q √K_C (K_C + λ)^-2 √K_C √K_Q, for which s_C = g² vᵀv and s_Q = vᵀv as the quantum kernel's
/// own λ goes to 0 (Huang et al., Nature Communications 12, 2631 (2021), supplement, section on
/// engineered data sets), and their signs. The sign of the whole is such that the number farthest from 0 is positive.
///
/// # Errors
/// As [`geometric_difference`].
pub fn relabelled(
    classical: ArrayView2<f64>,
    quantum: ArrayView2<f64>,
    lambda: f64,
) -> Result<Relabelled> {
    let (roots, vectors, product) = whitened(classical, quantum, lambda)?;
    let eigen = SymmetricEigen::new(product);
    let top = eigen.eigenvalues.imax();
    // With A = √M in the basis of K_C: A K_Q A u = g² u. Then v = √K_Q A u/g, so √K_Q v ∝ K_Q A u.
    let turned = &vectors * eigen.eigenvectors.column(top).component_mul(&roots);
    let kernel = scaled(quantum, "the quantum kernel")?;
    let mut targets: DVector<f64> = kernel * turned;
    let norm = targets.norm();
    let sign = if targets[targets.iamax()] < 0.0 { -1.0 } else { 1.0 };
    if norm > 0.0 {
        targets *= sign / norm;
    }
    Ok(Relabelled {
        geometric_difference: eigen.eigenvalues[top].max(0.0).sqrt(),
        labels: targets.iter().map(|&y| if y < 0.0 { -1.0 } else { 1.0 }).collect(),
        targets: targets.iter().copied().collect(),
    })
}

/// The model complexity of a kernel for labels y (Huang et al., Nature Communications 12, 2631
/// (2021), eq. 5, with regularization): s = yᵀ (K + λ)^-1 K (K + λ)^-1 y, K scaled to trace N. The
/// error of predictions is bounded by a constant times √(s/N).
///
/// # Errors
/// If the kernel is not square, symmetric and finite, or its trace not positive; if there is not a
/// finite label for each row; if λ is negative or not finite, or K + λ is not positive definite.
pub fn model_complexity(kernel: ArrayView2<f64>, labels: &[f64], lambda: f64) -> Result<f64> {
    let kernel = scaled(kernel, "the kernel")?;
    check_lambda(lambda)?;
    if labels.len() != kernel.nrows() {
        return Err(Error::Invalid {
            what: "the number of labels".into(),
            value: labels.len().to_string(),
            expected: format!("the kernel is of {} rows", kernel.nrows()),
        });
    }
    if let Some((row, &value)) = labels.iter().enumerate().find(|(_, y)| !y.is_finite()) {
        return Err(Error::NotFinite { what: format!("label {row}"), value });
    }
    let mut regularized = kernel.clone();
    (0..kernel.nrows()).for_each(|k| regularized[(k, k)] += lambda);
    let Some(cholesky) = regularized.cholesky() else {
        return Err(not_positive("λ, with a kernel that has eigenvalues of 0 or below,", lambda));
    };
    let weights = cholesky.solve(&DVector::from_column_slice(labels));
    Ok(weights.dot(&(kernel * &weights)))
}

/// The kernel times a number that makes its trace N.
///
/// # Errors
/// If it is not square, symmetric and finite; if its trace is not positive.
pub fn with_trace(kernel: ArrayView2<f64>) -> Result<Array2<f64>> {
    Ok(&kernel * scale(kernel, "the kernel")?)
}

/// √c/(c + λ) for the eigenvalues c of K_C, its eigenvectors V, and A Vᵀ K_Q V A with A the diagonal
/// matrix of these numbers: its eigenvalues are those of √K_Q √K_C (K_C + λ)^-2 √K_C √K_Q.
fn whitened(
    classical: ArrayView2<f64>,
    quantum: ArrayView2<f64>,
    lambda: f64,
) -> Result<(DVector<f64>, DMatrix<f64>, DMatrix<f64>)> {
    check_lambda(lambda)?;
    let size = classical.nrows();
    let (classical, quantum) =
        (scaled(classical, "the classical kernel")?, scaled(quantum, "the quantum kernel")?);
    if quantum.nrows() != size {
        return Err(Error::Invalid {
            what: "the number of rows of the quantum kernel".into(),
            value: quantum.nrows().to_string(),
            expected: format!("the classical kernel has {size}"),
        });
    }
    let eigen = SymmetricEigen::new(classical);
    let largest = eigen.eigenvalues.amax();
    let lowest = eigen.eigenvalues.min();
    // Of kernels that were computed, what is below 0 is rounding.
    let rounding = size as f64 * f64::EPSILON * largest;
    if lowest < -1e-10 * largest || lowest.max(0.0) + lambda <= rounding {
        return Err(not_positive("the lowest eigenvalue of the classical kernel", lowest));
    }
    let roots = eigen.eigenvalues.map(|c| c.max(0.0).sqrt() / (c.max(0.0) + lambda));
    let vectors = eigen.eigenvectors;
    let mut product = vectors.tr_mul(&(quantum * &vectors));
    for i in 0..size {
        for j in 0..=i {
            let value = 0.5 * (product[(i, j)] + product[(j, i)]) * roots[i] * roots[j];
            (product[(i, j)], product[(j, i)]) = (value, value);
        }
    }
    Ok((roots, vectors, product))
}

fn scaled(kernel: ArrayView2<f64>, what: &str) -> Result<DMatrix<f64>> {
    Ok(matrix_of(kernel) * scale(kernel, what)?)
}

/// What the kernel is multiplied with.
fn scale(kernel: ArrayView2<f64>, what: &str) -> Result<f64> {
    check_symmetric(kernel)?;
    let trace: f64 = kernel.diag().sum();
    if trace > 0.0 {
        return Ok(kernel.nrows() as f64 / trace);
    }
    Err(Error::Invalid {
        what: format!("the trace of {what}"),
        value: trace.to_string(),
        expected: "it must be positive, to be scaled to the number of rows".into(),
    })
}

fn check_lambda(lambda: f64) -> Result<()> {
    if lambda >= 0.0 && lambda.is_finite() {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "λ".into(),
        value: lambda.to_string(),
        expected: "it must be a number from 0 up; it is added to kernels of trace N".into(),
    })
}

fn not_positive(what: &str, value: f64) -> Error {
    Error::Invalid {
        what: what.into(),
        value: crate::error::shown(value),
        expected: "with λ added it must be positive: take a larger λ, or repair the kernel".into(),
    }
}
