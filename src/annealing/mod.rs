//! Transverse-field Ising annealing: schedules, Schrödinger's equation, gaps, path integrals, time to
//! solution, and which of them wins on a model.
//!
//! The Hamiltonian is H(s) = -A(s)/2 Σ Xᵢ + B(s)/2 (Σ hᵢ Zᵢ + Σ Jᵢⱼ Zᵢ Zⱼ): an
//! [`Ising`](crate::ising::Ising) model without its offset, driven by a [`Schedule`] along a [`Path`].
//! Spin i is qubit i, and bit 0 is s = +1. ħ = 1; strengths in GHz and times in ns carry the 2π once
//! ([`Units`]). Models are annealed as they are, every spin a qubit: embedding onto the graph of a
//! device is not done here.

mod barrier;
mod block;
mod brent;
mod candidates;
mod circuit;
mod columns;
mod compare;
mod compare_log;
mod components;
mod drive;
mod evolution;
mod gap_log;
mod gap_scan;
mod gap_search;
mod ground_space;
mod hamiltonian;
mod instances;
mod lowest;
mod path;
mod path_integral;
mod schedule;
mod schedule_csv;
mod schroedinger;
mod spectrum;
mod splitting;
mod stages;
#[cfg(test)]
mod tests;
mod time_to_solution;
mod units;

pub use barrier::Barrier;
pub use candidates::Candidate;
pub use circuit::trotter_circuit;
pub use compare::{Compared, Comparison, Contender, Effort, Tuned, Verdict};
pub use compare_log::KeptComparison;
pub use evolution::{Evolution, Initial, Moment};
pub use gap_search::GapSearch;
pub use hamiltonian::Parity;
pub use instances::Instance;
pub use path::Path;
pub use path_integral::{Moves, PathIntegralAnnealing, ReadOut, Time};
pub use schedule::{Knot, Schedule};
pub use schroedinger::SchroedingerAnnealing;
pub use spectrum::{GapCurve, GapPoint, Level};
pub use splitting::Splitting;
pub use time_to_solution::{AnnealTime, Optimum, TimeToSolution, optimum};
pub use units::Units;
