//! The likelihood of θ and of the noise together.

use crate::estimation::account::interval::{Interval, IntervalMethod};
use crate::estimation::account::round::Round;
use crate::estimation::quantum::asymptotic::amplitudes;
use crate::estimation::quantum::likelihood::{Likelihood, Maximum};
use crate::math::statistics::{chi_squared_quantile, normal_quantile};
use std::f64::consts::FRAC_PI_2;

/// Largest rate of decay ln(1/κ): a fidelity of 3e-4 a step, as good as none.
const MAX_RATE: f64 = 8.0;
/// Maxima of the scan that are climbed from.
const STARTS: usize = 3;
/// Rates at which the edge of the likelihood-ratio region is sought: its half-width in θ is that of
/// an ellipse to 0.2 %.
const SLICES: usize = 17;

/// Shots of one power.
#[derive(Debug, Clone, Copy)]
struct Term {
    /// k.
    steps: f64,
    /// 2k + 1.
    factor: f64,
    good: f64,
    bad: f64,
}

/// The law of one shot and its slopes.
#[derive(Debug, Clone, Copy)]
struct Law {
    good: f64,
    bad: f64,
    by_theta: f64,
    by_rate: f64,
}

impl Term {
    /// p = e^{-kx} sin²((2k+1)θ) + (1 - e^{-kx}) d, where x = ln(1/κ).
    fn law(&self, theta: f64, rate: f64, share: f64) -> Law {
        let (sin, cos) = (self.factor * theta).sin_cos();
        let visible = (-rate * self.steps).exp();
        let hidden = -(-rate * self.steps).exp_m1();
        Law {
            good: (visible * sin * sin + hidden * share).max(f64::MIN_POSITIVE),
            bad: (visible * cos * cos + hidden * (1.0 - share)).max(f64::MIN_POSITIVE),
            by_theta: 2.0 * visible * self.factor * sin * cos,
            by_rate: -self.steps * visible * (sin * sin - share),
        }
    }
}

/// An angle and a rate of decay x = ln(1/κ), with the logarithm of their likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) theta: f64,
    pub(super) rate: f64,
    pub(super) log: f64,
}

/// A symmetric 2x2 matrix for (θ, x).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Information {
    pub(super) theta: f64,
    pub(super) both: f64,
    pub(super) rate: f64,
}

impl Information {
    /// What is left of the information about θ where x is unknown too: the Schur complement
    /// I_θθ - I_θx²/I_xx.
    pub(super) fn of_theta(&self) -> f64 {
        if self.rate > 0.0 {
            (self.theta - self.both.powi(2) / self.rate).max(0.0)
        } else {
            self.theta
        }
    }
}

/// The likelihood of (θ, x) given rounds (Tanaka et al., arXiv:2006.16223: depolarizing noise with
/// one unknown parameter).
#[derive(Debug, Clone)]
pub(super) struct Model {
    rounds: Vec<Round>,
    terms: Vec<Term>,
    share: f64,
    /// The largest 2k + 1.
    steepest: f64,
}

impl Model {
    /// The model of rounds where `share` of all basis states is good.
    pub(super) fn new(rounds: &[Round], share: f64) -> Self {
        let term = |r: &Round| Term {
            steps: r.power as f64,
            factor: (2 * r.power + 1) as f64,
            good: r.good as f64,
            bad: (r.shots - r.good) as f64,
        };
        let terms: Vec<Term> = rounds.iter().filter(|r| r.shots > 0).map(term).collect();
        let steepest = terms.iter().fold(1.0, |m: f64, t| m.max(t.factor));
        Model { rounds: rounds.to_vec(), terms, share, steepest }
    }

    /// The logarithm, without binomial coefficients.
    pub(super) fn log(&self, theta: f64, rate: f64) -> f64 {
        let part = |count: f64, p: f64| if count == 0.0 { 0.0 } else { count * p.ln() };
        let term = |t: &Term| {
            let law = t.law(theta, rate, self.share);
            part(t.good, law.good) + part(t.bad, law.bad)
        };
        self.terms.iter().map(term).sum()
    }

    fn point(&self, theta: f64, rate: f64) -> Point {
        let theta = theta.clamp(0.0, FRAC_PI_2);
        let rate = rate.clamp(0.0, MAX_RATE);
        Point { theta, rate, log: self.log(theta, rate) }
    }

    /// The slopes of the logarithm by θ and by x.
    fn score(&self, theta: f64, rate: f64) -> (f64, f64) {
        self.terms.iter().fold((0.0, 0.0), |(a, b), t| {
            let law = t.law(theta, rate, self.share);
            let weight = t.good / law.good - t.bad / law.bad;
            (a + weight * law.by_theta, b + weight * law.by_rate)
        })
    }

    /// The Fisher information of (θ, x): Σ N ∇p ∇pᵀ/(p(1-p)).
    pub(super) fn information(&self, theta: f64, rate: f64) -> Information {
        // At the ends 0/0 has a limit.
        let theta = theta.clamp(1e-9 / self.steepest, FRAC_PI_2 - 1e-9 / self.steepest);
        self.terms.iter().fold(Information::default(), |sum, t| {
            let law = t.law(theta, rate, self.share);
            let weight = (t.good + t.bad) / (law.good * law.bad);
            Information {
                theta: sum.theta + weight * law.by_theta * law.by_theta,
                both: sum.both + weight * law.by_theta * law.by_rate,
                rate: sum.rate + weight * law.by_rate * law.by_rate,
            }
        })
    }

    /// Climbs to a maximum by Fisher's scoring with halved steps, in θ alone or in both.
    fn climb(&self, start: Point, both: bool) -> Point {
        let mut best = start;
        for _ in 0..200 {
            let (by_theta, by_rate) = self.score(best.theta, best.rate);
            let info = self.information(best.theta, best.rate);
            let determinant = info.theta * info.rate - info.both * info.both;
            // A rate at an end that would leave it stays there.
            let at_end =
                (best.rate <= 0.0 && by_rate < 0.0) || (best.rate >= MAX_RATE && by_rate > 0.0);
            let (mut d_theta, mut d_rate) =
                if both && !at_end && determinant > 1e-12 * info.theta * info.rate {
                    (
                        (info.rate * by_theta - info.both * by_rate) / determinant,
                        (info.theta * by_rate - info.both * by_theta) / determinant,
                    )
                } else {
                    (if info.theta > 0.0 { by_theta / info.theta } else { 0.0 }, 0.0)
                };
            // Not beyond the lobe.
            let most = 0.25 / self.steepest;
            if d_theta.abs() > most {
                (d_theta, d_rate) = (d_theta * most / d_theta.abs(), d_rate * most / d_theta.abs());
            }
            let mut next = best;
            for _ in 0..40 {
                let tried = self.point(best.theta + d_theta, best.rate + d_rate);
                if tried.log > best.log {
                    next = tried;
                    break;
                }
                (d_theta, d_rate) = (0.5 * d_theta, 0.5 * d_rate);
            }
            let gain = next.log - best.log;
            best = next;
            if gain <= 1e-11 * best.log.abs().max(1e-3) {
                break;
            }
        }
        best
    }

    /// The best angle at a rate, near a point.
    fn beside(&self, near: Point, rate: f64) -> Point {
        self.climb(self.point(near.theta, rate), false)
    }

    /// The maximum over θ in [0, π/2] and x in [0, 8]: the global one over θ at each of a scan of
    /// rates that doubles from a twentieth of what the deepest circuit could tell from none, with the
    /// best of them climbed from. Where rates are equally likely, it is none.
    pub(super) fn maximum(&self) -> Point {
        let mut rates = vec![0.0];
        let mut rate = 0.05 / self.steepest;
        while rate < MAX_RATE {
            rates.push(rate);
            rate *= 2.0;
        }
        let at = |rate: f64| {
            let likelihood = Likelihood::with_noise(&self.rounds, (-rate).exp(), self.share);
            self.point(likelihood.maximum().theta, rate)
        };
        let mut points: Vec<Point> = rates.into_iter().map(at).collect();
        points.sort_by(|a, b| b.log.total_cmp(&a.log));
        points.truncate(STARTS);
        let none = points.iter().find(|p| p.rate == 0.0).map(|&p| self.climb(p, false));
        let climbed = points.into_iter().map(|p| self.climb(p, true));
        let better = |a: Point, b: Point| if b.log > a.log + 1e-9 { b } else { a };
        none.into_iter().chain(climbed).reduce(better).unwrap_or(self.point(0.0, 0.0))
    }

    /// θ ± z √(I⁻¹)_θθ. At θ = 0 and π/2 noise makes the likelihood flat in θ, and it is all of it.
    pub(super) fn fisher_interval(&self, maximum: Point, alpha: f64) -> Interval {
        let left = self.information(maximum.theta, maximum.rate).of_theta();
        let half = normal_quantile(1.0 - alpha / 2.0) / left.sqrt();
        let (low, high) = (maximum.theta - half, maximum.theta + half);
        amplitudes(low, high, alpha, IntervalMethod::Fisher)
    }

    /// All a that some rate makes likely enough: 2(ℓ_max - max_x ℓ(θ, x)) ≤ χ²_{1, 1-α}, the
    /// profile-likelihood ratio, as the hull over slices of fixed rate.
    pub(super) fn profile_interval(&self, maximum: Point, alpha: f64) -> Interval {
        let floor = maximum.log - 0.5 * chi_squared_quantile(1.0, 1.0 - alpha);
        let (low, high) = self.rates(maximum, floor);
        let slices = (0..SLICES).map(|j| low + (high - low) * j as f64 / (SLICES - 1) as f64);
        let a = maximum.theta.sin().powi(2);
        let start =
            amplitudes(maximum.theta, maximum.theta, alpha, IntervalMethod::LikelihoodRatio);
        slices.chain([maximum.rate]).fold(Interval { low: a, high: a, ..start }, |hull, rate| {
            let point = self.beside(maximum, rate);
            if point.log < floor {
                return hull;
            }
            let likelihood = Likelihood::with_noise(&self.rounds, (-rate).exp(), self.share);
            let top = Maximum { theta: point.theta, log_likelihood: maximum.log, is_global: true };
            let slice = likelihood.likelihood_ratio_interval(top, alpha);
            Interval { low: hull.low.min(slice.low), high: hull.high.max(slice.high), ..hull }
        })
    }

    /// The rates around the maximum at which an angle near it is likely enough.
    fn rates(&self, maximum: Point, floor: f64) -> (f64, f64) {
        let likely = |rate: f64| self.beside(maximum, rate).log >= floor;
        let edge = |mut inside: f64, mut outside: f64| {
            for _ in 0..12 {
                let middle = 0.5 * (inside + outside);
                *(if likely(middle) { &mut inside } else { &mut outside }) = middle;
            }
            inside
        };
        let low = if likely(0.0) { 0.0 } else { edge(maximum.rate, 0.0) };
        let mut step = (0.1 * maximum.rate).max(0.01 / self.steepest);
        let mut inside = maximum.rate;
        while inside + step < MAX_RATE && likely(inside + step) {
            inside += step;
            step *= 2.0;
        }
        let outside = (inside + step).min(MAX_RATE);
        (low, if likely(outside) { outside } else { edge(inside, outside) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::problem::law::{binomial, good_probability};
    use crate::math::{Domain, Streams};

    fn drawn(theta: f64, kappa: f64, share: f64, shots: u64, seed: u64) -> Vec<Round> {
        let mut rng = Streams::new(seed, Domain::Estimation).stream(0);
        let round = |power: u64| {
            let p = good_probability(theta, power, kappa, share);
            Round { power, shots, good: binomial(shots, p, &mut rng) }
        };
        [0, 1, 2, 4, 8, 13, 16].map(round).to_vec()
    }

    #[test]
    fn the_law_is_that_of_experiments() {
        let model = Model::new(&drawn(0.5, 0.9, 0.25, 30, 1), 0.25);
        for (theta, kappa) in [(0.2, 0.95f64), (1.1, 0.5), (0.7, 1.0)] {
            let term = |r: &Round| {
                let p = good_probability(theta, r.power, kappa, 0.25);
                r.good as f64 * p.ln() + (r.shots - r.good) as f64 * (1.0 - p).ln()
            };
            let expected: f64 = model.rounds.iter().map(term).sum();
            assert!((model.log(theta, -kappa.ln()) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn slopes_and_information_are_numerical_derivatives() {
        let (theta, rate, share, h) = (0.6, 0.07f64, 0.25, 1e-5);
        // With the counts at their expectations, the information is minus the second derivative.
        let rounds = drawn(theta, (-rate).exp(), share, 1000, 2);
        let mut model = Model::new(&rounds, share);
        let (by_theta, by_rate) = model.score(theta, rate);
        let slope = (model.log(theta + h, rate) - model.log(theta - h, rate)) / (2.0 * h);
        assert!((by_theta - slope).abs() < 1e-5 * slope.abs() + 1e-2, "{by_theta} {slope}");
        let slope = (model.log(theta, rate + h) - model.log(theta, rate - h)) / (2.0 * h);
        assert!((by_rate - slope).abs() < 1e-5 * slope.abs() + 1e-2, "{by_rate} {slope}");
        for t in &mut model.terms {
            let p = good_probability(theta, t.steps as u64, (-rate).exp(), share);
            (t.good, t.bad) = (1000.0 * p, 1000.0 * (1.0 - p));
        }
        let at = |i: i32, j: i32| model.log(theta + f64::from(i) * h, rate + f64::from(j) * h);
        let second = |a: f64, b: f64, c: f64| -(a - 2.0 * b + c) / (h * h);
        let found = model.information(theta, rate);
        let theta_theta = second(at(1, 0), at(0, 0), at(-1, 0));
        let rate_rate = second(at(0, 1), at(0, 0), at(0, -1));
        let both = -(at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4.0 * h * h);
        for (a, b) in [(found.theta, theta_theta), (found.rate, rate_rate), (found.both, both)] {
            assert!((a - b).abs() < 1e-3 * found.theta.max(found.rate), "{a} {b}");
        }
        let schur = theta_theta - both * both / rate_rate;
        assert!((found.of_theta() / schur - 1.0).abs() < 1e-3);
    }

    #[test]
    fn the_maximum_is_that_of_a_fine_grid() {
        for (seed, (theta, kappa)) in
            [(0.3, 0.98), (0.9, 0.8), (1.3, 1.0), (0.05, 0.95), (0.7, 0.3)].into_iter().enumerate()
        {
            for share in [0.5, 0.0625] {
                let model = Model::new(&drawn(theta, kappa, share, 40, seed as u64), share);
                let maximum = model.maximum();
                let mut best = f64::NEG_INFINITY;
                for k in 0..=1500 {
                    for j in 0..=120 {
                        let rate = if j == 0 { 0.0 } else { 8.0 * 0.93f64.powi(120 - j) };
                        best = best.max(model.log(FRAC_PI_2 * f64::from(k) / 1500.0, rate));
                    }
                }
                assert!(maximum.log >= best - 1e-9, "{theta} {kappa}: {maximum:?} {best}");
            }
        }
    }

    #[test]
    fn the_profile_interval_ends_where_the_profile_has_dropped() {
        // The angle and the rate are correlated, by -0.7 to 0.7.
        for (seed, theta) in [0.2, 0.3, 0.51, 0.6, 1.06, 1.37].into_iter().enumerate() {
            let model = Model::new(&drawn(theta, 0.95, 0.5, 100, seed as u64), 0.5);
            let maximum = model.maximum();
            let interval = model.profile_interval(maximum, 0.05);
            let profile = |theta: f64| {
                let at = |j: i32| model.log(theta, 0.5 * f64::from(j) / 4000.0);
                (0..=4000).map(at).fold(f64::MIN, f64::max)
            };
            for end in [interval.low, interval.high] {
                let drop = maximum.log - profile(end.sqrt().asin());
                assert!((drop - 1.9207).abs() < 0.04, "{theta}: {drop}");
            }
        }
    }
}
