//! Rows of parameters on threads, each with memory of its own.

use super::state_vector::Worker;
use crate::engine::Real;
use crate::error::{Error, Result};
use crate::math::{Watch, for_each_in_order};
use ndarray::ArrayView2;

/// A thread takes at most this many rows at once.
const ROWS_AT_ONCE: usize = 32;

/// Calls `work(worker, row, parameters, output)` for every row and its output, one thread a worker.
/// What a row comes to must not depend on the worker. Says which rows are finished: all, or some
/// if the watch was cancelled.
///
/// # Errors
/// Those of the first row that has one; [`Error::Interrupted`] if no row is finished.
pub(super) fn for_each_row<T: Real, R: Send>(
    workers: &mut [Worker<T>],
    rows: ArrayView2<f64>,
    outputs: impl Iterator<Item = R> + Send,
    watch: &Watch,
    work: impl Fn(&mut Worker<T>, usize, &[f64], R) -> Result<()> + Sync,
) -> Result<Vec<bool>> {
    let width = rows.ncols();
    let mut workers: Vec<_> =
        workers.iter_mut().map(|worker| (worker, Vec::with_capacity(width))).collect();
    for_each_in_order(
        &mut workers,
        (rows.nrows(), outputs),
        ROWS_AT_ONCE,
        watch,
        |(worker, params), row, output| {
            params.clear();
            params.extend(rows.row(row));
            work(worker, row, params, output)
        },
    )
    .map_err(|failure| in_row(failure.error, failure.index))
}

/// The error, with the row that has it.
fn in_row(error: Error, row: usize) -> Error {
    let named = |what: String| format!("{what} in row {row}");
    match error {
        Error::NotFinite { what, value } => Error::NotFinite { what: named(what), value },
        Error::Invalid { what, value, expected } => {
            Error::Invalid { what: named(what), value, expected }
        }
        Error::Unsupported { method, operation, hint } => {
            Error::Unsupported { method, operation: named(operation), hint }
        }
        other => other,
    }
}
