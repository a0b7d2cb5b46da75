//! Pauli strings as masks of a fixed number of words, and terms of them.

use crate::pauli::{Pauli, PauliString};
use std::cmp::Ordering;

/// Bits of W·64 qubits.
pub(super) type Mask<const W: usize> = [u64; W];

/// Strings that always stay, as masks.
pub(super) type Protected<const W: usize> = Vec<(Mask<W>, Mask<W>)>;

/// What a term remembers of where it comes from: nothing, or enough to go back.
pub(super) trait Tag: Copy + Default + Send + Sync + 'static {
    /// Whether it remembers anything.
    const TRACKED: bool;

    /// The coefficient was multiplied by this.
    fn scale(&mut self, factor: f64);

    /// That of the value with this number.
    fn numbered(number: u32) -> Self;

    /// Numbers go on from `base`.
    fn rebase(&mut self, base: u32);

    /// The number of the value, and what it was multiplied by since.
    fn origin(self) -> (u32, f64);
}

impl Tag for () {
    const TRACKED: bool = false;

    #[inline(always)]
    fn scale(&mut self, _: f64) {}

    #[inline(always)]
    fn numbered(_: u32) -> Self {}

    #[inline(always)]
    fn rebase(&mut self, _: u32) {}

    #[inline(always)]
    fn origin(self) -> (u32, f64) {
        (0, 1.0)
    }
}

/// The number of the value that a coefficient was when it was made, and what it was multiplied by
/// since.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin {
    gain: f64,
    number: u32,
}

impl Tag for Origin {
    const TRACKED: bool = true;

    #[inline(always)]
    fn scale(&mut self, factor: f64) {
        self.gain *= factor;
    }

    #[inline(always)]
    fn numbered(number: u32) -> Self {
        Origin { gain: 1.0, number }
    }

    #[inline(always)]
    fn rebase(&mut self, base: u32) {
        self.number += base;
    }

    #[inline(always)]
    fn origin(self) -> (u32, f64) {
        (self.number, self.gain)
    }
}

/// c·P, with the factor X of P where `x` has a bit, Z where `z` has, Y where both have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term<const W: usize, T> {
    pub x: Mask<W>,
    pub z: Mask<W>,
    pub c: f64,
    pub tag: T,
}

impl<const W: usize, T: Tag> Default for Term<W, T> {
    fn default() -> Self {
        Term { x: [0; W], z: [0; W], c: 0.0, tag: T::default() }
    }
}

impl<const W: usize, T> Term<W, T> {
    #[inline(always)]
    pub fn weight(&self) -> usize {
        (0..W).map(|w| (self.x[w] | self.z[w]).count_ones() as usize).sum()
    }
}

/// Whether two masks have a bit in common.
#[inline(always)]
pub(super) fn meet<const W: usize>(a: &Mask<W>, b: &Mask<W>) -> bool {
    (0..W).fold(0, |all, w| all | a[w] & b[w]) != 0
}

#[inline(always)]
pub(super) fn bit<const W: usize>(mask: &Mask<W>, q: usize) -> bool {
    mask[q / 64] >> (q % 64) & 1 == 1
}

#[inline(always)]
pub(super) fn flip<const W: usize>(mask: &mut Mask<W>, q: usize) {
    mask[q / 64] ^= 1 << (q % 64);
}

/// The bits that are set, ascending.
#[inline(always)]
pub(super) fn ones<const W: usize>(mask: Mask<W>) -> impl Iterator<Item = usize> {
    (0..W).flat_map(move |w| {
        let mut left = mask[w];
        std::iter::from_fn(move || {
            (left != 0).then(|| {
                let q = 64 * w + left.trailing_zeros() as usize;
                left &= left - 1;
                q
            })
        })
    })
}

/// The mask of some qubits.
pub(super) fn mask_of<const W: usize>(qubits: impl IntoIterator<Item = usize>) -> Mask<W> {
    qubits.into_iter().fold([0; W], |mut mask, q| {
        flip(&mut mask, q);
        mask
    })
}

/// A hash of two masks: products of 128 bits, folded (Yi, wyhash).
#[inline(always)]
pub(super) fn hash<const W: usize>(x: &Mask<W>, z: &Mask<W>) -> u64 {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let mut h = 0x9e37_79b9_7f4a_7c15;
    for w in 0..W {
        h = fold(x[w] ^ 0xa076_1d64_78bd_642f ^ h, z[w] ^ 0xe703_7ed1_a0b4_28db);
    }
    fold(h ^ 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3)
}

/// The masks of a string whose qubits are below 64·W.
pub(super) fn pack<const W: usize>(string: &PauliString) -> (Mask<W>, Mask<W>) {
    let (mut x, mut z) = ([0; W], [0; W]);
    for (w, pair) in string.pairs().take(W).enumerate() {
        (x[w], z[w]) = pair;
    }
    (x, z)
}

/// The string with these masks, mask bit k being qubit `qubits[k]`, ascending.
pub(super) fn unpack<const W: usize>(x: &Mask<W>, z: &Mask<W>, qubits: &[u32]) -> PauliString {
    let is_whole = qubits.last().is_none_or(|&last| last as usize + 1 == qubits.len());
    if is_whole {
        return PauliString::from_pairs((0..W).map(|w| (x[w], z[w])));
    }
    let mut support = [0; W];
    (0..W).for_each(|w| support[w] = x[w] | z[w]);
    let factors =
        ones(support).map(|k| (qubits[k] as usize, Pauli::from_bits(bit(x, k), bit(z, k))));
    PauliString::try_new(factors).unwrap_or_default()
}

/// The order of [`PauliString`].
pub(super) fn order<const W: usize>(a: (&Mask<W>, &Mask<W>), b: (&Mask<W>, &Mask<W>)) -> Ordering {
    for w in 0..W {
        let differ = (a.0[w] ^ b.0[w]) | (a.1[w] ^ b.1[w]);
        if differ == 0 {
            continue;
        }
        let q = 64 * w + differ.trailing_zeros() as usize;
        let letter = |p: (&Mask<W>, &Mask<W>)| Pauli::from_bits(bit(p.0, q), bit(p.1, q));
        // The side with the identity here goes on with a higher qubit or has ended.
        let goes_on = |p: (&Mask<W>, &Mask<W>)| {
            let above = (p.0[w] | p.1[w]) >> (q % 64) != 0;
            above || (w + 1..W).any(|w| p.0[w] | p.1[w] != 0)
        };
        return match (letter(a), letter(b)) {
            (Pauli::I, _) if goes_on(a) => Ordering::Greater,
            (_, Pauli::I) if goes_on(b) => Ordering::Less,
            (a, b) => a.cmp(&b),
        };
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_strings_are_ordered_as_strings_are() {
        let texts =
            ["I", "X0", "Y0", "Z0", "X1", "X0 X1", "Z0 Y63", "Z0 X64", "X64", "Y100", "Z63"];
        let strings: Vec<PauliString> = texts.iter().map(|t| t.parse().unwrap()).collect();
        for a in &strings {
            let (x, z) = pack::<2>(a);
            let all: Vec<u32> = (0..128).collect();
            assert_eq!(&unpack(&x, &z, &all), a);
            for b in &strings {
                let (bx, bz) = pack::<2>(b);
                assert_eq!(order((&x, &z), (&bx, &bz)), a.cmp(b), "{a} {b}");
            }
        }
    }

    #[test]
    fn bits_are_found_in_order_and_unpacked_to_their_qubits() {
        let mask = [1 << 63 | 5, 1 << 7];
        assert_eq!(ones(mask).collect::<Vec<_>>(), [0, 2, 63, 71]);
        let qubits = [3, 7, 9];
        assert_eq!(unpack(&[0b101], &[0b100], &qubits), "X3 Y9".parse().unwrap());
        assert!(meet(&[0, 4], &[1, 6]) && !meet(&[1, 2], &[2, 1]));
    }
}
