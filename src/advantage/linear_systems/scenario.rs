//! Under which assumptions the verdict would be another.

use super::study::Study;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Where extrapolation ends: more unknowns than there are atoms.
const MOST: f64 = 1e80;

/// What HHL would cost if loading, evolution or read-out were cheaper (or dearer) than counted, and from
/// how many unknowns on it would then have fewer operations than the best rival at the largest size.
/// From there on what is counted grows as N, for all rivals too, as it does for tridiagonal matrices whose
/// condition number stays. A matrix that is given has one size and no law of growth, and no scenarios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// How b is loaded.
    pub loading: String,
    /// What a use of e^{iAt} costs.
    pub evolution: String,
    /// How the answer is read.
    pub reading: String,
    /// Operations of HHL at the largest size.
    pub operations: f64,
    /// Those of the rival with the fewest there.
    pub classical: f64,
    /// Its name.
    pub rival: String,
    /// From how many unknowns on HHL has fewer; none if never.
    pub crossover: Option<f64>,
}

impl Scenario {
    /// All of them, from the largest size that was studied, where `rival` had `classical` operations;
    /// `error` is the relative error that was asked for.
    pub(super) fn all(study: &Study, rival: &str, classical: f64, error: f64) -> Vec<Self> {
        let counted = "by its circuit";
        let strings = "by Pauli strings";
        let shots = "x†Mx by shots";
        let (free, polylog) = ("free", "log2 N gates");
        let estimation = "x†Mx by amplitude estimation";
        let all = "every entry of x by shots";
        [
            (counted, strings, shots),
            (free, strings, shots),
            (counted, polylog, shots),
            (free, polylog, shots),
            (free, polylog, estimation),
            (free, polylog, all),
        ]
        .into_iter()
        .map(|(loading, evolution, reading)| {
            let start = study.size as f64;
            let at = |n: f64| {
                let cost = &study.cost;
                let growth = n / start;
                let runs = match reading {
                    r if r == estimation => estimation_runs(study.probability, error / 2.0),
                    r if r == all => cost.runs as f64 * n,
                    _ => cost.runs as f64,
                };
                let load = if loading == free { 0.0 } else { cost.loading_gates as f64 * growth };
                let per_use = match evolution == polylog {
                    true => n.log2().max(1.0),
                    false => cost.gates_per_use * growth,
                };
                cost.with(runs, load, per_use)
            };
            Scenario {
                loading: loading.into(),
                evolution: evolution.into(),
                reading: reading.into(),
                operations: at(start),
                classical,
                rival: rival.into(),
                crossover: crossover(start, |n| at(n) <= classical * n / start),
            }
        })
        .collect()
    }
}

/// Runs of the circuit, or of its inverse, after which amplitude estimation knows a probability p to the
/// relative error ε. With M Grover steps |p̃ - p| ≤ 2π√(p(1-p))/M + π²/M² with probability 8/π² or more
/// (Brassard, Høyer, Mosca and Tapp, arXiv:quant-ph/0005055, theorem 12 with k = 1): the least M for which
/// that is at most εp is about 2π/(ε√p). A step has the circuit and its inverse, and there is one run to
/// begin with: 2M + 1.
fn estimation_runs(p: f64, error: f64) -> f64 {
    let spread = (p * (1.0 - p)).max(0.0).sqrt();
    // u = π/M solves u² + 2u√(p(1-p)) = εp.
    let u = error * p / (spread + (spread * spread + error * p).sqrt());
    2.0 * (PI / u).ceil() + 1.0
}

/// The smallest n from `start` on where it is true, to three digits, if it is from there on.
fn crossover(start: f64, is_better: impl Fn(f64) -> bool) -> Option<f64> {
    if is_better(start) {
        return Some(start);
    }
    let mut high = start;
    while !is_better(high) {
        high *= 2.0;
        if high > MOST {
            return None;
        }
    }
    let mut low = high / 2.0;
    while high / low > 1.0005 {
        let middle = (low * high).sqrt();
        if is_better(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::linear_systems::clock_probability;
    use crate::circuit::library::ClockWindow;

    #[test]
    fn amplitude_estimation_gets_there_in_so_many_runs() {
        for (p, error) in [(0.1f64, 0.05), (0.013, 0.025), (0.6, 0.01)] {
            let runs = estimation_runs(p, error);
            let steps = ((runs - 1.0) / 2.0) as usize;
            assert_eq!(runs, 2.0 * steps as f64 + 1.0);
            let bound = |m: f64| 2.0 * PI * (p * (1.0 - p)).sqrt() / m + (PI / m).powi(2);
            assert!(bound(steps as f64) <= error * p * (1.0 + 1e-12));
            assert!(bound(steps as f64 - 1.0) > error * p);
            assert!(runs <= 4.0 * PI / (error * p.sqrt()) * 1.1);
            // The law of the estimate: a clock of M bins at the angle of the Grover step.
            let at = p.sqrt().asin() / PI * steps as f64;
            let hit = |y: &usize| {
                let estimate = (PI * *y as f64 / steps as f64).sin().powi(2);
                (estimate - p).abs() <= error * p
            };
            let law = |y: usize| clock_probability(ClockWindow::Uniform, steps, at - y as f64);
            let success: f64 = (0..steps).filter(hit).map(law).sum();
            assert!(success >= 8.0 / (PI * PI), "{p} {error}: {success}");
        }
    }

    #[test]
    fn crossovers_are_found_where_there_are_any() {
        let found = crossover(4.0, |n| n >= 1e9 * n.log2()).unwrap();
        let ratio = found / (1e9 * found.log2());
        assert!((ratio - 1.0).abs() < 1e-3, "{found}");
        assert_eq!(crossover(4.0, |n| n > 1.0), Some(4.0));
        assert_eq!(crossover(4.0, |_| false), None);
    }
}
