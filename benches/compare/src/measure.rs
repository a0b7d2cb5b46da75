//! Clocks: several runs in turn, each after a warm-up.

use std::hint::black_box;
use std::io::{IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Runs from this many seconds on are repeated at most [`FEW`] times.
const LONG: f64 = 5.0;
/// See [`LONG`].
const FEW: usize = 3;

/// How long to measure.
pub struct Settings {
    /// Samples of each run.
    pub reps: usize,
    /// A sample is as many calls as take this long, at least one.
    pub sample_seconds: f64,
}

/// Seconds a call, over the samples.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The median.
    pub median: f64,
    /// The shortest.
    pub min: f64,
    /// The longest.
    pub max: f64,
}

/// What a run took, or why it did not.
pub type Measured = Result<Times, String>;

/// Does a number of calls and returns the seconds a call.
pub type Run<'a> = Box<dyn FnMut(u32) -> Result<f64, String> + 'a>;

/// A run of calls of `work`. The last result is dropped after the clock has stopped, with all that
/// this leaves to the heap.
pub fn run<'a, T>(mut work: impl FnMut() -> Result<T, String> + 'a) -> Run<'a> {
    Box::new(move |calls| {
        let start = Instant::now();
        for _ in 1..calls {
            black_box(work()?);
        }
        let last = black_box(work());
        let seconds = start.elapsed().as_secs_f64();
        last.map(|last| {
            drop(last);
            tidy_heap();
            seconds / f64::from(calls)
        })
    })
}

/// Asks for a large block and gives it back. glibc puts off the work of freeing many small blocks (a
/// map of 660,000 outcomes: 70 to 110 ms) to the next large request, which would be in the time of
/// another run.
fn tidy_heap() {
    drop(black_box(Vec::<u8>::with_capacity(1 << 16)));
}

/// The samples of all runs, taken in turn: A B C, A B C, …. A run that fails is left out from then
/// on.
pub fn in_turn<const N: usize>(mut runs: [Run<'_>; N], settings: &Settings) -> [Measured; N] {
    // The first call is the warm-up; where it is short, a tenth of a sample says how many calls
    // make one.
    let mut longest = 0.0f64;
    let mut found: [Result<(u32, Vec<f64>), String>; N] = runs.each_mut().map(|run| {
        let first = guarded(|| run(1))?;
        longest = longest.max(first);
        let tenth = calls_in(0.1 * settings.sample_seconds, first);
        let seconds = if tenth > 1 { guarded(|| run(tenth))? } else { first };
        Ok((calls_in(settings.sample_seconds, seconds), Vec::new()))
    });
    let reps = if longest > LONG { settings.reps.min(FEW) } else { settings.reps };
    for _ in 0..reps {
        for (run, found) in runs.iter_mut().zip(&mut found) {
            if let Ok((calls, samples)) = found {
                match guarded(|| run(*calls)) {
                    Ok(seconds) => samples.push(seconds),
                    Err(error) => *found = Err(error),
                }
            }
        }
    }
    found.map(|found| found.map(|(_, samples)| times(samples)))
}

fn calls_in(seconds: f64, one: f64) -> u32 {
    (seconds / one.max(1e-9)).ceil().clamp(1.0, 1e6) as u32
}

fn times(mut samples: Vec<f64>) -> Times {
    samples.sort_by(f64::total_cmp);
    let (n, last) = (samples.len(), samples.len() - 1);
    let median = 0.5 * (samples[last / 2] + samples[n / 2]);
    Times { median, min: samples[0], max: samples[last] }
}

/// What `work` returns; a panic is an error too.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("panicked: {}", text.unwrap_or("no message")))
    })
}

/// Says on standard error what is done now.
pub fn progress(what: &str) {
    let mut out = std::io::stderr();
    // Nobody is there to be told that this failed.
    let _ = if out.is_terminal() {
        write!(out, "\r\x1b[K{what} …").and_then(|()| out.flush())
    } else {
        writeln!(out, "{what}")
    };
}

/// Takes the line of [`progress`] back.
pub fn clear_progress() {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let _ = write!(out, "\r\x1b[K").and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        let odd = times(vec![3.0, 1.0, 2.0]);
        assert_eq!((odd.median, odd.min, odd.max), (2.0, 1.0, 3.0));
        assert_eq!(times(vec![4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert_eq!(times(vec![4.0]).median, 4.0);
    }

    #[test]
    fn failing_runs_are_errors_and_the_others_go_on() {
        let settings = Settings { reps: 3, sample_seconds: 1e-6 };
        let mut calls = 0;
        let good = run(|| {
            calls += 1;
            Ok(())
        });
        let bad = run(|| Err::<(), _>("refused".to_string()));
        let worse = run::<()>(|| panic!("broken"));
        let [good, bad, worse] = in_turn([good, bad, worse], &settings);
        assert!(good.is_ok() && calls >= 4);
        assert_eq!(bad.unwrap_err(), "refused");
        assert_eq!(worse.unwrap_err(), "panicked: broken");
    }
}
