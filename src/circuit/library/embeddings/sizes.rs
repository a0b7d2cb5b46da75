//! Checks of sizes that embeddings share.

use crate::circuit::MAX_QUBITS;
use crate::error::{Error, Result};

/// Most parameters of an embedding, inputs and functions of them together.
const MAX_PARAMETERS: usize = 1 << 16;
/// Most gates of an embedding: about 2 GiB.
const MAX_GATES: u128 = 1 << 24;

/// A number of features, one a qubit.
pub(super) fn check_features(num_features: usize) -> Result<()> {
    check("the number of features", num_features as u128, 1, MAX_QUBITS as u128)?;
    check_parameters(num_features)
}

/// A number of parameters.
pub(super) fn check_parameters(count: usize) -> Result<()> {
    check("the number of parameters", count as u128, 0, MAX_PARAMETERS as u128)
}

/// `layers` times so many gates.
pub(super) fn check_gates(layers: usize, per_layer: usize) -> Result<()> {
    let count = (layers as u128).saturating_mul(per_layer as u128);
    check("the number of gates", count, 0, MAX_GATES)
}

pub(super) fn check(what: &str, value: u128, least: u128, most: u128) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("{what} of an embedding"),
        value: value.to_string(),
        expected: format!("it must be from {least} to {most}"),
    })
}
