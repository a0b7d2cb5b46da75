//! A scene as PNG.

use super::font::{Segment, font};
use super::scene::{Item, Paint, Scene, Stroke, Text};
use super::theme::Rgb;
use crate::error::{Error, Result};
use std::collections::HashMap;
use tiny_skia::{
    Color, FillRule, LineCap, Paint as Ink, Path, PathBuilder, Pixmap, Rect, StrokeDash, Transform,
};

/// Most pixels a side.
const MAX_SIDE: f64 = 16_384.0;
/// Most pixels in all: 256 MiB of memory.
const MAX_PIXELS: f64 = 67_108_864.0;

/// Pixels a point, if nothing is said.
const SCALE: f64 = 2.0;

/// Paints the scene at `scale` pixels a point.
pub(super) fn write(scene: &Scene, scale: Option<f64>) -> Result<Vec<u8>> {
    let scale = scale.unwrap_or_else(|| largest(scene).clamp(1.0, SCALE));
    if !(scale.is_finite() && scale > 0.0) {
        return Err(Error::Invalid {
            what: "the scale of a PNG".into(),
            value: crate::error::shown(scale),
            expected: "it must be a positive number of pixels a point".into(),
        });
    }
    let (width, height) = ((scene.width * scale).ceil(), (scene.height * scale).ceil());
    if width.max(height) > MAX_SIDE || width * height > MAX_PIXELS {
        return Err(too_large(scene, scale, [width, height]));
    }
    let canvas = Pixmap::new((width as u32).max(1), (height as u32).max(1));
    let mut canvas = canvas.ok_or_else(|| too_large(scene, scale, [width, height]))?;
    canvas.fill(colour(scene.background, 1.0));
    let mut glyphs = HashMap::new();
    let transform = Transform::from_scale(scale as f32, scale as f32);
    for item in &scene.items {
        match item {
            Item::Path { segments, paint } => {
                shape(path(segments), paint, transform, &mut canvas);
            }
            Item::Rect { x, y, width, height, radius, paint } => {
                shape(rounded([*x, *y], [*width, *height], *radius), paint, transform, &mut canvas);
            }
            Item::Circle { x, y, radius, paint } => {
                let circle = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32);
                shape(circle, paint, transform, &mut canvas);
            }
            Item::Text(text) => letters(text, transform, &mut glyphs, &mut canvas),
        }
    }
    canvas.encode_png().map_err(|e| Error::Invalid {
        what: "the PNG".into(),
        value: e.to_string(),
        expected: "it should have been encoded: this is a fault of ketlab".into(),
    })
}

/// The largest scale that is painted, in hundredths.
fn largest(scene: &Scene) -> f64 {
    let side = MAX_SIDE / scene.width.max(scene.height);
    let area = (MAX_PIXELS / (scene.width * scene.height)).sqrt();
    (side.min(area) * 100.0).floor() / 100.0
}

fn too_large(scene: &Scene, scale: f64, [width, height]: [f64; 2]) -> Error {
    let fits = largest(scene);
    // Below half a pixel a point nothing can be read.
    let scale_hint = if fits >= 0.5 && fits < scale {
        format!("lower the scale to {fits}, ")
    } else {
        String::new()
    };
    let fold = if height > width { "fold it wider" } else { "fold it narrower" };
    Error::Invalid {
        what: "the size of the PNG".into(),
        value: format!("{width:.0} × {height:.0} pixels"),
        expected: format!(
            "at most 16384 a side and 64 million in all are painted: {scale_hint}{fold}, \
             draw fewer columns, or write SVG, which has no limit"
        ),
    }
}

fn colour([r, g, b]: Rgb, opacity: f64) -> Color {
    Color::from_rgba8(r, g, b, (opacity * 255.0).round() as u8)
}

fn ink(rgb: Rgb, opacity: f64) -> Ink<'static> {
    let mut ink = Ink::default();
    ink.set_color(colour(rgb, opacity));
    ink.anti_alias = true;
    ink
}

/// Nothing where there is nothing to paint.
fn shape(path: Option<Path>, paint: &Paint, transform: Transform, canvas: &mut Pixmap) {
    let Some(path) = path else { return };
    if let Some(fill) = paint.fill {
        let ink = ink(fill, paint.opacity.unwrap_or(1.0));
        canvas.fill_path(&path, &ink, FillRule::Winding, transform, None);
    }
    if let Some(Stroke { colour, width, dash }) = paint.stroke {
        let stroke = tiny_skia::Stroke {
            width: width as f32,
            line_cap: LineCap::Butt,
            dash: dash.and_then(|d| StrokeDash::new(d.map(|v| v as f32).to_vec(), 0.0)),
            ..tiny_skia::Stroke::default()
        };
        canvas.stroke_path(&path, &ink(colour, 1.0), &stroke, transform, None);
    }
}

fn path(segments: &[Segment]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for segment in segments {
        let f = |[x, y]: [f64; 2]| (x as f32, y as f32);
        match *segment {
            Segment::Move(p) => builder.move_to(f(p).0, f(p).1),
            Segment::Line(p) => builder.line_to(f(p).0, f(p).1),
            Segment::Quad(a, p) => builder.quad_to(f(a).0, f(a).1, f(p).0, f(p).1),
            Segment::Cubic(a, b, p) => {
                builder.cubic_to(f(a).0, f(a).1, f(b).0, f(b).1, f(p).0, f(p).1);
            }
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}

fn rounded([x, y]: [f64; 2], [width, height]: [f64; 2], radius: f64) -> Option<Path> {
    let (x0, y0, x1, y1) = (x, y, x + width, y + height);
    if radius <= 0.0 {
        let rect = Rect::from_ltrb(x0 as f32, y0 as f32, x1 as f32, y1 as f32)?;
        return Some(PathBuilder::from_rect(rect));
    }
    // A quarter of a circle as a Bézier curve.
    let (r, c) = (radius, radius * (1.0 - 0.5523));
    path(&[
        Segment::Move([x0 + r, y0]),
        Segment::Line([x1 - r, y0]),
        Segment::Cubic([x1 - c, y0], [x1, y0 + c], [x1, y0 + r]),
        Segment::Line([x1, y1 - r]),
        Segment::Cubic([x1, y1 - c], [x1 - c, y1], [x1 - r, y1]),
        Segment::Line([x0 + r, y1]),
        Segment::Cubic([x0 + c, y1], [x0, y1 - c], [x0, y1 - r]),
        Segment::Line([x0, y0 + r]),
        Segment::Cubic([x0, y0 + c], [x0 + c, y0], [x0 + r, y0]),
        Segment::Close,
    ])
}

fn letters(
    text: &Text,
    transform: Transform,
    glyphs: &mut HashMap<char, Option<Path>>,
    canvas: &mut Pixmap,
) {
    let ink = ink(text.colour, 1.0);
    let size = text.size / font().em;
    for (c, at) in font().set(&text.text) {
        let glyph = glyphs.entry(c).or_insert_with(|| path(&font().outline(c)));
        let Some(glyph) = glyph else { continue };
        let place = transform
            .pre_translate((text.x + at * size) as f32, text.y as f32)
            .pre_scale(size as f32, -size as f32);
        canvas.fill_path(glyph, &ink, FillRule::Winding, place, None);
    }
}
