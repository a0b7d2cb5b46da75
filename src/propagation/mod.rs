//! Pauli propagation: observables carried backward through a circuit as sums of Pauli strings.
//!
//! The mean of an observable O after a circuit U is that of U†OU in the start state. A Clifford
//! operation takes a Pauli string to a Pauli string, a rotation takes one that anticommutes with its
//! generator to two, and noise shrinks coefficients. Strings whose coefficients are small, or whose
//! weights are large, can be left out ([`Truncation`]); what was left out is accounted for
//! ([`Account`]).
//!
//! | you want | call | it costs (N strings, n qubits in the light cone, W = n/64 words rounded up) |
//! |---|---|---|
//! | steps made ready | [`Propagator::new`] | a check of each step |
//! | an observable before the circuit | [`Propagator::propagate`] | a pass for each layer below; 16W + 8 bytes a string, before and after a pass, and 16 bytes more in one |
//! | several observables | [`Propagator::propagate_many`] | each by itself, in parallel |
//! | a stretch of Clifford operations | [`Step::Clifford`] | folded to one map once, then a product of W words for each factor of a string that it changes |
//! | a layer of rotations that commute | [`Step::Rotation`] | a sort of the strings that a rotation changes by 64-bit hashes; then butterflies, 2^k for k changed factors up to 8, above that those that are kept |
//! | a channel of Pauli errors | [`Step::Transfer`] with a diagonal matrix | a factor for each channel on a string's factors |
//! | another operation on k qubits | [`Step::Transfer`] | a sort and 4^k for each string |
//! | the mean in a product state | [`Propagated::expectation`] | W words a string, for Bloch vectors its weight |
//! | derivatives by all angles | [`Propagator::gradient`] | some 2 values; 24 bytes for each string that went into a layer, of all layers, and 8 for each that came out |
//!
//! Steps that do not meet the light cone are left out before anything runs, and a layer leaves strings
//! alone that commute with all of its generators. The order of steps is that of the circuit up to
//! exchanges of steps that commute ([`Step::Layer`] is never crossed): rotations about commuting and
//! independent strings make one layer. A Clifford operation carries their generators to X on a qubit of
//! each (as in simultaneous diagonalization, Crawford et al., Quantum 5, 385 (2021)), and is folded with the stretches before
//! and after. About X, strings with the same z and the same x outside of z mix among themselves alone:
//! one sort for a layer takes the place of a merge for each rotation.
//!
//! Results, accounts and derivatives have the same bits at any number of threads and in any order of the
//! observable's terms.

mod account;
mod blocks;
mod butterfly;
mod cone;
mod cut;
mod dropped;
mod fold;
mod group;
mod memory;
mod overlap;
mod packed;
mod packed_sum;
mod parallel;
#[cfg(test)]
mod plain;
mod plan;
mod propagate;
mod reverse;
mod rotation;
mod run;
mod scale;
mod schedule;
mod sink;
mod start;
mod step;
mod tape;
#[cfg(test)]
mod tests;
mod transfer;
mod truncation;

pub use account::Account;
pub use propagate::{MAX_REACHED_QUBITS, Propagated, PropagatedGradient, Propagator};
pub use start::Start;
pub use step::{Step, Transfer};
pub use truncation::Truncation;
