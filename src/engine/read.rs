//! Distributions of measurement outcomes: marginals, the most probable states.

use super::index_map::{BLOCK, IndexMap};
use super::kernel::{self, Real, is_large, with_scratch};
use super::reductions;
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use crate::math::{Meter, list_of, too_large};
use num_complex::Complex;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// log2 of the most partial tables of a marginal.
const MAX_PARTS_LOG: usize = 6;

impl<T: Real> StateVector<T> {
    /// Distribution of the outcomes of measuring some qubits: 2^k probabilities, `qubits[0]` being
    /// the least significant bit of the index. Panics if a qubit does not exist or is repeated, or
    /// where [`try_marginal`](Self::try_marginal) has no memory.
    #[track_caller]
    pub fn marginal(&self, qubits: &[usize]) -> Vec<f64> {
        self.try_marginal(qubits).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`marginal`](Self::marginal); it panics as that does, but returns [`Error::TooLarge`] if
    /// the probabilities do not fit.
    #[track_caller]
    pub fn try_marginal(&self, qubits: &[usize]) -> Result<Vec<f64>> {
        let mut seen = 0u64;
        for &qubit in qubits {
            self.check_qubit(qubit);
            if seen >> qubit & 1 == 1 {
                panic!("{}", Error::RepeatedQubit { qubit, operation: "marginal".into() });
            }
            seen |= 1 << qubit;
        }
        if qubits.len() == self.num_qubits() && qubits.iter().enumerate().all(|(i, &q)| i == q) {
            return self.try_probabilities();
        }
        // Each part of the state fills a table of its own; the tables are added in order. The number
        // of parts depends on the sizes alone, and the tables are never larger than the state.
        let num_blocks = self.buffer.len().div_ceil(BLOCK);
        let parts_log =
            MAX_PARTS_LOG.min(self.num_qubits() - qubits.len()).min(num_blocks.ilog2() as usize);
        let blocks_per_part = num_blocks >> parts_log;
        let (map, keep) = IndexMap::to_bits(&self.layout, qubits);
        let block_len = self.buffer.len().min(BLOCK);
        let what = format!("the list of the probabilities of {} qubits", qubits.len());
        let part = |part: usize| -> Result<Vec<f64>> {
            let mut table = list_of(&what, 1 << qubits.len(), "ask for fewer qubits")?;
            table.resize(1 << qubits.len(), 0.0);
            with_scratch(block_len, |p| {
                for block in part * blocks_per_part..(part + 1) * blocks_per_part {
                    let (base, bits) = map.block(block);
                    kernel::squares(self.isa, &self.buffer[block * BLOCK..][..block_len], p);
                    let kept = kernel::fold(self.isa, p, keep);
                    for (p, bits) in p[..kept].iter().zip(bits) {
                        table[(base ^ bits) as usize] += p;
                    }
                }
            });
            Ok(table)
        };
        let large = is_large::<Complex<T>>(self.buffer.len());
        let mut parts = reductions::blocks(1 << parts_log, large, 1, part).into_iter();
        let mut sum = parts.next().expect("there is at least one part")?;
        for table in parts {
            sum.iter_mut().zip(table?).for_each(|(sum, p)| *sum += p);
        }
        Ok(sum)
    }

    /// The `k` most probable basis states with their probabilities, most probable first, equal ones
    /// by index; fewer if there are fewer of nonzero probability. Panics where
    /// [`try_top`](Self::try_top) has no memory.
    #[track_caller]
    pub fn top(&self, k: usize) -> Vec<(u64, f64)> {
        self.try_top(k).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`top`](Self::top). [`Error::TooLarge`] if the list does not fit.
    pub fn try_top(&self, k: usize) -> Result<Vec<(u64, f64)>> {
        let what = "the list of the most probable basis states";
        let hint = "ask for fewer of them";
        let meter = Meter::new(what, hint);
        let num_blocks = self.buffer.len().div_ceil(BLOCK);
        let block_len = self.buffer.len().min(BLOCK);
        let map = IndexMap::to_places(&self.layout);
        // The best of 64 blocks at a time, so that the heaps are few.
        let part_blocks = num_blocks.min(64);
        let part = |part: usize| -> Result<Vec<Candidate>> {
            // The worst candidate on top.
            let mut best: BinaryHeap<Candidate> = BinaryHeap::new();
            // What a probability must exceed, so that most indices cost one comparison. Indices
            // ascend, so of equal ones the first stays.
            let mut threshold = 0.0;
            with_scratch(block_len, |p| -> Result<()> {
                for block in part * part_blocks..(part + 1) * part_blocks {
                    let first = block * BLOCK;
                    let largest = match &map {
                        None => kernel::squares(self.isa, &self.buffer[first..][..block_len], p),
                        Some(map) => {
                            let (base, in_block) = map.block(block);
                            let mut largest = 0.0f64;
                            for (p, place) in p.iter_mut().zip(in_block) {
                                *p = reductions::square(self.buffer[(base ^ place) as usize]);
                                largest = largest.max(*p);
                            }
                            largest
                        }
                    };
                    if largest <= threshold {
                        continue;
                    }
                    // What a block can add is asked for first.
                    let room = block_len.min(k.saturating_add(1).saturating_sub(best.len()));
                    meter.take((room * size_of::<Candidate>()) as u64)?;
                    let fits = best.try_reserve(room).is_ok();
                    let refusal = || {
                        let needed = 2 * (best.len() + room) * size_of::<Candidate>();
                        too_large(what, needed as u128, |_| (None, hint.into()))
                    };
                    if !fits {
                        return Err(refusal());
                    }
                    for (i, &p) in p.iter().enumerate() {
                        if p > threshold {
                            best.push(Candidate((first + i) as u64, p));
                            if best.len() > k {
                                best.pop();
                            }
                            if best.len() == k {
                                threshold = best.peek().map_or(f64::INFINITY, |worst| worst.1);
                            }
                        }
                    }
                }
                Ok(())
            })?;
            Ok(best.into_vec())
        };
        let large = is_large::<Complex<T>>(self.buffer.len());
        let parts = reductions::blocks(num_blocks / part_blocks, large, 1, part);
        let parts: Vec<Vec<Candidate>> = parts.into_iter().collect::<Result<_>>()?;
        let mut best: Vec<(u64, f64)> = list_of(what, parts.iter().map(Vec::len).sum(), hint)?;
        for part in parts {
            best.extend(part.into_iter().map(|Candidate(i, p)| (i, p)));
        }
        best.sort_unstable_by_key(|&(i, p)| Candidate(i, p));
        best.truncate(k);
        Ok(best)
    }
}

/// A basis state and its probability; the more probable one is less, so that it sorts first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate(u64, f64);

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        other.1.total_cmp(&self.1).then(self.0.cmp(&other.0))
    }
}
