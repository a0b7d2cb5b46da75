//! `ketlab advantage random-circuits`.

mod args;
mod plots;
mod text;

pub use args::Args;

use super::follow::{Shown, follow};
use anyhow::Result;
use std::process::ExitCode;

pub fn main(args: Args) -> Result<ExitCode> {
    let shown = Shown { details: text::details, figure: plots::figure };
    follow(&args.common, || Ok(args.experiment()), shown)
}
