//! A study again, from its report.

use super::args::Args;
use super::document::{Document, Origin, Rerun};
use super::follow::follow;
use crate::compared::{Compared, lines};
use crate::document::{Format, Work};
use crate::text::plural;
use anyhow::{Context, Result, bail};
use ketlab::learning::KernelStudy;
use serde::Deserialize;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Deserialize)]
struct Saved {
    experiment: KernelStudy,
    data: Origin,
}

pub fn run(args: &Args, path: &Path) -> Result<ExitCode> {
    let (start, name) = (Instant::now(), path.display());
    let text = std::fs::read_to_string(path).with_context(|| format!("--rerun {name}"))?;
    let before: Value = serde_json::from_str(&text).with_context(|| format!("--rerun {name}"))?;
    let (format, version) = Format::Kernel.name_and_version();
    if before["format"] != format || before["version"] != version {
        bail!(
            "--rerun {name}: its format is {}, version {}; what can be repeated is a `{format}`, \
             version {version}, as `ketlab kernel -o` writes it",
            before["format"],
            before["version"]
        );
    }
    let saved: Saved = serde_json::from_value(before.clone())
        .with_context(|| format!("--rerun {name}: no settings and data of a study"))?;
    if before["interrupted"] == true {
        bail!("--rerun {name}: its study was interrupted, so that it has nothing to be equal to");
    }
    let Saved { experiment, data: origin } = saved;
    let (data, source) = origin.source().read(experiment.seed)?;
    if data.fingerprint() != origin.fingerprint {
        bail!("--rerun {name}: {source} are other data now than those of the report");
    }
    let report = follow(&experiment, &data)?;
    if report.interrupted {
        return Err(ketlab::Error::Interrupted.into());
    }
    // Through text, as the other one: numbers are written so that they are read to the bit.
    let after: Value = serde_json::from_str(&serde_json::to_string(&report)?)?;
    let mut compared = Compared::default();
    for (key, value) in after.as_object().into_iter().flatten() {
        compared.compare(key, &before[key.as_str()], value, &[]);
    }
    let differing = lines(&compared.differences);
    let Compared { numbers, differences } = compared;
    let identical = differences.is_empty();
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let rerun = Rerun { report: name.to_string(), identical, numbers, differences };
        let work = Work::since(start, Some(experiment.seed));
        Document::again(&report, origin, rerun).write(&mut out, &work)?;
    } else if identical {
        let all = plural(numbers, "number");
        writeln!(
            out,
            "{source} again, with the settings of {name}: all of {all} are the same to the bit"
        )?;
    } else {
        let all = plural(numbers, "number");
        writeln!(out, "{source} again, with the settings of {name}: of {all} these differ")?;
        for line in differing {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    Ok(if identical { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
