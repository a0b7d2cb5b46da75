//! Memory of large states straight from the system, which clears it: the heap would map as many
//! bytes for one request and say nothing of their being zero, so that they were cleared twice.

use std::ptr::NonNull;

/// From this many bytes on. The heap (glibc's) maps every request of this size anew, and keeps
/// smaller ones that were given back: those need no page faults.
#[cfg(target_os = "linux")]
const FROM: usize = 32 << 20;

/// Whether a buffer of this size is made of pages.
pub(super) fn serves(bytes: usize) -> bool {
    #[cfg(target_os = "linux")]
    return bytes >= FROM;
    #[cfg(not(target_os = "linux"))]
    return bytes == usize::MAX;
}

/// Zeros whose address is a multiple of `align`, a power of two; `None` if the memory is not there.
/// Each page is placed when it is touched, by the thread that touches it.
#[cfg(target_os = "linux")]
pub(super) fn map(bytes: usize, align: usize) -> Option<NonNull<u8>> {
    let whole = bytes.checked_add(align)?;
    let (access, kind) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping overlaps nothing.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), whole, access, kind, -1, 0) };
    if start == libc::MAP_FAILED {
        return None;
    }
    let start = start.cast::<u8>();
    let before = start.align_offset(align);
    // SAFETY: `before` is at most `align`, so all three ranges are within the mapping; nothing points
    // into what is given back.
    unsafe {
        let at = start.add(before);
        for (unused, len) in [(start, before), (at.add(bytes), align - before)] {
            if len > 0 {
                libc::munmap(unused.cast(), len);
            }
        }
        NonNull::new(at)
    }
}

/// Gives back what [`map`] gave.
///
/// # Safety
/// `start` is from `map` with the same size, and nothing uses it any more.
#[cfg(target_os = "linux")]
pub(super) unsafe fn unmap(start: *mut u8, bytes: usize) {
    // SAFETY: by the caller's promise.
    unsafe { libc::munmap(start.cast(), bytes) };
}

/// There are no pages to be had.
#[cfg(not(target_os = "linux"))]
pub(super) fn map(_: usize, _: usize) -> Option<NonNull<u8>> {
    None
}

/// Nothing was given.
///
/// # Safety
/// None is needed.
#[cfg(not(target_os = "linux"))]
pub(super) unsafe fn unmap(_: *mut u8, _: usize) {}
