//! The kicked Ising experiment on 127 qubits, by Pauli propagation.
//!
//! A magnetization after 5 steps is compared with state vectors of light cones, which are exact; Z of
//! qubit 62 after 9 steps is carried as a sum of Pauli strings, with its trend over truncations. With the
//! folder of published values as an argument (`ketlab advantage kicked-ising --help` says what is in
//! it), the claim of the experiment is judged.
//!
//! `cargo run --release --example kicked_ising [FOLDER]`

use ketlab::advantage::kicked_ising::{KickedIsing, KickedObservable, KickedRival};
use ketlab::advantage::{Report, Run, Verdict};
use ketlab::report::{Axis, Chart, Figure, Series, Style};
use std::f64::consts::PI;

fn main() -> ketlab::Result<()> {
    // Exact values of a magnetization: what propagation leaves out is little.
    let mut cones = KickedIsing::new();
    cones.observables = vec![KickedObservable::Magnetization];
    cones.angles = vec![9.0 * PI / 32.0];
    cones.min_coefficient = Some(1e-5);
    cones.rivals = vec![KickedRival::PauliPropagation, KickedRival::LightCone];
    let report = Run::new().run(&cones)?;
    let point = &report.details[0].points[0];
    let (propagated, exact) =
        (point.propagation.expect("played"), point.light_cone.expect("played"));
    println!(
        "M_z after 5 steps at θ = {:.4}: {:.6} from at most {} strings, {exact:.6} by light cones",
        point.theta, propagated.value, propagated.peak_terms
    );
    assert!((propagated.value - exact).abs() < 1e-3);

    // A single qubit after 9 steps, whose light cone has 65 qubits.
    let mut deep = KickedIsing::new();
    deep.observables = vec![KickedObservable::Z62Steps9];
    deep.angles = (0..=8).map(|k| f64::from(k) * PI / 16.0).collect();
    deep.min_coefficient = Some(1e-4);
    if let Some(folder) = std::env::args().nth(1) {
        deep.observables.push(KickedObservable::Z62Steps20);
        deep = deep.with_published(folder)?;
    }
    let report = Run::new().run(&deep)?;
    for point in &report.details[0].points {
        let p = point.propagation.expect("played");
        println!(
            "θ = {:.4}: ⟨Z62⟩ = {:.5}, trend {:.1e}, at most {} strings, left out Σ|c| = {:.2}",
            point.theta, p.value, p.spread, p.peak_terms, p.dropped_sum
        );
        // The two ends are Clifford circuits: exact.
        if let Some(exact) = point.stabilizer {
            assert!((p.value - exact).abs() < 1e-12);
        }
    }
    let values: Vec<f64> =
        report.details[0].points.iter().filter_map(|p| Some(p.propagation?.value)).collect();
    assert!(values.windows(2).all(|pair| pair[1] < pair[0] + 1e-3), "{values:?}");
    for judged in &report.claims {
        println!("{} {}", judged.claim.statement, judged.text);
        assert!(matches!(judged.verdict, Verdict::Refuted { .. }));
    }
    let figure = figure(&report);
    figure.save("target/kicked_ising.svg")?;
    figure.save("target/kicked_ising.png")
}

fn figure(report: &Report<Vec<ketlab::advantage::kicked_ising::Curve>>) -> Figure {
    let mut figure = Figure::new("Kicked Ising model on 127 qubits");
    for curve in &report.details {
        let values = curve.points.iter().filter_map(|p| Some((p.theta, p.propagation?)));
        let (points, ends): (Vec<_>, Vec<_>) = values
            .map(|(theta, p)| {
                let coarser = p.coarser.iter().copied();
                let (low, high) =
                    coarser.fold((p.value, p.value), |(a, b), v| (a.min(v), b.max(v)));
                ((theta, p.value), (low, high))
            })
            .unzip();
        let field = curve.points.iter().filter_map(|p| Some((p.theta, p.mean_field?)));
        let mut chart = Chart::new(
            format!("Z of qubit 62 after {} steps", curve.observable.steps()),
            Axis::new("angle of the kicks").unit("rad"),
            Axis::new("mean"),
        )
        .series(Series::new("Pauli propagation", Style::LinePoints, points).with_band(ends))
        .series(Series::line("mean field", field));
        let truth: Vec<_> = curve.points.iter().filter_map(|p| Some((p.theta, p.truth?))).collect();
        if !truth.is_empty() {
            chart = chart.series(Series::points("published", truth));
        }
        let measured = curve.measured.iter().filter_map(|m| Some((m.theta, m.exponential?)));
        let (points, bars): (Vec<_>, Vec<_>) = measured
            .filter(|(_, e)| e.error < 0.5)
            .map(|(theta, e)| ((theta, e.value), (e.value - e.error, e.value + e.error)))
            .unzip();
        if !points.is_empty() {
            chart = chart.series(Series::new("experiment", Style::Points, points).with_band(bars));
        }
        figure = figure.panel(chart);
    }
    figure
}
