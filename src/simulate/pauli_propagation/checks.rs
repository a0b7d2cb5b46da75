//! What a sum of strings can be asked, and what it starts from.

use super::super::initial::{InitialState, check_qubits};
use super::super::request::Request;
use super::lower::METHOD;
use crate::error::{Error, Result};
use crate::math::Bits;
use crate::propagation::Start;

const STATES: &str = "it carries observables and has no state: ask for means (`--observable`), or use \
                      the state vector or the stabilizer method";

/// Refuses what a sum of strings does not tell.
///
/// # Errors
/// [`Error::Unsupported`] for all but means; if an observable is on a qubit that does not exist.
pub(in super::super) fn check(
    request: &Request,
    initial: &InitialState,
    num_qubits: usize,
) -> Result<()> {
    let (operation, hint) = match request {
        Request { shots: Some(_), .. } => ("shots", STATES),
        Request { state: true, .. } => ("the state", STATES),
        Request { probabilities: Some(_), .. } => ("the probabilities of basis states", STATES),
        Request { outcomes: true, .. } => ("the distribution of the outcomes", STATES),
        Request { outcome_space: true, .. } => ("the space of the outcomes", STATES),
        Request { observables, .. } if observables.is_empty() => {
            ("a run without an observable", "it carries observables: ask for one (`--observable`)")
        }
        _ => return check_start(request, initial, num_qubits),
    };
    Err(unsupported(operation, hint))
}

fn unsupported(operation: &str, hint: &str) -> Error {
    Error::Unsupported { method: METHOD, operation: operation.into(), hint: hint.into() }
}

fn check_start(request: &Request, initial: &InitialState, num_qubits: usize) -> Result<()> {
    for sum in &request.observables {
        if sum.num_qubits() > num_qubits {
            return Err(Error::QubitOutOfRange { qubit: sum.num_qubits() - 1, num_qubits });
        }
    }
    start(initial, num_qubits).map(drop)
}

/// The start state of a propagation.
pub(super) fn start(initial: &InitialState, num_qubits: usize) -> Result<Start> {
    let what = match initial {
        InitialState::Zero => return Ok(Start::Basis(Bits::zeros(num_qubits))),
        InitialState::Bits(bits) => {
            check_qubits(bits.len(), num_qubits)?;
            return Ok(Start::Basis(bits.clone()));
        }
        InitialState::Amplitudes(_) => "a state vector as the initial state",
        InitialState::Stabilizer(_) => "a stabilizer tableau as the initial state",
        InitialState::Density(_) => "a density matrix as the initial state",
    };
    let hint = "it starts from basis states: put the gates that prepare the state into the circuit";
    Err(unsupported(what, hint))
}
