//! Sampling of measurement outcomes. The shots are divided among blocks of outcomes, then those of a
//! block among its outcomes: a multinomial distribution is a binomial one for each block in turn, of
//! the shots that are left (Devroye, Non-Uniform Random Variate Generation, 1986, XI.1.4). Each block
//! has a stream of random numbers of its own.

use super::guide_table::{draw, draw_few};
use super::index_map::{BLOCK, BLOCK_LOG, IndexMap};
use super::kernel::{self, Real, is_large, with_scratch};
use super::reductions;
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use crate::math::{Meter, list_of, reserve, split};
use num_complex::Complex;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// From this many shots per outcome on, each outcome's number is drawn instead of each shot's
/// outcome.
const MANY: u64 = 32;
/// Fewer shots of a block than this are looked up one by one.
const FEW: u64 = 16;
/// What to do where the outcomes that occurred do not fit.
const HINT: &str = "ask for fewer shots, or measure fewer qubits";

impl<T: Real> StateVector<T> {
    /// Measures all qubits `shots` times, the state being prepared anew for each: the outcomes that
    /// occurred, in ascending order, with their counts. The same generator gives the same counts at
    /// any number of threads. An outcome of probability zero does not occur. The time is bounded by
    /// the number of shots, and by that of outcomes.
    ///
    /// The probabilities are taken relative to the norm. Panics if that is zero or not finite, or
    /// where [`try_sample`](Self::try_sample) has no memory.
    #[track_caller]
    pub fn sample(&self, shots: u64, rng: &mut impl rand::Rng) -> Vec<(u64, u64)> {
        self.try_sample(shots, rng).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`sample`](Self::sample).
    ///
    /// # Errors
    /// If the norm is zero or not finite; [`Error::TooLarge`] if the outcomes that occurred do not
    /// fit.
    pub fn try_sample(&self, shots: u64, rng: &mut impl rand::Rng) -> Result<Vec<(u64, u64)>> {
        self.sample_watched(shots, rng, &|| true)
    }

    /// The same, given up with [`Error::Interrupted`] when `go_on` says no.
    pub(crate) fn sample_watched(
        &self,
        shots: u64,
        rng: &mut impl rand::Rng,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<(u64, u64)>> {
        let len = self.buffer.len();
        let (block_len, large) = (len.min(BLOCK), is_large::<Complex<T>>(len));
        let map = IndexMap::to_places(&self.layout);
        let probabilities = |block: usize, p: &mut [f64]| match &map {
            None => {
                kernel::squares(self.isa, &self.buffer[block * BLOCK..][..block_len], p);
            }
            Some(map) => {
                let (base, in_block) = map.block(block);
                for (p, place) in p.iter_mut().zip(in_block) {
                    *p = reductions::square(self.buffer[(base ^ place) as usize]);
                }
            }
        };
        let sums = reductions::blocks(len / block_len, large, 8, |block| match &map {
            None => kernel::norm(self.isa, &self.buffer[block * BLOCK..][..block_len]),
            Some(_) => with_scratch(block_len, |p| {
                probabilities(block, p);
                p.iter().sum()
            }),
        });
        let blocks = Blocks { block_len, large, sums };
        blocks.sample(probabilities, shots, rng, go_on)
    }
}

/// Draws from a list of probabilities, as [`StateVector::sample`] does from a state.
///
/// # Errors
/// As [`StateVector::try_sample`].
pub(super) fn sample_list(
    list: &[f64],
    shots: u64,
    rng: &mut impl rand::Rng,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<(u64, u64)>> {
    let block_len = list.len().min(BLOCK);
    let sums = list.chunks(block_len).map(|block| block.iter().sum()).collect();
    let blocks = Blocks { block_len, large: is_large::<f64>(list.len()), sums };
    let probabilities = |block: usize, p: &mut [f64]| {
        p.copy_from_slice(&list[block * BLOCK..][..block_len]);
    };
    blocks.sample(probabilities, shots, rng, go_on)
}

/// Outcomes in blocks of the same length, whose probabilities have these sums.
struct Blocks {
    block_len: usize,
    large: bool,
    sums: Vec<f64>,
}

impl Blocks {
    /// Draws; `probabilities` writes those of a block.
    fn sample(
        &self,
        probabilities: impl Fn(usize, &mut [f64]) + Sync,
        shots: u64,
        rng: &mut impl rand::Rng,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<(u64, u64)>> {
        let Blocks { block_len, large, ref sums } = *self;
        let total: f64 = sums.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err(Error::Invalid {
                what: "the norm Σ|a|² of a state that is sampled".into(),
                value: total.to_string(),
                expected: "it must be positive and finite".into(),
            });
        }
        let seed: [u8; 32] = rng.random();
        let mut shares = vec![0; sums.len()];
        divide(shots, sums, rng, &mut shares);
        let what = format!("the list of counts of {shots} shots");
        let meter = Meter::new(&what, HINT);
        let outcomes = |block: usize| {
            let mut rng = ChaCha8Rng::from_seed(seed);
            rng.set_stream(block as u64);
            with_scratch(2 * block_len, |memory| {
                let (p, sums) = memory.split_at_mut(block_len);
                if shares[block] == 0 {
                    return Ok(Drawn::default());
                }
                if !go_on() {
                    return Err(Error::Interrupted);
                }
                probabilities(block, p);
                if shares[block] >= MANY * block_len as u64 {
                    let mut counts = [0; BLOCK];
                    divide(shares[block], p, &mut rng, &mut counts[..block_len]);
                    Drawn::new(&counts[..block_len], shares[block], &meter)
                } else if shares[block] < FEW {
                    Ok(Drawn::few(draw_few(shares[block], p, sums, &mut rng)))
                } else {
                    let mut counts = [0; BLOCK];
                    draw(shares[block], p, sums, &mut rng, &mut counts[..block_len]);
                    Drawn::new(&counts[..block_len], shares[block], &meter)
                }
            })
        };
        let drawn = reductions::blocks(sums.len(), large, 1, outcomes);
        let drawn: Vec<Drawn> = drawn.into_iter().collect::<Result<_>>()?;
        let lens: Vec<usize> = drawn.iter().map(Drawn::len).collect();
        let list = list_of(&what, lens.iter().sum(), HINT)?;
        let part = |block: usize| drawn[block].list((block * BLOCK) as u64);
        Ok(kernel::collect_parts(list, &lens, large, part))
    }
}

/// Divides shots among outcomes with these weights, none to a weight of zero.
fn divide(shots: u64, weights: &[f64], rng: &mut impl rand::Rng, counts: &mut [u64]) {
    // The sum of each weight and those after it, from the end, so that the last has a share of 1.
    let mut rest = vec![0.0; weights.len() + 1];
    for (k, weight) in weights.iter().enumerate().rev() {
        rest[k] = rest[k + 1] + weight;
    }
    let mut left = shots;
    for (k, (weight, count)) in weights.iter().zip(counts).enumerate() {
        if left == 0 {
            break;
        }
        if *weight > 0.0 {
            *count = split(left, [rest[k + 1], *weight], rng);
            left -= *count;
        }
    }
}

/// The outcomes of a block that occurred. Most are kept in few bytes, since memory that is new costs
/// more than drawing.
#[derive(Default)]
struct Drawn {
    /// Counts, and the outcome in the lowest bits.
    short: Vec<u32>,
    /// The same where a count may need more bits.
    long: Vec<(u64, u64)>,
}

impl Drawn {
    fn new<C: Copy + Into<u64>>(counts: &[C], shots: u64, meter: &Meter) -> Result<Self> {
        let counts = counts.iter().map(|count| (*count).into());
        let occurred: usize = counts.clone().map(|count: u64| usize::from(count > 0)).sum();
        let mut drawn = Drawn::default();
        if shots > u64::from(u32::MAX >> BLOCK_LOG) {
            meter.take((occurred * size_of::<(u64, u64)>()) as u64)?;
            reserve(&mut drawn.long, occurred, "the list of counts of many shots", HINT)?;
            let counts = counts.enumerate().filter(|(_, count)| *count > 0);
            drawn.long.extend(counts.map(|(k, count)| (k as u64, count)));
            return Ok(drawn);
        }
        // Each is written and kept or not, for a branch would be a guess; the last may not be kept.
        meter.take((occurred * size_of::<u32>()) as u64)?;
        reserve(&mut drawn.short, occurred + 1, "the list of counts of many shots", HINT)?;
        drawn.short.resize(occurred + 1, 0);
        let mut len = 0;
        for (k, count) in counts.enumerate() {
            drawn.short[len] = (count as u32) << BLOCK_LOG | k as u32;
            len += usize::from(count > 0);
        }
        drawn.short.truncate(occurred);
        Ok(drawn)
    }

    /// Of few shots.
    fn few(outcomes: impl Iterator<Item = u32>) -> Self {
        let mut short: Vec<u32> = outcomes.map(|k| 1 << BLOCK_LOG | k).collect();
        short.sort_unstable();
        short.dedup_by(|next, kept| {
            let equal = *next % BLOCK as u32 == *kept % BLOCK as u32;
            *kept += if equal { 1 << BLOCK_LOG } else { 0 };
            equal
        });
        Drawn { short, long: Vec::new() }
    }

    fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// Outcomes and counts, the block's first outcome being `first`.
    fn list(&self, first: u64) -> impl Iterator<Item = (u64, u64)> {
        let short = self.short.iter().map(|entry| (entry % BLOCK as u32, entry >> BLOCK_LOG));
        let short = short.map(|(k, count)| (u64::from(k), u64::from(count)));
        short.chain(self.long.iter().copied()).map(move |(k, count)| (first + k, count))
    }
}
