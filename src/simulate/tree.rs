//! Shots of circuits with random choices, split among the branches: each branch is run once however many shots
//! take it, so a circuit with few random choices costs a few runs, and one with many never costs
//! more than one run per shot.
//!
//! Shots are drawn in trees, each with a stream of its own. The first tree is small, and each tree
//! has at least as many shots as all before it: that makes a few trees of any number of shots, and
//! a cancelled run keeps whole trees, which are an unbiased sample of half of what was done or more.
//! (Branches that happened to be finished would be a biased one.)
//!
//! Where a method draws noise beforehand, a choice is a whole span of channels: what happens to each
//! shot is drawn when a branch comes to the span ([`patterns`](super::patterns)), and shots part
//! where different things happen to them ([`span_walk`](super::span_walk)).

use super::counts::Counts;
use super::flow::Flow;
use super::leaves::{Leaves, Outcomes};
use super::machine::{Job, Machine, Stop};
use super::patterns::EventLaw;
use super::representation::Representation;
use super::span_walk::SpanWalk;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, check_memory, split};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use smallvec::{SmallVec, smallvec};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Shots of the first tree.
fn first_tree<R: Representation>(num_qubits: usize, drawn: bool) -> u64 {
    // Where runs are long and noise makes nearly every one different, a small one is finished soon.
    match (R::is_small(num_qubits), R::DRAWS_CHANNELS && drawn) {
        (true, _) => 512,
        (false, true) => 64,
        (false, false) => 1024,
    }
}

/// A tree with fewer branches than one in this many shots costs little beside its runs: the next one
/// is larger by far.
const FEW_BRANCHES: u64 = 4;
/// The same where noise is drawn: patterns repeat, the more the larger a tree is.
const FEW_PATTERNS: u64 = 2;
/// Shots of a tree whose noise is drawn: patterns take memory.
const MOST_DRAWN: u64 = 1 << 23;
/// Memory that they may take, unless even few shots take more.
const BYTES_OF_PATTERNS: f64 = (1u64 << 30) as f64;
const FEWEST_DRAWN: u64 = 1 << 10;
/// A tree has this many times the shots of all before it where branches are few.
const FAR: u64 = 7;
/// Fewer shots are not worth a task of their own.
const WORTH_A_TASK: u64 = 8;
/// But where noise is drawn, a branch of one shot is, from this many qubits on.
const WORTH_A_TASK_FROM: usize = 9;
/// And up to this many qubits branches are shared out to threads rather than amplitudes, though a state
/// is large enough for these: short pieces leave threads little to share.
const SHARED_WHERE_DRAWN: usize = 18;
/// Trees from this many shots on say how long a run will take.
const TELLING: u64 = 1 << 14;
/// Seconds that a run of shots may take by the estimate.
const A_DAY: f64 = 86_400.0;

/// What sampling came to.
#[derive(Default)]
pub(super) struct Sampled {
    pub counts: Counts,
    /// The probability of outcomes that were taken for rounding on the paths that shots took.
    pub neglected: f64,
    /// Branches that were run, each once for all of its shots.
    pub branches: u64,
}

/// Shots of trees that are finished.
pub(super) struct Gathered<S> {
    pub sum: S,
    pub shots: u64,
    pub neglected: f64,
    pub branches: u64,
}

/// Shots of which the patterns have room.
pub(super) fn most_drawn(laws: &[EventLaw]) -> u64 {
    let bytes = laws.iter().map(EventLaw::bytes_a_shot).fold(1.0, f64::max);
    ((BYTES_OF_PATTERNS / bytes) as u64).clamp(FEWEST_DRAWN, MOST_DRAWN)
}

/// The laws of what happens in the spans of a program.
pub(super) fn laws(flow: &Flow) -> Vec<EventLaw> {
    let unraveling = |number: usize| flow.channels[number].unraveling.clone();
    flow.spans.iter().map(|span| EventLaw::new(span, unraveling)).collect()
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
    let job = Job { draws: true, ..job };
    let laws = laws(job.flow);
    let streams = Streams::new(seed, Domain::Trajectory);
    let Job { flow, code, watch, .. } = job;
    if let Some(framed) = root.state.sample_frames(flow, code, &laws, shots, streams, watch)? {
        let (tally, branches) = framed;
        return Ok(Sampled { counts: tally.counts()?, neglected: 0.0, branches });
    }
    let growth = Growth { job, laws: &laws, conditional: false, leaves: &Outcomes };
    let Gathered { sum, neglected, branches, .. } = growth.gather(root, shots, streams, 0)?;
    Ok(Sampled { counts: sum.counts()?, neglected, branches })
}

/// How trees grow, and what is gathered of them.
pub(super) struct Growth<'j, R: Representation, L> {
    pub job: Job<'j, R>,
    pub laws: &'j [EventLaw],
    /// Whether something happens to every shot in the first span.
    pub conditional: bool,
    pub leaves: &'j L,
}

impl<R: Representation, L: Leaves<R>> Growth<'_, R, L> {
    /// Grows trees of `shots` in all, with streams from number `first` on. When cancelled, returns
    /// those that are finished, perhaps none.
    ///
    /// # Errors
    /// As [`sample`].
    pub fn gather(
        &self,
        root: &mut Machine<R>,
        shots: u64,
        streams: Streams,
        first: u64,
    ) -> Result<Gathered<L::Sum>> {
        let job = self.job;
        let drawn = R::DRAWS_CHANNELS && !self.laws.is_empty();
        let few = if drawn { FEW_PATTERNS } else { FEW_BRANCHES };
        let most = if drawn { most_drawn(self.laws) } else { u64::MAX };
        // What comes before the first choice is the same for all.
        root.advance(job)?;
        let mut dropped = Dropped::default();
        dropped.add(shots, root.take_dropped());
        let mut sum = self.leaves.none(job.flow);
        let (mut done, mut size, mut branches) =
            (0, first_tree::<R>(job.flow.num_qubits, drawn), 0);
        for number in first.. {
            let here = size.min(shots - done);
            let tree = Tree::new(self, here);
            let rng = streams.stream(number);
            let machine = root.try_clone()?;
            let mut grown = match tree.grow(Branch { machine, shots: here, rng, walk: None }) {
                Err(Error::Interrupted) => break,
                grown => grown?,
            };
            done += here;
            branches += grown.branches;
            if done < shots {
                self.check_rest(&mut grown, here, done, shots)?;
            }
            dropped.0 = dropped.0.saturating_add(grown.dropped.0);
            self.leaves.merge(&mut sum, grown.sum)?;
            if done == shots {
                break;
            }
            let next = if grown.branches <= here / few { done.saturating_mul(FAR) } else { done };
            size = next.min(most);
        }
        let neglected = if done == shots { dropped.of(shots) } else { 0.0 };
        Ok(Gathered { sum, shots: done, neglected, branches })
    }

    /// Refuses shots of which `done` are done, if nearly every one of the `size` shots of the last
    /// tree took a branch of its own and the rest would take days, or more memory than there is.
    fn check_rest(&self, last: &mut Grown<L::Sum>, size: u64, done: u64, shots: u64) -> Result<()> {
        if size < TELLING || last.branches < size / 2 {
            return Ok(());
        }
        let flow = self.job.flow;
        let most = flow.most_branches_log2().map_or(f64::INFINITY, f64::exp2);
        let per_shot = last.branches as f64 / size as f64;
        let branches = ((shots - done) as f64 * per_shot).min(most);
        // Nominal costs, so that every machine decides alike.
        let n = flow.num_qubits;
        let tree = R::seconds_a_pass(n) * last.passes as f64
            + R::seconds_a_choice(n) * last.stretches as f64;
        let per_branch = tree / last.branches as f64;
        let seconds = branches * per_branch;
        if seconds > A_DAY {
            let fits = A_DAY / per_branch / per_shot;
            return Err(Error::Invalid {
                what: "the number of shots".into(),
                value: shots.to_string(),
                expected: format!(
                    "nearly every shot takes a branch of its own, and all of them would take about \
                     {:.0} days: ask for fewer ({fits:.1e} take a day), or for exact answers \
                     (`--outcomes`)",
                    seconds / A_DAY,
                ),
            });
        }
        let needed = self.leaves.bytes_after(&mut last.sum, last.branches, branches, flow)?;
        check_memory(
            format_args!("what is kept of about {branches:.1e} branches"),
            needed as u128,
            |_| (None, "ask for fewer shots, or measure fewer qubits".into()),
        )
    }
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
pub(super) struct Branch<R> {
    pub machine: Machine<R>,
    pub shots: u64,
    pub rng: ChaCha8Rng,
    /// Where it is in a span whose channels are drawn.
    pub walk: Option<SpanWalk>,
}

/// What branches came to.
pub(super) struct Grown<S> {
    sum: S,
    branches: u64,
    /// Parts of branches between two random choices.
    stretches: u64,
    passes: u64,
    dropped: Dropped,
}

/// A tree of branches while it grows.
pub(super) struct Tree<'j, R: Representation, L: Leaves<R>> {
    pub growth: &'j Growth<'j, R, L>,
    /// Tasks at once: each has states of its own.
    most_tasks: usize,
    tasks: AtomicUsize,
    failed: AtomicBool,
    /// What finished tasks came to, or the first error.
    finished: Mutex<Result<Grown<L::Sum>>>,
}

impl<'j, R: Representation, L: Leaves<R>> Tree<'j, R, L> {
    fn new(growth: &'j Growth<'j, R, L>, shots: u64) -> Self {
        let threads = rayon::current_num_threads();
        let n = growth.job.flow.num_qubits;
        let drawn = R::DRAWS_CHANNELS && !growth.laws.is_empty() && n <= SHARED_WHERE_DRAWN;
        let shared = (R::is_small(n) || drawn) && threads > 1 && shots > WORTH_A_TASK;
        Tree {
            growth,
            most_tasks: if shared { 2 * threads } else { 0 },
            tasks: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            finished: Mutex::new(Ok(Self::nothing(growth))),
        }
    }

    fn nothing(growth: &Growth<R, L>) -> Grown<L::Sum> {
        let sum = growth.leaves.none(growth.job.flow);
        Grown { sum, branches: 0, stretches: 0, passes: 0, dropped: Dropped::default() }
    }

    /// Follows the root and all that splits off it.
    fn grow(self, root: Branch<R>) -> Result<Grown<L::Sum>> {
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
        let mut grown = Self::nothing(self.growth);
        let result = self.follow(branch, scope, &mut grown);
        let mut finished = self.finished.lock().expect("nobody panics with it");
        let result = match (&mut *finished, result) {
            (Ok(finished), Ok(())) => self.merge(finished, grown),
            // That it was cancelled is no news where something else went wrong.
            (Ok(_) | Err(Error::Interrupted), Err(error)) => Err(error),
            (Err(_), _) => return,
        };
        if let Err(error) = result {
            self.failed.store(true, Ordering::Relaxed);
            *finished = Err(error);
        }
    }

    fn merge(&self, finished: &mut Grown<L::Sum>, other: Grown<L::Sum>) -> Result<()> {
        finished.branches += other.branches;
        finished.stretches += other.stretches;
        finished.passes += other.passes;
        finished.dropped.0 = finished.dropped.0.saturating_add(other.dropped.0);
        self.growth.leaves.merge(&mut finished.sum, other.sum)
    }

    /// Follows a branch and all that split off it. The sides of a choice that fewer shots take are
    /// followed at once, or by another task: then at most log2(shots) states of each task wait.
    fn follow<'s>(
        &'s self,
        mut branch: Branch<R>,
        scope: Option<&rayon::Scope<'s>>,
        grown: &mut Grown<L::Sum>,
    ) -> Result<()>
    where
        R: 's,
    {
        loop {
            if branch.walk.is_some() {
                self.walk(&mut branch, scope, grown)?;
            }
            match self.advance(&mut branch, grown)? {
                Stop::End => break,
                Stop::Choice(sides) => {
                    let shots = split_among(branch.shots, &sides, &mut branch.rng);
                    let most = most(&shots);
                    for (number, &fewer) in shots.iter().enumerate() {
                        if number == most || fewer == 0 {
                            continue;
                        }
                        let mut side = branch.fork(fewer)?;
                        side.machine.choose(self.growth.job, number)?;
                        self.start(side, scope, grown)?;
                    }
                    branch.shots = shots[most];
                    branch.machine.choose(self.growth.job, most)?;
                }
                Stop::Span(number) => {
                    let law = &self.growth.laws[number];
                    let groups =
                        law.draw(branch.shots, self.growth.conditional, &mut branch.rng)?;
                    branch.walk = Some(SpanWalk::new(number, groups));
                }
            }
        }
        grown.branches += 1;
        let Branch { machine, shots, rng, .. } = &mut branch;
        self.growth.leaves.add(machine, *shots, rng, self.growth.job, &mut grown.sum)?;
        self.growth.job.watch.add_shots(*shots);
        Ok(())
    }

    /// Follows a branch, or has another task do it.
    pub(super) fn start<'s>(
        &'s self,
        branch: Branch<R>,
        scope: Option<&rayon::Scope<'s>>,
        grown: &mut Grown<L::Sum>,
    ) -> Result<()>
    where
        R: 's,
    {
        let worth_it = branch.shots >= WORTH_A_TASK
            || branch.walk.is_some() && self.growth.job.flow.num_qubits >= WORTH_A_TASK_FROM;
        match scope {
            Some(scope) if worth_it && self.may_start() => {
                scope.spawn(move |scope| {
                    self.task(branch, Some(scope));
                    self.tasks.fetch_sub(1, Ordering::Relaxed);
                });
                Ok(())
            }
            _ => self.follow(branch, scope, grown),
        }
    }

    /// Whether a task may be started, which is then counted.
    fn may_start(&self) -> bool {
        let more = |tasks| (tasks < self.most_tasks).then_some(tasks + 1);
        self.tasks.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Whether to go on.
    pub(super) fn check(&self) -> Result<()> {
        self.growth.job.watch.check()?;
        if self.failed.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
    }

    /// Runs a branch to its next choice.
    fn advance(&self, branch: &mut Branch<R>, grown: &mut Grown<L::Sum>) -> Result<Stop> {
        self.check()?;
        let stop = branch.machine.advance(self.growth.job)?;
        grown.stretches += 1;
        grown.passes += branch.machine.take_passes();
        grown.dropped.add(branch.shots, branch.machine.take_dropped());
        Ok(stop)
    }
}

impl<R: Representation> Branch<R> {
    /// Another branch from here, for some of the shots.
    pub(super) fn fork(&mut self, shots: u64) -> Result<Self> {
        let rng = ChaCha8Rng::from_seed(self.rng.random());
        Ok(Branch { machine: self.machine.try_clone()?, shots, rng, walk: None })
    }
}

/// Divides shots among the sides of a choice: a draw from their multinomial distribution, as one
/// binomial draw for each side but the first.
pub(super) fn split_among(shots: u64, sides: &[f64], rng: &mut impl Rng) -> SmallVec<[u64; 4]> {
    let mut among: SmallVec<[u64; 4]> = smallvec![0; sides.len()];
    let mut left = shots;
    let sum = |sum: &mut f64, p: &f64| Some(std::mem::replace(sum, *sum + p));
    let before: SmallVec<[f64; 4]> = sides.iter().scan(0.0, sum).collect();
    for (side, &p) in sides.iter().enumerate().skip(1).rev().filter(|(_, p)| **p > 0.0) {
        among[side] = split(left, [before[side], p], rng);
        left -= among[side];
    }
    among[0] = left;
    among
}

/// The first of the sides that most shots take.
pub(super) fn most(shots: &[u64]) -> usize {
    let most = shots.iter().enumerate().rev().max_by_key(|(_, shots)| **shots);
    most.expect("a choice has sides").0
}
