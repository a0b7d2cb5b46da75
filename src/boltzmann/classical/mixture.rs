//! Mixtures of independent bits.

use super::exact::LogSum;
use super::rbm::check_bits;
use crate::boltzmann::Distribution;
use crate::error::{Error, Result};
use crate::math::{Bits, Domain, Streams, check_memory};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// A mixture of laws of independent bits, P(x) = Σₖ πₖ Πᵢ mₖᵢ^{xᵢ} (1 - mₖᵢ)^{1 - xᵢ}: a classical model
/// with a likelihood that needs no partition function.
///
/// ```
/// use ketlab::boltzmann::classical::BernoulliMixture;
/// use ketlab::math::Bits;
///
/// let mixture = BernoulliMixture::new(vec![0.5, 0.5], vec![vec![0.9, 0.9], vec![0.1, 0.1]])?;
/// let p = mixture.log_probability(&Bits::from_u64(0b11, 2))?.exp();
/// assert!((p - 0.41).abs() < 1e-12);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Document")]
pub struct BernoulliMixture {
    weights: Vec<f64>,
    /// One row a component.
    means: Vec<Vec<f64>>,
}

/// What is read, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    weights: Vec<f64>,
    means: Vec<Vec<f64>>,
}

impl TryFrom<Document> for BernoulliMixture {
    type Error = Error;

    fn try_from(read: Document) -> Result<Self> {
        BernoulliMixture::new(read.weights, read.means)
    }
}

impl BernoulliMixture {
    /// A mixture with weights πₖ and, for each component, the probabilities mₖᵢ that bit i is 1.
    ///
    /// # Errors
    /// If there is no component or no bit, the lengths differ, a number is not a probability, or the
    /// weights do not add up to 1 within 1e-9.
    pub fn new(weights: Vec<f64>, means: Vec<Vec<f64>>) -> Result<Self> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if weights.is_empty() || weights.len() != means.len() {
            let value = format!("{} weights and {} components", weights.len(), means.len());
            return invalid("a mixture", value, "one weight a component, and at least one".into());
        }
        let bits = means[0].len();
        if bits == 0 {
            return invalid("a mixture", "one without bits".into(), "at least one bit".into());
        }
        if let Some(other) = means.iter().find(|row| row.len() != bits) {
            let value = format!("{} and {}", bits, other.len());
            return invalid("the numbers of bits of components", value, "they are equal".into());
        }
        let all = weights.iter().chain(means.iter().flatten());
        if let Some(p) = all.clone().find(|p| !(0.0..=1.0).contains(*p)) {
            return invalid("a number of a mixture", p.to_string(), "from 0 to 1".into());
        }
        let sum: f64 = weights.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            let expected = "it must be 1 within 1e-9".into();
            return invalid("the sum of the weights of a mixture", sum.to_string(), expected);
        }
        Ok(BernoulliMixture { weights, means })
    }

    /// Number of components.
    pub fn num_components(&self) -> usize {
        self.weights.len()
    }

    /// Number of bits of a string.
    pub fn num_bits(&self) -> usize {
        self.means[0].len()
    }

    /// Number of free parameters: one less than there are weights, and the probabilities.
    pub fn num_parameters(&self) -> usize {
        self.num_components() * (self.num_bits() + 1) - 1
    }

    /// The weights πₖ.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The probabilities mₖᵢ, one row a component.
    pub fn means(&self) -> &[Vec<f64>] {
        &self.means
    }

    /// ln P(x); minus infinity where the probability is 0.
    ///
    /// # Errors
    /// If the string has another number of bits.
    pub fn log_probability(&self, bits: &Bits) -> Result<f64> {
        check_bits("visible", self.num_bits(), bits)?;
        let mut sum = LogSum::default();
        for (weight, row) in self.weights.iter().zip(&self.means) {
            let factor = |(i, m): (usize, &f64)| if bits.bit(i) { m.ln() } else { (-m).ln_1p() };
            sum.add(weight.ln() + row.iter().enumerate().map(factor).sum::<f64>());
        }
        Ok(sum.ln())
    }

    /// The mean of ln P over the data, in nats.
    ///
    /// # Errors
    /// If the data have another number of bits.
    pub fn log_likelihood(&self, data: &Distribution) -> Result<f64> {
        data.outcomes().iter().map(|(bits, q)| Ok(q * self.log_probability(bits)?)).sum()
    }

    /// The relative entropy Σ q ln(q/P) of the data to the mixture, in nats.
    ///
    /// # Errors
    /// As [`log_likelihood`](Self::log_likelihood).
    pub fn kullback_leibler(&self, data: &Distribution) -> Result<f64> {
        Ok(-self.log_likelihood(data)? - data.entropy())
    }

    /// So many independent samples.
    ///
    /// # Errors
    /// If the memory is not there.
    pub fn sample(&self, count: usize, seed: u64) -> Result<Vec<Bits>> {
        let each = size_of::<Bits>() as u128 + self.num_bits() as u128 / 8 + 16;
        let bytes = count as u128 * each;
        check_memory("samples", bytes, |_| (None, "ask for fewer at a time".into()))?;
        let mut rng = Streams::new(seed, Domain::Boltzmann).stream(2);
        let last = self.weights.iter().rposition(|&w| w > 0.0).unwrap_or(0);
        let draw = |_| {
            let (mut u, mut component) = (rng.random::<f64>(), 0);
            while component < last && u >= self.weights[component] {
                u -= self.weights[component];
                component += 1;
            }
            let mut bits = Bits::zeros(self.num_bits());
            for (i, m) in self.means[component].iter().enumerate() {
                bits.set(i, rng.random::<f64>() < *m);
            }
            bits
        };
        Ok((0..count).map(draw).collect())
    }
}
