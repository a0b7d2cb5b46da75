//! Checks of sizes that the ansätze share.

use crate::circuit::MAX_QUBITS;
use crate::error::{Error, Result};

/// Most parameters of an ansatz.
pub(super) const MAX_PARAMETERS: usize = 1 << 16;
/// Most gates of the entangling layers of an ansatz: about 2 GiB.
const MAX_GATES: u128 = 1 << 24;

/// At least `least` qubits, and no more than a circuit has.
pub(crate) fn check_num_qubits(num_qubits: usize, least: usize) -> Result<()> {
    if (least..=MAX_QUBITS).contains(&num_qubits) {
        return Ok(());
    }
    Err(invalid("the number of qubits", num_qubits, format!("from {least} to {MAX_QUBITS}")))
}

/// At least one layer.
pub(crate) fn check_layers(layers: usize) -> Result<()> {
    if layers > 0 {
        return Ok(());
    }
    Err(invalid("the number of layers", layers, "at least 1".into()))
}

/// The number of parameters `layers`·`per_layer`, if it is not too large.
pub(crate) fn num_parameters(layers: usize, per_layer: usize) -> Result<usize> {
    let count = layers as u128 * per_layer as u128;
    if count <= MAX_PARAMETERS as u128 {
        return Ok(count as usize);
    }
    Err(invalid("the number of parameters", count, format!("at most {MAX_PARAMETERS}")))
}

/// `layers`·`per_layer` gates, if they are not too many.
pub(super) fn check_num_gates(layers: usize, per_layer: usize) -> Result<()> {
    let count = layers as u128 * per_layer as u128;
    if count <= MAX_GATES {
        return Ok(());
    }
    Err(invalid("the number of two-qubit gates", count, format!("at most {MAX_GATES}")))
}

fn invalid(what: &str, value: impl ToString, range: String) -> Error {
    Error::Invalid {
        what: format!("{what} of an ansatz"),
        value: value.to_string(),
        expected: format!("it must be {range}"),
    }
}
