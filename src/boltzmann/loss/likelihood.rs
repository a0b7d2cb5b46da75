//! The negative log-likelihood of what is measured.

use super::super::data::Distribution;
use super::super::gibbs::Exponential;
use super::super::learner::numbered;
use super::super::machine::BoltzmannMachine;
use super::{Evaluation, LEAST, ln};
use crate::error::Result;
use crate::math::Watch;

/// -Σ_v q_v ln P_v. Its derivative by θ_a is β⟨O_a⟩ - Σ_v (q_v/p_v) ∂p_v/∂θ_a, where p_v = P_v Z: one
/// pass over the columns of the data's strings for all parameters.
#[derive(Debug, Clone)]
pub(in super::super) struct Likelihood {
    exponential: Exponential,
    /// The strings of the data with their q.
    law: Vec<(usize, f64)>,
    num_visible: usize,
    beta: f64,
}

impl Likelihood {
    pub fn new(machine: &BoltzmannMachine, data: &Distribution, watch: &Watch) -> Result<Self> {
        let exponential = Exponential::new(machine.num_units(), &machine.operators())?.watch(watch);
        let law = numbered(data);
        let (num_visible, beta) = (machine.num_visible(), machine.beta());
        Ok(Likelihood { exponential, law, num_visible, beta })
    }

    pub fn evaluate(&self, parameters: &[f64], gradient: bool) -> Result<Evaluation> {
        let at = self.exponential.evaluate(parameters, self.beta)?;
        let probabilities = at.probabilities(self.num_visible);
        let value = -self.law.iter().map(|(v, q)| q * ln(probabilities[*v])).sum::<f64>();
        if !gradient {
            return Ok(Evaluation { value, gradient: None, probabilities });
        }
        let populations = at.marginal(self.num_visible);
        let mut weights = vec![0.0; populations.len()];
        self.law.iter().for_each(|(v, q)| weights[*v] = q / populations[*v].max(LEAST));
        let visible = (1 << self.num_visible) - 1;
        let raised = self.exponential.derivatives(&at, |state| weights[state & visible])?;
        let gradient =
            at.expectations().iter().zip(raised).map(|(o, r)| self.beta * o - r).collect();
        Ok(Evaluation { value, gradient: Some(gradient), probabilities })
    }
}
