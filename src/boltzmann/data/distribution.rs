//! A law of bit strings, exact or counted.

use crate::error::{Error, Result};
use crate::math::Bits;

/// How far from 1 the sum of probabilities may be before it is refused.
const TOLERANCE: f64 = 1e-9;

/// Bit strings of equal length with their probabilities q: the data of a Boltzmann machine. In print
/// the rightmost character is bit 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    num_bits: usize,
    /// Ascending, each once, with a positive probability.
    outcomes: Vec<(Bits, f64)>,
    /// How often each was observed, where this is a data set.
    counts: Option<Vec<u64>>,
}

impl Distribution {
    /// The frequencies of observations, in any order; equal strings are added.
    ///
    /// # Errors
    /// If there are none, or the strings differ in length or have no bits.
    pub fn from_counts(observations: impl IntoIterator<Item = (Bits, u64)>) -> Result<Self> {
        let mut list: Vec<_> = observations.into_iter().filter(|o| o.1 > 0).collect();
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            kept.1 += if equal { next.1 } else { 0 };
            equal
        });
        let num_bits = common_length(list.iter().map(|o| &o.0))?;
        let total: u64 = list.iter().map(|o| o.1).sum();
        let counts = list.iter().map(|o| o.1).collect();
        let frequency = |(bits, count): (Bits, u64)| (bits, count as f64 / total as f64);
        let outcomes = list.into_iter().map(frequency).collect();
        Ok(Distribution { num_bits, outcomes, counts: Some(counts) })
    }

    /// A law that is known: strings with their probabilities, in any order, each once. Those of
    /// probability 0 are left out.
    ///
    /// # Errors
    /// If the strings differ in length or repeat, a probability is negative or not finite, or they do
    /// not add up to 1 within 1e-9.
    pub fn from_probabilities(law: impl IntoIterator<Item = (Bits, f64)>) -> Result<Self> {
        let mut outcomes: Vec<_> = law.into_iter().collect();
        for (bits, p) in &outcomes {
            if !(p.is_finite() && *p >= 0.0) {
                let what = format!("the probability of {bits}");
                let expected = "it must be finite and not negative".into();
                return Err(Error::Invalid { what, value: p.to_string(), expected });
            }
        }
        outcomes.retain(|o| o.1 > 0.0);
        outcomes.sort_by(|a, b| a.0.cmp(&b.0));
        let num_bits = common_length(outcomes.iter().map(|o| &o.0))?;
        if let Some(pair) = outcomes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::Invalid {
                what: "a law of bit strings".into(),
                value: format!("{} twice", pair[0].0),
                expected: "each string has one probability".into(),
            });
        }
        let sum: f64 = outcomes.iter().map(|o| o.1).sum();
        if (sum - 1.0).abs() > TOLERANCE {
            return Err(Error::Invalid {
                what: "the sum of the probabilities".into(),
                value: sum.to_string(),
                expected: format!("it must be 1 within {TOLERANCE:e}"),
            });
        }
        Ok(Distribution { num_bits, outcomes, counts: None })
    }

    /// Bits of a string.
    pub fn num_bits(&self) -> usize {
        self.num_bits
    }

    /// The strings that can occur, ascending, with their probabilities.
    pub fn outcomes(&self) -> &[(Bits, f64)] {
        &self.outcomes
    }

    /// How often each outcome was observed, where this is a data set.
    pub fn counts(&self) -> Option<&[u64]> {
        self.counts.as_deref()
    }

    /// The probability of a string.
    pub fn probability(&self, bits: &Bits) -> f64 {
        let found = self.outcomes.binary_search_by(|o| o.0.cmp(bits));
        found.map_or(0.0, |k| self.outcomes[k].1)
    }

    /// Shannon's entropy -Σ q ln q, in nats.
    pub fn entropy(&self) -> f64 {
        -self.outcomes.iter().map(|(_, q)| q * q.ln()).sum::<f64>()
    }
}

fn common_length<'b>(mut strings: impl Iterator<Item = &'b Bits>) -> Result<usize> {
    let invalid = |value: String, expected: String| {
        Err(Error::Invalid { what: "a law of bit strings".into(), value, expected })
    };
    let Some(first) = strings.next() else {
        return invalid("empty".into(), "there must be at least one string".into());
    };
    if first.is_empty() {
        return invalid("strings without bits".into(), "at least one bit".into());
    }
    match strings.find(|bits| bits.len() != first.len()) {
        Some(other) => invalid(
            format!("{first} and {other}"),
            format!("strings of equal length; these have {} and {} bits", first.len(), other.len()),
        ),
        None => Ok(first.len()),
    }
}
