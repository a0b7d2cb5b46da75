//! Pictures of `ketlab trainability`.

use super::args::Args;
use super::found::{Expressive, Spectrum, expected};
use crate::text::plural;
use ketlab::learning::trainability::{Against, Ansatz, Fit, GradientScan, Point};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// Curves beyond which colours repeat.
const MOST_CURVES: usize = 7;

/// Half of a 95 % interval by standard errors.
const HALF: f64 = 1.96;

/// The variance against qubits, or against the depth where there is one number of qubits; `bound` is how
/// log₂ of it falls with each layer at least.
pub fn gradients(args: &Args, scan: &GradientScan, bound: Option<f64>) -> Chart {
    let is_of_depths = args.qubits().len() == 1 && args.depths().len() > 1;
    let against = if is_of_depths { Against::Depth } else { Against::Qubits };
    let place = |p: &Point| match against {
        Against::Qubits => (p.depth, p.num_qubits),
        Against::Depth => (p.num_qubits, p.depth),
    };
    let x = match against {
        Against::Qubits => Axis::new("qubits"),
        Against::Depth => Axis::new("depth").unit("layers"),
    };
    let mut chart = Chart::new("Variance of the gradient", x, Axis::new("variance").log());
    let groups = if is_of_depths { args.qubits() } else { args.depths() };
    let alone = groups.len() == 1;
    for (slot, &at) in groups.iter().take(MOST_CURVES).enumerate() {
        let of = || scan.points.iter().filter(move |p| place(p).0 == at && p.variance > 0.0);
        let (Some(first), Some(last)) = (of().next(), of().next_back()) else { continue };
        let name = match (against, alone) {
            (_, true) => "sampled, 95 %".into(),
            (Against::Qubits, _) => format!("depth {at}"),
            (Against::Depth, _) => plural(at, "qubit"),
        };
        let points = of().map(|p| (place(p).1 as f64, p.variance));
        chart = chart.series(Series::points(&name, points).slot(slot));
        for p in of() {
            let (x, half) = (place(p).1 as f64, HALF * p.standard_error);
            // What reaches 0 has no end on this axis; a twentieth is far enough down.
            let ends = [(x, (p.variance - half).max(0.05 * p.variance)), (x, p.variance + half)];
            chart = chart.series(Series::line(&name, ends).slot(slot));
        }
        if let Some(fit) = scan.fits.iter().find(|fit| fit.against == against && fit.at == at) {
            let ends = (place(first).1.min(place(last).1), place(first).1.max(place(last).1));
            chart = chart.series(line(fit, ends).slot(slot));
        }
        if let (Some(bound), Against::Depth) = (bound, against) {
            let ends = [first, last].map(|p| {
                let layers = p.depth as f64 - first.depth as f64;
                (p.depth as f64, first.variance * (bound * layers).exp2())
            });
            chart = chart.series(Series::reference("rate of the bound", ends));
        }
    }
    // Formulas do not depend on the depth.
    let of_qubits = scan.points.iter().filter(|_| against == Against::Qubits);
    let mut formula: Vec<(f64, f64)> = of_qubits
        .filter_map(|p| Some((p.num_qubits as f64, expected(p).filter(|v| *v > 0.0)?)))
        .collect();
    formula.sort_by(|a, b| a.0.total_cmp(&b.0));
    formula.dedup();
    if formula.len() > 1 {
        let name = if args.ansatz() == Ansatz::Product { "exact" } else { "two-designs" };
        chart = chart.series(Series::reference(name, formula));
    }
    let noise = match args.layer_noise {
        Some(p) => format!(", depolarizing {p} after each layer"),
        None if args.noise.is_given() => ", under noise".into(),
        None => String::new(),
    };
    let size = match (against, &args.depths()[..]) {
        (Against::Qubits, [depth]) => format!(", depth {depth}"),
        (Against::Depth, _) => format!(", {}", plural(args.qubits()[0], "qubit")),
        _ => String::new(),
    };
    chart.caption(format!(
        "{}, cost {}{size}, {} a point, seed {}{noise}",
        args.ansatz(),
        args.cost(),
        plural(args.samples(), "sample"),
        args.seed.value()
    ))
}

/// The law that lies nearer.
fn line(fit: &Fit, (first, last): (usize, usize)) -> Series {
    let (first, last) = (first as f64, last as f64);
    let along = |k: usize| first + (last - first) * k as f64 / 64.0;
    match fit.is_exponential() {
        Some(false) => {
            let name = format!("fit: power {:.2}", fit.power.slope);
            let value = |x: f64| (x, fit.power.at(x.log2()).exp2());
            Series::new(name, Style::Dashed, (0..=64).map(along).map(value))
        }
        _ => {
            let name = format!("fit: slope {:.2}", fit.exponential.slope);
            let value = |x: f64| (x, fit.variance_at(x));
            Series::new(name, Style::Dashed, (0..=64).map(along).map(value))
        }
    }
}

/// Against the depth; of one point its histogram.
pub fn expressibility(args: &Args, all: &[Expressive]) -> Figure {
    let figure = Figure::new("Expressibility").caption(format!(
        "{}, {} a point, seed {}",
        args.ansatz(),
        plural(args.samples(), "pair"),
        args.seed.value()
    ));
    if let [one] = all {
        return figure.panel(histogram(one));
    }
    let x = || Axis::new("depth").unit("layers");
    let y = Axis::new("divergence from random states").unit("nat").log();
    let mut divergences = Chart::new("Expressibility, less is more", x(), y);
    let y = Axis::new("mean of Meyer and Wallach's Q").range(0.0, 1.0);
    let mut entangling = Chart::new("Entangling capability", x(), y);
    for (slot, &n) in args.qubits().iter().take(MOST_CURVES).enumerate() {
        let of = || all.iter().filter(move |found| found.of.num_qubits == n);
        let name = plural(n, "qubit");
        let curve = |value: fn(&Expressive) -> (f64, f64), floor: f64| {
            let points = of().map(move |found| (found.depth as f64, value(found).0.max(floor)));
            let ends = of().map(move |found| {
                let (value, error) = value(found);
                (value - HALF * error, value + HALF * error)
            });
            let points: Vec<_> = points.collect();
            Series::new(name.clone(), Style::LinePoints, points)
                .with_band(ends.collect::<Vec<_>>())
                .slot(slot)
        };
        // Zero has no logarithm.
        divergences = divergences.series(curve(|f| (f.of.divergence, f.of.standard_error), 1e-12));
        entangling =
            entangling.series(curve(|f| (f.of.entangling_capability, f.of.entangling_error), 0.0));
        if let (Some(first), true) = (of().next(), args.qubits().len() == 1) {
            entangling = entangling.horizontal("random states", first.random_entanglement());
            divergences = divergences.horizontal("bias of the sample", first.of.bias.max(1e-12));
        }
    }
    figure.panel(divergences).panel(entangling).columns(2)
}

fn histogram(found: &Expressive) -> Chart {
    let bins = found.of.histogram.len() as f64;
    let steps = |parts: &[f64]| -> Vec<(f64, f64)> {
        let ends = |(k, &p): (usize, &f64)| [(k as f64 / bins, p), ((k as f64 + 1.0) / bins, p)];
        parts.iter().enumerate().flat_map(ends).collect()
    };
    let title = format!("{}, depth {}", plural(found.of.num_qubits, "qubit"), found.depth);
    Chart::new(title, Axis::new("fidelity of pairs"), Axis::new("part of the pairs"))
        .series(Series::line("sampled", steps(&found.of.histogram)).slot(0))
        .series(Series::reference("random states", steps(&found.of.haar)))
}

/// Magnitudes against frequencies.
pub fn spectrum(args: &Args, all: &[Spectrum]) -> Chart {
    let mut chart = Chart::new(
        "Fourier coefficients",
        Axis::new("frequency"),
        Axis::new("|c|, mean ± deviation over weights"),
    );
    for (slot, found) in all.iter().take(MOST_CURVES).enumerate() {
        let name =
            format!("{}, {}", plural(found.num_qubits, "qubit"), plural(found.depth, "layer"));
        let harmonics = || found.of.harmonics.iter();
        let points = harmonics().map(|h| (h.frequency, h.mean_magnitude));
        let ends = harmonics().map(|h| {
            let deviation = h.variance.max(0.0).sqrt();
            ((h.mean_magnitude - deviation).max(0.0), h.mean_magnitude + deviation)
        });
        let series = Series::new(name, Style::LinePoints, points).with_band(ends).slot(slot);
        chart = chart.series(series);
    }
    chart.caption(format!(
        "RX(x) on each qubit between strongly entangling layers; mean of {}, {}, seed {}",
        args.cost(),
        plural(args.samples(), "sample"),
        args.seed.value()
    ))
}
