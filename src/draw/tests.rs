//! What every drawing must keep, on random circuits with all kinds of operations.

use super::canvas::width;
use super::layout::{Element, Layout};
use super::text::Page;
use crate::circuit::{Assign, BinaryOp, ChannelOp, Duration, If, TimeUnit, While, library};
use crate::noise::Channel;
use crate::pauli::{Pauli, PauliString};
use crate::{Angle, Circuit, Control, Expr, Gate, GateOp, Op, StdGate};
use num_complex::Complex64;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const QUBITS: u32 = 5;
const CLBITS: u32 = 6;

/// Choices read off a list of bytes; 0 when it has run out.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, n: u32) -> u32 {
        u32::from(self.0.next().copied().unwrap_or(0)) % n
    }

    fn qubits(&mut self, count: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..QUBITS as usize).collect();
        (0..count).map(|_| all.remove(self.below(all.len() as u32) as usize)).collect()
    }

    fn angle(&mut self, circuit: &mut Circuit) -> Angle {
        let value = f64::from(self.below(256)) * std::f64::consts::PI / 16.0;
        match self.below(3) {
            0 => circuit.param("θ") * 2.0 + value,
            1 => Angle::from(0.1234 * value),
            _ => Angle::from(value),
        }
    }

    fn expr(&mut self) -> Expr {
        let start = self.below(CLBITS);
        let bits = Expr::Register { start, len: self.below(CLBITS - start + 1) };
        match self.below(4) {
            0 => Expr::Bit(start),
            1 => Expr::Bit(start).not(),
            2 => bits.equals(u64::from(self.below(8))),
            _ => bits.binary(BinaryOp::BitXor, Expr::Bit(self.below(CLBITS))),
        }
    }

    fn gate(&mut self, circuit: &mut Circuit) -> GateOp {
        let gate = match self.below(6) {
            0 => {
                let letters = (0..self.below(4)).map(|k| (k as usize, Pauli::ALL[1 + k as usize]));
                Gate::PauliRotation(Arc::new(PauliString::new(letters)), self.angle(circuit))
            }
            1 => Gate::diagonal("diag", vec![Complex64::ONE; 1 << self.below(4)]).unwrap(),
            2 => {
                let angles = [self.angle(circuit)];
                let num_qubits = self.below(4) as usize;
                let name = "opaque_gate".repeat(self.below(12) as usize);
                Gate::block(name, num_qubits, angles, None).unwrap()
            }
            _ => {
                let row = StdGate::ALL[self.below(StdGate::ALL.len() as u32) as usize];
                let angles = row.spec().angles.iter().map(|_| self.angle(circuit)).collect();
                Gate::Std(row, angles)
            }
        };
        let targets = gate.num_qubits();
        let controls = self.below(QUBITS - targets as u32 + 1) as usize;
        let qubits = self.qubits(targets + controls);
        let controls: Vec<Control> = qubits[targets..]
            .iter()
            .map(|&q| if self.below(2) == 0 { Control::on(q) } else { Control::off(q) })
            .collect();
        GateOp::new(gate, qubits[..targets].iter().copied()).controlled(controls)
    }

    fn ops(&mut self, circuit: &mut Circuit, depth: u32) -> Vec<Op> {
        (0..self.below(8)).map(|_| self.op(circuit, depth)).collect()
    }

    fn op(&mut self, circuit: &mut Circuit, depth: u32) -> Op {
        let some = |q: Vec<usize>| q.into_iter().map(|q| q as u32).collect();
        match self.below(if depth > 0 { 12 } else { 10 }) {
            0 => Op::Measure { qubit: self.below(QUBITS), clbit: self.below(CLBITS) },
            1 => Op::Reset(self.below(QUBITS)),
            2 => {
                let count = self.below(QUBITS + 1) as usize;
                Op::Barrier(some(self.qubits(count)))
            }
            3 => {
                let count = self.below(3) as usize;
                let duration = Duration { value: 12.5, unit: TimeUnit::Dt };
                Op::Delay { qubits: some(self.qubits(count)), duration }
            }
            4 => {
                let start = self.below(CLBITS);
                let len = self.below(CLBITS - start + 1);
                Op::Assign(Box::new(Assign {
                    clbits: (start..start + len).collect(),
                    value: self.expr(),
                }))
            }
            5 => {
                let count = 1 + self.below(3) as usize;
                let channel = Channel::depolarizing(0.1, count).unwrap();
                let qubits = some(self.qubits(count));
                Op::Channel(Box::new(ChannelOp { channel: channel.into(), qubits }))
            }
            10 => Op::If(Box::new(If {
                condition: self.expr(),
                then: self.ops(circuit, depth - 1),
                otherwise: self.ops(circuit, depth - 1),
            })),
            11 => Op::While(Box::new(While {
                condition: self.expr(),
                body: self.ops(circuit, depth - 1),
            })),
            _ => Op::Gate(self.gate(circuit)),
        }
    }
}

pub(super) fn circuit(bytes: &[u8]) -> Circuit {
    let mut circuit = Circuit::with_clbits(QUBITS as usize, 0);
    for (name, size) in [("c", 3), ("empty", 0), ("flag", 1), ("d", 2)] {
        circuit.add_clbits(name, size);
    }
    let mut choices = Choices(bytes.iter());
    while choices.0.len() > 0 {
        let op = choices.op(&mut circuit, 3);
        circuit.push(op);
    }
    circuit
}

/// Rows of an element, those that it crosses included.
fn rows(element: &Element, layout: &Layout) -> (usize, usize) {
    match element {
        Element::Gate(shape) => shape.span(),
        Element::Measure { qubit, register, .. } => (*qubit, *register),
        Element::Reset(row) => (*row, *row),
        Element::Barrier(rows) => (rows[0], rows[rows.len() - 1]),
        Element::Open { frame, reads, .. } => {
            let frame = layout.frames[*frame];
            (frame.first, reads.last().copied().unwrap_or(frame.last))
        }
        Element::Else { frame, .. } | Element::Close { frame, .. } => {
            let frame = layout.frames[*frame];
            (frame.first, frame.last)
        }
    }
}

fn check_layout(layout: &Layout) {
    for elements in &layout.columns {
        let mut spans: Vec<_> = elements.iter().map(|e| rows(e, layout)).collect();
        spans.sort_unstable();
        assert!(spans.windows(2).all(|w| w[0].1 < w[1].0), "{spans:?} overlap");
    }
    for frame in &layout.frames {
        assert!(frame.open < frame.close);
    }
    // Nothing reaches across the edge of a frame but from a measurement or a condition inside.
    for frame in &layout.frames {
        for (column, elements) in layout.columns.iter().enumerate() {
            if !(frame.open..=frame.close).contains(&column) {
                continue;
            }
            for element in elements {
                let (first, last) = rows(element, layout);
                let apart = last < frame.first || first > frame.last;
                assert!(
                    apart || (frame.first..=frame.last).contains(&first) || {
                        // A frame round this one.
                        matches!(
                            element,
                            Element::Open { .. } | Element::Else { .. } | Element::Close { .. }
                        )
                    }
                );
            }
        }
    }
}

fn check_text(circuit: &Circuit, layout: &Layout, limit: Option<usize>) {
    let page = Page::new(layout, limit.unwrap_or(usize::MAX));
    let folds = page.folds(limit.unwrap_or(usize::MAX));
    let text = circuit.draw().width(limit).max_columns(None).to_string();
    let mut lines = text.lines().skip(usize::from(layout.global.is_some()));
    for (k, fold) in folds.iter().enumerate() {
        assert!(k == 0 || lines.next() == Some(""));
        let mut wires = BTreeSet::new();
        let mut longest = 0;
        let mut count = 0;
        let mut rest = lines.clone();
        while count < layout.rows.len() {
            let line = rest.next().unwrap();
            longest = longest.max(width(line));
            assert_eq!(line.trim_end(), line);
            if page.names.iter().any(|name| line.starts_with(name.as_str())) {
                wires.insert(width(line));
                count += 1;
            }
        }
        // The indices under the last register.
        let indices = rest.clone().next().filter(|line| !line.is_empty());
        if indices.is_some() {
            longest = longest.max(width(rest.next().unwrap()));
        }
        lines = rest;
        assert_eq!(wires.len(), 1, "wires of different lengths in\n{text}");
        assert!(wires.contains(&longest), "longer than the wires:\n{text}");
        if let Some(limit) = limit {
            assert!(longest <= limit || fold.len() <= 1, "{longest} > {limit} in\n{text}");
        }
    }
    assert_eq!(lines.next(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn drawings_are_in_order(bytes in proptest::collection::vec(any::<u8>(), 0..200), limit in 0usize..150) {
        let circuit = circuit(&bytes);
        let layout = Layout::new(&circuit, usize::MAX);
        prop_assert_eq!(layout.omitted, 0);
        check_layout(&layout);
        check_text(&circuit, &layout, Some(limit));
        check_text(&circuit, &layout, None);
    }

    #[test]
    fn operations_are_drawn_or_counted(bytes in proptest::collection::vec(any::<u8>(), 0..200), limit in 0usize..12) {
        let circuit = circuit(&bytes);
        let (all, some) = (Layout::new(&circuit, usize::MAX), Layout::new(&circuit, limit));
        // A limit that is not reached changes nothing.
        if all.columns.len() <= limit {
            prop_assert_eq!((all.columns.len(), 0), (some.columns.len(), some.omitted));
        }
        prop_assert!(some.columns.len() <= limit + 4, "only frames may close after the limit");
        circuit.draw().width(80).max_columns(limit).to_string();
    }
}

/// Elements that share a wire keep their order.
#[test]
fn columns_keep_the_order_on_each_wire() {
    for seed in 0..20 {
        let circuit = library::random(7, 10, seed);
        let layout = Layout::new(&circuit, usize::MAX);
        let drawn: usize = layout.columns.iter().map(Vec::len).sum();
        assert_eq!(drawn, circuit.ops().len());
        for qubit in 0..7u32 {
            let on_wire = circuit.ops().iter().filter_map(|op| match op {
                Op::Gate(g) => g.qubits().any(|q| q == qubit).then(|| g.controls.len()),
                _ => None,
            });
            let touches = |e: &&Element| match e {
                Element::Gate(s) => {
                    s.marks.iter().any(|m| m.0 == qubit as usize)
                        || s.body.iter().any(|b| b.ports.iter().any(|p| p.0 == qubit as usize))
                }
                _ => false,
            };
            let columns = layout.columns.iter().filter(|c| c.iter().any(|e| touches(&e)));
            assert_eq!(columns.count(), on_wire.count());
        }
    }
}

#[test]
fn a_large_circuit_is_drawn_whole() {
    let mut circuit = Circuit::with_clbits(12, 12);
    for k in 0..10_000usize {
        circuit.h(k % 12).cx(k % 12, (k + 5) % 12).rz(0.1, (k + 3) % 12).measure(k % 12, k % 12);
        circuit.if_then(Expr::bit(k % 12), |b| b.x((k + 1) % 12));
    }
    let text = circuit.draw().width(100).max_columns(None).to_string();
    assert!(!text.contains("more operations"));
}
