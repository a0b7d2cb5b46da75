//! What is to be estimated, and how its measurements are made.

pub(super) mod estimation_problem;
pub(super) mod experiment;
pub(super) mod full_circuits;
pub(super) mod gate_counts;
pub(super) mod good;
pub(super) mod integrand;
pub(super) mod law;
#[cfg(test)]
mod noise_tests;
pub(super) mod post_processing;
mod predicate;
mod preparation;
pub(super) mod writing;
