//! Which method runs a circuit, and why.

use super::choose::{Prices, density_room};
use super::density_matrix;
use super::executable::Prepared;
use super::initial::InitialState;
use super::method::Method;
use super::pauli_propagation;
use super::request::Request;
use super::stabilizer::Code;
use super::state_vector::check_size;
use crate::engine::{Precision, check_room};
use crate::error::{Error, Result};
use crate::propagation::Truncation;
use std::borrow::Cow;

/// A state of at most this many qubits is so small that nobody asks whether it fits.
const SURELY_FITS: usize = 16;

/// Pauli propagation is chosen where it surely carries no more strings than this, with nothing left
/// out: they take some 100 MB and seconds.
const FEW_STRINGS: u64 = 1 << 20;

/// A method, with what it needs.
pub(super) enum Selected {
    StateVector { reason: Cow<'static, str> },
    Stabilizer { code: Code, reason: String },
    Trajectories { reason: String },
    DensityMatrix { code: Box<density_matrix::Code>, reason: String },
    PauliPropagation { code: pauli_propagation::Code, reason: String },
}

impl Selected {
    /// Which one.
    pub fn method(&self) -> Method {
        match self {
            Selected::StateVector { .. } => Method::StateVector,
            Selected::Stabilizer { .. } => Method::Stabilizer,
            Selected::Trajectories { .. } => Method::Trajectories,
            Selected::DensityMatrix { .. } => Method::DensityMatrix,
            Selected::PauliPropagation { .. } => Method::PauliPropagation,
        }
    }

    /// Why it was selected.
    pub fn reason(self) -> Cow<'static, str> {
        match self {
            Selected::StateVector { reason } => reason,
            Selected::Stabilizer { reason, .. }
            | Selected::DensityMatrix { reason, .. }
            | Selected::PauliPropagation { reason, .. }
            | Selected::Trajectories { reason } => reason.into(),
        }
    }
}

/// The method that was asked for, or the best one, with what it needs.
///
/// # Errors
/// [`Error::Unsupported`] if the stabilizer method was asked for and a gate is no Clifford gate, or
/// Pauli propagation for what it does not take; if no method can run the circuit.
pub(super) fn select(
    method: Method,
    precision: Precision,
    initial: &InitialState,
    truncation: &Truncation,
    max_branches: usize,
    request: &Request,
    prepared: &Prepared,
) -> Result<Selected> {
    let n = prepared.flow().num_qubits;
    let stabilizer = |reason: String| {
        let code = Code::new(prepared.flow(), prepared.row())?;
        Ok(Selected::Stabilizer { code, reason })
    };
    let density_matrix = |reason: String| {
        density_room(precision, n)?;
        let code = density_matrix::Code::new(prepared.flow(), prepared.row())?;
        Ok(Selected::DensityMatrix { code: Box::new(code), reason })
    };
    match method {
        Method::StateVector => Ok(Selected::StateVector { reason: "it was asked for".into() }),
        Method::Stabilizer => stabilizer("it was asked for".into()),
        Method::Trajectories => Ok(Selected::Trajectories { reason: "it was asked for".into() }),
        Method::DensityMatrix => density_matrix("it was asked for".into()),
        Method::PauliPropagation => {
            truncation.check()?;
            pauli_propagation::check(request, initial, n)?;
            let code = pauli_propagation::Code::new(prepared.flow(), prepared.row())?;
            Ok(Selected::PauliPropagation { code, reason: "it was asked for".into() })
        }
        Method::Automatic if matches!(initial, InitialState::Density(_)) => {
            density_matrix("the initial state is a density matrix".into())
        }
        Method::Automatic if matches!(initial, InitialState::Stabilizer(_)) => {
            stabilizer("the initial state is a stabilizer tableau".into())
        }
        Method::Automatic
            if !prepared.flow().channels.is_empty() && has_room(n, precision).is_ok() =>
        {
            let prices = Prices::new(prepared.flow(), request, precision, max_branches);
            match prices.cheapest()? {
                (Method::DensityMatrix, reason) => density_matrix(reason),
                (Method::Trajectories, reason) => Ok(Selected::Trajectories { reason }),
                (_, reason) => Ok(Selected::StateVector { reason: reason.into() }),
            }
        }
        Method::Automatic => {
            let no_room = match has_room(n, precision) {
                Err(no_room) => no_room,
                Ok(()) if request.outcome_space => {
                    return stabilizer("the space of the outcomes was asked for".into());
                }
                Ok(()) => {
                    let reason = "it runs any circuit, and the amplitudes fit in memory";
                    return Ok(Selected::StateVector { reason: reason.into() });
                }
            };
            if let InitialState::Amplitudes(_) = initial {
                return Err(no_room);
            }
            match Code::new(prepared.flow(), prepared.row()) {
                Ok(code) => {
                    let gates = match code.num_gates() {
                        0 => "there are no gates".to_owned(),
                        1 => "the gate is a Clifford gate".to_owned(),
                        number => format!("all {number} gates are Clifford gates"),
                    };
                    let reason = format!("{gates}, and a state vector of {n} qubits has no room");
                    Ok(Selected::Stabilizer { code, reason })
                }
                Err(Error::Unsupported { operation, .. }) => {
                    match few_strings(initial, truncation, request, prepared) {
                        Some((code, strings)) => {
                            let reason = format!(
                                "the observables surely come to {strings} strings at most, and a \
                                 state vector of {n} qubits has no room"
                            );
                            Ok(Selected::PauliPropagation { code, reason })
                        }
                        None => Err(because(no_room, &operation)),
                    }
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// What Pauli propagation makes of the circuit, with a bound on the strings, where it answers the
/// request exactly and surely carries few of them.
fn few_strings(
    initial: &InitialState,
    truncation: &Truncation,
    request: &Request,
    prepared: &Prepared,
) -> Option<(pauli_propagation::Code, u64)> {
    let n = prepared.flow().num_qubits;
    if !truncation.is_exact() || pauli_propagation::check(request, initial, n).is_err() {
        return None;
    }
    let code = pauli_propagation::Code::new(prepared.flow(), prepared.row()).ok()?;
    let sums = &request.observables;
    let strings = pauli_propagation::bound(&code.steps, n, sums, FEW_STRINGS)?;
    Some((code, strings))
}

/// Whether a state vector fits in memory.
fn has_room(num_qubits: usize, precision: Precision) -> Result<()> {
    if num_qubits <= SURELY_FITS {
        return Ok(());
    }
    check_size(num_qubits)?;
    match precision {
        Precision::F32 => check_room::<f32>("a state vector", num_qubits),
        Precision::F64 => check_room::<f64>("a state vector", num_qubits),
    }
}

/// The error of too little memory, with what the stabilizer method does not take.
fn because(no_room: Error, operation: &str) -> Error {
    match no_room {
        Error::TooLarge { what, needed, available, max_qubits, hint } => Error::TooLarge {
            what,
            needed,
            available,
            max_qubits,
            hint: format!(
                "{hint}; the stabilizer method does not take {operation}; Pauli propagation \
                 (`--method pauli`) has means of observables, exact or with small terms left out"
            ),
        },
        other => other,
    }
}
