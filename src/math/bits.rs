//! A string of classical bits of any length.

use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::{SmallVec, smallvec};
use std::fmt;
use std::str::FromStr;

/// Classical bits, bit 0 first in memory and last in print (`q(n-1)…q0`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bits {
    // Most significant word first, so that the derived order is the numerical one.
    words: SmallVec<[u64; 1]>,
    len: u32,
}

impl Bits {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        Bits { words: smallvec![0; len.div_ceil(64).max(1)], len: len as u32 }
    }

    /// The low `len` bits of `value`; bits from 64 on are zero.
    pub fn from_u64(value: u64, len: usize) -> Self {
        let mut bits = Self::zeros(len);
        let last = bits.words.len() - 1;
        bits.words[last] = if len < 64 { value & ((1 << len) - 1) } else { value };
        bits
    }

    /// The low `len` bits of words, least significant word first.
    pub(crate) fn from_words(words: &[u64], len: usize) -> Self {
        let mut bits = Self::zeros(len);
        let past = len % 64;
        for (i, word) in bits.words.iter_mut().rev().enumerate() {
            *word = words.get(i).copied().unwrap_or(0);
        }
        if past > 0 || len == 0 {
            bits.words[0] &= (1 << past) - 1;
        }
        bits
    }

    /// Its words, least significant first; bits past the end are 0.
    pub(crate) fn words(&self) -> impl Iterator<Item = u64> + '_ {
        self.words.iter().rev().copied()
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Bytes that it takes beside itself: none up to 64 bits.
    pub(crate) fn heap_bytes(&self) -> u64 {
        // The words, and what an allocation takes for itself.
        if self.words.spilled() { 8 * self.words.len() as u64 + 16 } else { 0 }
    }

    /// Whether there are no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bit `i`.
    pub fn bit(&self, i: usize) -> bool {
        assert!(i < self.len(), "bit {i} of {}", self.len);
        self.words[self.words.len() - 1 - i / 64] >> (i % 64) & 1 == 1
    }

    /// Sets bit `i`.
    pub fn set(&mut self, i: usize, value: bool) {
        assert!(i < self.len(), "bit {i} of {}", self.len);
        let word = self.words.len() - 1 - i / 64;
        self.words[word] = self.words[word] & !(1 << (i % 64)) | u64::from(value) << (i % 64);
    }

    /// The value of bits `start..start + len` as an integer; `len` ≤ 128.
    pub fn value(&self, start: usize, len: usize) -> u128 {
        assert!(len <= 128, "{len} bits do not fit in an integer of 128");
        (0..len).fold(0, |v, i| v | u128::from(self.bit(start + i)) << i)
    }

    /// Writes the low `len` bits of `value` to bits `start..start + len`.
    pub fn set_value(&mut self, start: usize, len: usize, value: u128) {
        for i in 0..len {
            self.set(start + i, i < 128 && value >> i & 1 == 1);
        }
    }
}

impl Bits {
    /// Bit by bit, whether one of both is 1 and the other 0.
    ///
    /// # Panics
    /// If they have different lengths.
    pub fn xor(&self, other: &Bits) -> Bits {
        assert_eq!(self.len, other.len, "bits of different lengths");
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a ^ b).collect();
        Bits { words, len: self.len }
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String =
            (0..self.len()).rev().map(|i| char::from(b'0' + u8::from(self.bit(i)))).collect();
        f.pad(&text)
    }
}

impl FromStr for Bits {
    type Err = Error;

    /// Reads what `Display` prints.
    fn from_str(text: &str) -> Result<Self> {
        let mut bits = Bits::zeros(text.len());
        for (i, digit) in text.bytes().rev().enumerate() {
            match digit {
                b'0' => {}
                b'1' => bits.set(i, true),
                _ => {
                    return Err(Error::Invalid {
                        what: "a bit string".into(),
                        value: format!("`{text}`"),
                        expected: "it consists of the digits 0 and 1".into(),
                    });
                }
            }
        }
        Ok(bits)
    }
}

/// As the text that `Display` prints.
impl Serialize for Bits {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_bit_zero_last_and_orders_as_numbers() {
        let mut b = Bits::zeros(70);
        b.set(0, true);
        b.set(69, true);
        assert_eq!(b.to_string(), format!("1{}1", "0".repeat(68)));
        assert!(Bits::from_u64(6, 3) > Bits::from_u64(5, 3));
        let mut high = Bits::zeros(70);
        high.set(64, true);
        assert!(high > Bits::from_u64(u64::MAX, 70));
        assert_eq!(Bits::from_u64(0b1011, 4).value(1, 3), 0b101);
        b.set_value(60, 10, 0b11);
        assert_eq!(b.value(60, 10), 3);
        assert_eq!(serde_json::to_string(&b).unwrap(), format!("\"{b}\""));
        assert_eq!(serde_json::from_str::<Bits>(&format!("\"{b}\"")).unwrap(), b);
        assert!(serde_json::from_str::<Bits>("\"012\"").is_err());
        let words: Vec<u64> = b.words().collect();
        assert_eq!(Bits::from_words(&words, 70), b);
        assert_eq!(Bits::from_words(&[!0, !0], 65).to_string(), "1".repeat(65));
        assert_eq!(Bits::from_words(&[!0, !0], 64).to_string(), "1".repeat(64));
        assert_eq!(Bits::from_words(&[], 0), Bits::zeros(0));
        assert_eq!(b.to_string().parse(), Ok(b));
        assert!("012".parse::<Bits>().is_err());
    }
}
