//! What all methods have in common.

use super::objective::Objective;
use super::outcome::Outcome;
use super::stopping::Stopping;
use crate::error::Result;

/// A method of minimization with its settings.
pub trait Optimizer {
    /// Its name, as [`OptimizerKind::from_name`](super::OptimizerKind::from_name) knows it.
    fn name(&self) -> &'static str;

    /// Minimizes `objective` from `start`.
    ///
    /// Errors are those of the objective and of input that makes no sense (a start of the wrong
    /// length or not finite, reversed bounds, bad settings, a checkpoint of something else, a
    /// gradient that the objective does not have). To stop without having converged is an
    /// [`Outcome`], and so is an objective that returns [`Error::Interrupted`](crate::Error::Interrupted) once the start is
    /// evaluated: what was found before is kept, and the run is
    /// [`Cancelled`](super::StopReason::Cancelled).
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<Outcome>;
}

impl Optimizer for Box<dyn Optimizer + '_> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<Outcome> {
        (**self).minimize(objective, start, stopping)
    }
}
