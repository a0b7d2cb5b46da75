//! Progress on a terminal, and a clean end on Ctrl-C.

use crate::messages;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use ketlab::simulate::Watch;
use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that takes less shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
/// From here on there is something to tell the remaining time by.
const FIRST_ESTIMATE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(200);
/// After this long it is known how long shots take.
const LOOK: Duration = Duration::from_secs(10);

/// The first Ctrl-C cancels; the second ends the program at once.
pub fn cancel_on_interrupt(watch: &Watch) {
    let cancel = watch.clone();
    // Without a handler Ctrl-C ends the program the usual way, which is no worse.
    let _ = ctrlc::set_handler(move || {
        if cancel.is_cancelled() {
            std::process::exit(super::INTERRUPTED.into());
        }
        cancel.cancel();
    });
}

/// Shows how work goes on, until it is dropped: nothing if standard error is no terminal, with
/// `--quiet`, and for as long as [`PATIENCE`].
pub struct Progress {
    bar: ProgressBar,
    watcher: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Progress {
    /// A line of text.
    pub fn line() -> Self {
        Progress::start(ProgressBar::no_length(), style("{elapsed}  {wide_msg}"), |_| {})
    }

    /// A bar of what is done of this many things, with a word on them.
    pub fn bar(length: u64, of: &str) -> Self {
        let bar = ProgressBar::new(length.max(1));
        Progress::start(bar, bar_style(of), |_| {})
    }

    /// The passes or the shots of a watched run.
    pub fn of(watch: &Watch, passes: u64, shots: u64) -> Self {
        cancel_on_interrupt(watch);
        let watch = watch.clone();
        if !is_shown() {
            let bar = ProgressBar::hidden();
            let tell = move |done: &AtomicBool| tell(&watch, done, shots);
            return Progress { bar, watcher: (shots > 0).then(|| watcher(tell)).flatten() };
        }
        let mut counts_shots = false;
        let poll = move |bar: &ProgressBar| {
            if watch.shots() > 0 || watch.passes() > passes {
                if !counts_shots {
                    bar.set_style(bar_style("shots"));
                    bar.set_length(shots.max(1));
                    counts_shots = true;
                }
                bar.set_position(watch.shots());
            } else {
                bar.set_position(watch.passes());
            }
        };
        Progress::start(ProgressBar::new(passes.max(1)), bar_style("passes"), poll)
    }

    /// The reads of a watched run.
    pub fn reads(watch: &Watch, reads: u64) -> Self {
        Progress::rows(watch, reads, "reads")
    }

    /// What a watched run counts as rows, with a word on them.
    pub fn rows(watch: &Watch, rows: u64, of: &str) -> Self {
        let watch = watch.clone();
        let poll = move |bar: &ProgressBar| bar.set_position(watch.rows());
        Progress::start(ProgressBar::new(rows.max(1)), bar_style(of), poll)
    }

    /// The sweeps of a watched run, of all its replicas.
    pub fn sweeps(watch: &Watch, sweeps: u64) -> Self {
        let watch = watch.clone();
        let poll = move |bar: &ProgressBar| bar.set_position(watch.passes());
        Progress::start(ProgressBar::new(sweeps.max(1)), bar_style("sweeps"), poll)
    }

    fn start(
        bar: ProgressBar,
        style: ProgressStyle,
        mut poll: impl FnMut(&ProgressBar) + Send + 'static,
    ) -> Self {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_style(style);
        let shown = bar.clone();
        let watch = move |done: &AtomicBool| {
            std::thread::park_timeout(PATIENCE);
            let mut is_visible = false;
            while !done.load(Ordering::Relaxed) {
                if !is_visible {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    is_visible = true;
                }
                poll(&shown);
                shown.tick();
                std::thread::park_timeout(TICK);
            }
        };
        let watcher = is_shown().then(|| watcher(watch)).flatten();
        Progress { bar, watcher }
    }

    /// What the line says, or what is worked on beside the bar.
    pub fn message(&self, text: impl FnOnce() -> String) {
        if self.watcher.is_some() {
            self.bar.set_message(text());
        }
    }

    /// This many of this many things are done.
    pub fn done(&self, number: u64, of: u64) {
        self.bar.set_length(of.max(1));
        self.bar.set_position(number);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, watcher)) = self.watcher.take() {
            done.store(true, Ordering::Relaxed);
            watcher.thread().unpark();
            // It is decoration: its failure is nobody's error.
            let _ = watcher.join();
            self.bar.finish_and_clear();
        }
    }
}

/// Whether there is somebody to show progress to.
fn is_shown() -> bool {
    std::io::stderr().is_terminal() && messages::shows_progress()
}

/// A thread that works until it is told that all is done. It is decoration: that the system gives no
/// thread for it is nobody's error.
fn watcher(
    work: impl FnOnce(&AtomicBool) + Send + 'static,
) -> Option<(Arc<AtomicBool>, JoinHandle<()>)> {
    let done = Arc::new(AtomicBool::new(false));
    let flag = done.clone();
    let thread = std::thread::Builder::new().spawn(move || work(&flag)).ok()?;
    Some((done, thread))
}

/// Says once, where there is no bar, that the shots will take hours.
fn tell(watch: &Watch, done: &AtomicBool, shots: u64) {
    let start = Instant::now();
    while !done.load(Ordering::Relaxed) {
        std::thread::park_timeout(LOOK);
        let (drawn, elapsed) = (watch.shots(), start.elapsed());
        if done.load(Ordering::Relaxed) || drawn == 0 || elapsed < LOOK {
            continue;
        }
        let left = elapsed.as_secs_f64() * (shots.saturating_sub(drawn) as f64 / drawn as f64);
        if left > 3600.0 {
            messages::note(format_args!(
                "note: at this pace the shots take about {:.1} hours more; Ctrl-C keeps those that \
                 are finished",
                left / 3600.0
            ));
        }
        return;
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a fixed template")
}

fn bar_style(of: &str) -> ProgressStyle {
    let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(w, _)| w.0);
    let template = match width {
        ..60 => format!("{{pos}}/{{len}} {of}{{left}}"),
        60..100 => format!("{{bar:20}} {{pos}}/{{len}} {of}, {{elapsed}}{{left}} {{msg}}"),
        _ => format!("{{bar:40}} {{pos}}/{{len}} {of}, {{elapsed}}{{left}} {{msg}}"),
    };
    style(&template).with_key("left", |state: &ProgressState, out: &mut dyn Write| {
        if let Some(left) = time_left(state.elapsed(), state.pos(), state.len()) {
            // Nothing to do about a terminal that cannot be written to.
            let _ = write!(out, ", {left} left");
        }
    })
}

/// An estimate of the remaining time, as soon as there is one.
fn time_left(elapsed: Duration, done: u64, of: Option<u64>) -> Option<String> {
    let left = of?.checked_sub(done)?;
    if done == 0 || left == 0 || elapsed < FIRST_ESTIMATE {
        return None;
    }
    let seconds = elapsed.as_secs_f64() * left as f64 / done as f64;
    Some(match seconds {
        ..100.0 => format!("{:.0} s", seconds.max(1.0)),
        ..6000.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.1} h", seconds / 3600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_estimate_before_there_is_one() {
        let left = |millis, done, of| time_left(Duration::from_millis(millis), done, of);
        assert_eq!(left(50_000, 0, Some(10)), None);
        assert_eq!(left(900, 5, Some(10)), None);
        assert_eq!(left(5000, 10, Some(10)), None);
        assert_eq!(left(5000, 12, Some(10)), None);
        assert_eq!(left(5000, 5, None), None);
        assert_eq!(left(10_000, 1, Some(4)).unwrap(), "30 s");
        assert_eq!(left(1000, 999, Some(1000)).unwrap(), "1 s");
        assert_eq!(left(60_000, 1, Some(11)).unwrap(), "10 min");
        assert_eq!(left(3_600_000, 1, Some(6)).unwrap(), "5.0 h");
        assert_eq!(left(3_600_000, 1, Some(2401)).unwrap(), "100 days");
    }
}
