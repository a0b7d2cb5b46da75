//! Circuits that prepare well-known states from |0…0⟩.

use crate::circuit::Circuit;

/// (|0…0⟩ + |1…1⟩)/√2.
pub fn ghz(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    if num_qubits > 0 {
        c.h(0);
    }
    for q in 1..num_qubits {
        c.cx(q - 1, q);
    }
    c
}

/// The equal superposition of all states with a single 1.
pub fn w(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    if num_qubits > 0 {
        c.x(0);
    }
    // The 1 moves on from qubit k with what is left of the amplitude; 1/n of it stays each time.
    for k in 1..num_qubits {
        let stays = 1.0 / (num_qubits - k + 1) as f64;
        c.cry(2.0 * stays.sqrt().acos(), k - 1, k).cx(k, k - 1);
    }
    c
}
