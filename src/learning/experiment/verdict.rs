//! Which of all that were trained is best on the rows that decide, and how far that can be believed.

use super::report::Report;
use crate::learning::data::{DataSet, Targets};
use crate::learning::metrics::most_probable;
use crate::learning::paired::Paired;
use ndarray::Array2;
use serde::Serialize;
use std::fmt;

/// The name of the trained model.
const MODEL: &str = "the model";

/// The trained model against all that stand beside it, on the same rows.
///
/// Differences are those of [`Paired`], so that what is more than chance is asked at a level of 5 %.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The rows: `test`, or what is nearest to it.
    pub on: &'static str,
    /// Their number.
    pub rows: usize,
    /// What is compared: `accuracy` or `mse`.
    pub measure: &'static str,
    /// Whose is best: `the model`, or the name of a baseline.
    pub best: String,
    /// The model against each of the others, the best of them first.
    pub against: Vec<Versus>,
}

/// The model against one other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Versus {
    /// Its name.
    pub name: String,
    /// Accuracy of the model minus that of the other, or mean squared error of the other minus that
    /// of the model: positive where the model is better.
    pub gain: f64,
    /// Its standard error from paired rows; none of one row.
    pub standard_error: Option<f64>,
    /// Whether equally good models differ as much in fewer than 5 % of such sets of rows.
    pub is_significant: bool,
}

impl Report {
    /// The verdict by the test rows, or those nearest to them, of the data that it is about; none
    /// without baselines.
    pub fn verdict(&self, data: &DataSet) -> Option<Verdict> {
        let (on, rows) = match (&self.test, &self.validation) {
            (Some(_), _) => ("test", &self.split.test),
            (None, Some(_)) => ("validation", &self.split.validation),
            (None, None) => ("train", &self.split.train),
        };
        let measure = match data.targets() {
            Targets::Values(_) => "mse",
            Targets::Classes { .. } => "accuracy",
        };
        let own = scores(data.targets(), &self.predictions, rows);
        let mut against: Vec<Versus> = self
            .baselines
            .iter()
            .filter_map(|beside| {
                let other = scores(data.targets(), &beside.predictions, rows);
                let paired = Paired::of(&own, &other, measure == "accuracy")?;
                let Paired { difference: gain, standard_error, is_significant, .. } = paired;
                let name = beside.name.clone();
                Some(Versus { name, gain, standard_error, is_significant })
            })
            .collect();
        against.sort_by(|a, b| a.gain.total_cmp(&b.gain));
        let best = match against.first()? {
            first if first.gain < 0.0 => first.name.clone(),
            _ => MODEL.into(),
        };
        Some(Verdict { on, rows: rows.len(), measure, best, against })
    }
}

/// 1 or 0 for a class that is met or not, the negative squared error of a number.
fn scores(targets: &Targets, predictions: &Array2<f64>, rows: &[usize]) -> Vec<f64> {
    match targets {
        Targets::Values(values) => {
            rows.iter().map(|&k| -(predictions[[k, 0]] - values[k]).powi(2)).collect()
        }
        Targets::Classes { labels, .. } => {
            let classes = most_probable(predictions.view());
            rows.iter().map(|&k| f64::from(u8::from(classes[k] == labels[k]))).collect()
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(nearest) = self.against.first() else { return Ok(()) };
        let rows = if self.rows == 1 { "row" } else { "rows" };
        write!(f, "best on the {} {} {rows} by {}: ", self.rows, self.on, self.measure)?;
        let of = format!("of {}", nearest.name);
        match (self.best == MODEL, nearest.gain == 0.0) {
            (true, true) => write!(f, "{MODEL} and {} alike", nearest.name)?,
            (true, false) => write!(f, "{MODEL}, {} ahead {of}", shown(nearest.gain))?,
            (false, _) => {
                write!(f, "{}, {} ahead of {MODEL}", nearest.name, shown(-nearest.gain))?;
            }
        }
        match nearest.standard_error {
            _ if nearest.gain == 0.0 => Ok(()),
            None => f.write_str("; one row says little"),
            Some(error) => {
                let error = shown(error);
                write!(f, ", with a standard error of {error} by paired rows: ")?;
                f.write_str(match nearest.is_significant {
                    true => "more than chance (at 5 %)",
                    false => "these rows do not tell them apart (at 5 %)",
                })
            }
        }
    }
}

/// A difference of accuracies or of squared errors.
fn shown(x: f64) -> String {
    if x == 0.0 || (1e-3..1e3).contains(&x) { format!("{x:.4}") } else { format!("{x:.2e}") }
}
