//! Scores and laws as text.

use crate::table::table;
use crate::text::digits;
use anyhow::Result;
use ketlab::advantage::Report;
use ketlab::advantage::random_circuits::{AtSize, Law, RandomCircuits, Spread};
use std::io::Write;

pub fn details(
    out: &mut dyn Write,
    experiment: &RandomCircuits,
    report: &Report<Vec<AtSize>>,
) -> Result<()> {
    if report.details.is_empty() {
        return Ok(());
    }
    let rows = report.details.iter().flat_map(|at| {
        at.samplers.iter().map(|s| {
            vec![
                at.qubits.to_string(),
                s.name.clone(),
                spread(Some(&s.linear)),
                s.expected.map_or("–".into(), digits),
                spread(s.ratio.as_ref()),
                spread(s.logarithmic.as_ref()),
                spread(Some(&s.heavy)),
                format!("{} of {}", s.distinct, s.samples),
            ]
        })
    });
    let heading = [
        "qubits",
        "sampler",
        "linear XEB",
        "in the mean",
        "by DΣp² - 1",
        "logarithmic",
        "heavy outputs",
        "different strings",
    ];
    writeln!(out, "\n{}", table(&heading, rows.collect()))?;
    writeln!(
        out,
        "± halves of 95 % intervals over {} of each size",
        crate::text::plural(experiment.circuits, "circuit")
    )?;
    let rows = report.details.iter().map(|at| {
        let mean = |of: &dyn Fn(&Law) -> f64| {
            digits(at.laws.iter().map(of).sum::<f64>() / at.laws.len() as f64)
        };
        vec![
            at.qubits.to_string(),
            format!("{} × {}", at.rows, at.columns),
            at.pairs.to_string(),
            mean(&|law| law.collision),
            digits(at.random_collision),
            mean(&|law| law.heavy),
            mean(&|law| law.above[0]),
            if at.is_deep { "yes" } else { "no" }.into(),
        ]
    });
    let heading = [
        "qubits",
        "grid",
        "gates on pairs",
        "DΣp²",
        "of random states",
        "heavy (0.8466)",
        "p > 1/D (0.3679)",
        "deep",
    ];
    writeln!(out, "\n{}", table(&heading, rows.collect()))?;
    writeln!(
        out,
        "A linear XEB is a fidelity only of a device whose errors are weak and do not know of the \
         circuit, and only where that is deep (DΣp² - 1 of all circuits within a tenth of random states'); \
         elsewhere divide it by DΣp² - 1. Of other samplers it is a score."
    )?;
    Ok(())
}

fn spread(spread: Option<&Spread>) -> String {
    spread.map_or("–".into(), |spread| {
        let half = 0.5 * (spread.high - spread.low);
        // To two digits of the half.
        let decimals =
            if half > 0.0 { (1.0 - half.log10().floor()).clamp(0.0, 9.0) as usize } else { 6 };
        format!("{:.decimals$} ± {half:.decimals$}", spread.value)
    })
}
