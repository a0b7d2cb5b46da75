//! The flags.

use crate::advantage::common::Common;
use crate::options::{MANY, count};
use clap::ValueEnum;
use ketlab::advantage::random_circuits::{GateErrors, RandomCircuits, Rival};
use ketlab::circuit::library::Coupler;

#[derive(clap::Args)]
#[command(after_help = "\
Rivals: uniform strings; best-of-K, the best of K uniform strings by the circuit's probabilities; patches, \
two halves without the gates between them; marginals, outputs that depend on few qubits; exact, draws from \
the simulated state. A device with --gate-errors takes about half a run of the circuit for each string.

Examples:
  ketlab advantage random-circuits
  ketlab advantage random-circuits --size 8,10,12 --samples 1e5 --plot xeb.svg
  ketlab advantage random-circuits --size 16 --depth 3 --rivals patches,marginals
  ketlab advantage random-circuits --size 10 --samples 1e5 --gate-errors sycamore")]
pub struct Args {
    /// Numbers of qubits, each on the most square grid that is full (a prime number is a line)
    #[arg(
        long, value_name = "QUBITS,…", value_delimiter = ',', default_value = "12,16,20,24",
        value_parser = count::<u64>(2..=62)
    )]
    size: Vec<u64>,
    /// Cycles: gates on all qubits, then on pairs of neighbours
    #[arg(long, value_name = "CYCLES", default_value = "16", value_parser = count::<usize>(1..=10_000))]
    depth: usize,
    /// The gate on pairs
    #[arg(long, value_enum, default_value = "fsim")]
    gate: GateArg,
    /// Circuits of each size
    #[arg(long, value_name = "N", default_value = "4", value_parser = count::<usize>(1..=10_000))]
    circuits: usize,
    /// Strings of each sampler at each size, shared among the circuits
    #[arg(long, value_name = "N", default_value = "1e6", value_parser = count::<u64>(2..=MANY))]
    samples: u64,
    /// F of the noisy device: the probability that a string is one of the circuit, and not uniform
    #[arg(long, value_name = "F", default_value_t = 0.1, allow_negative_numbers = true)]
    fidelity: f64,
    /// Also a device whose gates have errors, by trajectories: probabilities of a Pauli error of gates on
    /// one and on two qubits, and of misreading a qubit; `sycamore` has 0.0016,0.0062,0.038
    #[arg(long, value_name = "ONE,TWO,READ|sycamore", value_parser = errors, allow_hyphen_values = true)]
    gate_errors: Option<GateErrors>,
    /// Strings of that device at each size
    #[arg(long, value_name = "N", default_value = "4000", value_parser = count::<u64>(2..=MANY))]
    error_samples: u64,
    /// Classical samplers
    #[arg(
        long, value_name = "NAME,…", value_delimiter = ',', value_parser = rival,
        default_value = "uniform,best-of-4,patches,marginals,exact"
    )]
    rivals: Vec<Rival>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Clone, Copy, ValueEnum)]
enum GateArg {
    Fsim,
    Cz,
}

fn rival(text: &str) -> Result<Rival, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}

fn errors(text: &str) -> Result<GateErrors, String> {
    if text == "sycamore" {
        return Ok(GateErrors::SYCAMORE);
    }
    let numbers: Option<Vec<f64>> =
        text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[one, two, readout]) => Ok(GateErrors { one, two, readout }),
        _ => Err("write three probabilities, like 0.001,0.01,0.02, or `sycamore`".into()),
    }
}

impl Args {
    /// The experiment of these flags.
    pub fn experiment(&self) -> RandomCircuits {
        RandomCircuits {
            sizes: self.size.clone(),
            depth: self.depth,
            coupler: match self.gate {
                GateArg::Fsim => Coupler::Fsim,
                GateArg::Cz => Coupler::Cz,
            },
            circuits: self.circuits,
            samples: self.samples,
            fidelity: self.fidelity,
            errors: self.gate_errors,
            error_samples: self.error_samples,
            rivals: self.rivals.clone(),
            seed: self.common.seed.value(),
        }
    }
}
