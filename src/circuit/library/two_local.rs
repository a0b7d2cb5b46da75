//! Layers of rotations with layers of CX between them.

use super::Entanglement;
use super::sizes::{check_num_gates, check_num_qubits, num_parameters};
use crate::circuit::Circuit;
use crate::error::Result;
use crate::gate::{GateOp, StdGate};

/// Real amplitudes: a layer of RY, then `reps` times a layer of CX on the pairs of `entanglement`
/// and a layer of RY. From |0…0⟩ the amplitudes are real. Qiskit's circuit of this name, whose
/// default is [`Entanglement::ReverseLinear`].
///
/// Parameters are `theta[0]`, … in the order of the gates, qubit 0 of the first layer first; there
/// are n·(reps + 1).
///
/// ```
/// use ketlab::circuit::library::{Entanglement, real_amplitudes};
/// let c = real_amplitudes(4, 3, Entanglement::ReverseLinear);
/// assert_eq!(c.params().len(), 4 * (3 + 1));
/// assert_eq!(c.count_ops()["cx"], 3 * 3);
/// ```
///
/// # Panics
/// See [`try_real_amplitudes`].
#[track_caller]
pub fn real_amplitudes(num_qubits: usize, reps: usize, entanglement: Entanglement) -> Circuit {
    try_real_amplitudes(num_qubits, reps, entanglement).unwrap_or_else(|e| panic!("{e}"))
}

/// [`real_amplitudes`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, more than 65,536 parameters or more than
/// 2^24 CX.
pub fn try_real_amplitudes(
    num_qubits: usize,
    reps: usize,
    entanglement: Entanglement,
) -> Result<Circuit> {
    two_local(num_qubits, reps, entanglement, &[StdGate::RY])
}

/// Efficient SU(2): a layer of RY on every qubit and then RZ on every qubit, then `reps` times a
/// layer of CX on the pairs of `entanglement` and the rotations again. Qiskit's circuit of this
/// name, whose default is [`Entanglement::ReverseLinear`]; with a rotation layer more at the end
/// than [`hardware_efficient_ansatz`](super::hardware_efficient_ansatz).
///
/// Parameters are `theta[0]`, … in the order of the gates: the RY of qubits 0 to n-1, then their
/// RZ; there are 2n·(reps + 1).
///
/// ```
/// use ketlab::circuit::library::{Entanglement, efficient_su2};
/// let c = efficient_su2(4, 3, Entanglement::Linear);
/// assert_eq!(c.params().len(), 2 * 4 * (3 + 1));
/// ```
///
/// # Panics
/// See [`try_efficient_su2`].
#[track_caller]
pub fn efficient_su2(num_qubits: usize, reps: usize, entanglement: Entanglement) -> Circuit {
    try_efficient_su2(num_qubits, reps, entanglement).unwrap_or_else(|e| panic!("{e}"))
}

/// [`efficient_su2`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, more than 65,536 parameters or more than
/// 2^24 CX.
pub fn try_efficient_su2(
    num_qubits: usize,
    reps: usize,
    entanglement: Entanglement,
) -> Result<Circuit> {
    two_local(num_qubits, reps, entanglement, &[StdGate::RY, StdGate::RZ])
}

fn two_local(
    num_qubits: usize,
    reps: usize,
    entanglement: Entanglement,
    rotations: &[StdGate],
) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    let per_layer = num_qubits * rotations.len();
    let count = num_parameters(reps.saturating_add(1), per_layer)?;
    check_num_gates(reps, entanglement.num_pairs(num_qubits))?;
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", count);
    let pairs = if reps > 0 { entanglement.pairs(num_qubits) } else { Vec::new() };
    for (layer, theta) in theta.chunks_exact(per_layer).enumerate() {
        for &(a, b) in if layer > 0 { &pairs[..] } else { &[] } {
            c.cx(a, b);
        }
        for (k, &angle) in theta.iter().enumerate() {
            c.try_gate(GateOp::std(rotations[k / num_qubits], [angle.into()], [k % num_qubits]))?;
        }
    }
    Ok(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn gates_come_in_the_order_of_qiskit() {
        let mut expected = Circuit::new(3);
        let t = expected.param_vector("theta", 12);
        expected.ry(t[0], 0).ry(t[1], 1).ry(t[2], 2).rz(t[3], 0).rz(t[4], 1).rz(t[5], 2);
        expected.cx(1, 2).cx(0, 1);
        expected.ry(t[6], 0).ry(t[7], 1).ry(t[8], 2).rz(t[9], 0).rz(t[10], 1).rz(t[11], 2);
        assert_eq!(efficient_su2(3, 1, Entanglement::ReverseLinear), expected);

        let mut expected = Circuit::new(2);
        let t = expected.param_vector("theta", 6);
        expected.ry(t[0], 0).ry(t[1], 1).cx(0, 1).ry(t[2], 0).ry(t[3], 1);
        expected.cx(0, 1).ry(t[4], 0).ry(t[5], 1);
        assert_eq!(real_amplitudes(2, 2, Entanglement::Circular), expected);
    }

    #[test]
    fn amplitudes_are_those_of_qiskit() {
        use Entanglement::{Circular, Full, Linear, ReverseLinear};
        // Amplitude 5 on 4 qubits with 2 repetitions, parameter k at 0.1 + 0.37k, by Qiskit 2.6.2.
        for (circuit, expected) in [
            (real_amplitudes(4, 2, Linear), Complex64::new(0.308925389143, -0.000000000000)),
            (real_amplitudes(4, 2, ReverseLinear), Complex64::new(0.046834323494, -0.000000000000)),
            (real_amplitudes(4, 2, Circular), Complex64::new(0.480199578122, -0.000000000000)),
            (real_amplitudes(4, 2, Full), Complex64::new(0.046834323494, -0.000000000000)),
            (efficient_su2(4, 2, Linear), Complex64::new(0.492759718794, -0.410956500761)),
            (efficient_su2(4, 2, Circular), Complex64::new(0.191616516236, -0.033724540347)),
        ] {
            let values = (0..).map(|k| 0.1 + 0.37 * f64::from(k));
            let named: Vec<_> = circuit.params().iter().zip(values).collect();
            let state = crate::Simulator::new().state::<f64>(&circuit.bind(&named).unwrap());
            assert!((state.unwrap().amplitude(5) - expected).norm() < 1e-11);
        }
    }

    #[test]
    fn no_repetitions_are_one_layer() {
        let c = real_amplitudes(3, 0, Entanglement::Full);
        assert_eq!((c.ops().len(), c.params().len()), (3, 3));
    }

    #[test]
    fn refuses_sizes() {
        let error = try_real_amplitudes(0, 1, Entanglement::Full).unwrap_err().to_string();
        assert_eq!(error, "the number of qubits of an ansatz is 0; it must be from 1 to 1048576");
        let error = try_efficient_su2(100, 1000, Entanglement::Linear).unwrap_err().to_string();
        assert_eq!(
            error,
            "the number of parameters of an ansatz is 200200; it must be at most 65536"
        );
        assert!(try_real_amplitudes(2, usize::MAX, Entanglement::Full).is_err());
        assert!(try_real_amplitudes(usize::MAX, 1, Entanglement::Full).is_err());
        let error = try_real_amplitudes(10_000, 1, Entanglement::Full).unwrap_err().to_string();
        assert!(error.contains("two-qubit gates of an ansatz is 49995000"), "{error}");
    }
}
