//! Dynamic circuits exactly, by following every branch.

use super::machine::{Machine, Stop};
use super::program::BoundProgram;
use crate::engine::Real;
use crate::error::{Error, Result};
use crate::math::Watch;

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
    bound: &BoundProgram,
    watch: &Watch,
    max_branches: usize,
    leaf: &mut dyn FnMut(f64, Machine<T>) -> Result<()>,
) -> Result<Walk> {
    let mut waiting = vec![(1.0, start)];
    let mut walk = Walk::default();
    while let Some((weight, mut machine)) = waiting.pop() {
        watch.check()?;
        let stop = machine.advance(bound, watch)?;
        let dropped = machine.take_dropped();
        walk.neglected += weight * dropped;
        let weight = weight * (1.0 - dropped);
        let p = match stop {
            Stop::End => {
                walk.branches += 1;
                leaf(weight, machine)?;
                continue;
            }
            Stop::Choice(p) => p,
        };
        let weights = p.map(|p| weight * p);
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
