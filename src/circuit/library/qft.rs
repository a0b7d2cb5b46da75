//! Quantum Fourier transform.

use crate::circuit::Circuit;
use std::f64::consts::PI;

/// |x⟩ → 2^{-n/2} Σ_y e^{2πi·xy/2^n} |y⟩ with qubit 0 least significant, swaps included (Nielsen
/// and Chuang, section 5.1).
pub fn qft(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    for j in (0..num_qubits).rev() {
        c.h(j);
        for k in (0..j).rev() {
            c.cp(PI * 0.5f64.powi((j - k) as i32), k, j);
        }
    }
    for j in 0..num_qubits / 2 {
        c.swap(j, num_qubits - 1 - j);
    }
    c
}

/// The inverse of [`qft`].
pub fn inverse_qft(num_qubits: usize) -> Circuit {
    qft(num_qubits).inverse().expect("gates only")
}
