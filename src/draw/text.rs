//! A layout as lines of text.

use super::canvas::{Canvas, fit, fit_end, width};
use super::label;
use super::layout::{Body, Element, Kind, Layout, Mark, Shape};
use std::fmt;
use std::ops::Range;

/// Writes the layout on lines of at most `limit` cells, without a newline after the last one.
pub(super) fn write(
    layout: &Layout,
    limit: Option<usize>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let limit = limit.unwrap_or(usize::MAX);
    let mut lines = Lines { f, first: true };
    if let Some(global) = &layout.global {
        lines.push(&fit(global, limit))?;
    }
    if layout.rows.is_empty() {
        if layout.global.is_none() {
            lines.push("(no qubits)")?;
        }
        return omitted(layout, &mut lines);
    }
    let page = Page::new(layout, limit);
    let folds = page.folds(limit);
    let frames = page.frames_of(&folds);
    for (k, fold) in folds.iter().enumerate() {
        if k > 0 {
            lines.push("")?;
        }
        page.write_fold(&folds, k, fold, &frames[k], &mut lines)?;
    }
    omitted(layout, &mut lines)
}

fn omitted(layout: &Layout, lines: &mut Lines<'_, '_>) -> fmt::Result {
    match layout.omitted {
        0 => Ok(()),
        1 => lines.push("… 1 more operation"),
        n => lines.push(&format!("… {} more operations", label::count(n))),
    }
}

struct Lines<'a, 'b> {
    f: &'a mut fmt::Formatter<'b>,
    first: bool,
}

impl Lines<'_, '_> {
    fn push(&mut self, line: &str) -> fmt::Result {
        if !std::mem::replace(&mut self.first, false) {
            self.f.write_str("\n")?;
        }
        self.f.write_str(line)
    }
}

/// What a box may grow by to be as broad as the broadest one in its column.
const STRETCH: usize = 2;

/// A column's cells left and right of its axis, and those before the next column.
struct Column {
    left: usize,
    right: usize,
    gap: usize,
    /// Cells of its broadest box.
    boxes: usize,
}

impl Column {
    fn width(&self) -> usize {
        self.left + 1 + self.right
    }
}

/// A layout with its columns measured.
pub(super) struct Page<'a> {
    layout: &'a Layout,
    pub names: Vec<String>,
    columns: Vec<Column>,
    /// Longest text in an element.
    text: usize,
    /// Cells between the names and the first column of the first line.
    lead: usize,
}

impl<'a> Page<'a> {
    pub fn new(layout: &'a Layout, limit: usize) -> Self {
        let fitted: Vec<String> =
            layout.rows.iter().map(|r| fit_end(&r.name, (limit / 3).max(8))).collect();
        let longest = fitted.iter().map(|n| width(n)).max().unwrap_or(0);
        let names: Vec<String> = fitted
            .into_iter()
            .map(|name| format!("{}{name}: ", " ".repeat(longest - width(&name))))
            .collect();
        let lead = layout.rows.iter().filter_map(|r| size_note(r.bits)).map(|n| n.len() + 1).max();
        let lead = lead.unwrap_or(1);
        // Names, `«─`, a box with a port, `─»`.
        let text = limit.saturating_sub(longest + 2 + lead.max(2) + 8 + 2).max(4);
        let mut page = Page { layout, names, columns: Vec::new(), text, lead };
        page.columns = page.measure();
        page
    }

    fn measure(&self) -> Vec<Column> {
        let columns = &self.layout.columns;
        // A measurement whose index is not broader than its box.
        let low = |e: &Element| match e {
            Element::Measure { bit, .. } => bit.as_ref().is_none_or(|b| width(b) < 3),
            _ => false,
        };
        let only_measures: Vec<bool> = columns.iter().map(|c| c.iter().all(low)).collect();
        let measured = columns.iter().enumerate().map(|(k, elements)| {
            let (left, right) = elements
                .iter()
                .map(|e| self.extent(e))
                .fold((0, 0), |(l, r), (left, right)| (left.max(l), right.max(r)));
            // Measurements one after another mostly stand on different wires: nothing touches.
            let close = only_measures[k] && only_measures.get(k + 1) == Some(&true);
            let boxes = elements.iter().filter_map(|e| match e {
                Element::Gate(shape) => shape.body.as_ref().map(|b| self.box_width(b)),
                _ => None,
            });
            let boxes = boxes.max().unwrap_or(0);
            Column { left, right, gap: usize::from(!close), boxes }
        });
        measured.collect()
    }

    /// Cells that an element takes left and right of the axis.
    fn extent(&self, element: &Element) -> (usize, usize) {
        let centred = |cells: usize| (cells.saturating_sub(1) / 2, cells / 2);
        match element {
            Element::Gate(shape) => match (&shape.body, &shape.tag) {
                (Some(body), _) => centred(self.box_width(body)),
                (None, Some(tag)) if hangs(shape) => centred(width(&fit(&tag.plain, self.text))),
                (None, Some(tag)) => (0, width(&fit(&tag.plain, self.text))),
                (None, None) => (0, 0),
            },
            Element::Measure { bit, .. } => centred(bit.as_ref().map_or(0, |b| width(b)).max(3)),
            Element::Reset(_) => (1, 1),
            Element::Barrier(_) => (0, 0),
            Element::Open { label, .. } | Element::Else { label, .. } => {
                (0, width(&fit(label, self.text)) + 2)
            }
            Element::Close { cut, .. } => (if *cut { 3 } else { 0 }, 0),
        }
    }

    fn box_width(&self, body: &Body) -> usize {
        let port = port_width(body);
        width(&fit(&body.label.plain, self.text)) + 4 + port
    }

    /// Ranges of columns that go on one line.
    pub fn folds(&self, limit: usize) -> Vec<Range<usize>> {
        let before = width(&self.names[0]);
        let mut folds = Vec::new();
        let mut start = 0;
        let mut used = before + self.lead;
        for (k, column) in self.columns.iter().enumerate() {
            // The last column of a line is followed by `─`, or by `─»`.
            let after = if k + 1 == self.columns.len() { 1 } else { 2 };
            if k > start && used + column.width() + after > limit {
                folds.push(start..k);
                start = k;
                used = before + 2;
            }
            used += column.width() + column.gap;
        }
        folds.push(start..self.columns.len());
        folds
    }

    /// For each fold the frames that show in it.
    fn frames_of(&self, folds: &[Range<usize>]) -> Vec<Vec<usize>> {
        let mut shown = vec![Vec::new(); folds.len()];
        for (k, frame) in self.layout.frames.iter().enumerate() {
            let first = folds.partition_point(|fold| fold.end <= frame.open);
            for fold in first..folds.len() {
                if folds[fold].start > frame.close {
                    break;
                }
                shown[fold].push(k);
            }
        }
        shown
    }

    fn write_fold(
        &self,
        folds: &[Range<usize>],
        k: usize,
        fold: &Range<usize>,
        frames: &[usize],
        lines: &mut Lines<'_, '_>,
    ) -> fmt::Result {
        let rows = &self.layout.rows;
        let (continued, continues) = (k > 0, k + 1 < folds.len());
        let lead = if continued { 2 } else { self.lead };
        // The axes of the columns.
        let mut axes = Vec::with_capacity(fold.len());
        let mut x = lead;
        for (j, column) in self.columns[fold.clone()].iter().enumerate() {
            axes.push(x + column.left);
            let last = j + 1 == fold.len();
            x += column.width() + if last { 1 } else { column.gap };
        }
        let total = x + usize::from(continues);
        let mut canvas = Canvas::new(total, 2 * rows.len() + 1);
        for (r, row) in rows.iter().enumerate() {
            canvas.wire(2 * r + 1, if row.bits.is_some() { 2 } else { 1 });
            if !continued && let Some(note) = size_note(row.bits) {
                canvas.text(0, 2 * r + 1, &note);
            }
        }
        for (k, &x) in fold.clone().zip(&axes) {
            let boxes = self.columns[k].boxes;
            self.layout.columns[k].iter().for_each(|e| self.draw(e, x, boxes, &mut canvas));
        }
        for frame in frames.iter().map(|&k| self.layout.frames[k]) {
            let from = if frame.open < fold.start { 0 } else { axes[frame.open - fold.start] };
            let to =
                if frame.close < fold.end { axes[frame.close - fold.start] } else { total - 1 };
            canvas.background(2 * frame.first, from, to);
            canvas.background(2 * frame.last + 2, from, to);
        }
        for r in 0..rows.len() {
            if continued {
                canvas.text(0, 2 * r + 1, "«");
            }
            if continues {
                canvas.text(total - 1, 2 * r + 1, "»");
            }
        }
        let blank = " ".repeat(width(&self.names[0]));
        for track in 0..=2 * rows.len() {
            let line = canvas.line(track);
            if track % 2 == 1 {
                lines.push(&format!("{}{line}", self.names[track / 2]))?;
            } else if !line.is_empty() {
                lines.push(&format!("{blank}{line}"))?;
            } else if track > 0 && track < 2 * rows.len() {
                lines.push("")?;
            }
        }
        Ok(())
    }

    fn draw(&self, element: &Element, x: usize, boxes: usize, canvas: &mut Canvas) {
        match element {
            Element::Gate(shape) => self.draw_shape(shape, x, boxes, canvas),
            Element::Measure { qubit, register, bit } => {
                let (y, end) = (2 * qubit + 1, 2 * register + 1);
                canvas.boxed([x - 1, x + 1], [y - 1, y + 1], |_| false);
                canvas.text(x, y, "M");
                canvas.vertical(x, y + 1, end, 2);
                if let Some(bit) = bit {
                    canvas.text(x - (width(bit) - 1) / 2, end + 1, bit);
                }
            }
            Element::Reset(row) => canvas.text(x - 1, 2 * row + 1, "|0⟩"),
            Element::Barrier(rows) => {
                for (k, &row) in rows.iter().enumerate() {
                    canvas.text(x, 2 * row + 1, "░");
                    if rows.get(k + 1) == Some(&(row + 1)) {
                        canvas.text(x, 2 * row + 2, "░");
                    }
                }
            }
            Element::Open { frame, label, reads } => {
                let frame = self.layout.frames[*frame];
                let (top, bottom) = (2 * frame.first, 2 * frame.last + 2);
                canvas.vertical(x, top, bottom, 2);
                canvas.horizontal(top, x, x + 1, 2);
                canvas.horizontal(bottom, x, x + 3, 2);
                canvas.text(x + 1, top, &format!(" {} ", fit(label, self.text)));
                if let Some(&deepest) = reads.last() {
                    canvas.vertical(x + 2, bottom, 2 * deepest + 1, 2);
                    reads.iter().for_each(|r| canvas.text(x + 2, 2 * r + 1, "■"));
                }
            }
            Element::Else { frame, label } => {
                let frame = self.layout.frames[*frame];
                let (top, bottom) = (2 * frame.first, 2 * frame.last + 2);
                canvas.vertical(x, top, bottom, 2);
                canvas.horizontal(top, x - 1, x + 1, 2);
                canvas.horizontal(bottom, x - 1, x + 1, 2);
                canvas.text(x + 1, top, &format!(" {} ", fit(label, self.text)));
            }
            Element::Close { frame, cut } => {
                let frame = self.layout.frames[*frame];
                let (top, bottom) = (2 * frame.first, 2 * frame.last + 2);
                canvas.vertical(x, top, bottom, 2);
                canvas.horizontal(top, x - 1, x, 2);
                canvas.horizontal(bottom, x - 1, x, 2);
                if *cut {
                    canvas.text(x - 3, top, " … ");
                }
            }
        }
    }

    fn draw_shape(&self, shape: &Shape, x: usize, boxes: usize, canvas: &mut Canvas) {
        let (first, last) = shape.span();
        // Lines run from the marks and reads to the box, or between the outermost marks.
        let (above, below) = match &shape.body {
            Some(body) => ((first, 2 * body.first), (2 * body.last + 2, last)),
            None => ((first, 2 * last + 1), (2 * last + 1, last)),
        };
        let weight = |row: usize| if shape.reads.contains(&row) { 2 } else { 1 };
        canvas.vertical(x, 2 * above.0 + 1, above.1, weight(first));
        canvas.vertical(x, below.0, 2 * below.1 + 1, weight(last));
        if let Some(body) = &shape.body {
            self.draw_box(body, shape.kind, x, boxes, canvas);
        }
        for &(row, mark) in &shape.marks {
            let symbol = match mark {
                Mark::Filled => "●",
                Mark::Open => "○",
                Mark::Not => "⊕",
                Mark::Swap => "×",
            };
            canvas.text(x, 2 * row + 1, symbol);
        }
        shape.reads.iter().for_each(|r| canvas.text(x, 2 * r + 1, "■"));
        if let Some(tag) = &shape.tag {
            let tag = fit(&tag.plain, self.text);
            let at = if hangs(shape) { x - (width(&tag) - 1) / 2 } else { x + 1 };
            canvas.text(at, 2 * first + 2, &tag);
        }
    }

    fn draw_box(&self, body: &Body, kind: Kind, x: usize, boxes: usize, canvas: &mut Canvas) {
        let own = self.box_width(body);
        let cells = if boxes <= own + STRETCH { boxes } else { own };
        let left = x - (cells - 1) / 2;
        let right = left + cells - 1;
        let port = |track: usize| body.ports.iter().find(|p| 2 * p.0 + 1 == track);
        let through = |track: usize| track % 2 == 1 && port(track).is_none();
        let (x, y) = ([left, right], [2 * body.first, 2 * body.last + 2]);
        match kind {
            Kind::Noise => canvas.dashed_box(x, y, through),
            _ => canvas.boxed(x, y, through),
        }
        for (row, name) in &body.ports {
            canvas.text(left + 1, 2 * row + 1, name);
        }
        // In the middle, unless a wire passes there: then in the gap above it.
        let middle = body.first + body.last + 1;
        let y = if through(middle) { middle - 1 } else { middle };
        canvas.text(
            left + 2 + port_width(body) + (cells - own) / 2,
            y,
            &fit(&body.label.plain, self.text),
        );
    }
}

/// `3/` for a register that is not one bit.
fn size_note(bits: Option<usize>) -> Option<String> {
    bits.filter(|&n| n != 1).map(|n| format!("{n}/"))
}

/// Whether the tag is under a lone mark.
fn hangs(shape: &Shape) -> bool {
    let (first, last) = shape.span();
    first == last
}

fn port_width(body: &Body) -> usize {
    body.ports.iter().map(|p| width(&p.1)).max().unwrap_or(0)
}
