//! What `ketlab qae` prints.

use crate::text::{percent, plural, table, time};
use anyhow::Result;
use ketlab::estimation::{
    AmplitudeEstimate, Curve, CurveResult, EstimationProblem, Guarantee, Measure, NoiseTable, Point,
};
use serde_json::json;
use std::io::Write;

/// A number with three digits, by powers of ten where it is small or large.
fn number(x: f64) -> String {
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
pub fn text(out: &mut impl Write, result: &CurveResult, measure: Measure) -> Result<()> {
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
    let heading =
        ["method", "uses of A", "depth", "RMSE", "median error", "bias", "covered", "half-width"];
    let row = |method: &str, p: &Point| {
        vec![
            method.to_string(),
            number(p.uses),
            number(p.depth),
            number(p.rmse),
            number(p.median_absolute_error),
            format!(
                "{}{}",
                number(p.bias),
                if p.bias.abs() > 3.0 * p.bias_error { " !" } else { "" }
            ),
            format!("{:.1} %{}", 100.0 * p.coverage, mark(p, result.alpha)),
            number(p.half_width),
        ]
    };
    let rows = result.curves.iter().flat_map(|c| c.points.iter().map(|p| row(&c.method, p)));
    writeln!(out, "{}", table(&heading, rows.collect()))?;
    let points = || result.curves.iter().flat_map(|c| &c.points);
    if points().any(|p| p.bias.abs() > 3.0 * p.bias_error) {
        writeln!(out, "  ! more than three standard errors from no bias")?;
    }
    if points().any(|p| !mark(p, result.alpha).is_empty()) {
        let nominal = percent(1.0 - result.alpha);
        writeln!(out, "  * more than three standard errors below the nominal {nominal}")?;
    }
    let asymptotic = result
        .curves
        .iter()
        .filter(|c| c.points.iter().any(|p| p.guarantee != Guarantee::FiniteSample));
    let names: Vec<&str> = asymptotic.map(|c| c.method.as_str()).collect();
    if !names.is_empty() {
        writeln!(out, "  intervals without a promise for finite samples: {}", names.join(", "))?;
    }
    let canonical = result.curves.iter().any(|c| c.method.starts_with("canonical"));
    if canonical && result.problems.len() == 1 {
        writeln!(
            out,
            "  canonical estimates lie on a grid: how near it is to one amplitude is luck, which \
             several amplitudes average"
        )?;
    }
    slopes(out, result, measure)?;
    for skipped in &result.skipped {
        writeln!(out, "left out: {}", skipped.reason)?;
    }
    writeln!(out)?;
    Ok(())
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
        let last = c.points.iter().rev().find_map(|p| {
            Some((p.uses, sampling?.error_at(p.uses, measure)? / c.error_at(p.uses, measure)?))
        })?;
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
        .filter_map(|c| {
            let slope = c.slope(measure)?;
            let theory = c.expected_slope.map_or("-".into(), |s| format!("{s:.2}"));
            let interval = format!("{:.2} to {:.2}", slope.low, slope.high);
            let mut row = vec![c.method.clone(), format!("{:.2}", slope.value), interval, theory];
            if sampling.is_some() {
                let none = || ["-", "-"].map(String::from);
                let is_sampling = c.method == "monte-carlo";
                row.extend(if is_sampling { none() } else { against(c).unwrap_or_else(none) });
            }
            Some(row)
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
        "The cheapest method to reach a root mean squared error (uses of A, and how many times fewer than Monte Carlo):"
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

/// Single estimates.
pub fn estimates(
    out: &mut impl Write,
    rows: &[(&EstimationProblem, AmplitudeEstimate)],
) -> Result<()> {
    let processed = rows.iter().any(|r| !r.0.post().is_identity());
    let mut heading = vec![
        "problem",
        "method",
        "estimate",
        "interval",
        "promise",
        "uses of A",
        "depth",
        "shots",
        "2-qubit gates",
    ];
    if processed {
        heading.insert(4, "in units");
    }
    let cells = rows.iter().map(|(problem, r)| {
        let i = &r.confidence_interval;
        let promise = match i.guarantee {
            Guarantee::FiniteSample => "finite sample",
            Guarantee::Asymptotic => "asymptotic",
            Guarantee::Bayesian => "posterior",
        };
        let mut row = vec![
            problem.name().to_string(),
            r.method.clone(),
            format!("{:.6}", r.estimation),
            format!("[{:.6}, {:.6}]", i.low, i.high),
            promise.into(),
            r.cost.uses.to_string(),
            r.cost.depth.to_string(),
            r.cost.shots.to_string(),
            r.cost.two_qubit_gates.map_or("-".into(), |g| g.to_string()),
        ];
        if processed {
            let i = &r.confidence_interval_processed;
            let units = format!("{:.6} [{:.6}, {:.6}]", r.estimation_processed, i.low, i.high);
            row.insert(4, units);
        }
        row
    });
    writeln!(out, "{}", table(&heading, cells.collect()))?;
    let mut grids: Vec<&str> = Vec::new();
    for (problem, _) in rows {
        let mean = problem.integrand().and_then(|f| f.mean());
        if let Some(mean) = mean.filter(|_| !grids.contains(&problem.name())) {
            grids.push(problem.name());
            let grid = problem.amplitude()?;
            let (exact, off) = (number(mean), number(grid - mean));
            writeln!(
                out,
                "{}: the mean is {exact}; on the quantum methods' grid it is off by {off}, which no \
                 interval of theirs knows of",
                problem.name()
            )?;
        }
    }
    for (problem, r) in rows.iter().filter(|r| !r.1.details.is_empty()) {
        let details: Vec<String> = r
            .details
            .iter()
            .map(|(name, v)| format!("{} {}", name.replace('_', " "), number(*v)))
            .collect();
        writeln!(out, "{}, {}: {}", problem.name(), r.method, details.join(", "))?;
    }
    Ok(())
}

/// One document.
pub fn json(
    out: &mut impl Write,
    results: &[CurveResult],
    noise: Option<&NoiseTable>,
) -> Result<()> {
    let curves = results.iter().map(CurveResult::to_json).collect::<ketlab::Result<Vec<_>>>()?;
    serde_json::to_writer_pretty(&mut *out, &json!({ "curves": curves, "noise": noise }))?;
    writeln!(out)?;
    Ok(())
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
