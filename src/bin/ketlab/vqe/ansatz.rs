//! The ansätze by name and from files, and the parameters that a minimization begins with.

use super::Args;
use super::problem::Problem;
use crate::input::Reading;
use crate::options::no_such;
use crate::start;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::Circuit;
use ketlab::chemistry;
use ketlab::circuit::Op;
use ketlab::circuit::library::{self, Entanglement};
use std::f64::consts::PI;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What `--ansatz` names.
#[derive(Clone)]
pub enum Choice {
    Named(Ansatz),
    File(PathBuf),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ansatz {
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

impl Ansatz {
    fn name(self) -> String {
        self.to_possible_value().expect("none is hidden").get_name().into()
    }

    fn is_of_electrons(self) -> bool {
        !matches!(self, Ansatz::RealAmplitudes | Ansatz::EfficientSu2)
    }
}

/// The value of `--ansatz`: a name, else what can be a file.
pub fn choice(text: OsString) -> Result<Choice, String> {
    let path = PathBuf::from(text);
    let text = path.to_string_lossy();
    if let Ok(named) = Ansatz::from_str(&text, false) {
        return Ok(Choice::Named(named));
    }
    if text == "-" || path.exists() || text.contains(['.', '/', '\\']) {
        return Ok(Choice::File(path));
    }
    let names: Vec<_> = Ansatz::value_variants().iter().map(|ansatz| ansatz.name()).collect();
    Err(no_such(&text, &names))
}

/// The ansatz of a run.
pub struct Chosen {
    pub name: String,
    pub circuit: Circuit,
    named: Option<Ansatz>,
}

impl Chosen {
    pub fn is_adapt(&self) -> bool {
        self.named == Some(Ansatz::Adapt)
    }

    pub fn of(args: &Args, problem: &Problem) -> Result<Self> {
        match &args.ansatz {
            Some(Choice::File(file)) => from_file(file, &args.reading, problem),
            other => {
                if args.reading.has_params() {
                    bail!("--param gives values to the circuit of `--ansatz FILE`; there is none");
                }
                let named = match other {
                    Some(Choice::Named(named)) => *named,
                    _ if problem.has_electrons() => Ansatz::Uccsd,
                    _ if problem.is_real() => Ansatz::RealAmplitudes,
                    _ => Ansatz::EfficientSu2,
                };
                let circuit = by_name(named, args, problem)?;
                Ok(Chosen { name: named.name(), circuit, named: Some(named) })
            }
        }
    }
}

fn by_name(ansatz: Ansatz, args: &Args, problem: &Problem) -> Result<Circuit> {
    let (n, electrons) = (problem.molecule.num_qubits(), problem.molecule.num_electrons());
    // A molecule of no electrons is one state.
    if ansatz.is_of_electrons() && problem.read_as.is_some() {
        bail!(
            "--ansatz {} moves electrons, and this Hamiltonian has none; use real-amplitudes, \
             efficient-su2 or a circuit of your own (--ansatz FILE)",
            ansatz.name()
        );
    }
    let linear = Entanglement::Linear;
    Ok(match ansatz {
        Ansatz::Uccsd | Ansatz::Adapt => chemistry::try_uccsd(n, electrons)?,
        Ansatz::KUpccgsd => chemistry::try_k_upccgsd(n, electrons, args.layers)?,
        Ansatz::ParticleConserving => {
            chemistry::try_particle_conserving(n, electrons, args.layers)?
        }
        Ansatz::RealAmplitudes => library::try_real_amplitudes(n, args.layers, linear)?,
        Ansatz::EfficientSu2 => library::try_efficient_su2(n, args.layers, linear)?,
    })
}

/// A circuit with free parameters on the Hamiltonian's qubits.
fn from_file(path: &Path, reading: &Reading, problem: &Problem) -> Result<Chosen> {
    let file = path.display();
    let circuit = reading.circuit(path).context("--ansatz")?;
    let (got, expected) = (circuit.num_qubits(), problem.molecule.num_qubits());
    if got != expected {
        let advice = match got > expected && problem.read_as.is_some() {
            true => format!(
                "; if the others are meant to be there, name the highest in the Hamiltonian: `+ 0 \
                 I{}`",
                got - 1
            ),
            false => String::new(),
        };
        bail!("--ansatz {file}: the circuit has {got} qubits, the Hamiltonian {expected}{advice}");
    }
    if let Some(at) = circuit.ops().iter().position(|op| matches!(op, Op::Measure { .. })) {
        bail!(
            "--ansatz {file}: operation {} measures; an ansatz prepares a state, and the \
             Hamiltonian is measured by `vqe` itself: remove the measurements",
            at + 1
        );
    }
    if circuit.inputs().next().is_none() {
        bail!(
            "--ansatz {file}: the circuit has no free parameters (`input float theta;` in \
             OpenQASM 3), so there is nothing to vary"
        );
    }
    Ok(Chosen { name: file.to_string(), circuit, named: None })
}

/// The ways to begin by name.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// The Hartree-Fock state
    Hf,
    /// Uniform in ±π, by the seed
    Random,
}

/// What the first minimization begins with: a name, the seed if it is random, and the parameters.
/// Unless told otherwise zeros where the ansatz then is the Hartree-Fock state, else small numbers that
/// break symmetries.
pub fn first_start(args: &Args, ansatz: &Chosen) -> Result<(String, Option<u64>, Vec<f64>)> {
    let len = ansatz.circuit.inputs().count();
    let is_hf_at_0 = ansatz.named.is_some_and(Ansatz::is_of_electrons) || len == 0;
    let zeros = || vec![0.0; len];
    Ok(match &args.start {
        None if matches!(ansatz.named, Some(Ansatz::Uccsd | Ansatz::Adapt)) || len == 0 => {
            ("hf".into(), None, zeros())
        }
        None => ("auto".into(), None, perturbed(args, ansatz, 0)),
        Some(start::Start::Named(Start::Hf)) if is_hf_at_0 => ("hf".into(), None, zeros()),
        Some(start::Start::Named(Start::Hf)) => bail!(
            "--start hf: no parameters of {} are known to give the Hartree-Fock state; use \
             --start random or a file",
            ansatz.name
        ),
        Some(start::Start::Named(Start::Random)) => {
            let seed = args.seed.value();
            ("random".into(), Some(seed), start::random(seed, vec![PI; len]))
        }
        Some(start::Start::File(path)) => {
            (path.display().to_string(), None, start::from_file(path, &["params"], len)?)
        }
    })
}

/// Small numbers that break symmetries, others for each state.
pub fn perturbed(args: &Args, ansatz: &Chosen, state: u16) -> Vec<f64> {
    use ketlab::math::{Domain, Streams};
    use rand::RngExt;
    let len = ansatz.circuit.inputs().count();
    let scale = match ansatz.named {
        Some(Ansatz::Uccsd | Ansatz::Adapt | Ansatz::KUpccgsd) => 0.3,
        _ => 0.5,
    };
    let mut rng = Streams::new(args.seed.value(), Domain::Optimizer).stream(u64::from(state));
    (0..len).map(|_| rng.random_range(-scale..scale)).collect()
}
