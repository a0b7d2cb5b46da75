//! Errors of reading measured bits.

use super::limits::{invalid, probability};
use crate::error::Result;
use crate::math::Bits;
use rand::{Rng, RngExt};

/// How one qubit is misread.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReadoutError {
    /// The probability to read 1 where the qubit is 0.
    pub p1_given_0: f64,
    /// The probability to read 0 where the qubit is 1.
    pub p0_given_1: f64,
}

impl ReadoutError {
    /// 1 is read with probability `p1_given_0` where the qubit is 0, 0 with `p0_given_1` where it is 1.
    /// (IBM's `prob_meas1_prep0` and `prob_meas0_prep1`; their `readout_error` is the mean.)
    ///
    /// # Errors
    /// If one is no probability.
    pub fn new(p1_given_0: f64, p0_given_1: f64) -> Result<Self> {
        Ok(ReadoutError {
            p1_given_0: probability("the probability to read 1 where a qubit is 0", p1_given_0)?,
            p0_given_1: probability("the probability to read 0 where a qubit is 1", p0_given_1)?,
        })
    }

    /// Whether nothing is misread.
    pub fn is_none(self) -> bool {
        self.p1_given_0 == 0.0 && self.p0_given_1 == 0.0
    }

    /// 1 - (P(1|0) + P(0|1))/2.
    pub fn assignment_fidelity(self) -> f64 {
        1.0 - (self.p1_given_0 + self.p0_given_1) / 2.0
    }

    /// The factor of a Pauli letter and the constant besides: what is read as Z is (1-a-b) Z + (b-a),
    /// with a = P(1|0) and b = P(0|1).
    pub fn letter(self) -> (f64, f64) {
        (1.0 - self.p1_given_0 - self.p0_given_1, self.p0_given_1 - self.p1_given_0)
    }

    /// What is read of a bit, by one number of `rng` whatever the bit is.
    pub fn misread(self, bit: bool, rng: &mut impl Rng) -> bool {
        let u: f64 = rng.random();
        bit ^ (u < if bit { self.p0_given_1 } else { self.p1_given_0 })
    }
}

/// What is read of a distribution over k bits: `errors[q]` is that of bit q of the index.
///
/// ```
/// use ketlab::noise::{ReadoutError, confuse_distribution};
/// let mut bell = [0.5, 0.0, 0.0, 0.5];
/// confuse_distribution(&mut bell, &[ReadoutError::new(0.0, 0.2)?, ReadoutError::default()])?;
/// assert_eq!(bell, [0.5, 0.0, 0.1, 0.4]);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If there are not 2^k probabilities for k errors.
pub fn confuse_distribution(distribution: &mut [f64], errors: &[ReadoutError]) -> Result<()> {
    let len = distribution.len();
    if !len.is_power_of_two() || len.trailing_zeros() as usize != errors.len() {
        let expected = format!("it is 2^k for the readout errors of k = {} bits", errors.len());
        return Err(invalid("the length of a distribution", len.to_string(), expected));
    }
    for (q, &ReadoutError { p1_given_0: a, p0_given_1: b }) in errors.iter().enumerate() {
        if a == 0.0 && b == 0.0 {
            continue;
        }
        for block in distribution.chunks_exact_mut(2 << q) {
            let (zeros, ones) = block.split_at_mut(1 << q);
            for (zero, one) in zeros.iter_mut().zip(ones) {
                (*zero, *one) = ((1.0 - a) * *zero + b * *one, a * *zero + (1.0 - b) * *one);
            }
        }
    }
    Ok(())
}

/// Misreads sampled bits: `errors[q]` is that of bit q; bits beyond are read as they are. Each bit
/// that has an error takes one number of `rng`.
pub fn misread(bits: &mut Bits, errors: &[ReadoutError], rng: &mut impl Rng) {
    for (q, error) in errors.iter().enumerate().take(bits.len()) {
        if !error.is_none() {
            bits.set(q, error.misread(bits.bit(q), rng));
        }
    }
}

/// [`misread`] of up to 64 bits in one number, with the same numbers of `rng`.
pub fn misread_word(bits: u64, errors: &[ReadoutError], rng: &mut impl Rng) -> u64 {
    let mut read = bits;
    for (q, error) in errors.iter().enumerate().take(64) {
        if !error.is_none() {
            let bit = bits >> q & 1 == 1;
            read ^= u64::from(bit != error.misread(bit, rng)) << q;
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    #[test]
    fn distributions_are_confused_as_by_the_matrix_of_all_bits() {
        let errors =
            [(0.1, 0.2), (0.0, 0.0), (0.03, 0.3)].map(|(a, b)| ReadoutError::new(a, b).unwrap());
        let ideal: Vec<f64> = (0..8).map(|i| (1 + i * i % 5) as f64 / 21.0).collect();
        let one = |q: usize, read: usize, is: usize| {
            let ReadoutError { p1_given_0: a, p0_given_1: b } = errors[q];
            [[1.0 - a, b], [a, 1.0 - b]][read >> q & 1][is >> q & 1]
        };
        let mut got = ideal.clone();
        confuse_distribution(&mut got, &errors).unwrap();
        for read in 0..8 {
            let p = |is: usize| (0..3).map(|q| one(q, read, is)).product::<f64>() * ideal[is];
            let expected: f64 = (0..8).map(p).sum();
            assert!((got[read] - expected).abs() < 1e-15);
        }
        assert!(confuse_distribution(&mut got, &errors[..2]).is_err());
        assert!(confuse_distribution(&mut got[..6], &errors[..2]).is_err());
        confuse_distribution(&mut [1.0], &[]).unwrap();
    }

    #[test]
    fn sampled_bits_are_misread_as_often_as_said() {
        let errors =
            [(0.1, 0.3), (0.0, 0.0), (1.0, 0.0)].map(|(a, b)| ReadoutError::new(a, b).unwrap());
        let mut rng = Streams::new(7, Domain::Sampling).stream(0);
        let shots = 40_000;
        for (bits, p) in [(0b000u64, 0.1), (0b011, 0.3)] {
            let mut twin = rng.clone();
            let mut flipped = 0;
            for _ in 0..shots {
                let read = misread_word(bits, &errors, &mut rng);
                let mut same = Bits::from_u64(bits, 3);
                misread(&mut same, &errors, &mut twin);
                assert_eq!(same, Bits::from_u64(read, 3));
                assert_eq!(read >> 1, bits >> 1 | 0b10);
                flipped += usize::from((read ^ bits) & 1 == 1);
            }
            let sigma = (p * (1.0 - p) / shots as f64).sqrt();
            assert!((flipped as f64 / shots as f64 - p).abs() < 4.0 * sigma, "{flipped}");
        }
        // More errors than bits.
        misread(&mut Bits::zeros(1), &errors, &mut rng);
    }

    #[test]
    fn fidelity_and_bad_numbers() {
        // ibm_kyiv, qubit 0: the mean is what IBM reports.
        let error = ReadoutError::new(0.00634765625, 0.0078125).unwrap();
        assert_eq!(error.assignment_fidelity(), 1.0 - 0.007080078125);
        for bad in [-0.1, 1.01, f64::NAN] {
            assert!(ReadoutError::new(bad, 0.0).is_err());
            assert!(ReadoutError::new(0.0, bad).is_err());
        }
    }
}
