//! Classical methods: the baselines.

pub(super) mod antithetic;
pub(super) mod control_variate;
pub(super) mod importance;
pub(super) mod monte_carlo;
pub(super) mod problems;
pub(super) mod quasi_monte_carlo;
mod sample;
pub(super) mod stratified;
