//! What goes to standard error beside errors and warnings, by `--quiet` and `--verbose`.

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicU8, Ordering};

const QUIET: u8 = 0;
const NORMAL: u8 = 1;
const VERBOSE: u8 = 2;

static LEVEL: AtomicU8 = AtomicU8::new(NORMAL);

/// Flags of every subcommand.
#[derive(clap::Args)]
pub struct Verbosity {
    /// No progress and no notes on standard error; errors and warnings stay
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 1001)]
    quiet: bool,
    /// Say on standard error what is done, on what and how fast
    #[arg(short, long, global = true, display_order = 1002)]
    verbose: bool,
}

impl Verbosity {
    /// From now on, for the whole program.
    pub fn set(&self) {
        let level = match (self.quiet, self.verbose) {
            (true, _) => QUIET,
            (_, true) => VERBOSE,
            _ => NORMAL,
        };
        LEVEL.store(level, Ordering::Relaxed);
    }
}

/// Whether to show progress.
pub fn shows_progress() -> bool {
    LEVEL.load(Ordering::Relaxed) > QUIET
}

/// Whether to say what is done.
pub fn is_verbose() -> bool {
    LEVEL.load(Ordering::Relaxed) == VERBOSE
}

/// What a person should look at, even with `--quiet`.
pub fn warning(text: impl Display) {
    // Where nobody can read it, it is not missed.
    let _ = writeln!(std::io::stderr(), "warning: {text}");
}

/// A note on the answer.
pub fn note(text: impl Display) {
    if LEVEL.load(Ordering::Relaxed) > QUIET {
        // Where nobody can read it, it is not missed.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// What is done, for those who asked.
pub fn detail(text: impl FnOnce() -> String) {
    if is_verbose() {
        let _ = writeln!(std::io::stderr(), "{}", text());
    }
}
