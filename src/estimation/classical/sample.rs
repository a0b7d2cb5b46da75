//! What the methods that average values of an integrand have in common.

use crate::error::{Error, Result};
use crate::estimation::account::interval::{Guarantee, Interval, IntervalMethod};
use crate::estimation::account::trial::Trial;
use crate::estimation::problem::integrand::Integrand;
use crate::math::statistics::{normal_quantile, student_quantile};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Samples between two looks at whether the estimate was cancelled.
const BLOCK: u64 = 4096;
/// Degrees of freedom from which Student's law is taken as normal: quantiles then differ by 1e-4.
const NORMAL_FROM: f64 = 1e4;

/// The largest number below 1; `rand` draws none above it.
pub(super) const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

/// Mean and variance of values that come one by one (Welford, Technometrics 4, 419 (1962)), so that
/// a small variance keeps its digits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Running {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Running {
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let delta = value - self.mean;
        self.mean += delta / self.count as f64;
        self.squares += delta * (value - self.mean);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The unbiased variance of the values; NaN of fewer than two.
    pub fn variance(&self) -> f64 {
        self.squares / (self.count as f64 - 1.0)
    }

    /// The variance of their mean.
    pub fn variance_of_mean(&self) -> f64 {
        self.variance() / self.count as f64
    }

    /// Student's interval of the mean.
    pub fn interval(&self, alpha: f64) -> Interval {
        let error = self.variance_of_mean().sqrt();
        student_interval(self.mean, error, self.count as f64 - 1.0, alpha)
    }
}

/// The interval of a mean with this standard error, the square of which has this many degrees of
/// freedom, cut to [0, 1].
pub(super) fn student_interval(mean: f64, error: f64, degrees: f64, alpha: f64) -> Interval {
    let p = 1.0 - alpha / 2.0;
    let t = if degrees < NORMAL_FROM { student_quantile(degrees, p) } else { normal_quantile(p) };
    // Values that are all equal have the error 0, also at an α that rounds t to infinity.
    let half = if error > 0.0 { t * error } else { 0.0 };
    Interval {
        low: (mean - half).clamp(0.0, 1.0),
        high: (mean + half).clamp(0.0, 1.0),
        confidence: 1.0 - alpha,
        method: IntervalMethod::Normal,
        guarantee: Guarantee::Asymptotic,
    }
}

/// Makes `samples` samples of `uses` evaluations of `f` each, at the point that `make` writes to the
/// numbers that it is given. They are charged in blocks, before they are made.
pub(super) fn make_samples(
    trial: &mut Trial<'_>,
    f: &Integrand,
    samples: u64,
    uses: u64,
    mut make: impl FnMut(&mut [f64], &mut ChaCha8Rng) -> Result<()>,
) -> Result<()> {
    let mut x = vec![0.0; f.dimension()];
    let mut left = samples;
    while left > 0 {
        let block = left.min(BLOCK);
        trial.charge(block * uses)?;
        for _ in 0..block {
            make(&mut x, trial.rng())?;
        }
        left -= block;
    }
    Ok(())
}

/// Draws a point of the cube, uniformly.
pub(super) fn draw_uniform(x: &mut [f64], rng: &mut ChaCha8Rng) {
    x.iter_mut().for_each(|x| *x = rng.random());
}

/// Refuses a budget below the least that a method works with; `why` says what it is for.
pub(super) fn check_budget(method: &str, budget: u64, least: u64, why: &str) -> Result<()> {
    if budget >= least {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the number of evaluations for {method}"),
        value: budget.to_string(),
        expected: format!("it must be at least {least}: {why}"),
    })
}

/// What the tests of the methods share.
#[cfg(test)]
pub(super) mod testing {
    use crate::estimation::account::estimator::AmplitudeEstimator;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::estimation::problem::experiment::Experiment;
    use crate::estimation::problem::integrand::Integrand;
    use crate::math::statistics::{mean, variance};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    pub fn experiment(integrand: Integrand) -> Experiment {
        EstimationProblem::integral(integrand, 1).unwrap().exact_law().unwrap()
    }

    /// An experiment on f, of which the mean is stated.
    pub fn on(
        dimension: usize,
        f: impl Fn(&[f64]) -> f64 + Send + Sync + 'static,
        mean: f64,
    ) -> Experiment {
        experiment(Integrand::new("f", dimension, f).unwrap().with_mean(mean))
    }

    /// x², of which plain Monte Carlo's variance is 4/45 a sample.
    pub fn square() -> Experiment {
        on(1, |x| x[0] * x[0], 1.0 / 3.0)
    }

    /// Π (1 + x_j) / 2 in this many dimensions, and its variance under plain Monte Carlo.
    pub fn product(dimension: usize) -> (Experiment, f64) {
        let d = dimension as i32;
        let f = |x: &[f64]| x.iter().map(|x| 0.5 * (1.0 + x)).product();
        (on(dimension, f, 0.75f64.powi(d)), (7.0f64 / 12.0).powi(d) - 0.5625f64.powi(d))
    }

    /// Mean and variance of the estimates of `seeds` seeds.
    pub fn spread(method: &dyn AmplitudeEstimator, on: &Experiment, seeds: u64) -> (f64, f64) {
        let estimate = |seed| method.estimate(on, seed).unwrap().estimation;
        let values: Vec<f64> = (0..seeds).map(estimate).collect();
        (mean(&values), variance(&values))
    }

    /// The mean over seeds is the exact one, within 4 standard errors.
    pub fn assert_unbiased(method: &dyn AmplitudeEstimator, on: &Experiment, seeds: u64) {
        let (mean, variance) = spread(method, on, seeds);
        let (truth, error) = (on.truth(), (variance / seeds as f64).sqrt());
        assert!((mean - truth).abs() < 4.0 * error, "{}: {mean} ± {error}, {truth}", method.name());
    }

    /// The interval holds the mean in 90 % of 300 seeds or more, where 95 % are promised, and not
    /// because it is wide: its mean half-width is less than 3 standard deviations.
    pub fn assert_covers(method: &dyn AmplitudeEstimator, on: &Experiment) {
        let (_, variance) = spread(method, on, 300);
        let interval = |seed| method.estimate(on, seed).unwrap().confidence_interval;
        let intervals: Vec<_> = (0..300).map(interval).collect();
        let held = intervals.iter().filter(|i| i.contains(on.truth())).count();
        assert!(held >= 270, "{}: {held} of 300", method.name());
        let width = intervals.iter().map(|i| i.half_width()).sum::<f64>() / 300.0;
        assert!(width < 3.0 * variance.sqrt(), "{}: {width}, {}", method.name(), variance.sqrt());
    }

    /// The uses charged are the evaluations made; how many.
    pub fn counted_uses(method: &dyn AmplitudeEstimator, dimension: usize) -> u64 {
        let count = Arc::new(AtomicU64::new(0));
        let counter = count.clone();
        let f = move |x: &[f64]| {
            assert!(x.iter().all(|x| (0.0..1.0).contains(x)), "{x:?}");
            counter.fetch_add(1, Ordering::Relaxed);
            0.5 * x[0]
        };
        let f =
            Integrand::new("f", dimension, f).unwrap().with_control(|x| x[0].powi(2), 1.0 / 3.0);
        let experiment = experiment(f);
        // The grid of the quantum circuit was evaluated before.
        count.store(0, Ordering::Relaxed);
        let cost = method.estimate(&experiment, 1).unwrap().cost;
        assert_eq!(cost.uses, count.load(Ordering::Relaxed), "{}", method.name());
        assert_eq!((cost.shots, cost.depth, cost.num_oracle_queries), (cost.uses, 1, 0));
        cost.uses
    }

    /// Refusals that all have, and that one seed has one answer.
    pub fn assert_sound(method: &dyn AmplitudeEstimator) {
        let coin = EstimationProblem::bernoulli(0.2).unwrap().exact_law().unwrap();
        let error = method.estimate(&coin, 1).unwrap_err().to_string();
        assert!(error.contains("does not support a bare amplitude: it "), "{error}");
        assert!(error.contains("EstimationProblem::integral"), "{error}");
        for (bad, shown) in [(f64::NAN, "NaN"), (1.5, "1.5"), (-0.5, "-0.5")] {
            // The grid's midpoints are 0.25 and 0.75; they are not touched.
            let f = move |x: &[f64]| if x[0] == 0.25 || x[0] == 0.75 { 0.5 } else { bad };
            let f = Integrand::new("bad", 1, f).unwrap().with_control(|x| x[0], 0.5);
            let error = method.estimate(&experiment(f), 1).unwrap_err().to_string();
            assert!(error.contains("the integrand `bad` at ["), "{error}");
            assert!(
                error.contains(&format!("is {shown}; its values must be from 0 to 1")),
                "{error}"
            );
        }
        let f = Integrand::new("f", 3, |x| x[0] * x[1] * x[2]).unwrap();
        let on = experiment(f.with_control(|x| x[0] + x[1] + x[2], 1.5));
        let first = method.estimate(&on, 7).unwrap();
        assert_eq!(first, method.estimate(&on, 7).unwrap());
        assert_ne!(first.estimation, method.estimate(&on, 8).unwrap().estimation);
        // A constant is estimated exactly, and the interval stays within [0, 1].
        for value in [0.0, 1.0] {
            let f = Integrand::new("c", 1, move |_| value).unwrap().with_control(|x| x[0], 0.5);
            let interval = method.estimate(&experiment(f), 1).unwrap().confidence_interval;
            assert!(interval.contains(value) && interval.low >= 0.0 && interval.high <= 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::math::statistics::{mean, variance};
    use crate::simulate::Watch;

    #[test]
    fn running_moments_are_those_of_all_values() {
        // A large mean with a small variance, which the sum of squares would lose.
        let values: Vec<f64> = (0..100).map(|k| 1e8 + f64::from(k * k % 17)).collect();
        let mut running = Running::default();
        values.iter().for_each(|&v| running.push(v));
        assert!((running.mean() - mean(&values)).abs() < 1e-6);
        assert!((running.variance() / variance(&values) - 1.0).abs() < 1e-9);
        assert!((running.variance_of_mean() / (variance(&values) / 100.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn intervals_are_those_of_student() {
        let interval = student_interval(0.5, 0.01, 9.0, 0.05);
        assert!((interval.half_width() - 0.022621571627409915).abs() < 1e-9);
        assert_eq!((interval.method, interval.confidence), (IntervalMethod::Normal, 0.95));
        // Where one law takes over from the other, there is no step.
        let width = |degrees| student_interval(0.5, 0.01, degrees, 0.05).half_width();
        assert!((width(9_999.0) / width(10_000.0) - 1.0).abs() < 2e-4);
        assert!((width(10_000.0) - 0.01959963984540054).abs() < 1e-10);
        let cut = student_interval(0.01, 0.1, 9.0, 0.05);
        assert_eq!((cut.low, cut.high > 0.2), (0.0, true));
        let outside = student_interval(1.2, 0.01, 9.0, 0.05);
        assert_eq!((outside.low, outside.high), (1.0, 1.0));
    }

    #[test]
    fn cancelled_samples_end() {
        let watch = Watch::default();
        let coin = EstimationProblem::bernoulli(0.2).unwrap().exact_law().unwrap();
        let coin = coin.watched(watch.clone());
        let mut trial = coin.begin(1);
        let f = Integrand::new("x", 1, |x| x[0]).unwrap();
        let mut made = 0;
        let result = make_samples(&mut trial, &f, 1_000_000, 2, |_, _| {
            made += 1;
            if made == 10 {
                watch.cancel();
            }
            Ok(())
        });
        assert!(matches!(result, Err(Error::Interrupted)), "{result:?}");
        assert_eq!(made, BLOCK);
    }
}
