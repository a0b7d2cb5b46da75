//! A plan that runs under a watch.

use super::super::options::SMALL_BELOW;
use crate::engine::{Coefficients, Plan, Real, StateVector};
use crate::error::Result;
use crate::math::Watch;

/// Runs the plan, counts its passes and stops it between two of them if the watch is cancelled.
pub(crate) fn run_watched<T: Real>(
    watch: &Watch,
    plan: &Plan,
    coefficients: &Coefficients,
    state: &mut StateVector<T>,
) -> Result<()> {
    // Counting costs as much as a pass over a small state, above all where threads share the
    // counter.
    let step = if state.num_qubits() < SMALL_BELOW { 64 } else { 1 };
    plan.run_watched(coefficients, state, &|done, all| {
        let new = match done % step {
            0 if done > 0 => step,
            rest if done == all => rest,
            _ => 0,
        };
        if new > 0 {
            watch.add_passes(new as u64);
        }
        !watch.is_cancelled()
    })
}
