//! Randomized quasi-Monte Carlo: Owen, Ann. Stat. 25, 1541 (1997), on the points of [`Sobol`].

use super::sample::{Running, check_budget, make_samples};
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::check_alpha;
use crate::estimation::problem::experiment::Experiment;
use crate::math::sobol::Sobol;

/// Scramblings, if nothing else is said.
const DEFAULT_REPLICATES: u64 = 16;

/// Evaluates the integrand at scrambled Sobol' points, 2^m of them under each of 16 independent
/// scrambles. The estimate is the mean of the 16 means, each of them unbiased, and their spread
/// gives its error.
///
/// m is the largest that fits the budget, of which up to a half may be left: other numbers of
/// points than powers of two are less balanced. For smooth functions the standard error falls as
/// n^(-3/2), but for powers of log n. The interval is Student's over the replicates, which
/// L'Ecuyer, Nakayama, Owen and Tuffin, "Confidence intervals for randomized quasi-Monte Carlo
/// estimators", Proc. Winter Simulation Conference (2023), compare with others. Details are
/// `replicates` and `points`, those of each.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, Integrand, QuasiMonteCarlo};
/// let f = Integrand::new("xy", 2, |x| x[0] * x[1])?.with_mean(0.25);
/// let problem = EstimationProblem::integral(f, 3)?.exact_law()?;
/// let result = QuasiMonteCarlo::new(20_000)?.estimate(&problem, 1)?;
/// assert_eq!(result.cost.uses, 16 * 1024);
/// assert!((result.estimation - 0.25).abs() < 1e-4);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct QuasiMonteCarlo {
    budget: u64,
    replicates: u64,
    alpha: f64,
}

impl QuasiMonteCarlo {
    /// Up to `budget` evaluations, under 16 scrambles, with an interval at 95 %.
    ///
    /// # Errors
    /// If there are fewer than 16 evaluations.
    pub fn new(budget: u64) -> Result<Self> {
        Self::checked(budget, DEFAULT_REPLICATES, 0.05)
    }

    /// Sets the number of scrambles. Fewer leave more points to each, and widen the interval, which
    /// must then rely on the spread of few means.
    ///
    /// # Errors
    /// If there are fewer than 2, or more than evaluations.
    pub fn replicates(self, replicates: u64) -> Result<Self> {
        if replicates < 2 {
            return Err(Error::Invalid {
                what: "the number of replicates".into(),
                value: replicates.to_string(),
                expected: "it must be at least 2, so that their spread gives the error".into(),
            });
        }
        Self::checked(self.budget, replicates, self.alpha)
    }

    fn checked(budget: u64, replicates: u64, alpha: f64) -> Result<Self> {
        let why = format!("one point under each of {replicates} scrambles");
        check_budget("quasi-Monte Carlo", budget, replicates, &why)?;
        Ok(QuasiMonteCarlo { budget, replicates, alpha })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(QuasiMonteCarlo { alpha, ..self })
    }
}

impl AmplitudeEstimator for QuasiMonteCarlo {
    fn name(&self) -> String {
        "quasi-Monte Carlo".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let why = "evaluates an integrand at Sobol' points";
        let f = trial.integrand("quasi-Monte Carlo", why)?;
        let points = 1u64 << (self.budget / self.replicates).ilog2();
        let mut means = Running::default();
        for _ in 0..self.replicates {
            let mut sobol = Sobol::scrambled(f.dimension(), trial.rng())?;
            let mut values = Running::default();
            make_samples(&mut trial, f, points, 1, |x, _| {
                sobol.next_point(x)?;
                values.push(f.evaluate(x)?);
                Ok(())
            })?;
            means.push(values.mean());
        }
        let result = trial.finish(self.name(), means.mean(), means.interval(self.alpha));
        Ok(result.detail("replicates", self.replicates as f64).detail("points", points as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::testing::*;
    use super::*;

    fn method(budget: u64) -> QuasiMonteCarlo {
        QuasiMonteCarlo::new(budget).unwrap()
    }

    #[test]
    fn it_is_unbiased_and_its_interval_covers() {
        assert_unbiased(&method(32), &square(), 400);
        assert_unbiased(&method(128), &product(5).0, 400);
        assert_covers(&method(256), &square());
        assert_covers(&method(1024), &product(3).0);
        assert_covers(&method(256).replicates(5).unwrap(), &product(3).0);
    }

    #[test]
    fn the_error_falls_faster_than_that_of_monte_carlo() {
        for (on, bound) in [(square(), -1.4), (product(3).0, -1.2)] {
            let deviation = |n| spread(&method(n), &on, 100).1.sqrt().log2();
            let slope = (deviation(1 << 14) - deviation(1 << 8)) / 6.0;
            assert!(slope < bound, "{slope}");
        }
        let (on, variance) = product(8);
        let ratio = spread(&method(4096), &on, 100).1 * 4096.0 / variance;
        assert!(ratio < 0.05, "{ratio}");
    }

    #[test]
    fn uses_are_evaluations_and_fit_the_budget() {
        assert_eq!(counted_uses(&method(16), 1), 16);
        assert_eq!(counted_uses(&method(10_000), 3), 16 * 512);
        assert_eq!(counted_uses(&method(10_000).replicates(9).unwrap(), 24), 9 * 1024);
        let result = method(10_000).estimate(&square(), 1).unwrap();
        assert_eq!(result.details, [("replicates", 16.0), ("points", 512.0)]);
    }

    #[test]
    fn faults_are_named() {
        assert_sound(&method(100));
        let error = QuasiMonteCarlo::new(15).unwrap_err().to_string();
        assert!(error.contains("is 15; it must be at least 16: one point under each of 16"));
        let error = method(100).replicates(101).unwrap_err().to_string();
        assert!(error.contains("at least 101"), "{error}");
        assert!(method(100).replicates(1).unwrap_err().to_string().contains("at least 2"));
        assert!(method(100).alpha(-0.1).is_err());
    }
}
