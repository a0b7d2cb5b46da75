//! Maximum likelihood estimation under noise of unknown strength: Tanaka et al., arXiv:2006.16223;
//! Brown, Goktas and Tham, arXiv:2006.14145.

mod model;

use super::maximum_likelihood::MaximumLikelihood;
use super::schedule::{MAX_POWER, Schedule};
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{IntervalMethod, check_alpha, check_shots};
use crate::estimation::problem::experiment::Experiment;
use crate::math::{Domain, Streams};
use model::Model;
use rand::RngExt;

/// Shots of each power, if nothing else is said.
const DEFAULT_SHOTS: u64 = 100;
/// Fewest shots of each power of a budget's ramp; fewer leave the choice between lobes to chance.
const RAMP_SHOTS: u64 = 20;
/// One use of a budget in this many runs A alone.
const ALONE: u64 = 10;
/// Powers near the cap that take what is left of a budget.
const SPREAD: u64 = 8;

/// What is run.
#[derive(Debug, Clone)]
enum Plan {
    /// Powers, with the same number of shots each.
    Schedule { schedule: Schedule, rounds: usize, shots: u64 },
    /// Uses of A.
    Budget(u64),
}

/// Maximum likelihood with the fidelity κ of a step of Grover's operator as a second unknown: after
/// k steps the good probability is κ^k sin²((2k+1)θ) + (1 - κ^k) d, where d is the good states' share
/// of all basis states. Powers beyond the cap, if there is one, are replaced by powers drawn from its
/// upper half: at one power alone, a smaller κ and another phase look the same.
///
/// The interval is that of the profile-likelihood ratio, or from the Fisher information of (θ, ln κ)
/// with κ unknown; both are asymptotic. An estimate of κ is at most 1, so that without noise it is 1
/// about half of the time, and then the estimate is that of
/// [`MaximumLikelihood`](crate::estimation::MaximumLikelihood). Where it is not, the error is larger than with κ
/// known, up to about three times at unlucky angles of a doubling schedule.
///
/// At amplitudes within an error of d, all powers are good with probability near d whatever κ is:
/// there κ is not known from the outcomes, and little more is known of the amplitude than what A
/// alone tells.
///
/// Detail: `kappa`, the estimate of κ; 1 where powers do not tell.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, NoiseAware};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?.depolarizing(0.98)?;
/// let cap = NoiseAware::best_max_power(0.98)?;
/// let result = NoiseAware::with_budget(50_000, cap)?.estimate(&coin, 1)?;
/// assert!((result.estimation - 0.2).abs() < 0.005 && result.cost.uses <= 50_000);
/// assert!((result.details[0].1 - 0.98).abs() < 0.01);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NoiseAware {
    plan: Plan,
    max_power: u64,
    alpha: f64,
    interval: IntervalMethod,
}

impl NoiseAware {
    /// The first `rounds` powers of a schedule, 100 shots each, without a cap on powers; the
    /// profile-likelihood interval at 95 %.
    ///
    /// # Errors
    /// If there are no rounds or more than 10,000, a power is above 2^32, or β is outside (0, 1).
    pub fn new(schedule: Schedule, rounds: usize) -> Result<Self> {
        MaximumLikelihood::new(schedule.clone(), rounds)?;
        let plan = Plan::Schedule { schedule, rounds, shots: DEFAULT_SHOTS };
        Ok(Self::of(plan, MAX_POWER))
    }

    /// At most this number of uses of A, nearly all of them: up to half for powers 0, 1, 2, 4, … up
    /// to `max_power` with 20 to 100 shots each, a tenth for A alone, the rest for up to eight powers
    /// drawn from the upper half of what is below the cap. Where 20 shots each are not to be had, the
    /// cap is lower.
    ///
    /// # Errors
    /// If there are no uses.
    pub fn with_budget(uses: u64, max_power: u64) -> Result<Self> {
        if uses == 0 {
            return Err(Error::Invalid {
                what: "the budget of uses of A".into(),
                value: "0".into(),
                expected: "an estimate takes at least 1".into(),
            });
        }
        Ok(Self::of(Plan::Budget(uses), max_power.min(MAX_POWER)))
    }

    fn of(plan: Plan, max_power: u64) -> Self {
        NoiseAware { plan, max_power, alpha: 0.05, interval: IntervalMethod::LikelihoodRatio }
    }

    /// Sets the shots of each power of a schedule; a budget sets its own.
    ///
    /// # Errors
    /// If there are no shots.
    pub fn shots(self, shots: u64) -> Result<Self> {
        check_shots(shots)?;
        let plan = match self.plan {
            Plan::Schedule { schedule, rounds, .. } => Plan::Schedule { schedule, rounds, shots },
            budget => budget,
        };
        Ok(NoiseAware { plan, ..self })
    }

    /// Sets the largest power. Powers of the schedule beyond it are replaced by ones drawn, for each
    /// estimate anew, from its upper half.
    pub fn max_power(self, power: u64) -> Self {
        NoiseAware { max_power: power.min(MAX_POWER), ..self }
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(NoiseAware { alpha, ..self })
    }

    /// Takes the interval from the Fisher information instead of the profile likelihood.
    pub fn fisher_interval(self) -> Self {
        NoiseAware { interval: IntervalMethod::Fisher, ..self }
    }

    /// The power that tells the most about θ per use of A at fidelity `kappa`; 2^32 without noise.
    ///
    /// At half of the states good and at the best phase, a shot has the information 4 (2k+1)² κ^2k
    /// (the slope of p is κ^k (2k+1), p(1-p) = 1/4), which is 4 (2k+1) κ^2k a use. With f = 2k + 1,
    /// ln(f κ^(f-1)) is concave in f and largest at f = 1/ln(1/κ): k = (1/ln(1/κ) - 1)/2, about
    /// 1/(2 ln(1/κ)), so that the best whole k is one of its two neighbours.
    ///
    /// # Errors
    /// If the fidelity is outside [0, 1].
    pub fn best_max_power(kappa: f64) -> Result<u64> {
        crate::estimation::problem::experiment::check_kappa(kappa)?;
        if kappa == 1.0 {
            return Ok(MAX_POWER);
        }
        let best = (0.5 * (-1.0 / kappa.ln() - 1.0)).clamp(0.0, MAX_POWER as f64 - 1.0);
        let below = best.floor() as u64;
        let log = |k: u64| ((2 * k + 1) as f64).ln() + 2.0 * k as f64 * kappa.ln();
        Ok(if log(below + 1) > log(below) { below + 1 } else { below })
    }

    /// Powers and shots of an estimate.
    fn rounds(&self, seed: u64) -> Vec<(u64, u64)> {
        match &self.plan {
            Plan::Schedule { schedule, rounds, shots } => {
                let mut rng = Streams::new(seed, Domain::Estimation).stream(2);
                let cap = self.max_power;
                let capped =
                    |k: u64| if k > cap { rng.random_range(cap.div_ceil(2)..=cap) } else { k };
                let powers = schedule.powers(*rounds, seed).into_iter().map(capped);
                powers.map(|k| (k, *shots)).collect()
            }
            Plan::Budget(uses) => self.spend(*uses, seed),
        }
    }

    /// Powers and shots of a budget.
    fn spend(&self, uses: u64, seed: u64) -> Vec<(u64, u64)> {
        let mut rng = Streams::new(seed, Domain::Estimation).stream(2);
        let mut cap = self.max_power;
        let mut ramp = vec![0];
        ramp.extend((0..32).map(|j| 1u64 << j).take_while(|&k| k < cap));
        let cost = |ramp: &[u64]| ramp.iter().map(|k| 2 * k + 1).sum::<u64>();
        while ramp.len() > 1 && uses / 2 / cost(&ramp) < RAMP_SHOTS {
            cap = ramp.pop().unwrap_or(0);
        }
        if ramp.len() == 1 && uses / 2 < RAMP_SHOTS {
            cap = 0;
        }
        let shots = (uses / 2 / cost(&ramp)).min(DEFAULT_SHOTS);
        let alone = uses / ALONE;
        let mut left = uses - shots * cost(&ramp) - alone;
        let mut rounds: Vec<(u64, u64)> = ramp.into_iter().map(|k| (k, shots)).collect();
        rounds.push((0, alone));
        // One power from each of as many parts of the upper half as it has.
        let (first, parts) = (cap.div_ceil(2), SPREAD.min(cap - cap.div_ceil(2) + 1));
        for part in 0..parts {
            let start = |part: u64| first + (cap - first + 1) * part / parts;
            let power = rng.random_range(start(part)..start(part + 1));
            let shots = left / (parts - part) / (2 * power + 1);
            left -= shots * (2 * power + 1);
            rounds.push((power, shots));
        }
        rounds.push((0, left));
        rounds.retain(|r| r.1 > 0);
        rounds.sort_unstable();
        rounds
    }
}

impl AmplitudeEstimator for NoiseAware {
    fn name(&self) -> String {
        match &self.plan {
            Plan::Schedule { schedule, .. } => format!("noise-aware ({})", schedule.name()),
            Plan::Budget(_) => "noise-aware".into(),
        }
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        trial.models_noise(None);
        // Equal powers in a row are one circuit.
        for group in self.rounds(seed).chunk_by(|a, b| a.0 == b.0) {
            let shots = group.iter().fold(0u64, |sum, r| sum.saturating_add(r.1));
            trial.measure(group[0].0, shots)?;
        }
        let model = Model::new(trial.rounds(), experiment.problem().good().share());
        let maximum = model.maximum();
        let interval = match self.interval {
            IntervalMethod::Fisher => model.fisher_interval(maximum, self.alpha),
            _ => model.profile_interval(maximum, self.alpha),
        };
        let estimate = trial.finish(self.name(), maximum.theta.sin().powi(2), interval);
        Ok(estimate.detail("kappa", (-maximum.rate).exp()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::likelihood::Likelihood;
    use super::*;
    use crate::circuit::Circuit;
    use crate::estimation::account::estimate::AmplitudeEstimate;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::estimation::problem::good::GoodStates;
    use crate::math::statistics::{mean, variance};

    fn coin(a: f64, kappa: f64) -> Experiment {
        let coin = EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap();
        coin.depolarizing(kappa).unwrap()
    }

    /// A state of four qubits of which one pattern, a sixteenth of all, is good.
    fn pattern(angle: f64, kappa: f64) -> Experiment {
        let mut circuit = Circuit::new(4);
        circuit.ry(angle, 0).cx(0, 1).cx(1, 2).cx(2, 3);
        let good = GoodStates::pattern(&[(0, true), (1, true), (2, true), (3, true)]).unwrap();
        let problem = EstimationProblem::new(circuit, good).unwrap();
        problem.exact_law().unwrap().depolarizing(kappa).unwrap()
    }

    fn runs(estimator: &NoiseAware, coin: &Experiment, seeds: u64) -> Vec<AmplitudeEstimate> {
        (0..seeds).map(|seed| estimator.estimate(coin, seed).unwrap()).collect()
    }

    #[test]
    fn amplitude_and_fidelity_are_unbiased() {
        let estimator =
            NoiseAware::new(Schedule::Exponential, 9).unwrap().max_power(24).fisher_interval();
        for coin in [coin(0.3, 0.98), pattern(1.4, 0.98)] {
            let results = runs(&estimator, &coin, 200);
            let check = |values: Vec<f64>, truth: f64, scale: f64| {
                let error = (variance(&values) / 200.0).sqrt();
                let bias = mean(&values) - truth;
                assert!(bias.abs() < 3.5 * error && error < scale, "{bias} {error}");
            };
            // As precise as the Fisher information allows.
            let estimates: Vec<f64> = results.iter().map(|r| r.estimation).collect();
            let half = |r: &AmplitudeEstimate| r.confidence_interval.half_width() / 1.96;
            let promised = mean(&results.iter().map(half).collect::<Vec<_>>());
            let ratio = variance(&estimates).sqrt() / promised;
            assert!((0.8..1.3).contains(&ratio), "{ratio}");
            check(estimates, coin.amplitude(), 3e-4);
            check(results.iter().map(|r| r.details[0].1).collect(), 0.98, 5e-4);
            assert!(results.iter().all(|r| r.powers.iter().all(|&k| k <= 24)));
        }
    }

    #[test]
    fn it_beats_what_believes_in_no_noise() {
        let coin = coin(0.45, 0.95);
        let estimator = NoiseAware::new(Schedule::Exponential, 9).unwrap().fisher_interval();
        let results = runs(&estimator, &coin, 100);
        let rmse = |f: &dyn Fn(&AmplitudeEstimate) -> f64| {
            mean(&results.iter().map(|r| (f(r) - 0.45).powi(2)).collect::<Vec<_>>()).sqrt()
        };
        let aware = rmse(&|r| r.estimation);
        let plain = rmse(&|r| Likelihood::new(&r.rounds).maximum().theta.sin().powi(2));
        assert!(plain > 5.0 * aware, "{plain} {aware}");
    }

    #[test]
    fn intervals_hold_the_amplitude() {
        for coin in [coin(0.3, 0.97), coin(0.8, 1.0), pattern(0.9, 0.95)] {
            let profile = NoiseAware::with_budget(8000, 16).unwrap();
            for estimator in [profile.clone(), profile.fisher_interval()] {
                let results = runs(&estimator, &coin, 120);
                let a = coin.amplitude();
                let held = results.iter().filter(|r| r.confidence_interval.contains(a)).count();
                assert!(held >= 108, "{} at {a}: {held} of 120", estimator.name());
            }
        }
    }

    #[test]
    fn without_noise_it_is_plain_maximum_likelihood_where_it_finds_none() {
        let coin = coin(0.3, 1.0);
        let estimator = NoiseAware::new(Schedule::Exponential, 6).unwrap().fisher_interval();
        let plain = MaximumLikelihood::new(Schedule::Exponential, 6).unwrap();
        let error = plain.cramer_rao_bound(0.3, 0);
        let mut none = 0;
        for result in runs(&estimator, &coin, 60) {
            let other = plain.estimate(&coin, result.seed).unwrap();
            assert_eq!(result.rounds, other.rounds);
            let apart = (result.estimation - other.estimation).abs() / error;
            // A fidelity found below 1 moves the angle too, by up to its own, larger error.
            let unknown = result.confidence_interval.half_width() / 1.96 / error;
            let most = if result.details[0].1 == 1.0 { 1e-3 } else { 3.5 * unknown };
            assert!(apart < most, "{apart} {unknown}");
            none += u32::from(result.details[0].1 == 1.0);
        }
        assert!((15..=58).contains(&none), "{none} of 60");
    }

    #[test]
    fn ends_of_the_range_are_found() {
        for (a, kappa) in [(0.0, 1.0), (1.0, 1.0), (0.0, 0.97), (1.0, 0.97), (1e-4, 0.9)] {
            for estimator in [
                NoiseAware::with_budget(10_000, 20).unwrap(),
                NoiseAware::with_budget(10_000, 20).unwrap().fisher_interval(),
                NoiseAware::with_budget(3, 20).unwrap(),
            ] {
                let result = estimator.estimate(&coin(a, kappa), 3).unwrap();
                let interval = result.confidence_interval;
                assert!(interval.contains(a), "{a} {kappa}: {result}");
                assert!(result.cost.uses < 10 || (result.estimation - a).abs() < 0.01, "{result}");
                assert!((0.0..=1.0).contains(&interval.low) && interval.high <= 1.0);
            }
        }
    }

    #[test]
    fn budgets_are_spent_below_the_cap() {
        for uses in [1, 5, 41, 100, 999, 10_000, 300_000] {
            for cap in [0, 1, 2, 7, 50, MAX_POWER] {
                let rounds = NoiseAware::with_budget(uses, cap).unwrap().rounds(5);
                let spent: u64 = rounds.iter().map(|(k, n)| (2 * k + 1) * n).sum();
                assert_eq!(spent, uses, "{cap}: {rounds:?}");
                assert!(rounds.iter().all(|r| r.0 <= cap));
            }
        }
    }

    #[test]
    fn the_best_power_is_that_of_a_search() {
        for kappa in [0.1f64, 0.4, 0.7, 0.9, 0.95, 0.98, 0.999] {
            let gain = |k: u64| (2 * k + 1) as f64 * kappa.powi(2 * k as i32);
            let best = (0..2000).max_by(|&a, &b| gain(a).total_cmp(&gain(b))).unwrap();
            assert_eq!(NoiseAware::best_max_power(kappa).unwrap(), best, "{kappa}");
        }
        assert_eq!(NoiseAware::best_max_power(0.0).unwrap(), 0);
        assert_eq!(NoiseAware::best_max_power(1.0).unwrap(), MAX_POWER);
    }

    #[test]
    fn faults_are_named() {
        let plain = || NoiseAware::new(Schedule::Exponential, 4).unwrap();
        assert!(NoiseAware::new(Schedule::Exponential, 0).is_err());
        assert!(plain().shots(0).unwrap_err().to_string().contains("at least 1"));
        assert!(NoiseAware::with_budget(0, 4).unwrap_err().to_string().contains("at least 1"));
        for alpha in [0.0, 1.0, f64::NAN] {
            assert!(plain().alpha(alpha).unwrap_err().to_string().contains("between 0 and 1"));
        }
        for kappa in [-0.1, 1.1, f64::NAN] {
            assert!(NoiseAware::best_max_power(kappa).is_err());
        }
    }
}
