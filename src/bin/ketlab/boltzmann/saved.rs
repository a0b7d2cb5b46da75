//! Trained machines in documents, written and read.

use super::document::divergence;
use crate::document::Format;
use anyhow::{Context, Result, bail};
use ketlab::boltzmann::{Iteration, Model, Start, Trained};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// A trained model in a document: of the quantum machine, or of a classical one beside it.
#[derive(Clone, Serialize)]
pub struct Entry {
    pub model: String,
    pub num_visible: usize,
    pub num_hidden: usize,
    pub num_parameters: usize,
    pub kl: Option<f64>,
    pub negative_log_likelihood: Option<f64>,
    pub data_entropy: f64,
    pub moment_error: Option<f64>,
    /// By name.
    pub parameters: Map<String, Value>,
    pub machine: Model,
    pub history: Vec<Iteration>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<Start>,
}

impl Entry {
    /// A machine that was trained by an optimizer.
    pub fn of(model: &str, trained: &Trained) -> Self {
        let machine = Model::from(trained.machine.clone());
        Entry {
            model: model.into(),
            num_visible: machine.num_visible(),
            num_hidden: machine.num_hidden(),
            num_parameters: machine.num_parameters(),
            kl: finite(trained.kl),
            negative_log_likelihood: finite(trained.negative_log_likelihood),
            data_entropy: trained.data_entropy,
            moment_error: finite(trained.moment_error),
            parameters: parameters(&machine),
            machine,
            history: trained.history.clone(),
            starts: trained.starts.clone(),
        }
    }

    /// A row of the table.
    pub fn row(&self) -> Vec<String> {
        let hidden = match self.num_hidden {
            0 => String::new(),
            hidden => format!(" ({hidden} hidden)"),
        };
        let likelihood = self.negative_log_likelihood;
        vec![
            format!("{}{hidden}", self.model),
            self.num_parameters.to_string(),
            divergence(self.kl),
            likelihood.map_or("-".into(), |nll| format!("{nll:.6}")),
            self.history.last().map_or(0, |last| last.iteration).to_string(),
        ]
    }
}

/// Numbers that are not there are null.
pub fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// Parameters by name.
pub fn parameters(model: &Model) -> Map<String, Value> {
    match model {
        Model::Machine(machine) => machine
            .names()
            .zip(machine.parameters())
            .map(|(name, value)| (name.to_string(), Value::from(*value)))
            .collect(),
        Model::Rbm(rbm) => {
            let lists = [
                ("visible_bias", rbm.visible_bias()),
                ("hidden_bias", rbm.hidden_bias()),
                ("weights", rbm.weights()),
            ];
            lists.into_iter().map(|(name, list)| (name.into(), list.to_vec().into())).collect()
        }
    }
}

/// What is read of a document of `train`.
#[derive(Deserialize)]
pub struct Saved {
    pub model: String,
    pub machine: Model,
    pub history: Vec<Value>,
    pub classical: Option<Box<SavedClassical>>,
}

#[derive(Deserialize)]
pub struct SavedClassical {
    pub model: String,
    pub machine: Model,
    pub history: Vec<Value>,
}

/// Reads what `train` wrote.
pub fn load(path: &Path) -> Result<Saved> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name}"))?;
    let document: Value = serde_json::from_str(&text).with_context(|| format!("{name}"))?;
    let (format, version) = Format::Boltzmann.name_and_version();
    if document["format"] != format {
        bail!(
            "{name}: its format is {}; a trained machine is a `{format}`, as `ketlab boltzmann train \
             -o` writes it",
            document["format"]
        );
    }
    if document["version"] != version {
        bail!(
            "{name}: version {} of `{format}`; this program reads version {version}",
            document["version"]
        );
    }
    serde_json::from_value(document).with_context(|| format!("{name}: no trained machine"))
}
