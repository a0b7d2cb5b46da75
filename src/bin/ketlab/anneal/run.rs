//! `ketlab anneal FILE`: one anneal by one method.

use super::document::Document;
use super::drive::{Points, Strengths};
use super::flags::{Common, Keep, picture};
use super::{exact, plots, sampling, schroedinger};
use crate::document::{self, Format, Work};
use crate::messages;
use crate::model::{self, Loaded, Problem};
use crate::options::count;
use crate::text::Folded;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// As many reads take gigabytes.
const MOST_READS: u64 = 10_000_000;
const MOST_SWEEPS: u64 = 1_000_000_000;

#[derive(clap::Args)]
#[group(skip)]
#[command(mut_arg("plot", |plot| plot.help(picture(
    "of the success probability and the energy along the anneal, and of the energies of the samples"
))))]
pub struct Args {
    /// A graph whose largest cut is wanted, or an Ising model or QUBO whose lowest energy is wanted;
    /// formats are below
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// How
    #[arg(long, value_enum, default_value_t = Annealer::Schroedinger)]
    method: Annealer,
    #[command(flatten)]
    pub strengths: Strengths,
    #[command(flatten)]
    pub points: Points,
    /// How long the anneal takes, in the schedule's unit (ns where it is in GHz); the path of --points
    /// is stretched to it [default: that of --points, else 20]
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub time: Option<f64>,
    /// Configurations to read: independent anneals or searches, of `schroedinger` measurements of the
    /// final state, of `exact` the most ground states [default: 1000 for these two, else 100, of `tabu`
    /// 10]; of `population` whole populations [default: 1]
    #[arg(long, value_name = "N", value_parser = count::<u64>(1..=MOST_READS))]
    reads: Option<u64>,
    #[command(flatten)]
    pub sampling: sampling::Options,
    /// Sweeps of each read, of `population` of each of its replicas; of `tabu` as many flips as spins
    /// [default: 1000]
    #[arg(long, value_name = "N", value_parser = count::<u64>(1..=MOST_SWEEPS))]
    sweeps: Option<u64>,
    /// A read of `tabu` ends where it meets this energy (of a graph minus the cut)
    #[arg(long, value_name = "E", allow_negative_numbers = true)]
    pub target_energy: Option<f64>,
    /// Begin at the samples of this file, one a read, over and over: what `ketlab anneal --json` writes,
    /// ketlab's or dimod's sample sets
    #[arg(long, value_name = "FILE.json")]
    pub initial_samples: Option<PathBuf>,
    #[command(flatten)]
    pub state: schroedinger::Options,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub keep: Keep,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Annealer {
    /// Schrödinger's equation for the state vector
    Schroedinger,
    /// Path-integral Monte Carlo along the schedule
    PathIntegral,
    /// Simulated (thermal) annealing
    Anneal,
    /// Parallel tempering, with cluster moves where the graph is sparse
    Tempering,
    /// Population annealing: replicas that are cooled together and copied by their weight
    Population,
    /// Tabu search by single flips, with parts of the best turned
    Tabu,
    /// Steepest descent by single flips
    Descent,
    /// Every configuration is looked at
    Exact,
}

impl Annealer {
    pub fn name(self) -> String {
        self.to_possible_value().expect("none is hidden").get_name().into()
    }

    pub fn has_sweeps(self) -> bool {
        use Annealer::{Anneal, PathIntegral, Population, Tabu, Tempering};
        matches!(self, PathIntegral | Anneal | Tempering | Population | Tabu)
    }
}

impl Args {
    pub fn reads(&self) -> u64 {
        self.reads.unwrap_or(match self.method {
            Annealer::Schroedinger | Annealer::Exact => 1000,
            Annealer::Population => 1,
            Annealer::Tabu => 10,
            _ => 100,
        })
    }

    pub fn sweeps(&self) -> u64 {
        self.sweeps.unwrap_or(1000)
    }

    /// Refuses flags that mean nothing to the method.
    fn check(&self) -> Result<()> {
        use Annealer::{Anneal, Descent, PathIntegral, Population, Schroedinger, Tabu, Tempering};
        const SWEEPING: &[Annealer] = &[PathIntegral, Anneal, Tempering, Population, Tabu];
        const KEEPING: &[Annealer] = &[PathIntegral, Anneal, Tempering, Population, Tabu, Descent];
        const BEGINNING: &[Annealer] = &[Anneal, Tempering, Population, Tabu, Descent];
        let flags: [(&'static str, bool, &'static [Annealer]); 8] = [
            ("--time", self.time.is_some(), &[Schroedinger]),
            ("--points", self.points.is_given(), &[Schroedinger, PathIntegral]),
            ("--schedule", self.strengths.is_given(), &[Schroedinger, PathIntegral]),
            ("--sweeps", self.sweeps.is_some(), SWEEPING),
            ("--initial", self.state.initial_is_given(), &[Schroedinger]),
            ("--initial-samples", self.initial_samples.is_some(), BEGINNING),
            ("--target-energy", self.target_energy.is_some(), &[Tabu]),
            ("--checkpoint", self.keep.is_given(), KEEPING),
        ];
        refuse(
            flags.into_iter().chain(self.state.given()).chain(self.sampling.given()),
            self.method,
        )
    }
}

/// Refuses flags (name, whether it is given, whose it is) that mean nothing to the method.
pub fn refuse(
    mut flags: impl Iterator<Item = (&'static str, bool, &'static [Annealer])>,
    method: Annealer,
) -> Result<()> {
    let wrong = flags.find(|flag| flag.1 && !flag.2.contains(&method));
    let Some((flag, _, methods)) = wrong else { return Ok(()) };
    let names: Vec<String> = methods.iter().map(|method| method.name()).collect();
    let more = match (flag, method) {
        ("--sweeps", Annealer::Schroedinger) => "; Schrödinger's equation runs for a --time",
        ("--sweeps", Annealer::Descent) => "; a descent ends where no flip goes down",
        ("--initial-samples", Annealer::Schroedinger) => "; --initial is a basis state to begin at",
        ("--time", method) if method.has_sweeps() => {
            "; a Markov chain has --sweeps, which are no time"
        }
        ("--checkpoint", Annealer::Schroedinger) => {
            "; an anneal in time is one computation, with nothing to keep before its end"
        }
        ("--checkpoint", Annealer::Exact) => "; an enumeration has nothing to keep before its end",
        _ => "",
    };
    let (method, names) = (method.name(), names.join(", "));
    bail!("{flag} is a flag of --method {names}; here it is {method}{more}")
}

pub fn main(args: Args) -> Result<ExitCode> {
    args.common.threads.run(|| anneal(&args))?
}

fn anneal(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    let Args { common, .. } = args;
    common.check_plot()?;
    args.check()?;
    let file: &Path = args.file.as_deref().context("FILE is missing")?;
    let loaded = load(file, common.problem)?;
    let answer = match args.method {
        Annealer::Schroedinger => schroedinger::run(args, &loaded)?,
        Annealer::Exact => exact::run(args, &loaded)?,
        method => sampling::run(args, &loaded, method)?,
    };
    for warning in &answer.samples.info.warnings {
        messages::warning(warning);
    }
    let method = args.method.name();
    let picture = common.is_plotted().then(|| plots::anneal(file, &loaded, &method, &answer));
    let document = Document::new(file, &loaded, args.method, common.seed(), answer);
    let mut out = std::io::stdout().lock();
    if common.json.is_wanted() {
        let work = Work::since(began, Some(common.seed()));
        document::write(&mut out, Format::Anneal, &document, &work)?;
    } else {
        document.print(&mut Folded::new(&mut out), &loaded)?;
    }
    out.flush()?;
    common.plot(|path| picture.map_or(Ok(()), |picture| Ok(picture.save(path)?)))?;
    Ok(document.end())
}

/// The model of a file.
pub fn load(file: &Path, problem: Option<Problem>) -> Result<Loaded> {
    let loaded = model::load(file, problem)?;
    let model = &loaded.model;
    messages::detail(|| {
        let (n, pairs) = (model.num_spins(), model.couplings().len());
        format!("{}: {n} spins, {pairs} couplings", file.display())
    });
    Ok(loaded)
}
