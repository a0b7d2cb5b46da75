//! Values against angles as tables.

use crate::table::table;
use crate::text::digits;
use anyhow::Result;
use ketlab::advantage::Report;
use ketlab::advantage::kicked_ising::{Curve, KickedIsing, Point};
use std::io::Write;

pub fn details(out: &mut dyn Write, _: &KickedIsing, report: &Report<Vec<Curve>>) -> Result<()> {
    for curve in &report.details {
        writeln!(out, "\n{}: {}", curve.observable, curve.description)?;
        let heading = [
            "θ",
            "propagation",
            "trend",
            "Σ|dropped|",
            "strings",
            "",
            "light cone",
            "stabilizer",
            "mean field",
            "published",
        ];
        writeln!(out, "{}", table(&heading, curve.points.iter().map(row).collect()))?;
    }
    Ok(())
}

fn row(point: &Point) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, value_text);
    let published = match (point.truth, point.truth_error) {
        (Some(truth), Some(error)) if error > 0.0 => {
            format!("{} ± {}", value_text(truth), digits(error))
        }
        (truth, _) => number(truth),
    };
    let propagation = point.propagation;
    vec![
        format!("{:.4}", point.theta),
        number(propagation.map(|p| p.value)),
        propagation.map_or_else(String::new, |p| digits(p.spread)),
        propagation.map_or_else(String::new, |p| digits(p.dropped_sum)),
        propagation.map_or_else(String::new, |p| p.peak_terms.to_string()),
        if point.converged == Some(false) { "not converged".into() } else { String::new() },
        number(point.light_cone),
        number(point.stabilizer),
        number(point.mean_field),
        published,
    ]
}

/// Five decimals; what is smaller, with its power of ten.
fn value_text(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 { format!("{value:.2e}") } else { format!("{value:.5}") }
}
