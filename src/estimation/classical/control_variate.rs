//! Control variates, with a coefficient that does not bias the estimate: Lavenberg and Welch,
//! Manag. Sci. 27, 322 (1981); Avramidis and Wilson, Oper. Res. Lett. 14, 187 (1993), for
//! splitting.

use super::sample::{check_budget, draw_uniform, make_samples, student_interval};
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::check_alpha;
use crate::estimation::problem::experiment::Experiment;

/// Parts that a sample is split into.
const BATCHES: u64 = 10;
/// Least evaluations: two a batch.
const LEAST: u64 = 2 * BATCHES;

/// Averages f - β (c - μ), where the control c is a function like f with the known mean μ; the
/// integrand must have one, by [`Integrand::with_control`](crate::estimation::Integrand::with_control).
///
/// The best β is the slope of the regression of f on c, and with ρ their correlation the variance
/// is 1 - ρ² times that of plain Monte Carlo. A slope from the same points that it is applied to
/// would bias the estimate, so the sample is split into 10 batches, and each takes the slope of the
/// other nine. The estimate is then unbiased; where it lies outside [0, 1], it is moved to the end.
///
/// Evaluations of the control are not charged: it is a function whose integral is known, as a rule
/// a simple one. A stated mean that is wrong biases the estimate.
///
/// Its detail `correlation` is that of f and c in the sample, 0 if either was constant.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, ControlVariate, EstimationProblem, Integrand};
/// let f = Integrand::new("sin x", 1, |x| x[0].sin())?.with_control(|x| x[0], 0.5);
/// let problem = EstimationProblem::integral(f, 4)?.exact_law()?;
/// let result = ControlVariate::new(10_000)?.estimate(&problem, 1)?;
/// assert!((result.estimation - (1.0 - 1f64.cos())).abs() < 1e-3);
/// assert!(result.details[0].1 > 0.99); // the correlation
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ControlVariate {
    budget: u64,
    alpha: f64,
}

impl ControlVariate {
    /// So many evaluations, with an interval at 95 %.
    ///
    /// # Errors
    /// If there are fewer than 20 evaluations.
    pub fn new(budget: u64) -> Result<Self> {
        let why = format!("two for each of {BATCHES} batches");
        check_budget("a control variate", budget, LEAST, &why)?;
        Ok(ControlVariate { budget, alpha: 0.05 })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(ControlVariate { alpha, ..self })
    }
}

impl AmplitudeEstimator for ControlVariate {
    fn name(&self) -> String {
        "control variate".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let why = "evaluates an integrand and a function like it";
        let f = trial.integrand("the method of control variates", why)?;
        let control = f.control().ok_or_else(|| Error::Unsupported {
            method: "the method of control variates",
            operation: format!("the integrand `{}`, which has no control", f.name()),
            hint: "give it a function like it whose mean is known, by `Integrand::with_control`"
                .into(),
        })?;
        let mut batches = [Moments::default(); BATCHES as usize];
        for (k, batch) in (0..).zip(&mut batches) {
            let size = self.budget / BATCHES + u64::from(k < self.budget % BATCHES);
            make_samples(&mut trial, f, size, 1, |x, rng| {
                draw_uniform(x, rng);
                let c = (control.function)(x);
                if !c.is_finite() {
                    let what = format!("the control of the integrand `{}` at {x:?}", f.name());
                    return Err(Error::NotFinite { what, value: c });
                }
                batch.push(f.evaluate(x)?, c - control.mean);
                Ok(())
            })?;
        }
        let all = merged(&batches, None);
        let slopes: Vec<f64> =
            (0..batches.len()).map(|k| merged(&batches, Some(k)).slope()).collect();
        let pairs = || batches.iter().zip(&slopes);
        let n = self.budget as f64;
        // Fixed weights keep it unbiased.
        let estimate = pairs().map(|(b, s)| b.count * (b.f - s * b.c)).sum::<f64>() / n;
        let squares: f64 = pairs().map(|(b, s)| b.residual_squares(*s, estimate)).sum();
        let degrees = n - 2.0;
        let interval =
            student_interval(estimate, (squares / degrees / n).sqrt(), degrees, self.alpha);
        let result = trial.finish(self.name(), estimate, interval);
        Ok(result.detail("correlation", all.correlation()))
    }
}

/// Means, squared deviations and their product, of pairs (f, c) that come one by one.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    f: f64,
    c: f64,
    ff: f64,
    fc: f64,
    cc: f64,
}

impl Moments {
    fn push(&mut self, f: f64, c: f64) {
        self.count += 1.0;
        let (df, dc) = (f - self.f, c - self.c);
        self.f += df / self.count;
        self.c += dc / self.count;
        self.ff += df * (f - self.f);
        self.fc += df * (c - self.c);
        self.cc += dc * (c - self.c);
    }

    /// Those of both together (Chan, Golub and LeVeque, Amer. Statist. 37, 242 (1983)).
    fn and(&self, other: &Self) -> Self {
        let count = self.count + other.count;
        let share = other.count / count.max(1.0);
        let (df, dc) = (other.f - self.f, other.c - self.c);
        let weight = self.count * share;
        Moments {
            count,
            f: self.f + df * share,
            c: self.c + dc * share,
            ff: self.ff + other.ff + df * df * weight,
            fc: self.fc + other.fc + df * dc * weight,
            cc: self.cc + other.cc + dc * dc * weight,
        }
    }

    /// The slope of the regression of f on c; 0 of a constant c.
    fn slope(&self) -> f64 {
        if self.cc > 0.0 { self.fc / self.cc } else { 0.0 }
    }

    /// The correlation; 0 if either is constant.
    fn correlation(&self) -> f64 {
        let scale = self.ff.sqrt() * self.cc.sqrt();
        if scale > 0.0 { (self.fc / scale).clamp(-1.0, 1.0) } else { 0.0 }
    }

    /// Σ (f - slope c - mean)².
    fn residual_squares(&self, slope: f64, mean: f64) -> f64 {
        // f and c may cancel to less than 0 by rounding.
        let inner = self.ff - slope * (2.0 * self.fc - slope * self.cc);
        inner.max(0.0) + self.count * (self.f - slope * self.c - mean).powi(2)
    }
}

/// The moments of all batches, or of all but one.
fn merged(batches: &[Moments], without: Option<usize>) -> Moments {
    let rest = batches.iter().enumerate().filter(|&(k, _)| Some(k) != without);
    rest.fold(Moments::default(), |sum, (_, batch)| sum.and(batch))
}

#[cfg(test)]
mod tests {
    use super::super::sample::testing::*;
    use super::*;
    use crate::estimation::problem::integrand::Integrand;
    use rand::RngExt;

    fn method(budget: u64) -> ControlVariate {
        ControlVariate::new(budget).unwrap()
    }

    /// x² with the control 2x + 1: ρ² = 15/16.
    fn controlled() -> Experiment {
        let f = Integrand::new("x²", 1, |x| x[0] * x[0]).unwrap().with_mean(1.0 / 3.0);
        experiment(f.with_control(|x| 2.0 * x[0] + 1.0, 2.0))
    }

    #[test]
    fn it_is_unbiased_also_where_one_slope_would_not_be() {
        // One slope from and for all 20 points has a bias, which as many seeds do show.
        assert_unbiased(&method(20), &controlled(), 40_000);
        let mut values = Vec::new();
        for seed in 0..40_000 {
            let on = controlled();
            let mut trial = on.begin(seed);
            let mut moments = Moments::default();
            for _ in 0..20 {
                let x: f64 = trial.rng().random();
                moments.push(x * x, 2.0 * x - 1.0);
            }
            values.push(moments.f - moments.slope() * moments.c);
        }
        let error = (crate::math::statistics::variance(&values) / 40_000.0).sqrt();
        let bias = crate::math::statistics::mean(&values) - 1.0 / 3.0;
        assert!(bias.abs() > 6.0 * error, "{bias} ± {error}");
    }

    #[test]
    fn its_interval_covers() {
        assert_covers(&method(200), &controlled());
        assert_covers(&method(30), &controlled());
    }

    #[test]
    fn the_variance_is_one_minus_rho_squared_times_that_of_monte_carlo() {
        let (_, variance) = spread(&method(1000), &controlled(), 400);
        let ratio = variance / (4.0 / 45.0 / 1000.0);
        assert!((0.045..0.085).contains(&ratio), "{ratio}");
        let result = method(10_000).estimate(&controlled(), 1).unwrap();
        let (name, rho) = result.details[0];
        assert_eq!(name, "correlation");
        assert!((rho - (15.0f64 / 16.0).sqrt()).abs() < 0.002, "{rho}");
    }

    #[test]
    fn a_perfect_control_is_exact_and_a_constant_one_does_nothing() {
        let f = Integrand::new("f", 1, |x| 1.0 - 0.5 * x[0].exp() / 3.0).unwrap();
        let mean = 1.0 - 0.5 * (1f64.exp() - 1.0) / 3.0;
        let perfect = experiment(f.with_control(|x| x[0].exp(), 1f64.exp() - 1.0));
        let result = method(50).estimate(&perfect, 1).unwrap();
        assert!((result.estimation - mean).abs() < 1e-14);
        assert!(result.confidence_interval.contains(mean));
        assert!((result.details[0].1 + 1.0).abs() < 1e-12);
        let f = Integrand::new("x²", 1, |x| x[0] * x[0]).unwrap().with_mean(1.0 / 3.0);
        let constant = experiment(f.with_control(|_| 3.0, 3.0));
        assert_covers(&method(100), &constant);
        assert_eq!(method(50).estimate(&constant, 1).unwrap().details[0].1, 0.0);
    }

    #[test]
    fn moments_of_parts_are_those_of_all() {
        let pairs: Vec<(f64, f64)> =
            (0..30).map(|k| (f64::from(k * k % 7), f64::from(k * 5 % 11))).collect();
        let of = |pairs: &[(f64, f64)]| {
            let mut moments = Moments::default();
            pairs.iter().for_each(|&(f, c)| moments.push(f, c));
            moments
        };
        let (all, parts) = (of(&pairs), of(&pairs[..7]).and(&of(&pairs[7..])));
        let flat = |m: Moments| [m.count, m.f, m.c, m.ff, m.fc, m.cc];
        for (a, b) in flat(all).into_iter().zip(flat(parts)) {
            assert!((a - b).abs() < 1e-10, "{a} {b}");
        }
        let line: Vec<(f64, f64)> = pairs.iter().map(|&(f, c)| (c, f)).collect();
        assert!((all.slope() - crate::math::statistics::line_fit(&line).0).abs() < 1e-12);
    }

    #[test]
    fn uses_are_evaluations() {
        assert_eq!(counted_uses(&method(10_007), 2), 10_007);
    }

    #[test]
    fn faults_are_named() {
        assert_sound(&method(100));
        let error = ControlVariate::new(19).unwrap_err().to_string();
        assert!(error.contains("is 19; it must be at least 20: two for each of 10 batches"));
        let error = method(20).estimate(&square(), 1).unwrap_err().to_string();
        assert!(error.contains("the integrand `f`, which has no control"), "{error}");
        assert!(error.contains("`Integrand::with_control`"), "{error}");
        let f = Integrand::new("f", 1, |x| x[0]).unwrap();
        let infinite = experiment(f.with_control(|_| f64::INFINITY, 1.0));
        let error = method(20).estimate(&infinite, 1).unwrap_err().to_string();
        assert!(error.contains("the control of the integrand `f` at ["), "{error}");
        assert!(method(20).alpha(0.0).is_err());
    }
}
