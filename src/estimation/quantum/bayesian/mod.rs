//! Adaptive Bayesian amplitude estimation: the next power is the one that promises the most
//! information for its cost; cf. Ramôa and Santos, arXiv:2412.04394, and Granade et al., New J. Phys.
//! 14, 103013 (2012).

mod posterior;

use super::schedule::MAX_POWER;
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{
    Guarantee, Interval, IntervalMethod, check_alpha, check_epsilon,
};
use crate::estimation::account::round::Round;
use crate::estimation::account::trial::Trial;
use crate::estimation::problem::experiment::Experiment;
use posterior::{Law, Posterior};
use std::f64::consts::FRAC_PI_2;

/// A round may take this share of the uses so far, unless that is less than one shot.
const ROUND_SHARE: f64 = 0.25;
/// Powers tried have 2k + 1 up to this many times the inverse of the posterior's width. More of the
/// periods of sin²((2k+1)θ) fit into it, and a shot tells no more, at a higher price.
const MOST_PERIODS: f64 = 3.0;
/// Powers this far below the largest one are tried in small steps, the others in large ones.
const FINE_RANGE: f64 = 40.0;
/// Ratio of small steps of 2k + 1.
const FINE_STEP: f64 = 1.25;
/// Ratio of large ones.
const COARSE_STEP: f64 = 3.0;
/// Rounds after which a run is given up: by [`ROUND_SHARE`] the uses pass 2^64 before.
const MAX_ROUNDS: usize = 1000;

/// When to stop.
#[derive(Debug, Clone, Copy)]
enum Goal {
    /// Half-width of the credible interval of a.
    HalfWidth(f64),
    /// Uses of A.
    Budget(u64),
}

/// Keeps the posterior of θ, and always runs the power k whose next outcome has the most mutual
/// information with θ (Lindley 1956) per use of A, of which Q^k A takes 2k + 1. It looks one shot
/// ahead.
///
/// The prior is uniform in θ on [0, π/2], which is Beta(1/2, 1/2) in a = sin²θ: Jeffreys' prior of a
/// coin and, without noise, of every power, since the Fisher information of θ does not depend on it.
///
/// A round takes at most a quarter of the uses so far, but at least one shot. So each round makes the
/// uses grow by a factor of 9/8 or more, and there are at most log(uses)/log(9/8) of them, whatever
/// powers are chosen, and log2 more to spend the end of a budget; and what a round does not yet know
/// is a small part of all. (Without noise most rounds are one shot, since the best power grows with
/// the uses. With it powers stay small and shots grow.)
///
/// The estimate is the posterior median of a, which is the sine squared of the median of θ. The
/// interval has α/2 of the posterior on either side, or all of α on one side and an end of [0, 1] on
/// the other where that is shorter in θ and holds the estimate. Among amplitudes drawn from the prior it holds 1 - α of them,
/// whatever the rule to stop, but it need not do so at each amplitude.
///
/// Information counts bits, not squares: at any budget, about one run in some hundreds still holds a
/// distant lobe for likelier than the right one, and such runs dominate the mean squared error.
///
/// It believes what it is told about noise: without [`kappa`](Self::kappa), that there is none.
///
/// Details: `posterior_mean` and `posterior_sd` of a; `mass_cut`, the posterior probability that the
/// grid left out, below 1e-6.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, Bayesian, EstimationProblem};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?;
/// let result = Bayesian::new(1e-3, 0.05)?.estimate(&coin, 1)?;
/// assert!(result.confidence_interval.half_width() <= 1e-3);
/// let result = Bayesian::with_budget(10_000, 0.05)?.estimate(&coin, 1)?;
/// assert!(result.cost.uses <= 10_000 && (result.estimation - 0.2).abs() < 1e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Bayesian {
    goal: Goal,
    alpha: f64,
    kappa: f64,
}

/// Refuses an α whose lobes the choice of powers does not attack: the most informative shot cares
/// little for a lobe of such a mass, and runs would go on for as long as it stays.
fn check_share(alpha: f64) -> Result<()> {
    check_alpha(alpha)?;
    if alpha >= LEAST_ALPHA {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "alpha of a Bayesian estimate".into(),
        value: crate::error::shown(alpha),
        expected: format!(
            "it must be at least {LEAST_ALPHA:e}; the iterative method takes smaller ones"
        ),
    })
}

/// See [`check_share`].
const LEAST_ALPHA: f64 = 1e-4;

impl Bayesian {
    /// Runs until the credible interval of a, which holds all but `alpha` of the posterior, has a
    /// half-width of at most `epsilon`: one shot at least.
    ///
    /// # Errors
    /// If ε is outside [1e-9, 0.5] or α outside [1e-4, 1).
    pub fn new(epsilon: f64, alpha: f64) -> Result<Self> {
        check_epsilon(epsilon)?;
        check_share(alpha)?;
        Ok(Bayesian { goal: Goal::HalfWidth(epsilon), alpha, kappa: 1.0 })
    }

    /// Spends this number of uses of A, and never more.
    ///
    /// # Errors
    /// If there are no uses, or α is outside [1e-4, 1).
    pub fn with_budget(uses: u64, alpha: f64) -> Result<Self> {
        check_share(alpha)?;
        if uses == 0 {
            return Err(Error::Invalid {
                what: "the budget of uses of A".into(),
                value: "0".into(),
                expected: "an estimate takes at least 1".into(),
            });
        }
        Ok(Bayesian { goal: Goal::Budget(uses), alpha, kappa: 1.0 })
    }

    /// Tells it the fidelity of a Grover step; see
    /// [`Experiment::depolarizing`](crate::estimation::Experiment::depolarizing).
    ///
    /// # Errors
    /// If the fidelity is outside [0, 1].
    pub fn kappa(self, kappa: f64) -> Result<Self> {
        crate::estimation::problem::experiment::check_kappa(kappa)?;
        Ok(Bayesian { kappa, ..self })
    }

    /// Powers to choose from for a posterior of this width: 2k + 1 grows about geometrically from 1
    /// to `largest` or to what the width and the noise support, in small steps near the top.
    fn candidates(&self, width: f64, largest: u64) -> Vec<u64> {
        // Beyond a few steps of 1/ln(1/κ) outcomes say nothing.
        let fade = if self.kappa < 1.0 { 4.0 / -self.kappa.ln() } else { f64::INFINITY };
        let top = (MOST_PERIODS / width).min(fade).max(1.0).min(largest as f64);
        let power = |factor: f64| (((factor - 1.0) / 2.0).floor() as u64).min(MAX_POWER);
        let mut powers = vec![0];
        let mut factor = top;
        while factor > 1.0 {
            powers.push(power(factor));
            factor /= if factor * FINE_RANGE > top { FINE_STEP } else { COARSE_STEP };
        }
        powers.sort_unstable();
        powers.dedup();
        powers
    }

    /// The power with the most information per use, of those that take at most `left` uses.
    fn choose(&self, posterior: &Posterior, share: f64, left: u64) -> u64 {
        let gain =
            |k: u64| posterior.information(Law::new(k, self.kappa, share)) / (2 * k + 1) as f64;
        let candidates = self.candidates(posterior.entropic_width(), left);
        let best = candidates.into_iter().map(|k| (gain(k), k));
        best.fold((f64::NEG_INFINITY, 0), |b, c| if c.0 > b.0 { c } else { b }).1
    }

    fn interval(&self, posterior: &Posterior) -> Interval {
        let q = |share: f64| posterior.quantile(share);
        let two_sided = (q(0.5 * self.alpha), q(1.0 - 0.5 * self.alpha));
        // With all of a large α on one side the median would not be in it.
        let one_sided = (self.alpha <= 0.5)
            .then(|| [(0.0, q(1.0 - self.alpha)), (q(self.alpha), FRAC_PI_2)])
            .into_iter()
            .flatten();
        let shortest = |a: &(f64, f64), b: &(f64, f64)| (a.1 - a.0).total_cmp(&(b.1 - b.0));
        let candidates = std::iter::once(two_sided).chain(one_sided);
        let (low, high) = candidates.min_by(shortest).unwrap_or(two_sided);
        Interval {
            low: low.sin().powi(2),
            high: high.sin().powi(2),
            confidence: 1.0 - self.alpha,
            method: IntervalMethod::Posterior,
            guarantee: Guarantee::Bayesian,
        }
    }

    fn run(&self, trial: &mut Trial<'_>) -> Result<Posterior> {
        let share = trial.experiment().problem().good().share();
        let mut posterior = Posterior::new(self.kappa, share);
        for _ in 0..MAX_ROUNDS {
            let spent = trial.cost().uses;
            let left = match self.goal {
                Goal::HalfWidth(epsilon) => {
                    // The prior alone is no estimate, however little was asked for.
                    if spent > 0 && self.interval(&posterior).half_width() <= epsilon {
                        return Ok(posterior);
                    }
                    u64::MAX - spent
                }
                Goal::Budget(uses) => uses - spent,
            };
            if left == 0 {
                break;
            }
            let power = self.choose(&posterior, share, left);
            let factor = 2 * power + 1;
            let wanted = (ROUND_SHARE * spent as f64 / factor as f64) as u64;
            let shots = wanted.clamp(1, left / factor);
            let good = trial.measure(power, shots)?;
            posterior.update(Round { power, shots, good });
        }
        match self.goal {
            Goal::Budget(_) => Ok(posterior),
            Goal::HalfWidth(epsilon) => Err(Error::Invalid {
                what: "the target precision epsilon".into(),
                value: crate::error::shown(epsilon),
                expected: "2^64 uses do not reach it; a larger one, or the noise told with `kappa`"
                    .into(),
            }),
        }
    }
}

impl AmplitudeEstimator for Bayesian {
    fn name(&self) -> String {
        match self.kappa {
            1.0 => "Bayesian".into(),
            kappa => format!("Bayesian (κ = {kappa})"),
        }
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        trial.models_noise(Some(self.kappa));
        let posterior = self.run(&mut trial)?;
        let interval = self.interval(&posterior);
        let (mean, sd) = posterior.moments();
        let median = posterior.quantile(0.5).sin().powi(2);
        Ok(trial
            .finish(self.name(), median, interval)
            .detail("posterior_mean", mean)
            .detail("posterior_sd", sd)
            .detail("mass_cut", posterior.mass_cut()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::math::statistics::{line_fit, median};
    use crate::math::{Domain, Streams};
    use rand::RngExt;
    use std::f64::consts::FRAC_PI_2;

    fn coin(a: f64) -> Experiment {
        EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap()
    }

    /// Coins whose angles are drawn from the prior.
    fn coins(count: usize, seed: u64) -> Vec<Experiment> {
        let mut rng = Streams::new(seed, Domain::Repeat).stream(0);
        (0..count).map(|_| coin(rng.random_range(0.0..FRAC_PI_2).sin().powi(2))).collect()
    }

    #[test]
    fn errors_fall_as_the_inverse_of_the_uses() {
        let coins = coins(40, 1);
        let point = |budget: u64| {
            let estimator = Bayesian::with_budget(budget, 0.05).unwrap();
            let error = |(coin, seed): (&Experiment, u64)| {
                let result = estimator.estimate(coin, seed).unwrap();
                assert!(result.cost.uses <= budget && result.cost.uses > budget / 2);
                // Distinct rounds grow with the logarithm of the budget.
                assert!((result.rounds.len() as f64) < (budget as f64).ln() / 1.125f64.ln());
                (result.estimation - coin.amplitude()).abs()
            };
            let runs = coins.iter().flat_map(|c| (0..6).map(move |s| (c, s)));
            let errors: Vec<f64> = runs.map(error).collect();
            ((budget as f64).ln(), median(&errors).ln())
        };
        let points: Vec<(f64, f64)> =
            [1000, 2154, 4642, 10_000, 21_544, 46_416, 100_000].map(point).to_vec();
        let (slope, _) = line_fit(&points);
        assert!((slope + 1.0).abs() < 0.08, "{slope} {points:?}");
    }

    #[test]
    fn budgets_are_never_exceeded() {
        let coin = coin(0.37);
        for budget in [1, 2, 3, 7, 10, 50, 777] {
            for kappa in [1.0, 0.9, 0.0] {
                let estimator = Bayesian::with_budget(budget, 0.1).unwrap().kappa(kappa).unwrap();
                let result = estimator.estimate(&coin, budget).unwrap();
                assert_eq!(result.cost.uses, budget);
            }
        }
    }

    #[test]
    fn targets_are_met() {
        for (coin, seed) in coins(8, 2).iter().zip(0..) {
            for epsilon in [0.05, 1e-3, 1e-6] {
                let result = Bayesian::new(epsilon, 0.05).unwrap().estimate(coin, seed).unwrap();
                let interval = result.confidence_interval;
                assert!(interval.half_width() <= epsilon && interval.half_width() > epsilon / 50.0);
                assert!((result.estimation - coin.amplitude()).abs() < 5.0 * epsilon, "{result}");
                assert!((result.cost.uses as f64) < 30.0 / epsilon, "{result}");
                assert_eq!(interval.method, IntervalMethod::Posterior);
            }
        }
    }

    /// How many of the amplitudes of the prior the intervals hold.
    fn coverage(estimator: &Bayesian, kappa: f64, seed: u64) -> f64 {
        let draws = 600;
        let holds = |(coin, seed): (Experiment, u64)| {
            let coin = coin.depolarizing(kappa).unwrap();
            let result = estimator.estimate(&coin, seed).unwrap();
            f64::from(u8::from(result.confidence_interval.contains(coin.amplitude())))
        };
        coins(draws, seed).into_iter().zip(0..).map(holds).sum::<f64>() / draws as f64
    }

    #[test]
    fn intervals_hold_their_share_of_the_prior() {
        let error = |share: f64| 3.0 * (share * (1.0 - share) / 600.0).sqrt();
        let budget = Bayesian::with_budget(2000, 0.1).unwrap();
        let found = coverage(&budget, 1.0, 3);
        assert!((found - 0.9).abs() < error(0.9), "budget: {found}");
        let found = coverage(&Bayesian::new(0.01, 0.05).unwrap(), 1.0, 4);
        assert!((found - 0.95).abs() < error(0.95), "target: {found}");
        // Told of the noise it keeps its promise, and not told it does not.
        let found = coverage(&budget.clone().kappa(0.97).unwrap(), 0.97, 5);
        assert!((found - 0.9).abs() < error(0.9), "noise: {found}");
        let found = coverage(&budget, 0.97, 6);
        assert!(found < 0.8, "noise not told: {found}");
    }

    #[test]
    fn noise_limits_the_powers() {
        let coin = coin(0.3).depolarizing(0.98).unwrap();
        let estimator = Bayesian::with_budget(200_000, 0.05).unwrap().kappa(0.98).unwrap();
        let result = estimator.estimate(&coin, 1).unwrap();
        // 1/ln(1/κ) = 49.5 is where (2k+1) κ^2k is largest.
        assert!((40..=200).contains(&result.cost.depth), "{result}");
        assert!(result.rounds.len() < 120, "{}", result.rounds.len());
        assert!((result.estimation - 0.3).abs() < 5e-4, "{result}");
    }

    #[test]
    fn ends_of_the_range_are_found() {
        for a in [0.0, 1.0, 1e-4, 1.0 - 1e-4] {
            for seed in 0..10 {
                let result = Bayesian::with_budget(3000, 0.01).unwrap().estimate(&coin(a), seed);
                let result = result.unwrap();
                let error = (result.estimation.sqrt().asin() - a.sqrt().asin()).abs();
                assert!(error < 0.02, "a = {a}: {result}");
                assert!(result.details.iter().all(|d| d.1.is_finite()));
            }
        }
    }

    #[test]
    fn faults_are_named() {
        assert!(Bayesian::new(0.0, 0.05).unwrap_err().to_string().contains("1e-9 to 0.5"));
        for alpha in [0.0, 1.0, -1.0, f64::NAN] {
            let error = Bayesian::with_budget(10, alpha).unwrap_err().to_string();
            assert!(error.contains("between 0 and 1"));
            assert!(Bayesian::new(0.1, alpha).is_err());
        }
        assert!(Bayesian::with_budget(0, 0.05).unwrap_err().to_string().contains("at least 1"));
        for kappa in [-0.1, 1.1, f64::NAN] {
            assert!(Bayesian::new(0.1, 0.05).unwrap().kappa(kappa).is_err());
        }
    }
}
