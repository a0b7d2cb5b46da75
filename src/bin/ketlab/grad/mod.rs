//! `ketlab grad`: expectations of a parameterized circuit and their derivatives.

mod methods;
mod report;

use crate::document::{self, Format, Json, Work};
use crate::input::{Input, Parametric};
use crate::messages;
use crate::options::{MANY, Seed, Threads, count};
use crate::pauli_sum;
use crate::progress::cancel_on_interrupt;
use crate::text::Folded;
use crate::truncation_options::TruncationOptions;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::propagation::Truncation;
use ketlab::{Circuit, Error, PauliSum, Simulator};
use methods::derivatives;
use report::Document;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  ketlab grad ansatz.qasm --observable \"Z0 Z1 + 0.5 X0\" --param theta=0.3 --param phi=1.2
  ketlab grad ansatz.qasm --observable Z0 --observable hamiltonian.txt --param theta=0.3 --json
  ketlab grad ansatz.qasm --observable Z0 --param theta=0.3 --shots 1e5 --seed 7
  ketlab grad wide.qasm --observable Z60 --param theta=0.3 --method pauli --min-coefficient 1e-5")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// What is differentiated, like "Z0 Z1 + 0.5 X2", or a file that holds such a sum; may be given
    /// several times
    #[arg(
        long = "observable",
        value_name = "SUM|FILE",
        required = true,
        allow_hyphen_values = true
    )]
    observables: Vec<OsString>,
    /// How derivatives are computed [default: adjoint, or shift with --shots]
    #[arg(long, value_enum)]
    method: Option<GradientKind>,
    /// Estimate from this many shots for each value and each shifted circuit, with standard errors,
    /// beside the exact numbers
    #[arg(long, value_name = "N", value_parser = count::<u64>(1..=MANY))]
    shots: Option<u64>,
    #[command(flatten)]
    truncation: TruncationOptions,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    json: Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GradientKind {
    /// Exact, from one run forwards and one backwards of two states
    Adjoint,
    /// By the parameter-shift rule, as hardware does: exact, or from --shots
    Shift,
    /// Central differences: approximate, for circuits that measure in the middle too
    FiniteDifference,
    /// By Pauli propagation, of circuits of any width: exact, or with small terms left out
    Pauli,
}

impl GradientKind {
    fn name(self) -> String {
        self.to_possible_value().expect("none is hidden").get_name().into()
    }
}

/// What is asked for.
struct Question {
    simulator: Simulator,
    circuit: Circuit,
    /// One value per parameter (radians).
    values: Vec<f64>,
    /// Inputs without a derivative.
    constants: Vec<(String, f64)>,
    /// As they were given, and what they are.
    observables: Vec<(String, PauliSum)>,
    method: GradientKind,
    /// Of Pauli propagation.
    truncation: Truncation,
    /// For each estimate, and the seed.
    shots: Option<(u64, u64)>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| answer(&args))?
}

fn answer(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    let method = match (args.method, args.shots) {
        (Some(method), None) => method,
        (None, None) => GradientKind::Adjoint,
        (None | Some(GradientKind::Shift), Some(_)) => GradientKind::Shift,
        (Some(method), Some(_)) => bail!(
            "--shots with --method {}: only the parameter-shift rule (`shift`) is a rule for \
             measured values; leave one of the two out",
            method.name()
        ),
    };
    if method != GradientKind::Pauli {
        args.truncation.refuse()?;
    }
    let Parametric { circuit, free, constants } = args.input.parametric()?;
    let name = args.input.name();
    if circuit.inputs().next().is_none() {
        bail!("{name}: the circuit has no parameters, so there is nothing to differentiate by");
    }
    let values = circuit.param_values(&free)?;
    for (name, value) in &constants {
        messages::note(format!(
            "`{name}` is the constant {value}, without a derivative: with it free, the angles are \
             not linear in the inputs, or the circuit has no fixed shape"
        ));
    }
    let observables = args.observables.iter().map(|text| observable(text, &circuit));
    let truncation = args.truncation.truncation(circuit.num_qubits())?;
    let simulator = Simulator::new().truncation(truncation.clone());
    cancel_on_interrupt(simulator.watch());
    let question = Question {
        simulator,
        observables: observables.collect::<Result<_>>()?,
        circuit,
        values,
        constants,
        method,
        truncation,
        shots: args.shots.map(|shots| (shots, args.seed.value())),
    };
    let found = derivatives(&question)?;
    let document = Document::new(&name, &question, found);
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(start, question.shots.map(|(_, seed)| seed));
        document::write(&mut out, Format::Gradient, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn observable(text: &OsStr, circuit: &Circuit) -> Result<(String, PauliSum)> {
    let context = || format!("--observable \"{}\"", text.display());
    let sum = pauli_sum::read(text).with_context(context)?.sum;
    if sum.num_qubits() > circuit.num_qubits() {
        let (qubit, num_qubits) = (sum.num_qubits() - 1, circuit.num_qubits());
        return Err(Error::QubitOutOfRange { qubit, num_qubits }).with_context(context);
    }
    Ok((text.to_string_lossy().into_owned(), sum))
}
