//! Trained machines in documents, written and read.

use super::document::divergence;
use crate::document::Format;
use anyhow::{Context, Result, bail};
use ketlab::boltzmann::{Iteration, Model, Start, Trained};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// To a quantum state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_entropy: Option<f64>,
    pub moment_error: Option<f64>,
    /// By name.
    pub parameters: Parameters,
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
            data_entropy: trained.data_entropy + 0.0,
            relative_entropy: trained.relative_entropy,
            moment_error: finite(trained.moment_error),
            parameters: parameters(&machine),
            machine,
            history: trained.history.clone(),
            starts: trained.starts.clone(),
        }
    }

    /// The machine as one of bits, where it is a restricted one without fields.
    pub fn in_bits(mut self) -> Result<Self> {
        if let Model::Machine(machine) = &self.machine {
            self.machine = Model::from(machine.to_rbm()?);
            self.parameters = parameters(&self.machine);
        }
        Ok(self)
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
            likelihood.map_or("-".into(), |nll| format!("{:.6}", nll + 0.0)),
            self.relative_entropy.map_or(String::new(), |s| divergence(Some(s))),
            self.history.last().map_or(0, |last| last.iteration).to_string(),
        ]
    }
}

/// Numbers that are not there are null.
pub fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// Parameters by name, in the machine's order.
#[derive(Clone)]
pub struct Parameters(pub Vec<(String, Value)>);

impl Serialize for Parameters {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

pub fn parameters(model: &Model) -> Parameters {
    let list = match model {
        Model::Machine(machine) => machine
            .names()
            .zip(machine.parameters())
            .map(|(name, value)| (name.to_string(), Value::from(*value + 0.0)))
            .collect(),
        Model::Rbm(rbm) => {
            let lists = [
                ("visible_bias", rbm.visible_bias()),
                ("hidden_bias", rbm.hidden_bias()),
                ("weights", rbm.weights()),
            ];
            lists.into_iter().map(|(name, list)| (name.into(), list.to_vec().into())).collect()
        }
    };
    Parameters(list)
}

/// What is read of a document of `train`.
#[derive(Deserialize)]
pub struct Saved {
    pub model: String,
    pub machine: Model,
    #[serde(default)]
    pub history: Vec<Value>,
    pub classical: Option<Box<SavedClassical>>,
    pub classical_hidden: Option<Box<SavedClassical>>,
}

#[derive(Deserialize)]
pub struct SavedClassical {
    pub model: String,
    pub machine: Model,
    #[serde(default)]
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
