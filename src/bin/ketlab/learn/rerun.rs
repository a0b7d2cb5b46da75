//! `ketlab learn --rerun`: the manifest of a saved document once more.

use super::args::Args;
use super::document::{Document, Part, Rerun};
use super::job::Job;
use super::manifest::{Data, Manifest};
use super::{run, saved};
use crate::data_source::{DataSource, TaskArg};
use crate::messages;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::learning::data::{DataSet, built_in};
use serde::Serialize;
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

pub fn run(args: &Args, path: &Path) -> Result<ExitCode> {
    let start = Instant::now();
    // Read before a file of the same name is replaced.
    let old = saved::document(path)?;
    let output = run::output(args)?;
    let name = path.display().to_string();
    if old["interrupted"] == true {
        bail!("{name}: its training was interrupted; a checkpoint goes on from there, not --rerun");
    }
    let part = |key: &str| old[key].clone();
    let context = || format!("{name}: no manifest that this program reads");
    let manifest: Manifest = serde_json::from_value(part("manifest")).with_context(context)?;
    let about: Data = serde_json::from_value(part("data")).with_context(context)?;
    let data = data(&manifest)?;
    if let Some(difference) = difference(&about, &data) {
        bail!("{}: these are not the data of {name}: {difference}", manifest.source);
    }
    let job = Job::new(data, manifest)?;
    let report = job.run(None)?;
    let interrupted = job.simulator.watch().is_cancelled();
    if interrupted {
        return Err(ketlab::Error::Interrupted.into());
    }
    let mut document = Document::of(&job, &report, interrupted);
    let same = |key: &str, new: Value| new == old[key];
    let parts = [
        ("train", same("train", json(&document.train)?)),
        ("validation", same("validation", json(&document.validation)?)),
        ("test", same("test", json(&document.test)?)),
        ("parameters", same("parameters", json(&document.parameters)?)),
        ("baselines", same("baselines", json(&document.baselines)?)),
        ("cross_validation", same("cross_validation", json(&document.cross_validation)?)),
        ("history", same("history", json(&document.history)?)),
    ];
    // What predictions are made with.
    let new = json(&document)?;
    let predictor = ["model", "scaler", "target_scaler", "features", "target", "classes", "split"];
    let predictor = predictor.map(|key| (key, new[key] == old[key]));
    let parts = parts.into_iter().chain(predictor);
    let parts: Vec<Part> = parts.map(|(name, same)| Part { name, same }).collect();
    let same = parts.iter().all(|part| part.same);
    document.rerun = Some(Rerun { file: name, same, parts });
    run::finish(args, &job, &report, &document, output, start)?;
    if !same {
        messages::note("the numbers are not those of the file");
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// As it reads in a document: what is not finite is null.
fn json(value: &impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}

/// The data that a manifest names.
fn data(manifest: &Manifest) -> Result<DataSet> {
    let task = TaskArg::from_str(&manifest.task, false);
    let task = task.map_err(|error| anyhow::anyhow!("the manifest's task: {error}"))?;
    let seed = manifest.experiment.seed;
    // Built-in data have no columns to choose.
    let is_named = built_in(&manifest.source, seed)?.is_some();
    let source = DataSource {
        data: Some(manifest.source.clone()),
        target: Some(manifest.target.clone()),
        features: if is_named { Vec::new() } else { manifest.features.clone() },
        task: Some(task),
    };
    Ok(source.read(seed)?.0)
}

/// The first part in which data differ from those that were learned from.
fn difference(about: &Data, data: &DataSet) -> Option<String> {
    let print = data.fingerprint();
    if print == about.fingerprint {
        return None;
    }
    let parts = |print: Value| -> Vec<(String, String)> {
        serde_json::from_value(print).unwrap_or_default()
    };
    let of =
        |print: &ketlab::math::Fingerprint| parts(serde_json::to_value(print).unwrap_or_default());
    let (old, new) = (of(&about.fingerprint), of(&print));
    let differs = (0..old.len().max(new.len())).find(|&k| old.get(k) != new.get(k))?;
    let shown = |part: Option<&(String, String)>| match part {
        Some((name, value)) => format!("{name} {value}"),
        None => "nothing".into(),
    };
    Some(format!("{}, not {}", shown(new.get(differs)), shown(old.get(differs))))
}
