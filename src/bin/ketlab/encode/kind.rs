//! What every kind of problem has on the command line.

use super::common::Common;
use anyhow::Result;
use ketlab::ising::problems::AnyProblem;
use std::path::Path;
use std::process::ExitCode;

/// What a kind has: the files that it reads, and the problem that they are.
pub trait Kind {
    fn common(&self) -> &Common;
    /// The files that are read.
    fn inputs(&self) -> Vec<&Path>;
    fn problem(&self) -> Result<AnyProblem>;

    fn run(&self) -> Result<ExitCode> {
        self.common().check(&self.inputs())?;
        self.common().finish(self.problem()?)
    }
}
