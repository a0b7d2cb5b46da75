//! What is read of each circuit of a gradient: its exact mean, or an estimate from shots.

use super::rules::ShiftRules;
use crate::engine::{Real, StateVector};
use crate::error::Result;
use crate::math::{Domain, Streams};
use crate::simulate::{Estimate, MeasuredSum};
use rand_chacha::ChaCha8Rng;

/// Shots of all circuits of a gradient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampling {
    pub shots: u64,
    pub seed: u64,
    /// Calls so far: each draws others.
    pub calls: u64,
}

/// How the shifted circuits of one call are read.
pub(super) struct Reading<'a> {
    pub observable: &'a MeasuredSum,
    /// Where they are measured, how many shots each takes.
    pub shots: Option<(Sampling, Vec<[u64; 4]>)>,
}

impl Sampling {
    /// The random numbers of one circuit of a call.
    pub fn stream(&self, circuit: u64) -> ChaCha8Rng {
        Streams::new(self.seed, Domain::Sampling).stream(self.calls << 40 | circuit)
    }

    /// The shots of a value: those of one circuit among the shifted ones.
    pub fn share(&self, num_circuits: u64, observable: &MeasuredSum) -> u64 {
        (self.shots / (num_circuits + 1)).max(observable.least_shots())
    }

    /// How many shots are taken of each shifted circuit: as many as make a variance, and more by the
    /// weight |coefficient| of its value in the derivatives, which makes the sum of their variances
    /// least if all outcomes vary alike.
    pub fn division(&self, rules: &ShiftRules, observable: &MeasuredSum) -> Vec<[u64; 4]> {
        let (num_circuits, unitary, rules) = (rules.num_circuits(), &rules.unitary, rules.rules());
        let least = observable.least_shots();
        let taken = self.share(num_circuits, observable) + num_circuits * least;
        let rest = self.shots.saturating_sub(taken) as f64;
        let weight = |slot: usize, k: usize| {
            let terms = unitary.angles[slot].terms();
            let by_param = terms.iter().map(|(_, c)| c * c).sum::<f64>().sqrt();
            rules[slot].terms()[k].0.abs() * by_param
        };
        let numbers = |slot: usize| 0..rules[slot].terms().len();
        let slots = 0..rules.len();
        let of_slot = |slot: usize| numbers(slot).map(move |k| (slot, k));
        let total: f64 = slots.clone().flat_map(of_slot).map(|(slot, k)| weight(slot, k)).sum();
        let mut division = vec![[0; 4]; slots.len()];
        for (slot, k) in slots.flat_map(of_slot) {
            let share = if total > 0.0 { weight(slot, k) / total } else { 0.0 };
            division[slot][k] = least + (share * rest) as u64;
        }
        division
    }
}

impl Reading<'_> {
    /// Of the circuit with a slot shifted, by the number of the shift.
    ///
    /// # Errors
    /// If a mean is not finite, or there is no memory for a second state.
    pub fn of_shifted<T: Real>(
        &self,
        slot: usize,
        number: usize,
        state: &StateVector<T>,
    ) -> Result<Estimate> {
        match &self.shots {
            None => Ok(Estimate::exact(self.observable.mean(state)?)),
            Some((sampling, division)) => {
                let mut rng = sampling.stream(1 + (4 * slot + number) as u64);
                self.observable.estimate(state, division[slot][number], &mut rng)
            }
        }
    }
}
