//! Where the reads of a sampler begin.

use crate::error::{Error, Result};
use crate::math::{Bits, Fingerprint};

/// Configurations that reads begin with, in turn; random ones where there are none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Initial(Vec<Bits>);

impl Initial {
    pub fn new(states: impl IntoIterator<Item = Bits>) -> Self {
        Initial(states.into_iter().collect())
    }

    pub fn is_given(&self) -> bool {
        !self.0.is_empty()
    }

    /// `given` or `random`.
    pub fn name(&self) -> &'static str {
        if self.is_given() { "given" } else { "random" }
    }

    /// # Errors
    /// If one has not as many bits as there are spins.
    pub fn check(&self, spins: usize) -> Result<()> {
        match self.0.iter().enumerate().find(|(_, bits)| bits.len() != spins) {
            None => Ok(()),
            Some((number, bits)) => Err(Error::Invalid {
                what: format!("the number of bits of initial configuration {number}"),
                value: bits.len().to_string(),
                expected: format!("the model has {spins} spins"),
            }),
        }
    }

    /// That of a read, if any are given.
    pub fn of(&self, read: u64) -> Option<&Bits> {
        let number = read.checked_rem(self.0.len() as u64)?;
        Some(&self.0[number as usize])
    }

    /// Adds them, where there are any, to what reads belong to.
    pub fn tell(&self, belongs_to: Fingerprint) -> Fingerprint {
        match self.is_given() {
            true => belongs_to.with("initial configurations", &self.0),
            false => belongs_to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_take_turns() {
        let bits: Vec<Bits> = (0..3).map(|x| Bits::from_u64(x, 4)).collect();
        let initial = Initial::new(bits.clone());
        for read in [0, 1, 2, 3, 7, u64::MAX] {
            assert_eq!(initial.of(read), Some(&bits[(read % 3) as usize]));
        }
        assert!(Initial::default().of(5).is_none() && Initial::default().check(9).is_ok());
        let says = initial.check(5).unwrap_err().to_string();
        assert!(says.contains("configuration 0 is 4") && says.contains("5 spins"), "{says}");
    }
}
