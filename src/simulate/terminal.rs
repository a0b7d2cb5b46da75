//! Shots of a circuit without random choices in the middle: all from one state.

use super::counts::Counts;
use super::machine::{Job, Machine};
use super::misread::read_out;
use super::representation::Representation;
use super::tally::Tally;
use crate::error::Result;
use crate::math::{Domain, Streams};

/// All shots from one state. They are one draw from the distribution of all counts, and nothing is
/// kept of a cancelled one.
pub(super) fn sample_final<R: Representation>(
    machine: &Machine<R>,
    job: Job<R>,
    shots: u64,
    seed: u64,
) -> Result<Counts> {
    job.watch.check()?;
    let mut rng = Streams::new(seed, Domain::Sampling).stream(0);
    let mut tally = Tally::new(job.flow.num_outcome_bits());
    let written = job.flow.outcome(&machine.bits);
    let state = &machine.state;
    read_out(state, job.flow, &written, shots, &mut rng, job.watch, &mut tally)?;
    job.watch.add_shots(shots);
    tally.counts()
}
