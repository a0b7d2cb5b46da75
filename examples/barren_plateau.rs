//! Barren plateaus: how the variance of a gradient falls with the number of qubits, for McClean et al.'s
//! random circuits and for Cerezo et al.'s product state with a global and with a local cost; and how it
//! falls with the depth under noise. Writes target/barren_plateau.svg and .png.

use ketlab::learning::trainability::{
    Against, Ansatz, Cost, Fit, GradientScan, GradientVariance, Noise, Point,
};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

const SAMPLES: usize = 400;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Deep random circuits: the variance halves with each qubit, whatever the cost.
    let random = |cost| GradientVariance::new(Ansatz::Random, cost).qubits(2..=8).samples(SAMPLES);
    let deep = random(Cost::Zz).depths([100]).run()?;
    let fit = told("random circuits of depth 100, Z0 Z1", &deep);
    assert!(within(fit.exponential.interval, -1.15, -0.85), "{fit:?}");
    assert_eq!(fit.is_exponential(), Some(true));
    for point in &deep.points {
        let exact = point.two_design.expect("it is a random circuit");
        assert!((point.variance - exact).abs() < 4.0 * point.standard_error, "{point:?}");
    }

    // A product state is shallow, and yet a global cost is flat; a local one is not.
    let product = |cost| {
        let sizes = GradientVariance::new(Ansatz::Product, cost).qubits(1..=8);
        sizes.samples(10 * SAMPLES).run()
    };
    let (global, local) = (product(Cost::Global)?, product(Cost::Local)?);
    let fit = told("product state, global cost", &global);
    assert_eq!(fit.is_exponential(), Some(true));
    // log2(3/8)
    assert!((fit.exponential.slope + 1.415).abs() < 0.15, "{fit:?}");
    let fit = told("product state, local cost", &local);
    assert_eq!(fit.is_exponential(), Some(false));
    assert!(within(fit.power.interval, -2.1, -1.9), "{fit:?}");
    for point in global.points.iter().chain(&local.points) {
        let exact = point.closed_form.expect("it is a product state");
        assert!((point.variance - exact).abs() < 4.0 * point.standard_error, "{point:?}");
    }

    // Noise flattens deep circuits of any width: at least by q² = (1 - 4p/3)² a layer.
    let noise = Noise::Layers(0.03);
    let bound = 2.0 * noise.bound_slope().expect("it is of layers");
    let study = GradientVariance::new(Ansatz::HardwareEfficient, Cost::Zz).qubits([4]);
    let depths = [8, 12, 16, 24];
    let quiet = study.clone().depths(depths).samples(100).run()?;
    let noisy = study.depths(depths).samples(100).noise(noise).run()?;
    let fit = told("hardware-efficient, 4 qubits, noise", &noisy);
    assert_eq!(fit.against, Against::Depth);
    println!("  its bound falls by {bound:.3} a layer");
    assert!(fit.exponential.interval.1 < bound, "{fit:?} {bound}");

    let along = |p: &Point| (p.num_qubits as f64, p.variance);
    let exact = |scan: &GradientScan| -> Vec<(f64, f64)> {
        let of = |p: &Point| p.closed_form.or(p.two_design);
        scan.points.iter().filter_map(|p| Some((p.num_qubits as f64, of(p)?))).collect()
    };
    let mut widths =
        Chart::new("With the number of qubits", Axis::new("qubits"), Axis::new("variance").log());
    for (slot, (name, scan)) in [
        ("random circuits, depth 100", &deep),
        ("product state, global cost", &global),
        ("product state, local cost", &local),
    ]
    .into_iter()
    .enumerate()
    {
        widths = widths
            .series(points(name, scan, along).slot(slot))
            .series(Series::reference("exact", exact(scan)));
    }
    let along = |p: &Point| (p.depth as f64, p.variance);
    let first = along(&noisy.points[0]);
    let line = depths.map(|d| (d as f64, first.1 * (bound * (d as f64 - first.0)).exp2()));
    let depth = Axis::new("depth").unit("layers");
    let deeper = Chart::new("With the depth, 4 qubits", depth, Axis::new("variance").log())
        .series(points("without noise", &quiet, along).slot(0))
        .series(points("depolarizing 0.03 after each layer", &noisy, along).slot(1))
        .series(Series::reference("rate of the bound", line));
    let figure = Figure::new("Barren plateaus")
        .caption("variance of a derivative over random weights, with 95 % intervals")
        .panel(widths)
        .panel(deeper)
        .columns(2);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/barren_plateau.{extension}"))?;
    }
    Ok(())
}

/// Prints a study and its law, which it returns.
fn told<'s>(name: &str, scan: &'s GradientScan) -> &'s Fit {
    println!("{name}");
    for point in &scan.points {
        let exact = point.closed_form.or(point.two_design);
        let exact = exact.map_or_else(String::new, |v| format!(", exactly {v:.3e}"));
        let Point { num_qubits, depth, variance, standard_error, .. } = point;
        println!("  n {num_qubits}, depth {depth}: {variance:.3e} ± {standard_error:.1e}{exact}");
    }
    let fit = &scan.fits[0];
    let (low, high) = fit.exponential.interval;
    println!(
        "  log2 by {}: {:.3} [{low:.3}, {high:.3}]",
        fit.against.name(),
        fit.exponential.slope
    );
    let (low, high) = fit.power.interval;
    println!("  as a power: {:.3} [{low:.3}, {high:.3}]", fit.power.slope);
    fit
}

/// Whether an interval meets another.
fn within((low, high): (f64, f64), least: f64, most: f64) -> bool {
    low < most && high > least
}

fn points(name: &str, scan: &GradientScan, place: impl Fn(&Point) -> (f64, f64)) -> Series {
    let ends = |p: &Point| {
        let half = 1.96 * p.standard_error;
        (p.variance - half, p.variance + half)
    };
    let all: Vec<_> = scan.points.iter().map(place).collect();
    Series::new(name, Style::LinePoints, all).with_band(scan.points.iter().map(ends))
}
