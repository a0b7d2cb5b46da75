//! Work on threads whose results are in order.

use crate::error::{Error, Result};
use crate::math::{Watch, for_each_in_order, threads};

/// Fewer terms are not worth waking threads.
pub(super) const FEW: usize = 1 << 11;

/// What `work` makes of each item, in order; on all threads if there are more than a few `terms`. Each
/// thread has a worker of its own, on which results must not depend.
pub(super) fn map_each<S: Default + Send, I: Send, R: Send>(
    terms: usize,
    items: impl ExactSizeIterator<Item = I> + Send,
    work: impl Fn(&mut S, I) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let count = items.len();
    if terms <= FEW || count <= 1 {
        let mut worker = S::default();
        return items.map(|item| work(&mut worker, item)).collect();
    }
    let mut made: Vec<Option<R>> = (0..count).map(|_| None).collect();
    let mut workers: Vec<S> = (0..threads().clamp(1, count)).map(|_| S::default()).collect();
    let items = (count, items.zip(made.iter_mut()));
    for_each_in_order(&mut workers, items, count, &Watch::default(), |worker, _, (item, made)| {
        *made = Some(work(worker, item)?);
        Ok(())
    })?;
    made.into_iter().collect::<Option<_>>().ok_or(Error::Interrupted)
}
