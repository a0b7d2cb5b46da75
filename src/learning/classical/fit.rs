//! Minimization of the losses of this folder.

use crate::error::{Error, Result};
use crate::optimize::{Objective, Optimizer, Outcome, StopReason, Stopping};
use serde::{Deserialize, Serialize};

/// How a model was fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitRecord {
    /// The mean loss of the training rows and the penalty, at the end.
    pub loss: f64,
    /// Iterations of the optimizer.
    pub iterations: usize,
    /// Whether the gradient is within the tolerance; never of mini-batches, which have none.
    pub converged: bool,
}

/// Minimizes a loss from `start`: the parameters found and how.
///
/// # Errors
/// Those of the optimizer, and if the loss does not stay finite.
pub(super) fn minimize(
    optimizer: &dyn Optimizer,
    objective: &mut dyn Objective,
    start: &[f64],
    mut stopping: Stopping<'_>,
) -> Result<Outcome> {
    let outcome = optimizer.minimize(objective, start, &mut stopping)?;
    if matches!(outcome.stop, StopReason::NonFinite { .. }) {
        return Err(Error::Invalid {
            what: "the loss".into(),
            value: "not finite".into(),
            expected: "scale the features to about 1, or take a smaller learning rate".into(),
        });
    }
    Ok(outcome)
}
