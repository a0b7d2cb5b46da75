//! The program `ketlab`: one file per subcommand.
//!
//! Exit codes: 0 success; 1 the input or the request is wrong, or resources are missing; 2 the
//! command line is wrong; 130 interrupted (what was finished is printed).

mod bench;
mod convert;
mod document;
mod draw;
mod grad;
mod info;
mod input;
mod options;
mod output;
mod pauli_sum;
mod plan;
mod progress;
mod qae;
mod qaoa;
mod run;
mod text;
mod train;
mod vqe;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Exit code of an interrupted run.
const INTERRUPTED: u8 = 130;

#[derive(Parser)]
#[command(
    name = "ketlab",
    version,
    about = "A quantum circuit laboratory: simulate, draw, convert, inspect and measure circuits",
    after_help = "Exit codes: 0 success; 1 the input or the request is wrong, or resources are \
                  missing; 2 the command line is wrong; 130 interrupted (what was finished is printed).",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate a circuit: shots, probabilities, observables, the state
    Run(run::Args),
    /// Draw a circuit as text, SVG, PNG or LaTeX
    Draw(draw::Args),
    /// Write a circuit as OpenQASM 2, OpenQASM 3 or JSON
    Convert(convert::Args),
    /// Say what a circuit consists of and what simulating it takes
    Info(info::Args),
    /// Show how a circuit is executed, sweep by sweep, and how near to the machine's limits
    Plan(plan::Args),
    /// Differentiate expectations of a circuit by its parameters, exactly or from shots
    Grad(grad::Args),
    /// Find the ground state of a molecule or of any Hamiltonian (variational quantum eigensolver)
    Vqe(vqe::Args),
    /// Find the best cut of a graph, or the lowest energy of an Ising model or QUBO
    Qaoa(qaoa::Args),
    /// Estimate an amplitude by quantum and classical methods, and draw their error curves
    Qae(qae::Args),
    /// Measure this machine's limits and the benchmark circuits
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = ketlab::engine::Isa::check_environment().map_err(anyhow::Error::from);
    let result = result.and_then(|()| match command {
        Command::Run(args) => run::main(args),
        Command::Draw(args) => draw::main(args),
        Command::Convert(args) => convert::main(args),
        Command::Info(args) => info::main(args),
        Command::Plan(args) => plan::main(args),
        Command::Grad(args) => grad::main(args),
        Command::Vqe(args) => vqe::main(args),
        Command::Qaoa(args) => qaoa::main(args),
        Command::Qae(args) => qae::main(args),
        Command::Bench(args) => bench::main(args),
    });
    result.unwrap_or_else(|error| {
        // A reader that has seen enough (`ketlab … | head`) is no error.
        if text::is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        if matches!(error.downcast_ref(), Some(ketlab::Error::Interrupted)) {
            eprintln!("interrupted");
            return ExitCode::from(INTERRUPTED);
        }
        match error.downcast_ref() {
            // It is laid out with source lines already; what it belongs to comes first.
            Some(program @ ketlab::Error::Program(_)) => {
                if error.chain().len() > 1 {
                    eprintln!("error: {error}");
                }
                eprintln!("{program}");
            }
            _ => eprintln!("error: {error:#}"),
        }
        ExitCode::FAILURE
    })
}
