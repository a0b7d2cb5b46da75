//! Superconducting chips: transmons and what they are made of, their coherence, couplings and gates
//! by cross resonance, dispersive readout, lattices with frequencies and which of them collide.
//!
//! This room is physics and knows no circuit; [`device`](crate::device) makes the calibration of a
//! device of a chip.
//!
//! # Units
//!
//! Energies are frequencies E/h, and all frequencies are ordinary ones, no angular ones: a field or
//! argument `…_ghz`, `…_mhz` or `…_khz` is f in that unit, and 2π stands in the formulas. Times are
//! `…_ns` or `…_us`, capacitances `…_ff` (fF), resistances `…_kohm`, temperatures `…_mk` (mK).

mod coherence;
mod collisions;
pub mod constants;
mod coupling;
mod cross_resonance;
mod frequencies;
mod junction;
mod ladder;
mod lattice;
mod lattice_file;
mod range;
mod readout;
mod regime;
mod transmon;
mod units;
mod yields;

pub use coherence::{
    CoherenceBudget, Contribution, Decoherence, Environment, OneOverF, QualityFactor,
    ReadoutResonator, dielectric_rate_per_us, excited_population, photon_dephasing_rate_few_per_us,
    photon_dephasing_rate_per_us, purcell_rate_per_us, second_order_rate_per_us, t2_us,
    temperature_mk, thermal_photons,
};
pub use collisions::{
    Checks, Collision, CollisionType, Rules, Straddling, Triple, find_collisions,
};
pub use coupling::{
    CapacitivePair, ResonatorCoupling, StaticZz, exchange_through_resonator_mhz, static_zz,
    static_zz_formula_khz,
};
pub use cross_resonance::{
    Aim, CrossResonance, CrossResonanceDesign, CrossResonanceGate, EffectiveHamiltonian,
    ErrorBudget, FlankLoss, LargestZx, Lifetimes, Schedule, ZxIx,
};
pub use frequencies::{Design, FrequencyPlan, GreedyAllocation, Pattern};
pub use junction::{
    ALUMINIUM_GAP_UEV, capacitance_ff, charging_energy_ghz, critical_current_na,
    josephson_energy_ghz, junction_inductance_nh, junction_resistance_kohm,
    relative_frequency_spread,
};
pub use ladder::Ladder;
pub use lattice::Lattice;
pub use lattice_file::LatticeFile;
pub use readout::{
    Assignment, Dispersive, ExactShift, PointerStates, Readout, ReadoutDesign, exact_shift,
    fidelity_without_decay,
};
pub use transmon::{
    DISPERSION_EJ_OVER_EC, LEAST_EJ_OVER_EC, MAX_EJ_OVER_EC, MAX_LEVELS, SweetSpot,
    TRANSMON_EJ_OVER_EC, Transmon, TransmonFormulas, TransmonStates, TunableTransmon, mathieu_a,
    mathieu_b, mathieu_energy_ghz, sweep_energies_ghz, sweep_transmons,
};
pub use units::{frequency_text, parse_frequency};
pub use yields::{CheckCount, TypeCount, Yield, YieldCase, YieldStudy};
