//! `ketlab advantage kicked-ising`.

mod args;
mod plots;
mod text;

pub use args::Args;

use super::follow::{Shown, follow};
use anyhow::Result;
use std::process::ExitCode;

pub fn main(args: Args) -> Result<ExitCode> {
    let experiment = || args.experiment();
    follow(&args.common, experiment, Shown { details: text::details, figure: plots::figure })
}
