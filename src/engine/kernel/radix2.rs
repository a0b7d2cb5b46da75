//! One stage of a transform: pairs of amplitudes. See [`butterfly`](super::butterfly).

use super::butterfly::{Butterfly, Numbers, root};
use super::isa::instantiate;
use super::parallel::Shared;
use super::phases::{BLOCK, Block};
use super::vector::{Coefficient, odd_lanes};
use super::{Buffer, Isa, Real, Vector, cast};
use num_complex::{Complex, Complex64};
use std::mem::MaybeUninit;
use std::ops::Range;

/// A stage prepared for tiles of one size.
pub(super) struct One<T: Real> {
    bit: usize,
    turn: Complex<T>,
    twiddles_first: bool,
    root: Block<T>,
    numbers: Numbers<T>,
    /// log2 of the amplitudes in a block of pairs.
    block_bits: usize,
}

impl<T: Real> One<T> {
    /// For tiles of so many bits.
    pub fn new(isa: Isa, butterfly: &Butterfly, bits: usize) -> Self {
        let &Butterfly { bit, turn, twiddles_first, c, .. } = butterfly;
        let one = Complex64::ONE;
        let within = bit < isa.log_lanes::<T>() as usize;
        // A pair within a register is numbered by its second amplitude.
        let without = [bit];
        let mut factors = butterfly.others(bits, if within { &[] } else { &without });
        if within {
            factors[bit] = one;
        }
        let (mut table, numbers) = Numbers::of(c, &factors);
        if within {
            let firsts = table.iter_mut().enumerate().filter(|(x, _)| x >> bit & 1 == 0);
            firsts.for_each(|(_, z)| *z = one);
        }
        One {
            bit,
            turn: cast(turn),
            twiddles_first,
            root: root(&table, one),
            numbers,
            block_bits: BLOCK + usize::from(!within),
        }
    }

    /// Runs on a part of a tile, a whole number of blocks, with another factor of all pairs.
    pub fn run(&self, isa: Isa, tile: &mut Buffer<T>, c: Complex<T>, part: Range<usize>) {
        let size = 1 << self.block_bits.max(self.bit + 1);
        assert!(
            part.end <= tile.len()
                && part.start.is_multiple_of(size)
                && part.end.is_multiple_of(size)
        );
        let blocks = part.start >> self.block_bits..part.end >> self.block_bits;
        let memory = tile.shared();
        pairs_range(isa, self, c, blocks, memory);
    }
}

instantiate! {
    /// Consecutive blocks.
    pairs_range =
        pairs_generic(one: &One<T>, c: Complex<T>, blocks: Range<usize>, memory: Shared<T>)
}

/// The twiddle factors of a block, in memory.
type Twiddles<V> = [MaybeUninit<Coefficient<V>>; 1 << BLOCK];

#[inline(always)]
unsafe fn pairs_generic<V: Vector>(
    one: &One<V::Real>,
    c: Complex<V::Real>,
    blocks: Range<usize>,
    memory: Shared<V::Real>,
) {
    let within = one.bit < V::LOG as usize;
    let tangent = one.turn.re == V::Real::ONE;
    let mut w: Twiddles<V> = [const { MaybeUninit::uninit() }; 1 << BLOCK];
    // The numbers of blocks whose twiddle factors are different.
    for number in blocks.start..blocks.end.min(blocks.start + one.numbers.period) {
        let mut z = Coefficient::<V>::splat(one.numbers.at(number, c));
        if within {
            let ones = Coefficient::splat(cast(Complex64::ONE));
            z = Coefficient::blend(odd_lanes::<V>(1 << one.bit), ones, z);
        }
        for (r, w) in w[..const { (1 << BLOCK) >> V::LOG }].iter_mut().enumerate() {
            w.write(one.root.at::<V>(r).and(z));
        }
        let same = Same { one, w: &w, number, end: blocks.end, memory: memory.get() };
        match (within, one.twiddles_first, tangent) {
            (true, ..) => same.within(),
            (_, false, true) => same.between::<false, true>(),
            (_, false, false) => same.between::<false, false>(),
            (_, true, true) => same.between::<true, true>(),
            (_, true, false) => same.between::<true, false>(),
        }
    }
}

/// Blocks with the same twiddle factors.
struct Same<'a, V: Vector> {
    one: &'a One<V::Real>,
    w: &'a Twiddles<V>,
    /// The first of them, and where their numbers end.
    number: usize,
    end: usize,
    memory: *mut Complex<V::Real>,
}

impl<V: Vector> Same<'_, V> {
    /// Pairs of registers.
    #[inline(always)]
    unsafe fn between<const FIRST: bool, const TANGENT: bool>(self) {
        let Complex { re: p, im: q } = self.one.turn;
        let (p, q, minus) = (V::splat(p), V::splat(q), V::splat(-q));
        let below = (1usize << self.one.bit) - 1;
        let mut number = self.number;
        while number < self.end {
            for r in 0..const { (1 << BLOCK) >> V::LOG } {
                // The pair's number with a 0 at the bit.
                let pair = number << BLOCK | r << V::LOG;
                let here = self.memory.add(pair + (pair & !below));
                let there = here.add(below + 1);
                let w = self.w[r].assume_init();
                let (a, mut b) = (V::load(here), V::load(there));
                if FIRST {
                    b = w.times(b);
                }
                let (x, mut y) = if TANGENT {
                    (minus.mul_add(b, a), q.mul_add(a, b))
                } else {
                    (minus.mul_add(b, p.mul(a)), q.mul_add(a, p.mul(b)))
                };
                if !FIRST {
                    y = w.times(y);
                }
                x.store(here);
                y.store(there);
            }
            number += self.one.numbers.period;
        }
    }

    /// Pairs within registers: their first amplitudes have the factor 1.
    #[inline(always)]
    unsafe fn within(self) {
        let Complex { re: p, im: q } = self.one.turn;
        let (bit, first) = (self.one.bit, self.one.twiddles_first);
        let shuffle = V::shuffle((1 << bit) % (1 << V::LOG));
        let p = V::splat(p);
        let q = V::blend(odd_lanes::<V>(1 << bit), V::splat(-q), V::splat(q));
        let mut number = self.number;
        while number < self.end {
            for r in 0..const { (1 << BLOCK) >> V::LOG } {
                let here = self.memory.add(number << BLOCK | r << V::LOG);
                let w = self.w[r].assume_init();
                let mut a = V::load(here);
                if first {
                    a = w.times(a);
                }
                a = q.mul_add(a.permute(shuffle), p.mul(a));
                if !first {
                    a = w.times(a);
                }
                a.store(here);
            }
            number += self.one.numbers.period;
        }
    }
}
