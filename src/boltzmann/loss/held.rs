//! What the data ask for: the machine with its visible units held at the strings of the data.

use super::super::data::Distribution;
use super::super::gibbs::Exponential;
use super::super::machine::BoltzmannMachine;
use crate::error::Result;
use crate::math::Watch;
use crate::pauli::{PauliString, PauliSum};

/// The machine held at each string of the data.
#[derive(Debug, Clone)]
pub(in super::super) struct HeldMachine {
    held: Vec<Held>,
    beta: f64,
}

impl HeldMachine {
    /// There may be any number of visible units; the hidden ones are computed exactly.
    pub fn new(machine: &BoltzmannMachine, data: &Distribution, watch: &Watch) -> Result<Self> {
        let held = data.outcomes().iter().map(|(bits, q)| {
            Held::new(machine, bits.value(0, machine.num_visible()) as u64, *q, watch)
        });
        Ok(HeldMachine { held: held.collect::<Result<_>>()?, beta: machine.beta() })
    }

    /// -Σ_v q_v ln Tr e^{-βH_v} and β Σ_v q_v ⟨O_a⟩_v, each ⟨O_a⟩_v in the state of the hidden units
    /// with the visible ones held at v.
    pub fn evaluate(&self, parameters: &[f64]) -> Result<(f64, Vec<f64>)> {
        let (mut value, mut means) = (0.0, vec![0.0; parameters.len()]);
        for held in &self.held {
            let (log_trace, own) = held.evaluate(parameters, self.beta)?;
            value -= held.probability * log_trace;
            let weight = self.beta * held.probability;
            means.iter_mut().zip(own).for_each(|(mean, o)| *mean += weight * o);
        }
        Ok((value, means))
    }
}

/// The machine with its visible units held at one string.
#[derive(Debug, Clone)]
struct Held {
    probability: f64,
    /// What each term comes to on the visible units alone: a number.
    constants: Vec<f64>,
    /// The rest, on the hidden units, if there are any.
    hidden: Option<Exponential>,
}

impl Held {
    fn new(machine: &BoltzmannMachine, visible: u64, q: f64, watch: &Watch) -> Result<Self> {
        let num_visible = machine.num_visible();
        let mut constants = Vec::with_capacity(machine.terms().len());
        let mut parts = Vec::with_capacity(machine.terms().len());
        for term in machine.terms() {
            let (mut constant, mut part) = (0.0, PauliSum::zero());
            for (string, factor) in term.operator.terms() {
                let Some((x, z)) = string.masks() else { continue };
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
        Ok(Held { probability: q, constants, hidden })
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
