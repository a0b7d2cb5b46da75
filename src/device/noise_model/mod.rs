//! Noise models: which operations of a circuit suffer what. A [`NoiseModel`] is a list of rules, and
//! [`NoiseModel::apply`] a function from circuits to circuits with noise channels, which everything
//! that reads circuits shows: drawings, JSON, profiles. It says what it did, too: [`Coverage`] names
//! the gates that got no noise and the rules that matched nothing.
//!
//! ```
//! use ketlab::Circuit;
//! use ketlab::device::{ActsOn, NoiseModel, Pattern, Rule};
//! use ketlab::noise::{Channel, ReadoutError};
//!
//! let mut model = NoiseModel::new();
//! let pairs = Pattern::gates(["cx", "cz"])?;
//! model.push(Rule::after(pairs, Channel::depolarizing(0.01, 2)?, ActsOn::All)?);
//! model.set_readout_error(ReadoutError { p1_given_0: 0.01, p0_given_1: 0.03 })?;
//!
//! let mut bell = Circuit::new(2);
//! bell.h(0).cx(0, 1).measure_all();
//! let noisy = model.apply(&bell)?;
//! let mut expected = Circuit::new(2);
//! expected.h(0).cx(0, 1).depolarizing2(0.01, 0, 1).measure_all();
//! assert_eq!(noisy.circuit.without_noise(), bell);
//! assert_eq!(noisy.circuit.ops(), expected.ops());
//! assert_eq!(noisy.coverage.to_string(), "1 of 2 gates has noise; none: 1 h (1 qubit); 2 qubits are misread");
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! # The order
//!
//! All rules that match an operation apply, in the order of the model, each before or after it. So
//! where a gate suffers a depolarizing error and relaxation, the rule that comes first acts first.
//! Gates in branches and loops get their noise in there: it comes about only where they do. What is
//! before a measurement acts before it; readout errors act on its result and are properties of the
//! circuit's qubits.
//!
//! A gate that is defined by other gates (a block) is taken apart, and its gates have their noise,
//! unless a rule names the block: that rule's noise is all of its noise.
//!
//! # Devices
//!
//! The model of a device ([`Device::noise_model`](super::Device::noise_model)) has a rule for each gate at
//! each of its places, and may say two things more. A [`Target`](super::Target) lets it write circuits in the
//! device's gates before anything else; a [`Timing`](super::Timing) schedules them, so that there are delays
//! where qubits wait, and phases between those that interact. So whatever takes a noise model has the
//! noise of waiting, too.
//!
//! # What has no noise
//!
//! Barriers, assignments and global phases. *Virtual* gates, too: diagonal gates on one qubit without
//! controls (`rz`, `p`, `z`, `s`, `t` and their inverses), which control electronics do by counting
//! phases, in no time and without error. A rule for all gates passes them over unless it says
//! otherwise ([`Pattern::and_virtual`]); one that names them means them. `id` is not virtual: devices
//! do it as a pulse of nothing, which takes its time. A qubit idles where the circuit has a `delay` or a
//! schedule puts one: layers of a drawing are no times.

pub mod aer;
#[cfg(test)]
mod aer_tests;
mod apply;
mod coverage;
mod flags;
pub mod json;
mod json_device;
mod model;
mod pattern;
mod rule;
#[cfg(test)]
mod tests;

pub use apply::Noisy;
pub use coverage::{Coverage, Uncovered};
pub use flags::{FLAGS, noise_from_flags};
pub use model::NoiseModel;
pub use pattern::{Operations, Pattern, Place};
pub use rule::{ActsOn, Noise, Relaxation, Rule, When};
