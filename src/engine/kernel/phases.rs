//! A diagonal that is a product of factors on one and two bits each, multiplied to a tile in one
//! pass.

use super::isa::instantiate;
use super::parallel::Shared;
use super::vector::Coefficient;
use super::{Buffer, Isa, Real, Vector, cast};
use num_complex::{Complex, Complex64};
use smallvec::SmallVec;

/// Tiles of up to 2^16 amplitudes.
const MOST: usize = 16;
/// The lowest bits of an index number the amplitudes of a block, the others the blocks.
const BLOCK: usize = 5;
/// Bits of a block's number that share tables.
const MIDDLE: usize = 4;

const ONE: Complex64 = Complex64::new(1.0, 0.0);

/// One item for each block of a tile, without an allocation for states that are one tile.
type PerBlock<T> = SmallVec<[T; 1 << 10]>;

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

    /// What the pairs of bit j with the bits below `bits` add where it is 1, for all their values.
    fn pairs_with_low(&self, j: usize, bits: usize) -> [Complex64; 1 << BLOCK] {
        let mut table = [ONE; 1 << BLOCK];
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
            let added = self.pairs_with_low(j, j);
            for x in 0..1 << j {
                table[x | 1 << j] = table[x] * added[x] * self.single[j];
            }
        }
        table
    }

    /// Appends the whole product for the bits of a block's number, the others 0, of `count` blocks.
    fn high(&self, count: usize, table: &mut PerBlock<Complex64>) {
        table.push(ONE);
        for bit in BLOCK..BLOCK + count.ilog2() as usize {
            // What this bit adds, for the values of those below, is put where the product will be.
            let half = table.len();
            table.push(self.single[bit]);
            for k in BLOCK..bit {
                if self.pairs[bit] >> BLOCK == 0 {
                    table.resize(2 * half, self.single[bit]);
                    break;
                }
                let pair = self.pair[bit][k];
                let below = table.len();
                for h in half..below {
                    table.push(table[h]);
                }
                if self.pairs[bit] >> k & 1 == 1 {
                    table[below..].iter_mut().for_each(|z| *z *= pair);
                }
            }
            let (products, added) = table.split_at_mut(half);
            added.iter_mut().zip(products).for_each(|(z, product)| *z *= *product);
        }
    }
}

/// Coefficients of a block, prepared as registers: `re` and `im` of [`Coefficient`].
type Prepared<T> = [[Complex<T>; 1 << BLOCK]; 2];

fn prepared<T: Real>(table: &[Complex64; 1 << BLOCK]) -> Prepared<T> {
    let z = table.map(cast::<T>);
    [z.map(|z| Complex { re: z.re, im: z.re }), z.map(|z| Complex { re: -z.im, im: z.im })]
}

/// [`Phases`] prepared for tiles of one size. The amplitude x of block h is multiplied by
///
/// ```text
/// root[x] · number[h] · Π linked_j[x]    over the bits j of h that have pairs with bits of x
/// ```
pub(crate) struct Tables<T: Real> {
    root: Prepared<T>,
    number: PerBlock<Complex<T>>,
    /// Products of `linked` for the values of up to four such bits.
    middle: SmallVec<[Prepared<T>; 1 << MIDDLE]>,
    /// The others of them, each with its bit.
    outer: SmallVec<[(usize, Prepared<T>); MOST - BLOCK - MIDDLE]>,
    /// The blocks in an order in which the middle bits change first and the outer bits last.
    order: PerBlock<u16>,
}

impl<T: Real> Tables<T> {
    /// For no tile. All of its memory is in it, some 50 KB, so it is filled in place and not moved.
    #[inline(always)]
    pub fn empty() -> Self {
        Tables {
            root: [[Complex { re: T::ZERO, im: T::ZERO }; 1 << BLOCK]; 2],
            number: SmallVec::new(),
            middle: SmallVec::new(),
            outer: SmallVec::new(),
            order: SmallVec::new(),
        }
    }

    /// Fills empty ones for tiles of `bits` bits, at most [`Phases::MOST_BITS`].
    pub fn fill(&mut self, phases: &Phases, bits: usize) {
        assert!(self.order.is_empty(), "the tables are for other tiles");
        let high = bits.saturating_sub(BLOCK);
        let is_linked = |j: &usize| phases.pairs[BLOCK + j] & ((1 << BLOCK) - 1) != 0;
        let linked: SmallVec<[usize; MOST]> = (0..high).filter(is_linked).collect();
        let (middle_bits, outer_bits) = linked.split_at(linked.len().min(MIDDLE));
        let table = |j: usize| phases.pairs_with_low(BLOCK + j, BLOCK);
        let mut middle: SmallVec<[[Complex64; 1 << BLOCK]; 1 << MIDDLE]> = SmallVec::new();
        middle.push([ONE; 1 << BLOCK]);
        for &j in middle_bits {
            let added = table(j);
            for m in 0..middle.len() {
                middle.push(std::array::from_fn(|x| middle[m][x] * added[x]));
            }
        }
        let free = (0..high).filter(|j| !is_linked(j));
        let bits_in_order =
            middle_bits.iter().copied().chain(free).chain(outer_bits.iter().copied());
        self.order.push(0);
        for j in bits_in_order {
            for h in 0..self.order.len() {
                self.order.push(self.order[h] | 1 << j);
            }
        }
        let mut number = PerBlock::new();
        phases.high(1 << high, &mut number);
        self.root = prepared(&phases.low());
        self.number.extend(number.iter().map(|z| cast(*z)));
        self.middle.extend(middle.iter().map(prepared));
        self.outer.extend(outer_bits.iter().map(|&j| (j, prepared(&table(j)))));
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

/// Products for the values of some bits of a block's number.
const PART: usize = 6;
type Part<T> = [Complex<T>; 1 << PART];

/// Multiplies a tile, also by diagonals on one bit each, whose first entries are not 0.
pub(crate) fn phases<T: Real>(
    isa: Isa,
    tile: &mut Buffer<T>,
    tables: &Tables<T>,
    others: &[(usize, [Complex64; 2])],
) {
    let blocks = (tile.len() >> BLOCK).max(1);
    assert_eq!(blocks, tables.order.len(), "the tables are for other tiles");
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
    let parts = alone[BLOCK..].iter().any(|z| *z != ONE).then(|| {
        [&alone[BLOCK..BLOCK + PART], &alone[BLOCK + PART..]].map(|alone| {
            let mut part: Part<T> = [cast(ONE); 1 << PART];
            for (j, z) in alone.iter().enumerate() {
                let z: Complex<T> = cast(*z);
                for h in 0..1 << j {
                    part[h | 1 << j] = times(part[h], z);
                }
            }
            part
        })
    });
    let memory = tile.shared();
    phases_range(isa, tables, &root, &parts, memory);
}

#[inline(always)]
fn times<T: Real>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    Complex { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re }
}

instantiate! {
    /// All amplitudes of a tile. `parts`: what block numbers are multiplied by besides, for their
    /// low and their high bits.
    phases_range = phases_generic(
        tables: &Tables<T>,
        root: &Prepared<T>,
        parts: &Option<[Part<T>; 2]>,
        memory: Shared<T>,
    )
}

#[inline(always)]
unsafe fn phases_generic<V: Vector>(
    tables: &Tables<V::Real>,
    root: &Prepared<V::Real>,
    parts: &Option<[Part<V::Real>; 2]>,
    memory: Shared<V::Real>,
) {
    let memory = memory.get();
    let count = const { (1 << BLOCK) >> V::LOG };
    let stretch = tables.order.len() >> tables.outer.len();
    for blocks in tables.order.chunks(stretch) {
        // The table of the outer bits stays in registers.
        let mut c = [Coefficient::<V>::splat(cast(ONE)); 1 << BLOCK];
        for r in 0..count {
            c[r] = load(root, r);
            for (j, linked) in &tables.outer {
                if blocks[0] >> j & 1 == 1 {
                    c[r] = c[r].and(load(linked, r));
                }
            }
        }
        for blocks in blocks.chunks(tables.middle.len()) {
            for (m, (&h, middle)) in blocks.iter().zip(&tables.middle).enumerate() {
                let h = usize::from(h);
                let mut number = tables.number[h];
                if let Some([low, high]) = parts {
                    number = times(number, times(low[h % (1 << PART)], high[h >> PART]));
                }
                let number = Coefficient::<V>::splat(number);
                let at = memory.add(h << BLOCK);
                if m == 0 {
                    for r in 0..count {
                        let here = at.add(r << V::LOG);
                        c[r].times(number.times(V::load(here))).store(here);
                    }
                } else {
                    for r in 0..count {
                        let here = at.add(r << V::LOG);
                        let a = load::<V>(middle, r).times(V::load(here));
                        c[r].times(number.times(a)).store(here);
                    }
                }
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
                let mut tables = Tables::empty();
                tables.fill(&phases, bits);
                super::phases(isa, &mut tile, &tables, &others);
                for (z, want) in tile.iter().zip(&want) {
                    assert!((z - want * Complex64::i()).norm() < 1e-12 * want.norm(), "{isa:?}");
                }
            }
        }
    }
}
