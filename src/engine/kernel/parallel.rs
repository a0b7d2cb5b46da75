//! Work in chunks of fixed size, on all threads when there is enough of it. The chunks do not
//! depend on the number of threads, so neither do the results.

use num_complex::Complex;
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// States from this many bytes on are worth more than one thread (2^16 amplitudes in `f64`).
const LARGE: usize = 1 << 20;

/// Whether `len` items of type `T` are worth more than one thread.
pub(crate) fn is_large<T>(len: usize) -> bool {
    len.saturating_mul(size_of::<T>()) >= LARGE
}

/// Runs work with many parallel steps on a thread of the pool, if the steps are parallel: a step that
/// is started from outside wakes the pool and waits for it, which costs as much as a sweep over 2^15
/// amplitudes.
pub(crate) fn in_pool(parallel: bool, work: impl FnOnce() + Send) {
    if parallel && rayon::current_thread_index().is_none() && rayon::current_num_threads() > 1 {
        rayon::scope(|_| work());
    } else {
        work();
    }
}

/// Number of threads of the pool that the caller is in.
pub(super) fn num_threads() -> usize {
    rayon::current_num_threads()
}

/// The number of the calling thread among them; 0 outside of a pool.
pub(super) fn thread() -> usize {
    rayon::current_thread_index().unwrap_or(0)
}

/// Amplitudes that several threads work on, each on its own.
#[derive(Clone, Copy)]
pub(super) struct Shared<T>(pub *mut Complex<T>);

// SAFETY: the kernels give each thread amplitudes that no other thread touches.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The first amplitude. (A method, so that a closure captures the whole struct.)
    #[inline(always)]
    pub fn get(self) -> *mut Complex<T> {
        self.0
    }
}

/// Calls `work(start, count)` for the chunks of `0..total`; on the calling thread alone if there is
/// one chunk.
#[inline]
pub(super) fn chunks(total: usize, chunk: usize, work: impl Fn(usize, usize) + Sync) {
    if total <= chunk || rayon::current_num_threads() == 1 {
        work(0, total);
    } else {
        many(total, chunk, work);
    }
}

#[inline(never)]
fn many(total: usize, chunk: usize, work: impl Fn(usize, usize) + Sync) {
    (0..total.div_ceil(chunk)).into_par_iter().for_each(|c| {
        let start = c * chunk;
        work(start, chunk.min(total - start));
    });
}

/// Chunk size, in registers of `lanes` amplitudes of type `T`, for a kernel on a state of `len`
/// amplitudes: all of it below [`LARGE`].
#[inline]
pub(super) fn chunk_of_vectors<T>(len: usize, log_lanes: u32) -> usize {
    if is_large::<Complex<T>>(len) {
        // 128 KiB: many chunks to balance, each much longer than the cost to start it.
        (128 << 10) / (size_of::<Complex<T>>() << log_lanes)
    } else {
        usize::MAX
    }
}

/// `len` items made in blocks of at most `block`, in an empty list with room for them:
/// `items(number)` gives those of a block, and must give as many as the block has. Every thread is
/// the first to touch the memory that it fills.
pub(crate) fn collect_blocks<R: Copy + Send, I: Iterator<Item = R>>(
    mut all: Vec<R>,
    len: usize,
    block: usize,
    parallel: bool,
    items: impl Fn(usize) -> I + Sync,
) -> Vec<R> {
    assert!(all.is_empty(), "the list has items already");
    all.reserve_exact(len);
    let spare = &mut all.spare_capacity_mut()[..len];
    super::buffer::advise_huge_pages(spare.as_mut_ptr().cast(), size_of_val(spare));
    let write = |(number, out): (usize, &mut [MaybeUninit<R>])| {
        let mut items = items(number);
        for slot in out {
            slot.write(items.next().expect("a block has its items"));
        }
    };
    if parallel {
        spare.par_chunks_mut(block).enumerate().for_each(write);
    } else {
        spare.chunks_mut(block).enumerate().for_each(write);
    }
    // SAFETY: every one of the `len` items was written just now, or `write` panicked.
    unsafe { all.set_len(len) };
    all
}
