//! Dispersive readout: a qubit shifts the frequency of a resonator, and a pulse through it tells
//! which way.
//!
//! # Sign and factor
//!
//! χ is half of what the qubit shifts the resonator by: the resonator is at ω_r' + χ with the qubit
//! in 1 and at ω_r' - χ with the qubit in 0, and E₁₁ - E₁₀ - E₀₁ + E₀₀ = 2χ (qubit first). χ and κ
//! are over 2π, as all frequencies here: `chi_mhz` of -0.65 is a shift by -1.3 MHz.
//!
//! # Model
//!
//! The pulse is a constant drive at ω_r', on from time 0, so both states of the qubit have the same
//! number of photons in the steady state. Homodyne detection of the quadrature in which they differ,
//! with the matched filter |α₁(t) - α₀(t)| and the best threshold. A qubit in 1 may decay at any time;
//! one in 0 stays. Not modelled: excitation by heat or by the drive, the shift of χ with the number
//! of photons, Purcell filters, and qubits that are no transmons (fluxonium).

mod assignment;
mod design;
mod dispersive;
mod exact;
mod maximum;
mod optimum;
mod outcome;
mod pointer;
mod quadrature;

pub use assignment::{Assignment, fidelity_without_decay};
pub use design::ReadoutDesign;
pub use dispersive::Dispersive;
pub use exact::{ExactShift, exact_shift};
pub use outcome::Readout;
pub use pointer::PointerStates;
