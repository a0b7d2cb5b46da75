//! `ketlab advantage`: claims put to the test, one file or folder for each experiment.

mod common;
mod follow;
mod kernel;
mod kicked_ising;
mod linear;
mod order;
mod random_circuits;
mod text;

use anyhow::Result;
use std::process::ExitCode;

#[derive(clap::Subcommand)]
pub enum Command {
    /// The kicked Ising experiment on 127 qubits against Pauli propagation and others
    KickedIsing(Box<kicked_ising::Args>),
    /// A noisy device against classical samplers of random circuits, by cross entropies (XEB)
    RandomCircuits(Box<random_circuits::Args>),
    /// Factoring by order finding against classical algorithms for the same numbers
    Order(Box<order::Args>),
    /// HHL against classical solvers of linear systems, all asked for the same number
    Linear(Box<linear::Args>),
    /// A quantum kernel against equally tuned classical kernels, on the same rows
    Kernel(Box<kernel::Args>),
}

pub fn main(command: Command) -> Result<ExitCode> {
    match command {
        Command::KickedIsing(args) => kicked_ising::main(*args),
        Command::RandomCircuits(args) => random_circuits::main(*args),
        Command::Order(args) => order::main(*args),
        Command::Linear(args) => linear::main(*args),
        Command::Kernel(args) => kernel::main(*args),
    }
}
