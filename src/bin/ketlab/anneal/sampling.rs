//! `--method anneal|tempering|population|tabu|descent|path-integral`: samples, read by read.

use super::document::Answer;
use super::drive::{Points, Strengths, UnitsShown};
use super::flags::Account;
use super::run::{Annealer, Args};
use super::sampler::Sampler;
use crate::model::Loaded;
use crate::options::count;
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::plural;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::annealing::{PathIntegralAnnealing, ReadOut, Time, Units};
use ketlab::ising::{
    Ising, ParallelTempering, PopulationAnnealing, SampleSet, SimulatedAnnealing, SteepestDescent,
    TabuSearch,
};
use ketlab::math::{Bits, Watch};
use std::path::Path;

const SAMPLING: &str = "Sampling";
/// Slices of imaginary time where nothing says how many.
const SLICES: usize = 32;
/// β of path-integral annealing, in units of 1/(the largest B) of a dimensionless schedule.
const BETA: f64 = 10.0;

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Inverse temperatures in units of 1/energy: the first and the last of `anneal`, the hottest and
    /// the coldest of `tempering`, the last of `population` [default: derived from the model]; the one
    /// of `path-integral`, in the inverse of the schedule's unit of energy [default: 10 if that is
    /// dimensionless]
    #[arg(help_heading = SAMPLING, long, value_name = "B|FIRST,LAST", value_delimiter = ',', allow_hyphen_values = true)]
    beta: Vec<f64>,
    /// Replicas of `tempering`, from 2 to 127 [default: 16]
    #[arg(help_heading = SAMPLING, long, value_name = "N", value_parser = count::<usize>(2..=127))]
    rungs: Option<usize>,
    /// Whether `tempering` couples two ladders by isoenergetic cluster moves [default: on, where spins
    /// have 6 neighbours in the mean or fewer]
    #[arg(help_heading = SAMPLING, long, value_enum, value_name = "on|off")]
    clusters: Option<Switch>,
    /// Replicas of `population`, which are the rows of a read [default: 1000]
    #[arg(help_heading = SAMPLING, long, value_name = "N", value_parser = count::<usize>(1..=1 << 24))]
    population: Option<usize>,
    /// Inverse temperatures of `population`, evenly spaced; its sweeps are shared out to them
    /// [default: 100, or as many as sweeps]
    #[arg(help_heading = SAMPLING, long, value_name = "N", value_parser = count::<usize>(1..=1_000_000))]
    steps: Option<usize>,
    /// Steps for which `tabu` does not flip a spin again [default: 20, or a quarter of the spins]
    #[arg(help_heading = SAMPLING, long, value_name = "N", value_parser = count::<usize>(0..=1 << 32))]
    tenure: Option<usize>,
    /// Slices of imaginary time of `path-integral`, or `continuous` [default: 32]
    #[arg(help_heading = SAMPLING, long, value_name = "N|continuous", value_parser = slices)]
    slices: Option<Time>,
    /// Which of the slices of `path-integral` a read is [default: random]
    #[arg(help_heading = SAMPLING, long, value_enum)]
    read_out: Option<ReadOutArg>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReadOutArg {
    /// One at random
    Random,
    /// The one with the lowest energy: as many chances as slices
    Best,
    /// All, each a sample
    All,
}

impl From<ReadOutArg> for ReadOut {
    fn from(read_out: ReadOutArg) -> Self {
        match read_out {
            ReadOutArg::Random => ReadOut::Random,
            ReadOutArg::Best => ReadOut::Best,
            ReadOutArg::All => ReadOut::All,
        }
    }
}

fn slices(text: &str) -> Result<Time, String> {
    if text == "continuous" {
        return Ok(Time::Continuous);
    }
    crate::options::whole_number(text, 1..=1 << 16)
        .map(|slices| Time::Slices(slices as usize))
        .map_err(|error| format!("{error}, or `continuous`"))
}

impl Options {
    pub fn given(&self) -> impl Iterator<Item = (&'static str, bool, &'static [Annealer])> {
        use Annealer::{Anneal, PathIntegral, Population, Tabu, Tempering};
        let flags: [(_, _, &[Annealer]); 8] = [
            ("--beta", !self.beta.is_empty(), &[Anneal, Tempering, Population, PathIntegral]),
            ("--rungs", self.rungs.is_some(), &[Tempering]),
            ("--clusters", self.clusters.is_some(), &[Tempering]),
            ("--population", self.population.is_some(), &[Population]),
            ("--steps", self.steps.is_some(), &[Population]),
            ("--tenure", self.tenure.is_some(), &[Tabu]),
            ("--slices", self.slices.is_some(), &[PathIntegral]),
            ("--read-out", self.read_out.is_some(), &[PathIntegral]),
        ];
        flags.into_iter()
    }

    fn range(&self) -> Result<Option<(f64, f64)>> {
        Ok(match self.beta.as_slice() {
            [] => None,
            &[first, last] => Some((first, last)),
            other => bail!(
                "--beta has {}; this method takes two, FIRST,LAST",
                plural(other.len(), "number")
            ),
        })
    }

    /// The last β of a population.
    fn last(&self) -> Result<Option<f64>> {
        Ok(match self.beta.as_slice() {
            [] => None,
            &[last] => Some(last),
            other => bail!(
                "--beta has {}; a population begins at 0 and takes the last one",
                plural(other.len(), "number")
            ),
        })
    }

    /// Replicas of a population.
    fn replicas(&self) -> usize {
        self.population.unwrap_or(1000)
    }

    /// The one β of a path integral.
    fn single(&self, units: Units) -> Result<f64> {
        Ok(match (self.beta.as_slice(), units) {
            (&[beta], _) => beta,
            ([], Units::Dimensionless) => BETA,
            ([], Units::Gigahertz) => bail!(
                "--beta is missing: with a schedule in GHz it is h/(k T) in 1/GHz, which is \
                 47.992 divided by the temperature in mK"
            ),
            (other, _) => {
                bail!("--beta has {}; a path integral has one", plural(other.len(), "number"))
            }
        })
    }
}

/// Everything that a chain needs beside the model.
pub struct Chain<'a> {
    pub options: &'a Options,
    pub strengths: &'a Strengths,
    pub points: &'a Points,
    pub reads: u64,
    pub sweeps: u64,
    pub seed: u64,
    /// Where reads of some methods begin; at random where there are none.
    pub initial: Vec<Bits>,
    /// Where a read of a search ends.
    pub target_energy: Option<f64>,
}

impl Chain<'_> {
    pub fn sampler(&self, method: Annealer, watch: &Watch) -> Result<Sampler> {
        let Chain { options, reads, sweeps, seed, .. } = *self;
        let initial = || self.initial.clone();
        Ok(match method {
            Annealer::Anneal => {
                let annealing = SimulatedAnnealing::new().reads(reads).sweeps(sweeps);
                let annealing = match options.range()? {
                    Some((first, last)) => annealing.beta(first, last),
                    None => annealing,
                };
                Sampler::Anneal(annealing.initial(initial()).seed(seed).watch(watch))
            }
            Annealer::Tempering => {
                let tempering = ParallelTempering::new().reads(reads).sweeps(sweeps);
                let tempering = match (options.range()?, options.rungs.unwrap_or(16)) {
                    (Some(range), rungs) => tempering.betas(ladder(range, rungs)),
                    (None, rungs) => tempering.rungs(rungs),
                };
                let tempering = match options.clusters {
                    Some(clusters) => tempering.clusters(clusters == Switch::On),
                    None => tempering,
                };
                Sampler::Tempering(tempering.initial(initial()).seed(seed).watch(watch))
            }
            Annealer::Population => {
                let few = usize::try_from(sweeps).unwrap_or(usize::MAX).min(100);
                let annealing = PopulationAnnealing::new().reads(reads).sweeps(sweeps);
                let annealing =
                    annealing.population(options.replicas()).steps(options.steps.unwrap_or(few));
                let annealing = match options.last()? {
                    Some(last) => annealing.beta_last(last),
                    None => annealing,
                };
                Sampler::Population(annealing.initial(initial()).seed(seed).watch(watch))
            }
            Annealer::Tabu => {
                let search = TabuSearch::new().reads(reads).sweeps(sweeps);
                let search = match options.tenure {
                    Some(tenure) => search.tenure(tenure),
                    None => search,
                };
                let search = match self.target_energy {
                    Some(energy) => search.target_energy(energy),
                    None => search,
                };
                Sampler::Tabu(search.initial(initial()).seed(seed).watch(watch))
            }
            Annealer::Descent => {
                let descent = SteepestDescent::new().reads(reads).initial(initial());
                Sampler::Descent(descent.seed(seed).watch(watch))
            }
            Annealer::PathIntegral => {
                let schedule = self.strengths.read()?;
                let path = self.points.path(None)?;
                let beta = options.single(schedule.units())?;
                let sweeps = usize::try_from(sweeps).context("--sweeps")?;
                let annealing = PathIntegralAnnealing::along(&schedule, &path, sweeps, beta)
                    .time(options.slices.unwrap_or(Time::Slices(SLICES)))
                    .read_out(options.read_out.unwrap_or(ReadOutArg::Random).into())
                    .reads(reads);
                Sampler::PathIntegral(annealing.seed(seed).watch(watch))
            }
            Annealer::Schroedinger | Annealer::Exact => {
                unreachable!("these have no reads of their own")
            }
        })
    }

    pub fn units(&self, method: Annealer) -> Result<UnitsShown> {
        Ok(match method {
            Annealer::PathIntegral => UnitsShown::sweeps(Some(self.strengths.read()?.units())),
            Annealer::Descent => UnitsShown::timeless(),
            _ => UnitsShown::sweeps(None),
        })
    }
}

/// A geometric ladder.
fn ladder((first, last): (f64, f64), rungs: usize) -> Vec<f64> {
    let part = |k: usize| k as f64 / (rungs - 1) as f64;
    (0..rungs).map(|k| first * (last / first).powf(part(k))).collect()
}

pub fn run(args: &Args, loaded: &Loaded, method: Annealer) -> Result<Answer> {
    let chain = Chain {
        options: &args.sampling,
        strengths: &args.strengths,
        points: &args.points,
        reads: args.reads(),
        sweeps: args.sweeps(),
        seed: args.common.seed(),
        initial: match &args.initial_samples {
            Some(path) => starts(path, &loaded.model).context("--initial-samples")?,
            None => Vec::new(),
        },
        target_energy: args.target_energy,
    };
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let progress = match method {
        // A few reads that are long.
        Annealer::Population => {
            let replicas = chain.reads.saturating_mul(args.sampling.replicas() as u64);
            Progress::sweeps(&watch, replicas.saturating_mul(chain.sweeps))
        }
        _ => Progress::reads(&watch, chain.reads),
    };
    let sampler = chain.sampler(method, &watch)?;
    let (samples, account) = match args.keep.file() {
        None => (sampler.run(&loaded.model)?, Account::default()),
        Some(file) => {
            let kept = sampler.run_kept(&loaded.model, &file)?;
            let account = Account::of("reads", &kept);
            (kept.answer, account)
        }
    };
    drop(progress);
    Ok(Answer { samples, units: chain.units(method)?, evolution: None, degeneracy: None, account })
}

/// The rows of a file of samples, to begin at.
fn starts(path: &Path, model: &Ising) -> Result<Vec<Bits>> {
    let samples = SampleSet::read_for(path, model)?;
    if samples.is_empty() {
        bail!("{} has no samples to begin at", path.display());
    }
    Ok(samples.iter().map(|sample| sample.bits).collect())
}
