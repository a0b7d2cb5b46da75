//! How long a qubit lives: relaxation and dephasing by each cause, and what they add up to.
//!
//! Rates are in 1/µs and add up: 1/T1 is the sum over relaxation, 1/Tφ that over dephasing, and
//! 1/T2 = 1/(2 T1) + 1/Tφ. The noise amplitudes that are assumed where none are given are those of
//! scqubits 4.3.

mod budget;
mod dielectric;
mod environment;
mod one_over_f;
mod photons;
mod purcell;
mod thermal;

pub use budget::{CoherenceBudget, Contribution, Decoherence, t2_us};
pub use dielectric::{QualityFactor, dielectric_rate_per_us};
pub use environment::{Environment, ReadoutResonator};
pub use one_over_f::{OneOverF, second_order_rate_per_us};
pub use photons::{photon_dephasing_rate_few_per_us, photon_dephasing_rate_per_us};
pub use purcell::purcell_rate_per_us;
pub use thermal::{excited_population, temperature_mk, thermal_photons};
