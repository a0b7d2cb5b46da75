//! Random parts of data and random data.

use super::Distribution;
use crate::error::{Error, Result};
use crate::math::{Bits, Domain, Streams, split};
use rand::RngExt;

/// The most observations that are split: each takes a random number.
const MOST_SPLIT: u64 = 1_000_000_000;
/// The streams of the two, far from those of starts, which count from 0.
const SPLIT_STREAM: u64 = u64::MAX;
const SAMPLE_STREAM: u64 = u64::MAX - 1;

impl Distribution {
    /// Divides the observations of a data set at random in those to train with and those to test
    /// with, as (train, test): round(`test_fraction` × observations) of them, drawn without
    /// replacement, are the test. Each part is a data set of its own. The same seed gives the same
    /// parts.
    ///
    /// Each observation in turn is taken with the probability (still wanted)/(still to come), which
    /// makes every choice equally likely (algorithm S of Knuth, The Art of Computer Programming 2,
    /// 3.4.2).
    ///
    /// # Errors
    /// If the law is exact, so that there is nothing to divide, the fraction is not between 0 and 1
    /// or leaves a part empty, or there are more than 10⁹ observations.
    pub fn split(&self, test_fraction: f64, seed: u64) -> Result<(Distribution, Distribution)> {
        let (Some(counts), Some(total)) = (self.counts(), self.num_observations()) else {
            return Err(Error::Invalid {
                what: "the law to split".into(),
                value: "exact".into(),
                expected: "only observations can be divided; draw some with `sample` first".into(),
            });
        };
        // Written so that NaN is refused.
        if !(test_fraction > 0.0 && test_fraction < 1.0) {
            return Err(Error::Invalid {
                what: "the fraction to test with".into(),
                value: test_fraction.to_string(),
                expected: "it must be greater than 0 and less than 1".into(),
            });
        }
        if total > MOST_SPLIT {
            return Err(Error::Invalid {
                what: "the number of observations to split".into(),
                value: total.to_string(),
                expected: format!("at most {MOST_SPLIT} are divided, one by one"),
            });
        }
        let mut wanted = (test_fraction * total as f64).round() as u64;
        if wanted == 0 || wanted == total {
            let empty = if wanted == 0 { "test" } else { "train" };
            return Err(Error::Invalid {
                what: "the fraction to test with".into(),
                value: test_fraction.to_string(),
                expected: format!("of {total} observations it leaves none to {empty} with"),
            });
        }
        let mut rng = Streams::new(seed, Domain::Boltzmann).stream(SPLIT_STREAM);
        let mut left = total;
        let mut test = Vec::with_capacity(counts.len());
        for &count in counts {
            let before = wanted;
            for _ in 0..count {
                wanted -= u64::from(rng.random_range(0..left) < wanted);
                left -= 1;
            }
            test.push(before - wanted);
        }
        let part = |count: &dyn Fn(usize) -> u64| {
            let outcomes = self.outcomes().iter().enumerate();
            Self::from_counts(outcomes.map(|(k, (bits, _))| (bits.clone(), count(k))))
        };
        Ok((part(&|k| counts[k] - test[k])?, part(&|k| test[k])?))
    }

    /// A data set of `count` independent draws from this law. The same seed gives the same data. The
    /// counts are multinomial, drawn as binomial numbers one string after the other, so that the time
    /// does not depend on `count`.
    ///
    /// # Errors
    /// If `count` is 0.
    pub fn sample(&self, count: u64, seed: u64) -> Result<Distribution> {
        if count == 0 {
            return Err(Error::Invalid {
                what: "the number of draws".into(),
                value: "0".into(),
                expected: "it must be at least 1".into(),
            });
        }
        let outcomes = self.outcomes();
        // What each string and all after it have together: summed from the end, so that the last of
        // them has exactly its own.
        let mut rest = vec![0.0; outcomes.len() + 1];
        for (k, (_, q)) in outcomes.iter().enumerate().rev() {
            rest[k] = rest[k + 1] + q;
        }
        let mut rng = Streams::new(seed, Domain::Boltzmann).stream(SAMPLE_STREAM);
        let mut left = count;
        let mut drawn: Vec<(Bits, u64)> = Vec::new();
        for (k, (bits, q)) in outcomes.iter().enumerate() {
            if left == 0 {
                break;
            }
            let here = split(left, [rest[k + 1], *q], &mut rng);
            left -= here;
            if here > 0 {
                drawn.push((bits.clone(), here));
            }
        }
        Self::from_counts(drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::statistics::chi_squared_quantile;

    fn data(counts: &[u64]) -> Distribution {
        let list = counts.iter().enumerate();
        Distribution::from_counts(list.map(|(x, n)| (Bits::from_u64(x as u64, 3), *n))).unwrap()
    }

    fn count(data: &Distribution, x: u64) -> u64 {
        let bits = Bits::from_u64(x, 3);
        let found = data.outcomes().iter().position(|o| o.0 == bits);
        found.map_or(0, |k| data.counts().unwrap()[k])
    }

    #[test]
    fn parts_are_disjoint_and_whole() {
        let whole = data(&[5, 0, 1, 40, 7, 3, 1, 43]);
        let (train, test) = whole.split(0.3, 5).unwrap();
        assert_eq!((train.num_observations(), test.num_observations()), (Some(70), Some(30)));
        for x in 0..8 {
            assert_eq!(count(&train, x) + count(&test, x), count(&whole, x), "{x}");
        }
        assert_eq!(whole.split(0.3, 5).unwrap(), (train, test.clone()));
        assert_ne!(whole.split(0.3, 6).unwrap().1, test);
    }

    #[test]
    fn tests_are_drawn_by_the_hypergeometric_law() {
        // 4 of 10 observations, of which 3 are `000`: C(3, k) C(7, 4 - k) / C(10, 4).
        let whole = data(&[3, 5, 2]);
        let law = [35.0, 105.0, 63.0, 7.0].map(|ways| ways / 210.0);
        let draws = 4000;
        let mut found = [0.0; 4];
        for seed in 0..draws {
            found[count(&whole.split(0.4, seed).unwrap().1, 0) as usize] += 1.0;
        }
        let expected = law.map(|p| p * draws as f64);
        let chi: f64 = found.iter().zip(expected).map(|(n, e)| (n - e) * (n - e) / e).sum();
        assert!(chi < chi_squared_quantile(3.0, 0.999), "{chi} {found:?}");
    }

    #[test]
    fn refuses_splits_that_are_none() {
        let says = |data: &Distribution, f| data.split(f, 0).unwrap_err().to_string();
        let exact = Distribution::from_dense(&[0.5, 0.5]).unwrap();
        assert!(says(&exact, 0.5).contains("is exact; only observations can be divided"));
        let whole = data(&[2, 2]);
        for fraction in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(says(&whole, fraction).contains("greater than 0 and less than 1"));
        }
        assert!(says(&whole, 0.1).contains("of 4 observations it leaves none to test with"));
        assert!(says(&whole, 0.9).contains("of 4 observations it leaves none to train with"));
        assert!(says(&data(&[MOST_SPLIT, 1]), 0.5).contains("at most 1000000000 are divided"));
        assert!(data(&[1, 1]).split(0.5, 0).is_ok());
    }

    #[test]
    fn samples_follow_the_law() {
        let law = Distribution::from_dense(&[0.1, 0.0, 0.3, 0.05, 0.15, 0.2, 0.0, 0.2]).unwrap();
        let draws = 100_000;
        let sample = law.sample(draws, 3).unwrap();
        assert_eq!(sample.num_observations(), Some(draws));
        let chi = |(bits, q): &(Bits, f64)| {
            let (n, e) = (count(&sample, bits.value(0, 3) as u64) as f64, q * draws as f64);
            (n - e) * (n - e) / e
        };
        let chi: f64 = law.outcomes().iter().map(chi).sum();
        assert!(chi < chi_squared_quantile(5.0, 0.999), "{chi}");
        assert_eq!((count(&sample, 1), count(&sample, 6)), (0, 0));
        assert_eq!(law.sample(draws, 3).unwrap(), sample);
        assert_ne!(law.sample(draws, 4).unwrap(), sample);
        assert_eq!(law.sample(u64::MAX, 0).unwrap().num_observations(), Some(u64::MAX));
        assert!(law.sample(0, 3).unwrap_err().to_string().contains("at least 1"));
    }
}
