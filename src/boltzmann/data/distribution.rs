//! A law of bit strings, exact or counted.

use crate::error::{Error, Result};
use crate::math::{Bits, Fingerprint, list_of};
use serde::{Serialize, Serializer};

/// How far from 1 the sum of probabilities may be before it is refused.
const TOLERANCE: f64 = 1e-9;
/// The most bits of a law as a list of 2^n probabilities: 2²⁶ of them are 512 MiB.
pub const MAX_DENSE_BITS: usize = 26;

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
    /// If there are none, the strings differ in length or have no bits, or there are 2⁶⁴ observations
    /// or more.
    pub fn from_counts(observations: impl IntoIterator<Item = (Bits, u64)>) -> Result<Self> {
        let mut list: Vec<_> = observations.into_iter().filter(|o| o.1 > 0).collect();
        let num_bits = common_length(list.iter().map(|o| &o.0))?;
        let total = list.iter().try_fold(0u64, |sum, o| sum.checked_add(o.1));
        let total = total.ok_or_else(|| Error::Invalid {
            what: "the number of observations".into(),
            value: list.iter().map(|o| u128::from(o.1)).sum::<u128>().to_string(),
            expected: format!("it must be at most {}", u64::MAX),
        })?;
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            kept.1 += if equal { next.1 } else { 0 };
            equal
        });
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

    /// The law of 2^n probabilities in order of the basis states: entry x is that of the string whose
    /// bit i is bit i of x. Zeros are left out.
    ///
    /// # Errors
    /// If their number is not 2^n with n from 1 to [`MAX_DENSE_BITS`], or as
    /// [`from_probabilities`](Self::from_probabilities).
    pub fn from_dense(probabilities: &[f64]) -> Result<Self> {
        let len = probabilities.len();
        let num_bits = len.checked_ilog2().unwrap_or(0) as usize;
        if !len.is_power_of_two() || !(1..=MAX_DENSE_BITS).contains(&num_bits) {
            return Err(Error::Invalid {
                what: "the number of probabilities".into(),
                value: len.to_string(),
                expected: format!("it must be 2^n for n bits, n from 1 to {MAX_DENSE_BITS}"),
            });
        }
        // A fault has to be found among the zeros, too.
        let kept = probabilities.iter().enumerate().filter(|(_, p)| **p != 0.0);
        let hint = "give the strings that can occur with `from_probabilities`";
        let mut law = list_of("the strings of a law", kept.clone().count(), hint)?;
        law.extend(kept.map(|(x, p)| (Bits::from_u64(x as u64, num_bits), *p)));
        Self::from_probabilities(law)
    }

    /// The probabilities of all 2^n strings in order of the basis states, as
    /// [`from_dense`](Self::from_dense) takes them.
    ///
    /// # Errors
    /// If there are more than [`MAX_DENSE_BITS`] bits, or the list does not fit in memory.
    pub fn to_dense(&self) -> Result<Vec<f64>> {
        if self.num_bits > MAX_DENSE_BITS {
            return Err(Error::Invalid {
                what: "the number of bits of a law as a list".into(),
                value: self.num_bits.to_string(),
                expected: format!(
                    "it must be at most {MAX_DENSE_BITS}; longer strings stay a list of those that \
                     can occur"
                ),
            });
        }
        let hint = "use fewer bits, or the list of strings that can occur";
        let mut dense = list_of("a law as a list of all strings", 1 << self.num_bits, hint)?;
        dense.resize(1 << self.num_bits, 0.0);
        for (bits, p) in &self.outcomes {
            dense[bits.value(0, self.num_bits) as usize] = *p;
        }
        Ok(dense)
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

    /// How many observations there are, where this is a data set.
    pub fn num_observations(&self) -> Option<u64> {
        // `from_counts` has checked that the sum fits.
        self.counts.as_ref().map(|counts| counts.iter().sum())
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

    /// The divergence of Kullback and Leibler (Ann. Math. Statist. 22, 79 (1951)) Σ q ln(q/p) of this
    /// law q from the model p, in nats; infinite if a string that can occur has p = 0, and NaN where
    /// p is no probability. It is not negative if the p of all strings add up to 1.
    pub fn kl_from(&self, probabilities: impl Fn(&Bits) -> f64) -> f64 {
        // The logarithms apart: a quotient may overflow.
        let part = |(bits, q): &(Bits, f64)| q * (q.ln() - probabilities(bits).ln());
        self.outcomes.iter().map(part).sum()
    }

    /// The total variation distance ½ Σ |q - p| from another law, from 0 to 1: the largest difference
    /// of the probabilities of one event.
    ///
    /// # Errors
    /// If the strings differ in length.
    pub fn total_variation(&self, other: &Distribution) -> Result<f64> {
        if self.num_bits != other.num_bits {
            return Err(Error::Invalid {
                what: "the number of bits of a law".into(),
                value: other.num_bits.to_string(),
                expected: format!("the law to compare it with has {}", self.num_bits),
            });
        }
        let here = self.outcomes.iter().map(|(bits, q)| (q - other.probability(bits)).abs());
        let there = other.outcomes.iter().filter(|(bits, _)| self.probability(bits) == 0.0);
        Ok(0.5 * (here.sum::<f64>() + there.map(|(_, p)| p).sum::<f64>()))
    }

    /// What a checkpoint belongs to: all strings with their probabilities.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new().with("num_bits", &self.num_bits).with("data", &Pairs(&self.outcomes))
    }
}

/// A list as JSON writes it, without a copy of the strings.
struct Pairs<'l>(&'l [(Bits, f64)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::LN_2;

    fn bits(text: &str) -> Bits {
        text.parse().unwrap()
    }

    fn law(list: &[(&str, f64)]) -> Result<Distribution> {
        Distribution::from_probabilities(list.iter().map(|(text, p)| (bits(text), *p)))
    }

    #[test]
    fn observations_are_added_up() {
        let seen = [("10", 3), ("01", 1), ("10", 4), ("11", 0)];
        let data = Distribution::from_counts(seen.map(|(text, n)| (bits(text), n))).unwrap();
        assert_eq!((data.num_bits(), data.num_observations()), (2, Some(8)));
        assert_eq!(data.outcomes(), [(bits("01"), 0.125), (bits("10"), 0.875)]);
        assert_eq!(data.counts(), Some(&[1, 7][..]));
        assert_eq!((data.probability(&bits("10")), data.probability(&bits("11"))), (0.875, 0.0));
        assert_eq!(law(&[("1", 1.0)]).unwrap().num_observations(), None);
    }

    #[test]
    fn refuses_what_is_no_law() {
        let says = |list: &[(&str, f64)]| law(list).unwrap_err().to_string();
        assert!(says(&[]).contains("is empty; there must be at least one string"));
        assert!(says(&[("", 1.0)]).contains("strings without bits; at least one bit"));
        assert!(says(&[("0", 0.5), ("01", 0.5)]).contains("these have 1 and 2 bits"));
        assert!(says(&[("0", 0.5), ("0", 0.5)]).contains("0 twice; each string has one"));
        assert!(says(&[("0", 0.5), ("1", 0.4)]).contains("is 0.9; it must be 1 within 1e-9"));
        for p in [-0.5, f64::NAN, f64::INFINITY] {
            let says = says(&[("0", p), ("1", 1.0)]);
            assert!(says.contains("probability of 0") && says.contains("not negative"), "{says}");
        }
        let many = [(bits("0"), u64::MAX), (bits("1"), 1)];
        let says = Distribution::from_counts(many).unwrap_err().to_string();
        assert!(says.contains("18446744073709551616; it must be at most"), "{says}");
        assert!(Distribution::from_counts([(bits("0"), u64::MAX)]).is_ok());
        assert!(Distribution::from_counts([(bits("0"), 0)]).is_err());
    }

    #[test]
    fn lists_of_all_strings_come_back() {
        // Entry 2 is the string whose bit 1 is set.
        let dense = [0.25, 0.0, 0.5, 0.25];
        let q = Distribution::from_dense(&dense).unwrap();
        assert_eq!(q, law(&[("00", 0.25), ("10", 0.5), ("11", 0.25)]).unwrap());
        assert_eq!(q.to_dense().unwrap(), dense);
        for wrong in [&[][..], &[1.0], &[0.5, 0.25, 0.25]] {
            let says = Distribution::from_dense(wrong).unwrap_err().to_string();
            assert!(says.contains("2^n for n bits, n from 1 to 26"), "{says}");
        }
        assert!(Distribution::from_dense(&[1.0, f64::NAN]).is_err());
        let long = Distribution::from_counts([(Bits::zeros(27), 1)]).unwrap();
        let says = long.to_dense().unwrap_err().to_string();
        assert!(says.contains("is 27; it must be at most 26"), "{says}");
    }

    #[test]
    fn distances_are_their_closed_forms() {
        let q = law(&[("00", 0.5), ("11", 0.5)]).unwrap();
        assert!((q.entropy() - LN_2).abs() < 1e-15);
        // From the uniform law: n ln 2 - S.
        assert!((q.kl_from(|_| 0.25) - LN_2).abs() < 1e-15);
        assert_eq!(q.kl_from(|x| q.probability(x)), 0.0);
        assert_eq!(q.kl_from(|x| f64::from(u8::from(x.bit(0)))), f64::INFINITY);
        assert!(q.kl_from(|_| f64::NAN).is_nan() && q.kl_from(|_| -0.5).is_nan());
        // ½ ln(½/10⁻³²⁰) + ½ ln(½/1): the quotient is no number.
        let small = q.kl_from(|x| if x.bit(0) { 1.0 } else { 1e-320 });
        assert!((small - (160.0 * 10f64.ln() - LN_2)).abs() < 1e-3, "{small}");

        let p = law(&[("01", 0.25), ("11", 0.75)]).unwrap();
        assert_eq!(q.total_variation(&p), Ok(0.5));
        assert_eq!(p.total_variation(&q), Ok(0.5));
        assert_eq!(q.total_variation(&q), Ok(0.0));
        assert_eq!(q.total_variation(&law(&[("10", 1.0)]).unwrap()), Ok(1.0));
        let says = q.total_variation(&law(&[("0", 1.0)]).unwrap()).unwrap_err().to_string();
        assert!(says.contains("is 1; the law to compare it with has 2"), "{says}");
    }

    #[test]
    fn fingerprints_tell_strings_and_probabilities_apart() {
        let many: Vec<f64> = (0..64).map(|x| f64::from(x) / 2016.0).collect();
        let mut other = many.clone();
        other.swap(17, 18);
        let print = |dense: &[f64]| Distribution::from_dense(dense).unwrap().fingerprint();
        assert_eq!(print(&many), print(&many));
        assert_ne!(print(&many), print(&other));
        let of = |list: &[(&str, f64)]| law(list).unwrap().fingerprint();
        assert_ne!(of(&[("0", 1.0)]), of(&[("1", 1.0)]));
        assert_ne!(of(&[("0", 1.0)]), of(&[("00", 1.0)]));
    }
}
