//! Equal lengths along both axes.

use super::super::Chart;
use super::super::axis::Ticks;
use super::direction::Direction;
use ::kuva::render::layout::{ComputedLayout, Layout};

impl Chart {
    /// The directions in which a length is the same along both axes of this layout: one of them reaches
    /// farther at both ends.
    pub(super) fn equalized(&self, layout: &Layout, [x, y]: [Direction; 2]) -> [Direction; 2] {
        let (true, Ticks::Linear { .. }, Ticks::Linear { .. }) = (self.is_equal, x.ticks, y.ticks)
        else {
            return [x, y];
        };
        let area = area(layout);
        let [columns, rows] = [x, y].map(|direction| direction.ends());
        let unit = f64::max((columns.1 - columns.0) / area.0, (rows.1 - rows.0) / area.1);
        let around = |(low, high): (f64, f64), pixels: f64| {
            let (middle, half) = (low / 2.0 + high / 2.0, unit * pixels / 2.0);
            (middle - half, middle + half)
        };
        let (columns, rows) = (around(columns, area.0), around(rows, area.1));
        // One step: what is as far apart is numbered alike.
        let step = Ticks::step_of(f64::max(columns.1 - columns.0, rows.1 - rows.0));
        [columns, rows].map(|(low, high)| Direction::new(Ticks::Linear { low, high, step }))
    }
}

/// Width and height between the axes, in pixels.
pub fn area(layout: &Layout) -> (f64, f64) {
    let computed = ComputedLayout::from_layout(layout);
    let width = computed.width - computed.margin_left - computed.margin_right;
    let height = computed.height - computed.margin_top - computed.margin_bottom;
    (width.max(1.0), height.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::super::{Axis, Chart, Figure, Legend, Series};

    /// Width over height of the ring that is drawn.
    fn roundness(svg: &str) -> f64 {
        let document = roxmltree::Document::parse(svg).expect("SVG is XML");
        let marks = document.descendants().filter(|node| node.has_tag_name("circle"));
        let extent = |name: &str| {
            let all: Vec<f64> = marks
                .clone()
                .filter_map(|node| node.attribute(name).and_then(|value| value.parse().ok()))
                .collect();
            assert!(all.len() >= 8, "{svg}");
            let low = all.iter().copied().fold(f64::INFINITY, f64::min);
            all.into_iter().fold(f64::NEG_INFINITY, f64::max) - low
        };
        extent("cx") / extent("cy")
    }

    #[test]
    fn a_circle_is_round() {
        let angles = (0..8).map(|k| std::f64::consts::TAU * f64::from(k) / 8.0);
        let ring: Vec<_> = angles.map(|a| (3e4 * a.cos(), 3e4 * a.sin())).collect();
        let chart = |title: &str| {
            let points = Series::points("ring", ring.iter().copied());
            Chart::new(title, Axis::new("x"), Axis::new("y"))
                .series(points.with_labels((0..8).map(|k| k.to_string())))
                .legend(Legend::None)
        };
        let stretched = roundness(&chart("t").to_svg().unwrap());
        assert!((stretched - 1.0).abs() > 0.1, "{stretched}");
        let tall = "a title of many words ".repeat(8);
        for chart in [chart("t").equal(), chart("t").equal().bare(), chart(&tall).equal()] {
            let alone = roundness(&chart.to_svg().unwrap());
            let panel = roundness(&Figure::new("f").panel(chart).to_svg().unwrap());
            assert!((alone - 1.0).abs() < 0.01 && (panel - 1.0).abs() < 0.01, "{alone} {panel}");
        }
    }

    #[test]
    fn names_stand_at_whole_numbers() {
        let spans = Series::spans("job", [(0.0, 2.0, 0.0), (2.0, 3.0, 1.0)]);
        let y = Axis::new("machine").range(-0.6, 1.6);
        let y = y.names(["left", "right"].map(String::from));
        let svg = Chart::new("t", Axis::new("time"), y).series(spans).to_svg().unwrap();
        assert!(svg.contains(">left<") && svg.contains(">right<"), "{svg}");
        assert!(!svg.contains("machine") && !svg.contains("-0.5"), "{svg}");
    }
}
