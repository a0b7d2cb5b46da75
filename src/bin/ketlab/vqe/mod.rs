//! `ketlab vqe`: the ground state of a molecule or any Hamiltonian.

mod ansatz;
mod problem;
mod report;
mod states;

use crate::document::{self, Format, Json, Work};
use crate::input::Reading;
use crate::noise_options::{Applied, NoisyMeans, is_noisy};
use crate::options::{MANY, Seed, Threads, count};
use crate::start::{self, Restarts};
use crate::text::Folded;
use crate::train::{Train, check_plot, exit_code, was_interrupted};
use ansatz::{Choice, Chosen, Start, choice};
use anyhow::{Result, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use ketlab::chemistry::{self, number_penalty};
use ketlab::gradient::SimulatedGradient;
use ketlab::pauli::PauliSum;
use ketlab::variational::{Adapt, Vqe, VqeResult};
use ketlab::{Circuit, Simulator};
use problem::{Problem, range};
use report::Document;
use states::{Excited, Found, Reached, Run};
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
  ketlab vqe h2_0.735 --noise depolarizing=0.001
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
    /// Weight (in the Hamiltonian's unit) of a penalty on other numbers of electrons, for ansätze that do not keep
    /// their number; 0 for none
    #[arg(long, default_value_t = 0.0, value_name = "WEIGHT")]
    penalty: f64,
    /// States to find: 1 is the ground state. Each is told with its variance, which is 0 for a level
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = count::<u16>(1..=64))]
    states: u16,
    /// How the others are found [default: expansion for ansätze that keep the number of electrons,
    /// else deflation]
    #[arg(long, value_enum, value_name = "METHOD")]
    excited: Option<Excited>,
    /// Parameters to begin with: hf (the Hartree-Fock state), random (uniform in ±π, by --seed), or a
    /// file of numbers or of an earlier --json [default: hf, or near it]
    #[arg(long, value_name = "hf|random|FILE", value_parser = OsStringValueParser::new().try_map(start::parse::<Start>))]
    start: Option<start::Start<Start>>,
    #[command(flatten)]
    restarts: Restarts,
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
    let hamiltonian = problem.molecule.hamiltonian();
    let mut penalty = PauliSum::zero();
    if args.penalty != 0.0 {
        if electrons == 0 {
            bail!("--penalty is on other numbers of electrons, and this Hamiltonian has none");
        }
        penalty = number_penalty(n, electrons, args.penalty)?;
    }
    let simulator = Simulator::new().seed(args.seed.value());
    let terms = hamiltonian.terms().iter().chain(penalty.terms());
    let minimized = PauliSum::try_new(terms.cloned())?;
    let mut ansatz = Chosen::of(args, &problem)?;
    refuse_what_does_not_go_together(args, &ansatz)?;
    let mut noisy_means = None;
    let is_noisy = is_noisy(&ansatz.circuit);
    let (found, reached) = match (
        args.train.shots(),
        args.train.noisy.model(is_noisy, ansatz.circuit.num_qubits())?,
    ) {
        (_, Some((model, accuracy))) => {
            let (noisy, applied) = args.train.noisy.noise.apply_model(&model, &ansatz.circuit)?;
            let applied = args.train.noisy.noise.is_given().then_some(applied);
            applied.iter().for_each(Applied::tell);
            let energy = simulator.noisy_gradient(&noisy, &minimized, accuracy)?;
            let mut vqe = Vqe::with_gradient(energy, hamiltonian);
            let answer = minimize(args, &mut vqe, &ansatz, &problem, None, &simulator)?;
            noisy_means = Some(NoisyMeans::new(applied, accuracy, vqe.energy().trajectories()));
            answer
        }
        (None, None) => {
            let grown = if ansatz.is_adapt() {
                let (grown, last) = adapt(args, &problem, &simulator)?;
                ansatz.circuit = grown;
                Some(last)
            } else {
                None
            };
            let energy = simulator.adjoint(&ansatz.circuit, &[minimized])?;
            let mut vqe = Vqe::with_gradient(energy, hamiltonian);
            minimize(args, &mut vqe, &ansatz, &problem, grown.flatten(), &simulator)?
        }
        (Some(shots), None) => {
            let measured = simulator.sampled_gradient(&ansatz.circuit, &minimized, shots)?;
            let mut vqe = Vqe::with_gradient(measured, hamiltonian);
            minimize(args, &mut vqe, &ansatz, &problem, None, &simulator)?
        }
    };
    let document = Document::new(args, &problem, &ansatz, found, reached, noisy_means)?;
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
    Ok(exit_code(document.interrupted, document.checkpoint_errors()))
}

/// What one run has several of.
fn refuse_what_does_not_go_together(args: &Args, ansatz: &Chosen) -> Result<()> {
    let restarts = args.restarts.number() > 0;
    if ansatz.is_adapt() && (restarts || args.start.is_some()) {
        bail!(
            "`adapt` grows from the Hartree-Fock state: --start and --restarts need another ansatz"
        );
    }
    let several = args.states > 1 || restarts || ansatz.is_adapt();
    if several && args.train.has_checkpoint() {
        bail!(
            "--checkpoint serves one minimization; --states, --restarts and `adapt` have several"
        );
    }
    if args.train.noisy.noise.is_given() || is_noisy(&ansatz.circuit) {
        if args.states > 1 {
            bail!(
                "--states with --noise: the states above are told from others by overlaps, which noisy \
                 circuits do not have"
            );
        }
        if ansatz.is_adapt() {
            bail!("`adapt` chooses excitations without noise; --noise needs another ansatz");
        }
    }
    if args.train.shots().is_some() {
        if is_noisy(&ansatz.circuit) {
            bail!(
                "--shots with an ansatz that has noise channels: means under noise are exact, or \
                 estimated from --trajectories"
            );
        }
        if args.states > 1 {
            bail!(
                "--states with --shots: deflation needs overlaps of states, which are not measured"
            );
        }
        if ansatz.is_adapt() {
            bail!("`adapt` chooses excitations by exact derivatives; --shots needs another ansatz");
        }
    }
    Ok(())
}

fn minimize<G: SimulatedGradient>(
    args: &Args,
    vqe: &mut Vqe<G>,
    ansatz: &Chosen,
    problem: &Problem,
    grown: Option<VqeResult>,
    simulator: &Simulator,
) -> Result<(Found, Reached)> {
    let seed = args.seed.value();
    let optimizer = args.train.optimizer(range(problem.molecule.hamiltonian()), seed)?;
    let watch = simulator.watch();
    let run = Run { args, ansatz, problem, optimizer: &*optimizer, watch };
    let mut found = match grown {
        Some(last) => Found { minimizations: vec![last], ..Found::default() },
        None => run.ground(vqe)?,
    };
    let reached = run.reached(vqe)?;
    if args.states > 1 && !was_interrupted(&found.minimizations[0].outcome) {
        run.above(vqe, &mut found, &reached)?;
    }
    Ok((found, reached))
}

/// The ansatz that grew, and its last minimization, if it grew at all.
fn adapt(
    args: &Args,
    problem: &Problem,
    simulator: &Simulator,
) -> Result<(Circuit, Option<VqeResult>)> {
    let (n, electrons) = (problem.molecule.num_qubits(), problem.molecule.num_electrons());
    let hamiltonian = problem.molecule.hamiltonian();
    // Excitations keep the number of electrons: a penalty on others is 0 throughout.
    let mut adapt = Adapt::new(chemistry::uccsd_excitations(n, electrons)?);
    adapt.simulator = simulator.clone();
    let watch = simulator.watch();
    let optimizer = args.train.optimizer(range(hamiltonian), args.seed.value())?;
    args.train.stopping(watch)?;
    let control = |_: &[_]| args.train.stopping(watch).expect("it was made before");
    let result = adapt.run(n, electrons, hamiltonian, &*optimizer, control)?;
    Ok((result.ansatz, result.last))
}
