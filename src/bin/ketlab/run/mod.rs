//! `ketlab run`: simulate a circuit.

mod report;
mod state_file;

use crate::input::Input;
use crate::progress::Progress;
use anyhow::{Context, Result};
use clap::ValueEnum;
use ketlab::simulate::{Program, RunResult};
use ketlab::{Circuit, Error, PauliSum, Precision, Request, Simulator};
use report::Meta;
use state_file::StateFile;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Rows of a histogram, unless all are asked for.
const ROWS: usize = 20;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Sample this many runs; without it, answers are exact and final measurements are set aside
    #[arg(long, value_name = "N")]
    shots: Option<u64>,
    /// Seed of the random numbers; the same seed gives the same counts at any number of threads
    /// [default: drawn anew, and printed]
    #[arg(long)]
    seed: Option<u64>,
    /// Precision of the amplitudes
    #[arg(long, value_enum, default_value_t = PrecisionArg::F64)]
    precision: PrecisionArg,
    /// Number of threads [default: one a core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Exact mean and variance of an observable, like "Z0 Z1 + 0.5 X2"; may be given several times
    #[arg(long = "observable", value_name = "SUM", allow_hyphen_values = true)]
    observables: Vec<String>,
    /// The K largest probabilities of basis states, or all of them [default: 20 where nothing else
    /// is asked for]
    #[arg(long, value_name = "K|all", value_parser = at_most)]
    probabilities: Option<usize>,
    /// Write the state before the final measurements as a NumPy array
    #[arg(long, value_name = "FILE.npy")]
    state: Option<PathBuf>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum PrecisionArg {
    F32,
    F64,
}

fn at_most(text: &str) -> Result<usize, String> {
    match text {
        "all" => Ok(usize::MAX),
        _ => text.parse().map_err(|_| "write a number or `all`".into()),
    }
}

impl Args {
    /// How many probabilities are asked for: some, where nothing else is.
    fn at_most(&self) -> Option<usize> {
        let nothing_else =
            self.shots.is_none() && self.observables.is_empty() && self.state.is_none();
        self.probabilities.or(nothing_else.then_some(ROWS))
    }
}

pub fn main(args: Args) -> Result<ExitCode> {
    let precision = match args.precision {
        PrecisionArg::F32 => Precision::F32,
        PrecisionArg::F64 => Precision::F64,
    };
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
    }
    let circuit = args.input.circuit()?;
    let request = request(&args, &circuit)?;
    let output = args.state.as_deref().map(StateFile::create).transpose()?;
    let seed = args.seed.unwrap_or_else(rand::random);
    let simulator = Simulator::new().seed(seed).precision(precision);

    let start = Instant::now();
    let program = Program::new(&circuit)?;
    let bound = program.bind(&circuit.param_values::<&str>(&[])?)?;
    let passes: usize = program.plans().iter().map(|p| p.len()).sum();
    let progress = Progress::of(simulator.watch(), passes as u64, args.shots.unwrap_or(0));
    let result = simulator.run(&bound, &request);
    drop(progress);
    let mut result = result?;
    let seconds = start.elapsed().as_secs_f64();

    if let (Some(file), Some(state)) = (output, result.state.take()) {
        file.write(state)?;
    }
    let interrupted = result.interrupted;
    let meta = Meta {
        ketlab: env!("CARGO_PKG_VERSION"),
        file: args.input.name().into(),
        method: method(&program, &result),
        precision,
        threads: rayon::current_num_threads(),
        shots: result.counts.as_ref().map(ketlab::Counts::shots),
        seed: args.shots.map(|_| seed),
        num_clbits: circuit.num_clbits(),
        num_gates: circuit.profile().num_gates,
        branches: result.branches,
        neglected: result.neglected,
        passes,
        plan_hash: plan_hash(&program),
        state_bytes: ketlab::engine::bytes_needed(
            circuit.num_qubits(),
            precision.bytes_per_amplitude() as usize,
        ),
        seconds,
        interrupted,
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        let document = report::document(&args, &circuit, result, meta);
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else {
        report::print(&mut out, &args, &circuit, &result, &meta)?;
    }
    Ok(if interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

fn request(args: &Args, circuit: &Circuit) -> Result<Request> {
    let mut request = Request::new();
    if let Some(shots) = args.shots {
        request = request.shots(shots);
    }
    for text in &args.observables {
        let sum: PauliSum = text
            .parse()
            .map_err(anyhow::Error::from)
            .with_context(|| format!("--observable \"{text}\""))?;
        if sum.num_qubits() > circuit.num_qubits() {
            let error = Error::QubitOutOfRange {
                qubit: sum.num_qubits() - 1,
                num_qubits: circuit.num_qubits(),
            };
            return Err(error).with_context(|| format!("--observable \"{text}\""));
        }
        request = request.observable(sum);
    }
    if let Some(at_most) = args.at_most() {
        request = request.probabilities(at_most);
    }
    if args.state.is_some() {
        request = request.state();
    }
    Ok(request)
}

fn method(program: &Program, result: &RunResult) -> &'static str {
    match (program.is_static(), result.branches) {
        (true, _) => "state vector",
        (false, 0) => "state vector, shots split among branches",
        (false, _) => "state vector, exact branching",
    }
}

/// All plans' hashes in one number.
fn plan_hash(program: &Program) -> String {
    let mix = |h: u64, plan: &ketlab::engine::Plan| h.rotate_left(7) ^ plan.hash();
    format!("{:016x}", program.plans().iter().fold(0, mix))
}
