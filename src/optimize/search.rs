//! Drives a solver of `basin` step by step, with the limits, history, callback and checkpoints
//! of the other methods.

use super::checkpoint::{self, Header};
use super::control::{Bounds, Control, Progress};
use super::evaluator::{Evaluator, Halt, Record, no_budget};
use super::outcome::{Outcome, Step, StopReason};
use crate::error::{Error, Result};
use ::basin::{
    BoxBounds, ConstraintDescription, ConstraintSet, ConstraintSolveError, Constraints,
    CostFunction, CountsMirror, Executor, Solver, State, StepOutcome, Termination,
};
use serde::{Deserialize, Serialize};
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
    header: Header,
    pub control: &'s mut Control<'c>,
    run: Run,
    clock: Instant,
    seconds_before: f64,
    /// The tolerance that the solver converges to.
    pub size: f64,
}

impl<'s, 'c> Search<'s, 'c> {
    /// Evaluates the start or reads the checkpoint.
    pub(super) fn begin<S: Serialize>(
        name: &str,
        settings: &S,
        default_size: f64,
        evaluator: &mut Evaluator<'_>,
        start: &[f64],
        control: &'s mut Control<'c>,
    ) -> Result<Self> {
        let header = Header::new(name, settings, start.len(), control);
        let run = match &control.resume {
            Some(path) => {
                let run: Run = checkpoint::read(path, &header)?;
                checkpoint::whole(path, run.record.fits(start.len()))?;
                run
            }
            None => {
                evaluator.value(start).map_err(|halt| match halt {
                    Halt::Error(error) => error,
                    Halt::Stop(_) => no_budget(),
                })?;
                let record = evaluator.record.clone();
                let mut run = Run { iteration: 0, record, history: Vec::new(), seconds: 0.0 };
                run.log();
                run
            }
        };
        evaluator.record = run.record.clone();
        let seconds_before = run.seconds;
        let size = control.step_tolerance.unwrap_or(default_size);
        Ok(Search { header, control, run, clock: Instant::now(), seconds_before, size })
    }

    pub(super) fn problem<'p, 'e>(&self, evaluator: &'p RefCell<Evaluator<'e>>) -> Problem<'p, 'e> {
        let bounds = Bounds::of(self.control);
        let start = self.run.record.best_x.clone();
        let (lower, upper) = (0..start.len()).map(|i| bounds.get(i)).unzip();
        let start_value = self.run.record.best_value.unwrap_or(f64::NAN);
        Problem { evaluator, bounds, lower, upper, start, start_value }
    }

    fn save(&self) -> Result<()> {
        match &self.control.checkpoint {
            Some((path, _)) => checkpoint::write(path, &self.header, &self.run),
            None => Ok(()),
        }
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
        // The executor has a limit of its own, 1000 iterations; the limit here is the control's.
        let executor = Executor::new(problem, solver, state).max_iter(u64::MAX);
        let stop = if self.run.iteration >= self.control.max_iterations {
            Ok(StopReason::MaxIterations { limit: self.control.max_iterations })
        } else {
            executor.into_stepper().map_err(halt).and_then(|mut stepper| {
                loop {
                    let before = stepper.iter();
                    let outcome = stepper.step().map_err(halt)?;
                    // The last step may only find the search to be over.
                    let mut stop = None;
                    if stepper.iter() > before {
                        stop = self.iteration_done(&evaluator.borrow().record)?;
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
        self.run.seconds = self.seconds_before + self.clock.elapsed().as_secs_f64();
        let stop = match stop {
            Ok(stop) | Err(Halt::Stop(stop)) => {
                self.save()?;
                stop
            }
            Err(Halt::Error(error)) => {
                // The objective's error matters more than one of the file.
                let _ = self.save();
                return Err(error);
            }
        };
        let Run { iteration, record, history, seconds } = self.run;
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
        })
    }

    /// History, callback, checkpoint and limit after an iteration.
    fn iteration_done(&mut self, record: &Record) -> Result<Option<StopReason>, Halt> {
        self.run.iteration += 1;
        self.run.record = record.clone();
        self.run.seconds = self.seconds_before + self.clock.elapsed().as_secs_f64();
        self.run.log();
        if let Some(callback) = &mut self.control.callback {
            let best_value = record.best_value.unwrap_or(f64::NAN);
            let go_on = callback(&Progress {
                iteration: self.run.iteration,
                x: &record.best_x,
                value: best_value,
                best_value,
                gradient_norm: None,
                evaluations: record.evaluations,
                seconds: self.run.seconds,
            });
            if !go_on {
                return Ok(Some(StopReason::Cancelled));
            }
        }
        if let Some((_, interval)) = self.control.checkpoint
            && self.run.iteration.is_multiple_of(interval)
        {
            self.save()?;
        }
        let limit = self.control.max_iterations;
        let reached = self.run.iteration >= limit;
        Ok(reached.then_some(StopReason::MaxIterations { limit }))
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
