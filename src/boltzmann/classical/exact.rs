//! Sums over all states of the smaller layer.

use super::Rbm;
use super::rbm::{check_bits, sigmoid, softplus_sum};
use crate::boltzmann::Distribution;
use crate::error::{Error, Result};
use crate::math::{Watch, check_memory, for_each_in_order, threads};
use std::ops::Range;

/// Largest number of units of the smaller layer whose states are summed over.
pub const MAX_ENUMERATED_UNITS: usize = 24;
/// Largest number of visible units whose law is listed.
pub const MAX_LISTED_UNITS: usize = 20;

/// Parts that a sum over states is cut into, whatever the number of threads.
const PARTS: u64 = 64;
/// States after which fields that were changed step by step are computed afresh.
const REFRESH: u64 = 1024;

impl Rbm {
    /// ln Z = ln Σ e^{-E(v, h)} over all states of both layers, by enumeration of the smaller one.
    ///
    /// # Errors
    /// If both layers have more than [`MAX_ENUMERATED_UNITS`] units.
    pub fn log_partition(&self) -> Result<f64> {
        let layer = Enumerated::smaller(self)?;
        Ok(layer.log_sum())
    }

    /// The mean of -ln P(v) over the data, in nats.
    ///
    /// # Errors
    /// As [`log_partition`](Self::log_partition), and if the data have another number of bits than
    /// there are visible units.
    pub fn negative_log_likelihood(&self, data: &Distribution) -> Result<f64> {
        self.check_data(data)?;
        Ok(self.mean_free_energy(data)? + self.log_partition()?)
    }

    /// The relative entropy Σ q ln(q/P) of the data to the machine, in nats.
    ///
    /// # Errors
    /// As [`negative_log_likelihood`](Self::negative_log_likelihood).
    pub fn kullback_leibler(&self, data: &Distribution) -> Result<f64> {
        Ok(self.negative_log_likelihood(data)? - data.entropy())
    }

    /// P(v) of all strings of the visible units, the string of value x at place x.
    ///
    /// # Errors
    /// If there are more than [`MAX_LISTED_UNITS`] visible units.
    pub fn visible_law(&self) -> Result<Vec<f64>> {
        let n = self.num_visible();
        if n > MAX_LISTED_UNITS {
            return Err(Error::Invalid {
                what: "the number of visible units".into(),
                value: n.to_string(),
                expected: format!(
                    "the law of at most {MAX_LISTED_UNITS} is listed; draw samples with \
                     `RbmSampler`"
                ),
            });
        }
        let layer = Enumerated::visible(self);
        let parts: Vec<Vec<(usize, f64)>> = layer.parts(|part| {
            let mut list = Vec::with_capacity((part.end - part.start) as usize);
            layer.walk(part, |state, log_weight, _| list.push((state as usize, log_weight)));
            list
        });
        let mut law = vec![0.0; 1 << n];
        parts.into_iter().flatten().for_each(|(state, log_weight)| law[state] = log_weight);
        let most = law.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        law.iter_mut().for_each(|p| *p = (*p - most).exp());
        let sum: f64 = law.iter().sum();
        law.iter_mut().for_each(|p| *p /= sum);
        Ok(law)
    }

    /// The gradient of the mean log-likelihood Σ q ln P(v) by all parameters, in the order of
    /// [`Rbm::parameters`]: means ⟨vᵢ⟩, ⟨hⱼ⟩, ⟨vᵢ hⱼ⟩ under the data less those of the machine.
    ///
    /// # Errors
    /// As [`negative_log_likelihood`](Self::negative_log_likelihood).
    pub fn log_likelihood_gradient(&self, data: &Distribution) -> Result<Vec<f64>> {
        self.check_data(data)?;
        let of_model = self.model_moments()?;
        let mut gradient = self.data_moments(data);
        gradient.iter_mut().zip(of_model).for_each(|(g, m)| *g -= m);
        Ok(gradient)
    }

    /// The means ⟨vᵢ⟩, ⟨hⱼ⟩, ⟨vᵢ hⱼ⟩ under the law of the machine, in the order of
    /// [`Rbm::parameters`].
    ///
    /// # Errors
    /// As [`log_partition`](Self::log_partition).
    pub fn model_moments(&self) -> Result<Vec<f64>> {
        let layer = Enumerated::smaller(self)?;
        let bytes = 8 * u128::from(PARTS) * self.num_parameters() as u128;
        check_memory("an exact gradient", bytes, |_| (None, "use fewer units".into()))?;
        let log_sum = layer.log_sum();
        let sums = layer.parts(|part| layer.moments(part, log_sum));
        let (nv, nh) = (self.num_visible(), self.num_hidden());
        let (n, m) = (layer.own_bias.len(), layer.other_bias.len());
        let total: Vec<f64> =
            (0..self.num_parameters()).map(|k| sums.iter().map(|sum| sum[k]).sum()).collect();
        if layer.is_visible {
            return Ok(total);
        }
        // Own units come first there, and rows are theirs.
        let mut moments = total[n..n + m].to_vec();
        moments.extend_from_slice(&total[..n]);
        moments.extend((0..nv * nh).map(|k| total[n + m + k % nh * nv + k / nh]));
        Ok(moments)
    }

    /// ⟨vᵢ⟩, ⟨hⱼ⟩, ⟨vᵢ hⱼ⟩ where v has the law of the data.
    fn data_moments(&self, data: &Distribution) -> Vec<f64> {
        let (nv, nh) = (self.num_visible(), self.num_hidden());
        let mut moments = vec![0.0; self.num_parameters()];
        for (bits, q) in data.outcomes() {
            let fields = self.hidden_fields(bits);
            let hidden: Vec<f64> = fields.into_iter().map(|field| q * sigmoid(field)).collect();
            for (j, p) in hidden.iter().enumerate() {
                moments[nv + j] += p;
            }
            for i in (0..nv).filter(|&i| bits.bit(i)) {
                moments[i] += q;
                let row = &mut moments[nv + nh + i * nh..][..nh];
                row.iter_mut().zip(&hidden).for_each(|(m, p)| *m += p);
            }
        }
        moments
    }

    fn mean_free_energy(&self, data: &Distribution) -> Result<f64> {
        data.outcomes().iter().map(|(bits, q)| Ok(q * self.free_energy(bits)?)).sum()
    }

    pub(super) fn check_data(&self, data: &Distribution) -> Result<()> {
        check_bits("visible", self.num_visible(), &data.outcomes()[0].0)
    }
}

/// A layer whose states are gone through; the units of the other layer are summed over in closed form.
struct Enumerated<'a> {
    own_bias: &'a [f64],
    other_bias: &'a [f64],
    /// One row an own unit.
    weights: Vec<f64>,
    is_visible: bool,
}

impl<'a> Enumerated<'a> {
    fn smaller(rbm: &'a Rbm) -> Result<Self> {
        let (nv, nh) = (rbm.num_visible(), rbm.num_hidden());
        if nv.min(nh) > MAX_ENUMERATED_UNITS {
            return Err(Error::Invalid {
                what: "the number of units of the smaller layer".into(),
                value: nv.min(nh).to_string(),
                expected: format!(
                    "exact sums go over the states of at most {MAX_ENUMERATED_UNITS} units; \
                     estimate ln Z by annealed importance sampling (`ImportanceSampling`)"
                ),
            });
        }
        Ok(if nv < nh { Self::visible(rbm) } else { Self::hidden(rbm) })
    }

    fn visible(rbm: &'a Rbm) -> Self {
        let (own_bias, other_bias) = (rbm.visible_bias(), rbm.hidden_bias());
        Enumerated { own_bias, other_bias, weights: rbm.weights().to_vec(), is_visible: true }
    }

    fn hidden(rbm: &'a Rbm) -> Self {
        let (own_bias, other_bias) = (rbm.hidden_bias(), rbm.visible_bias());
        let pairs = (0..own_bias.len()).flat_map(|j| (0..other_bias.len()).map(move |i| (i, j)));
        let weights = pairs.map(|(i, j)| rbm.weight(i, j)).collect();
        Enumerated { own_bias, other_bias, weights, is_visible: false }
    }

    /// Does the work for each part of the states; answers are in order.
    fn parts<T: Send>(&self, work: impl Fn(Range<u64>) -> T + Sync) -> Vec<T> {
        let states = 1u64 << self.own_bias.len();
        let parts = PARTS.min(states);
        let size = states / parts;
        let mut answers: Vec<Option<T>> = (0..parts).map(|_| None).collect();
        // Small sums are done before another thread is awake.
        let threads = if states > 256 { threads().min(answers.len()) } else { 1 };
        let items = (answers.len(), answers.iter_mut());
        let each = |_: &mut (), k: usize, answer: &mut Option<T>| {
            *answer = Some(work(k as u64 * size..(k as u64 + 1) * size));
            Ok(())
        };
        let done = for_each_in_order(&mut vec![(); threads], items, 4, &Watch::default(), each);
        debug_assert!(done.is_ok(), "nothing fails or is cancelled");
        answers.into_iter().flatten().collect()
    }

    /// Shows states in the order of a Gray code: the state, the logarithm of its weight, and the fields
    /// on the other layer's units.
    fn walk(&self, part: Range<u64>, mut visit: impl FnMut(u64, f64, &[f64])) {
        let m = self.other_bias.len();
        let (mut linear, mut fields) = (0.0, vec![0.0; m]);
        for index in part.clone() {
            let state = index ^ (index >> 1);
            let flipped = index.trailing_zeros() as usize;
            if index == part.start || index % REFRESH == 0 {
                linear = 0.0;
                fields.copy_from_slice(self.other_bias);
                for unit in (0..self.own_bias.len()).filter(|unit| state >> unit & 1 == 1) {
                    linear += self.own_bias[unit];
                    let row = &self.weights[unit * m..][..m];
                    fields.iter_mut().zip(row).for_each(|(field, w)| *field += w);
                }
            } else {
                let sign = if state >> flipped & 1 == 1 { 1.0 } else { -1.0 };
                linear += sign * self.own_bias[flipped];
                let row = &self.weights[flipped * m..][..m];
                fields.iter_mut().zip(row).for_each(|(field, w)| *field += sign * w);
            }
            visit(state, linear + softplus_sum(&fields), &fields);
        }
    }

    /// ln Σ of the weights.
    fn log_sum(&self) -> f64 {
        let sums = self.parts(|part| {
            let mut sum = LogSum::default();
            self.walk(part, |_, log_weight, _| sum.add(log_weight));
            sum
        });
        let mut total = LogSum::default();
        sums.into_iter().for_each(|sum| total.merge(sum));
        total.ln()
    }

    /// Sums of p x, p σ(field) and p x σ(field) over a part: own units, others, pairs.
    fn moments(&self, part: Range<u64>, log_sum: f64) -> Vec<f64> {
        let (n, m) = (self.own_bias.len(), self.other_bias.len());
        let mut sums = vec![0.0; n + m + n * m];
        let mut other = vec![0.0; m];
        self.walk(part, |state, log_weight, fields| {
            let p = (log_weight - log_sum).exp();
            for (i, field) in fields.iter().enumerate() {
                other[i] = p * sigmoid(*field);
                sums[n + i] += other[i];
            }
            for unit in (0..n).filter(|unit| state >> unit & 1 == 1) {
                sums[unit] += p;
                let row = &mut sums[n + m + unit * m..][..m];
                row.iter_mut().zip(&other).for_each(|(sum, p)| *sum += p);
            }
        });
        sums
    }
}

/// The logarithm of a sum of exponentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogSum {
    most: f64,
    /// In units of e^most.
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        LogSum { most: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    /// Adds e^x.
    pub fn add(&mut self, x: f64) {
        self.merge(LogSum { most: x, sum: 1.0 });
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: LogSum) {
        if other.most == f64::NEG_INFINITY {
            return;
        }
        let most = self.most.max(other.most);
        self.sum = self.sum * (self.most - most).exp() + other.sum * (other.most - most).exp();
        self.most = most;
    }

    /// The logarithm of the sum.
    pub fn ln(self) -> f64 {
        self.most + self.sum.ln()
    }
}
