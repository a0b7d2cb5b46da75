//! Values against angles.

use super::observable::KickedObservable;
use super::published::Measured;
use serde::{Deserialize, Serialize};

/// A mean by Pauli propagation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PropagatedValue {
    /// The value at the finest truncation.
    pub value: f64,
    /// Those at truncations twice and four times as coarse.
    pub coarser: [f64; 2],
    /// Those with a largest weight of one and of two less, at the coarsest of these coefficients; none
    /// without a largest weight.
    pub lighter: Option<[f64; 2]>,
    /// The largest of all these minus the smallest one.
    pub spread: f64,
    /// Most strings at any moment.
    pub peak_terms: usize,
    /// Σ|c| of what was left out: a bound on the error, and mostly a useless one.
    pub dropped_sum: f64,
    /// Σc² of it.
    pub dropped_squares: f64,
}

/// All values at one angle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The angle of the kicks, in radians.
    pub theta: f64,
    /// By Pauli propagation.
    pub propagation: Option<PropagatedValue>,
    /// Whether its values are as close together as was asked for. That is no proof: see
    /// [`error`](Self::error) where the truth is known.
    pub converged: Option<bool>,
    /// By state vectors of light cones.
    pub light_cone: Option<f64>,
    /// By a stabilizer tableau.
    pub stabilizer: Option<f64>,
    /// In mean field.
    pub mean_field: Option<f64>,
    /// The published value, exact but for [`truth_error`](Self::truth_error).
    pub truth: Option<f64>,
    /// By how much the two best published methods differ where nobody knows the exact value.
    pub truth_error: Option<f64>,
    /// Pauli propagation minus the published value.
    pub error: Option<f64>,
}

/// One observable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Which one.
    pub observable: KickedObservable,
    /// In words.
    pub description: String,
    /// What Pauli propagation left out.
    pub min_coefficient: f64,
    /// Its largest weight.
    pub max_weight: Option<usize>,
    /// Its largest number of strings.
    pub max_terms: Option<usize>,
    /// Qubits of the largest light cone.
    pub cone_qubits: usize,
    /// The angles.
    pub points: Vec<Point>,
    /// What the experiment measured, at angles of its own.
    pub measured: Vec<Measured>,
}
