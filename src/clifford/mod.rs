//! Stabilizer states.
//!
//! | you want | call | it costs (n qubits, words of 64 bits) |
//! |---|---|---|
//! | a gate as steps of a tableau | [`lower`] | some 20 ns a gate |
//! | a stabilizer state | [`Tableau::new`], [`Tableau::apply`] | n²/2 bytes; n/16 words a step on two qubits |
//! | to measure in the middle | [`Tableau::outcome`], [`Tableau::collapse`] | n/64 words; n²/16 if random |
//! | the outcomes of many qubits at the end | [`OutcomeSpace`] | one elimination, n³/64 words at most |
//! | many shots | [`OutcomeSpace::sample`] | n/8 bytes of random bits a shot, n²/1024 words at most |
//! | the mean of a Pauli string | [`Tableau::expectation`] | weight·n/32 words |
//! | a Pauli string before or after the circuit | [`Tableau::heisenberg`], [`Tableau::conjugate`] | n²/32 words |
//! | generators of the stabilizer group | [`Tableau::stabilizers`] | n³/32 words |
//! | how entangled some qubits are | [`Tableau::entanglement_entropy`] | one elimination |
//!
//! Everything is exact. Global phases are not kept.

mod bit_matrix;
mod conjugate;
mod local;
mod lower;
mod measure;
mod outcomes;
mod recognize;
mod row;
mod sample;
mod step;
mod tableau;

pub use conjugate::SignedString;
pub use lower::lower;
pub use outcomes::{OutcomeSpace, Outcomes};
pub use recognize::{CLIFFORD_TOLERANCE, MAX_RECOGNIZED_QUBITS};
pub use sample::PackedShots;
pub use step::{CliffordMap, CliffordStep, QuarterTurn};
pub use tableau::{Tableau, tableau_bytes};

#[cfg(test)]
mod tests;
