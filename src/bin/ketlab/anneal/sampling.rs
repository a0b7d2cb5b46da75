//! `--method anneal|tempering|path-integral`: Markov chains.

use super::document::Answer;
use super::drive::{Points, Strengths, UnitsShown};
use super::flags::Account;
use super::run::{Annealer, Args};
use crate::model::Loaded;
use crate::options::count;
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::plural;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::annealing::{PathIntegralAnnealing, ReadOut, Time, Units};
use ketlab::ising::{Ising, ParallelTempering, SampleSet, SimulatedAnnealing};
use ketlab::math::{Checkpoint, Fingerprint, Kept, Watch};

const SAMPLING: &str = "Sampling";
/// Slices of imaginary time where nothing says how many.
const SLICES: usize = 32;
/// β of path-integral annealing, in units of 1/(the largest B) of a dimensionless schedule.
const BETA: f64 = 10.0;

#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Inverse temperatures in units of 1/energy: the first and the last of `anneal`, the hottest and
    /// the coldest of `tempering` [default: derived from the model]; the one of `path-integral`, in
    /// the inverse of the schedule's unit of energy [default: 10 if that is dimensionless]
    #[arg(help_heading = SAMPLING, long, value_name = "B|FIRST,LAST", value_delimiter = ',', allow_hyphen_values = true)]
    beta: Vec<f64>,
    /// Replicas of `tempering`, from 2 to 127 [default: 16]
    #[arg(help_heading = SAMPLING, long, value_name = "N", value_parser = count::<usize>(2..=127))]
    rungs: Option<usize>,
    /// Slices of imaginary time of `path-integral`, or `continuous` [default: 32]
    #[arg(help_heading = SAMPLING, long, value_name = "N|continuous", value_parser = slices)]
    slices: Option<Time>,
    /// Which of the slices of `path-integral` a read is [default: random]
    #[arg(help_heading = SAMPLING, long, value_enum)]
    read_out: Option<ReadOutArg>,
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
        use Annealer::{Anneal, PathIntegral, Tempering};
        let flags: [(_, _, &[Annealer]); 4] = [
            ("--beta", !self.beta.is_empty(), &[Anneal, Tempering, PathIntegral]),
            ("--rungs", self.rungs.is_some(), &[Tempering]),
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
}

/// What runs a chain.
pub enum Sampler {
    Anneal(SimulatedAnnealing),
    Tempering(ParallelTempering),
    PathIntegral(PathIntegralAnnealing),
}

impl Sampler {
    /// One anneal's worth of samples, in the order of the reads.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(match self {
            Sampler::Anneal(annealing) => annealing.run(model)?,
            Sampler::Tempering(tempering) => tempering.run(model)?,
            Sampler::PathIntegral(annealing) => annealing.run(model)?,
        })
    }

    /// The same, with the reads in a file.
    fn run_kept(&self, model: &Ising, file: &Checkpoint) -> Result<Kept<SampleSet>> {
        Ok(match self {
            Sampler::Anneal(annealing) => annealing.run_kept(model, file)?,
            Sampler::Tempering(tempering) => tempering.run_kept(model, file)?,
            Sampler::PathIntegral(annealing) => annealing.run_kept(model, file)?,
        })
    }

    /// What reads belong to but for their sweeps.
    pub fn fingerprint(&self, model: &Ising) -> Result<Fingerprint> {
        Ok(match self {
            Sampler::Anneal(annealing) => annealing.fingerprint(model)?,
            Sampler::Tempering(tempering) => tempering.fingerprint(model)?,
            Sampler::PathIntegral(annealing) => annealing.fingerprint(model),
        })
    }
}

impl Chain<'_> {
    pub fn sampler(&self, method: Annealer, watch: &Watch) -> Result<Sampler> {
        let Chain { options, reads, sweeps, seed, .. } = *self;
        Ok(match method {
            Annealer::Anneal => {
                let annealing = SimulatedAnnealing::new().reads(reads).sweeps(sweeps);
                let annealing = match options.range()? {
                    Some((first, last)) => annealing.beta(first, last),
                    None => annealing,
                };
                Sampler::Anneal(annealing.seed(seed).watch(watch))
            }
            Annealer::Tempering => {
                let tempering = ParallelTempering::new().reads(reads).sweeps(sweeps);
                let tempering = match (options.range()?, options.rungs.unwrap_or(16)) {
                    (Some(range), rungs) => tempering.betas(ladder(range, rungs)),
                    (None, rungs) => tempering.rungs(rungs),
                };
                Sampler::Tempering(tempering.seed(seed).watch(watch))
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
            Annealer::Schroedinger | Annealer::Exact => unreachable!("these are no chains"),
        })
    }

    pub fn units(&self, method: Annealer) -> Result<UnitsShown> {
        let hamiltonian = match method {
            Annealer::PathIntegral => Some(self.strengths.read()?.units()),
            _ => None,
        };
        Ok(UnitsShown::sweeps(hamiltonian))
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
    };
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let progress = Progress::reads(&watch, chain.reads);
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
