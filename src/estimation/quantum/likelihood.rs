//! The likelihood of θ given rounds of shots, its global maximum, and intervals from it.

use super::asymptotic;
use crate::estimation::account::interval::Interval;
use crate::estimation::account::round::Round;
use crate::estimation::problem::law::visibility;
use std::collections::BinaryHeap;
use std::f64::consts::{FRAC_PI_2, PI};

/// Likelihoods are compared to this precision when the maximum is searched.
const RESOLUTION: f64 = 0.01;
/// Most cells of a search: far more than any schedule that distinguishes angles takes.
const MAX_CELLS: usize = 200_000;

/// Shots of one power.
#[derive(Debug, Clone, Copy)]
struct Term {
    /// 2k + 1.
    factor: f64,
    good: f64,
    bad: f64,
    /// p = visible · sin²(factor · θ) + offset.
    visible: f64,
    offset: f64,
}

impl Term {
    fn probability(&self, theta: f64) -> f64 {
        (self.visible * (self.factor * theta).sin().powi(2) + self.offset).clamp(0.0, 1.0)
    }

    /// n ln p + (N - n) ln(1 - p), where 0 ln 0 = 0: powers at which the law is certain are no fault.
    fn log(&self, p: f64) -> f64 {
        let part = |count: f64, p: f64| if count == 0.0 { 0.0 } else { count * p.ln() };
        part(self.good, p) + part(self.bad, 1.0 - p)
    }

    /// The largest value of the logarithm for θ from `low` to `high`: it is concave in p, and p runs
    /// over an interval.
    fn bound(&self, low: f64, high: f64) -> f64 {
        let (a, b) = (self.factor * low, self.factor * high);
        let (pa, pb) = (self.probability(low), self.probability(high));
        // sin² is largest at odd multiples of π/2 and smallest at even ones.
        let passes = |offset: f64| ((b - offset) / PI).floor() > ((a - offset) / PI).floor();
        let most = if passes(FRAC_PI_2) { self.visible + self.offset } else { pa.max(pb) };
        let least = if passes(0.0) { self.offset } else { pa.min(pb) };
        let best = self.good / (self.good + self.bad);
        self.log(best.clamp(least.min(1.0), most.min(1.0)))
    }
}

/// The likelihood of θ in [0, π/2] (Suzuki et al., arXiv:1904.10246, equations 9 and 10); with a
/// fidelity κ of each step, the one of Tanaka et al. (arXiv:2006.16223).
#[derive(Debug, Clone)]
pub struct Likelihood {
    terms: Vec<Term>,
}

/// A maximum of a likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maximum {
    /// Where.
    pub theta: f64,
    /// Its logarithm there, without binomial coefficients.
    pub log_likelihood: f64,
    /// Whether it is proven that no other is higher by more than 0.01. A schedule of large powers
    /// alone tells so little apart that the search is given up.
    pub is_global: bool,
}

impl Likelihood {
    /// The likelihood of rounds without noise. Rounds of equal power are added up, rounds without shots left out.
    pub fn new(rounds: &[Round]) -> Self {
        Self::with_noise(rounds, 1.0, 0.0)
    }

    /// The likelihood of rounds with fidelity `kappa` per step, where `share` of all basis states is good.
    pub fn with_noise(rounds: &[Round], kappa: f64, share: f64) -> Self {
        let mut sorted: Vec<Round> = rounds.iter().copied().filter(|r| r.shots > 0).collect();
        sorted.sort_unstable_by_key(|r| r.power);
        let merged = sorted.chunk_by(|a, b| a.power == b.power);
        let term = |group: &[Round]| {
            let power = group[0].power;
            let (good, shots) = group.iter().fold((0u64, 0u64), |(g, n), r| {
                (g.saturating_add(r.good), n.saturating_add(r.shots))
            });
            let visible = visibility(kappa, power);
            Term {
                factor: 2.0 * power as f64 + 1.0,
                good: good as f64,
                bad: shots.saturating_sub(good) as f64,
                visible,
                offset: (1.0 - visible) * share,
            }
        };
        Likelihood { terms: merged.map(term).collect() }
    }

    /// The logarithm at θ, without binomial coefficients.
    pub fn log(&self, theta: f64) -> f64 {
        self.terms.iter().map(|t| t.log(t.probability(theta))).sum()
    }

    /// The Fisher information of θ: Σ N p'²/(p(1-p)), which is Σ 4 N (2k+1)² without noise at any θ.
    pub fn fisher_information(&self, theta: f64) -> f64 {
        let information = |t: &Term| {
            let shots = t.good + t.bad;
            if t.visible == 1.0 {
                return 4.0 * shots * t.factor.powi(2);
            }
            let p = t.probability(theta);
            let slope = t.visible * t.factor * (2.0 * t.factor * theta).sin();
            if p > 0.0 && p < 1.0 { shots * slope.powi(2) / (p * (1.0 - p)) } else { 0.0 }
        };
        self.terms.iter().map(information).sum()
    }

    /// The global maximum, found by branch and bound: cells whose bound is below the best value by
    /// then hold no maximum, whatever the largest power, and the cells that are left shrink with it.
    /// Among maxima that are equal to within 0.01, any one may be found.
    pub fn maximum(&self) -> Maximum {
        self.maximum_within(0.0, FRAC_PI_2)
    }

    fn maximum_within(&self, low: f64, high: f64) -> Maximum {
        let mut best = Maximum { theta: low, log_likelihood: self.log(low), is_global: false };
        let mut consider = |theta: f64| {
            let log_likelihood = self.log(theta);
            if log_likelihood > best.log_likelihood {
                best = Maximum { theta, log_likelihood, is_global: false };
            }
            best.log_likelihood
        };
        consider(high);
        let mut cells = BinaryHeap::new();
        let width = (high - low) / 16.0;
        let cell = |low: f64, high: f64| Cell { bound: self.bound(low, high), low, high };
        for k in 0..16 {
            cells.push(cell(low + k as f64 * width, low + (k + 1) as f64 * width));
        }
        for _ in 0..MAX_CELLS {
            let Some(top) = cells.pop() else { break };
            let middle = 0.5 * (top.low + top.high);
            let value = consider(middle);
            if top.bound <= value + RESOLUTION {
                best.is_global = true;
                break;
            }
            cells.push(cell(top.low, middle));
            cells.push(cell(middle, top.high));
        }
        self.polish(best, low, high)
    }

    fn bound(&self, low: f64, high: f64) -> f64 {
        self.terms.iter().map(|t| t.bound(low, high)).sum()
    }

    /// Climbs from a value near a maximum to it, by golden sections of one lobe.
    fn polish(&self, start: Maximum, low: f64, high: f64) -> Maximum {
        let steepest = self.terms.last().map_or(1.0, |t| t.factor);
        let reach = 0.25 / steepest;
        let (mut a, mut b) = ((start.theta - reach).max(low), (start.theta + reach).min(high));
        let golden = 0.5 * (5f64.sqrt() - 1.0);
        let (mut x, mut y) = (b - golden * (b - a), a + golden * (b - a));
        let (mut fx, mut fy) = (self.log(x), self.log(y));
        // 45 sections leave 1e-9 of the bracket, or two neighbouring numbers.
        for _ in 0..45 {
            if fx >= fy {
                (b, y, fy) = (y, x, fx);
                x = b - golden * (b - a);
                fx = self.log(x);
            } else {
                (a, x, fx) = (x, y, fy);
                y = a + golden * (b - a);
                fy = self.log(y);
            }
        }
        let theta = 0.5 * (a + b);
        let found = Maximum { theta, log_likelihood: self.log(theta), ..start };
        if found.log_likelihood > start.log_likelihood { found } else { start }
    }

    /// The smallest interval of θ that holds all values whose likelihood is within `drop` of the
    /// maximum's logarithm. They may lie on several lobes.
    fn hull(&self, maximum: Maximum, drop: f64) -> (f64, f64) {
        let floor = maximum.log_likelihood - drop;
        let steepest = self.terms.last().map_or(1.0, |t| t.factor);
        let finest = 1e-3 / self.fisher_information(maximum.theta).sqrt().max(steepest);
        // The outermost cell that may hold such a value is split until it does or is too small to
        // tell; what cannot be told is counted in.
        let end = |from_left: bool| {
            let mut cells =
                vec![if from_left { (0.0, maximum.theta) } else { (maximum.theta, FRAC_PI_2) }];
            let mut left = MAX_CELLS;
            while let Some((low, high)) = cells.pop() {
                let outer = if from_left { low } else { high };
                if left == 0 || self.log(outer) >= floor {
                    return outer;
                }
                left -= 1;
                if self.bound(low, high) < floor {
                    continue;
                }
                if high - low < finest {
                    return outer;
                }
                let middle = 0.5 * (low + high);
                let halves = [(low, middle), (middle, high)];
                let [first, second] = if from_left { halves } else { [halves[1], halves[0]] };
                cells.push(second);
                cells.push(first);
            }
            maximum.theta
        };
        (end(true), end(false))
    }

    /// The interval of a from the Fisher information: θ ± z/√I(θ), cut at 0 and π/2. Asymptotic.
    pub fn fisher_interval(&self, maximum: Maximum, alpha: f64) -> Interval {
        asymptotic::fisher(maximum.theta, self.fisher_information(maximum.theta), alpha)
    }

    /// The interval of all a that the likelihood-ratio test at level α does not reject; the hull,
    /// where that is several pieces. Asymptotic.
    pub fn likelihood_ratio_interval(&self, maximum: Maximum, alpha: f64) -> Interval {
        asymptotic::likelihood_ratio(alpha, |drop| self.hull(maximum, drop))
    }
}

/// Angles that are still in question, the most likely first.
#[derive(Debug)]
struct Cell {
    bound: f64,
    low: f64,
    high: f64,
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Cell {}

impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cell {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound).then(other.low.total_cmp(&self.low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand::RngExt;

    /// Rounds of a schedule at an angle, drawn.
    fn drawn(theta: f64, powers: &[u64], shots: u64, seed: u64) -> Vec<Round> {
        let mut rng = Streams::new(seed, Domain::Estimation).stream(0);
        let mut round = |&power: &u64| {
            let p = ((2 * power + 1) as f64 * theta).sin().powi(2);
            Round {
                power,
                shots,
                good: crate::estimation::problem::law::binomial(shots, p, &mut rng),
            }
        };
        powers.iter().map(&mut round).collect()
    }

    #[test]
    fn the_maximum_is_that_of_a_fine_grid() {
        let mut rng = Streams::new(3, Domain::Estimation).stream(1);
        for seed in 0..60 {
            let theta = rng.random_range(0.0..FRAC_PI_2);
            let powers: &[u64] =
                [&[0, 1, 2, 4, 8, 16, 32][..], &[0, 1, 2, 3, 4, 5], &[7, 12]][seed % 3];
            let likelihood = Likelihood::new(&drawn(theta, powers, 20, seed as u64));
            let maximum = likelihood.maximum();
            let steps = 100_000;
            let grid = (0..=steps).map(|k| likelihood.log(FRAC_PI_2 * k as f64 / steps as f64));
            let best = grid.fold(f64::NEG_INFINITY, f64::max);
            assert!(maximum.log_likelihood >= best - RESOLUTION, "{seed}: {maximum:?} {best}");
        }
    }

    #[test]
    fn certain_powers_are_no_fault() {
        // sin²(3 · π/6) = 1: all outcomes good, ln 0 would come from the others.
        let rounds =
            [Round { power: 0, shots: 100, good: 25 }, Round { power: 1, shots: 100, good: 100 }];
        let maximum = Likelihood::new(&rounds).maximum();
        assert!((maximum.theta - PI / 6.0).abs() < 1e-6 && maximum.log_likelihood.is_finite());
        for (good, expected) in [(0, 0.0), (100, FRAC_PI_2)] {
            let rounds = [0, 1, 2].map(|power| Round { power, shots: 100, good });
            let likelihood = Likelihood::new(&rounds);
            let maximum = likelihood.maximum();
            assert!((maximum.theta - expected).abs() < 1e-12, "{maximum:?}");
            let interval = likelihood.likelihood_ratio_interval(maximum, 0.05);
            assert!(interval.contains(expected.sin().powi(2)) && interval.half_width() > 0.0);
        }
        let nothing = Likelihood::new(&[]).maximum();
        assert_eq!(nothing.log_likelihood, 0.0);
    }

    #[test]
    fn large_powers_end_and_say_what_is_not_known() {
        let powers: Vec<u64> = std::iter::once(0).chain((0..32).map(|j| 1 << j)).collect();
        let likelihood = Likelihood::new(&drawn(1.1, &powers, 100, 4));
        let maximum = likelihood.maximum();
        assert!(maximum.is_global && (maximum.theta - 1.1).abs() < 1e-8, "{maximum:?}");
        // Two neighbouring large powers alone tell too little apart.
        for powers in [[1_000_000, 1_000_003], [1 << 32, (1 << 32) - 7]] {
            let likelihood = Likelihood::new(&drawn(0.58, &powers, 100, 1));
            let maximum = likelihood.maximum();
            let interval = likelihood.likelihood_ratio_interval(maximum, 0.05);
            assert!(!maximum.is_global);
            assert!(interval.contains(0.58f64.sin().powi(2)), "{interval:?}");
        }
        let most =
            [Round { power: 1, shots: u64::MAX, good: 3 }, Round { power: 1, shots: 9, good: 9 }];
        assert!(Likelihood::new(&most).maximum().theta < 1e-6);
    }

    #[test]
    fn the_hull_ends_where_the_likelihood_has_dropped() {
        let likelihood = Likelihood::new(&drawn(0.6, &[0, 1, 2, 4, 8], 50, 9));
        let maximum = likelihood.maximum();
        let (low, high) = likelihood.hull(maximum, 2.0);
        for end in [low, high] {
            assert!((maximum.log_likelihood - likelihood.log(end) - 2.0).abs() < 0.02);
        }
        let outside = (0..2000).map(|k| FRAC_PI_2 * f64::from(k) / 2000.0);
        for theta in outside.filter(|t| !(low..=high).contains(t)) {
            assert!(likelihood.log(theta) < maximum.log_likelihood - 2.0);
        }
    }

    #[test]
    fn information_is_the_mean_square_slope() {
        let rounds = [Round { power: 2, shots: 1, good: 1 }];
        for (kappa, share) in [(1.0, 0.0), (0.8, 0.5)] {
            let theta = 0.4;
            let score = |good| {
                let l = Likelihood::with_noise(&[Round { good, ..rounds[0] }], kappa, share);
                (l.log(theta + 1e-6) - l.log(theta - 1e-6)) / 2e-6
            };
            let p = crate::estimation::problem::law::good_probability(theta, 2, kappa, share);
            let expected = p * score(1).powi(2) + (1.0 - p) * score(0).powi(2);
            let found = Likelihood::with_noise(&rounds, kappa, share).fisher_information(theta);
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        }
    }
}
