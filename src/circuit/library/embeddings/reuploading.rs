//! Data again and again between trained rotations.

use super::sizes::{check, check_features, check_gates, check_parameters};
use crate::circuit::library::Entanglement;
use crate::circuit::{Circuit, MAX_QUBITS};
use crate::error::Result;

/// Data re-uploading (Pérez-Salinas et al., Quantum 4, 226 (2020)): `layers` times
///
/// 1. the data: feature s mod d is an angle on qubit s mod n, for s = 0, 1, …, max(d, n) - 1, with d
///    features and n qubits: RX the first time round the qubits, RY the second time, RX again, ….
///    So features go round where there are fewer than qubits, and qubits where there are fewer than
///    features;
/// 2. RZ(θ), RY(θ'), RZ(θ'') on each qubit, trained;
/// 3. CZ on the pairs of `entanglement`; [`Entanglement::Circular`] is the ring.
///
/// Inputs are `x[0]`, …, `x[d-1]` and then the weights `theta[0]`, …, in the order of the gates: 3n
/// a layer. With one input feature the model's outputs are trigonometric polynomials in it of
/// degree at most `layers` times how often it comes in a layer (Schuld, Sweke and Meyer, Phys. Rev. A
/// 103, 032430 (2021)).
///
/// ```
/// use ketlab::circuit::library::{Entanglement, data_reuploading};
/// let c = data_reuploading(3, 2, 4, Entanglement::Circular);
/// assert_eq!(c.params().len(), 3 + 4 * 3 * 2);
/// assert_eq!((c.count_ops()["rx"], c.count_ops()["ry"]), (4 * 2, 4 * (1 + 2)));
/// ```
///
/// # Panics
/// See [`try_data_reuploading`].
#[track_caller]
pub fn data_reuploading(
    num_features: usize,
    num_qubits: usize,
    layers: usize,
    entanglement: Entanglement,
) -> Circuit {
    try_data_reuploading(num_features, num_qubits, layers, entanglement)
        .unwrap_or_else(|e| panic!("{e}"))
}

/// [`data_reuploading`] that returns the error.
///
/// # Errors
/// If there are no features, no qubits or no layers, more than 65,536 features and weights, more
/// qubits than a circuit can have, or more than 2^24 gates.
pub fn try_data_reuploading(
    num_features: usize,
    num_qubits: usize,
    layers: usize,
    entanglement: Entanglement,
) -> Result<Circuit> {
    check_features(num_features)?;
    check("the number of qubits", num_qubits as u128, 1, MAX_QUBITS as u128)?;
    check("the number of layers", layers as u128, 1, u32::MAX.into())?;
    let num_weights = layers.saturating_mul(3 * num_qubits);
    check_parameters(num_features.saturating_add(num_weights))?;
    let uploads = num_features.max(num_qubits);
    check_gates(
        layers,
        (uploads + 3 * num_qubits).saturating_add(entanglement.num_pairs(num_qubits)),
    )?;
    let mut c = Circuit::new(num_qubits);
    let x = c.param_vector("x", num_features);
    let theta = c.param_vector("theta", num_weights);
    let pairs = entanglement.pairs(num_qubits);
    for theta in theta.chunks_exact(3 * num_qubits) {
        for s in 0..uploads {
            let (angle, qubit) = (x[s % num_features], s % num_qubits);
            match (s / num_qubits) % 2 {
                0 => c.try_rx(angle, qubit)?,
                _ => c.try_ry(angle, qubit)?,
            };
        }
        for (qubit, theta) in theta.chunks_exact(3).enumerate() {
            c.try_rz(theta[0], qubit)?.try_ry(theta[1], qubit)?.try_rz(theta[2], qubit)?;
        }
        for &(a, b) in &pairs {
            c.try_cz(a, b)?;
        }
    }
    Ok(c)
}
