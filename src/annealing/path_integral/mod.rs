//! Path-integral Monte Carlo along an annealing schedule.

mod continuous;
mod slices;
#[cfg(test)]
mod tests;

use super::path::Path;
use super::schedule::Schedule;
use crate::error::{Error, Result};
use crate::ising::reads::{self, File, Finished, Reads, Together};
use crate::ising::{Compact, Ising, Number, SampleInfo, SampleSet, Scale};
use crate::ising::{check_beta, check_count};
use crate::math::{Bits, Checkpoint, Domain, Fingerprint, Isa, Kept, Streams, Watch};
use crate::math::{check_memory, threads, vectorized};
use serde_json::{Map, json};
use slices::Slices;
use std::time::Instant;

/// The most slices of imaginary time.
const MAX_SLICES: usize = 1 << 16;
/// Above this βA/P the discrete time is a heuristic of its own, not the quantum model.
const COARSE: f64 = 0.5;

/// Imaginary time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// In so many slices (Suzuki, Prog. Theor. Phys. 56, 1454 (1976)): an error of order
    /// (βA/P)² in what is sampled.
    Slices(usize),
    /// Without a step (Rieger and Kawashima, Eur. Phys. J. B 9, 233 (1999)): exact. Cluster moves
    /// alone.
    Continuous,
}

/// How a sweep changes the slices of a spin. With `clusters` alone a sweep is that of continuous
/// time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moves {
    /// Metropolis flips of the spin in one slice after another.
    pub local: bool,
    /// A Metropolis flip of the spin in all slices at once, without which spins freeze as A falls.
    pub worldline: bool,
    /// Swendsen-Wang clusters along imaginary time, each drawn afresh in the field that it feels.
    pub clusters: bool,
}

impl Moves {
    fn names(self) -> Vec<&'static str> {
        let Moves { local, worldline, clusters } = self;
        let moves = [("local", local), ("worldline", worldline), ("clusters", clusters)];
        moves.iter().filter(|m| m.1).map(|m| m.0).collect()
    }
}

impl Default for Moves {
    /// Local and worldline moves.
    fn default() -> Self {
        Moves { local: true, worldline: true, clusters: false }
    }
}

/// Which configuration of the slices a read is. It decides what is claimed: the best of P slices is P
/// chances a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReadOut {
    /// One at random: a sample of the diagonal of the Gibbs state.
    #[default]
    Random,
    /// The one with the lowest energy.
    Best,
    /// All of them, each a row; those of one read depend on each other.
    All,
}

impl ReadOut {
    fn name(self) -> &'static str {
        match self {
            ReadOut::Random => "random slice",
            ReadOut::Best => "best slice",
            ReadOut::All => "all slices",
        }
    }
}

/// Path-integral annealing of H = -A/2 Σ Xᵢ + B/2 (Σ hᵢ Zᵢ + Σ Jᵢⱼ Zᵢ Zⱼ) at an inverse temperature β:
/// Monte Carlo on classical copies of the spins along imaginary time, whose weight is
/// exp(-βB/(2P) Σₖ E(sₖ) + K Σᵢₖ sᵢₖ sᵢₖ₊₁) with K = -½ ln tanh(βA/(2P)) (Suzuki 1976; Santoro,
/// Martoňák, Tosatti and Car, Science 295, 2427 (2002)), while A and B follow a [`Schedule`] from
/// sweep to sweep. Sweeps are steps of a Markov chain, no time: nothing here says how fast a device would
/// be.
///
/// Read k draws from stream k alone: it is the same whatever the number of reads, of threads, and
/// the instruction set.
///
/// ```
/// use ketlab::annealing::PathIntegralAnnealing;
/// use ketlab::ising::Ising;
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let samples = PathIntegralAnnealing::linear(500, 10.0).slices(8).seed(1).run(&model)?;
/// assert_eq!(samples.lowest().unwrap().energy, -19.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PathIntegralAnnealing {
    drive: Drive,
    sweeps: usize,
    beta: f64,
    time: Time,
    moves: Moves,
    read_out: ReadOut,
    reads: Reads,
    seed: u64,
    watch: Watch,
    isa: Isa,
}

/// Where A and B come from.
#[derive(Debug, Clone)]
enum Drive {
    Along(Schedule, Path),
    Fixed(f64, f64),
}

impl Drive {
    /// (A, B) in this sweep: the path's whole time from the first to the last.
    fn at(&self, sweep: usize, sweeps: usize) -> (f64, f64) {
        match self {
            Drive::Fixed(a, b) => (*a, *b),
            Drive::Along(schedule, path) => {
                let along = sweep as f64 / sweeps.saturating_sub(1).max(1) as f64;
                schedule.at(path.at((path.time() * along).min(path.time())))
            }
        }
    }
}

impl PathIntegralAnnealing {
    /// With the strengths of a schedule at s = k/(sweeps - 1) in sweep k, and β in the inverse of its
    /// unit of energy: h/(k T) where that is GHz. Ten reads, 32 slices, local and worldline moves, a
    /// random slice is read, seed 0.
    pub fn new(schedule: &Schedule, sweeps: usize, beta: f64) -> Self {
        let path = Path::forward(1.0).expect("1 is a time");
        Self::along(schedule, &path, sweeps, beta)
    }

    fn driven(drive: Drive, sweeps: usize, beta: f64) -> Self {
        PathIntegralAnnealing {
            drive,
            sweeps,
            beta,
            time: Time::Slices(32),
            moves: Moves::default(),
            read_out: ReadOut::default(),
            reads: Reads::new(10),
            seed: 0,
            watch: Watch::default(),
            isa: Isa::best(),
        }
    }

    /// [`new`](Self::new) with [`Schedule::linear`]: H = -(1 - s) ΣX + s E, so that β is in the inverse
    /// of the model's unit of energy.
    pub fn linear(sweeps: usize, beta: f64) -> Self {
        Self::new(&Schedule::linear(), sweeps, beta)
    }

    /// With the strengths of a schedule along a path, its whole time in so many sweeps of equal length.
    /// Sweeps are no time, so that of the path's times only their ratios count.
    ///
    /// ```
    /// use ketlab::annealing::{Path, PathIntegralAnnealing, Schedule};
    /// use ketlab::ising::Ising;
    /// let pair = Ising::new(vec![0.0; 2], [(0, 1, -1.0)], 0.0);
    /// let pause: Path = "0:0, 1:0.5, 2:0.5, 3:1".parse()?;
    /// let samples = PathIntegralAnnealing::along(&Schedule::linear(), &pause, 200, 10.0).run(&pair)?;
    /// assert_eq!(samples.lowest().unwrap().energy, -1.0);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn along(schedule: &Schedule, path: &Path, sweeps: usize, beta: f64) -> Self {
        Self::driven(Drive::Along(schedule.clone(), path.clone()), sweeps, beta)
    }

    /// With (A, B) that stay: samples of a Gibbs state, after so many sweeps from random slices.
    pub fn fixed((a, b): (f64, f64), sweeps: usize, beta: f64) -> Self {
        Self::driven(Drive::Fixed(a, b), sweeps, beta)
    }

    /// This many slices.
    pub fn slices(self, slices: usize) -> Self {
        self.time(Time::Slices(slices))
    }

    /// Slices or continuous time.
    pub fn time(self, time: Time) -> Self {
        PathIntegralAnnealing { time, ..self }
    }

    /// The moves of a sweep in slices.
    pub fn moves(self, moves: Moves) -> Self {
        PathIntegralAnnealing { moves, ..self }
    }

    /// What a read is.
    pub fn read_out(self, read_out: ReadOut) -> Self {
        PathIntegralAnnealing { read_out, ..self }
    }

    /// How many reads.
    pub fn reads(mut self, reads: u64) -> Self {
        self.reads.count = reads;
        self
    }

    /// The number of the first read, 0 unless set: as
    /// [`SimulatedAnnealing::first_read`](crate::ising::SimulatedAnnealing::first_read).
    pub fn first_read(mut self, first: u64) -> Self {
        self.reads.first = first;
        self
    }

    /// Sets the seed. Read k draws from stream k.
    pub fn seed(self, seed: u64) -> Self {
        PathIntegralAnnealing { seed, ..self }
    }

    /// Counts reads (`rows`) and sweeps (`passes`) there, and ends when it is cancelled: finished
    /// reads are kept.
    pub fn watch(self, watch: &Watch) -> Self {
        PathIntegralAnnealing { watch: watch.clone(), ..self }
    }

    /// Uses this instruction set. Answers do not depend on it.
    pub fn isa(self, isa: Isa) -> Self {
        PathIntegralAnnealing { isa, ..self }
    }

    /// Anneals: one row a read, or one a slice of each read, in their order.
    ///
    /// # Errors
    /// If there are no reads, sweeps, slices or moves, β is not positive and finite, a strength is
    /// negative or not finite, all slices of continuous time are asked for, or the coefficients of a
    /// spin add up to infinity; [`Error::TooLarge`] if it does not fit in memory;
    /// [`Error::Interrupted`] if no read was finished.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(self.sampled(model, None)?.answer)
    }

    /// The same; finished reads are kept in a file, and those that it has are not run. It may have more
    /// reads than are asked for, or fewer.
    ///
    /// # Errors
    /// As [`run`](Self::run) and [`Checkpoint::open`].
    pub fn run_kept(&self, model: &Ising, checkpoint: &Checkpoint) -> Result<Kept<SampleSet>> {
        self.sampled(model, Some(checkpoint))
    }

    /// What reads belong to but for how long they are: the model, the seed, the strengths and the
    /// settings.
    pub fn fingerprint(&self, model: &Ising) -> Fingerprint {
        let print = reads::fingerprint("path-integral annealing", model, self.seed);
        let print = match &self.drive {
            Drive::Along(schedule, path) => {
                print.and(schedule.fingerprint()).with("path", path.points())
            }
            Drive::Fixed(a, b) => print.with("strengths", &(a, b)),
        };
        let print = print.with("beta", &self.beta).with("read-out", self.read_out.name());
        match self.time {
            Time::Continuous => print.with("imaginary time", "continuous"),
            Time::Slices(slices) => {
                print.with("number of slices", &slices).with("moves", &self.moves.names())
            }
        }
    }

    fn sampled(&self, model: &Ising, kept: Option<&Checkpoint>) -> Result<Kept<SampleSet>> {
        let start = Instant::now();
        self.check(model.num_spins(), kept)?;
        let strengths = self.strengths()?;
        let scale = Scale::of(model)?;
        let strongest =
            |part: fn(&(f64, f64)) -> f64| strengths.iter().map(part).fold(0.0, f64::max);
        let (a, b) = (strongest(|s| s.0), strongest(|s| s.1));
        // Of functions, the strengths of each sweep are all that is known.
        let belongs_to = || {
            let print = self.fingerprint(model).with("number of sweeps", &self.sweeps);
            Ok(print.with("strengths of the sweeps", &strengths))
        };
        let fault = |rows: &Vec<Bits>| self.fault(rows, model.num_spins() as u64);
        let file = File::new(kept, belongs_to, &fault)?;
        let finished = match self.time {
            Time::Continuous => self.continuous(model, &strengths, a, file)?,
            Time::Slices(slices) if scale.fits_f32(0.5 * self.beta * b / slices as f64) => {
                let model = Compact::<f32>::new(model, &scale);
                self.discrete(&model, &scale, (&strengths, slices), file)?
            }
            Time::Slices(slices) => {
                let model = Compact::<f64>::new(model, &scale);
                self.discrete(&model, &scale, (&strengths, slices), file)?
            }
        };
        let ends = [strengths[0], strengths[strengths.len() - 1]];
        let info = self.info(ends, a, finished.len());
        finished.kept(|reads| {
            let mut samples = SampleSet::new(model, reads.into_iter().flatten(), info)?;
            samples.info.seconds = Some(start.elapsed().as_secs_f64());
            Ok(samples)
        })
    }

    /// Rows of a read.
    fn rows(&self) -> usize {
        match (self.read_out, self.time) {
            (ReadOut::All, Time::Slices(slices)) => slices,
            _ => 1,
        }
    }

    /// Why these cannot be the rows of a read of this run.
    fn fault(&self, rows: &[Bits], spins: u64) -> Option<String> {
        let (found, wanted) = (rows.len(), self.rows());
        let number = (found != wanted)
            .then(|| format!("has {found} configurations where there should be {wanted}"));
        number.or_else(|| rows.iter().find_map(|bits| reads::length_fault(bits, spins)))
    }

    fn info(&self, ends: [(f64, f64); 2], a: f64, finished: u64) -> SampleInfo {
        let mut parameters = Map::new();
        let mut warnings = Vec::new();
        parameters.insert("beta".into(), json!(self.beta));
        if let Drive::Along(schedule, path) = &self.drive {
            parameters.insert("units".into(), json!(schedule.units()));
            parameters.insert("path".into(), json!(path.points()));
        }
        parameters.insert("strengths_first_last".into(), json!(ends));
        parameters.insert("read_out".into(), self.read_out.name().into());
        self.reads.tell(&mut parameters);
        match self.time {
            Time::Continuous => {
                parameters.insert("time".into(), "continuous".into());
            }
            Time::Slices(slices) => {
                parameters.insert("slices".into(), json!(slices));
                parameters.insert("moves".into(), json!(self.moves.names()));
                parameters.insert("initial".into(), "random slices".into());
                let step = self.beta * a / slices as f64;
                if step > COARSE {
                    warnings.push(format!(
                        "βA/P reaches {step:.3}, more than {COARSE}: {slices} slices do not follow \
                         the quantum model there; {} would, or continuous time",
                        (self.beta * a / COARSE).ceil()
                    ));
                }
            }
        }
        SampleInfo {
            solver: "path-integral annealing".into(),
            parameters,
            seed: Some(self.seed),
            sweeps: Some(self.sweeps as u64),
            interrupted: finished < self.reads.count,
            warnings,
            ..SampleInfo::default()
        }
    }

    fn check(&self, n: usize, kept: Option<&Checkpoint>) -> Result<()> {
        self.reads.check()?;
        check_count("sweeps", self.sweeps as u64)?;
        check_beta(self.beta)?;
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        let slices = match self.time {
            Time::Continuous if self.read_out == ReadOut::All => {
                let value = "all of continuous time".into();
                return invalid("the read-out", value, "read a random or the best one".into());
            }
            Time::Continuous => 1,
            Time::Slices(slices) if !(1..=MAX_SLICES).contains(&slices) => {
                let expected = format!("from 1 to {MAX_SLICES}");
                return invalid("the number of slices", slices.to_string(), expected);
            }
            Time::Slices(slices) => slices,
        };
        if !(self.moves.local || self.moves.clusters) && self.time != Time::Continuous {
            let expected = "slices of one spin would stay apart; use local ones or clusters".into();
            return invalid("the choice of moves", "without local ones".into(), expected);
        }
        let rows = u128::from(self.reads.count) * self.rows() as u128;
        let sweeps = 16 * self.sweeps as u128;
        let of_a_row = n as u128 / 4 + 64 + reads::bytes_in_a_file(kept, n as u64);
        let bytes = rows * of_a_row + (256 * threads() * slices) as u128 * n as u128 + sweeps;
        check_memory("path-integral annealing", bytes, |_| {
            (None, "ask for fewer reads, slices or sweeps".into())
        })
    }

    /// (A, B) of all sweeps.
    fn strengths(&self) -> Result<Vec<(f64, f64)>> {
        let checked = |sweep: usize| {
            let (a, b) = self.drive.at(sweep, self.sweeps);
            for (name, value) in [("A", a), ("B", b)] {
                if !(value.is_finite() && value >= 0.0) {
                    return Err(Error::Invalid {
                        what: format!("{name} in sweep {sweep}"),
                        value: value.to_string(),
                        expected: "it must be finite and not negative".into(),
                    });
                }
            }
            Ok((a, b))
        };
        (0..self.sweeps).map(checked).collect()
    }

    fn discrete<T: Number>(
        &self,
        model: &Compact<T>,
        scale: &Scale,
        (strengths, slices): (&[(f64, f64)], usize),
        file: Option<File<'_, Vec<Bits>>>,
    ) -> Result<Finished<Vec<Bits>>>
    where
        f64: From<T>,
    {
        let streams = Streams::new(self.seed, Domain::PathIntegral);
        reads::run(self.reads, Together::Lanes, &self.watch, file, |first, used, lanes| {
            let group = slices::Group {
                model,
                scale,
                streams: &streams,
                first,
                used,
                annealing: self,
                strengths,
                slices,
            };
            if lanes == 16 {
                vectorized(self.isa, Slices::<T, 16>(group))
            } else {
                vectorized(self.isa, Slices::<T, 8>(group))
            }
        })
    }

    fn continuous(
        &self,
        model: &Ising,
        strengths: &[(f64, f64)],
        a: f64,
        file: Option<File<'_, Vec<Bits>>>,
    ) -> Result<Finished<Vec<Bits>>> {
        // Half of A a unit of β is the rate of cuts.
        let cuts = 0.5 * self.beta * a * model.num_spins() as f64;
        let bytes = (24.0 * cuts * threads() as f64) as u128;
        check_memory("continuous imaginary time", bytes, |_| {
            (None, "lower βA, or use slices".into())
        })?;
        let streams = Streams::new(self.seed, Domain::PathIntegral);
        reads::run(self.reads, Together::One, &self.watch, file, |read, _, _| {
            let mut lines = continuous::Lines::random(model, self.beta, streams.stream(read));
            for &(a, b) in strengths {
                self.watch.check()?;
                lines.sweep(0.5 * a, 0.5 * b);
                self.watch.add_passes(1);
            }
            let row = match self.read_out {
                ReadOut::Best => lines.best(),
                _ => lines.any(),
            };
            Ok(vec![vec![row]])
        })
    }
}
