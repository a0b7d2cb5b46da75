//! What a document says of its data, and what gives its numbers again.

use ketlab::learning::Experiment;
use ketlab::learning::data::Task;
use ketlab::math::Fingerprint;
use serde::{Deserialize, Serialize};

/// Where rows came from.
#[derive(Clone, Serialize, Deserialize)]
pub struct Data {
    pub source: String,
    pub rows: usize,
    /// What they are, part by part.
    pub fingerprint: Fingerprint,
}

/// What gives the same numbers again.
#[derive(Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub source: String,
    pub target: String,
    pub features: Vec<String>,
    pub task: String,
    pub precision: String,
    pub instruction_set: String,
    pub experiment: Experiment,
}

/// The name of a task on the command line.
pub fn task_name(task: Task) -> &'static str {
    match task {
        Task::Regression => "regression",
        Task::Classification => "classification",
    }
}
