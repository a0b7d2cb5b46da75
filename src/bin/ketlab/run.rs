//! `ketlab run`: simulate a circuit.

use crate::input::Input;
use crate::progress::Progress;
use crate::text::{histogram, table};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::math::Bits;
use ketlab::simulate::{AnyState, Program, RunResult};
use ketlab::{Circuit, Error, PauliSum, Precision, Request, Simulator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
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

/// The document of `--json`.
#[derive(Serialize)]
struct Document {
    num_qubits: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<ketlab::Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probabilities: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<Value>,
    norm: Option<f64>,
    meta: Meta,
}

/// How the answer came about, for whoever wants to repeat it.
#[derive(Serialize)]
struct Meta {
    ketlab: &'static str,
    file: String,
    method: &'static str,
    precision: Precision,
    threads: usize,
    shots: Option<u64>,
    seed: Option<u64>,
    num_clbits: usize,
    num_gates: usize,
    branches: usize,
    passes: usize,
    plan_hash: String,
    state_bytes: u128,
    seconds: f64,
    interrupted: bool,
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
        let document = document(&args, &circuit, result, meta);
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else {
        print(&mut out, &args, &circuit, &result, &meta)?;
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
    let nothing_else = args.shots.is_none() && args.observables.is_empty() && args.state.is_none();
    if let Some(at_most) = args.probabilities.or(nothing_else.then_some(ROWS)) {
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

fn document(args: &Args, circuit: &Circuit, result: RunResult, meta: Meta) -> Document {
    let n = circuit.num_qubits();
    let label = |(index, p): &(u64, f64)| (Bits::from_u64(*index, n).to_string(), json!(p));
    let expectations = args.observables.iter().zip(&result.expectations);
    Document {
        num_qubits: n,
        counts: result.counts,
        probabilities: result.probabilities.map(|list| list.iter().map(label).collect()),
        expectations: expectations
            .map(|(text, e)| json!({"observable": text, "value": e.value, "variance": e.variance}))
            .collect(),
        norm: result.norm,
        meta,
    }
}

fn print(
    out: &mut impl Write,
    args: &Args,
    circuit: &Circuit,
    result: &RunResult,
    meta: &Meta,
) -> Result<()> {
    let plural =
        |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    writeln!(
        out,
        "{}: {}, {}, {}",
        meta.file,
        plural(circuit.num_qubits(), "qubit"),
        plural(circuit.num_clbits(), "classical bit"),
        plural(meta.num_gates, "gate"),
    )?;
    writeln!(
        out,
        "{} in {}: {}, {}, {:.3} s",
        meta.method,
        args.precision.to_possible_value().expect("it is not skipped").get_name(),
        ketlab::error::bytes(meta.state_bytes),
        plural(meta.threads, "thread"),
        meta.seconds
    )?;
    if result.branches > 1 {
        writeln!(out, "averaged over {} branches of measurements", result.branches)?;
    }
    if let Some(counts) = &result.counts {
        let whole = if meta.interrupted {
            format!(" of {} (interrupted)", args.shots.unwrap_or(0))
        } else {
            String::new()
        };
        let shots = counts.shots();
        writeln!(
            out,
            "\n{shots} shots{whole}, seed {}, {}",
            meta.seed.unwrap_or(0),
            plural(counts.len(), "outcome")
        )?;
        if circuit.num_clbits() == 0 {
            writeln!(out, "the circuit measures nothing: all qubits were measured at the end")?;
        }
        let row =
            |(bits, n): (&Bits, u64)| (bits.to_string(), n.to_string(), n as f64 / shots as f64);
        let rows: Vec<_> = counts.most_common(ROWS).into_iter().map(row).collect();
        histogram(out, &rows)?;
        rest(out, counts.len().saturating_sub(ROWS), "outcomes", "`--json` lists all")?;
    }
    if let Some(list) = &result.probabilities {
        writeln!(out, "\nprobabilities before the final measurements")?;
        let n = circuit.num_qubits();
        let row =
            |&(index, p): &(u64, f64)| (Bits::from_u64(index, n).to_string(), format!("{p:.6}"), p);
        histogram(out, &list.iter().map(row).collect::<Vec<_>>())?;
        let shown: f64 = list.iter().map(|(_, p)| p).sum();
        if shown < 1.0 - 1e-9 {
            writeln!(
                out,
                "  the rest has probability {:.6}; `--probabilities all` lists it",
                1.0 - shown
            )?;
        }
    }
    if !result.expectations.is_empty() {
        let rows = args.observables.iter().zip(&result.expectations);
        let rows = rows.map(|(text, e)| {
            vec![text.clone(), format!("{:.12}", e.value), format!("{:.6e}", e.variance)]
        });
        writeln!(out, "\n{}", table(&["observable", "mean", "variance"], rows.collect()))?;
    }
    if let Some(path) = &args.state {
        writeln!(out, "\nstate written to {}", path.display())?;
    }
    Ok(())
}

fn rest(out: &mut impl Write, left: usize, what: &str, hint: &str) -> std::io::Result<()> {
    if left > 0 { writeln!(out, "  … {left} more {what}; {hint}") } else { Ok(()) }
}

/// The file of `--state`, opened before the work so that a wrong path costs nothing. It is written
/// under another name and moved into place when it is complete.
struct StateFile {
    path: PathBuf,
    unfinished: PathBuf,
}

impl StateFile {
    fn create(path: &Path) -> Result<Self> {
        if cfg!(not(feature = "npy")) {
            bail!("--state: this ketlab was built without the feature `npy`");
        }
        let name =
            path.file_name().with_context(|| format!("--state {}: not a file", path.display()))?;
        let mut unfinished = name.to_os_string();
        unfinished.push(".unfinished");
        let unfinished = path.with_file_name(unfinished);
        std::fs::File::create(&unfinished)
            .with_context(|| format!("--state {}", path.display()))?;
        Ok(StateFile { path: path.into(), unfinished })
    }

    #[cfg(feature = "npy")]
    fn write(&self, state: AnyState) -> Result<()> {
        let written = match state {
            AnyState::F32(mut s) => ndarray_npy::write_npy(&self.unfinished, &s.view()),
            AnyState::F64(mut s) => ndarray_npy::write_npy(&self.unfinished, &s.view()),
        };
        let context = || format!("--state {}", self.path.display());
        written.with_context(context)?;
        std::fs::rename(&self.unfinished, &self.path).with_context(context)
    }

    #[cfg(not(feature = "npy"))]
    fn write(&self, _: AnyState) -> Result<()> {
        unreachable!("create refuses")
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        // After success it has been moved away and this does nothing.
        let _ = std::fs::remove_file(&self.unfinished);
    }
}
