//! Texts at points.

use super::super::axis::Ticks;
use super::super::{Chart, Style};
use super::direction::Direction;
use super::equal::area;
use super::plain;
use ::kuva::render::annotations::TextAnnotation;
use ::kuva::render::layout::Layout;

const SIZE: u32 = 11;
const COLOR: &str = "#222222";
/// kuva's base line is that far above the place of a text, in pixels.
const RAISED: f64 = 6.0;
/// Half the height of a digit of this size.
const HALF: f64 = 4.0;
/// From a point to the middle of a text beside it.
const BESIDE: f64 = 12.0;

/// Adds the labels of a chart that are within its axes, whose ranges the layout has.
pub fn labelled(chart: &Chart, mut layout: Layout, x: &Direction, y: &Direction) -> Layout {
    let (columns, rows) = (x.ticks.ends(), y.ticks.ends());
    let (width, height) = area(&layout);
    // Per pixel, of linear axes.
    let (across, up) = ((columns.1 - columns.0) / width, (rows.1 - rows.0) / height);
    let is_linear = [x, y].iter().all(|d| matches!(d.ticks, Ticks::Linear { .. }));
    for series in chart.series.iter().filter(|series| !series.labels.is_empty()) {
        for (k, label) in series.labels.iter().enumerate().filter(|&(k, _)| series.is_drawn(k)) {
            let (mut at_x, mut at_y) = series.points[k];
            let is_inside =
                (columns.0..=columns.1).contains(&at_x) && (rows.0..=rows.1).contains(&at_y);
            if !is_inside || label.is_empty() {
                continue;
            }
            match series.away_from.get(k) {
                Some(place) if is_linear => {
                    let (right, above) = ((at_x - place.0) / across, (at_y - place.1) / up);
                    let far = right.hypot(above);
                    let (right, above) =
                        if far > 1e-6 { (right / far, above / far) } else { (0.0, 1.0) };
                    // A wide text needs as much room at its side.
                    let wide = 0.3 * f64::from(SIZE) * label.chars().count() as f64 - HALF;
                    at_x += (BESIDE + wide.max(0.0)) * right * across;
                    at_y += (BESIDE * above - RAISED - HALF) * up;
                }
                // The axis of boxes is linear.
                _ if series.style == Style::Spans => at_y -= (RAISED + HALF) * up,
                _ => {}
            }
            let text = TextAnnotation::new(plain(label), x.at(at_x), y.at(at_y));
            layout = layout.with_annotation(text.with_font_size(SIZE).with_color(COLOR));
        }
    }
    layout
}
