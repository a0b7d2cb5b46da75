//! A diagonal that is a product of factors on one and two bits each, multiplied to a tile in one
//! pass.

use super::isa::instantiate;
use super::parallel::Shared;
use super::scratch::with_scratch;
use super::vector::Coefficient;
use super::{Buffer, Isa, Real, Vector, cast};
use num_complex::{Complex, Complex64};
use smallvec::SmallVec;

/// Tiles of up to 2^16 amplitudes.
const MOST: usize = 16;
/// The lowest bits of an index number the amplitudes of a block, the others the blocks.
pub(super) const BLOCK: usize = 5;
/// Bits of a block's number that share tables.
const MIDDLE: usize = 4;
/// The most lanes of a register.
const LANES: usize = 8;

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

/// A table of coefficients, prepared as registers: `re` and `im` of [`Coefficient`].
#[derive(Clone)]
#[repr(align(64))]
pub(super) struct Prepared<T, const N: usize>([[Complex<T>; N]; 2]);

/// That of a block.
pub(super) type Block<T> = Prepared<T, { 1 << BLOCK }>;

impl<T: Real, const N: usize> Prepared<T, N> {
    pub fn new(table: &[Complex64; N]) -> Self {
        let z = table.map(cast::<T>);
        Prepared([
            z.map(|z| Complex { re: z.re, im: z.re }),
            z.map(|z| Complex { re: -z.im, im: z.im }),
        ])
    }

    /// Multiplies the coefficients whose index has all of `bits`.
    fn scale(&mut self, bits: usize, by: Complex64) {
        if by == ONE {
            return;
        }
        let by: Complex<T> = cast(by);
        let [res, ims] = &mut self.0;
        for (_, (re, im)) in res.iter_mut().zip(ims).enumerate().filter(|(x, _)| x & bits == bits) {
            let (x, y) = (re.re * by.re - im.im * by.im, re.re * by.im + im.im * by.re);
            *re = Complex { re: x, im: x };
            *im = Complex { re: -y, im: y };
        }
    }

    /// The coefficients for register number `register`.
    #[inline(always)]
    pub unsafe fn at<V: Vector<Real = T>>(&self, register: usize) -> Coefficient<V> {
        load(self.0[0].as_ptr(), N, register)
    }
}

/// The coefficients for a register, of a table with `len` of them.
#[inline(always)]
unsafe fn load<V: Vector>(
    table: *const Complex<V::Real>,
    len: usize,
    register: usize,
) -> Coefficient<V> {
    let at = table.add(register << V::LOG);
    Coefficient::load(at, at.add(len))
}

/// [`Phases`] prepared for tiles of one size. The amplitude x of block h is multiplied by
///
/// ```text
/// root[x] · number[h] · Π linked_j[x]    over the bits j of h that have pairs with bits of x
/// ```
pub(crate) struct Tables<T: Real> {
    root: Block<T>,
    /// At least as many as a register has lanes.
    number: PerBlock<Complex<T>>,
    /// Products of `linked` for the values of up to four such bits.
    middle: SmallVec<[Block<T>; 1 << MIDDLE]>,
    /// The others of them, each with its bit.
    outer: SmallVec<[(usize, Block<T>); MOST - BLOCK - MIDDLE]>,
    /// The blocks in an order in which the outer bits change last, each with its place in `middle`.
    order: PerBlock<(u16, u16)>,
}

impl<T: Real> Tables<T> {
    /// For no tile. All of its memory is in it, some 50 KB, so it is filled in place and not moved.
    #[inline(always)]
    pub fn empty() -> Self {
        Tables {
            root: Prepared([[Complex { re: T::ZERO, im: T::ZERO }; 1 << BLOCK]; 2]),
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
        let inner = (0..high).filter(|j| !outer_bits.contains(j));
        self.order.push((0, 0));
        for j in inner.chain(outer_bits.iter().copied()) {
            let place = middle_bits.iter().position(|&bit| bit == j).map_or(0, |k| 1 << k);
            for k in 0..self.order.len() {
                let (h, m) = self.order[k];
                self.order.push((h | 1 << j, m | place));
            }
        }
        let mut number = PerBlock::new();
        phases.high(1 << high, &mut number);
        self.root = Prepared::new(&phases.low());
        self.number.extend(number.iter().map(|z| cast(*z)));
        self.number.resize(number.len().max(LANES), cast(ONE));
        self.middle.extend(middle.iter().map(Prepared::new));
        self.outer.extend(outer_bits.iter().map(|&j| (j, Prepared::new(&table(j)))));
    }

    /// Blocks with the same values of the outer bits.
    fn stretch(&self) -> usize {
        self.order.len() >> self.outer.len()
    }

    /// Whether the products of root and middle bits are computed for a stretch, and not for each
    /// block: a product takes as long as what is saved in a few blocks.
    fn shares(&self) -> bool {
        self.stretch() >= 8 * self.middle.len()
    }

    /// Memory for such products, in amplitudes.
    fn products(&self) -> usize {
        let tables = match (self.shares(), self.outer.is_empty()) {
            (true, _) => self.middle.len(),
            (false, false) => 1,
            // The root is the only one.
            (false, true) => 0,
        };
        tables * (2 << BLOCK)
    }
}

/// Low bits of a block's number that are multiplied together.
const PART: usize = 6;

/// What block numbers are multiplied by besides: for their low bits, and for the others.
type Parts<T> = (Prepared<T, { 1 << PART }>, [Complex64; 1 << (MOST - BLOCK - PART)]);

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
    let mut root = &tables.root;
    let mut scaled;
    if c != ONE || alone[..BLOCK] != [ONE; BLOCK] {
        scaled = root.clone();
        for (bit, ratio) in alone[..BLOCK].iter().enumerate() {
            scaled.scale(1 << bit, *ratio);
        }
        scaled.scale(0, c);
        root = &scaled;
    }
    let memory = tile.shared();
    let parts = (alone[BLOCK..] != [ONE; MOST - BLOCK]).then(|| {
        let (low, high) = alone[BLOCK..].split_at(PART);
        (Prepared::new(&products(low)), products(high))
    });
    let numbers = if parts.is_some() { tables.number.len() } else { 0 };
    let amplitudes = numbers + tables.products();
    let words = amplitudes * size_of::<Complex<T>>() / size_of::<f64>();
    with_scratch(words, |scratch| {
        let scratch = Shared(scratch.as_mut_ptr().cast());
        phases_range(isa, tables, root, &parts, scratch, memory);
    });
}

/// The products of some numbers, for all sets of them.
fn products<const N: usize>(numbers: &[Complex64]) -> [Complex64; N] {
    let mut products = [ONE; N];
    for (j, z) in numbers.iter().enumerate() {
        for h in 0..1 << j {
            products[h | 1 << j] = products[h] * z;
        }
    }
    products
}

instantiate! {
    /// All amplitudes of a tile. `scratch` is memory for the products of tables, and for the numbers
    /// of blocks if there are `parts`.
    phases_range = phases_generic(
        tables: &Tables<T>,
        root: &Block<T>,
        parts: &Option<Parts<T>>,
        scratch: Shared<T>,
        memory: Shared<T>,
    )
}

#[inline(always)]
unsafe fn phases_generic<V: Vector>(
    tables: &Tables<V::Real>,
    root: &Block<V::Real>,
    parts: &Option<Parts<V::Real>>,
    scratch: Shared<V::Real>,
    memory: Shared<V::Real>,
) {
    let (memory, products) = (memory.get(), scratch.get());
    let mut numbers = tables.number.as_ptr();
    if let Some(parts) = parts {
        let to = products.add(tables.products());
        multiplied::<V>(&tables.number, parts, to);
        numbers = to;
    }
    for blocks in tables.order.chunks(tables.stretch()) {
        let mut first = root.0[0].as_ptr();
        if tables.products() != 0 {
            stretch_products::<V>(tables, root, usize::from(blocks[0].0), products);
            first = products;
        }
        if tables.shares() {
            for &(h, m) in blocks {
                let number = Coefficient::<V>::splat(*numbers.add(h.into()));
                let at = memory.add(usize::from(h) << BLOCK);
                times_two::<V, _>(at, number, &InMemory(first.add(usize::from(m) * (2 << BLOCK))));
            }
        } else if const { holds_table::<V>() } {
            let mut held = [Coefficient::<V>::splat(cast(ONE)); 1 << BLOCK];
            for r in 0..registers::<V>() {
                held[r] = load(first, 1 << BLOCK, r);
            }
            times_three::<V, _>(blocks, numbers, &tables.middle, &held, memory);
        } else {
            times_three::<V, _>(blocks, numbers, &tables.middle, &InMemory(first), memory);
        }
    }
}

/// Registers of a block.
const fn registers<V: Vector>() -> usize {
    (1 << BLOCK) >> V::LOG
}

/// Whether a table fits in half of the registers: with 64 bytes there are 32 of them, else perhaps 16.
const fn holds_table<V: Vector>() -> bool {
    size_of::<V>() == 64 && 2 * registers::<V>() <= 16
}

/// The coefficients of a block, by register.
trait Coefficients<V: Vector> {
    unsafe fn at(&self, register: usize) -> Coefficient<V>;
}

/// In memory. A pointer, so that the compiler, which cannot tell it from one to the amplitudes, does
/// not take the coefficients into more registers than there are.
struct InMemory<T>(*const Complex<T>);

impl<V: Vector> Coefficients<V> for InMemory<V::Real> {
    #[inline(always)]
    unsafe fn at(&self, register: usize) -> Coefficient<V> {
        load(self.0, 1 << BLOCK, register)
    }
}

/// In registers.
impl<V: Vector> Coefficients<V> for [Coefficient<V>; 1 << BLOCK] {
    #[inline(always)]
    unsafe fn at(&self, register: usize) -> Coefficient<V> {
        self[register]
    }
}

/// Multiplies a block by a number and a table.
#[inline(always)]
unsafe fn times_two<V: Vector, C: Coefficients<V>>(
    at: *mut Complex<V::Real>,
    number: Coefficient<V>,
    table: &C,
) {
    for r in 0..registers::<V>() {
        let here = at.add(r << V::LOG);
        table.at(r).times(number.times(V::load(here))).store(here);
    }
}

/// Multiplies blocks by a number, the table of their middle bits and another table.
#[inline(always)]
unsafe fn times_three<V: Vector, C: Coefficients<V>>(
    blocks: &[(u16, u16)],
    numbers: *const Complex<V::Real>,
    middle: &[Block<V::Real>],
    table: &C,
    memory: *mut Complex<V::Real>,
) {
    for &(h, m) in blocks {
        let number = Coefficient::<V>::splat(*numbers.add(h.into()));
        let at = memory.add(usize::from(h) << BLOCK);
        if m == 0 {
            times_two(at, number, table);
            continue;
        }
        let middle = &middle[usize::from(m)];
        for r in 0..registers::<V>() {
            let here = at.add(r << V::LOG);
            let a = middle.at::<V>(r).times(number.times(V::load(here)));
            table.at(r).times(a).store(here);
        }
    }
}

/// Writes the products of the root, the outer bits that `h` has, and each value of the middle bits if
/// they are shared.
#[inline(always)]
unsafe fn stretch_products<V: Vector>(
    tables: &Tables<V::Real>,
    root: &Block<V::Real>,
    h: usize,
    to: *mut Complex<V::Real>,
) {
    let shared = if tables.shares() { &tables.middle[1..] } else { &[] };
    for r in 0..registers::<V>() {
        let mut c = root.at::<V>(r);
        for (j, linked) in &tables.outer {
            if h >> j & 1 == 1 {
                c = c.and(linked.at(r));
            }
        }
        let mut to = to.add(r << V::LOG);
        c.store(to, to.add(1 << BLOCK));
        for middle in shared {
            to = to.add(2 << BLOCK);
            c.and(middle.at(r)).store(to, to.add(1 << BLOCK));
        }
    }
}

/// Writes the numbers of blocks times those of both parts.
#[inline(always)]
unsafe fn multiplied<V: Vector>(
    numbers: &[Complex<V::Real>],
    (low, high): &Parts<V::Real>,
    to: *mut Complex<V::Real>,
) {
    for (k, numbers) in numbers.chunks(1 << PART).enumerate() {
        let high = Coefficient::<V>::splat(cast(high[k]));
        let to = to.add(k << PART);
        for r in 0..numbers.len() >> V::LOG {
            let at = r << V::LOG;
            low.at::<V>(r).times(high.times(V::load(numbers.as_ptr().add(at)))).store(to.add(at));
        }
    }
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
