//! Many circuits at a time: where this room is parallel.

use crate::error::Result;
use rayon::prelude::*;
use std::ops::Range;

/// Circuits of fewer qubits run on one thread each; larger ones have all threads to themselves.
const SMALL_BELOW: usize = 14;
/// Chunks a thread, so that none waits long for the last.
const CHUNKS: usize = 4;

/// What `work` makes of the numbers below `total`, in order: range by range on all threads for small
/// circuits, else all at once.
pub(super) fn in_ranges<R: Send>(
    num_qubits: usize,
    total: usize,
    work: impl Fn(Range<usize>) -> Result<Vec<R>> + Sync,
) -> Result<Vec<R>> {
    if num_qubits >= SMALL_BELOW || total < 2 {
        return work(0..total);
    }
    let size = total.div_ceil(CHUNKS * rayon::current_num_threads());
    let range = |k: usize| k * size..total.min((k + 1) * size);
    let parts: Vec<Vec<R>> =
        (0..total.div_ceil(size)).into_par_iter().map(|k| work(range(k))).collect::<Result<_>>()?;
    Ok(parts.into_iter().flatten().collect())
}
