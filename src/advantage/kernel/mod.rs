//! Quantum kernels against classical ones that were tuned as well.
//!
//! The claim is that of learning with kernels that are hard to compute (Havlíček et al., Nature 567,
//! 209 (2019)): data that a quantum kernel classifies, and classical kernels do not. The rivals are
//! those of [`KernelStudy`](crate::learning::KernelStudy): classical kernels with as many trials, a
//! linear model, and the same map without entanglement, which is easy to compute. The geometric
//! difference (Huang et al., Nature
//! Communications 12, 2631 (2021)) says beside it whether labels could exist that suit the quantum
//! kernel better; whether these labels do, only the test rows say.

mod experiment;

pub use experiment::{Geometry, KernelAdvantage};
