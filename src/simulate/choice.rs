//! Which method runs a circuit, and why.

use super::executable::{Executable, Prepared};
use super::initial::InitialState;
use super::options::{Method, at_precision};
use super::simulator::Simulator;
use super::stabilizer::Code;
use super::state_vector::check_size;
use crate::engine::{Real, check_room};
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
    /// Why it was chosen.
    pub fn reason(self) -> Cow<'static, str> {
        match self {
            Chosen::StateVector { reason } => reason.into(),
            Chosen::Stabilizer { reason, .. } => reason.into(),
        }
    }
}

impl Simulator {
    /// The method by which [`run`](Self::run) would run a circuit, and why.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the stabilizer method was asked for and a gate is no Clifford gate;
    /// if no method can run the circuit; if a parameter has no value.
    pub fn method_for(&self, circuit: &impl Executable) -> Result<(Method, Cow<'static, str>)> {
        let chosen = self.choose(&Prepared::new(circuit.source())?)?;
        let method = match chosen {
            Chosen::StateVector { .. } => Method::StateVector,
            Chosen::Stabilizer { .. } => Method::Stabilizer,
        };
        Ok((method, chosen.reason()))
    }

    /// The method that was asked for, or the best one, with what it needs.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the stabilizer method was asked for and a gate is no Clifford gate;
    /// if no method can run the circuit.
    pub(super) fn choose(&self, prepared: &Prepared) -> Result<Chosen> {
        let flow = prepared.flow();
        match self.method {
            Method::StateVector => Ok(Chosen::StateVector { reason: "it was asked for" }),
            Method::Stabilizer => {
                let code = Code::new(flow, prepared.row())?;
                Ok(Chosen::Stabilizer { code, reason: "it was asked for".into() })
            }
            Method::Automatic if matches!(self.initial, InitialState::Stabilizer(_)) => {
                let code = Code::new(flow, prepared.row())?;
                let reason = "the initial state is a stabilizer tableau".into();
                Ok(Chosen::Stabilizer { code, reason })
            }
            Method::Automatic => {
                let Err(no_room) = at_precision!(self.precision, self.has_room(flow.num_qubits))
                else {
                    let reason = "it runs any circuit, and the amplitudes fit in memory";
                    return Ok(Chosen::StateVector { reason });
                };
                match Code::new(flow, prepared.row()) {
                    Ok(code) => {
                        let gates = match code.num_gates() {
                            0 => "there are no gates".to_owned(),
                            1 => "the gate is a Clifford gate".to_owned(),
                            n => format!("all {n} gates are Clifford gates"),
                        };
                        let n = flow.num_qubits;
                        let reason =
                            format!("{gates}, and a state vector of {n} qubits has no room");
                        Ok(Chosen::Stabilizer { code, reason })
                    }
                    Err(Error::Unsupported { operation, .. }) => Err(because(no_room, &operation)),
                    Err(other) => Err(other),
                }
            }
        }
    }

    /// Whether a state vector fits in memory.
    fn has_room<T: Real>(&self, num_qubits: usize) -> Result<()> {
        if num_qubits <= SURELY_FITS {
            return Ok(());
        }
        check_size(num_qubits)?;
        check_room::<T>("a state vector", num_qubits)
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
