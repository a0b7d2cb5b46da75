//! What every picture must keep, on random circuits with all kinds of operations.

use super::font::{Segment, font};
use super::scene::Item;
use super::*;
use crate::draw::tests::circuit;
use proptest::prelude::*;

/// x and y of the extent of an item.
fn extent(item: &Item) -> [[f64; 2]; 2] {
    match item {
        Item::Rect { x, y, width, height, .. } => [[*x, x + width], [*y, y + height]],
        Item::Circle { x, y, radius, .. } => [[x - radius, x + radius], [y - radius, y + radius]],
        Item::Text(t) => {
            [[t.x, t.x + font().width(&t.text, t.size)], [t.y - 0.76 * t.size, t.y + 0.24 * t.size]]
        }
        Item::Path { segments, .. } => {
            let points = segments.iter().flat_map(|s| match *s {
                Segment::Move(p) | Segment::Line(p) => vec![p],
                Segment::Quad(a, p) => vec![a, p],
                Segment::Cubic(a, b, p) => vec![a, b, p],
                Segment::Close => vec![],
            });
            let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
            for point in points {
                for axis in 0..2 {
                    assert!(point[axis].is_finite());
                    bounds[axis][0] = bounds[axis][0].min(point[axis]);
                    bounds[axis][1] = bounds[axis][1].max(point[axis]);
                }
            }
            bounds
        }
    }
}

fn check_scene(scene: &Scene) {
    let inside = |[low, high]: [f64; 2], limit: f64| low >= 0.0 && high <= limit + 1e-9;
    for item in &scene.items {
        let [x, y] = extent(item);
        assert!(inside(x, scene.width) && inside(y, scene.height), "{x:?} {y:?} is outside");
    }
    let boxes: Vec<_> = scene.items.iter().filter(|i| matches!(i, Item::Rect { .. })).collect();
    let boxes: Vec<_> = boxes.into_iter().map(extent).collect();
    for (k, [x, y]) in boxes.iter().enumerate() {
        for [other_x, other_y] in &boxes[..k] {
            let apart = |a: &[f64; 2], b: &[f64; 2]| a[1] <= b[0] || b[1] <= a[0];
            assert!(apart(x, other_x) || apart(y, other_y), "boxes overlap at {x:?} {y:?}");
        }
    }
    // A text that begins in a box ends in it.
    for item in &scene.items {
        let Item::Text(text) = item else { continue };
        let [[left, right], [top, bottom]] = extent(item);
        for [x, y] in &boxes {
            let begins = x[0] < left && left < x[1] && y[0] < text.y && text.y < y[1];
            if begins {
                let fits = right <= x[1] && top >= y[0] - 1.0 && bottom <= y[1] + 1.0;
                assert!(fits, "{:?} leaves its box", text.text);
            }
        }
    }
}

fn check_svg(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap();
    let ids: Vec<_> = document.descendants().filter_map(|n| n.attribute("id")).collect();
    for node in document.descendants() {
        for attribute in node.attributes() {
            assert!(!attribute.value().contains("NaN") && !attribute.value().contains("inf"));
            if attribute.name() == "href" {
                assert!(ids.contains(&&attribute.value()[1..]));
            }
        }
    }
}

/// The cells of a row, at `&` (with its spacing) outside of braces.
fn cells(row: &str) -> Vec<String> {
    let (mut depth, mut cells, mut escaped) = (0, vec![String::new()], false);
    for c in row.chars() {
        match c {
            '{' if !escaped => depth += 1,
            '}' if !escaped => depth -= 1,
            '&' if !escaped && depth == 0 => cells.push(String::new()),
            _ => {}
        }
        assert!(depth >= 0, "{row}");
        cells.last_mut().unwrap().push(c);
        escaped = c == '\\' && !escaped;
    }
    assert_eq!(depth, 0, "{row}");
    cells
}

/// The numbers after a command or key.
fn numbers<'a>(cell: &'a str, key: &'a str) -> impl Iterator<Item = i64> + 'a {
    cell.split(key).skip(1).map(|rest| {
        let end = rest.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap();
        rest[..end].parse().unwrap()
    })
}

fn check_latex(latex: &str) {
    assert!(latex.starts_with("% Made by ketlab. ") && latex.ends_with("\\end{document}\n"));
    assert!(latex.is_ascii(), "the labels of these circuits need nothing else");
    let mut rest = latex;
    while let Some(begin) = rest.find("between origins},column sep=0.3cm]\n") {
        rest = &rest[begin..];
        let end = rest.find("\\end{quantikz}").unwrap();
        let body = &rest[rest.find('\n').unwrap() + 1..end];
        rest = &rest[end..];
        let rows: Vec<Vec<String>> = body.trim_end().split('\n').map(cells).collect();
        let columns = rows[0].len();
        for (r, row) in rows.iter().enumerate() {
            assert_eq!(row.len(), columns, "{body}");
            assert!(row[0].starts_with("\\lstick{"));
            assert_eq!(row.last().unwrap().contains("\\\\"), r + 1 < rows.len());
            for (c, cell) in row.iter().enumerate() {
                for key in ["\\ctrl{", "\\octrl{", "\\vqw{", "\\vcw{", "\\swap{"] {
                    for to in numbers(cell, key) {
                        let to = r as i64 + to;
                        assert!(to != r as i64 && (0..rows.len() as i64).contains(&to), "{cell}");
                    }
                }
                for wires in numbers(cell, "[wires=") {
                    assert!(wires >= 1 && r + wires as usize <= rows.len(), "{cell}");
                }
                for steps in numbers(cell, "steps=") {
                    assert!(steps >= 1 && c + steps as usize <= columns, "{cell}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn pictures_are_in_order(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        width in 0.0f64..1500.0,
        columns in 0usize..40,
    ) {
        let circuit = circuit(&bytes);
        for picture in [circuit.picture().width(width).max_columns(columns), circuit.picture().width(None)] {
            check_scene(&picture.scene());
            check_svg(&picture.to_svg());
            check_latex(&picture.to_latex());
        }
    }
}

#[test]
fn folds_where_it_is_told_to() {
    let circuit = crate::circuit::library::random(6, 300, 1);
    for width in [300.0, 500.0, 1000.0] {
        assert!(circuit.picture().width(width).scene().width <= width);
    }
    let whole = circuit.picture().width(None).scene();
    assert!(whole.width > 2000.0 && whole.height < 400.0);
    assert_eq!(circuit.picture().width(f64::NAN).scene().width, whole.width);
}

#[cfg(feature = "png")]
mod png {
    use super::*;
    use crate::Error;

    #[test]
    fn has_the_size_of_the_scene() {
        let circuit = crate::circuit::library::ghz(3);
        let scene = circuit.picture().scene();
        for scale in [0.5, 1.0, 2.0, 3.25] {
            let png = circuit.picture().scale(scale).to_png().unwrap();
            let pixels = tiny_skia::Pixmap::decode_png(&png).unwrap();
            assert_eq!(f64::from(pixels.width()), (scene.width * scale).ceil());
            assert_eq!(f64::from(pixels.height()), (scene.height * scale).ceil());
        }
        assert_eq!(
            circuit.picture().to_png().unwrap(),
            circuit.picture().scale(2.0).to_png().unwrap()
        );
    }

    #[test]
    fn paints_what_the_theme_says() {
        let png = Circuit::new(1).picture().theme(Theme::Dark).to_png().unwrap();
        let pixels = tiny_skia::Pixmap::decode_png(&png).unwrap();
        let corner = pixels.pixel(0, 0).unwrap();
        assert_eq!([corner.red(), corner.green(), corner.blue()], Theme::Dark.palette().background);
    }

    #[test]
    fn too_large_is_refused_with_the_next_step() {
        let circuit = crate::circuit::library::random(4, 2000, 1);
        let error = circuit.picture().width(None).scale(2.0).to_png().unwrap_err().to_string();
        assert!(error.contains("pixels") && error.contains("16384") && error.contains("SVG"));
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let result = circuit.picture().scale(scale).to_png();
            assert!(matches!(result, Err(Error::Invalid { .. })));
        }
        // What is not asked for gives way to the size.
        let tall = Circuit::new(300);
        assert!(tall.picture().to_png().is_ok());
    }
}
