//! All energies of a model, and who has the lowest.

use crate::engine::StateVector;
use crate::error::Result;
use crate::ising::Ising;
use crate::math::list_of;

/// The diagonal of the problem, and its ground space.
#[derive(Debug, Clone)]
pub(super) struct GroundSpace {
    /// Of all configurations, the offset included.
    pub energies: Vec<f64>,
    pub lowest: f64,
    /// The configurations with the lowest energy, to 1e-9 of the sum of all |coefficients|.
    pub states: Vec<u64>,
    /// The lowest energy above; `None` where all are equal.
    pub next: Option<f64>,
}

impl GroundSpace {
    pub fn new(model: &Ising) -> Result<Self> {
        let energies = model.energies()?;
        let tolerance = 1e-9 * one_norm(model);
        let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
        let is_ground = |energy: f64| energy <= lowest + tolerance;
        let count = energies.iter().filter(|&&energy| is_ground(energy)).count();
        let hint = "anneal a model with fewer ground states";
        let mut states = list_of("the ground states", count, hint)?;
        let indexed = energies.iter().enumerate();
        states.extend(indexed.filter(|(_, e)| is_ground(**e)).map(|(index, _)| index as u64));
        let above = energies.iter().copied().filter(|&energy| !is_ground(energy));
        let next = above.fold(f64::INFINITY, f64::min);
        Ok(GroundSpace { lowest, states, next: next.is_finite().then_some(next), energies })
    }

    /// The weight of a state on the ground space.
    pub fn weight(&self, state: &StateVector) -> f64 {
        self.states.iter().map(|&index| state.probability(index)).sum()
    }

    /// The mean energy of a state.
    pub fn mean(&self, state: &mut StateVector) -> f64 {
        // In blocks, so that rounding does not grow with the number of configurations.
        let amplitudes = state.amplitudes().chunks(4096).zip(self.energies.chunks(4096));
        let block = |(amplitudes, energies): (&[num_complex::Complex64], &[f64])| {
            amplitudes.iter().zip(energies).map(|(a, e)| a.norm_sqr() * e).sum::<f64>()
        };
        amplitudes.map(block).sum()
    }
}

/// Σ|h| + Σ|J|.
pub(super) fn one_norm(model: &Ising) -> f64 {
    let fields: f64 = model.fields().iter().map(|h| h.abs()).sum();
    fields + model.couplings().iter().map(|(_, _, w)| w.abs()).sum::<f64>()
}
