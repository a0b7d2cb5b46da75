//! `ketlab trainability`: how trainable and how expressive circuits are.

mod args;
mod expressibility;
mod found;
mod gradients;
mod manifest;
mod numbers;
mod plots;
mod report;
mod spectrum;

pub use args::Args;

use crate::progress::cancel_on_interrupt;
use crate::table::aligned_table;
use crate::text::Folded;
use crate::train::check_plot;
use anyhow::Result;
use ketlab::learning::trainability::{Ansatz, Cost};
use ketlab::math::Watch;
use std::io::Write;
use std::process::ExitCode;

pub fn main(args: Args) -> Result<ExitCode> {
    if args.list {
        list(&mut Folded::new(&mut std::io::stdout().lock()))?;
        return Ok(ExitCode::SUCCESS);
    }
    check_plot(args.plot.as_deref())?;
    args.threads.run(|| {
        let watch = Watch::default();
        cancel_on_interrupt(&watch);
        match (args.expressibility, args.spectrum) {
            (true, _) => expressibility::run(&args, &watch),
            (_, true) => spectrum::run(&args, &watch),
            _ => gradients::run(&args, &watch),
        }
    })?
}

fn list(out: &mut impl Write) -> Result<()> {
    let row = |name: &str, what: &str| vec![name.to_string(), what.to_string()];
    let rows = Ansatz::ALL.iter().map(|ansatz| row(ansatz.name(), ansatz.description())).collect();
    writeln!(out, "{}\n", aligned_table(&["ansatz", "layers"], rows, 0..0))?;
    let mut rows: Vec<_> = Cost::NAMES.iter().map(|(name, what)| row(name, what)).collect();
    rows.push(row("\"0.5 X0 Z1 + Z2\"", "the mean of a Pauli sum"));
    writeln!(out, "{}", aligned_table(&["cost", "what"], rows, 0..0))?;
    Ok(())
}
