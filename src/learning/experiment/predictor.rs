//! A trained model with all that it needs to predict from rows as they are in a file.

use crate::error::Result;
use crate::learning::data::{DataSet, Scaler, Targets};
use crate::learning::loss::Loss;
use crate::learning::metrics::{Metrics, most_probable};
use crate::learning::model::Model;
use crate::learning::training::{Evaluation, mean_loss};
use crate::simulate::Simulator;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// A trained model: it takes features as they are in the data and gives targets as they are there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Predictor {
    /// The model.
    pub model: Model,
    /// Its parameters.
    pub parameters: Vec<f64>,
    /// The features that it learned from, in order.
    pub features: Vec<String>,
    /// What it predicts.
    pub target: String,
    /// The names of the classes, if it predicts classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// From features to those of the model.
    pub scaler: Scaler,
    /// From targets to what the model learned, of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_scaler: Option<Scaler>,
    /// The loss that it was trained by.
    pub loss: Loss,
}

/// What a model is worth on some rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The mean loss, in the units in which the model learns: targets scaled to [-1, 1].
    pub loss: f64,
    /// Metrics, of numbers in their own units.
    #[serde(flatten)]
    pub metrics: Metrics,
}

impl Predictor {
    /// What the model predicts for rows of features: one column of values, or the probability of each
    /// class.
    ///
    /// # Errors
    /// If the features are not as many finite numbers as the model takes; those of the simulation.
    pub fn predict(
        &self,
        evaluation: &Evaluation,
        simulator: &Simulator,
        features: ArrayView2<'_, f64>,
    ) -> Result<Array2<f64>> {
        Ok(self.predictions(self.outputs(evaluation, simulator, features)?.view()))
    }

    /// The classes of the highest probabilities.
    pub fn classes_of(&self, predictions: ArrayView2<'_, f64>) -> Vec<&str> {
        most_probable(predictions).into_iter().map(|k| self.classes[k].as_str()).collect()
    }

    /// The outputs of the model itself.
    fn outputs(
        &self,
        evaluation: &Evaluation,
        simulator: &Simulator,
        features: ArrayView2<'_, f64>,
    ) -> Result<Array2<f64>> {
        let scaled = self.scaler.apply(features)?;
        evaluation.outputs(&self.model, simulator, &self.parameters, &scaled)
    }

    fn predictions(&self, outputs: ArrayView2<'_, f64>) -> Array2<f64> {
        match &self.target_scaler {
            Some(scaler) => outputs.mapv(|y| scaler.undo_value(y)),
            None => self.model.probabilities(outputs),
        }
    }

    /// Loss and metrics on data, and the predictions.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn score(
        &self,
        evaluation: &Evaluation,
        simulator: &Simulator,
        data: &DataSet,
    ) -> Result<(Scored, Array2<f64>)> {
        let outputs = self.outputs(evaluation, simulator, data.features())?;
        let targets = scaled_targets(self.target_scaler.as_ref(), data.targets());
        let of = (self.loss, evaluation.least_probability());
        let loss = mean_loss(&self.model, of, &[], outputs.view(), &targets);
        let predictions = self.predictions(outputs.view());
        let metrics = Metrics::new(data.targets(), predictions.view())?;
        Ok((Scored { loss, metrics }, predictions))
    }
}

/// Targets as a model learns them.
pub(super) fn scaled_targets(scaler: Option<&Scaler>, targets: &Targets) -> Targets {
    match (scaler, targets) {
        (Some(scaler), Targets::Values(values)) => {
            Targets::Values(values.iter().map(|&y| scaler.apply_value(y)).collect())
        }
        _ => targets.clone(),
    }
}
