//! `ketlab learn`: circuits that learn from data, with classical learning beside them.

mod args;
mod boundary;
mod document;
mod job;
mod list;
mod manifest;
mod plots;
mod report;
mod rerun;
mod run;
pub mod saved;
mod warnings;

pub use args::Args;
pub use job::simulator;

use crate::text::Folded;
use crate::train::check_plot;
use anyhow::Result;
use std::process::ExitCode;

pub fn main(args: Args) -> Result<ExitCode> {
    if args.list {
        list::print(&mut Folded::new(&mut std::io::stdout().lock()))?;
        return Ok(ExitCode::SUCCESS);
    }
    check_plot(args.plot.as_deref())?;
    args.threads.run(|| match &args.rerun {
        Some(path) => rerun::run(&args, path),
        None => run::run(&args),
    })?
}
