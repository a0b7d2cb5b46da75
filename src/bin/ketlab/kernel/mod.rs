//! `ketlab kernel`: what a quantum kernel is worth on data, beside classical kernels.

mod args;
mod document;
mod follow;
mod plots;
mod rerun;
mod text;

pub use args::Args;

use crate::document::Work;
use crate::messages;
use crate::output::{OutputFile, check_different, check_extension};
use crate::text::Folded;
use crate::train::{check_plot, exit_code};
use anyhow::{Context, Result};
use document::Document;
use follow::follow;
use ketlab::report::Figure;
use ndarray::ArrayView2;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

pub fn main(args: Args) -> Result<ExitCode> {
    for plot in [&args.plot, &args.plot_scores] {
        check_plot(plot.as_deref())?;
    }
    for (flag, path) in [("--save", &args.save), ("--save-test", &args.save_test)] {
        if let Some(path) = path {
            check_extension(flag, path, &["npy"], &[("json", "-o"), ("svg", "--plot")])?;
            #[cfg(not(feature = "npy"))]
            anyhow::bail!("{flag}: this program was built without the feature `npy`");
        }
    }
    if let Some(path) = &args.output {
        check_extension("--output", path, &["json"], &[("npy", "--save"), ("svg", "--plot")])?;
    }
    check_different(&[
        ("--output", &args.output),
        ("--save", &args.save),
        ("--save-test", &args.save_test),
        ("--plot", &args.plot),
        ("--plot-scores", &args.plot_scores),
    ])?;
    args.threads.run(|| match &args.rerun {
        Some(report) => rerun::run(&args, report),
        None => run(&args),
    })?
}

fn run(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    let output = args.output.as_deref().map(|path| OutputFile::create("--output", path));
    let output = output.transpose()?;
    let (data, source) = args.source.read(args.seed.value())?;
    let study = args.study(&source, data.num_features())?;
    if args.save_test.is_some() && study.test == 0.0 {
        anyhow::bail!("--save-test with --test 0: there are no test rows");
    }
    let report = follow(&study, &data)?;
    save("--save", args.save.as_deref(), Some(report.kernel.view()))?;
    let test_kernel = report.test_kernel.as_ref().map(|kernel| kernel.view());
    save("--save-test", args.save_test.as_deref(), test_kernel)?;
    plot("--plot", args.plot.as_deref(), || plots::matrices(&report, &source))?;
    plot("--plot-scores", args.plot_scores.as_deref(), || plots::scores(&report, &source))?;
    let document = Document::new(args, &data, &source, &report);
    let work = Work::since(start, Some(study.seed));
    if let Some(output) = output {
        output.write(|out| document.write(out, &work))?;
    }
    let mut out = std::io::stdout().lock();
    match args.json.is_wanted() {
        true => document.write(&mut out, &work)?,
        false => text::print(&mut Folded::new(&mut out), args, &data, &source, &report)?,
    }
    out.flush()?;
    if report.interrupted {
        messages::note(
            "interrupted: the kernel is judged, and what stands beside it that was done",
        );
    }
    Ok(exit_code(report.interrupted, []))
}

/// Writes a kernel for NumPy.
#[cfg(feature = "npy")]
fn save(flag: &str, path: Option<&Path>, kernel: Option<ArrayView2<f64>>) -> Result<()> {
    let (Some(path), Some(kernel)) = (path, kernel) else { return Ok(()) };
    let saved = ketlab::learning::kernel::save_kernel(kernel, path);
    saved.with_context(|| flag.to_string())
}

#[cfg(not(feature = "npy"))]
fn save(_: &str, _: Option<&Path>, _: Option<ArrayView2<f64>>) -> Result<()> {
    Ok(())
}

fn plot(flag: &str, path: Option<&Path>, figure: impl FnOnce() -> Figure) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    figure().save(path).with_context(|| format!("{flag} {}", path.display()))
}
