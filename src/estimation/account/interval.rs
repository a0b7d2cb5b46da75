//! Confidence intervals, and what they promise.

use crate::error::{Error, Result};
use crate::estimation::problem::post_processing::PostProcessing;
use crate::report::number_within;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IntervalMethod {
    /// The exact binomial interval (Clopper and Pearson 1934).
    ClopperPearson,
    /// From Hoeffding's inequality (1963), which this field calls Chernoff-Hoeffding.
    ChernoffHoeffding,
    /// From the inequality of Maurer and Pontil (2009) with the sample's variance.
    EmpiricalBernstein,
    /// From theorem 11 of Brassard et al. (2000) and, for repeats, the binomial law of their median.
    PhaseEstimation,
    /// From the Fisher information.
    Fisher,
    /// All values that the likelihood-ratio test does not reject.
    LikelihoodRatio,
    /// Quantiles of the posterior.
    Posterior,
    /// From the central limit theorem, or Student's law for few repeats.
    Normal,
}

/// What an interval promises, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// At least its confidence at any number of shots, by proof.
    FiniteSample,
    /// Its confidence in the limit of many shots; it can fall short before.
    Asymptotic,
    /// A share of the posterior, not of repeats.
    Bayesian,
    /// Nothing: the noise of the measurements is not what the method takes it for; most take it for
    /// none.
    NoiseNotModelled,
}

/// Values that hold the truth with a confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// 1 - α.
    pub confidence: f64,
    /// How it was made.
    pub method: IntervalMethod,
    /// What it promises.
    pub guarantee: Guarantee,
}

impl Interval {
    /// Whether a value lies in it, ends included. A value beyond an end by rounding counts.
    pub fn contains(&self, value: f64) -> bool {
        let slack = 1e-12 * self.low.abs().max(self.high.abs()).max(1e-3);
        (self.low - slack..=self.high + slack).contains(&value)
    }

    /// Half of its width.
    pub fn half_width(&self) -> f64 {
        0.5 * self.high - 0.5 * self.low
    }

    /// The same, widened to hold a value, which breaks no promise.
    pub(in crate::estimation) fn holding(self, value: f64) -> Self {
        Interval { low: self.low.min(value), high: self.high.max(value), ..self }
    }
}

impl PostProcessing {
    /// The interval of the quantity: the images of both ends, in order, with the same confidence.
    pub fn interval(&self, interval: &Interval) -> Interval {
        let (a, b) = (self.value(interval.low), self.value(interval.high));
        Interval { low: a.min(b), high: a.max(b), ..*interval }
    }
}

impl fmt::Display for Interval {
    /// `[0.2504, 0.3511]`: to the third digit of the half-width, so that the ends differ.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |x: f64| number_within(x, self.half_width());
        write!(f, "[{}, {}]", end(self.low), end(self.high))
    }
}

/// Refuses an α outside (0, 1).
pub(in crate::estimation) fn check_alpha(alpha: f64) -> Result<()> {
    if (MIN_ALPHA..1.0).contains(&alpha) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "alpha, the probability that an interval may miss,".into(),
        value: crate::error::shown(alpha),
        expected: format!(
            "it must lie between 0 and 1, at least {MIN_ALPHA:e}, for example 0.05 for 95 % intervals"
        ),
    })
}

/// Tails of smaller probability are not computed exactly.
pub(in crate::estimation) const MIN_ALPHA: f64 = 1e-15;

/// Refuses a target precision that cannot be met or that anything meets.
pub(in crate::estimation) fn check_epsilon(epsilon: f64) -> Result<()> {
    if (MIN_EPSILON..=0.5).contains(&epsilon) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the target precision epsilon".into(),
        value: crate::error::shown(epsilon),
        expected: format!("it must be from {MIN_EPSILON:e} to 0.5, for example 0.01"),
    })
}

/// Below this, angles times powers are no longer exact enough in f64.
pub(in crate::estimation) const MIN_EPSILON: f64 = 1e-9;

/// Most shots of a round.
pub(in crate::estimation) const MAX_SHOTS: u64 = 1_000_000_000_000;

/// Refuses no shots, and more than can be counted in sums.
pub(in crate::estimation) fn check_shots(shots: u64) -> Result<()> {
    if (1..=MAX_SHOTS).contains(&shots) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of shots".into(),
        value: shots.to_string(),
        expected: format!("it must be at least 1 and at most {MAX_SHOTS}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn ends_are_mapped_in_order() {
        let interval = Interval {
            low: 0.2,
            high: 0.3,
            confidence: 0.95,
            method: IntervalMethod::ClopperPearson,
            guarantee: Guarantee::FiniteSample,
        };
        let put = PostProcessing::Affine { scale: -10.0, offset: 4.0 };
        let mapped = put.interval(&interval);
        assert!((mapped.low - 1.0).abs() < 1e-12 && (mapped.high - 2.0).abs() < 1e-12);
        let square = PostProcessing::Monotone(Arc::new(|a| a * a));
        assert!((square.interval(&interval).high - 0.09).abs() < 1e-12);
    }
}
