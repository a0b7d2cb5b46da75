//! The elements of a page as shapes.

use super::font::{Segment, font};
use super::metrics::*;
use super::page::{Fold, Page};
use super::scene::{Paint, Scene};
use super::theme::{Palette, Rgb, Tone};
use crate::draw::label;
use crate::draw::layout::{Body, Element, Kind, Label, Layout, Mark, Shape};

/// Between the lines of a double line.
const DOUBLE: f64 = 1.6;
/// Thickness of controls' lines.
const LINK: f64 = 1.5;
/// Height of the line that says the global phase, or what is left out.
const NOTE_LINE: f64 = 20.0;

/// Paints a layout, folded as [`Page::new`] says.
pub(super) fn scene(
    layout: &Layout,
    limits: [f64; 2],
    palette: &'static Palette,
    description: String,
) -> Scene {
    let top = MARGIN + if layout.global.is_some() { NOTE_LINE } else { 0.0 };
    let page = Page::new(layout, limits, top);
    let scene = Scene {
        width: page.width,
        height: page.height,
        background: palette.background,
        description,
        items: Vec::new(),
    };
    let mut painter = Painter { page, palette, scene };
    painter.notes();
    for k in 0..painter.page.folds.len() {
        painter.fold(k);
    }
    painter.scene.width = painter.scene.width.ceil();
    painter.scene.height = painter.scene.height.ceil();
    painter.scene
}

pub(super) struct Painter<'a> {
    pub page: Page<'a>,
    pub palette: &'static Palette,
    pub scene: Scene,
}

impl Painter<'_> {
    fn notes(&mut self) {
        let colour = self.palette.muted;
        let omitted = match self.page.layout.omitted {
            0 => None,
            1 => Some("… 1 more operation".into()),
            n => Some(format!("… {} more operations", label::count(n))),
        };
        let empty = self.page.layout.rows.is_empty() && self.page.layout.global.is_none();
        let empty = empty.then(|| "(no qubits)".to_string());
        let note = |y: f64, text: &str, scene: &mut Scene| {
            scene.width = scene.width.max(2.0 * MARGIN + font().width(text, NOTE));
            scene.text([MARGIN, y], NOTE, text, colour);
        };
        let scene = &mut self.scene;
        if let Some(global) = &self.page.layout.global {
            note(MARGIN + NOTE, &formula(global), scene);
        }
        for text in omitted.iter().chain(&empty) {
            note(scene.height - MARGIN + NOTE + 3.0, text, scene);
            scene.height += NOTE_LINE;
        }
    }

    fn fold(&mut self, k: usize) {
        let fold = std::mem::replace(&mut self.page.folds[k], empty_fold());
        let (continued, continues) = (k > 0, k + 1 < self.page.folds.len());
        self.frame_fills(&fold);
        self.wires(&fold, continued, continues);
        for &frame in &fold.frames {
            self.frame_edges(frame, &fold);
        }
        for (&x, column) in fold.axes.iter().zip(fold.columns.clone()) {
            for element in &self.page.layout.columns[column] {
                self.element(element, x, column, &fold);
            }
        }
        self.page.folds[k] = fold;
    }

    fn wires(&mut self, fold: &Fold, continued: bool, continues: bool) {
        let palette = self.palette;
        let [x0, x1] = fold.wires;
        let (mut quantum, mut classical, mut stubs) = (Vec::new(), Vec::new(), Vec::new());
        let mut scratch = Vec::new();
        let from = x0 + if continued { STUB } else { 0.0 };
        let to = x1 - if continues { STUB } else { 0.0 };
        for (row, &y) in self.page.layout.rows.iter().zip(&fold.rows) {
            let mut line = |y: f64, out: &mut Vec<Segment>| {
                out.extend([Segment::Move([from, y]), Segment::Line([to, y])]);
                if continued {
                    stubs.extend([Segment::Move([from, y]), Segment::Line([x0, y])]);
                }
                if continues {
                    stubs.extend([Segment::Move([to, y]), Segment::Line([x1, y])]);
                }
            };
            if row.bits.is_some() {
                let out = if row.scratch { &mut scratch } else { &mut classical };
                line(y - DOUBLE, out);
                line(y + DOUBLE, out);
            } else {
                line(y, &mut quantum);
            }
        }
        self.scene.path(quantum, Paint::line(palette.wire, 1.0));
        self.scene.path(classical, Paint::line(palette.classical, 1.0));
        // Temporaries are there, but not what one looks at.
        self.scene.path(scratch, Paint::line(palette.classical, 0.6).dashed([3.0, 3.0]));
        self.scene.path(stubs, Paint::line(palette.wire, 1.0).dashed([2.0, 2.5]));
        for (row, &y) in self.page.layout.rows.iter().zip(&fold.rows) {
            let name = shown_name(&row.register);
            let x = x0 - 7.0 - name_width(&name, row.index);
            let after = x + font().width(&name, NAME) + 0.5;
            let colour = if row.bits.is_some() { palette.muted } else { palette.text };
            self.scene.text([x, y + 4.5], NAME, name, colour);
            if let Some(index) = row.index {
                self.scene.text([after, y + 8.0], SCRIPT, index.to_string(), palette.muted);
            }
            if let Some(bits) = row.bits.filter(|&n| n != 1 && !continued) {
                let x = x0 + 9.0;
                let line = Paint::line(palette.classical, 1.0);
                self.scene.line([x - 2.5, y + 6.0], [x + 2.5, y - 6.0], line);
                self.scene.text([x + 4.0, y - 5.0], DETAIL, bits.to_string(), palette.muted);
            }
        }
    }

    fn element(&mut self, element: &Element, x: f64, column: usize, fold: &Fold) {
        let palette = self.palette;
        let readout = palette.tone(Kind::Readout);
        match element {
            Element::Gate(shape) => self.shape(shape, x, column, fold),
            Element::Measure { qubit, register, bit } => {
                let (y, end) = (fold.rows[*qubit], fold.rows[*register]);
                self.double(x, y, end - DOUBLE - 5.0);
                let tip = end - DOUBLE + 0.5;
                let head = vec![
                    Segment::Move([x - 4.5, tip - 7.0]),
                    Segment::Line([x + 4.5, tip - 7.0]),
                    Segment::Line([x, tip]),
                    Segment::Close,
                ];
                self.scene.path(head, Paint::fill(palette.classical));
                self.square(x, y, readout);
                self.meter(x, y);
                if let Some(bit) = bit {
                    let x = x - font().width(bit, DETAIL) / 2.0;
                    self.scene.text([x, end + 12.0], DETAIL, bit, palette.muted);
                }
            }
            Element::Reset(row) => {
                self.square(x, fold.rows[*row], readout);
                self.label(&Label::new("|0⟩"), x, fold.rows[*row], f64::INFINITY);
            }
            Element::Barrier(rows) => {
                for run in rows.chunk_by(|above, below| *below == above + 1) {
                    let (first, last) = (run[0], run[run.len() - 1]);
                    let y = [fold.rows[first] - 19.0, fold.rows[last] + 19.0];
                    let line = Paint::line(palette.barrier, 2.0).dashed([4.0, 3.0]);
                    self.scene.line([x, y[0]], [x, y[1]], line);
                }
            }
            Element::Open { frame, label, reads } => {
                let [top, bottom] = self.page.frame_edges(*frame, fold);
                self.heading(*frame, label, x, top, fold);
                if let Some(&deepest) = reads.last() {
                    self.double(x + 10.0, bottom, fold.rows[deepest]);
                    for &row in reads {
                        self.scene.circle(
                            [x + 10.0, fold.rows[row]],
                            DOT,
                            Paint::fill(palette.classical),
                        );
                    }
                }
            }
            Element::Else { frame, label } => {
                let y = self.page.frame_edges(*frame, fold);
                let line = Paint::line(palette.frame.edge, 1.0).dashed([4.0, 3.0]);
                self.scene.line([x, y[0]], [x, y[1]], line);
                self.heading(*frame, label, x, y[0], fold);
            }
            Element::Close { frame, cut } => {
                if *cut {
                    let [top, _] = self.page.frame_edges(*frame, fold);
                    self.scene.text([x - 14.0, top + 11.0], HEAD, "…", palette.frame.edge);
                }
            }
        }
    }

    /// A double line down.
    fn double(&mut self, x: f64, from: f64, to: f64) {
        let side = |x: f64| [Segment::Move([x, from]), Segment::Line([x, to])];
        let lines = side(x - DOUBLE).into_iter().chain(side(x + DOUBLE)).collect();
        self.scene.path(lines, Paint::line(self.palette.classical, 1.0));
    }

    fn square(&mut self, x: f64, y: f64, tone: Tone) {
        let half = SQUARE / 2.0;
        let paint = Paint::fill(tone.fill).edge(tone.edge, 1.0);
        self.scene.rect([x - half, x + half], [y - half, y + half], 3.0, paint);
    }

    /// A dial and its needle.
    fn meter(&mut self, x: f64, y: f64) {
        let (r, base) = (9.0, y + 5.0);
        // A quarter of a circle as a Bézier curve.
        let k = 0.5523 * r;
        let dial = vec![
            Segment::Move([x - r, base]),
            Segment::Cubic([x - r, base - k], [x - k, base - r], [x, base - r]),
            Segment::Cubic([x + k, base - r], [x + r, base - k], [x + r, base]),
            Segment::Move([x, base]),
            Segment::Line([x + 7.0, base - 12.0]),
        ];
        self.scene.path(dial, Paint::line(self.palette.text, 1.2));
    }

    fn shape(&mut self, shape: &Shape, x: f64, column: usize, fold: &Fold) {
        let tone = self.palette.tone(shape.kind);
        let (first, last) = shape.span();
        let link = Paint::line(tone.edge, LINK);
        let y = |row: usize| fold.rows[row];
        if shape.reads.is_empty() {
            if first != last {
                self.scene.line([x, y(first)], [x, y(last)], link);
            }
        } else {
            self.double(x, y(first), y(last));
        }
        if let Some(body) = &shape.body {
            self.body(body, shape.kind, x, column, fold);
        }
        for &(row, mark) in &shape.marks {
            self.mark(mark, [x, y(row)], tone.edge);
        }
        for &row in &shape.reads {
            self.scene.circle([x, y(row)], DOT, Paint::fill(tone.edge));
        }
        if let Some(tag) = &shape.tag {
            self.tag(tag, x, y(first), hangs(shape));
        }
    }

    fn mark(&mut self, mark: Mark, [x, y]: [f64; 2], colour: Rgb) {
        let scene = &mut self.scene;
        match mark {
            Mark::Filled => scene.circle([x, y], DOT, Paint::fill(colour)),
            Mark::Open => {
                let paint = Paint::fill(self.palette.background).edge(colour, LINK);
                scene.circle([x, y], DOT - 0.25, paint);
            }
            Mark::Not => {
                scene.circle([x, y], TARGET, Paint::fill(colour));
                let plus = vec![
                    Segment::Move([x - 6.0, y]),
                    Segment::Line([x + 6.0, y]),
                    Segment::Move([x, y - 6.0]),
                    Segment::Line([x, y + 6.0]),
                ];
                scene.path(plus, Paint::line(self.palette.background, 2.0));
            }
            Mark::Swap => {
                let cross = vec![
                    Segment::Move([x - 5.0, y - 5.0]),
                    Segment::Line([x + 5.0, y + 5.0]),
                    Segment::Move([x - 5.0, y + 5.0]),
                    Segment::Line([x + 5.0, y - 5.0]),
                ];
                scene.path(cross, Paint::line(colour, 2.0));
            }
        }
    }

    fn tag(&mut self, tag: &Label, x: f64, y: f64, hanging: bool) {
        let [name, script, detail] = tag_text(tag);
        let f = font();
        let widths = [f.width(&name, TAG), f.width(&script, TAG_SCRIPT), f.width(&detail, TAG)];
        let total: f64 = widths.iter().sum();
        let room = self.page.text;
        let (mut at, y) =
            if hanging { (x - total.min(room) / 2.0, y + 17.0) } else { (x + 4.0, y + 24.0) };
        let colour = self.palette.text;
        if total > room {
            let all = format!("{name}{script}{detail}");
            self.scene.text([at, y], TAG, f.fit(&all, TAG, room), colour);
            return;
        }
        let shift = if tag.sup.is_empty() { 2.5 } else { -4.0 };
        let parts = [(name, TAG, 0.0), (script, TAG_SCRIPT, shift), (detail, TAG, 0.0)];
        for ((text, size, shift), width) in parts.into_iter().zip(widths) {
            self.scene.text([at, y + shift], size, text, colour);
            at += width;
        }
    }

    fn body(&mut self, body: &Body, kind: Kind, x: f64, column: usize, fold: &Fold) {
        let tone = self.palette.tone(kind);
        let half = self.page.stretched(body, column) / 2.0;
        let (left, right) = (x - half, x + half);
        let upper = fold.rows[body.first] - self.page.half(body.first);
        let lower = fold.rows[body.last] + self.page.half(body.last);
        let paint = Paint::fill(tone.fill).edge(tone.edge, 1.0);
        let paint = if kind == Kind::Noise { paint.dashed([4.0, 2.5]) } else { paint };
        self.scene.rect([left, right], [upper, lower], 3.0, paint);
        let is_port = |row: usize| body.ports.iter().any(|p| p.0 == row);
        for row in (body.first..=body.last).filter(|&r| !is_port(r)) {
            let y = fold.rows[row];
            if self.page.layout.rows[row].bits.is_some() {
                let line = Paint::line(self.palette.classical, 1.0);
                self.scene.line([left, y - DOUBLE], [right, y - DOUBLE], line);
                self.scene.line([left, y + DOUBLE], [right, y + DOUBLE], line);
            } else {
                self.scene.line([left, y], [right, y], Paint::line(self.palette.wire, 1.0));
            }
        }
        for (row, name) in &body.ports {
            let at = [left + 4.0, fold.rows[*row] + 3.0];
            self.scene.text(at, DETAIL, name, self.palette.muted_on(tone));
        }
        // In the middle, unless a wire passes there: then in the gap above it.
        let middle = (body.first + body.last) / 2;
        let y = if (body.first + body.last) % 2 == 1 {
            (fold.rows[middle] + fold.rows[middle + 1]) / 2.0
        } else if is_port(middle) {
            fold.rows[middle]
        } else {
            (fold.rows[middle - 1] + fold.rows[middle]) / 2.0
        };
        let ports = port_width(body);
        self.label(&body.label, x, y, 2.0 * (half - ports) - 6.0);
    }

    /// A name with its scripts, and the angles under it, in the middle of a box.
    fn label(&mut self, label: &Label, x: f64, y: f64, room: f64) {
        let f = font();
        let colour = self.palette.text;
        let baseline = if label.detail.is_empty() { y + 4.7 } else { y - 1.0 };
        let scripts = [(&label.sub, 3.0), (&label.sup, -4.5)];
        let script_width: f64 = scripts.iter().map(|s| f.width(s.0, SCRIPT)).sum();
        let name = f.fit(&label.name, NAME, room - script_width);
        let mut at = x - (f.width(&name, NAME) + script_width) / 2.0;
        let width = f.width(&name, NAME);
        self.scene.text([at, baseline], NAME, name, colour);
        at += width;
        for (script, shift) in scripts {
            self.scene.text([at, baseline + shift], SCRIPT, exponent(script), colour);
            at += f.width(script, SCRIPT);
        }
        if !label.detail.is_empty() {
            let detail = f.fit(&formula(&label.detail), DETAIL, room);
            let at = x - f.width(&detail, DETAIL) / 2.0;
            self.scene.text([at, y + 10.0], DETAIL, detail, colour);
        }
    }
}

fn empty_fold() -> Fold {
    Fold { columns: 0..0, axes: Vec::new(), rows: Vec::new(), wires: [0.0; 2], frames: Vec::new() }
}
