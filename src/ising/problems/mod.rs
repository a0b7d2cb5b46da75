//! Problems encoded as QUBO, and bits decoded to solutions.
//!
//! A problem that implements [`Encode`] becomes an [`Encoded`] one: its QUBO, the penalty of its
//! constraints, and why that is enough. Samples of any solver are decoded as they are: what they break is
//! listed ([`Violation`]), and nothing is repaired unless that is asked for. An [`Assessment`] of many
//! samples says how many are feasible, which is the best, and, where something is wrong, whether the
//! penalty or the sampler is to be suspected.
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

mod assessment;
mod encode;
mod encoded;
mod max_cut;
#[cfg(test)]
mod testing;

pub use assessment::{Assessment, Best, Suspicion};
pub use encode::{Decoded, Encode, Objective, PenaltyRule, Sense, Violation};
pub use encoded::Encoded;
pub use max_cut::{Cut, MaxCut};
