//! Quadratic unconstrained binary optimization.

use super::model::expect_length;
use super::quadratic::Quadratic;
use crate::error::Result;
use crate::math::Bits;

const NAMES: [&str; 3] = ["the variables", "linear coefficient", "quadratic coefficient"];

/// E(x) = offset + Σ aᵢ xᵢ + Σ bᵢⱼ xᵢ xⱼ (i < j) with bits x, to be minimized. A pair counts
/// once: xᵀQx with a symmetric Q has bᵢⱼ = 2 Qᵢⱼ.
#[derive(Debug, Clone, PartialEq)]
pub struct Qubo {
    pub(super) form: Quadratic,
}

impl Qubo {
    /// The problem with the linear coefficients aᵢ, one a variable, the quadratic ones (i, j, bᵢⱼ)
    /// and an offset. Those of one pair, in either order, are added; i = j adds to aᵢ, since
    /// x² = x.
    ///
    /// # Errors
    /// If an index is not a variable, a number is not finite, or there are more than
    /// [`MAX_VARIABLES`](super::MAX_VARIABLES) variables.
    pub fn try_new(
        mut linear: Vec<f64>,
        quadratic: impl IntoIterator<Item = (usize, usize, f64)>,
        offset: f64,
    ) -> Result<Self> {
        let mut pairs = Vec::new();
        for (i, j, b) in quadratic {
            match linear.get_mut(i) {
                Some(a) if i == j => *a += b,
                _ => pairs.push((i, j, b)),
            }
        }
        Ok(Qubo { form: Quadratic::try_new(NAMES, linear, pairs, offset)? })
    }

    /// [`Qubo::try_new`] for values known to be good.
    ///
    /// # Panics
    /// Where `try_new` has an error.
    #[track_caller]
    pub fn new(
        linear: Vec<f64>,
        quadratic: impl IntoIterator<Item = (usize, usize, f64)>,
        offset: f64,
    ) -> Self {
        Self::try_new(linear, quadratic, offset).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Number of variables.
    pub fn num_variables(&self) -> usize {
        self.form.len()
    }

    /// The coefficients aᵢ.
    pub fn linear(&self) -> &[f64] {
        &self.form.linear
    }

    /// The coefficients (i, j, bᵢⱼ) with i < j, sorted, without zeros.
    pub fn quadratic(&self) -> &[(usize, usize, f64)] {
        &self.form.pairs
    }

    /// The energy of all bits 0.
    pub fn offset(&self) -> f64 {
        self.form.offset
    }

    /// The energy of these bits.
    ///
    /// # Panics
    /// If there are not as many bits as variables.
    pub fn energy(&self, bits: &Bits) -> f64 {
        expect_length(bits, self.num_variables());
        self.form.value(|i| bit(bits, i))
    }

    /// What flipping variable `flip` adds to the energy.
    ///
    /// # Panics
    /// As [`Qubo::energy`], and if there is no such variable.
    pub fn energy_delta(&self, bits: &Bits, flip: usize) -> f64 {
        expect_length(bits, self.num_variables());
        (1.0 - 2.0 * bit(bits, flip)) * self.form.slope(flip, |i| bit(bits, i))
    }
}

fn bit(bits: &Bits, i: usize) -> f64 {
    f64::from(u8::from(bits.bit(i)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_qubo;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn squares_are_linear() {
        let qubo = Qubo::new(vec![1.0, 0.0], [(0, 0, 2.0), (1, 0, 1.0), (0, 1, 4.0)], 0.5);
        assert_eq!((qubo.linear(), qubo.quadratic()), (&[3.0, 0.0][..], &[(0, 1, 5.0)][..]));
        assert_eq!(qubo.energy(&Bits::from_u64(0b11, 2)), 8.5);
        assert!(Qubo::try_new(vec![0.0], [(1, 1, 1.0)], 0.0).is_err());
    }

    proptest! {
        #[test]
        fn delta_is_the_difference_of_energies(qubo in any_qubo(6), index in 0u64..64, k in 0usize..6) {
            let bits = Bits::from_u64(index, 6);
            let flipped = Bits::from_u64(index ^ 1 << k, 6);
            let difference = qubo.energy(&flipped) - qubo.energy(&bits);
            prop_assert!((qubo.energy_delta(&bits, k) - difference).abs() < 1e-12);
        }
    }
}
