//! Samples of outcomes, packed.

use super::bit_matrix::BitMatrix;
use super::outcomes::OutcomeSpace;
use super::row::{self, isa};
use crate::error::{Error, Result};
use crate::math::{
    Bits, Domain, LaneRng, Streams, Vectorized, Watch, check_memory, for_each_in_order, threads,
    vectorized,
};

/// Shots that share a stream of random numbers. A shot depends on the seed and on its number alone.
const BLOCK: usize = 1024;

/// Random bits come from so many generators side by side, 32 bits each.
const GENERATORS: usize = 16;

/// Fewer shots than this of a block are summed string by string: a table of 256 sums does not pay.
const FEW: usize = 48;

/// Samples, shot by shot, each packed in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedShots {
    shots: usize,
    num_bits: usize,
    /// Words of a shot.
    stride: usize,
    words: Vec<u64>,
}

impl PackedShots {
    /// Number of shots.
    pub fn len(&self) -> usize {
        self.shots
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shots == 0
    }

    /// Number of bits of a shot.
    pub fn num_bits(&self) -> usize {
        self.num_bits
    }

    /// Bit k of a shot.
    ///
    /// # Panics
    /// If there is no such shot or bit.
    #[track_caller]
    pub fn bit(&self, shot: usize, k: usize) -> bool {
        assert!(k < self.num_bits, "bit {k} of {}", self.num_bits);
        row::bit(self.row(shot), k)
    }

    /// The bits of a shot, 64 in a word, bit 0 least significant; bits past the last are 0.
    ///
    /// # Panics
    /// If there is no such shot.
    #[track_caller]
    pub fn row(&self, shot: usize) -> &[u64] {
        assert!(shot < self.shots, "shot {shot} of {}", self.shots);
        &self.words[shot * self.stride..(shot + 1) * self.stride]
    }

    /// A shot as a bit string.
    ///
    /// # Panics
    /// If there is no such shot.
    #[track_caller]
    pub fn bits(&self, shot: usize) -> Bits {
        Bits::from_words(self.row(shot), self.num_bits)
    }

    /// The rows of all shots in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> + '_ {
        (0..self.shots).map(|shot| self.row(shot))
    }
}

impl OutcomeSpace {
    /// Independent samples. Shot i depends on the seed and on i alone: not on the number of shots or
    /// threads. Runs on the threads of the current pool.
    ///
    /// The bits at pivots are drawn; eight basis strings at a time, a table of their 256 sums gives the
    /// others. Costs at most m·r/512 words a shot, nothing but the random bits where all are pivots;
    /// memory is m/8 bytes a shot.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if there is no memory for the shots.
    pub fn sample(&self, shots: usize, seed: u64) -> Result<PackedShots> {
        self.sample_watched(shots, seed, &Watch::default())
    }

    /// As [`OutcomeSpace::sample`], counting blocks of 1024 shots as rows of a watch.
    ///
    /// # Errors
    /// As there; [`Error::Interrupted`] if the watch is cancelled before the end.
    pub fn sample_watched(&self, shots: usize, seed: u64, watch: &Watch) -> Result<PackedShots> {
        let stride = self.num_bits.div_ceil(64).max(1);
        let len = stride.checked_mul(shots).filter(|len| *len <= isize::MAX as usize / 8);
        let what = format_args!("{shots} shots of {} bits", self.num_bits);
        let needed = 8 * stride as u128 * shots as u128;
        check_memory(what, needed, |available| {
            (None, format!("take at most {} shots", available / (8 * stride as u128)))
        })?;
        let Some(len) = len else {
            return Err(Error::Invalid {
                what: "the number of shots".into(),
                value: shots.to_string(),
                expected: "take fewer".into(),
            });
        };
        let mut words = vec![0; len];
        let plan = Plan::new(self, seed);
        let blocks = words.chunks_mut(BLOCK * stride);
        let count = blocks.len();
        let mut workers = vec![(); threads().min(count).max(1)];
        let finished =
            for_each_in_order(&mut workers, (count, blocks), 8, watch, |(), number, block| {
                vectorized(isa(), Block { plan: &plan, number, words: block });
                Ok(())
            })?;
        if finished.contains(&false) {
            return Err(Error::Interrupted);
        }
        Ok(PackedShots { shots, num_bits: self.num_bits, stride, words })
    }
}

/// What all blocks need.
struct Plan<'a> {
    basis: &'a BitMatrix,
    pivots: &'a [u32],
    offset: Vec<u64>,
    /// The bits that are drawn.
    drawn: Vec<u64>,
    /// Of each byte of an outcome with pivots whose strings have other bits: the byte's number, the
    /// places of its pivots, the words that those other bits are in.
    bytes: Vec<Byte>,
    streams: Streams,
}

struct Byte {
    number: usize,
    strings: std::ops::Range<usize>,
    words: std::ops::Range<usize>,
}

impl<'a> Plan<'a> {
    fn new(space: &'a OutcomeSpace, seed: u64) -> Self {
        let (basis, pivots) = (&space.basis, &space.pivots[..]);
        let offset: Vec<u64> = space.offset.words().collect();
        let mut drawn = vec![0; offset.len()];
        pivots.iter().for_each(|&p| drawn[p as usize / 64] |= 1 << (p % 64));
        let mut bytes = vec![];
        let mut start = 0;
        for same in pivots.chunk_by(|a, b| a / 8 == b / 8) {
            let strings = start..start + same.len();
            start = strings.end;
            let others = |w: &usize| strings.clone().any(|j| basis.row(j)[*w] & !drawn[*w] != 0);
            let mut with = (0..offset.len()).filter(others);
            if let Some(first) = with.next() {
                let words = first..with.next_back().unwrap_or(first) + 1;
                bytes.push(Byte { number: same[0] as usize / 8, strings, words });
            }
        }
        let streams = Streams::new(seed, Domain::Stabilizer);
        Plan { basis, pivots, offset, drawn, bytes, streams }
    }
}

/// The shots of one block.
struct Block<'a> {
    plan: &'a Plan<'a>,
    number: usize,
    words: &'a mut [u64],
}

impl Vectorized for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (plan, words) = (self.plan, self.words);
        let stride = plan.offset.len();
        draw(&plan.streams, self.number, words);
        for row in words.chunks_exact_mut(stride) {
            for (word, drawn) in row.iter_mut().zip(&plan.drawn) {
                *word &= drawn;
            }
        }
        if words.len() < FEW * stride {
            words.chunks_exact_mut(stride).for_each(|row| plan.add_one_by_one(row));
        } else {
            let mut table = vec![];
            for byte in &plan.bytes {
                let mut first = byte.words.start;
                while first < byte.words.end {
                    first += match byte.words.end - first {
                        8.. => plan.add_by_table::<8>(byte, first, words, &mut table),
                        4.. => plan.add_by_table::<4>(byte, first, words, &mut table),
                        2.. => plan.add_by_table::<2>(byte, first, words, &mut table),
                        _ => plan.add_by_table::<1>(byte, first, words, &mut table),
                    };
                }
            }
        }
        for row in words.chunks_exact_mut(stride) {
            row.iter_mut().zip(&plan.offset).for_each(|(word, offset)| *word ^= offset);
        }
    }
}

/// Fills words with random bits, the first ones the same however many there are.
#[inline(always)]
fn draw(streams: &Streams, number: usize, words: &mut [u64]) {
    let mut random = LaneRng::<GENERATORS>::new(streams, (number * GENERATORS) as u64);
    for chunk in words.chunks_mut(GENERATORS / 2) {
        let bits = random.draw();
        for (k, word) in chunk.iter_mut().enumerate() {
            *word = u64::from(bits[2 * k]) | u64::from(bits[2 * k + 1]) << 32;
        }
    }
}

impl Plan<'_> {
    /// Adds the other bits of the strings whose pivots are in a shot.
    #[inline(always)]
    fn add_one_by_one(&self, shot: &mut [u64]) {
        for byte in &self.bytes {
            for j in byte.strings.clone() {
                if row::bit(shot, self.pivots[j] as usize) {
                    let words = byte.words.clone();
                    let string = &self.basis.row(j)[words.clone()];
                    let drawn = &self.drawn[words.clone()];
                    for ((to, from), drawn) in shot[words].iter_mut().zip(string).zip(drawn) {
                        *to ^= from & !drawn;
                    }
                }
            }
        }
    }

    /// The same for N words of every shot, by the sums of a byte's strings; returns N.
    #[inline(always)]
    fn add_by_table<const N: usize>(
        &self,
        byte: &Byte,
        first: usize,
        shots: &mut [u64],
        table: &mut Vec<u64>,
    ) -> usize {
        let stride = self.offset.len();
        table.clear();
        table.resize(256 * N, 0);
        let (table, _) = table.as_chunks_mut::<N>();
        let mut strings = byte.strings.clone().peekable();
        for bit in 0..8 {
            let pivot = (8 * byte.number + bit) as u32;
            let mut string = [0; N];
            if let Some(j) = strings.next_if(|&j| self.pivots[j] == pivot) {
                for (k, word) in string.iter_mut().enumerate() {
                    *word = self.basis.row(j)[first + k] & !self.drawn[first + k];
                }
            }
            // A bit that is no pivot adds nothing.
            for i in 0..1 << bit {
                for k in 0..N {
                    table[1 << bit | i][k] = table[i][k] ^ string[k];
                }
            }
        }
        let (word, shift) = (byte.number / 8, 8 * (byte.number % 8));
        for shot in shots.chunks_exact_mut(stride) {
            let sum = &table[usize::from((shot[word] >> shift) as u8)];
            let (to, _) = shot[first..].as_chunks_mut::<N>();
            for k in 0..N {
                to[0][k] ^= sum[k];
            }
        }
        N
    }
}
