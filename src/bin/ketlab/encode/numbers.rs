//! Problems on lists of numbers.

use super::common::Common;
use super::kind::Kind;
use anyhow::Result;
use ketlab::ising::problems::{AnyProblem, Knapsack, NumberPartition};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode knapsack circuits/problems/knapsack.txt -o knapsack.json

File: the number of items and the capacity, then a line `value weight` for each item; weights are whole \
numbers, `#` begins a comment:
  3 10
  6.5 4
  5 3
  8 6

One bit an item, and about log2 of the capacity for the slack.")]
pub struct KnapsackArgs {
    /// Items with values and weights, and a capacity
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Kind for KnapsackArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        vec![&self.file]
    }

    fn problem(&self) -> Result<AnyProblem> {
        Ok(Knapsack::read(&self.file)?.into())
    }
}

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode number-partition circuits/problems/numbers.txt -o parts.json

File: numbers with blanks, commas or lines between; `#` begins a comment. One bit a number.")]
pub struct NumberPartitionArgs {
    /// Numbers to be put in two parts
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Kind for NumberPartitionArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        vec![&self.file]
    }

    fn problem(&self) -> Result<AnyProblem> {
        Ok(NumberPartition::read(&self.file)?.into())
    }
}
