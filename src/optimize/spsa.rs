//! Simultaneous perturbation: two evaluations an iteration, however many parameters.

use super::driver::{Needs, UpdateRule, require, require_positive};
use super::evaluator::{Evaluator, Halt, Point};
use super::stopping::Bounds;
use crate::error::Result;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// SPSA: Spall, IEEE Trans. Aerosp. Electron. Syst. 34, 817 (1998).
///
/// Iteration k moves by -a_k ĝ with a_k = a/(A + k + 1)^α, where ĝ comes from the values at
/// x ± c_k Δ, c_k = c/(k + 1)^γ and random signs Δ. It fits noisy objectives; `value` in history
/// and progress is the mean of the two probes unless `blocking` is set. At a bound a probe stays
/// within and the difference is divided by the distance that is left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spsa {
    /// Numerator of the step gain.
    pub a: f64,
    /// Numerator of the probe distance; about the standard deviation of the noise.
    pub c: f64,
    /// The A of the step gain: a tenth of the iterations expected (PennyLane's `A`).
    pub stability: f64,
    /// Exponent of the step gain.
    pub alpha: f64,
    /// Exponent of the probe distance.
    pub gamma: f64,
    /// If set, a step that raises the value by more than this is not taken, at the price of one
    /// more evaluation an iteration.
    pub blocking: Option<f64>,
    /// Seed of the signs: iteration k uses stream k of ChaCha8.
    pub seed: u64,
}

impl Default for Spsa {
    /// Spall's exponents and PennyLane's gains for some hundred iterations: the first step is 0.05
    /// times the gradient estimate.
    fn default() -> Self {
        let stability = 10.0;
        Spsa {
            a: 0.05 * f64::powf(stability + 1.0, 0.602),
            c: 0.2,
            stability,
            alpha: 0.602,
            gamma: 0.101,
            blocking: None,
            seed: 0,
        }
    }
}

impl UpdateRule for Spsa {
    type State = ();
    const NEEDS: Needs = Needs::Value;
    const STEP_TEST: bool = false;

    fn method(&self) -> &'static str {
        "spsa"
    }

    fn check(&self, _num_params: usize) -> Result<()> {
        require_positive("a", self.a)?;
        require_positive("c", self.c)?;
        let not_negative = [
            ("stability", self.stability),
            ("alpha", self.alpha),
            ("gamma", self.gamma),
            ("blocking", self.blocking.unwrap_or(0.0)),
        ];
        for (what, value) in not_negative {
            require(value >= 0.0, what, value, "it must be at least 0")?;
        }
        Ok(())
    }

    fn step(
        &self,
        _state: &mut (),
        point: &Point,
        iteration: usize,
        evaluator: &mut Evaluator<'_>,
        bounds: &Bounds,
    ) -> Result<Point, Halt> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(iteration as u64);
        let k = iteration as f64;
        let a = self.a / (self.stability + k + 1.0).powf(self.alpha);
        let c = self.c / (k + 1.0).powf(self.gamma);

        let (mut plus, mut minus) = (point.x.clone(), point.x.clone());
        for i in 0..plus.len() {
            let shift = if rng.random::<bool>() { c } else { -c };
            plus[i] += shift;
            minus[i] -= shift;
        }
        bounds.project(&mut plus);
        bounds.project(&mut minus);
        let (up, down) = (evaluator.value(&plus)?, evaluator.value(&minus)?);

        let mut x = point.x.clone();
        for i in 0..x.len() {
            let distance = plus[i] - minus[i];
            if distance != 0.0 {
                x[i] -= a * (up - down) / distance;
            }
        }
        bounds.project(&mut x);
        let value = match self.blocking {
            None => (up + down) / 2.0,
            Some(allowed) => {
                let value = evaluator.value(&x)?;
                if value > point.value + allowed {
                    return Ok(point.clone());
                }
                value
            }
        };
        Ok(Point { x, value, gradient: Vec::new() })
    }

    fn estimates_value(&self) -> bool {
        self.blocking.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::*;

    fn bowl(x: &[f64]) -> f64 {
        x.iter().enumerate().map(|(i, x)| (x - i as f64 * 0.1).powi(2)).sum()
    }

    #[test]
    fn two_evaluations_an_iteration_and_one_at_either_end() {
        let mut stopping = Stopping::new().max_iterations(25);
        let outcome =
            Spsa::default().minimize(&mut FnObjective::new(40, bowl), &[1.0; 40], &mut stopping);
        let outcome = outcome.unwrap();
        assert_eq!(outcome.evaluations, 2 * 25 + 2);
        assert_eq!(outcome.value, bowl(&outcome.x));
    }

    #[test]
    fn gains_are_spalls() {
        let mut calls: Vec<Vec<f64>> = Vec::new();
        let slope = |x: &[f64]| 3.0 * x[0];
        let objective = |x: &[f64]| {
            calls.push(x.to_vec());
            slope(x)
        };
        let spsa =
            Spsa { a: 0.7, c: 0.1, stability: 5.0, alpha: 0.6, gamma: 0.2, ..Spsa::default() };
        let mut stopping = Stopping::new().max_iterations(4);
        let objective = &mut FnObjective::new(1, objective);
        let end = spsa.minimize(objective, &[0.0], &mut stopping).unwrap().x[0];
        let mut x = 0.0;
        for k in 0..4 {
            // The start is evaluated first; the estimate of a slope in one parameter is exact.
            let (plus, minus) = (calls[1 + 2 * k][0], calls[2 + 2 * k][0]);
            let c = 0.1 / f64::powf(k as f64 + 1.0, 0.2);
            assert!(((plus - x).abs() - c).abs() < 1e-14 && (plus + minus - 2.0 * x).abs() < 1e-14);
            x -= 3.0 * 0.7 / f64::powf(5.0 + k as f64 + 1.0, 0.6);
        }
        assert!((end - x).abs() < 1e-13);
    }

    #[test]
    fn seeds_decide_the_path() {
        let run = |seed| {
            let mut stopping = Stopping::new().max_iterations(5);
            let spsa = Spsa { seed, ..Default::default() };
            spsa.minimize(&mut FnObjective::new(6, bowl), &[1.0; 6], &mut stopping).unwrap().x
        };
        assert_eq!(run(3), run(3));
        assert_ne!(run(3), run(4));
    }

    #[test]
    fn finds_the_minimum_through_noise() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let noisy = |x: &[f64]| bowl(x) + 0.01 * (rng.random::<f64>() - 0.5);
        let mut stopping = Stopping::new().max_iterations(3000);
        let outcome =
            Spsa::default().minimize(&mut FnObjective::new(4, noisy), &[1.0; 4], &mut stopping);
        let x = outcome.unwrap().x;
        assert!(bowl(&x) < 1e-3, "{x:?}");
    }

    #[test]
    fn blocking_never_accepts_a_rise() {
        let spsa = Spsa { a: 20.0, blocking: Some(0.0), ..Default::default() };
        let mut stopping = Stopping::new().max_iterations(200);
        let outcome = spsa.minimize(&mut FnObjective::new(3, bowl), &[1.0; 3], &mut stopping);
        let history = outcome.unwrap().history;
        assert!(history.windows(2).all(|w| w[1].value <= w[0].value));
        // The gain is far too large, so that some steps were indeed refused.
        assert!(history.windows(2).any(|w| w[1].value == w[0].value));
    }

    #[test]
    fn probes_stay_within_the_bounds() {
        let mut outside = 0;
        let objective = |x: &[f64]| {
            outside += usize::from(x[0] > 1.0 || x[0] < 0.9);
            -x[0]
        };
        let mut stopping = Stopping::new().max_iterations(50).bounds(vec![(0.9, 1.0)]);
        let outcome =
            Spsa::default().minimize(&mut FnObjective::new(1, objective), &[0.95], &mut stopping);
        assert_eq!(outcome.unwrap().x, [1.0]);
        assert_eq!(outside, 0);

        // At the bound a probe has half the distance, and the slope is still exact.
        let mut stopping = Stopping::new().max_iterations(1).bounds(vec![(0.0, 1.0)]);
        let spsa = Spsa { a: 0.1, stability: 0.0, ..Default::default() };
        let objective = &mut FnObjective::new(1, |x: &[f64]| 2.0 * x[0]);
        let outcome = spsa.minimize(objective, &[1.0], &mut stopping);
        assert!((outcome.unwrap().x[0] - 0.8).abs() < 1e-12);
    }
}
