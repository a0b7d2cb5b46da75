//! Classical learners: the baselines of quantum models, and what learns from a kernel.
//!
//! | what | type |
//! |---|---|
//! | Gram matrices of classical kernels | [`ClassicalKernel`], [`gamma_scale`] |
//! | support vector machines on a precomputed kernel | [`SupportVectorClassifier`], [`SupportVectorRegressor`] |
//! | ridge regression on a precomputed kernel | [`KernelRidge`] |
//! | linear models of features | [`LinearRidge`], [`LogisticRegression`] |
//! | a network with one hidden layer | [`Mlp`], [`hidden_units_for`] |
//! | choice of settings | [`cross_validate`], [`tune`], [`tune_svm`], … |
//! | tuned models for a report | [`Baseline`], [`ClassicalModel`] |

mod affine;
mod baselines;
mod check;
mod fit;
mod gram;
mod head;
mod logistic;
mod mlp;
mod polish;
mod ridge;
mod smo;
mod svm;
#[cfg(test)]
mod tests;
mod tuning;

pub use affine::Affine;
pub use baselines::{Baseline, ClassicalModel, Tuning};
pub use fit::FitRecord;
pub use gram::{BANDWIDTHS, ClassicalKernel, gamma_scale};
pub use logistic::{LogisticRegression, LogisticSettings};
pub use mlp::{Mlp, MlpMethod, MlpSettings, hidden_units_for};
pub use ridge::{KernelRidge, LinearRidge};
pub use svm::{Machine, SupportVectorClassifier, SupportVectorRegressor, SvmSettings, SvrSettings};
pub(super) use tuning::summary;
pub use tuning::{
    C_GRID, CrossValidated, KernelSetting, L2_GRID, LAMBDA_GRID, LEARNING_RATE_GRID, Trial, Tuned,
    cross_validate, network_grid, tune, tune_kernel_ridge, tune_linear, tune_network, tune_svm,
    tune_svr,
};
