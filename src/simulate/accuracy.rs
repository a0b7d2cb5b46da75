//! How accurate means of a noisy circuit are to be.

use super::method::Method;
use super::request::{DEFAULT_TRAJECTORIES, Request};
use crate::error::{Error, Result};
use serde::Serialize;

/// How accurate means of a noisy circuit, and their gradients, are to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Accuracy {
    /// Exact, by a density matrix of 16·4^n bytes (or by following all branches, where they are few).
    Exact,
    /// From so many random trajectories, of which those where nothing happens are not drawn.
    Trajectories(u64),
    /// From as many random trajectories as it takes for every standard error, that of each component
    /// of a gradient too, to be at most this.
    StandardError(f64),
}

/// [`DEFAULT_TRAJECTORIES`] trajectories.
impl Default for Accuracy {
    fn default() -> Self {
        Accuracy::Trajectories(DEFAULT_TRAJECTORIES)
    }
}

impl Accuracy {
    /// Whether there is no statistical error.
    pub fn is_exact(self) -> bool {
        self == Accuracy::Exact
    }

    /// A request with it.
    pub(super) fn request(self) -> Request {
        match self {
            Accuracy::Exact => Request::new(),
            Accuracy::Trajectories(number) => Request::new().trajectories(number),
            Accuracy::StandardError(error) => Request::new().standard_error(error),
        }
    }

    /// The method for it, where this one was asked for.
    ///
    /// # Errors
    /// If it has another accuracy, or numbers are out of their ranges.
    pub(super) fn method(self, asked: Method) -> Result<Method> {
        self.request().check_trajectories()?;
        let (operation, hint) = match (self, asked) {
            (Accuracy::Exact, Method::Trajectories) => {
                ("exact means of a noisy circuit", "use the density matrix, or leave the choice")
            }
            (Accuracy::Exact, asked) => return Ok(asked),
            (_, Method::Automatic | Method::Trajectories) => return Ok(Method::Trajectories),
            (_, Method::Stabilizer) => {
                ("means from trajectories", "leave the choice of the method to the simulator")
            }
            (_, _) => ("means from trajectories", "ask for `Accuracy::Exact`: it gives exact ones"),
        };
        Err(Error::Unsupported {
            method: match asked {
                Method::Trajectories => "trajectories",
                Method::Stabilizer => "the stabilizer method",
                Method::DensityMatrix => "the density-matrix method",
                Method::PauliPropagation => "Pauli propagation",
                _ => "the state-vector method",
            },
            operation: operation.into(),
            hint: hint.into(),
        })
    }
}
