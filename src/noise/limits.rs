//! Numbers that channels are checked against.

use crate::error::{Error, Result, shown};

/// A channel that is given by matrices, or is looked at as one, acts on at most this many qubits:
/// its superoperator is 4^k × 4^k.
pub const MAX_MATRIX_QUBITS: usize = 3;

/// A channel acts on at most this many qubits: a Pauli string is a number of two bits a letter.
pub const MAX_CHANNEL_QUBITS: usize = 32;

/// A list of Pauli strings with probabilities has at most this many.
pub const MAX_PAULI_ERRORS: usize = 1 << 20;

/// Matrices that should be a channel may be off by this much in an entry or an eigenvalue; what is
/// off by less is corrected.
pub const CPTP_TOLERANCE: f64 = 1e-8;

pub(super) fn invalid(
    what: impl Into<String>,
    value: impl Into<String>,
    expected: impl Into<String>,
) -> Error {
    Error::Invalid { what: what.into(), value: value.into(), expected: expected.into() }
}

/// A number from 0 to 1.
pub(super) fn probability(what: &str, p: f64) -> Result<f64> {
    // NaN is in no range; -0 becomes 0.
    if (0.0..=1.0).contains(&p) {
        Ok(p.abs())
    } else {
        Err(invalid(what, shown(p), "it is between 0 and 1"))
    }
}

/// Probabilities whose sum may be 1 and a rounding error more.
pub(super) fn sum_of_probabilities(what: &str, sum: f64) -> Result<()> {
    if sum <= 1.0 + 1e-12 {
        return Ok(());
    }
    Err(invalid(format!("the sum of {what}"), shown(sum), "it is at most 1"))
}

/// A number of qubits that a channel can have.
pub(super) fn channel_qubits(num_qubits: usize) -> Result<usize> {
    if (1..=MAX_CHANNEL_QUBITS).contains(&num_qubits) {
        return Ok(num_qubits);
    }
    let expected = format!("it is from 1 to {MAX_CHANNEL_QUBITS}");
    Err(invalid("the number of qubits of a noise channel", num_qubits.to_string(), expected))
}

/// A number of qubits on which matrices are at hand.
pub(super) fn matrix_qubits(what: &str, num_qubits: usize) -> Result<usize> {
    if (1..=MAX_MATRIX_QUBITS).contains(&num_qubits) {
        return Ok(num_qubits);
    }
    let expected = format!(
        "matrices of channels are on 1 to {MAX_MATRIX_QUBITS} qubits; depolarizing and Pauli \
         channels have fidelities and twirls without"
    );
    Err(invalid(format!("the number of qubits of {what}"), num_qubits.to_string(), expected))
}

/// The number of qubits of square matrices with 2^k rows.
pub(super) fn qubits_of_rows(what: &str, rows: usize, columns: usize) -> Result<usize> {
    let known = rows == columns && rows.is_power_of_two() && rows > 1;
    if known {
        return matrix_qubits(what, rows.trailing_zeros() as usize);
    }
    let size = format!("{rows} × {columns}");
    Err(invalid(format!("the size of {what}"), size, "it is 2^k × 2^k on k qubits"))
}
