//! Dynamic circuits by following every branch: exactly, or with shots split among the branches.
//! Each branch is run once however many shots take it, so a circuit with few random choices costs
//! a few runs, and one with many never costs more than one run a shot.

use super::counts::Counts;
use super::machine::{Machine, Stop};
use super::options::SMALL_BELOW;
use super::program::Bound;
use super::readout::read_out;
use super::watch::Watch;
use crate::engine::Real;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;

/// Trees between two looks at the counts.
const TREES_PER_ROUND: u64 = 1024;

/// Shots that share one tree of branches. An interrupted run keeps whole trees, so that what it
/// keeps is an unbiased sample.
fn shots_per_tree(num_qubits: usize) -> u64 {
    if num_qubits < SMALL_BELOW { 512 } else { 1024 }
}

/// Branches of less probability are not followed. A loop that ends with some probability each round
/// has infinitely many branches; this is where they end.
const NEGLIGIBLE: f64 = 1e-15;

/// What following every branch came to.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Walk {
    /// Branches followed to the end.
    pub branches: usize,
    /// Total probability of those that were not followed.
    pub neglected: f64,
}

/// Runs every branch and calls `leaf` with its weight and its machine at the end.
///
/// # Errors
/// If there are more than `max_branches` branches.
pub(super) fn for_each_branch<T: Real>(
    start: Machine<T>,
    bound: &Bound,
    watch: &Watch,
    max_branches: usize,
    leaf: &mut dyn FnMut(f64, Machine<T>) -> Result<()>,
) -> Result<Walk> {
    let mut waiting = vec![(1.0, start)];
    let mut walk = Walk::default();
    while let Some((weight, mut machine)) = waiting.pop() {
        watch.check()?;
        let p1 = match machine.advance(bound, watch)? {
            Stop::End => {
                walk.branches += 1;
                leaf(weight, machine)?;
                continue;
            }
            Stop::Choice { p1 } => p1,
        };
        let weights = [weight * (1.0 - p1), weight * p1];
        let small = weights.map(|w| w < NEGLIGIBLE);
        if small[0] || small[1] {
            walk.neglected += weights.iter().filter(|w| **w < NEGLIGIBLE).sum::<f64>();
            if !(small[0] && small[1]) {
                machine.choose(bound, small[0])?;
                waiting.push((weights[usize::from(small[0])], machine));
            }
            continue;
        }
        if walk.branches + waiting.len() + 2 > max_branches {
            return Err(Error::Unsupported {
                method: "exact branching",
                operation: format!("more than {max_branches} branches of measurements"),
                hint: "sample with shots, or raise `max_branches` (`--max-branches`)".into(),
            });
        }
        let mut one = machine.try_clone()?;
        one.choose(bound, true)?;
        machine.choose(bound, false)?;
        waiting.push((weights[1], one));
        waiting.push((weights[0], machine));
    }
    Ok(walk)
}

/// Samples `shots` outcomes from a machine at the start. When cancelled, returns the shots of the trees
/// that are finished, perhaps none.
pub(super) fn sample<T: Real>(
    root: &mut Machine<T>,
    bound: &Bound,
    shots: u64,
    seed: u64,
    watch: &Watch,
) -> Result<Counts> {
    let streams = Streams::new(seed, Domain::Trajectory);
    // What comes before the first choice is the same for all.
    let stop = root.advance(bound, watch)?;
    let root = &*root;
    let size = shots_per_tree(bound.program.num_qubits);
    let run = |tree: u64| -> Result<Counts> {
        let here = size.min(shots - tree * size);
        let mut parts = Vec::new();
        let start = Branch { machine: root.try_clone()?, shots: here, rng: streams.stream(tree) };
        follow(start, stop, bound, watch, &mut parts)?;
        watch.add_shots(here);
        Ok(Counts::sum(parts))
    };
    // In rounds, so that memory stays bounded and a cancelled run stops soon.
    let trees = shots.div_ceil(size);
    let mut counts = Counts::default();
    let mut interrupted = false;
    for first in (0..trees).step_by(TREES_PER_ROUND as usize) {
        let round = first..trees.min(first + TREES_PER_ROUND);
        let parts: Vec<Result<Counts>> = if bound.program.num_qubits < SMALL_BELOW {
            round.into_par_iter().map(run).collect()
        } else {
            round.map(run).collect()
        };
        let mut finished = vec![counts];
        for part in parts {
            match part {
                Ok(part) => finished.push(part),
                Err(Error::Interrupted) => interrupted = true,
                Err(error) => return Err(error),
            }
        }
        counts = Counts::sum(finished);
        if interrupted {
            break;
        }
    }
    Ok(counts)
}

/// Shots on one path. Its random numbers depend on the path alone, so the order in which branches
/// run does not matter.
struct Branch<T: Real> {
    machine: Machine<T>,
    shots: u64,
    rng: ChaCha8Rng,
}

/// Follows a branch that stopped at `stop`, and all that split off it. The smaller side of a split
/// is followed at once: then at most log2(shots) states wait.
fn follow<T: Real>(
    mut branch: Branch<T>,
    mut stop: Stop,
    bound: &Bound,
    watch: &Watch,
    parts: &mut Vec<Counts>,
) -> Result<()> {
    while let Stop::Choice { p1 } = stop {
        watch.check()?;
        let shots = branch.shots;
        let ones = Binomial::new(shots, p1).expect("p1 is a probability").sample(&mut branch.rng);
        let fewer = ones.min(shots - ones);
        let larger_is_one = ones > shots - ones;
        if fewer > 0 {
            let rng = ChaCha8Rng::from_seed(branch.rng.random());
            let mut side = Branch { machine: branch.machine.try_clone()?, shots: fewer, rng };
            side.machine.choose(bound, !larger_is_one)?;
            let stop = side.machine.advance(bound, watch)?;
            follow(side, stop, bound, watch, parts)?;
        }
        branch.shots -= fewer;
        branch.machine.choose(bound, larger_is_one)?;
        stop = branch.machine.advance(bound, watch)?;
    }
    parts.push(read_out(&branch.machine, bound, branch.shots, &mut branch.rng));
    Ok(())
}
