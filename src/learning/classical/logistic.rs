//! Multinomial logistic regression.

use super::affine::{Affine, affine_gradient};
use super::check::{check_finite, check_labels, check_positive, invalid};
use super::fit::{FitRecord, minimize};
use super::head::Head;
use crate::error::{Error, Result};
use crate::learning::ClassWeights;
use crate::optimize::{FnObjective, OptimizerKind, Stopping};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// Settings of a [`LogisticRegression`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticSettings {
    /// C, positive: the inverse of the strength of the penalty.
    pub c: f64,
    /// What a row of each class counts.
    pub class_weights: ClassWeights,
    /// The norm of the gradient of the mean loss at which it ends.
    pub tolerance: f64,
    /// The most iterations of L-BFGS.
    pub max_iterations: usize,
}

impl Default for LogisticSettings {
    /// C = 1, no weights, a tolerance of 1e-8, 2000 iterations.
    fn default() -> Self {
        let (tolerance, max_iterations) = (1e-8, 2000);
        LogisticSettings { c: 1.0, class_weights: ClassWeights::Equal, tolerance, max_iterations }
    }
}

/// Logistic regression with a penalty: the minimum of C Σ_rows weight · cross-entropy + ‖W‖²/2, as
/// scikit-learn's `LogisticRegression`. Two classes have one output, ln p₁/p₀, more have one each
/// (softmax); intercepts are not penalized. The classes are those that occur in training; another one
/// has the probability 0.
///
/// ```
/// use ketlab::learning::classical::{LogisticRegression, LogisticSettings};
/// use ndarray::array;
///
/// let x = array![[-2.0], [-1.0], [1.0], [2.0]];
/// let model = LogisticRegression::fit(x.view(), &[0, 0, 1, 1], 2, &LogisticSettings::default())?;
/// let p = model.probabilities(array![[0.0], [3.0]].view())?;
/// assert!((p[[0, 1]] - 0.5).abs() < 1e-6 && p[[1, 1]] > 0.9);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct LogisticRegression {
    map: Affine,
    classes: Vec<usize>,
    num_classes: usize,
    fit: FitRecord,
}

/// As it stands in JSON.
#[derive(Deserialize)]
struct Stored {
    map: Affine,
    classes: Vec<usize>,
    num_classes: usize,
    fit: FitRecord,
}

impl TryFrom<Stored> for LogisticRegression {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let Stored { map, classes, num_classes, fit } = stored;
        let ordered = classes.windows(2).all(|pair| pair[0] < pair[1]);
        let below = classes.last().is_some_and(|&class| class < num_classes);
        let outputs = Head::of_classes(classes.len()).1;
        if classes.len() < 2 || !ordered || !below || map.num_outputs() != outputs {
            let expected = format!(
                "they must be at least two of {num_classes}, in order, with the outputs that they need"
            );
            return invalid("the classes of the model", format!("{classes:?}"), expected);
        }
        Ok(LogisticRegression { map, classes, num_classes, fit })
    }
}

impl LogisticRegression {
    /// Fitted to features (rows × features) and a class below `num_classes` for each, by L-BFGS.
    ///
    /// # Errors
    /// If there is no row or feature, one is not finite, a label is not there, one class only occurs,
    /// or C, a weight or the tolerance is not positive.
    pub fn fit(
        features: ArrayView2<'_, f64>,
        labels: &[usize],
        num_classes: usize,
        settings: &LogisticSettings,
    ) -> Result<Self> {
        check_finite("feature", features)?;
        let counts = check_labels(labels, features.nrows(), num_classes)?;
        check_positive("C", settings.c)?;
        check_positive("the tolerance", settings.tolerance)?;
        let classes: Vec<usize> = (0..num_classes).filter(|&class| counts[class] > 0).collect();
        let by_class = settings.class_weights.of_classes(&counts)?;
        let weights: Vec<f64> = labels.iter().map(|&label| by_class[label]).collect();
        let place = |label: &usize| classes.binary_search(label).expect("it occurs");
        let places: Vec<usize> = labels.iter().map(place).collect();

        let (head, outputs) = Head::of_classes(classes.len());
        let targets = head.encode(&places, outputs);
        let inputs = features.ncols();
        let penalty = 1.0 / (settings.c * weights.iter().sum::<f64>());
        let num_weights = inputs * outputs;
        let value_and_gradient = |x: &[f64], gradient: &mut [f64]| {
            let map = Affine::from_parameters(inputs, outputs, x);
            let mut by_outputs = map.outputs(features);
            let loss = head.loss(&mut by_outputs, targets.view(), &weights);
            affine_gradient(features, by_outputs.view(), gradient);
            let mut squares = 0.0;
            for (g, w) in gradient[..num_weights].iter_mut().zip(x) {
                *g += penalty * w;
                squares += w * w;
            }
            loss + 0.5 * penalty * squares
        };
        let value = |x: &[f64]| value_and_gradient(x, &mut vec![0.0; x.len()]);
        let count = num_weights + outputs;
        let mut objective = FnObjective::with_gradient(count, value, value_and_gradient);
        let stopping = Stopping::new()
            .max_iterations(settings.max_iterations)
            .gradient_tolerance(settings.tolerance);
        let lbfgs = OptimizerKind::Lbfgs.optimizer();
        let outcome = minimize(&lbfgs, &mut objective, &vec![0.0; count], stopping)?;
        let fit = FitRecord {
            loss: outcome.value,
            iterations: outcome.iterations,
            // A start that is the minimum already, as of features that say nothing, is no plateau.
            converged: outcome.gradient_norm.is_some_and(|norm| norm <= settings.tolerance),
        };
        let map = Affine::from_parameters(inputs, outputs, &outcome.x);
        Ok(LogisticRegression { map, classes, num_classes, fit })
    }

    /// The outputs before they become probabilities (scikit-learn's `decision_function`): one column
    /// of two classes, else one for each of [`classes`](Self::classes).
    ///
    /// # Errors
    /// If there is another number of features, or one is not finite.
    pub fn decision(&self, features: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        self.map.apply(features)
    }

    /// The probabilities of the classes: rows × number of classes.
    ///
    /// # Errors
    /// As [`decision`](Self::decision).
    pub fn probabilities(&self, features: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let (head, _) = Head::of_classes(self.classes.len());
        let of_present = head.predictions(self.decision(features)?);
        let mut all = Array2::zeros((features.nrows(), self.num_classes));
        for (place, &class) in self.classes.iter().enumerate() {
            all.column_mut(class).assign(&of_present.column(place));
        }
        Ok(all)
    }

    /// Weights and intercepts.
    pub fn map(&self) -> &Affine {
        &self.map
    }

    /// The classes that occur in training, in order.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// How it was fitted.
    pub fn fit_record(&self) -> &FitRecord {
        &self.fit
    }
}
