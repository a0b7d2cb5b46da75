//! Frames of branches and loops as shapes.

use super::font::{Segment, font};
use super::metrics::{HEAD, STUB, formula};
use super::page::Fold;
use super::paint::Painter;
use super::scene::Paint;

impl Painter<'_> {
    fn frame_span(&self, frame: usize, fold: &Fold) -> ([f64; 2], [bool; 2]) {
        let f = self.page.layout.frames[frame];
        let opens = f.open >= fold.columns.start;
        let closes = f.close < fold.columns.end;
        let at = |column: usize| fold.axes[column - fold.columns.start];
        let left = if opens { at(f.open) } else { fold.wires[0] + STUB };
        let right = if closes { at(f.close) } else { fold.wires[1] - STUB };
        ([left, right], [opens, closes])
    }

    pub fn frame_fills(&mut self, fold: &Fold) {
        for &k in &fold.frames {
            let (x, sides) = self.frame_span(k, fold);
            let y = self.page.frame_edges(k, fold);
            let mut paint = Paint::fill(self.palette.frame.fill);
            paint.opacity = Some(0.07);
            self.scene.path(outline(x, y, sides, true), paint);
        }
    }

    pub fn frame_edges(&mut self, k: usize, fold: &Fold) {
        let (x, sides) = self.frame_span(k, fold);
        let y = self.page.frame_edges(k, fold);
        self.scene.path(outline(x, y, sides, false), Paint::line(self.palette.frame.edge, 1.0));
        if !sides[0] {
            self.scene.text([x[0] + 4.0, y[0] + 11.0], HEAD, "…", self.palette.muted);
        }
    }

    pub fn heading(&mut self, frame: usize, text: &str, x: f64, top: f64, fold: &Fold) {
        let ([_, right], _) = self.frame_span(frame, fold);
        let text = font().fit(&with_formula(text), HEAD, self.page.text.min(right - x - 10.0));
        self.scene.text([x + 6.0, top + 12.0], HEAD, text, self.palette.text);
    }
}

/// The sign of the global phase in a heading; the rest is an expression and stays as it is.
fn with_formula(heading: &str) -> String {
    match heading.split_once("global phase: ") {
        Some((before, phase)) => format!("{before}global phase: {}", formula(phase)),
        None => heading.into(),
    }
}

/// A frame with round corners, open at the sides where it goes on.
fn outline(
    [x0, x1]: [f64; 2],
    [y0, y1]: [f64; 2],
    [opens, closes]: [bool; 2],
    filled: bool,
) -> Vec<Segment> {
    const R: f64 = 5.0;
    use Segment::{Close, Line, Move, Quad};
    let mut path = Vec::new();
    if opens {
        path.extend([Move([x0 + R, y1]), Quad([x0, y1], [x0, y1 - R]), Line([x0, y0 + R])]);
        path.extend([Quad([x0, y0], [x0 + R, y0])]);
    } else if filled {
        path.extend([Move([x0, y1]), Line([x0, y0])]);
    } else {
        path.push(Move([x0, y0]));
    }
    if closes {
        path.extend([Line([x1 - R, y0]), Quad([x1, y0], [x1, y0 + R]), Line([x1, y1 - R])]);
        path.extend([Quad([x1, y1], [x1 - R, y1])]);
    } else {
        path.push(Line([x1, y0]));
        path.push(if filled { Line([x1, y1]) } else { Move([x1, y1]) });
    }
    match (filled, opens) {
        (true, _) => path.push(Close),
        (false, true) => path.push(Line([x0 + R, y1])),
        (false, false) => path.push(Line([x0, y1])),
    }
    path
}
