//! `ketlab advantage linear`.

mod args;
mod plots;
mod text;

pub use args::Args;

use super::follow::{Shown, follow};
use anyhow::Result;
use std::process::ExitCode;

pub fn main(args: Args) -> Result<ExitCode> {
    let of_flags = || args.experiment();
    follow(&args.common, of_flags, Shown { details: text::details, figure: plots::figure })
}
