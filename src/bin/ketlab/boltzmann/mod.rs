//! `ketlab boltzmann`: quantum and classical Boltzmann machines: train, sample, evaluate.

mod chains;
mod document;
mod evaluate;
mod plots;
mod sample;
mod saved;
mod source;
mod train;

use anyhow::Result;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  ketlab boltzmann train bernoulli:4:4,7,2,2:0.9 -o machine.json --plot learning.svg
  ketlab boltzmann train bas:2x2 --model rbm --hidden 4 --method persistent
  ketlab boltzmann sample machine.json --by path-integral --reads 10000
  ketlab boltzmann evaluate machine.json bernoulli:4:4,7,2,2:0.9 --json")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Train a machine on bit strings or on a quantum state, and classical ones beside it
    Train(Box<train::Args>),
    /// Draw samples of a trained machine: exactly, by path integrals, by an anneal; complete strings
    Sample(Box<sample::Args>),
    /// Judge a trained machine on data: KL divergence, likelihood, how strange each string is
    Evaluate(evaluate::Args),
}

pub fn main(args: Args) -> Result<ExitCode> {
    match args.what {
        What::Train(args) => train::main(*args),
        What::Sample(args) => sample::main(*args),
        What::Evaluate(args) => evaluate::main(args),
    }
}
