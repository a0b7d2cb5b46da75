//! Searching and sampling at a temperature: Metropolis chains, alone and in ladders, and searches that
//! only go down.

mod local_search;
mod replicas;
mod simulated_annealing;
mod tempering;

pub use local_search::LocalSearch;
pub(crate) use simulated_annealing::check_beta;
pub use simulated_annealing::{BetaSchedule, SimulatedAnnealing};
pub use tempering::ParallelTempering;
