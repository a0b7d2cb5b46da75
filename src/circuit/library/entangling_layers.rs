//! Rotations and rings of CX, as PennyLane's templates have them.

use super::sizes::{check_layers, check_num_qubits, num_parameters};
use crate::circuit::Circuit;
use crate::error::Result;

/// Basic entangler layers: `layers` times RX on each qubit, then CX from each qubit to the next and
/// from the last to the first. PennyLane's `BasicEntanglerLayers` with its default rotation.
///
/// Parameters are `theta[0]`, … in the order of the gates: `theta[n·l + q]` in layer l on qubit q;
/// there are n·layers. Two qubits have the one CX (0, 1), a single qubit none.
///
/// ```
/// use ketlab::circuit::library::basic_entangler_layers;
/// let c = basic_entangler_layers(4, 3);
/// assert_eq!((c.params().len(), c.count_ops()["cx"]), (12, 12));
/// ```
///
/// # Panics
/// See [`try_basic_entangler_layers`].
#[track_caller]
pub fn basic_entangler_layers(num_qubits: usize, layers: usize) -> Circuit {
    try_basic_entangler_layers(num_qubits, layers).unwrap_or_else(|e| panic!("{e}"))
}

/// [`basic_entangler_layers`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, no layers, or more than 65,536 parameters.
pub fn try_basic_entangler_layers(num_qubits: usize, layers: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    check_layers(layers)?;
    let count = num_parameters(layers, num_qubits)?;
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", count);
    for theta in theta.chunks_exact(num_qubits) {
        for (q, &theta) in theta.iter().enumerate() {
            c.rx(theta, q);
        }
        // On two qubits the ring would have the same pair twice.
        let ring = if num_qubits == 2 { 1 } else { num_qubits };
        cx_ring(&mut c, ring, 1);
    }
    Ok(c)
}

/// Strongly entangling layers (Schuld, Bocharov, Svore and Wiebe, Phys. Rev. A 101, 032308 (2020)):
/// in layer l = 0, 1, … each qubit gets Rot(φ, θ, ω) = RZ(ω)·RY(θ)·RZ(φ), so `rz(φ)` comes first;
/// then CX from each qubit q to (q + r) mod n with the range r = l mod (n - 1) + 1. PennyLane's
/// `StronglyEntanglingLayers` with its default ranges.
///
/// Parameters are `theta[0]`, … in the order of the gates: φ, θ, ω of qubit 0, then of qubit 1, …;
/// there are 3n·layers, in the order of PennyLane's array of shape (layers, n, 3). A single qubit
/// has no CX.
///
/// ```
/// use ketlab::circuit::library::strongly_entangling_layers;
/// let c = strongly_entangling_layers(4, 3);
/// assert_eq!((c.params().len(), c.count_ops()["cx"]), (3 * 4 * 3, 4 * 3));
/// ```
///
/// # Panics
/// See [`try_strongly_entangling_layers`].
#[track_caller]
pub fn strongly_entangling_layers(num_qubits: usize, layers: usize) -> Circuit {
    try_strongly_entangling_layers(num_qubits, layers).unwrap_or_else(|e| panic!("{e}"))
}

/// [`strongly_entangling_layers`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, no layers, or more than 65,536 parameters.
pub fn try_strongly_entangling_layers(num_qubits: usize, layers: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    check_layers(layers)?;
    let count = num_parameters(layers, 3 * num_qubits)?;
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", count);
    for (layer, theta) in theta.chunks_exact(3 * num_qubits).enumerate() {
        for (q, rot) in theta.chunks_exact(3).enumerate() {
            c.rz(rot[0], q).ry(rot[1], q).rz(rot[2], q);
        }
        if num_qubits > 1 {
            cx_ring(&mut c, num_qubits, layer % (num_qubits - 1) + 1);
        }
    }
    Ok(c)
}

/// CX from each of the first `controls` qubits to the one `range` further on the ring.
fn cx_ring(c: &mut Circuit, controls: usize, range: usize) {
    let n = c.num_qubits();
    for q in 0..if n > 1 { controls } else { 0 } {
        c.cx(q, (q + range) % n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Op;
    use num_complex::Complex64;

    /// (control, target) of each CX.
    fn cx_of(circuit: &Circuit) -> Vec<(u32, u32)> {
        let ops = circuit.ops().iter();
        ops.filter_map(|op| match op {
            Op::Gate(g) if g.controls.len() == 1 => Some((g.controls[0].qubit, g.targets[0])),
            _ => None,
        })
        .collect()
    }

    #[test]
    fn rings_are_those_of_pennylane() {
        assert_eq!(cx_of(&basic_entangler_layers(3, 2)), [(0, 1), (1, 2), (2, 0)].repeat(2));
        assert_eq!(cx_of(&basic_entangler_layers(2, 1)), [(0, 1)]);
        assert_eq!(cx_of(&basic_entangler_layers(1, 1)), []);
        let ring = |r: u32| (0..4).map(move |q| (q, (q + r) % 4));
        let four: Vec<_> = ring(1).chain(ring(2)).chain(ring(3)).chain(ring(1)).collect();
        assert_eq!(cx_of(&strongly_entangling_layers(4, 4)), four);
        assert_eq!(cx_of(&strongly_entangling_layers(2, 1)), [(0, 1), (1, 0)]);
        assert_eq!(cx_of(&strongly_entangling_layers(1, 2)), []);
    }

    #[test]
    fn rotations_are_in_order() {
        let mut expected = Circuit::new(2);
        let t = expected.param_vector("theta", 6);
        expected.rz(t[0], 0).ry(t[1], 0).rz(t[2], 0);
        expected.rz(t[3], 1).ry(t[4], 1).rz(t[5], 1).cx(0, 1).cx(1, 0);
        assert_eq!(strongly_entangling_layers(2, 1), expected);
        let mut expected = Circuit::new(2);
        let t = expected.param_vector("theta", 4);
        expected.rx(t[0], 0).rx(t[1], 1).cx(0, 1).rx(t[2], 0).rx(t[3], 1).cx(0, 1);
        assert_eq!(basic_entangler_layers(2, 2), expected);
    }

    #[test]
    fn amplitudes_are_those_of_pennylane() {
        // Of |0101⟩ on 4 qubits, parameter k at 0.1 + 0.37k, by PennyLane 0.45.1 (its wires read
        // from the right).
        for (circuit, expected) in [
            (basic_entangler_layers(4, 3), Complex64::new(0.163463864393, 0.108766925986)),
            (strongly_entangling_layers(4, 4), Complex64::new(-0.285486631190, 0.031914996291)),
        ] {
            let values = (0..).map(|k| 0.1 + 0.37 * f64::from(k));
            let named: Vec<_> = circuit.params().iter().zip(values).collect();
            let state = crate::Simulator::new().state::<f64>(&circuit.bind(&named).unwrap());
            assert!((state.unwrap().amplitude(5) - expected).norm() < 1e-11);
        }
    }

    #[test]
    fn refuses_sizes() {
        for try_layers in [try_basic_entangler_layers, try_strongly_entangling_layers] {
            let error = try_layers(3, 0).unwrap_err().to_string();
            assert_eq!(error, "the number of layers of an ansatz is 0; it must be at least 1");
            assert!(try_layers(0, 1).is_err());
            assert!(try_layers(1 << 20, 1).is_err());
            assert!(try_layers(2, usize::MAX).is_err());
        }
    }
}
