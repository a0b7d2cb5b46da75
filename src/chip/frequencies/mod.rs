//! Which frequency each qubit of a lattice is designed for, and who controls whom.

mod coloring;
mod greedy;
mod pattern;
mod plan;

pub use greedy::GreedyAllocation;
pub use pattern::{Design, Pattern};
pub use plan::FrequencyPlan;
