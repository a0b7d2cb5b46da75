//! The likelihood of θ given outcomes of phase estimation, its global maximum, and intervals from it.

use super::asymptotic;
use super::likelihood::Maximum;
use crate::estimation::account::interval::Interval;
use crate::estimation::problem::law::kernel;
use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// Outcomes on either side of θ that count in the Fisher information: the rest is below 1e-8 of it.
const WINDOW: u64 = 1000;
/// Bisections of a cell: to the last digits of a number below 1.
const BISECTIONS: usize = 50;

/// The likelihood of θ in [0, π/2] given outcomes y of M = 2^m, y and M - y as one.
///
/// With u = πy/M the law of [`phase_probability`](crate::estimation::phase_probability) is sin²(Mθ)/(2M²) · g,
/// g = 1/sin²(u-θ) + 1/sin²(u+θ), from which all below follows:
///
/// - It is 0 at every multiple of π/M but the outcome's own. In the cell between two multiples its
///   logarithm is concave, so that one bisection finds a cell's maximum.
/// - ln g is convex in θ between 0, the outcome's angle and π/2, while sin²(Mθ) is the same in all
///   cells. So from one observed outcome to the next the cells' maxima are a convex sequence: the
///   largest is next to an outcome, and of those above a bound, if any, one is.
#[derive(Debug, Clone)]
pub(super) struct PhaseLikelihood {
    evaluation_qubits: u32,
    /// Ascending, at most M/2, each with how often it came.
    outcomes: Vec<(u64, u64)>,
    shots: f64,
}

impl PhaseLikelihood {
    /// The likelihood of outcomes min(y, M-y), ascending, and how often each came; at least one.
    pub fn new(evaluation_qubits: u32, outcomes: Vec<(u64, u64)>) -> Self {
        let shots = outcomes.iter().map(|o| o.1).sum::<u64>() as f64;
        PhaseLikelihood { evaluation_qubits, outcomes, shots }
    }

    /// M.
    fn size(&self) -> f64 {
        (1u64 << self.evaluation_qubits) as f64
    }

    /// M/2: cells, and the last outcome.
    fn half(&self) -> u64 {
        1 << (self.evaluation_qubits - 1)
    }

    /// The angle at `part` of a cell.
    fn angle(&self, cell: u64, part: f64) -> f64 {
        PI * (cell as f64 + part) / self.size()
    }

    /// sin and cos of u - θ, then of u + θ, within a cell: the difference keeps its digits.
    fn sines(&self, y: u64, cell: u64, part: f64) -> [(f64, f64); 2] {
        let (step, y, cell) = (PI / self.size(), y as f64, cell as f64);
        [(step * ((y - cell) - part)).sin_cos(), (step * ((y + cell) + part)).sin_cos()]
    }

    /// The logarithm within a cell, 0 < part < 1: Σ n ln(sin²(Mθ) g/2M²).
    fn log(&self, cell: u64, part: f64) -> f64 {
        let of_outcome = |&(y, count): &(u64, u64)| {
            let [(s, _), (t, _)] = self.sines(y, cell, part);
            count as f64 * (s.powi(-2) + t.powi(-2)).ln()
        };
        let sine = (PI * part.min(1.0 - part)).sin().max(f64::MIN_POSITIVE);
        let common = 2.0 * (sine / self.size()).ln() - LN_2;
        self.shots * common + self.outcomes.iter().map(of_outcome).sum::<f64>()
    }

    /// Its slope per cell: (π/M) Σ n (2M cot(Mθ) + g'/g).
    fn slope(&self, cell: u64, part: f64) -> f64 {
        let of_outcome = |&(y, count): &(u64, u64)| {
            let [(s, cos_s), (t, cos_t)] = self.sines(y, cell, part);
            let ratio =
                2.0 * (cos_s * t.powi(3) - cos_t * s.powi(3)) / (s * t * (s.powi(2) + t.powi(2)));
            count as f64 * ratio
        };
        let near = (PI * part.min(1.0 - part)).tan();
        let cotangent = if part == 0.5 { 0.0 } else { (0.5 - part).signum() / near };
        let rest = self.outcomes.iter().map(of_outcome).sum::<f64>();
        2.0 * PI * self.shots * cotangent + PI / self.size() * rest
    }

    /// The part of a cell at its maximum, and the logarithm there.
    fn best(&self, cell: u64) -> (f64, f64) {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if self.slope(cell, middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        let part = 0.5 * (low + high);
        (part, self.log(cell, part))
    }

    /// More than any value in a cell: the tangent at its middle lies above a concave function.
    fn bound(&self, cell: u64) -> f64 {
        self.log(cell, 0.5) + 0.5 * self.slope(cell, 0.5).abs()
    }

    /// The global maximum.
    pub fn maximum(&self) -> Maximum {
        if let [(y, _)] = self.outcomes[..] {
            // One outcome: its own angle, where it has probability 1 with M - y or alone.
            let alone = y == 0 || y == self.half();
            let log_likelihood = if alone { 0.0 } else { -self.shots * LN_2 };
            return Maximum { theta: self.angle(y, 0.0), log_likelihood, is_global: true };
        }
        let around = self.outcomes.iter().flat_map(|&(y, _)| [y.checked_sub(1), Some(y)]);
        let mut cells: Vec<u64> = around.flatten().filter(|&c| c < self.half()).collect();
        cells.dedup();
        let mut cells: Vec<(f64, u64)> = cells.into_iter().map(|c| (self.bound(c), c)).collect();
        cells.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut found = Maximum { theta: 0.0, log_likelihood: f64::NEG_INFINITY, is_global: true };
        for (bound, cell) in cells {
            if bound <= found.log_likelihood {
                break;
            }
            let (part, log_likelihood) = self.best(cell);
            if log_likelihood > found.log_likelihood {
                found = Maximum { theta: self.angle(cell, part), log_likelihood, is_global: true };
            }
        }
        found
    }

    /// The Fisher information of θ in all shots, Σ p'²/p each. With p the mean of the kernels K and
    /// L around either eigenvalue it is that of each alone, 4(M²-1)/3, less ½ Σ (K'L -
    /// L'K)²/(KL(K+L)) for not knowing which: 4 Σ K sin²2u/(sin²(u+θ)(sin²(u-θ) + sin²(u+θ))) over
    /// 0 < u < π/2.
    pub fn fisher_information(&self, theta: f64) -> f64 {
        let size = self.size();
        let nearest = (theta / PI * size).round() as u64;
        let (first, last) = (nearest.saturating_sub(WINDOW).max(1), nearest + WINDOW);
        let term = |y: u64| {
            let u = PI * y as f64 / size;
            let (s, t) = ((u - theta).sin().powi(2), (u + theta).sin().powi(2));
            kernel((u - theta) / PI, size) * (2.0 * u).sin().powi(2) / (t * (s + t))
        };
        let lost: f64 = (first..=last.min(self.half() - 1)).map(term).sum();
        self.shots * (4.0 / 3.0 * (size.powi(2) - 1.0) - 4.0 * lost)
    }

    /// Whether any value in a cell is at least `floor`.
    fn reaches(&self, cell: u64, floor: f64) -> bool {
        self.log(cell, 0.5) >= floor || (self.bound(cell) >= floor && self.best(cell).1 >= floor)
    }

    /// The first cell with a value of at least `floor`.
    fn first_cell(&self, floor: f64) -> Option<u64> {
        let mut start = 0;
        for (index, &(y, _)) in self.outcomes.iter().enumerate() {
            if y > start {
                // The sequence falls and rises between outcomes, and only rises up to the first.
                if index > 0 && self.reaches(start, floor) {
                    return Some(start);
                }
                if self.reaches(y - 1, floor) {
                    let (mut low, mut high) = (start, y - 1);
                    while low < high {
                        let middle = low + (high - low) / 2;
                        if self.reaches(middle, floor) {
                            high = middle;
                        } else {
                            low = middle + 1;
                        }
                    }
                    return Some(low);
                }
            }
            start = y;
        }
        (start < self.half() && self.reaches(start, floor)).then_some(start)
    }

    /// The smallest angle with a value of at least `floor`.
    fn first_angle(&self, floor: f64) -> Option<f64> {
        let cell = self.first_cell(floor)?;
        let (mut low, mut high) = (0.0, self.best(cell).0);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if self.log(cell, middle) >= floor {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(self.angle(cell, high))
    }

    /// The likelihood of π/2 - θ.
    fn mirrored(&self) -> Self {
        let outcomes = self.outcomes.iter().rev().map(|&(y, n)| (self.half() - y, n)).collect();
        PhaseLikelihood { outcomes, ..*self }
    }

    /// The smallest interval of θ that holds all values whose likelihood is within `drop` of the
    /// maximum's logarithm. They may lie in several cells.
    fn hull(&self, maximum: Maximum, drop: f64) -> (f64, f64) {
        let floor = maximum.log_likelihood - drop;
        let low = self.first_angle(floor).unwrap_or(maximum.theta);
        let high = self.mirrored().first_angle(floor).map_or(maximum.theta, |t| FRAC_PI_2 - t);
        (low.min(maximum.theta), high.max(maximum.theta))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::problem::law::{draw_phase, phase_probability};
    use crate::math::{Domain, Streams};
    use rand::RngExt;
    use std::collections::BTreeMap;

    /// Outcomes at an angle, drawn; a share of them uniform, as noise would have it.
    fn drawn(theta: f64, m: u32, shots: u64, noise: f64, seed: u64) -> PhaseLikelihood {
        let mut rng = Streams::new(seed, Domain::Estimation).stream(0);
        let mut counts = BTreeMap::new();
        for _ in 0..shots {
            let y = match rng.random::<f64>() < noise {
                true => rng.random_range(0..1u64 << m),
                false => draw_phase(theta, m, &mut rng),
            };
            *counts.entry(y.min((1 << m) - y)).or_insert(0) += 1;
        }
        PhaseLikelihood::new(m, counts.into_iter().collect())
    }

    /// From the law itself.
    fn direct(likelihood: &PhaseLikelihood, theta: f64) -> f64 {
        let m = likelihood.evaluation_qubits;
        let of_outcome =
            |&(y, n): &(u64, u64)| n as f64 * phase_probability(theta, y, m).max(1e-300).ln();
        likelihood.outcomes.iter().map(of_outcome).sum()
    }

    #[test]
    fn the_logarithm_is_that_of_the_law() {
        for (m, cell, part) in [(1, 0, 0.3), (3, 0, 0.01), (3, 3, 0.99), (6, 17, 0.5), (6, 3, 0.2)]
        {
            let likelihood = drawn(0.4, m, 20, 0.5, u64::from(m));
            let (found, expected) =
                (likelihood.log(cell, part), direct(&likelihood, likelihood.angle(cell, part)));
            assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found} {expected}");
            let h = 1e-6;
            let slope =
                (likelihood.log(cell, part + h) - likelihood.log(cell, part - h)) / (2.0 * h);
            let found = likelihood.slope(cell, part);
            assert!((found - slope).abs() < 1e-5 * slope.abs().max(1.0), "{found} {slope}");
        }
    }

    #[test]
    fn cells_are_concave_and_their_maxima_convex_between_outcomes() {
        for m in 1..=6u32 {
            let half = 1u64 << (m - 1);
            for y in 0..=half {
                let one = PhaseLikelihood::new(m, vec![(y, 1)]);
                for cell in 0..half {
                    let slopes: Vec<f64> =
                        (1..200).map(|k| one.slope(cell, f64::from(k) / 200.0)).collect();
                    let falling = slopes.windows(2).all(|s| s[1] <= s[0] + 1e-9);
                    assert!(falling, "{m} {y} {cell}");
                }
                let values: Vec<f64> = (0..half).map(|c| one.log(c, 0.3)).collect();
                let convex = |v: &[f64]| v.windows(3).all(|w| w[0] + w[2] >= 2.0 * w[1] - 1e-9);
                assert!(convex(&values[..y as usize]) && convex(&values[y as usize..]));
                assert!(values[..y as usize].windows(2).all(|w| w[1] >= w[0] - 1e-9));
            }
        }
    }

    #[test]
    fn the_maximum_and_the_hull_are_those_of_a_fine_grid() {
        let mut rng = Streams::new(8, Domain::Estimation).stream(1);
        for seed in 0..60 {
            let (theta, m) = (rng.random_range(0.0..FRAC_PI_2), 1 + (seed % 7) as u32);
            let shots = [1, 2, 3, 10, 40][seed as usize % 5];
            let likelihood = drawn(theta, m, shots, [0.0, 0.3][seed as usize % 2], seed);
            let maximum = likelihood.maximum();
            let steps = 20_011;
            let grid: Vec<(f64, f64)> = (0..=steps)
                .map(|k| FRAC_PI_2 * f64::from(k) / f64::from(steps))
                .map(|t| (t, direct(&likelihood, t)))
                .collect();
            let best = grid.iter().map(|g| g.1).fold(f64::NEG_INFINITY, f64::max);
            let top = maximum.log_likelihood;
            assert!(top >= best - 1e-9 && top <= best + 0.01, "{seed} {maximum:?} {best}");
            assert!((direct(&likelihood, maximum.theta) - top).abs() < 1e-6, "{seed} {maximum:?}");
            for drop in [0.5, 1.92, 8.0] {
                let (low, high) = likelihood.hull(maximum, drop);
                let inside: Vec<f64> =
                    grid.iter().filter(|g| g.1 >= top - drop).map(|g| g.0).collect();
                let width = 2.0 * FRAC_PI_2 / f64::from(steps);
                if let (Some(&first), Some(&last)) = (inside.first(), inside.last()) {
                    let ends = (first - low, high - last);
                    assert!(ends.0 > -1e-9 && ends.1 > -1e-9, "{seed} {drop} {ends:?}");
                    assert!(ends.0 < width && ends.1 < width, "{seed} {drop} {ends:?}");
                }
            }
        }
    }

    #[test]
    fn information_is_the_full_sum() {
        for m in 1..=10 {
            let one = PhaseLikelihood::new(m, vec![(0, 1)]);
            for theta in [1e-4, 0.003, 0.05, 0.3, 0.61, 1.1, 1.5, FRAC_PI_2 - 1e-4] {
                let h = 1e-7;
                let sum: f64 = (0..1u64 << m)
                    .map(|y| {
                        // From the law's own square root: p'²/p = 4 (√p)'².
                        let root = |t: f64| phase_probability(t, y, m).sqrt();
                        4.0 * ((root(theta + h) - root(theta - h)) / (2.0 * h)).powi(2)
                    })
                    .sum();
                let found = one.fisher_information(theta);
                assert!((found / sum - 1.0).abs() < 1e-5, "{m} {theta} {found} {sum}");
            }
        }
    }

    #[test]
    fn far_outcomes_do_not_count_in_the_information() {
        // Up to 2^14 outcomes, of which at most 2001 are in the window.
        for m in (1..=10).chain([14]) {
            let size = (1u64 << m) as f64;
            let one = PhaseLikelihood::new(m, vec![(0, 1)]);
            for theta in [3e-4, 0.01, 0.19, 0.2, 0.8, 1.4] {
                let common = 2.0 * size / (size * theta).tan();
                let mut sum = 0.0;
                for y in 0..1u64 << m {
                    let u = PI * y as f64 / size;
                    let (s, cos_s) = (u - theta).sin_cos();
                    let (t, cos_t) = (u + theta).sin_cos();
                    let g = s.powi(-2) + t.powi(-2);
                    let own = 2.0 * (cos_s / s.powi(3) - cos_t / t.powi(3)) / g;
                    sum += phase_probability(theta, y, m) * (common + own).powi(2);
                }
                let found = one.fisher_information(theta);
                assert!((found / sum - 1.0).abs() < 1e-6, "{m} {theta} {found} {sum}");
            }
        }
    }

    #[test]
    fn many_qubits_and_shots_are_fast_and_exact() {
        for (m, theta) in [(20, 0.3), (20, 1e-5), (40, 0.7)] {
            let likelihood = drawn(theta, m, 10_000, 0.0, u64::from(m));
            let maximum = likelihood.maximum();
            let sigma = likelihood.fisher_information(maximum.theta).sqrt().recip();
            assert!((maximum.theta - theta).abs() < 4.0 * sigma, "{m} {maximum:?} {sigma}");
            // The likelihood ratio agrees with the information.
            let (low, high) = likelihood.hull(maximum, 2.0);
            assert!(((high - low) / (4.0 * sigma) - 1.0).abs() < 0.1, "{m} {low} {high} {sigma}");
        }
    }
}
