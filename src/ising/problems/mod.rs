//! Problems encoded as QUBO, and bits decoded to solutions.
//!
//! A problem that implements [`Encode`] becomes an [`Encoded`] one: its QUBO, the penalty of its
//! constraints, and why that is enough. Samples of any solver are decoded as they are: what they
//! break is listed ([`Violation`]), and nothing is repaired unless that is asked for. An
//! [`Assessment`] of many samples says how many are feasible, which is the best, and, where
//! something is wrong, whether the penalty or the sampler is to be suspected.
//!
//! | Problem | Bits | Penalty A |
//! |---|---|---|
//! | [`MaxCut`] | one a vertex | none |
//! | [`TravellingSalesman`] | (n - 1)² | above what a city left out can save |
//! | [`GraphColouring`] | vertices × colours | any |
//! | [`IndependentSet`] | one a vertex | above the lighter weight of every edge |
//! | [`Knapsack`] | items, and floor(log2 capacity) + 1 | above the second largest value |
//! | [`NumberPartition`] | one a number | none |
//!
//! ```
//! use ketlab::ising::problems::{Encoded, MaxCut};
//! use ketlab::ising::{Graph, SimulatedAnnealing};
//! let ring = Graph::try_new(5, (0..5).map(|v| (v, (v + 1) % 5, 1.0)))?;
//! let encoded = Encoded::new(MaxCut::new(ring), None)?;
//! let samples = SimulatedAnnealing::new().sweeps(100).seed(7).run(&encoded.to_ising()?)?;
//! let best = encoded.assess(&samples)?.best.unwrap();
//! assert_eq!(best.objective, 4.0);
//! # Ok::<(), ketlab::Error>(())
//! ```

mod any;
mod assessment;
mod checks;
mod colouring;
mod document;
mod encode;
mod encoded;
mod independent_set;
mod job_shop;
mod knapsack;
mod limits;
mod max_cut;
mod number_partition;
mod portfolio;
mod protein;
mod satisfiability;
mod terms;
#[cfg(test)]
mod testing;
mod tsp;
mod violations;

pub use any::{AnyProblem, AnySolution};
pub use assessment::{Assessment, Best, Suspicion};
pub use colouring::{Colouring, GraphColouring};
pub use encode::{Decoded, Encode, Objective, PenaltyRule, Sense, Violation};
pub use encoded::Encoded;
pub use independent_set::{IndependentSet, VertexSet};
pub use job_shop::{JobShop, Operation, Schedule, Turn};
pub use knapsack::{Knapsack, MAX_WEIGHT, Packing};
pub use max_cut::{Cut, MaxCut};
pub use number_partition::{NumberPartition, Partition};
pub use portfolio::{Assets, Holdings, MAX_ASSETS, Portfolio};
pub use protein::{Fold, ProteinFolding};
pub use satisfiability::{Satisfiability, TruthAssignment};
pub use tsp::{MAX_CITIES, Tour, TravellingSalesman};
