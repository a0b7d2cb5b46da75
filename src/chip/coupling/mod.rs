//! Couplings between qubits and of a qubit to a resonator: how strong, and the static ZZ that an
//! exchange makes.
//!
//! Couplings are fixed ones: tunable couplers are not modelled.

mod capacitive;
mod dressed;
mod exchange;
mod resonator;
mod static_zz;

pub use capacitive::CapacitivePair;
pub use exchange::exchange_through_resonator_mhz;
pub use resonator::ResonatorCoupling;
pub use static_zz::{StaticZz, static_zz, static_zz_formula_khz};

pub(super) use dressed::{Dressed, dressed};
