//! Seeded random circuits.

use crate::circuit::Circuit;
use crate::gate::{Angle, GateOp, StdGate};
use crate::math::{Domain, Streams};
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use std::f64::consts::PI;

/// `depth` layers; in each, the qubits are shuffled and gates of the whole table on one to three
/// qubits, at uniform angles and with a control now and then, fill them. The same seed gives the
/// same circuit.
pub fn random(num_qubits: usize, depth: usize, seed: u64) -> Circuit {
    let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
    let mut c = Circuit::new(num_qubits);
    let mut qubits: Vec<usize> = (0..num_qubits).collect();
    for _ in 0..depth {
        qubits.shuffle(&mut rng);
        let mut free = qubits.as_slice();
        while !free.is_empty() {
            let width = rng.random_range(1..=free.len().min(3));
            let (chosen, rest) = free.split_at(width);
            free = rest;
            // One qubit alone carries no control; of two or three, the first may be one.
            let num_controls = usize::from(width > 1 && rng.random_bool(0.5));
            let arity = width - num_controls;
            let fitting: Vec<StdGate> =
                StdGate::ALL.iter().copied().filter(|g| g.spec().num_qubits == arity).collect();
            let gate = *fitting.choose(&mut rng).expect("the table has gates on 1, 2 and 3 qubits");
            let angles: Vec<Angle> =
                gate.spec().angles.iter().map(|_| rng.random_range(-PI..PI).into()).collect();
            let op = GateOp::std(gate, angles, chosen[num_controls..].iter().copied());
            c.gate(op.controlled(chosen[..num_controls].iter().copied()));
        }
    }
    c
}
