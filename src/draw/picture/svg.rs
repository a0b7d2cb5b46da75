//! A scene as SVG. Letters are outlines, each defined once: no viewer needs a font.

use super::font::{Segment, font};
use super::scene::{Item, Paint, Scene, Text};
use super::theme::Rgb;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

pub(super) fn write(scene: &Scene) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = document(scene, &mut out);
    out
}

fn document(scene: &Scene, out: &mut String) -> fmt::Result {
    let (width, height) = (Num(scene.width), Num(scene.height));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">"
    )?;
    writeln!(out, "<title>Quantum circuit</title>")?;
    writeln!(out, "<desc>{}</desc>", Escaped(&scene.description))?;
    let texts = scene.items.iter().filter_map(|item| match item {
        Item::Text(text) => Some(text),
        _ => None,
    });
    let used: BTreeSet<char> =
        texts.flat_map(|t| font().set(&t.text)).map(|(c, _)| c).filter(|c| *c != ' ').collect();
    if !used.is_empty() {
        writeln!(out, "<defs>")?;
        for c in used {
            let path = Data { segments: &font().outline(c), flip: true };
            writeln!(out, "<path id=\"k{:x}\" d=\"{path}\"/>", u32::from(c))?;
        }
        writeln!(out, "</defs>")?;
    }
    let background = Hex(scene.background);
    writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"{background}\"/>")?;
    for item in &scene.items {
        self::item(item, out)?;
    }
    out.push_str("</svg>\n");
    Ok(())
}

fn item(item: &Item, out: &mut String) -> fmt::Result {
    match item {
        Item::Path { segments, paint } => {
            let data = Data { segments, flip: false };
            writeln!(out, "<path d=\"{data}\"{}/>", Style(paint))
        }
        Item::Rect { x, y, width, height, radius, paint } => writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"{}/>",
            Num(*x),
            Num(*y),
            Num(*width),
            Num(*height),
            Num(*radius),
            Style(paint)
        ),
        Item::Circle { x, y, radius, paint } => writeln!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>",
            Num(*x),
            Num(*y),
            Num(*radius),
            Style(paint)
        ),
        Item::Text(text) => letters(text, out),
    }
}

fn letters(text: &Text, out: &mut String) -> fmt::Result {
    write!(
        out,
        "<g transform=\"translate({} {}) scale({:.6})\" fill=\"{}\" aria-label=\"{}\">",
        Num(text.x),
        Num(text.y),
        text.size / font().em,
        Hex(text.colour),
        Escaped(&text.text)
    )?;
    for (c, x) in font().set(&text.text).filter(|(c, _)| *c != ' ') {
        write!(out, "<use xlink:href=\"#k{:x}\"", u32::from(c))?;
        if x != 0.0 {
            write!(out, " x=\"{}\"", Num(x))?;
        }
        out.push_str("/>");
    }
    out.push_str("</g>\n");
    Ok(())
}

/// At most two digits after the point.
struct Num(f64);

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if text == "-0" { "0" } else { text })
    }
}

struct Hex(Rgb);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

struct Style<'a>(&'a Paint);

impl fmt::Display for Style<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.fill {
            Some(fill) => write!(f, " fill=\"{}\"", Hex(fill))?,
            None => f.write_str(" fill=\"none\"")?,
        }
        if let Some(opacity) = self.0.opacity {
            write!(f, " fill-opacity=\"{}\"", Num(opacity))?;
        }
        let Some(stroke) = &self.0.stroke else { return Ok(()) };
        write!(f, " stroke=\"{}\" stroke-width=\"{}\"", Hex(stroke.colour), Num(stroke.width))?;
        match stroke.dash {
            Some([on, off]) => write!(f, " stroke-dasharray=\"{} {}\"", Num(on), Num(off)),
            None => Ok(()),
        }
    }
}

/// The data of a path; `flip` turns a font's upward y down.
struct Data<'a> {
    segments: &'a [Segment],
    flip: bool,
}

impl fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut command = |letter: &str, points: &[[f64; 2]]| {
            f.write_str(letter)?;
            points.iter().enumerate().try_for_each(|(k, &[x, y])| {
                let y = if self.flip { -y } else { y };
                write!(f, "{}{} {}", if k > 0 { " " } else { "" }, Num(x), Num(y))
            })
        };
        self.segments.iter().try_for_each(|segment| match *segment {
            Segment::Move(p) => command("M", &[p]),
            Segment::Line(p) => command("L", &[p]),
            Segment::Quad(a, p) => command("Q", &[a, p]),
            Segment::Cubic(a, b, p) => command("C", &[a, b, p]),
            Segment::Close => command("Z", &[]),
        })
    }
}

/// Text of XML; what XML cannot hold becomes U+FFFD.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => f.write_char('\u{fffd}'),
            c => f.write_char(c),
        })
    }
}
