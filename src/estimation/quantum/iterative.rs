//! Iterative amplitude estimation: Grinko, Gacon, Zoufal and Woerner, arXiv:1912.05559, with the
//! correction of Miyamoto, EPJ Quantum Technology 11, 42 (2024).

use super::schedule::MAX_POWER;
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{
    Guarantee, Interval, IntervalMethod, check_alpha, check_epsilon, check_shots,
};
use crate::estimation::account::trial::Trial;
use crate::estimation::problem::experiment::Experiment;
use crate::math::statistics::{clopper_pearson, hoeffding};
use std::f64::consts::{FRAC_PI_2, PI};

/// Shots of a round, if nothing else is said.
const DEFAULT_SHOTS: u64 = 100;

/// The interval for the good probability of one power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConfidenceBound {
    /// Exact binomial intervals.
    #[default]
    ClopperPearson,
    /// Wider, of one width at any probability.
    ChernoffHoeffding,
}

/// Narrows an interval of θ round by round: each runs the largest power at which the interval still
/// lies on one monotone branch of sin²((2k+1)θ), until its half-width is at most ε.
///
/// What is on by default, and may be turned off to see its effect:
///
/// - **Pooling**: rounds of equal power are one sample, with one interval.
/// - **Looks are paid for**: where the same power is looked at again, after more shots, the j-th look
///   takes 6/(π²j²) of its share of α, so that the interval holds at any number of looks. The paper
///   charges all of them once.
/// - **No overshoot**: a round takes no more shots than its power needs to meet ε at any probability
///   that is still possible. (The paper's rule, in the line "no-overshooting condition" of algorithm
///   1, takes a tenth of a bound on them at a time, which is more looks.)
///
/// Off by default: the **bias correction** runs the last power again with the same number of shots
/// and estimates from these alone, without the bias of the arcsine. When a run ends depends on the
/// outcomes of its last power, which biases what is estimated from them (Miyamoto 2024). The new
/// interval, cut by the one before, can be a little wider than ε.
///
/// The estimate is the angle at which the last power has the frequency that was found, or the end of
/// the interval that is nearest to it.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, Iterative};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?;
/// let result = Iterative::new(1e-3, 0.05)?.estimate(&coin, 1)?;
/// assert!(result.confidence_interval.contains(0.2));
/// assert!(result.cost.uses < 50_000); // Monte Carlo takes about 600,000
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Iterative {
    epsilon: f64,
    alpha: f64,
    shots: u64,
    bound: ConfidenceBound,
    pooling: bool,
    looks_paid: bool,
    no_overshoot: bool,
    bias_correction: bool,
}

impl Iterative {
    /// An interval of half-width at most `epsilon`, in θ and so in a, that misses with probability
    /// at most `alpha`; 100 shots per round.
    ///
    /// # Errors
    /// If ε is outside [1e-9, 0.5] or α outside (0, 1).
    pub fn new(epsilon: f64, alpha: f64) -> Result<Self> {
        check_epsilon(epsilon)?;
        check_alpha(alpha)?;
        Ok(Iterative {
            epsilon,
            alpha,
            shots: DEFAULT_SHOTS,
            bound: ConfidenceBound::default(),
            pooling: true,
            looks_paid: true,
            no_overshoot: true,
            bias_correction: false,
        })
    }

    /// Sets the most shots of a round.
    ///
    /// # Errors
    /// If there are no shots.
    pub fn shots(self, shots: u64) -> Result<Self> {
        check_shots(shots)?;
        Ok(Iterative { shots, ..self })
    }

    /// Chooses the interval of each power.
    pub fn bound(self, bound: ConfidenceBound) -> Self {
        Iterative { bound, ..self }
    }

    /// Turns pooling of equal powers on or off; without it each round stands alone.
    pub fn pooling(self, pooling: bool) -> Self {
        Iterative { pooling, ..self }
    }

    /// Turns paying for repeated looks on or off.
    pub fn looks_paid(self, looks_paid: bool) -> Self {
        Iterative { looks_paid, ..self }
    }

    /// Turns the rule against overshooting on or off.
    pub fn no_overshoot(self, no_overshoot: bool) -> Self {
        Iterative { no_overshoot, ..self }
    }

    /// Turns the bias correction on or off.
    pub fn bias_correction(self, bias_correction: bool) -> Self {
        Iterative { bias_correction, ..self }
    }

    /// Most distinct powers. On one branch (2k+1)·2ε < π/2, and 2k+1 grows from 1 to at least twice
    /// and one, so f = 1, 3, 7, …: at most log2(1 + π/4ε). The correction is one more.
    fn most_powers(&self) -> u32 {
        let powers = (1.0 + PI / (4.0 * self.epsilon)).log2().floor().max(1.0) as u32;
        powers + u32::from(self.bias_correction)
    }

    /// The share of α of the `look`-th look at a power, from 1.
    fn alpha_of_look(&self, look: u32) -> f64 {
        let share = self.alpha / f64::from(self.most_powers());
        if self.looks_paid { share * 6.0 / (PI * f64::from(look)).powi(2) } else { share }
    }

    /// The interval of a good probability.
    fn interval(&self, good: u64, shots: u64, alpha: f64) -> (f64, f64) {
        match self.bound {
            ConfidenceBound::ClopperPearson => clopper_pearson(good, shots, alpha),
            ConfidenceBound::ChernoffHoeffding => {
                let (p, half) = (good as f64 / shots as f64, hoeffding(shots, alpha));
                ((p - half).max(0.0), (p + half).min(1.0))
            }
        }
    }

    /// Whether `shots` of a power meet ε wherever in `angles` the truth lies, give or take: the
    /// interval is tried at outcomes spread over those that are likely.
    fn suffices(&self, shots: u64, factor: f64, angles: (f64, f64), alpha: f64) -> bool {
        let branch = Branch::of(factor, angles);
        let counts = |angle: f64| shots as f64 * (factor * angle).sin().powi(2);
        let (a, b) = (counts(angles.0), counts(angles.1));
        (0..=4).all(|k| {
            let good = (a + (b - a) * f64::from(k) / 4.0).round() as u64;
            let (low, high) = branch.angles(self.interval(good, shots, alpha));
            high - low <= 2.0 * self.epsilon
        })
    }

    /// Shots of the next round, where `taken` have been taken at its power: no more than suffice.
    fn round_shots(&self, taken: u64, factor: f64, angles: (f64, f64), alpha: f64) -> u64 {
        let most = taken + self.shots;
        if !self.no_overshoot || !self.suffices(most, factor, angles, alpha) {
            return self.shots;
        }
        // A quarter more at least: each look costs.
        let (mut too_few, mut enough) = (taken + taken / 4, most);
        if too_few >= enough {
            return self.shots;
        }
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            if self.suffices(middle, factor, angles, alpha) {
                enough = middle;
            } else {
                too_few = middle;
            }
        }
        enough - taken
    }

    fn promise(&self, low: f64, high: f64) -> Interval {
        let method = match self.bound {
            ConfidenceBound::ClopperPearson => IntervalMethod::ClopperPearson,
            ConfidenceBound::ChernoffHoeffding => IntervalMethod::ChernoffHoeffding,
        };
        // Without these the same shots are tested more often than α allows for.
        let guarantee = match self.looks_paid && self.pooling {
            true => Guarantee::FiniteSample,
            false => Guarantee::Asymptotic,
        };
        let confidence = 1.0 - self.alpha;
        Interval { low: low.sin().powi(2), high: high.sin().powi(2), confidence, method, guarantee }
    }

    fn run(&self, trial: &mut Trial<'_>) -> Result<(f64, Interval)> {
        let mut angles = (0.0, FRAC_PI_2);
        let mut power = 0;
        let mut sample = Sample::default();
        // What was known before the power ran: sizes of samples must not depend on their outcomes.
        let mut before = angles;
        let mut frequency;
        loop {
            let next = next_power(power, angles);
            let look = if next == power { sample.looks + 1 } else { 1 };
            if next != power || !self.pooling {
                sample = Sample::default();
                before = angles;
            }
            power = next;
            sample.looks = look;
            let (factor, alpha) = ((2 * power + 1) as f64, self.alpha_of_look(look));
            let shots = self.round_shots(sample.shots, factor, before, alpha);
            sample.good += trial.measure(power, shots)?;
            sample.shots += shots;
            let branch = Branch::of(factor, angles);
            frequency = branch.angle(sample.good as f64 / sample.shots as f64);
            let found = branch.angles(self.interval(sample.good, sample.shots, alpha));
            // All intervals hold together with probability 1 - α, so their intersection does. If
            // there is none, one of them has missed, and the last word is the finest.
            let both = (found.0.max(angles.0), found.1.min(angles.1));
            angles = if both.0 < both.1 { both } else { found };
            trial.reached(angles);
            if angles.1 - angles.0 <= 2.0 * self.epsilon {
                break;
            }
            if sample.looks > MAX_LOOKS {
                return Err(Error::Invalid {
                    what: "the number of looks at one power".into(),
                    value: sample.looks.to_string(),
                    expected: "more shots a round, or rounds of equal power pooled, would end"
                        .into(),
                });
            }
        }
        if self.bias_correction {
            let (factor, alpha) = ((2 * power + 1) as f64, self.alpha_of_look(1));
            let good = trial.measure(power, sample.shots)?;
            let branch = Branch::of(factor, angles);
            // A quarter of a success and of a failure more take away the arcsine's own bias of order
            // 1/N: E[asin √p̂] - asin √p = (1-2p)/(N √(pq)) (c/2 - 1/8) for c of each, by Taylor.
            frequency = branch.angle((good as f64 + 0.25) / (sample.shots as f64 + 0.5));
            let found = branch.angles(self.interval(good, sample.shots, alpha));
            let both = (found.0.max(angles.0), found.1.min(angles.1));
            angles = if both.0 < both.1 { both } else { found };
        }
        let estimate = frequency.clamp(angles.0, angles.1);
        Ok((estimate, self.promise(angles.0, angles.1)))
    }
}

/// Looks at one power after which a run is given up: with one shot per round it would never end.
const MAX_LOOKS: u32 = 1_000_000;

/// Shots of one power so far.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    good: u64,
    shots: u64,
    looks: u32,
}

impl AmplitudeEstimator for Iterative {
    fn name(&self) -> String {
        match self.bound {
            ConfidenceBound::ClopperPearson => "iterative".into(),
            ConfidenceBound::ChernoffHoeffding => "iterative (Chernoff-Hoeffding)".into(),
        }
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let (theta, interval) = self.run(&mut trial)?;
        Ok(trial.finish(self.name(), theta.sin().powi(2), interval))
    }
}

/// A monotone branch of sin²(factor · θ): factor · θ from quarter · π/2 to one more.
#[derive(Debug, Clone, Copy)]
struct Branch {
    factor: f64,
    quarter: f64,
}

impl Branch {
    /// The branch that the middle of an interval lies on.
    fn of(factor: f64, angles: (f64, f64)) -> Self {
        let middle = 0.5 * (angles.0 + angles.1);
        Branch { factor, quarter: (factor * middle / FRAC_PI_2).floor() }
    }

    /// The angle at which the good probability is p.
    fn angle(&self, p: f64) -> f64 {
        let phase = p.clamp(0.0, 1.0).sqrt().atan2((1.0 - p).max(0.0).sqrt());
        let up = self.quarter % 2.0 == 0.0;
        let from = if up { phase } else { FRAC_PI_2 - phase };
        (self.quarter * FRAC_PI_2 + from) / self.factor
    }

    /// The angles at which it lies between two values.
    fn angles(&self, (low, high): (f64, f64)) -> (f64, f64) {
        let (a, b) = (self.angle(low), self.angle(high));
        (a.min(b), a.max(b))
    }
}

/// The largest power at which an interval lies on one branch, if its 2k + 1 is at least twice that
/// of `power`; else `power` (algorithm 2 of the paper, with its factor of 2).
fn next_power(power: u64, (low, high): (f64, f64)) -> u64 {
    // In quarters of a turn: factor f is right if f·low and f·high have no integer between them.
    let (low, high) = (low / FRAC_PI_2, high / FRAC_PI_2);
    let width = (high - low).max(1e-18);
    let odd = |f: f64| if f % 2.0 == 1.0 { f } else { f - 1.0 };
    let least = 2.0 * (2.0 * power as f64 + 1.0);
    let mut factor = odd((1.0 / width).floor().min((2 * MAX_POWER + 1) as f64));
    // From factor to factor the lower end goes down by `step` quarters, modulo 1.
    let step = (2.0 * low).fract();
    let mut jumps = 0u32;
    while factor >= least {
        let place = factor * low;
        // An end on the border of two branches belongs to both.
        if factor * high <= place.floor() + 1.0 {
            return (factor as u64 - 1) / 2;
        }
        // Factors that cannot be right are jumped over: `excess` is how far the upper end reaches into
        // the next branch.
        let rest = place.fract();
        let excess = rest + factor * width - 1.0;
        let wanted = if step <= 0.5 {
            // The lower end comes down until it leaves its branch below.
            let leaves = if step > 0.0 { rest / step } else { f64::INFINITY };
            (excess / (step + 2.0 * width)).min(leaves)
        } else {
            // It goes up until it leaves its branch above, and the upper end may come down meanwhile.
            let up = 1.0 - step;
            let leaves = (1.0 - rest) / up;
            if 2.0 * width > up { leaves.min(excess / (2.0 * width - up)) } else { leaves }
        };
        // One less, since all of it is rounded.
        factor -= 2.0 * (wanted.floor() - 1.0).max(1.0);
        jumps += 1;
        if jumps.is_multiple_of(MANY_JUMPS) {
            // An angle that hardly any factor fits: a smaller one is as right.
            factor = odd((0.5 * factor).floor());
        }
    }
    power
}

/// Jumps after which a smaller factor is looked for.
const MANY_JUMPS: u32 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::problem::estimation_problem::EstimationProblem;

    #[test]
    fn branches_invert_the_law() {
        for factor in [1.0, 3.0, 11.0] {
            for k in 1..200 {
                let theta = FRAC_PI_2 * f64::from(k) / 200.0;
                let branch = Branch::of(factor, (theta, theta));
                let p = (factor * theta).sin().powi(2);
                assert!((branch.angle(p) - theta).abs() < 1e-7, "{factor} {theta}");
            }
        }
    }

    #[test]
    fn powers_keep_the_interval_on_one_branch() {
        assert_eq!(next_power(0, (0.0, FRAC_PI_2)), 0);
        assert_eq!(next_power(0, (0.0, FRAC_PI_2 / 7.0)), 3);
        // π/2 · 0.4 to 0.45: factors up to 20, but 19 · (0.4, 0.45) = (7.6, 8.55) crosses 8; so does
        // every odd one down to 15: (6.0, 6.75) does not.
        assert_eq!(next_power(0, (0.4001 * FRAC_PI_2, 0.45 * FRAC_PI_2)), 7);
        // Less than twice the last one is no progress.
        assert_eq!(next_power(4, (0.4001 * FRAC_PI_2, 0.45 * FRAC_PI_2)), 4);
    }

    #[test]
    fn powers_are_the_largest_and_found_at_once() {
        use rand::RngExt;
        let mut rng = crate::math::Streams::new(4, crate::math::Domain::Estimation).stream(0);
        for case in 0..20_000 {
            let width = 10f64.powf(rng.random_range(-3.5..0.1)).min(FRAC_PI_2);
            let low = match case % 4 {
                0 => FRAC_PI_2 - width,
                1 => 0.0,
                2 => (FRAC_PI_2 / 3.0 - width * rng.random::<f64>()).max(0.0),
                _ => rng.random_range(0.0..=FRAC_PI_2 - width),
            };
            let high = if case % 4 == 0 { FRAC_PI_2 } else { low + width };
            let (x, y) = (low / FRAC_PI_2, high / FRAC_PI_2);
            let most = (1.0 / (y - x)).floor();
            let mut factor = if most % 2.0 == 1.0 { most } else { most - 1.0 };
            while factor >= 2.0 && factor * y > (factor * x).floor() + 1.0 {
                factor -= 2.0;
            }
            let expected = if factor >= 2.0 { (factor as u64 - 1) / 2 } else { 0 };
            assert_eq!(next_power(0, (low, high)), expected, "{low} {high}");
        }
        // Without jumps each of these takes hundreds of millions of steps.
        for middle in [0.5, 0.5 + 1e-9, 1.0 - 2e-9, 1.0 / 3.0, 0.25, 0.6180339887] {
            let around = (FRAC_PI_2 * (middle - 1e-9), FRAC_PI_2 * (middle + 1e-9));
            assert!(next_power(0, around) > 1, "{middle}");
        }
    }

    #[test]
    fn precision_is_met_and_coverage_kept() {
        for a in [0.0, 0.001, 0.2, 0.5, 0.99, 1.0] {
            let coin = EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap();
            let estimator = Iterative::new(0.01, 0.05).unwrap();
            let mut missed = 0;
            for seed in 0..300 {
                let result = estimator.estimate(&coin, seed).unwrap();
                assert!(result.confidence_interval.half_width() <= 0.01 + 1e-12);
                assert!((result.estimation - result.confidence_interval.low) >= -1e-12);
                missed += u32::from(!result.confidence_interval.contains(a));
            }
            // 15 on average at most; 3.9 standard deviations above that.
            assert!(missed <= 30, "a = {a}: {missed} of 300 missed");
        }
    }

    #[test]
    fn estimates_are_in_their_intervals_and_hard_ones_end() {
        for (a, epsilon, shots) in [
            (0.5, 0.01, 1),
            (0.389, 0.01, 100),
            (1e-16, 1e-9, 100),
            (1e-15, 1e-9, 1),
            (0.3, 1e-8, 7),
        ] {
            let coin = EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap();
            for correction in [false, true] {
                let estimator = Iterative::new(epsilon, 0.3).unwrap().shots(shots).unwrap();
                let estimator = estimator.bias_correction(correction);
                for seed in 0..20 {
                    let result = estimator.estimate(&coin, seed).unwrap();
                    assert!(result.confidence_interval.contains(result.estimation), "{result}");
                    assert!(!result.theta_intervals.is_empty());
                }
            }
        }
        let few = EstimationProblem::bernoulli(0.0).unwrap().exact_law().unwrap();
        let many = Iterative::new(0.01, 0.05).unwrap().shots(10_000_000).unwrap();
        let result = many.no_overshoot(false).estimate(&few, 0).unwrap();
        assert!(result.confidence_interval.contains(0.0));
    }

    #[test]
    fn every_switch_ends() {
        let coin = EstimationProblem::bernoulli(0.3).unwrap().exact_law().unwrap();
        let plain = Iterative::new(0.005, 0.05).unwrap();
        let variants = [
            plain.clone().bound(ConfidenceBound::ChernoffHoeffding),
            plain.clone().looks_paid(false),
            plain.clone().no_overshoot(false),
            plain.clone().bias_correction(true),
            plain.clone().shots(1000).unwrap().pooling(false),
        ];
        for estimator in variants {
            let result = estimator.estimate(&coin, 5).unwrap();
            assert!((result.estimation - 0.3).abs() < 0.02, "{result}");
        }
        let guarantee = |e: Iterative| e.estimate(&coin, 1).unwrap().confidence_interval.guarantee;
        assert_eq!(guarantee(plain.clone()), Guarantee::FiniteSample);
        assert_eq!(guarantee(plain.looks_paid(false)), Guarantee::Asymptotic);
    }

    #[test]
    fn faults_are_named() {
        assert!(Iterative::new(0.0, 0.05).unwrap_err().to_string().contains("1e-9 to 0.5"));
        for alpha in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(
                Iterative::new(0.1, alpha).unwrap_err().to_string().contains("between 0 and 1")
            );
        }
        assert!(Iterative::new(0.1, 0.05).unwrap().shots(0).is_err());
    }
}
