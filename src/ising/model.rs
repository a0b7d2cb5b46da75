//! The Ising model.

use super::quadratic::Quadratic;
use crate::error::{Error, Result};
use crate::math::Bits;

const NAMES: [&str; 3] = ["the spins", "field", "coupling"];

/// E(s) = offset + Σ hᵢ sᵢ + Σ Jᵢⱼ sᵢ sⱼ with s = ±1, to be minimized. J > 0 favours opposite
/// spins (the opposite sign of much of the spin-glass literature, and that of dimod).
///
/// ```
/// use ketlab::ising::Ising;
/// use ketlab::math::Bits;
/// let model = Ising::new(vec![0.5, 0.0], [(0, 1, -1.0)], 0.0);
/// // Bit 0 is s = +1.
/// assert_eq!(model.energy(&Bits::from_u64(0b00, 2)), 0.5 - 1.0);
/// assert_eq!(model.energy(&Bits::from_u64(0b11, 2)), -0.5 - 1.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Ising {
    pub(super) form: Quadratic,
}

impl Ising {
    /// The model with the fields `h`, one per spin, the couplings (i, j, Jᵢⱼ) and an offset. Couplings
    /// of one pair, in either order, are added; those that are zero are left out.
    ///
    /// # Errors
    /// If an index is not a spin, i = j, a number is not finite, or there are more than
    /// [`MAX_VARIABLES`](super::MAX_VARIABLES) spins.
    pub fn try_new(
        h: Vec<f64>,
        couplings: impl IntoIterator<Item = (usize, usize, f64)>,
        offset: f64,
    ) -> Result<Self> {
        Ok(Ising { form: Quadratic::try_new(NAMES, h, couplings, offset)? })
    }

    /// [`Ising::try_new`] for values known to be good.
    ///
    /// # Panics
    /// Where `try_new` has an error.
    #[track_caller]
    pub fn new(
        h: Vec<f64>,
        couplings: impl IntoIterator<Item = (usize, usize, f64)>,
        offset: f64,
    ) -> Self {
        Self::try_new(h, couplings, offset).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Number of spins.
    pub fn num_spins(&self) -> usize {
        self.form.len()
    }

    /// The fields hᵢ.
    pub fn fields(&self) -> &[f64] {
        &self.form.linear
    }

    /// The couplings (i, j, Jᵢⱼ) with i < j, sorted, without zeros.
    pub fn couplings(&self) -> &[(usize, usize, f64)] {
        &self.form.pairs
    }

    /// The couplings (j, Jᵢⱼ) of spin i.
    pub fn neighbours(&self, i: usize) -> &[(usize, f64)] {
        self.form.neighbours(i)
    }

    /// The energy that does not depend on the spins.
    pub fn offset(&self) -> f64 {
        self.form.offset
    }

    /// The energy of these bits; bit i is spin i, 0 for +1.
    ///
    /// # Panics
    /// If there are not as many bits as spins; see [`Ising::check_bits`].
    pub fn energy(&self, bits: &Bits) -> f64 {
        expect_length(bits, self.num_spins());
        self.form.value(|i| spin(bits, i))
    }

    /// The [`energy`](Self::energy) of each of many configurations, in less time than one by one.
    ///
    /// # Panics
    /// As [`Ising::energy`].
    pub(crate) fn energies_of(&self, all: &[Bits]) -> Vec<f64> {
        all.iter().for_each(|bits| expect_length(bits, self.num_spins()));
        self.form.values_at_signs(all)
    }

    /// What flipping spin `flip` adds to the energy, in time of its number of neighbours.
    ///
    /// # Panics
    /// As [`Ising::energy`], and if there is no such spin.
    pub fn energy_delta(&self, bits: &Bits, flip: usize) -> f64 {
        expect_length(bits, self.num_spins());
        -2.0 * spin(bits, flip) * self.form.slope(flip, |i| spin(bits, i))
    }

    /// An error if there are not as many bits as spins.
    pub fn check_bits(&self, bits: &Bits) -> Result<()> {
        check_length(bits, self.num_spins())
    }
}

/// The eigenvalue of Z on bit `i`.
pub(super) fn spin(bits: &Bits, i: usize) -> f64 {
    if bits.bit(i) { -1.0 } else { 1.0 }
}

pub(super) fn check_length(bits: &Bits, expected: usize) -> Result<()> {
    if bits.len() == expected {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of bits".into(),
        value: bits.len().to_string(),
        expected: format!("the problem has {expected} variables"),
    })
}

#[track_caller]
pub(super) fn expect_length(bits: &Bits, expected: usize) {
    if let Err(error) = check_length(bits, expected) {
        panic!("{error}");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_ising;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn couplings_are_merged_sorted_and_without_zeros() {
        let couplings = [(2, 0, 1.0), (1, 0, 3.0), (0, 2, 0.5), (2, 1, 1.0), (1, 2, -1.0)];
        let model = Ising::new(vec![0.0; 3], couplings, 2.0);
        assert_eq!(model.couplings(), [(0, 1, 3.0), (0, 2, 1.5)]);
        assert_eq!(model.neighbours(0), [(1, 3.0), (2, 1.5)]);
        assert_eq!(model.neighbours(2), [(0, 1.5)]);
    }

    #[test]
    fn refuses_with_a_reason() {
        let says =
            |h: Vec<f64>, pair, offset| Ising::try_new(h, [pair], offset).unwrap_err().to_string();
        assert!(says(vec![0.0; 2], (0, 2, 1.0), 0.0).contains("is 2; there are 2, numbered"));
        assert!(says(vec![0.0; 2], (1, 1, 1.0), 0.0).contains("two different"));
        assert!(says(vec![0.0; 2], (0, 1, f64::NAN), 0.0).contains("coupling (0, 1)"));
        assert!(says(vec![0.0, f64::INFINITY], (0, 1, 1.0), 0.0).contains("field 1"));
        assert!(says(vec![0.0; 2], (0, 1, 1.0), f64::NAN).contains("offset"));
        let model = Ising::new(vec![0.0; 2], [], 0.0);
        assert!(model.check_bits(&Bits::zeros(3)).is_err());
    }

    proptest! {
    #[test]
            fn many_energies_are_those_one_by_one(model in any_ising(6), count in 0usize..20) {
                let all: Vec<Bits> = (0..count).map(|k| Bits::from_u64(7 * k as u64 % 64, 6)).collect();
                let each: Vec<f64> = all.iter().map(|bits| model.energy(bits)).collect();
                prop_assert_eq!(model.energies_of(&all), each);
            }

            #[test]
            fn delta_is_the_difference_of_energies(model in any_ising(6), index in 0u64..64, k in 0usize..6) {
                let bits = Bits::from_u64(index, 6);
                let flipped = Bits::from_u64(index ^ 1 << k, 6);
                let difference = model.energy(&flipped) - model.energy(&bits);
                prop_assert!((model.energy_delta(&bits, k) - difference).abs() < 1e-12);
            }
        }
}
