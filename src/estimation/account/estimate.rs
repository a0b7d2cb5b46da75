//! What an estimator answers.

use super::cost::QueryCost;
use super::interval::Interval;
use super::round::Round;
use crate::estimation::problem::experiment::Source;
use crate::report::number_within;
use serde::{Serialize, Serializer};
use std::fmt;

/// An estimate of an amplitude, with what it cost and how far to trust it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AmplitudeEstimate {
    /// The method's name.
    pub method: String,
    /// The amplitude.
    pub estimation: f64,
    /// An interval that holds the amplitude; it says what it promises.
    pub confidence_interval: Interval,
    /// The quantity in the problem's units.
    pub estimation_processed: f64,
    /// Its interval.
    pub confidence_interval_processed: Interval,
    /// Applications of Grover's operator Q, as other tools count; see [`QueryCost::uses`] for uses of A.
    pub num_oracle_queries: u64,
    /// Powers k of Q^k A, in order; equal ones in a row once.
    pub powers: Vec<u64>,
    /// Every round of shots of Q^k A.
    pub rounds: Vec<Round>,
    /// Outcomes y of phase estimation and how often each came.
    pub outcomes: Vec<(u64, u64)>,
    /// The interval of θ after each round, for methods that narrow one; of the scaled problem, for
    /// those that scale it.
    pub theta_intervals: Vec<(f64, f64)>,
    /// What it cost.
    pub cost: QueryCost,
    /// What the method found besides, by name, e.g. the effective sample size.
    #[serde(serialize_with = "as_map")]
    pub details: Vec<(&'static str, f64)>,
    /// Whether outcomes came from full circuits or from their exact law.
    pub source: Source,
    /// Fidelity of a Grover step under depolarizing noise; 1 without.
    pub kappa: f64,
    /// Whether a noise model had an effect on its circuits.
    pub noise_model: bool,
    /// The seed that repeats it.
    pub seed: u64,
}

impl AmplitudeEstimate {
    /// Adds a number that the method found besides.
    pub fn detail(mut self, name: &'static str, value: f64) -> Self {
        self.details.push((name, value));
        self
    }
}

fn as_map<S: Serializer>(details: &[(&'static str, f64)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(details.iter().copied())
}

impl fmt::Display for AmplitudeEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interval = &self.confidence_interval;
        write!(
            f,
            "{}: {} {interval} at {} %, {} uses of A, depth {}",
            self.method,
            number_within(self.estimation, interval.half_width()),
            number_within(100.0 * interval.confidence, 100.0 * (1.0 - interval.confidence)),
            self.cost.uses,
            self.cost.depth
        )
    }
}
