//! `ketlab bench`: this machine's limits, and the benchmark circuits against them.

mod report;

use crate::document::{self, Format, Json, Work};
use crate::options::{InstructionSet, MANY, PrecisionArg, Threads, count, whole_number};
use crate::progress::cancel_on_interrupt;
use anyhow::Result;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use ketlab::Error;
use ketlab::circuit::library::Family;
use ketlab::engine::{MachineLimits, Real, StateLimits, StateVector, bytes_needed};
use ketlab::math::statistics::median;
use ketlab::simulate::{Program, Watch};
use report::{Document, Figures, Row};
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Numbers of qubits, unless `--sizes` says otherwise, and with `--quick`.
const SIZES: [usize; 3] = [16, 20, 24];
const QUICK_SIZES: [usize; 2] = [16, 20];
/// A circuit is run for so long, and so often at most, unless `--reps` says otherwise.
const PATIENCE: Duration = Duration::from_millis(300);
const MOST_REPS: u32 = 9;

const EXAMPLES: &str = "\
Examples:
  ketlab bench --quick
  ketlab bench qft random --sizes 16,24 --precision f32,f64";

const COLUMNS: &str = "\
Columns:
  gates      gates of the circuit
  sweeps     ways through the memory of the state that they were planned to
  planned    time to compile and plan the circuit
  median     median time of the runs from |0…0⟩, planning not included; then the shortest and the
             longest
  gates/s    gates per second
  ns/gate/a  nanoseconds for each gate and amplitude
  of limit   the time that the plan's operations take at the peak of this machine, or its bytes at
             the bandwidth for a state of this size, whichever is longer, as a share of the median

The limits above the table are those of sweeps that read and write a buffer in place, in memory
and in caches, and of fused multiplications and additions in registers; each is the best of a few
timings.

Ctrl-C ends the measurement and keeps the rows that are finished.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{COLUMNS}"))]
pub struct Args {
    /// Families of circuits [default: all]
    #[arg(value_name = "FAMILY", value_parser = family())]
    families: Vec<Family>,
    /// Numbers of qubits [default: 16,20,24]
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = size)]
    sizes: Option<Vec<usize>>,
    /// Precisions of the amplitudes: f64, f32, or both with a comma
    #[arg(long, value_name = "PRECISION,…", hide_possible_values = true, value_enum, value_delimiter = ',', default_values_t = [PrecisionArg::F64])]
    precision: Vec<PrecisionArg>,
    #[command(flatten)]
    isa: InstructionSet,
    #[command(flatten)]
    threads: Threads,
    /// Number of runs of a circuit [default: what fits in 0.3 s, 1 to 9]
    #[arg(long, value_name = "N", value_parser = count::<u32>(1..=u32::MAX.into()))]
    reps: Option<u32>,
    /// A few seconds instead of half a minute: 16 and 20 qubits, unless there are `--sizes`, and at
    /// most 3 runs of a circuit
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    json: Json,
}

fn family() -> impl TypedValueParser<Value = Family> {
    let value = |family: Family| PossibleValue::new(family.name()).help(family.description());
    PossibleValuesParser::new(Family::ALL.map(value))
        .map(|name| Family::from_name(&name).expect("it is one of the names"))
}

fn size(text: &str) -> Result<usize, String> {
    let size = whole_number(text, 2..=MANY);
    let size = size.map_err(|error| format!("the circuits have 2 qubits or more; {error}"))?;
    usize::try_from(size).map_err(|error| error.to_string())
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| bench(&args))?
}

fn bench(args: &Args) -> Result<ExitCode> {
    let (start, watch) = (Instant::now(), Watch::default());
    cancel_on_interrupt(&watch);
    let mut document = Document::new(MachineLimits::measure(args.isa.get())?);
    let mut out = std::io::stdout();
    if !args.json.is_wanted() {
        document.print_limits(&mut out)?;
        report::print_heading(&mut out)?;
    }
    let row = |row: Row| -> Result<()> {
        if !args.json.is_wanted() {
            row.print(&mut out)?;
            out.flush()?;
        }
        document.rows.push(row);
        Ok(())
    };
    document.interrupted = match rows(args, &watch, row) {
        Ok(()) => false,
        Err(error) if matches!(error.downcast_ref(), Some(Error::Interrupted)) => true,
        Err(error) => return Err(error),
    };
    if args.json.is_wanted() {
        document::write(&mut out, Format::Bench, &document, &Work::since(start, None))?;
    }
    if document.interrupted {
        return Err(Error::Interrupted.into());
    }
    let something = document.rows.iter().any(Row::is_measured);
    Ok(if something { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All rows, the smallest states first.
fn rows(args: &Args, watch: &Watch, mut row: impl FnMut(Row) -> Result<()>) -> Result<()> {
    let sizes = match &args.sizes {
        Some(sizes) => sizes,
        None if args.quick => &QUICK_SIZES[..],
        None => &SIZES,
    };
    for &num_qubits in sizes {
        for &precision in &args.precision {
            match precision {
                PrecisionArg::F32 => rows_of::<f32>(args, num_qubits, watch, &mut row)?,
                PrecisionArg::F64 => rows_of::<f64>(args, num_qubits, watch, &mut row)?,
            }
        }
    }
    Ok(())
}

/// The rows of one size and precision, which share a state.
fn rows_of<T: Real>(
    args: &Args,
    num_qubits: usize,
    watch: &Watch,
    row: &mut impl FnMut(Row) -> Result<()>,
) -> Result<()> {
    let families =
        if args.families.is_empty() { &Family::ALL[..] } else { args.families.as_slice() };
    let row_of = |family: Option<Family>, figures: Result<Figures, String>| Row {
        family: family.map(Family::name),
        num_qubits,
        precision: T::NAME,
        state_bytes: Some(bytes_needed(num_qubits, 2 * size_of::<T>())).filter(|b| *b < u128::MAX),
        skipped: figures.as_ref().err().cloned(),
        figures: figures.ok(),
    };
    let isa = args.isa.get();
    let prepared = StateLimits::measure::<T>(isa, num_qubits).and_then(|limits| {
        let mut state = StateVector::<T>::zero(num_qubits)?;
        state.set_isa(isa)?;
        Ok((limits, state))
    });
    let (limits, mut state) = match prepared {
        Err(error @ Error::TooLarge { .. }) => return row(row_of(None, Err(error.to_string()))),
        prepared => prepared?,
    };
    for &family in families {
        let figures = if family.accepts(num_qubits) {
            Ok(measure(args, family, &limits, &mut state, watch)?)
        } else {
            Err(no_member(family, num_qubits))
        };
        row(row_of(Some(family), figures))?;
        if watch.is_cancelled() {
            return Err(Error::Interrupted.into());
        }
    }
    Ok(())
}

fn no_member(family: Family, num_qubits: usize) -> String {
    let next = (num_qubits..num_qubits + 3).find(|&n| family.accepts(n));
    let hint = next.map_or(String::new(), |next| format!("; there is one of {next}"));
    format!("there is no circuit of {num_qubits} qubits{hint}")
}

/// Plans a circuit and runs it. [`Error::Interrupted`] if no run was finished.
fn measure<T: Real>(
    args: &Args,
    family: Family,
    limits: &StateLimits,
    state: &mut StateVector<T>,
    watch: &Watch,
) -> ketlab::Result<Figures> {
    let circuit = family.circuit(state.num_qubits());
    let start = Instant::now();
    let (program, target) = (Program::new(&circuit)?, state.target());
    let plans = program.plans(target)?;
    let plan_seconds = start.elapsed().as_secs_f64();
    let bound = program.bind(&[])?;
    let coefficients = bound.coefficients(target)?;
    let mut times = Vec::new();
    let most = args.reps.unwrap_or(if args.quick { 3 } else { MOST_REPS });
    let begin = Instant::now();
    for rep in 0..most {
        if rep > 0 && args.reps.is_none() && begin.elapsed() > PATIENCE {
            break;
        }
        state.set_basis(0)?;
        let start = Instant::now();
        let run = plans
            .iter()
            .zip(coefficients)
            .map(|(plan, values)| plan.run_watched(values, state, &|_, _| !watch.is_cancelled()));
        match run.collect::<ketlab::Result<()>>() {
            Err(Error::Interrupted) if !times.is_empty() => break,
            run => run?,
        }
        times.push(start.elapsed().as_secs_f64());
    }
    let reports = plans.iter().map(|plan| plan.report(limits.threads));
    let (bytes, flops) = reports.fold((0.0, 0.0), |(b, f), r| (b + r.bytes, f + r.flops));
    let gates = circuit.profile().num_gates;
    let seconds = median(&times);
    let limit_seconds = limits.seconds(bytes, flops);
    Ok(Figures {
        gates,
        actions: plans.iter().map(|plan| plan.num_actions()).sum(),
        sweeps: plans.num_passes(),
        flops,
        bytes,
        plan_seconds,
        repetitions: times.len(),
        median_seconds: seconds,
        min_seconds: times.iter().copied().fold(f64::INFINITY, f64::min),
        max_seconds: times.iter().copied().fold(0.0, f64::max),
        gates_per_second: gates as f64 / seconds,
        ns_per_gate_amplitude: 1e9 * seconds / gates as f64 / (state.num_qubits() as f64).exp2(),
        limit_seconds,
        share_of_limit: limit_seconds / seconds,
    })
}
