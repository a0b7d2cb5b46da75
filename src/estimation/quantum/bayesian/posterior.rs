//! The posterior of θ on a grid that follows it.

use crate::estimation::account::round::Round;
use crate::estimation::problem::law::visibility;
use std::f64::consts::{E, FRAC_PI_2, PI};

/// Cells of the first grid are (π/2)/2^6 wide.
const FIRST_LEVEL: u32 = 6;
/// Cells of the last one; their middles are still exact in f64.
const LAST_LEVEL: u32 = 48;
/// Cells per 1/√I, where I is the most information about θ that the shots can hold: no lobe of the
/// likelihood is much narrower than that.
const CELLS_PER_WIDTH: f64 = 4.0;
/// The posterior probability that is cut from the grid is below this in all.
const MOST_CUT: f64 = 1e-6;
/// What may still be cut is spread over this many rounds.
const CUT_ROUNDS: f64 = 50.0;

/// Cells in a row whose phases come from one another.
const RUN: usize = 32;
/// Most shots of a power whose likelihood is written as a product.
const FEW_SHOTS: f64 = 8.0;

/// Shots of one power.
#[derive(Debug, Clone, Copy)]
struct Term {
    power: u64,
    good: f64,
    bad: f64,
    law: Law,
}

/// The law of one shot of Q^k A.
#[derive(Debug, Clone, Copy)]
pub(super) struct Law {
    /// 2k + 1.
    factor: f64,
    /// κ^k.
    visible: f64,
    share: f64,
}

impl Law {
    /// With fidelity `kappa` a step, where `share` of all basis states is good.
    pub(super) fn new(power: u64, kappa: f64, share: f64) -> Self {
        Law { factor: (2 * power + 1) as f64, visible: visibility(kappa, power), share }
    }

    /// Probabilities of a good and of a bad state where sin² of the phase is `s` and cos² is `c`:
    /// both with all their digits. Never 0, so that no outcome is impossible.
    fn of(&self, s: f64, c: f64) -> (f64, f64) {
        let hidden = 1.0 - self.visible;
        let good = self.visible * s + hidden * self.share;
        let bad = self.visible * c + hidden * (1.0 - self.share);
        (good.max(f64::MIN_POSITIVE), bad.max(f64::MIN_POSITIVE))
    }

    /// Probabilities of a good and of a bad state.
    fn probabilities(&self, theta: f64) -> (f64, f64) {
        let (sin, cos) = (self.factor * theta).sin_cos();
        self.of(sin * sin, cos * cos)
    }

    /// The most Fisher information about θ in a shot, 4 (2k+1)² κ^k: without noise it is 4 (2k+1)² at
    /// any θ, and information is convex, so that mixing in a part 1 - κ^k that has none leaves at
    /// most κ^k of it.
    fn most_information(&self) -> f64 {
        4.0 * self.factor * self.factor * self.visible
    }
}

impl Term {
    /// Multiplies a likelihood by that of these shots: few of them in a product, whose logarithm is
    /// taken later, many as a logarithm.
    fn multiply(&self, (p, q): (f64, f64), product: &mut f64, log: &mut f64) {
        if self.good + self.bad > FEW_SHOTS {
            let part = |count: f64, p: f64| if count == 0.0 { 0.0 } else { count * p.ln() };
            *log += part(self.good, p) + part(self.bad, q);
            return;
        }
        *product *= p.powi(self.good as i32) * q.powi(self.bad as i32);
        if *product < 1e-100 {
            *log += product.ln();
            *product = 1.0;
        }
    }
}

/// Adds the logarithms of the likelihoods of `terms` to all cells. Along a run of cells the phase of
/// each term advances by rotation, from a new start every [`RUN`] cells.
fn add_logs(terms: &[Term], cells: &mut [Cell], width: f64) {
    let steps: Vec<(f64, f64)> = terms.iter().map(|t| (t.law.factor * width).sin_cos()).collect();
    let runs = cells.chunk_by_mut(|a, b| b.index == a.index + 1);
    for run in runs.flat_map(|run| run.chunks_mut(RUN)) {
        let start = (run[0].index as f64 + 0.5) * width;
        let mut products = [1.0; RUN];
        for (term, &(step_sin, step_cos)) in terms.iter().zip(&steps) {
            let (mut sin, mut cos) = (term.law.factor * start).sin_cos();
            for (cell, product) in run.iter_mut().zip(&mut products) {
                let laws = term.law.of(sin * sin, cos * cos);
                term.multiply(laws, product, &mut cell.log);
                (sin, cos) = (sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin);
            }
        }
        run.iter_mut().zip(&products).for_each(|(cell, product)| cell.log += product.ln());
    }
}

/// One cell of the grid: (π/2)/2^level · index from its lower end.
#[derive(Debug, Clone, Copy)]
struct Cell {
    index: u64,
    /// Log-likelihood in the middle.
    log: f64,
    /// Its share of the posterior.
    mass: f64,
}

/// The posterior of θ in [0, π/2] under the uniform prior.
///
/// It is kept on cells of one width, at most a quarter of 1/√I with I the information in the shots:
/// as the law of every shot is even and periodic about both ends, sums over the cells' middles are
/// integrals to many digits (Trefethen and Weideman, SIAM Review 56, 385 (2014)). New cells have
/// their likelihood computed from all shots, not interpolated.
///
/// The least likely cells are cut, 1e-6 in all, and do not come back. A cell's mass is the probability
/// that θ lies in it, so that the run loses θ with probability 1e-6: as outcomes come in, the mass of
/// any set of angles is a martingale.
#[derive(Debug, Clone)]
pub(super) struct Posterior {
    kappa: f64,
    share: f64,
    level: u32,
    cells: Vec<Cell>,
    terms: Vec<Term>,
    most_information: f64,
    cut: f64,
}

impl Posterior {
    /// The prior.
    pub(super) fn new(kappa: f64, share: f64) -> Self {
        let count = 1u64 << FIRST_LEVEL;
        let cell = |index| Cell { index, log: 0.0, mass: 1.0 / count as f64 };
        let cells = (0..count).map(cell).collect();
        let (level, terms) = (FIRST_LEVEL, Vec::new());
        Posterior { kappa, share, level, cells, terms, most_information: 0.0, cut: 0.0 }
    }

    /// Width of a cell.
    fn width(&self) -> f64 {
        FRAC_PI_2 / (1u64 << self.level) as f64
    }

    /// Adds shots.
    pub(super) fn update(&mut self, round: Round) {
        let law = Law::new(round.power, self.kappa, self.share);
        let (good, bad) = (round.good as f64, (round.shots - round.good) as f64);
        let added = Term { power: round.power, good, bad, law };
        match self.terms.iter_mut().find(|t| t.power == round.power) {
            Some(term) => {
                term.good += added.good;
                term.bad += added.bad;
            }
            None => self.terms.push(added),
        }
        self.most_information += round.shots as f64 * law.most_information();
        let width = self.width();
        add_logs(&[added], &mut self.cells, width);
        self.normalize();
        self.cut();
        self.refine();
        self.normalize();
    }

    fn normalize(&mut self) {
        let most = self.cells.iter().fold(f64::NEG_INFINITY, |m, c| m.max(c.log));
        let mut sum = 0.0;
        for cell in &mut self.cells {
            cell.mass = (cell.log - most).exp();
            sum += cell.mass;
        }
        self.cells.iter_mut().for_each(|c| c.mass /= sum);
    }

    /// Cuts the least likely cells, as many as together hold no more than this round's share.
    fn cut(&mut self) {
        // Sums over cells of about equal mass, by the binary exponent: sorted enough, in linear time.
        let exponent = |mass: f64| (mass.to_bits() >> 52) as usize;
        let mut sums = vec![0.0; exponent(1.0) + 1];
        self.cells.iter().for_each(|c| sums[exponent(c.mass)] += c.mass);
        let allowed = (MOST_CUT - self.cut) / CUT_ROUNDS;
        let (mut cut, mut least) = (0.0, 0);
        while least < exponent(1.0) && cut + sums[least] <= allowed {
            cut += sums[least];
            least += 1;
        }
        self.cells.retain(|c| exponent(c.mass) >= least);
        self.cut += cut;
    }

    /// Splits cells until they are narrow enough for all shots.
    fn refine(&mut self) {
        let cells = FRAC_PI_2 * CELLS_PER_WIDTH * self.most_information.sqrt();
        let level = (cells.log2().ceil().max(0.0) as u32).clamp(self.level, LAST_LEVEL);
        if level == self.level {
            return;
        }
        let parts = 1u64 << (level - self.level);
        self.level = level;
        let width = self.width();
        let indices = self.cells.iter().flat_map(|c| c.index * parts..(c.index + 1) * parts);
        self.cells = indices.map(|index| Cell { index, log: 0.0, mass: 0.0 }).collect();
        add_logs(&self.terms, &mut self.cells, width);
    }

    /// The standard deviation of the normal law with the entropy of the posterior: how wide it is,
    /// counting lobes but not the gaps between them.
    pub(super) fn entropic_width(&self) -> f64 {
        let term = |m: f64| if m > 0.0 { -m * m.ln() } else { 0.0 };
        let entropy: f64 = self.cells.iter().map(|c| term(c.mass)).sum();
        entropy.exp() * self.width() / (2.0 * PI * E).sqrt()
    }

    /// The mutual information of θ and the outcome of one shot of a law, in nats (Lindley, Ann. Math.
    /// Statist. 27, 986 (1956)): the entropy of the outcome less its mean entropy given θ. To about a
    /// hundredth: cells that hold less than a thousandth of the largest are left out.
    pub(super) fn information(&self, law: Law) -> f64 {
        let width = self.width();
        let most = self.cells.iter().fold(0.0, |m: f64, c| m.max(c.mass));
        let floor = 1e-3 * most;
        let (mut good, mut bad, mut given, mut total) = (0.0, 0.0, 0.0, 0.0);
        for cell in self.cells.iter().filter(|c| c.mass > floor) {
            let (p, q) = law.probabilities((cell.index as f64 + 0.5) * width);
            good += cell.mass * p;
            bad += cell.mass * q;
            given += cell.mass * (p * p.ln() + q * q.ln());
            total += cell.mass;
        }
        let part = |x: f64| if x > 0.0 { -x * (x / total).ln() } else { 0.0 };
        (part(good) + part(bad) + given).max(0.0)
    }

    /// The θ below which a share of the posterior lies; it is spread evenly over each cell.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let mut below = 0.0;
        for cell in &self.cells {
            if below + cell.mass >= share && cell.mass > 0.0 {
                return (cell.index as f64 + (share - below) / cell.mass) * self.width();
            }
            below += cell.mass;
        }
        // Rounding can leave 1e-16.
        self.cells.last().map_or(FRAC_PI_2, |c| (c.index + 1) as f64 * self.width())
    }

    /// The mean and the standard deviation of a = sin²θ.
    pub(super) fn moments(&self) -> (f64, f64) {
        let value = |c: &Cell| ((c.index as f64 + 0.5) * self.width()).sin().powi(2);
        let mean: f64 = self.cells.iter().map(|c| c.mass * value(c)).sum();
        let variance: f64 = self.cells.iter().map(|c| c.mass * (value(c) - mean).powi(2)).sum();
        (mean, variance.sqrt())
    }

    /// The posterior probability that has been cut.
    pub(super) fn mass_cut(&self) -> f64 {
        self.cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimation::problem::law::{binomial, good_probability};
    use crate::math::{Domain, Streams};

    /// Rounds of growing powers at an angle, drawn.
    fn drawn(theta: f64, kappa: f64, share: f64, seed: u64) -> Vec<Round> {
        let mut rng = Streams::new(seed, Domain::Estimation).stream(0);
        let rounds = [(0, 3), (1, 2), (3, 1), (5, 2), (9, 1), (0, 2), (17, 3), (30, 1), (61, 12)];
        let mut round = |(power, shots)| {
            let p = good_probability(theta, power, kappa, share);
            Round { power, shots, good: binomial(shots, p, &mut rng) }
        };
        rounds.into_iter().map(&mut round).collect()
    }

    #[test]
    fn it_is_that_of_a_fine_grid() {
        let steps = 150_000;
        let step = FRAC_PI_2 / f64::from(steps);
        for (seed, theta) in [0.0, 0.01, 0.4, 0.9, 1.3, FRAC_PI_2].into_iter().enumerate() {
            for (kappa, share) in [(1.0, 0.0), (0.97, 0.5), (0.9, 0.125)] {
                let rounds = drawn(theta, kappa, share, seed as u64);
                let mut posterior = Posterior::new(kappa, share);
                rounds.iter().for_each(|&r| posterior.update(r));
                // All of [0, π/2], every shot, no cuts; the law from elsewhere.
                let log = |k: i32| -> f64 {
                    let angle = (f64::from(k) + 0.5) * step;
                    let part = |r: &Round| {
                        let p = good_probability(angle, r.power, kappa, share);
                        let bad = r.shots - r.good;
                        let good = if r.good > 0 { r.good as f64 * p.ln() } else { 0.0 };
                        good + if bad > 0 { bad as f64 * (1.0 - p).ln() } else { 0.0 }
                    };
                    rounds.iter().map(part).sum()
                };
                let logs: Vec<f64> = (0..steps).map(log).collect();
                let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let total: f64 = logs.iter().map(|l| (l - most).exp()).sum();
                let value = |k: i32| ((f64::from(k) + 0.5) * step).sin().powi(2);
                let mean: f64 =
                    (0..steps).map(|k| value(k) * (logs[k as usize] - most).exp() / total).sum();
                let (found, sd) = posterior.moments();
                assert!((found - mean).abs() < 2e-5 * sd, "{theta} {kappa}: {found} {mean} {sd}");
                let width = posterior.entropic_width();
                for share in [1e-4, 0.025, 0.5, 0.975] {
                    let mut below = 0.0;
                    let place = logs.iter().position(|l| {
                        below += (l - most).exp() / total;
                        below >= share
                    });
                    let expected = place.unwrap() as f64 * step;
                    let found = posterior.quantile(share);
                    assert!((found - expected).abs() < 0.02 * width, "{share}: {found} {expected}");
                }
                assert!(posterior.mass_cut() < MOST_CUT);
                assert!(posterior.cells.len() < 10_000, "{}", posterior.cells.len());
            }
        }
    }

    #[test]
    fn the_gain_is_the_expected_drop_of_entropy() {
        let mut posterior = Posterior::new(0.98, 0.5);
        drawn(0.7, 0.98, 0.5, 4).into_iter().take(6).for_each(|r| posterior.update(r));
        // Relative to the grid of one width, entropies of masses differ by the log of the widths.
        let entropy = |p: &Posterior| (p.entropic_width()).ln();
        for power in [0, 2, 11] {
            let after = |good: u64| {
                let mut next = posterior.clone();
                next.update(Round { power, shots: 1, good });
                entropy(&next)
            };
            let width = posterior.width();
            let chance = |c: &Cell| {
                c.mass * good_probability((c.index as f64 + 0.5) * width, power, 0.98, 0.5)
            };
            let p: f64 = posterior.cells.iter().map(chance).sum();
            let expected = entropy(&posterior) - p * after(1) - (1.0 - p) * after(0);
            let found = posterior.information(Law::new(power, 0.98, 0.5));
            assert!((found - expected).abs() < 2e-2 * expected, "{power}: {found} {expected}");
        }
    }
}
