//! Flags that the subcommands of `ketlab anneal` share.

use crate::document::Json;
use crate::messages;
use crate::model::Problem;
use crate::options::{CHECKPOINTS, Seed, Threads};
use crate::train::{check_plot, exit_code};
use anyhow::{Context, Result};
use ketlab::math::{Checkpoint, Kept};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The help of --plot, for a picture of this.
pub fn picture(what: &str) -> String {
    format!("Write a picture {what}; .svg, .png, .csv or .json")
}

/// What is read, how it is run, and where the answer goes.
#[derive(clap::Args)]
#[group(skip)]
pub struct Common {
    /// What the file is [default: what it says itself, then by its extension, else a graph]
    #[arg(long, value_enum)]
    pub problem: Option<Problem>,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    pub threads: Threads,
    // What it shows is said by who flattens this.
    #[arg(long, value_name = "FILE", help = picture("of the answer"))]
    plot: Option<PathBuf>,
    #[command(flatten)]
    pub json: Json,
}

impl Common {
    pub fn seed(&self) -> u64 {
        self.seed.value()
    }

    /// Refuses a picture that could not be written.
    pub fn check_plot(&self) -> Result<()> {
        check_plot(self.plot.as_deref())
    }

    /// Whether a picture is asked for.
    pub fn is_plotted(&self) -> bool {
        self.plot.is_some()
    }

    /// Saves the picture, if one is asked for. The answer is printed before, so that it is not lost where
    /// the picture fails.
    pub fn plot(&self, save: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let Some(path) = &self.plot else { return Ok(()) };
        save(path).with_context(|| format!("--plot {}", path.display()))
    }
}

/// Where finished pieces are kept.
#[derive(clap::Args)]
#[group(skip)]
pub struct Keep {
    /// Keep what is finished in this file, which must not exist yet
    #[arg(help_heading = CHECKPOINTS, long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint; the number of reads (of `tts` the times and the target, of `compare` the
    /// models and the target) may be new
    #[arg(help_heading = CHECKPOINTS, long, requires = "checkpoint")]
    resume: bool,
}

impl Keep {
    pub fn is_given(&self) -> bool {
        self.checkpoint.is_some()
    }

    /// The file, if one is named.
    pub fn file(&self) -> Option<Checkpoint> {
        let path = self.checkpoint.as_ref()?;
        if self.resume && !path.exists() {
            messages::note("there is no checkpoint yet: the run begins anew");
        }
        Some(Checkpoint::new(path).resume(self.resume))
    }
}

/// What came of a checkpoint, for documents and for the end of a run; nothing without one.
#[derive(Serialize, Default)]
pub struct Account {
    /// Pieces that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint_error: Option<String>,
    #[serde(skip)]
    added: u64,
    /// What it is of.
    #[serde(skip)]
    pieces: &'static str,
}

impl Account {
    /// Of reads, for example.
    pub fn of<T>(pieces: &'static str, kept: &Kept<T>) -> Self {
        let Kept { resumed, added, error, .. } = kept;
        let (resumed, checkpoint_error) = (Some(*resumed), error.clone());
        Account { resumed, checkpoint_error, added: *added, pieces }
    }

    /// Says how a run ended of which such things were finished.
    pub fn end(&self, interrupted: bool, finished: &str) -> ExitCode {
        let resumed = self.resumed.unwrap_or(0);
        if interrupted {
            let more = if self.resumed.is_some() { "; --resume goes on" } else { "" };
            messages::note(format_args!(
                "interrupted: these are the {finished} that were finished{more}"
            ));
        } else if resumed > 0 && self.added == 0 {
            messages::note("the checkpoint was finished: nothing was left to do");
        } else if resumed > 0 {
            let Account { pieces, .. } = self;
            messages::note(format_args!("{resumed} of the {pieces} were in the checkpoint"));
        }
        exit_code(interrupted, [&self.checkpoint_error])
    }
}
