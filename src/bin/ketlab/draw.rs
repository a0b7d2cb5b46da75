//! `ketlab draw`: a circuit as text.

use crate::input::Input;
use anyhow::Result;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Fold at this many columns; 0 does not fold [default: the terminal's width, 0 without one]
    #[arg(long)]
    width: Option<usize>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let circuit = args.input.circuit()?;
    let mut out = std::io::stdout().lock();
    let width = match args.width {
        Some(0) => None,
        Some(width) => Some(width),
        None if out.is_terminal() => terminal_size::terminal_size().map(|(w, _)| w.0 as usize),
        None => None,
    };
    writeln!(out, "{}", ketlab::draw::Text::new(&circuit).width(width))?;
    Ok(ExitCode::SUCCESS)
}
