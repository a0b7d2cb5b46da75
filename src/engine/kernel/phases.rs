//! A diagonal that is a product of factors on one and two bits each, multiplied to a tile in one
//! pass.

use super::isa::instantiate;
use super::parallel::Shared;
use super::vector::Coefficient;
use super::{Buffer, Isa, Real, Vector, cast};
use num_complex::{Complex, Complex64};

/// Tiles of up to 2^16 amplitudes.
const MOST: usize = 16;
/// log2 of the amplitudes in a block, which share their high bits.
const BLOCK: usize = 5;

const ONE: Complex64 = Complex64::new(1.0, 0.0);

/// Amplitude x is multiplied by `c` Π_j `single[j]`^x_j Π_{k<j} `pair[j][k]`^(x_j x_k).
#[derive(Debug, Clone)]
pub(crate) struct Phases {
    c: Complex64,
    single: [Complex64; MOST],
    pair: [[Complex64; MOST]; MOST],
    /// The k < j for which a factor of j and k is not 1.
    pairs: [usize; MOST],
}

impl Phases {
    /// Most bits that it knows.
    pub const MOST_BITS: usize = MOST;

    /// The identity.
    pub fn one() -> Self {
        Phases { c: ONE, single: [ONE; MOST], pair: [[ONE; MOST]; MOST], pairs: [0; MOST] }
    }

    /// Whether it is the identity.
    pub fn is_one(&self) -> bool {
        self.c == ONE && self.single == [ONE; MOST] && self.pairs == [0; MOST]
    }

    /// Multiplies by a diagonal on one bit, whose first entry is not 0.
    pub fn times_one(&mut self, bit: usize, [zero, one]: [Complex64; 2]) {
        self.c *= zero;
        if one != zero {
            self.single[bit] *= if zero == ONE { one } else { one / zero };
        }
    }

    /// Multiplies by a diagonal on two bits, none of whose entries is 0; `entries[1]` is that of the
    /// first bit.
    pub fn times_two(&mut self, [a, b]: [usize; 2], entries: [Complex64; 4]) {
        let [none, first, second, both] = entries;
        self.times_one(a, [none, first]);
        self.single[b] *= if none == ONE { second } else { second / none };
        let (high, low) = (a.max(b), a.min(b));
        let alone = first * second;
        self.pair[high][low] *= if alone == ONE { both * none } else { both * none / alone };
        self.pairs[high] |= 1 << low;
    }

    /// What bit j adds where it is 1, for all values x of the bits below `bits`.
    fn added(&self, j: usize, bits: usize) -> [Complex64; 1 << BLOCK] {
        let mut table = [self.single[j]; 1 << BLOCK];
        for k in (0..bits).filter(|k| self.pairs[j] >> k & 1 == 1) {
            for x in (0..1 << bits).filter(|x| x >> k & 1 == 1) {
                table[x] *= self.pair[j][k];
            }
        }
        table
    }

    /// The whole product for the bits below `bits`, the others 0.
    fn low(&self, bits: usize) -> [Complex64; 1 << BLOCK] {
        let mut table = [self.c; 1 << BLOCK];
        for j in 0..bits {
            let added = self.added(j, j);
            for x in 0..1 << j {
                table[x | 1 << j] = table[x] * added[x];
            }
        }
        table
    }
}

/// Coefficients of a block, prepared as registers: `re` and `im` of [`Coefficient`].
type Prepared<T> = [[Complex<T>; 1 << BLOCK]; 2];

fn prepared<T: Real>(table: &[Complex64; 1 << BLOCK]) -> Prepared<T> {
    let z = table.map(cast::<T>);
    [z.map(|z| Complex { re: z.re, im: z.re }), z.map(|z| Complex { re: -z.im, im: z.im })]
}

/// [`Phases`] prepared for tiles of one size.
pub(crate) struct Tables<T: Real> {
    phases: Phases,
    /// log2 of the amplitudes of a block, and of the number of blocks.
    low: usize,
    high: usize,
    /// The product for block 0.
    root: Prepared<T>,
    /// What each high bit adds.
    added: [Prepared<T>; MOST - BLOCK],
}

impl<T: Real> Tables<T> {
    /// For tiles of `bits` bits, at most [`Phases::MOST_BITS`].
    pub fn new(phases: Phases, bits: usize) -> Self {
        let low = bits.min(BLOCK);
        let root = prepared(&phases.low(low));
        let mut added = [zeros(); MOST - BLOCK];
        for j in low..bits {
            added[j - low] = prepared(&phases.added(j, low));
        }
        Tables { phases, low, high: bits - low, root, added }
    }
}

fn zeros<T: Real>() -> Prepared<T> {
    [[Complex { re: T::ZERO, im: T::ZERO }; 1 << BLOCK]; 2]
}

/// Multiplies the coefficients whose index has all of `bits`.
fn scale<T: Real>(table: &mut Prepared<T>, bits: usize, by: Complex64) {
    if by == ONE {
        return;
    }
    let by: Complex<T> = cast(by);
    let [res, ims] = table;
    for (_, (re, im)) in res.iter_mut().zip(ims).enumerate().filter(|(x, _)| x & bits == bits) {
        let (x, y) = (re.re * by.re - im.im * by.im, re.re * by.im + im.im * by.re);
        *re = Complex { re: x, im: x };
        *im = Complex { re: -y, im: y };
    }
}

/// Multiplies a tile, also by diagonals on one bit each, whose first entries are not 0.
pub(crate) fn phases<T: Real>(
    isa: Isa,
    tile: &mut Buffer<T>,
    tables: &Tables<T>,
    others: &[(usize, [Complex64; 2])],
) {
    let &Tables { ref phases, low, high, mut root, mut added } = tables;
    assert_eq!(tile.len(), 1 << (low + high), "the tables are for other tiles");
    let mut c = ONE;
    for &(bit, [zero, one]) in others {
        c *= zero;
        if zero != one {
            let ratio = if zero == ONE { one } else { one / zero };
            match bit.checked_sub(low) {
                None => scale(&mut root, 1 << bit, ratio),
                Some(high) => scale(&mut added[high], 0, ratio),
            }
        }
    }
    scale(&mut root, 0, c);
    // Table j: of the last block whose lowest high bit is j; the last one: of block 0.
    let mut last = [zeros(); MOST - BLOCK + 1];
    last[high] = root;
    let memory = tile.shared();
    phases_range(isa, phases, &mut last[..=high], &added, memory, low);
}

instantiate! {
    /// All blocks of 2^`low` amplitudes. Block h is block 0 where h = 0; else what its lowest bit
    /// adds, times the block without this bit, which is the last one that had the same lowest bit.
    phases_range = phases_generic(
        phases: &Phases,
        tables: &mut [Prepared<T>],
        added: &[Prepared<T>],
        memory: Shared<T>,
        low: usize,
    )
}

#[inline(always)]
unsafe fn phases_generic<V: Vector>(
    phases: &Phases,
    tables: &mut [Prepared<V::Real>],
    added: &[Prepared<V::Real>],
    memory: Shared<V::Real>,
    low: usize,
) {
    let memory = memory.get();
    let root = tables.len() - 1;
    // A tile smaller than a register is padded.
    let registers = (1usize << low >> V::LOG).max(1);
    for r in 0..registers {
        let at = memory.add(r << V::LOG);
        load::<V>(&tables[root], r).times(V::load(at)).store(at);
    }
    for h in 1..1usize << root {
        let j = h.trailing_zeros() as usize;
        let rest = h & (h - 1);
        let parent = if rest == 0 { root } else { rest.trailing_zeros() as usize };
        // Pairs of two high bits are the same for all of the block. A pair is kept with its higher
        // bit.
        let mut both = ONE;
        let mut left = rest;
        while left != 0 {
            let k = left.trailing_zeros() as usize + low;
            if phases.pairs[k] >> (j + low) & 1 == 1 {
                both *= phases.pair[k][j + low];
            }
            left &= left - 1;
        }
        let block = memory.add(h << low);
        let both = (both != ONE).then(|| Coefficient::<V>::splat(cast(both)));
        for r in 0..registers {
            let mut c = load::<V>(&added[j], r).and(load::<V>(&tables[parent], r));
            if let Some(both) = both {
                c = both.and(c);
            }
            c.store(
                tables[j][0].as_mut_ptr().add(r << V::LOG),
                tables[j][1].as_mut_ptr().add(r << V::LOG),
            );
            let at = block.add(r << V::LOG);
            c.times(V::load(at)).store(at);
        }
    }
}

#[inline(always)]
unsafe fn load<V: Vector>(table: &Prepared<V::Real>, register: usize) -> Coefficient<V> {
    let at = register << V::LOG;
    Coefficient::load(table[0].as_ptr().add(at), table[1].as_ptr().add(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_product_of_its_factors() {
        for bits in 0..=9usize {
            for &isa in Isa::available() {
                let mut phases = Phases::one();
                let mut want = vec![Complex64::cis(0.3); 1 << bits];
                phases.times_one(0, [Complex64::cis(0.3); 2]);
                for a in 0..bits {
                    let d = [Complex64::cis(a as f64), Complex64::cis(0.7 * a as f64) * 2.0];
                    phases.times_one(a, d);
                    (0..1 << bits).for_each(|x| want[x] *= d[x >> a & 1]);
                    for b in (0..bits).filter(|b| *b != a && (a + b) % 3 != 0) {
                        let e = [0.1, 0.5, 0.9, 2.0].map(|x| Complex64::cis(x * (a + b) as f64));
                        phases.times_two([a, b], e);
                        (0..1 << bits).for_each(|x| want[x] *= e[x >> a & 1 | (x >> b & 1) << 1]);
                    }
                }
                let mut tile = Buffer::<f64>::zeroed(1 << bits).unwrap();
                tile.iter_mut().for_each(|z| z.im = 1.0);
                // A part of it later.
                let mut others = Vec::new();
                for a in 0..bits {
                    let d = [1.3, 0.2].map(|x| Complex64::cis(x * (a + 1) as f64));
                    (0..1 << bits).for_each(|x| want[x] *= d[x >> a & 1]);
                    others.push((a, d));
                }
                super::phases(isa, &mut tile, &Tables::new(phases, bits), &others);
                for (z, want) in tile.iter().zip(&want) {
                    assert!((z - want * Complex64::i()).norm() < 1e-12 * want.norm(), "{isa:?}");
                }
            }
        }
    }
}
