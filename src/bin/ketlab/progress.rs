//! A progress bar on a terminal, and a clean end on Ctrl-C.

use indicatif::{ProgressBar, ProgressStyle};
use ketlab::simulate::Watch;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Runs shorter than this show no bar.
const PATIENCE: Duration = Duration::from_millis(700);

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

/// Shows the progress of a watched run until it is dropped. The first Ctrl-C cancels the run; the
/// second ends the program at once.
pub struct Progress {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub fn of(watch: &Watch, passes: u64, shots: u64) -> Self {
        cancel_on_interrupt(watch);
        let done = Arc::new(AtomicBool::new(false));
        let thread = std::io::stderr().is_terminal().then(|| {
            let (watch, done) = (watch.clone(), done.clone());
            std::thread::spawn(move || show(&watch, &done, passes, shots))
        });
        Progress { done, thread }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // The bar is decoration: its failure is nobody's error.
            let _ = thread.join();
        }
    }
}

fn show(watch: &Watch, done: &AtomicBool, passes: u64, shots: u64) {
    std::thread::park_timeout(PATIENCE);
    if done.load(Ordering::Relaxed) {
        return;
    }
    let style = |template| ProgressStyle::with_template(template).expect("a fixed template");
    let bar = ProgressBar::new(passes.max(1));
    bar.set_style(style("{bar:40} {pos}/{len} passes, {elapsed} elapsed, {eta} left"));
    while !done.load(Ordering::Relaxed) {
        if watch.shots() > 0 || watch.passes() > passes {
            bar.set_style(style("{bar:40} {pos}/{len} shots, {elapsed} elapsed, {eta} left"));
            bar.set_length(shots.max(1));
            bar.set_position(watch.shots());
        } else {
            bar.set_position(watch.passes());
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}
