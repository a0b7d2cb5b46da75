//! Where the columns and rows of a layout are in a picture, in points.

use super::font::font;
use super::metrics::*;
use crate::draw::layout::{Body, Element, Frame, Layout, Mark};
use std::ops::Range;

/// Extents of a column left and right of its axis, and the distance to the next column's.
struct Column {
    left: f64,
    right: f64,
    gap: f64,
    /// The width of its broadest box.
    boxes: f64,
    /// What it was widened by to its left and right for the heading of a frame.
    grown: [f64; 2],
}

impl Column {
    fn width(&self) -> f64 {
        self.left + self.right
    }
}

/// One line of a folded picture.
pub(super) struct Fold {
    pub columns: Range<usize>,
    /// x of the columns.
    pub axes: Vec<f64>,
    /// y of the rows.
    pub rows: Vec<f64>,
    /// Ends of the wires.
    pub wires: [f64; 2],
    /// Frames that show in it.
    pub frames: Vec<usize>,
}

/// A layout with everything measured.
pub(super) struct Page<'a> {
    pub layout: &'a Layout,
    columns: Vec<Column>,
    pub folds: Vec<Fold>,
    /// How many frames begin (end) at the same row inside each frame, itself included.
    ranks: Vec<[usize; 2]>,
    /// Longest text in an element.
    pub text: f64,
    pub width: f64,
    pub height: f64,
}

impl<'a> Page<'a> {
    /// Folds at `limit` points; at most once, the last line may be so much longer that it is the
    /// only one.
    pub fn new(layout: &'a Layout, [limit, last]: [f64; 2], top: f64) -> Self {
        let names = layout.rows.iter().map(|r| name_width(&shown_name(&r.register), r.index));
        let start = (MARGIN + names.fold(0.0, f64::max) + NAME_GAP).ceil();
        let text = (limit - start - 3.0 * MARGIN - 2.0 * STUB).clamp(SQUARE, MAX_LABEL);
        let mut page = Page {
            layout,
            columns: Vec::new(),
            folds: Vec::new(),
            ranks: ranks(&layout.frames),
            text,
            width: 0.0,
            height: top,
        };
        page.columns = page.measure();
        let heads = page.make_room_for_headings();
        page.fold(start, [limit, last], &heads);
        page
    }

    fn measure(&self) -> Vec<Column> {
        let columns = &self.layout.columns;
        let stairs = |k: usize| match (columns.get(k), columns.get(k + 1)) {
            (Some(a), Some(b)) => is_stair(a, b),
            _ => false,
        };
        let measured = columns.iter().enumerate().map(|(k, elements)| {
            let widths = elements.iter().filter_map(|e| match e {
                Element::Gate(shape) => shape.body.as_ref().map(|b| self.box_width(b)),
                _ => None,
            });
            let boxes = widths.fold(0.0, f64::max);
            let (left, right) = elements
                .iter()
                .map(|e| self.extent(e))
                .fold((0.0, 0.0), |(l, r), (left, right)| (left.max(l), right.max(r)));
            let gap = if stairs(k) { STAIR - SQUARE } else { GAP };
            Column { left, right, gap, boxes, grown: [0.0; 2] }
        });
        measured.collect()
    }

    /// Left and right of the axis.
    fn extent(&self, element: &Element) -> (f64, f64) {
        let centred = |width: f64| (width / 2.0, width / 2.0);
        match element {
            Element::Gate(shape) => {
                let body = shape.body.as_ref().map_or(0.0, |b| self.box_width(b));
                let target = shape.marks.iter().any(|m| m.1 == Mark::Not);
                let (left, right) =
                    centred(body.max(2.0 * if target { TARGET } else { DOT + 1.0 }));
                match &shape.tag {
                    Some(tag) if hangs(shape) => centred(tag_width(tag).min(self.text)),
                    Some(tag) => (left, right.max(4.0 + tag_width(tag).min(self.text))),
                    None => (left, right),
                }
            }
            Element::Measure { .. } | Element::Reset(_) => centred(SQUARE),
            Element::Barrier(_) => centred(8.0),
            Element::Open { .. } => (0.0, FRAME_SIDE),
            Element::Else { .. } => (FRAME_SIDE, FRAME_SIDE),
            Element::Close { .. } => (FRAME_SIDE, 0.0),
        }
    }

    /// What a column was widened by to its left and right for the heading of a frame.
    pub fn grown(&self, column: usize) -> [f64; 2] {
        self.columns[column].grown
    }

    /// Own width of a box, whole and even, so that edges are sharp.
    fn box_width(&self, body: &Body) -> f64 {
        let text = label_widths(&body.label).into_iter().fold(0.0, f64::max).min(self.text);
        let width = text + 2.0 * (PADDING + port_width(body));
        (2.0 * (width / 2.0).ceil()).max(SQUARE)
    }

    /// Width of a box in its column; only what has angles is made as broad as its neighbours.
    pub fn stretched(&self, body: &Body, column: usize) -> f64 {
        let (own, broadest) = (self.box_width(body), self.columns[column].boxes);
        let stretch = !body.label.detail.is_empty() && broadest <= own + STRETCH;
        if stretch { broadest } else { own }
    }

    /// Widens frames to the length of their headings; the room that each column's heading needs.
    fn make_room_for_headings(&mut self) -> Vec<f64> {
        let mut edges: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.layout.frames.len()];
        let mut rooms = vec![0.0; self.columns.len()];
        for (k, elements) in self.layout.columns.iter().enumerate() {
            for element in elements {
                let (frame, room) = match element {
                    Element::Open { frame, label, .. } | Element::Else { frame, label } => {
                        let text = font().width(label, HEAD).min(self.text);
                        rooms[k] = text + 14.0;
                        (frame, text + 14.0)
                    }
                    Element::Close { frame, .. } => (frame, 0.0),
                    _ => continue,
                };
                edges[*frame].push((k, room));
            }
        }
        // Inner frames first: their growth is room for the outer ones.
        for edges in edges.iter().rev() {
            for pair in edges.windows(2) {
                let ((from, room), (to, _)) = (pair[0], pair[1]);
                let between: f64 = (from..to)
                    .map(|k| self.columns[k].right + self.columns[k].gap + self.columns[k + 1].left)
                    .sum();
                let missing = ((room - between) / 2.0).ceil().max(0.0);
                self.columns[from].right += missing;
                self.columns[from].grown[1] += missing;
                self.columns[to].left += missing;
                self.columns[to].grown[0] += missing;
            }
        }
        rooms
    }

    fn fold(&mut self, start: f64, limits: [f64; 2], heads: &[f64]) {
        let sized = self.layout.rows.iter().any(|r| r.bits.is_some_and(|n| n != 1));
        let first_lead = if sized { 26.0 } else { 14.0 };
        let ranges = self.ranges([start + first_lead, start + STUB + 8.0], limits, heads);
        let count = ranges.len();
        for (k, columns) in ranges.into_iter().enumerate() {
            let lead = if k > 0 { STUB + 8.0 } else { first_lead };
            let mut x = start + lead;
            let mut axes = Vec::with_capacity(columns.len());
            let mut end = x;
            for column in &self.columns[columns.clone()] {
                axes.push((x + column.left).round());
                end = x + column.width();
                x = end + column.gap;
            }
            let end = (end + if k + 1 < count { STUB + 4.0 } else { 14.0 }).ceil();
            if k > 0 {
                self.height += FOLD_GAP;
            }
            let frames = self.frames_in(&columns);
            let rows = self.rows(&frames);
            self.width = self.width.max(end + MARGIN);
            self.folds.push(Fold { columns, axes, rows, wires: [start, end], frames });
        }
        self.height += MARGIN;
    }

    /// The columns of each line, from where its first column begins. A frame's edges stay with
    /// what is beside them inside where the line is long enough for that.
    fn ranges(
        &self,
        [first, later]: [f64; 2],
        [limit, last_limit]: [f64; 2],
        heads: &[f64],
    ) -> Vec<Range<usize>> {
        let has = |k: usize, edge: fn(&Element) -> bool| self.layout.columns[k].iter().any(edge);
        let count = self.columns.len();
        let glued = |k: usize| {
            k + 1 < count
                && (has(k, |e| matches!(e, Element::Open { .. } | Element::Else { .. }))
                    || has(k + 1, |e| matches!(e, Element::Close { .. } | Element::Else { .. })))
        };
        // Where a column ends, its heading included, if it begins at `x`.
        let end = |x: f64, k: usize| {
            x + self.columns[k].width().max(self.columns[k].left + heads[k]) + STUB + 5.0 + MARGIN
        };
        let step = |k: usize| self.columns[k].width() + self.columns[k].gap;
        let whole: f64 = (0..count).map(step).sum();
        let mut ranges = Vec::new();
        let (mut begin, mut x, mut k) = (0, first, 0);
        // Lengths of the columns that are on lines already, and of all.
        let mut done = 0.0;
        while k < count {
            let mut last = k;
            while glued(last) {
                last += 1;
            }
            let (mut ahead, mut fits) = (x, true);
            for j in k..=last {
                fits &= end(ahead, j) <= limit;
                ahead += step(j);
            }
            let start = if begin == 0 { first } else { later };
            if !fits && start + whole - done + 14.0 + MARGIN <= last_limit {
                break;
            }
            if !fits && k > begin {
                ranges.push(begin..k);
                done += x - start;
                (begin, x) = (k, later);
                continue;
            }
            // Columns that belong together and are longer than a line.
            for j in k..=last {
                if j > begin && end(x, j) > limit {
                    ranges.push(begin..j);
                    done += x - if begin == 0 { first } else { later };
                    (begin, x) = (j, later);
                }
                x += step(j);
            }
            k = last + 1;
        }
        ranges.push(begin..count);
        ranges
    }

    fn frames_in(&self, columns: &Range<usize>) -> Vec<usize> {
        let frames = self.layout.frames.iter().enumerate();
        frames
            .filter(|(_, f)| f.open < columns.end && f.close >= columns.start)
            .map(|(k, _)| k)
            .collect()
    }

    /// The rows of the next fold, with room for the frames above and below them.
    fn rows(&mut self, frames: &[usize]) -> Vec<f64> {
        let count = self.layout.rows.len();
        let (mut above, mut below) = (vec![0.0; count], vec![0.0; count]);
        for &k in frames {
            let (frame, [top, bottom]) = (self.layout.frames[k], self.ranks[k]);
            let higher: f64 = top as f64 * HEADING + 3.0;
            above[frame.first] = higher.max(above[frame.first]);
            let lower: f64 = (bottom as f64 - 1.0) * FRAME_STEP + 3.0;
            below[frame.last] = lower.max(below[frame.last]);
        }
        let mut rows = Vec::with_capacity(count);
        for r in 0..count {
            let half = if self.is_classical(r) { CLASSICAL_PITCH } else { QUBIT_PITCH } / 2.0;
            self.height += above[r] + half;
            rows.push(self.height);
            self.height += half + below[r];
        }
        rows
    }

    /// How many frames begin (end) at the first (last) row of a frame in it, itself included.
    pub fn rank(&self, frame: usize) -> [usize; 2] {
        self.ranks[frame]
    }

    fn is_classical(&self, row: usize) -> bool {
        self.layout.rows[row].bits.is_some()
    }

    /// Half the height of a box that ends at a row.
    pub fn half(&self, row: usize) -> f64 {
        if self.is_classical(row) { CLASSICAL_HALF } else { QUBIT_HALF }
    }

    /// Upper and lower edge of a frame.
    pub fn frame_edges(&self, k: usize, fold: &Fold) -> [f64; 2] {
        let (Frame { first, last, .. }, [top, bottom]) = (self.layout.frames[k], self.ranks[k]);
        let upper = fold.rows[first] - self.half(first) - FRAME_PAD - top as f64 * HEADING;
        let step = (bottom - 1) as f64 * FRAME_STEP;
        [upper, fold.rows[last] + self.half(last) + FRAME_PAD + step]
    }
}

/// Whether the boxes of two columns of measurements may overlap sideways: each then stands beside
/// the lines of the others.
fn is_stair(a: &[Element], b: &[Element]) -> bool {
    let low = |e: &Element| match e {
        Element::Measure { qubit, bit, .. } => {
            let narrow = bit.as_ref().is_none_or(|b| font().width(b, DETAIL) < STAIR - 3.0);
            narrow.then_some(*qubit)
        }
        _ => None,
    };
    let rows = |elements: &[Element]| elements.iter().map(low).collect::<Option<Vec<usize>>>();
    match (rows(a), rows(b)) {
        (Some(a), Some(b)) => !a.iter().any(|row| b.contains(row)),
        _ => false,
    }
}

/// For each frame how many begin, and how many end, at its row in it. Frames come before those
/// inside them.
fn ranks(frames: &[Frame]) -> Vec<[usize; 2]> {
    let mut ranks = vec![[1, 1]; frames.len()];
    let mut parents = vec![None; frames.len()];
    let mut open: Vec<usize> = Vec::new();
    for (k, frame) in frames.iter().enumerate() {
        let holds = |outer: &Frame| {
            outer.open < frame.open
                && frame.close < outer.close
                && outer.first <= frame.first
                && frame.last <= outer.last
        };
        while open.last().is_some_and(|&outer| !holds(&frames[outer])) {
            open.pop();
        }
        parents[k] = open.last().copied();
        open.push(k);
    }
    for (k, frame) in frames.iter().enumerate().rev() {
        let Some(parent) = parents[k] else { continue };
        let outer = frames[parent];
        let [top, bottom] = ranks[k];
        if outer.first == frame.first {
            ranks[parent][0] = ranks[parent][0].max(top + 1);
        }
        if outer.last == frame.last {
            ranks[parent][1] = ranks[parent][1].max(bottom + 1);
        }
    }
    ranks
}
