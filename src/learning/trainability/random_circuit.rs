//! The random circuits of barren plateaus.

use crate::circuit::Circuit;
use crate::circuit::library::{check_layers, check_num_qubits, num_parameters};
use crate::error::Result;
use rand::{Rng, RngExt};
use std::f64::consts::FRAC_PI_4;

/// RY(π/4) on every qubit, then `layers` times a rotation about a random axis (X, Y or Z, each with a
/// third) on every qubit and a ladder of CZ between neighbours (McClean, Boixo, Smelyanskiy, Babbush and
/// Neven, Nat. Commun. 9, 4812 (2018), arXiv:1803.11173). The axes are drawn from `rng`, the angles are
/// the parameters `theta[0]`, …: `theta[n·l + q]` in layer l on qubit q. From some 10n layers on they are near
/// to two-designs.
///
/// # Errors
/// If there are no qubits, more than a circuit can have, no layers, or more than 65,536 parameters.
pub fn random_pauli_layers(
    num_qubits: usize,
    layers: usize,
    rng: &mut impl Rng,
) -> Result<Circuit> {
    check_num_qubits(num_qubits, 1)?;
    check_layers(layers)?;
    let count = num_parameters(layers, num_qubits)?;
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", count);
    for q in 0..num_qubits {
        c.ry(FRAC_PI_4, q);
    }
    for theta in theta.chunks_exact(num_qubits) {
        for (q, &theta) in theta.iter().enumerate() {
            match rng.random_range(0..3) {
                0 => c.rx(theta, q),
                1 => c.ry(theta, q),
                _ => c.rz(theta, q),
            };
        }
        for q in 1..num_qubits {
            c.cz(q - 1, q);
        }
    }
    Ok(c)
}
