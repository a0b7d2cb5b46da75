//! What is claimed, before anything runs.

use serde::{Deserialize, Serialize};

/// Which scores are the better ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Larger ones, as of an accuracy.
    Higher,
    /// Smaller ones, as of an error or a time.
    Lower,
}

/// What a rival has to reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// This number, at every size.
    Value(f64),
    /// What this contender reached at the same size.
    Contender(String),
}

/// A claim that can be refuted: at none of these sizes does a classical rival reach the bar. It is
/// refuted by one rival at one size, and holds against those who played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// In words, as those say it who claim it.
    pub statement: String,
    /// What scores are of, as `linear XEB` or `seconds`: contenders whose quantity has this name are
    /// judged.
    pub quantity: String,
    /// Which scores are better.
    pub better: Better,
    /// What has to be reached.
    pub bar: Bar,
    /// What sizes are, as `qubits`.
    pub size: String,
    /// The sizes.
    pub sizes: Vec<u64>,
    /// The rivals by their names, all of which have to have played for the claim to hold.
    pub rivals: Vec<String>,
}
