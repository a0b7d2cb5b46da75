//! How studies end.

use super::args::Args;
use crate::messages;
use crate::train::exit_code;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::ExitCode;

/// Saves the picture, if one is asked for.
pub fn plot(args: &Args, save: impl FnOnce(&Path) -> ketlab::Result<()>) -> Result<()> {
    let Some(path) = &args.plot else { return Ok(()) };
    save(path).with_context(|| format!("--plot {}", path.display()))
}

/// Says so where it was interrupted.
pub fn end(interrupted: bool) -> ExitCode {
    if interrupted {
        messages::note("interrupted: these are the points that were finished");
    }
    exit_code(interrupted, [])
}
