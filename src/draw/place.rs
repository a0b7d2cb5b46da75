//! Places the operations of a circuit.

use super::label;
use super::layout::{Body, Element, Frame, Kind, Label, Shape, bounds};
use super::pack::{Packer, Tracks};
use crate::circuit::{Circuit, Expr, Op};

/// Makes the elements of the operations and has them placed.
pub(super) struct Builder<'a> {
    pub circuit: &'a Circuit,
    /// First bit and number of bits of each classical register.
    registers: Vec<(usize, usize)>,
    pub frames: Vec<Frame>,
    pub packer: Packer,
}

impl<'a> Builder<'a> {
    pub fn new(circuit: &'a Circuit, rows: usize, max_columns: usize) -> Self {
        Builder {
            circuit,
            registers: circuit.clbits().iter().map(|r| (r.start, r.size)).collect(),
            frames: Vec::new(),
            packer: Packer::new(rows, max_columns),
        }
    }

    /// Places operations in order until the drawing is full; how many did not go in.
    pub fn place_all(&mut self, ops: &[Op]) -> usize {
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
            Op::Channel(c) => self.place_shape(self.channel(c)),
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
                self.place_shape(Shape { body: Some(body), kind: Kind::Delay, ..Shape::default() })
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
                    label: Label::new(format!(
                        "{} = {}",
                        label::assigned(&a.clbits, registers),
                        label::expr(&a.value, registers)
                    )),
                };
                let kind = Kind::Classical;
                self.place_shape(Shape { body: Some(body), reads, kind, ..Shape::default() })
            }
            Op::If(_) | Op::While(_) => true,
        };
        if placed { 0 } else { size(op) }
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
        self.packer.place(Element::Gate(Box::new(shape)), &touched, &tracks, 0)
    }

    pub fn register_row(&self, clbit: u32) -> usize {
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
    pub fn reads(&self, e: &Expr) -> Vec<usize> {
        let mut rows = Vec::new();
        e.for_each_range(&mut |start, len| rows.extend(self.register_rows(start, len)));
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// Operations in an operation, itself included.
pub(super) fn size(op: &Op) -> usize {
    1 + op.bodies().into_iter().flatten().map(size).sum::<usize>()
}
