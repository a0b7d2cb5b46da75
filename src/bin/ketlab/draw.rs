//! `ketlab draw`: a circuit as text.

use crate::input::Input;
use anyhow::Result;
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Fold at this many columns; 0 does not fold [default: the terminal's width, 100 without one]
    #[arg(long)]
    width: Option<usize>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let circuit = args.input.circuit()?;
    let mut out = std::io::stdout().lock();
    match args.width {
        Some(0) => writeln!(out, "{circuit:#}")?,
        Some(width) => writeln!(out, "{}", circuit.draw().width(width))?,
        None => writeln!(out, "{circuit}")?,
    }
    Ok(ExitCode::SUCCESS)
}
