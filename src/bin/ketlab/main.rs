//! The program `ketlab`: one file or folder for each subcommand.
//!
//! Exit codes: 0 success; 1 the input or the request is wrong, or resources are missing; 2 the
//! command line is wrong; 130 interrupted (what was finished is printed).

mod advantage;
mod anneal;
mod bench;
mod boltzmann;
mod chip;
mod compared;
mod convert;
mod data_source;
mod decode;
mod device;
mod device_options;
mod document;
mod draw;
mod encode;
mod failure;
mod grad;
mod info;
mod input;
mod kernel;
mod learn;
mod manual;
mod messages;
mod model;
mod noise;
mod noise_options;
mod options;
mod output;
mod overwriting;
mod pauli_sum;
mod plan;
mod predict;
mod progress;
mod qae;
mod qaoa;
mod run;
mod start;
mod table;
mod text;
mod train;
mod trainability;
mod truncation_options;
mod vqe;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use ketlab::math::{check_memory, is_memory_limited};
use signal_hook::consts::SIGABRT;
use signal_hook::flag::register_conditional_shutdown;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Exit code of an interrupted run.
const INTERRUPTED: u8 = 130;

#[derive(Parser)]
#[command(
    name = "ketlab",
    version,
    about = "A quantum circuit laboratory: simulate, draw, convert, inspect and measure circuits",
    after_help = "\
Examples:
  ketlab run circuits/bell.qasm --shots 1000
  ketlab draw circuits/adder_4.qasm
  ketlab vqe h2_0.735
  ketlab qaoa circuits/graphs/petersen.txt -p 4
  ketlab anneal circuits/graphs/petersen.txt
  ketlab encode max-cut circuits/graphs/petersen.txt -o cut.json
  ketlab boltzmann train bas:2x2 --box 5
  ketlab qae --amplitude 0.2 --once
  ketlab chip transmon --ej 15 --ec 0.3
  ketlab kernel ad-hoc:60:0.3 --map zz
  ketlab trainability --qubits 2..8 --depth 40
  ketlab learn moons:200:0.1 -o model.json

`ketlab SUBCOMMAND --help` has more. Exit codes: 0 success; 1 the input or the request is wrong, or \
resources are missing; 2 the command line is wrong; 130 interrupted (what was finished is printed).",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    verbosity: messages::Verbosity,
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
    /// Show a noise channel: Kraus operators, Pauli transfer matrix, fidelities
    Noise(noise::Args),
    /// Show a device: its calibration, what is wrong with it, what noise a circuit gets from it
    Device(device::Args),
    /// Design superconducting chips: transmons, gates, readout, frequencies and yield
    #[command(
        subcommand,
        after_help = "\
Examples:
  ketlab chip yield --lattice falcon27 --spacing 60MHz --sigma 14MHz
  ketlab chip yield --lattice eagle127 --sigma 10MHz --json"
    )]
    Chip(chip::Command),
    /// Show how a circuit is executed, sweep by sweep, and how near to the machine's limits
    Plan(plan::Args),
    /// Differentiate expectations of a circuit by its parameters, exactly or from shots
    Grad(grad::Args),
    /// Find the ground state of a molecule or of any Hamiltonian (variational quantum eigensolver)
    Vqe(vqe::Args),
    /// Find the best cut of a graph, or the lowest energy of an Ising model or QUBO
    Qaoa(qaoa::Args),
    /// Anneal an Ising model, QUBO or graph by Schrödinger's equation or by sampling; gaps, times to
    /// solution
    Anneal(Box<anneal::Args>),
    /// Make a problem a QUBO: a tour, a cut, a colouring, a knapsack, a schedule, …
    #[command(subcommand, after_help = encode::HELP)]
    Encode(encode::Command),
    /// Say what the samples of an encoded problem stand for, and what they violate
    Decode(decode::Args),
    /// Train quantum and classical Boltzmann machines, sample and evaluate them
    Boltzmann(boltzmann::Args),
    /// Estimate an amplitude by quantum and classical methods, and draw their error curves
    Qae(Box<qae::Args>),
    /// Say what a quantum kernel is worth on data, beside equally tuned classical kernels
    Kernel(Box<kernel::Args>),
    /// Say how trainable and how expressive circuits are: variances of gradients, expressibility,
    /// Fourier spectra
    Trainability(Box<trainability::Args>),
    /// Train a circuit on data, with classical learning beside it: regression and classification
    Learn(Box<learn::Args>),
    /// Apply a trained model to other rows
    Predict(predict::Args),
    /// Put claims of quantum advantage to the test, with classical rivals and a verdict
    #[command(
        subcommand,
        after_help = "\
Examples:
  ketlab advantage kicked-ising --observables z62-9 --angles 5
  ketlab advantage random-circuits --size 8,10 --circuits 4
  ketlab advantage order --number 21
  ketlab advantage linear --size 4,16
  ketlab advantage kernel --data ad-hoc --size 40,80"
    )]
    Advantage(advantage::Command),
    /// Measure this machine's limits and the benchmark circuits
    Bench(bench::Args),
    /// Write what completes commands in a shell
    Completions(manual::Completions),
    /// Write the manual page of the program or of a subcommand
    Man(manual::Man),
}

/// The command line, as it is parsed, completed and described.
fn command_line() -> clap::Command {
    // A negative number is a value, which a flag may refuse by name, and no unknown flag.
    let with_numbers = |arg: clap::Arg| {
        let is_flag_with_value = arg.get_long().is_some() && arg.get_action().takes_values();
        if is_flag_with_value { arg.allow_negative_numbers(true) } else { arg }
    };
    Cli::command().mut_subcommands(move |command| {
        let command = command.mut_args(with_numbers);
        command.mut_subcommands(move |inner| inner.mut_args(with_numbers))
    })
}

/// What the program needs beside what it is asked for.
const LEAST_MEMORY: u128 = 8 << 20;

/// Small pieces of memory cannot be asked for one by one: where none is left, the runtime says how
/// much was missing and aborts. That has the exit code of missing resources, too.
fn fail_where_memory_ends() {
    let always = Arc::new(AtomicBool::new(true));
    // Without a handler it is an abort, which is no worse.
    let _ = register_conditional_shutdown(SIGABRT, 1, always);
}

fn main() -> ExitCode {
    fail_where_memory_ends();
    if is_memory_limited() {
        ketlab::engine::share_heap();
    }
    let mut command = command_line();
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => failure::of_command_line(error),
    };
    cli.verbosity.set();
    let enough =
        check_memory("ketlab itself", LEAST_MEMORY, |_| (None, "end other programs".into()));
    let ready = enough.and_then(|()| ketlab::engine::Isa::check_environment());
    let ready = ready.map_err(anyhow::Error::from);
    let apart = ready.and_then(|()| overwriting::check(&command, &matches));
    let result = apart.and_then(|()| execute(cli.command));
    result.unwrap_or_else(failure::report)
}

fn execute(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => run::main(args),
        Command::Draw(args) => draw::main(args),
        Command::Convert(args) => convert::main(args),
        Command::Info(args) => info::main(args),
        Command::Noise(args) => noise::main(args),
        Command::Device(args) => device::main(args),
        Command::Chip(command) => chip::main(command),
        Command::Advantage(command) => advantage::main(command),
        Command::Plan(args) => plan::main(args),
        Command::Grad(args) => grad::main(args),
        Command::Vqe(args) => vqe::main(args),
        Command::Qaoa(args) => qaoa::main(args),
        Command::Anneal(args) => anneal::main(*args),
        Command::Encode(command) => encode::main(command),
        Command::Decode(args) => decode::main(args),
        Command::Boltzmann(args) => boltzmann::main(args),
        Command::Qae(args) => qae::main(*args),
        Command::Kernel(args) => kernel::main(*args),
        Command::Trainability(args) => trainability::main(*args),
        Command::Learn(args) => learn::main(*args),
        Command::Predict(args) => predict::main(args),
        Command::Bench(args) => bench::main(args),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(args),
    }
}
