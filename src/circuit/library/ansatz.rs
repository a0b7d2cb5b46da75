//! Parameterized circuits without a problem of their own.

use crate::circuit::Circuit;

/// The hardware-efficient ansatz: RY and RZ on each qubit, then CX from each qubit to the next and
/// from the last to the first, `layers` times (Kandala et al., Nature 549, 242 (2017), whose
/// rotations are Euler angles and whose entangler is the device's).
///
/// Parameters are `theta[0]`, `theta[1]`, … in the order of the gates: RY and RZ of qubit 0 first;
/// there are 2·n·layers of them. A single qubit has no CX.
///
/// ```
/// use ketlab::circuit::library::hardware_efficient_ansatz;
/// let c = hardware_efficient_ansatz(4, 6);
/// assert_eq!(c.params().len(), 2 * 4 * 6);
/// assert_eq!(c.count_ops()["cx"], 4 * 6);
/// ```
pub fn hardware_efficient_ansatz(num_qubits: usize, layers: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    let mut theta = c.param_vector("theta", 2 * num_qubits * layers).into_iter();
    for _ in 0..layers {
        for q in 0..num_qubits {
            let (y, z) = (theta.next(), theta.next());
            c.ry(y.expect("two a qubit"), q).rz(z.expect("two a qubit"), q);
        }
        for q in 0..if num_qubits > 1 { num_qubits } else { 0 } {
            c.cx(q, (q + 1) % num_qubits);
        }
    }
    c
}
