//! What an experiment found.

use super::predictor::{Predictor, Scored};
use super::settings::Experiment;
use crate::learning::classical::CrossValidated;
use crate::learning::data::Split;
use crate::learning::training::{Epoch, TrainingStop};
use ndarray::Array2;
use serde::Serialize;

/// What was trained, what it is worth, and what stands beside it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The trained model, which predicts.
    #[serde(flatten)]
    pub predictor: Predictor,
    /// The training rows.
    pub train: Scored,
    /// The validation rows, if there are any.
    pub validation: Option<Scored>,
    /// The test rows, if there are any.
    pub test: Option<Scored>,
    /// What the model is compared with.
    pub baselines: Vec<Beside>,
    /// Why a baseline is not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Scores of the folds: accuracy, or R².
    pub cross_validation: Option<CrossValidated>,
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// The epoch of the parameters.
    pub best_epoch: usize,
    /// Why training ended.
    pub stop: TrainingStop,
    /// Standard errors of the last gradient, from shots or trajectories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gradient_standard_errors: Vec<f64>,
    /// Which rows were for what.
    pub split: Split,
    /// The settings.
    pub experiment: Experiment,
    /// Predictions for all rows, of those that the model did not learn from, too.
    #[serde(skip)]
    pub predictions: Array2<f64>,
    /// Why the checkpoint lacks the end of the training, if it does.
    #[serde(skip)]
    pub checkpoint_error: Option<String>,
    /// The iteration of a checkpoint that training went on from.
    #[serde(skip)]
    pub resumed_from: Option<usize>,
}

/// A model beside the trained one.
#[derive(Debug, Clone, Serialize)]
pub struct Beside {
    /// Its name.
    pub name: String,
    /// Its number of trained parameters.
    pub num_parameters: usize,
    /// The training rows.
    pub train: Scored,
    /// The validation rows.
    pub validation: Option<Scored>,
    /// The test rows.
    pub test: Option<Scored>,
    /// Settings that were tried, with their cross-validated scores, the best one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuning: Option<Tried>,
    /// Scores of the folds.
    pub cross_validation: Option<CrossValidated>,
    /// Predictions for all rows.
    #[serde(skip)]
    pub predictions: Array2<f64>,
}

/// What was tried for a classical model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// A setting and its mean score, nothing where it failed.
    pub trials: Vec<(String, Option<f64>)>,
    /// The place of the best.
    pub best: usize,
}

impl Report {
    /// Whether it was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.stop == TrainingStop::Interrupted
    }

    /// The scores of the rows that decide: of the test, or what is nearest to it.
    pub fn decisive(&self) -> &Scored {
        self.test.as_ref().or(self.validation.as_ref()).unwrap_or(&self.train)
    }
}

impl Beside {
    /// As [`Report::decisive`].
    pub fn decisive(&self) -> &Scored {
        self.test.as_ref().or(self.validation.as_ref()).unwrap_or(&self.train)
    }
}
