//! Rotations, each with a diagonal that acts where its bit is 1: stages of a fast Fourier transform,
//! with any angles. A stage is
//!
//! ```text
//! (a, b) → (p a - q b, w (q a + p b))    for the amplitudes a, b where the bit is 0 and 1
//! (a, b) → (p a - q w b, q a + p w b)    where the diagonal comes first
//! ```
//!
//! The *twiddle factor* w is a product of one factor for each other bit that is 1. Pairs are numbered
//! by the index without the rotated bit; 32 pairs whose numbers differ in the lowest bits are a
//! block, and w = root[lowest bits] · number[block]. Blocks that differ only in bits without a factor
//! share their twiddle factors, which are multiplied out once for all of them.
//!
//! Two stages with p = 1 are one pass over four registers ([`Two`]), others one pass each ([`One`]).

use super::phases::{BLOCK, Block, Prepared};
use super::radix2::One;
use super::radix4::Two;
use super::{Buffer, Isa, Phases, Real, cast};
use num_complex::{Complex, Complex64};
use smallvec::SmallVec;
use std::ops::Range;

const ONE: Complex64 = Complex64::new(1.0, 0.0);

/// Bits of a block's number that share a table.
const LOW: usize = 5;
const HIGH: usize = Phases::MOST_BITS - BLOCK - LOW;

/// A stage.
#[derive(Debug, Clone)]
pub(crate) struct Butterfly {
    /// The rotated bit.
    pub bit: usize,
    /// p + iq.
    pub turn: Complex64,
    /// Whether the diagonal comes before the rotation.
    pub twiddles_first: bool,
    /// The factor of each bit but the rotated one, where it is 1.
    pub factors: [Complex64; Phases::MOST_BITS],
    /// A factor of all pairs.
    pub c: Complex64,
}

/// Stages of a transform prepared for tiles of one size.
pub(crate) struct Stages<T: Real> {
    steps: SmallVec<[Step<T>; Butterfly::MOST]>,
    tile_bits: usize,
}

#[allow(clippy::large_enum_variant)] // without an allocation
enum Step<T: Real> {
    One(One<T>),
    Two(Two<T>),
}

/// The number that each block multiplies its twiddle factors by.
pub(super) struct Numbers<T> {
    /// For the lowest bits of a block's number, and for the others.
    low: [Complex<T>; 1 << LOW],
    high: [Complex<T>; 1 << HIGH],
    /// From which block on they repeat: a power of two.
    pub period: usize,
}

impl<T: Real> Numbers<T> {
    /// The table of the lowest bits of pairs, and the numbers for the other bits.
    pub fn of(c: Complex64, factors: &[Complex64]) -> ([Complex64; 1 << BLOCK], Self) {
        let (root_bits, number_bits) = factors.split_at(BLOCK);
        let (low_bits, high_bits) = number_bits.split_at(number_bits.len().min(LOW));
        let numbers = Numbers {
            low: products::<{ 1 << LOW }>(ONE, low_bits).map(cast),
            high: products::<{ 1 << HIGH }>(ONE, high_bits).map(cast),
            period: number_bits.iter().rposition(|z| *z != ONE).map_or(1, |k| 2 << k),
        };
        (products(c, root_bits), numbers)
    }

    /// That of a block, and another factor.
    #[inline(always)]
    pub fn at(&self, block: usize, c: Complex<T>) -> Complex<T> {
        let h = block & (self.period - 1);
        let (low, high) = (self.low[h % (1 << LOW)], self.high[(h >> LOW) % (1 << HIGH)]);
        times(times(low, high), c)
    }
}

/// The products of factors, for all values of their bits.
fn products<const N: usize>(c: Complex64, factors: &[Complex64]) -> [Complex64; N] {
    let mut table = [c; N];
    for (j, factor) in factors.iter().enumerate() {
        for x in 0..1 << j {
            table[x | 1 << j] = table[x] * factor;
        }
    }
    table
}

#[inline(always)]
fn times<T: Real>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    Complex { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re }
}

impl Butterfly {
    /// The most that are prepared together, on the stack.
    pub const MOST: usize = 12;

    /// The factors of the bits but some, in order.
    pub(super) fn others(&self, bits: usize, without: &[usize]) -> SmallVec<[Complex64; 16]> {
        (0..bits).filter(|k| !without.contains(k)).map(|k| self.factors[k]).collect()
    }
}

impl<T: Real> Stages<T> {
    /// Stages for tiles of `bits` bits, at most [`Phases::MOST_BITS`], in parts of `part_bits`, more
    /// than a block has, and for the registers of an instruction set.
    pub fn new(isa: Isa, list: &[Butterfly], bits: usize, part_bits: usize) -> Self {
        assert!(BLOCK < part_bits && part_bits <= bits && bits <= Phases::MOST_BITS);
        let mut steps = SmallVec::new();
        let mut rest = list;
        while let [first, after @ ..] = rest {
            match after {
                [second, after @ ..] if Two::<T>::fits(isa, first, second, part_bits) => {
                    steps.push(Step::Two(Two::new(first, second, bits)));
                    rest = after;
                }
                _ => {
                    steps.push(Step::One(One::new(isa, first, bits)));
                    rest = after;
                }
            }
        }
        Stages { steps, tile_bits: bits }
    }

    /// Runs on a part of a tile, with another factor of all pairs for each stage.
    pub fn run(&self, isa: Isa, tile: &mut Buffer<T>, numbers: &[Complex64], part: Range<usize>) {
        assert_eq!(tile.len(), 1 << self.tile_bits, "the stages are for other tiles");
        let mut numbers = numbers.iter().map(|z| cast::<T>(*z));
        let mut number = || numbers.next().expect("each stage has a number");
        for step in &self.steps {
            match step {
                Step::One(one) => one.run(isa, tile, number(), part.clone()),
                Step::Two(two) => two.run(isa, tile, [number(), number()], part.clone()),
            }
        }
    }
}

/// The root of pairs, prepared.
pub(super) fn root<T: Real>(table: &[Complex64; 1 << BLOCK], c: Complex64) -> Block<T> {
    Prepared::new(&table.map(|z| z * c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(bit: usize, bits: usize, case: usize) -> Butterfly {
        let turn = if case & 4 == 4 { Complex64::new(0.3, -1.0) } else { Complex64::new(1.0, 0.7) };
        let mut factors = [ONE; Phases::MOST_BITS];
        let has =
            |k: &usize| if case & 2 == 2 { *k < bit } else { !k.is_multiple_of(3) && *k != bit };
        for k in (0..bits).filter(has) {
            factors[k] = Complex64::cis(0.3 + (k + bit) as f64);
        }
        Butterfly { bit, turn, twiddles_first: case & 1 == 1, factors, c: Complex64::cis(0.4) }
    }

    fn apply(stage: &Butterfly, number: Complex64, state: &mut [Complex64], bits: usize) {
        let one = 1 << stage.bit;
        for x in (0..1usize << bits).filter(|x| x & one == 0) {
            let w: Complex64 = (0..bits)
                .filter(|&k| k != stage.bit && x >> k & 1 == 1)
                .map(|k| stage.factors[k])
                .product();
            let w = w * stage.c * number;
            let (a, mut b) = (state[x], state[x | one]);
            if stage.twiddles_first {
                b *= w;
            }
            let Complex { re: p, im: q } = stage.turn;
            (state[x], state[x | one]) = (a * p - b * q, a * q + b * p);
            if !stage.twiddles_first {
                state[x | one] *= w;
            }
        }
    }

    /// Two stages on all pairs of bits of tiles of several sizes, both orders, in parts.
    fn check<T: Real>(tolerance: f64) {
        for bits in [6usize, 7, 8, 11] {
            for pair in 0..bits * bits {
                let pair = [pair / bits, pair % bits];
                for case in 0..8 {
                    let stages = pair.map(|bit| stage(bit, bits, case));
                    let numbers = [-1.1, 0.8].map(Complex64::cis);
                    let start: Vec<Complex64> = (0..1 << bits)
                        .map(|x| Complex64::from_polar(1.0 + (x % 7) as f64 / 7.0, (x * x) as f64))
                        .collect();
                    let mut want = start.clone();
                    for (stage, number) in stages.iter().zip(numbers) {
                        apply(stage, number, &mut want, bits);
                    }
                    let part_bits = (pair[0].max(pair[1]) + 1).max(BLOCK + 1);
                    for &isa in Isa::available() {
                        let mut tile = Buffer::<T>::zeroed(1 << bits).unwrap();
                        tile.iter_mut().zip(&start).for_each(|(z, x)| *z = cast(*x));
                        let stages = Stages::new(isa, &stages, bits, part_bits);
                        for at in (0..1 << bits).step_by(1 << part_bits) {
                            stages.run(isa, &mut tile, &numbers, at..at + (1 << part_bits));
                        }
                        for (z, want) in tile.iter().zip(&want) {
                            let got = Complex64::new(z.re.to_f64(), z.im.to_f64());
                            assert!(
                                (got - want).norm() < tolerance,
                                "{isa}, {pair:?} of {bits}, {case}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn stages_rotate_and_multiply() {
        check::<f64>(1e-13);
        check::<f32>(1e-5);
    }
}
