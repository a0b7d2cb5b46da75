//! The loop that all of ketlab's own methods share: the tests of convergence, history, callback,
//! checkpoints. A method supplies one step.

use super::checkpoint::{Keeper, whole};
use super::evaluator::{Evaluator, Halt, Point, Record, no_budget};
use super::objective::Objective;
use super::optimizer::Optimizer;
use super::outcome::{Outcome, Step, StopReason};
use super::stopping::{Bounds, Iterate, Stopping};
use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Instant;

/// One of ketlab's own methods: its settings are `self`, what it carries from one iteration to
/// the next is `State`. All randomness is a function of settings and iteration.
pub(super) trait UpdateRule: Serialize {
    type State: Clone + Default + Serialize + DeserializeOwned;
    /// What the method asks of the objective beyond its value.
    const NEEDS: Needs;
    /// The step tolerance if nothing else is said; `None` is off.
    const STEP_TOLERANCE: Option<f64> = None;
    /// Whether a small step means anything.
    const STEP_TEST: bool = true;

    fn method(&self) -> &'static str;

    /// Refuses settings that make no sense.
    fn check(&self, num_params: usize) -> Result<()>;

    /// What the first iteration finds; empty unless it has a length of its own.
    fn state(&self, _num_params: usize) -> Self::State {
        Self::State::default()
    }

    /// Whether a state from a file is one of `num_params` parameters; any is where it has no length.
    fn fits(_state: &Self::State, _num_params: usize) -> bool {
        true
    }

    /// From the point of iteration `iteration` to the next, within the bounds.
    fn step(
        &self,
        state: &mut Self::State,
        point: &Point,
        iteration: usize,
        evaluator: &mut Evaluator<'_>,
        bounds: &Bounds,
    ) -> Result<Point, Halt>;

    /// Whether the value of the last point is only an estimate and needs one more evaluation.
    fn estimates_value(&self) -> bool {
        false
    }
}

impl<M: UpdateRule> Optimizer for M {
    fn name(&self) -> &'static str {
        self.method()
    }

    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<Outcome> {
        drive(self, objective, start, stopping)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Value,
    Gradient,
    Metric,
}

/// Everything a resume needs; changed only when an iteration is complete.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Run<S> {
    iteration: usize,
    point: Point,
    /// Change of the value and largest change of a parameter in the last iteration.
    last_change: Option<(f64, f64)>,
    record: Record,
    history: Vec<Step>,
    seconds: f64,
    state: S,
    /// What the objective carries from call to call.
    objective: Value,
}

/// Refuses a setting unless `valid`.
pub(super) fn require(valid: bool, what: &str, value: f64, expected: &str) -> Result<()> {
    if valid && value.is_finite() {
        return Ok(());
    }
    Err(Error::Invalid { what: what.into(), value: value.to_string(), expected: expected.into() })
}

/// Refuses a setting that is not positive.
pub(super) fn require_positive(what: &str, value: f64) -> Result<()> {
    require(value > 0.0, what, value, "it must be positive")
}

/// Refuses a setting that is not in [0, 1).
pub(super) fn require_share(what: &str, value: f64) -> Result<()> {
    require((0.0..1.0).contains(&value), what, value, "it must be at least 0 and less than 1")
}

fn check_needs(needs: Needs, method: &'static str, objective: &dyn Objective) -> Result<()> {
    if needs != Needs::Value && !objective.has_gradient() {
        return Err(Error::Unsupported {
            method,
            operation: "an objective without gradient".into(),
            hint: "use `spsa`, `rotosolve`, `nelder-mead`, `bobyqa` or `cobyla`".into(),
        });
    }
    if needs == Needs::Metric && !objective.has_metric() {
        return Err(Error::Unsupported {
            method,
            operation: "an objective without metric tensor".into(),
            hint: "use `lbfgs` or `adam`".into(),
        });
    }
    Ok(())
}

/// Runs `method` on `objective` from `start`.
pub(super) fn drive<M: UpdateRule>(
    method: &M,
    objective: &mut dyn Objective,
    start: &[f64],
    stopping: &mut Stopping<'_>,
) -> Result<Outcome> {
    let num_params = objective.num_params();
    stopping.check(num_params, start)?;
    method.check(num_params)?;
    check_needs(M::NEEDS, method.method(), objective)?;

    let clock = Instant::now();
    let bounds = Bounds::of(stopping);
    let (mut keeper, resumed): (_, Option<Run<M::State>>) =
        Keeper::open(method.method(), method, start, objective, stopping)?;
    let resumed_from = resumed.as_ref().map(|run| run.iteration);
    let mut evaluator = Evaluator::new(objective, stopping);
    let mut run = match resumed {
        Some(run) => {
            let length = if M::NEEDS == Needs::Value { 0 } else { num_params };
            let fits = run.point.x.len() == num_params
                && run.point.gradient.len() == length
                && run.record.fits(num_params)
                && M::fits(&run.state, num_params);
            whole(stopping, fits)?;
            evaluator.resume(run.record.clone(), &run.objective)?;
            run
        }
        None => {
            let point = match first_point::<M>(&mut evaluator, start) {
                Ok(point) => point,
                Err(error) => {
                    keeper.abandon();
                    return Err(error);
                }
            };
            let mut run = Run {
                iteration: 0,
                point,
                last_change: None,
                record: evaluator.record.clone(),
                history: Vec::new(),
                seconds: 0.0,
                state: method.state(num_params),
                objective: evaluator.objective_state(),
            };
            run.log(&bounds);
            run
        }
    };
    let seconds_before = run.seconds;

    let stop = loop {
        if let Some(stop) = run.converged::<M>(stopping, &bounds) {
            break stop;
        }
        if run.iteration >= stopping.max_iterations {
            break StopReason::MaxIterations { limit: stopping.max_iterations };
        }
        // On a copy: a step that halts midway must leave the run as the last one left it.
        let mut state = run.state.clone();
        let next = method.step(&mut state, &run.point, run.iteration, &mut evaluator, &bounds);
        let point = match next {
            Ok(point) => point,
            Err(Halt::Stop(stop)) => break stop,
            // An evaluation that was cut short: the iterations before it are the answer.
            Err(Halt::Error(Error::Interrupted)) => break StopReason::Cancelled,
            Err(Halt::Error(error)) => {
                // The objective's error matters more than one of the file.
                keeper.save(&run);
                return Err(error);
            }
        };
        run.advance(point, state, &evaluator, &bounds);
        run.seconds = seconds_before + clock.elapsed().as_secs_f64();
        if !run.report(stopping, &bounds) {
            break StopReason::Cancelled;
        }
        keeper.iteration_done(run.iteration, &run);
    };
    keeper.save(&run);

    if method.estimates_value() {
        // One evaluation beyond any budget, so that `value` belongs to `x`. It is not part of the
        // checkpoint: an uninterrupted run would not have made it.
        evaluator.lift_budget();
        match evaluator.value(&run.point.x) {
            Ok(value) => run.point.value = value,
            Err(Halt::Stop(_) | Halt::Error(Error::Interrupted)) => {}
            Err(Halt::Error(error)) => return Err(error),
        }
    }
    run.record = evaluator.record;
    run.seconds = seconds_before + clock.elapsed().as_secs_f64();
    let outcome = run.into_outcome(stop, &bounds);
    Ok(Outcome { resumed_from, checkpoint_error: keeper.into_error(), ..outcome })
}

fn first_point<M: UpdateRule>(evaluator: &mut Evaluator<'_>, start: &[f64]) -> Result<Point> {
    let first = match M::NEEDS {
        Needs::Value => evaluator.value(start).map(|value| Point {
            x: start.to_vec(),
            value,
            gradient: Vec::new(),
        }),
        Needs::Gradient | Needs::Metric => evaluator.gradient(start.to_vec()),
    };
    first.map_err(|halt| match halt {
        Halt::Error(error) => error,
        Halt::Stop(_) => no_budget(),
    })
}

impl<S> Run<S> {
    fn gradient_norm(&self, bounds: &Bounds) -> Option<f64> {
        (!self.point.gradient.is_empty())
            .then(|| bounds.projected_norm(&self.point.x, &self.point.gradient).0)
    }

    fn log(&mut self, bounds: &Bounds) {
        self.history.push(Step {
            iteration: self.iteration,
            value: self.point.value,
            evaluations: self.record.evaluations,
            gradient_norm: self.gradient_norm(bounds),
        });
    }

    fn advance(&mut self, point: Point, state: S, evaluator: &Evaluator<'_>, bounds: &Bounds) {
        let steps = point.x.iter().zip(&self.point.x).map(|(new, old)| (new - old).abs());
        let step = steps.fold(0.0, f64::max);
        self.last_change = Some(((point.value - self.point.value).abs(), step));
        self.point = point;
        self.state = state;
        self.record = evaluator.record.clone();
        self.objective = evaluator.objective_state();
        self.iteration += 1;
        self.log(bounds);
    }

    /// Tells the callback; `false` is its wish to stop.
    fn report(&self, stopping: &mut Stopping<'_>, bounds: &Bounds) -> bool {
        stopping.callback.as_mut().is_none_or(|callback| {
            callback(&Iterate {
                iteration: self.iteration,
                x: &self.point.x,
                value: self.point.value,
                best_value: self.record.best_value.unwrap_or(self.point.value),
                gradient_norm: self.gradient_norm(bounds),
                evaluations: self.record.evaluations,
                seconds: self.seconds,
            })
        })
    }

    fn converged<M: UpdateRule>(
        &self,
        stopping: &Stopping<'_>,
        bounds: &Bounds,
    ) -> Option<StopReason> {
        if !self.point.gradient.is_empty() {
            let (gradient_norm, active) =
                bounds.projected_norm(&self.point.x, &self.point.gradient);
            if gradient_norm <= stopping.gradient_tolerance {
                return Some(if active > 0 {
                    StopReason::Bounds { active, gradient_norm }
                } else if self.iteration == 0 {
                    StopReason::Plateau { gradient_norm: Some(gradient_norm) }
                } else {
                    StopReason::Gradient { gradient_norm }
                });
            }
        }
        let (change, size) = self.last_change?;
        let scale = self.point.value.abs().max(1.0);
        if stopping.value_tolerance.is_some_and(|tolerance| change <= tolerance * scale) {
            return Some(StopReason::Value { change });
        }
        let tolerance = stopping.step_tolerance.or(M::STEP_TOLERANCE);
        if M::STEP_TEST && tolerance.is_some_and(|tolerance| size <= tolerance) {
            return Some(StopReason::Step { size });
        }
        None
    }

    fn into_outcome(self, stop: StopReason, bounds: &Bounds) -> Outcome {
        Outcome {
            gradient_norm: self.gradient_norm(bounds),
            value: self.point.value,
            best_value: self.record.best_value.unwrap_or(self.point.value),
            best_x: self.record.best_x,
            x: self.point.x,
            iterations: self.iteration,
            evaluations: self.record.evaluations,
            gradient_evaluations: self.record.gradient_evaluations,
            metric_evaluations: self.record.metric_evaluations,
            stop,
            history: self.history,
            seconds: self.seconds,
            resumed_from: None,
            checkpoint_error: None,
        }
    }
}
