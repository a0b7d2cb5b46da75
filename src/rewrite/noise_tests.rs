//! Rewriting never moves a gate across a channel on its qubits.

use super::{Basis, CouplingMap, cancel_gates, route, to_basis, to_pauli_rotations};
use crate::circuit::{Circuit, Expr, Op};
use crate::gate::{Gate, StdGate};
use proptest::prelude::*;

/// Gates and channels on three qubits, many of which undo each other.
fn circuit(steps: &[(u8, usize, usize)]) -> Circuit {
    let mut c = Circuit::new(3);
    for &(kind, a, b) in steps {
        let b = (a + 1 + b) % 3;
        match kind {
            0 => c.x(a),
            1 => c.h(a),
            2 => c.cx(a, b),
            3 => c.rz(0.3, a),
            4 => c.rz(-0.3, a),
            5 => c.s(a),
            6 => c.depolarizing(0.1, a),
            _ => c.depolarizing2(0.2, a, b),
        };
    }
    c
}

/// A circuit in which each channel is the unitary that the same channel is in others, so that gates
/// which moved across it are seen: a rotation about no axis of any rule, one angle a channel.
fn marked(c: &Circuit) -> Circuit {
    let mut out = Circuit::new(c.num_qubits());
    for op in c.ops() {
        match op {
            Op::Channel(op) => {
                let qubits: Vec<usize> = op.qubits.iter().map(|&q| q as usize).collect();
                for &q in &qubits {
                    out.u(0.7, 1.1, 0.4, q);
                }
                if let [a, b] = qubits[..] {
                    out.fsim(0.9, 0.5, a, b).u(1.3, 0.2, 0.8, a);
                }
            }
            other => {
                out.push(other.clone());
            }
        }
    }
    out
}

/// The channels with their qubits, in order.
fn channels(c: &Circuit) -> Vec<(String, Vec<u32>)> {
    let found = c.ops().iter().filter_map(|op| match op {
        Op::Channel(op) => Some((op.channel.to_string(), op.qubits.to_vec())),
        _ => None,
    });
    found.collect()
}

#[test]
fn gates_are_not_cancelled_across_a_channel() {
    let mut c = Circuit::new(2);
    c.x(0).depolarizing(0.1, 0).x(0).cx(0, 1).depolarizing(0.1, 1).cx(0, 1);
    c.rz(0.1, 0).depolarizing2(0.1, 0, 1).rz(0.2, 0);
    assert_eq!(cancel_gates(&c), c);
    // A channel on another qubit is not in the way.
    let mut c = Circuit::new(2);
    c.x(0).depolarizing(0.1, 1).x(0);
    assert_eq!(cancel_gates(&c), *Circuit::new(2).depolarizing(0.1, 1));
    let mut c = Circuit::with_clbits(1, 1);
    c.if_then(Expr::bit(0), |b| b.h(0).depolarizing(0.1, 0).h(0));
    assert_eq!(cancel_gates(&c), c);
    assert_eq!(to_basis(&c, &"h,rz,cx".parse().unwrap()).unwrap(), c);
}

/// Folding: a gate, its inverse and the gate again, each with its noise, stay three (Aer's issue 600).
#[test]
fn folded_gates_keep_their_noise() {
    let mut c = Circuit::new(2);
    for _ in 0..3 {
        c.cx(0, 1).depolarizing(0.001, [0, 1]);
    }
    assert_eq!(cancel_gates(&c).count_ops(), c.count_ops());
}

#[test]
fn routing_moves_channels_with_their_qubits() {
    let mut c = Circuit::new(4);
    c.h(0)
        .cx(0, 3)
        .depolarizing2(0.1, 0, 3)
        .cx(1, 2)
        .depolarizing(0.2, 1)
        .cx(0, 2)
        .depolarizing2(0.3, 2, 0);
    c.cx(3, 1).depolarizing(0.4, 3);
    let routed = route(&c, &CouplingMap::line(4).unwrap(), 5).unwrap();
    // Back to the qubits of the circuit, by the swaps, of which it has none of its own.
    let mut on = [0; 4];
    routed.initial_layout.iter().enumerate().for_each(|(q, &place)| on[place] = q);
    let mut ops = vec![];
    for op in routed.circuit.ops() {
        let wires = |op: &Op| {
            let mut wires = vec![];
            op.for_each_wire(4, &mut |w| wires.push(w));
            wires
        };
        match op {
            Op::Gate(g) if matches!(g.gate, Gate::Std(StdGate::Swap, _)) => {
                let places = wires(op);
                on.swap(places[0], places[1]);
            }
            _ => ops.push((
                format!("{:?}", std::mem::discriminant(op)),
                wires(op).iter().map(|&w| on[w]).collect::<Vec<_>>(),
            )),
        }
    }
    let original: Vec<(String, Vec<usize>)> = c
        .ops()
        .iter()
        .map(|op| {
            let mut wires = vec![];
            op.for_each_wire(4, &mut |w| wires.push(w));
            (format!("{:?}", std::mem::discriminant(op)), wires)
        })
        .collect();
    // On each qubit the same operations in the same order.
    for q in 0..4 {
        let of = |ops: &[(String, Vec<usize>)]| -> Vec<(String, Vec<usize>)> {
            ops.iter().filter(|op| op.1.contains(&q)).cloned().collect()
        };
        assert_eq!(of(&ops), of(&original), "qubit {q}");
    }
}

#[test]
fn routing_refuses_readout_errors() {
    let mut c = Circuit::new(2);
    let mut error = c.readout_error(0);
    error.p1_given_0 = 0.1;
    c.set_readout_error(1, error).unwrap();
    let refused = route(&c, &CouplingMap::line(2).unwrap(), 5).unwrap_err().to_string();
    assert!(
        refused.contains("the readout error of qubit 1") && refused.contains("first"),
        "{refused}"
    );
}

proptest! {
    /// With a unitary in the place of every channel the matrices stay what they were.
    #[test]
    fn matrices_around_channels_stay(
        steps in proptest::collection::vec((0..8u8, 0..3usize, 0..2usize), 0..25)
    ) {
        let c = circuit(&steps);
        let matrix = marked(&c).matrix().unwrap();
        let basis: Basis = "rz,sx,x,cx".parse().unwrap();
        for rewritten in [cancel_gates(&c), to_basis(&c, &basis).unwrap(), to_pauli_rotations(&c).unwrap()] {
            prop_assert_eq!(channels(&rewritten).len(), channels(&c).len());
            let difference = (marked(&rewritten).matrix().unwrap() - &matrix).norm();
            prop_assert!(difference < 1e-10, "{}\n{}\n{}", difference, c, rewritten);
        }
    }
}
