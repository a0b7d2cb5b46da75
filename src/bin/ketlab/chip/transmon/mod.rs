//! `ketlab chip transmon`: levels, anharmonicity, charge dispersion and coherence.

mod answer;
mod args;
mod plots;
mod text;

use crate::document::{self, Format, Work};
use crate::messages;
use crate::text::Folded;
use crate::train::check_plot;
use anyhow::{Context, Result};
pub use args::Args;
use std::process::ExitCode;
use std::time::Instant;

pub fn main(args: Args) -> Result<ExitCode> {
    check_plot(args.plot.as_deref())?;
    let start = Instant::now();
    let answer = args.threads.run(|| answer::Answer::new(&args))??;
    for warning in &answer.warnings {
        messages::warning(warning);
    }
    if let (Some(path), Some(swept)) = (&args.plot, &answer.sweep) {
        let chart = plots::sweep(&answer, swept);
        chart.save(path).with_context(|| format!("--plot {}", path.display()))?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        document::write(&mut out, Format::ChipTransmon, &answer, &Work::since(start, None))?;
    } else {
        text::print(&answer, &mut Folded::new(&mut out))?;
    }
    Ok(ExitCode::SUCCESS)
}
