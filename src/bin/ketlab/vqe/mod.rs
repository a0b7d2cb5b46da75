//! `ketlab vqe`: the ground state of a molecule or any Hamiltonian.

mod ansatz;
mod problem;
mod report;

use crate::document::{self, Format, Json, Work};
use crate::input::Reading;
use crate::options::{MANY, Seed, Threads, count};
use crate::text::Folded;
use crate::train::{Train, check_plot, was_interrupted};
use ansatz::{Choice, Chosen, choice, start};
use anyhow::{Result, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use ketlab::Circuit;
use ketlab::circuit::library;
use ketlab::gradient::{SampledGradient, SimulatedGradient};
use ketlab::pauli::PauliSum;
use ketlab::simulate::Watch;
use ketlab::variational::{Adapt, Vqe, VqeResult, number_penalty};
use problem::{Problem, range};
use report::Document;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  ketlab vqe h2_0.735
  ketlab vqe circuits/molecules/lih_1.6.json --plot lih.svg
  ketlab vqe \"Z0 Z1 + 0.5 X0\" --shots 1000 --seed 7
  ketlab vqe hamiltonian.txt --ansatz circuit.qasm --json")]
pub struct Args {
    /// A molecule: a JSON file (circuits/molecules/*.json), or the name of one that is built in. Or
    /// any Hamiltonian: a sum of Pauli strings such as "Z0 Z1 + 0.5 X0", or a file of one, as
    /// ketlab, Qiskit (`to_list`), OpenFermion or PennyLane write it; the rightmost letter of a label
    /// like ZIX is qubit 0. A file of the name comes first
    #[arg(value_name = "HAMILTONIAN", allow_hyphen_values = true)]
    problem: OsString,
    /// The ansatz by name: uccsd, k-upccgsd, adapt, particle-conserving (of electrons);
    /// real-amplitudes (RY and CX), efficient-su2 (RY, RZ and CX). Or a circuit with free parameters
    /// on the Hamiltonian's qubits: OpenQASM 3 with `input float`, or ketlab's JSON [default: uccsd;
    /// without electrons real-amplitudes, or efficient-su2 where a string has an odd number of Y]
    #[arg(long, value_name = "NAME|FILE", value_parser = OsStringValueParser::new().try_map(choice))]
    ansatz: Option<Choice>,
    /// Layers of an ansatz that has them
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = count::<usize>(0..=MANY))]
    layers: usize,
    /// Weight (hartree) of a penalty on other numbers of electrons, for ansätze that do not keep
    /// their number; 0 for none
    #[arg(long, default_value_t = 0.0, value_name = "WEIGHT")]
    penalty: f64,
    /// States to find: 1 is the ground state, others come by deflation
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = count::<u16>(1..=64))]
    states: u16,
    #[command(flatten)]
    train: Train,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    threads: Threads,
    /// Write the energy against the iteration: .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
    #[command(flatten, next_help_heading = "The circuit of --ansatz FILE")]
    reading: Reading,
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| find(&args))?
}

fn find(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    check_plot(args.plot.as_deref())?;
    let problem = Problem::read(&args.problem)?;
    let (n, electrons) = (problem.molecule.num_qubits(), problem.molecule.num_electrons());
    let mut hamiltonian = problem.molecule.hamiltonian().clone();
    if args.penalty != 0.0 {
        if electrons == 0 {
            bail!("--penalty is on other numbers of electrons, and this Hamiltonian has none");
        }
        let penalty = number_penalty(n, electrons, args.penalty)?;
        hamiltonian =
            PauliSum::try_new(hamiltonian.into_terms().into_iter().chain(penalty.into_terms()))?;
    }
    let watch = Watch::default();
    let mut ansatz = Chosen::of(args, &problem)?;
    let several = args.states > 1 || ansatz.is_adapt();
    if several && args.train.has_checkpoint() {
        bail!("--checkpoint serves one minimization; --states and `adapt` have several");
    }
    if args.train.shots().is_some() && args.train.has_checkpoint() {
        bail!("--checkpoint with --shots: how far the random streams of the shots are is not kept");
    }
    let found = if ansatz.is_adapt() {
        let (grown, found) = adapt(args, &problem, &hamiltonian, &watch)?;
        ansatz.circuit = grown;
        found
    } else {
        minimize(args, &ansatz, &hamiltonian, &watch)?
    };
    let document = Document::new(args, &problem, &hamiltonian, &ansatz, found)?;
    if let Some(path) = &args.plot {
        document.chart(&problem.molecule).save(path)?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(start, Some(args.seed.value()));
        document::write(&mut out, Format::Vqe, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out), args.train.method())?;
        writeln!(out, "seed {}", args.seed.value())?;
    }
    Ok(if document.interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

fn minimize(
    args: &Args,
    ansatz: &Chosen,
    hamiltonian: &PauliSum,
    watch: &Watch,
) -> Result<Vec<VqeResult>> {
    let Some(shots) = args.train.shots() else {
        return states(
            args,
            Vqe::new(ansatz.circuit.clone(), hamiltonian)?,
            ansatz,
            hamiltonian,
            watch,
        );
    };
    if args.states > 1 {
        bail!("--states with --shots: deflation needs overlaps of states, which are not measured");
    }
    let seed = args.seed.value();
    let measured = SampledGradient::new(&ansatz.circuit, hamiltonian, shots, seed)?;
    states(args, Vqe::with_gradient(measured)?, ansatz, hamiltonian, watch)
}

fn states<G: SimulatedGradient>(
    args: &Args,
    mut vqe: Vqe<G>,
    ansatz: &Chosen,
    hamiltonian: &PauliSum,
    watch: &Watch,
) -> Result<Vec<VqeResult>> {
    let optimizer = args.train.optimizer(range(hamiltonian), args.seed.value())?;
    let mut found: Vec<VqeResult> = Vec::new();
    for number in 0..args.states {
        let start = start(args, ansatz, number);
        let fingerprint =
            format!("vqe {} {}", args.problem.display(), serde_json::to_string(&ansatz.circuit)?);
        let mut control = args.train.control(watch, fingerprint)?;
        let result = vqe.minimize(&*optimizer, &start, &mut control)?;
        let stop = was_interrupted(&result.outcome);
        if number + 1 < args.states && !stop {
            // More than any gap of the Hamiltonian.
            vqe.deflate(&result.params, 2.0 * hamiltonian.one_norm())?;
        }
        found.push(result);
        if stop {
            break;
        }
    }
    Ok(found)
}

/// The ansatz that grew, and what it found.
fn adapt(
    args: &Args,
    problem: &Problem,
    hamiltonian: &PauliSum,
    watch: &Watch,
) -> Result<(Circuit, Vec<VqeResult>)> {
    if args.states > 1 {
        bail!("`adapt` finds the ground state; --states needs another ansatz");
    }
    if args.train.shots().is_some() {
        bail!("`adapt` chooses excitations by exact derivatives; --shots needs another ansatz");
    }
    let (n, electrons) = (problem.molecule.num_qubits(), problem.molecule.num_electrons());
    let adapt = Adapt::new(library::uccsd_excitations(n, electrons)?);
    let optimizer = args.train.optimizer(range(hamiltonian), args.seed.value())?;
    args.train.control(watch, String::new())?;
    let control = |_: &[_]| args.train.control(watch, String::new()).expect("it was made before");
    let result = adapt.run(n, electrons, hamiltonian, &*optimizer, control)?;
    Ok((result.ansatz, result.last.into_iter().collect()))
}
