//! Tiles: parts of a state that fit in a cache, worked on as small states of their own.

use super::ahead::Ahead;
use super::parallel::{self, Shared};
use super::walk::deposit;
use super::{Buffer, Real};
use num_complex::Complex;
use std::sync::{Mutex, PoisonError};

/// Memory for one tile a thread.
pub(crate) struct Workspace<T: Real> {
    tiles: Vec<Mutex<Buffer<T>>>,
}

impl<T: Real> Workspace<T> {
    /// For the threads of the pool that the caller is in; `None` if the memory is not there.
    pub fn new(tile_bits: u32) -> Option<Self> {
        let tile = |_| Buffer::zeroed(1 << tile_bits).map(Mutex::new);
        Some(Workspace { tiles: (0..parallel::num_threads()).map(tile).collect::<Option<_>>()? })
    }

    /// Work with the tile of the calling thread.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut Buffer<T>) -> R) -> R {
        // Work on a tile starts no other work, so the lock of a thread's own tile is always free.
        let mut tile =
            self.tiles[parallel::thread()].lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut tile)
    }
}

/// Tiles that a thread works on one after the other, so that it can ask for the next one's memory.
const IN_A_ROW: usize = 8;

/// For every value of the bits outside of `bits`: gathers the tile of amplitudes that have it, calls
/// `work(number of the value, tile, what to ask for meanwhile)` and writes the tile back, unless all
/// of it is zero: work is linear. Bit k of an index in the tile is the k-th of `bits`. The bits are
/// below those of the buffer's length, and the workspace has tiles of their number.
pub(crate) fn tiles<T: Real>(
    buffer: &mut Buffer<T>,
    bits: usize,
    workspace: &Workspace<T>,
    work: impl Fn(usize, &mut Buffer<T>, &mut Ahead) + Sync,
) {
    assert!(bits < buffer.len(), "the tile is larger than the state");
    let size = 1 << bits.count_ones();
    let total = buffer.len() / size;
    // At least eight chunks for each of two threads.
    let chunk = if parallel::is_large::<Complex<T>>(buffer.len()) {
        (total / 16).clamp(1, IN_A_ROW)
    } else {
        usize::MAX
    };
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| {
        workspace.with(|tile| {
            assert_eq!(tile.len(), size, "the workspace is for other tiles");
            for number in start..start + count {
                let base = deposit(number, bits);
                // SAFETY: indices have no bits but those of the buffer's length; a tile's
                // amplitudes belong to one call, and `tile` to this thread.
                unsafe { copy::<T, true>(memory, tile, base, bits) };
                // A state is mostly zeros when a circuit begins, and at the first others of a tile
                // this ends.
                if tile.iter().all(|z| z.re == T::ZERO && z.im == T::ZERO) {
                    continue;
                }
                let mut ahead = Ahead::nothing();
                if number + 1 < start + count {
                    ahead = Ahead::tile(memory, deposit(number + 1, bits), bits);
                }
                work(number, tile, &mut ahead);
                // SAFETY: as above.
                unsafe { copy::<T, false>(memory, tile, base, bits) };
            }
        });
    });
}

/// Copies a tile in or out, in runs of consecutive amplitudes. Strides of a power of two are met
/// here only, once in and once out: kernels would meet them in every pass.
#[inline(always)]
pub(super) unsafe fn copy<T: Real, const IN: bool>(
    memory: Shared<T>,
    tile: &mut [Complex<T>],
    base: usize,
    bits: usize,
) {
    let run = 1 << bits.trailing_ones();
    let rows = bits & !(run - 1);
    let mut row = 0usize;
    for to in tile.chunks_exact_mut(run) {
        let at = memory.get().add(base | row);
        if IN {
            to.as_mut_ptr().copy_from_nonoverlapping(at, run);
        } else {
            at.copy_from_nonoverlapping(to.as_ptr(), run);
        }
        // With the other bits set, the carry passes over them.
        row = (row | !rows).wrapping_add(1) & rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_gathered_in_order_and_written_back() {
        let mut buffer = Buffer::<f64>::zeroed(64).unwrap();
        for (i, z) in buffer.iter_mut().enumerate() {
            z.re = i as f64 + 1.0;
        }
        for bits in [0b1usize, 0b111, 0b10010, 0b101001, 0b111111, 0] {
            let workspace = Workspace::new(bits.count_ones()).unwrap();
            tiles(&mut buffer, bits, &workspace, |number, tile, _| {
                let base = deposit(number, bits);
                for (k, z) in tile.iter_mut().enumerate() {
                    let index = base | deposit(k, !bits & 63);
                    assert_eq!((z.re, z.im), (index as f64 + 1.0, 0.0));
                    z.re += 100.0;
                }
            });
            for (i, z) in buffer.iter_mut().enumerate() {
                assert_eq!(z.re, i as f64 + 101.0);
                z.re -= 100.0;
            }
        }
    }

    #[test]
    fn zeros_are_left_alone() {
        let mut buffer = Buffer::<f64>::zeroed(64).unwrap();
        buffer[37].im = 1.0;
        let worked = std::sync::Mutex::new(Vec::new());
        tiles(&mut buffer, 0b1111, &Workspace::new(4).unwrap(), |number, tile, _| {
            worked.lock().unwrap().push(number);
            tile[0].re = 2.0;
        });
        assert_eq!(worked.into_inner().unwrap(), [2]);
        assert_eq!(buffer.iter().filter(|z| z.re != 0.0 || z.im != 0.0).count(), 2);
    }
}
