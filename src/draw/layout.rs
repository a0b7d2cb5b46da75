//! A circuit as columns of placed elements, before any thought of characters or pixels.
//!
//! Rows are wires: the qubits from the top, then one row a classical register. A *track* is a row
//! (track 2r + 1) or a gap between rows (track 2r above row r). Elements go as far left as the
//! wires they touch allow. Two share a column only where their tracks, connecting lines included,
//! do not overlap; the edges of boxes may meet in a gap.

use super::place::Builder;
use crate::circuit::{Circuit, Registers};

/// A drawing without a medium.
pub(super) struct Layout {
    pub rows: Vec<Row>,
    pub columns: Vec<Vec<Element>>,
    pub frames: Vec<Frame>,
    /// Gates on no qubit at all.
    pub global: Option<String>,
    /// Operations left out, those inside control structures counted one by one.
    pub omitted: usize,
}

/// A wire.
pub(super) struct Row {
    pub name: String,
    /// The name again in parts: register, and index in it if it has more than one qubit.
    pub register: String,
    pub index: Option<usize>,
    /// Number of bits of a classical register; `None` for a qubit.
    pub bits: Option<usize>,
    /// Whether the bits are temporaries, not part of outcomes.
    pub scratch: bool,
}

/// One thing in a column.
pub(super) enum Element {
    Gate(Box<Shape>),
    Measure {
        qubit: usize,
        register: usize,
        /// Index in the register, if it has more than one bit.
        bit: Option<String>,
    },
    Reset(usize),
    Barrier(Vec<usize>),
    /// Left edge of a frame, with the classical rows below it that the condition reads.
    Open {
        frame: usize,
        label: String,
        reads: Vec<usize>,
    },
    /// Between the two branches of a frame.
    Else {
        frame: usize,
        label: String,
    },
    /// Right edge of a frame; `cut` if not all of its content is drawn.
    Close {
        frame: usize,
        cut: bool,
    },
}

/// Marks and at most one box on a common vertical line.
#[derive(Default)]
pub(super) struct Shape {
    pub marks: Vec<(usize, Mark)>,
    pub body: Option<Body>,
    /// Beside the line, in the gap under the topmost mark.
    pub tag: Option<Label>,
    /// Classical rows outside the body that it reads.
    pub reads: Vec<usize>,
    pub kind: Kind,
}

/// What an element is, for its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Pauli,
    Clifford,
    Phase,
    Rotation,
    /// A gate of the user's: matrix, block, oracle.
    #[default]
    Own,
    /// A measurement or reset.
    Readout,
    Delay,
    /// A noise channel, whose box is dashed.
    Noise,
    Classical,
}

/// What is written in a box or beside a line, in parts that a medium may set apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Label {
    /// All of it in one line of text.
    pub plain: String,
    pub name: String,
    pub sub: String,
    pub sup: String,
    /// Angles, a duration.
    pub detail: String,
}

impl Label {
    /// Just one text.
    pub fn new(text: impl Into<String>) -> Self {
        let name = text.into();
        Label { plain: name.clone(), name, ..Label::default() }
    }
}

/// A point on a wire.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Filled,
    Open,
    Not,
    Swap,
}

/// A box over rows `first..=last`.
pub(super) struct Body {
    pub first: usize,
    pub last: usize,
    /// The rows that it acts on, each with what distinguishes it; wires of other rows pass.
    pub ports: Vec<(usize, String)>,
    pub label: Label,
}

/// A region of a branch or loop.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub first: usize,
    pub last: usize,
    pub open: usize,
    pub close: usize,
}

impl Element {
    /// About how broad it is, in letters.
    pub fn breadth(&self) -> usize {
        let letters = |text: &str| text.chars().count();
        match self {
            Element::Gate(shape) => match (&shape.body, &shape.tag) {
                (Some(body), _) => letters(&body.label.plain) + 4,
                (None, Some(tag)) => letters(&tag.plain) + 1,
                (None, None) => 1,
            },
            Element::Measure { .. } | Element::Reset(_) => 3,
            _ => 1,
        }
    }
}

impl Shape {
    /// First and last row with a mark, a box or a read.
    pub fn span(&self) -> (usize, usize) {
        let body = self.body.iter().flat_map(|b| [b.first, b.last]);
        let marks = self.marks.iter().map(|m| m.0);
        bounds(body.chain(marks).chain(self.reads.iter().copied())).unwrap_or((0, 0))
    }
}

/// Smallest and largest.
pub(super) fn bounds(rows: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
    rows.fold(None, |found, r| match found {
        None => Some((r, r)),
        Some((low, high)) => Some((low.min(r), high.max(r))),
    })
}

impl Layout {
    /// Lays out as much of the circuit as goes into `max_columns`.
    pub fn new(circuit: &Circuit, max_columns: usize) -> Self {
        let qubits = (0..circuit.num_qubits()).map(|q| qubit_row(circuit.qubits(), q));
        let clbits = circuit.clbits().iter().map(|r| Row {
            name: r.name.clone(),
            register: r.name.clone(),
            index: None,
            bits: Some(r.size),
            scratch: r.scratch,
        });
        let rows: Vec<Row> = qubits.chain(clbits).collect();
        let mut builder = Builder::new(circuit, rows.len(), max_columns);
        let omitted = builder.place_all(circuit.ops());
        let global = builder.global(circuit.ops());
        let columns = builder.packer.columns;
        Layout { rows, columns, frames: builder.frames, global, omitted }
    }
}

fn qubit_row(qubits: &Registers, qubit: usize) -> Row {
    let name = qubits.label(qubit);
    let (register, index) = match qubits.locate(qubit) {
        Some((register, k)) => (register.name.clone(), (register.size > 1).then_some(k)),
        None => (name.clone(), None),
    };
    Row { name, register, index, bits: None, scratch: false }
}
