//! Classical machines and baselines: restricted Boltzmann machines, exact sums over them, their
//! training, samples and partition functions, and mixtures of independent bits.
//!
//! | what | type |
//! |---|---|
//! | the machine, its energies and exact sums | [`Rbm`], [`SpinParameters`] |
//! | training by contrastive divergence, persistent or tempered chains | [`RbmTraining`] |

mod chains;
mod data_phase;
mod exact;
mod kernel;
mod rbm;
mod spins;
mod tempered;
#[cfg(test)]
mod tests;
mod training;

pub use exact::{MAX_ENUMERATED_UNITS, MAX_LISTED_UNITS};
pub use rbm::Rbm;
pub use spins::SpinParameters;
pub use training::{MAX_EXACT_HISTORY_UNITS, RbmMethod, RbmRecord, RbmTrained, RbmTraining};
