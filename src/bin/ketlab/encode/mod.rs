//! `ketlab encode`: a problem as a QUBO, with what its samples are decoded with.

mod common;
mod graphs;
mod job_shop;
mod kind;
mod numbers;
mod portfolio;
mod protein;
mod sat;
mod tsp;

use anyhow::Result;
use clap::Subcommand;
use kind::Kind;
use std::process::ExitCode;

/// Examples of all kinds.
pub const HELP: &str = "\
Examples:
  ketlab encode tsp circuits/problems/tour_6.tsp -o tour.json
  ketlab anneal tour.json --method tabu --json > samples.json
  ketlab decode tour.json samples.json --plot tour.svg

`ketlab encode KIND --help` says what the files of a kind look like. Without -o the encoded problem goes to \
standard output. The penalty is chosen so that what has the lowest energy is proven to break no \
constraint; --penalty sets another, and what is not proven is said.";

#[derive(Subcommand)]
pub enum Command {
    /// The largest cut of a graph: its vertices in two parts
    MaxCut(graphs::MaxCutArgs),
    /// The shortest tour through cities (travelling salesman)
    Tsp(tsp::Args),
    /// Colours of a graph's vertices that differ along every edge
    Colouring(graphs::ColouringArgs),
    /// The largest or heaviest set of a graph's vertices without an edge
    IndependentSet(graphs::IndependentSetArgs),
    /// The most valuable items that fit
    Knapsack(numbers::KnapsackArgs),
    /// Two parts of numbers with sums as equal as can be
    NumberPartition(numbers::NumberPartitionArgs),
    /// Values that satisfy a formula
    Sat(sat::Args),
    /// So many assets, with a good return at a small variance
    Portfolio(portfolio::Args),
    /// The schedule of jobs on machines that is finished first
    JobShop(job_shop::Args),
    /// The fold of a chain of H and P with the most contacts
    Protein(protein::Args),
}

pub fn main(command: Command) -> Result<ExitCode> {
    match command {
        Command::MaxCut(args) => args.run(),
        Command::Tsp(args) => args.run(),
        Command::Colouring(args) => args.run(),
        Command::IndependentSet(args) => args.run(),
        Command::Knapsack(args) => args.run(),
        Command::NumberPartition(args) => args.run(),
        Command::Sat(args) => args.run(),
        Command::Portfolio(args) => args.run(),
        Command::JobShop(args) => args.run(),
        Command::Protein(args) => args.run(),
    }
}
