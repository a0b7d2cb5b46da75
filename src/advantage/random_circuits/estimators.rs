//! Cross entropies estimated from samples.

use crate::math::statistics::normal_quantile;
use serde::{Deserialize, Serialize};
use std::f64::consts::{LN_2, PI};

/// Euler's constant γ.
pub(super) const EULER: f64 = 0.577_215_664_901_532_9;

/// How far the strings of a sample are those that the circuit prefers: 0 in the mean for uniform
/// strings, F for a mixture F·p + (1 - F)/D where the circuit's law p is exponential (Porter and
/// Thomas), D = 2^n. Definitions as of Arute et al., Nature 574, 505 (2019), supplement IV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// D⟨p⟩ - 1.
    Linear,
    /// ln D + γ + ⟨ln p⟩.
    Logarithmic,
    /// (2h - 1)/ln 2, h being the part of the strings that are heavy: p > ln 2/D, the median of the
    /// exponential law.
    Heavy,
}

impl Estimator {
    /// All of them.
    pub const ALL: [Estimator; 3] = [Estimator::Linear, Estimator::Logarithmic, Estimator::Heavy];

    /// The variance of one string's value where the law is exponential and the sample is a mixture with
    /// F: 1 + 2F - F², π²/6 - F², 1/ln²2 - F². That of M strings is this by M. Linear is the most
    /// certain one below F = 0.32, logarithmic above.
    pub fn variance(self, fidelity: f64) -> f64 {
        let square = fidelity * fidelity;
        match self {
            Estimator::Linear => 1.0 + 2.0 * fidelity - square,
            Estimator::Logarithmic => PI * PI / 6.0 - square,
            Estimator::Heavy => 1.0 / (LN_2 * LN_2) - square,
        }
    }
}

/// A mean and its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// Its standard error, from the spread of the strings.
    pub standard_error: f64,
}

impl Estimate {
    /// The interval that has the truth with a probability of 95 %, by the normal law.
    pub fn interval(&self) -> (f64, f64) {
        let half = normal_quantile(0.975) * self.standard_error;
        (self.value - half, self.value + half)
    }
}

/// What the estimators need of a sample: sums over its strings.
///
/// Every draw counts, also of a string that was drawn before: strings are taken to be independent. A
/// sampler that repeats or selects strings can score any value up to D·max p - 1, so that the number of
/// different strings belongs beside a score. A string that the circuit never has (p = 0) counts as it is
/// for the linear and the heavy-output estimator; the logarithm of 0 is no number, so that a sample with
/// one has no logarithmic estimate, and [`zeros`](Self::zeros) says how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Tally {
    samples: u64,
    zeros: u64,
    heavy: u64,
    /// Of D·p.
    sum: f64,
    squares: f64,
    /// Of ln(D·p) where p > 0.
    logarithms: f64,
    squared_logarithms: f64,
}

impl Tally {
    /// Of no strings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a string by `weight` = D·p, the circuit's probability of it by that of a uniform one.
    pub fn add(&mut self, weight: f64) {
        self.samples += 1;
        self.sum += weight;
        self.squares += weight * weight;
        self.heavy += u64::from(weight > LN_2);
        if weight > 0.0 {
            let logarithm = weight.ln();
            self.logarithms += logarithm;
            self.squared_logarithms += logarithm * logarithm;
        } else {
            self.zeros += 1;
        }
    }

    /// Number of strings.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Strings that the circuit never has.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// The estimate; none of fewer than two strings, and no logarithmic one of a sample with a string of
    /// probability 0.
    pub fn estimate(&self, by: Estimator) -> Option<Estimate> {
        if self.samples < 2 {
            return None;
        }
        let n = self.samples as f64;
        let of = |sum: f64, squares: f64, shift: f64| {
            let mean = sum / n;
            let variance = ((squares - sum * mean) / (n - 1.0)).max(0.0);
            Estimate { value: mean + shift, standard_error: (variance / n).sqrt() }
        };
        match by {
            Estimator::Linear => Some(of(self.sum, self.squares, -1.0)),
            Estimator::Logarithmic => {
                (self.zeros == 0).then(|| of(self.logarithms, self.squared_logarithms, EULER))
            }
            Estimator::Heavy => {
                // Each string is ±1/ln 2.
                let sign = 2.0 * self.heavy as f64 - n;
                Some(of(sign / LN_2, n / (LN_2 * LN_2), 0.0))
            }
        }
    }
}
