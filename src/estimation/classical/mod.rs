//! Classical methods: the baselines.

mod integrand;
mod monte_carlo;

pub use integrand::Integrand;
pub use monte_carlo::MonteCarlo;
