//! Ridge regression: on a precomputed kernel, and on features.

use super::affine::Affine;
use super::check::{
    check_finite, check_kernel, check_labels, check_not_negative, check_targets, check_test_kernel,
    invalid,
};
use crate::error::{Error, Result, shown};
use crate::learning::metrics::most_probable;
use crate::math::check_memory;
use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// Ridge regression on a precomputed kernel, f(x) = Σ_i c_i K(x, x_i) with (K + λ1) c = y
/// (Saunders, Gammerman and Vovk, ICML 1998). It has no intercept: shift targets whose mean is not 0.
/// As a classifier it regresses one column a class, 1 for its rows and -1 for others, and the highest
/// one wins.
///
/// ```
/// use ketlab::learning::classical::{ClassicalKernel, KernelRidge};
/// use ndarray::Array2;
///
/// let x = Array2::from_shape_fn((20, 1), |(i, _)| 0.3 * i as f64);
/// let y = x.mapv(f64::sin);
/// let rbf = ClassicalKernel::Rbf { gamma: 0.5 };
/// let model = KernelRidge::fit(rbf.gram(x.view(), x.view())?.view(), y.view(), 1e-6)?;
/// let test = ndarray::array![[1.0]];
/// let value = model.predict(rbf.gram(test.view(), x.view())?.view())?[[0, 0]];
/// assert!((value - 1f64.sin()).abs() < 1e-4);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KernelRidge {
    /// For each output one coefficient a training row.
    coefficients: Vec<Vec<f64>>,
    lambda: f64,
}

impl KernelRidge {
    /// Fitted to the kernel between training rows (m_train × m_train) and targets (m_train × outputs)
    /// with λ ≥ 0.
    ///
    /// # Errors
    /// If the kernel is not square, finite and symmetric, there is not one finite row of targets for
    /// each of its rows, λ is negative, K + λ1 is not positive definite (as of an indefinite kernel
    /// from shots, which wants repair), or there is no memory for a copy of the kernel.
    pub fn fit(
        kernel: ArrayView2<'_, f64>,
        targets: ArrayView2<'_, f64>,
        lambda: f64,
    ) -> Result<Self> {
        check_kernel(kernel)?;
        check_targets(targets.nrows(), kernel.nrows())?;
        check_finite("target", targets)?;
        check_not_negative("lambda", lambda)?;
        let n = kernel.nrows();
        check_memory(
            format!("the factor of a kernel of {n} rows"),
            8 * (n as u128).pow(2),
            |_| (None, "take fewer rows".into()),
        )?;
        let shifted =
            DMatrix::from_fn(n, n, |i, j| kernel[[i, j]] + if i == j { lambda } else { 0.0 });
        let not_definite = || {
            Err(Error::Invalid {
                what: "the kernel plus lambda on its diagonal".into(),
                value: format!("not positive definite with lambda {}", shown(lambda)),
                expected: "repair the kernel (clip or shift its negative eigenvalues), or take a \
                           lambda above the largest magnitude of these"
                    .into(),
            })
        };
        let Some(factor) = shifted.cholesky() else { return not_definite() };
        let right = DMatrix::from_fn(n, targets.ncols(), |i, k| targets[[i, k]]);
        let solution = factor.solve(&right);
        if !solution.iter().all(|value| value.is_finite()) {
            return not_definite();
        }
        let coefficients = solution.column_iter().map(|c| c.iter().copied().collect()).collect();
        Ok(KernelRidge { coefficients, lambda })
    }

    /// Fitted to a class below `num_classes` for each training row: targets 1 and -1, one column a
    /// class.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and if a label is not there or one class only occurs.
    pub fn fit_classes(
        kernel: ArrayView2<'_, f64>,
        labels: &[usize],
        num_classes: usize,
        lambda: f64,
    ) -> Result<Self> {
        check_labels(labels, kernel.nrows(), num_classes)?;
        let targets = Array2::from_shape_fn((labels.len(), num_classes), |(row, class)| {
            if labels[row] == class { 1.0 } else { -1.0 }
        });
        Self::fit(kernel, targets.view(), lambda)
    }

    /// The outputs of rows from their kernel with the training rows (m_test × m_train):
    /// m_test × outputs.
    ///
    /// # Errors
    /// If the kernel has another width or is not finite.
    pub fn predict(&self, rows: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        for coefficients in &self.coefficients {
            check_test_kernel(rows, coefficients.len())?;
        }
        Ok(rows.dot(&self.coefficients().t()))
    }

    /// The class of each row: that of the highest output.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_classes(&self, rows: ArrayView2<'_, f64>) -> Result<Vec<usize>> {
        Ok(most_probable(self.predict(rows)?.view()))
    }

    /// c: outputs × training rows.
    pub fn coefficients(&self) -> Array2<f64> {
        let rows = self.coefficients.first().map_or(0, Vec::len);
        Array2::from_shape_fn((self.coefficients.len(), rows), |(k, i)| self.coefficients[k][i])
    }

    /// λ
    pub fn lambda(&self) -> f64 {
        self.lambda
    }
}

/// A linear model of features with an intercept, which minimizes ‖y - W x - b‖² + λ‖W‖² over the rows
/// (Hoerl and Kennard, Technometrics 12, 55 (1970); scikit-learn's `Ridge` with `alpha` = λ). The
/// intercept is not penalized.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearRidge {
    map: Affine,
    lambda: f64,
}

impl LinearRidge {
    /// Fitted to features (rows × features) and targets (rows × outputs) with λ ≥ 0. By singular values:
    /// with λ = 0 and features that depend on each other it has the smallest weights of all that fit
    /// best.
    ///
    /// # Errors
    /// If there is no row or feature, a number is not finite, there is not one row of targets for each,
    /// λ is negative, or there is no memory for the decomposition.
    pub fn fit(
        features: ArrayView2<'_, f64>,
        targets: ArrayView2<'_, f64>,
        lambda: f64,
    ) -> Result<Self> {
        check_finite("feature", features)?;
        check_targets(targets.nrows(), features.nrows())?;
        check_finite("target", targets)?;
        check_not_negative("lambda", lambda)?;
        let (rows, inputs) = features.dim();
        let needed = 3 * 8 * rows as u128 * inputs as u128;
        check_memory(
            format!("the singular values of {rows} × {inputs} features"),
            needed,
            |_| (None, "take fewer rows".into()),
        )?;
        let means = features.mean_axis(Axis(0)).expect("there are rows");
        let centre = targets.mean_axis(Axis(0)).expect("there are rows");
        let centred = DMatrix::from_fn(rows, inputs, |i, j| features[[i, j]] - means[j]);
        let right = DMatrix::from_fn(rows, targets.ncols(), |i, k| targets[[i, k]] - centre[k]);
        let Some(svd) = centred.try_svd(true, true, f64::EPSILON, 10_000) else {
            return invalid(
                "the scale of the features",
                "too uneven for their singular values",
                "scale each feature to mean 0 and variance 1",
            );
        };
        let (Some(u), Some(v_t)) = (&svd.u, &svd.v_t) else { unreachable!("asked for") };
        let values = &svd.singular_values;
        let cutoff = values.max() * f64::EPSILON * rows.max(inputs) as f64;
        let mut projected = u.transpose() * right;
        for (k, &s) in values.iter().enumerate() {
            let factor = if s > cutoff { s / (s * s + lambda) } else { 0.0 };
            projected.row_mut(k).scale_mut(factor);
        }
        let solution = v_t.transpose() * projected;
        let weights = Array2::from_shape_fn((targets.ncols(), inputs), |(k, j)| solution[(j, k)]);
        let intercepts = centre - weights.dot(&means);
        for (what, values) in
            [("weight", weights.view()), ("intercept", intercepts.view().insert_axis(Axis(0)))]
        {
            check_finite(what, values)?;
        }
        Ok(LinearRidge { map: Affine { weights, intercepts }, lambda })
    }

    /// The outputs of rows (rows × features): rows × outputs.
    ///
    /// # Errors
    /// If there is another number of features, or one is not finite.
    pub fn predict(&self, features: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        self.map.apply(features)
    }

    /// Weights and intercepts.
    pub fn map(&self) -> &Affine {
        &self.map
    }

    /// λ
    pub fn lambda(&self) -> f64 {
        self.lambda
    }
}
