//! A circuit as one list of actions: what gradients differentiate.

use super::angles::LinearAngles;
use super::lower::Lowered;
use super::program::{check_params, check_size};
use crate::circuit::{Circuit, Op};
use crate::engine::Action;
use crate::error::{Error, Result};
use crate::gate::Angle;

/// The unitary of a circuit, lowered: its actions, and the linear angles that fill their slots.
/// Final measurements are set aside.
#[derive(Debug)]
pub struct Unitary {
    /// Number of qubits.
    pub num_qubits: usize,
    /// In order of execution. Slots are numbered in this order, and each is used once.
    pub actions: Vec<Action>,
    /// For each slot, its angle.
    pub angles: Vec<Angle>,
    /// The names of the parameters.
    pub params: Vec<String>,
    flat: LinearAngles,
}

impl Unitary {
    /// Lowers a circuit, for `method`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the circuit measures before its end, resets, decides or assigns,
    /// or has an opaque gate; if there are more qubits than a state can have.
    pub fn new(circuit: &Circuit, method: &'static str) -> Result<Self> {
        check_size(circuit.num_qubits())?;
        let mut lowered = Lowered::default();
        for (op, is_final) in circuit.ops().iter().zip(circuit.final_measurements()) {
            let operation = match op {
                Op::Gate(gate) => {
                    lowered.push(gate)?;
                    continue;
                }
                Op::Barrier(_) | Op::Delay { .. } => continue,
                Op::Measure { .. } if is_final => continue,
                Op::Measure { .. } => "a measurement before the end",
                Op::Reset(_) => "a reset",
                Op::Assign(_) => "an assignment to classical bits",
                Op::If(_) | Op::While(_) => "classical control",
            };
            return Err(Error::Unsupported {
                method,
                operation: operation.into(),
                hint: "it differentiates unitary circuits; finite differences take any".into(),
            });
        }
        Ok(Unitary {
            num_qubits: circuit.num_qubits(),
            flat: LinearAngles::new(&lowered.slots),
            actions: lowered.actions,
            angles: lowered.slots,
            params: circuit.params().to_vec(),
        })
    }

    /// The slots' values (radians) for these parameters.
    ///
    /// # Errors
    /// If the number of values is wrong, or a value or a slot is NaN or infinite.
    pub fn slots(&self, params: &[f64], slots: &mut Vec<f64>) -> Result<()> {
        check_params(&self.params, params)?;
        slots.resize(self.flat.len(), 0.0);
        self.flat.at(params, slots);
        match slots.iter().find(|x| !x.is_finite()) {
            None => Ok(()),
            Some(&value) => Err(Error::NotFinite {
                what: "an angle of the circuit (its parameters are too large)".into(),
                value,
            }),
        }
    }

    /// The chain rule: adds to the derivatives by parameters what those by slots make.
    pub fn add_by_params(&self, by_slots: &[f64], by_params: &mut [f64]) {
        for (angle, derivative) in self.angles.iter().zip(by_slots) {
            for &(param, coefficient) in angle.terms() {
                by_params[param.0 as usize] += coefficient * derivative;
            }
        }
    }
}
