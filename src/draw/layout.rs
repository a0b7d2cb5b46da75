//! A circuit as columns of placed elements, before any thought of characters or pixels.
//!
//! Rows are wires: the qubits from the top, then one row a classical register. A *track* is a row
//! (track 2r + 1) or a gap between rows (track 2r above row r). Elements go as far left as the
//! wires they touch allow. Two share a column only where their tracks, connecting lines included,
//! do not overlap; the edges of boxes may meet in a gap.

use super::label;
use super::pack::{Packer, Tracks};
use crate::circuit::{Circuit, Expr, Op};
use crate::gate::{Angle, Form, Gate, GateOp};
use crate::pauli::Pauli;

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
    /// Number of bits of a classical register; `None` for a qubit.
    pub bits: Option<usize>,
}

/// One thing in a column.
pub(super) enum Element {
    Gate(Shape),
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
    pub tag: Option<String>,
    /// Classical rows outside the body that it reads.
    pub reads: Vec<usize>,
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
    pub label: String,
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
            Element::Gate(Shape { body: Some(body), .. }) => letters(&body.label) + 4,
            Element::Gate(Shape { tag: Some(tag), .. }) => letters(tag) + 1,
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

fn bounds(rows: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
    rows.fold(None, |found, r| match found {
        None => Some((r, r)),
        Some((low, high)) => Some((low.min(r), high.max(r))),
    })
}

impl Layout {
    /// Lays out as much of the circuit as goes into `max_columns`.
    pub fn new(circuit: &Circuit, max_columns: usize) -> Self {
        let qubits =
            (0..circuit.num_qubits()).map(|q| Row { name: circuit.qubits().label(q), bits: None });
        let clbits =
            circuit.clbits().iter().map(|r| Row { name: r.name.clone(), bits: Some(r.size) });
        let rows: Vec<Row> = qubits.chain(clbits).collect();
        let mut builder = Builder {
            circuit,
            registers: circuit.clbits().iter().map(|r| (r.start, r.size)).collect(),
            frames: Vec::new(),
            packer: Packer::new(rows.len(), max_columns),
        };
        let omitted = builder.place_all(circuit.ops());
        let global = builder.global(circuit.ops());
        let columns = builder.packer.columns;
        Layout { rows, columns, frames: builder.frames, global, omitted }
    }
}

/// Makes the elements of the operations and has them placed.
struct Builder<'a> {
    circuit: &'a Circuit,
    /// First bit and number of bits of each classical register.
    registers: Vec<(usize, usize)>,
    frames: Vec<Frame>,
    packer: Packer,
}

impl Builder<'_> {
    /// Places operations in order until the drawing is full; how many did not go in.
    fn place_all(&mut self, ops: &[Op]) -> usize {
        let mut omitted = 0;
        for op in ops {
            if self.packer.full {
                omitted += size(op);
                continue;
            }
            omitted += match op {
                Op::If(i) => self.place_frame("if", &i.condition, op, &[&i.then, &i.otherwise]),
                Op::While(w) => self.place_frame("while", &w.condition, op, &[&w.body]),
                _ => self.place_op(op),
            };
        }
        omitted
    }

    fn place_op(&mut self, op: &Op) -> usize {
        let placed = match op {
            Op::Gate(g) => self.gate(g).is_none_or(|shape| self.place_shape(shape)),
            Op::Measure { qubit, clbit } => {
                let (qubit, register) = (*qubit as usize, self.register_row(*clbit));
                let (start, bits) = self.registers[register - self.circuit.num_qubits()];
                let bit = (bits > 1).then(|| (*clbit as usize - start).to_string());
                let own = 2 * qubit + 1..=2 * register + 1 + usize::from(bit.is_some());
                let tracks = Tracks { own, edges: [Some(2 * qubit), None] };
                let element = Element::Measure { qubit, register, bit };
                self.packer.place(element, &[qubit, register], &tracks, 0)
            }
            Op::Reset(q) => {
                let row = *q as usize;
                let own = 2 * row + 1..=2 * row + 1;
                self.packer.place(Element::Reset(row), &[row], &Tracks { own, edges: [None; 2] }, 0)
            }
            Op::Barrier(qubits) => {
                let mut rows: Vec<usize> = qubits.iter().map(|&q| q as usize).collect();
                rows.sort_unstable();
                let [first, .., last] = match rows[..] {
                    [] => return 0,
                    [only] => [only, only],
                    [first, .., last] => [first, last],
                };
                let tracks = Tracks { own: 2 * first + 1..=2 * last + 1, edges: [None; 2] };
                self.packer.place(Element::Barrier(rows.clone()), &rows, &tracks, 0)
            }
            Op::Delay { qubits, duration } => qubits.iter().all(|&q| {
                let row = q as usize;
                let label = label::delay(duration);
                let body = Body { first: row, last: row, ports: vec![(row, "".into())], label };
                self.place_shape(Shape { body: Some(body), ..Shape::default() })
            }),
            Op::Assign(a) => {
                let registers = self.circuit.clbits();
                let mut written: Vec<usize> =
                    a.clbits.iter().flat_map(|&c| self.register_rows(c, 1)).collect();
                written.sort_unstable();
                written.dedup();
                let Some((first, last)) = bounds(written.iter().copied()) else { return 0 };
                let mut reads = self.reads(&a.value);
                reads.retain(|r| !(first..=last).contains(r));
                let body = Body {
                    first,
                    last,
                    ports: written.into_iter().map(|r| (r, String::new())).collect(),
                    label: format!(
                        "{} = {}",
                        label::assigned(&a.clbits, registers),
                        label::expr(&a.value, registers)
                    ),
                };
                self.place_shape(Shape { body: Some(body), reads, ..Shape::default() })
            }
            Op::If(_) | Op::While(_) => true,
        };
        if placed { 0 } else { size(op) }
    }

    /// A frame round the branches; how many operations did not go in.
    fn place_frame(
        &mut self,
        keyword: &str,
        condition: &Expr,
        op: &Op,
        bodies: &[&Vec<Op>],
    ) -> usize {
        let reads = self.reads(condition);
        let mut touched = reads.clone();
        self.touched(op, &mut touched);
        touched.sort_unstable();
        touched.dedup();
        let mut inside = Vec::new();
        self.framed(op, &mut inside);
        if inside.is_empty() && !self.packer.level.is_empty() {
            inside.push(0);
        }
        let Some((first, last)) = bounds(inside.into_iter()) else { return 0 };
        let nq = self.circuit.num_qubits();
        // A frame on classical wires alone holds all that is read inside.
        let first =
            if first >= nq { touched.iter().copied().fold(first, usize::min) } else { first };
        let below: Vec<usize> = reads.into_iter().filter(|&r| r > last).collect();
        touched.extend(first..=last);

        let tracks = |bottom: usize| Tracks { own: 2 * first..=bottom, edges: [None; 2] };
        let bottom = 2 * last + 2;
        let reach = below.iter().map(|&r| 2 * r + 1).fold(bottom, usize::max);
        // Nothing drawn before may stand inside the frame.
        let start = self.packer.end(2 * first..=bottom);
        let frame = self.frames.len();
        let header = self.header(keyword, Some(condition), bodies[0]);
        let open = Element::Open { frame, label: header, reads: below };
        if !self.packer.place(open, &touched, &tracks(reach), start) {
            return size(op);
        }
        let open = self.packer.level[first] - 1;
        self.frames.push(Frame { first, last, open, close: open });
        let mut omitted = 0;
        for (k, body) in bodies.iter().enumerate() {
            if k > 0 && !body.is_empty() {
                let label = self.header("else", None, body);
                let start = self.packer.end(2 * first..=bottom);
                if !self.packer.place(
                    Element::Else { frame, label },
                    &touched,
                    &tracks(bottom),
                    start,
                ) {
                    omitted += body.iter().map(size).sum::<usize>();
                    continue;
                }
            }
            omitted += self.place_all(body);
        }
        let start = self.packer.end(2 * first..=bottom);
        let limit = std::mem::replace(&mut self.packer.max_columns, usize::MAX);
        let close = Element::Close { frame, cut: omitted > 0 };
        self.packer.place(close, &touched, &tracks(bottom), start);
        self.packer.max_columns = limit;
        let close = self.packer.level[first] - 1;
        self.frames[frame].close = close;
        self.packer.block(open..=close, 2 * first..=bottom);
        omitted
    }

    /// `if c==1`, with the global phase of the branch, which has no other place.
    fn header(&self, keyword: &str, condition: Option<&Expr>, body: &[Op]) -> String {
        let mut text = keyword.to_string();
        if let Some(condition) = condition {
            text.push(' ');
            text.push_str(&label::expr(condition, self.circuit.clbits()));
        }
        if let Some(global) = self.global(body) {
            text.push_str(", ");
            text.push_str(&global);
        }
        text
    }

    /// What gates on no qubit do together.
    fn global(&self, ops: &[Op]) -> Option<String> {
        let mut phase: Option<Angle> = None;
        let mut names = Vec::new();
        for op in ops {
            let Op::Gate(g) = op else { continue };
            if g.qubits().next().is_some() {
                continue;
            }
            let part = match &g.gate {
                Gate::Std(row, angles) => match &row.spec().form {
                    Form::Phase(map) => map
                        .coefficients
                        .iter()
                        .zip(angles)
                        .fold(Angle::Fixed(map.offset), |sum, (&c, a)| sum + a.clone() * c),
                    _ => continue,
                },
                Gate::PauliRotation(_, theta) => theta.clone() * -0.5,
                Gate::Unitary(u) => Angle::Fixed(u.matrix[(0, 0)].arg()),
                Gate::Diagonal(d) => Angle::Fixed(d.entries[0].arg()),
                Gate::Permutation(_) => continue,
                Gate::Block(_) => {
                    names.push(label::gate(&g.gate, self.circuit.params()));
                    continue;
                }
            };
            phase = Some(phase.map_or(part.clone(), |sum| sum + part));
        }
        let phase = phase.map(|p| label::angle(&p, self.circuit.params()));
        let all: Vec<String> = phase.into_iter().chain(names).collect();
        (!all.is_empty()).then(|| format!("global phase: {}", all.join(" + ")))
    }

    /// The element of a gate; `None` for one on no qubit.
    fn gate(&self, g: &GateOp) -> Option<Shape> {
        g.qubits().next()?;
        let mut marks: Vec<(usize, Mark)> = g
            .controls
            .iter()
            .map(|c| (c.qubit as usize, if c.positive { Mark::Filled } else { Mark::Open }))
            .collect();
        let name = || label::gate(&g.gate, self.circuit.params());
        let on_targets = |mark: Mark| g.targets.iter().map(move |&t| (t as usize, mark));
        let controlled = !marks.is_empty();
        let form = match &g.gate {
            Gate::Std(row, _) => Some(&row.spec().form),
            _ => None,
        };
        match form {
            Some(Form::Pauli([Pauli::X])) if controlled => marks.extend(on_targets(Mark::Not)),
            Some(Form::Pauli([Pauli::Z])) if controlled => marks.extend(on_targets(Mark::Filled)),
            Some(Form::Swap) => marks.extend(on_targets(Mark::Swap)),
            Some(Form::Phase(_)) if controlled => {
                marks.extend(on_targets(Mark::Filled));
                return Some(Shape { marks, tag: Some(name()), ..Shape::default() });
            }
            _ if g.targets.is_empty() => {
                return Some(Shape { marks, tag: Some(name()), ..Shape::default() });
            }
            _ => {
                let body = Some(self.body(g, name()));
                return Some(Shape { marks, body, ..Shape::default() });
            }
        }
        Some(Shape { marks, ..Shape::default() })
    }

    fn body(&self, g: &GateOp, label: String) -> Body {
        let letters: Option<Vec<Pauli>> = match &g.gate {
            Gate::Std(row, _) => match &row.spec().form {
                Form::Rotation(letters) => Some(letters.to_vec()),
                _ => None,
            },
            Gate::PauliRotation(string, _) => {
                Some((0..g.targets.len()).map(|k| string.get(k)).collect())
            }
            _ => None,
        };
        let symmetric = match &g.gate {
            Gate::Std(row, _) => row.spec().clifford.is_some_and(|images| {
                images.len() == 2 && swapped(images[0].x, images[1].x) && {
                    swapped(images[0].z, images[1].z)
                }
            }),
            _ => false,
        };
        let ascending = g.targets.windows(2).all(|w| w[1] == w[0] + 1);
        let same = |l: &Vec<Pauli>| l.windows(2).all(|w| w[0] == w[1]);
        let name = |k: usize| match &letters {
            // The letters are in the label already.
            Some(l) if same(l) && matches!(g.gate, Gate::Std(..)) => String::new(),
            Some(l) if l.len() > 1 => l[k].letter().to_string(),
            None if !ascending && !symmetric => k.to_string(),
            _ => String::new(),
        };
        let mut ports: Vec<(usize, String)> =
            g.targets.iter().enumerate().map(|(k, &t)| (t as usize, name(k))).collect();
        ports.sort_unstable();
        let (first, last) = bounds(ports.iter().map(|p| p.0)).unwrap_or((0, 0));
        Body { first, last, ports, label }
    }

    fn place_shape(&mut self, shape: Shape) -> bool {
        let (first, last) = shape.span();
        let body = shape.body.as_ref();
        let touched: Vec<usize> = shape
            .marks
            .iter()
            .map(|m| m.0)
            .chain(body.iter().flat_map(|b| b.ports.iter().map(|p| p.0)))
            .chain(shape.reads.iter().copied())
            .collect();
        // The tag of a lone dot hangs below it.
        let hanging = usize::from(shape.tag.is_some() && first == last);
        let edges = [
            body.filter(|b| b.first == first).map(|b| 2 * b.first),
            body.filter(|b| b.last == last).map(|b| 2 * b.last + 2),
        ];
        let tracks = Tracks { own: 2 * first + 1..=2 * last + 1 + hanging, edges };
        self.packer.place(Element::Gate(shape), &touched, &tracks, 0)
    }

    fn register_row(&self, clbit: u32) -> usize {
        let bit = clbit as usize;
        let after = self.registers.partition_point(|r| r.0 <= bit);
        let holds = |&(start, bits): &(usize, usize)| bit < start + bits;
        let found = self.registers[..after].iter().rposition(holds).unwrap_or(0);
        self.circuit.num_qubits() + found
    }

    fn register_rows(&self, start: u32, len: u32) -> Vec<usize> {
        let Some(last) = len.checked_sub(1) else { return Vec::new() };
        let rows = self.register_row(start)..=self.register_row(start + last);
        let bits = |row: usize| self.registers[row - self.circuit.num_qubits()].1;
        rows.filter(|&row| bits(row) > 0).collect()
    }

    /// Classical rows that an expression depends on.
    fn reads(&self, e: &Expr) -> Vec<usize> {
        let mut rows = Vec::new();
        e.for_each_range(&mut |start, len| rows.extend(self.register_rows(start, len)));
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Every row that an operation touches, repeats included.
    fn touched(&self, op: &Op, rows: &mut Vec<usize>) {
        let nq = self.circuit.num_qubits();
        op.for_each_wire(nq, &mut |wire| {
            let row = if wire < nq { wire } else { self.register_row((wire - nq) as u32) };
            if rows.last() != Some(&row) {
                rows.push(row);
            }
        });
    }

    /// The rows that a frame must hold: qubits, what is assigned or read for it inside, and
    /// inner frames on classical wires alone.
    fn framed(&self, op: &Op, rows: &mut Vec<usize>) {
        match op {
            Op::If(_) | Op::While(_) => {
                let before = rows.len();
                op.bodies().into_iter().flatten().for_each(|inner| self.framed(inner, rows));
                if rows.len() == before {
                    self.touched(op, rows);
                }
            }
            Op::Measure { qubit, .. } => rows.push(*qubit as usize),
            _ => self.touched(op, rows),
        }
    }
}

/// Whether two Clifford images are each other's with the targets exchanged.
fn swapped(a: &str, b: &str) -> bool {
    let split = |s: &str| (s.starts_with('-'), s.trim_start_matches('-').to_string());
    let ((minus_a, a), (minus_b, b)) = (split(a), split(b));
    minus_a == minus_b && a.chars().rev().eq(b.chars())
}

/// Operations in an operation, itself included.
fn size(op: &Op) -> usize {
    1 + op.bodies().into_iter().flatten().map(size).sum::<usize>()
}
