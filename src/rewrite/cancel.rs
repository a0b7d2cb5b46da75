//! Gates that undo each other, and rotations that are one.

use super::body::with_bodies;
use super::commuting::Commuting;
use super::global_phase::PhaseSum;
use super::merging::{Merged, merged, simplified};
use crate::circuit::{Circuit, Op};
use crate::error::Result;
use crate::gate::{Gate, GateOp, StdGate};

/// How many gates on its qubits a gate is looked for a partner past.
const LOOK_BACK: usize = 32;

/// The circuit without gates that undo each other, with rotations about the same Pauli string and
/// phases of the same basis states added up, and without those that are zero: also past gates
/// that they commute with, as a target of CX does with another, and again until nothing changes.
/// Matrices are equal with their phases, and angles stay linear in the parameters. Global phases
/// are gathered at the end of each body.
///
/// No gate becomes one on other qubits. What comes out has the rows that were there, but for sums
/// of Z, S, T and their inverses, which are such or `p`. Barriers, measurements, branches and
/// the like are walls on their qubits, and bodies are rewritten for themselves.
///
/// A round takes time linear in the number of gates, since each looks back past at most 32; rounds
/// end with the first that finds nothing, usually the second.
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::rewrite::cancel_gates;
/// let mut c = Circuit::new(2);
/// let theta = c.param("theta");
/// c.h(0).rz(theta, 0).cx(0, 1).rz(0.5 - theta, 0).cx(0, 1).t(1).t(1).s(1).h(0).h(0);
/// let mut expected = Circuit::new(2);
/// expected.param("theta");
/// expected.h(0).rz(0.5, 0).z(1);
/// assert_eq!(cancel_gates(&c), expected);
/// ```
pub fn cancel_gates(circuit: &Circuit) -> Circuit {
    let num_qubits = circuit.num_qubits();
    let body = |ops: &[Op]| body(ops, num_qubits);
    circuit.with_ops(body(circuit.ops()).expect("nothing in it fails"))
}

fn body(ops: &[Op], num_qubits: usize) -> Result<Vec<Op>> {
    let inner = |op: &Op| with_bodies(op, &mut |ops| body(ops, num_qubits));
    let mut ops: Vec<Op> = ops.iter().map(inner).collect::<Result<_>>()?;
    loop {
        let mut round = Round::new(num_qubits);
        ops.into_iter().for_each(|op| round.take(op));
        let changed = round.changed;
        ops = round.finish();
        if !changed {
            return Ok(ops);
        }
    }
}

/// What was read so far, rewritten.
struct Round {
    entries: Vec<Option<Entry>>,
    /// The entries on each qubit, ascending.
    wires: Vec<Vec<usize>>,
    phase: PhaseSum,
    changed: bool,
}

enum Entry {
    Gate(GateOp, Commuting),
    Wall(Op),
}

impl Round {
    fn new(num_qubits: usize) -> Self {
        Round {
            entries: vec![],
            wires: vec![vec![]; num_qubits],
            phase: PhaseSum::default(),
            changed: false,
        }
    }

    fn take(&mut self, op: Op) {
        match op {
            Op::Gate(gate) => self.take_gate(gate),
            other => {
                let (at, mut on) = (self.entries.len(), vec![]);
                other.for_each_wire(self.wires.len(), &mut |wire| on.push(wire));
                on.sort_unstable();
                on.dedup();
                let qubits = on.into_iter().filter(|&wire| wire < self.wires.len());
                qubits.collect::<Vec<_>>().into_iter().for_each(|q| self.wires[q].push(at));
                self.entries.push(Some(Entry::Wall(other)));
            }
        }
    }

    fn take_gate(&mut self, op: GateOp) {
        if let (Gate::Std(StdGate::GlobalPhase, angles), true) = (&op.gate, op.controls.is_empty())
        {
            return self.phase.add(&angles[0]);
        }
        let found = simplified(op);
        found.phase.iter().for_each(|phase| self.phase.add(phase));
        let Some(gate) = found.gate else {
            self.changed = true;
            return;
        };
        let commuting = Commuting::of(&gate);
        let Some((at, found)) = self.partner(&gate, &commuting) else {
            let at = self.entries.len();
            gate.qubits().for_each(|q| self.wires[q as usize].push(at));
            return self.entries.push(Some(Entry::Gate(gate, commuting)));
        };
        self.changed = true;
        found.phase.iter().for_each(|phase| self.phase.add(phase));
        match found.gate {
            Some(gate) => {
                let commuting = Commuting::of(&gate);
                self.entries[at] = Some(Entry::Gate(gate, commuting));
            }
            None => {
                // All of its qubits: a string may have identities where the other has no qubits.
                let Some(Entry::Gate(earlier, _)) = self.entries[at].take() else { return };
                for q in earlier.qubits() {
                    let wire = &mut self.wires[q as usize];
                    if let Some(k) = wire.iter().rposition(|&entry| entry == at) {
                        wire.remove(k);
                    }
                }
            }
        }
    }

    /// An earlier gate that the next one can stand right behind and is one with.
    fn partner(&self, gate: &GateOp, commuting: &Commuting) -> Option<(usize, Merged)> {
        let mut open: Vec<(usize, usize)> =
            gate.qubits().map(|q| (q as usize, self.wires[q as usize].len())).collect();
        for _ in 0..LOOK_BACK {
            let last = |&(q, end): &(usize, usize)| Some(self.wires[q][end.checked_sub(1)?]);
            let at = open.iter().filter_map(last).max()?;
            for place in &mut open {
                if last(place) == Some(at) {
                    place.1 -= 1;
                }
            }
            let Some(Entry::Gate(earlier, theirs)) = &self.entries[at] else { return None };
            if let Some(found) = merged(earlier, gate) {
                return Some((at, found));
            }
            if !commuting.with(theirs) {
                return None;
            }
        }
        None
    }

    fn finish(self) -> Vec<Op> {
        let entries = self.entries.into_iter().flatten().map(|entry| match entry {
            Entry::Gate(gate, _) => Op::Gate(gate),
            Entry::Wall(op) => op,
        });
        entries.chain(self.phase.gate().map(Op::Gate)).collect()
    }
}
