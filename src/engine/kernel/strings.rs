//! Expectations of Pauli strings on a tile of amplitudes: conj(b) a for the pairs that X flips into
//! each other, summed under the signs of Z.
//!
//! A tile is kept as real parts and imaginary parts, in double precision, so that everything here
//! runs on octets of neighbours and both precisions of a state are one.

use super::ahead::Ahead;
use super::isa::instantiate;
use super::octet::{Octet, parity_sign};
use super::products::{Across, Pairs, Plain, Squares, Tile, Within};
use super::signs::Signs;
use super::{Isa, Vector};

/// The strings of a tile that have one x and numbers of Y of one parity: their products are the
/// same but for signs.
#[derive(Debug)]
pub(crate) struct Family {
    x: usize,
    /// Whether the number of Y is odd.
    imaginary: bool,
    signs: Signs,
    strings: Vec<Signed>,
    /// Whether the products of octets are summed without signs, lane by lane.
    plain: bool,
}

/// One string.
#[derive(Debug)]
struct Signed {
    /// Which sum of octets.
    sum: u32,
    /// The z within an octet.
    lanes: u8,
    /// The z outside of the tile.
    outside: usize,
}

impl Family {
    /// Strings on a tile of 2^`bits` ≥ 8 amplitudes, given by the bits of z in the tile and those
    /// outside of it, and the order in which their sums come: position in the list.
    pub fn new(bits: u32, x: usize, imaginary: bool, z: &[(usize, usize)]) -> (Self, Vec<usize>) {
        debug_assert!(bits >= 3 && x >> bits == 0);
        let pairs = x >> 3 != 0;
        // Pairs are visited once, by the octet in which the highest bit of x is 0; it is left out of
        // their numbers.
        let among = |z: usize| {
            let octet = z >> 3;
            if !pairs {
                return octet;
            }
            let below = (1 << (x >> 3).ilog2()) - 1;
            octet & below | octet >> 1 & !below
        };
        let mut order: Vec<usize> = (0..z.len()).collect();
        order.sort_by_key(|&k| (Signs::order(among(z[k].0)), k));
        let mut sums: Vec<usize> = order.iter().map(|&k| among(z[k].0)).collect();
        sums.dedup();
        let mut strings = Vec::with_capacity(z.len());
        let mut at = 0;
        for &k in &order {
            at += usize::from(among(z[k].0) != sums[at]);
            let (lanes, outside) = ((z[k].0 & 7) as u8, z[k].1);
            strings.push(Signed { sum: at as u32, lanes, outside });
        }
        let signs = Signs::new(bits - 3 - u32::from(pairs), &sums);
        let plain = pairs && x & 7 == 0 && !imaginary && signs.is_plain();
        (Family { x, imaginary, signs, strings, plain }, order)
    }

    /// Number of strings.
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// How often the next tile may be asked for, in a tile of this many octets.
    pub fn times(&self, octets: usize) -> usize {
        let pairs = octets >> u32::from(self.x >> 3 != 0);
        // Three fields are eight octets at a time.
        if self.plain { octets / 24 } else { pairs.div_ceil(8) }
    }

    /// How many `f64` of memory the sums take.
    pub fn memory(&self) -> usize {
        self.signs.memory().max(3 * 8)
    }
}

/// Adds to `sums` what a tile contributes to the strings of all families, one after the other:
/// Σ (-1)^{|z & i|} Re(conj(b) a), or of -Im(conj(b) a), over the amplitudes a of the tile and their
/// partners b. `re` and `im` are the tile, `base` the index of its first amplitude. Meanwhile memory
/// that comes next is asked for.
#[allow(clippy::too_many_arguments)] // a tile, what to do with it, and memory
pub(crate) fn add_strings(
    isa: Isa,
    re: &[f64],
    im: &[f64],
    families: &[Family],
    base: usize,
    memory: &mut [f64],
    sums: &mut [f64],
    ahead: &mut Ahead,
) {
    assert!(re.len() == im.len() && re.len() >= 8 && re.len().is_power_of_two());
    let fits = |f: &Family| f.x < re.len() && f.memory() <= memory.len();
    assert!(families.iter().all(fits), "a family is of another tile");
    assert_eq!(sums.len(), families.iter().map(Family::len).sum::<usize>());
    add_strings_of::<f64>(isa, re, im, families, base, memory, sums, ahead);
}

instantiate! {
    add_strings_of = add_strings_generic(
        re: &[f64],
        im: &[f64],
        families: &[Family],
        base: usize,
        memory: &mut [f64],
        sums: &mut [f64],
        ahead: &mut Ahead,
    )
}

#[allow(clippy::too_many_arguments)] // as above
#[inline(always)]
unsafe fn add_strings_generic<V: Vector>(
    re: &[f64],
    im: &[f64],
    families: &[Family],
    base: usize,
    memory: &mut [f64],
    sums: &mut [f64],
    ahead: &mut Ahead,
) {
    let tile = Tile { re: re.as_ptr(), im: im.as_ptr() };
    let (octets, memory) = (re.len() / 8, memory.as_mut_ptr());
    let (mut families, mut left) = (families, sums);
    while let [family, rest @ ..] = families {
        let done = match families {
            [a, b, c, ..] if a.plain && b.plain && c.plain && a.x ^ b.x != c.x => {
                three_fields::<V::Octet>(
                    tile,
                    octets,
                    [a.x >> 3, b.x >> 3, c.x >> 3],
                    memory,
                    ahead,
                );
                families = &families[3..];
                [Some(a), Some(b), Some(c)]
            }
            _ => {
                one_family::<V::Octet>(tile, octets, family, memory, ahead);
                families = rest;
                [Some(family), None, None]
            }
        };
        for (k, family) in done.into_iter().flatten().enumerate() {
            let (sums, after) = left.split_at_mut(family.strings.len());
            left = after;
            // The products of a and b and of b and a are conjugates.
            let weight = if family.x >> 3 == 0 { 1.0 } else { 2.0 };
            for (sum, string) in sums.iter_mut().zip(&family.strings) {
                let octet = V::Octet::load(memory.add(8 * (k + string.sum as usize)));
                let signed = octet.mul(V::Octet::signs(string.lanes.into())).sum();
                *sum += weight * parity_sign(string.outside & base) * signed;
            }
        }
    }
}

/// The sums of octets of one family, to the beginning of `memory`.
#[inline(always)]
unsafe fn one_family<O: Octet>(
    tile: Tile,
    octets: usize,
    family: &Family,
    memory: *mut f64,
    ahead: &mut Ahead,
) {
    let to = &family.signs;
    let (x, lanes) = (family.x >> 3, O::shuffle(family.x & 7));
    let pairs = Pairs::new(tile, x.max(1));
    match (x, family.x & 7, family.imaginary) {
        (0, 0, _) => to.add_up::<O>(octets, Squares(tile), memory, ahead),
        (0, _, false) => to.add_up::<O>(octets, Within::<_, false>(tile, lanes), memory, ahead),
        (0, _, true) => to.add_up::<O>(octets, Within::<_, true>(tile, lanes), memory, ahead),
        (_, 0, false) => to.add_up::<O>(octets / 2, Plain::<false>(pairs), memory, ahead),
        (_, 0, true) => to.add_up::<O>(octets / 2, Plain::<true>(pairs), memory, ahead),
        (_, _, false) => {
            to.add_up::<O>(octets / 2, Across::<_, false>(pairs, lanes), memory, ahead)
        }
        (_, _, true) => to.add_up::<O>(octets / 2, Across::<_, true>(pairs, lanes), memory, ahead),
    }
}

/// The sums of octets of three plain families, whose x are independent: of eight octets that they
/// lead to each other, twelve products.
#[inline(always)]
unsafe fn three_fields<O: Octet>(
    tile: Tile,
    octets: usize,
    x: [usize; 3],
    memory: *mut f64,
    ahead: &mut Ahead,
) {
    let [a, b, c] = x;
    let pivot = |x: usize| 1usize << x.ilog2();
    let reduced = |x: usize, by: usize| if x & pivot(by) == 0 { x } else { x ^ by };
    let b1 = reduced(b, a);
    let pivots = pivot(a) | pivot(b1) | pivot(reduced(reduced(c, a), b1));
    let zero = O::splat(0.0);
    let mut sums = [[zero; 4]; 3];
    let mut first = 0;
    for _ in 0..octets / 8 {
        ahead.ask();
        let v = [
            tile.at(first),
            tile.at(first ^ a),
            tile.at(first ^ b),
            tile.at(first ^ a ^ b),
            tile.at(first ^ c),
            tile.at(first ^ a ^ c),
            tile.at(first ^ b ^ c),
            tile.at(first ^ a ^ b ^ c),
        ];
        sums[0] = four_products(sums[0], [v[0], v[2], v[4], v[6]], [v[1], v[3], v[5], v[7]]);
        sums[1] = four_products(sums[1], [v[0], v[1], v[4], v[5]], [v[2], v[3], v[6], v[7]]);
        sums[2] = four_products(sums[2], [v[0], v[1], v[2], v[3]], [v[4], v[5], v[6], v[7]]);
        // With the pivots set, the carry passes over them.
        first = (first | pivots).wrapping_add(1) & !pivots;
    }
    for (k, [a, b, c, d]) in sums.into_iter().enumerate() {
        a.add(b).add(c.add(d)).store(memory.add(8 * k));
    }
}

/// Adds Re(conj(b) a) of four pairs to the four sums.
#[inline(always)]
unsafe fn four_products<O: Octet>(sums: [O; 4], a: [[O; 2]; 4], b: [[O; 2]; 4]) -> [O; 4] {
    [
        a[1][0].mul_add(b[1][0], a[0][0].mul_add(b[0][0], sums[0])),
        a[1][1].mul_add(b[1][1], a[0][1].mul_add(b[0][1], sums[1])),
        a[3][0].mul_add(b[3][0], a[2][0].mul_add(b[2][0], sums[2])),
        a[3][1].mul_add(b[3][1], a[2][1].mul_add(b[2][1], sums[3])),
    ]
}
