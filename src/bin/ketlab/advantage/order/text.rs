//! Runs, success, hardware and crossovers as text.

use crate::table::table;
use crate::text::{digits, fixed, plural};
use anyhow::Result;
use ketlab::advantage::Report;
use ketlab::advantage::order_finding::{Details, OrderFinding, Outcome, Row, Study, Success};
use std::io::Write;

/// Digits of an outcome that are shown; longer ones are in the document.
const DIGITS: usize = 12;
/// Runs of one base without an order that are listed one by one; more are one row.
const LISTED_RUNS: usize = 3;

pub fn details(out: &mut dyn Write, _: &OrderFinding, report: &Report<Details>) -> Result<()> {
    let studies = &report.details.studies;
    if studies.is_empty() {
        return Ok(());
    }
    runs(out, studies)?;
    success(out, studies)?;
    hardware(out, studies)?;
    crossovers(out, &report.details)
}

/// What was measured, and what became of it.
fn runs(out: &mut dyn Write, studies: &[Study]) -> Result<()> {
    let rows = studies.iter().flat_map(folded);
    let heading = ["bits", "N", "a", "y", "y/2^t", "P(y)", "s/d", "order", "verdict"];
    writeln!(out, "\n{}", table(&heading, rows.collect()))?;
    let by_law: Vec<String> =
        studies.iter().filter(|s| !s.simulated).map(|s| s.bits.to_string()).collect();
    if !by_law.is_empty() {
        writeln!(
            out,
            "At {} bits no circuit was simulated: outcomes are drawn from the law, by an order \
             computed from the factors.",
            by_law.join(", ")
        )?;
    }
    let lucky: u64 = studies.iter().map(|study| study.factoring.lucky_bases).sum();
    if lucky > 0 {
        writeln!(
            out,
            "{} had a factor in common with N. That is luck, and counts for no quantum computer.",
            plural(lucky as usize, "base")
        )?;
    }
    Ok(())
}

/// The rows of a study; many runs of one base that read no order are one.
fn folded(study: &Study) -> Vec<Vec<String>> {
    let is_equal = |a: &Row, b: &Row| {
        a.base == b.base && a.outcome == Outcome::NoOrder && b.outcome == Outcome::NoOrder
    };
    let mut rows = Vec::new();
    for alike in study.factoring.rows.chunk_by(is_equal) {
        if alike.len() <= LISTED_RUNS {
            rows.extend(alike.iter().map(|row| run(study, row)));
            continue;
        }
        let mut one = run(study, &alike[0]);
        // What was measured differs.
        one[3..7].iter_mut().for_each(|cell| *cell = "…".into());
        one[8] = format!("no order read in {} runs", alike.len());
        rows.push(one);
    }
    rows
}

fn run(study: &Study, row: &Row) -> Vec<String> {
    let none = || "–".to_string();
    let y = row.y.as_deref();
    let shown = y.map_or_else(none, |y| if y.len() > DIGITS { "…".into() } else { y.into() });
    let share = y.and_then(|y| y.parse::<u128>().ok());
    let share = share.map(|y| y as f64 / f64::from(study.clock_bits).exp2());
    let verdict = match row.outcome {
        Outcome::LuckyGcd(d) => format!("no run: gcd(a, N) = {d}"),
        Outcome::NoOrder => "no order read".into(),
        Outcome::OddOrder => "odd order".into(),
        Outcome::MinusOne => "a^(r/2) = -1".into(),
        Outcome::Factors(p, q) => format!("{p} × {q}"),
    };
    vec![
        study.bits.to_string(),
        study.number.to_string(),
        row.base.to_string(),
        shown,
        share.map_or_else(none, |share| fixed(share, 6)),
        row.probability.map_or_else(none, |p| fixed(p, 6)),
        row.fraction.map_or_else(none, |(s, d)| format!("{s}/{d}")),
        row.order.map_or_else(none, |r| r.to_string()),
        verdict,
    ]
}

/// How probable it is that each rule reads the order, by the law and as it was seen.
fn success(out: &mut dyn Write, studies: &[Study]) -> Result<()> {
    let rules: Vec<String> = studies[0].success.iter().map(|s| s.rule.name()).collect();
    let mut heading = vec!["bits", "a", "order", "t"];
    heading.extend(rules.iter().map(String::as_str));
    heading.push("circuit against law");
    let rows = studies.iter().map(|study| {
        let mut row = vec![
            study.bits.to_string(),
            study.base.to_string(),
            study.order.to_string(),
            study.clock_bits.to_string(),
        ];
        row.extend(study.success.iter().map(probability));
        row.push(match &study.check {
            None => "–".into(),
            Some(check) => format!(
                "χ² = {} of {} ({})",
                digits(check.chi_squared),
                check.degrees,
                if check.agrees { "agrees" } else { "differs" }
            ),
        });
        row
    });
    writeln!(out, "\nThe probability that a run reads the order itself, by the law (as drawn):")?;
    writeln!(out, "{}", table(&heading, rows.collect()))?;
    if studies.iter().flat_map(|study| &study.success).any(|success| !success.agrees) {
        writeln!(out, "A share that was drawn is beyond 3 standard deviations of the law.")?;
    }
    Ok(())
}

fn probability(success: &Success) -> String {
    let drawn = fixed(success.read as f64 / success.runs.max(1) as f64, 3);
    let Success { low, high, .. } = *success;
    if high - low > 0.5 {
        return format!("({drawn})");
    }
    if high - low < 5e-4 {
        return format!("{} ({drawn})", fixed(low, 3));
    }
    format!("{} to {} ({drawn})", fixed(low, 3), fixed(high, 3))
}

/// Gates of a run, counted.
fn hardware(out: &mut dyn Write, studies: &[Study]) -> Result<()> {
    let rows = studies.iter().map(|study| {
        let h = &study.hardware;
        let phases = [h.phases, h.controlled_phases, h.doubly_controlled_phases];
        vec![
            study.bits.to_string(),
            h.qubits.to_string(),
            phases.map(|count| count.to_string()).join(" + "),
            h.hadamards.to_string(),
            h.nots.to_string(),
            h.controlled_swaps.to_string(),
            h.gates.to_string(),
            study.exact_hardware.gates.to_string(),
            match (study.mean_runs, study.mean_runs_error) {
                (Some(runs), Some(error)) => format!("{} ± {}", digits(runs), digits(error)),
                _ => format!("{} of 100 found nothing", study.failures),
            },
        ]
    });
    writeln!(
        out,
        "\nA run on hardware, as Beauregard builds it (quant-ph/0205095; 2n + 3 qubits, depth O(n³)) \
         without rotations of Fourier transforms by less than 2π/2^k, k = ⌈log2 4n⌉: about 16n³ log2 n \
         gates, with all rotations 8n⁴. Other circuits need fewer, as that of Häner, Roetteler and Svore \
         (arXiv:1611.07995) with 2n + 2 qubits:"
    )?;
    let heading = [
        "bits",
        "qubits",
        "phases with 0 + 1 + 2 controls",
        "H",
        "X, CX",
        "controlled swaps",
        "gates",
        "with all rotations",
        "runs until factors",
    ];
    writeln!(out, "{}", table(&heading, rows.collect()))?;
    Ok(())
}

fn crossovers(out: &mut dyn Write, details: &Details) -> Result<()> {
    if !details.crossovers.is_empty() {
        writeln!(out, "\nIf operations go on growing as they did (which no evidence says):")?;
    }
    for c in &details.crossovers {
        let gate = match c.gate {
            1.0 => "a gate as fast as an operation".to_string(),
            gate => format!("a gate as slow as {gate} operations"),
        };
        let fitted = c.fitted as usize;
        let found = match c.bits {
            Some(bits) => format!("fewer gates than {} from {bits} bits on", c.rival),
            None => format!("never faster than {}", c.rival),
        };
        writeln!(
            out,
            "  {gate}: {found} (2^(({} ± {})n) operations, fitted to {})",
            digits(c.slope),
            digits(c.slope_error),
            plural(fitted, "size")
        )?;
    }
    if !details.not_extrapolated.is_empty() {
        writeln!(out, "\nNothing is extrapolated where there is too little:")?;
    }
    for because in &details.not_extrapolated {
        writeln!(out, "  {because}")?;
    }
    Ok(())
}
