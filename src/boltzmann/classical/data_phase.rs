//! The side of the data: batches, and where chains of contrastive divergence begin.

use super::groups::{GROUP, Given, Group, on_groups, sum_of};
use super::kernel::Layers;
use crate::boltzmann::Distribution;
use crate::error::Result;
use crate::math::{Isa, list_of, vectorized};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The outcomes of the data as units, and which of them an iteration looks at.
pub(super) struct DataPhase {
    /// One row of `num_visible` units an outcome.
    units: Vec<u8>,
    num_visible: usize,
    /// Sums of the probabilities of the outcomes up to each.
    cumulative: Vec<f64>,
    /// Outcomes of the batch; empty where the whole law is looked at.
    batch: Vec<u32>,
    groups: Vec<Group>,
}

impl DataPhase {
    pub fn new(layers: &Layers, data: &Distribution, batch: Option<usize>) -> Result<Self> {
        let (nv, outcomes) = (data.num_bits(), data.outcomes());
        let hint = "use fewer outcomes or a smaller batch";
        let mut units = list_of("the data as units", nv.saturating_mul(outcomes.len()), hint)?;
        let mut cumulative = Vec::with_capacity(outcomes.len());
        let mut sum = 0.0;
        for (bits, q) in outcomes {
            units.extend((0..nv).map(|i| u8::from(bits.bit(i))));
            sum += q;
            cumulative.push(sum);
        }
        cumulative.iter_mut().for_each(|x| *x /= sum);
        let weights = match batch {
            Some(size) => vec![(1.0 / size as f64) as f32; size],
            None => outcomes.iter().map(|o| o.1 as f32).collect(),
        };
        let groups = Group::of_weights(layers, 1, &weights);
        let batch = vec![0; batch.unwrap_or(0)];
        let mut phase = DataPhase { units, num_visible: nv, cumulative, batch, groups };
        if phase.batch.is_empty() {
            (0..outcomes.len()).for_each(|k| phase.place(k, k));
        }
        Ok(phase)
    }

    fn row(&self, outcome: usize) -> &[u8] {
        &self.units[outcome * self.num_visible..][..self.num_visible]
    }

    fn place(&mut self, lane: usize, outcome: usize) {
        let row = &self.units[outcome * self.num_visible..][..self.num_visible];
        self.groups[lane / GROUP].set_visible(lane % GROUP, row);
    }

    fn outcome_of(&self, u: f64) -> usize {
        self.cumulative.partition_point(|&c| c <= u).min(self.cumulative.len() - 1)
    }

    /// Draws the next batch, if there are batches: with replacement.
    pub fn next_batch(&mut self, rng: &mut ChaCha8Rng) {
        for k in 0..self.batch.len() {
            let outcome = self.outcome_of(rng.random());
            self.batch[k] = outcome as u32;
            self.place(k, outcome);
        }
    }

    /// Sums of the batch, or the means of the law.
    pub fn moments(&mut self, layers: &Layers, isa: Isa, sums: &mut [f64]) {
        // A sum over outcomes costs about as much as half a step of chains.
        let updates = self.groups.len() * GROUP * layers.hidden.units;
        on_groups(&mut self.groups, updates, |_, group| vectorized(isa, Given { group, layers }));
        sum_of(&self.groups, sums);
    }

    /// Sets the visible units of chains to the batch, again and again; or to outcomes of the law, at
    /// equal distances of its cumulative probability from a random place on, so that each outcome
    /// has its share of the chains within one.
    pub fn start(&self, chains: &mut [Group], count: usize, rng: &mut ChaCha8Rng) {
        let u: f64 = rng.random();
        for chain in 0..count {
            let outcome = match self.batch.len() {
                0 => self.outcome_of((chain as f64 + u) / count as f64),
                size => self.batch[chain % size] as usize,
            };
            let group = &mut chains[chain / GROUP];
            group.set_visible(chain % GROUP, self.row(outcome));
        }
    }
}
