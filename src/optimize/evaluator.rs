//! Calls of the objective: counted, limited, checked; the best one within the bounds kept.

use super::objective::Objective;
use super::outcome::StopReason;
use super::stopping::{Bounds, Stopping};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why an evaluation or a step gives no result.
#[derive(Debug)]
pub(super) enum Halt {
    Error(Error),
    Stop(StopReason),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Halt::Error(error)
    }
}

/// An evaluated point; the gradient is empty where the method uses none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

/// What the evaluations cost and the best of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub evaluations: usize,
    pub gradient_evaluations: usize,
    pub metric_evaluations: usize,
    pub best_x: Vec<f64>,
    pub best_value: Option<f64>,
}

impl Record {
    /// Whether it is one of a run with `num_params` parameters that has begun.
    pub(super) fn fits(&self, num_params: usize) -> bool {
        self.best_x.len() == num_params && self.best_value.is_some_and(f64::is_finite)
    }
}

/// Calls the objective, counts, keeps the best point, and stops at the budget and at NaN. A probe may
/// lie outside of the bounds; the best point does not.
pub(super) struct Evaluator<'a> {
    objective: &'a mut dyn Objective,
    max_evaluations: usize,
    bounds: Bounds,
    pub record: Record,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(objective: &'a mut dyn Objective, stopping: &Stopping<'_>) -> Self {
        let record = Record {
            evaluations: 0,
            gradient_evaluations: 0,
            metric_evaluations: 0,
            best_x: Vec::new(),
            best_value: None,
        };
        let (max_evaluations, bounds) = (stopping.max_evaluations, Bounds::of(stopping));
        Evaluator { objective, max_evaluations, bounds, record }
    }

    pub(super) fn objective(&self) -> &dyn Objective {
        self.objective
    }

    /// Goes on from the record of an interrupted run and what its objective carried.
    pub(super) fn resume(&mut self, record: Record, objective: &Value) -> Result<()> {
        self.record = record;
        self.objective.restore(objective)
    }

    /// What the objective carries from call to call.
    pub(super) fn objective_state(&self) -> Value {
        self.objective.save()
    }

    /// Lets one more evaluation be made, whatever the budget.
    pub(super) fn lift_budget(&mut self) {
        self.max_evaluations = usize::MAX;
    }

    fn spend(&mut self, x: &[f64]) -> Result<(), Halt> {
        if x.iter().any(|x| !x.is_finite()) {
            return Err(Halt::Stop(StopReason::NonFinite { what: "next point" }));
        }
        if self.record.evaluations >= self.max_evaluations {
            return Err(Halt::Stop(StopReason::MaxEvaluations { limit: self.max_evaluations }));
        }
        self.record.evaluations += 1;
        Ok(())
    }

    fn note(&mut self, x: &[f64], value: f64) -> Result<(), Halt> {
        if !value.is_finite() {
            // At the first evaluation there is no best point that an outcome could keep.
            return Err(match self.record.best_value {
                None => {
                    Error::NotFinite { what: "the objective at the start".into(), value }.into()
                }
                Some(_) => Halt::Stop(StopReason::NonFinite { what: "value" }),
            });
        }
        let is_better = self.record.best_value.is_none_or(|best| value < best);
        if is_better && self.bounds.contain(x) {
            self.record.best_value = Some(value);
            self.record.best_x = x.to_vec();
        }
        Ok(())
    }

    /// The value at `x`.
    pub(super) fn value(&mut self, x: &[f64]) -> Result<f64, Halt> {
        self.spend(x)?;
        let value = self.objective.value(x)?;
        self.note(x, value)?;
        Ok(value)
    }

    /// Value and gradient at `point` less a step in each parameter, within the bounds.
    pub(super) fn descend(
        &mut self,
        point: &Point,
        steps: impl Iterator<Item = f64>,
    ) -> Result<Point, Halt> {
        let mut x = point.x.clone();
        x.iter_mut().zip(steps).for_each(|(x, step)| *x -= step);
        self.bounds.project(&mut x);
        self.gradient(x)
    }

    /// Value and gradient at `x`.
    pub(super) fn gradient(&mut self, x: Vec<f64>) -> Result<Point, Halt> {
        self.spend(&x)?;
        self.record.gradient_evaluations += 1;
        let first = self.record.best_value.is_none();
        let mut gradient = vec![0.0; x.len()];
        let value = self.objective.value_and_gradient(&x, &mut gradient)?;
        self.note(&x, value)?;
        if let Some((i, &bad)) = gradient.iter().enumerate().find(|(_, g)| !g.is_finite()) {
            return Err(if first {
                let what = format!("component {i} of the gradient at the start");
                Error::NotFinite { what, value: bad }.into()
            } else {
                Halt::Stop(StopReason::NonFinite { what: "gradient" })
            });
        }
        Ok(Point { x, value, gradient })
    }

    /// The metric tensor at `x`.
    pub(super) fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>, Halt> {
        self.record.metric_evaluations += 1;
        let metric = self.objective.metric(x)?;
        if metric.len() != x.len() * x.len() {
            let value = metric.len().to_string();
            let expected = format!("{0} parameters need {0} × {0}", x.len());
            let what = "the number of entries of the metric tensor".into();
            return Err(Error::Invalid { what, value, expected }.into());
        }
        if metric.iter().any(|g| !g.is_finite()) {
            return Err(Halt::Stop(StopReason::NonFinite { what: "metric tensor" }));
        }
        Ok(metric)
    }
}

/// The error of a run that may not even evaluate its start.
pub(super) fn no_budget() -> Error {
    Error::Invalid {
        what: "the limit of evaluations".into(),
        value: "0".into(),
        expected: "the start needs one".into(),
    }
}
