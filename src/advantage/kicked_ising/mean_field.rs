//! Mean field: after every gate the state is replaced by the product of its one-qubit states.

use super::observable::{KickedObservable, NUM_QUBITS};
use crate::circuit::library::heavy_hex_127;
use crate::pauli::Pauli;

/// The mean in mean field. Each qubit is a Bloch vector. A kick turns it about X. A coupling
/// RZZ(-π/2), traced over the other qubit, turns it about Z by ∓π/2 with the probabilities of that
/// qubit's bits: x + iy is multiplied by cos(π/2) - i sin(π/2) z, so that correlations are lost and
/// the vector shrinks.
pub fn mean(observable: KickedObservable, theta: f64) -> f64 {
    let edges = heavy_hex_127();
    let mut state = vec![[0.0, 0.0, 1.0]; NUM_QUBITS];
    let kick = |state: &mut Vec<[f64; 3]>| {
        let (sin, cos) = theta.sin_cos();
        for [_, y, z] in state {
            (*y, *z) = (cos * *y - sin * *z, sin * *y + cos * *z);
        }
    };
    for _ in 0..observable.steps() {
        kick(&mut state);
        // Couplings commute and leave z alone, so their order is no matter.
        for &(a, b) in &edges {
            for (qubit, other) in [(a, b), (b, a)] {
                let z = state[other][2];
                let [x, y, _] = state[qubit];
                // (x + iy)(-iz)
                (state[qubit][0], state[qubit][1]) = (y * z, -x * z);
            }
        }
    }
    if observable.has_last_kicks() {
        kick(&mut state);
    }
    let strings = observable.strings();
    let of_string = |string: &crate::pauli::PauliString| -> f64 {
        let factor = |(qubit, pauli): (usize, Pauli)| match pauli {
            Pauli::I => 1.0,
            Pauli::X => state[qubit][0],
            Pauli::Y => state[qubit][1],
            Pauli::Z => state[qubit][2],
        };
        string.iter().map(factor).product()
    };
    strings.iter().map(of_string).sum::<f64>() / strings.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Simulator;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn one_coupling_is_traced_exactly() {
        // Two qubits in a product state, then RZZ(-π/2): the reduced state of the first.
        let mut circuit = crate::circuit::Circuit::new(2);
        circuit.ry(0.7, 0).rz(0.4, 0).rx(1.1, 1).rzz(-FRAC_PI_2, 0, 1);
        let value = |text: &str| {
            Simulator::new().expectation(&circuit, &text.parse().unwrap()).unwrap().value
        };
        let (x, y) = (0.7f64.sin() * 0.4f64.cos(), 0.7f64.sin() * 0.4f64.sin());
        let z = 1.1f64.cos();
        assert!((value("X0") - y * z).abs() < 1e-14);
        assert!((value("Y0") + x * z).abs() < 1e-14);
    }

    #[test]
    fn without_kicks_nothing_happens_and_one_step_is_exact() {
        assert_eq!(mean(KickedObservable::Magnetization, 0.0), 1.0);
        assert_eq!(mean(KickedObservable::Z62Steps20, 0.0), 1.0);
        // At small angles spins precess almost independently.
        let (z, theta) = (mean(KickedObservable::Z62Steps9, 0.05), 0.05f64);
        assert!(z < 1.0 && z > (9.0 * theta).cos());
    }
}
