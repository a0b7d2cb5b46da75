//! What is kept of the repeats.

use crate::estimation::account::interval::Guarantee;
use serde::{Deserialize, Serialize};

/// What is kept of one estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Repeat {
    pub error: f64,
    pub uses: u64,
    pub depth: u64,
    pub shots: u64,
    pub queries: u64,
    pub half_width: f64,
    pub covered: bool,
}

/// All repeats of a method at a target on a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell {
    pub method: String,
    pub target: String,
    /// What the method was told.
    pub alpha: f64,
    pub problem: usize,
    pub repeats: Vec<Repeat>,
    pub guarantee: Guarantee,
    pub two_qubit_gates: Option<u64>,
}

impl Cell {
    /// Whether it is of this method, target, α and problem.
    pub(super) fn is(&self, (method, target, alpha): (&str, &str, f64), problem: usize) -> bool {
        self.method == method
            && self.target == target
            && self.alpha == alpha
            && self.problem == problem
    }
}
