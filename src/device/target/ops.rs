//! Operations elsewhere.

use crate::circuit::{ChannelOp, Circuit, If, Op, While};
use crate::gate::Qubits;

/// The operation with its bodies changed.
pub(super) fn with_bodies(op: &Op, change: &mut dyn FnMut(&[Op]) -> Vec<Op>) -> Op {
    match op {
        Op::If(i) => {
            let (then, otherwise) = (change(&i.then), change(&i.otherwise));
            Op::If(Box::new(If { condition: i.condition.clone(), then, otherwise }))
        }
        Op::While(w) => {
            let body = change(&w.body);
            Op::While(Box::new(While { condition: w.condition.clone(), body }))
        }
        other => other.clone(),
    }
}

/// The operations on other qubits.
pub(in crate::device) fn moved(ops: &[Op], to: &dyn Fn(u32) -> u32) -> Vec<Op> {
    let one = |op: &Op| match op {
        Op::Gate(g) => Op::Gate(g.map_qubits(to)),
        Op::Channel(c) => Op::Channel(Box::new(ChannelOp {
            channel: c.channel.clone(),
            qubits: c.qubits.iter().map(|&q| to(q)).collect(),
        })),
        Op::Measure { qubit, clbit } => Op::Measure { qubit: to(*qubit), clbit: *clbit },
        Op::Reset(q) => Op::Reset(to(*q)),
        Op::Barrier(qubits) => Op::Barrier(qubits.iter().map(|&q| to(q)).collect()),
        Op::Delay { qubits, duration } => {
            Op::Delay { qubits: qubits.iter().map(|&q| to(q)).collect(), duration: *duration }
        }
        Op::Assign(_) => op.clone(),
        Op::If(_) | Op::While(_) => with_bodies(op, &mut |body| moved(body, to)),
    };
    ops.iter().map(one).collect()
}

/// The circuit without the waits of qubits after their final measurements: no reading depends on them,
/// and what moves final measurements to the end would move them before.
pub(super) fn without_waits_of_read(circuit: &Circuit) -> Circuit {
    let mut is_read = vec![false; circuit.num_qubits()];
    let mut ops = Vec::with_capacity(circuit.ops().len());
    for (op, is_final) in circuit.ops().iter().zip(circuit.final_measurements()) {
        if let (Op::Measure { qubit, .. }, true) = (op, is_final) {
            is_read[*qubit as usize] = true;
        }
        ops.extend(waiting(op, &is_read));
    }
    circuit.with_ops(ops)
}

/// The operation without waits of these qubits, if anything is left of it.
pub(in crate::device) fn waiting(op: &Op, is_read: &[bool]) -> Option<Op> {
    match op {
        Op::Delay { qubits, duration } => {
            let left: Qubits = qubits.iter().copied().filter(|&q| !is_read[q as usize]).collect();
            let is_any = !left.is_empty();
            is_any.then(|| Op::Delay { qubits: left, duration: *duration })
        }
        Op::If(_) | Op::While(_) => Some(with_bodies(op, &mut |body| {
            body.iter().filter_map(|inner| waiting(inner, is_read)).collect()
        })),
        other => Some(other.clone()),
    }
}
