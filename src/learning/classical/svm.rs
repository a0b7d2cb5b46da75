//! Support vector machines on a precomputed kernel.

use super::check::{
    check_kernel, check_labels, check_not_negative, check_positive, check_test_kernel, check_values,
};
use super::smo::{Dual, Solution};
use crate::error::{Error, Result};
use crate::learning::class_weights::ClassWeights;
use crate::learning::metrics::most_probable;
use crate::math::map_in_order;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// Settings of a [`SupportVectorClassifier`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SvmSettings {
    /// C, positive: the largest coefficient. Large ones allow no error.
    pub c: f64,
    /// Factors of C by class.
    pub class_weights: ClassWeights,
    /// By how much the conditions of optimality may be violated, in units of the decision values, whose
    /// margin is 1 (libsvm's `tol`). Smooth kernels take many steps for small ones: look at
    /// [`Machine::converged`].
    pub tolerance: f64,
    /// The most steps of a machine; one costs some passes over a row of the kernel.
    pub max_iterations: usize,
}

impl Default for SvmSettings {
    /// C = 1, no weights, a tolerance of 1e-3 as in libsvm, a million steps.
    fn default() -> Self {
        let (tolerance, max_iterations) = (1e-3, 1_000_000);
        SvmSettings { c: 1.0, class_weights: ClassWeights::Equal, tolerance, max_iterations }
    }
}

/// Settings of a [`SupportVectorRegressor`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SvrSettings {
    /// C, positive: the largest coefficient.
    pub c: f64,
    /// ε, at least 0: errors up to it cost nothing.
    pub epsilon: f64,
    /// By how much the conditions of optimality may be violated, in units of the targets.
    pub tolerance: f64,
    /// The most steps.
    pub max_iterations: usize,
}

impl Default for SvrSettings {
    /// C = 1, ε = 0.1, a tolerance of 1e-3 as in libsvm, a million steps.
    fn default() -> Self {
        SvrSettings { c: 1.0, epsilon: 0.1, tolerance: 1e-3, max_iterations: 1_000_000 }
    }
}

/// One machine, f(x) = Σ_i coefficient_i K(x, x_i) + bias.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machine {
    /// One for each training row: y_i α_i of a classifier, α_i - α*_i of a regressor.
    pub coefficients: Vec<f64>,
    /// The constant of the decision (scikit-learn's `intercept_`).
    pub bias: f64,
    /// The dual objective, which is maximized: Σα - ½ Σ y_i α_i y_j α_j K_ij of a classifier,
    /// Σ y β - ε Σ|β| - ½ Σ β_i β_j K_ij with β = α - α* of a regressor.
    pub dual_objective: f64,
    /// Steps taken.
    pub iterations: usize,
    /// By how much the conditions of optimality are violated at the end.
    pub violation: f64,
    /// Whether this is within the tolerance.
    pub converged: bool,
}

impl Machine {
    fn new(solution: Solution, coefficients: Vec<f64>) -> Result<Self> {
        let Solution { bias, objective, iterations, violation, converged, .. } = solution;
        let dual_objective = -objective;
        for (what, value) in [("the dual objective", dual_objective), ("the bias", bias)] {
            if !value.is_finite() {
                // Of finite kernels only by overflow.
                return Err(Error::NotFinite { what: what.into(), value });
            }
        }
        Ok(Machine { coefficients, bias, dual_objective, iterations, violation, converged })
    }

    fn decision(&self, rows: ArrayView2<'_, f64>) -> Result<Array1<f64>> {
        check_test_kernel(rows, self.coefficients.len())?;
        Ok(rows.dot(&ArrayView1::from(&self.coefficients)) + self.bias)
    }
}

/// A classifier of support vectors (Cortes and Vapnik, Mach. Learn. 20, 273 (1995)) on a precomputed
/// kernel: one machine for two classes, one for each class against the rest for more.
///
/// The machines are trained by sequential minimal optimization as in libsvm (Fan, Chen and Lin,
/// J. Mach. Learn. Res. 6, 1889 (2005)). Of an indefinite kernel, as shots give, a stationary point is
/// found. Bits do not depend on the number of threads.
///
/// ```
/// use ketlab::learning::classical::{ClassicalKernel, SupportVectorClassifier, SvmSettings};
/// use ndarray::array;
///
/// let train = array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let parity = [0, 1, 1, 0];
/// let rbf = ClassicalKernel::Rbf { gamma: 1.0 };
/// let settings = SvmSettings { c: 100.0, ..SvmSettings::default() };
/// let kernel = rbf.gram(train.view(), train.view())?;
/// let machine = SupportVectorClassifier::fit(kernel.view(), &parity, 2, &settings)?;
/// assert!(machine.converged());
/// let test = array![[0.1, 0.9]];
/// let rows = rbf.gram(test.view(), train.view())?; // m_test × m_train
/// assert_eq!(machine.predict(rows.view())?, [1]);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupportVectorClassifier {
    classes: Vec<usize>,
    machines: Vec<Machine>,
}

impl SupportVectorClassifier {
    /// Trained on the kernel between training rows (m_train × m_train) and a class below `num_classes`
    /// for each. Classes of no row are left out; of two that occur, the second is the positive one.
    ///
    /// # Errors
    /// If the kernel is not square, finite and symmetric (to 1e-8 of its largest entry); a label is not
    /// there, or one class only; C, a weight or the tolerance is not positive.
    pub fn fit(
        kernel: ArrayView2<'_, f64>,
        labels: &[usize],
        num_classes: usize,
        settings: &SvmSettings,
    ) -> Result<Self> {
        check_kernel(kernel)?;
        let counts = check_labels(labels, kernel.nrows(), num_classes)?;
        check_positive("C", settings.c)?;
        check_positive("the tolerance", settings.tolerance)?;
        let by_class = settings.class_weights.of_classes(&counts)?;
        let classes: Vec<usize> = (0..num_classes).filter(|&class| counts[class] > 0).collect();
        let positive = if classes.len() == 2 { &classes[1..] } else { &classes[..] };
        let kernel = kernel.as_standard_layout();
        let machines = map_in_order(positive.len(), |k| {
            let signs: Vec<f64> =
                labels.iter().map(|&l| if l == positive[k] { 1.0 } else { -1.0 }).collect();
            let positives = counts[positive[k]];
            let sides = match &settings.class_weights {
                ClassWeights::Balanced => Some(
                    ClassWeights::Balanced.of_classes(&[labels.len() - positives, positives])?,
                ),
                _ => None,
            };
            let weight = |row: usize| match &sides {
                Some(sides) => sides[usize::from(signs[row] > 0.0)],
                None => by_class[labels[row]],
            };
            let dual = Dual {
                kernel: kernel.view(),
                rows: (0..labels.len()).collect(),
                linear: vec![-1.0; labels.len()],
                upper: (0..labels.len()).map(|row| settings.c * weight(row)).collect(),
                signs,
            };
            let solution = dual.solve(settings.tolerance, settings.max_iterations);
            let coefficients =
                solution.alpha.iter().zip(&dual.signs).map(|(alpha, sign)| alpha * sign).collect();
            Machine::new(solution, coefficients)
        })?;
        Ok(SupportVectorClassifier { classes, machines })
    }

    /// Decision values of rows from their kernel with the training rows (m_test × m_train): of two
    /// classes one column, positive for the second of [`classes`](Self::classes), else one for each of
    /// them.
    ///
    /// # Errors
    /// If the kernel has another width or is not finite.
    pub fn decision(&self, rows: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let mut decision = Array2::zeros((rows.nrows(), self.machines.len()));
        for (machine, mut column) in self.machines.iter().zip(decision.columns_mut()) {
            column.assign(&machine.decision(rows)?);
        }
        Ok(decision)
    }

    /// The class of each row from its kernel with the training rows (m_test × m_train).
    ///
    /// # Errors
    /// As [`decision`](Self::decision).
    pub fn predict(&self, rows: ArrayView2<'_, f64>) -> Result<Vec<usize>> {
        let decision = self.decision(rows)?;
        let places = match self.machines.len() {
            1 => decision.iter().map(|&value| usize::from(value > 0.0)).collect(),
            _ => most_probable(decision.view()),
        };
        Ok(places.into_iter().map(|place| self.classes[place]).collect())
    }

    /// The classes that occur in training, in order.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// The machines: one of two classes, else one for each of [`classes`](Self::classes).
    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// y_i α_i: machines × training rows.
    pub fn coefficients(&self) -> Array2<f64> {
        let rows = self.machines.first().map_or(0, |machine| machine.coefficients.len());
        Array2::from_shape_fn((self.machines.len(), rows), |(k, i)| {
            self.machines[k].coefficients[i]
        })
    }

    /// The bias of each machine.
    pub fn bias(&self) -> Vec<f64> {
        self.machines.iter().map(|machine| machine.bias).collect()
    }

    /// The sum of the dual objectives of the machines, Σα - ½ Σ y_i α_i y_j α_j K_ij each.
    pub fn dual_objective(&self) -> f64 {
        self.machines.iter().map(|machine| machine.dual_objective).sum()
    }

    /// How many training rows have a coefficient in one of the machines.
    pub fn num_support_vectors(&self) -> usize {
        self.coefficients().columns().into_iter().filter(|c| c.iter().any(|c| *c != 0.0)).count()
    }

    /// Whether every machine met the tolerance.
    pub fn converged(&self) -> bool {
        self.machines.iter().all(|machine| machine.converged)
    }
}

/// Regression by support vectors with errors up to ε for free (ε-SVR: Smola and Schölkopf, Stat.
/// Comput. 14, 199 (2004), equation 10) on a precomputed kernel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupportVectorRegressor {
    machine: Machine,
}

impl SupportVectorRegressor {
    /// Trained on the kernel between training rows (m_train × m_train) and a number for each.
    ///
    /// # Errors
    /// If the kernel is not square, finite and symmetric (to 1e-8 of its largest entry); the targets
    /// are not as many or not finite; C or the tolerance is not positive, ε negative.
    pub fn fit(
        kernel: ArrayView2<'_, f64>,
        targets: &[f64],
        settings: &SvrSettings,
    ) -> Result<Self> {
        check_kernel(kernel)?;
        check_values(targets, kernel.nrows())?;
        check_positive("C", settings.c)?;
        check_not_negative("epsilon", settings.epsilon)?;
        check_positive("the tolerance", settings.tolerance)?;
        let kernel = kernel.as_standard_layout();
        let n = targets.len();
        // α of each row, then α*.
        let linear = targets.iter().map(|y| settings.epsilon - y);
        let dual = Dual {
            kernel: kernel.view(),
            rows: (0..n).chain(0..n).collect(),
            signs: (0..2 * n).map(|t| if t < n { 1.0 } else { -1.0 }).collect(),
            linear: linear.chain(targets.iter().map(|y| settings.epsilon + y)).collect(),
            upper: vec![settings.c; 2 * n],
        };
        let solution = dual.solve(settings.tolerance, settings.max_iterations);
        let coefficients = (0..n).map(|t| solution.alpha[t] - solution.alpha[n + t]).collect();
        Ok(SupportVectorRegressor { machine: Machine::new(solution, coefficients)? })
    }

    /// The number of each row from its kernel with the training rows (m_test × m_train).
    ///
    /// # Errors
    /// If the kernel has another width or is not finite.
    pub fn predict(&self, rows: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        Ok(self.machine.decision(rows)?.to_vec())
    }

    /// Its machine: coefficients, bias, dual objective, convergence.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// How many training rows have a coefficient.
    pub fn num_support_vectors(&self) -> usize {
        self.machine.coefficients.iter().filter(|c| **c != 0.0).count()
    }
}
