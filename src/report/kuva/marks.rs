//! Constant lines and stripes.

use super::super::Chart;
use super::super::chart::Mark;
use super::direction::Direction;
use super::look::{BAND_COLOR, Entry, Looks, VERTICAL_BAND_COLOR};
use ::kuva::render::annotations::{ReferenceLine, ShadedRegion};
use ::kuva::render::layout::Layout;

/// Adds the lines and stripes of a chart.
pub fn marked(
    chart: &Chart,
    looks: &Looks,
    mut layout: Layout,
    [x, y]: [&Direction; 2],
    legend: &mut Vec<Entry>,
) -> Layout {
    for (name, mark) in &chart.marks {
        // kuva would draw outside the axes.
        let Some(mark) = visible(*mark, x.ticks.ends(), y.ticks.ends()) else { continue };
        let look = looks.mark(name, mark);
        let line = |line: ReferenceLine| {
            let (width, dash) = look.line.unwrap_or((1.0, None));
            let line = line.with_color(look.color).with_stroke_width(width);
            dash.into_iter().fold(line, ReferenceLine::with_dasharray)
        };
        layout = match mark {
            Mark::Horizontal(value) => {
                layout.with_reference_line(line(ReferenceLine::horizontal(y.at(value))))
            }
            Mark::Vertical(value) => {
                layout.with_reference_line(line(ReferenceLine::vertical(x.at(value))))
            }
            Mark::Band(low, high) => {
                let region = ShadedRegion::horizontal(y.at(low), y.at(high));
                layout.with_shaded_region(region.with_color(BAND_COLOR).with_opacity(0.22))
            }
            Mark::VerticalBand(low, high) => {
                let region = ShadedRegion::vertical(x.at(low), x.at(high));
                layout.with_shaded_region(region.with_color(VERTICAL_BAND_COLOR).with_opacity(0.22))
            }
        };
        legend.push(Entry { name: name.clone(), look });
    }
    layout
}

/// The part of a mark within the axes.
fn visible(mark: Mark, x: (f64, f64), y: (f64, f64)) -> Option<Mark> {
    let inside = |value: f64, (low, high): (f64, f64)| (low..=high).contains(&value);
    match mark {
        Mark::Horizontal(value) => inside(value, y).then_some(mark),
        Mark::Vertical(value) => inside(value, x).then_some(mark),
        Mark::Band(a, b) => {
            let (low, high) = (a.min(b).max(y.0), a.max(b).min(y.1));
            (low <= high).then_some(Mark::Band(low, high))
        }
        Mark::VerticalBand(a, b) => {
            let (low, high) = (a.min(b).max(x.0), a.max(b).min(x.1));
            (low <= high).then_some(Mark::VerticalBand(low, high))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_within_the_axes() {
        let (x, y) = ((0.0, 1.0), (2.0, 3.0));
        assert_eq!(visible(Mark::Horizontal(1.0), x, y), None);
        assert_eq!(visible(Mark::Vertical(1.5), x, y), None);
        assert_eq!(visible(Mark::Vertical(0.5), x, y), Some(Mark::Vertical(0.5)));
        assert_eq!(visible(Mark::Band(9.0, 2.5), x, y), Some(Mark::Band(2.5, 3.0)));
        assert_eq!(visible(Mark::Band(0.0, 1.0), x, y), None);
        let stripe = Mark::VerticalBand;
        assert_eq!(visible(stripe(7.0, 0.5), x, y), Some(stripe(0.5, 1.0)));
        assert_eq!(visible(stripe(1.5, 2.5), x, y), None);
    }
}
