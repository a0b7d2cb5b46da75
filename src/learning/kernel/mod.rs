//! Quantum kernels: computed, estimated, repaired, compared with classical ones.
//!
//! | you want | call | it costs |
//! |---|---|---|
//! | \|⟨ψ(x)\|ψ(y)⟩\|² | [`FidelityKernel`] | a simulation a row, then N²/2 products of states, in blocks on all threads |
//! | exp(-γ Σ_k ‖ρ_k(x) - ρ_k(y)‖²) | [`ProjectedKernel`] | a simulation a row and 3n means |
//! | Tr ρ(x)ρ(y) under a noise model | [`NoisyKernel`] | a density matrix a row |
//! | a fidelity kernel from shots | [`SampledKernel`] | a binomial number an entry, once the kernel is known |
//! | a matrix without negative eigenvalues | [`Repair`] | an eigendecomposition |
//! | whether it can learn what a classical one cannot | [`geometric_difference`], [`relabelled`], [`model_complexity`] | one to two eigendecompositions |
//! | whether its entries are those of random states | [`Concentration`] | a pass over the matrix |
//! | a file for NumPy and scikit-learn | `save_kernel` (feature `npy`) | |
//!
//! Kernels are matrices of rows × rows, or of rows × others for rows that a model was not trained
//! on: scikit-learn's `SVC(kernel="precomputed")` takes both.

mod blocked;
mod checks;
mod concentration;
mod fidelity;
mod geometry;
mod noisy;
mod projected;
mod projected_sampled;
mod repair;
mod sampled;
#[cfg(feature = "npy")]
mod save;
#[cfg(test)]
mod tests;

pub use concentration::Concentration;
pub use fidelity::FidelityKernel;
pub use geometry::{Relabelled, geometric_difference, model_complexity, relabelled, with_trace};
pub use noisy::NoisyKernel;
pub use projected::ProjectedKernel;
pub use projected_sampled::SampledProjectedKernel;
pub use repair::{Repair, Repaired};
pub use sampled::SampledKernel;
#[cfg(feature = "npy")]
pub use save::save_kernel;
