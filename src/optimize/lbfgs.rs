//! L-BFGS, with bounds by projection.

use super::driver::{Needs, UpdateRule, require};
use super::evaluator::{Evaluator, Halt, Point};
use super::line_search::line_search;
use super::outcome::StopReason;
use super::stopping::Bounds;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Limited-memory BFGS: Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5,
/// with a strong Wolfe line search.
///
/// Bounds are met by projection: a parameter that a bound holds leaves the quasi-Newton direction,
/// and the line search follows the projected line (Bertsekas, SIAM J. Control Optim. 20, 221
/// (1982)). It is not Byrd, Lu and Nocedal's L-BFGS-B, whose Cauchy point finds the active bounds
/// of large problems in fewer iterations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lbfgs {
    /// How many steps shape the direction (SciPy's `maxcor`).
    pub memory_size: usize,
    /// Evaluations a line search may take (SciPy's `maxls`).
    pub max_linesearch_steps: usize,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Lbfgs { memory_size: 10, max_linesearch_steps: 30 }
    }
}

/// A step s and the change y of the gradient along it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The scalar product over the free parameters.
fn dot_free(a: &[f64], b: &[f64], free: &[bool]) -> f64 {
    (0..a.len()).filter(|&i| free[i]).map(|i| a[i] * b[i]).sum()
}

fn add(target: &mut [f64], factor: f64, source: &[f64]) {
    for (target, source) in target.iter_mut().zip(source) {
        *target += factor * source;
    }
}

/// Whether the curvature sᵀy of a step is positive beyond rounding.
fn curved(sy: f64, yy: f64) -> bool {
    sy > f64::EPSILON * yy
}

/// -H·gradient over the free parameters by the two-loop recursion (algorithm 7.4); the others
/// are 0.
fn direction(pairs: &[Pair], gradient: &[f64], free: &[bool]) -> Vec<f64> {
    let mut q: Vec<f64> =
        (0..free.len()).map(|i| if free[i] { -gradient[i] } else { 0.0 }).collect();
    let mut used = Vec::with_capacity(pairs.len());
    let mut scale = None;
    for pair in pairs.iter().rev() {
        let (sy, yy) = (dot_free(&pair.s, &pair.y, free), dot_free(&pair.y, &pair.y, free));
        if curved(sy, yy) {
            let alpha = dot_free(&pair.s, &q, free) / sy;
            add(&mut q, -alpha, &pair.y);
            scale.get_or_insert(sy / yy);
            used.push((pair, sy, alpha));
        }
    }
    let scale = scale.unwrap_or(1.0);
    q.iter_mut().for_each(|q| *q *= scale);
    for (pair, sy, alpha) in used.into_iter().rev() {
        let beta = dot_free(&pair.y, &q, free) / sy;
        add(&mut q, alpha - beta, &pair.s);
    }
    (0..free.len()).map(|i| if free[i] { q[i] } else { 0.0 }).collect()
}

/// The quasi-Newton direction, or `None` if it does not descend.
fn descent(pairs: &[Pair], point: &Point, bounds: &Bounds) -> Option<Vec<f64>> {
    let (x, gradient) = (&point.x, &point.gradient);
    let free: Vec<bool> = (0..x.len()).map(|i| !bounds.holds(i, x[i], gradient[i])).collect();
    let mut d = direction(pairs, gradient, &free);
    for i in 0..d.len() {
        // `holds` tells whether the bound blocks a move against its last argument.
        if bounds.holds(i, x[i], -d[i]) {
            d[i] = 0.0;
        }
    }
    let slope = dot(&d, gradient);
    let norms = (dot(&d, &d) * dot_free(gradient, gradient, &free)).sqrt();
    (slope < -1e-10 * norms && norms.is_finite()).then_some(d)
}

impl UpdateRule for Lbfgs {
    /// The latest steps, oldest first.
    type State = Vec<Pair>;
    const NEEDS: Needs = Needs::Gradient;

    fn method(&self) -> &'static str {
        "lbfgs"
    }

    fn check(&self, _num_params: usize) -> Result<()> {
        let counts = [
            ("memory_size", self.memory_size),
            ("max_linesearch_steps", self.max_linesearch_steps),
        ];
        for (what, count) in counts {
            require(count > 0, what, count as f64, "it must be at least 1")?;
        }
        Ok(())
    }

    fn fits(pairs: &Vec<Pair>, num_params: usize) -> bool {
        pairs.iter().all(|pair| pair.s.len() == num_params && pair.y.len() == num_params)
    }

    fn step(
        &self,
        pairs: &mut Vec<Pair>,
        point: &Point,
        _iteration: usize,
        evaluator: &mut Evaluator<'_>,
        bounds: &Bounds,
    ) -> Result<Point, Halt> {
        let (norm, _) = bounds.projected_norm(&point.x, &point.gradient);
        let next = loop {
            let found = match descent(pairs, point, bounds) {
                Some(d) => {
                    // Steepest descent has no natural length: a first trial of at most 1.
                    let alpha = if pairs.is_empty() { f64::min(1.0, 1.0 / norm) } else { 1.0 };
                    let trials = self.max_linesearch_steps;
                    line_search(evaluator, point, &d, alpha, bounds, trials)?
                }
                None => None,
            };
            if let Some(next) = found {
                break next;
            }
            // Once more along the gradient, without what the memory says.
            if pairs.is_empty() {
                return Err(Halt::Stop(StopReason::Plateau { gradient_norm: Some(norm) }));
            }
            pairs.clear();
        };
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        let s: Vec<f64> = difference(&next.x, &point.x);
        let y: Vec<f64> = difference(&next.gradient, &point.gradient);
        if curved(dot(&s, &y), dot(&y, &y)) {
            pairs.push(Pair { s, y });
            if pairs.len() > self.memory_size {
                pairs.remove(0);
            }
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::problems::{cosines, rosenbrock};
    use crate::optimize::*;

    #[test]
    fn the_two_loops_invert_the_hessian_on_what_they_have_seen() {
        // Hessian diag(4, 9) and steps along both axes: H must be its inverse.
        let pairs = [
            Pair { s: vec![0.5, 0.0], y: vec![2.0, 0.0] },
            Pair { s: vec![0.0, -1.0], y: vec![0.0, -9.0] },
        ];
        let d = direction(&pairs, &[8.0, -9.0], &[true, true]);
        assert!((d[0] + 2.0).abs() < 1e-15 && (d[1] - 1.0).abs() < 1e-15, "{d:?}");
        // A parameter that is held stays, whatever the pairs say.
        assert_eq!(direction(&pairs, &[8.0, -9.0], &[false, true])[0], 0.0);
    }

    #[test]
    fn rosenbrock_to_gradient_norm_1e_8() {
        for n in [2, 5, 20] {
            let start: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
            let outcome = Lbfgs::default()
                .minimize(&mut rosenbrock(n), &start, &mut Stopping::new())
                .unwrap();
            assert!(outcome.gradient_norm.unwrap() <= 1e-8, "{n}: {}", outcome.stop);
            assert!(outcome.evaluations < 12 * n + 40, "{n}: {}", outcome.evaluations);
        }
    }

    #[test]
    fn cosines_to_gradient_norm_1e_8_from_many_starts() {
        // The value ends near -3 with rounding of some 1e-16, the gradient must still come down.
        for k in 0..50 {
            let start: Vec<f64> = (0..6).map(|i| (k * 7 + i * 3) as f64 * 0.37 % 6.2).collect();
            let outcome =
                Lbfgs::default().minimize(&mut cosines(6), &start, &mut Stopping::new()).unwrap();
            assert!(matches!(outcome.stop, StopReason::Gradient { .. }), "{k}: {}", outcome.stop);
        }
    }

    #[test]
    fn rounding_of_the_value_does_not_stop_it_early() {
        // Rounding as a large simulation has it: within 1e-7 of the minimum only slopes are true.
        for k in 0..30 {
            let rounding = |x: &[f64]| 4e-14 * (1e12 * (x[0] + 2.0 * x[1])).sin();
            let mut objective = FnObjective::with_gradient(
                3,
                |x: &[f64]| cosines(3).value(x).unwrap() + rounding(x),
                |x: &[f64], g: &mut [f64]| {
                    cosines(3).value_and_gradient(x, g).unwrap() + rounding(x)
                },
            );
            let start: Vec<f64> = (0..3).map(|i| (k * 5 + i * 3) as f64 * 0.21 % 1.9).collect();
            let mut stopping = Stopping::new().gradient_tolerance(1e-11);
            let outcome = Lbfgs::default().minimize(&mut objective, &start, &mut stopping).unwrap();
            assert!(matches!(outcome.stop, StopReason::Gradient { .. }), "{k}: {}", outcome.stop);
        }
    }

    #[test]
    fn bounds_hold_the_constrained_minimum() {
        // x0 ≤ 0.5 is active: then x1 = x0², a corner that the free minimum (1, 1) is not.
        let mut stopping = Stopping::new().bounds(vec![(-2.0, 0.5), (-2.0, 2.0)]);
        let outcome =
            Lbfgs::default().minimize(&mut rosenbrock(2), &[-1.2, 1.0], &mut stopping).unwrap();
        assert!((outcome.x[0] - 0.5).abs() < 1e-12 && (outcome.x[1] - 0.25).abs() < 1e-8);
        assert!(matches!(outcome.stop, StopReason::Bounds { active: 1, .. }), "{}", outcome.stop);
    }

    #[test]
    fn bounded_quadratics_end_at_a_point_that_satisfies_the_optimality_conditions() {
        // Coupled convex quadratic in 8 parameters, boxes of several widths.
        let n = 8;
        for k in 0..20 {
            let b: Vec<f64> = (0..n).map(|i| ((i * 5 + k * 3) % 11) as f64 - 5.0).collect();
            let gradient = move |x: &[f64]| -> Vec<f64> {
                let sum: f64 = x.iter().sum();
                (0..n).map(|i| (1 + i) as f64 * x[i] + 0.5 * sum - b[i]).collect()
            };
            let b: Vec<f64> = (0..n).map(|i| ((i * 5 + k * 3) % 11) as f64 - 5.0).collect();
            let f = move |x: &[f64]| {
                let sum: f64 = x.iter().sum();
                let each = (0..n).map(|i| (1 + i) as f64 * x[i] * x[i] / 2.0 - b[i] * x[i]);
                each.sum::<f64>() + 0.25 * sum * sum
            };
            let value = f.clone();
            let mut objective = FnObjective::with_gradient(n, f, |x: &[f64], g: &mut [f64]| {
                g.copy_from_slice(&gradient(x));
                value(x)
            });
            let bounds: Vec<_> = (0..n).map(|i| (-0.1 * (i + 1) as f64, 0.3)).collect();
            let mut stopping = Stopping::new().bounds(bounds.clone());
            let outcome = Lbfgs::default().minimize(&mut objective, &[0.0; 8], &mut stopping);
            let outcome = outcome.unwrap();
            assert!(outcome.converged(), "{k}: {}", outcome.stop);
            let g = gradient(&outcome.x);
            for i in 0..n {
                let (lower, upper) = bounds[i];
                let x = outcome.x[i];
                let optimal = if x == lower {
                    g[i] >= -1e-8
                } else if x == upper {
                    g[i] <= 1e-8
                } else {
                    x > lower && x < upper && g[i].abs() <= 1e-8
                };
                assert!(optimal, "{k}, parameter {i}: x = {x}, gradient {}", g[i]);
            }
        }
    }
}
