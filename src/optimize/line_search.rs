//! A step length by the strong Wolfe conditions, along a line that the bounds may bend.

use super::evaluator::{Evaluator, Halt, Point};
use super::stopping::Bounds;

/// Sufficient decrease and curvature: Nocedal and Wright's values for quasi-Newton directions.
const C1: f64 = 1e-4;
const C2: f64 = 0.9;

/// Relative rounding error of an objective's value: below it, only slopes tell up from down.
const NOISE: f64 = 1e-13;

struct Trial {
    alpha: f64,
    value: f64,
    slope: f64,
    point: Option<Point>,
}

/// Searches along P(x + α·direction), P the projection on the bounds, from α = `alpha`; `None` if
/// it finds nothing that descends.
///
/// Nocedal and Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6 in one loop: `low` is
/// the best trial that descends enough, `high` the other end of an interval with a minimum, once
/// there is one. Near convergence, where values differ by rounding only, descent is judged by the
/// slope: the approximate Wolfe conditions of Hager and Zhang, SIAM J. Optim. 16, 170 (2005),
/// eq. (4.1). If the trials run out, any step that descends enough is good.
pub(super) fn line_search(
    evaluator: &mut Evaluator<'_>,
    start: &Point,
    direction: &[f64],
    mut alpha: f64,
    bounds: &Bounds,
    max_trials: usize,
) -> Result<Option<Point>, Halt> {
    let slope0 = slope(start, &start.gradient, direction, 0.0, bounds);
    let noise = NOISE * start.value.abs().max(1.0);
    let mut low = Trial { alpha: 0.0, value: start.value, slope: slope0, point: None };
    let mut high: Option<Trial> = None;
    for _ in 0..max_trials {
        let mut x = start.x.clone();
        for (x, d) in x.iter_mut().zip(direction) {
            *x += alpha * d;
        }
        bounds.project(&mut x);
        if x == start.x {
            break;
        }
        let point = evaluator.gradient(x)?;
        let slope = slope(start, &point.gradient, direction, alpha, bounds);
        let trial = Trial { alpha, value: point.value, slope, point: Some(point) };

        let descends = trial.value <= start.value + C1 * alpha * slope0
            || (trial.value <= start.value + noise && slope <= (2.0 * C1 - 1.0) * slope0);
        if !descends || trial.value > low.value + noise {
            high = Some(trial);
        } else if slope.abs() <= -C2 * slope0 {
            return Ok(trial.point);
        } else {
            // The minimum lies between the two trials if the slope leads back to `low`.
            let away = high.as_ref().map_or(1.0, |high| high.alpha - low.alpha);
            let old = std::mem::replace(&mut low, trial);
            if slope * away >= 0.0 {
                high = Some(old);
            }
        }
        alpha = match &high {
            Some(high) => interpolate(&low, high),
            None => 2.5 * alpha,
        };
        if alpha == low.alpha {
            break;
        }
    }
    Ok(low.point)
}

/// Derivative along the bent line at `alpha`: parameters that have met a bound stand still.
fn slope(start: &Point, gradient: &[f64], direction: &[f64], alpha: f64, bounds: &Bounds) -> f64 {
    let mut sum = 0.0;
    for i in 0..direction.len() {
        let (lower, upper) = bounds.get(i);
        let x = start.x[i] + alpha * direction[i];
        let stands = (direction[i] < 0.0 && x <= lower) || (direction[i] > 0.0 && x >= upper);
        if !stands {
            sum += gradient[i] * direction[i];
        }
    }
    sum
}

/// Minimum of the cubic through both ends (Nocedal and Wright, eq. 3.59), or the middle where that
/// lies too near an end to narrow the interval.
fn interpolate(low: &Trial, high: &Trial) -> f64 {
    let width = high.alpha - low.alpha;
    let d1 = low.slope + high.slope - 3.0 * (low.value - high.value) / -width;
    let d2 = width.signum() * (d1 * d1 - low.slope * high.slope).sqrt();
    let part = 1.0 - (high.slope + d2 - d1) / (high.slope - low.slope + 2.0 * d2);
    let part = if (0.1..=0.9).contains(&part) { part } else { 0.5 };
    low.alpha + part * width
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::FnObjective;
    use crate::optimize::Stopping;

    #[test]
    fn the_cubic_is_exact_for_a_cubic() {
        // f = (α - 0.4)² (α + 3), minimum at 0.4, from either end.
        let trial = |alpha: f64| Trial {
            alpha,
            value: (alpha - 0.4).powi(2) * (alpha + 3.0),
            slope: 2.0 * (alpha - 0.4) * (alpha + 3.0) + (alpha - 0.4).powi(2),
            point: None,
        };
        assert!((interpolate(&trial(0.0), &trial(1.0)) - 0.4).abs() < 1e-14);
        assert!((interpolate(&trial(1.0), &trial(0.0)) - 0.4).abs() < 1e-14);
    }

    #[test]
    fn the_result_meets_both_conditions_from_any_first_length() {
        let f = |x: f64| (x - 2.0).powi(4) + 0.1 * (8.0 * x).sin();
        let df = |x: f64| 4.0 * (x - 2.0).powi(3) + 0.8 * (8.0 * x).cos();
        for first in [1e-4, 0.1, 1.0, 30.0] {
            let mut objective = FnObjective::with_gradient(
                1,
                |x: &[f64]| f(x[0]),
                |x: &[f64], g: &mut [f64]| {
                    g[0] = df(x[0]);
                    f(x[0])
                },
            );
            let mut evaluator = Evaluator::new(&mut objective, &Stopping::new());
            let start = evaluator.gradient(vec![0.0]).unwrap();
            let none = Bounds::default();
            let end = line_search(&mut evaluator, &start, &[1.0], first, &none, 40).unwrap();
            let alpha = end.unwrap().x[0];
            assert!(f(alpha) <= f(0.0) + C1 * alpha * df(0.0), "{first}: {alpha}");
            assert!(df(alpha).abs() <= -C2 * df(0.0), "{first}: {alpha}");
        }
    }
}
