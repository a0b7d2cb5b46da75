//! Rows of parameters on threads, each with memory of its own.

use super::watch::Watch;
use super::worker::Worker;
use crate::engine::Real;
use crate::error::{Error, Result};
use ndarray::ArrayView2;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

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
    let mut finished = vec![false; rows.nrows()];
    // Several helpings a thread, so that none waits long for the last one.
    let at_once = (rows.nrows() / (8 * workers.len()).max(1)).clamp(1, ROWS_AT_ONCE);
    let queue = Mutex::new(finished.iter_mut().zip(outputs).enumerate());
    let stopped = AtomicBool::new(false);
    let failure: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let fail = |row: usize, error: Error| {
        stopped.store(true, Ordering::Relaxed);
        let mut failure = failure.lock().expect("nobody panics with it");
        if failure.as_ref().is_none_or(|(first, _)| row < *first) {
            *failure = Some((row, error));
        }
    };
    // Rows are handed out in order and each helping is worked off up to its first error, so the
    // first of all errors is found whoever works on it.
    let drain = |worker: &mut Worker<T>| {
        let mut params = Vec::with_capacity(rows.ncols());
        let mut helping = Vec::with_capacity(at_once);
        while !stopped.load(Ordering::Relaxed) {
            helping.extend(queue.lock().expect("nobody panics with it").by_ref().take(at_once));
            if helping.is_empty() {
                return;
            }
            let mut done = 0;
            for (row, (finished, output)) in helping.drain(..) {
                params.clear();
                params.extend(rows.row(row));
                match watch.check().and_then(|()| work(worker, row, &params, output)) {
                    Ok(()) => *finished = true,
                    Err(error) => {
                        fail(row, error);
                        break;
                    }
                }
                done += 1;
            }
            watch.add_rows(done);
        }
    };
    match workers {
        [worker] => drain(worker),
        workers => rayon::scope(|scope| {
            let drain = &drain;
            workers.iter_mut().for_each(|worker| scope.spawn(move |_| drain(worker)));
        }),
    }
    match failure.into_inner().expect("nobody panics with it") {
        Some((_, Error::Interrupted)) if finished.contains(&true) => Ok(finished),
        Some((row, error)) => Err(in_row(error, row)),
        None => Ok(finished),
    }
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
