//! Configurations of replicas to words of bits, and back.

use super::super::initial::Initial;
use super::WORD;
use super::inputs::Places;
use crate::math::{Bits, transpose_bits};
use std::ops::Range;

impl Places {
    /// The bits that W words from this one on start from, by place, if they are given.
    pub(super) fn start<const W: usize>(
        &self,
        first: u64,
        initial: &Initial,
    ) -> Option<Vec<[u64; W]>> {
        initial.of(0)?;
        let mut start = vec![[0; W]; self.len()];
        for word in 0..W {
            for lane in 0..WORD {
                let bits = initial.of((first + word as u64) * WORD + lane)?;
                for (place, spin) in start.iter_mut().zip(&self.spins) {
                    place[word] |= u64::from(spin.is_some_and(|i| bits.bit(i as usize))) << lane;
                }
            }
        }
        Some(start)
    }

    /// Those reads, of W words from this one on whose bits at each place are given.
    pub(super) fn reads<const W: usize>(
        &self,
        bits: &[[u64; W]],
        first: u64,
        reads: Range<u64>,
    ) -> Vec<Bits> {
        let n = self.spins.iter().flatten().count();
        let mut place_of = vec![0; n];
        for (place, spin) in self.spins.iter().enumerate() {
            if let Some(spin) = spin {
                place_of[*spin as usize] = place;
            }
        }
        let chunks: Vec<[[u64; 64]; W]> = place_of
            .chunks(64)
            .map(|places| {
                std::array::from_fn(|word| {
                    let mut rows = [0; 64];
                    for (row, &place) in rows.iter_mut().zip(places) {
                        *row = bits[place][word];
                    }
                    transpose_bits(&mut rows);
                    rows
                })
            })
            .collect();
        let mut words = vec![0; chunks.len()];
        reads
            .map(|read| {
                let (word, lane) = ((read / WORD - first) as usize, (read % WORD) as usize);
                for (to, chunk) in words.iter_mut().zip(&chunks) {
                    *to = chunk[word][lane];
                }
                Bits::from_words(&words, n)
            })
            .collect()
    }
}
