//! Classical methods: the baselines.

mod antithetic;
mod control_variate;
mod importance;
mod integrand;
mod monte_carlo;
mod problems;
mod quasi_monte_carlo;
mod sample;
mod stratified;

pub use antithetic::Antithetic;
pub use control_variate::ControlVariate;
pub use importance::ImportanceSampling;
pub use integrand::Integrand;
pub use monte_carlo::MonteCarlo;
pub use problems::BlackScholes;
pub use quasi_monte_carlo::QuasiMonteCarlo;
pub use stratified::Stratified;
