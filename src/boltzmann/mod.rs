//! Quantum Boltzmann machines, beside classical ones.
//!
//! A machine is the Gibbs state ρ = e^{-βH}/Z of H = -Σₐ θₐ Oₐ, whose lowest qubits are its visible
//! units: P(v) = ⟨v| Tr_h ρ |v⟩ is to be the law of data. All logarithms are natural.

mod architecture;
pub mod classical;
mod comparison;
pub mod data;
mod gibbs;
mod ising;
mod learner;
mod loss;
mod machine;
mod model;
mod sampled;
mod sampler;
mod target;
mod temperature;
#[cfg(test)]
mod tests;
mod trained;
mod training;

pub use architecture::{Architecture, TransverseField};
pub use comparison::{Compared, Contestant, Verdict, compare};
pub use data::{DensityMatrix, Distribution};
pub use gibbs::{MAX_DIAGONAL_UNITS, MAX_MIXED_UNITS};
pub use loss::Loss;
pub use machine::{BoltzmannMachine, GibbsState, Term};
pub use model::{Judged, Model};
pub use sampled::Samples;
pub use sampler::{Drawn, Sampler, draw, draw_watched};
pub use target::Target;
pub use temperature::EffectiveTemperature;
pub use trained::{Fit, Iteration, Start, Trained};
pub use training::Training;
