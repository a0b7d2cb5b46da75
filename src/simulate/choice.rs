//! Which method runs a circuit, and why.

use super::executable::Prepared;
use super::initial::InitialState;
use super::options::Method;
use super::stabilizer::Code;
use super::state_vector::check_size;
use crate::engine::{Precision, check_room};
use crate::error::{Error, Result};
use std::borrow::Cow;

/// A state of at most this many qubits is so small that nobody asks whether it fits.
const SURELY_FITS: usize = 16;

/// A method, with what it needs.
pub(super) enum Chosen {
    StateVector { reason: &'static str },
    Stabilizer { code: Code, reason: String },
}

impl Chosen {
    /// Which one.
    pub fn method(&self) -> Method {
        match self {
            Chosen::StateVector { .. } => Method::StateVector,
            Chosen::Stabilizer { .. } => Method::Stabilizer,
        }
    }

    /// Why it was chosen.
    pub fn reason(self) -> Cow<'static, str> {
        match self {
            Chosen::StateVector { reason } => reason.into(),
            Chosen::Stabilizer { reason, .. } => reason.into(),
        }
    }
}

/// The method that was asked for, or the best one, with what it needs.
///
/// # Errors
/// [`Error::Unsupported`] if the stabilizer method was asked for and a gate is no Clifford gate; if
/// no method can run the circuit.
pub(super) fn choose(
    method: Method,
    precision: Precision,
    initial: &InitialState,
    prepared: &Prepared,
) -> Result<Chosen> {
    let n = prepared.flow().num_qubits;
    let stabilizer = |reason: String| {
        let code = Code::new(prepared.flow(), prepared.row())?;
        Ok(Chosen::Stabilizer { code, reason })
    };
    match method {
        Method::StateVector => Ok(Chosen::StateVector { reason: "it was asked for" }),
        Method::Stabilizer => stabilizer("it was asked for".into()),
        Method::Automatic if matches!(initial, InitialState::Stabilizer(_)) => {
            stabilizer("the initial state is a stabilizer tableau".into())
        }
        Method::Automatic => {
            let Err(no_room) = has_room(n, precision) else {
                let reason = "it runs any circuit, and the amplitudes fit in memory";
                return Ok(Chosen::StateVector { reason });
            };
            match Code::new(prepared.flow(), prepared.row()) {
                Ok(code) => {
                    let gates = match code.num_gates() {
                        0 => "there are no gates".to_owned(),
                        1 => "the gate is a Clifford gate".to_owned(),
                        number => format!("all {number} gates are Clifford gates"),
                    };
                    let reason = format!("{gates}, and a state vector of {n} qubits has no room");
                    Ok(Chosen::Stabilizer { code, reason })
                }
                Err(Error::Unsupported { operation, .. }) => Err(because(no_room, &operation)),
                Err(other) => Err(other),
            }
        }
    }
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
            hint: format!("{hint}; the stabilizer method does not take {operation}"),
        },
        other => other,
    }
}
