//! `ketlab encode sat`: a formula.

use super::common::Common;
use super::kind::Kind;
use anyhow::Result;
use ketlab::ising::problems::{AnyProblem, Satisfiability};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode sat circuits/problems/formula.cnf -o formula.json

File: DIMACS CNF, `p cnf VARIABLES CLAUSES`, then clauses of literals (-2 is the negation of variable 2) \
that end with 0; lines from `c` are comments:
  p cnf 3 2
  1 -2 3 0
  -1 2 0

One bit a variable, and auxiliary bits for clauses of three literals and more.")]
pub struct Args {
    /// A formula in conjunctive normal form
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Kind for Args {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        vec![&self.file]
    }

    fn problem(&self) -> Result<AnyProblem> {
        Ok(Satisfiability::read(&self.file)?.into())
    }
}
