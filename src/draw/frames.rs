//! Frames round branches and loops.

use super::label;
use super::layout::{Element, Frame, bounds};
use super::pack::Tracks;
use super::place::{Builder, size};
use crate::circuit::{Expr, Op};
use crate::gate::{Angle, Form, Gate};

impl Builder<'_> {
    /// A frame round the branches; how many operations did not go in.
    pub fn place_frame(
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
    pub fn global(&self, ops: &[Op]) -> Option<String> {
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
                    names.push(label::gate(&g.gate, self.circuit.params()).plain);
                    continue;
                }
            };
            phase = Some(phase.map_or(part.clone(), |sum| sum + part));
        }
        let phase = phase.map(|p| label::angle(&p, self.circuit.params()));
        let all: Vec<String> = phase.into_iter().chain(names).collect();
        (!all.is_empty()).then(|| format!("global phase: {}", all.join(" + ")))
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
