//! Sweeps of Metropolis flips over words of 64 replicas.

use super::coin::{self, Coins};
use super::counter::count;
use super::inputs::{Block, Blocks, PLANES, Places};
use super::order::SLOTS;
use super::random::Generators;
use crate::error::Result;
use crate::ising::compact;
use crate::ising::thermal::beta::Betas;
use crate::math::{Streams, Vectorized, Watch};

/// Blocks between two looks at the watch.
const PATIENCE: usize = 4096;

/// W words of replicas that are annealed together: S places of each at once, as the L = S W lanes of
/// a vector.
pub(super) struct Anneal<'a, const S: usize, const W: usize, const L: usize> {
    pub places: &'a Places,
    pub blocks: &'a Blocks<S>,
    pub streams: &'a Streams,
    /// The number of the first word.
    pub first: u64,
    /// Bits to start from, by place.
    pub start: Option<Vec<[u64; W]>>,
    /// In units of 1/energy.
    pub betas: Betas,
    /// The energy that levels of a flip's cost are apart by.
    pub step: f64,
    pub watch: &'a Watch,
    /// Reads that are asked for.
    pub used: u64,
}

/// The bits of all places and their opposites, and the generators.
struct State<const W: usize, const L: usize> {
    spins: Vec<[u64; W]>,
    generators: [Generators<L>; SLOTS],
}

impl<const S: usize, const W: usize, const L: usize> Anneal<'_, S, W, L> {
    fn state(&self) -> State<W, L> {
        const { assert!(S * W == L) };
        let half = self.places.half;
        // Lane s W + w has place s of word w; the place's slot is its own modulo 8.
        let mut generators = std::array::from_fn(|group| {
            let slot = |lane: usize| ((group * S + lane / W) % SLOTS) as u64;
            Generators::<L>::new(self.streams, |lane| {
                SLOTS as u64 * (self.first + (lane % W) as u64) + slot(lane)
            })
        });
        let mut spins = vec![[0; W]; 2 * half];
        for block in 0..self.places.len() / S {
            let drawn = generators[block % (SLOTS / S)].draw();
            for lane in 0..L {
                spins[block * S + lane / W][lane % W] = drawn[lane];
            }
        }
        if let Some(start) = &self.start {
            spins[..start.len()].copy_from_slice(start);
        }
        for place in 0..half {
            spins[half + place] = spins[place].map(|word| !word);
        }
        State { spins, generators }
    }
}

impl<const S: usize, const W: usize, const L: usize> Vectorized for Anneal<'_, S, W, L> {
    /// The bits at the end, by place.
    type Output = Result<Vec<[u64; W]>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut state = self.state();
        let planes = self.blocks.blocks.iter().map(|block| block.planes).max().unwrap_or(1);
        let mut coins = Coins::new(planes.div_ceil(2));
        let mut inputs = vec![[0; L]; if S == 1 { 0 } else { self.blocks.most }];
        let mut carries = vec![[0; L]; self.blocks.most / 2 + 1];
        let mut last = f64::NAN;
        for sweep in 0..self.betas.sweeps {
            let beta = self.betas.at(sweep);
            let is_doubting = compact::is_doubting(sweep);
            if beta != last {
                coins.set(beta * self.step);
                last = beta;
            }
            for blocks in self.blocks.blocks.chunks(PATIENCE) {
                self.watch.check()?;
                for block in blocks {
                    self.update(block, &mut state, &coins, is_doubting, &mut inputs, &mut carries);
                }
            }
            self.watch.add_passes(self.used);
        }
        state.spins.truncate(self.places.len());
        Ok(state.spins)
    }
}

impl<const S: usize, const W: usize, const L: usize> Anneal<'_, S, W, L> {
    /// Looks at a flip of each spin of a block in all replicas, each taken with probability min(1, e^-βΔE)
    /// (Metropolis et al., J. Chem. Phys. 21, 1087 (1953)); in a sweep that doubts, with ½ where it costs
    /// nothing.
    #[inline(always)]
    fn update(
        &self,
        block: &Block<S>,
        state: &mut State<W, L>,
        coins: &Coins,
        is_doubting: bool,
        inputs: &mut [[u64; L]],
        carries: &mut [[u64; L]],
    ) {
        let (spins, half) = (&mut state.spins[..], self.places.half);
        let mine = &self.blocks.inputs[block.start..];
        let counts = &block.counts[..block.planes];
        let mut planes = [[0; L]; PLANES];
        if S == 1 {
            count(|k| gather(spins, &mine[k]), counts, carries, &mut planes);
        } else {
            // Gathered first: else the additions are not made into vector instructions.
            for (input, numbers) in inputs.iter_mut().zip(mine).take(block.len()) {
                *input = gather(spins, numbers);
            }
            count(|k| inputs[k], counts, carries, &mut planes);
        }
        let (mut own, mut odd) = ([0; L], [0; L]);
        for lane in 0..L {
            own[lane] = spins[block.place + lane / W][lane % W];
            odd[lane] = block.odd[lane / W];
        }
        for plane in &mut planes[..block.planes] {
            for lane in 0..L {
                plane[lane] ^= own[lane];
            }
        }
        // Uphill, or level.
        let digits = block.planes - 1;
        let mut alive = [0; L];
        for lane in 0..L {
            alive[lane] = !planes[digits][lane];
        }
        let uphill = alive;
        planes[digits] = [0; L];
        let group = block.place / S % (SLOTS / S);
        let mut generators = state.generators[group];
        if is_doubting {
            let mut level = uphill;
            for lane in 0..L {
                level[lane] &= block.even[lane / W];
            }
            for plane in &planes[..digits] {
                for lane in 0..L {
                    level[lane] &= !plane[lane];
                }
            }
            coin::toss_fair(level, &mut alive, &mut generators);
        }
        if self.places.even {
            for digit in (0..digits.div_ceil(2)).rev() {
                let both = [planes[2 * digit], planes[2 * digit + 1]];
                coins.toss(digit, both, &mut alive, &mut generators);
            }
        } else {
            for digit in (1..(digits + 1).div_ceil(2)).rev() {
                let both = [planes[2 * digit - 1], planes[2 * digit]];
                coins.toss(digit, both, &mut alive, &mut generators);
            }
            coins.toss(0, [odd, planes[0]], &mut alive, &mut generators);
        }
        state.generators[group] = generators;
        for lane in 0..L {
            let flips = alive[lane] | !uphill[lane];
            let place = block.place + lane / W;
            spins[place][lane % W] = own[lane] ^ flips;
            spins[half + place][lane % W] = !(own[lane] ^ flips);
        }
    }
}

#[inline(always)]
fn gather<const S: usize, const W: usize, const L: usize>(
    spins: &[[u64; W]],
    numbers: &[u32; S],
) -> [u64; L] {
    let mut out = [0; L];
    for (lane, out) in out.iter_mut().enumerate() {
        *out = spins[numbers[lane / W] as usize][lane % W];
    }
    out
}
