//! The memory of a state.

use super::real::Real;
use super::{Held, pages, parallel};
use num_complex::Complex;
use std::alloc::{Layout, alloc, dealloc};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Huge pages are this large on the usual machines.
const HUGE_PAGE: usize = 2 << 20;
/// A cache line, and the widest register.
const LINE: usize = 64;
/// Amplitudes that register passes load at once, at the most.
const PADDED: usize = 1 << Held::MOST_BITS;

/// Amplitudes, aligned to 64 bytes (2 MiB from 4 MiB on) and padded with zeros to at least
/// 128 amplitudes, so that a register pass fits in the smallest state. Derefs to the amplitudes without
/// the padding.
pub(crate) struct Buffer<T: Real> {
    start: NonNull<Complex<T>>,
    len: usize,
}

// SAFETY: the buffer owns its memory and hands out references by the rules of a slice.
unsafe impl<T: Real> Send for Buffer<T> {}
// SAFETY: as above.
unsafe impl<T: Real> Sync for Buffer<T> {}

impl<T: Real> Buffer<T> {
    /// `len` zeros, or `None` if the memory is not there.
    pub fn zeroed(len: usize) -> Option<Self> {
        let layout = Self::memory(len)?;
        if pages::serves(layout.size()) {
            let start = pages::map(layout.size(), layout.align())?;
            advise_huge_pages(start.as_ptr(), layout.size());
            return Some(Buffer { start: start.cast(), len });
        }
        // SAFETY: the size is not zero; the pointer is checked; the memory is written (in chunks
        // that do not overlap) before anything reads it.
        let buffer = unsafe {
            let start = NonNull::new(alloc(layout).cast::<Complex<T>>())?;
            advise_huge_pages(start.as_ptr().cast(), layout.size());
            let memory = parallel::Shared(start.as_ptr());
            // The first touch places a page, so every thread touches its share.
            parallel::chunks(
                Self::padded(len),
                HUGE_PAGE / size_of::<Complex<T>>(),
                |at, count| {
                    memory.get().add(at).write_bytes(0, count);
                },
            );
            Buffer { start, len }
        };
        Some(buffer)
    }

    /// Copies the amplitudes of a buffer of the same length.
    pub fn copy_from(&mut self, from: &Self) {
        assert_eq!(self.len, from.len);
        let to = parallel::Shared(self.start.as_ptr());
        parallel::chunks(self.len, 1 << 16, |at, count| {
            // SAFETY: the chunks are within both buffers and do not overlap.
            unsafe { to.get().add(at).copy_from_nonoverlapping(from[at..].as_ptr(), count) };
        });
    }

    /// Sets all amplitudes to zero.
    pub fn clear(&mut self) {
        let memory = parallel::Shared(self.start.as_ptr());
        parallel::chunks(self.len, 1 << 16, |at, count| {
            // SAFETY: the chunks are within the buffer and do not overlap.
            unsafe { memory.get().add(at).write_bytes(0, count) };
        });
    }

    /// Number of registers with 2^`log` lanes that cover the amplitudes.
    pub fn vectors(&self, log: u32) -> usize {
        (self.len >> log).max(1)
    }

    /// The amplitudes for the kernels.
    pub(super) fn shared(&mut self) -> parallel::Shared<T> {
        parallel::Shared(self.start.as_ptr())
    }

    fn padded(len: usize) -> usize {
        len.max(PADDED)
    }

    fn memory(len: usize) -> Option<Layout> {
        let size = Self::padded(len).checked_mul(size_of::<Complex<T>>())?;
        Layout::from_size_align(size, if size >= 2 * HUGE_PAGE { HUGE_PAGE } else { LINE }).ok()
    }
}

impl<T: Real> Drop for Buffer<T> {
    fn drop(&mut self) {
        let layout = Self::memory(self.len).expect("was computed when it was allocated");
        let start = self.start.as_ptr().cast();
        // SAFETY: allocated with this layout by `zeroed`, in one of these two ways.
        unsafe {
            if pages::serves(layout.size()) {
                pages::unmap(start, layout.size());
            } else {
                dealloc(start, layout);
            }
        }
    }
}

impl<T: Real> Deref for Buffer<T> {
    type Target = [Complex<T>];
    fn deref(&self) -> &[Complex<T>] {
        // SAFETY: `len` amplitudes were written at `start`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Real> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [Complex<T>] {
        // SAFETY: as above, and `self` is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

/// Asks for huge pages: 15 to 25 % on sweeps over a large state. A refusal does no harm, and small
/// requests are left alone.
pub(super) fn advise_huge_pages(start: *mut u8, bytes: usize) {
    #[cfg(target_os = "linux")]
    if bytes >= 2 * HUGE_PAGE {
        let skip = start.align_offset(HUGE_PAGE);
        let whole = (bytes - skip) / HUGE_PAGE * HUGE_PAGE;
        // SAFETY: the range is within memory that the caller owns; the advice does not change what
        // is in it.
        unsafe { libc::madvise(start.add(skip).cast(), whole, libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_aligned_zeroed_and_refuses() {
        for len in [1, 2, 64, 1 << 19, 1 << 22] {
            let buffer = Buffer::<f32>::zeroed(len).unwrap();
            assert_eq!(buffer.as_ptr() as usize % LINE, 0);
            assert!(buffer.iter().all(|z| z.re == 0.0 && z.im == 0.0));
            assert_eq!(buffer.len(), len);
        }
        let mut buffer = Buffer::<f64>::zeroed(1 << 18).unwrap();
        assert_eq!(buffer.as_ptr() as usize % HUGE_PAGE, 0);
        buffer[77].re = 3.0;
        let mut copy = Buffer::<f64>::zeroed(1 << 18).unwrap();
        copy.copy_from(&buffer);
        assert_eq!(copy[77].re, 3.0);
        buffer.clear();
        assert_eq!(buffer[77].re, 0.0);
        assert!(Buffer::<f64>::zeroed(1 << 58).is_none());
    }
}
