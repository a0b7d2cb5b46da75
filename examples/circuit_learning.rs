//! Quantum circuit learning: a circuit that encodes its data again and again learns sin x (regression)
//! and the two moons (classification), beside a linear model, a network of as many parameters and the
//! same circuit without entanglement. Writes target/circuit_learning.svg and .png.

use ketlab::Simulator;
use ketlab::learning::data::{Curve, DataSet, Targets, curve, moons};
use ketlab::learning::{Architecture, Experiment, Metrics, ModelChoice, Report};
use ketlab::report::{Axis, Chart, Figure, HeatMap, Series};
use ndarray::Array2;
use std::f64::consts::PI;

/// Points along each axis of the decision boundary.
const GRID: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::new();
    let named = |layers| ModelChoice::Named(Architecture::new("reuploading", layers));

    // A curve without noise: two qubits and three layers are more than it takes.
    let sine = curve(Curve::Sin, 60, 0.0, 1)?;
    let of_sine = Experiment { seed: 1, ..Experiment::new(named(3)) }.run(&sine, &simulator)?;
    told("sin x", &sine, &of_sine);
    let [own, linear, network, separable] = &errors(&of_sine)[..] else {
        panic!("there are three baselines")
    };
    assert!(*own <= 1e-3, "{own}");
    // No line is a sine; a network of as many parameters is better than a line, and so is a qubit.
    assert!(*linear > 0.05 && network < linear && separable < linear, "{linear} {network}");

    // Two classes with noise.
    let plane = moons(160, 0.1, 2)?;
    let experiment = Experiment { seed: 2, epochs: 40, ..Experiment::new(named(3)) };
    let of_plane = experiment.run(&plane, &simulator)?;
    told("moons", &plane, &of_plane);
    let accuracy = of_plane.decisive().metrics.score();
    assert!(accuracy >= 0.9, "{accuracy}");
    assert!(of_plane.baselines[0].decisive().metrics.score() < accuracy);

    let figure = Figure::new("Circuit learning")
        .caption("re-uploading on 2 qubits, 3 layers, 20 parameters, exact gradients, L-BFGS")
        .panel(fit(&sine, &of_sine, &simulator)?)
        .panel(boundary(&plane, &of_plane, &simulator)?)
        .columns(2);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/circuit_learning.{extension}"))?;
    }
    Ok(())
}

/// Test errors of the circuit and of those beside it.
fn errors(report: &Report) -> Vec<f64> {
    let beside = report.baselines.iter().map(|beside| beside.decisive());
    let all = std::iter::once(report.decisive()).chain(beside);
    all.map(|scored| match &scored.metrics {
        Metrics::Regression(metrics) => metrics.mse,
        Metrics::Classification(metrics) => 1.0 - metrics.accuracy,
    })
    .collect()
}

fn told(name: &str, data: &DataSet, report: &Report) {
    println!("{name}: {} rows to learn from, {}", report.split.train.len(), report.stop);
    let names = report.baselines.iter().map(|beside| (&*beside.name, beside.num_parameters));
    let own = ("the circuit", report.predictor.model.num_parameters());
    for ((name, parameters), error) in std::iter::once(own).chain(names).zip(errors(report)) {
        println!("  {name}, {parameters} parameters: test error {error:.3e}");
    }
    if let Some(verdict) = report.verdict(data) {
        println!("  {verdict}");
    }
}

/// The curve that was learned, with the rows.
fn fit(
    data: &DataSet,
    report: &Report,
    simulator: &Simulator,
) -> Result<Chart, Box<dyn std::error::Error>> {
    let x = Array2::from_shape_fn((121, 1), |(k, _)| PI * (k as f64 / 60.0 - 1.0));
    let evaluation = report.experiment.evaluation()?;
    let y = report.predictor.predict(&evaluation, simulator, x.view())?;
    let curve =
        |y: &Array2<f64>| -> Vec<(f64, f64)> { x.iter().copied().zip(y.iter().copied()).collect() };
    let mut chart = Chart::new("sin x", Axis::new("x"), Axis::new("y"));
    let Targets::Values(values) = data.targets() else { panic!("they are numbers") };
    let split = &report.split;
    for (name, rows, slot) in [("learned from", &split.train, 0), ("test", &split.test, 1)] {
        let points: Vec<_> = rows.iter().map(|&k| (data.features()[[k, 0]], values[k])).collect();
        chart = chart.series(Series::points(name, points).slot(slot));
    }
    let mut order: Vec<usize> = (0..data.num_rows()).collect();
    order.sort_by(|&a, &b| data.features()[[a, 0]].total_cmp(&data.features()[[b, 0]]));
    for beside in &report.baselines {
        let points = order.iter().map(|&k| (data.features()[[k, 0]], beside.predictions[[k, 0]]));
        chart = chart.series(Series::reference(&*beside.name, points.collect::<Vec<_>>()));
    }
    Ok(chart.series(Series::line("the circuit", curve(&y)).slot(6)))
}

/// The probability of a class over the plane, with the rows.
fn boundary(
    data: &DataSet,
    report: &Report,
    simulator: &Simulator,
) -> Result<Chart, Box<dyn std::error::Error>> {
    let (x, y) = ((-1.5, 2.5), (-1.0, 1.5));
    let at = |(low, high): (f64, f64), k: usize| low + (high - low) * k as f64 / (GRID - 1) as f64;
    let grid = Array2::from_shape_fn((GRID * GRID, 2), |(k, column)| match column {
        0 => at(x, k % GRID),
        _ => at(y, k / GRID),
    });
    let evaluation = report.experiment.evaluation()?;
    let predicted = report.predictor.predict(&evaluation, simulator, grid.view())?;
    let row = |row: usize| (0..GRID).map(|c| predicted[[row * GRID + c, 1]]).collect();
    let map = HeatMap::new("probability of class 1", x, y, (0..GRID).map(row).collect());
    let mut chart = Chart::new("Moons", Axis::new("x0"), Axis::new("x1")).heat_map(map);
    let Targets::Classes { labels, names } = data.targets() else { panic!("they are classes") };
    for (class, name) in names.iter().enumerate() {
        let rows = (0..labels.len()).filter(|&k| labels[k] == class);
        let points = rows.map(|k| (data.features()[[k, 0]], data.features()[[k, 1]]));
        chart = chart.series(Series::points(format!("class {name}"), points.collect::<Vec<_>>()));
    }
    Ok(chart)
}
