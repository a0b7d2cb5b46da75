//! What a minimization returns.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The result of a minimization. That a method did not converge is an outcome, not an error: see
/// [`stop`](Outcome::stop).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The method's last point.
    pub x: Vec<f64>,
    /// The objective at `x`.
    pub value: f64,
    /// The evaluated point within the bounds with the lowest value. Of a noisy objective it is a lucky one; then
    /// `x` is the better estimate.
    pub best_x: Vec<f64>,
    /// The objective at `best_x`.
    pub best_value: f64,
    /// Euclidean norm of the gradient at `x`, projected on the bounds; `None` where the method
    /// uses no gradient.
    pub gradient_norm: Option<f64>,
    /// Completed iterations, those before a resume included.
    pub iterations: usize,
    /// Calls of the objective, with or without gradient.
    pub evaluations: usize,
    /// Those of the evaluations that computed the gradient.
    pub gradient_evaluations: usize,
    /// Metric tensors computed.
    pub metric_evaluations: usize,
    /// Why it stopped.
    pub stop: StopReason,
    /// One entry an iteration, the start as number 0.
    pub history: Vec<Step>,
    /// Wall time in seconds, that before a resume included.
    pub seconds: f64,
    /// The iterations that the checkpoint already had from which the run went on; equal to
    /// `iterations` where nothing was left to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_from: Option<usize>,
    /// Why the checkpoint does not hold the end of the run, if it could not be written. The outcome
    /// is complete all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_error: Option<String>,
}

impl Outcome {
    /// Whether a tolerance was met.
    pub fn converged(&self) -> bool {
        self.stop.is_converged()
    }

    /// Whether the run went on from a checkpoint at which nothing was left to do.
    pub fn was_finished(&self) -> bool {
        self.resumed_from == Some(self.iterations)
    }
}

/// One iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its number; 0 is the start.
    pub iteration: usize,
    /// The objective after it (for SPSA without blocking, the mean of its two probes).
    pub value: f64,
    /// Evaluations so far.
    pub evaluations: usize,
    /// Norm of the projected gradient, where the method has it.
    pub gradient_norm: Option<f64>,
}

/// Why a minimization stopped.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// The value changed by no more than the tolerance.
    Value {
        /// The last change.
        change: f64,
    },
    /// The gradient norm is within the tolerance.
    Gradient {
        /// The norm.
        gradient_norm: f64,
    },
    /// The last step is within the tolerance, or a direct search reached its final resolution.
    Step {
        /// Largest change of a parameter, or the resolution.
        size: f64,
    },
    /// The gradient is within the tolerance but for the parameters that a bound holds.
    Bounds {
        /// How many parameters are held.
        active: usize,
        /// Norm of the rest of the gradient.
        gradient_norm: f64,
    },
    /// There are no parameters: the objective is one number.
    NoParameters,
    /// The gradient vanishes at the start, or the method can make no progress.
    Plateau {
        /// The gradient norm, where the method has it.
        gradient_norm: Option<f64>,
    },
    /// The limit of iterations.
    MaxIterations {
        /// The limit.
        limit: usize,
    },
    /// The limit of evaluations.
    MaxEvaluations {
        /// The limit.
        limit: usize,
    },
    /// The callback returned `false`.
    Cancelled,
    /// The objective is no sinusoid of each parameter alone, which Rotosolve's steps rest on.
    NotSinusoidal {
        /// What the sinusoids promised.
        expected: f64,
        /// What was found.
        found: f64,
    },
    /// The objective, its gradient or metric became NaN or infinite.
    NonFinite {
        /// Which of them.
        what: &'static str,
    },
}

impl StopReason {
    /// Whether a tolerance was met (by value, gradient, step, or at the bounds), or there was nothing
    /// to vary.
    pub fn is_converged(&self) -> bool {
        matches!(
            self,
            StopReason::Value { .. }
                | StopReason::Gradient { .. }
                | StopReason::Step { .. }
                | StopReason::Bounds { .. }
                | StopReason::NoParameters
        )
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::Value { change } => {
                write!(f, "converged: the value changed by {change:.1e}")
            }
            StopReason::Gradient { gradient_norm } => {
                write!(f, "converged: the gradient norm is {gradient_norm:.1e}")
            }
            StopReason::Step { size } => write!(f, "converged: the step size is {size:.1e}"),
            StopReason::Bounds { active, gradient_norm } => write!(
                f,
                "converged at the bounds: {active} parameters are held, the gradient norm of the \
                 others is {gradient_norm:.1e}"
            ),
            StopReason::NoParameters => f.write_str("there are no parameters to vary"),
            StopReason::Plateau { gradient_norm: Some(norm) } => write!(
                f,
                "no progress possible: the gradient norm is {norm:.1e} (a stationary point or a \
                 plateau); try another start"
            ),
            StopReason::Plateau { gradient_norm: None } => {
                f.write_str("no progress possible: the objective is flat here; try another start")
            }
            StopReason::MaxIterations { limit } => {
                write!(f, "not converged: reached the limit of {limit} iterations")
            }
            StopReason::MaxEvaluations { limit } => {
                write!(f, "not converged: reached the limit of {limit} evaluations")
            }
            StopReason::Cancelled => f.write_str("cancelled"),
            StopReason::NotSinusoidal { expected, found } => write!(
                f,
                "not converged: the objective is no sinusoid of each parameter (found {found:.6} \
                 where {expected:.6} was expected), as of parameters in several gates or with a \
                 factor; give Rotosolve their `frequencies` if they have one each, or use `lbfgs` \
                 or `bobyqa`"
            ),
            StopReason::NonFinite { what } => {
                write!(f, "the {what} is not finite; the best point so far is kept")
            }
        }
    }
}
