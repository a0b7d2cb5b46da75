//! The font of pictures: a subset of DejaVu Sans, shipped, so that no system font is needed.

use crate::draw::canvas::char_width;
use std::sync::OnceLock;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

static DATA: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");

/// One step of an outline; the last point of each is where the pen is next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Segment {
    Move([f64; 2]),
    Line([f64; 2]),
    Quad([f64; 2], [f64; 2]),
    Cubic([f64; 2], [f64; 2], [f64; 2]),
    Close,
}

pub(super) struct Font {
    face: Face<'static>,
    /// Font units of one em.
    pub em: f64,
}

/// The shipped font.
pub(super) fn font() -> &'static Font {
    static FONT: OnceLock<Font> = OnceLock::new();
    FONT.get_or_init(|| {
        let face = Face::parse(DATA, 0).expect("the shipped font is a font");
        let em = f64::from(face.units_per_em());
        Font { face, em }
    })
}

impl Font {
    /// The glyph of a character; a box for one that the font does not have.
    fn glyph(&self, c: char) -> GlyphId {
        self.face.glyph_index(c).unwrap_or(GlyphId(0))
    }

    /// How far a character moves the pen, in font units; `None` for one that shows nothing.
    pub fn advance(&self, c: char) -> Option<f64> {
        if char_width(c) == 0 && self.face.glyph_index(c).is_none() {
            return None;
        }
        Some(f64::from(self.face.glyph_hor_advance(self.glyph(c)).unwrap_or(0)))
    }

    /// Characters that show, each with where it begins, in font units.
    pub fn set<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (char, f64)> + 'a {
        let mut at = 0.0;
        text.chars().filter_map(move |c| {
            let c = if c.is_control() { '\u{fffd}' } else { c };
            let advance = self.advance(c)?;
            let begin = at;
            at += advance;
            Some((c, begin))
        })
    }

    /// The width of a text of that size.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        let last = self.set(text).last();
        last.map_or(0.0, |(c, at)| (at + self.advance(c).unwrap_or(0.0)) / self.em * size)
    }

    /// The text cut to a width, with `…` at its end if it was.
    pub fn fit(&self, text: &str, size: f64, width: f64) -> String {
        if self.width(text, size) <= width {
            return text.into();
        }
        let room = (width - self.width("…", size)) * self.em / size;
        let fits = |&(c, at): &(char, f64)| at + self.advance(c).unwrap_or(0.0) <= room;
        self.set(text).take_while(fits).map(|(c, _)| c).chain(['…']).collect()
    }

    /// The outline of a character in font units, y upwards.
    pub fn outline(&self, c: char) -> Vec<Segment> {
        let mut pen = Pen(Vec::new());
        self.face.outline_glyph(self.glyph(c), &mut pen);
        pen.0
    }
}

struct Pen(Vec<Segment>);

fn point(x: f32, y: f32) -> [f64; 2] {
    [f64::from(x), f64::from(y)]
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(Segment::Move(point(x, y)));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.push(Segment::Line(point(x, y)));
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.push(Segment::Quad(point(x1, y1), point(x, y)));
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.push(Segment::Cubic(point(x1, y1), point(x2, y2), point(x, y)));
    }
    fn close(&mut self) {
        self.0.push(Segment::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::StdGate;

    #[test]
    fn has_what_labels_use() {
        let symbols: String = StdGate::ALL.iter().map(|g| g.spec().symbol).collect();
        for c in symbols.chars().chain("αβγδθφϕλμπψωΓΔΘΛΣΦΨΩ†√⟨⟩⊕⊗·…−×±₀₁₉ⁿäéñß".chars())
        {
            assert!(font().face.glyph_index(c).is_some(), "{c}");
            assert!(!font().outline(c).is_empty() || c == ' ', "{c}");
        }
    }

    #[test]
    fn what_is_missing_is_a_box() {
        assert!(!font().outline('量').is_empty());
        assert!(font().width("量", 10.0) > 3.0);
        assert_eq!(font().width("a\u{200b}b\u{202e}", 10.0), font().width("ab", 10.0));
        assert_eq!(font().set("\u{1b}").next().unwrap().0, '\u{fffd}');
    }

    #[test]
    fn widths() {
        let f = font();
        assert_eq!(f.width("", 10.0), 0.0);
        // The advance of DejaVu Sans's H is 1540 of 2048 units.
        assert!((f.width("HH", 2048.0) - 3080.0).abs() < 1e-9);
        assert_eq!(f.fit("short", 10.0, 100.0), "short");
        let cut = f.fit("a_rather_long_name", 10.0, 50.0);
        assert!(cut.ends_with('…') && f.width(&cut, 10.0) <= 50.0 && cut.len() > 6, "{cut}");
    }
}
