//! The schedules that a comparison chooses from: as many for each contender, and scaled by the model.

use super::compare::Contender;
use super::schedule::{Knot, Schedule};
use super::units::Units;
use crate::error::Result;
use crate::ising::{Ising, Scale};
use serde::{Deserialize, Serialize};

/// What a contender runs with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Candidate {
    /// β from the first to the last value by equal factors, in so many sweeps.
    Thermal {
        /// In the inverse of the model's unit of energy.
        beta_first: f64,
        /// In the same.
        beta_last: f64,
        /// Of each read.
        sweeps: u64,
    },
    /// H = -(1 - s) Γ ΣX + s E in so many slices at β, s from 0 to 1 in so many sweeps of local and
    /// worldline moves.
    PathIntegral {
        /// In the inverse of the model's unit of energy.
        beta: f64,
        /// Γ, in the model's unit of energy.
        field: f64,
        /// Of imaginary time.
        slices: usize,
        /// Of each read.
        sweeps: u64,
    },
    /// H = -(1 - s) Γ ΣX + s E, s from 0 to 1 in this time.
    Schroedinger {
        /// Γ, in the model's unit of energy.
        field: f64,
        /// In units of ħ over the model's unit of energy.
        time: f64,
    },
}

/// Lengths of a read, from one to the next by a factor of four.
const LENGTHS: u32 = 6;
/// Sweeps of the shortest read of a thermal anneal, and of a path integral of the first of [`SLICES`].
const SHORTEST: [u64; 2] = [2, 4];
/// The two numbers of slices: the second is closer to the quantum model, at twice the price.
const SLICES: [usize; 2] = [8, 16];
/// A sweep has a local and a worldline move of each spin in each slice.
const MOVES: u64 = 2;

impl Candidate {
    /// Those of a contender, 24 for each:
    ///
    /// - thermal: the derived β range, from four times its first value, to a quarter of its last, and
    ///   both; 2 to 2048 sweeps.
    /// - path integral: 8 and 16 slices, β of 5 and 20 over the typical local field u, Γ = u; 4 to
    ///   4096 sweeps of 8 slices, and 2 to 2048 of 16, so that reads are equally long. So few slices
    ///   make a heuristic (βA/P is up to 5), which is what needs the fewest updates; it is not the
    ///   Gibbs state of the quantum model.
    /// - Schrödinger: Γ = u and 2u; twelve times from 1/u to 420/u.
    ///
    /// u² is the mean over the spins of h² + ΣJ².
    ///
    /// # Errors
    /// If the coefficients of a spin add up to infinity.
    pub fn all(contender: Contender, model: &Ising) -> Result<Vec<Candidate>> {
        let unit = typical_field(model);
        let sweeps = |shortest: u64| (0..LENGTHS).map(move |k| shortest * 4u64.pow(k));
        Ok(match contender {
            Contender::Thermal => {
                let (first, last) = Scale::of(model)?.beta_range();
                let ranges = [(1.0, 1.0), (4.0, 1.0), (1.0, 0.25), (4.0, 0.25)];
                let ranges = ranges.map(|(a, b)| (a * first, (b * last).max(a * first)));
                let with = |sweeps| {
                    ranges.map(|(beta_first, beta_last)| Candidate::Thermal {
                        beta_first,
                        beta_last,
                        sweeps,
                    })
                };
                sweeps(SHORTEST[0]).flat_map(with).collect()
            }
            Contender::PathIntegral => {
                let with = |sweeps| {
                    SLICES.into_iter().flat_map(move |slices| {
                        [5.0, 20.0].map(|beta| Candidate::PathIntegral {
                            beta: beta / unit,
                            field: unit,
                            slices,
                            sweeps: sweeps * SLICES[0] as u64 / slices as u64,
                        })
                    })
                };
                sweeps(SHORTEST[1]).flat_map(with).collect()
            }
            Contender::Schroedinger => {
                let times = (0..2 * LENGTHS as i32).map(|k| 3f64.sqrt().powi(k) / unit);
                let with = |time| {
                    [1.0, 2.0].map(|field| Candidate::Schroedinger { field: field * unit, time })
                };
                times.flat_map(with).collect()
            }
        })
    }

    /// How long a read is: spin updates, or the time of an anneal by Schrödinger's equation.
    pub fn length(&self, spins: usize) -> f64 {
        match *self {
            Candidate::Thermal { sweeps, .. } => (sweeps * spins as u64) as f64,
            Candidate::PathIntegral { slices, sweeps, .. } => {
                (MOVES * sweeps * (spins * slices) as u64) as f64
            }
            Candidate::Schroedinger { time, .. } => time,
        }
    }
}

/// The root of the mean square of the fields that a spin feels among random ones; 1 where there are
/// none.
fn typical_field(model: &Ising) -> f64 {
    let fields: f64 = model.fields().iter().map(|h| h * h).sum();
    let couplings: f64 = model.couplings().iter().map(|(_, _, w)| w * w).sum();
    let square = (fields + 2.0 * couplings) / model.num_spins().max(1) as f64;
    if square > 0.0 && square.is_finite() { square.sqrt() } else { 1.0 }
}

/// H = -(1 - s) Γ ΣX + s E.
pub(super) fn driven(field: f64) -> Result<Schedule> {
    let ends = [Knot { s: 0.0, a: 2.0 * field, b: 0.0 }, Knot { s: 1.0, a: 0.0, b: 2.0 }];
    Schedule::try_new(ends, Units::Dimensionless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_contender_has_as_many() {
        let pair = Ising::new(vec![3.0, 0.0], [(0, 1, -4.0)], 0.0);
        assert!((typical_field(&pair) - (0.5f64 * (9.0 + 32.0)).sqrt()).abs() < 1e-12);
        for contender in Contender::ALL {
            let all = Candidate::all(contender, &pair).unwrap();
            let different = all.iter().enumerate().all(|(k, a)| !all[..k].contains(a));
            assert!(all.len() == 24 && different, "{contender:?}");
        }
        let thermal = Candidate::Thermal { beta_first: 1.0, beta_last: 2.0, sweeps: 30 };
        let quantum = Candidate::PathIntegral { beta: 1.0, field: 1.0, slices: 4, sweeps: 30 };
        // 30 sweeps of 5 spins; of a local and a worldline move of 5 spins in 4 slices.
        assert_eq!((thermal.length(5), quantum.length(5)), (150.0, 1200.0));
        assert_eq!(driven(1.5).unwrap().at(0.25), (2.25, 0.5));
    }
}
