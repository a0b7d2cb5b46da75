//! The cells of a heat map and its colour bar.

use super::super::HeatMap;
use super::direction::Direction;
use super::plain;
use ::kuva::plot::{ColorMap, Heatmap};
use ::kuva::render::plots::Plot;
use ::kuva::render::render::{Primitive, Scene, TextAnchor};
use std::sync::Arc;

/// Cells without a finite value.
const NO_VALUE: &str = "#b9bbbc";
/// The colour of the largest value where numbers are written over it.
const DEEPEST: [f64; 3] = [107.0, 174.0, 214.0];
/// The strip with the name of a colour bar.
pub const COLOR_BAR_NAME: f64 = 26.0;

/// The cells of a heat map, if there is one.
pub fn cells(map: Option<&HeatMap>, x: &Direction, y: &Direction) -> Vec<Plot> {
    let Some(map) = map else { return Vec::new() };
    let [x_edges, y_edges] = map.edges();
    let finite = |v: f64| if v.is_finite() { v } else { f64::NAN };
    let values = map.values.iter().map(|row| row.iter().map(|&v| finite(v)).collect());
    // Numbers are written in black.
    let is_pale = map.show_values;
    let color = move |t: f64| match t.is_nan() {
        true => NO_VALUE.into(),
        false if is_pale => pale(t),
        false => ColorMap::Viridis.map(t),
    };
    let mut heatmap = Heatmap::new()
        .with_data(values.collect::<Vec<Vec<f64>>>())
        .with_x_range(x.at(x_edges.0), x.at(x_edges.1))
        .with_y_range(y.at(y_edges.0), y.at(y_edges.1))
        .with_cell_size(1.0)
        .with_color_map(ColorMap::Custom(Arc::new(color)));
    if map.show_values {
        heatmap = heatmap.with_values();
    }
    vec![Plot::Heatmap(heatmap)]
}

/// From white to a blue on which black is read.
fn pale(t: f64) -> String {
    let part = |end: f64| (255.0 + (end - 255.0) * t.clamp(0.0, 1.0)).round() as u8;
    let [red, green, blue] = DEEPEST.map(part);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// kuva does not name the colour bar of a heat map: a strip at the right does.
pub fn name_color_bar(label: &str, scene: &mut Scene) {
    scene.width += COLOR_BAR_NAME;
    scene.add(Primitive::Text {
        x: scene.width - 12.0,
        y: scene.height / 2.0,
        content: plain(label),
        size: 14,
        anchor: TextAnchor::Middle,
        rotate: Some(-90.0),
        bold: false,
        color: None,
    });
}

#[cfg(test)]
mod tests {
    use super::super::super::{Axis, Chart};
    use super::*;

    #[test]
    fn a_heat_map_names_its_colours_and_shows_missing_values() {
        let values = vec![vec![1.0, 2.0], vec![f64::NAN, 4.0]];
        let map = HeatMap::new("cut", (0.0, 1.0), (0.0, 1.0), values);
        let svg = Chart::new("t", Axis::new("γ"), Axis::new("β")).heat_map(map).to_svg().unwrap();
        assert!(svg.contains(">cut</text>") && svg.contains(NO_VALUE));
        let map = HeatMap::new("n", (0.0, 1.0), (0.0, 0.0), vec![vec![0.25, 0.75]]).with_values();
        let svg = Chart::new("t", Axis::new("x"), Axis::new("y")).heat_map(map).to_svg().unwrap();
        assert!(svg.contains("0.25") && svg.contains("0.75") && svg.contains("#6baed6"));
        let flat = HeatMap::new("cut", (0.0, 0.0), (0.0, 0.0), vec![vec![1.0]]);
        assert!(Chart::new("t", Axis::new("γ"), Axis::new("β")).heat_map(flat).to_svg().is_ok());
    }
}
