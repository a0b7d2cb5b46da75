//! Classical machines and baselines: restricted Boltzmann machines, exact sums over them, their
//! training, samples and partition functions, and mixtures of independent bits.
//!
//! | what | type |
//! |---|---|
//! | the machine, its energies and exact sums | [`Rbm`], [`SpinParameters`] |
//! | training by contrastive divergence, persistent or tempered chains | [`RbmTraining`] |
//! | samples, and completion of strings of which some bits are known | [`RbmSampler`] |
//! | ln Z by annealed importance sampling, with its standard error | [`ImportanceSampling`] |
//! | mixtures of independent bits, fitted by expectation maximization | [`BernoulliMixture`] |

mod exact;
mod rbm;
mod spins;

pub use exact::{MAX_ENUMERATED_UNITS, MAX_LISTED_UNITS};
pub use rbm::Rbm;
pub use spins::SpinParameters;
