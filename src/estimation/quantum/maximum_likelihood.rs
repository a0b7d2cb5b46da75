//! Maximum likelihood estimation on a fixed schedule of powers: Suzuki et al., "Amplitude estimation
//! without phase estimation", arXiv:1904.10246.

use super::likelihood::Likelihood;
use super::schedule::Schedule;
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{IntervalMethod, check_alpha, check_shots};
use crate::estimation::problem::experiment::Experiment;

/// Shots of each power, if nothing else is said.
pub const DEFAULT_SHOTS: u64 = 100;
/// Most rounds of a schedule.
pub(in crate::estimation) const MAX_ROUNDS: usize = 10_000;

/// Runs every power of a schedule with the same number of shots and takes the angle that makes the
/// outcomes most likely, wherever it is. Its interval is asymptotic. A detail `maximum_not_proven` says
/// that the schedule tells angles so badly apart that the search for the likeliest was given up.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, MaximumLikelihood, Schedule};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?;
/// let result = MaximumLikelihood::new(Schedule::Exponential, 8)?.estimate(&coin, 1)?;
/// assert!((result.estimation - 0.2).abs() < 0.002);
/// assert_eq!(result.powers, [0, 1, 2, 4, 8, 16, 32, 64]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MaximumLikelihood {
    schedule: Schedule,
    rounds: usize,
    shots: u64,
    alpha: f64,
    interval: IntervalMethod,
}

impl MaximumLikelihood {
    /// The first `rounds` powers of a schedule, 100 shots each, with the likelihood-ratio interval
    /// at 95 %.
    ///
    /// # Errors
    /// If there are no rounds or more than 10,000, a power is above 2^32, or β is outside (0, 1).
    pub fn new(schedule: Schedule, rounds: usize) -> Result<Self> {
        schedule.check()?;
        let most = match &schedule {
            Schedule::Exponential | Schedule::Random => 33,
            _ => MAX_ROUNDS,
        };
        if !(1..=most).contains(&rounds) {
            return Err(Error::Invalid {
                what: format!("the number of rounds of the {} schedule", schedule.name()),
                value: rounds.to_string(),
                expected: format!("it must be from 1 to {most}"),
            });
        }
        let interval = IntervalMethod::LikelihoodRatio;
        Ok(MaximumLikelihood { schedule, rounds, shots: DEFAULT_SHOTS, alpha: 0.05, interval })
    }

    /// Sets the shots of each power.
    ///
    /// # Errors
    /// If there are no shots.
    pub fn shots(self, shots: u64) -> Result<Self> {
        check_shots(shots)?;
        Ok(MaximumLikelihood { shots, ..self })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(MaximumLikelihood { alpha, ..self })
    }

    /// Takes the interval from the Fisher information instead of the likelihood ratio.
    pub fn fisher_interval(self) -> Self {
        MaximumLikelihood { interval: IntervalMethod::Fisher, ..self }
    }

    /// The Cramér-Rao bound on the standard deviation of an unbiased estimate of `a` (Suzuki et al.,
    /// equation 14): √(a(1-a) / Σ N (2k+1)²). For random powers it is that of `seed`.
    pub fn cramer_rao_bound(&self, a: f64, seed: u64) -> f64 {
        let powers = self.schedule.powers(self.rounds, seed);
        let sum: f64 = powers.iter().map(|&k| ((2 * k + 1) as f64).powi(2)).sum();
        (a * (1.0 - a) / (self.shots as f64 * sum)).sqrt()
    }
}

impl AmplitudeEstimator for MaximumLikelihood {
    fn name(&self) -> String {
        format!("maximum likelihood ({})", self.schedule.name())
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let powers = self.schedule.powers(self.rounds, seed);
        // Equal powers in a row are one circuit.
        for group in powers.chunk_by(|a, b| a == b) {
            trial.measure(group[0], self.shots.saturating_mul(group.len() as u64))?;
        }
        let likelihood = Likelihood::new(trial.rounds());
        let maximum = likelihood.maximum();
        let interval = match self.interval {
            IntervalMethod::Fisher => likelihood.fisher_interval(maximum, self.alpha),
            _ => likelihood.likelihood_ratio_interval(maximum, self.alpha),
        };
        let estimate = trial.finish(self.name(), maximum.theta.sin().powi(2), interval);
        // Said only where it is not: schedules that begin with A alone are always proven.
        Ok(if maximum.is_global { estimate } else { estimate.detail("maximum_not_proven", 1.0) })
    }
}
