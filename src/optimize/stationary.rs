//! What a point without gradient is: a minimum, or one that can be left downhill.

use super::objective::Objective;
use super::optimizer::Optimizer;
use super::outcome::{Outcome, Step, StopReason};
use super::stopping::{Bounds, Stopping};
use crate::error::Result;
use crate::math::Lanczos;
use num_complex::Complex64;
use std::time::Instant;

/// Half of the distance between the two gradients of a second derivative. The error is a sixth of
/// its square times the fourth derivative, that of rounding 1e-16 over it.
const STEP: f64 = 1e-3;
/// A curvature counts as negative below this part of the largest one met.
const NEGATIVE: f64 = 1e-5;
/// Distances at which a lower point is looked for.
const DISTANCES: [f64; 6] = [0.8, 0.4, 0.2, 0.1, 0.05, 0.02];

/// A point where the gradient vanishes.
#[derive(Debug, Clone, PartialEq)]
pub struct Stationary {
    /// Euclidean norm of the gradient.
    pub gradient_norm: f64,
    /// The lowest eigenvalue of the Hessian: where it is negative, this is no minimum.
    pub curvature: f64,
    /// A lower point along the direction of that curvature, if it is negative.
    pub lower: Option<Vec<f64>>,
}

/// Whether the gradient at `x` vanishes (its norm is at most `tolerance`), and what `x` is then. The
/// Hessian's lowest eigenvalue comes from [`Lanczos`], with two gradients a product, so that no
/// method that follows the gradient needs to stay where there is none. `None` where there is a
/// gradient, and for an objective that has no gradients or no parameters.
///
/// ```
/// use ketlab::optimize::{FnObjective, stationary_point};
/// // A saddle: 0 is a minimum in x[0] and a maximum in x[1].
/// let f = |x: &[f64]| x[1].cos() - x[0].cos();
/// let mut saddle = FnObjective::with_gradient(2, f, |x: &[f64], g: &mut [f64]| {
///     (g[0], g[1]) = (x[0].sin(), -x[1].sin());
///     f(x)
/// });
/// let found = stationary_point(&mut saddle, &[0.0; 2], 1e-8)?.expect("there is no gradient");
/// assert!((found.curvature + 1.0).abs() < 1e-5);
/// assert!(f(&found.lower.unwrap()) < f(&[0.0; 2]));
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// Those of the objective.
pub fn stationary_point(
    objective: &mut dyn Objective,
    x: &[f64],
    tolerance: f64,
) -> Result<Option<Stationary>> {
    let n = objective.num_params();
    if n == 0 || n != x.len() || !objective.has_gradient() {
        return Ok(None);
    }
    let mut gradient = vec![0.0; n];
    let value = objective.value_and_gradient(x, &mut gradient)?;
    let gradient_norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    if gradient_norm.is_nan() || gradient_norm > tolerance {
        return Ok(None);
    }
    let moved = |direction: &[f64], by: f64| -> Vec<f64> {
        x.iter().zip(direction).map(|(x, d)| x + by * d).collect()
    };
    let (mut before, mut after, mut largest) = (vec![0.0; n], vec![0.0; n], 0.0f64);
    // A handful of digits decides the sign.
    let lanczos = Lanczos::new(1).tolerance(1e-6).max_products(200).real();
    let found = lanczos.run(n, |v, product| {
        let direction: Vec<f64> = v.iter().map(|v| v.re).collect();
        objective.value_and_gradient(&moved(&direction, STEP), &mut after)?;
        objective.value_and_gradient(&moved(&direction, -STEP), &mut before)?;
        for (product, (after, before)) in product.iter_mut().zip(after.iter().zip(&before)) {
            *product = Complex64::from((after - before) / (2.0 * STEP));
        }
        largest = largest.max(product.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt());
        Ok(())
    })?;
    let curvature = found.values[0];
    let mut lower: Option<(f64, Vec<f64>)> = None;
    if curvature < -NEGATIVE * largest {
        let direction: Vec<f64> = found.vectors[0].iter().map(|v| v.re).collect();
        let mut least = value - 1e-12 * value.abs().max(f64::MIN_POSITIVE);
        for by in DISTANCES.iter().flat_map(|by| [*by, -by]) {
            let point = moved(&direction, by);
            let there = objective.value(&point)?;
            if there < least {
                least = there;
                lower = Some((there, point));
            }
        }
    }
    Ok(Some(Stationary { gradient_norm, curvature, lower: lower.map(|(_, point)| point) }))
}

/// Minimizes as the optimizer does, but leaves a start without gradient downhill where it is no
/// minimum, and takes an objective without parameters for what it is, one number. Returns what the
/// start was, if it had no gradient: where no curvature is negative there, methods that follow
/// gradients end at the start, converged to second order.
///
/// # Errors
/// Those of the optimizer and the objective.
pub fn minimize_from(
    objective: &mut dyn Objective,
    optimizer: &dyn Optimizer,
    start: &[f64],
    stopping: &mut Stopping<'_>,
) -> Result<(Outcome, Option<Stationary>)> {
    if objective.num_params() == 0 && start.is_empty() {
        return Ok((one_number(objective)?, None));
    }
    // A resumed run is no longer at the start, but its checkpoint belongs to where it began.
    let Some(stationary) = stationary_point(objective, start, stopping.gradient_tolerance)? else {
        return Ok((optimizer.minimize(objective, start, stopping)?, None));
    };
    let mut from = stationary.lower.clone().unwrap_or_else(|| start.to_vec());
    Bounds::of(stopping).project(&mut from);
    let mut outcome = optimizer.minimize(objective, &from, stopping)?;
    if let (StopReason::Plateau { gradient_norm: Some(gradient_norm) }, None) =
        (&outcome.stop, &stationary.lower)
    {
        outcome.stop = StopReason::Gradient { gradient_norm: *gradient_norm };
    }
    Ok((outcome, Some(stationary)))
}

fn one_number(objective: &mut dyn Objective) -> Result<Outcome> {
    let start = Instant::now();
    let value = objective.value(&[])?;
    Ok(Outcome {
        x: Vec::new(),
        value,
        best_x: Vec::new(),
        best_value: value,
        gradient_norm: None,
        iterations: 0,
        evaluations: 1,
        gradient_evaluations: 0,
        metric_evaluations: 0,
        stop: StopReason::NoParameters,
        history: vec![Step { iteration: 0, value, evaluations: 1, gradient_norm: None }],
        seconds: start.elapsed().as_secs_f64(),
        resumed_from: None,
        checkpoint_error: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::FnObjective;
    use crate::optimize::OptimizerKind;

    fn quadratic(curvatures: Vec<f64>) -> impl Objective {
        let again = curvatures.clone();
        let value =
            move |x: &[f64]| x.iter().zip(&again).map(|(x, c)| 0.5 * c * x * x).sum::<f64>();
        let values = value.clone();
        FnObjective::with_gradient(curvatures.len(), value, move |x: &[f64], g: &mut [f64]| {
            g.iter_mut().zip(x).zip(&curvatures).for_each(|((g, x), c)| *g = c * x);
            values(x)
        })
    }

    #[test]
    fn minima_saddles_and_slopes() {
        let mut minimum = quadratic(vec![2.0, 0.5, 3.0]);
        let found = stationary_point(&mut minimum, &[0.0; 3], 1e-8).unwrap().unwrap();
        assert!((found.curvature - 0.5).abs() < 1e-5 && found.lower.is_none());
        assert_eq!(stationary_point(&mut minimum, &[0.1, 0.0, 0.0], 1e-8).unwrap(), None);
        let mut saddle = quadratic(vec![1.0; 30].into_iter().chain([-1e-2]).collect());
        let found = stationary_point(&mut saddle, &[0.0; 31], 1e-8).unwrap().unwrap();
        assert!((found.curvature + 1e-2).abs() < 1e-5);
        let lower = found.lower.unwrap();
        assert!(lower[30].abs() > 0.5 && saddle.value(&lower).unwrap() < -1e-3);
        let mut flat = quadratic(vec![0.0; 4]);
        let found = stationary_point(&mut flat, &[1.0; 4], 1e-8).unwrap().unwrap();
        assert_eq!((found.curvature, found.lower), (0.0, None));
        // Bowls with tiny units are no saddles, and saddles with tiny units are.
        for (sign, is_saddle) in [(1.0, false), (-1.0, true)] {
            let mut tiny = quadratic(vec![1e-12, sign * 1e-12]);
            let found = stationary_point(&mut tiny, &[0.0; 2], 1e-8).unwrap().unwrap();
            assert_eq!(found.lower.is_some(), is_saddle);
        }
    }

    #[test]
    fn minimizations_leave_saddles_and_stay_at_minima() {
        let value = |x: &[f64]| x[0].cos() - x[1].cos();
        let mut objective = FnObjective::with_gradient(2, value, |x: &[f64], g: &mut [f64]| {
            (g[0], g[1]) = (-x[0].sin(), x[1].sin());
            value(x)
        });
        for method in [
            OptimizerKind::Lbfgs,
            OptimizerKind::Adam,
            OptimizerKind::GradientDescent,
            OptimizerKind::Rotosolve,
        ] {
            let optimizer = method.optimizer();
            let mut stopping = Stopping::new().max_iterations(5000).gradient_tolerance(1e-6);
            let (outcome, left) =
                minimize_from(&mut objective, &*optimizer, &[0.0; 2], &mut stopping).unwrap();
            assert!((outcome.best_value + 2.0).abs() < 1e-6, "{method}: {}", outcome.stop);
            assert!((left.unwrap().curvature + 1.0).abs() < 1e-5);
        }
        let minimum = [std::f64::consts::PI, 0.0];
        let optimizer = OptimizerKind::Lbfgs.optimizer();
        let mut stopping = Stopping::new();
        let (outcome, left) =
            minimize_from(&mut objective, &*optimizer, &minimum, &mut stopping).unwrap();
        assert!(outcome.converged() && outcome.x == minimum, "{}", outcome.stop);
        assert!(left.unwrap().lower.is_none());
        let (_, left) =
            minimize_from(&mut objective, &*optimizer, &[0.1, 0.0], &mut stopping).unwrap();
        assert_eq!(left, None);
    }

    #[test]
    fn no_parameters_are_one_number() {
        let mut objective = FnObjective::new(0, |_: &[f64]| 0.75);
        for method in OptimizerKind::ALL {
            let optimizer = method.optimizer();
            let (outcome, left) =
                minimize_from(&mut objective, &*optimizer, &[], &mut Stopping::new()).unwrap();
            assert_eq!((outcome.value, outcome.best_value, left), (0.75, 0.75, None));
            assert!(outcome.converged() && outcome.stop == StopReason::NoParameters);
        }
    }
}
