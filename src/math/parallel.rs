//! Many pieces of work on threads, each thread with memory of its own.

use super::Watch;
use crate::error::{Error, Result};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many threads there are to share out work to.
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// Does the work with so many threads.
#[cfg(test)]
pub(crate) fn on_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// What ended the work on all items: the first item that has an error, and that error.
pub(crate) struct Failure {
    pub index: usize,
    pub error: Error,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// Calls `work(worker, index, item)` for each of the first `count` items, one thread a worker; a thread takes at most
/// `at_once` items at a time. What an item comes to must not depend on the worker. Counts the items
/// as rows of the watch, and says which are finished: all, or some if the watch was cancelled.
///
/// # Errors
/// That of the first item that has one; [`Error::Interrupted`] if no item is finished.
pub(crate) fn for_each_in_order<W: Send, I: Send>(
    workers: &mut [W],
    (count, items): (usize, impl Iterator<Item = I> + Send),
    at_once: usize,
    watch: &Watch,
    work: impl Fn(&mut W, usize, I) -> Result<()> + Sync,
) -> Result<Vec<bool>, Failure> {
    let mut finished = vec![false; count];
    // Several helpings a thread, so that none waits long for the last one.
    let at_once = (count / (8 * workers.len()).max(1)).clamp(1, at_once.max(1));
    let queue = Mutex::new(finished.iter_mut().zip(items).enumerate());
    let stopped = AtomicBool::new(false);
    let failure: Mutex<Option<Failure>> = Mutex::new(None);
    let fail = |index: usize, error: Error| {
        stopped.store(true, Ordering::Relaxed);
        let mut failure = failure.lock().expect("nobody panics with it");
        if failure.as_ref().is_none_or(|first| index < first.index) {
            *failure = Some(Failure { index, error });
        }
    };
    // Items are handed out in order and each helping is worked off up to its first error, so the
    // first of all errors is found whoever works on it.
    let drain = |worker: &mut W| {
        let mut helping = Vec::with_capacity(at_once);
        while !stopped.load(Ordering::Relaxed) {
            helping.extend(queue.lock().expect("nobody panics with it").by_ref().take(at_once));
            if helping.is_empty() {
                return;
            }
            let mut done = 0;
            for (index, (finished, item)) in helping.drain(..) {
                match watch.check().and_then(|()| work(worker, index, item)) {
                    Ok(()) => *finished = true,
                    Err(error) => {
                        fail(index, error);
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
        Some(Failure { error: Error::Interrupted, .. }) if finished.contains(&true) => Ok(finished),
        Some(failure) => Err(failure),
        None => Ok(finished),
    }
}

/// What `work` makes of each number below `count`, in order, on all threads.
///
/// # Errors
/// That of the first number that has one.
pub(crate) fn map_in_order<R: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let mut made: Vec<Option<R>> = (0..count).map(|_| None).collect();
    let mut workers = vec![(); threads().min(count).max(1)];
    let items = (count, made.iter_mut());
    for_each_in_order(&mut workers, items, count, &Watch::default(), |(), number, made| {
        *made = Some(work(number)?);
        Ok(())
    })?;
    made.into_iter().collect::<Option<_>>().ok_or(Error::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(
        workers: usize,
        fails: &[usize],
        watch: &Watch,
    ) -> Result<(Vec<usize>, Vec<bool>), Failure> {
        let mut squares = vec![0; 100];
        let work = |_: &mut (), index: usize, square: &mut usize| {
            if index == 60 && fails.is_empty() {
                watch.cancel();
                return Err(Error::Interrupted);
            }
            if fails.contains(&index) {
                let what = "an index".into();
                return Err(Error::NotFinite { what, value: f64::NAN });
            }
            *square = index * index;
            Ok(())
        };
        let finished =
            for_each_in_order(&mut vec![(); workers], (100, squares.iter_mut()), 4, watch, work)?;
        Ok((squares, finished))
    }

    #[test]
    fn a_map_is_in_order_and_complete() {
        let squares = |fails: &[usize]| {
            map_in_order(100, |k| match fails.contains(&k) {
                true => Err(Error::NotFinite { what: k.to_string(), value: f64::NAN }),
                false => Ok(k * k),
            })
        };
        assert_eq!(squares(&[]).unwrap(), Vec::from_iter((0..100).map(|k| k * k)));
        assert!(squares(&[99, 13]).unwrap_err().to_string().contains("13"));
        let interrupted = map_in_order(9, |k| if k == 5 { Err(Error::Interrupted) } else { Ok(k) });
        assert!(matches!(interrupted, Err(Error::Interrupted)));
        assert_eq!(map_in_order(0, Ok).unwrap(), [0; 0]);
    }

    #[test]
    fn the_first_error_is_named_and_a_cancelled_run_keeps_what_is_finished() {
        for workers in 1..4 {
            let failure = squares(workers, &[77, 31, 99], &Watch::default()).err().unwrap();
            assert_eq!(failure.index, 31);
            assert!(matches!(failure.into(), Error::NotFinite { .. }));
            let watch = Watch::default();
            let (squares, finished) = squares(workers, &[], &watch).ok().unwrap();
            assert_eq!(watch.rows(), finished.iter().filter(|&&f| f).count() as u64);
            assert!(finished[0] && !finished[60]);
            for (index, (square, finished)) in squares.into_iter().zip(finished).enumerate() {
                assert_eq!(square, if finished { index * index } else { 0 });
            }
        }
        let cancelled = Watch::default();
        cancelled.cancel();
        let failure = squares(2, &[], &cancelled).err().unwrap();
        assert!(matches!(failure.error, Error::Interrupted));
    }
}
