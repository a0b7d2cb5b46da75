//! Asking for memory that comes next while other work is done.

use super::Real;
use super::parallel::Shared;
use num_complex::Complex;

/// Bytes of a cache line.
const LINE: usize = 64;
/// Lines that are asked for at a time for the rows of a tile: all of a tile of 2^14 amplitudes in
/// double precision within four register passes.
const OF_TILE: usize = 4;

/// The cache lines that are still to be asked for: rows of lines, whose numbers have the bits of a
/// mask. Lines of far rows share few places in the second cache and displace each other there, but
/// they are then in the third one, and no more in memory alone.
pub(crate) struct Ahead {
    next: *const u8,
    /// Lines that are left of the row, and of all.
    in_row: usize,
    left: usize,
    /// Lines of a row; bytes from the first row to that of `next`, and the bits that these have.
    of_row: usize,
    start: *const u8,
    row: usize,
    rows: usize,
    /// How many to ask for at a time.
    at_once: usize,
}

impl Ahead {
    /// Nothing.
    pub fn nothing() -> Self {
        Self::rows(std::ptr::null(), 0, 0, 0)
    }

    /// These amplitudes, asked for in about `times` parts.
    pub fn slice<T: Real>(amplitudes: &[Complex<T>], times: usize) -> Self {
        let lines = size_of_val(amplitudes) / LINE;
        Self::rows(amplitudes.as_ptr().cast(), lines, 0, lines.div_ceil(times.max(1)))
    }

    /// The amplitudes of a tile: those whose index is `base` but for `bits`.
    pub(super) fn tile<T: Real>(memory: Shared<T>, base: usize, bits: usize) -> Self {
        let size = size_of::<Complex<T>>();
        let run = (1 << bits.trailing_ones()) * size;
        let start = memory.get().wrapping_add(base).cast::<u8>().cast_const();
        Self::rows(start, (run / LINE).max(1), (bits * size) & !(run - 1), OF_TILE)
    }

    fn rows(start: *const u8, of_row: usize, rows: usize, at_once: usize) -> Self {
        let left = of_row << rows.count_ones();
        Ahead { next: start, in_row: of_row, left, of_row, start, row: 0, rows, at_once }
    }

    /// Asks for the next part.
    #[inline(always)]
    pub(super) fn ask(&mut self) {
        let lines = self.at_once.min(self.left);
        self.left -= lines;
        for _ in 0..lines {
            far_prefetch(self.next);
            self.next = self.next.wrapping_add(LINE);
            self.in_row -= 1;
            if self.in_row == 0 {
                self.in_row = self.of_row;
                // With the other bits set, the carry passes over them.
                self.row = (self.row | !self.rows).wrapping_add(1) & self.rows;
                self.next = self.start.wrapping_add(self.row);
            }
        }
    }
}

/// Asks for a cache line, to the second cache.
#[inline(always)]
fn far_prefetch(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch of any address is allowed.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
