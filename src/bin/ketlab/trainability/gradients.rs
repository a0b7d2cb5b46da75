//! Variances of gradients against qubits and depths.

use super::args::Args;
use super::found::expected;
use super::manifest::Manifest;
use super::{plots, report};
use crate::document::{self, Format, Work};
use crate::messages;
use crate::progress::Progress;
use crate::table::table;
use crate::text::{Folded, number, plural};
use anyhow::Result;
use ketlab::learning::trainability::{
    Against, Ansatz, Cost, Fit, GradientScan, GradientVariance, Line, Noise, Point,
};
use ketlab::math::statistics::line_fit;
use ketlab::math::{Domain, Streams, Watch};
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Serialize)]
struct Document {
    study: &'static str,
    ansatz: &'static str,
    cost: String,
    points: Vec<PointShown>,
    /// Of the law, where there is one.
    slope: Option<Slope>,
    fits: Vec<FitShown>,
    /// Of log₂ of the variances that points would have as two-designs, or that are known.
    expected_slope: Option<f64>,
    bound_slope: Option<f64>,
    interrupted: bool,
    manifest: Manifest,
}

#[derive(Serialize)]
struct PointShown {
    num_qubits: usize,
    depth: usize,
    parameter: usize,
    samples: usize,
    mean: f64,
    mean_absolute: f64,
    variance: f64,
    standard_error: f64,
    kurtosis: f64,
    two_design: Option<f64>,
    closed_form: Option<f64>,
}

impl From<&Point> for PointShown {
    fn from(point: &Point) -> Self {
        PointShown {
            num_qubits: point.num_qubits,
            depth: point.depth,
            parameter: point.parameter,
            samples: point.samples,
            mean: point.mean,
            mean_absolute: point.mean_absolute,
            variance: point.variance,
            standard_error: point.standard_error,
            kurtosis: point.kurtosis,
            two_design: point.two_design,
            closed_form: point.closed_form,
        }
    }
}

#[derive(Serialize)]
struct Slope {
    against: &'static str,
    value: f64,
    standard_error: f64,
    interval: [f64; 2],
}

#[derive(Serialize)]
struct LineShown {
    slope: f64,
    standard_error: f64,
    interval: [f64; 2],
    intercept: f64,
    chi_squared: f64,
    degrees: usize,
}

impl From<&Line> for LineShown {
    fn from(line: &Line) -> Self {
        LineShown {
            slope: line.slope,
            standard_error: line.standard_error,
            interval: line.interval.into(),
            intercept: line.intercept,
            chi_squared: line.chi_squared,
            degrees: line.degrees,
        }
    }
}

#[derive(Serialize)]
struct FitShown {
    against: &'static str,
    at: usize,
    num_points: usize,
    left_out: usize,
    exponential: LineShown,
    power: LineShown,
    is_exponential: Option<bool>,
}

impl From<&Fit> for FitShown {
    fn from(fit: &Fit) -> Self {
        FitShown {
            against: fit.against.name(),
            at: fit.at,
            num_points: fit.points,
            left_out: fit.left_out,
            exponential: (&fit.exponential).into(),
            power: (&fit.power).into(),
            is_exponential: fit.is_exponential(),
        }
    }
}

pub fn run(args: &Args, watch: &Watch) -> Result<ExitCode> {
    let began = Instant::now();
    let (noise, model) = noise(args)?;
    let mut study = GradientVariance::new(args.ansatz(), args.cost())
        .qubits(args.qubits())
        .depths(args.depths())
        .samples(args.samples())
        .seed(args.seed.value())
        .watch(watch);
    if let Some(parameter) = args.parameter {
        study = study.parameter(parameter);
    }
    let bound_slope = noise.as_ref().and_then(Noise::bound_slope).map(|slope| 2.0 * slope);
    if let Some(noise) = noise {
        study = study.noise(noise);
    }
    let all = args.sizes().len();
    let bar = Progress::bar(all as u64, "points");
    let mut done = 0;
    let scan = study.run_watched(|point| {
        done += 1;
        bar.done(done, all as u64);
        let Point { num_qubits, depth, variance, standard_error, .. } = point;
        messages::detail(|| {
            format!("{num_qubits} qubits, depth {depth}: {variance:.6e} ± {standard_error:.1e}")
        });
    })?;
    drop(bar);
    warn(&scan);
    report::plot(args, |path| plots::gradients(args, &scan, bound_slope).save(path))?;
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        let document = document(args, &scan, bound_slope, Manifest::of(args, model));
        let work = Work::since(began, Some(args.seed.value()));
        document::write(&mut out, Format::Trainability, &document, &work)?;
    } else {
        print(&mut Folded::new(&mut out), args, &scan, bound_slope)?;
    }
    out.flush()?;
    Ok(report::end(scan.interrupted))
}

/// The noise of the flags, and a model as its document.
fn noise(args: &Args) -> Result<(Option<Noise>, Option<serde_json::Value>)> {
    if let Some(p) = args.layer_noise {
        return Ok((Some(Noise::Layers(p)), None));
    }
    let widest = args.sizes().into_iter().map(|size| size.0).max();
    let Some(model) = args.noise.model_for(widest)? else { return Ok((None, None)) };
    // What the model does not touch is told of the first circuit.
    if let Some(&(qubits, depth)) = args.sizes().first() {
        let mut rng = Streams::new(args.seed.value(), Domain::Trainability).stream(0);
        let circuit = args.ansatz().circuit(qubits, depth, &mut rng)?;
        args.noise.apply_model(&model, &circuit)?.1.tell();
    }
    let text = model.to_json().ok().and_then(|text| serde_json::from_str(&text).ok());
    Ok((Some(Noise::Model(model)), text))
}

/// A few samples that decide a variance make its error too small.
fn warn(scan: &GradientScan) {
    let rare = |p: &&Point| p.kurtosis > (0.04 * p.samples as f64).max(10.0);
    if let Some(point) = scan.points.iter().find(rare) {
        eprintln!(
            "warning: few of the samples decide the variance (of {} qubits at depth {} the fourth moment \
             is {:.0} times the square of the second), so that its error is too small; take more --samples",
            point.num_qubits, point.depth, point.kurtosis
        );
    }
}

/// The slope of log₂ of what is expected along a law.
fn expected_slope(scan: &GradientScan, fit: &Fit) -> Option<f64> {
    let of = scan.points.iter().filter_map(|point| {
        let (x, at) = match fit.against {
            Against::Qubits => (point.num_qubits, point.depth),
            Against::Depth => return None,
        };
        let variance = expected(point).filter(|v| *v > 0.0 && at == fit.at)?;
        Some((x as f64, variance.log2()))
    });
    let points: Vec<_> = of.collect();
    (points.len() > 1).then(|| line_fit(&points).0)
}

fn document(
    args: &Args,
    scan: &GradientScan,
    bound_slope: Option<f64>,
    manifest: Manifest,
) -> Document {
    let only = match &scan.fits[..] {
        [fit] => Some(fit),
        _ => None,
    };
    Document {
        study: manifest.study(),
        ansatz: args.ansatz().name(),
        cost: args.cost().to_string(),
        points: scan.points.iter().map(PointShown::from).collect(),
        slope: only.map(|fit| Slope {
            against: fit.against.name(),
            value: fit.exponential.slope,
            standard_error: fit.exponential.standard_error,
            interval: fit.exponential.interval.into(),
        }),
        expected_slope: only.and_then(|fit| expected_slope(scan, fit)),
        fits: scan.fits.iter().map(FitShown::from).collect(),
        bound_slope,
        interrupted: scan.interrupted,
        manifest,
    }
}

fn print(
    out: &mut impl Write,
    args: &Args,
    scan: &GradientScan,
    bound_slope: Option<f64>,
) -> Result<()> {
    let (ansatz, cost) = (args.ansatz(), args.cost());
    let samples = plural(args.samples(), "sample");
    writeln!(
        out,
        "variance of a derivative: ansatz {ansatz}, cost {cost}, {samples} a point, seed {}",
        args.seed.value()
    )?;
    let formula = match ansatz {
        Ansatz::Product => "exact",
        _ => "two-design",
    };
    let has_formula = scan.points.iter().any(|point| expected(point).is_some());
    let mut heading = vec!["qubits", "depth", "variance", "±", "mean |derivative|"];
    if has_formula {
        heading.push(formula);
    }
    let row = |point: &Point| {
        let mut row = vec![
            point.num_qubits.to_string(),
            point.depth.to_string(),
            format!("{:.4e}", point.variance),
            format!("{:.1e}", point.standard_error),
            format!("{:.4e}", point.mean_absolute),
        ];
        row.extend(expected(point).map(|v| format!("{v:.4e}")));
        row
    };
    writeln!(out, "{}", table(&heading, scan.points.iter().map(row).collect()))?;
    for fit in &scan.fits {
        print_fit(out, fit, expected_slope(scan, fit), formula)?;
    }
    if let Some(slope) = bound_slope {
        writeln!(
            out,
            "the bound on gradients under this noise lets log2 of the variance fall by {} a layer at least",
            number(-slope)
        )?;
    }
    if matches!(cost, Cost::Global) && ansatz != Ansatz::Product && has_formula {
        writeln!(out, "the global cost is a projector: its own scale is 2^-n already")?;
    }
    Ok(())
}

fn print_fit(
    out: &mut impl Write,
    fit: &Fit,
    expected: Option<f64>,
    formula: &str,
) -> std::io::Result<()> {
    let (along, each) = match fit.against {
        Against::Qubits => (format!("qubits at depth {}", fit.at), "a qubit"),
        Against::Depth => (format!("depth of {}", plural(fit.at, "qubit")), "a layer"),
    };
    let slope = |line: &Line| {
        let (low, high) = line.interval;
        format!("{:.3} ± {:.3} [{low:.3}, {high:.3}]", line.slope, line.standard_error)
    };
    let beside = expected.map_or_else(String::new, |s| format!("; {formula}: {s:.3}"));
    writeln!(out, "log2 of the variance against {along}")?;
    writeln!(out, "  exponential  {} {each}{beside}", slope(&fit.exponential))?;
    writeln!(out, "  power law    exponent {}", slope(&fit.power))?;
    if let Some(exponential) = fit.is_exponential() {
        let nearer = if exponential { "the exponential" } else { "the power law" };
        let (a, b) = (fit.exponential.chi_squared, fit.power.chi_squared);
        writeln!(
            out,
            "  {nearer} lies nearer: chi squared {a:.1} and {b:.1} of {}",
            plural(fit.points, "point")
        )?;
    }
    if fit.left_out > 0 {
        writeln!(out, "  left out: {}, whose variance is rounding", plural(fit.left_out, "point"))?;
    }
    Ok(())
}
