//! Sampling of random circuits, and what a cross entropy says of who sampled.
//!
//! A device draws strings of a random circuit; their scores by the circuit's probabilities p are compared
//! with those of classical samplers ([`Rival`]).
//!
//! | part | what it is |
//! |---|---|
//! | [`RandomCircuits`] | the experiment: settings, claims, who plays |
//! | [`Problem`] | a circuit with its state, in which probabilities of strings are looked up; [`Law`], their moments |
//! | [`mixture`], [`trajectories`] | the noisy device: F·p + (1 - F)/D, or errors gate by gate |
//! | [`Tally`], [`Estimator`] | linear, logarithmic and heavy-output estimates with their variances |
//! | [`Spread`] | estimates of several circuits as one, with the error between circuits |
//!
//! # What a cross entropy is not
//!
//! The linear cross entropy (XEB) D⟨p⟩ - 1 estimates the fidelity F of a device where the circuit is deep, so
//! that p has the exponential law, and errors are weak and do not know of the circuit, so that the device's
//! law is F·p + (1 - F)/D (Morvan et al., Nature 634, 328 (2024), have the transition to where they are not). Of
//! a shallow circuit the mixture scores F·(DΣp² - 1): [`Sampler::ratio`] divides by that, circuit by
//! circuit. Of strings from anywhere else it is a score and no fidelity: the best of four uniform strings
//! scores more than the circuit itself.
//!
//! Strings count each time they are drawn, and [`Sampler::distinct`] says how many are different; see
//! [`Tally`] for those of probability 0.

mod details;
mod device;
mod estimators;
mod experiment;
mod law;
mod problem;
mod rivals;
mod spread;
#[cfg(test)]
mod tests;

pub use details::{AtSize, Sampler};
pub use device::{GateErrors, mixture, trajectories};
pub use estimators::{Estimate, Estimator, Tally};
pub use experiment::{DEVICE, GATES, QUANTITY, RandomCircuits};
pub use law::Law;
pub use problem::Problem;
pub use rivals::{Drawn, Rival};
pub use spread::Spread;
