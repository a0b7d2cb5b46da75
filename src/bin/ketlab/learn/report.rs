//! The text of `ketlab learn`.

use super::document::Document;
use super::job::Job;
use crate::table::{Table, aligned_table};
use crate::text::{fixed, number, plural};
use anyhow::Result;
use ketlab::learning::classical::CrossValidated;
use ketlab::learning::data::Scaling;
use ketlab::learning::{Readout, Report, Scored};
use std::io::Write;

/// Names that are listed in a line.
const SHOWN: usize = 8;

pub fn print(
    out: &mut impl Write,
    job: &Job,
    report: &Report,
    document: &Document<'_>,
) -> Result<()> {
    let split = &report.split;
    let predictor = &report.predictor;
    let classes = match document.classes {
        [] => "a number".into(),
        names => format!("{} ({})", plural(names.len(), "class"), listed(names)),
    };
    writeln!(
        out,
        "{}: {} of {} ({}), target {}: {classes}",
        document.data.source,
        plural(document.data.rows, "row"),
        plural(document.features.len(), "feature"),
        listed(document.features),
        document.target,
    )?;
    let parts = [
        (split.train.len(), "to learn from"),
        (split.validation.len(), "to choose the epoch by"),
        (split.test.len(), "to judge by"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|p| p.0 > 0).map(|(n, what)| format!("{n} {what}")).collect();
    writeln!(out, "rows: {}", parts.join(", "))?;
    writeln!(
        out,
        "model {}: {}, {}, depth {}; {}",
        name(job),
        plural(document.num_qubits, "qubit"),
        plural(document.num_parameters, "parameter"),
        document.depth,
        read(predictor.model.readout()),
    )?;
    let evaluation = job.experiment().evaluation()?.describe();
    writeln!(
        out,
        "features scaled {}; loss {}; {evaluation}",
        range(predictor.scaler.scaling()),
        document.loss
    )?;
    writeln!(out, "{}", scores(report))?;
    if let Some(table) = folds(report) {
        writeln!(out, "{table}")?;
    }
    writeln!(
        out,
        "training: {}, the best is epoch {}; ended: {}{}",
        plural(document.history.len().saturating_sub(1), "epoch"),
        document.best_epoch,
        document.stop,
        match document.resumed_from {
            Some(steps) => format!("; {} were in the checkpoint", plural(steps, "step")),
            None => String::new(),
        }
    )?;
    if let Some(verdict) = &document.verdict {
        writeln!(out, "{verdict}")?;
    }
    for note in document.notes {
        writeln!(out, "note: {note}")?;
    }
    for warning in &document.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    if let Some(rerun) = &document.rerun {
        let of = |same: bool| {
            let all = rerun.parts.iter().filter(|part| part.same == same);
            all.map(|part| part.name.replace('_', " ")).collect::<Vec<_>>().join(", ")
        };
        match rerun.same {
            true => writeln!(out, "the same as in {}, to the bit: {}", rerun.file, of(true))?,
            false => {
                writeln!(out, "not the same as in {}: {}", rerun.file, of(false))?;
                if !of(true).is_empty() {
                    writeln!(out, "the same, to the bit: {}", of(true))?;
                }
            }
        }
    }
    writeln!(out, "seed {}", job.experiment().seed)?;
    Ok(())
}

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A range with its multiples of pi.
fn range(scaling: Scaling) -> String {
    use std::f64::consts::PI;
    let limit = |x: f64| match x / PI {
        0.0 => "0".to_string(),
        1.0 => "pi".into(),
        -1.0 => "-pi".into(),
        parts if (4.0 * parts).fract() == 0.0 => format!("{parts}pi"),
        _ => x.to_string(),
    };
    match scaling {
        Scaling::MinMax { low, high } => format!("minmax:{}:{}", limit(low), limit(high)),
        other => other.to_string(),
    }
}

/// The model by its name.
pub fn name(job: &Job) -> String {
    use ketlab::learning::ModelChoice;
    match &job.experiment().model {
        ModelChoice::Named(architecture) => {
            format!("{}, {}", architecture.model, plural(architecture.layers, "layer"))
        }
        ModelChoice::Circuit { .. } => "of your circuit".into(),
    }
}

fn read(readout: &Readout) -> String {
    match readout {
        Readout::Expectations { observables, affine } => {
            let means: Vec<String> = observables.iter().map(|o| format!("<{o}>")).collect();
            let trained = if *affine { ", scaled and shifted" } else { "" };
            format!("output {}{trained}", listed(&means))
        }
        Readout::Linear { observables, num_outputs } => {
            let means: Vec<String> = observables.iter().map(|o| format!("<{o}>")).collect();
            format!("{} as trained sums of {}", plural(*num_outputs, "output"), listed(&means))
        }
        Readout::Probabilities { qubits, .. } => {
            let qubits: Vec<String> = qubits.iter().map(usize::to_string).collect();
            format!("output probabilities of qubits {}", qubits.join(", "))
        }
    }
}

/// A row of the table for each part of the rows, of the model and of each that stands beside it.
fn scores(report: &Report) -> Table {
    let entries = |scored: &Scored| {
        let all = scored.metrics.entries();
        all.into_iter().filter(|entry| entry.0 != "rmse").collect::<Vec<_>>()
    };
    let names: Vec<String> =
        entries(&report.train).iter().map(|entry| entry.0.replace('_', " ")).collect();
    let mut heading = vec!["model", "parameters", "rows", "loss"];
    heading.extend(names.iter().map(String::as_str));
    let mut rows = Vec::new();
    let mut group = |name: &str, parameters: usize, parts: [Option<&Scored>; 3]| {
        let named = ["train", "validation", "test"].into_iter().zip(parts);
        for (part, scored) in named.filter_map(|(part, scored)| Some((part, scored?))) {
            // Names are not left out: where there is no room, each row is a list of its own.
            let loss = fixed(scored.loss, 6);
            let mut row = vec![name.into(), parameters.to_string(), part.into(), loss];
            row.extend(entries(scored).iter().map(|entry| fixed(entry.1, 4)));
            rows.push(row);
        }
    };
    let count = report.predictor.model.num_parameters();
    let own = [Some(&report.train), report.validation.as_ref(), report.test.as_ref()];
    group("the model", count, own);
    for beside in &report.baselines {
        let parts = [Some(&beside.train), beside.validation.as_ref(), beside.test.as_ref()];
        group(&beside.name, beside.num_parameters, parts);
    }
    let columns = heading.len();
    let mut table = aligned_table(&heading, rows, 1..2);
    if columns > 3 {
        table = table.right_from(3);
    }
    table
}

/// The scores of folds.
fn folds(report: &Report) -> Option<Table> {
    let row = |name: &str, scored: &CrossValidated| {
        let error = scored.standard_error.map_or("-".into(), number);
        vec![name.to_string(), fixed(scored.mean, 4), error]
    };
    let mut rows = vec![row("the model", report.cross_validation.as_ref()?)];
    for beside in &report.baselines {
        rows.extend(beside.cross_validation.as_ref().map(|scored| row(&beside.name, scored)));
    }
    let score = report.train.metrics.score_name();
    let count = report.cross_validation.as_ref()?.scores.len();
    let mean = format!("{score}, mean of {count} folds");
    Some(aligned_table(&["model", &mean, "±"], rows, 1..3))
}
