//! `ketlab chip`: the design of superconducting chips.

mod build;
mod collisions;
mod cross_resonance;
mod quantities;
mod readout;
mod transmon;
mod tune;
mod yields;

use anyhow::Result;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum Command {
    /// Levels, anharmonicity, charge dispersion and coherence of a transmon
    Transmon(Box<transmon::Args>),
    /// Find the energies of a transmon from frequency and anharmonicity, or from junction and capacitance
    Tune(Box<tune::Args>),
    /// Dispersive readout: shift, critical photon number, fidelity against time
    Readout(Box<readout::Args>),
    /// A gate by cross resonance: ZX against drive, static ZZ, gate time, error
    CrossResonance(Box<cross_resonance::Args>),
    /// Frequency collisions on a lattice and the yield of chips
    Yield(Box<yields::Args>),
    /// From a plan of a chip to the calibration of a device
    Build(Box<build::Args>),
}

pub fn main(command: Command) -> Result<ExitCode> {
    match command {
        Command::Transmon(args) => transmon::main(*args),
        Command::Tune(args) => tune::main(*args),
        Command::Readout(args) => readout::main(*args),
        Command::CrossResonance(args) => cross_resonance::main(*args),
        Command::Yield(args) => yields::main(*args),
        Command::Build(args) => build::main(*args),
    }
}
