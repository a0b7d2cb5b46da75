//! Searching and sampling at a temperature: Metropolis chains, alone, in ladders and in populations,
//! searches that go down, and one that also climbs.

mod beta;
mod bit_sliced;
mod clusters;
mod initial;
#[cfg(test)]
mod law_tests;
mod local_search;
mod minima;
mod population;
mod replicas;
mod settings;
mod simulated_annealing;
mod steepest_descent;
mod tabu;
mod tempering;

pub use beta::BetaSchedule;
pub use local_search::LocalSearch;
pub use population::PopulationAnnealing;
pub use simulated_annealing::SimulatedAnnealing;
pub(crate) use simulated_annealing::check_beta;
pub use steepest_descent::SteepestDescent;
pub use tabu::TabuSearch;
pub use tempering::ParallelTempering;
