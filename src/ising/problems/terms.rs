//! A QUBO as a sum of terms.

use crate::error::{Error, Result};
use crate::ising::Qubo;

/// The most products of two bits in one encoded problem: about 2 GB with its lists of neighbours.
pub(super) const MAX_PAIRS: u128 = 1 << 25;

/// Terms of an energy, added up one after the other.
pub(super) struct Terms {
    linear: Vec<f64>,
    pairs: Vec<(usize, usize, f64)>,
    offset: f64,
}

impl Terms {
    /// No terms yet, of this many bits; `pairs` is about how many products of two bits will be
    /// added.
    ///
    /// # Errors
    /// If there are more than [`MAX_PAIRS`] of them.
    pub fn new(bits: usize, pairs: u128) -> Result<Self> {
        if pairs <= MAX_PAIRS {
            let pairs = Vec::with_capacity(pairs as usize);
            return Ok(Terms { linear: vec![0.0; bits], pairs, offset: 0.0 });
        }
        Err(Error::Invalid {
            what: "the number of products of two bits in the energy".into(),
            value: pairs.to_string(),
            expected: format!("at most {MAX_PAIRS} are stored; encode a smaller problem"),
        })
    }

    /// Adds a number.
    pub fn constant(&mut self, value: f64) {
        self.offset += value;
    }

    /// Adds w x.
    pub fn linear(&mut self, i: usize, weight: f64) {
        self.linear[i] += weight;
    }

    /// Adds w x x' of two different bits; nothing where w is 0.
    pub fn pair(&mut self, i: usize, j: usize, weight: f64) {
        debug_assert_ne!(i, j);
        if weight != 0.0 {
            self.pairs.push((i, j, weight));
        }
    }

    /// Adds w (c₀ + Σ c x)² of different bits.
    pub fn square(&mut self, constant: f64, terms: &[(usize, f64)], weight: f64) {
        self.constant(weight * constant * constant);
        for (k, &(i, a)) in terms.iter().enumerate() {
            self.linear(i, weight * a * (a + 2.0 * constant));
            terms[..k].iter().for_each(|&(j, b)| self.pair(i, j, 2.0 * weight * a * b));
        }
    }

    /// Adds w (1 - Σ x)²: 0 where exactly one of these bits is 1, w or more elsewhere.
    pub fn exactly_one(&mut self, bits: impl IntoIterator<Item = usize>, weight: f64) {
        let terms: Vec<(usize, f64)> = bits.into_iter().map(|i| (i, 1.0)).collect();
        self.square(-1.0, &terms, weight);
    }

    /// The sum.
    ///
    /// # Errors
    /// If a coefficient overflows.
    pub fn into_qubo(self) -> Result<Qubo> {
        Qubo::try_new(self.linear, self.pairs, self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Bits;

    #[test]
    fn squares_are_squares() {
        let mut terms = Terms::new(3, 6).unwrap();
        terms.square(-2.5, &[(0, 1.0), (1, -3.0), (2, 0.5)], 2.0);
        terms.exactly_one(0..3, 7.0);
        let qubo = terms.into_qubo().unwrap();
        for index in 0..8 {
            let bits = Bits::from_u64(index, 3);
            let x = |i| f64::from(u8::from(bits.bit(i)));
            let first = 2.0 * (x(0) - 3.0 * x(1) + 0.5 * x(2) - 2.5).powi(2);
            let second = 7.0 * (1.0 - x(0) - x(1) - x(2)).powi(2);
            assert!((qubo.energy(&bits) - first - second).abs() < 1e-12);
        }
    }

    #[test]
    fn too_many_are_refused() {
        let says = Terms::new(3, MAX_PAIRS + 1).map(|_| ()).unwrap_err().to_string();
        assert!(says.contains("33554433") && says.contains("smaller"), "{says}");
    }
}
