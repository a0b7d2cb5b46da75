//! `ketlab anneal compare`: thermal, path-integral and Schrödinger annealing, side by side.

use super::flags::{Account, Common, Keep, picture};
use super::{plots, run};
use crate::document::{self, Format, Work};
use crate::options::count;
use crate::progress::{Progress, cancel_on_interrupt};
use crate::table::table;
use crate::text::{Folded, number, plural};
use anyhow::{Context, Result};
use ketlab::annealing::{
    Candidate, Compared, Comparison, Contender, Instance, TimeToSolution, Tuned, Units,
};
use ketlab::math::Watch;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
#[command(mut_arg("plot", |plot| plot.help(picture("of the effort to solution by instance and method"))))]
#[command(after_help = "Examples:
  ketlab anneal compare
  ketlab anneal compare circuits/graphs/sherrington_kirkpatrick_10.coo --plot compare.svg

Each method has as many candidates for its schedule, and that whose effort to solution has the least \
upper end in the --tuning budget is run again on other seeds, which is what is reported. The effort of `anneal` and \
`path-integral` is spin updates: reads × sweeps × spins × slices × moves, where a worldline move counts \
in each slice. That of `schroedinger` is a physical time, and is compared with neither. The verdict is \
on spin updates, and there is one only where the intervals (95 %, Jeffreys) are apart. Without a FILE \
the models are a tall thin barrier, a broad low one, weak and strong clusters, and a random glass. \
Connected parts of a model have at most 24 spins.")]
pub struct Args {
    /// Graphs, Ising models or QUBOs, as `ketlab anneal --help` says [default: four small models]
    files: Vec<PathBuf>,
    /// Spin updates of each candidate
    #[arg(long, value_name = "N", default_value = "4000000", value_parser = count::<u64>(1..=1_000_000_000_000))]
    tuning: u64,
    /// Spin updates of each method in the report
    #[arg(long, value_name = "N", default_value = "32000000", value_parser = count::<u64>(1..=1_000_000_000_000))]
    budget: u64,
    /// The probability to be reached
    #[arg(long, value_name = "P", default_value_t = 0.99, allow_negative_numbers = true)]
    target: f64,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    keep: Keep,
}

#[derive(Serialize)]
struct Document {
    method: &'static str,
    seed: u64,
    units: UnitsShown,
    target: f64,
    tuning_budget: u64,
    budget: u64,
    instances: Vec<InstanceShown>,
    #[serde(flatten)]
    account: Account,
    interrupted: bool,
}

#[derive(Serialize)]
struct UnitsShown {
    energy: &'static str,
    hamiltonian: &'static str,
    time: &'static str,
    effort: &'static str,
}

#[derive(Serialize)]
struct InstanceShown {
    name: String,
    spins: usize,
    couplings: usize,
    ground_energy: f64,
    degeneracy: u64,
    barrier: Option<BarrierShown>,
    methods: Vec<MethodShown>,
    verdict: String,
    better: Option<&'static str>,
}

#[derive(Serialize)]
struct BarrierShown {
    height: f64,
    width: usize,
}

#[derive(Serialize)]
struct MethodShown {
    method: &'static str,
    parameters: Candidate,
    at_edge: bool,
    effort: EffortShown,
    success: Shown,
    effort_to_solution: Shown,
}

#[derive(Serialize)]
struct EffortShown {
    unit: &'static str,
    reads: Option<u64>,
    of_one_read: f64,
    spin_updates: Option<u64>,
}

#[derive(Serialize)]
struct Shown {
    value: Option<f64>,
    low: f64,
    high: Option<f64>,
}

impl From<&Tuned> for MethodShown {
    fn from(tuned: &Tuned) -> Self {
        let (value, low, high) = tuned.success;
        let TimeToSolution { value: effort, low: least, high: most, .. } = tuned.effort_to_solution;
        MethodShown {
            method: tuned.contender.name(),
            parameters: tuned.candidate,
            at_edge: tuned.at_edge,
            effort: EffortShown {
                unit: unit(tuned.contender),
                reads: tuned.effort.reads,
                of_one_read: tuned.effort.of_one_read,
                spin_updates: tuned.effort.spin_updates,
            },
            success: Shown { value: Some(value), low, high: Some(high) },
            effort_to_solution: Shown { value: effort, low: least, high: most },
        }
    }
}

/// Of the effort.
pub fn unit(contender: Contender) -> &'static str {
    match contender {
        Contender::Schroedinger => Units::Dimensionless.time(),
        _ => "spin updates",
    }
}

impl InstanceShown {
    fn new(instance: &Instance, found: &Compared) -> Self {
        let barrier = found.barrier.as_ref();
        InstanceShown {
            name: instance.name.clone(),
            spins: instance.model.num_spins(),
            couplings: instance.model.couplings().len(),
            ground_energy: found.ground_energy,
            degeneracy: found.degeneracy,
            barrier: barrier.map(|b| BarrierShown { height: b.height, width: b.width }),
            methods: found.contenders.iter().map(MethodShown::from).collect(),
            verdict: found.verdict.to_string(),
            better: found.verdict.winner().map(Contender::name),
        }
    }
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.common.threads.run(|| solve(&args))?
}

fn solve(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    args.common.check_plot()?;
    let instances: Vec<Instance> = match args.files.as_slice() {
        [] => Instance::all().into(),
        files => files
            .iter()
            .map(|file| {
                let model = run::load(file, args.common.problem)?.model;
                Ok(Instance { name: file.display().to_string(), model })
            })
            .collect::<Result<_>>()?,
    };
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let comparison = Comparison::new()
        .budgets(args.tuning, args.budget)
        .target(args.target)
        .seed(args.common.seed())
        .watch(&watch);
    let mut kept = match args.keep.file() {
        Some(file) => Some(comparison.kept(&file)?),
        None => None,
    };
    let bar = Progress::bar(instances.len() as u64, "models");
    let mut done: Vec<(&Instance, Compared)> = Vec::new();
    let mut interrupted = false;
    for instance in &instances {
        bar.message(|| instance.name.clone());
        let found = match &mut kept {
            Some(kept) => kept.run(&instance.model),
            None => comparison.run(&instance.model),
        };
        match found {
            Ok(found) => done.push((instance, found)),
            Err(ketlab::Error::Interrupted) if !done.is_empty() => {
                interrupted = true;
                break;
            }
            Err(error) => return Err(error).context(instance.name.clone()),
        }
        bar.done(done.len() as u64, instances.len() as u64);
    }
    drop(bar);
    let account = kept
        .map_or_else(Account::default, |kept| Account::of("runs of candidates", &kept.finish()));
    let shown = done.iter().map(|(instance, found)| InstanceShown::new(instance, found));
    let document = Document {
        method: "compare",
        seed: args.common.seed(),
        units: UnitsShown {
            energy: "that of the file's coefficients",
            hamiltonian: "that of the file's coefficients",
            time: Units::Dimensionless.time(),
            effort: "spin updates (no physical time)",
        },
        target: args.target,
        tuning_budget: args.tuning,
        budget: args.budget,
        instances: shown.collect(),
        account,
        interrupted,
    };
    let mut out = std::io::stdout().lock();
    if args.common.json.is_wanted() {
        let work = Work::since(began, Some(args.common.seed()));
        document::write(&mut out, Format::Comparison, &document, &work)?;
    } else {
        let mut out = Folded::new(&mut out);
        for (instance, found) in &done {
            print(&mut out, instance, found)?;
        }
        writeln!(
            out,
            "target {}, seed {}; intervals: 95 %, Jeffreys",
            args.target,
            args.common.seed()
        )?;
    }
    out.flush()?;
    args.common.plot(|path| Ok(plots::compare(&done, args.target).save(path)?))?;
    Ok(document.account.end(interrupted, "models"))
}

fn print(out: &mut impl Write, instance: &Instance, found: &Compared) -> Result<()> {
    let (n, pairs) = (instance.model.num_spins(), instance.model.couplings().len());
    writeln!(out, "{}: {}, {}", instance.name, plural(n, "spin"), plural(pairs, "coupling"))?;
    match &found.barrier {
        Some(barrier) => {
            let (height, width) = (number(barrier.height), plural(barrier.width, "flip"));
            writeln!(out, "deepest trap: a barrier of height {height}, {width} wide")?;
        }
        None => writeln!(out, "no trap: single flips lead down from everywhere")?,
    }
    let row = |tuned: &Tuned| {
        let (p, tts) = (tuned.success.0, &tuned.effort_to_solution);
        let or = |value: Option<f64>, other: &str| value.map_or(other.into(), number);
        vec![
            tuned.contender.name().to_string(),
            number(tuned.effort.of_one_read),
            tuned.effort.reads.map_or("-".into(), |reads| reads.to_string()),
            number(p),
            or(tts.value, "-"),
            format!("[{}, {}]", number(tts.low), or(tts.high, "∞")),
        ]
    };
    let heading = ["method", "one read", "reads", "success", "to solution", "interval"];
    // Time and spin updates are on no common axis, and in no common table.
    let (in_time, sampled): (Vec<&Tuned>, Vec<&Tuned>) =
        found.contenders.iter().partition(|t| t.contender == Contender::Schroedinger);
    for (unit, group) in [("spin updates", sampled), (Units::Dimensionless.time(), in_time)] {
        writeln!(out, "effort: {unit}")?;
        writeln!(out, "{}", table(&heading, group.iter().map(|t| row(t)).collect()))?;
    }
    for tuned in found.contenders.iter().filter(|tuned| tuned.at_edge) {
        let name = tuned.contender.name();
        writeln!(out, "{name}: its reads are at the edge of the grid; better ones may lie beyond")?;
    }
    writeln!(out, "verdict: {}", found.verdict)?;
    writeln!(out)?;
    Ok(())
}
