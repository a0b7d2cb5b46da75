//! `--method schroedinger`: the state vector along the anneal.

use super::document::Answer;
use super::drive::UnitsShown;
use super::flags::Account;
use super::run::{Annealer, Args};
use crate::messages;
use crate::model::Loaded;
use crate::options::count;
use crate::progress::{Progress, cancel_on_interrupt};
use anyhow::{Context, Result};
use ketlab::annealing::{Evolution, Initial, Path, Schedule, SchroedingerAnnealing, Splitting};
use ketlab::ising::Ising;
use ketlab::math::{Bits, Watch};
use serde::Serialize;

const SCHROEDINGER: &str = "Schrödinger's equation";

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Where it begins: `plus`, the ground state of the transverse field, or bits (1 is spin -1, the
    /// first spin at the right) [default: plus]
    #[arg(help_heading = SCHROEDINGER, long, value_name = "plus|BITS")]
    initial: Option<String>,
    /// The largest error of the final state, from 1e-13 to 0.1 [default: 1e-6]
    #[arg(help_heading = SCHROEDINGER, long, value_name = "ERROR", allow_negative_numbers = true)]
    tolerance: Option<f64>,
    /// How steps are made: strang, blanes-moan4 or blanes-moan6 [default: blanes-moan4, and
    /// blanes-moan6 for a tolerance below 1e-8]
    #[arg(help_heading = SCHROEDINGER, long, value_name = "NAME", value_parser = splitting)]
    splitting: Option<Splitting>,
    /// Moments to record along the way, both ends included, 0 or from 2 on [default: 51]
    #[arg(help_heading = SCHROEDINGER, long, value_name = "N", value_parser = count::<usize>(0..=100_000))]
    moments: Option<usize>,
}

fn splitting(name: &str) -> Result<Splitting, String> {
    name.parse().map_err(|error: ketlab::Error| error.to_string())
}

impl Options {
    pub fn initial_is_given(&self) -> bool {
        self.initial.is_some()
    }

    pub fn given(&self) -> impl Iterator<Item = (&'static str, bool, &'static [Annealer])> {
        let own: &[Annealer] = &[Annealer::Schroedinger];
        [
            ("--tolerance", self.tolerance.is_some(), own),
            ("--splitting", self.splitting.is_some(), own),
            ("--moments", self.moments.is_some(), own),
        ]
        .into_iter()
    }

    fn initial(&self, model: &Ising) -> Result<Initial> {
        Ok(match self.initial.as_deref() {
            None | Some("plus") => Initial::Plus,
            Some(text) => {
                let bits: Bits = text.parse().context("--initial")?;
                model.check_bits(&bits).context("--initial")?;
                Initial::Classical(bits)
            }
        })
    }

    /// The solver.
    pub fn annealing(&self, model: &Ising, watch: &Watch) -> Result<SchroedingerAnnealing> {
        let tolerance = self.tolerance.unwrap_or(1e-6);
        let usual = if tolerance < 1e-8 { Splitting::BlanesMoan6 } else { Splitting::BlanesMoan4 };
        Ok(SchroedingerAnnealing::new()
            .tolerance(tolerance)
            .splitting(self.splitting.unwrap_or(usual))
            .initial(self.initial(model)?)
            .moments(self.moments.unwrap_or(51))
            .watch(watch))
    }
}

/// The evolution as documents have it.
#[derive(Serialize)]
pub struct EvolutionShown {
    success_probability: f64,
    ground_energy: f64,
    degeneracy: usize,
    mean_energy: f64,
    error_estimate: f64,
    norm_drift: f64,
    steps: usize,
    total_steps: usize,
    splitting: Splitting,
    schedule: String,
    time: f64,
    path: Vec<PathPoint>,
    pub moments: Vec<MomentShown>,
}

#[derive(Serialize)]
struct PathPoint {
    time: f64,
    s: f64,
}

#[derive(Serialize)]
pub struct MomentShown {
    pub time: f64,
    pub s: f64,
    energy: f64,
    pub model_energy: f64,
    transverse: f64,
    pub success_probability: f64,
}

impl EvolutionShown {
    fn new(evolution: &Evolution, schedule: String, path: &Path) -> Self {
        let moment = |m: &ketlab::annealing::Moment| MomentShown {
            time: m.time,
            s: m.s,
            energy: m.energy,
            model_energy: m.model_energy,
            transverse: m.transverse,
            success_probability: m.success_probability,
        };
        EvolutionShown {
            success_probability: evolution.success_probability,
            ground_energy: evolution.ground_energy,
            degeneracy: evolution.degeneracy,
            mean_energy: evolution.mean_energy,
            error_estimate: evolution.error_estimate,
            norm_drift: evolution.norm_drift,
            steps: evolution.steps,
            total_steps: evolution.total_steps,
            splitting: evolution.splitting,
            schedule,
            time: evolution.time,
            path: path.points().iter().map(|&(time, s)| PathPoint { time, s }).collect(),
            moments: evolution.moments.iter().map(moment).collect(),
        }
    }

    /// Whether s never falls, so that it can stand for the time.
    pub fn is_forward(&self) -> bool {
        self.path.windows(2).all(|pair| pair[0].s < pair[1].s)
    }

    /// How it went, for a picture.
    pub fn caption(&self, time: &str) -> String {
        format!("{} schedule, time {} ({time})", self.schedule, self.time)
    }

    pub fn ground_energy(&self) -> f64 {
        self.ground_energy
    }

    pub fn lines(&self, units: &UnitsShown) -> Vec<String> {
        let points: Vec<String> = self.path.iter().map(|p| format!("{}:{}", p.time, p.s)).collect();
        let configurations = crate::text::plural(self.degeneracy, "configuration");
        vec![
            format!(
                "{} schedule, t:s = {}; times: {}",
                self.schedule,
                points.join(", "),
                units.time()
            ),
            format!(
                "success probability  {:.6} ± {:.0e}: weight on the {configurations} of lowest energy",
                self.success_probability, self.error_estimate
            ),
            format!(
                "{} steps of {}, norm drift {:.0e}",
                self.steps, self.splitting, self.norm_drift
            ),
        ]
    }

    pub fn mean_energy(&self) -> f64 {
        self.mean_energy
    }
}

pub fn run(args: &Args, loaded: &Loaded) -> Result<Answer> {
    let schedule = args.strengths.read()?;
    let path = args.points.path(args.time)?;
    let evolution = evolve(&args.state, &loaded.model, &schedule, &path)?;
    let samples = evolution.samples(&loaded.model, args.reads(), args.common.seed())?;
    let shown = EvolutionShown::new(&evolution, args.strengths.name(), &path);
    Ok(Answer {
        samples,
        units: UnitsShown::of(schedule.units()),
        evolution: Some(shown),
        degeneracy: None,
        account: Account::default(),
    })
}

/// One anneal, with progress and a clean end on Ctrl-C.
fn evolve(options: &Options, model: &Ising, schedule: &Schedule, path: &Path) -> Result<Evolution> {
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let line = Progress::line();
    line.message(|| format!("Schrödinger's equation of {} spins", model.num_spins()));
    let evolution = options.annealing(model, &watch)?.run(model, schedule, path)?;
    messages::detail(|| {
        let (steps, total) = (evolution.steps, evolution.total_steps);
        format!("{steps} steps, {total} with the runs that the error is estimated by")
    });
    Ok(evolution)
}
