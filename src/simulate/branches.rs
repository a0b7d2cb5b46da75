//! Dynamic circuits exactly, by following every branch.

use super::machine::{Job, Machine, Stop};
use super::representation::Representation;
use crate::error::{Error, Result};
use smallvec::SmallVec;

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
pub(super) fn for_each_branch<R: Representation>(
    start: Machine<R>,
    job: Job<R>,
    max_branches: usize,
    leaf: &mut dyn FnMut(f64, Machine<R>) -> Result<()>,
) -> Result<Walk> {
    let mut waiting = vec![(1.0, start)];
    let mut walk = Walk::default();
    while let Some((weight, mut machine)) = waiting.pop() {
        job.watch.check()?;
        let stop = machine.advance(job)?;
        let dropped = machine.take_dropped();
        walk.neglected += weight * dropped;
        let weight = weight * (1.0 - dropped);
        let sides = match stop {
            Stop::End => {
                walk.branches += 1;
                leaf(weight, machine)?;
                continue;
            }
            Stop::Choice(sides) => sides,
            Stop::Span(_) => unreachable!("branches take each channel as a choice"),
        };
        let mut followed: SmallVec<[(usize, f64); 4]> = SmallVec::new();
        let mut neglected = 0.0;
        for (side, p) in sides.iter().enumerate() {
            match weight * p {
                small if small < NEGLIGIBLE => neglected += small,
                weight => followed.push((side, weight)),
            }
        }
        walk.neglected += neglected;
        if followed.len() > 1 && walk.branches + waiting.len() + followed.len() > max_branches {
            let (what, hint) = match job.flow.channels.is_empty() {
                true => ("measurements", "sample with shots"),
                false => (
                    "measurements and noise channels",
                    "ask for shots (`--shots`), or for means by trajectories (`--method trajectories`, \
                     `Simulator::noisy_evaluator`); up to some 14 qubits the density matrix is exact",
                ),
            };
            return Err(Error::Unsupported {
                method: "exact branching",
                operation: format!("more than {max_branches} branches of {what}"),
                hint: format!("{hint}, or raise `max_branches` (`--max-branches`)"),
            });
        }
        let Some((first, others)) = followed.split_first() else { continue };
        // The last one to wait is the next to run, so that branches come in order.
        for &(side, weight) in others.iter().rev() {
            let mut other = machine.try_clone()?;
            other.choose(job, side)?;
            waiting.push((weight, other));
        }
        machine.choose(job, first.0)?;
        waiting.push((first.1, machine));
    }
    Ok(walk)
}
