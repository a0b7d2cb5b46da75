//! A series as plots of kuva.

use super::super::series::SPAN;
use super::super::{Series, Style};
use super::direction::Direction;
use super::look::Look;
use ::kuva::plot::{BandPlot, LinePlot, LineStyle, ScatterPlot};
use ::kuva::render::plots::Plot;

/// Adds the band of a series: a piece for each run of finite points.
pub fn draw_band(
    series: &Series,
    color: &str,
    x: &Direction,
    y: &Direction,
    plots: &mut Vec<Plot>,
) {
    if series.band.is_empty() {
        return;
    }
    for run in drawn(series).chunk_by(|a, b| a + 1 == *b) {
        let low = run.iter().map(|&k| y.at_or_low(series.band[k].0));
        let high = run.iter().map(|&k| y.at_or_low(series.band[k].1));
        let band = BandPlot::new(run.iter().map(|&k| x.at(series.points[k].0)), low, high);
        plots.push(Plot::Band(band.with_color(color).with_opacity(0.2)));
    }
}

/// Adds the bars of a series, each between its ends.
pub fn draw_bars(
    series: &Series,
    (half_width, ends): (f64, &[(f64, f64)]),
    color: &str,
    x: &Direction,
    y: &Direction,
    plots: &mut Vec<Plot>,
) {
    for k in drawn(series).into_iter().filter(|&k| ends[k].0 < ends[k].1) {
        let sides = [-half_width, half_width].map(|side| x.at(series.points[k].0 + side));
        let (low, high) = ends[k];
        let bar = BandPlot::new(sides, [y.at(low); 2], [y.at(high); 2]);
        plots.push(Plot::Band(bar.with_color(color).with_opacity(1.0)));
    }
}

/// Adds the boxes of a series, each between its ends.
pub fn draw_spans(
    series: &Series,
    color: &str,
    x: &Direction,
    y: &Direction,
    plots: &mut Vec<Plot>,
) {
    for k in drawn(series).into_iter().filter(|&k| series.band[k].0 < series.band[k].1) {
        let (low, high) = series.band[k];
        let [bottom, top] = [-SPAN, SPAN].map(|side| [y.at(series.points[k].1 + side); 2]);
        let span = BandPlot::new([x.at_or_low(low), x.at(high)], bottom, top);
        plots.push(Plot::Band(span.with_color(color).with_opacity(0.75)));
    }
}

/// Adds a piece of line for each run of finite points, and the marks.
pub fn draw(series: &Series, look: &Look, x: &Direction, y: &Direction, plots: &mut Vec<Plot>) {
    let drawn = drawn(series);
    let at = |k: usize| (x.at(series.points[k].0), y.at(series.points[k].1));
    if let Some((width, dash)) = look.line {
        let is_apart = series.style == Style::Segments;
        for run in drawn.chunk_by(|a, b| a + 1 == *b && !(is_apart && b % 2 == 0)) {
            let line = LinePlot::new().with_data(run.iter().map(|&k| at(k)));
            let line = line.with_color(look.color).with_stroke_width(width);
            let style = dash.map_or(LineStyle::Solid, |dash| LineStyle::Custom(dash.into()));
            plots.push(Plot::Line(line.with_line_style(style)));
        }
    }
    // A point between two gaps is no line.
    let alone = |k: &usize| {
        let next_to = |d: &&usize| **d + 1 == *k || *k + 1 == **d;
        !drawn.iter().any(|d| next_to(&d))
    };
    let marked: Vec<_> = match look.marker {
        Some(_) => drawn.iter().map(|&k| at(k)).collect(),
        None if series.style == Style::Segments => Vec::new(),
        None => drawn.iter().filter(|k| alone(k)).map(|&k| at(k)).collect(),
    };
    if !marked.is_empty() {
        let marks = ScatterPlot::new().with_data(marked).with_color(look.color).with_size(3.5);
        plots.push(Plot::Scatter(marks.with_marker(look.marker.unwrap_or_default())));
    }
}

fn drawn(series: &Series) -> Vec<usize> {
    (0..series.points.len()).filter(|&k| series.is_drawn(k)).collect()
}
