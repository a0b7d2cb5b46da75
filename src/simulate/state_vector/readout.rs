//! Shots of final measurements, which are set aside at compilation: all from one state.

use super::super::flow::Flow;
use super::super::tally::Tally;
use crate::engine::{Real, StateVector};
use crate::error::Result;
use crate::math::{Bits, Watch};
use rand::Rng;

/// Samples the final measurements of a state, where the classical bits show `written`.
pub(super) fn read_out<T: Real>(
    state: &StateVector<T>,
    flow: &Flow,
    written: &Bits,
    shots: u64,
    rng: &mut impl Rng,
    watch: &Watch,
    tally: &mut Tally,
) -> Result<()> {
    if flow.readout.is_empty() {
        return tally.add(written.clone(), shots);
    }
    let sampled = state.sample_watched(shots, rng, &|| !watch.is_cancelled())?;
    tally_sampled(sampled, state.num_qubits(), flow, written, tally)
}

/// Counts basis states that were sampled as outcomes of the final measurements.
pub(in super::super) fn tally_sampled(
    mut sampled: Vec<(u64, u64)>,
    num_qubits: usize,
    flow: &Flow,
    written: &Bits,
    tally: &mut Tally,
) -> Result<()> {
    let readout = &flow.readout;
    let num_bits = written.len();
    if num_bits > 64 {
        for (index, count) in sampled {
            let mut bits = written.clone();
            for &(qubit, bit) in readout {
                bits.set(bit as usize, index >> qubit & 1 == 1);
            }
            tally.add(bits, count)?;
        }
        return Ok(());
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
    // Where every qubit is read into the bit of its number, the index is the outcome.
    let every = |mask: u64| mask.count_ones() as usize == num_qubits;
    let same = |run: &Run| run.qubit == 0 && run.bit == 0 && every(run.mask);
    if !(runs.len() == 1 && same(&runs[0]) && start & !runs[0].mask == 0) {
        sampled.iter_mut().for_each(|(index, _)| *index = outcome(*index));
    }
    tally.add_integers(sampled)
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
