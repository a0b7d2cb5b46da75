//! Claims, verdicts and contenders as text.

use crate::table::table;
use crate::text::{digits, time};
use anyhow::Result;
use ketlab::advantage::{Certainty, Contender, Cost, Kind, Report};
use ketlab::report::number_within;
use std::io::Write;

/// The claims with their verdicts, who played, and where the evidence ends.
pub fn print<D>(out: &mut impl Write, report: &Report<D>) -> Result<()> {
    for judged in &report.claims {
        writeln!(out, "Claim:   {}", judged.claim.statement)?;
        writeln!(out, "Verdict: {}\n", judged.text)?;
    }
    if !report.contenders.is_empty() {
        let size = report.claims.first().map_or("size", |judged| judged.claim.size.as_str());
        let heading = ["contender", "kind", size, "quantity", "score", "cost"];
        let rows = report.contenders.iter().map(row).collect();
        writeln!(out, "{}\n", table(&heading, rows))?;
    }
    for assumption in assumptions(&report.contenders) {
        writeln!(out, "{assumption}")?;
    }
    if report.contenders.is_empty() {
        writeln!(out, "Nothing was played.")?;
    } else {
        writeln!(out, "The evidence ends at {}.", report.evidence_ends_at)?;
    }
    if !report.not_played.is_empty() {
        writeln!(out, "Not played: {}.", report.not_played.join(", "))?;
    }
    Ok(())
}

fn row(contender: &Contender) -> Vec<String> {
    let kind = match contender.kind {
        Kind::Quantum => "quantum",
        Kind::Experiment => "experiment",
        Kind::Classical => "classical",
        Kind::Reference => "reference",
    };
    let digits = if contender.quantity == "seconds" { time } else { digits };
    let score = match (&contender.score, &contender.limit) {
        (Some(score), _) => match score.certainty {
            Certainty::Exact => digits(score.value),
            _ => {
                let half = 0.5 * (score.high - score.low);
                let [value, low, high] =
                    [score.value, score.low, score.high].map(|x| number_within(x, 10.0 * half));
                format!("{value} [{low}, {high}]")
            }
        },
        (None, Some(limit)) => limit.clone(),
        (None, None) => "–".into(),
    };
    vec![
        contender.name.clone(),
        kind.into(),
        contender.size.to_string(),
        contender.quantity.clone(),
        score,
        cost(&contender.cost),
    ]
}

fn cost(cost: &Cost) -> String {
    let Cost { seconds, threads, bytes, samples, queries } = cost;
    let mut parts = Vec::new();
    match (seconds, threads) {
        (Some(seconds), Some(threads)) if *threads > 1 => {
            parts.push(format!("{} on {threads} threads", time(*seconds)));
        }
        (Some(seconds), _) => parts.push(time(*seconds)),
        _ => {}
    }
    parts.extend(bytes.map(|bytes| ketlab::error::bytes(bytes.into())));
    parts.extend(samples.map(|samples| format!("{samples} samples")));
    parts.extend(queries.map(|queries| format!("{queries} queries")));
    parts.join(", ")
}

/// What contenders take for granted, once for each name.
fn assumptions(contenders: &[Contender]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for contender in contenders {
        for assumption in &contender.assumptions {
            let line = format!("{} assumes: {assumption}", contender.name);
            if !said.contains(&line) {
                said.push(line);
            }
        }
    }
    said
}
