//! Thermal, path-integral and Schrödinger annealing of one model, side by side.

use super::barrier::Barrier;
use super::candidates::{Candidate, driven};
use super::compare_log::{Log, Measured};
use super::components::components;
use super::path::Path;
use super::path_integral::PathIntegralAnnealing;
use super::schroedinger::SchroedingerAnnealing;
use super::time_to_solution::TimeToSolution;
use crate::error::{Error, Result};
use crate::ising::{Ising, SimulatedAnnealing, check_count};
use crate::math::statistics::jeffreys;
use crate::math::{Domain, Fingerprint, Streams, Watch};
use rand::RngExt;
use std::fmt;

/// Of the intervals.
const CONFIDENCE: f64 = 0.95;
/// How far the state of Schrödinger's equation may be off; it is in the interval.
const TOLERANCE: f64 = 1e-4;

/// A way to anneal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contender {
    /// Simulated annealing: hops over barriers.
    Thermal,
    /// Path-integral Monte Carlo.
    PathIntegral,
    /// Schrödinger's equation.
    Schroedinger,
}

impl Contender {
    /// All, in the order of the answers.
    pub const ALL: [Contender; 3] =
        [Contender::Thermal, Contender::PathIntegral, Contender::Schroedinger];

    /// As the program calls it: `anneal`, `path-integral` or `schroedinger`.
    pub fn name(self) -> &'static str {
        match self {
            Contender::Thermal => "anneal",
            Contender::PathIntegral => "path-integral",
            Contender::Schroedinger => "schroedinger",
        }
    }
}

/// Anneals a model thermally, by path integrals and by Schrödinger's equation, and tells which of the
/// first two is better.
///
/// Each contender has the same number of [`Candidate`]s for its schedule, and that is taken whose
/// effort to solution has the least upper end of the interval. Then it is run again on seeds that the
/// choice did not see, and only this is reported. Both Monte Carlo methods get the same budget of spin
/// updates for every candidate and for the report: reads × sweeps × spins × slices × moves, where a
/// worldline move counts as an update of its spin in each slice. A read of a path integral is one slice
/// at random, not the best of them. Schrödinger's equation gives a probability in place of reads, and a
/// physical time in place of updates: it stands beside the others, and nothing converts one into the
/// other.
///
/// ```
/// use ketlab::annealing::{Comparison, Instance};
/// let instance = Instance::thin_barrier();
/// let found = Comparison::new().budgets(20_000, 100_000).seed(1).run(&instance.model)?;
/// assert_eq!(found.barrier.unwrap().width, 2);
/// for tuned in &found.contenders[..2] {
///     assert!(tuned.effort.spin_updates.unwrap() <= 100_000);
/// }
/// println!("{}", found.verdict);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Comparison {
    tuning: u64,
    report: u64,
    target: f64,
    seed: u64,
    watch: Watch,
}

impl Default for Comparison {
    fn default() -> Self {
        Comparison {
            tuning: 4_000_000,
            report: 32_000_000,
            target: 0.99,
            seed: 0,
            watch: Watch::default(),
        }
    }
}

/// What was spent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Anneals; none of Schrödinger's equation, whose probability is computed.
    pub reads: Option<u64>,
    /// Updates of a spin in a slice, of all reads together; none of Schrödinger's equation.
    pub spin_updates: Option<u64>,
    /// Of one read: spin updates, or the time that it takes (Schrödinger, dimensionless, ħ = 1).
    pub of_one_read: f64,
}

/// What a contender did with its best candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuned {
    /// Who.
    pub contender: Contender,
    /// What it runs with.
    pub candidate: Candidate,
    /// Whether its reads are the shortest or the longest that were tried, so that better ones may lie
    /// beyond.
    pub at_edge: bool,
    /// What the report cost, without the choice.
    pub effort: Effort,
    /// The probability that a read is a ground state, with the ends of its interval: Jeffreys' of
    /// 95 %, or the error of the state.
    pub success: (f64, f64, f64),
    /// The spin updates, or the time, that meet a ground state with the probability of the target.
    pub effort_to_solution: TimeToSolution,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What holds single flips in the deepest trap; `None` without a trap.
    pub barrier: Option<Barrier>,
    /// The lowest energy, which is what is looked for.
    pub ground_energy: f64,
    /// How many configurations have it.
    pub degeneracy: u64,
    /// Thermal, path-integral and Schrödinger annealing, in this order.
    pub contenders: [Tuned; 3],
    /// In spin updates; Schrödinger's equation has no part in it.
    pub verdict: Verdict,
}

/// Whether hopping or the path integral needs fewer spin updates, beyond the intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Thermal hopping wins, by at least this factor: between the ends of the intervals.
    Thermal(f64),
    /// The path integral wins, by at least this factor.
    PathIntegral(f64),
    /// The intervals overlap.
    Open,
    /// Neither met a ground state.
    Unsolved,
}

impl Verdict {
    /// By the efforts to solution in spin updates.
    pub fn of(thermal: &TimeToSolution, path_integral: &TimeToSolution) -> Self {
        let beats = |a: &TimeToSolution, b: &TimeToSolution| {
            a.high.filter(|&high| high < b.low).map(|high| b.low / high)
        };
        if let Some(factor) = beats(thermal, path_integral) {
            Verdict::Thermal(factor)
        } else if let Some(factor) = beats(path_integral, thermal) {
            Verdict::PathIntegral(factor)
        } else if thermal.value.or(path_integral.value).is_none() {
            Verdict::Unsolved
        } else {
            Verdict::Open
        }
    }

    /// Who is better, if that can be told.
    pub fn winner(&self) -> Option<Contender> {
        match self {
            Verdict::Thermal(_) => Some(Contender::Thermal),
            Verdict::PathIntegral(_) => Some(Contender::PathIntegral),
            Verdict::Open | Verdict::Unsolved => None,
        }
    }
}

/// A sentence.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Thermal(factor) => write!(
                f,
                "thermal hopping wins: it needs at most 1/{factor:.2} of the path integral's spin \
                 updates"
            ),
            Verdict::PathIntegral(factor) => write!(
                f,
                "the path integral wins: it needs at most 1/{factor:.2} of thermal hopping's spin \
                 updates"
            ),
            Verdict::Open => write!(
                f,
                "not told apart: the intervals of thermal hopping and the path integral overlap"
            ),
            Verdict::Unsolved => write!(
                f,
                "not told apart: neither thermal hopping nor the path integral met a ground state"
            ),
        }
    }
}

impl Comparison {
    /// Four million spin updates for each candidate, 32 million for the report, a target of 0.99,
    /// seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// The spin updates of each candidate, and of the report. A candidate of which not one read fits is
    /// left out.
    pub fn budgets(self, tuning: u64, report: u64) -> Self {
        Comparison { tuning, report, ..self }
    }

    /// The probability with which a ground state is to be met.
    pub fn target(self, target: f64) -> Self {
        Comparison { target, ..self }
    }

    /// Sets the seed.
    pub fn seed(self, seed: u64) -> Self {
        Comparison { seed, ..self }
    }

    /// Who may cancel it.
    pub fn watch(self, watch: &Watch) -> Self {
        Comparison { watch: watch.clone(), ..self }
    }

    /// Compares.
    ///
    /// # Errors
    /// If there is no spin, a connected part has more than
    /// [`MAX_EXACT_SPINS`](crate::ising::MAX_EXACT_SPINS) or than memory has room for, a budget does
    /// not pay for one read, or the target is not between 0 and 1; [`Error::Interrupted`].
    pub fn run(&self, model: &Ising) -> Result<Compared> {
        self.compared(model, &mut Log::default())
    }

    /// What runs of candidates belong to, beside the model.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
            .with("seed", &self.seed)
            .with("spin updates of a candidate", &self.tuning)
            .with("spin updates of the report", &self.report)
    }

    pub(super) fn compared(&self, model: &Ising, log: &mut Log) -> Result<Compared> {
        check_count("spins", model.num_spins() as u64)?;
        let parts: Vec<Ising> = components(model)?.into_iter().map(|part| part.model).collect();
        let (mut ground_energy, mut degeneracy) = (model.offset(), 1u64);
        for part in &parts {
            let ground = part.ground_state()?;
            ground_energy += ground.energy;
            degeneracy = degeneracy.saturating_mul(ground.degeneracy);
        }
        let goal = Goal { model, parts, energy: ground_energy + 1e-9 * range(model) };
        let mut tune = |contender| self.tuned(contender, &goal, log);
        let contenders = [
            tune(Contender::Thermal)?,
            tune(Contender::PathIntegral)?,
            tune(Contender::Schroedinger)?,
        ];
        let [thermal, path_integral, _] = &contenders;
        let verdict = Verdict::of(&thermal.effort_to_solution, &path_integral.effort_to_solution);
        Ok(Compared {
            barrier: Barrier::of(model)?,
            ground_energy,
            degeneracy,
            contenders,
            verdict,
        })
    }

    /// The best candidate, run again; the first one where none succeeds.
    fn tuned(&self, contender: Contender, goal: &Goal, log: &mut Log) -> Result<Tuned> {
        let candidates = Candidate::all(contender, goal.model)?;
        let mut best: Option<(f64, usize, Outcome)> = None;
        for (k, candidate) in candidates.iter().enumerate() {
            let run = (self.tuning, 1 + k as u64);
            let Some(outcome) = self.outcome(candidate, goal, run, log)? else { continue };
            // The upper end: one lucky read among few does not choose.
            let effort = outcome.solution.high.unwrap_or(f64::INFINITY);
            if best.as_ref().is_none_or(|(least, _, _)| effort < *least) {
                best = Some((effort, k, outcome));
            }
        }
        let short = |what: &str, budget: u64| Error::Invalid {
            what: format!("the budget of {what}"),
            value: format!("{budget} spin updates"),
            expected: format!("it must pay for a read by {}", contender.name()),
        };
        let (_, k, tried) = best.ok_or_else(|| short("a candidate", self.tuning))?;
        let candidate = candidates[k];
        // An anneal in time has no seed.
        let outcome = match contender {
            Contender::Schroedinger => tried,
            _ => self
                .outcome(&candidate, goal, (self.report, 0), log)?
                .ok_or_else(|| short("the report", self.report))?,
        };
        let n = goal.model.num_spins();
        let lengths = candidates.iter().map(|candidate| candidate.length(n));
        let (least, most) = lengths.fold((f64::INFINITY, 0.0f64), |(least, most), length| {
            (least.min(length), most.max(length))
        });
        let length = candidate.length(n);
        Ok(Tuned {
            contender,
            candidate,
            at_edge: length == least || length == most,
            effort: outcome.effort,
            success: outcome.success,
            effort_to_solution: outcome.solution,
        })
    }

    /// Schrödinger's equation: connected parts do not feel one another, so that the state is the
    /// product of theirs.
    fn in_time(&self, field: f64, time: f64, goal: &Goal) -> Result<Measured> {
        let anneal = SchroedingerAnnealing::new().tolerance(TOLERANCE).watch(&self.watch);
        let (schedule, path) = (driven(field)?, Path::forward(time)?);
        let (mut probability, mut error) = (1.0, 0.0);
        let mut known: Vec<(&Ising, f64, f64)> = Vec::new();
        for part in &goal.parts {
            let (_, success, off) = match known.iter().find(|(model, ..)| *model == part) {
                Some(known) => *known,
                None => {
                    let end = anneal.run(part, &schedule, &path)?;
                    known.push((part, end.success_probability, end.error_estimate));
                    known[known.len() - 1]
                }
            };
            probability *= success;
            error += off;
        }
        Ok(Measured::Computed { probability, error })
    }

    /// A candidate with a budget, on the seed of a stream; `None` if that does not pay for one read.
    fn outcome(
        &self,
        candidate: &Candidate,
        goal: &Goal,
        (budget, stream): (u64, u64),
        log: &mut Log,
    ) -> Result<Option<Outcome>> {
        self.watch.check()?;
        let length = candidate.length(goal.model.num_spins());
        // An anneal in time has a probability in place of reads.
        let reads = match candidate {
            Candidate::Schroedinger { .. } => 0,
            _ => budget / length as u64,
        };
        let measured = log.of(goal.model, candidate, stream, || match *candidate {
            Candidate::Schroedinger { field, time } => self.in_time(field, time, goal).map(Some),
            _ if reads == 0 => Ok(None),
            _ => self.sampled(candidate, goal, reads, stream).map(Some),
        })?;
        let Some(measured) = measured else { return Ok(None) };
        Ok(Some(match measured {
            Measured::Sampled { successes } => {
                let (target, updates) = (self.target, reads * length as u64);
                let solution = TimeToSolution::new(length, successes, reads, target, CONFIDENCE)?;
                let (low, high) = jeffreys(successes, reads, 1.0 - CONFIDENCE);
                Outcome {
                    effort: Effort {
                        reads: Some(reads),
                        spin_updates: Some(updates),
                        of_one_read: length,
                    },
                    success: (successes as f64 / reads as f64, low, high),
                    solution,
                }
            }
            Measured::Computed { probability: p, error } => Outcome {
                effort: Effort { reads: None, spin_updates: None, of_one_read: length },
                success: (p, (p - error).max(0.0), (p + error).min(1.0)),
                solution: TimeToSolution::computed(length, p, error, self.target)?,
            },
        }))
    }

    /// How many of so many reads meet a ground state.
    fn sampled(
        &self,
        candidate: &Candidate,
        goal: &Goal,
        reads: u64,
        stream: u64,
    ) -> Result<Measured> {
        let model = goal.model;
        // The seed of each run is the first word of a stream of its own, whoever runs.
        let seed = Streams::new(self.seed, Domain::Repeat).stream(stream).random::<u64>();
        let samples = match *candidate {
            Candidate::Thermal { beta_first, beta_last, sweeps } => SimulatedAnnealing::new()
                .beta(beta_first, beta_last)
                .sweeps(sweeps)
                .reads(reads)
                .seed(seed)
                .watch(&self.watch)
                .run(model)?,
            Candidate::PathIntegral { beta, field, slices, sweeps } => {
                PathIntegralAnnealing::new(&driven(field)?, sweeps as usize, beta)
                    .slices(slices)
                    .reads(reads)
                    .seed(seed)
                    .watch(&self.watch)
                    .run(model)?
            }
            Candidate::Schroedinger { .. } => unreachable!("it has no reads"),
        };
        if samples.info.interrupted {
            return Err(Error::Interrupted);
        }
        Ok(Measured::Sampled { successes: samples.reads_up_to(goal.energy) })
    }
}

/// What solves a model.
struct Goal<'a> {
    model: &'a Ising,
    /// Its connected parts.
    parts: Vec<Ising>,
    /// At most this energy.
    energy: f64,
}

struct Outcome {
    effort: Effort,
    success: (f64, f64, f64),
    solution: TimeToSolution,
}

/// Σ|c| without the offset.
fn range(model: &Ising) -> f64 {
    model.fields().iter().map(|h| h.abs()).sum::<f64>()
        + model.couplings().iter().map(|(_, _, w)| w.abs()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annealing::Instance;
    use crate::math::on_threads;

    fn solution(time: f64, successes: u64, reads: u64) -> TimeToSolution {
        TimeToSolution::new(time, successes, reads, 0.99, 0.95).unwrap()
    }

    #[test]
    fn a_verdict_needs_intervals_apart() {
        let (fast, slow) = (solution(10.0, 500, 1000), solution(100.0, 50, 100));
        let Verdict::Thermal(factor) = Verdict::of(&fast, &slow) else { panic!() };
        assert_eq!(factor, slow.low / fast.high.unwrap());
        assert!(factor > 1.0 && factor < 10.0);
        assert_eq!(Verdict::of(&slow, &fast), Verdict::PathIntegral(factor));
        assert_eq!(Verdict::of(&fast, &fast), Verdict::Open);
        assert_eq!(Verdict::of(&fast, &solution(11.0, 50, 100)), Verdict::Open);
        // Without a success there is a bound, which may be enough or not.
        let (never, hardly) = (solution(10.0, 0, 1000), solution(10.0, 0, 1));
        let Verdict::Thermal(least) = Verdict::of(&fast, &never) else { panic!() };
        assert_eq!(least, never.low / fast.high.unwrap());
        assert_eq!(Verdict::of(&hardly, &fast), Verdict::Open);
        assert_eq!(Verdict::of(&never, &hardly), Verdict::Unsolved);
        let says = |verdict: Verdict| verdict.to_string();
        assert!(says(Verdict::Thermal(2.0)).starts_with("thermal hopping wins"));
        assert!(says(Verdict::PathIntegral(2.0)).starts_with("the path integral wins"));
        assert!(says(Verdict::Open).contains("overlap"));
    }

    #[test]
    fn is_the_same_on_any_number_of_threads() {
        let model = Instance::clusters(3).model;
        let comparison = Comparison::new().budgets(40_000, 100_000).seed(3);
        let one = on_threads(1, || comparison.run(&model).unwrap());
        let three = on_threads(3, || comparison.run(&model).unwrap());
        assert_eq!(one, three);
        assert_ne!(one.contenders, comparison.clone().seed(4).run(&model).unwrap().contenders);
        for tuned in &one.contenders[..2] {
            let (reads, updates) =
                (tuned.effort.reads.unwrap(), tuned.effort.spin_updates.unwrap());
            assert_eq!(updates as f64, reads as f64 * tuned.effort.of_one_read);
            // All of the budget, to within a read.
            assert!(updates <= 100_000 && updates as f64 + tuned.effort.of_one_read > 100_000.0);
        }
    }

    /// A model that falls apart is annealed in time part by part: as the whole.
    #[test]
    fn parts_are_the_whole() {
        let model = Ising::new(
            vec![0.5, -0.2, 0.3, 0.3, -0.2],
            [(0, 3, -1.0), (1, 4, 0.7), (2, 4, -0.4)],
            1.5,
        );
        let found = Comparison::new().budgets(20_000, 20_000).run(&model).unwrap();
        let ground = model.ground_state().unwrap();
        assert!((found.ground_energy - ground.energy).abs() < 1e-12);
        assert_eq!(found.degeneracy, ground.degeneracy);
        let in_time = &found.contenders[2];
        let Candidate::Schroedinger { field, time } = in_time.candidate else { panic!() };
        let anneal = SchroedingerAnnealing::new().tolerance(1e-8);
        let path = Path::forward(time).unwrap();
        let end = anneal.run(&model, &driven(field).unwrap(), &path).unwrap();
        let (p, low, high) = in_time.success;
        assert!(low <= end.success_probability && end.success_probability <= high);
        assert!(high - low < 1e-3 && low <= p && p <= high);
    }

    #[test]
    fn refuses_with_a_reason() {
        let pair = Ising::new(vec![0.1, 0.1], [(0, 1, -1.0)], 0.0);
        let says =
            |comparison: Comparison, model: &Ising| comparison.run(model).unwrap_err().to_string();
        assert!(says(Comparison::new().budgets(3, 1000), &pair).contains("of a candidate"));
        assert!(says(Comparison::new().budgets(1000, 3), &pair).contains("of the report"));
        assert!(says(Comparison::new().target(1.0), &pair).contains("the target"));
        assert!(says(Comparison::new(), &Ising::new(vec![], [], 0.0)).contains("spins"));
        let watch = Watch::default();
        watch.cancel();
        let ended = Comparison::new().watch(&watch).run(&pair).unwrap_err();
        assert!(matches!(ended, Error::Interrupted));
    }
}
