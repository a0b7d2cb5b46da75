//! The simplified two-design.

use super::sizes::{check_layers, check_num_qubits, num_parameters};
use crate::circuit::Circuit;
use crate::error::Result;

/// The simplified two-design of Cerezo et al., Nat. Commun. 12, 1791 (2021): RY on each
/// qubit, then in each of the `layers` CZ and then RY on both qubits of the pairs (0, 1), (2, 3), …
/// and likewise of the pairs (1, 2), (3, 4), …. PennyLane's `SimplifiedTwoDesign`. Ansätze of this
/// shape show barren plateaus for global costs.
///
/// Parameters are `theta[0]`, … in the order of the gates: the n of the first RY, then two a pair,
/// the lower qubit first; there are n + 2(n - 1)·layers.
///
/// ```
/// use ketlab::circuit::library::simplified_two_design;
/// let c = simplified_two_design(5, 3);
/// assert_eq!((c.params().len(), c.count_ops()["cz"]), (5 + 2 * 4 * 3, 4 * 3));
/// ```
///
/// # Panics
/// See [`try_simplified_two_design`].
#[track_caller]
pub fn simplified_two_design(num_qubits: usize, layers: usize) -> Circuit {
    try_simplified_two_design(num_qubits, layers).unwrap_or_else(|e| panic!("{e}"))
}

/// [`simplified_two_design`] that returns the error.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, no layers, or more than 65,536 parameters.
pub fn try_simplified_two_design(num_qubits: usize, layers: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    check_layers(layers)?;
    let in_layers = num_parameters(layers, 2 * (num_qubits - 1))?;
    let count = num_parameters(1, num_qubits + in_layers)?;
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", count);
    let (first, rest) = theta.split_at(num_qubits);
    for (q, &theta) in first.iter().enumerate() {
        c.ry(theta, q);
    }
    let (even, odd) = ((1..num_qubits).step_by(2), (2..num_qubits).step_by(2));
    let uppers = even.chain(odd).collect::<Vec<_>>().repeat(layers);
    for (upper, theta) in uppers.into_iter().zip(rest.chunks_exact(2)) {
        c.cz(upper - 1, upper).ry(theta[0], upper - 1).ry(theta[1], upper);
    }
    Ok(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_come_in_the_order_of_the_picture() {
        let mut expected = Circuit::new(4);
        let t = expected.param_vector("theta", 10);
        expected.ry(t[0], 0).ry(t[1], 1).ry(t[2], 2).ry(t[3], 3);
        expected.cz(0, 1).ry(t[4], 0).ry(t[5], 1).cz(2, 3).ry(t[6], 2).ry(t[7], 3);
        expected.cz(1, 2).ry(t[8], 1).ry(t[9], 2);
        assert_eq!(simplified_two_design(4, 1), expected);
        let two = simplified_two_design(4, 2);
        assert_eq!(two.params().len(), 16);
        assert_eq!(two.count_ops()["cz"], 6);
    }

    #[test]
    fn amplitude_is_that_of_pennylane() {
        // As in the tests of the entangling layers: |0101⟩, PennyLane 0.45.1.
        let circuit = simplified_two_design(4, 3);
        let values = (0..).map(|k| 0.1 + 0.37 * f64::from(k));
        let named: Vec<_> = circuit.params().iter().zip(values).collect();
        let state = crate::Simulator::new().state::<f64>(&circuit.bind(&named).unwrap());
        assert!((state.unwrap().amplitude(5) - (-0.143131577958)).norm() < 1e-11);
    }

    #[test]
    fn one_qubit_is_one_rotation() {
        assert_eq!(simplified_two_design(1, 3).ops().len(), 1);
    }

    #[test]
    fn refuses_sizes() {
        assert!(try_simplified_two_design(0, 1).is_err());
        assert!(try_simplified_two_design(3, 0).is_err());
        assert!(try_simplified_two_design(1 << 20, 1).is_err());
        assert!(try_simplified_two_design(3, usize::MAX).is_err());
    }
}
