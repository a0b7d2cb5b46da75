//! The transmon: a Josephson junction with a large capacitance. Exact levels in the charge basis,
//! Mathieu's equation as an independent oracle, formulas, flux, and the fit to what is measured.

mod asymptotics;
mod charge_basis;
mod fit;
mod mathieu;
mod model;
mod sensitivity;
mod states;
mod sweep;
#[cfg(test)]
mod tests;
mod tunable;

pub use asymptotics::{
    DISPERSION_EJ_OVER_EC, LEAST_EJ_OVER_EC, TRANSMON_EJ_OVER_EC, TransmonFormulas,
};
pub use mathieu::{mathieu_a, mathieu_b, mathieu_energy_ghz};
pub use model::{MAX_EJ_OVER_EC, MAX_LEVELS, Transmon};
pub use states::TransmonStates;
pub use sweep::{sweep_energies_ghz, sweep_transmons};
pub use tunable::{SweetSpot, TunableTransmon};
