//! A circuit compiled once and bound often: its control flow, and what the methods make of its
//! gates when they are first asked for.

use super::flow::Flow;
use super::state_vector::{self, Plans};
use crate::circuit::{Circuit, ParameterMap};
use crate::engine::{Coefficients, Target};
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// A compiled circuit: instructions, stretches of gates between them, and what is read at the end.
/// It has no limit of size and belongs to no method; each makes of it what it needs when it is first
/// asked for.
#[derive(Debug)]
pub struct Program {
    pub(super) flow: Flow<'static>,
    pub(super) inputs: Inputs,
    state_vector: OnceLock<Result<Arc<state_vector::Code>>>,
}

/// The parameters of a circuit that are given values, and formulas for the others.
#[derive(Debug)]
pub(super) struct Inputs {
    names: Vec<String>,
    /// Where parameters have formulas: from the values of `names` to those of all.
    map: Option<ParameterMap>,
}

/// A [`Program`] with numbers for its parameters.
#[derive(Debug, Clone)]
pub struct BoundProgram {
    program: Arc<Program>,
    /// The values of all parameters of the circuit.
    row: Vec<f64>,
    state_vector: OnceLock<Result<state_vector::BoundCode>>,
}

impl Program {
    /// Compiles a circuit; time and memory are linear in its operations. What a method cannot do with
    /// it, the method says when it is first asked for.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(circuit: &Circuit) -> Result<Arc<Program>> {
        Ok(Arc::new(Program {
            flow: Flow::new(circuit)?.into_owned(),
            inputs: Inputs::new(circuit),
            state_vector: OnceLock::new(),
        }))
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.flow.num_qubits
    }

    /// The names of the parameters that are given values, in the order of [`Circuit::inputs`].
    pub fn params(&self) -> &[String] {
        &self.inputs.names
    }

    /// Number of bits of an outcome: the classical bits that are not scratch, or all qubits where
    /// there are none.
    pub fn num_outcome_bits(&self) -> usize {
        self.flow.num_outcome_bits()
    }

    /// Whether the circuit is one unitary, with at most final measurements after it.
    pub fn is_static(&self) -> bool {
        self.flow.is_static()
    }

    /// The plans of the state-vector method for the states of a target, one for each stretch of
    /// gates, made when they are first asked for.
    ///
    /// # Errors
    /// If there are more qubits than a state can have, an opaque gate, or no memory for them.
    pub fn plans(&self, target: Target) -> Result<&Plans> {
        self.state_vector()?.plans(target)
    }

    /// What the state-vector method made of it.
    pub(super) fn state_vector(&self) -> Result<&Arc<state_vector::Code>> {
        let make = || state_vector::Code::new(&self.flow).map(Arc::new);
        self.state_vector.get_or_init(make).as_ref().map_err(Error::clone)
    }

    /// Numbers for the [`params`](Self::params); those with a formula are computed.
    ///
    /// # Errors
    /// If the number of values is wrong, or one is NaN or infinite.
    pub fn bind(self: &Arc<Self>, values: &[f64]) -> Result<BoundProgram> {
        let row = self.inputs.row(values)?.into_owned();
        Ok(BoundProgram { program: self.clone(), row, state_vector: OnceLock::new() })
    }
}

impl BoundProgram {
    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The values of all parameters of the circuit.
    pub(super) fn row(&self) -> &[f64] {
        &self.row
    }

    /// Other numbers for the parameters; allocates nothing where no parameter has a formula.
    ///
    /// # Errors
    /// As [`Program::bind`].
    pub fn rebind(&mut self, values: &[f64]) -> Result<()> {
        self.row.copy_from_slice(&self.program.inputs.row(values)?);
        match self.state_vector.get_mut() {
            Some(Ok(code)) => code.rebind(&self.row),
            // Other numbers may have what these had not.
            Some(Err(_)) => {
                self.state_vector.take();
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// For each of the [`plans`](Program::plans) for the states of a target, its coefficients.
    ///
    /// # Errors
    /// As [`Program::plans`]; if an angle is not finite.
    pub fn coefficients(&self, target: Target) -> Result<&[Coefficients]> {
        self.state_vector()?.coefficients(target)
    }

    /// What the state-vector method made of it.
    pub(super) fn state_vector(&self) -> Result<&state_vector::BoundCode> {
        let make = || self.program.state_vector()?.bind(&self.row);
        self.state_vector.get_or_init(make).as_ref().map_err(Error::clone)
    }
}

impl Inputs {
    pub fn new(circuit: &Circuit) -> Self {
        Inputs { names: circuit.inputs().cloned().collect(), map: circuit.map_if_derived() }
    }

    /// Number of parameters of the circuit, those with formulas among them.
    pub fn num_params(&self) -> usize {
        self.map.as_ref().map_or(self.names.len(), ParameterMap::num_params)
    }

    /// The derivatives by what is given values, of a function whose derivatives by all parameters of
    /// the circuit at a [`row`](Self::row) are given.
    pub fn pulled_back(&self, row: &[f64], by_params: Vec<f64>) -> Vec<f64> {
        match &self.map {
            None => by_params,
            Some(map) => map.pulled_back(row, by_params),
        }
    }

    /// The values of all parameters of the circuit.
    ///
    /// # Errors
    /// If the number of values is wrong, or one is NaN or infinite, a formula's among them.
    pub fn row<'v>(&self, values: &'v [f64]) -> Result<Cow<'v, [f64]>> {
        check_params(&self.names, values)?;
        match &self.map {
            None => Ok(Cow::Borrowed(values)),
            Some(map) => Ok(Cow::Owned(map.row(values)?)),
        }
    }
}

/// One finite value for each parameter.
pub(super) fn check_params(params: &[String], values: &[f64]) -> Result<()> {
    if values.len() < params.len() {
        return Err(Error::UnboundParameters { names: params[values.len()..].to_vec() });
    }
    if values.len() > params.len() {
        return Err(Error::Invalid {
            what: "the number of parameter values".into(),
            value: values.len().to_string(),
            expected: format!("the circuit has {} parameters", params.len()),
        });
    }
    // Without an early exit the loop is vectorized.
    if values.iter().fold(true, |all, value| all & value.is_finite()) {
        return Ok(());
    }
    let k = values.iter().position(|value| !value.is_finite()).expect("one is not");
    let what = format!("parameter `{}`", params[k]);
    Err(Error::NotFinite { what, value: values[k] })
}
