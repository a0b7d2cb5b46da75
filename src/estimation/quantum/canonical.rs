//! Amplitude estimation by phase estimation: Brassard, Høyer, Mosca and Tapp, quant-ph/0005055.

use super::canonical_likelihood::PhaseLikelihood;
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{
    Guarantee, Interval, IntervalMethod, check_alpha, check_shots,
};
use crate::estimation::account::trial::MAX_EVALUATION_QUBITS;
use crate::estimation::problem::experiment::Experiment;
use crate::math::statistics::binomial_at_least;
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, PI};

/// What an estimate is made of the outcomes of phase estimation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhaseRule {
    /// The angle πy/M that came most often, y and M - y taken as one; of several, the one next to
    /// the median. Its errors never fall below the grid's.
    MostFrequent,
    /// The median of the angles of all shots.
    #[default]
    Median,
    /// The angle that makes all outcomes most likely, on the grid or between.
    MaximumLikelihood,
}

/// Runs phase estimation of Grover's operator on m evaluation qubits: outcome y of M = 2^m is an
/// angle θ̃ = π min(y, M-y)/M.
///
/// - For [`PhaseRule::Median`] the interval is θ̃ ± kπ/M around the median, cut at 0 and
///   π/2, and holds at any number of shots. One shot errs by more than kπ/M with probability at
///   most q_k = 1 - (8/π²) Σ_{i<k} 1/(2i+1)². (Theorem 11 of the paper, with its sum kept: the
///   paper bounds it by 1/(2(k-1)) for k ≥ 2, which is 2.4 times as much or more.) The median of R
///   shots errs by more only if at least half of them do, so with probability at most P\[Bin(R,
///   q_k) ≥ ⌈R/2⌉\]; k is the smallest with at most α of that.
/// - For [`PhaseRule::MostFrequent`] it is the same interval, around the median. No theorem
///   says how far off the most frequent outcome of several shots is; the interval holds a all the
///   same, and is widened to the estimate where that lies outside. For one shot both rules agree.
/// - For [`PhaseRule::MaximumLikelihood`] it is asymptotic, and as narrow as the outcomes
///   allow. Within about R^(-1/4) of a grid step from πy/M outcomes hardly tell on which side θ
///   lies: the estimate may be the mirror image of θ at πy/M. The likelihood ratio's interval holds
///   both sides.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, Canonical, EstimationProblem, PhaseRule};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?;
/// let method = Canonical::new(6)?.shots(15)?;
/// let result = method.clone().estimate(&coin, 1)?;
/// assert!(result.confidence_interval.contains(0.2));
/// assert_eq!(result.cost.uses, 15 * 127);
/// let likely = method.rule(PhaseRule::MaximumLikelihood).estimate(&coin, 1)?;
/// assert!((likely.estimation - 0.2).abs() < 0.01);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Canonical {
    evaluation_qubits: u32,
    shots: u64,
    alpha: f64,
    rule: PhaseRule,
    likelihood_interval: IntervalMethod,
}

impl Canonical {
    /// One shot on m evaluation qubits, 2^(m+1) - 1 uses of A, with an interval at 95 %.
    ///
    /// # Errors
    /// If there are no evaluation qubits or more than 40.
    pub fn new(evaluation_qubits: u32) -> Result<Self> {
        if !(1..=MAX_EVALUATION_QUBITS).contains(&evaluation_qubits) {
            return Err(Error::Invalid {
                what: "the number of evaluation qubits".into(),
                value: evaluation_qubits.to_string(),
                expected: format!("it must be from 1 to {MAX_EVALUATION_QUBITS}"),
            });
        }
        Ok(Canonical {
            evaluation_qubits,
            shots: 1,
            alpha: 0.05,
            rule: PhaseRule::default(),
            likelihood_interval: IntervalMethod::LikelihoodRatio,
        })
    }

    /// Sets the shots.
    ///
    /// # Errors
    /// If there are no shots.
    pub fn shots(self, shots: u64) -> Result<Self> {
        check_shots(shots)?;
        Ok(Canonical { shots, ..self })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(Canonical { alpha, ..self })
    }

    /// Chooses what the estimate is made of.
    pub fn rule(self, rule: PhaseRule) -> Self {
        Canonical { rule, ..self }
    }

    /// Takes the interval of [`PhaseRule::MaximumLikelihood`] from the Fisher information
    /// instead of the likelihood ratio. It holds one side only, and so misses up to half the time
    /// close to an angle of the grid, and more at few shots.
    pub fn fisher_interval(self) -> Self {
        Canonical { likelihood_interval: IntervalMethod::Fisher, ..self }
    }

    /// M.
    fn size(&self) -> f64 {
        (1u64 << self.evaluation_qubits) as f64
    }

    /// The smallest k whose interval misses with probability at most α. M/2 steps are all angles.
    fn steps(&self) -> u64 {
        let misses =
            |k: u64| binomial_at_least(self.shots.div_ceil(2), self.shots, miss_probability(k));
        let (mut too_few, mut enough) = (0, 1u64 << (self.evaluation_qubits - 1));
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            if misses(middle) <= self.alpha {
                enough = middle;
            } else {
                too_few = middle;
            }
        }
        enough
    }

    /// The half-width in θ of the interval around the median, which is at least that in a.
    pub(in crate::estimation) fn half_width(&self) -> f64 {
        PI * self.steps() as f64 / self.size()
    }

    /// The interval around the median.
    fn interval(&self, median: f64) -> Interval {
        let reach = self.half_width();
        Interval {
            low: (median - reach).max(0.0).sin().powi(2),
            high: (median + reach).min(FRAC_PI_2).sin().powi(2),
            confidence: 1.0 - self.alpha,
            method: IntervalMethod::PhaseEstimation,
            guarantee: Guarantee::FiniteSample,
        }
    }
}

impl AmplitudeEstimator for Canonical {
    fn name(&self) -> String {
        match self.rule {
            PhaseRule::MostFrequent => "canonical (most frequent)".into(),
            PhaseRule::Median => "canonical (median)".into(),
            PhaseRule::MaximumLikelihood => "canonical (maximum likelihood)".into(),
        }
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let outcomes = trial.phase_estimation(self.evaluation_qubits, self.shots)?;
        let folded = fold(&outcomes, self.evaluation_qubits);
        let step = PI / self.size();
        let median = step * median(&folded);
        let (theta, interval) = match self.rule {
            PhaseRule::Median => (median, self.interval(median)),
            PhaseRule::MostFrequent => {
                (step * most_frequent(&folded, median / step), self.interval(median))
            }
            PhaseRule::MaximumLikelihood => {
                let likelihood = PhaseLikelihood::new(self.evaluation_qubits, folded);
                let maximum = likelihood.maximum();
                let interval = match self.likelihood_interval {
                    IntervalMethod::Fisher => likelihood.fisher_interval(maximum, self.alpha),
                    _ => likelihood.likelihood_ratio_interval(maximum, self.alpha),
                };
                (maximum.theta, interval)
            }
        };
        Ok(trial.finish(self.name(), theta.sin().powi(2), interval))
    }
}

/// How far an estimate by one shot on m evaluation qubits may be off, and the least probability with
/// which it is not further: 2πk √(a(1-a))/M + k²π²/M² with probability 8/π² for k = 1 and 1 -
/// 1/(2(k-1)) above (Brassard et al., quant-ph/0005055, theorem 12). Nothing is promised for k = 0.
///
/// ```
/// let (error, probability) = ketlab::estimation::phase_estimation_bound(0.2, 8, 1);
/// assert!(error < 0.01 && probability > 0.81);
/// ```
pub fn phase_estimation_bound(a: f64, evaluation_qubits: u32, k: u64) -> (f64, f64) {
    let reach = PI * k as f64 / 2f64.powf(f64::from(evaluation_qubits));
    let probability = match k {
        0 => 0.0,
        1 => 8.0 / PI.powi(2),
        _ => 1.0 - 0.5 / (k - 1) as f64,
    };
    (2.0 * reach * (a * (1.0 - a)).max(0.0).sqrt() + reach.powi(2), probability)
}

/// The largest probability, at any angle and any M, that one shot errs by more than kπ/M: q_k = 1 -
/// (8/π²) Σ_{i<k} 1/(2i+1)².
///
/// Let an eigenvalue lie at f, 0 < f < 1, between two outcomes. The 2k nearest have at least the
/// probability Σ sinc²(π(f+i)), -k ≤ i < k, since M sin(x/M) ≤ x. What is missing to 1 is sin²(πf)
/// T/π² with T = Σ_{i≥k} [1/(i+f)² + 1/(i+1-f)²]. It is largest at f = 1/2: T'' ≤ 6T/k² and T' = 0
/// there, so for f < 1/2 the logarithm of T falls by at most 6(1/2-f)/k² per unit of f, while that
/// of sin²(πf) rises by 2π tan(π(1/2-f)) ≥ 2π²(1/2-f). At f = 0 no outcome but one is possible. M →
/// ∞ reaches it. Folding y and M - y into one angle brings none further from θ.
fn miss_probability(k: u64) -> f64 {
    // The rest of the sum, (2/π²) Σ_{i≥k} 1/(i+1/2)², is at most 2/(π²k), as 1/x² is convex.
    if k > 64 {
        return 2.0 / (PI.powi(2) * k as f64);
    }
    let near: f64 = (0..k).map(|i| 1.0 / ((2 * i + 1) as f64).powi(2)).sum();
    1.0 - 8.0 / PI.powi(2) * near
}

/// Outcomes y and M - y as one, min(y, M-y), ascending.
fn fold(outcomes: &[(u64, u64)], evaluation_qubits: u32) -> Vec<(u64, u64)> {
    let mut folded = BTreeMap::new();
    for &(y, count) in outcomes {
        *folded.entry(y.min((1 << evaluation_qubits) - y)).or_insert(0) += count;
    }
    folded.into_iter().collect()
}

/// The middle outcome, or the mean of the two middle ones.
fn median(folded: &[(u64, u64)]) -> f64 {
    let shots: u64 = folded.iter().map(|o| o.1).sum();
    let place = |rank: u64| {
        let mut left = rank;
        let holds = |&&(_, count): &&(u64, u64)| match left.checked_sub(count) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        };
        folded.iter().find(holds).map_or(0.0, |o| o.0 as f64)
    };
    0.5 * (place(shots.saturating_sub(1) / 2) + place(shots / 2))
}

/// The outcome that came most often; of several, the one next to the median, then the smallest.
fn most_frequent(folded: &[(u64, u64)], median: f64) -> f64 {
    let most = folded.iter().map(|o| o.1).max().unwrap_or(0);
    let tied = folded.iter().filter(|o| o.1 == most).map(|o| o.0 as f64);
    tied.min_by(|a, b| (a - median).abs().total_cmp(&(b - median).abs())).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Circuit;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::estimation::problem::good::GoodStates;
    use crate::estimation::problem::law::phase_probability;
    use crate::math::statistics;
    use crate::simulate::Simulator;

    const RULES: [PhaseRule; 3] =
        [PhaseRule::MostFrequent, PhaseRule::Median, PhaseRule::MaximumLikelihood];

    fn coin(a: f64) -> Experiment {
        EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap()
    }

    /// The probability of each folded outcome.
    fn folded_law(theta: f64, m: u32) -> Vec<f64> {
        let half = 1u64 << (m - 1);
        let twice = |y: u64| if y == 0 || y == half { 1.0 } else { 2.0 };
        (0..=half).map(|y| twice(y) * phase_probability(theta, y, m)).collect()
    }

    #[test]
    fn law_and_bound_are_those_of_the_reference() {
        // shared/reference/qae/canonical_qae.json, a = 0.2, m = 3.
        let law = folded_law(0.2f64.sqrt().asin(), 3);
        let expected = [0.0225792, 0.906542012926, 0.050176, 0.015057987074, 0.0056448];
        for (found, expected) in law.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        }
        let (one, p1) = phase_estimation_bound(0.2, 3, 1);
        let (two, p2) = phase_estimation_bound(0.2, 3, 2);
        assert!(
            (one - 0.46837183412600053).abs() < 1e-14 && (two - 1.2451688057860435).abs() < 1e-14
        );
        assert!((p1 - 0.8105694691387022).abs() < 1e-14 && p2 == 0.5);
    }

    #[test]
    fn the_chance_of_a_miss_is_bounded_and_reached() {
        for m in 1..=9u32 {
            let size = (1u64 << m) as f64;
            for j in 0..=400 {
                let theta = FRAC_PI_2 * f64::from(j) / 400.0;
                let law = folded_law(theta, m);
                for k in 1..=1u64 << (m - 1) {
                    let far = |y: usize| (y as f64 - size * theta / PI).abs() > k as f64 + 1e-9;
                    let tail: f64 = (0..law.len()).filter(|&y| far(y)).map(|y| law[y]).sum();
                    assert!(tail <= miss_probability(k) + 1e-12, "{m} {theta} {k} {tail}");
                }
            }
        }
        // Half way between two outcomes, far from the ends, at large M.
        let (m, theta) = (14, PI * 4096.5 / 16384.0);
        let law = folded_law(theta, m);
        for k in [1, 2, 5, 20] {
            let far = |y: usize| (y as f64 - 4096.5).abs() > k as f64;
            let tail: f64 = (0..law.len()).filter(|&y| far(y)).map(|y| law[y]).sum();
            assert!((tail / miss_probability(k) - 1.0).abs() < 0.01, "{k} {tail}");
        }
        for k in 1..200 {
            assert!(miss_probability(k + 1) < miss_probability(k));
            assert!(k == 1 || miss_probability(k) < 0.5 / (k - 1) as f64);
        }
    }

    #[test]
    fn coverage_is_kept() {
        for (shots, steps) in [(1, 5), (2, 8), (3, 2), (9, 1)] {
            let method = Canonical::new(6).unwrap().shots(shots).unwrap();
            assert_eq!(method.steps(), steps, "{shots}");
            // The last one's angle lies half way between two outcomes, the worst case.
            let worst = (PI * 20.5 / 64.0).sin().powi(2);
            for a in [0.001, 0.01, 0.2, 0.5, 0.7, 0.99, worst] {
                let coin = coin(a);
                let missed = (0..400).filter(|&seed| {
                    let result = method.estimate(&coin, seed).unwrap();
                    assert_eq!(result.confidence_interval.guarantee, Guarantee::FiniteSample);
                    !result.confidence_interval.contains(a)
                });
                // 20 on average at most, standard deviation 4.4.
                let missed = missed.count();
                assert!(missed <= 33, "a = {a}, {shots} shots: {missed} of 400 missed");
            }
        }
        // Where no k < M/2 will do, all amplitudes are left.
        let rare = Canonical::new(3).unwrap().alpha(1e-9).unwrap();
        let interval = rare.estimate(&coin(0.2), 1).unwrap().confidence_interval;
        assert_eq!((interval.low, interval.high), (0.0, 1.0));
    }

    #[test]
    fn errors_fall_as_the_inverse_of_the_uses() {
        for rule in [PhaseRule::Median, PhaseRule::MaximumLikelihood] {
            let error = |m: u32| {
                let method = Canonical::new(m).unwrap().shots(3).unwrap().rule(rule);
                let mut uses = 0;
                let errors: Vec<f64> = (0..400)
                    .map(|seed| {
                        let a = 0.05 + 0.9 * (0.618034 * seed as f64).fract();
                        let result = method.estimate(&coin(a), seed).unwrap();
                        uses = result.cost.uses;
                        (result.estimation - a).abs()
                    })
                    .collect();
                ((uses as f64).ln(), statistics::median(&errors).ln())
            };
            let points: Vec<(f64, f64)> = (4..=11).map(error).collect();
            let (slope, _) = statistics::line_fit(&points);
            assert!((slope + 1.0).abs() < 0.08, "{rule:?} {slope}");
        }
    }

    #[test]
    fn estimates_are_those_of_qiskit() {
        // shared/reference/qae/qiskit_algorithms_tests.json. 0.49 is close to the grid's 0.5, so
        // that it may be taken for 0.51.
        for (a, image, m, grid) in [(0.2, 0.2, 2, 0.5), (0.49, 0.51, 3, 0.5)] {
            let method = Canonical::new(m).unwrap().shots(10_000).unwrap();
            let frequent = method.clone().rule(PhaseRule::MostFrequent);
            let found = frequent.estimate(&coin(a), 3).unwrap().estimation;
            assert!((found - grid).abs() < 1e-12, "{found}");
            let likely = method.rule(PhaseRule::MaximumLikelihood);
            let result = likely.estimate(&coin(a), 3).unwrap();
            let found = result.estimation;
            assert!((found - a).abs().min((found - image).abs()) < 0.005, "{result}");
            assert!(result.confidence_interval.contains(a), "{result}");
            assert_eq!(result.confidence_interval.guarantee, Guarantee::Asymptotic);
        }
    }

    #[test]
    fn intervals_of_the_likelihood_are_asymptotic() {
        let missed = |a: f64, m: u32, shots: u64| {
            let likely = Canonical::new(m).unwrap().shots(shots).unwrap();
            let likely = likely.rule(PhaseRule::MaximumLikelihood);
            [likely.clone(), likely.fisher_interval()].map(|method| {
                let missed = |&seed: &u64| {
                    let result = method.estimate(&coin(a), seed).unwrap();
                    !result.confidence_interval.contains(a)
                };
                (0..300).filter(missed).count()
            })
        };
        // Far from the grid both miss 15 times on average, standard deviation 3.8.
        for (a, m) in [(0.2, 6), (0.33, 3)] {
            let both = missed(a, m, 200);
            assert!(both.iter().all(|m| (4..=27).contains(m)), "{a} {m} {both:?}");
        }
        // Close to it the Fisher interval often lies on the wrong side.
        let [ratio, fisher] = missed(0.49, 3, 10_000);
        assert!(ratio <= 27 && (100..200).contains(&fisher), "{ratio} {fisher}");
    }

    #[test]
    fn one_shot_is_the_same_for_all() {
        for seed in 0..50 {
            let one = Canonical::new(7).unwrap();
            let estimates = RULES.map(|r| one.clone().rule(r).estimate(&coin(0.3), seed));
            let [frequent, median, likely] = estimates.map(|e| e.unwrap());
            assert_eq!(frequent.estimation, median.estimation);
            assert!((likely.estimation - median.estimation).abs() < 1e-14);
            assert_eq!(frequent.confidence_interval, median.confidence_interval);
            let interval = likely.confidence_interval;
            assert!(interval.contains(likely.estimation) && interval.half_width() > 0.0);
        }
    }

    #[test]
    fn ends_are_exact_and_noise_is_no_fault() {
        for a in [0.0, 1.0] {
            for rule in RULES {
                let method = Canonical::new(5).unwrap().shots(20).unwrap().rule(rule);
                let result = method.estimate(&coin(a), 1).unwrap();
                assert!((result.estimation - a).abs() < 1e-12, "{rule:?} {result}");
                assert!(result.confidence_interval.contains(a));
            }
        }
        for rule in RULES {
            let method = Canonical::new(8).unwrap().shots(200).unwrap().rule(rule);
            let noisy = coin(1e-6).depolarizing(0.99).unwrap();
            for method in [method.clone(), method.fisher_interval()] {
                let result = method.estimate(&noisy, 1).unwrap();
                let interval = result.confidence_interval;
                assert!((0.0..=1.0).contains(&result.estimation));
                assert!(
                    0.0 <= interval.low && interval.low < interval.high && interval.high <= 1.0
                );
            }
        }
    }

    #[test]
    fn full_circuits_follow_the_law() {
        let mut a = Circuit::new(2);
        a.ry(0.9, 0).h(1).cx(0, 1).ry(0.4, 1);
        let problem = EstimationProblem::new(a, GoodStates::qubit(1)).unwrap();
        let truth = problem.amplitude().unwrap();
        let circuits = problem.full_circuits(Simulator::new()).unwrap();
        let law = problem.exact_law().unwrap();
        let (m, shots) = (4, 4000);
        let method = Canonical::new(m).unwrap().shots(shots).unwrap();
        for experiment in [&circuits, &law] {
            let mut trial = experiment.begin(2);
            let found = fold(&trial.phase_estimation(m, shots).unwrap(), m);
            let chi2: f64 = folded_law(truth.sqrt().asin(), m)
                .iter()
                .enumerate()
                .map(|(y, p)| {
                    let count = found.iter().find(|o| o.0 == y as u64).map_or(0, |o| o.1);
                    (count as f64 - p * shots as f64).powi(2) / (p * shots as f64)
                })
                .sum();
            assert!(chi2 < statistics::chi_squared_quantile(8.0, 0.9999), "{chi2}");
            let likely = method.clone().rule(PhaseRule::MaximumLikelihood);
            let result = likely.estimate(experiment, 2).unwrap();
            assert!((result.estimation - truth).abs() < 0.003, "{result} {truth}");
            assert_eq!(result.cost.uses, shots * 31);
            assert_eq!((result.cost.depth, result.cost.num_oracle_queries), (31, shots * 15));
        }
    }

    #[test]
    fn medians_and_most_frequent_outcomes() {
        let folded = fold(&[(0, 1), (1, 2), (3, 1), (5, 3), (7, 1)], 3);
        assert_eq!(folded, [(0, 1), (1, 3), (3, 4)]);
        assert_eq!(median(&folded), 2.0);
        assert_eq!(most_frequent(&folded, 2.0), 3.0);
        assert_eq!(median(&[(2, 3), (4, 2)]), 2.0);
        assert_eq!(most_frequent(&[(2, 1), (4, 1), (9, 1)], 4.0), 4.0);
    }

    #[test]
    fn faults_are_named() {
        for m in [0, 41] {
            let error = Canonical::new(m).unwrap_err().to_string();
            assert!(error.contains("from 1 to 40"), "{error}");
        }
        let method = Canonical::new(3).unwrap();
        assert!(method.clone().shots(0).unwrap_err().to_string().contains("at least 1"));
        for alpha in [0.0, 1.0, -0.1, f64::NAN] {
            let error = method.clone().alpha(alpha).unwrap_err().to_string();
            assert!(error.contains("between 0 and 1"), "{error}");
        }
    }
}
