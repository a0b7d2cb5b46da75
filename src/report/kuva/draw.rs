//! A series as plots of kuva.

use super::super::{Series, Style};
use super::direction::Direction;
use super::{DASHES, plain};
use ::kuva::plot::{BandPlot, LegendEntry, LegendShape, LinePlot, ScatterPlot};
use ::kuva::render::plots::Plot;

/// Adds a series: a piece of line and band for each run of finite points, and its marks.
pub fn draw(series: &Series, color: &str, x: &Direction, y: &Direction, plots: &mut Vec<Plot>) {
    let drawn: Vec<usize> = (0..series.points.len()).filter(|&k| series.is_drawn(k)).collect();
    let at = |k: usize| (x.at(series.points[k].0), y.at(series.points[k].1));
    let lines = series.style != Style::Points;
    for run in drawn.chunk_by(|a, b| a + 1 == *b) {
        if !series.band.is_empty() {
            let low = run.iter().map(|&k| y.at(series.band[k].0));
            let high = run.iter().map(|&k| y.at(series.band[k].1));
            let band = BandPlot::new(run.iter().map(|&k| at(k).0), low, high);
            plots.push(Plot::Band(band.with_color(color).with_opacity(0.2)));
        }
        if lines {
            let line = LinePlot::new().with_data(run.iter().map(|&k| at(k)));
            let line = line.with_color(color).with_stroke_width(2.0);
            let dashed = series.style == Style::Dashed;
            plots.push(Plot::Line(if dashed { line.with_dashed() } else { line }));
        }
    }
    // A point between two gaps is no line.
    let alone = |k: &usize| {
        let next_to = |d: &&usize| **d + 1 == *k || *k + 1 == **d;
        !drawn.iter().any(|d| next_to(&d))
    };
    let marked: Vec<_> = match series.style {
        Style::Points | Style::LinePoints => drawn.iter().map(|&k| at(k)).collect(),
        Style::Line | Style::Dashed => drawn.iter().filter(|k| alone(k)).map(|&k| at(k)).collect(),
    };
    if !marked.is_empty() {
        let marks = ScatterPlot::new().with_data(marked).with_color(color).with_size(3.5);
        plots.push(Plot::Scatter(marks));
    }
}

/// What the legend says of a series.
pub fn entry(name: &str, color: &str, style: Style) -> LegendEntry {
    let (shape, dasharray) = match style {
        Style::Line | Style::LinePoints => (LegendShape::Line, None),
        Style::Dashed => (LegendShape::Line, Some(DASHES.into())),
        Style::Points => (LegendShape::Circle, None),
    };
    LegendEntry { label: plain(name), color: color.into(), shape, dasharray }
}
