//! A layout as a LaTeX document for the package quantikz (Kay 2018, arXiv:1809.03842), in the
//! syntax of its version 0.9.6, which every TeX distribution has as `quantikz.sty`.

use super::font::font;
use super::page::{Fold, Page};
use super::tex;
use crate::draw::label as words;
use crate::draw::layout::{Body, Element, Kind, Label, Layout, Mark, Shape};
use std::fmt::Write;

/// Points of a frame's heading, and of the type of tags.
const HEADING: usize = 10;
const TAG_SIZE: f64 = 7.5;

const HEAD: &str = r"% Made by ketlab. If TeX runs out of memory: lualatex takes as much as it needs.
\documentclass[border=4pt,varwidth=\maxdimen]{standalone}
\usepackage{amsmath}
\usepackage{quantikz}
\tikzset{
  ketlab line/.style={draw=none,fill=none,inner xsep=0pt,minimum size=0pt,
    path picture={\draw[gray,thick,dashed] (path picture bounding box.north)
      -- (path picture bounding box.south);}},
  ketlab through/.style={draw=none,fill=none,inner sep=0pt,minimum size=0pt,
    path picture={\draw[thick] (path picture bounding box.west)
      -- (path picture bounding box.east);}},
  ketlab dot/.style={draw=none,fill=none,inner sep=4pt,minimum size=0pt,
    path picture={\fill (path picture bounding box.center) circle (2pt);}},
  ketlab ring/.style={draw=none,fill=none,inner sep=4pt,minimum size=0pt,
    path picture={\draw[thick,fill=white] (path picture bounding box.center) circle (2pt);}},
  ketlab frame/.style={draw=gray,thin,rounded corners=2pt,inner xsep=0pt},
  ketlab heading/.style={label position=north west,anchor=south west,inner sep=1.5pt,
    font=\scriptsize},
  ketlab note/.style={font=\scriptsize,inner sep=0pt},
  ketlab tag/.style={font=\scriptsize,inner sep=1pt,anchor=south west},
}
\begin{document}
";

/// One environment a fold.
pub(super) fn write(layout: &Layout, limits: [f64; 2]) -> String {
    let mut out = HEAD.to_string();
    let mut paragraph = |text: &str| {
        out.push_str(text);
        out.push_str("\n\n\\medskip\n");
    };
    if let Some(global) = &layout.global {
        paragraph(&format!(r"\noindent {}", tex::text(global)));
    }
    if layout.rows.is_empty() {
        if layout.global.is_none() {
            paragraph(r"\noindent (no qubits)");
        }
    } else {
        let page = Page::new(layout, limits, 0.0);
        for (k, fold) in page.folds.iter().enumerate() {
            paragraph(&Grid::new(layout, &page, fold, k > 0).environment());
        }
    }
    match layout.omitted {
        0 => {}
        1 => paragraph(r"\noindent \dots{} 1 more operation"),
        n => paragraph(&format!(r"\noindent \dots{{}} {} more operations", words::count(n))),
    }
    out.push_str("\\end{document}\n");
    out
}

/// The cells of one environment: names, one column a column, the ends of the wires.
struct Grid<'a> {
    layout: &'a Layout,
    page: &'a Page<'a>,
    fold: &'a Fold,
    cells: Vec<Vec<String>>,
    /// Room to the right of the columns, for tags.
    room: Vec<f64>,
}

impl<'a> Grid<'a> {
    fn new(layout: &'a Layout, page: &'a Page<'a>, fold: &'a Fold, continued: bool) -> Self {
        let columns = fold.columns.len() + 2;
        let wire = |classical: bool| if classical { r"\cw" } else { r"\qw" }.to_string();
        let cells = layout.rows.iter().map(|row| {
            let mut cells = vec![wire(row.bits.is_some()); columns];
            let name = tex::name(&row.register);
            let name = row.index.map_or(name.clone(), |k| tex::indexed(&name, &k.to_string()));
            let size = match row.bits {
                Some(bits) if bits != 1 && !continued => format!(r"\,{{\scriptstyle/{bits}}}"),
                _ => String::new(),
            };
            cells[0] = format!(r"\lstick{{${name}{size}$}}");
            cells
        });
        let cells = cells.collect();
        let mut grid = Grid { layout, page, fold, cells, room: vec![0.0; columns] };
        for column in fold.columns.clone() {
            let x = column - fold.columns.start + 1;
            let [left, right] = page.grown(column);
            grid.room[x - 1] += left;
            grid.room[x] += right;
            for element in &layout.columns[column] {
                grid.element(element, x);
            }
        }
        for &k in &fold.frames {
            grid.frame(k);
        }
        grid
    }

    fn environment(&self) -> String {
        let mut out = String::from(
            "\\noindent\\begin{quantikz}[row sep={0.8cm,between origins},column sep=0.3cm]\n",
        );
        for (r, row) in self.cells.iter().enumerate() {
            for (k, cell) in row.iter().enumerate() {
                match k.checked_sub(1).map(|before| self.room[before]) {
                    None => {}
                    Some(room) if r == 0 && room > 0.0 => {
                        let _ = write!(out, " &[{room:.0}pt] ");
                    }
                    Some(_) => out.push_str(" & "),
                }
                out.push_str(cell);
            }
            match self.heading_room(r + 1) {
                _ if r + 1 == self.cells.len() => {}
                0 => out.push_str(" \\\\"),
                room => {
                    let _ = write!(out, " \\\\[{room}pt]");
                }
            }
            out.push('\n');
        }
        out.push_str("\\end{quantikz}");
        out
    }

    /// Points above a row for the headings of the frames that begin there.
    fn heading_room(&self, row: usize) -> usize {
        let begin = |&&k: &&usize| self.layout.frames[k].first == row;
        let ranks = self.fold.frames.iter().filter(begin).map(|&k| self.page.rank(k)[0]);
        ranks.max().map_or(0, |rank| HEADING * rank)
    }

    fn is_classical(&self, row: usize) -> bool {
        self.layout.rows[row].bits.is_some()
    }

    fn set(&mut self, row: usize, column: usize, cell: impl Into<String>) {
        self.cells[row][column] = cell.into();
    }

    fn add(&mut self, row: usize, column: usize, more: &str) {
        self.cells[row][column].push_str(more);
    }

    fn element(&mut self, element: &Element, x: usize) {
        match element {
            Element::Gate(shape) => self.shape(shape, x),
            Element::Measure { qubit, register, bit } => {
                self.set(*qubit, x, format!(r"\meter{{}}\vcw{{{}}}", register - qubit));
                if let Some(bit) = bit {
                    let label = format!(r"|[label={{[ketlab note,below=4pt]{bit}}}]| \cw");
                    self.set(*register, x, label);
                }
            }
            Element::Reset(row) => self.set(*row, x, r"\gate{\ket{0}}"),
            Element::Barrier(rows) => {
                for run in rows.chunk_by(|above, below| *below == above + 1) {
                    let (first, last) = (run[0], run[run.len() - 1]);
                    self.line([first, last], x, "ketlab line,inner ysep=1pt", "");
                }
            }
            Element::Open { frame, reads, .. } => {
                let last = self.layout.frames[*frame].last;
                if let Some(&deepest) = reads.last() {
                    let shorten = format!(",shorten <={}pt", 9 + self.frame_pads(*frame)[1]);
                    self.classical_link(last, deepest, x, &shorten);
                }
                reads.iter().for_each(|&row| self.dot(row, x));
            }
            Element::Else { frame, label } => {
                let (k, frame) = (*frame, self.layout.frames[*frame]);
                let style = self.frame_style("ketlab line", k);
                self.line([frame.first, frame.last], x, &style, &tex::text(label));
            }
            Element::Close { frame, cut } => {
                if *cut {
                    let first = self.layout.frames[*frame].first;
                    let wire = std::mem::take(&mut self.cells[first][x]);
                    let note = r"|[label={[ketlab note]above:{\dots}}]| ";
                    self.set(first, x, format!("{note}{wire}"));
                }
            }
        }
    }

    /// A broken line down through whole rows, with a heading.
    fn line(&mut self, [first, last]: [usize; 2], x: usize, style: &str, heading: &str) {
        let wires = last - first + 1;
        self.group(first, x, [wires, 1], style, heading);
    }

    /// Something round whole cells, drawn over all else.
    fn group(
        &mut self,
        row: usize,
        x: usize,
        [wires, steps]: [usize; 2],
        style: &str,
        heading: &str,
    ) {
        let group = format!(
            r"\gategroup[wires={wires},steps={steps},style={{{style}}},label style={{ketlab heading}}]{{{heading}}}"
        );
        self.add(row, x, &group);
    }

    /// Points from a frame's rows up to its upper edge and down to its lower one.
    fn frame_pads(&self, frame: usize) -> [usize; 2] {
        let [top, bottom] = self.page.rank(frame);
        [2 + HEADING * (top - 1), 2 + 2 * (bottom - 1)]
    }

    /// TikZ pads both sides alike; the rest is a shift.
    fn frame_style(&self, style: &str, frame: usize) -> String {
        let [top, bottom] = self.frame_pads(frame).map(|pad| pad as f64);
        let (pad, shift) = ((top + bottom) / 2.0, (top - bottom) / 2.0);
        format!("{style},inner ysep={pad}pt,yshift={shift}pt")
    }

    /// A double line down, from row to row.
    fn classical_link(&mut self, from: usize, to: usize, x: usize, options: &str) {
        let (a, b) = (format!("{}-{}", from + 1, x + 1), format!("{}-{}", to + 1, x + 1));
        let mut arrows = String::new();
        for side in ["", "-"] {
            let _ =
                write!(arrows, r"\arrow[from={a},to={b},arrows,xshift={side}0.05cm{options}]{{}}");
        }
        self.add(from, x, &arrows);
    }

    /// Where a classical wire is read.
    fn dot(&mut self, row: usize, x: usize) {
        let rest = self.cells[row][x].trim_start_matches(r"\cw").to_string();
        self.set(row, x, format!(r"|[phase]| {{}} \cw{rest}"));
    }

    /// A frame that goes on over the end of a line reaches to the end of the wires.
    fn frame(&mut self, k: usize) {
        let frame = self.layout.frames[k];
        let columns = &self.fold.columns;
        let opens = frame.open >= columns.start;
        let from = if opens { frame.open - columns.start + 1 } else { 0 };
        let end = columns.len() + 1;
        let to = if frame.close < columns.end { frame.close - columns.start + 1 } else { end };
        let label = self.layout.columns[frame.open].iter().find_map(|e| match e {
            Element::Open { frame, label, .. } if *frame == k => Some(label.as_str()),
            _ => None,
        });
        let heading = match label {
            Some(label) if opens => tex::text(label),
            _ => r"\dots".into(),
        };
        let style = self.frame_style("ketlab frame", k);
        let size = [frame.last - frame.first + 1, to - from + 1];
        self.group(frame.first, from, size, &style, &heading);
    }

    fn shape(&mut self, shape: &Shape, x: usize) {
        if let Some(body) = &shape.body {
            self.body(body, shape, x);
        }
        let inside =
            |row: usize| shape.body.as_ref().is_some_and(|b| (b.first..=b.last).contains(&row));
        let mut marks = shape.marks.clone();
        marks.sort_unstable_by_key(|m| m.0);
        let first = marks.first().map(|m| m.0);
        for (k, &(row, mark)) in marks.iter().enumerate() {
            if inside(row) {
                let style = if mark == Mark::Open { "ketlab ring" } else { "ketlab dot" };
                self.group(row, x, [1, 1], style, "");
                continue;
            }
            let next = marks.get(k + 1).map(|m| m.0);
            let link = match &shape.body {
                Some(body) if row < body.first => {
                    Some(next.map_or(body.first, |n| n.min(body.first)))
                }
                // From below up to the box, or to the mark above.
                Some(body) => {
                    let above = marks[..k].last().map_or(body.last, |m| m.0.max(body.last));
                    Some(above)
                }
                None => next,
            };
            let tag = shape.tag.as_ref().filter(|_| Some(row) == first);
            if let Some(tag) = tag {
                self.room[x] = self.room[x].max(font().width(&tag.plain, TAG_SIZE) - 8.0);
            }
            self.set(row, x, mark_cell(mark, link.map(|to| to as i64 - row as i64), tag));
        }
        if let (Some(body), Some(&deepest)) = (&shape.body, shape.reads.last()) {
            if deepest > body.last {
                self.classical_link(body.last, deepest, x, "");
            }
            if shape.reads[0] < body.first {
                self.classical_link(shape.reads[0], body.first, x, "");
            }
            shape.reads.iter().for_each(|&row| self.dot(row, x));
        }
    }

    fn body(&mut self, body: &Body, shape: &Shape, x: usize) {
        let rows = body.last - body.first + 1;
        let port = |row: usize| body.ports.iter().find(|p| p.0 == row);
        let mut options = Vec::new();
        if rows > 1 {
            options.push(format!("wires={rows}"));
        }
        let classical: Vec<String> = (body.first..=body.last)
            .filter(|&row| self.is_classical(row))
            .map(|row| (row - body.first + 1).to_string())
            .collect();
        if !classical.is_empty() {
            options.push(format!("cwires={{{}}}", classical.join(",")));
        }
        // In the middle, unless a wire passes there: then in the gap above it.
        if rows % 2 == 1 && port(body.first + rows / 2).is_none() {
            options.push("label style={yshift=0.4cm}".into());
        }
        if shape.kind == Kind::Noise {
            options.push("style={dashed}".into());
        }
        let mut label = match shape.kind {
            Kind::Classical | Kind::Delay | Kind::Noise => {
                format!(r"\text{{{}}}", tex::text(&body.label.plain))
            }
            _ => tex::label(&body.label),
        };
        let named = body.ports.iter().any(|p| !p.1.is_empty());
        if named {
            label = format!(r"\;\;{label}\;\;");
        }
        for row in body.first..=body.last {
            let mut cell = match row == body.first {
                true if options.is_empty() => format!(r"\gate{{{label}}}"),
                true => format!(r"\gate[{}]{{{label}}}", options.join(",")),
                false => String::new(),
            };
            if let Some((_, name)) = port(row).filter(|p| !p.1.is_empty()) {
                let _ = write!(cell, r"\gateinput{{${name}$}}");
            }
            self.set(row, x, cell);
            if port(row).is_none() {
                self.group(row, x, [1, 1], "ketlab through", "");
            }
        }
    }
}

/// A mark, with its line to the next one, this many rows away.
fn mark_cell(mark: Mark, link: Option<i64>, tag: Option<&Label>) -> String {
    let line = link.map_or(String::new(), |n| format!(r"\vqw{{{n}}}"));
    match (mark, link, tag) {
        (Mark::Filled | Mark::Open, _, Some(tag)) => {
            let control = if mark == Mark::Open { r"\ocontrol" } else { r"\control" };
            let tag = tex::label(tag);
            format!(r"{control}[label={{[ketlab tag]45:{{{tag}}}}}]{{}}{line}")
        }
        (Mark::Filled, Some(n), None) => format!(r"\ctrl{{{n}}}"),
        (Mark::Open, Some(n), None) => format!(r"\octrl{{{n}}}"),
        (Mark::Filled, None, None) => r"\control{}".into(),
        (Mark::Open, None, None) => r"\ocontrol{}".into(),
        (Mark::Not, ..) => format!(r"\targ{{}}{line}"),
        (Mark::Swap, Some(n), _) => format!(r"\swap{{{n}}}"),
        (Mark::Swap, None, _) => r"\targX{}".into(),
    }
}
