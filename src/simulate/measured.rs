//! Observables from shots, as hardware estimates them.

use super::estimate::Estimate;
use super::state_vector::Observable;
use crate::engine::{Action, Kind, PauliMask, Real, Scalar, StateVector};
use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliGroup, PauliSum};
use rand::Rng;
use std::f64::consts::FRAC_PI_2;

/// Outcomes of every group that make an estimate of its variance.
const LEAST: u64 = 2;

/// A Pauli sum that is measured group by group: strings that commute qubit by qubit share shots.
///
/// ```
/// use ketlab::{Circuit, Simulator, simulate::MeasuredSum};
/// # fn main() -> ketlab::Result<()> {
/// let mut bell = Circuit::new(2);
/// bell.h(0).cx(0, 1);
/// let mut state = Simulator::new().state::<f64>(&bell)?;
/// let energy = MeasuredSum::new(&"Z0 Z1 + 0.5 X0 X1 + 0.1 Z0".parse()?, 2)?;
/// let mut rng = ketlab::math::Streams::new(1, ketlab::math::Domain::Sampling).stream(0);
/// let estimate = energy.estimate(&mut state, 10_000, &mut rng)?;
/// assert!((estimate.value - 1.5).abs() < 5.0 * estimate.standard_error());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct MeasuredSum {
    exact: Observable,
    groups: Vec<Measured>,
}

#[derive(Debug)]
struct Measured {
    /// What turns the group's letters into Z.
    basis: Vec<Action>,
    /// The strings' Z and their coefficients.
    terms: Vec<(u64, f64)>,
    weight: f64,
}

impl MeasuredSum {
    /// Prepares a sum for states of `num_qubits` qubits.
    ///
    /// # Errors
    /// If a qubit does not exist, or a coefficient is not finite.
    pub fn new(sum: &PauliSum, num_qubits: usize) -> Result<Self> {
        Ok(MeasuredSum {
            exact: Observable::new(sum, num_qubits)?,
            groups: sum.qubit_wise_commuting_groups().iter().map(Measured::new).collect(),
        })
    }

    /// How many settings of the measurement it takes.
    pub fn num_groups(&self) -> usize {
        self.groups.len()
    }

    /// The fewest shots that make an estimate with its variance: two for each group.
    pub fn least_shots(&self) -> u64 {
        LEAST * self.groups.len() as u64
    }

    /// Refuses too few shots.
    pub(super) fn check_shots(&self, shots: u64) -> Result<()> {
        let least = self.least_shots();
        if shots >= least {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of shots".into(),
            value: shots.to_string(),
            expected: format!("{} measured groups need {least} at least", self.groups.len()),
        })
    }

    /// The exact mean.
    ///
    /// # Errors
    /// If a mean is not finite.
    pub fn mean<T: Real>(&self, state: &StateVector<T>) -> Result<f64> {
        self.exact.value(state)
    }

    /// The mean from `shots` shots, divided among the groups by their Σ|c|.
    ///
    /// # Errors
    /// If there are fewer than two shots per group, or no memory for a second state.
    pub fn estimate<T: Real>(
        &self,
        state: &StateVector<T>,
        shots: u64,
        rng: &mut impl Rng,
    ) -> Result<Estimate> {
        self.check_shots(shots)?;
        let least = self.least_shots();
        let total: f64 = self.groups.iter().map(|g| g.weight).sum();
        let mut estimate = Estimate::exact(self.exact.shift);
        for group in &self.groups {
            let share =
                (shots - least) as f64 * if total > 0.0 { group.weight / total } else { 0.0 };
            let shots = LEAST + share as u64;
            let (mean, variance) = group.sample(state, shots, rng)?;
            estimate.value += mean;
            estimate.variance_of_mean += variance / shots as f64;
            estimate.shots += shots;
        }
        Ok(estimate)
    }
}

impl Measured {
    fn new(group: &PauliGroup) -> Self {
        let mut basis = Vec::new();
        for (qubit, letter) in group.basis.iter() {
            // RY(-π/2) takes X to Z, RX(π/2) takes Y to Z.
            let bit = 1 << qubit;
            let (p, angle) = match letter {
                Pauli::X => (PauliMask { x: bit, z: bit }, -FRAC_PI_2),
                Pauli::Y => (PauliMask { x: bit, z: 0 }, FRAC_PI_2),
                _ => continue,
            };
            basis.push(Action::new(Kind::Rotation(p, Scalar::Const(angle))));
        }
        let mask = |(string, c): &(crate::pauli::PauliString, f64)| {
            (string.support().fold(0, |mask, q| mask | 1u64 << q), *c)
        };
        Measured { basis, terms: group.terms.iter().map(mask).collect(), weight: group.weight() }
    }

    /// Mean and variance of a shot.
    fn sample<T: Real>(
        &self,
        state: &StateVector<T>,
        shots: u64,
        rng: &mut impl Rng,
    ) -> Result<(f64, f64)> {
        let counts = if self.basis.is_empty() {
            state.try_sample(shots, rng)?
        } else {
            let mut turned = state.try_clone()?;
            self.basis.iter().for_each(|action| turned.apply(action, &[]));
            turned.try_sample(shots, rng)?
        };
        let value = |outcome: u64| -> f64 {
            let sign = |z: u64| if (z & outcome).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
            self.terms.iter().map(|&(z, c)| c * sign(z)).sum()
        };
        let (n, values) = (shots as f64, counts.iter().map(|&(o, count)| (value(o), count as f64)));
        let mean = values.clone().map(|(x, count)| x * count).sum::<f64>() / n;
        let squares = values.map(|(x, count)| (x - mean).powi(2) * count).sum::<f64>();
        Ok((mean, squares / (n - 1.0)))
    }
}
