//! Ising models, QUBO problems and graphs: energies, files, exact and heuristic minima.
//!
//! An [`Ising`] model has the energy E(s) = offset + Σ hᵢ sᵢ + Σ Jᵢⱼ sᵢ sⱼ of spins s = ±1, a
//! [`Qubo`] the energy E(x) = offset + Σ aᵢ xᵢ + Σ bᵢⱼ xᵢ xⱼ of bits x. Both are **minimized**. A
//! spin is the eigenvalue of Z: bit 0 is s = +1 and bit 1 is s = -1, so x = (1 - s)/2, and the two
//! forms of one problem have the same energy for the same bits. Spin i is qubit i of
//! [`Ising::to_pauli_sum`].
//!
//! ```
//! use ketlab::ising::{Graph, SimulatedAnnealing};
//! // A ring of five: the largest cut has four of its edges.
//! let ring = Graph::try_new(5, (0..5).map(|v| (v, (v + 1) % 5, 1.0)))?;
//! let exact = ring.max_cut().ground_state()?;
//! assert_eq!((exact.energy, exact.degeneracy), (-4.0, 10));
//! assert_eq!(ring.cut_value(&exact.bits), 4.0);
//! let samples = SimulatedAnnealing::new().sweeps(100).seed(7).run(&ring.max_cut())?;
//! assert_eq!(samples.lowest().unwrap().energy, -4.0);
//! # Ok::<(), ketlab::Error>(())
//! ```

mod coloring;
pub(crate) mod compact;
mod convert;
mod energies;
mod files;
mod graph;
mod ground;
mod model;
pub mod problems;
mod quadratic;
mod qubo;
pub(crate) mod reads;
mod regular;
mod sample_set;
#[cfg(test)]
pub(crate) mod testing;
mod thermal;
mod walk;

pub(crate) use compact::{Compact, Number, Scale};
pub use files::{MAX_CITIES, MAX_FILE_BYTES, Problem, Tsplib};
pub use graph::Graph;
pub use ground::{GroundState, MAX_EXACT_SPINS};
pub use model::Ising;
pub use quadratic::MAX_VARIABLES;
pub use qubo::Qubo;
pub(crate) use reads::check_count;
pub use regular::MAX_RANDOM_DEGREE;
pub use sample_set::{Sample, SampleInfo, SampleSet};
pub(crate) use thermal::check_beta;
pub use thermal::{
    BetaSchedule, LocalSearch, ParallelTempering, PopulationAnnealing, SimulatedAnnealing,
    SteepestDescent, TabuSearch,
};
pub use walk::Found;
