//! The lower bound of the log-likelihood by the Golden-Thompson inequality.

use super::super::data::Distribution;
use super::super::gibbs::Exponential;
use super::super::machine::BoltzmannMachine;
use super::Evaluation;
use super::clamped::ClampedMachine;
use crate::error::Result;
use crate::math::Watch;

/// -Σ_v q_v ln Tr e^{-βH_v} + ln Z. Its derivative by θ_a is β(⟨O_a⟩ - Σ_v q_v ⟨O_a⟩_v).
#[derive(Debug, Clone)]
pub(in super::super) struct LikelihoodBound {
    exponential: Exponential,
    clamped: ClampedMachine,
    num_visible: usize,
    beta: f64,
}

impl LikelihoodBound {
    pub fn new(machine: &BoltzmannMachine, data: &Distribution, watch: &Watch) -> Result<Self> {
        let exponential = Exponential::new(machine.num_units(), &machine.operators())?.watch(watch);
        let clamped = ClampedMachine::new(machine, data, watch)?;
        let (num_visible, beta) = (machine.num_visible(), machine.beta());
        Ok(LikelihoodBound { exponential, clamped, num_visible, beta })
    }

    pub fn evaluate(&self, parameters: &[f64], gradient: bool) -> Result<Evaluation> {
        let at = self.exponential.evaluate(parameters, self.beta)?;
        let (asked, means) = self.clamped.evaluate(parameters)?;
        let value = asked + at.log_partition_function();
        let gradient = gradient.then(|| {
            let free = at.expectations();
            free.iter().zip(means).map(|(o, mean)| self.beta * o - mean).collect()
        });
        Ok(Evaluation { value, gradient, probabilities: at.probabilities(self.num_visible) })
    }
}
