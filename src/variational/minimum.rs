//! How variational algorithms minimize, and which point they keep.

use crate::error::Result;
use crate::optimize::{Objective, Optimizer, Outcome, Stationary, Stopping, minimize_from};

/// Minimizes; where values are exact, a start without gradient that is no minimum is left downhill.
pub(super) fn minimum(
    objective: &mut dyn Objective,
    is_exact: bool,
    optimizer: &dyn Optimizer,
    start: &[f64],
    stopping: &mut Stopping<'_>,
) -> Result<(Outcome, Option<Stationary>)> {
    match is_exact || objective.num_params() == 0 {
        true => minimize_from(objective, optimizer, start, stopping),
        false => Ok((optimizer.minimize(objective, start, stopping)?, None)),
    }
}

/// The best point; where values are estimates the last one, for the lowest of them is a lucky one.
pub(super) fn kept(outcome: &Outcome, is_exact: bool) -> Vec<f64> {
    if is_exact { outcome.best_x.clone() } else { outcome.x.clone() }
}
