//! `ketlab chip yield`: collisions of frequencies, and the part of chips without any.

mod answer;
mod args;
mod document;
mod drawing;
mod plots;
mod scan;
mod setup;
mod text;
mod values;

pub use args::Args;

use crate::document::{Format, Work, write};
use crate::messages;
use crate::output::{OutputFile, check_different};
use crate::progress::cancel_on_interrupt;
use crate::text::Folded;
use crate::train::{check_plot, exit_code};
use answer::answer;
use anyhow::{Context, Result, bail};
use ketlab::chip::YieldStudy;
use ketlab::math::Watch;
use setup::Setup;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use values::Drawn;

pub fn main(args: Args) -> Result<ExitCode> {
    let files = [
        ("--plot", &args.plot),
        ("--draw-lattice", &args.draw_lattice),
        ("--save-plan", &args.save_plan),
    ];
    check_different(&files)?;
    check_plot(args.plot.as_deref())?;
    check_picture(args.draw_lattice.as_deref())?;
    args.threads.run(|| {
        let watch = Watch::default();
        cancel_on_interrupt(&watch);
        run(&args, &watch)
    })?
}

/// As [`check_plot`], under its own name.
fn check_picture(path: Option<&Path>) -> Result<()> {
    check_plot(path).map_err(|error| {
        anyhow::anyhow!("{}", error.to_string().replacen("--plot", "--draw-lattice", 1))
    })
}

fn run(args: &Args, watch: &Watch) -> Result<ExitCode> {
    let began = Instant::now();
    let saved = args.save_plan.as_deref().map(|path| OutputFile::create("--save-plan", path));
    let saved = saved.transpose()?;
    if let (Some(_), Drawn::Chip(number)) = (&args.draw_lattice, args.chip)
        && number >= args.chips
    {
        bail!("--chip {number}: there are {} chips, counted from 0", args.chips);
    }
    let setup = Setup::new(args, watch)?;
    let study = YieldStudy::new().chips(args.chips).seed(args.seed.value()).watch(watch);
    let answer = answer(args, setup, &study, watch)?;
    if let Some(file) = saved {
        file.write(|out| Ok(out.write_all(answer.setup.plan.to_json().as_bytes())?))?;
    }
    if answer.curves.is_empty() && args.plot.is_some() {
        messages::note("interrupted before the curves: there is no --plot");
    } else if let Some(path) = &args.plot {
        let figure = plots::curves(args, &answer);
        figure.save(path).with_context(|| format!("--plot {}", path.display()))?;
    }
    if let Some(path) = &args.draw_lattice {
        let chart = drawing::lattice(args, &answer, &study)?;
        chart.save(path).with_context(|| format!("--draw-lattice {}", path.display()))?;
    }
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let work = Work::since(began, Some(args.seed.value()));
        write(&mut out, Format::ChipYield, &document::Document::of(args, &answer), &work)?;
    } else {
        text::print(&mut Folded::new(&mut out), args, &answer)?;
    }
    out.flush()?;
    if answer.interrupted {
        messages::note("interrupted: these are the chips that were made");
    }
    Ok(exit_code(answer.interrupted, []))
}
