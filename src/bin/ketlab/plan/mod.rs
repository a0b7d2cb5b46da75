//! `ketlab plan`: how a circuit is executed, sweep by sweep.

mod report;

use crate::document::{self, Format, Json, Work};
use crate::input::Input;
use crate::messages;
use crate::options::{EXECUTION, InstructionSet, PrecisionArg, Threads, count};
use crate::progress::cancel_on_interrupt;
use crate::text::{Folded, plural};
use anyhow::{Result, bail};
use ketlab::Error;
use ketlab::engine::{Coefficients, PlanReport, Real, StateLimits, StateVector, Target};
use ketlab::math::statistics::median;
use ketlab::simulate::{Plans, Program, Watch};
use report::{Document, Figures, Limits, Stretch, Sweep};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Runs are repeated for so long, and so often at most, unless `--reps` says otherwise.
const PATIENCE: Duration = Duration::from_secs(1);
const MOST_REPS: u32 = 9;

const EXAMPLES: &str = "\
Examples:
  ketlab plan circuits/qft_20.qasm
  ketlab plan circuits/ansatz_4.json --no-run --json";

const COLUMNS: &str = "\
Columns:
  sweep      number of the sweep: one way through the memory of the state
  flop       floating-point operations; a multiplication with an addition counts two
  moved      bytes of the state that are read and written
  predicted  time by the planner's cost model, whose numbers are fixed for each instruction set
             and not measured on this machine
  measured   time of the sweep: the median of the runs
  of limit   the time that the operations take at the peak of this machine, or the bytes at its
             bandwidth, whichever is longer, as a share of the measured time; both limits are
             measured before the runs, the bandwidth on a buffer of the state's size
  what       `tiles of 14 bits 0-7, 10-15`: tile by tile, a tile being the amplitudes whose
             indices agree on all other bits; a bit is one of an index into memory, and which
             qubit it is changes with X and SWAP, which move nothing. `one tile`: the state is
             small, and all passes run where it is. `whole state`: a single pass. Then the passes
             in the sweep: register passes do several operations (rotations, phases, controlled X)
             between loading and storing; merged diagonals multiply by many factors at once; others
             are kernels of their own.

Measurements, resets and conditions divide a circuit into unitary stretches. Each is planned on its
own and timed once a run, whatever the conditions: what is between them is left out. Of a state of
few qubits, the time of a sweep is mostly that of starting it, some 0.3 µs, which neither the
prediction nor the limit knows.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{COLUMNS}"))]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Precision of the amplitudes
    #[arg(help_heading = EXECUTION, long, value_enum, default_value_t = PrecisionArg::F64)]
    precision: PrecisionArg,
    #[command(flatten)]
    isa: InstructionSet,
    #[command(flatten)]
    threads: Threads,
    /// Number of runs that are timed [default: what fits in a second, 9 at most]
    #[arg(long, value_name = "N", value_parser = count::<u32>(1..=u32::MAX.into()))]
    reps: Option<u32>,
    /// Run and measure nothing: only the plan and its predicted times
    #[arg(long, conflicts_with = "reps")]
    no_run: bool,
    /// Show all sweeps of a long plan, not only the first and the last
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    json: Json,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let circuit = args.input.circuit()?;
    if circuit.num_qubits() == 0 {
        bail!("{}: the program has no qubits; there is nothing to plan", args.input.name());
    }
    match circuit.profile().num_channels {
        0 => {}
        channels => messages::note(format!(
            "{}: the plan is of the gates between them, and says nothing of the time that noise takes",
            plural(channels, "noise channel")
        )),
    }
    let start = Instant::now();
    let program = Program::new(&circuit)?;
    let target = Target { isa: args.isa.get(), precision: args.precision.into() };
    let plans = program.plans(target)?;
    let plan_seconds = start.elapsed().as_secs_f64();
    // Parameters without a value get one: what it is does not change the plan.
    let params = circuit.inputs().cloned();
    let params: Vec<(String, f64)> =
        params.enumerate().map(|(k, name)| (name, (k + 1) as f64 / 10.0)).collect();
    let bound = program.bind(&params.iter().map(|p| p.1).collect::<Vec<_>>())?;
    let coefficients = bound.coefficients(target)?;
    let (structure, measured) = args.threads.run(|| match args.precision {
        PrecisionArg::F32 => explain::<f32>(plans, coefficients, &args),
        PrecisionArg::F64 => explain::<f64>(plans, coefficients, &args),
    })?;
    let measured = measured?;
    let interrupted = measured.interrupted;
    let document = Document::new(
        &args,
        &circuit,
        plans,
        plan_seconds,
        params,
        stretches(plans, structure, &measured),
        measured,
    );
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::on(document.threads(), start, None);
        document::write(&mut out, Format::Plan, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out), args.all)?;
    }
    Ok(if interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

/// What was measured of a program.
#[derive(Default)]
struct Measured {
    threads: usize,
    limits: Option<StateLimits>,
    /// For each run and each plan, the seconds of the sweeps.
    runs: Vec<Vec<Vec<f64>>>,
    /// Why there are no runs.
    why_not: Option<String>,
    interrupted: bool,
}

/// The structure of all plans, and what is measured of them.
fn explain<T: Real>(
    plans: &Plans,
    coefficients: &[Coefficients],
    args: &Args,
) -> (Vec<PlanReport>, Result<Measured>) {
    let threads = rayon::current_num_threads();
    let reports = plans.iter().map(|plan| plan.report(threads)).collect();
    let mut measured = Measured { threads, ..Measured::default() };
    let why_not = match plans[..] {
        [] => Some("there are no gates to execute"),
        _ => args.no_run.then_some("--no-run"),
    };
    if why_not.is_some() {
        measured.why_not = why_not.map(String::from);
        return (reports, Ok(measured));
    }
    let measured = match measure::<T>(plans, coefficients, args.reps, &mut measured) {
        Ok(()) => Ok(measured),
        // The plan is worth seeing also where its state does not fit.
        Err(error @ Error::TooLarge { .. }) => {
            measured.why_not = Some(error.to_string());
            Ok(measured)
        }
        Err(error) => Err(error.into()),
    };
    (reports, measured)
}

fn measure<T: Real>(
    plans: &Plans,
    coefficients: &[Coefficients],
    reps: Option<u32>,
    measured: &mut Measured,
) -> ketlab::Result<()> {
    let watch = Watch::default();
    let Some((num_qubits, isa)) = plans.first().map(|plan| (plan.num_qubits(), plan.target().isa))
    else {
        return Ok(());
    };
    cancel_on_interrupt(&watch);
    let limits = StateLimits::measure::<T>(isa, num_qubits)?;
    let mut state = StateVector::<T>::zero(num_qubits)?;
    state.set_isa(isa)?;
    measured.limits = Some(limits);
    let start = Instant::now();
    for rep in 0..reps.unwrap_or(MOST_REPS) {
        if rep > 0 && reps.is_none() && start.elapsed() > PATIENCE {
            break;
        }
        state.set_basis(0)?;
        let run: ketlab::Result<_> = plans
            .iter()
            .zip(coefficients)
            .map(|(plan, values)| plan.run_timed(values, &mut state, || !watch.is_cancelled()))
            .collect();
        match run {
            Err(Error::Interrupted) => {
                measured.interrupted = true;
                let none = "interrupted before a run was finished";
                measured.why_not = measured.runs.is_empty().then(|| none.into());
                break;
            }
            run => measured.runs.push(run?),
        }
    }
    Ok(())
}

/// What was planned beside what was measured.
fn stretches(plans: &Plans, reports: Vec<PlanReport>, measured: &Measured) -> Vec<Stretch> {
    let limits = measured.limits.as_ref();
    // The median of a time of each run.
    let of_runs = |time: &dyn Fn(&Vec<Vec<f64>>) -> f64| {
        let times: Vec<f64> = measured.runs.iter().map(time).collect();
        (!times.is_empty()).then(|| median(&times))
    };
    let stretch = |(k, report): (usize, PlanReport)| {
        let sweep = |(s, sweep): (usize, ketlab::engine::SweepReport)| {
            let measured = of_runs(&|run| run[k][s]);
            let figures = Figures::new(sweep.flops, sweep.bytes, sweep.predicted_seconds);
            Sweep::new(sweep.tile, sweep.passes, figures.measured(measured, limits))
        };
        let figures = Figures::new(report.flops, report.bytes, report.predicted_seconds);
        let seconds = of_runs(&|run| run[k].iter().sum());
        Stretch {
            actions: plans[k].num_actions(),
            sweeps: report.sweeps.into_iter().enumerate().map(sweep).collect(),
            figures: figures.measured(seconds, limits),
        }
    };
    reports.into_iter().enumerate().map(stretch).collect()
}

impl Measured {
    /// The median of the times of whole runs.
    fn seconds(&self) -> Option<f64> {
        let times: Vec<f64> = self.runs.iter().map(|run| run.iter().flatten().sum()).collect();
        (!times.is_empty()).then(|| median(&times))
    }

    fn limits(&self) -> Option<Limits> {
        self.limits.as_ref().map(|limits| Limits {
            threads: limits.threads,
            bytes_per_second: limits.bytes_per_second,
            flops_per_second: limits.flops_per_second,
        })
    }
}
