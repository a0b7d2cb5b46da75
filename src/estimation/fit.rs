//! Methods made to fit a budget or a precision.

use super::kind::EstimatorKind;
use crate::error::{Error, Result};
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{MIN_ALPHA, check_alpha, check_epsilon};
use crate::estimation::account::trial::MAX_EVALUATION_QUBITS;
use crate::estimation::classical::antithetic::Antithetic;
use crate::estimation::classical::control_variate::ControlVariate;
use crate::estimation::classical::importance::ImportanceSampling;
use crate::estimation::classical::monte_carlo::MonteCarlo;
use crate::estimation::classical::quasi_monte_carlo::QuasiMonteCarlo;
use crate::estimation::classical::stratified::Stratified;
use crate::estimation::quantum::bayesian::Bayesian;
use crate::estimation::quantum::canonical::{Canonical, PhaseRule};
use crate::estimation::quantum::faster::Faster;
use crate::estimation::quantum::iterative::{ConfidenceBound, Iterative};
use crate::estimation::quantum::maximum_likelihood::{MAX_ROUNDS, MaximumLikelihood};
use crate::estimation::quantum::noise_aware::NoiseAware;
use crate::estimation::quantum::schedule::Schedule;
use crate::math::statistics::normal_quantile;
use std::f64::consts::PI;
use std::fmt;

/// What a method is made to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// Uses of A in all, or evaluations of an integrand. Methods that decide while they run get the
    /// precision whose typical cost it is.
    Budget(u64),
    /// Half-width ε of the interval at the worst amplitude, 1/2: at most ε for methods with a promise,
    /// about ε for the others, which get what their asymptotic variance there takes.
    Precision(f64),
}

impl fmt::Display for Target {
    /// `budget 1000`, `precision 0.01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Budget(uses) => write!(f, "budget {uses}"),
            Target::Precision(epsilon) => {
                write!(f, "precision {}", crate::report::number_within(*epsilon, 0.0))
            }
        }
    }
}

/// What else a method is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// The probability that an interval may miss.
    pub alpha: f64,
    /// The calibrated fidelity of a Grover step: the Bayesian method takes it as known, the noise-aware
    /// one limits its powers by it and estimates κ itself; the others know of no noise.
    pub kappa: f64,
}

impl Default for Setup {
    /// 95 % intervals, no noise.
    fn default() -> Self {
        Setup { alpha: 0.05, kappa: 1.0 }
    }
}

/// The α that a method gets at a target of an error curve, where none is set: 0.05, which 95 %
/// intervals have, except for methods that [follow their
/// intervals](EstimatorKind::follows_its_intervals). Each of their misses is an error of up to about a half,
/// whatever the precision, and few of them decide the root mean square: with the share α/4 that miss in
/// practice it would not fall below √α/4. So α is so small that this is a few per cent of the mean
/// square at the target, where the root mean square is about ε/6 or 10/N: α = (ε/6)² or (10/N)². Costs
/// grow as its logarithm.
pub(super) fn curve_alpha(method: Option<EstimatorKind>, target: Target) -> f64 {
    let usual = Setup::default().alpha;
    if !method.is_some_and(EstimatorKind::follows_its_intervals) {
        return usual;
    }
    let rmse = match target {
        Target::Budget(uses) => 10.0 / uses as f64,
        Target::Precision(epsilon) => epsilon / 6.0,
    };
    (rmse * rmse).clamp(MIN_ALPHA, usual)
}

/// Shots of phase estimation whose outcomes are combined.
const CANONICAL_SHOTS: u64 = 15;
/// Shots of each power of a schedule.
const SCHEDULE_SHOTS: u64 = 100;
/// Shots of each power of a power-law schedule, which has many rounds.
const POWER_LAW_SHOTS: u64 = 10;

impl EstimatorKind {
    /// The method, made to fit.
    ///
    /// # Errors
    /// If the method cannot meet the budget or the precision, or α is outside (0, 1).
    pub fn estimator(self, target: Target, setup: &Setup) -> Result<Box<dyn AmplitudeEstimator>> {
        match target {
            Target::Budget(uses) => self.within(uses, setup),
            Target::Precision(epsilon) => {
                check_epsilon(epsilon)?;
                self.to_precision(epsilon, setup)
            }
        }
    }

    fn within(self, uses: u64, setup: &Setup) -> Result<Box<dyn AmplitudeEstimator>> {
        let alpha = setup.alpha;
        Ok(match self {
            EstimatorKind::Canonical
            | EstimatorKind::CanonicalMedian
            | EstimatorKind::CanonicalMle => {
                let shots = self.canonical_shots();
                // 2M - 1 uses a shot.
                let size = (uses / shots).saturating_add(1) / 2;
                if size < 2 {
                    return Err(self.too_small(uses, 3 * shots));
                }
                return self.canonical(size.ilog2(), alpha);
            }
            EstimatorKind::Iterative | EstimatorKind::IterativeChernoff => {
                if uses < 200 {
                    return Err(self.too_small(uses, 200));
                }
                let epsilon = self.typical_precision(uses as f64, alpha);
                return self.to_precision(epsilon, setup);
            }
            EstimatorKind::Mlae
            | EstimatorKind::MlaeLinear
            | EstimatorKind::MlaeRandom
            | EstimatorKind::PowerLaw { .. } => {
                let (schedule, shots) = self.schedule();
                // This many rounds tell the angles apart; below that, fewer shots per round.
                let least = schedule_uses(&schedule, least_rounds(&schedule));
                let shots = shots.min(uses / least);
                if shots == 0 {
                    return Err(self.too_small(uses, least));
                }
                let rounds = rounds_within(&schedule, uses / shots);
                self.maximum_likelihood(schedule, rounds, shots, alpha)?
            }
            EstimatorKind::Faster => Box::new(Faster::with_budget(uses, alpha)?),
            EstimatorKind::Bayesian => {
                Box::new(Bayesian::with_budget(uses, alpha)?.kappa(setup.kappa)?)
            }
            EstimatorKind::NoiseAware => {
                let most = NoiseAware::best_max_power(setup.kappa)?;
                Box::new(NoiseAware::with_budget(uses, most)?.alpha(alpha)?)
            }
            EstimatorKind::MonteCarlo => Box::new(MonteCarlo::new(uses)?.alpha(alpha)?),
            EstimatorKind::Antithetic => Box::new(Antithetic::new(uses)?.alpha(alpha)?),
            EstimatorKind::ControlVariate => Box::new(ControlVariate::new(uses)?.alpha(alpha)?),
            EstimatorKind::Importance => Box::new(ImportanceSampling::new(uses)?.alpha(alpha)?),
            EstimatorKind::Stratified => Box::new(Stratified::new(uses)?.alpha(alpha)?),
            EstimatorKind::QuasiMonteCarlo => Box::new(QuasiMonteCarlo::new(uses)?.alpha(alpha)?),
        })
    }

    fn to_precision(self, epsilon: f64, setup: &Setup) -> Result<Box<dyn AmplitudeEstimator>> {
        let alpha = setup.alpha;
        check_alpha(alpha)?;
        // Samples of a fair coin, the worst case.
        let samples = (normal_quantile(1.0 - alpha / 2.0) / (2.0 * epsilon)).powi(2);
        Ok(match self {
            EstimatorKind::Canonical
            | EstimatorKind::CanonicalMedian
            | EstimatorKind::CanonicalMle => {
                return self.canonical(self.canonical_qubits(epsilon, alpha)?, alpha);
            }
            EstimatorKind::Iterative => Box::new(Iterative::new(epsilon, alpha)?),
            EstimatorKind::IterativeChernoff => {
                Box::new(Iterative::new(epsilon, alpha)?.bound(ConfidenceBound::ChernoffHoeffding))
            }
            EstimatorKind::Mlae
            | EstimatorKind::MlaeLinear
            | EstimatorKind::MlaeRandom
            | EstimatorKind::PowerLaw { .. } => {
                let (schedule, shots) = self.schedule();
                let mut sum = 0.0;
                let enough = |k: u64| {
                    sum += shots as f64 * ((2 * k + 1) as f64).powi(2);
                    sum >= samples
                };
                let powers = schedule.powers(most_rounds(&schedule), 0);
                let rounds = powers.into_iter().position(enough).map(|at| at + 1);
                let rounds = rounds.ok_or_else(|| self.too_fine(epsilon))?;
                self.maximum_likelihood(schedule, rounds, shots, alpha)?
            }
            EstimatorKind::Faster => Box::new(Faster::to_precision(epsilon, alpha)?),
            EstimatorKind::Bayesian => Box::new(Bayesian::new(epsilon, alpha)?.kappa(setup.kappa)?),
            // Without noise it is an exponential schedule; under noise, what that costs is for the
            // curve to tell.
            EstimatorKind::NoiseAware => {
                let rounds = (samples.sqrt() / 8.0).log2().ceil().clamp(3.0, 33.0) as usize;
                let uses = 100 * schedule_uses(&Schedule::Exponential, rounds);
                return self.within(uses, setup);
            }
            EstimatorKind::MonteCarlo => Box::new(MonteCarlo::to_precision(epsilon, alpha)?),
            _ => return self.within(samples.ceil().max(64.0) as u64, setup),
        })
    }

    /// The fewest qubits whose interval is narrow enough; for the likelihood, whose interval depends
    /// on the outcomes, those whose grid is.
    fn canonical_qubits(self, epsilon: f64, alpha: f64) -> Result<u32> {
        if self == EstimatorKind::CanonicalMle {
            return Ok((PI / epsilon).log2().ceil().max(1.0) as u32);
        }
        for qubits in 1..=MAX_EVALUATION_QUBITS {
            let estimator = Canonical::new(qubits)?.shots(self.canonical_shots())?.alpha(alpha)?;
            if estimator.half_width() <= epsilon {
                return Ok(qubits);
            }
        }
        Err(self.too_fine(epsilon))
    }

    fn canonical_shots(self) -> u64 {
        if self == EstimatorKind::Canonical { 1 } else { CANONICAL_SHOTS }
    }

    fn canonical(self, qubits: u32, alpha: f64) -> Result<Box<dyn AmplitudeEstimator>> {
        let rule = match self {
            EstimatorKind::CanonicalMle => PhaseRule::MaximumLikelihood,
            EstimatorKind::CanonicalMedian => PhaseRule::Median,
            _ => PhaseRule::MostFrequent,
        };
        let estimator = Canonical::new(qubits)?.shots(self.canonical_shots())?.alpha(alpha)?;
        Ok(Box::new(estimator.rule(rule)))
    }

    fn schedule(self) -> (Schedule, u64) {
        match self {
            EstimatorKind::MlaeLinear => (Schedule::Linear, SCHEDULE_SHOTS),
            EstimatorKind::MlaeRandom => (Schedule::Random, SCHEDULE_SHOTS),
            EstimatorKind::PowerLaw { beta } => (Schedule::PowerLaw { beta }, POWER_LAW_SHOTS),
            _ => (Schedule::Exponential, SCHEDULE_SHOTS),
        }
    }

    fn maximum_likelihood(
        self,
        schedule: Schedule,
        rounds: usize,
        shots: u64,
        alpha: f64,
    ) -> Result<Box<dyn AmplitudeEstimator>> {
        Ok(Box::new(MaximumLikelihood::new(schedule, rounds)?.shots(shots)?.alpha(alpha)?))
    }

    /// The precision at which the iterative method typically costs so much: uses ≈ c ln(2T/α)/ε with
    /// T rounds, c as measured.
    fn typical_precision(self, uses: f64, alpha: f64) -> f64 {
        let constant = if self == EstimatorKind::Iterative { 3.0 } else { 5.7 };
        let mut epsilon: f64 = 0.1;
        for _ in 0..20 {
            let rounds = (1.0 + PI / (4.0 * epsilon)).log2().max(1.0);
            epsilon = (constant * (2.0 * rounds / alpha).ln() / uses).clamp(1e-9, 0.5);
        }
        epsilon
    }

    fn too_small(self, uses: u64, least: u64) -> Error {
        Error::Invalid {
            what: format!("a budget for {self}"),
            value: uses.to_string(),
            expected: format!("it takes at least {least} uses of A"),
        }
    }

    fn too_fine(self, epsilon: f64) -> Error {
        Error::Invalid {
            what: format!("a precision for {self}"),
            value: crate::error::shown(epsilon),
            expected: "its longest schedule does not reach it".into(),
        }
    }
}

/// Rounds up to the first power above 1.
fn least_rounds(schedule: &Schedule) -> usize {
    let powers = schedule.powers(most_rounds(schedule).min(1000), 0);
    powers.iter().position(|&k| k > 1).map_or(powers.len(), |at| at + 1)
}

fn most_rounds(schedule: &Schedule) -> usize {
    match schedule {
        Schedule::Exponential | Schedule::Random => 33,
        _ => MAX_ROUNDS,
    }
}

/// Uses of A of one shot of each of the first `rounds` powers; of random ones, the most.
fn schedule_uses(schedule: &Schedule, rounds: usize) -> u64 {
    largest_powers(schedule, rounds).iter().map(|k| 2 * k + 1).sum()
}

/// The most rounds whose uses, at one shot each, are at most `uses`; at least one.
fn rounds_within(schedule: &Schedule, uses: u64) -> usize {
    let mut sum = 0u64;
    let mut within = |&k: &u64| {
        sum = sum.saturating_add(2 * k + 1);
        sum <= uses
    };
    let powers = largest_powers(schedule, most_rounds(schedule));
    powers.iter().take_while(|k| within(k)).count().max(1)
}

fn largest_powers(schedule: &Schedule, rounds: usize) -> Vec<u64> {
    match schedule {
        // The end of each doubling.
        Schedule::Random => (0..rounds).map(|j| (1 << j) - 1).collect(),
        _ => schedule.powers(rounds, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::account::interval::Guarantee;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::estimation::problem::integrand::Integrand;

    #[test]
    fn budgets_are_kept_and_precisions_met() {
        let f = Integrand::sine_squared();
        let problem = EstimationProblem::integral(f, 6).unwrap().exact_law().unwrap();
        let setup = Setup::default();
        for method in EstimatorKind::ALL {
            let uses = if method == EstimatorKind::Faster { 1_000_000 } else { 20_000 };
            let estimator = method.estimator(Target::Budget(uses), &setup).unwrap();
            let mut spent = 0;
            for seed in 0..5 {
                let result = estimator.estimate(&problem, seed).unwrap();
                spent += result.cost.uses / 5;
                assert!((result.estimation - problem.truth()).abs() < 0.1, "{result}");
            }
            // Those that decide while they run meet it on average, to a factor.
            let adaptive = matches!(
                method,
                EstimatorKind::Iterative
                    | EstimatorKind::IterativeChernoff
                    | EstimatorKind::MlaeRandom
            );
            let most = if adaptive { 2 * uses } else { uses };
            assert!(spent <= most && spent > uses / 5, "{method}: {spent} of {uses}");
            let estimator = method.estimator(Target::Precision(0.01), &setup).unwrap();
            let result = estimator.estimate(&problem, 3).unwrap();
            assert!(result.confidence_interval.half_width() < 0.05, "{result}");
        }
    }

    #[test]
    fn a_promise_for_finite_samples_keeps_its_precision() {
        let setup = Setup::default();
        let f = Integrand::new("step", 1, |x| f64::from(u8::from(x[0] < 0.5))).unwrap();
        let mut problems = vec![EstimationProblem::integral(f, 1).unwrap()];
        problems.extend(
            [0.0, 1e-300, 0.001, 0.2, 0.5, 0.77, 1.0]
                .map(|a| EstimationProblem::bernoulli(a).unwrap()),
        );
        let experiments: Vec<_> = problems.iter().map(|p| p.exact_law().unwrap()).collect();
        let mut promised = std::collections::BTreeSet::new();
        for method in EstimatorKind::ALL.into_iter().filter(|m| !m.needs_integrand()) {
            for epsilon in [0.5, 0.1, 0.05, 0.03, 0.01, 0.003, 0.001] {
                let estimator = method.estimator(Target::Precision(epsilon), &setup).unwrap();
                for experiment in &experiments {
                    for seed in 0..3 {
                        let result = estimator.estimate(experiment, seed).unwrap();
                        let interval = result.confidence_interval;
                        assert!(interval.contains(result.estimation), "{method} {result}");
                        if interval.guarantee == Guarantee::FiniteSample {
                            promised.insert(method.to_string());
                            let half = interval.half_width();
                            assert!(half <= epsilon * (1.0 + 1e-12), "{method} {epsilon}: {half}");
                        }
                    }
                }
            }
        }
        let names: Vec<&str> = promised.iter().map(String::as_str).collect();
        let expected = [
            "canonical",
            "canonical-median",
            "faster",
            "iterative",
            "iterative-chernoff",
            "monte-carlo",
        ];
        assert_eq!(names, expected);
        // The fewest samples: one less would do no longer.
        let fair = EstimationProblem::bernoulli(0.5).unwrap().exact_law().unwrap();
        let fewest = MonteCarlo::to_precision(0.05, 0.05).unwrap().estimate(&fair, 0).unwrap();
        let (low, high) = crate::math::statistics::clopper_pearson(
            (fewest.cost.uses - 1) / 2,
            fewest.cost.uses - 1,
            0.05,
        );
        assert!(0.5 * (high - low) > 0.05);
    }

    #[test]
    fn intervals_hold_their_estimates_at_all_extremes() {
        let step = Integrand::new("step", 1, |x| f64::from(u8::from(x[0] < 0.1))).unwrap();
        let mut problems =
            vec![EstimationProblem::integral(step.with_control(|x| x[0], 0.5), 1).unwrap()];
        let amplitudes = [0.0, 1.0, 1e-300, 1.0 - 1e-16, 0.3];
        problems.extend(amplitudes.map(|a| EstimationProblem::bernoulli(a).unwrap()));
        let targets = [0.5, 0.3, 1e-4].map(Target::Precision);
        let budgets = [1, 100, 30_000].map(Target::Budget);
        let alphas = [1e-15, 1e-6, 1e-3, 0.05, 0.5, 0.7, 0.999_999, 1.0 - 1e-16];
        let mut made = 0;
        for problem in problems {
            let experiment = problem.exact_law().unwrap();
            for (method, alpha) in
                EstimatorKind::ALL.into_iter().flat_map(|m| alphas.map(|a| (m, a)))
            {
                for target in targets.into_iter().chain(budgets) {
                    // The others take 10^8 evaluations of the integrand for the finest one.
                    if target == Target::Precision(1e-4) && !method.is_quantum() {
                        continue;
                    }
                    let setup = Setup { alpha, ..Setup::default() };
                    let result = method
                        .estimator(target, &setup)
                        .and_then(|estimator| estimator.estimate(&experiment, 1));
                    let Ok(result) = result else { continue };
                    made += 1;
                    let (estimate, interval) = (result.estimation, result.confidence_interval);
                    assert!(
                        0.0 <= interval.low
                            && interval.low <= estimate
                            && estimate <= interval.high
                            && interval.high <= 1.0,
                        "{method} {target} {alpha} {}: {estimate} [{}, {}]",
                        problem.name(),
                        interval.low,
                        interval.high
                    );
                    assert!(result.cost.uses > 0, "{method} {target} {alpha}: no uses");
                }
            }
        }
        assert!(made > 2000, "{made}");
    }

    #[test]
    fn curves_have_an_alpha_that_fits_their_target() {
        let alpha = |m: EstimatorKind, t: Target| curve_alpha(Some(m), t);
        assert!(
            (alpha(EstimatorKind::Iterative, Target::Budget(100_000)) / 1e-8 - 1.0).abs() < 1e-12
        );
        assert_eq!(alpha(EstimatorKind::Iterative, Target::Budget(30)), 0.05);
        assert_eq!(alpha(EstimatorKind::IterativeChernoff, Target::Precision(1e-9)), 1e-15);
        assert!((alpha(EstimatorKind::Iterative, Target::Precision(0.06)) - 1e-4).abs() < 1e-15);
        for method in [
            EstimatorKind::Mlae,
            EstimatorKind::Bayesian,
            EstimatorKind::MonteCarlo,
            EstimatorKind::Faster,
        ] {
            assert_eq!(alpha(method, Target::Budget(100_000)), 0.05);
        }
        assert_eq!(curve_alpha(None, Target::Budget(100_000)), 0.05);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let setup = Setup::default();
        for method in EstimatorKind::ALL {
            assert!(method.estimator(Target::Budget(0), &setup).is_err(), "{method}");
            assert!(method.estimator(Target::Precision(0.0), &setup).is_err(), "{method}");
            let setup = Setup { alpha: 2.0, ..setup };
            assert!(method.estimator(Target::Budget(1_000_000), &setup).is_err(), "{method}");
        }
    }
}
