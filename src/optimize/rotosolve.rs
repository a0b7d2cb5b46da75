//! Rotosolve: each parameter to its exact minimum, one after another.

use super::driver::{Needs, UpdateRule, require, require_positive};
use super::evaluator::{Evaluator, Halt, Point};
use super::outcome::StopReason;
use super::stopping::Bounds;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Rotosolve: Ostaszewski, Grant and Benedetti, Quantum 5, 391 (2021), algorithm 1; Nakanishi,
/// Fujii and Todo, Phys. Rev. Research 2, 043158 (2020).
///
/// It assumes that in each parameter alone the objective is a + b·cos(ωθ - φ): so it is for an
/// expectation value whose parameter enters one Pauli rotation (ω = 1, the default) or enters
/// through a factor ω. A parameter shared by several gates has more frequencies; there the
/// method still runs, but its steps are not minima and it may not descend: watch the history.
///
/// An iteration is a sweep over all parameters, with two evaluations per parameter and one at the
/// end; between, the value is carried on by the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rotosolve {
    /// The frequency ω of each parameter; empty: all are 1.
    pub frequencies: Vec<f64>,
}

/// The sinusoid through three values at θ and θ ± π/(2ω).
struct Sinusoid {
    mean: f64,
    amplitude: f64,
    /// From θ to the nearest minimum, in units of 1/ω: in (-π, π].
    to_minimum: f64,
}

impl Sinusoid {
    fn new(here: f64, plus: f64, minus: f64) -> Self {
        let mean = (plus + minus) / 2.0;
        // f(θ + t/ω) = mean + (here - mean) cos t + (plus - minus)/2 sin t
        let (cosine, sine) = (here - mean, (plus - minus) / 2.0);
        Sinusoid { mean, amplitude: cosine.hypot(sine), to_minimum: (-sine).atan2(-cosine) }
    }

    /// Its value `t` (in units of 1/ω) from θ.
    fn at(&self, t: f64) -> f64 {
        self.mean - self.amplitude * (t - self.to_minimum).cos()
    }
}

/// The lowest point of the sinusoid within the bounds: a minimum, or the better bound.
fn lowest(model: &Sinusoid, x: f64, omega: f64, (lower, upper): (f64, f64)) -> f64 {
    let period = TAU / omega;
    let mut target = x + model.to_minimum / omega;
    if target < lower {
        target += period * ((lower - target) / period).ceil();
    } else if target > upper {
        target -= period * ((target - upper) / period).ceil();
    }
    let within = target.clamp(lower, upper);
    if (within - target).abs() <= 1e-12 * period {
        return within;
    }
    // No minimum within, so the bounds are finite and less than a period apart.
    let value = |bound: f64| model.at((bound - x) * omega);
    if value(lower) <= value(upper) { lower } else { upper }
}

/// Share of the largest amplitude, and of the value, by which a sweep may miss what the sinusoids
/// promise: rounding in single precision.
const MISS: (f64, f64) = (1e-4, 1e-7);

/// What is known of the objective.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Known {
    /// Its values do not repeat, so that a sweep that misses proves nothing.
    is_noisy: bool,
}

impl Rotosolve {
    fn frequency(&self, i: usize) -> f64 {
        self.frequencies.get(i).copied().unwrap_or(1.0)
    }

    /// What a flat sweep means: nothing moves, or a quarter of a period is a period of the objective.
    fn flat(&self, point: &Point, evaluator: &mut Evaluator<'_>) -> Result<Halt, Halt> {
        let mut x = point.x.clone();
        for i in 0..x.len() {
            x[i] = point.x[i] + 1.0 / self.frequency(i);
            let found = evaluator.value(&x)?;
            if (found - point.value).abs() > 1e-9 * point.value.abs().max(1.0) {
                return Ok(Halt::Stop(StopReason::NotSinusoidal { expected: point.value, found }));
            }
            x[i] = point.x[i];
        }
        Ok(Halt::Stop(StopReason::Plateau { gradient_norm: None }))
    }
}

impl UpdateRule for Rotosolve {
    type State = Known;
    const NEEDS: Needs = Needs::Value;
    const STEP_TOLERANCE: Option<f64> = Some(1e-10);

    fn method(&self) -> &'static str {
        "rotosolve"
    }

    fn check(&self, num_params: usize) -> Result<()> {
        let count = self.frequencies.len();
        require(
            count == 0 || count == num_params,
            "the number of Rotosolve frequencies",
            count as f64,
            &format!("the objective has {num_params} parameters"),
        )?;
        for &omega in &self.frequencies {
            require_positive("a Rotosolve frequency", omega)?;
        }
        Ok(())
    }

    fn step(
        &self,
        known: &mut Known,
        point: &Point,
        _iteration: usize,
        evaluator: &mut Evaluator<'_>,
        bounds: &Bounds,
    ) -> Result<Point, Halt> {
        let mut x = point.x.clone();
        let (mut value, mut largest) = (point.value, 0.0);
        for i in 0..x.len() {
            let omega = self.frequency(i);
            let here = x[i];
            // The probes may leave the bounds: the sinusoid is known everywhere or nowhere.
            x[i] = here + FRAC_PI_2 / omega;
            let plus = evaluator.value(&x)?;
            x[i] = here - FRAC_PI_2 / omega;
            let minus = evaluator.value(&x)?;
            let model = Sinusoid::new(value, plus, minus);
            // In a flat direction the phase is rounding noise; stay.
            if model.amplitude <= 1e-14 * model.mean.abs().max(1.0) {
                x[i] = here;
                continue;
            }
            largest = f64::max(largest, model.amplitude);
            x[i] = lowest(&model, here, omega, bounds.get(i));
            value = model.at((x[i] - here) * omega);
        }
        if largest == 0.0 {
            return Err(self.flat(point, evaluator)?);
        }
        let found = evaluator.value(&x)?;
        let allowed = MISS.0 * largest + MISS.1 * found.abs();
        if !known.is_noisy && (found - value).abs() > allowed {
            if evaluator.value(&x)? == found {
                let stop = StopReason::NotSinusoidal { expected: value, found };
                return Err(Halt::Stop(stop));
            }
            known.is_noisy = true;
        }
        Ok(Point { x, value: found, gradient: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::*;

    #[test]
    fn one_parameter_is_solved_by_one_sweep() {
        for (start, omega) in [(0.3, 1.0), (-4.0, 2.0), (2.0, 0.5)] {
            let f = move |x: &[f64]| 3.0 - 2.0 * (omega * x[0] - 0.8).cos();
            let rotosolve = Rotosolve { frequencies: vec![omega] };
            let mut stopping = Stopping::new();
            let outcome =
                rotosolve.minimize(&mut FnObjective::new(1, f), &[start], &mut stopping).unwrap();
            assert!((outcome.history[1].value - 1.0).abs() < 1e-14);
            assert!(matches!(outcome.stop, StopReason::Step { .. }), "{}", outcome.stop);
            assert_eq!(outcome.evaluations, 1 + 3 * outcome.iterations);
        }
    }

    #[test]
    fn bounds_hold_the_minimum() {
        let f = |x: &[f64]| -(x[0]).cos();
        let solve = |bounds, start| {
            let mut stopping = Stopping::new().bounds(vec![bounds]).max_iterations(1);
            let objective = &mut FnObjective::new(1, f);
            let outcome = Rotosolve::default().minimize(objective, &[start], &mut stopping);
            outcome.unwrap().x[0]
        };
        // No minimum (a multiple of 2π) within: the nearer end; else the one within.
        assert_eq!(solve((1.0, 4.0), 2.0), 1.0);
        assert_eq!(solve((3.0, 6.0), 4.0), 6.0);
        assert!((solve((3.0, 7.0), 3.5) - TAU).abs() < 1e-12);
        // The nearest minimum is 2π, beyond the bound; the one within is 0.
        assert!(solve((-1.0, 4.0), 3.9).abs() < 1e-12);
        assert!((solve((-20.0, -10.0), -11.0) + 2.0 * TAU).abs() < 1e-12);
        assert!((solve((f64::NEG_INFINITY, -10.0), -11.0) + 2.0 * TAU).abs() < 1e-12);
    }

    /// ⟨H⟩ = -cos(t - 1) for t up to 0.3: a probe at 0.1 + π/2 is lower than all that is allowed.
    #[test]
    fn a_probe_outside_is_not_the_best_point() {
        let mut objective = FnObjective::new(1, |x: &[f64]| -(x[0] - 1.0).cos());
        let mut stopping = Stopping::new().bounds(vec![(0.0, 0.3)]);
        let outcome = Rotosolve::default().minimize(&mut objective, &[0.1], &mut stopping).unwrap();
        assert_eq!((outcome.x[0], outcome.best_x[0]), (0.3, 0.3));
        assert!((outcome.best_value + 0.764842187284488).abs() < 1e-15, "{}", outcome.best_value);
    }

    #[test]
    fn what_is_no_sinusoid_is_not_converged() {
        let run = |f: fn(&[f64]) -> f64, start: f64, frequencies: &[f64]| {
            let rotosolve = Rotosolve { frequencies: frequencies.to_vec() };
            let objective = &mut FnObjective::new(1, f);
            rotosolve.minimize(objective, &[start], &mut Stopping::new()).unwrap().stop
        };
        type Function = fn(&[f64]) -> f64;
        let refused: [(Function, f64); 6] = [
            (|x| x[0] * x[0], 0.7),
            (|x| 1e6 + (x[0] - 0.2).powi(2), 0.7),
            (|x| (2.0 * x[0]).cos(), 0.1),
            // Both probes and the start are zeros.
            (|x| (2.0 * x[0]).cos(), std::f64::consts::FRAC_PI_4),
            (|x| (3.0 * x[0] + 0.1).cos(), 0.3),
            (|x| x[0].cos() + 0.1 * (2.0 * x[0] + 1.0).sin(), 0.4),
        ];
        for (k, (f, start)) in refused.into_iter().enumerate() {
            let stop = run(f, start, &[]);
            assert!(matches!(stop, StopReason::NotSinusoidal { .. }), "{k}: {stop}");
            assert!(!stop.is_converged() && stop.to_string().contains("no sinusoid"), "{stop}");
        }
        let stop = run(|x| (2.0 * x[0]).cos(), 0.1, &[2.0]);
        assert!(matches!(stop, StopReason::Step { .. }), "{stop}");
    }

    #[test]
    fn noise_is_not_taken_for_another_function() {
        let mut calls = 0u32;
        let noisy = |x: &[f64]| {
            calls += 1;
            -x[0].cos() + 0.01 * f64::from(calls).sin()
        };
        let mut stopping = Stopping::new().max_iterations(5);
        let objective = &mut FnObjective::new(1, noisy);
        let outcome = Rotosolve::default().minimize(objective, &[1.0], &mut stopping).unwrap();
        assert_eq!(outcome.stop, StopReason::MaxIterations { limit: 5 });
        assert!(outcome.x[0].abs() < 0.05, "{:?}", outcome.x);
    }

    #[test]
    fn a_flat_objective_is_a_plateau() {
        let objective = &mut FnObjective::new(2, |_: &[f64]| 0.25);
        let outcome = Rotosolve::default().minimize(objective, &[0.1, 0.2], &mut Stopping::new());
        let outcome = outcome.unwrap();
        assert_eq!(outcome.stop, StopReason::Plateau { gradient_norm: None });
        assert_eq!(outcome.x, [0.1, 0.2]);
    }
}
