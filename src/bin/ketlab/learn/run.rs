//! A training with its report.

use super::args::Args;
use super::document::Document;
use super::job::Job;
use super::manifest::{Manifest, task_name};
use super::{plots, report};
use crate::data_source;
use crate::document::{self, Format, Work};
use crate::messages;
use crate::output::{OutputFile, check_extension};
use crate::text::Folded;
use crate::train::exit_code;
use anyhow::{Context, Result};
use ketlab::engine::Isa;
use ketlab::learning::Report;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

pub fn run(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    let output = output(args)?;
    let mut experiment = args.experiment()?;
    let (data, source) = args.source.read(args.seed.value())?;
    experiment.scaling = experiment.scaling.or(data_source::scaling(&source));
    let manifest = Manifest {
        source,
        target: data.target_name().into(),
        features: data.feature_names().to_vec(),
        task: task_name(data.task()).into(),
        precision: args.precision.name().into(),
        instruction_set: Isa::best().to_string(),
        experiment,
    };
    let mut job = Job::new(data, manifest)?;
    if let Some(model) = args.noise.model()? {
        let built = job.experiment().build(job.data.num_features(), job.data.targets())?;
        let (_, applied) = args.noise.apply_model(&model, built.circuit())?;
        applied.tell();
        job.noise = Some(applied);
    }
    let checkpoint = args.checkpoint.as_deref().map(|path| (path, args.resume));
    if checkpoint.is_some_and(|(path, resume)| resume && !path.exists()) {
        messages::note("there is no checkpoint yet: the training begins anew");
    }
    let report = job.run(checkpoint)?;
    let interrupted = job.simulator.watch().is_cancelled();
    let document = Document::of(&job, &report, interrupted);
    finish(args, &job, &report, &document, output, start)?;
    if interrupted {
        messages::note("interrupted: this is the best so far");
    }
    Ok(exit_code(interrupted, [&report.checkpoint_error]))
}

/// The file of `-o`.
pub fn output(args: &Args) -> Result<Option<OutputFile>> {
    let Some(path) = &args.output else { return Ok(None) };
    check_extension("--output", path, &["json"], &[])?;
    OutputFile::create("--output", path).map(Some)
}

/// Draws, saves and prints.
pub fn finish(
    args: &Args,
    job: &Job,
    report: &Report,
    document: &Document<'_>,
    output: Option<OutputFile>,
    start: Instant,
) -> Result<()> {
    if let Some(path) = &args.plot {
        let figure = plots::figure(job, report)?;
        figure.save(path).with_context(|| format!("--plot {}", path.display()))?;
    }
    let work = Work::since(start, Some(job.experiment().seed));
    if let Some(output) = output {
        output.write(|out| document::write(out, Format::Learn, document, &work))?;
    }
    let mut out = std::io::stdout().lock();
    match args.json.is_wanted() {
        true => document::write(&mut out, Format::Learn, document, &work)?,
        false => report::print(&mut Folded::new(&mut out), job, report, document)?,
    }
    out.flush()?;
    Ok(())
}
