//! Exchanging bits of all indices, in one sweep.

use super::parallel::{self, Shared};
use super::tile::{Workspace, copy};
use super::walk::deposit;
use super::{Buffer, Real};
use num_complex::Complex;

/// log2 of the amplitudes that are read and written side by side.
const RUN_BITS: usize = 6;
/// log2 of the amplitudes that are read side by side from a tile: a cache line in double precision.
const LINE_BITS: usize = 2;

/// Exchanges bits of all indices: bit k with bit `partner[k]`, whose partner is k.
///
/// Amplitudes whose indices differ in the lowest bits and the partners of these are a tile. Its
/// image is a tile too, and the image of that one the first; both are read, and each is written to
/// where the other one was.
pub(crate) fn exchange_bits<T: Real>(
    buffer: &mut Buffer<T>,
    partner: &[usize],
    workspace: &Workspace<T>,
) {
    assert_eq!(buffer.len(), 1 << partner.len(), "one partner a bit");
    assert!((0..partner.len()).all(|k| partner[partner[k]] == k), "bits are exchanged in pairs");
    let moves = Moves::new(partner);
    let (size, outer) = (moves.size(), moves.outer(partner));
    let total = buffer.len() / size;
    let chunk = if parallel::is_large::<Complex<T>>(buffer.len()) { total.min(8) } else { total };
    let memory = buffer.shared();
    let pair = |number: usize| {
        let base = deposit(number, moves.bits);
        (base, image(base, &outer))
    };
    parallel::chunks(total, chunk, |start, count| {
        workspace.with(|tile| {
            assert_eq!(tile.len(), 2 * size, "the workspace is for other tiles");
            let (one, other) = tile.split_at_mut(size);
            for (base, image) in (start..start + count).map(pair) {
                if image < base {
                    continue;
                }
                // SAFETY: indices have no bits but those of the buffer's length. The pairs of tiles
                // have no amplitude in common, and each belongs to one call.
                unsafe {
                    copy::<T, true>(memory, one, base, moves.bits);
                    if image != base {
                        copy::<T, true>(memory, other, image, moves.bits);
                        moves.write(memory, base, other);
                    }
                    moves.write(memory, image, one);
                }
            }
        });
    });
}

/// log2 of the amplitudes that a thread needs at once to exchange bits.
pub(crate) fn exchange_tile_bits(partner: &[usize]) -> u32 {
    tile_of(partner).count_ones() + 1
}

/// The lowest bits and their partners.
fn tile_of(partner: &[usize]) -> usize {
    (0..RUN_BITS.min(partner.len())).fold(0, |bits, k| bits | 1 << k | 1 << partner[k])
}

/// The index with its bits exchanged; of each pair of places, both are given.
fn image(index: usize, outer: &[(u32, u32)]) -> usize {
    outer.iter().fold(index, |image, &(a, b)| {
        let differ = (image >> a ^ image >> b) & 1;
        image ^ (differ << a | differ << b)
    })
}

/// How a tile is written: the amplitude `from` of the tile to the place `to`. Both are sums of a
/// member of `inner` and one of `outer`; the inner ones are whole cache lines on both sides, so that
/// each line is loaded once.
struct Moves {
    bits: usize,
    inner: Vec<(usize, usize)>,
    outer: Vec<(usize, usize)>,
}

impl Moves {
    fn new(partner: &[usize]) -> Self {
        let bits = tile_of(partner);
        let rank = |bit: usize| (bits & ((1 << bit) - 1)).count_ones() as usize;
        let places = (0..partner.len()).filter(|k| bits >> k & 1 == 1);
        let (inner, outer): (Vec<_>, Vec<_>) =
            places.partition(|&k| k < LINE_BITS || partner[k] < LINE_BITS);
        let moves = |places: &[usize]| {
            let mut moves = vec![(0, 0)];
            for &k in places {
                moves.extend_from_within(..);
                let half = moves.len() / 2;
                for (to, from) in &mut moves[half..] {
                    *to |= 1 << k;
                    *from |= 1 << rank(partner[k]);
                }
            }
            moves
        };
        Moves { bits, inner: moves(&inner), outer: moves(&outer) }
    }

    /// Amplitudes of a tile.
    fn size(&self) -> usize {
        self.inner.len() * self.outer.len()
    }

    /// The pairs of bits outside of the tile.
    fn outer(&self, partner: &[usize]) -> Vec<(u32, u32)> {
        let is_first = |&k: &usize| self.bits >> k & 1 == 0 && k < partner[k];
        (0..partner.len()).filter(is_first).map(|k| (k as u32, partner[k] as u32)).collect()
    }

    /// Writes a tile to the places from `base` on, which are those of a tile and nobody else's.
    unsafe fn write<T: Real>(&self, memory: Shared<T>, base: usize, tile: &[Complex<T>]) {
        let memory = memory.get().add(base);
        for (to, from) in &self.outer {
            for (t, f) in &self.inner {
                *memory.add(to | t) = tile[from | f];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amplitudes_go_where_their_bits_do() {
        for partner in [
            vec![],
            vec![0],
            vec![2, 1, 0],
            (0..9).rev().collect(),
            (0..14).rev().collect(),
            vec![0, 1, 2, 3, 4, 5, 6, 9, 8, 7],
            vec![7, 1, 2, 3, 4, 5, 6, 0, 14, 12, 11, 10, 9, 13, 8],
        ] {
            let mut buffer = Buffer::<f64>::zeroed(1 << partner.len()).unwrap();
            buffer.iter_mut().enumerate().for_each(|(i, z)| z.re = i as f64);
            let workspace = Workspace::new(exchange_tile_bits(&partner)).unwrap();
            exchange_bits(&mut buffer, &partner, &workspace);
            for (i, z) in buffer.iter().enumerate() {
                let from = (0..partner.len()).fold(0, |from, k| from | (i >> k & 1) << partner[k]);
                assert_eq!(z.re, from as f64, "{partner:?}");
            }
        }
    }
}
