//! What the data ask for: the machine with its visible units clamped to the strings of the data.

use super::super::data::Distribution;
use super::super::gibbs::Exponential;
use super::super::machine::BoltzmannMachine;
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::pauli::{PauliString, PauliSum};

/// The machine clamped to each string of the data.
#[derive(Debug, Clone)]
pub(in super::super) struct ClampedMachine {
    strings: Vec<Clamped>,
    beta: f64,
}

impl ClampedMachine {
    /// There may be any number of visible units; the hidden ones are computed exactly.
    pub fn new(machine: &BoltzmannMachine, data: &Distribution, watch: &Watch) -> Result<Self> {
        let strings = data.outcomes().iter().map(|(bits, q)| {
            Clamped::new(machine, bits.value(0, machine.num_visible()) as u64, *q, watch)
        });
        Ok(ClampedMachine { strings: strings.collect::<Result<_>>()?, beta: machine.beta() })
    }

    /// -Σ_v q_v ln Tr e^{-βH_v} and β Σ_v q_v ⟨O_a⟩_v, each ⟨O_a⟩_v in the state of the hidden units
    /// with the visible ones clamped to v.
    pub fn evaluate(&self, parameters: &[f64]) -> Result<(f64, Vec<f64>)> {
        let (mut value, mut means) = (0.0, vec![0.0; parameters.len()]);
        for string in &self.strings {
            let (log_trace, own) = string.evaluate(parameters, self.beta)?;
            value -= string.probability * log_trace;
            let weight = self.beta * string.probability;
            means.iter_mut().zip(own).for_each(|(mean, o)| *mean += weight * o);
        }
        Ok((value, means))
    }
}

/// The machine with its visible units clamped to one string.
#[derive(Debug, Clone)]
struct Clamped {
    probability: f64,
    /// What each term comes to on the visible units alone: a number.
    constants: Vec<f64>,
    /// The rest, on the hidden units, if there are any.
    hidden: Option<Exponential>,
}

impl Clamped {
    fn new(machine: &BoltzmannMachine, visible: u64, q: f64, watch: &Watch) -> Result<Self> {
        let num_visible = machine.num_visible();
        let mut constants = Vec::with_capacity(machine.terms().len());
        let mut parts = Vec::with_capacity(machine.terms().len());
        for term in machine.terms() {
            let (mut constant, mut part) = (0.0, PauliSum::zero());
            for (string, factor) in term.operator.terms() {
                let (x, z) = string.masks().ok_or_else(|| Error::QubitOutOfRange {
                    qubit: string.num_qubits(),
                    num_qubits: machine.num_units(),
                })?;
                let low = (1u64 << num_visible) - 1;
                if x & low != 0 {
                    continue; // ⟨v|X|v⟩ = 0
                }
                let sign = if (z & low & visible).count_ones() & 1 == 1 { -1.0 } else { 1.0 };
                let rest = PauliString::from_masks(x >> num_visible, z >> num_visible);
                if rest.is_identity() {
                    constant += sign * factor;
                } else {
                    part.push(rest, sign * factor);
                }
            }
            constants.push(constant);
            parts.push(part);
        }
        let hidden = if machine.num_hidden() > 0 {
            let operators: Vec<_> = parts.iter().collect();
            Some(Exponential::new(machine.num_hidden(), &operators)?.watch(watch))
        } else {
            None
        };
        Ok(Clamped { probability: q, constants, hidden })
    }

    /// ln Tr e^{-βH_v} and ⟨O_a⟩_v of each term.
    fn evaluate(&self, parameters: &[f64], beta: f64) -> Result<(f64, Vec<f64>)> {
        let fixed = self.constants.iter().zip(parameters).map(|(c, theta)| c * theta);
        let mut log_trace = beta * fixed.sum::<f64>();
        let mut means = self.constants.clone();
        if let Some(hidden) = &self.hidden {
            let state = hidden.evaluate(parameters, beta)?;
            log_trace += state.log_partition_function();
            means.iter_mut().zip(state.expectations()).for_each(|(mean, part)| *mean += part);
        }
        Ok((log_trace, means))
    }
}
