//! What `ketlab learn` writes as JSON, and `-o` into a file.

use super::job::Job;
use super::manifest::{Data, Manifest};
use super::warnings::warnings;
use crate::noise_options::Applied;
use ketlab::learning::classical::CrossValidated;
use ketlab::learning::data::{Scaler, Split};
use ketlab::learning::{Beside, Epoch, Loss, Model, Report, Scored, TrainingStop, Verdict};
use serde::Serialize;
use serde::ser::SerializeMap;

/// The document.
#[derive(Serialize)]
pub struct Document<'r> {
    pub data: Data,
    pub target: &'r str,
    pub features: &'r [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub classes: &'r [String],
    pub train: &'r Scored,
    pub validation: Option<&'r Scored>,
    pub test: Option<&'r Scored>,
    pub cross_validation: Option<&'r CrossValidated>,
    pub baselines: &'r [Beside],
    pub verdict: Option<Verdict>,
    pub notes: &'r [String],
    pub warnings: Vec<String>,
    pub num_qubits: usize,
    pub num_parameters: usize,
    pub depth: usize,
    pub parameters: Named<'r>,
    pub loss: Loss,
    pub best_epoch: usize,
    pub stop: &'r TrainingStop,
    pub history: &'r [Epoch],
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    pub gradient_standard_errors: &'r [f64],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_from: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<&'r Applied>,
    pub model: &'r Model,
    pub scaler: &'r Scaler,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_scaler: Option<&'r Scaler>,
    pub split: &'r Split,
    pub manifest: &'r Manifest,
    pub interrupted: bool,
    /// Of `--rerun`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rerun: Option<Rerun>,
}

/// Whether numbers are those of a saved document.
#[derive(Serialize)]
pub struct Rerun {
    pub file: String,
    pub same: bool,
    /// Of each part of the document, whether it is the same to the bit.
    pub parts: Vec<Part>,
}

#[derive(Serialize)]
pub struct Part {
    pub name: &'static str,
    pub same: bool,
}

/// Parameters by name, in the model's order.
pub struct Named<'r> {
    pub names: Vec<String>,
    pub values: &'r [f64],
}

impl Serialize for Named<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.values.len()))?;
        for (name, value) in self.names.iter().zip(self.values) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'r> Document<'r> {
    pub fn of(job: &'r Job, report: &'r Report, interrupted: bool) -> Self {
        let predictor = &report.predictor;
        let (model, circuit) = (&predictor.model, predictor.model.circuit());
        Document {
            data: job.about_data(),
            target: &predictor.target,
            features: &predictor.features,
            classes: &predictor.classes,
            train: &report.train,
            validation: report.validation.as_ref(),
            test: report.test.as_ref(),
            cross_validation: report.cross_validation.as_ref(),
            baselines: &report.baselines,
            verdict: report.verdict(&job.data),
            notes: &report.notes,
            warnings: warnings(report),
            num_qubits: circuit.num_qubits(),
            num_parameters: model.num_parameters(),
            depth: circuit.depth(),
            parameters: Named { names: model.parameter_names(), values: &predictor.parameters },
            loss: predictor.loss,
            best_epoch: report.best_epoch,
            stop: &report.stop,
            history: &report.history,
            gradient_standard_errors: &report.gradient_standard_errors,
            resumed_from: report.resumed_from,
            noise: job.noise.as_ref(),
            model,
            scaler: &predictor.scaler,
            target_scaler: predictor.target_scaler.as_ref(),
            split: &report.split,
            manifest: &job.manifest,
            interrupted,
            rerun: None,
        }
    }
}
