//! `ketlab vqe`: the ground state of a molecule.

mod ansatz;
mod problem;
mod report;

use crate::document::{self, Format, Json, Work};
use crate::options::{MANY, Seed, Threads, count};
use crate::train::{Train, check_plot, was_interrupted};
use ansatz::{Ansatz, ansatz, start};
use anyhow::{Result, bail};
use ketlab::Circuit;
use ketlab::circuit::library;
use ketlab::pauli::{Molecule, PauliSum};
use ketlab::simulate::Watch;
use ketlab::variational::{Adapt, Vqe, VqeResult, number_penalty};
use problem::molecule;
use report::Document;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// A molecule as JSON (circuits/molecules/*.json), or the name of one that is built in; a spin
    /// model is such a file with `"n_electrons": 0`, for an ansatz that is not of electrons
    #[arg(value_name = "FILE|NAME")]
    molecule: String,
    /// The ansatz
    #[arg(long, value_enum, default_value_t = Ansatz::Uccsd)]
    ansatz: Ansatz,
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
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| find(&args))?
}

fn find(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    check_plot(args.plot.as_deref())?;
    let molecule = molecule(&args.molecule)?;
    let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
    let mut hamiltonian = molecule.hamiltonian().clone();
    if args.penalty != 0.0 {
        let penalty = number_penalty(n, electrons, args.penalty)?;
        hamiltonian =
            PauliSum::try_new(hamiltonian.into_terms().into_iter().chain(penalty.into_terms()))?;
    }
    let watch = Watch::default();
    let several = args.states > 1 || args.ansatz == Ansatz::Adapt;
    if several && args.train.has_checkpoint() {
        bail!("--checkpoint serves one minimization; --states and `adapt` have several");
    }
    let (ansatz, found) = match args.ansatz {
        Ansatz::Adapt => adapt(args, &molecule, &hamiltonian, &watch)?,
        _ => minimize(args, &molecule, &hamiltonian, &watch)?,
    };
    let document = Document::new(args, &molecule, &hamiltonian, &ansatz, found)?;
    if let Some(path) = &args.plot {
        document.chart(&molecule).save(path)?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(start, Some(args.seed.value()));
        document::write(&mut out, Format::Vqe, &document, &work)?;
    } else {
        document.print(&mut out, args.train.method())?;
        writeln!(out, "seed {}", args.seed.value())?;
    }
    Ok(if document.interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

fn minimize(
    args: &Args,
    molecule: &Molecule,
    hamiltonian: &PauliSum,
    watch: &Watch,
) -> Result<(Circuit, Vec<VqeResult>)> {
    let ansatz = ansatz(args, molecule)?;
    let mut vqe = Vqe::new(ansatz.clone(), hamiltonian)?;
    let optimizer = args.train.optimizer();
    let mut found: Vec<VqeResult> = Vec::new();
    for number in 0..args.states {
        let start = start(args, ansatz.params().len(), number);
        let fingerprint = format!("vqe {} {}", molecule.name(), serde_json::to_string(&ansatz)?);
        let mut control = args.train.control(watch, fingerprint)?;
        let result = vqe.minimize(&*optimizer, &start, &mut control)?;
        // More than any gap of the Hamiltonian.
        vqe.deflate(&result.params, 2.0 * hamiltonian.one_norm())?;
        let stop = was_interrupted(&result.outcome);
        found.push(result);
        if stop {
            break;
        }
    }
    Ok((ansatz, found))
}

fn adapt(
    args: &Args,
    molecule: &Molecule,
    hamiltonian: &PauliSum,
    watch: &Watch,
) -> Result<(Circuit, Vec<VqeResult>)> {
    if args.states > 1 {
        bail!("`adapt` finds the ground state; --states needs another ansatz");
    }
    let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
    let adapt = Adapt::new(library::uccsd_excitations(n, electrons)?);
    let optimizer = args.train.optimizer();
    args.train.control(watch, String::new())?;
    let control = |_: &[_]| args.train.control(watch, String::new()).expect("it was made before");
    let result = adapt.run(n, electrons, hamiltonian, &*optimizer, control)?;
    Ok((result.ansatz, result.last.into_iter().collect()))
}
