//! `ketlab vqe`: the ground state of a molecule.

use crate::train::{Train, check_plot, summary, was_interrupted};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::Circuit;
use ketlab::circuit::library::{self, Entanglement};
use ketlab::optimize::Outcome;
use ketlab::pauli::{Molecule, PauliSum};
use ketlab::report::{Axis, Chart, Series};
use ketlab::simulate::Watch;
use ketlab::variational::{Adapt, CHEMICAL_ACCURACY, Vqe, VqeResult, number_penalty};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    #[arg(long, default_value_t = 2, value_name = "N")]
    layers: usize,
    /// Weight (hartree) of a penalty on other numbers of electrons, for ansätze that do not keep
    /// their number; 0 for none
    #[arg(long, default_value_t = 0.0, value_name = "WEIGHT")]
    penalty: f64,
    /// States to find: 1 is the ground state, others come by deflation
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    states: u16,
    #[command(flatten)]
    train: Train,
    /// Seed of the first parameters of ansätze that do not begin at the Hartree-Fock state
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write the energy against the iteration: .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ansatz {
    /// Unitary coupled cluster, singles and doubles, from the Hartree-Fock state
    Uccsd,
    /// k layers of paired doubles and generalized singles
    KUpccgsd,
    /// Excitations chosen one by one by their derivatives
    Adapt,
    /// Givens rotations between neighbours; keeps the number of electrons
    ParticleConserving,
    /// RY and CX
    RealAmplitudes,
    /// RY, RZ and CX
    EfficientSu2,
}

#[derive(Serialize)]
struct Document {
    molecule: String,
    num_qubits: usize,
    num_electrons: usize,
    ansatz: String,
    num_params: usize,
    optimizer: String,
    hartree_fock: f64,
    fci: Option<f64>,
    states: Vec<State>,
    circuits: u64,
    hardware: Hardware,
    interrupted: bool,
}

#[derive(Serialize)]
struct State {
    energy: f64,
    error_to_fci: Option<f64>,
    within_chemical_accuracy: Option<bool>,
    mean_electrons: f64,
    overlaps: Vec<f64>,
    params: Vec<f64>,
    outcome: Outcome,
}

/// What one gradient would take on hardware.
#[derive(Serialize)]
struct Hardware {
    shifted_circuits_a_gradient: u64,
    measured_groups: usize,
}

pub fn main(args: Args) -> Result<ExitCode> {
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
        Ansatz::Adapt => adapt(&args, &molecule, &hamiltonian, &watch)?,
        _ => minimize(&args, &molecule, &hamiltonian, &watch)?,
    };
    let document = Document::new(&args, &molecule, &hamiltonian, &ansatz, found)?;
    if let Some(path) = &args.plot {
        document.chart(&molecule).save(path)?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else {
        document.print(&mut out, args.train.method())?;
    }
    Ok(if document.interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

/// From a file, or by name where there is no such file.
fn molecule(name: &str) -> Result<Molecule> {
    if !Path::new(name).exists()
        && let Ok(molecule) = Molecule::bundled(name)
    {
        return Ok(molecule);
    }
    let text = std::fs::read_to_string(name)
        .with_context(|| format!("{name} (built in are {})", Molecule::BUNDLED.join(", ")))?;
    Molecule::from_json(&text).with_context(|| name.to_string())
}

fn ansatz(args: &Args, molecule: &Molecule) -> Result<Circuit> {
    let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
    let linear = Entanglement::Linear;
    Ok(match args.ansatz {
        Ansatz::Uccsd | Ansatz::Adapt => library::try_uccsd(n, electrons)?,
        Ansatz::KUpccgsd => library::try_k_upccgsd(n, electrons, args.layers)?,
        Ansatz::ParticleConserving => library::try_particle_conserving(n, electrons, args.layers)?,
        Ansatz::RealAmplitudes => library::try_real_amplitudes(n, args.layers, linear)?,
        Ansatz::EfficientSu2 => library::try_efficient_su2(n, args.layers, linear)?,
    })
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

/// Zeros where the ansatz then is the Hartree-Fock state; else, and for excited states, small
/// numbers that break symmetries.
fn start(args: &Args, len: usize, state: u16) -> Vec<f64> {
    use ketlab::math::{Domain, Streams};
    use rand::RngExt;
    let scale = match args.ansatz {
        Ansatz::Uccsd | Ansatz::Adapt if state == 0 => return vec![0.0; len],
        Ansatz::Uccsd | Ansatz::Adapt | Ansatz::KUpccgsd => 0.3,
        _ => 0.5,
    };
    let mut rng = Streams::new(args.seed, Domain::Optimizer).stream(u64::from(state));
    (0..len).map(|_| rng.random_range(-scale..scale)).collect()
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

impl Document {
    fn new(
        args: &Args,
        molecule: &Molecule,
        hamiltonian: &PauliSum,
        ansatz: &Circuit,
        found: Vec<VqeResult>,
    ) -> Result<Self> {
        let shift = ketlab::gradient::ParameterShift::<f64>::new(ansatz, hamiltonian)?;
        let fci = molecule.fci();
        let circuits = found.last().map_or(0, |last| last.cost.circuits);
        let interrupted = found.iter().any(|f| was_interrupted(&f.outcome));
        let state = |(number, result): (usize, VqeResult)| {
            let error = fci.filter(|_| number == 0).map(|fci| result.energy - fci);
            State {
                energy: result.energy,
                error_to_fci: error,
                within_chemical_accuracy: error.map(|e| e.abs() <= CHEMICAL_ACCURACY),
                mean_electrons: result.mean_ones,
                overlaps: result.overlaps,
                params: result.params,
                outcome: result.outcome,
            }
        };
        Ok(Document {
            molecule: molecule.name().into(),
            num_qubits: molecule.num_qubits(),
            num_electrons: molecule.num_electrons(),
            ansatz: args.ansatz.to_possible_value().expect("none is hidden").get_name().into(),
            num_params: ansatz.params().len(),
            optimizer: args.train.method().to_string(),
            hartree_fock: molecule.hartree_fock_energy(),
            fci,
            states: found.into_iter().enumerate().map(state).collect(),
            circuits,
            hardware: Hardware {
                shifted_circuits_a_gradient: shift.num_circuits(),
                measured_groups: hamiltonian.qubit_wise_commuting_groups().len(),
            },
            interrupted,
        })
    }

    fn print(&self, out: &mut impl Write, method: ketlab::optimize::Method) -> Result<()> {
        let (size, start) = match self.num_electrons {
            0 => (format!("{} qubits", self.num_qubits), "|0…0⟩"),
            electrons => (
                format!("{electrons} electrons in {} spin orbitals (qubits)", self.num_qubits),
                "Hartree-Fock",
            ),
        };
        let Document { molecule, ansatz, num_params, hartree_fock, .. } = self;
        writeln!(out, "{molecule}: {size}; {ansatz} with {num_params} parameters")?;
        writeln!(out, "{start:<12}  {hartree_fock:16.10} hartree")?;
        if self.states.is_empty() {
            writeln!(out, "no excitation lowers the energy")?;
        }
        for (number, state) in self.states.iter().enumerate() {
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            write!(out, "{name:<12}  {:16.10} hartree", state.energy)?;
            if let (Some(error), Some(within)) =
                (state.error_to_fci, state.within_chemical_accuracy)
            {
                let verdict = if within { "within" } else { "not within" };
                write!(out, "   FCI {error:+.3e}: {verdict} chemical accuracy")?;
            }
            if let Some(overlap) = state.overlaps.iter().copied().reduce(f64::max) {
                write!(out, "   overlap with lower states {overlap:.1e}")?;
            }
            writeln!(out)?;
            // A spin model has none to keep.
            if self.num_electrons > 0
                && (state.mean_electrons - self.num_electrons as f64).abs() > 1e-6
            {
                writeln!(
                    out,
                    "              this state has {:.4} electrons: another ion may be lower than \
                     FCI; keep the number by `--penalty 1` or another --ansatz",
                    state.mean_electrons
                )?;
            }
        }
        if let Some(fci) = self.fci {
            writeln!(out, "FCI           {fci:16.10} hartree")?;
        }
        for state in &self.states {
            writeln!(out, "{}", summary(method, &state.outcome))?;
        }
        let Hardware { shifted_circuits_a_gradient, measured_groups } = self.hardware;
        writeln!(
            out,
            "ran {} circuits; on hardware one gradient is {shifted_circuits_a_gradient} shifted \
             circuits × {measured_groups} measured groups × shots",
            self.circuits
        )?;
        Ok(())
    }

    fn chart(&self, molecule: &Molecule) -> Chart {
        let title = format!("VQE of {}", self.molecule);
        let mut chart =
            Chart::new(title, Axis::new("iteration"), Axis::new("energy").unit("hartree"));
        for (number, state) in self.states.iter().enumerate() {
            let points = state.outcome.history.iter().map(|s| (s.iteration as f64, s.value));
            let name = if number == 0 { "VQE".into() } else { format!("state {number}") };
            chart = chart.series(Series::line(name, points));
        }
        chart = chart.horizontal("Hartree-Fock", self.hartree_fock);
        if let Some(fci) = self.fci {
            chart = chart.horizontal("FCI", fci);
        }
        chart.caption(format!(
            "{} qubits, {} electrons, {} ({} parameters), {}, exact gradients{}",
            self.num_qubits,
            self.num_electrons,
            self.ansatz,
            self.num_params,
            self.optimizer,
            molecule.basis().map(|basis| format!("; basis {basis}")).unwrap_or_default()
        ))
    }
}
