//! Estimators that run Grover's operator or phase estimation, one a file.

mod asymptotic;
pub(super) mod bayesian;
pub(super) mod canonical;
mod canonical_likelihood;
pub(super) mod faster;
pub(super) mod iterative;
pub(super) mod likelihood;
pub(super) mod maximum_likelihood;
pub(super) mod noise_aware;
pub(super) mod schedule;
