//! Antithetic variates: Hammersley and Morton, Math. Proc. Camb. Philos. Soc. 52, 449 (1956).

use super::sample::{BELOW_ONE, Running, check_budget, draw_uniform, make_samples};
use crate::error::Result;
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::check_alpha;
use crate::estimation::problem::experiment::Experiment;

/// Evaluates the integrand at pairs of opposite points u and 1 - u.
///
/// With ρ the correlation of f(u) and f(1 - u), the variance is 1 + ρ times that of as many
/// independent evaluations: none for a linear function, less for a monotone one, up to twice as
/// much for a function that is the same at both.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, Antithetic, EstimationProblem, Integrand};
/// let f = Integrand::new("x²", 1, |x| x[0] * x[0])?.with_mean(1.0 / 3.0);
/// let problem = EstimationProblem::integral(f, 4)?.exact_law()?;
/// let result = Antithetic::new(10_000)?.estimate(&problem, 1)?;
/// assert!((result.estimation - 1.0 / 3.0).abs() < 0.005);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Antithetic {
    budget: u64,
    alpha: f64,
}

impl Antithetic {
    /// Up to `budget` evaluations, two a pair, with an interval at 95 %. An odd one is left.
    ///
    /// # Errors
    /// If there are fewer than 4 evaluations.
    pub fn new(budget: u64) -> Result<Self> {
        let why = "the variance is estimated from pairs, of which there must be two";
        check_budget("antithetic variates", budget, 4, why)?;
        Ok(Antithetic { budget, alpha: 0.05 })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(Antithetic { alpha, ..self })
    }
}

impl AmplitudeEstimator for Antithetic {
    fn name(&self) -> String {
        "antithetic".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let why = "evaluates an integrand at opposite points";
        let f = trial.integrand("the method of antithetic variates", why)?;
        let mut pairs = Running::default();
        make_samples(&mut trial, f, self.budget / 2, 2, |x, rng| {
            draw_uniform(x, rng);
            let value = f.evaluate(x)?;
            // Drawn are the multiples of 2^-53 from 0 to 1 - 2^-53, and so they are in reverse.
            x.iter_mut().for_each(|x| *x = BELOW_ONE - *x);
            pairs.push(0.5 * (value + f.evaluate(x)?));
            Ok(())
        })?;
        Ok(trial.finish(self.name(), pairs.mean(), pairs.interval(self.alpha)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::testing::*;
    use super::*;

    fn method(budget: u64) -> Antithetic {
        Antithetic::new(budget).unwrap()
    }

    #[test]
    fn it_is_unbiased_and_its_interval_covers() {
        assert_unbiased(&method(40), &square(), 400);
        assert_unbiased(&method(40), &product(3).0, 400);
        assert_covers(&method(200), &square());
    }

    #[test]
    fn linear_functions_are_exact() {
        let on = on(2, |x| 0.3 * x[0] + 0.6 * x[1] + 0.1, 0.55);
        let result = method(10).estimate(&on, 3).unwrap();
        assert!((result.estimation - 0.55).abs() < 1e-15);
        assert!(result.confidence_interval.half_width() < 1e-15);
    }

    #[test]
    fn the_variance_is_one_plus_rho_times_that_of_monte_carlo() {
        // ρ of x² and (1-x)²: (1/30 - 1/9) / (4/45) = -7/8.
        let (_, variance) = spread(&method(100), &square(), 1000);
        let ratio = variance / (4.0 / 45.0 / 100.0);
        assert!((0.09..0.16).contains(&ratio), "{ratio}");
        // (2x-1)² is the same at both points: ρ = 1.
        let even = on(1, |x| (2.0 * x[0] - 1.0).powi(2), 1.0 / 3.0);
        let ratio = spread(&method(100), &even, 1000).1 / (4.0 / 45.0 / 100.0);
        assert!((1.7..2.3).contains(&ratio), "{ratio}");
    }

    #[test]
    fn uses_are_evaluations() {
        assert_eq!(counted_uses(&method(10_001), 2), 10_000);
    }

    #[test]
    fn faults_are_named() {
        assert_sound(&method(100));
        let error = Antithetic::new(3).unwrap_err().to_string();
        assert!(error.starts_with(
            "the number of evaluations for antithetic variates is 3; it must be at least 4"
        ));
        assert!(method(4).alpha(1.0).is_err());
    }
}
