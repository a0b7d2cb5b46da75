//! Quantum Boltzmann machines, beside classical ones.
//!
//! A machine is the Gibbs state ρ = e^{-βH}/Z of H = -Σₐ θₐ Oₐ, whose lowest qubits are its visible
//! units: P(v) = ⟨v| Tr_h ρ |v⟩ is to be the law of data. All logarithms are natural.
//!
//! | what | type |
//! |---|---|
//! | a machine of any Pauli terms, and the usual patterns | [`BoltzmannMachine`], [`Architecture`] |
//! | its Gibbs state: ln Z, populations, expectations | [`GibbsState`] |
//! | what it learns: bit strings, or a quantum state | [`Distribution`], [`DensityMatrix`], [`Target`], [`data`] |
//! | training: losses with exact gradients, starts, checkpoints | [`Training`], [`Loss`], [`Trained`] |
//! | samples, their effective temperature and its misfit | [`draw()`], [`Sampler`], [`EffectiveTemperature`] |
//! | restricted machines of bits by chains, ln Z by importance sampling, mixtures | [`classical`] |
//! | a quantum machine beside classical ones of equal effort | [`compare`] |
//! | likelihoods, completions and scores of whatever was trained | [`Model`] |
//!
//! ```
//! use ketlab::boltzmann::{Architecture, Loss, Training, data};
//! let stripes = data::bars_and_stripes(2, 2)?;
//! let machine = Architecture::quantum(4, 0).machine()?;
//! let training = Training::new(Loss::Likelihood).within(4.0).seed(1);
//! let trained = training.run(&machine, &stripes.into())?;
//! assert!(trained.kl < 1e-3);
//! # Ok::<(), ketlab::Error>(())
//! ```

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
mod restricted;
mod sampled;
mod sampler;
mod state;
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
pub use machine::{BoltzmannMachine, Term};
pub use model::{Judged, Model};
pub use sampled::Samples;
pub use sampler::{Drawn, Sampler, draw, draw_watched};
pub use state::GibbsState;
pub use target::Target;
pub use temperature::EffectiveTemperature;
pub use trained::{Fit, Iteration, Start, Trained};
pub use training::Training;
