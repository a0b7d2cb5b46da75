//! Flags that every experiment takes.

use crate::document::Json;
use crate::options::{CHECKPOINTS, Seed, Threads};
use crate::output::{check_different, check_extension};
use crate::train::check_plot;
use anyhow::Result;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Common {
    /// Seconds after which no further contender begins
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    pub budget: f64,
    #[command(flatten)]
    pub seed: Seed,
    /// Draw the result: .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Also write the JSON document to a file, from which --rerun runs it again
    #[arg(short, long, value_name = "FILE.json")]
    pub output: Option<PathBuf>,
    /// Run the experiment of a report again, and say whether it comes to the same bits (but for
    /// seconds)
    #[arg(long, value_name = "REPORT.json", conflicts_with_all = ["checkpoint", "output"])]
    pub rerun: Option<PathBuf>,
    /// Keep finished contenders in a file
    #[arg(help_heading = CHECKPOINTS, long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint
    #[arg(help_heading = CHECKPOINTS, long, requires = "checkpoint")]
    pub resume: bool,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub json: Json,
}

impl Common {
    /// Refuses, before the work, files that could not be written after it.
    pub fn check(&self) -> Result<()> {
        check_plot(self.plot.as_deref())?;
        if let Some(path) = &self.output {
            check_extension("--output", path, &["json"], &[("svg", "--plot")])?;
        }
        check_different(&[
            ("--plot", &self.plot),
            ("--output", &self.output),
            ("--checkpoint", &self.checkpoint),
        ])?;
        Ok(())
    }
}
