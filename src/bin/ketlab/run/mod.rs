//! `ketlab run`: simulate a circuit.

mod propagation;
mod report;
mod state_file;

use crate::document::{self, Format, Json};
use crate::input::Input;
use crate::messages;
use crate::noise_options::{Applied, NoiseOptions, Sampling};
use crate::options::{
    EXECUTION, InstructionSet, MANY, PrecisionArg, Seed, Threads, count, whole_number,
};
use crate::pauli_sum;
use crate::progress::Progress;
use crate::text::{Folded, plural, time};
use crate::truncation_options::TruncationOptions;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::engine::Target;
use ketlab::simulate::{
    DEFAULT_MAX_BRANCHES, DEFAULT_MAX_LOOP_ROUNDS, InitialState, Method, Program,
};
use ketlab::{Circuit, Error, Request, Simulator};
use state_file::StateFile;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Rows of a histogram, unless all are asked for.
const ROWS: usize = 20;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab run circuits/bell.qasm                       # exact probabilities
  ketlab run circuits/teleportation.qasm --shots 1e4 --seed 7
  ketlab run circuits/ghz_12.qasm --observable \"Z0 Z11\" --json
  ketlab run circuits/ghz_12.qasm --noise depolarizing=0.001 --observable \"Z0 Z11\"
  ketlab run circuits/kicked_ising_127.qasm --param theta=0.7 --method pauli --min-coefficient 1e-3 --observable Z62
  ketlab run ansatz.qasm --param theta=pi/2 --state state.npy
  cat circuits/bell.qasm | ketlab run -")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Sample this many runs; without it, answers are exact and final measurements are set aside
    #[arg(long, value_name = "N", value_parser = count::<u64>(0..=MANY))]
    shots: Option<u64>,
    #[command(flatten)]
    seed: Seed,
    /// Precision of the amplitudes
    #[arg(help_heading = EXECUTION, long, value_enum, default_value_t = PrecisionArg::F64)]
    precision: PrecisionArg,
    /// How to simulate; `auto` takes the state vector where it fits in memory, and beyond that the
    /// stabilizer method for circuits of Clifford gates, and Pauli propagation for means that surely
    /// need few strings; under noise what takes the least time
    #[arg(help_heading = EXECUTION, long, value_enum, default_value_t = MethodArg::Auto)]
    method: MethodArg,
    #[command(flatten)]
    isa: InstructionSet,
    #[command(flatten)]
    threads: Threads,
    /// Exact mean and variance of an observable, like "Z0 Z1 + 0.5 X2", or a file that holds such a
    /// sum; may be given several times
    #[arg(long = "observable", value_name = "SUM|FILE", allow_hyphen_values = true)]
    observables: Vec<String>,
    /// The K largest probabilities of basis states, or all of them [default: 20 where nothing else
    /// is asked for]
    #[arg(long, value_name = "K|all", value_parser = at_most)]
    probabilities: Option<usize>,
    /// The K largest exact probabilities of outcomes of the classical bits, or all of them [default:
    /// 20 for a circuit with measurements in the middle, where nothing else is asked for]
    #[arg(long, value_name = "K|all", value_parser = at_most)]
    outcomes: Option<usize>,
    /// Write the state before the final measurements as a NumPy array
    #[arg(long, value_name = "FILE.npy")]
    state: Option<PathBuf>,
    /// Start from a basis state, written q(n-1)…q0, or from the amplitudes of a NumPy file
    /// [default: 0…0]
    #[arg(help_heading = EXECUTION, long, value_name = "BITS|FILE.npy")]
    initial: Option<OsString>,
    /// Maximum number of branches of measurements that exact answers follow
    #[arg(help_heading = EXECUTION, long, value_name = "N", default_value_t = DEFAULT_MAX_BRANCHES, value_parser = count::<usize>(0..=MANY))]
    max_branches: usize,
    /// Maximum number of rounds of all loops on one path
    #[arg(help_heading = EXECUTION, long, value_name = "N", default_value_t = DEFAULT_MAX_LOOP_ROUNDS, value_parser = count::<u64>(0..=MANY))]
    max_loop_rounds: u64,
    #[command(flatten)]
    noise: NoiseOptions,
    #[command(flatten)]
    sampling: Sampling,
    #[command(flatten)]
    truncation: TruncationOptions,
    #[command(flatten)]
    json: Json,
}

/// `--method`.
#[derive(Clone, Copy, ValueEnum)]
enum MethodArg {
    /// The state vector where it fits, else the stabilizer method; under noise the cheapest that
    /// can answer
    Auto,
    /// All 2^n amplitudes
    StateVector,
    /// A stabilizer tableau: Clifford gates alone
    Stabilizer,
    /// All 4^n entries of a density matrix
    DensityMatrix,
    /// State vectors of random trajectories of a noisy circuit: means with standard errors
    Trajectories,
    /// Observables as sums of Pauli strings, carried backward through a circuit of any width: means
    /// alone, exact or with small terms left out
    #[value(name = "pauli", alias = "pauli-propagation")]
    PauliPropagation,
}

impl From<MethodArg> for Method {
    fn from(method: MethodArg) -> Self {
        match method {
            MethodArg::Auto => Method::Automatic,
            MethodArg::StateVector => Method::StateVector,
            MethodArg::Stabilizer => Method::Stabilizer,
            MethodArg::DensityMatrix => Method::DensityMatrix,
            MethodArg::Trajectories => Method::Trajectories,
            MethodArg::PauliPropagation => Method::PauliPropagation,
        }
    }
}

fn at_most(text: &str) -> Result<usize, String> {
    match text {
        "all" => Ok(usize::MAX),
        _ => match whole_number(text, 0..=MANY) {
            Ok(number) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
            Err(error) => Err(format!("{error}, or `all`")),
        },
    }
}

impl Args {
    /// Whether nothing in particular is asked for.
    fn nothing(&self) -> bool {
        self.shots.is_none()
            && self.observables.is_empty()
            && self.state.is_none()
            && self.outcomes.is_none()
            && self.probabilities.is_none()
    }

    /// Probabilities up to this are rounding.
    fn rounding(&self) -> f64 {
        ketlab::Precision::from(self.precision).rounding_probability()
    }

    /// How many probabilities and outcomes are asked for; where nothing is, some: outcomes of what
    /// measures in the middle, whose final states say little, or is misread, else probabilities. Of a stabilizer
    /// state all outcomes are equally likely: their space says more than some of them.
    fn rows(&self, dynamic: bool, is_stabilizer: bool) -> Rows {
        let nothing = self.nothing();
        let space = nothing && !dynamic && is_stabilizer;
        let some = (nothing && !space).then_some(ROWS);
        Rows {
            probabilities: self.probabilities.or(some.filter(|_| !dynamic)),
            outcomes: self.outcomes.or(some.filter(|_| dynamic)),
            space,
        }
    }

    /// What is asked for.
    fn request(&self, rows: &Rows, circuit: &Circuit) -> Result<Request> {
        let mut request = self.sampling.ask(Request::new());
        if let Some(shots) = self.shots {
            request = request.shots(shots);
        }
        for text in &self.observables {
            let sum = pauli_sum::read(OsStr::new(text))
                .with_context(|| format!("--observable \"{text}\""))?
                .sum;
            if sum.num_qubits() > circuit.num_qubits() {
                let error = Error::QubitOutOfRange {
                    qubit: sum.num_qubits() - 1,
                    num_qubits: circuit.num_qubits(),
                };
                return Err(error).with_context(|| format!("--observable \"{text}\""));
            }
            request = request.observable(sum);
        }
        if let Some(at_most) = rows.probabilities {
            request = request.probabilities(at_most);
        }
        if rows.outcomes.is_some() {
            request = request.outcomes();
        }
        if rows.space {
            request = request.outcome_space();
        }
        if self.state.is_some() {
            request = request.state();
        }
        Ok(request)
    }
}

/// How many rows of what are printed at most.
pub struct Rows {
    probabilities: Option<usize>,
    outcomes: Option<usize>,
    /// Whether the outcomes are told as a space.
    space: bool,
}

impl Rows {
    /// None of anything.
    fn none() -> Self {
        Rows { probabilities: None, outcomes: None, space: false }
    }
}

/// What answers are told with beside the library's part.
pub struct Told {
    method: Method,
    noise: Option<Applied>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.start()?;
    let is_pauli = matches!(args.method, MethodArg::PauliPropagation);
    if !is_pauli {
        args.truncation.refuse()?;
    } else if args.nothing() {
        bail!("--method pauli carries observables: give one or more with --observable");
    }
    let circuit = args.input.circuit()?;
    if circuit.num_qubits() == 0 {
        bail!("{}: the program has no qubits; there is nothing to simulate", args.input.name());
    }
    let (circuit, noise) = args.noise.apply(circuit)?;
    let program = Program::new(&circuit)?;
    let bound = program.bind(&circuit.param_values::<&str>(&[])?)?;
    let mut simulator = Simulator::new()
        .seed(args.seed.value())
        .precision(args.precision.into())
        .method(args.method.into())
        .truncation(args.truncation.truncation(circuit.num_qubits())?)
        .isa(args.isa.get())
        .max_branches(args.max_branches)
        .max_loop_rounds(args.max_loop_rounds);
    if let Some(initial) = &args.initial {
        simulator = simulator.initial_state(initial_state(initial)?);
    }
    let is_dynamic = circuit.num_outcome_bits() > 0 && measures_in_the_middle(&program, &circuit)?;
    // A space of outcomes is asked for where the stabilizer method is the one for everything.
    let is_stabilizer = match args.method {
        MethodArg::Stabilizer => true,
        MethodArg::Auto => simulator
            .method_for(&bound, &args.request(&Rows::none(), &circuit)?)
            .is_ok_and(|(method, _)| method == Method::Stabilizer),
        _ => false,
    };
    // What is read is in the outcomes, not in the probabilities of the state before.
    let is_misread = circuit.readout_errors().len() > 0;
    let rows = args.rows(is_dynamic || is_misread, is_stabilizer && !is_misread);
    let request = args.request(&rows, &circuit)?;
    let (method, reason) = simulator.method_for(&bound, &request)?;
    messages::detail(|| format!("by the {method} method: {reason}"));
    if method == Method::Stabilizer && args.state.is_some() {
        bail!(
            "--state writes amplitudes, which the stabilizer method does not have (it runs the \
             circuit because {reason}); without it, the space of the outcomes is shown"
        );
    }
    if let Some(flag) = args.sampling.flag() {
        if method == Method::PauliPropagation {
            messages::note(format!(
                "{flag} has no effect: Pauli propagation draws nothing at random; \
                 `--method trajectories` samples"
            ));
        } else if method != Method::Trajectories {
            messages::note(format!(
                "{flag} has no effect: the {method} method is exact, and taken because {reason}; \
                 `--method trajectories` samples"
            ));
        } else if args.observables.is_empty() {
            messages::note(format!(
                "{flag} has no effect: it is for means, and there is no --observable"
            ));
        }
    }
    let passes = match method {
        Method::Stabilizer | Method::DensityMatrix | Method::PauliPropagation => 0,
        _ => plan(&args, &program)?,
    };
    let output = args.state.as_deref().map(StateFile::create).transpose()?;
    let shots = args.shots.unwrap_or(0);
    let progress = Progress::of(simulator.watch(), passes, shots);
    let result = simulator.run(&bound, &request);
    drop(progress);
    let mut result = result?;
    messages::detail(|| {
        let meta = &result.meta;
        format!(
            "ran in {}: {} with {}, seed {}, {} followed",
            time(meta.seconds),
            plural(meta.threads, "thread"),
            meta.instruction_set,
            meta.seed,
            plural(result.branches, "branch")
        )
    });
    let told = Told { method, noise };
    let (state, interrupted) = (result.state.take(), result.interrupted);
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let (body, meta) = report::document(&args, &rows, &circuit, told, result);
        document::write(&mut out, Format::Run, &body, &meta)?;
    } else {
        report::print(&mut Folded::new(&mut out), &args, &rows, &circuit, &told, result)?;
    }
    // Last, so that a full disk loses nothing but the file.
    if let (Some(file), Some(state)) = (output, state) {
        out.flush()?;
        file.write(state)?;
    }
    Ok(if interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

/// Whether more than noise is before the final measurements.
fn measures_in_the_middle(program: &Program, circuit: &Circuit) -> Result<bool> {
    let is_noisy = circuit.profile().num_channels > 0;
    let without = is_noisy.then(|| Program::new(&circuit.without_channels())).transpose()?;
    Ok(!without.as_deref().unwrap_or(program).is_static())
}

/// Plans the circuit, so that the progress knows how many passes there are.
fn plan(args: &Args, program: &Program) -> Result<u64> {
    let start = Instant::now();
    let target = Target { isa: args.isa.get(), precision: args.precision.into() };
    let plans = program.plans(target)?;
    messages::detail(|| {
        format!(
            "planned in {}: {} over the state in {}",
            time(start.elapsed().as_secs_f64()),
            plural(plans.num_passes(), "pass"),
            plural(plans.len(), "unitary stretch")
        )
    });
    Ok(plans.num_passes() as u64)
}

/// A bit string, or the path of a NumPy file.
fn initial_state(text: &OsStr) -> Result<InitialState> {
    let is_bits = |text: &&str| !text.is_empty() && text.bytes().all(|b| b == b'0' || b == b'1');
    if let Some(bits) = text.to_str().filter(is_bits) {
        return Ok(InitialState::Bits(bits.parse()?));
    }
    if !Path::new(text).exists() {
        bail!("--initial {}: neither bits (0 and 1) nor a file that is there", text.display());
    }
    state_file::read(text.as_ref()).with_context(|| format!("--initial {}", text.display()))
}
