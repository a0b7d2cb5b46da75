//! Variational algorithms: ground and excited states of Hamiltonians, and optimization problems.
//!
//! They minimize with any [`Optimizer`](crate::optimize::Optimizer), over exact gradients or those
//! from shots ([`SimulatedGradient`](crate::gradient::SimulatedGradient)). An evaluation with its
//! gradient is three runs of the circuit; from shots it is one and all shifted circuits.
//!
//! | you want | call | it costs |
//! |---|---|---|
//! | the lowest energy that an ansatz reaches | [`Vqe::new`], [`minimize`](Vqe::minimize) | an evaluation an iteration or a few |
//! | the same on a simulator of your own, with a penalty, or from shots | [`Vqe::with_gradient`] | the same |
//! | the next states | [`Vqe::deflate`], [`minimize`](Vqe::minimize) | four runs more an evaluation; a state in memory for each |
//! | levels in a span of states | [`Subspace`] | a product with the Hamiltonian for each state |
//! | an ansatz that grows | [`Adapt`] | a minimization and a gradient of the whole pool for each excitation |
//! | a cut or an Ising model's lowest energy | [`Qaoa::new`], [`solve`](Qaoa::solve) | an evaluation an iteration or a few; the energies of all 2^n configurations |
//! | the same on a simulator of your own; from shots | [`Qaoa::with_simulator`]; [`Qaoa::with_shots`] | the same |
//! | the same under noise | [`Qaoa::with_noise`]; [`Vqe::with_gradient`] of a [`NoisyGradient`](crate::gradient::NoisyGradient) | runs of the density matrix, or of the patterns of errors that come up |
//! | angles to begin with | [`Angles`] | nothing |

mod adapt;
mod angles;
mod minimum;
#[cfg(test)]
mod noise_tests;
mod qaoa;
mod rotoselect;
mod subspace;
mod vqe;
mod warm_start;

pub use adapt::{Adapt, AdaptResult, AdaptStep};
pub use angles::{Angles, FIXED_ANGLES_MOST_LAYERS};
pub use qaoa::{Qaoa, QaoaResult, Solution};
pub use subspace::{Level, Subspace, eigenstate_variance};
pub use vqe::{Vqe, VqeResult};
pub use warm_start::warm_started_ansatz;
