//! Faster amplitude estimation: Nakaji, arXiv:2003.02417.

use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{
    Guarantee, Interval, IntervalMethod, check_alpha, check_epsilon, check_shots,
};
use crate::estimation::account::trial::Trial;
use crate::estimation::problem::experiment::Experiment;
use std::f64::consts::{FRAC_PI_3, PI};

/// Most rounds: powers up to 2^32, whose phases are exact to 1e-6.
const MAX_ROUNDS: u32 = 32;
/// The second stage begins when the largest angle that is left, times 2^(j+1), reaches this.
const SWITCH: f64 = 3.0 * PI / 8.0;

/// Doubles the power of Grover's operator in each of ℓ rounds, k = 2^(j-1) for j = 1, …, ℓ.
///
/// The estimate is made of a problem whose amplitude sin θ is scaled by 1/4 with one more qubit (a
/// by 1/16), so that θ ≤ arcsin 1/4 = 0.2527, the paper's range. With f = 2^(j+1) + 2 round j
/// measures c = cos(fθ) = 1 - 2·good/shots.
///
/// - **First stage**: fθ stays below π, so c has one angle. Its interval is c ± √(12
///   ln(2/δ)/shots). It ends after the round j0 in which 2^(j0+1) θ_max ≥ 3π/8; the middle of the
///   interval then gives ν = 2^j0 (θ_min + θ_max), about 2^(j0+1) θ.
/// - **Second stage**: the same power and k = 2^(j-1) + 2^(j0-1) besides, whose cosine is that of
///   fθ + 2^(j0+1) θ, give s = (c cos ν - c')/sin ν, about sin(fθ), and ρ = atan2(s, c). Then fθ is
///   2πn + ρ ± π/3, n = ⌊(f θ_max - ρ + π/3)/2π⌋.
///
/// With 1944 ln(2/δ) and 972 ln(2/δ) shots a measurement in the first and in the second stage the
/// interval of a is a finite-sample one:
///
/// - There are 2ℓ - j0 ≤ 2ℓ - 1 measurements. All cosines are within √(12 ln(2/δ)/shots) with
///   probability at least 1 - (2ℓ-1)δ = 1 - α. (The width is the one that Qiskit takes from the
///   paper, of Chernoff's bound; by Hoeffding's √(2 ln(2/δ)/shots) would do, so it has room.)
/// - Then ρ is off by less than π/3: at the worst angles and errors by 0.54, as a test finds.
/// - Then one n alone is left, as f (θ_max - θ_min) < 4π/3.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, Faster};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?;
/// let result = Faster::new(8, 0.05)?.estimate(&coin, 1)?;
/// assert!(result.confidence_interval.contains(0.2));
/// assert!((result.estimation - 0.2).abs() < 1e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Faster {
    rounds: u32,
    alpha: f64,
    first_shots: Option<u64>,
    second_shots: Option<u64>,
    /// What the probability a is scaled by.
    scale: f64,
}

impl Faster {
    /// Rounds with powers up to 2^(ℓ-1), in the second stage 2^(ℓ-1) + 2^(j0-1), and an interval
    /// that misses with probability at most `alpha`.
    ///
    /// # Errors
    /// If there are no rounds or more than 32, or α is outside (0, 1).
    pub fn new(rounds: u32, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        if !(1..=MAX_ROUNDS).contains(&rounds) {
            return Err(Error::Invalid {
                what: "the number of rounds of faster amplitude estimation".into(),
                value: rounds.to_string(),
                expected: format!("it must be from 1 to {MAX_ROUNDS}"),
            });
        }
        Ok(Faster { rounds, alpha, first_shots: None, second_shots: None, scale: 1.0 / 16.0 })
    }

    /// As many rounds as make sure that the interval of a has a half-width of at most `epsilon`.
    ///
    /// # Errors
    /// If ε is outside [1e-9, 0.5] or α outside (0, 1).
    pub fn to_precision(epsilon: f64, alpha: f64) -> Result<Self> {
        check_epsilon(epsilon)?;
        let mut method = Self::new(1, alpha)?;
        while method.precision() > epsilon && method.rounds < MAX_ROUNDS {
            method.rounds += 1;
        }
        Ok(method)
    }

    /// As many rounds as this number of uses of A pays for, wherever the first stage ends.
    ///
    /// # Errors
    /// If there are fewer uses than one round takes (21,516 at α = 0.05), or α is outside (0, 1).
    pub fn with_budget(uses: u64, alpha: f64) -> Result<Self> {
        let mut method = Self::new(1, alpha)?;
        if method.most_uses() > uses {
            return Err(Error::Invalid {
                what: "the budget of uses of A".into(),
                value: uses.to_string(),
                expected: format!(
                    "one round of faster amplitude estimation takes {}",
                    method.most_uses()
                ),
            });
        }
        for rounds in 2..=MAX_ROUNDS {
            let longer = Self::new(rounds, alpha)?;
            if longer.most_uses() > uses {
                break;
            }
            method = longer;
        }
        Ok(method)
    }

    /// Sets the shots of each measurement in the first stage. Fewer than the paper's make the
    /// interval asymptotic.
    ///
    /// # Errors
    /// If there are no shots.
    pub fn first_shots(self, shots: u64) -> Result<Self> {
        check_shots(shots)?;
        Ok(Faster { first_shots: Some(shots), ..self })
    }

    /// Sets the shots of each measurement in the second stage. Fewer than the paper's make the
    /// interval asymptotic.
    ///
    /// # Errors
    /// If there are no shots.
    pub fn second_shots(self, shots: u64) -> Result<Self> {
        check_shots(shots)?;
        Ok(Faster { second_shots: Some(shots), ..self })
    }

    /// Scales a by 1/4 instead of the paper's 1/16: what is said above holds up to θ = π/6 as well,
    /// where fθ = π in the first round, and intervals of a are half as wide or less at the same
    /// cost.
    pub fn scaled_by_quarter(self) -> Self {
        Faster { scale: 0.25, ..self }
    }

    /// The largest half-width of the interval of a: angles to ± (π/3)/(2^(ℓ+1) + 2).
    pub fn precision(&self) -> f64 {
        let half = FRAC_PI_3 / factor(self.rounds);
        (half * (2.0 * self.largest_angle()).sin() / self.scale).min(0.5)
    }

    /// θ where a = 1.
    fn largest_angle(&self) -> f64 {
        self.scale.sqrt().asin()
    }

    /// ln(2/δ), where 2ℓ - 1 measurements miss with probability δ each.
    fn log_term(&self) -> f64 {
        (2.0 * f64::from(2 * self.rounds - 1) / self.alpha).ln()
    }

    /// The paper's shots of a measurement in the first and in the second stage.
    fn least_shots(&self) -> (u64, u64) {
        let shots = |per_log: f64| (per_log * self.log_term()).ceil() as u64;
        (shots(1944.0), shots(972.0))
    }

    fn shots(&self) -> (u64, u64) {
        let least = self.least_shots();
        (self.first_shots.unwrap_or(least.0), self.second_shots.unwrap_or(least.1))
    }

    /// The uses of A if the first stage ends where most are taken.
    fn most_uses(&self) -> u64 {
        let (first, second) = self.shots();
        let cost = |shots: u64, power: u64| shots.saturating_mul(2 * power + 1);
        let total = |last: u32| {
            let of_round = |j: u32| match 1u64 << (j - 1) {
                power if j <= last => cost(first, power),
                power => {
                    let both = cost(second, power + (1 << (last - 1)));
                    cost(second, power).saturating_add(both)
                }
            };
            (1..=self.rounds).map(of_round).fold(0, u64::saturating_add)
        };
        (1..=self.rounds).map(total).max().unwrap_or(0)
    }

    /// Runs all rounds: the angle, its interval, and the rounds of the first stage.
    fn run(&self, trial: &mut Trial<'_>) -> Result<(f64, (f64, f64), u32)> {
        let (first, second) = self.shots();
        let largest = self.largest_angle();
        let mut cosine = |power: u64, shots: u64| {
            Ok::<_, Error>(1.0 - 2.0 * trial.measure(power, shots)? as f64 / shots as f64)
        };
        let half = (12.0 * self.log_term() / first as f64).sqrt();
        let (mut theta, mut angles) = (0.0, (0.0, largest));
        let mut reference: Option<Reference> = None;
        for j in 1..=self.rounds {
            let (f, power) = (factor(j), 1u64 << (j - 1));
            if let Some(reference) = &reference {
                let c = cosine(power, second)?;
                let d = cosine(power + (1 << (reference.round - 1)), second)?;
                let rho = reference.phase(c, d);
                let turn = 2.0 * PI * ((f * angles.1 - rho + FRAC_PI_3) / (2.0 * PI)).floor();
                theta = (turn + rho) / f;
                angles = ((turn + rho - FRAC_PI_3) / f, (turn + rho + FRAC_PI_3) / f);
            } else {
                let c = cosine(power, first)?;
                theta = c.acos() / f;
                angles = ((c + half).min(1.0).acos() / f, (c - half).max(-1.0).acos() / f);
            }
            angles = (angles.0.clamp(0.0, largest), angles.1.clamp(0.0, largest));
            if reference.is_none() && 2.0 * power as f64 * 2.0 * angles.1 >= SWITCH {
                let nu = 2.0 * power as f64 * (angles.0 + angles.1);
                reference = Some(Reference { round: j, nu });
            }
        }
        let first_stage = reference.map_or(self.rounds, |r| r.round);
        Ok((theta.clamp(0.0, largest), angles, first_stage))
    }

    /// The interval of a for one of the scaled problem's angle.
    fn interval(&self, angles: (f64, f64)) -> Interval {
        let (least, shots) = (self.least_shots(), self.shots());
        let proven = shots.0 >= least.0 && shots.1 >= least.1;
        Interval {
            low: self.amplitude(angles.0),
            high: self.amplitude(angles.1),
            confidence: 1.0 - self.alpha,
            method: IntervalMethod::ChernoffHoeffding,
            guarantee: if proven { Guarantee::FiniteSample } else { Guarantee::Asymptotic },
        }
    }

    /// a of the scaled problem's angle.
    fn amplitude(&self, theta: f64) -> f64 {
        (theta.sin().powi(2) / self.scale).min(1.0)
    }
}

impl AmplitudeEstimator for Faster {
    fn name(&self) -> String {
        if self.scale == 0.25 { "faster (a scaled by 1/4)".into() } else { "faster".into() }
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let scaled = experiment.scaled(self.scale)?;
        let mut inner = scaled.begin(seed);
        let (theta, angles, first_stage) = self.run(&mut inner)?;
        let mut trial = experiment.begin(seed);
        trial.absorb(inner);
        let result = trial.finish(self.name(), self.amplitude(theta), self.interval(angles));
        Ok(result.detail("first_stage_rounds", f64::from(first_stage)))
    }
}

/// 2(2k+1) at the power k = 2^(j-1) of round j: the cosine there is that of this times θ.
fn factor(round: u32) -> f64 {
    2f64.powf(f64::from(round) + 1.0) + 2.0
}

/// What the second stage knows from the last round of the first.
#[derive(Debug, Clone, Copy)]
struct Reference {
    /// j0.
    round: u32,
    /// About 2^(j0+1) θ.
    nu: f64,
}

impl Reference {
    /// The phase whose cosine is about `c`, where the cosine at ν more is about `d`.
    fn phase(&self, c: f64, d: f64) -> f64 {
        let s = (c * self.nu.cos() - d) / self.nu.sin();
        s.atan2(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Circuit;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::estimation::problem::good::GoodStates;
    use crate::math::statistics;
    use crate::simulate::Simulator;

    fn coin(a: f64) -> Experiment {
        EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap()
    }

    /// Both scalings.
    fn both(rounds: u32) -> [Faster; 2] {
        let paper = Faster::new(rounds, 0.05).unwrap();
        [paper.clone(), paper.scaled_by_quarter()]
    }

    #[test]
    fn the_proof_holds_at_the_worst_errors() {
        // √(12/1944) and √(12/972); all angles of the first stage, and all phases of the second.
        let (first, second) = ((12.0f64 / 1944.0).sqrt(), (12.0f64 / 972.0).sqrt());
        let signs = [-1.0, 1.0];
        let (mut worst, mut widest, mut half_width) = (0.0f64, 0.0f64, 0.0f64);
        for (method, round) in
            both(1).into_iter().flat_map(|m| [1, 2, 3, 4, 8, 20].map(|round| (m.clone(), round)))
        {
            let (f, power) = (factor(round), 2f64.powf(f64::from(round)));
            let before = if round == 1 { f64::INFINITY } else { SWITCH / power };
            let largest = method.largest_angle().min(before);
            assert!(f * largest <= PI * (1.0 + 1e-12));
            for k in 0..=150 {
                let theta = largest * f64::from(k) / 150.0;
                for error in -8..=8 {
                    let c = (f * theta).cos() + first * f64::from(error) / 8.0;
                    if c.abs() > 1.0 {
                        continue;
                    }
                    let low = (c + first).min(1.0).acos() / f;
                    let high = ((c - first).max(-1.0).acos() / f).min(method.largest_angle());
                    half_width = half_width.max(0.5 * f * (high - low));
                    if 2.0 * power * high < SWITCH {
                        continue;
                    }
                    widest = widest.max(factor(round + 1) * (high - low));
                    let reference = Reference { round, nu: power * (low + high) };
                    for phase in (0..72).map(|p| f64::from(p) * PI / 36.0) {
                        for (e, g) in signs.into_iter().flat_map(|e| signs.map(|g| (e, g))) {
                            let next = (phase + 2.0 * power * theta).cos();
                            let rho = reference.phase(phase.cos() + e * second, next + g * second);
                            let off = rho - phase;
                            worst = worst.max((off - 2.0 * PI * (off / (2.0 * PI)).round()).abs());
                        }
                    }
                }
            }
        }
        assert!(worst > 0.5 && worst < 0.55, "{worst}");
        assert!(widest < 4.0 * FRAC_PI_3 && half_width < FRAC_PI_3, "{widest} {half_width}");
        // From one round of the second stage to the next.
        for round in 1..MAX_ROUNDS {
            assert!(factor(round + 1) / factor(round) * 2.0 * FRAC_PI_3 < 4.0 * FRAC_PI_3);
        }
    }

    #[test]
    fn coverage_is_kept() {
        for a in [0.0, 0.001, 0.01, 0.2, 0.5, 0.7, 0.99, 1.0] {
            let coin = coin(a);
            for method in both(7) {
                let mut missed = 0;
                for seed in 0..300 {
                    let result = method.estimate(&coin, seed).unwrap();
                    let interval = result.confidence_interval;
                    assert_eq!(interval.guarantee, Guarantee::FiniteSample);
                    assert!(interval.half_width() <= method.precision() + 1e-12, "{result}");
                    assert!(interval.contains(result.estimation), "{result}");
                    missed += u32::from(!interval.contains(a));
                }
                assert!(missed <= 26, "a = {a}: {missed} of 300 missed");
            }
        }
    }

    #[test]
    fn errors_fall_as_the_inverse_of_the_uses() {
        for a in [0.01, 0.2, 0.7] {
            let coin = coin(a);
            for paper in [true, false] {
                let point = |rounds: u32| {
                    let method = both(rounds)[usize::from(!paper)].clone();
                    let results = (0..60).map(|seed| method.estimate(&coin, seed).unwrap());
                    let (uses, errors): (Vec<f64>, Vec<f64>) =
                        results.map(|r| (r.cost.uses as f64, (r.estimation - a).abs())).unzip();
                    (statistics::median(&uses).ln(), statistics::median(&errors).ln())
                };
                // Without the first rounds, which cost the same in all.
                let points: Vec<(f64, f64)> = (6..=14).map(point).collect();
                let (slope, _) = statistics::line_fit(&points);
                assert!(points[8].0 - points[0].0 > 4.6, "less than two decades");
                assert!((slope + 1.0).abs() < 0.12, "a = {a}: {slope}");
            }
        }
    }

    #[test]
    fn rounds_are_those_of_the_paper() {
        let result = Faster::new(6, 0.05).unwrap().estimate(&coin(0.5), 1).unwrap();
        let j0 = result.details[0].1 as u32;
        assert!(result.details[0].0 == "first_stage_rounds" && (1..6).contains(&j0));
        let mut expected: Vec<u64> = (1..=j0).map(|j| 1 << (j - 1)).collect();
        for j in j0 + 1..=6 {
            expected.extend([1 << (j - 1), (1 << (j - 1)) + (1 << (j0 - 1))]);
        }
        assert_eq!(result.powers, expected);
        // δ = 0.05/11; 1944 ln(440) = 11832.7 and half of that.
        let shots: Vec<u64> = result.rounds.iter().map(|r| r.shots).collect();
        assert!(shots[..j0 as usize].iter().all(|&s| s == 11_833));
        assert!(shots[j0 as usize..].iter().all(|&s| s == 5_917));
        let uses: u64 = result.rounds.iter().map(|r| r.shots * (2 * r.power + 1)).sum();
        assert_eq!((result.cost.uses, result.cost.shots), (uses, shots.iter().sum()));
        assert_eq!(result.cost.depth, 2 * expected[expected.len() - 1] + 1);
    }

    #[test]
    fn precision_is_met() {
        for epsilon in [0.5, 0.03, 1e-3] {
            let method = Faster::to_precision(epsilon, 0.1).unwrap();
            for (seed, a) in [0.0, 1e-6, 0.3, 0.9, 1.0].into_iter().enumerate() {
                let result = method.estimate(&coin(a), seed as u64).unwrap();
                assert!(result.confidence_interval.half_width() <= epsilon, "{result}");
                assert!(result.confidence_interval.contains(a), "{result}");
            }
            let fewer = Faster::new(method.rounds - 1, 0.1);
            assert!(fewer.map_or(true, |m| m.precision() > epsilon));
        }
        let finest = Faster::to_precision(1e-9, 0.05).unwrap();
        assert!(finest.precision() <= 1e-9 && finest.rounds == MAX_ROUNDS);
    }

    #[test]
    fn budgets_are_kept() {
        for uses in [25_000, 1_000_000, 50_000_000] {
            let method = Faster::with_budget(uses, 0.05).unwrap();
            // The first stage ends in different rounds, or not at all.
            for (seed, a) in [0.0, 1e-4, 1e-3, 0.01, 0.2, 1.0].into_iter().enumerate() {
                let spent = method.estimate(&coin(a), seed as u64).unwrap().cost.uses;
                assert!(spent <= uses && spent > uses / 3, "{a}: {spent} of {uses}");
            }
            assert!(method.most_uses() <= uses);
            assert!(Faster::new(method.rounds + 1, 0.05).unwrap().most_uses() > uses);
        }
        let error = Faster::with_budget(20_000, 0.05).unwrap_err().to_string();
        assert!(error.contains("takes 21516"), "{error}");
    }

    #[test]
    fn estimates_are_those_of_qiskit() {
        // shared/reference/qae/qiskit_algorithms_tests.json: δ of each measurement 0.01 and 0.1
        // there.
        for (a, rounds, alpha, off) in [(0.2, 5, 0.09, 0.01), (0.12, 3, 0.5, 0.02)] {
            let result = Faster::new(rounds, alpha).unwrap().estimate(&coin(a), 2).unwrap();
            assert!((result.estimation - a).abs() < off, "{result}");
        }
    }

    #[test]
    fn few_shots_and_noise_are_no_fault() {
        let few = Faster::new(8, 0.05).unwrap().first_shots(50).unwrap().second_shots(1).unwrap();
        let noisy = |a: f64| coin(a).depolarizing(0.9).unwrap();
        for a in [0.0, 1e-6, 0.4, 1.0] {
            for seed in 0..50 {
                for method in [few.clone(), few.clone().scaled_by_quarter()] {
                    for experiment in [coin(a), noisy(a)] {
                        let result = method.estimate(&experiment, seed).unwrap();
                        let interval = result.confidence_interval;
                        let noisy = experiment.kappa() < 1.0;
                        let promise =
                            if noisy { Guarantee::NoiseNotModelled } else { Guarantee::Asymptotic };
                        assert_eq!(interval.guarantee, promise);
                        assert!((0.0..=1.0).contains(&result.estimation));
                        assert!(0.0 <= interval.low && interval.low <= interval.high);
                    }
                }
            }
        }
        let more = Faster::new(3, 0.05).unwrap().first_shots(20_000).unwrap();
        let interval = more.estimate(&coin(0.3), 1).unwrap().confidence_interval;
        assert_eq!(interval.guarantee, Guarantee::FiniteSample);
    }

    #[test]
    fn full_circuits_agree() {
        let mut a = Circuit::new(2);
        a.ry(0.9, 0).h(1).cx(0, 1).ry(0.4, 1);
        let problem = EstimationProblem::new(a, GoodStates::qubit(1)).unwrap();
        let truth = problem.amplitude().unwrap();
        let experiment = problem.full_circuits(Simulator::new()).unwrap();
        for method in both(5) {
            let result = method.estimate(&experiment, 3).unwrap();
            assert!(result.confidence_interval.contains(truth), "{result} {truth}");
            assert!((result.estimation - truth).abs() < 0.01, "{result} {truth}");
            assert!(result.cost.two_qubit_gates > Some(0));
        }
    }

    #[test]
    fn faults_are_named() {
        for rounds in [0, 33] {
            let error = Faster::new(rounds, 0.05).unwrap_err().to_string();
            assert!(error.contains("from 1 to 32"), "{error}");
        }
        for alpha in [0.0, 1.0, -1.0, f64::NAN] {
            let error = Faster::new(3, alpha).unwrap_err().to_string();
            assert!(error.contains("between 0 and 1"), "{error}");
        }
        assert!(Faster::to_precision(0.0, 0.05).is_err());
        assert!(Faster::new(3, 0.05).unwrap().first_shots(0).is_err());
        assert!(Faster::new(3, 0.05).unwrap().second_shots(0).is_err());
    }
}
