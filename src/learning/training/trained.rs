//! What training came to.

use super::monitor::Epoch;
use crate::learning::model::Model;
use serde::Serialize;

/// Why training ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainingStop {
    /// All epochs are done.
    Epochs,
    /// No epoch of the last ones was better than the best before.
    Patience,
    /// The optimizer converged or gave up; its reason.
    Optimizer(String),
    /// It was cancelled; the best so far is kept.
    Interrupted,
}

impl std::fmt::Display for TrainingStop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TrainingStop::Epochs => f.write_str("all epochs are done"),
            TrainingStop::Patience => f.write_str("the loss did not fall any more (patience)"),
            TrainingStop::Optimizer(reason) => f.write_str(reason),
            TrainingStop::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// Its parameters where the validation loss was lowest, or, without validation rows, the training
    /// loss.
    pub parameters: Vec<f64>,
    /// The epoch that they are from.
    pub best_epoch: usize,
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// Why it ended.
    pub stop: TrainingStop,
    /// Steps of the optimizer.
    pub iterations: usize,
    /// Variances of the components of the last gradient, from shots or trajectories, where the outputs
    /// are as they were measured; 0 where it is exact.
    pub gradient_variances: Vec<f64>,
    /// The iteration of the checkpoint that it went on from.
    pub resumed_from: Option<usize>,
    /// Why the checkpoint lacks the end of the run, if it does.
    pub checkpoint_error: Option<String>,
    /// Wall time, that before a resume included.
    pub seconds: f64,
}
