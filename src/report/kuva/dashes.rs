//! Dashes for pictures made of pixels.
//!
//! There kuva starts the dashes anew at each point, does not scale them, and rounds their ends so
//! that small gaps close. So they are cut here, each one a small polygon.

use ::kuva::render::color::Color;
use ::kuva::render::render::{PathData, Primitive, Scene};

type Point = (f64, f64);

/// Replaces each dashed line of the scene by its dashes.
pub fn cut(scene: &mut Scene) {
    let size = (scene.width, scene.height);
    for element in std::mem::take(&mut scene.elements) {
        let (points, color, width, pattern) = match element {
            Primitive::PolyLine {
                points,
                stroke,
                stroke_width,
                stroke_dasharray: Some(dashes),
            } => (points, stroke, stroke_width, dashes),
            Primitive::Line { x1, y1, x2, y2, stroke, stroke_width, stroke_dasharray: Some(d) } => {
                (vec![(x1, y1), (x2, y2)], stroke, stroke_width, d)
            }
            other => {
                scene.elements.push(other);
                continue;
            }
        };
        let pattern: Vec<f64> = pattern.split(' ').filter_map(|part| part.parse().ok()).collect();
        let dashes = dashes(&points, &pattern, size);
        scene.elements.extend(dashes.into_iter().map(|dash| filled(dash, width, &color)));
    }
}

/// The pieces of a line that are drawn, with a pattern of lengths drawn and left out; only those
/// within a picture of this size, as a line may go very far out of it.
fn dashes(points: &[Point], pattern: &[f64], size: Point) -> Vec<[Point; 2]> {
    let period: f64 = pattern.iter().sum();
    let mut pieces = Vec::new();
    let mut start = 0.0;
    for ends in points.windows(2) {
        let [a, b] = [ends[0], ends[1]];
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx.hypot(dy);
        if !(length.is_finite() && length > 0.0 && period > 0.0) {
            continue;
        }
        let at = |t: f64| (a.0 + dx * t / length, a.1 + dy * t / length);
        if let Some((from, to)) = within(a, (dx, dy), size) {
            let (from, to) = (from * length, to * length);
            // The lengths along this segment at which the first period that is seen begins.
            let mut low = from - (start + from) % period;
            for (k, part) in pattern.iter().enumerate().cycle() {
                let high = low + part;
                if k % 2 == 0 && high > from {
                    pieces.push([at(low.max(from)), at(high.min(to))]);
                }
                low = high;
                if low >= to {
                    break;
                }
            }
        }
        start = (start + length) % period;
    }
    pieces
}

/// The share of the way from `a` along `step` at which it enters and leaves the picture.
fn within(a: Point, step: Point, size: Point) -> Option<(f64, f64)> {
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (a, step, size) in [(a.0, step.0, size.0), (a.1, step.1, size.1)] {
        if step == 0.0 {
            if !(0.0..=size).contains(&a) {
                return None;
            }
            continue;
        }
        let (one, other) = (-a / step, (size - a) / step);
        from = from.max(one.min(other));
        to = to.min(one.max(other));
    }
    (from < to).then_some((from, to))
}

fn filled([a, b]: [Point; 2], width: f64, color: &Color) -> Primitive {
    let length = (b.0 - a.0).hypot(b.1 - a.1).max(1e-9);
    let across = (-(b.1 - a.1) / length * width / 2.0, (b.0 - a.0) / length * width / 2.0);
    let corner =
        |p: Point, side: f64| format!("{},{}", p.0 + side * across.0, p.1 + side * across.1);
    let corners = [corner(a, 1.0), corner(b, 1.0), corner(b, -1.0), corner(a, -1.0)];
    Primitive::Path(Box::new(PathData {
        d: format!("M{} Z", corners.join(" L")),
        fill: Some(color.clone()),
        stroke: Color::None,
        stroke_width: 0.0,
        opacity: None,
        stroke_dasharray: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Point = (100.0, 100.0);

    fn lengths(points: &[Point]) -> Vec<f64> {
        let pieces = dashes(points, &[4.0, 2.0], SIZE);
        pieces.iter().map(|[a, b]| (b.0 - a.0).hypot(b.1 - a.1)).collect()
    }

    #[test]
    fn dashes_go_on_over_the_points() {
        assert_eq!(lengths(&[(0.0, 5.0), (12.0, 5.0)]), [4.0, 4.0]);
        // The second dash turns the corner at 9.
        let corner = dashes(&[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)], &[4.0, 2.0], SIZE);
        let expected = [
            [(0.0, 0.0), (4.0, 0.0)],
            [(6.0, 0.0), (9.0, 0.0)],
            [(9.0, 0.0), (9.0, 1.0)],
            [(9.0, 3.0), (9.0, 7.0)],
        ];
        assert_eq!(corner, expected);
    }

    #[test]
    fn what_is_far_outside_costs_nothing() {
        assert!(lengths(&[(-1e300, 5.0), (1e300, 5.0)]).len() < 40);
        assert!(lengths(&[(5.0, 200.0), (50.0, 300.0)]).is_empty());
        assert!(lengths(&[(f64::NAN, 5.0), (1.0, 5.0), (f64::INFINITY, 5.0)]).is_empty());
        let enters = dashes(&[(-3.0, 5.0), (6.0, 5.0)], &[4.0, 2.0], SIZE);
        assert_eq!(enters, [[(0.0, 5.0), (1.0, 5.0)], [(3.0, 5.0), (6.0, 5.0)]]);
    }
}
