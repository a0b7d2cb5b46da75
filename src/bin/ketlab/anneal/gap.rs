//! `ketlab anneal gap`: the lowest levels along an anneal.

use super::drive::{Strengths, UnitsShown};
use super::flags::{Account, Common, Keep, picture};
use super::{plots, run};
use crate::document::{self, Format, Work};
use crate::messages;
use crate::model::Loaded;
use crate::options::{MANY, count};
use crate::progress::{Progress, cancel_on_interrupt};
use crate::table::table;
use crate::text::{Folded, number, plural};
use anyhow::Result;
use ketlab::annealing::{GapCurve, GapPoint, GapSearch, Parity};
use ketlab::math::Watch;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Rows of the text's table, about.
const ROWS: usize = 11;

#[derive(clap::Args)]
#[command(mut_arg("plot", |plot| plot.help(picture("of the spectrum and of the gap"))))]
#[command(after_help = "Examples:
  ketlab anneal gap circuits/graphs/sherrington_kirkpatrick_10.coo --plot gap.svg
  ketlab anneal gap circuits/graphs/petersen.txt --levels 6 --grid 101

The gap is that to the first level above those that end in the ground states of the model: E1 - E0 \
closes where there are several. A --checkpoint has no vectors: levels of a run that goes on agree with \
those of one without interruption to the tolerance, not to the bit.")]
pub struct Args {
    /// A graph, an Ising model or a QUBO, as `ketlab anneal --help` says
    file: PathBuf,
    #[command(flatten)]
    strengths: Strengths,
    /// Values of s from 0 to 1, both included; those around the smallest gap are refined
    #[arg(long, value_name = "N", default_value_t = 51, value_parser = count::<usize>(0..=MANY))]
    grid: usize,
    /// Levels, from 2 to 40; more are computed where the gap needs them
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = count::<usize>(0..=MANY))]
    levels: usize,
    /// The largest residual of a level, relative to the norm of H
    #[arg(long, value_name = "ERROR", default_value_t = 1e-8, allow_negative_numbers = true)]
    tolerance: f64,
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
    method: &'static str,
    schedule: String,
    seed: u64,
    units: UnitsShown,
    minimum_gap: f64,
    at: f64,
    degeneracy: usize,
    above_ground_space: bool,
    slope: Option<f64>,
    adiabatic_time_estimate: f64,
    products: u64,
    points: Vec<PointShown>,
    #[serde(flatten)]
    account: Account,
    interrupted: bool,
}

#[derive(Serialize)]
struct PointShown {
    s: f64,
    levels: Vec<f64>,
    residuals: Vec<f64>,
    /// Without fields, ±1 for each level.
    parities: Option<Vec<i8>>,
    gap: f64,
    first_gap: f64,
    sector_gap: f64,
    converged: bool,
}

impl From<&GapPoint> for PointShown {
    fn from(point: &GapPoint) -> Self {
        let levels = || point.levels.iter();
        let sign = |parity| if parity == Parity::Even { 1 } else { -1 };
        PointShown {
            s: point.s,
            levels: levels().map(|level| level.energy).collect(),
            residuals: levels().map(|level| level.residual).collect(),
            parities: levels().map(|level| level.parity.map(sign)).collect(),
            gap: point.gap,
            first_gap: point.first_gap,
            sector_gap: point.sector_gap,
            converged: point.converged,
        }
    }
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.common.threads.run(|| curve(&args))?
}

fn curve(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    let Args { common, .. } = args;
    common.check_plot()?;
    let schedule = args.strengths.read()?;
    let loaded = run::load(&args.file, common.problem)?;
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let bar = Progress::bar(args.grid as u64, "points");
    let search = GapSearch::new()
        .points(args.grid)
        .levels(args.levels)
        .tolerance(args.tolerance)
        .seed(common.seed())
        .watch(&watch);
    let mut done = 0;
    let each = |point: &GapPoint, of: usize| {
        done += 1;
        bar.done(done.min(of as u64), of as u64);
        messages::detail(|| format!("s = {:.6}: gap {:.9}", point.s, point.gap));
    };
    let (curve, account) = match args.keep.file() {
        None => (search.run_watched(&loaded.model, &schedule, each)?, Account::default()),
        Some(file) => {
            let kept = search.run_kept(&loaded.model, &schedule, &file, each)?;
            let account = Account::of("points", &kept);
            (kept.answer, account)
        }
    };
    drop(bar);
    if !curve.points.iter().all(|point| point.converged) {
        eprintln!("warning: not all levels reached the tolerance; `residuals` in --json say which");
    }
    let mut out = std::io::stdout().lock();
    let document = document(args, &loaded, &curve, account);
    if common.json.is_wanted() {
        let work = Work::since(began, Some(common.seed()));
        document::write(&mut out, Format::GapCurve, &document, &work)?;
    } else {
        print(&mut Folded::new(&mut out), args, &loaded, &curve)?;
    }
    out.flush()?;
    common.plot(|path| {
        let figure = plots::gap(&args.file, &loaded, &args.strengths.name(), &curve);
        Ok(figure.save(path)?)
    })?;
    Ok(document.account.end(curve.interrupted, "points"))
}

fn document(args: &Args, loaded: &Loaded, curve: &GapCurve, account: Account) -> Document {
    Document {
        file: args.file.display().to_string(),
        problem: loaded.problem.name(),
        num_spins: loaded.model.num_spins(),
        method: "subspace iteration with Chebyshev filters",
        schedule: args.strengths.name(),
        seed: args.common.seed(),
        units: UnitsShown::of(curve.units),
        minimum_gap: curve.minimum_gap,
        at: curve.at,
        degeneracy: curve.degeneracy,
        above_ground_space: curve.above_ground_space,
        slope: curve.slope,
        adiabatic_time_estimate: curve.adiabatic_time(),
        products: curve.products,
        points: curve.points.iter().map(PointShown::from).collect(),
        account,
        interrupted: curve.interrupted,
    }
}

fn print(out: &mut impl Write, args: &Args, loaded: &Loaded, curve: &GapCurve) -> Result<()> {
    let (energy, time) = (curve.units.energy(), curve.units.time());
    let (n, problem) = (plural(loaded.model.num_spins(), "spin"), loaded.problem.name());
    let (file, schedule) = (args.file.display(), args.strengths.name());
    writeln!(out, "{file}: {problem} of {n}, {schedule} schedule, energies: {energy}")?;
    let of = match curve.above_ground_space {
        true => "to the first level that ends above the ground states",
        false => "E1 - E0, since not all levels that end in ground states are computed",
    };
    writeln!(out, "smallest gap {:.9} at s = {:.6}, {of}", curve.minimum_gap, curve.at)?;
    writeln!(out, "{} of lowest energy", plural(curve.degeneracy, "configuration"))?;
    let estimate = number(curve.adiabatic_time());
    writeln!(out, "the anneal should be long against {estimate} ({time}), as an estimate")?;
    let every = curve.points.len().div_ceil(ROWS).max(1);
    let rows = curve.points.iter().enumerate();
    let chosen = rows.filter(|(k, point)| k % every == 0 || point.s == curve.at);
    let row = |(_, point): (usize, &GapPoint)| {
        let lowest = point.levels.first().map_or(f64::NAN, |level| level.energy);
        let mark = if point.s == curve.at { " ←" } else { "" };
        vec![
            format!("{:.4}", point.s),
            format!("{lowest:.6}"),
            format!("{:.6}", point.first_gap),
            format!("{:.6}{mark}", point.gap),
        ]
    };
    writeln!(out, "{}", table(&["s", "E0", "E1 - E0", "gap"], chosen.map(row).collect()))?;
    Ok(())
}
