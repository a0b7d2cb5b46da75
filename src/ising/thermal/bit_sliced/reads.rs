//! Configurations of replicas to words of bits, and back.

use super::super::initial::Initial;
use super::WORD;
use super::inputs::Places;
use crate::math::Bits;
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
                    transpose(&mut rows);
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

/// Bit j of row i to bit i of row j (H. S. Warren, Hacker's Delight, 2nd edition, section 7-3).
fn transpose(rows: &mut [u64; 64]) {
    let (mut width, mut mask) = (32, u64::MAX >> 32);
    while width > 0 {
        for i in (0..64).filter(|i| i & width == 0) {
            let moved = (rows[i] >> width ^ rows[i + width]) & mask;
            rows[i] ^= moved << width;
            rows[i + width] ^= moved;
        }
        width /= 2;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposes() {
        let rows: [u64; 64] =
            std::array::from_fn(|i| (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut turned = rows;
        transpose(&mut turned);
        for (i, row) in rows.iter().enumerate() {
            for (j, column) in turned.iter().enumerate() {
                assert_eq!(row >> j & 1, column >> i & 1);
            }
        }
    }
}
