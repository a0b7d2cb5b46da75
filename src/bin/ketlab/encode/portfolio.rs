//! `ketlab encode portfolio`: a choice of assets.

use super::common::Common;
use super::kind::Kind;
use crate::options::{count, finite_number};
use anyhow::Result;
use ketlab::ising::problems::{AnyProblem, Assets, MAX_ASSETS, Portfolio};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode portfolio circuits/problems/returns.csv --assets 3 --risk 2 -o portfolio.json

Exactly K assets are held, in equal parts, so that q xᵀΣx - μᵀx is as small as can be; μ are the means \
and Σ the covariance of the returns in the file, in its unit of time.

Files:
  .csv .tsv   returns: a line with the names of the assets, then a line a period; a first column without \
a name, or called date, month, …, is not read
  .json       names, expected_returns and covariance
  others      `port` files of the OR-Library

One bit an asset.")]
pub struct Args {
    /// Returns of assets, or their means and covariance
    file: PathBuf,
    /// How many assets are held
    #[arg(long, value_name = "K", value_parser = count::<usize>(1..=MAX_ASSETS as u64))]
    assets: usize,
    /// Risk aversion: what a unit of variance costs, in units of the return
    #[arg(long, value_name = "Q", value_parser = finite_number)]
    risk: f64,
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
        Ok(Portfolio::try_new(Assets::read(&self.file)?, self.risk, self.assets)?.into())
    }
}
