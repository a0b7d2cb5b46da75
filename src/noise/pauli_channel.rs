//! Probabilities of Pauli strings.

use super::limits::{MAX_PAULI_ERRORS, channel_qubits, invalid, probability, sum_of_probabilities};
use super::strings::{anticommute, string_number};
use crate::error::{Error, Result, shown};
use crate::pauli::PauliString;
use std::collections::BTreeMap;

/// Two channels are combined in at most this many steps: seconds.
const MAX_PRODUCTS: u64 = 1 << 24;

/// A mixture of Pauli strings. A string on k qubits is a number of 2k bits: bits 2q and 2q + 1 are
/// the letter on qubit q, 0 for I, 1 for X, 2 for Y, 3 for Z
/// ([`string_number`](super::string_number)).
#[derive(Debug, Clone, PartialEq)]
pub struct PauliChannel {
    num_qubits: usize,
    /// Strings that are no identity with their probabilities, ascending, each positive.
    errors: Vec<(u64, f64)>,
}

impl PauliChannel {
    pub(crate) fn unchecked(num_qubits: usize, errors: Vec<(u64, f64)>) -> Self {
        PauliChannel { num_qubits, errors }
    }

    /// Strings by their numbers with probabilities, in any order; equal ones add up. The identity has
    /// what is left; where it is given, it must be that to 1e-9.
    ///
    /// # Errors
    /// If a probability is none, their sum is above 1, or a string has more qubits.
    pub fn new(errors: impl IntoIterator<Item = (u64, f64)>, num_qubits: usize) -> Result<Self> {
        channel_qubits(num_qubits)?;
        let mut sums = BTreeMap::new();
        for (string, p) in errors {
            let p = probability("the probability of a Pauli error", p)?;
            check_fits(string, num_qubits)?;
            *sums.entry(string).or_insert(0.0) += p;
            check_number(sums.len())?;
        }
        let identity = sums.remove(&0);
        let errors: Vec<_> = sums.into_iter().filter(|e| e.1 > 0.0).collect();
        let mut channel = PauliChannel { num_qubits, errors };
        let total = channel.error_probability();
        sum_of_probabilities("the probabilities of Pauli errors", total)?;
        if total > 1.0 {
            channel.errors.iter_mut().for_each(|e| e.1 /= total);
        }
        if let Some(given) = identity
            && (given + total - 1.0).abs() > 1e-9
        {
            let what = "the probability of the identity of a Pauli channel";
            let expected = format!("it is what is left, {}; it may be left out", 1.0 - total);
            return Err(invalid(what, shown(given), expected));
        }
        Ok(channel)
    }

    /// Strings with probabilities; see [`new`](Self::new).
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn from_strings(
        errors: impl IntoIterator<Item = (PauliString, f64)>,
        num_qubits: usize,
    ) -> Result<Self> {
        let numbers: Result<Vec<_>> =
            errors.into_iter().map(|(s, p)| Ok((number(&s, num_qubits)?, p))).collect();
        Self::new(numbers?, num_qubits)
    }

    /// The sparse Pauli-Lindblad channel exp(Σ_P λ_P (P·P - 1)) of rates λ_P ≥ 0: P comes about with
    /// the probability (1 - e^{-2λ})/2 for each string, independently, and the fidelity of Q is
    /// exp(-2 Σ λ_P) over all P that anticommute with it (van den Berg et al., Nature Physics 19,
    /// 1116, eqs. 2 and 3). The identity's rate has no effect.
    ///
    /// # Errors
    /// If a rate is negative or not finite, a string has more qubits, or more strings come about than
    /// [`MAX_PAULI_ERRORS`](super::MAX_PAULI_ERRORS).
    pub fn from_lindblad_rates(
        rates: impl IntoIterator<Item = (PauliString, f64)>,
        num_qubits: usize,
    ) -> Result<Self> {
        channel_qubits(num_qubits)?;
        let mut channel = Self::unchecked(num_qubits, vec![]);
        for (string, rate) in rates {
            let string = number(&string, num_qubits)?;
            if !rate.is_finite() || rate < 0.0 {
                let expected = "it is finite and at least 0";
                return Err(invalid("a Pauli-Lindblad rate", shown(rate), expected));
            }
            let p = -(-2.0 * rate).exp_m1() / 2.0;
            if string != 0 && p > 0.0 {
                channel = channel.then(&Self::unchecked(num_qubits, vec![(string, p)]))?;
            }
        }
        Ok(channel)
    }

    /// The strings of ρ → (1-λ)ρ + λ I/d.
    pub(super) fn depolarizing(lambda: f64, num_qubits: usize) -> Result<Self> {
        let all = 1usize.checked_shl(2 * num_qubits as u32).unwrap_or(usize::MAX);
        check_number(all)?;
        let p = lambda / all as f64;
        let errors = if p > 0.0 { (1..all as u64).map(|s| (s, p)).collect() } else { vec![] };
        Ok(Self::unchecked(num_qubits, errors))
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// Strings that are no identity with their probabilities, in ascending order of their numbers.
    pub fn errors(&self) -> &[(u64, f64)] {
        &self.errors
    }

    /// The probability that any of them comes about.
    pub fn error_probability(&self) -> f64 {
        self.errors.iter().map(|e| e.1).sum()
    }

    /// The probability of a string by its number; of the identity, what is left.
    pub fn probability(&self, string: u64) -> f64 {
        match self.errors.binary_search_by_key(&string, |e| e.0) {
            Ok(at) => self.errors[at].1,
            Err(_) if string == 0 => 1.0 - self.error_probability(),
            Err(_) => 0.0,
        }
    }

    /// f_Q, by which the expectation of the string Q is multiplied: 1 - 2 Σ p_P over the P that
    /// anticommute with Q.
    pub fn fidelity(&self, string: u64) -> f64 {
        let odd = self.errors.iter().filter(|e| anticommute(e.0, string));
        1.0 - 2.0 * odd.map(|e| e.1).sum::<f64>()
    }

    /// This, then `next`; Pauli channels commute. The string of two errors is their product.
    ///
    /// # Errors
    /// If the numbers of qubits differ, or more strings come about than
    /// [`MAX_PAULI_ERRORS`](super::MAX_PAULI_ERRORS).
    pub fn then(&self, next: &PauliChannel) -> Result<PauliChannel> {
        if self.num_qubits != next.num_qubits {
            return Err(Error::WrongNumberOfQubits {
                operation: "a Pauli channel after another".into(),
                expected: self.num_qubits,
                got: next.num_qubits,
            });
        }
        self.products(next, self.num_qubits, |a, b| a ^ b)
    }

    /// This on the low qubits beside `high` on those above.
    ///
    /// # Errors
    /// If there are more than 32 qubits together, or more strings than
    /// [`MAX_PAULI_ERRORS`](super::MAX_PAULI_ERRORS).
    pub fn tensor(&self, high: &PauliChannel) -> Result<PauliChannel> {
        let num_qubits = channel_qubits(self.num_qubits + high.num_qubits)?;
        self.products(high, num_qubits, |low, up| low | up << (2 * self.num_qubits))
    }

    fn products(
        &self,
        other: &PauliChannel,
        num_qubits: usize,
        product: impl Fn(u64, u64) -> u64,
    ) -> Result<PauliChannel> {
        let with_identity = |channel: &PauliChannel| {
            let rest = (0, (1.0 - channel.error_probability()).max(0.0));
            std::iter::once(rest).chain(channel.errors.iter().copied()).collect::<Vec<_>>()
        };
        let (ours, others) = (with_identity(self), with_identity(other));
        let products = ours.len() as u64 * others.len() as u64;
        if products > MAX_PRODUCTS {
            let expected = format!("it is at most {MAX_PRODUCTS}: use fewer qubits at once");
            let what = "the number of products of the errors of two Pauli channels";
            return Err(invalid(what, products.to_string(), expected));
        }
        let mut sums = BTreeMap::new();
        for &(a, p) in &ours {
            for &(b, q) in &others {
                *sums.entry(product(a, b)).or_insert(0.0) += p * q;
            }
            check_number(sums.len() - 1)?;
        }
        sums.remove(&0);
        let errors = sums.into_iter().filter(|e| e.1 > 0.0).collect();
        Ok(PauliChannel { num_qubits, errors })
    }
}

fn check_number(errors: usize) -> Result<()> {
    if errors <= MAX_PAULI_ERRORS {
        return Ok(());
    }
    let expected =
        format!("a list of them has at most {MAX_PAULI_ERRORS}: use fewer qubits at once");
    Err(invalid("the number of strings of a Pauli channel", errors.to_string(), expected))
}

fn number(string: &PauliString, num_qubits: usize) -> Result<u64> {
    match string.num_qubits().checked_sub(1) {
        Some(qubit) if qubit >= num_qubits => Err(Error::QubitOutOfRange { qubit, num_qubits }),
        _ => string_number(string),
    }
}

fn check_fits(string: u64, num_qubits: usize) -> Result<()> {
    let qubit = (64 - string.leading_zeros() as usize).div_ceil(2);
    if qubit <= num_qubits {
        return Ok(());
    }
    Err(Error::QubitOutOfRange { qubit: qubit - 1, num_qubits })
}

#[cfg(test)]
mod tests {
    use super::super::strings::string_of_number;
    use super::*;

    fn text(strings: &[(&str, f64)], k: usize) -> Result<PauliChannel> {
        PauliChannel::from_strings(strings.iter().map(|(s, p)| (s.parse().unwrap(), *p)), k)
    }

    #[test]
    fn errors_are_sorted_and_summed() {
        let channel = text(&[("Z", 0.02), ("X", 0.01), ("Z", 0.03), ("Y", 0.0)], 1).unwrap();
        assert_eq!(channel.errors(), [(1, 0.01), (3, 0.05)]);
        assert!((channel.probability(0) - 0.94).abs() < 1e-15);
        assert_eq!(channel.probability(2), 0.0);
        assert_eq!(text(&[("I", 0.94), ("X", 0.06)], 1).unwrap().errors(), [(1, 0.06)]);
        let error = text(&[("I", 0.9), ("X", 0.06)], 1).unwrap_err().to_string();
        assert!(error.contains("0.9;") && error.contains("0.94"), "{error}");
    }

    #[test]
    fn bad_probabilities_are_refused() {
        for bad in [-0.1, 1.5, f64::NAN] {
            assert!(text(&[("X", bad)], 1).is_err());
        }
        let error = text(&[("X", 0.6), ("Z", 0.6)], 1).unwrap_err().to_string();
        assert!(error.contains("1.2"), "{error}");
        // Rounding of the sum is none of the channel's.
        let full = text(&[("X", 0.5), ("Z", 0.5 + 5e-13)], 1).unwrap();
        assert!(full.error_probability() <= 1.0);
        assert!(text(&[("X", 0.5), ("Z", 0.5 + 5e-12)], 1).is_err());
        let error = text(&[("X2", 0.6)], 2).unwrap_err().to_string();
        assert!(error.contains("qubit 2"), "{error}");
        assert!(PauliChannel::new([(16, 0.1)], 2).is_err());
        assert!(PauliChannel::new([], 33).is_err());
        assert!(PauliChannel::new([(1 << 63, 0.1)], 32).is_ok());
        assert!(PauliChannel::depolarizing(0.1, 12).is_err());
        assert!(PauliChannel::from_lindblad_rates([("X".parse().unwrap(), -0.1)], 1).is_err());
    }

    #[test]
    fn rates_give_the_fidelities_of_the_formula() {
        let rates: Vec<(PauliString, f64)> =
            [("X0", 0.02), ("Z0 Z1", 0.05), ("Y1", 0.01), ("Z2", 0.3)]
                .map(|(s, rate)| (s.parse().unwrap(), rate))
                .to_vec();
        let channel = PauliChannel::from_lindblad_rates(rates.clone(), 3).unwrap();
        for string in 0..64 {
            let q = string_of_number(string);
            let odd = rates.iter().filter(|r| !r.0.commutes_with(&q));
            let expected = (-2.0 * odd.map(|r| r.1).sum::<f64>()).exp();
            assert!((channel.fidelity(string) - expected).abs() < 1e-15);
        }
        // Products of three errors come about as well.
        let [x, zz, y, z] =
            rates.iter().map(|r| (1.0 - (-2.0 * r.1).exp()) / 2.0).collect::<Vec<_>>()[..]
        else {
            panic!()
        };
        // X0 · Y1 · Z0Z1 = Y0 X1 up to its phase.
        let got = channel.probability(0b01_10);
        assert!((got - x * zz * y * (1.0 - z)).abs() < 1e-17, "{got}");
    }

    #[test]
    fn fidelities_multiply() {
        let a = text(&[("X0", 0.1), ("Z0 Y1", 0.2)], 2).unwrap();
        let b = text(&[("Y0", 0.05), ("Z1", 0.3), ("X0", 0.1)], 2).unwrap();
        let both = a.then(&b).unwrap();
        let beside = a.tensor(&b).unwrap();
        for string in 0..16u64 {
            let product = a.fidelity(string) * b.fidelity(string);
            assert!((both.fidelity(string) - product).abs() < 1e-15);
            for high in 0..16 {
                let product = a.fidelity(string) * b.fidelity(high);
                assert!((beside.fidelity(string | high << 4) - product).abs() < 1e-15);
            }
        }
        assert!(a.then(&text(&[("X0", 0.1)], 1).unwrap()).is_err());
    }
}
