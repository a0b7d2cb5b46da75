//! How well predictions meet targets, by the definitions of scikit-learn.

use super::data::Targets;
use crate::error::{Error, Result};
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// By how much the probabilities of a row may miss the sum 1, or the range from 0 to 1.
const SUM_TOLERANCE: f64 = 1e-6;

/// How well numbers are predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegressionMetrics {
    /// Mean of the squared errors.
    pub mse: f64,
    /// Its root, in the unit of the targets.
    pub rmse: f64,
    /// Mean of the absolute errors.
    pub mae: f64,
    /// The share of the variance of the targets that is explained, 1 - Σ(y - ŷ)² / Σ(y - ȳ)². It is
    /// negative where the mean of the targets would predict better. Of constant targets (one row is
    /// constant) it is 1 if each is met exactly and else 0, as scikit-learn's `r2_score` has it.
    pub r2: f64,
}

/// How well classes are predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassificationMetrics {
    /// The share of the rows whose class is predicted.
    pub accuracy: f64,
    /// The mean over the classes of the share of their rows that are predicted. A class of no row
    /// does not count.
    pub balanced_accuracy: f64,
    /// Mean of -ln of the probability of the true class, each probability taken as at least 2⁻⁵²;
    /// `None` where classes were predicted without probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
    /// The mean over the classes of 2·TP / (2·TP + FP + FN), the harmonic mean of precision and recall
    /// ("macro" F1). A class that is neither of a row nor predicted does not count; one that occurs on
    /// one side alone counts 0.
    pub f1: f64,
    /// `confusion[t][p]`: how many rows of class t are predicted to be of class p.
    pub confusion: Vec<Vec<usize>>,
}

/// The metrics of either task. In JSON those of the task, without a tag.
///
/// ```
/// use ketlab::learning::Metrics;
/// use ketlab::learning::data::Targets;
/// use ndarray::array;
///
/// let names = vec!["no".into(), "yes".into()];
/// let targets = Targets::Classes { labels: vec![0, 1, 1, 0], names };
/// let probabilities = array![[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]];
/// let metrics = Metrics::new(&targets, probabilities.view())?;
/// assert_eq!(metrics.score(), 0.75);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Metrics {
    /// Of numbers.
    Regression(RegressionMetrics),
    /// Of classes.
    Classification(ClassificationMetrics),
}

impl RegressionMetrics {
    /// Of as many predictions as targets.
    ///
    /// # Errors
    /// If there is none, there are not as many of both, or one is not finite.
    pub fn new(targets: &[f64], predictions: &[f64]) -> Result<Self> {
        check_count(targets.len(), predictions.len())?;
        for (what, values) in [("target", targets), ("prediction", predictions)] {
            if let Some((row, &value)) = values.iter().enumerate().find(|v| !v.1.is_finite()) {
                return Err(Error::NotFinite { what: format!("the {what} of row {row}"), value });
            }
        }
        let count = targets.len() as f64;
        let errors = || targets.iter().zip(predictions).map(|(y, p)| y - p);
        let squared: f64 = errors().map(|e| e * e).sum();
        let mse = squared / count;
        let mean = targets.iter().sum::<f64>() / count;
        let total: f64 = targets.iter().map(|y| (y - mean).powi(2)).sum();
        // Said of the targets themselves: their mean may be rounded, so that `total` is not quite 0.
        let constant = targets.iter().all(|&y| y == targets[0]);
        let r2 = match (constant || total == 0.0, squared == 0.0) {
            (_, true) => 1.0,
            (true, false) => 0.0,
            (false, false) => 1.0 - squared / total,
        };
        let mae = errors().map(f64::abs).sum::<f64>() / count;
        Ok(RegressionMetrics { mse, rmse: mse.sqrt(), mae, r2 })
    }
}

impl ClassificationMetrics {
    /// Of as many predicted classes as true ones, each below `num_classes`.
    ///
    /// # Errors
    /// If there is none, there are not as many of both, or a class is not there.
    pub fn new(labels: &[usize], predictions: &[usize], num_classes: usize) -> Result<Self> {
        check_count(labels.len(), predictions.len())?;
        for (what, list) in [("label", labels), ("prediction", predictions)] {
            if let Some((row, label)) = list.iter().enumerate().find(|l| *l.1 >= num_classes) {
                return Err(Error::Invalid {
                    what: format!("the {what} of row {row}"),
                    value: label.to_string(),
                    expected: format!("there are {num_classes} classes, numbered from 0"),
                });
            }
        }
        let mut confusion = vec![vec![0usize; num_classes]; num_classes];
        for (&label, &prediction) in labels.iter().zip(predictions) {
            confusion[label][prediction] += 1;
        }
        let (mut hits, mut recalls, mut f1s) = (0, Vec::new(), Vec::new());
        for k in 0..num_classes {
            let hit = confusion[k][k];
            let of_class: usize = confusion[k].iter().sum();
            let predicted: usize = confusion.iter().map(|row| row[k]).sum();
            hits += hit;
            if of_class > 0 {
                recalls.push(hit as f64 / of_class as f64);
            }
            if of_class + predicted > 0 {
                f1s.push(2.0 * hit as f64 / (of_class + predicted) as f64);
            }
        }
        let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
        Ok(ClassificationMetrics {
            accuracy: hits as f64 / labels.len() as f64,
            balanced_accuracy: mean(&recalls),
            log_loss: None,
            f1: mean(&f1s),
            confusion,
        })
    }

    /// Of probabilities (rows × classes): the class of the highest one is predicted, of equal ones the
    /// first.
    ///
    /// # Errors
    /// As [`new`](Self::new), and if the numbers of a row are not probabilities whose sum is 1 (to
    /// 1e-6).
    pub fn from_probabilities(
        labels: &[usize],
        probabilities: ArrayView2<'_, f64>,
    ) -> Result<Self> {
        check_count(labels.len(), probabilities.nrows())?;
        let range = -SUM_TOLERANCE..=1.0 + SUM_TOLERANCE;
        for (row, values) in probabilities.outer_iter().enumerate() {
            if let Some(&value) = values.iter().find(|value| !range.contains(value)) {
                return Err(Error::Invalid {
                    what: format!("a probability of row {row}"),
                    value: value.to_string(),
                    expected: "probabilities are from 0 to 1".into(),
                });
            }
            let sum = values.sum();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(Error::Invalid {
                    what: format!("the sum of the probabilities of row {row}"),
                    value: sum.to_string(),
                    expected: "it must be 1; divide the row by it".into(),
                });
            }
        }
        let predictions = most_probable(probabilities);
        let mut metrics = Self::new(labels, &predictions, probabilities.ncols())?;
        let losses = labels.iter().enumerate().map(|(row, &label)| {
            // Both ends are kept away from, as scikit-learn does.
            -probabilities[[row, label]].clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
        });
        metrics.log_loss = Some(losses.sum::<f64>() / labels.len() as f64);
        Ok(metrics)
    }
}

impl Metrics {
    /// Of the outputs of a model: one column of values, or probabilities (rows × classes).
    ///
    /// # Errors
    /// As [`RegressionMetrics::new`] and [`ClassificationMetrics::from_probabilities`], and if there is
    /// not one column for the values or for each class.
    pub fn new(targets: &Targets, outputs: ArrayView2<'_, f64>) -> Result<Self> {
        let columns = targets.num_classes().max(1);
        if outputs.ncols() != columns {
            let expected = match targets {
                Targets::Values(_) => "values have one".to_string(),
                Targets::Classes { .. } => format!("there are {columns} classes"),
            };
            return Err(Error::Invalid {
                what: "the number of columns of the outputs".into(),
                value: outputs.ncols().to_string(),
                expected,
            });
        }
        match targets {
            Targets::Values(values) => {
                let metrics = RegressionMetrics::new(values, &outputs.column(0).to_vec())?;
                Ok(Metrics::Regression(metrics))
            }
            Targets::Classes { labels, .. } => {
                let metrics = ClassificationMetrics::from_probabilities(labels, outputs)?;
                Ok(Metrics::Classification(metrics))
            }
        }
    }

    /// The one number that is the higher the better: r² or the accuracy.
    pub fn score(&self) -> f64 {
        match self {
            Metrics::Regression(metrics) => metrics.r2,
            Metrics::Classification(metrics) => metrics.accuracy,
        }
    }

    /// The name of [`score`](Self::score): `r2` or `accuracy`.
    pub fn score_name(&self) -> &'static str {
        self.entries()[0].0
    }

    /// Names and numbers, the score first; without the confusion matrix.
    pub fn entries(&self) -> Vec<(&'static str, f64)> {
        match self {
            Metrics::Regression(m) => {
                vec![("r2", m.r2), ("mse", m.mse), ("rmse", m.rmse), ("mae", m.mae)]
            }
            Metrics::Classification(m) => {
                let mut entries = vec![
                    ("accuracy", m.accuracy),
                    ("balanced_accuracy", m.balanced_accuracy),
                    ("f1", m.f1),
                ];
                entries.extend(m.log_loss.map(|loss| ("log_loss", loss)));
                entries
            }
        }
    }
}

/// The column of the highest number of each row; of equal ones the first, and 0 where there is none.
pub fn most_probable(rows: ArrayView2<'_, f64>) -> Vec<usize> {
    let highest = |row: ArrayView1<'_, f64>| {
        let mut best = 0;
        for (column, &value) in row.iter().enumerate() {
            if value > row[best] {
                best = column;
            }
        }
        best
    };
    rows.outer_iter().map(highest).collect()
}

/// Refuses no rows, and another number of predictions than of targets.
fn check_count(targets: usize, predictions: usize) -> Result<()> {
    let invalid = |what: &str, value: usize, expected: String| {
        Err(Error::Invalid { what: what.into(), value: value.to_string(), expected })
    };
    if predictions != targets {
        return invalid(
            "the number of predictions",
            predictions,
            format!("there are {targets} targets"),
        );
    }
    if targets == 0 {
        return invalid("the number of targets", 0, "metrics need at least one".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-14 * b.abs().max(1.0), "{a} is not {b}");
    }

    /// scikit-learn 1.9.1: mean_squared_error, root_mean_squared_error, mean_absolute_error, r2_score.
    #[test]
    fn regression_is_as_in_scikit_learn() {
        let targets = [3.0, -0.5, 2.0, 7.0];
        let m = RegressionMetrics::new(&targets, &[2.5, 0.0, 2.0, 8.0]).unwrap();
        close(m.mse, 0.375);
        close(m.rmse, 0.6123724356957945);
        close(m.mae, 0.5);
        close(m.r2, 0.9486081370449679);
        let m = RegressionMetrics::new(&targets, &[7.0, 2.0, -0.5, 3.0]).unwrap();
        close(m.r2, -0.5246252676659529);
    }

    #[test]
    fn r2_of_constant_targets_is_finite() {
        // The mean of three times 0.1 is not 0.1 in floating point.
        let r2 = |predictions: &[f64]| RegressionMetrics::new(&[0.1; 3], predictions).unwrap().r2;
        assert_eq!(r2(&[0.1; 3]), 1.0);
        assert_eq!(r2(&[0.1, 0.1, 0.2]), 0.0);
        assert_eq!(RegressionMetrics::new(&[2.0], &[3.0]).unwrap().r2, 0.0);
    }

    /// scikit-learn 1.9.1: accuracy_score, balanced_accuracy_score, f1_score(average="macro"),
    /// confusion_matrix(labels=range(5)). Class 3 is predicted only, class 4 does not occur.
    #[test]
    fn classification_is_as_in_scikit_learn() {
        let labels = [0, 1, 2, 0, 1, 2, 2, 0];
        let predictions = [0, 2, 2, 0, 1, 2, 3, 1];
        let m = ClassificationMetrics::new(&labels, &predictions, 5).unwrap();
        close(m.accuracy, 0.625);
        close(m.balanced_accuracy, 0.611111111111111);
        close(m.f1, 0.49166666666666664);
        assert_eq!(m.confusion[0], [2, 1, 0, 0, 0]);
        assert_eq!(m.confusion[1], [0, 1, 1, 0, 0]);
        assert_eq!(m.confusion[2], [0, 0, 2, 1, 0]);
        assert_eq!(m.confusion[3..], [[0; 5], [0; 5]]);
        assert_eq!(m.log_loss, None);
    }

    /// scikit-learn 1.9.1: log_loss(labels=[0, 1, 2]).
    #[test]
    fn log_loss_is_as_in_scikit_learn() {
        let probabilities =
            array![[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]];
        let loss = |labels: &[usize]| {
            let m = ClassificationMetrics::from_probabilities(labels, probabilities.view());
            m.unwrap().log_loss.unwrap()
        };
        close(loss(&[0, 1, 2, 0]), 0.39016193706616725);
        close(loss(&[0, 1, 2, 1]), 9.401075284345456);
        // Equal ones: the first.
        assert_eq!(most_probable(array![[0.5, 0.5], [0.2, 0.8]].view()), [0, 1]);
    }

    #[test]
    fn either_task_by_its_targets() {
        let values = Targets::Values(vec![1.0, 2.0, 3.0]);
        let metrics = Metrics::new(&values, array![[1.0], [2.0], [3.0]].view()).unwrap();
        assert_eq!((metrics.score_name(), metrics.score()), ("r2", 1.0));
        let json = serde_json::to_value(&metrics).unwrap();
        assert_eq!(json["mse"], 0.0);
        assert_eq!(serde_json::from_value::<Metrics>(json).unwrap(), metrics);
        let classes = Targets::Classes { labels: vec![1, 0], names: vec!["a".into(), "b".into()] };
        let metrics = Metrics::new(&classes, array![[0.25, 0.75], [0.5, 0.5]].view()).unwrap();
        assert_eq!((metrics.score_name(), metrics.score()), ("accuracy", 1.0));
        let json = serde_json::to_value(&metrics).unwrap();
        assert_eq!(serde_json::from_value::<Metrics>(json).unwrap(), metrics);
        let error = Metrics::new(&classes, Array2::zeros((2, 3)).view()).unwrap_err();
        assert!(error.to_string().contains("2 classes"), "{error}");
    }

    #[test]
    fn bad_input_is_refused_by_name() {
        let says = |error: Error, part: &str| {
            assert!(error.to_string().contains(part), "{error}");
        };
        says(RegressionMetrics::new(&[1.0], &[]).unwrap_err(), "1 targets");
        says(RegressionMetrics::new(&[], &[]).unwrap_err(), "at least one");
        says(RegressionMetrics::new(&[1.0], &[f64::NAN]).unwrap_err(), "prediction of row 0");
        says(ClassificationMetrics::new(&[0, 2], &[0, 1], 2).unwrap_err(), "label of row 1");
        says(ClassificationMetrics::new(&[0], &[0], 0).unwrap_err(), "0 classes");
        let of = |row: [f64; 2]| {
            let rows = Array2::from_shape_vec((1, 2), row.to_vec()).unwrap();
            ClassificationMetrics::from_probabilities(&[0], rows.view())
        };
        says(of([0.5, 0.6]).unwrap_err(), "divide the row");
        says(of([1.5, -0.5]).unwrap_err(), "from 0 to 1");
        says(of([f64::NAN, 1.0]).unwrap_err(), "from 0 to 1");
        assert!(of([1.0 + 1e-12, -1e-12]).is_ok());
    }
}
