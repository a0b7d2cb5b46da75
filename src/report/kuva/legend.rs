//! The legend below the axes.

use super::look::{Entry, Look};
use super::text;
use ::kuva::plot::LegendEntry;
use ::kuva::plot::scatter::MarkerShape;
use ::kuva::render::render::{PathData, Primitive, Scene, TextAnchor};

const SIZE: u32 = 12;
/// The height of a line of text.
const LINE: f64 = 18.0;
/// The key: long enough to show any dashes more than once.
const KEY: f64 = 36.0;
const KEY_TO_NAME: f64 = 8.0;
const BETWEEN: f64 = 26.0;
const MARGIN: f64 = 14.0;

/// Adds the entries once each, in columns as wide as their names, centred below what is in the
/// scene, which grows.
pub fn add(entries: &[Entry], scene: &mut Scene) {
    let entries = distinct(entries);
    if entries.is_empty() {
        return;
    }
    let room = scene.width - 2.0 * MARGIN;
    let widest = room - KEY - KEY_TO_NAME;
    let names: Vec<_> = entries.iter().map(|e| text::wrap(&e.name, widest, SIZE)).collect();
    let widths: Vec<f64> = names.iter().map(|lines| name_width(lines)).collect();
    let rows = rows(&widths, room);
    let columns = column_widths(&widths, rows);
    let mut x = (scene.width - total(&columns)) / 2.0;
    let mut bottom = scene.height;
    for (column, width) in columns.iter().enumerate() {
        let mut y = scene.height + 4.0;
        for k in column * rows..entries.len().min((column + 1) * rows) {
            key(&entries[k].look, (x, y + LINE / 2.0), scene);
            for line in &names[k] {
                let at = (x + KEY + KEY_TO_NAME, y + LINE / 2.0 + 0.36 * f64::from(SIZE));
                scene.add(text::line(line, at, SIZE, TextAnchor::Start));
                y += LINE;
            }
        }
        x += KEY + KEY_TO_NAME + width + BETWEEN;
        bottom = bottom.max(y);
    }
    scene.height = bottom + 10.0;
}

/// For a legend that kuva draws.
pub fn for_kuva(entries: &[Entry]) -> Vec<LegendEntry> {
    distinct(entries).iter().map(Entry::for_kuva).collect()
}

/// One for each name and colour: where a name has marks in one series and a line in another, as values
/// and their intervals, the entry has both.
fn distinct(entries: &[Entry]) -> Vec<Entry> {
    let mut seen: Vec<Entry> = Vec::new();
    for entry in entries {
        let joined = seen.iter_mut().filter(|other| other.name == entry.name).find_map(|other| {
            let look = joined(&other.look, &entry.look)?;
            Some((other, look))
        });
        match joined {
            Some((other, look)) => other.look = look,
            None => seen.push(entry.clone()),
        }
    }
    seen
}

/// What shows both, if neither contradicts the other.
fn joined(a: &Look, b: &Look) -> Option<Look> {
    let agree = a.color == b.color
        && a.line.zip(b.line).is_none_or(|(a, b)| a == b)
        && a.marker.zip(b.marker).is_none_or(|(a, b)| a == b);
    agree.then(|| Look { color: a.color, line: a.line.or(b.line), marker: a.marker.or(b.marker) })
}

fn name_width(lines: &[String]) -> f64 {
    lines.iter().map(|line| text::width(line, SIZE)).fold(0.0, f64::max)
}

/// The fewest rows whose columns fit side by side.
fn rows(names: &[f64], room: f64) -> usize {
    (1..names.len()).find(|&r| total(&column_widths(names, r)) <= room).unwrap_or(names.len())
}

fn column_widths(names: &[f64], rows: usize) -> Vec<f64> {
    names.chunks(rows).map(|column| column.iter().copied().fold(0.0, f64::max)).collect()
}

fn total(columns: &[f64]) -> f64 {
    let keys = columns.len() as f64 * (KEY + KEY_TO_NAME);
    columns.iter().sum::<f64>() + keys + (columns.len() as f64 - 1.0) * BETWEEN
}

/// A piece of the line, a mark in its middle, or a box.
fn key(look: &Look, (x, y): (f64, f64), scene: &mut Scene) {
    let rect = |x, y, width, height, fill: &str| Primitive::Rect {
        x,
        y,
        width,
        height,
        fill: fill.into(),
        stroke: None,
        stroke_width: None,
        opacity: None,
    };
    if look.color == "#FFFFFF" {
        // White on white would not be seen.
        scene.add(rect(x - 2.0, y - 7.0, KEY + 4.0, 14.0, "#7F7F7F"));
    }
    if let Some((stroke_width, dash)) = look.line {
        scene.add(Primitive::PolyLine {
            points: vec![(x, y), (x + KEY, y)],
            stroke: look.color.into(),
            stroke_width,
            stroke_dasharray: dash.map(str::to_owned),
        });
    }
    match (look.marker, look.line) {
        (Some(shape), _) => scene.add(marker(shape, (x + KEY / 2.0, y), look.color)),
        (None, None) => scene.add(rect(x + 6.0, y - 6.0, KEY - 12.0, 12.0, look.color)),
        (None, Some(_)) => {}
    }
}

/// As kuva draws it among the data.
fn marker(shape: MarkerShape, (x, y): (f64, f64), color: &str) -> Primitive {
    let r = 4.0;
    let corners = match shape {
        MarkerShape::Square => vec![(-r, -r), (r, -r), (r, r), (-r, r)],
        MarkerShape::Triangle => vec![(0.0, -1.02 * r), (-r, 0.68 * r), (r, 0.68 * r)],
        MarkerShape::Diamond => {
            vec![(0.0, -1.3 * r), (1.3 * r, 0.0), (0.0, 1.3 * r), (-1.3 * r, 0.0)]
        }
        _ => {
            return Primitive::Circle {
                cx: x,
                cy: y,
                r,
                fill: color.into(),
                fill_opacity: None,
                stroke: None,
                stroke_width: None,
            };
        }
    };
    let points: Vec<_> =
        corners.iter().map(|(dx, dy)| format!("{:.2},{:.2}", x + dx, y + dy)).collect();
    Primitive::Path(Box::new(PathData {
        d: format!("M{} Z", points.join(" L")),
        fill: Some(color.into()),
        stroke: color.into(),
        stroke_width: 0.5,
        opacity: None,
        stroke_dasharray: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_the_line_of_one_name_are_one_entry() {
        let entry = |name: &str, color, line: Option<(f64, Option<&'static str>)>, marker| Entry {
            name: name.into(),
            look: Look { color, line, marker },
        };
        let (line, circle) = (Some((2.0, None)), Some(MarkerShape::Circle));
        let entries = [
            entry("a", "red", None, circle),
            entry("a", "red", line, None),
            entry("a", "red", line, None),
            // Another name, another colour, other dashes.
            entry("b", "red", line, None),
            entry("a", "blue", line, None),
            entry("a", "red", Some((2.0, Some("6 3"))), None),
        ];
        let shown = distinct(&entries);
        assert_eq!(shown[0], entry("a", "red", line, circle));
        assert_eq!(&shown[1..], &entries[3..]);
    }

    #[test]
    fn the_fewest_rows_that_fit() {
        assert_eq!(rows(&[100.0; 4], 1000.0), 1);
        // Two columns: 2 * (100 + 44) + 26 = 314.
        assert_eq!(rows(&[100.0; 4], 314.0), 2);
        assert_eq!(rows(&[100.0; 4], 313.0), 4);
        assert_eq!(rows(&[900.0], 10.0), 1);
        assert_eq!(column_widths(&[1.0, 5.0, 2.0], 2), [5.0, 2.0]);
    }
}
