//! Quantum Boltzmann machines, beside classical ones.
//!
//! A machine is the Gibbs state ρ = e^{-βH}/Z of H = -Σₐ θₐ Oₐ, whose lowest qubits are its visible
//! units: P(v) = ⟨v| Tr_h ρ |v⟩ is to be the law of data. All logarithms are natural.

pub mod classical;
pub mod data;

pub use data::Distribution;
