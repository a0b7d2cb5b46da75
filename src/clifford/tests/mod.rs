//! Tableaus against dense matrices.

mod circuits;
mod gates;
mod groups;
mod large;
mod matrices;
mod oracle;
mod outcomes;

use super::*;
use crate::gate::{Control, Gate, GateOp, StdGate};
use crate::pauli::{Pauli, PauliString};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::FRAC_PI_2;

/// The tableau of a circuit.
fn tableau(ops: &[GateOp], n: usize) -> Tableau {
    let mut steps = vec![];
    ops.iter().for_each(|op| lower(op, &[], &mut steps).unwrap());
    let mut tableau = Tableau::new(n).unwrap();
    tableau.apply(&steps).unwrap();
    tableau
}

/// So many different qubits.
fn qubits(rng: &mut ChaCha8Rng, n: usize, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    (0..count).for_each(|k| {
        let other = rng.random_range(k..n);
        all.swap(k, other);
    });
    all.truncate(count);
    all
}

/// A gate of every kind that is Clifford.
fn random_gate(rng: &mut ChaCha8Rng, n: usize) -> GateOp {
    let fixed: Vec<StdGate> = StdGate::ALL
        .iter()
        .copied()
        .filter(|g| g.spec().clifford.is_some() && g.spec().num_qubits <= n)
        .collect();
    let control = |rng: &mut ChaCha8Rng, q: usize| {
        if rng.random() { Control::on(q) } else { Control::off(q) }
    };
    loop {
        let angle = FRAC_PI_2 * f64::from(rng.random_range(-4..9));
        match rng.random_range(0..8) {
            0..=2 => {
                let gate = fixed[rng.random_range(0..fixed.len())];
                return GateOp::std(gate, [], qubits(rng, n, gate.spec().num_qubits));
            }
            3 if n > 1 => {
                let on = qubits(rng, n, 2);
                let gate = [StdGate::X, StdGate::Y, StdGate::Z][rng.random_range(0..3)];
                let control = control(rng, on[1]);
                return GateOp::std(gate, [], [on[0]]).controlled([control]);
            }
            4 => {
                let rows = [StdGate::RX, StdGate::RY, StdGate::RZ, StdGate::P];
                let gate = rows[rng.random_range(0..4)];
                return GateOp::std(gate, [angle.into()], qubits(rng, n, 1));
            }
            5 => {
                let weight = rng.random_range(1..=n);
                let letters = qubits(rng, n, weight)
                    .into_iter()
                    .map(|q| (q, Pauli::ALL[rng.random_range(1..4)]));
                return GateOp::pauli_rotation(&PauliString::new(letters), angle);
            }
            6 if n > 1 => {
                let on = qubits(rng, n, 2);
                let rows = [StdGate::P, StdGate::RX, StdGate::RY, StdGate::RZ];
                let gate = rows[rng.random_range(0..4)];
                let half_turn = 2.0 * FRAC_PI_2 * f64::from(rng.random_range(-4..5));
                let control = control(rng, on[1]);
                return GateOp::std(gate, [half_turn.into()], [on[0]]).controlled([control]);
            }
            7 if n > 1 => {
                // |a, b⟩ → |a, a ⊕ b ⊕ 1⟩, and a diagonal.
                let gate = if rng.random() {
                    Gate::permutation("affine", vec![2, 1, 0, 3])
                } else {
                    let i = num_complex::Complex64::I;
                    Gate::diagonal("phases", vec![1.0.into(), i, -i, (-1.0).into()])
                };
                return GateOp::new(gate.unwrap(), qubits(rng, n, 2));
            }
            _ => {}
        }
    }
}

fn random_circuit(rng: &mut ChaCha8Rng, n: usize, gates: usize) -> Vec<GateOp> {
    (0..gates).map(|_| random_gate(rng, n)).collect()
}

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}
