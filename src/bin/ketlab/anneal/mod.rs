//! `ketlab anneal`: annealing by Schrödinger's equation and by sampling, spectra along an anneal, time
//! to solution, comparisons.

mod compare;
mod document;
mod drive;
mod exact;
mod flags;
mod gap;
mod plots;
mod run;
mod sampler;
mod sampling;
mod schroedinger;
mod solver;
mod tts;

use crate::model::FILES;
use anyhow::Result;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = format!("Examples:
  ketlab anneal circuits/graphs/petersen.txt --time 20 --plot anneal.svg
  ketlab anneal circuits/graphs/petersen.txt --points \"0:0, 10:0.4, 30:0.4, 40:1\"
  ketlab anneal circuits/graphs/petersen.txt --method path-integral --slices 32 --beta 5
  ketlab anneal circuits/graphs/moebius_kantor.gset --method tempering --reads 5
  ketlab anneal circuits/graphs/moebius_kantor.gset --method population --population 500
  ketlab anneal circuits/graphs/moebius_kantor.gset --method tabu --target-energy -21
  ketlab anneal circuits/graphs/petersen.txt --method descent --initial-samples samples.json
  ketlab anneal gap circuits/graphs/sherrington_kirkpatrick_10.coo --plot gap.svg
  ketlab anneal tts circuits/graphs/sherrington_kirkpatrick_10.coo --times 1,2,5,10,20,50
  ketlab anneal compare --plot compare.svg

The Hamiltonian is H(s) = -A(s)/2 ΣX + B(s)/2 (Σ hZ + Σ JZZ), s from 0 to 1. With the linear schedule \
A = 2(1 - s), B = 2s and ħ = 1: times are in units of ħ over the file's unit of energy. A schedule from \
a CSV is in GHz, and times are in ns. Sweeps of the other methods are steps of a Markov chain and no \
time. Every spin is a qubit: nothing is embedded onto the graph of a device.

A file that is called `gap`, `tts` or `compare` is `./gap`, `./tts` or `./compare`.

{FILES}")
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    run: run::Args,
}

#[derive(Subcommand)]
enum What {
    /// The lowest levels along an anneal and the smallest gap
    Gap(gap::Args),
    /// The time to solution against the time, or the sweeps, of one anneal
    Tts(Box<tts::Args>),
    /// Thermal, path-integral and Schrödinger annealing side by side: does tunnelling help?
    Compare(compare::Args),
}

pub fn main(args: Args) -> Result<ExitCode> {
    match args.what {
        None => run::main(args.run),
        Some(What::Gap(args)) => gap::main(args),
        Some(What::Tts(args)) => tts::main(*args),
        Some(What::Compare(args)) => compare::main(args),
    }
}
