//! Shots of dynamic circuits, split among the branches: each branch is run once however many shots
//! take it, so a circuit with few random choices costs a few runs, and one with many never costs
//! more than one run per shot.
//!
//! Shots are drawn in trees, each with a stream of its own. The first tree is small, and each tree
//! has at least as many shots as all before it: that makes a few trees of any number of shots, and
//! a cancelled run keeps whole trees, which are an unbiased sample of half of what was done or more.
//! (Branches that happened to be finished would be a biased one.)

use super::counts::Counts;
use super::flow::Flow;
use super::machine::{Job, Machine, Stop};
use super::representation::Representation;
use super::tally::Tally;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, check_memory, split};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use smallvec::{SmallVec, smallvec};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Shots of the first tree.
fn first_tree<R: Representation>(num_qubits: usize) -> u64 {
    if R::is_small(num_qubits) { 512 } else { 1024 }
}

/// A tree with fewer branches than one in this many shots costs little beside its runs: the next one
/// is larger by far.
const FEW_BRANCHES: u64 = 4;
/// A tree has this many times the shots of all before it where branches are few.
const FAR: u64 = 7;
/// Fewer shots are not worth a task of their own.
const WORTH_A_TASK: u64 = 8;
/// Trees from this many shots on say how long a run will take.
const TELLING: u64 = 1 << 14;
/// Seconds that a run of shots may take by the estimate.
const A_DAY: f64 = 86_400.0;

/// What sampling came to.
pub(super) struct Sampled {
    pub counts: Counts,
    /// The probability of outcomes that were taken for rounding on the paths that shots took.
    pub neglected: f64,
}

/// Samples `shots` outcomes from a machine at the start. When cancelled, returns the shots of the
/// trees that are finished, perhaps none.
///
/// # Errors
/// If it would take days; if there is too little memory; what running refuses.
pub(super) fn sample<R: Representation>(
    root: &mut Machine<R>,
    job: Job<R>,
    shots: u64,
    seed: u64,
) -> Result<Sampled> {
    let streams = Streams::new(seed, Domain::Trajectory);
    // What comes before the first choice is the same for all.
    root.advance(job)?;
    let mut dropped = Dropped::default();
    dropped.add(shots, root.take_dropped());
    let mut total = Tally::new(job.flow.num_outcome_bits());
    let (mut done, mut size) = (0, first_tree::<R>(job.flow.num_qubits));
    for number in 0.. {
        let here = size.min(shots - done);
        let tree = Tree::new(job, here);
        let rng = streams.stream(number);
        let branch = Branch { machine: root.try_clone()?, shots: here, rng };
        let mut grown = match tree.grow(branch) {
            Err(Error::Interrupted) => break,
            grown => grown?,
        };
        done += here;
        if done < shots {
            check_rest(&mut grown, here, done, shots, job)?;
        }
        dropped.0 = dropped.0.saturating_add(grown.dropped.0);
        total.merge(grown.tally)?;
        if done == shots {
            break;
        }
        size = if grown.branches <= here / FEW_BRANCHES { done.saturating_mul(FAR) } else { done };
    }
    let neglected = if done == shots { dropped.of(shots) } else { 0.0 };
    Ok(Sampled { counts: total.counts()?, neglected })
}

/// Refuses shots of which `done` are done, if nearly every one of the `size` shots of the last tree
/// took a branch of its own and the rest would take days, or more memory than there is.
fn check_rest<R: Representation>(
    last: &mut Grown,
    size: u64,
    done: u64,
    shots: u64,
    job: Job<R>,
) -> Result<()> {
    if size < TELLING || last.branches < size / 2 {
        return Ok(());
    }
    let most = job.flow.most_branches_log2().map_or(f64::INFINITY, f64::exp2);
    let per_shot = last.branches as f64 / size as f64;
    let branches = ((shots - done) as f64 * per_shot).min(most);
    // Nominal costs, so that every machine decides alike.
    let n = job.flow.num_qubits;
    let tree =
        R::seconds_a_pass(n) * last.passes as f64 + R::seconds_a_choice(n) * last.stretches as f64;
    let per_branch = tree / last.branches as f64;
    let seconds = branches * per_branch;
    if seconds > A_DAY {
        let fits = A_DAY / per_branch / per_shot;
        return Err(Error::Invalid {
            what: "the number of shots".into(),
            value: shots.to_string(),
            expected: format!(
                "nearly every shot takes a branch of its own, and all of them would take about {:.0} \
                 days: ask for fewer ({fits:.1e} take a day), or for exact answers (`--outcomes`)",
                seconds / A_DAY,
            ),
        });
    }
    let outcomes = last.tally.len()? as f64 / last.branches as f64 * branches;
    let outcomes = outcomes.min(2f64.powi(job.flow.num_outcome_bits() as i32));
    let words = job.flow.num_outcome_bits().div_ceil(64) as u128;
    // A list, and a part that is merged into it.
    let needed = (outcomes as u128).saturating_mul(2 * (8 + 8 * words));
    check_memory(
        format_args!("the list of counts of about {outcomes:.1e} outcomes"),
        needed,
        |_| (None, "ask for fewer shots, or measure fewer qubits".into()),
    )
}

/// Expected shots of outcomes that were taken for rounding, in units of 2^-96 shots: sums of
/// integers do not depend on the order.
#[derive(Debug, Default, Clone, Copy)]
struct Dropped(u128);

impl Dropped {
    const UNIT: f64 = 1.0 / (1u128 << 96) as f64;

    fn add(&mut self, shots: u64, p: f64) {
        self.0 = self.0.saturating_add((shots as f64 * p / Self::UNIT) as u128);
    }

    fn of(self, shots: u64) -> f64 {
        self.0 as f64 * Self::UNIT / shots as f64
    }
}

/// Shots on one path. Its random numbers depend on the path alone, so the order in which branches
/// run does not matter.
struct Branch<R> {
    machine: Machine<R>,
    shots: u64,
    rng: ChaCha8Rng,
}

/// What branches came to.
struct Grown {
    tally: Tally,
    branches: u64,
    /// Parts of branches between two random choices.
    stretches: u64,
    passes: u64,
    dropped: Dropped,
}

impl Grown {
    fn new(flow: &Flow) -> Self {
        let tally = Tally::new(flow.num_outcome_bits());
        Grown { tally, branches: 0, stretches: 0, passes: 0, dropped: Dropped::default() }
    }

    fn merge(&mut self, other: Grown) -> Result<()> {
        self.branches += other.branches;
        self.stretches += other.stretches;
        self.passes += other.passes;
        self.dropped.0 = self.dropped.0.saturating_add(other.dropped.0);
        self.tally.merge(other.tally)
    }
}

/// A tree of branches while it grows.
struct Tree<'j, R: Representation> {
    job: Job<'j, R>,
    /// Tasks at once: each has states of its own.
    most_tasks: usize,
    tasks: AtomicUsize,
    failed: AtomicBool,
    /// What finished tasks came to, or the first error.
    finished: Mutex<Result<Grown>>,
}

impl<'j, R: Representation> Tree<'j, R> {
    fn new(job: Job<'j, R>, shots: u64) -> Self {
        let threads = rayon::current_num_threads();
        let shared = R::is_small(job.flow.num_qubits) && threads > 1 && shots > WORTH_A_TASK;
        Tree {
            job,
            most_tasks: if shared { 2 * threads } else { 0 },
            tasks: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            finished: Mutex::new(Ok(Grown::new(job.flow))),
        }
    }

    /// Follows the root and all that splits off it.
    fn grow(self, root: Branch<R>) -> Result<Grown> {
        if self.most_tasks == 0 {
            self.task(root, None);
        } else {
            rayon::scope(|scope| self.task(root, Some(scope)));
        }
        self.finished.into_inner().expect("nobody panics with it")
    }

    /// Follows a branch and adds what it came to.
    fn task<'s>(&'s self, branch: Branch<R>, scope: Option<&rayon::Scope<'s>>)
    where
        R: 's,
    {
        let mut grown = Grown::new(self.job.flow);
        let result = self.follow(branch, scope, &mut grown);
        let mut finished = self.finished.lock().expect("nobody panics with it");
        let result = match (&mut *finished, result) {
            (Ok(finished), Ok(())) => finished.merge(grown),
            // That it was cancelled is no news where something else went wrong.
            (Ok(_) | Err(Error::Interrupted), Err(error)) => Err(error),
            (Err(_), _) => return,
        };
        if let Err(error) = result {
            self.failed.store(true, Ordering::Relaxed);
            *finished = Err(error);
        }
    }

    /// Follows a branch and all that split off it. The sides of a choice that fewer shots take are
    /// followed at once, or by another task: then at most log2(shots) states of each task wait.
    fn follow<'s>(
        &'s self,
        mut branch: Branch<R>,
        scope: Option<&rayon::Scope<'s>>,
        grown: &mut Grown,
    ) -> Result<()>
    where
        R: 's,
    {
        while let Stop::Choice(sides) = self.advance(&mut branch, grown)? {
            let shots = split_among(branch.shots, &sides, &mut branch.rng);
            let most = most(&shots);
            for (number, &fewer) in shots.iter().enumerate() {
                if number == most || fewer == 0 {
                    continue;
                }
                let rng = ChaCha8Rng::from_seed(branch.rng.random());
                let mut side = Branch { machine: branch.machine.try_clone()?, shots: fewer, rng };
                side.machine.choose(self.job, number)?;
                match scope {
                    Some(scope) if fewer >= WORTH_A_TASK && self.may_start() => {
                        scope.spawn(move |scope| {
                            self.task(side, Some(scope));
                            self.tasks.fetch_sub(1, Ordering::Relaxed);
                        });
                    }
                    _ => self.follow(side, scope, grown)?,
                }
            }
            branch.shots = shots[most];
            branch.machine.choose(self.job, most)?;
        }
        grown.branches += 1;
        let Branch { machine, shots, rng } = &mut branch;
        let written = self.job.flow.outcome(&machine.bits);
        let Job { flow, watch, .. } = self.job;
        machine.state.read_out(flow, &written, *shots, rng, watch, &mut grown.tally)?;
        watch.add_shots(*shots);
        Ok(())
    }

    /// Whether a task may be started, which is then counted.
    fn may_start(&self) -> bool {
        let more = |tasks| (tasks < self.most_tasks).then_some(tasks + 1);
        self.tasks.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Runs a branch to its next choice.
    fn advance(&self, branch: &mut Branch<R>, grown: &mut Grown) -> Result<Stop> {
        self.job.watch.check()?;
        if self.failed.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let stop = branch.machine.advance(self.job)?;
        grown.stretches += 1;
        grown.passes += branch.machine.take_passes();
        grown.dropped.add(branch.shots, branch.machine.take_dropped());
        Ok(stop)
    }
}

/// Divides shots among the sides of a choice: a draw from their multinomial distribution, as one
/// binomial draw for each side but the first.
fn split_among(shots: u64, sides: &[f64], rng: &mut impl Rng) -> SmallVec<[u64; 4]> {
    let mut among: SmallVec<[u64; 4]> = smallvec![0; sides.len()];
    let mut left = shots;
    for (side, &p) in sides.iter().enumerate().skip(1).rev().filter(|(_, p)| **p > 0.0) {
        among[side] = split(left, [sides[..side].iter().sum(), p], rng);
        left -= among[side];
    }
    among[0] = left;
    among
}

/// The first of the sides that most shots take.
fn most(shots: &[u64]) -> usize {
    let most = shots.iter().enumerate().rev().max_by_key(|(_, shots)| **shots);
    most.expect("a choice has sides").0
}
