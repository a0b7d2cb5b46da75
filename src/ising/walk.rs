//! A configuration that remembers its local fields, so that the energy of a flip costs O(1) and
//! the flip itself O(neighbours).

use super::Ising;
use super::model::spin;
use crate::math::Bits;
use rand::{Rng, RngExt};

/// What a search returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The lowest energy met, computed afresh from `bits`.
    pub energy: f64,
    /// Where it was met.
    pub bits: Bits,
    /// Energies and energy differences asked for, at most the budget.
    pub evaluations: u64,
    /// Starts from a fresh random configuration.
    pub starts: u64,
}

/// Spins s with the fields fᵢ = hᵢ + Σⱼ Jᵢⱼ sⱼ that they feel.
pub(super) struct Walk<'a> {
    model: &'a Ising,
    spins: Vec<f64>,
    local: Vec<f64>,
    energy: f64,
}

impl<'a> Walk<'a> {
    pub fn new(model: &'a Ising, bits: &Bits) -> Self {
        let spins: Vec<f64> = (0..model.num_spins()).map(|i| spin(bits, i)).collect();
        let local = (0..spins.len()).map(|i| model.form.slope(i, |j| spins[j])).collect();
        Walk { model, spins, local, energy: model.energy(bits) }
    }

    pub fn random(model: &'a Ising, rng: &mut impl Rng) -> Self {
        let mut bits = Bits::zeros(model.num_spins());
        for i in 0..bits.len() {
            bits.set(i, rng.random());
        }
        Self::new(model, &bits)
    }

    /// The energy, up to the rounding of the flips since the start.
    pub fn energy(&self) -> f64 {
        self.energy
    }

    /// What flipping spin `i` adds.
    pub fn delta(&self, i: usize) -> f64 {
        -2.0 * self.spins[i] * self.local[i]
    }

    pub fn flip(&mut self, i: usize) {
        self.energy += self.delta(i);
        self.spins[i] = -self.spins[i];
        let change = 2.0 * self.spins[i];
        for &(j, coupling) in self.model.neighbours(i) {
            self.local[j] += change * coupling;
        }
    }

    pub fn spins(&self) -> &[f64] {
        &self.spins
    }

    pub fn bits(&self) -> Bits {
        bits_of(&self.spins)
    }
}

pub(super) fn bits_of(spins: &[f64]) -> Bits {
    let mut bits = Bits::zeros(spins.len());
    for (i, &s) in spins.iter().enumerate() {
        bits.set(i, s < 0.0);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_ising;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_energy_and_fields(
            model in any_ising(6),
            start in 0u64..64,
            flips in prop::collection::vec(0usize..6, 0..40),
        ) {
            let mut walk = Walk::new(&model, &Bits::from_u64(start, 6));
            for i in flips {
                prop_assert!((walk.delta(i) - model.energy_delta(&walk.bits(), i)).abs() < 1e-11);
                walk.flip(i);
            }
            prop_assert!((walk.energy() - model.energy(&walk.bits())).abs() < 1e-11);
        }
    }
}
