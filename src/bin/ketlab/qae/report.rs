//! What `ketlab qae` prints.

use crate::document::{self, Format, Work};
use crate::table::table;
use crate::text::{percent, plural, time};
use anyhow::Result;
use ketlab::estimation::{
    Curve, CurveResult, Guarantee, Measure, NoiseTable, Point, PostProcessing,
};
use serde_json::json;
use std::io::Write;

/// A number with three digits, by powers of ten where it is small or large.
pub fn number(x: f64) -> String {
    match x.abs() {
        a if a < 1e6 && x.fract() == 0.0 => format!("{x}"),
        a if !(1e-3..1e6).contains(&a) => format!("{x:.2e}"),
        a if a >= 100.0 => format!("{x:.0}"),
        _ => {
            let decimals = (2 - x.abs().log10().floor() as i32).max(0) as usize;
            format!("{x:.decimals$}")
        }
    }
}

/// Points, slopes and crossovers of one curve.
pub fn text(
    out: &mut impl Write,
    result: &CurveResult,
    post: Option<&PostProcessing>,
    measure: Measure,
) -> Result<()> {
    let what = match result.problems.as_slice() {
        [one] if one.starts_with("a = ") => one.clone(),
        [one] => format!("{one}: a = {}", number(result.amplitudes[0])),
        many => plural(many.len(), "problem"),
    };
    let noise = if result.kappa < 1.0 {
        format!(", fidelity {} a Grover step", result.kappa)
    } else {
        String::new()
    };
    let repeats = plural(result.repeats, "repeat");
    writeln!(
        out,
        "{what}{noise}; {repeats} of each, seed {}, {}",
        result.seed,
        time(result.seconds)
    )?;
    if let Some(error) = result.grid_error() {
        writeln!(
            out,
            "  the quantum methods see a grid that is off by {}: their errors end there, and their \
             intervals do not know of it",
            number(error)
        )?;
    }
    if let Some(post) = post.filter(|p| !p.is_identity()) {
        let truth = result.truths[0];
        writeln!(
            out,
            "  in units it is {}; an error of 0.001 of the amplitude is {}",
            number(post.value(truth)),
            number(post.standard_error(truth, 1e-3))
        )?;
    }
    let heading =
        ["method", "uses of A", "depth", "RMSE", "median error", "bias", "covered", "half-width"];
    let row = |method: &str, p: &Point| {
        vec![
            method.to_string(),
            number(p.uses),
            number(p.depth),
            number(p.rmse),
            number(p.median_absolute_error),
            format!("{}{}", number(p.bias), if is_biased(p) { " !" } else { "" }),
            format!("{:.1} %{}", 100.0 * p.coverage, mark(p, result.alpha)),
            number(p.half_width),
        ]
    };
    let rows = result.curves.iter().flat_map(|c| c.points.iter().map(|p| row(&c.method, p)));
    writeln!(out, "{}", table(&heading, rows.collect()))?;
    let points = || result.curves.iter().flat_map(|c| &c.points);
    if points().any(is_biased) {
        writeln!(out, "  ! more than three standard errors from no bias")?;
    }
    if points().any(|p| !mark(p, result.alpha).is_empty()) {
        let nominal = percent(1.0 - result.alpha);
        writeln!(out, "  * more than three standard errors below the nominal {nominal}")?;
    }
    let asymptotic = result.curves.iter().filter(|c| {
        c.points.iter().any(|p| {
            p.guarantee != Guarantee::FiniteSample && p.guarantee != Guarantee::NoiseNotModelled
        })
    });
    let names: Vec<&str> = asymptotic.map(|c| c.method.as_str()).collect();
    if !names.is_empty() {
        writeln!(out, "  intervals without a promise for finite samples: {}", names.join(", "))?;
    }
    let unaware = result
        .curves
        .iter()
        .filter(|c| c.points.iter().any(|p| p.guarantee == Guarantee::NoiseNotModelled));
    let names: Vec<&str> = unaware.map(|c| c.method.as_str()).collect();
    if !names.is_empty() {
        writeln!(
            out,
            "  intervals without a promise, since they do not know of noise: {}",
            names.join(", ")
        )?;
    }
    let canonical = result.curves.iter().any(|c| c.method.starts_with("canonical"));
    if canonical && result.problems.len() == 1 {
        writeln!(
            out,
            "  canonical estimates lie on a grid: how near it is to one amplitude is luck; give \
             several to --amplitude for a slope"
        )?;
    }
    slopes(out, result, measure)?;
    for skipped in &result.skipped {
        writeln!(out, "left out {} at {}: {}", skipped.method, skipped.target, skipped.reason)?;
    }
    writeln!(out)?;
    Ok(())
}

/// Whether the bias cannot be chance; of a few repeats nobody can tell.
fn is_biased(p: &Point) -> bool {
    p.estimates >= 20 && p.bias.abs() > 3.0 * p.bias_error
}

/// Flags a coverage below what was asked for.
fn mark(p: &Point, alpha: f64) -> &'static str {
    let error = (alpha * (1.0 - alpha) / p.estimates as f64).sqrt();
    if p.coverage < 1.0 - alpha - 3.0 * error { " *" } else { "" }
}

fn slopes(out: &mut impl Write, result: &CurveResult, measure: Measure) -> Result<()> {
    let name = match measure {
        Measure::Rmse => "RMSE",
        Measure::MedianAbsolute => "median error",
    };
    let crossovers = result.crossovers(measure);
    let sampling = result.curve("monte-carlo");
    // From where on, and how much at the last budget that both have.
    let against = |c: &Curve| -> Option<[String; 2]> {
        let sampling = sampling?;
        let uses = c.points.last()?.uses.min(sampling.points.last()?.uses);
        let last = (uses, sampling.error_at(uses, measure)? / c.error_at(uses, measure)?);
        let from = crossovers.iter().find(|x| x.method == c.method && x.than == "monte-carlo");
        let from = match from {
            Some(crossover) => number(crossover.uses),
            None if last.1 > 1.0 => "its first point".into(),
            None => "-".into(),
        };
        Some([from, format!("{}× at {}", number(last.1), number(last.0))])
    };
    let rows: Vec<Vec<String>> = result
        .curves
        .iter()
        .filter(|c| c.points.len() > 1)
        .map(|c| {
            let theory = c.expected_slope.map_or("-".into(), |s| format!("{s:.2}"));
            let slope = c.slope(measure);
            let mut row = match &slope {
                Some(s) => vec![
                    c.method.clone(),
                    format!("{:.2}", s.value),
                    format!("{:.2} to {:.2}", s.low, s.high),
                    theory,
                ],
                None => vec![c.method.clone(), "-".into(), "-".into(), theory],
            };
            if sampling.is_some() {
                let none = || ["-", "-"].map(String::from);
                // Of estimates that are all on one grid point, the error says nothing.
                row.extend(if c.method == "monte-carlo" || slope.is_none() {
                    none()
                } else {
                    against(c).unwrap_or_else(none)
                });
            }
            row
        })
        .collect();
    if !rows.is_empty() {
        let slope = format!("slope of the {name}");
        let mut heading = vec!["method", &slope, "95 % by bootstrap", "theory"];
        if sampling.is_some() {
            heading.extend(["better than monte-carlo from", "smaller than its error by"]);
        }
        writeln!(out, "{}", table(&heading, rows))?;
    }
    Ok(())
}

/// The best method by noise and precision.
pub fn noise(out: &mut impl Write, noise: &NoiseTable) -> Result<()> {
    writeln!(
        out,
        "The cheapest method to reach a root mean squared error (uses of A, and how many times \
         fewer than Monte Carlo):"
    )?;
    let mut heading = vec!["fidelity a step".to_string()];
    heading.extend(noise.epsilons.iter().map(|e| format!("ε = {e}")));
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    let rows = noise.kappas.iter().zip(&noise.best).map(|(kappa, row)| {
        let cell = |best: &Option<ketlab::estimation::Best>| match best {
            None => "-".to_string(),
            Some(b) if b.method == "monte-carlo" => format!("monte-carlo {}", number(b.uses)),
            Some(b) => {
                format!("{} {} ({}×)", b.method, number(b.uses), number(b.monte_carlo / b.uses))
            }
        };
        std::iter::once(kappa.to_string()).chain(row.iter().map(cell)).collect()
    });
    writeln!(out, "{}", table(&heading, rows.collect()))?;
    Ok(())
}

/// One document.
pub fn json(
    out: &mut impl Write,
    results: &[CurveResult],
    noise: Option<&NoiseTable>,
    work: &Work,
) -> Result<()> {
    let curves = results.iter().map(CurveResult::to_json).collect::<ketlab::Result<Vec<_>>>()?;
    let body = json!({ "curves": curves, "noise": noise });
    document::write(out, Format::ErrorCurves, &body, work)
}

/// All points of all curves; the fidelity is the first column.
pub fn csv(out: &mut impl Write, results: &[CurveResult]) -> Result<()> {
    for (k, result) in results.iter().enumerate() {
        let text = result.to_csv();
        let lines = text.lines().enumerate().filter(|l| k == 0 || l.0 > 0);
        for (row, line) in lines {
            let first = if row == 0 { "kappa".into() } else { result.kappa.to_string() };
            writeln!(out, "{first},{line}")?;
        }
    }
    Ok(())
}
