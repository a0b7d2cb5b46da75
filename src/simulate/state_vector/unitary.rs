//! A circuit as one list of actions: what gradients differentiate.

use super::super::program::check_params;
use super::angles::LinearAngles;
use super::code::check_size;
use super::lower::Lowered;
use crate::circuit::{Circuit, Op, ParameterMap};
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
    /// The names of the parameters that are given values: the circuit's inputs.
    pub params: Vec<String>,
    /// Where parameters have formulas: from the values of `params` to those of all.
    map: Option<ParameterMap>,
    flat: LinearAngles,
}

/// What takes noise.
const NOISY: &str = "under noise, `Simulator::noisy_gradient` has gradients and `noisy_evaluator` means; \
                     `Circuit::without_noise` has none";

impl Unitary {
    /// Lowers a circuit whose measurements misread nothing, for `method`.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::Unsupported`] if the circuit has readout errors, which a unitary
    /// does not know.
    pub fn of_ideal(circuit: &Circuit, method: &'static str) -> Result<Self> {
        Self::check_reading(circuit, method)?;
        Self::new(circuit, method)
    }

    /// Refuses readout errors, which a unitary does not know.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the circuit has some.
    pub fn check_reading(circuit: &Circuit, method: &'static str) -> Result<()> {
        match circuit.readout_errors().next() {
            None => Ok(()),
            Some((qubit, _)) => Err(Error::Unsupported {
                method,
                operation: format!("the readout error of qubit {qubit}"),
                hint: NOISY.into(),
            }),
        }
    }

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
                Op::Channel(_) => "a noise channel",
                Op::Assign(_) => "an assignment to classical bits",
                Op::If(_) | Op::While(_) => "classical control",
            };
            let hint = match op {
                Op::Channel(_) => NOISY,
                _ => "it differentiates unitary circuits; finite differences take any",
            };
            let operation = operation.into();
            return Err(Error::Unsupported { method, operation, hint: hint.into() });
        }
        Ok(Unitary {
            num_qubits: circuit.num_qubits(),
            flat: LinearAngles::new(&lowered.slots),
            actions: lowered.actions,
            angles: lowered.slots,
            params: circuit.inputs().cloned().collect(),
            map: circuit.map_if_derived(),
        })
    }

    /// Refuses a circuit with formulas of parameters, for what takes angles to be linear.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if a parameter has a formula.
    pub fn check_linear(&self, method: &'static str) -> Result<()> {
        match self.map {
            None => Ok(()),
            Some(_) => Err(Error::Unsupported {
                method,
                operation: "a parameter that is a function of others".into(),
                hint: "it takes angles that are linear in the parameters; gradients take any"
                    .into(),
            }),
        }
    }

    /// The slots' values (radians) for these parameters. `row` gets the values of all parameters of
    /// the circuit where some have formulas.
    ///
    /// # Errors
    /// If there is a wrong number of values; NaN or an infinity among them, or among the slots.
    pub fn slots(&self, params: &[f64], slots: &mut Vec<f64>, row: &mut Vec<f64>) -> Result<()> {
        check_params(&self.params, params)?;
        slots.resize(self.flat.len(), 0.0);
        match &self.map {
            None => self.flat.at(params, slots),
            Some(map) => {
                map.row_into(params, row)?;
                self.flat.at(row, slots)
            }
        };
        match slots.iter().find(|x| !x.is_finite()) {
            None => Ok(()),
            Some(&value) => Err(Error::NotFinite {
                what: "an angle of the circuit (its parameters are too large)".into(),
                value,
            }),
        }
    }

    /// The chain rule: adds to the derivatives by parameters what those by slots make, at the `row`
    /// of [`slots`](Self::slots).
    pub fn add_by_params(&self, row: &[f64], by_slots: &[f64], by_params: &mut [f64]) {
        let Some(map) = &self.map else { return self.add_by_row(by_slots, by_params) };
        let mut by_row = vec![0.0; map.num_params()];
        self.add_by_row(by_slots, &mut by_row);
        let by_inputs = map.pulled_back(row, by_row);
        by_params.iter_mut().zip(by_inputs).for_each(|(sum, d)| *sum += d);
    }

    fn add_by_row(&self, by_slots: &[f64], by_row: &mut [f64]) {
        for (angle, derivative) in self.angles.iter().zip(by_slots) {
            for &(param, coefficient) in angle.terms() {
                by_row[param.0 as usize] += coefficient * derivative;
            }
        }
    }

    /// The variances of derivatives by parameters, from those by slots, which are independent.
    pub fn add_variances(&self, row: &[f64], by_slots: &[f64], by_params: &mut [f64]) {
        for (angle, variance) in self.angles.iter().zip(by_slots) {
            let Some(map) = &self.map else {
                for &(param, c) in angle.terms() {
                    by_params[param.0 as usize] += c * c * variance;
                }
                continue;
            };
            let mut by_row = vec![0.0; map.num_params()];
            angle.terms().iter().for_each(|&(param, c)| by_row[param.0 as usize] = c);
            let by_inputs = map.pulled_back(row, by_row);
            by_params.iter_mut().zip(by_inputs).for_each(|(sum, d)| *sum += d * d * variance);
        }
    }
}
