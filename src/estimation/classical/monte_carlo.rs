//! Plain Monte Carlo.

use super::sample::{Running, draw_uniform, make_samples};
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{
    Guarantee, Interval, IntervalMethod, MAX_SHOTS, check_alpha, check_epsilon, check_shots,
};
use crate::estimation::problem::experiment::Experiment;
use crate::math::statistics::{clopper_pearson, clopper_pearson_trials};
use crate::report::{number, number_within};

/// Draws independent samples: values of the integrand where the problem has one, else outcomes of A,
/// good or not.
///
/// The interval holds at any number of samples: of outcomes it is the exact binomial one, of values
/// the one of Maurer and Pontil (arXiv:0907.3740, theorem 4).
#[derive(Debug, Clone)]
pub struct MonteCarlo {
    /// Samples where A's outcomes are drawn.
    outcomes: u64,
    /// Samples where values of an integrand are.
    values: u64,
    alpha: f64,
}

impl MonteCarlo {
    /// This many samples, with an interval at 95 %.
    ///
    /// # Errors
    /// If there are no samples, or more than 10^12.
    pub fn new(samples: u64) -> Result<Self> {
        check_shots(samples)?;
        Ok(MonteCarlo { outcomes: samples, values: samples, alpha: 0.05 })
    }

    /// The fewest samples after which the interval has a half-width of at most `epsilon` whatever
    /// they are: at amplitude 1/2, and for values of an integrand that are all 0 or 1.
    ///
    /// ```
    /// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, MonteCarlo};
    /// let coin = EstimationProblem::bernoulli(0.5)?.exact_law()?;
    /// let result = MonteCarlo::to_precision(0.05, 0.05)?.estimate(&coin, 1)?;
    /// assert!(result.confidence_interval.half_width() <= 0.05);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If ε is outside [1e-9, 0.5], α outside (0, 1), or more than 10^12 samples are needed.
    pub fn to_precision(epsilon: f64, alpha: f64) -> Result<Self> {
        check_epsilon(epsilon)?;
        check_alpha(alpha)?;
        let outcomes = clopper_pearson_trials(epsilon, alpha);
        if outcomes > MAX_SHOTS {
            return Err(Error::Invalid {
                what: "the target precision epsilon of Monte Carlo".into(),
                value: number_within(epsilon, 0.0),
                expected: format!(
                    "it takes {} samples, and at most {} are drawn",
                    number(outcomes as f64),
                    number(MAX_SHOTS as f64)
                ),
            });
        }
        Ok(MonteCarlo { outcomes, values: most_values(epsilon, alpha), alpha })
    }

    /// Sets the probability that the interval may miss; the number of samples stays.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(MonteCarlo { alpha, ..self })
    }
}

/// ln(4/α), of Maurer and Pontil's bound on both sides.
fn log_term(alpha: f64) -> f64 {
    (4.0 / alpha).ln()
}

/// The half-width of Maurer and Pontil's interval for the mean of n values of this variance.
fn bernstein(variance: f64, n: f64, alpha: f64) -> f64 {
    let log = log_term(alpha);
    (2.0 * variance * log / n).sqrt() + 7.0 * log / (3.0 * (n - 1.0))
}

/// The fewest values whose interval is narrow enough at the largest sample variance that values in
/// [0, 1] have, n/(4(n-1)): a quadratic equation for 1/√(n-1).
fn most_values(epsilon: f64, alpha: f64) -> u64 {
    if epsilon >= 0.5 {
        // No interval in [0, 1] is wider.
        return 1;
    }
    let log = log_term(alpha);
    let (a, b) = (7.0 * log / 3.0, (0.5 * log).sqrt());
    let inverse_root = 2.0 * epsilon / (b + (b * b + 4.0 * a * epsilon).sqrt());
    (1.0 + inverse_root.powi(-2)).ceil() as u64
}

impl AmplitudeEstimator for MonteCarlo {
    fn name(&self) -> String {
        "Monte Carlo".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let confidence = 1.0 - self.alpha;
        let guarantee = Guarantee::FiniteSample;
        let Some(f) = experiment.problem().integrand() else {
            let good = trial.measure(0, self.outcomes)?;
            let (low, high) = clopper_pearson(good, self.outcomes, self.alpha);
            let method = IntervalMethod::ClopperPearson;
            let interval = Interval { low, high, confidence, method, guarantee };
            return Ok(trial.finish(self.name(), good as f64 / self.outcomes as f64, interval));
        };
        let mut values = Running::default();
        check_shots(self.values)?;
        make_samples(&mut trial, f, self.values, 1, |x, rng| {
            draw_uniform(x, rng);
            values.push(f.evaluate(x)?);
            Ok(())
        })?;
        let half = match self.values {
            1 => 1.0,
            n => bernstein(values.variance(), n as f64, self.alpha),
        };
        let mean = values.mean();
        let (low, high) = ((mean - half).max(0.0), (mean + half).min(1.0));
        let method = IntervalMethod::EmpiricalBernstein;
        let interval = Interval { low, high, confidence, method, guarantee };
        Ok(trial.finish(self.name(), mean, interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_values_is_the_fewest_in_the_worst_case() {
        for alpha in [0.5, 0.05, 1e-6] {
            for epsilon in [0.3, 0.1, 0.01, 1e-3] {
                let n = most_values(epsilon, alpha) as f64;
                let worst = |n: f64| bernstein(n / (4.0 * (n - 1.0)), n, alpha);
                assert!(worst(n) <= epsilon * (1.0 + 1e-12), "{n} {epsilon} {alpha}");
                assert!(worst(n - 1.0) > epsilon, "{n} {epsilon} {alpha}");
            }
        }
        let error = MonteCarlo::to_precision(1e-8, 0.05).unwrap_err().to_string();
        assert!(error.contains("is 1e-8; it takes 1.") && error.contains("1.00e12"), "{error}");
    }
}
