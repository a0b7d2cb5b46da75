//! Simulated annealing of 64 replicas in the bits of a word, for models with small whole coefficients.
//!
//! Bit k of a spin's word is the spin of replica k. What a flip costs is added up in binary digits by
//! carry-save adders, for all replicas at once, and taken with probability e^-βΔE as the product of
//! the probabilities of its base-4 digits, each a coin that is tossed bit by bit until all are decided.
//! So every replica has random numbers of its own: replicas that share one are nearly copies of one
//! another (a word of 64 is then worth a few reads).
//!
//! A word is always annealed whole, and draws from 8 generators of its own: the spin at place p of the
//! sweep's order from number p modulo 8. Spins go class by class, none coupled to another of its class, so
//! several places may be updated at once, or several words: a vector of L words holds S places of L/S
//! words, which changes nothing but the time.

mod coin;
mod counter;
mod inputs;
mod integers;
mod kernel;
mod order;
mod random;
mod reads;

use super::beta::Betas;
use super::initial::Initial;
use crate::error::Result;
use crate::ising::Ising;
use crate::math::{Bits, Isa, Streams, Watch, vectorized};
use inputs::{Blocks, Places};
use kernel::Anneal;
use std::sync::OnceLock;

/// Replicas of a word.
pub(super) const WORD: u64 = 64;

/// A model whose coefficients are small multiples of a number, laid out for the kernels.
pub(super) struct BitSliced {
    places: Places,
    unit: f64,
    /// Whether most places are empty.
    is_dense: bool,
    by_one: OnceLock<Blocks<1>>,
    by_two: OnceLock<Blocks<2>>,
    by_four: OnceLock<Blocks<4>>,
    by_eight: OnceLock<Blocks<8>>,
}

/// Consecutive reads, how they are annealed, and who may stop it.
pub(super) struct Group<'a> {
    pub streams: &'a Streams,
    pub first: u64,
    pub used: u64,
    /// In units of 1/energy.
    pub betas: Betas,
    pub initial: &'a Initial,
    pub watch: &'a Watch,
    pub isa: Isa,
}

impl BitSliced {
    /// Whether a model is annealed so.
    pub fn takes(model: &Ising) -> bool {
        integers::unit(model).is_some()
    }

    /// The model laid out, if it is annealed so.
    pub fn new(model: &Ising) -> Option<Self> {
        let unit = integers::unit(model)?;
        let places = Places::new(model, unit, order::places(model));
        let is_dense = places.len() > 3 * model.num_spins();
        let (by_one, by_two, by_four, by_eight) = Default::default();
        Some(BitSliced { places, unit, is_dense, by_one, by_two, by_four, by_eight })
    }

    /// Bytes that it takes, and a thread's.
    pub fn bytes(model: &Ising) -> u128 {
        let (n, m) = (model.num_spins() as u128, model.couplings().len() as u128);
        1024 * n + 256 * m
    }

    /// Anneals the words of which reads are asked for, and returns those reads at the end.
    pub fn anneal(&self, group: &Group<'_>) -> Result<Vec<Bits>> {
        let (mut word, end) = (group.first / WORD, (group.first + group.used).div_ceil(WORD));
        let mut found = Vec::with_capacity(group.used as usize);
        while word < end {
            let words = 1 << (end - word).min(8).ilog2();
            found.extend(match words {
                // Many classes of few spins: most places would be empty.
                1 if self.is_dense => self.words::<1, 1, 1>(&self.by_one, group, word),
                2 if self.is_dense => self.words::<1, 2, 2>(&self.by_one, group, word),
                4 if self.is_dense => self.words::<1, 4, 4>(&self.by_one, group, word),
                1 => self.words::<8, 1, 8>(&self.by_eight, group, word),
                2 => self.words::<4, 2, 8>(&self.by_four, group, word),
                4 if group.isa == Isa::Avx512 => self.words::<2, 4, 8>(&self.by_two, group, word),
                // A register of a smaller set: to gather for two places costs more.
                4 => self.words::<1, 4, 4>(&self.by_one, group, word),
                _ => self.words::<1, 8, 8>(&self.by_one, group, word),
            }?);
            word += words;
        }
        Ok(found)
    }

    /// Anneals W words from this one on, S places at once.
    fn words<const S: usize, const W: usize, const L: usize>(
        &self,
        blocks: &OnceLock<Blocks<S>>,
        group: &Group<'_>,
        first: u64,
    ) -> Result<Vec<Bits>> {
        let all = first * WORD..(first + W as u64) * WORD;
        let reads = all.start.max(group.first)..all.end.min(group.first + group.used);
        let start = self.places.start(first, group.initial);
        let anneal = Anneal::<S, W, L> {
            places: &self.places,
            blocks: blocks.get_or_init(|| Blocks::new(&self.places)),
            streams: group.streams,
            first,
            start,
            betas: group.betas,
            step: self.unit * self.places.step(),
            watch: group.watch,
            used: reads.end - reads.start,
        };
        Ok(self.places.reads(&vectorized(group.isa, anneal)?, first, reads))
    }
}

#[cfg(test)]
mod tests;
