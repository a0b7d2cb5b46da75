//! A diagonal that is a product of factors on one and two bits each, multiplied to a tile in one
//! pass.

use super::isa::instantiate;
use super::parallel::Shared;
use super::vector::Coefficient;
use super::{Buffer, Isa, Real, Vector, cast};
use num_complex::{Complex, Complex64};

/// Tiles of up to 2^16 amplitudes.
const MOST: usize = 16;
/// The bits of an index: the lowest, which number the amplitudes of a block; the middle ones, which
/// number the blocks of a stretch; and the top ones.
const BLOCK: usize = 5;
const MIDDLE: usize = 4;
const TOP: usize = MOST - BLOCK - MIDDLE;

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
            for x in (0..1 << BLOCK).filter(|x| x >> k & 1 == 1) {
                table[x] *= self.pair[j][k];
            }
        }
        table
    }

    /// The whole product for the lowest bits, the others 0.
    fn low(&self) -> [Complex64; 1 << BLOCK] {
        let mut table = [self.c; 1 << BLOCK];
        for j in 0..BLOCK {
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

/// [`Phases`] prepared for tiles.
pub(crate) struct Tables<T: Real> {
    phases: Phases,
    /// The product where all but the lowest bits are 0.
    root: Prepared<T>,
    /// What the middle bits add where they have each value.
    middle: [Prepared<T>; 1 << MIDDLE],
    /// What each of the top bits adds, but for its pairs with others above the lowest.
    top: [Prepared<T>; TOP],
}

impl<T: Real> Tables<T> {
    /// Prepares.
    pub fn new(phases: Phases) -> Box<Self> {
        let root = prepared(&phases.low());
        let added: [_; MOST] = std::array::from_fn(|j| phases.added(j, BLOCK));
        let mut middle = [[ONE; 1 << BLOCK]; 1 << MIDDLE];
        for m in 1..1usize << MIDDLE {
            let j = BLOCK + m.trailing_zeros() as usize;
            let rest = m & (m - 1);
            let both = phases.between(j, rest << BLOCK);
            middle[m] = std::array::from_fn(|x| middle[rest][x] * added[j][x] * both);
        }
        let middle = middle.each_ref().map(prepared);
        let top = std::array::from_fn(|j| prepared(&added[BLOCK + MIDDLE + j]));
        Box::new(Tables { phases, root, middle, top })
    }
}

impl Phases {
    /// The product of the pairs of a bit with others, which are above it.
    fn between(&self, j: usize, others: usize) -> Complex64 {
        let mut both = ONE;
        let mut left = others;
        while left != 0 {
            let k = left.trailing_zeros() as usize;
            // A pair is kept with its higher bit.
            if self.pairs[k] >> j & 1 == 1 {
                both *= self.pair[k][j];
            }
            left &= left - 1;
        }
        both
    }
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
    assert!(tile.len() <= 1 << MOST, "the tile is too large");
    let mut c = ONE;
    let mut alone = [ONE; MOST];
    for &(bit, [zero, one]) in others {
        c *= zero;
        if zero != one {
            alone[bit] *= if zero == ONE { one } else { one / zero };
        }
    }
    let mut root = tables.root;
    for (bit, ratio) in alone[..BLOCK].iter().enumerate() {
        scale(&mut root, 1 << bit, *ratio);
    }
    scale(&mut root, 0, c);
    let bits = tile.len().ilog2() as usize;
    let memory = tile.shared();
    phases_range(isa, tables, &root, &alone, memory, bits);
}

instantiate! {
    /// All amplitudes of a tile of 2^`bits`. `alone[j]` is multiplied where bit j is 1.
    phases_range = phases_generic(
        tables: &Tables<T>,
        root: &Prepared<T>,
        alone: &[Complex64; MOST],
        memory: Shared<T>,
        bits: usize,
    )
}

/// A stretch is the blocks with the same top bits. Its table is that of the stretch without its
/// lowest top bit, which is the last one that had the same lowest bit, times what this bit adds;
/// it stays in registers, and each block of the stretch is multiplied by it and by the table of its
/// middle bits.
#[inline(always)]
unsafe fn phases_generic<V: Vector>(
    tables: &Tables<V::Real>,
    root: &Prepared<V::Real>,
    alone: &[Complex64; MOST],
    memory: Shared<V::Real>,
    bits: usize,
) {
    let memory = memory.get();
    let phases = &tables.phases;
    let count = const { (1 << BLOCK) >> V::LOG };
    let blocks = 1usize << bits.saturating_sub(BLOCK).min(MIDDLE);
    // Table j: of the last stretch whose lowest top bit is j; the last one: of stretch 0.
    let mut last = [*root; TOP + 1];
    for stretch in 0..1usize << bits.saturating_sub(BLOCK + MIDDLE) {
        let top = stretch << (BLOCK + MIDDLE);
        let mut c = [Coefficient::<V>::splat(cast(ONE)); 1 << BLOCK];
        if stretch == 0 {
            for r in 0..count {
                c[r] = load(root, r);
            }
        } else {
            let j = stretch.trailing_zeros() as usize;
            let rest = stretch & (stretch - 1);
            let parent = if rest == 0 { TOP } else { rest.trailing_zeros() as usize };
            let bit = BLOCK + MIDDLE + j;
            let both = phases.between(bit, rest << (BLOCK + MIDDLE)) * alone[bit];
            let both = Coefficient::<V>::splat(cast(both));
            for r in 0..count {
                c[r] = load::<V>(&tables.top[j], r).and(load(&last[parent], r)).and(both);
                let [re, im] = &mut last[j];
                let at = r << V::LOG;
                c[r].store(re.as_mut_ptr().add(at), im.as_mut_ptr().add(at));
            }
        }
        // What each block is multiplied by besides: pairs of middle and top bits.
        let mut besides = [ONE; 1 << MIDDLE];
        let mut all_one = true;
        for j in 0..MIDDLE {
            let by = phases.between(BLOCK + j, top) * alone[BLOCK + j];
            all_one &= by == ONE;
            for m in 0..1 << j {
                besides[m | 1 << j] = besides[m] * by;
            }
        }
        let mut at = memory.add(top);
        if all_one {
            for middle in &tables.middle[..blocks] {
                for r in 0..count {
                    let here = at.add(r << V::LOG);
                    c[r].times(load::<V>(middle, r).times(V::load(here))).store(here);
                }
                at = at.add(1 << BLOCK);
            }
        } else {
            for (middle, besides) in tables.middle[..blocks].iter().zip(&besides) {
                let besides = Coefficient::<V>::splat(cast(*besides));
                for r in 0..count {
                    let here = at.add(r << V::LOG);
                    let a = load::<V>(middle, r).times(V::load(here));
                    c[r].times(besides.times(a)).store(here);
                }
                at = at.add(1 << BLOCK);
            }
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
        for bits in 0..=12usize {
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
                super::phases(isa, &mut tile, &Tables::new(phases), &others);
                for (z, want) in tile.iter().zip(&want) {
                    assert!((z - want * Complex64::i()).norm() < 1e-12 * want.norm(), "{isa:?}");
                }
            }
        }
    }
}
