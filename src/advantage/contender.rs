//! Who played, and what came of it.

use super::cost::Cost;
use super::score::Score;
use serde::{Deserialize, Serialize};

/// What a contender computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A quantum computer, simulated here.
    Quantum,
    /// A quantum computer elsewhere, whose published results are quoted.
    Experiment,
    /// A classical computer.
    Classical,
    /// The truth, where it is known: it is no contender and refutes nothing.
    Reference,
}

/// A contender at one size: what it reached, or why it did not get there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// Its name, the same at every size.
    pub name: String,
    /// What it computes with.
    pub kind: Kind,
    /// The size that it played at.
    pub size: u64,
    /// What the score is of, as a [`Claim`](super::Claim) names it.
    pub quantity: String,
    /// What it reached; none if it was beyond its reach.
    pub score: Option<Score>,
    /// Why there is no score: what limit it met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What it cost.
    pub cost: Cost,
    /// What has to be true for the score to mean what it says.
    pub assumptions: Vec<String>,
}

impl Contender {
    /// One with a score.
    pub fn new(
        name: impl Into<String>,
        kind: Kind,
        size: u64,
        quantity: impl Into<String>,
        score: Score,
        cost: Cost,
    ) -> Self {
        Contender {
            name: name.into(),
            kind,
            size,
            quantity: quantity.into(),
            score: Some(score),
            limit: None,
            cost,
            assumptions: Vec::new(),
        }
    }

    /// One that met a limit, as too much memory.
    pub fn beyond_reach(
        name: impl Into<String>,
        kind: Kind,
        size: u64,
        quantity: impl Into<String>,
        limit: impl Into<String>,
    ) -> Self {
        Contender {
            name: name.into(),
            kind,
            size,
            quantity: quantity.into(),
            score: None,
            limit: Some(limit.into()),
            cost: Cost::default(),
            assumptions: Vec::new(),
        }
    }

    /// With something that it takes for granted.
    pub fn assuming(mut self, assumption: impl Into<String>) -> Self {
        self.assumptions.push(assumption.into());
        self
    }
}
