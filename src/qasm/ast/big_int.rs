//! Integers that do not fit in 64 bits.

use std::cell::OnceCell;
use std::sync::Arc;

/// An integer literal of any length.
#[derive(Debug)]
pub struct BigInt {
    digits: String,
    value: OnceCell<Arc<Huge>>,
}

/// The value of an integer of any length.
#[derive(Debug)]
pub struct Huge {
    /// In pieces of 128 bits, the least significant first; the last is not 0.
    pub words: Vec<u128>,
    /// As a real number; infinite past its range.
    pub float: f64,
}

impl BigInt {
    /// From decimal digits.
    pub fn new(digits: String) -> Self {
        BigInt { digits, value: OnceCell::new() }
    }

    /// The decimal digits.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The value, worked out once: the cost grows with the square of the length.
    pub fn value(&self) -> &Arc<Huge> {
        self.value.get_or_init(|| {
            let float = self.digits.parse().unwrap_or(f64::INFINITY);
            Arc::new(Huge { words: words(&self.digits), float })
        })
    }
}

/// A decimal number in pieces of 128 bits, least significant first.
fn words(digits: &str) -> Vec<u128> {
    let mut words: Vec<u64> = vec![];
    for digit in digits.bytes() {
        let mut carry = u128::from(digit - b'0');
        for word in &mut words {
            let next = u128::from(*word) * 10 + carry;
            *word = next as u64;
            carry = next >> 64;
        }
        if carry > 0 {
            words.push(carry as u64);
        }
    }
    let pair = |w: &[u64]| u128::from(w[0]) | u128::from(w.get(1).copied().unwrap_or(0)) << 64;
    words.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_of_any_length() {
        assert_eq!(words(&u128::MAX.to_string()), [u128::MAX]);
        assert_eq!(words("340282366920938463463374607431768211456"), [0, 1]); // 2^128
        assert_eq!(words("18446744073709551617"), [(1 << 64) + 1]);
        let big = BigInt::new("340282366920938463463374607431768211457".into());
        assert_eq!((&big.value().words[..], big.value().float), (&[1, 1][..], 2f64.powi(128)));
    }
}
