//! Asking for the next tile while the one before is worked on. Only for tiles that are contiguous:
//! lines of far rows share few places in a cache, and would displace each other until they are used.

use super::Real;
use num_complex::Complex;

/// Bytes of a cache line.
const LINE: usize = 64;

/// The cache lines that are still to be asked for.
pub(crate) struct Ahead {
    next: *const u8,
    lines: usize,
    /// How many to ask for at a time.
    at_once: usize,
}

impl Ahead {
    /// Nothing.
    pub fn nothing() -> Self {
        Ahead { next: std::ptr::null(), lines: 0, at_once: 0 }
    }

    /// These amplitudes, asked for in about `times` parts.
    pub fn slice<T: Real>(amplitudes: &[Complex<T>], times: usize) -> Self {
        let lines = size_of_val(amplitudes) / LINE;
        let at_once = lines.div_ceil(times.max(1));
        Ahead { next: amplitudes.as_ptr().cast(), lines, at_once }
    }

    /// Asks for the next part.
    #[inline(always)]
    pub(super) fn ask(&mut self) {
        let lines = self.at_once.min(self.lines);
        for _ in 0..lines {
            far_prefetch(self.next);
            self.next = self.next.wrapping_add(LINE);
        }
        self.lines -= lines;
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
