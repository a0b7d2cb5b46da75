//! Drives a solver of `basin` step by step, with the limits, history, callback and checkpoints
//! of the other methods.

use super::checkpoint::{Keeper, whole};
use super::evaluator::{Evaluator, Halt, Record, no_budget};
use super::objective::Objective;
use super::optimizer::Optimizer;
use super::outcome::{Outcome, Step, StopReason};
use super::stopping::{Bounds, Iterate, Stopping};
use crate::error::{Error, Result};
use ::basin::{
    BoxBounds, ConstraintDescription, ConstraintSet, ConstraintSolveError, Constraints,
    CostFunction, CountsMirror, Executor, Solver, State, StepOutcome, Termination,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;
use std::time::Instant;

/// The objective as `basin` sees it. Whatever ends the run early (an error, the budget, a value
/// that is not finite) goes through its solvers as a [`Halt`].
pub(super) struct Problem<'p, 'e> {
    evaluator: &'p RefCell<Evaluator<'e>>,
    bounds: Bounds,
    lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// The solvers begin by evaluating the start, which is known.
    pub start: Vec<f64>,
    start_value: f64,
}

impl CostFunction for Problem<'_, '_> {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Halt;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Halt> {
        let mut x = x.clone();
        self.bounds.project(&mut x);
        if x == self.start {
            return Ok(self.start_value);
        }
        self.evaluator.borrow_mut().value(&x)
    }
}

impl Constraints for Problem<'_, '_> {
    type Set = ConstraintSet<BoxBounds<Vec<f64>>>;

    fn constraints(&self) -> <Self::Set as ConstraintDescription>::Borrowed<'_> {
        ConstraintSet::new().with_bounds(BoxBounds::new(Some(&self.lower), Some(&self.upper)))
    }
}

/// What a checkpoint of these methods keeps.
#[derive(Serialize, Deserialize)]
struct Run {
    iteration: usize,
    record: Record,
    history: Vec<Step>,
    seconds: f64,
    /// What the objective carries from call to call.
    objective: Value,
    /// The tolerances that were met, if they were.
    converged: Option<Tolerances>,
}

/// Those that end a search.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Tolerances {
    size: f64,
    value: Option<f64>,
}

impl Tolerances {
    /// Whether a search that met these has met the others.
    fn meet(self, others: Tolerances) -> bool {
        let value = match (self.value, others.value) {
            (_, None) => true,
            (mine, Some(theirs)) => mine.is_some_and(|mine| mine <= theirs),
        };
        self.size <= others.size && value
    }
}

impl Run {
    fn log(&mut self) {
        self.history.push(Step {
            iteration: self.iteration,
            value: self.record.best_value.unwrap_or(f64::NAN),
            evaluations: self.record.evaluations,
            gradient_norm: None,
        });
    }
}

/// A run of one of the solvers.
pub(super) struct Search<'s, 'c> {
    keeper: Keeper,
    resumed_from: Option<usize>,
    pub stopping: &'s mut Stopping<'c>,
    run: Run,
    clock: Instant,
    seconds_before: f64,
    /// The tolerance that the solver converges to.
    pub size: f64,
}

/// Begins a run of `method`, whose settings have been checked, and lets `solve` drive it.
pub(super) fn search<M: Optimizer + Serialize>(
    method: &M,
    default_size: f64,
    objective: &mut dyn Objective,
    start: &[f64],
    stopping: &mut Stopping<'_>,
    solve: impl FnOnce(Search<'_, '_>, Problem<'_, '_>) -> Result<Outcome>,
) -> Result<Outcome> {
    let mut evaluator = Evaluator::new(objective, stopping);
    let search = Search::begin(method, default_size, &mut evaluator, start, stopping)?;
    let evaluator = RefCell::new(evaluator);
    let problem = search.problem(&evaluator);
    solve(search, problem)
}

impl<'s, 'c> Search<'s, 'c> {
    /// Evaluates the start or reads the checkpoint.
    fn begin<M: Optimizer + Serialize>(
        method: &M,
        default_size: f64,
        evaluator: &mut Evaluator<'_>,
        start: &[f64],
        stopping: &'s mut Stopping<'c>,
    ) -> Result<Self> {
        let (keeper, resumed): (_, Option<Run>) =
            Keeper::open(method.name(), method, start, evaluator.objective(), stopping)?;
        let resumed_from = resumed.as_ref().map(|run| run.iteration);
        let run = match resumed {
            Some(run) => {
                whole(stopping, run.record.fits(start.len()))?;
                evaluator.resume(run.record.clone(), &run.objective)?;
                run
            }
            None => {
                if let Err(halt) = evaluator.value(start) {
                    keeper.abandon();
                    return Err(match halt {
                        Halt::Error(error) => error,
                        Halt::Stop(_) => no_budget(),
                    });
                }
                let mut run = Run {
                    iteration: 0,
                    record: evaluator.record.clone(),
                    history: Vec::new(),
                    seconds: 0.0,
                    objective: evaluator.objective_state(),
                    converged: None,
                };
                run.log();
                run
            }
        };
        let seconds_before = run.seconds;
        let size = stopping.step_tolerance.unwrap_or(default_size);
        let clock = Instant::now();
        Ok(Search { keeper, resumed_from, stopping, run, clock, seconds_before, size })
    }

    fn problem<'p, 'e>(&self, evaluator: &'p RefCell<Evaluator<'e>>) -> Problem<'p, 'e> {
        let bounds = Bounds::of(self.stopping);
        let start = self.run.record.best_x.clone();
        let (lower, upper) = (0..start.len()).map(|i| bounds.get(i)).unzip();
        let start_value = self.run.record.best_value.unwrap_or(f64::NAN);
        Problem { evaluator, bounds, lower, upper, start, start_value }
    }

    fn tolerances(&self) -> Tolerances {
        Tolerances { size: self.size, value: self.stopping.value_tolerance }
    }

    /// Steps the solver until something stops it.
    pub(super) fn drive<'p, 'e, S, So>(
        mut self,
        problem: Problem<'p, 'e>,
        solver: So,
        state: S,
    ) -> Result<Outcome>
    where
        S: State<Param = Vec<f64>, Float = f64> + CountsMirror,
        So: Solver<Problem<'p, 'e>, S, Error = ConstraintSolveError<Halt>>,
    {
        let evaluator = problem.evaluator;
        // The executor has a limit of its own, 1000 iterations; the limit here is that of the run.
        let executor = Executor::new(problem, solver, state).max_iter(u64::MAX);
        let stop = if self.run.iteration >= self.stopping.max_iterations {
            Ok(StopReason::MaxIterations { limit: self.stopping.max_iterations })
        } else if self.run.converged.is_some_and(|met| met.meet(self.tolerances())) {
            // A search anew from the best point would only confirm it.
            Ok(StopReason::Step { size: self.size })
        } else {
            executor.into_stepper().map_err(halt).and_then(|mut stepper| {
                loop {
                    let before = stepper.iter();
                    let outcome = stepper.step().map_err(halt)?;
                    // The last step may only find the search to be over.
                    let mut stop = None;
                    if stepper.iter() > before {
                        stop = self.iteration_done(&evaluator.borrow());
                    }
                    if let StepOutcome::Stopped(report) = outcome {
                        stop = Some(self.reason(&report.termination));
                    }
                    if let Some(stop) = stop {
                        return Ok(stop);
                    }
                }
            })
        };
        self.run.record = evaluator.borrow().record.clone();
        self.run.objective = evaluator.borrow().objective_state();
        self.run.converged = matches!(stop, Ok(StopReason::Step { .. })).then(|| self.tolerances());
        self.run.seconds = self.seconds_before + self.clock.elapsed().as_secs_f64();
        // The objective's error matters more than one of the file.
        self.keeper.save(&self.run);
        let stop = match stop {
            Ok(stop) | Err(Halt::Stop(stop)) => stop,
            // The iterations before it are the answer.
            Err(Halt::Error(Error::Interrupted)) => StopReason::Cancelled,
            Err(Halt::Error(error)) => return Err(error),
        };
        let Run { iteration, record, history, seconds, .. } = self.run;
        let best_value = record.best_value.unwrap_or(f64::NAN);
        Ok(Outcome {
            x: record.best_x.clone(),
            value: best_value,
            best_x: record.best_x,
            best_value,
            gradient_norm: None,
            iterations: iteration,
            evaluations: record.evaluations,
            gradient_evaluations: 0,
            metric_evaluations: 0,
            stop,
            history,
            seconds,
            resumed_from: self.resumed_from,
            checkpoint_error: self.keeper.into_error(),
        })
    }

    /// History, callback, checkpoint and limit after an iteration.
    fn iteration_done(&mut self, evaluator: &Evaluator<'_>) -> Option<StopReason> {
        let record = &evaluator.record;
        self.run.iteration += 1;
        self.run.record = record.clone();
        self.run.objective = evaluator.objective_state();
        self.run.seconds = self.seconds_before + self.clock.elapsed().as_secs_f64();
        self.run.log();
        if let Some(callback) = &mut self.stopping.callback {
            let best_value = record.best_value.unwrap_or(f64::NAN);
            let go_on = callback(&Iterate {
                iteration: self.run.iteration,
                x: &record.best_x,
                value: best_value,
                best_value,
                gradient_norm: None,
                evaluations: record.evaluations,
                seconds: self.run.seconds,
            });
            if !go_on {
                return Some(StopReason::Cancelled);
            }
        }
        self.keeper.iteration_done(self.run.iteration, &self.run);
        let limit = self.stopping.max_iterations;
        let reached = self.run.iteration >= limit;
        reached.then_some(StopReason::MaxIterations { limit })
    }

    fn reason(&self, termination: &Termination) -> StopReason {
        match termination {
            Termination::Converged(_) => StopReason::Step { size: self.size },
            _ => StopReason::Plateau { gradient_norm: None },
        }
    }
}

fn halt(error: ConstraintSolveError<Halt>) -> Halt {
    let expected = match error {
        ConstraintSolveError::Evaluation(halt) => return halt,
        ConstraintSolveError::InvalidConstraints(error) => error.to_string(),
        _ => "the solver refused it".into(),
    };
    let (what, value) = ("a bound".into(), "not what the method accepts".into());
    Halt::Error(Error::Invalid { what, value, expected })
}
