//! Classical machines and baselines: restricted Boltzmann machines, exact sums over them, their
//! training, samples and partition functions, and mixtures of independent bits.
//!
//! | what | type |
//! |---|---|
//! | the machine, its energies and exact sums | [`Rbm`], [`SpinParameters`] |
//! | training by contrastive divergence, persistent or tempered chains | [`RbmTraining`] |
//! | samples, and completion of strings of which some bits are known | [`RbmSampler`] |
//! | ln Z by annealed importance sampling, with its standard error | [`ImportanceSampling`] |
//! | mixtures of independent bits, fitted by expectation maximization | [`BernoulliMixture`], [`MixtureFit`] |

mod chains;
mod data_phase;
mod exact;
mod groups;
mod importance;
mod importance_runs;
mod kernel;
mod mixture;
mod mixture_fit;
mod rbm;
mod sampler;
mod spins;
mod tempered;
#[cfg(test)]
mod tests;
mod training;

pub use exact::{MAX_ENUMERATED_UNITS, MAX_LISTED_UNITS};
pub use importance::{ImportanceSampling, LogZ};
pub use mixture::BernoulliMixture;
pub use mixture_fit::{FittedMixture, MixtureFit};
pub use rbm::Rbm;
pub use sampler::RbmSampler;
pub use spins::SpinParameters;
pub use training::{MAX_EXACT_HISTORY_UNITS, RbmMethod, RbmRecord, RbmTrained, RbmTraining};
