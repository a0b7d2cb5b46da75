//! What `ketlab run` says of means by Pauli propagation.

use crate::table::table;
use crate::text::fixed;
use crate::truncation_options::in_words;
use ketlab::simulate::{PropagatedMean, Propagation};
use serde_json::{Value, json};
use std::io::Write;

/// The strings of one observable.
pub fn entry(mean: &PropagatedMean) -> Value {
    let mut entry = json!(mean.account);
    entry["trend"] = json!(mean.trend.as_ref().map(|trend| json!({
        "points": trend.points,
        "spread": trend.spread(),
        "settles": trend.settles(),
    })));
    entry
}

/// What was left out of each mean, and how it depends on that.
pub fn print(
    out: &mut impl Write,
    observables: &[String],
    propagation: &Propagation,
) -> anyhow::Result<()> {
    let Propagation { truncation, means } = propagation;
    writeln!(out, "\n{}", in_words(truncation))?;
    let row = |(text, mean): (&String, &PropagatedMean)| {
        let account = &mean.account;
        vec![
            text.clone(),
            account.final_terms.to_string(),
            account.peak_terms.to_string(),
            account.dropped_terms.to_string(),
            format!("{:.3e}", account.dropped_sum),
            format!("{:.3e}", account.dropped_squares),
        ]
    };
    let heading = ["observable", "strings", "at most", "left out", "Σ|c|", "Σc²"];
    let rows = observables.iter().zip(means).map(row).collect();
    writeln!(out, "\n{}", table(&heading, rows))?;
    if truncation.is_exact() {
        return Ok(());
    }
    writeln!(out, "\nΣ|c| of what was left out bounds the error, often by far")?;
    let row = |(text, mean): (&String, &PropagatedMean)| {
        let trend = mean.trend.as_ref()?;
        let mut row = vec![text.clone()];
        row.extend(trend.points.iter().map(|point| fixed(point.value, 9)));
        row.push(format!("{:.1e}", trend.spread()));
        row.push(if trend.settles() { "yes" } else { "no" }.into());
        Some(row)
    };
    let rows: Vec<_> = observables.iter().zip(means).filter_map(row).collect();
    if rows.is_empty() {
        let has_scale = truncation.min_coefficient > 0.0 || truncation.max_terms.is_some();
        let why = match has_scale {
            true => "coarser truncations were not run, or are the same: no trend is known",
            false => "truncated by weight alone, which has no scale: no trend is known",
        };
        writeln!(out, "{why}")?;
        return Ok(());
    }
    let heading = ["observable", "as asked", "2 × coarser", "4 × coarser", "spread", "settles"];
    writeln!(out, "\n{}", table(&heading, rows))?;
    Ok(())
}
