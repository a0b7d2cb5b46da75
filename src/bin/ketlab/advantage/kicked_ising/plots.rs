//! Values against the angle of the kicks, with what was published.

use ketlab::advantage::Report;
use ketlab::advantage::kicked_ising::{Curve, Extrapolation, KickedIsing, Measured, Point};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// Error bars that are longer are not drawn: the fit failed.
const LONGEST_BAR: f64 = 0.5;

pub fn figure(_: &KickedIsing, report: &Report<Vec<Curve>>) -> Figure {
    let verdicts: Vec<&str> = report.claims.iter().map(|judged| judged.text.as_str()).collect();
    let caption = match verdicts.is_empty() {
        true => "band: trend over truncations 1, 2 and 4 times as coarse".into(),
        false => format!("band: trend over truncations; verdicts: {}", verdicts.join("; ")),
    };
    let mut figure = Figure::new("Kicked Ising model on 127 qubits").caption(caption);
    for curve in &report.details {
        figure = figure.panel(chart(curve));
    }
    figure.columns(2)
}

fn chart(curve: &Curve) -> Chart {
    let values = |value: fn(&Point) -> Option<f64>| -> Vec<(f64, f64)> {
        curve.points.iter().filter_map(|point| Some((point.theta, value(point)?))).collect()
    };
    let (mut points, mut ends) = (Vec::new(), Vec::new());
    for (point, p) in curve.points.iter().filter_map(|point| Some((point, point.propagation?))) {
        let all = [p.value, p.coarser[0], p.coarser[1]];
        points.push((point.theta, p.value));
        ends.push((
            all.iter().copied().fold(f64::INFINITY, f64::min),
            all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ));
    }
    let mut chart = Chart::new(
        format!("{} ({})", curve.observable, curve.description),
        Axis::new("angle of the kicks").unit("rad"),
        Axis::new("mean"),
    );
    for (name, list, slot) in [("published, exact or best", values(|point| point.truth), 0)] {
        if !list.is_empty() {
            chart = chart.series(Series::line(name, list).slot(slot));
        }
    }
    if !points.is_empty() {
        let series = Series::new("Pauli propagation", Style::LinePoints, points);
        chart = chart.series(series.with_band(ends).slot(1));
    }
    for (name, list, slot) in [
        ("light cone", values(|point| point.light_cone), 2),
        ("mean field", values(|point| point.mean_field), 3),
        ("stabilizer", values(|point| point.stabilizer), 4),
    ] {
        if !list.is_empty() {
            let style = if name == "mean field" { Style::Line } else { Style::Points };
            chart = chart.series(Series::new(name, style, list).slot(slot));
        }
    }
    for (name, of, slot) in [
        ("experiment, linear fit", (|m| m.linear) as fn(&Measured) -> Option<Extrapolation>, 5),
        ("experiment, exponential fit", |m| m.exponential, 6),
    ] {
        let good = curve.measured.iter().filter_map(|m| {
            let found = of(m).filter(|e| e.error <= LONGEST_BAR && e.value.abs() <= 2.0)?;
            Some((m.theta, found))
        });
        let (points, bars): (Vec<_>, Vec<_>) = good
            .map(|(theta, e)| ((theta, e.value), (e.value - e.error, e.value + e.error)))
            .unzip();
        if !points.is_empty() {
            chart =
                chart.series(Series::new(name, Style::Points, points).with_band(bars).slot(slot));
        }
    }
    chart
}
