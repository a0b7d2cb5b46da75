//! Permutations of the basis states of k bits.

use super::pair::{Pair, pair};
use super::parallel::{self, Shared};
use super::walk::Runs;
use super::{Buffer, Isa, Real};
use crate::engine::action::ControlMask;
use num_complex::Complex;

/// Tables from this size on, where the other bits have few values, go entry by entry, the entries
/// shared out to threads; else the values of the other bits are.
const LARGE_TABLE: usize = 1 << 10;
const FEW_OTHERS: usize = 16;
/// Entries that a thread takes at a time.
const ENTRIES: usize = 1 << 12;

/// Moves amplitude b of the targets to `table[b]`, where selected. Fixed points are not touched.
pub(crate) fn permutation<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    targets: &[u32],
    map: &[u32],
    select: ControlMask,
) {
    let offsets = Offsets::new(targets);
    let offset = |b: usize| offsets.of(b);
    let fixed = select.mask as usize | offset(map.len() - 1);
    let total = buffer.len() >> fixed.count_ones();
    if map.len() >= LARGE_TABLE && total <= FEW_OTHERS {
        return large(buffer, (targets, &offsets), map, select);
    }
    let moves: Vec<(usize, usize)> = (0..map.len())
        .filter(|&b| map[b] as usize != b)
        .map(|b| (offset(b), offset(map[b] as usize)))
        .collect();
    if moves.is_empty() {
        return;
    }
    if let [(b, c), _] = moves[..] {
        let targets = offset(map.len() - 1) as u64;
        let job = Pair::transposition(b as u64, c as u64, targets, select);
        return pair(isa, buffer, &job);
    }
    let large = parallel::is_large::<Complex<T>>(buffer.len());
    let chunk = if large { (1 << 13 >> targets.len()).max(16) } else { usize::MAX };
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| {
        let mut taken = vec![Complex { re: T::ZERO, im: T::ZERO }; moves.len()];
        let mut runs = Runs::new(start, count, fixed, select.value as usize, 0);
        while let Some(first) = runs.next() {
            for i in first..first + runs.run {
                // SAFETY: all bits of the indices are below those of the buffer's length, and each
                // group of amplitudes belongs to one call.
                unsafe {
                    for (z, (from, _)) in taken.iter_mut().zip(&moves) {
                        *z = *memory.get().add(i | from);
                    }
                    for (z, (_, to)) in taken.iter().zip(&moves) {
                        *memory.get().add(i | to) = *z;
                    }
                }
            }
        }
    });
}

/// Places of the values of targets, for 8 bits at a time.
struct Offsets {
    pieces: [[u64; 256]; 3],
}

impl Offsets {
    /// Of at most 24 targets.
    fn new(targets: &[u32]) -> Self {
        let mut pieces = [[0; 256]; 3];
        for (piece, targets) in pieces.iter_mut().zip(targets.chunks(8)) {
            for (value, place) in piece.iter_mut().enumerate() {
                let bits = targets.iter().enumerate();
                *place = bits.fold(0, |o, (k, t)| o | (value as u64 >> k & 1) << t);
            }
        }
        Offsets { pieces }
    }

    #[inline(always)]
    fn of(&self, value: usize) -> usize {
        let [low, middle, high] = &self.pieces;
        (low[value & 255] | middle[value >> 8 & 255] | high[value >> 16 & 255]) as usize
    }
}

/// The same for a table that is as large as a part of the state: a copy is taken in order, and put
/// back where the table says.
fn large<T: Real>(
    buffer: &mut Buffer<T>,
    (targets, offsets): (&[u32], &Offsets),
    map: &[u32],
    select: ControlMask,
) {
    if map.iter().enumerate().all(|(b, &image)| image as usize == b) {
        return;
    }
    // Of the lowest bits in order, values are their own places.
    let is_run = targets.iter().enumerate().all(|(k, &t)| t == k as u32);
    let fixed = select.mask as usize | offsets.of(map.len() - 1);
    let total = buffer.len() >> fixed.count_ones();
    let is_large = parallel::is_large::<Complex<T>>(buffer.len());
    let chunk = if is_large { ENTRIES } else { usize::MAX };
    let memory = buffer.shared();
    // Not the threads' scratch: where a thread waits, it may do other work that asks for that.
    let mut room: Vec<Complex<T>> = Vec::with_capacity(map.len());
    let copy = Shared(room.as_mut_ptr());
    let mut runs = Runs::new(0, total, fixed, select.value as usize, 0);
    while let Some(first) = runs.next() {
        for base in first..first + runs.run {
            parallel::chunks(map.len(), chunk, |start, count| {
                // SAFETY: the copy has room for one amplitude an entry, and each chunk writes those
                // of its own; places are below the length of the buffer.
                unsafe {
                    let to = copy.get().add(start);
                    if is_run {
                        let from = memory.get().add(base | start);
                        std::ptr::copy_nonoverlapping(from, to, count);
                    } else {
                        for k in 0..count {
                            *to.add(k) = *memory.get().add(base | offsets.of(start + k));
                        }
                    }
                }
            });
            parallel::chunks(map.len(), chunk, |start, count| {
                for (k, &image) in map[start..start + count].iter().enumerate() {
                    let image = image as usize;
                    let place = if is_run { image } else { offsets.of(image) };
                    // SAFETY: as above; the table is a bijection, so that each place is written
                    // once, and all were copied before.
                    unsafe { *memory.get().add(base | place) = *copy.get().add(start + k) };
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Targets in order and not, with controls on both sides, few others and many.
    #[test]
    fn large_tables_move_what_they_say() {
        let cases: [(usize, Vec<u32>, u64, u64); 5] = [
            (11, (0..10).collect(), 1 << 10, 1 << 10),
            (12, (0..11).collect(), 0, 0),
            (12, (1..12).rev().collect(), 1, 0),
            (13, vec![12, 3, 7, 0, 1, 9, 10, 2, 4, 6], 1 << 5 | 1 << 11, 1 << 5),
            (16, (3..14).collect(), 0, 0),
        ];
        for (n, targets, mask, value) in cases {
            let size = 1usize << targets.len();
            // Odd factors modulo a power of two.
            let map: Vec<u32> = (0..size).map(|b| ((b * 77 + 5) % size) as u32).collect();
            let mut buffer = Buffer::<f64>::zeroed(1 << n).unwrap();
            for (k, z) in buffer.iter_mut().enumerate() {
                *z = Complex::new(k as f64, -(k as f64));
            }
            let before = buffer.to_vec();
            permutation(Isa::best(), &mut buffer, &targets, &map, ControlMask { mask, value });
            let bits =
                |i: usize| targets.iter().enumerate().fold(0, |b, (k, t)| b | (i >> t & 1) << k);
            let at =
                |b: usize| targets.iter().enumerate().fold(0, |i, (k, t)| i | (b >> k & 1) << t);
            for (i, z) in before.iter().enumerate() {
                let chosen = i as u64 & mask == value;
                let place = i & !at(size - 1) | at(map[bits(i)] as usize);
                assert_eq!(buffer[if chosen { place } else { i }], *z, "{n} {i}");
            }
        }
    }
}
