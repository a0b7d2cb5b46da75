//! What a classical solver is.

use crate::advantage::linear_systems::system::LinearSystem;
use crate::error::Result;
use crate::math::Watch;

/// How far a solver goes, with what it knows beforehand: as much as HHL does, whose C and t are set by
/// the smallest and the largest magnitude of an eigenvalue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// The relative error of x†Mx that is asked for; solvers take a quarter of it for ‖x‖.
    pub error: f64,
    /// The condition number of A.
    pub condition: f64,
    /// The smallest singular value of A.
    pub least: f64,
}

/// A solution and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// x.
    pub x: Vec<f64>,
    /// Multiplications and divisions.
    pub operations: u64,
    /// Uses of A in products with A or its transpose: a row that is read is 1/N of one.
    pub uses: f64,
    /// What the solver takes for granted.
    pub assumes: String,
}

/// A classical solver of linear systems.
pub trait Rival: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Solves A x = b.
    ///
    /// # Errors
    /// If it does not get there, with the limit that it met; if it is cancelled.
    fn solve(
        &self,
        system: &LinearSystem,
        accuracy: &Accuracy,
        seed: u64,
        watch: &Watch,
    ) -> Result<Solution>;
}
