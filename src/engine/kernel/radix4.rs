//! Two stages of a transform in one pass: half of the loads and stores. See
//! [`butterfly`](super::butterfly).

use super::butterfly::{Butterfly, Numbers, root};
use super::isa::instantiate;
use super::parallel::Shared;
use super::phases::{BLOCK, Block};
use super::vector::Coefficient;
use super::{Buffer, Isa, Real, Vector};
use num_complex::{Complex, Complex64};
use std::mem::MaybeUninit;
use std::ops::Range;

/// log2 of the amplitudes in a block: of 32 groups of four, numbered by the index without the two
/// rotated bits.
const BLOCK_BITS: usize = BLOCK + 2;

/// Two stages prepared for tiles of one size.
pub(super) struct Two<T: Real> {
    bits: [usize; 2],
    /// Tangents.
    q: [T; 2],
    twiddles_first: bool,
    /// For each stage where the bit of the other one is 0, and where it is 1.
    roots: [[Block<T>; 2]; 2],
    numbers: [Numbers<T>; 2],
}

impl<T: Real> Two<T> {
    /// Whether two stages are one pass over parts of so many bits.
    pub fn fits(isa: Isa, first: &Butterfly, second: &Butterfly, part_bits: usize) -> bool {
        let tangent = |stage: &Butterfly| stage.turn.re == 1.0;
        let between = |stage: &Butterfly| stage.bit >= isa.log_lanes::<T>() as usize;
        [first, second].iter().all(|stage| tangent(stage) && between(stage))
            && first.bit != second.bit
            && first.twiddles_first == second.twiddles_first
            && part_bits >= BLOCK_BITS
    }

    /// For tiles of so many bits.
    pub fn new(first: &Butterfly, second: &Butterfly, bits: usize) -> Self {
        let without = [first.bit, second.bit];
        let of = |stage: &Butterfly, other: usize| {
            let (table, numbers) = Numbers::of(stage.c, &stage.others(bits, &without));
            ([Complex64::ONE, stage.factors[other]].map(|z| root(&table, z)), numbers)
        };
        let (stage1, numbers1) = of(first, second.bit);
        let (stage2, numbers2) = of(second, first.bit);
        Two {
            bits: without,
            q: [first, second].map(|stage| T::from_f64(stage.turn.im)),
            twiddles_first: first.twiddles_first,
            roots: [stage1, stage2],
            numbers: [numbers1, numbers2],
        }
    }

    /// Runs on a part of a tile, a whole number of blocks, with other factors of all pairs.
    pub fn run(&self, isa: Isa, tile: &mut Buffer<T>, c: [Complex<T>; 2], part: Range<usize>) {
        let size = 1 << BLOCK_BITS.max(self.bits[0].max(self.bits[1]) + 1);
        assert!(
            part.end <= tile.len()
                && part.start.is_multiple_of(size)
                && part.end.is_multiple_of(size)
        );
        let blocks = part.start >> BLOCK_BITS..part.end >> BLOCK_BITS;
        let memory = tile.shared();
        fours_range(isa, self, c, blocks, memory);
    }
}

instantiate! {
    /// Consecutive blocks.
    fours_range =
        fours_generic(two: &Two<T>, c: [Complex<T>; 2], blocks: Range<usize>, memory: Shared<T>)
}

/// The twiddle factors of a block, in memory: of the first stage, then of the second one, where the
/// other bit is 0 and where it is 1.
type Twiddles<V> = [MaybeUninit<[Coefficient<V>; 4]>; 1 << BLOCK];

#[inline(always)]
unsafe fn fours_generic<V: Vector>(
    two: &Two<V::Real>,
    c: [Complex<V::Real>; 2],
    blocks: Range<usize>,
    memory: Shared<V::Real>,
) {
    let mut w: Twiddles<V> = [const { MaybeUninit::uninit() }; 1 << BLOCK];
    let period = two.numbers[0].period.max(two.numbers[1].period);
    // The numbers of blocks whose twiddle factors are different.
    for number in blocks.start..blocks.end.min(blocks.start + period) {
        let z = Coefficient::<V>::splat(two.numbers[0].at(number, c[0]));
        let y = Coefficient::<V>::splat(two.numbers[1].at(number, c[1]));
        for (r, w) in w[..const { (1 << BLOCK) >> V::LOG }].iter_mut().enumerate() {
            let [[a, b], [c, d]] = &two.roots;
            w.write([a.at(r).and(z), b.at(r).and(z), c.at(r).and(y), d.at(r).and(y)]);
        }
        let numbers = (number..blocks.end).step_by(period);
        if two.twiddles_first {
            same::<V, true>(two, &w, numbers, memory.get());
        } else {
            same::<V, false>(two, &w, numbers, memory.get());
        }
    }
}

/// Blocks with the same twiddle factors.
#[inline(always)]
unsafe fn same<V: Vector, const FIRST: bool>(
    two: &Two<V::Real>,
    w: &Twiddles<V>,
    numbers: impl Iterator<Item = usize>,
    memory: *mut Complex<V::Real>,
) {
    let [q, s] = two.q.map(|q| [q, -q]);
    let (q, s) = ([V::splat(q[0]), V::splat(q[1])], [V::splat(s[0]), V::splat(s[1])]);
    let [one, other] = two.bits.map(|bit| 1usize << bit);
    let (below, below_both) = (one.min(other) - 1, one.max(other) - 1);
    for number in numbers {
        for r in 0..const { (1 << BLOCK) >> V::LOG } {
            // The number of the four with a 0 at each of the bits.
            let at = number << BLOCK | r << V::LOG;
            let at = at + (at & !below);
            let at = memory.add(at + (at & !below_both));
            let places = [at, at.add(one), at.add(other), at.add(one + other)];
            let [mut x0, mut x1, mut x2, mut x3] =
                [V::load(places[0]), V::load(places[1]), V::load(places[2]), V::load(places[3])];
            let w = w[r].assume_init_ref();
            if FIRST {
                (x1, x3) = (w[0].times(x1), w[1].times(x3));
            }
            (x0, x1) = turn(q, x0, x1);
            (x2, x3) = turn(q, x2, x3);
            if FIRST {
                (x2, x3) = (w[2].times(x2), w[3].times(x3));
            } else {
                (x1, x3) = (w[0].times(x1), w[1].times(x3));
            }
            (x0, x2) = turn(s, x0, x2);
            (x1, x3) = turn(s, x1, x3);
            if !FIRST {
                (x2, x3) = (w[2].times(x2), w[3].times(x3));
            }
            x0.store(places[0]);
            x1.store(places[1]);
            x2.store(places[2]);
            x3.store(places[3]);
        }
    }
}

/// A rotation by a tangent.
#[inline(always)]
unsafe fn turn<V: Vector>([q, minus]: [V; 2], a: V, b: V) -> (V, V) {
    (minus.mul_add(b, a), q.mul_add(a, b))
}
