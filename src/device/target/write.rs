//! Circuits for a target.

use super::gates::{Target, is_symmetric};
use super::ops::{with_bodies, without_waits_of_read};
use super::written::Written;
use crate::circuit::{Circuit, Op};
use crate::device::gate_name::GateName;
use crate::error::{Error, Result};
use crate::gate::{Gate, GateOp, StdGate};
use crate::rewrite::{Basis, CouplingMap, route, to_basis};

impl Target {
    /// The circuit in gates that there are, on the first qubits, as many as it has: swaps bring qubits
    /// together ([`route`], by `seed`), each gate on a pair is written in the gate that this pair has, and
    /// in its direction. A circuit whose gates all are there stays as it is.
    ///
    /// Gates are written one by one: what is there at its place stays, `id` too, and gates of the circuit
    /// that undo each other do not go, so that circuits which are long on purpose (folded ones, idling
    /// ones) stay so. Waits of qubits after their final measurements are left out where swaps are put in.
    ///
    /// # Errors
    /// If the circuit has more qubits than there are, the first qubits are not connected, or the gates
    /// that a qubit has do not make every unitary.
    pub fn write(&self, circuit: &Circuit, seed: u64) -> Result<Written> {
        let n = circuit.num_qubits();
        if n > self.num_qubits() {
            return Err(Error::Invalid {
                what: "the number of qubits of a circuit for a device".into(),
                value: n.to_string(),
                expected: format!("the device has {}", self.num_qubits()),
            });
        }
        let mut written = Written::as_it_is(circuit);
        if self.has_all(circuit.ops()) {
            return Ok(written);
        }
        let here = self.on_first(n);
        let basis = here.on_the_way();
        let mut on_the_way = to_basis(circuit, &basis)?;
        if !here.are_coupled(on_the_way.ops()) {
            if !here.is_connected() {
                return Err(Error::Invalid {
                    what: "the qubits of a device that a circuit is on".into(),
                    value: format!("the first {n}"),
                    expected: "gates on pairs do not connect them: take others, which \
                               `Device::choose_qubits` finds, with `Device::on_qubits` \
                               (`--device-qubits` in the program)"
                        .into(),
                });
            }
            let pairs: Vec<(usize, usize)> = here.pairs().into_iter().collect();
            let still = without_waits_of_read(&on_the_way);
            let routed = route(&still, &CouplingMap::new(n, &pairs)?, seed)?;
            (written.initial_places, written.final_places) =
                (routed.initial_layout, routed.final_layout);
            on_the_way = circuit.with_ops(routed.circuit.ops().to_vec());
        }
        let ops = Placing { target: &here, circuit }.body(on_the_way.ops())?;
        // All are gates of the basis; global phases are gathered.
        written.circuit = to_basis(&circuit.with_ops(ops), &basis)?;
        Ok(written)
    }

    /// Whether every gate on two qubits is there, or on a pair with a gate to write it in.
    fn are_coupled(&self, ops: &[Op]) -> bool {
        ops.iter().all(|op| {
            let is_there = match op {
                Op::Gate(g) => match g.qubits().map(|q| q as usize).collect::<Vec<_>>()[..] {
                    [a, b] => self.has(g) || self.row_of_pair(a, b).is_some(),
                    _ => true,
                },
                _ => true,
            };
            is_there && op.bodies().into_iter().all(|body| self.are_coupled(body))
        })
    }
}

/// Writes gates in those that there are at their places.
struct Placing<'a> {
    target: &'a Target,
    /// With the parameters and registers.
    circuit: &'a Circuit,
}

impl Placing<'_> {
    fn body(&self, ops: &[Op]) -> Result<Vec<Op>> {
        let mut out = Vec::with_capacity(ops.len());
        for op in ops {
            match op {
                Op::Gate(g) => self.gate(g, &mut out)?,
                op => {
                    let mut fault = Ok(());
                    out.push(with_bodies(op, &mut |body| {
                        self.body(body).unwrap_or_else(|error| {
                            fault = Err(error);
                            vec![]
                        })
                    }));
                    fault?;
                }
            }
        }
        Ok(out)
    }

    fn gate(&self, g: &GateOp, out: &mut Vec<Op>) -> Result<()> {
        let is_identity = matches!(g.gate, Gate::Std(StdGate::I, _));
        if is_identity || self.target.has(g) {
            out.push(Op::Gate(g.clone()));
            return Ok(());
        }
        let on: Vec<usize> = g.qubits().map(|q| q as usize).collect();
        match on[..] {
            [q] => {
                let basis = Basis::new(self.target.rows_of_one(Some(q)));
                out.extend(self.written(g, &basis)?);
                Ok(())
            }
            [a, b] => self.pair(g, a, b, out),
            _ => unreachable!("the basis has gates on one qubit and on two"),
        }
    }

    /// A gate on a pair in the one that the pair has.
    fn pair(&self, g: &GateOp, a: usize, b: usize, out: &mut Vec<Op>) -> Result<()> {
        let row = self.target.row_of_pair(a, b).expect("routed to pairs with such gates");
        let with = |row| Basis::new(self.target.rows_of_one(None).into_iter().chain([row]));
        let (gate, num_controls) = row;
        if is_symmetric(&GateName::Row { gate, num_controls }) {
            return self.written(g, &with(row))?.iter().try_for_each(|op| self.placed(op, out));
        }
        // In CX, whose direction is turned by H on both sides, and then in the gate of the pair.
        for op in self.written(g, &with((StdGate::X, 1)))? {
            let Op::Gate(cx) = &op else { continue };
            if cx.controls.len() != 1 {
                self.placed(&op, out)?;
                continue;
            }
            let (control, target) = (cx.controls[0].qubit as usize, cx.targets[0] as usize);
            let in_row = |control: usize, target: usize| {
                let cx = GateOp::std(StdGate::X, [], [target]).controlled([control]);
                self.written(&cx, &with(row))
            };
            let is_there = |ops: &[Op]| {
                ops.iter().all(|op| match op {
                    Op::Gate(g) => g.qubits().count() != 2 || self.target.has(g),
                    _ => true,
                })
            };
            let straight = in_row(control, target)?;
            if is_there(&straight) {
                straight.iter().try_for_each(|op| self.placed(op, out))?;
                continue;
            }
            let h = |q: usize| Op::Gate(GateOp::std(StdGate::H, [], [q]));
            let around = [h(control), h(target)];
            around.iter().try_for_each(|op| self.placed(op, out))?;
            let turned = in_row(target, control)?;
            turned.iter().try_for_each(|op| self.placed(op, out))?;
            around.iter().try_for_each(|op| self.placed(op, out))?;
        }
        Ok(())
    }

    fn placed(&self, op: &Op, out: &mut Vec<Op>) -> Result<()> {
        match op {
            Op::Gate(g) => self.gate(g, out),
            _ => unreachable!("a gate is written as gates"),
        }
    }

    /// One gate in a basis.
    fn written(&self, g: &GateOp, basis: &Basis) -> Result<Vec<Op>> {
        Ok(to_basis(&self.circuit.with_ops(vec![Op::Gate(g.clone())]), basis)?.ops().to_vec())
    }
}
