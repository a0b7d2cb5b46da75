//! Models in files.

use super::circuit_model::Model;
use super::readout::Readout;
use crate::circuit::Circuit;
use crate::circuit::library::Embedding;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
struct Saved {
    circuit: Circuit,
    /// The circuit's inputs that are data, in the order of features, or of the embedding's inputs.
    data_params: Vec<String>,
    /// Where features are not the inputs themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    embedding: Option<SavedEmbedding>,
    readout: Readout,
}

#[derive(Serialize, Deserialize)]
struct SavedEmbedding {
    name: String,
    num_features: usize,
}

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // One without a name is a circuit whose inputs are the features.
        let embedding = self.embedding().and_then(|embedding| {
            let num_features = embedding.num_features();
            embedding.kind().map(|kind| SavedEmbedding { name: kind.to_string(), num_features })
        });
        let (circuit, readout) = (self.circuit().clone(), self.readout().clone());
        Saved { circuit, data_params: self.data_params(), embedding, readout }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(deserializer)?;
        let embedding = match saved.embedding {
            Some(SavedEmbedding { name, num_features }) => {
                let kind = name.parse().map_err(D::Error::custom)?;
                let embedding = Embedding::new(kind, num_features).map_err(D::Error::custom)?;
                let inputs = embedding.circuit().inputs().count();
                if inputs != saved.data_params.len() {
                    return Err(D::Error::custom(format!(
                        "the model has {} parameters for data; its embedding gives {inputs}",
                        saved.data_params.len()
                    )));
                }
                Some(embedding)
            }
            None => None,
        };
        Model::with(saved.circuit, embedding, &saved.data_params, saved.readout)
            .map_err(D::Error::custom)
    }
}
