//! What people read of a study.

use super::args::Args;
use super::plots::standard_error;
use crate::table::aligned_table;
use crate::text::{number, number_within, plural};
use anyhow::Result;
use ketlab::learning::data::{DataSet, Targets};
use ketlab::learning::kernel_study::{Contestant, KernelReport};
use std::io::Write;

pub fn print(
    out: &mut impl Write,
    args: &Args,
    data: &DataSet,
    source: &str,
    report: &KernelReport,
) -> Result<()> {
    let study = &report.experiment;
    let judge = match report.split.test.len() {
        0 => format!("{} folds judge", study.folds),
        rows => format!("{} to learn from, {rows} judge", report.split.train.len()),
    };
    let what = match data.targets() {
        Targets::Values(_) => format!("{} is a number", data.target_name()),
        Targets::Classes { names, labels } => {
            let count = |k: usize| labels.iter().filter(|label| **label == k).count();
            let each = names.iter().enumerate().map(|(k, name)| format!("{name} ({})", count(k)));
            format!("{} is one of {}", data.target_name(), each.collect::<Vec<_>>().join(", "))
        }
    };
    writeln!(
        out,
        "{source}: {}, {judge}; {}, {what}",
        plural(data.num_rows(), "row"),
        plural(data.num_features(), "feature")
    )?;
    let gamma = report.quantum.gamma.map_or_else(String::new, |g| format!(", γ {}", number(g)));
    let noise = if study.noise.is_some() { ", under noise" } else { "" };
    let shots = study.shots.map_or_else(String::new, |s| format!(", {s} shots"));
    writeln!(
        out,
        "{} kernel of {} on {}{gamma}{shots}{noise}; features scaled {}, learner {}\n",
        study.kind,
        study.map,
        plural(report.num_qubits, "qubit"),
        with_pi(&study.feature_scaling().to_string()),
        study.learner
    )?;
    writeln!(out, "{}\n", contestants(report))?;
    if let (Some(g), Some(kernel)) = (report.geometric_difference, &report.nearest) {
        let which = match report.nearest_fits {
            true => "the smallest of the classical kernels that can fit what this one can",
            false => "which of the classical kernels fits best, but not all that this one can",
        };
        let lambda = report.lambda;
        writeln!(out, "geometric difference {} to {kernel}, {which} (λ {lambda})", number(g))?;
    }
    if let Some(found) = &report.concentration {
        writeln!(
            out,
            "entries off the diagonal: mean {}, variance {}; of random states {}, {}",
            number(found.mean),
            number(found.variance),
            number(found.haar_mean),
            number(found.haar_variance)
        )?;
    }
    if let Some(found) = &report.sampled {
        let error = found.mean_standard_error.map_or_else(String::new, |error| {
            format!("standard errors of {} on average, ", number(error))
        });
        let bias = found.mean_distance_bias.map_or_else(String::new, |bias| {
            format!("squared distances corrected by {} on average, ", number(bias))
        });
        writeln!(
            out,
            "{} shots: {error}{bias}lowest eigenvalue {}, {} negative; repair {} changes the kernel by \
             {} (Frobenius norm)",
            found.total_shots,
            number(found.lowest_eigenvalue),
            found.num_negative,
            found.repair,
            number(found.change)
        )?;
    }
    if let Some(found) = &report.relabelled {
        let ahead = found.advantage;
        writeln!(
            out,
            "labels made against {} (g {}): accuracy {:.3}, of the best classical kernel, {}, {:.3}; \
             ahead by {}",
            found.against,
            number(found.geometric_difference),
            found.accuracy,
            found.classical,
            found.classical_accuracy,
            plus_minus(ahead.difference, ahead.standard_error.unwrap_or(0.0))
        )?;
    }
    for note in &report.notes {
        writeln!(out, "note: {note}")?;
    }
    if let Some(verdict) = &report.verdict {
        writeln!(out, "\n{}", capitalized(&verdict.text))?;
    }
    for (path, what) in [(&args.save, "training kernel"), (&args.save_test, "test kernel")] {
        if let Some(path) = path {
            writeln!(out, "{what} in {}", path.display())?;
        }
    }
    writeln!(out, "seed {}", study.seed)?;
    Ok(())
}

fn contestants(report: &KernelReport) -> crate::table::Table {
    let metric = report.train.metrics.score_name().replace("r2", "R²");
    let judge = if report.test.is_some() { "test" } else { "folds" };
    let heading = [
        "who",
        "setting",
        "strength",
        &format!("{metric} train"),
        judge,
        "g",
        "g train",
        "complexity",
        "quantum ahead by",
    ];
    let optional = |x: Option<f64>| x.map_or_else(|| "-".into(), number);
    let row = |c: &Contestant| {
        vec![
            c.name.clone(),
            c.setting.clone(),
            number(c.strength),
            format!("{:.3}", c.train.metrics.score()),
            match standard_error(c).filter(|error| *error > 0.0) {
                Some(error) => plus_minus(c.score(), error),
                None => format!("{:.3}", c.score()),
            },
            optional(c.geometric_difference),
            optional(c.training_difference),
            optional(c.model_complexity),
            c.advantage.map_or_else(String::new, |a| {
                plus_minus(a.difference, a.standard_error.unwrap_or(0.0))
            }),
        ]
    };
    let all = std::iter::once(&report.quantum).chain(&report.rivals);
    aligned_table(&heading, all.map(row).collect(), 2..heading.len())
}

/// As the flag may be written.
fn with_pi(scaling: &str) -> String {
    let multiples = [("6.283185307179586", "2pi"), ("3.141592653589793", "pi")];
    let halves = [("1.5707963267948966", "pi/2")];
    multiples
        .iter()
        .chain(&halves)
        .fold(scaling.into(), |text, (digits, name)| text.replace(digits, name))
}

fn plus_minus(value: f64, error: f64) -> String {
    match error > 0.0 && error.is_finite() {
        true => format!("{} ± {}", number_within(value, error), number_within(error, error)),
        false => format!("{value:.3}"),
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
