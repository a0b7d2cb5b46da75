//! Shots of final measurements, which are set aside at compilation: all from one state.

use super::counts::Counts;
use super::machine::Machine;
use super::program::Bound;
use super::watch::Watch;
use crate::engine::Real;
use crate::error::Result;
use crate::math::{Domain, Streams};
use rand::Rng;

/// Shots drawn between two looks at the watch.
const SHOTS_PER_ROUND: u64 = 1 << 22;

/// All shots from one state, in rounds with a stream each, so that a cancelled run keeps the
/// rounds that are finished.
pub(super) fn sample_state<T: Real>(
    machine: &Machine<T>,
    bound: &Bound,
    shots: u64,
    seed: u64,
    watch: &Watch,
) -> Result<Counts> {
    let streams = Streams::new(seed, Domain::Sampling);
    let mut counts = Counts::default();
    for round in 0..shots.div_ceil(SHOTS_PER_ROUND) {
        match watch.check() {
            Err(_) if !counts.is_empty() => break,
            result => result?,
        }
        let here = SHOTS_PER_ROUND.min(shots - round * SHOTS_PER_ROUND);
        let part = read_out(machine, bound, here, &mut streams.stream(round));
        counts = Counts::sum([counts, part]);
        watch.add_shots(here);
    }
    Ok(counts)
}

/// Samples the final measurements of a state.
pub(super) fn read_out<T: Real>(
    machine: &Machine<T>,
    bound: &Bound,
    shots: u64,
    rng: &mut impl Rng,
) -> Counts {
    let readout = &bound.program.readout;
    let written = bound.program.outcome(&machine.bits);
    if readout.is_empty() {
        return Counts::new(vec![(written.into_owned(), shots)]);
    }
    let sampled = machine.state.sample(shots, rng);
    let num_bits = written.len();
    if num_bits > 64 {
        let outcome = |(index, count): (u64, u64)| {
            let mut bits = written.clone().into_owned();
            for &(qubit, bit) in readout {
                bits.set(bit as usize, index >> qubit & 1 == 1);
            }
            (bits, count)
        };
        return Counts::new(sampled.into_iter().map(outcome).collect());
    }
    // Runs of qubits that are read into runs of bits move together: mask, shift, mask.
    let runs = runs(readout);
    let start = written.value(0, num_bits) as u64;
    let outcome = |index: u64| {
        runs.iter().fold(start, |bits, run| {
            let (ones, moved) = (run.mask << run.bit, (index >> run.qubit & run.mask) << run.bit);
            bits & !ones | moved
        })
    };
    let mut outcomes = sampled;
    outcomes.iter_mut().for_each(|(index, _)| *index = outcome(*index));
    Counts::of_integers(num_bits, outcomes)
}

/// Qubits `qubit..` that are read into bits `bit..` of the outcome, as many as `mask` has ones.
struct Run {
    qubit: u32,
    bit: u32,
    mask: u64,
}

fn runs(readout: &[(u32, u32)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &(qubit, bit) in readout {
        if let Some(last) = runs.last_mut() {
            let len = last.mask.count_ones();
            if (qubit, bit) == (last.qubit + len, last.bit + len) {
                last.mask = last.mask << 1 | 1;
                continue;
            }
        }
        runs.push(Run { qubit, bit, mask: 1 });
    }
    runs
}
