//! `ketlab encode job-shop`: the schedule that is finished first.

use super::common::Common;
use super::kind::Kind;
use crate::options::count;
use anyhow::Result;
use ketlab::ising::problems::{AnyProblem, JobShop};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode job-shop circuits/problems/job_shop.txt --horizon 6 -o shop.json

File: `jobs machines`, then a line for each job with a pair `machine duration` for each of its operations \
in their order, machines from 0; `#` begins a comment:
  2 2
  0 2 1 1
  1 2 0 1

Operations do not overlap on a machine, and follow each other in a job. A bit says that an operation \
starts at a time, so that a short horizon makes a small problem.")]
pub struct Args {
    /// Jobs, each with its operations
    file: PathBuf,
    /// When all must be done [default: the end of a schedule by a simple rule]
    #[arg(long, value_name = "T", value_parser = count::<usize>(1..=1 << 31))]
    horizon: Option<usize>,
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
        let shop = JobShop::read(&self.file)?;
        Ok(match self.horizon {
            Some(horizon) => shop.with_horizon(horizon)?.into(),
            None => shop.into(),
        })
    }
}
