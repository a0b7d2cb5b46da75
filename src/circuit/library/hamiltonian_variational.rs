//! The Hamiltonian variational ansatz.

use super::sizes::{check_layers, check_num_qubits, num_parameters};
use super::{TrotterOrder, trotter_step};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::pauli::PauliSum;

/// The Hamiltonian variational ansatz (Wecker, Hastings and Troyer, Phys. Rev. A 92, 042303
/// (2015)): in each of the `layers` exp(-iθH_g) of each group H_g of the Hamiltonian's terms, the
/// first group first, each with a parameter of its own. A group whose terms do not commute becomes
/// the product of the exponentials of its terms in their order.
///
/// Parameters are `theta[0]`, … in the order of the gates: `theta[G·l + g]` in layer l for group g
/// of G; there are G·layers. The number of qubits is that of the groups. The circuit starts where
/// it is told: usually in the ground state of one group, which the caller prepares.
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::circuit::library::hamiltonian_variational;
/// // The transverse-field Ising chain from the ground state of its field.
/// let groups = ["-Z0 Z1 - Z1 Z2".parse()?, "-X0 - X1 - X2".parse()?];
/// let mut c = Circuit::new(3);
/// c.h(0).h(1).h(2).append(&hamiltonian_variational(&groups, 4));
/// assert_eq!((c.params().len(), c.count_ops()["rzz"]), (8, 8));
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_hamiltonian_variational`].
#[track_caller]
pub fn hamiltonian_variational(groups: &[PauliSum], layers: usize) -> Circuit {
    try_hamiltonian_variational(groups, layers).unwrap_or_else(|e| panic!("{e}"))
}

/// [`hamiltonian_variational`] that returns the error.
///
/// # Errors
/// If there are no groups or no layers, a group has no term but the identity (its parameter would
/// do nothing), or there are more qubits than a circuit can have or more than 65,536 parameters.
pub fn try_hamiltonian_variational(groups: &[PauliSum], layers: usize) -> Result<Circuit> {
    check_layers(layers)?;
    if groups.is_empty() {
        return Err(Error::Invalid {
            what: "the number of groups of a Hamiltonian".into(),
            value: "0".into(),
            expected: "it must be at least 1".into(),
        });
    }
    if let Some(g) = groups.iter().position(|group| group.num_qubits() == 0) {
        return Err(Error::Invalid {
            what: format!("group {g} of a Hamiltonian"),
            value: groups[g].to_string(),
            expected: "it must have a term on a qubit".into(),
        });
    }
    let num_qubits = groups.iter().map(PauliSum::num_qubits).max().unwrap_or(0);
    check_num_qubits(num_qubits, 1)?;
    let count = num_parameters(layers, groups.len())?;
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", count);
    for theta in theta.chunks_exact(groups.len()) {
        for (group, &theta) in groups.iter().zip(theta) {
            trotter_step(&mut c, group, theta, TrotterOrder::First)?;
        }
    }
    Ok(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn layers_are_exponentials_of_the_groups() {
        let groups: [PauliSum; 2] =
            ["0.5 Z0 Z1 - 0.25 Z1 + 0.75".parse().unwrap(), "X0 + 2 X1 Y2".parse().unwrap()];
        let angles = [0.3, -0.7, 1.1, 0.4];
        let c = hamiltonian_variational(&groups, 2);
        let named: Vec<_> = c.params().iter().zip(angles).collect();
        let ours = c.bind(&named).unwrap().matrix().unwrap();
        let exp =
            |k: usize| (groups[k % 2].to_dense(3).unwrap() * Complex64::new(0.0, -angles[k])).exp();
        let expected = exp(3) * exp(2) * exp(1) * exp(0);
        assert!((ours - expected).norm() < 1e-12);
    }

    #[test]
    fn refuses_empty_groups() {
        let z = || "Z0".parse::<PauliSum>().unwrap();
        let error = try_hamiltonian_variational(&[z(), PauliSum::zero()], 1).unwrap_err();
        let says = "group 1 of a Hamiltonian is 0; it must have a term on a qubit";
        assert_eq!(error.to_string(), says);
        assert!(try_hamiltonian_variational(&["2".parse().unwrap()], 1).is_err());
        assert!(try_hamiltonian_variational(&[], 1).is_err());
        assert!(try_hamiltonian_variational(&[z()], 0).is_err());
        assert!(try_hamiltonian_variational(&[z()], 1 << 20).is_err());
    }
}
