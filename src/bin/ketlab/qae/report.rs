//! What `ketlab qae` prints.

use crate::document::{self, Format, Work};
use crate::table::table;
use crate::text::{number, percent, plural, time};
use anyhow::Result;
use ketlab::estimation::{
    Curve, CurveResult, Guarantee, MISS_FACTOR, Measure, NoiseTable, Point, PostProcessing, Setup,
};
use serde_json::json;
use std::io::Write;

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
        format!(", fidelity {} per Grover step", result.kappa)
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
    let heading = [
        "method",
        "uses of A",
        "depth",
        "RMSE",
        "median error",
        "misses",
        "their RMSE",
        "bias",
        "covered",
        "half-width",
    ];
    let row = |method: &str, p: &Point| {
        let missed = p.misses.share > 0.0;
        vec![
            method.to_string(),
            number(p.uses),
            number(p.depth),
            format!("{}{}", number(p.rmse), if p.misses.decide() { " †" } else { "" }),
            number(p.median_absolute_error),
            if missed { format!("{} %", number(100.0 * p.misses.share)) } else { "-".into() },
            if missed { number(p.misses.rmse) } else { "-".into() },
            format!("{}{}", number(p.bias), if is_biased(p) { " !" } else { "" }),
            format!("{:.1} %{}", 100.0 * p.coverage, mark(p)),
            number(p.half_width),
        ]
    };
    let rows = result.curves.iter().flat_map(|c| c.points.iter().map(|p| row(&c.method, p)));
    writeln!(out, "{}", table(&heading, rows.collect()))?;
    let points = || result.curves.iter().flat_map(|c| &c.points);
    writeln!(
        out,
        "  half of the runs err by more than the median error; misses err by more than {} times as much",
        number(MISS_FACTOR)
    )?;
    if points().any(|p| p.misses.decide()) {
        writeln!(out, "  † more than half of the mean square is that of the misses")?;
    }
    if points().any(is_biased) {
        writeln!(out, "  ! more than three standard errors from no bias")?;
    }
    if points().any(|p| !mark(p).is_empty()) {
        writeln!(out, "  * more than three standard errors below the nominal coverage")?;
    }
    alphas(out, result)?;
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

/// Flags a coverage below what was asked for: by three standard errors and by two runs.
fn mark(p: &Point) -> &'static str {
    let error = (p.alpha * (1.0 - p.alpha) / p.estimates as f64).sqrt();
    let least = (3.0 * error).max(1.5 / p.estimates as f64);
    if p.coverage < 1.0 - p.alpha - least { " *" } else { "" }
}

/// Which confidence the intervals have.
fn alphas(out: &mut impl Write, result: &CurveResult) -> Result<()> {
    if let Some(alpha) = result.alpha {
        writeln!(out, "  intervals miss with probability {} (--alpha)", number(alpha))?;
        return Ok(());
    }
    let usual = Setup::default().alpha;
    writeln!(out, "  intervals are at {}", percent(1.0 - usual))?;
    for curve in &result.curves {
        let alphas = || curve.points.iter().map(|p| p.alpha);
        let (least, most) = (alphas().fold(1.0, f64::min), alphas().fold(0.0, f64::max));
        if least < usual && least < 1.0 {
            let range = match least == most {
                true => number(least),
                false => format!("{} to {}", number(most), number(least)),
            };
            writeln!(
                out,
                "  {}: α = {range}, since its misses would decide the RMSE at {usual}; it costs a \
                 logarithm, and --alpha sets another",
                curve.method
            )?;
        }
    }
    Ok(())
}

fn slopes(out: &mut impl Write, result: &CurveResult, first: Measure) -> Result<()> {
    let measures = match first {
        Measure::Rmse => [Measure::Rmse, Measure::MedianAbsolute],
        Measure::MedianAbsolute => [Measure::MedianAbsolute, Measure::Rmse],
    };
    let crossovers = result.crossovers(first);
    let sampling = result.curve("monte-carlo").is_some();
    let row = |c: &Curve| {
        let mut row = vec![c.method.clone()];
        for measure in measures {
            row.push(
                c.slope(measure).map_or("-".into(), |s| {
                    format!("{:.2} [{:.2}, {:.2}]", s.value, s.low, s.high)
                }),
            );
        }
        row.push(c.expected_slope.map_or("-".into(), |s| format!("{s:.2}")));
        if sampling {
            let gains = measures.map(|measure| match c.method.as_str() {
                "monte-carlo" => None,
                name => result.gain(name, "monte-carlo", measure),
            });
            let from = crossovers.iter().find(|x| x.method == c.method && x.than == "monte-carlo");
            row.push(match (from, gains[0]) {
                (Some(crossover), Some(_)) => number(crossover.uses),
                (None, Some(gain)) if gain.factor > 1.0 => "its first point".into(),
                _ => "-".into(),
            });
            row.push(gains.iter().flatten().next().map_or("-".into(), |g| number(g.uses)));
            row.extend(gains.map(|gain| {
                gain.map_or("-".into(), |g| {
                    format!("{}× [{}, {}]", number(g.factor), number(g.low), number(g.high))
                })
            }));
        }
        row
    };
    let rows: Vec<Vec<String>> =
        result.curves.iter().filter(|c| c.points.len() > 1).map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let names = measures.map(name);
    let slopes = names.map(|n| format!("slope of the {n}"));
    let gains = names.map(|n| format!("gain ({n})"));
    let from = format!("better than monte-carlo from ({})", names[0]);
    let mut heading = vec!["method", &slopes[0], &slopes[1], "theory"];
    if sampling {
        heading.extend([from.as_str(), "gain at uses", &gains[0], &gains[1]]);
    }
    writeln!(out, "{}", table(&heading, rows))?;
    writeln!(
        out,
        "  in brackets: 95 % by bootstrap; theory: of the median{}",
        if sampling { "; gain: how many times smaller than monte-carlo's error" } else { "" }
    )?;
    Ok(())
}

fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Rmse => "RMSE",
        Measure::MedianAbsolute => "median error",
    }
}

/// The best method by noise and precision.
pub fn noise(out: &mut impl Write, noise: &NoiseTable) -> Result<()> {
    writeln!(
        out,
        "The cheapest method to reach a root mean squared error (uses of A, and how many times \
         fewer than Monte Carlo, with 95 % by bootstrap):"
    )?;
    let mut heading = vec!["fidelity a step".to_string()];
    heading.extend(noise.epsilons.iter().map(|e| format!("ε = {e}")));
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    let rows = noise.kappas.iter().zip(&noise.best).map(|(kappa, row)| {
        let cell = |best: &Option<ketlab::estimation::Best>| match best {
            None => "-".to_string(),
            Some(b) if b.method == "monte-carlo" => format!("monte-carlo {}", number(b.uses)),
            Some(b) => {
                let (low, high) = b.gain_interval;
                let gain = format!("{}× [{}, {}]", number(b.gain), number(low), number(high));
                format!("{} {} ({gain})", b.method, number(b.uses))
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
