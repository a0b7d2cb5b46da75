//! An experiment from its settings to its report on paper.

use super::common::Common;
use super::text;
use crate::compared::{Compared, lines};
use crate::document::{Format, Work, write};
use crate::messages;
use crate::output::OutputFile;
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::{Folded, plural};
use crate::train::exit_code;
use anyhow::{Context, Result, bail};
use ketlab::advantage::{Budget, Experiment, Report, Run};
use ketlab::math::{Checkpoint, Watch};
use ketlab::report::Figure;
use serde::Serialize;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// What differs from run to run, and says so: the clock.
const CLOCK: [&str; 2] = ["seconds", "threads"];

/// What there is to read of an experiment beside claims and contenders.
type Details<E> = fn(&mut dyn Write, &E, &Report<<E as Experiment>::Details>) -> Result<()>;
/// Its picture.
type Picture<E> = fn(&E, &Report<<E as Experiment>::Details>) -> Figure;

/// How an experiment is shown.
pub struct Shown<E: Experiment> {
    /// What there is to read beside claims and contenders.
    pub details: Details<E>,
    /// The picture.
    pub figure: Picture<E>,
}

#[derive(Serialize)]
struct Document<'r, D: Serialize> {
    #[serde(flatten)]
    report: &'r Report<D>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerun: Option<Rerun>,
}

#[derive(Serialize)]
struct Rerun {
    report: String,
    identical: bool,
    numbers: usize,
    differences: Vec<String>,
}

/// Runs the experiment of the flags, or that of a report again; prints, writes, draws.
pub fn follow<E: Experiment + Send + Sync>(
    common: &Common,
    of_flags: impl FnOnce() -> Result<E> + Send,
    shown: Shown<E>,
) -> Result<ExitCode> {
    common.check()?;
    common.threads.run(|| run(common, of_flags, shown))?
}

fn run<E: Experiment>(
    common: &Common,
    of_flags: impl FnOnce() -> Result<E>,
    shown: Shown<E>,
) -> Result<ExitCode> {
    let began = Instant::now();
    let output = common.output.as_deref().map(|path| OutputFile::create("--output", path));
    let output = output.transpose()?;
    let (experiment, before) = match &common.rerun {
        Some(path) => {
            let (experiment, before) = saved::<E>(path)?;
            (experiment, Some(before))
        }
        None => (of_flags()?, None),
    };
    let report = play(common, &experiment, before.is_some())?;
    let rerun = before.as_ref().map(|before| compare(common, before, &report)).transpose()?;
    let seed = experiment_seed(&report);
    let work = Work::since(began, seed);
    let identical = rerun.as_ref().map(|rerun| rerun.identical);
    let document = Document { report: &report, rerun };
    if let Some(output) = output {
        output.write(|out| write(out, Format::Advantage, &document, &work))?;
    }
    let mut out = std::io::stdout().lock();
    if common.json.is_wanted() {
        write(&mut out, Format::Advantage, &document, &work)?;
    } else {
        let mut out = Folded::new(&mut out);
        text::print(&mut out, &report)?;
        (shown.details)(&mut out, &experiment, &report)?;
        if let Some(rerun) = &document.rerun {
            let all = plural(rerun.numbers, "number");
            match rerun.identical {
                true => {
                    writeln!(out, "\n{} again: all of {all} are the same to the bit", rerun.report)?
                }
                false => writeln!(out, "\n{} again: of {all} these differ", rerun.report)?,
            }
            for line in lines(&rerun.differences) {
                writeln!(out, "{line}")?;
            }
        }
    }
    out.flush()?;
    // Behind the answer, which a picture that cannot be drawn must not lose.
    if let Some(path) = &common.plot {
        let figure = (shown.figure)(&experiment, &report);
        figure.save(path).with_context(|| format!("--plot {}", path.display()))?;
    }
    if report.interrupted {
        messages::note(match &common.checkpoint {
            Some(_) => "interrupted: this is what was finished; --resume goes on",
            None => "interrupted: this is what was finished",
        });
    }
    if identical == Some(false) {
        return Ok(ExitCode::FAILURE);
    }
    Ok(exit_code(report.interrupted, [&report.checkpoint_error]))
}

fn play<E: Experiment>(
    common: &Common,
    experiment: &E,
    is_rerun: bool,
) -> Result<Report<E::Details>> {
    let watch = Watch::default();
    cancel_on_interrupt(&watch);
    let line = Progress::line();
    let tell = |what: &str| {
        line.message(|| what.into());
        messages::detail(|| what.into());
    };
    let mut run = Run::new().watch(&watch).tell(tell);
    // What was played must be played again.
    if !is_rerun {
        run = run.budget(Budget::seconds(common.budget).context("--budget")?);
    }
    if let Some(path) = &common.checkpoint {
        run = run.checkpoint(Checkpoint::new(path).resume(common.resume));
        if common.resume && !path.exists() {
            messages::note("there is no checkpoint yet: the experiment begins anew");
        }
    }
    Ok(run.run(experiment)?)
}

/// The settings of a report, and all of it.
fn saved<E: Experiment>(path: &Path) -> Result<(E, Value)> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("--rerun {name}"))?;
    let before: Value = serde_json::from_str(&text).with_context(|| format!("--rerun {name}"))?;
    let (format, version) = Format::Advantage.name_and_version();
    if before["format"] != format || before["version"] != version {
        bail!(
            "--rerun {name}: its format is {}, version {}; what can be repeated is a `{format}`, \
             version {version}, as `ketlab advantage {} -o` writes it",
            before["format"],
            before["version"],
            E::NAME
        );
    }
    if before["experiment"] != E::NAME {
        bail!(
            "--rerun {name}: it is a report of {}; this is `ketlab advantage {}`",
            before["experiment"],
            E::NAME
        );
    }
    if before["interrupted"] == true || before["not_played"] != Value::Array(Vec::new()) {
        bail!("--rerun {name}: its experiment did not end, so that it has nothing to be equal to");
    }
    let settings = before["manifest"]["settings"].clone();
    let experiment = serde_json::from_value(settings)
        .with_context(|| format!("--rerun {name}: no settings of an experiment"))?;
    Ok((experiment, before))
}

fn compare<D: Serialize>(common: &Common, before: &Value, report: &Report<D>) -> Result<Rerun> {
    if report.interrupted {
        return Err(ketlab::Error::Interrupted.into());
    }
    // Through text, as the other one: numbers are written so that they are read to the bit.
    let after: Value = serde_json::from_str(&serde_json::to_string(report)?)?;
    let (before, after) = (without_clock(before), without_clock(&after));
    let mut compared = Compared::default();
    for (key, value) in after.as_object().into_iter().flatten() {
        compared.compare(key, &before[key.as_str()], value, &CLOCK);
    }
    let Compared { numbers, differences } = compared;
    let report = common.rerun.as_deref().map_or_else(String::new, |p| p.display().to_string());
    Ok(Rerun { report, identical: differences.is_empty(), numbers, differences })
}

/// A report without the scores of contenders whose score is what the clock showed, and without what
/// became of claims about it.
fn without_clock(report: &Value) -> Value {
    let mut report = report.clone();
    for contender in report["contenders"].as_array_mut().into_iter().flatten() {
        if contender["quantity"] == CLOCK[0]
            && let Some(contender) = contender.as_object_mut()
        {
            contender.remove("score");
        }
    }
    for judged in report["claims"].as_array_mut().into_iter().flatten() {
        if judged["claim"]["quantity"] == CLOCK[0]
            && let Some(judged) = judged.as_object_mut()
        {
            judged.remove("verdict");
            judged.remove("text");
        }
    }
    report
}

fn experiment_seed<D>(report: &Report<D>) -> Option<u64> {
    report.manifest.settings["seed"].as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn verdicts_by_the_clock_are_left_out() {
        let claim = |quantity: &str| json!({ "claim": { "quantity": quantity }, "verdict": { "is": "holds" }, "text": "it holds" });
        let report = json!({ "claims": [claim("seconds"), claim("operations")], "contenders": [] });
        let left = without_clock(&report);
        assert_eq!(left["claims"][0], json!({ "claim": { "quantity": "seconds" } }));
        assert_eq!(left["claims"][1], report["claims"][1]);
    }
}
