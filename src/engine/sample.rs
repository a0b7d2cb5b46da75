//! Sampling of measurement outcomes: sorted uniforms and one merge with the running sum of the
//! probabilities. No table is built, and the state is read in order.

use super::index_map::{BLOCK, IndexMap};
use super::kernel::{Real, is_large};
use super::reduce;
use super::state_vector::StateVector;
use num_complex::Complex;
use rand::RngExt;
use rayon::prelude::*;

/// At most this many uniforms are held at once.
const BATCH: u64 = 1 << 22;

impl<T: Real> StateVector<T> {
    /// Measures all qubits `shots` times, the state being prepared anew for each: the outcomes that
    /// occurred, in ascending order, with their counts. The same generator gives the same counts at
    /// any number of threads. An outcome of probability zero does not occur.
    ///
    /// The probabilities are taken relative to the norm. Panics if that is zero or not finite.
    #[track_caller]
    pub fn sample(&self, shots: u64, rng: &mut impl rand::Rng) -> Vec<(u64, u64)> {
        let sampler = Sampler::new(self);
        let mut counts = Vec::new();
        let mut left = shots;
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            let new = sampler.batch(batch as usize, rng);
            counts = if counts.is_empty() { new } else { merged(&counts, &new) };
        }
        counts
    }
}

/// A state and the probabilities of its blocks.
struct Sampler<'a, T: Real> {
    state: &'a StateVector<T>,
    map: Option<IndexMap>,
    /// Sum of the probabilities before each block, and of all.
    before: Vec<f64>,
    large: bool,
}

impl<'a, T: Real> Sampler<'a, T> {
    #[track_caller]
    fn new(state: &'a StateVector<T>) -> Self {
        let len = state.buffer.len();
        let large = is_large::<Complex<T>>(len);
        let mut sampler =
            Sampler { state, map: IndexMap::to_places(&state.layout), before: vec![0.0], large };
        let sums = reduce::blocks(len.div_ceil(BLOCK), large, 4, |block| match &sampler.map {
            None => reduce::norm_of(sampler.plain(block)),
            Some(_) => {
                let mut sum = 0.0;
                sampler.walk(block, |_, p| {
                    sum += p;
                    true
                });
                sum
            }
        });
        let mut total = 0.0;
        for sum in sums {
            total += sum;
            sampler.before.push(total);
        }
        assert!(total > 0.0 && total.is_finite(), "a state of norm {total} cannot be sampled");
        sampler
    }

    fn plain(&self, block: usize) -> &[Complex<T>] {
        let first = block * BLOCK;
        &self.state.buffer[first..self.state.buffer.len().min(first + BLOCK)]
    }

    /// Calls `visit(index, probability)` for the block's indices in order, until it says no.
    fn walk(&self, block: usize, mut visit: impl FnMut(u64, f64) -> bool) {
        let first = (block * BLOCK) as u64;
        match &self.map {
            None => {
                for (i, a) in self.plain(block).iter().enumerate() {
                    if !visit(first + i as u64, reduce::square(*a)) {
                        return;
                    }
                }
            }
            Some(map) => {
                let (base, in_block) = map.block(block);
                for (i, place) in in_block.iter().enumerate() {
                    let a = self.state.buffer[(base ^ place) as usize];
                    if !visit(first + i as u64, reduce::square(a)) {
                        return;
                    }
                }
            }
        }
    }

    /// The outcomes of `shots` ≥ 1 shots.
    fn batch(&self, shots: usize, rng: &mut impl rand::Rng) -> Vec<(u64, u64)> {
        let total = self.before[self.before.len() - 1];
        let uniforms = sorted_uniforms(shots, total, rng, self.large);
        let num_blocks = self.before.len() - 1;
        // Uniforms at or past the total (by rounding) belong to the last block that can occur.
        let last = (0..num_blocks).rev().find(|&b| self.before[b] < self.before[b + 1]);
        let last = last.expect("the total is positive");
        let first_of = |block: usize| match block {
            0 => 0,
            b if b > last => shots,
            b => uniforms.partition_point(|&u| u < self.before[b]),
        };
        let of = |block: usize| {
            let mine = &uniforms[first_of(block)..first_of(block + 1)];
            self.merge(block, mine)
        };
        reduce::blocks(num_blocks, self.large, 4, of).concat()
    }

    /// Counts of one block, for its sorted uniforms.
    fn merge(&self, block: usize, mut uniforms: &[f64]) -> Vec<(u64, u64)> {
        let mut counts = Vec::new();
        if uniforms.is_empty() {
            return counts;
        }
        let before = self.before[block];
        let (mut sum, mut last_possible) = (0.0, 0);
        self.walk(block, |index, p| {
            if p > 0.0 {
                last_possible = index;
                sum += p;
                let mut count = 0;
                while let [first, rest @ ..] = uniforms
                    && *first - before < sum
                {
                    uniforms = rest;
                    count += 1;
                }
                if count > 0 {
                    counts.push((index, count));
                }
            }
            !uniforms.is_empty()
        });
        // The running sum ended below a uniform by rounding.
        if !uniforms.is_empty() {
            match counts.last_mut() {
                Some((index, count)) if *index == last_possible => *count += uniforms.len() as u64,
                _ => counts.push((last_possible, uniforms.len() as u64)),
            }
        }
        counts
    }
}

/// `shots` independent uniforms in [0, total), sorted: with exponential spacings E, the sums of the
/// first k of them over the sum of all n + 1 are distributed as the order statistics of n uniforms
/// (Devroye, Non-Uniform Random Variate Generation, 1986, V.3.1).
fn sorted_uniforms(shots: usize, total: f64, rng: &mut impl rand::Rng, large: bool) -> Vec<f64> {
    let mut values: Vec<f64> = (0..shots).map(|_| rng.random::<f64>()).collect();
    let exponential = |u: f64| -(1.0 - u).ln();
    if large {
        values
            .par_chunks_mut(1 << 14)
            .for_each(|c| c.iter_mut().for_each(|u| *u = exponential(*u)));
    } else {
        values.iter_mut().for_each(|u| *u = exponential(*u));
    }
    let mut sum = 0.0;
    for value in &mut values {
        sum += *value;
        *value = sum;
    }
    sum += exponential(rng.random());
    let scale = if sum > 0.0 { total / sum } else { 0.0 };
    values.iter_mut().for_each(|value| *value *= scale);
    values
}

/// Two sorted lists of counts as one.
fn merged(a: &[(u64, u64)], b: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut out = Vec::with_capacity(a.len().max(b.len()));
    let (mut a, mut b) = (a, b);
    loop {
        match (a, b) {
            ([], rest) | (rest, []) => {
                out.extend_from_slice(rest);
                return out;
            }
            ([(i, n), rest_a @ ..], [(j, m), rest_b @ ..]) => {
                if i == j {
                    out.push((*i, n + m));
                } else {
                    out.push(if i < j { (*i, *n) } else { (*j, *m) });
                }
                a = if i <= j { rest_a } else { a };
                b = if j <= i { rest_b } else { b };
            }
        }
    }
}
