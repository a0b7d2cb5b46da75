//! Models by name.

use super::circuit_model::Model;
use super::readout::Readout;
use crate::circuit::library::{
    Embedding, EmbeddingKind, Entanglement, try_data_reuploading, try_strongly_entangling_layers,
};
use crate::error::{Error, Result};
use crate::learning::data::Targets;
use serde::{Deserialize, Serialize};

/// A model by its name, its size, and how it is read.
///
/// | name | circuit |
/// |---|---|
/// | `reuploading` | layers of data and trained rotations with a ring of CZ (Pérez-Salinas et al. 2020) |
/// | an [embedding](EmbeddingKind), as `angle` or `zz:2` | it, then layers of trained rotations (strongly entangling layers) |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// The name.
    pub model: String,
    /// Qubits, where the name does not fix them: of `reuploading`, unless said, one for each feature,
    /// two at least, and as many as the classes take to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qubits: Option<usize>,
    /// Layers of weights.
    pub layers: usize,
    /// Whether classes are read as probabilities of basis states instead of from expectations.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probabilities: bool,
}

impl Architecture {
    /// This model with so many layers.
    pub fn new(model: impl Into<String>, layers: usize) -> Self {
        Architecture { model: model.into(), qubits: None, layers, probabilities: false }
    }

    /// On so many qubits.
    pub fn qubits(self, qubits: usize) -> Self {
        Architecture { qubits: Some(qubits), ..self }
    }

    /// Classes as probabilities of basis states.
    pub fn probabilities(self) -> Self {
        Architecture { probabilities: true, ..self }
    }

    /// The fewest qubits, two at least, that so many classes can be read from.
    fn qubits_for(&self, num_classes: usize) -> usize {
        let read = |n: usize| match self.probabilities {
            true => 1 << n.min(20),
            // Z on each qubit and on each pair.
            false => n * (n + 1) / 2,
        };
        let needed = if num_classes > 2 { num_classes } else { 1 };
        (2..).find(|&n| read(n) >= needed).expect("more qubits have more strings")
    }

    /// The model for data like these.
    ///
    /// # Errors
    /// If there is no model of this name, or no layer; if it does not take so many features or classes;
    /// if it has another number of qubits than is asked for.
    pub fn build(&self, num_features: usize, targets: &Targets) -> Result<Model> {
        if self.layers == 0 {
            return Err(Error::Invalid {
                what: "the number of layers of a model".into(),
                value: "0".into(),
                expected: "weights are in layers; it must be at least 1".into(),
            });
        }
        let readout = |num_qubits| match self.probabilities {
            true => Readout::probabilities(targets, num_qubits),
            false => Readout::for_targets(targets, num_qubits),
        };
        if self.model == "reuploading" {
            let num_qubits =
                self.qubits.unwrap_or(num_features.max(self.qubits_for(targets.num_classes())));
            let ring = Entanglement::Circular;
            let circuit = try_data_reuploading(num_features, num_qubits, self.layers, ring)?;
            let names: Vec<String> = (0..num_features).map(|k| format!("x[{k}]")).collect();
            return Model::from_circuit(circuit, &names, readout(num_qubits)?);
        }
        let kind: EmbeddingKind = self.model.parse().map_err(|error| match error {
            Error::UnknownName { name, hint, .. } => {
                let hint = format!("there is `reuploading`, and as embeddings: {hint}");
                Error::UnknownName { kind: "model", name, hint }
            }
            other => other,
        })?;
        let embedding = Embedding::new(kind, num_features)?;
        let num_qubits = embedding.num_qubits();
        if let Some(asked) = self.qubits.filter(|asked| *asked != num_qubits) {
            return Err(Error::Invalid {
                what: format!("the number of qubits of the model `{}`", self.model),
                value: asked.to_string(),
                expected: format!("it has {num_qubits} for {num_features} features"),
            });
        }
        let ansatz = try_strongly_entangling_layers(num_qubits, self.layers)?;
        Model::new(embedding, &ansatz, readout(num_qubits)?)
    }
}
