//! `ketlab anneal tts`: the time to solution against the time of one anneal.

use super::drive::{Points, Strengths, UnitsShown};
use super::flags::{Account, Common, Keep, picture};
use super::run::{self, Annealer};
use super::{plots, sampling, schroedinger};
use crate::document::{self, Format, Work};
use crate::messages;
use crate::model::Loaded;
use crate::options::{count, whole_number};
use crate::progress::{Progress, cancel_on_interrupt};
use crate::table::table;
use crate::text::{Folded, number, plural};
use anyhow::{Context, Result, bail};
use ketlab::annealing::{AnnealTime, Optimum, TimeToSolution, optimum};
use ketlab::ising::MAX_EXACT_SPINS;
use ketlab::math::{Keeper, Kept, Watch};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// The anneal times and the sweeps where none are given.
const TIMES: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
const SWEEPS: [f64; 7] = [10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0];

#[derive(clap::Args)]
#[command(mut_arg("plot", |plot| plot.help(picture("of the time to solution against the time of one anneal"))))]
#[command(after_help = "Examples:
  ketlab anneal tts circuits/graphs/sherrington_kirkpatrick_10.coo --plot tts.svg
  ketlab anneal tts circuits/graphs/petersen.txt --method anneal --times 1,3,10,30 --reads 1000

The time to solution is τ max(1, ln(1 - target)/ln(1 - p)) for anneals that take τ and succeed with \
probability p: to read a configuration of lowest energy once, with the probability --target. Times of \
`schroedinger` are in the schedule's unit; those of the other methods are sweeps, which are no time, so \
that the two are not to be compared. Schrödinger's equation gives p itself, samples a share of reads \
with an interval (95 %, Jeffreys).")]
pub struct Args {
    /// A graph, an Ising model or a QUBO, as `ketlab anneal --help` says
    file: PathBuf,
    /// How: schroedinger, path-integral, anneal, tempering or tabu
    #[arg(long, value_enum, default_value_t = Annealer::Schroedinger)]
    method: Annealer,
    #[command(flatten)]
    strengths: Strengths,
    #[command(flatten)]
    points: Points,
    /// Times of one anneal, growing; sweeps for the methods that have them [default: 1 to 200, of
    /// sweeps 10 to 10,000]
    #[arg(long, value_name = "T,…", value_delimiter = ',', allow_hyphen_values = true)]
    times: Vec<f64>,
    /// Reads at each number of sweeps [default: 1000]
    #[arg(long, value_name = "N", value_parser = count::<u64>(1..=10_000_000))]
    reads: Option<u64>,
    /// The probability to be reached
    #[arg(long, value_name = "P", default_value_t = 0.99, allow_negative_numbers = true)]
    target: f64,
    /// A read with at most this energy solves the problem [default: the lowest energy, by enumeration]
    #[arg(long, value_name = "E", allow_negative_numbers = true)]
    target_energy: Option<f64>,
    #[command(flatten)]
    sampling: sampling::Options,
    #[command(flatten)]
    state: schroedinger::Options,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    keep: Keep,
}

#[derive(Serialize)]
struct Document {
    file: String,
    problem: String,
    num_spins: usize,
    method: String,
    seed: u64,
    units: UnitsShown,
    target: f64,
    target_energy: f64,
    points: Vec<PointShown>,
    best: Option<Best>,
    at_edge: Option<bool>,
    #[serde(flatten)]
    account: Account,
    interrupted: bool,
}

#[derive(Serialize)]
struct PointShown {
    time: f64,
    success: f64,
    reads: Option<u64>,
    time_to_solution: Shown,
}

#[derive(Serialize)]
struct Shown {
    value: Option<f64>,
    low: f64,
    high: Option<f64>,
}

impl From<&TimeToSolution> for Shown {
    fn from(tts: &TimeToSolution) -> Self {
        Shown { value: tts.value, low: tts.low, high: tts.high }
    }
}

#[derive(Serialize)]
struct Best {
    time: f64,
    time_to_solution: Shown,
}

/// A point, with the probability that it came from.
struct Point {
    at: AnnealTime,
    success: f64,
}

/// What was measured at a time: a line of the checkpoint.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cell {
    time: f64,
    outcome: Outcome,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Sampled { successes: u64, reads: u64 },
    Computed { probability: f64, error: f64 },
}

impl Cell {
    fn point(self, target: f64) -> Result<Point> {
        let Cell { time, outcome } = self;
        let (success, tts) = match outcome {
            Outcome::Sampled { successes, reads } => (
                successes as f64 / reads as f64,
                TimeToSolution::new(time, successes, reads, target, 0.95),
            ),
            Outcome::Computed { probability, error } => {
                (probability, TimeToSolution::computed(time, probability, error, target))
            }
        };
        let time_to_solution = tts.context("--target")?;
        Ok(Point { at: AnnealTime { time, time_to_solution }, success })
    }
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.common.threads.run(|| solve(&args))?
}

fn solve(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    args.common.check_plot()?;
    let is_sampled = args.method.has_sweeps();
    check(args)?;
    let times: Vec<f64> = match (args.times.as_slice(), is_sampled) {
        ([], true) => SWEEPS.into(),
        ([], false) => TIMES.into(),
        (given, _) => given.into(),
    };
    check_times(&times, is_sampled)?;
    let loaded = run::load(&args.file, args.common.problem)?;
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let target_energy = target_energy(args, &loaded)?;
    let units = match is_sampled {
        true => chain(args, 1).units(args.method)?,
        false => UnitsShown::of(args.strengths.read()?.units()),
    };
    let (mut keeper, cells) = open(args, &loaded, target_energy, &watch)?;
    let bar = Progress::bar(times.len() as u64, "points");
    let mut points = Vec::new();
    let (mut resumed, mut added) = (0, 0);
    let mut interrupted = false;
    for &time in &times {
        bar.message(|| format!("{} at {time}", args.method.name()));
        let cell = match cells.iter().find(|cell| cell.time == time) {
            Some(cell) => {
                resumed += 1;
                *cell
            }
            None => match measured(args, &loaded, time, target_energy, &watch, added == 0) {
                Ok(outcome) => {
                    added += 1;
                    let cell = Cell { time, outcome };
                    if let Some(keeper) = &mut keeper {
                        keeper.add(&cell);
                    }
                    cell
                }
                Err(error) if is_interruption(&error) && !points.is_empty() => {
                    interrupted = true;
                    break;
                }
                Err(error) => return Err(error),
            },
        };
        points.push(cell.point(args.target)?);
        bar.done(points.len() as u64, times.len() as u64);
        let point = points.last().expect("it was pushed");
        messages::detail(|| format!("time {time}: success {:.6}", point.success));
    }
    drop(bar);
    let account = match keeper {
        None => Account::default(),
        Some(keeper) => {
            let error = keeper.into_error();
            Account::of("points", &Kept { answer: (), resumed, added, error })
        }
    };
    let curve: Vec<AnnealTime> = points.iter().map(|point| point.at).collect();
    let best = optimum(&curve)?;
    let shown = |point: &Point| PointShown {
        time: point.at.time,
        success: point.success,
        reads: is_sampled.then_some(point.at.time_to_solution.reads),
        time_to_solution: (&point.at.time_to_solution).into(),
    };
    let document = Document {
        file: args.file.display().to_string(),
        problem: loaded.problem.name(),
        num_spins: loaded.model.num_spins(),
        method: args.method.name(),
        seed: args.common.seed(),
        units,
        target: args.target,
        target_energy,
        points: points.iter().map(shown).collect(),
        best: best.as_ref().map(|best| Best {
            time: best.time,
            time_to_solution: (&best.time_to_solution).into(),
        }),
        at_edge: best.as_ref().map(|best| best.at_edge),
        account,
        interrupted,
    };
    let mut out = std::io::stdout().lock();
    if args.common.json.is_wanted() {
        let work = Work::since(began, Some(args.common.seed()));
        document::write(&mut out, Format::TimeToSolution, &document, &work)?;
    } else {
        let of = (&document.units, target_energy);
        print(&mut Folded::new(&mut out), args, &loaded, (&points, best.as_ref()), of)?;
    }
    out.flush()?;
    args.common.plot(|path| {
        if best.is_none() {
            bail!("no point has a success, so that there is nothing to draw");
        }
        let (what, time) = (caption(args), document.units.time());
        let chart = plots::tts(&args.file, &loaded, &what, time, &curve, best.as_ref());
        Ok(chart.save(path)?)
    })?;
    Ok(document.account.end(interrupted, "points"))
}

/// Opens the checkpoint, if there is one. Times and the target may be new.
fn open(
    args: &Args,
    loaded: &Loaded,
    target_energy: f64,
    watch: &Watch,
) -> Result<(Option<Keeper>, Vec<Cell>)> {
    let Some(file) = args.keep.file() else { return Ok((None, Vec::new())) };
    let model = &loaded.model;
    let belongs_to = if args.method.has_sweeps() {
        let chain = chain(args, 1);
        chain
            .sampler(args.method, watch)?
            .fingerprint(model)?
            .with("number of reads", &chain.reads)
            .with("target energy", &target_energy)
    } else {
        let (schedule, path) = (args.strengths.read()?, args.points.path(None)?);
        args.state.annealing(model, watch)?.fingerprint(model, &schedule, &path)
    };
    let (keeper, cells) = file.open("time to solution", &belongs_to)?;
    Ok((Some(keeper), cells))
}

fn is_interruption(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ketlab::Error::Interrupted))
}

fn check(args: &Args) -> Result<()> {
    match args.method {
        Annealer::Exact => {
            bail!("--method exact looks at every configuration, in no time of an anneal")
        }
        Annealer::Descent => bail!("--method descent ends where it ends, in no time of its own"),
        Annealer::Population => bail!(
            "--method population has members that descend from one another: a share of them is no \
             probability of success"
        ),
        _ => {}
    }
    let drives: [(&str, bool, &[Annealer]); 4] = [
        ("--points", args.points.is_given(), &[Annealer::Schroedinger, Annealer::PathIntegral]),
        (
            "--schedule",
            args.strengths.is_given(),
            &[Annealer::Schroedinger, Annealer::PathIntegral],
        ),
        ("--initial", args.state.initial_is_given(), &[Annealer::Schroedinger]),
        (
            "--reads",
            args.reads.is_some(),
            &[Annealer::PathIntegral, Annealer::Anneal, Annealer::Tempering, Annealer::Tabu],
        ),
    ];
    run::refuse(
        drives.into_iter().chain(args.state.given()).chain(args.sampling.given()),
        args.method,
    )
}

fn check_times(times: &[f64], are_sweeps: bool) -> Result<()> {
    for pair in times.windows(2) {
        if pair[1] <= pair[0] {
            bail!("--times: {} follows {}; times must grow", pair[1], pair[0]);
        }
    }
    for &time in times {
        if !(time > 0.0 && time.is_finite()) {
            bail!("--times: {time} is no time of an anneal; it must be positive and finite");
        }
        if are_sweeps && let Err(error) = whole_number(&time.to_string(), 1..=1_000_000_000) {
            bail!("--times: {time} sweeps: {error}");
        }
    }
    Ok(())
}

fn target_energy(args: &Args, loaded: &Loaded) -> Result<f64> {
    match args.target_energy {
        Some(energy) if args.method == Annealer::Schroedinger => bail!(
            "--target-energy {energy}: Schrödinger's equation gives the weight on the lowest energy"
        ),
        Some(energy) if energy.is_finite() => Ok(energy),
        Some(energy) => bail!("--target-energy is {energy}; it must be finite"),
        None => {
            let model = &loaded.model;
            if model.num_spins() > MAX_EXACT_SPINS && args.method.has_sweeps() {
                bail!(
                    "the lowest energy of {} spins is not known (enumeration ends at \
                     {MAX_EXACT_SPINS}); --target-energy says what solves the problem",
                    model.num_spins()
                );
            }
            Ok(model.ground_state()?.energy)
        }
    }
}

fn chain(args: &Args, sweeps: u64) -> sampling::Chain<'_> {
    sampling::Chain {
        options: &args.sampling,
        strengths: &args.strengths,
        points: &args.points,
        reads: args.reads.unwrap_or(1000),
        sweeps,
        seed: args.common.seed(),
        initial: Vec::new(),
        target_energy: None,
    }
}

/// Anneals at a time; says what to know of it where that was not said before.
fn measured(
    args: &Args,
    loaded: &Loaded,
    time: f64,
    target_energy: f64,
    watch: &Watch,
    is_first: bool,
) -> Result<Outcome> {
    let model = &loaded.model;
    if args.method.has_sweeps() {
        let samples = chain(args, time as u64).sampler(args.method, watch)?.run(model)?;
        if samples.info.interrupted {
            return Err(ketlab::Error::Interrupted.into());
        }
        for warning in samples.info.warnings.iter().filter(|_| is_first) {
            messages::warning(warning);
        }
        let successes = samples.reads_up_to(target_energy + 1e-9 * loaded.range());
        return Ok(Outcome::Sampled { successes, reads: samples.reads() });
    }
    let (schedule, path) = (args.strengths.read()?, args.points.path(Some(time))?);
    let annealing = args.state.annealing(model, watch)?.moments(0);
    let evolution = annealing.run(model, &schedule, &path)?;
    let (probability, error) = (evolution.success_probability, evolution.error_estimate);
    Ok(Outcome::Computed { probability, error })
}

fn caption(args: &Args) -> String {
    match args.method.has_sweeps() {
        true => format!(
            "{}, {} a point, seed {}; 95 % by Jeffreys",
            args.method.name(),
            plural(args.reads.unwrap_or(1000) as usize, "read"),
            args.common.seed()
        ),
        false => format!("Schrödinger's equation, {} schedule", args.strengths.name()),
    }
}

fn print(
    out: &mut impl Write,
    args: &Args,
    loaded: &Loaded,
    (points, best): (&[Point], Option<&Optimum>),
    (units, target_energy): (&UnitsShown, f64),
) -> Result<()> {
    let (n, problem) = (plural(loaded.model.num_spins(), "spin"), loaded.problem.name());
    writeln!(out, "{}: {problem} of {n}; {}", args.file.display(), caption(args))?;
    let unit = units.time();
    writeln!(
        out,
        "a success has the energy {} or less; times: {unit}; target {}",
        number(target_energy),
        args.target
    )?;
    let row = |point: &Point| {
        let tts = &point.at.time_to_solution;
        let or = |value: Option<f64>, other: &str| value.map_or(other.into(), number);
        vec![
            number(point.at.time),
            number(point.success),
            or(tts.value, "-"),
            format!("[{}, {}]", number(tts.low), or(tts.high, "∞")),
        ]
    };
    let heading = ["one anneal", "success", "time to solution", "interval"];
    writeln!(out, "{}", table(&heading, points.iter().map(row).collect()))?;
    match best {
        None => writeln!(out, "no success at any time: there are lower bounds alone")?,
        Some(best) => {
            let (value, time) = (best.time_to_solution.value.map(number), number(best.time));
            let value = value.unwrap_or_default();
            writeln!(out, "shortest time to solution {value}, at {time} for one anneal")?;
            if best.at_edge {
                writeln!(out, "this is at the edge of the grid: the shortest may lie beyond")?;
            }
        }
    }
    Ok(())
}
