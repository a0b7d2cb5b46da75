//! Derivatives of ⟨ψ(θ)|H|ψ(θ)⟩ by a circuit's parameters: exact, by shifted circuits as on
//! hardware, under noise, and approximate ones.
//!
//! A [`Simulator`](crate::Simulator) makes those of circuits that it runs, with its threads,
//! precision, instruction set, initial state, seed and watch. Others work on any
//! [`ExpectationSource`](crate::simulate::ExpectationSource). Each is an [`Objective`], which
//! optimizers minimize as it is, and a [`Gradient`], which says what it cost. With n parameters, m
//! observables and a circuit of one run:
//!
//! | you want | call | it costs |
//! |---|---|---|
//! | a mean and its gradient | [`Simulator::adjoint`](crate::Simulator::adjoint) | 3 runs for any n; 3 states |
//! | m means and their Jacobian | [`Adjoint::values_and_jacobian`] | 1 + 2m runs |
//! | the same at many rows | [`Simulator::adjoint_rows`](crate::Simulator::adjoint_rows) | as much a row; in parallel below 14 qubits |
//! | the gradient of a loss of m means | [`Loss`] of an adjoint | 3 runs for any m |
//! | gradients of k functions of probabilities or amplitudes | [`Adjoint::pull_back`] | 1 + 2k runs |
//! | what hardware would do, without noise | [`Simulator::parameter_shift`](crate::Simulator::parameter_shift) | 2 runs for each angle, 4 for one of a controlled rotation, of half the circuit on average; 2 states |
//! | values and gradients from shots | [`Simulator::sampled_gradient`](crate::Simulator::sampled_gradient) | the same, and shots for each run |
//! | values and gradients under noise, exact | [`Simulator::noisy_gradient`](crate::Simulator::noisy_gradient) with [`Accuracy::Exact`](crate::simulate::Accuracy) | 2 runs of the density matrix for each angle, 4 for one of a controlled rotation |
//! | the same from random trajectories, with their errors, for Pauli and other unitary errors | [`Simulator::noisy_gradient`](crate::Simulator::noisy_gradient) | 3 runs for each different pattern of errors that is drawn, whatever n; 3 states a thread |
//! | values and gradients of circuits of any width, noisy ones too, exact or truncated | [`Simulator::propagation_gradient`](crate::Simulator::propagation_gradient) | a propagation and a sweep back, for any n; its strings |
//! | those of hardware, or of your own estimates | [`ShiftRules::with_source`] | 1 + [`num_circuits`](ShiftRules::num_circuits) estimates |
//! | any circuit, approximately | [`FiniteDifference`] of an evaluator | 1 + 2n values |
//! | a rough direction, for noisy values | [`SpsaGradient`] of any source | 3 values for any n |
//! | second derivatives | [`hessian`]; [`hessian_vector_product`] | 2 or 4 gradients for each angle; 4 gradients |
//! | the Fubini-Study metric | [`metric_tensor`] | a run for each angle; n + 2 states |

mod adjoint;
mod batched;
mod batched_plan;
mod cuts;
mod difference;
mod hessian;
mod inverse;
mod loss;
mod metric;
mod noisy;
mod noisy_adjoint;
#[cfg(test)]
mod noisy_tests;
mod propagated;
mod rows;
mod sampled;
mod shift;
mod simulated;
mod source;
mod source_rows;
mod spsa;
mod stage;
mod sweeps;

pub use adjoint::{Adjoint, Pullback};
pub(crate) use batched::BatchedAdjoint;
pub use difference::FiniteDifference;
pub use hessian::{hessian, hessian_vector_product};
pub use loss::Loss;
pub use metric::{MetricTensor, metric_tensor};
pub use noisy::NoisyGradient;
pub use propagated::PropagationGradient;
pub use rows::RowGradients;
pub use sampled::SampledGradient;
pub use shift::{ParameterShift, ShiftRule, ShiftRules, SourceShift};
pub use simulated::SimulatedGradient;
pub use spsa::SpsaGradient;

pub use crate::optimize::Objective;

use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Instant;

/// A value and its gradient, by one method: an [`Objective`] that says what it cost. Its parameters
/// are those of the circuit, in the order of [`Circuit::params`](crate::Circuit::params), in radians.
/// Its errors are those of numbers that are not one finite value per parameter, of too little memory,
/// of an observable that overflows, and [`Error::Interrupted`] where a simulator is cancelled.
pub trait Gradient: Objective {
    /// The method's name, for reports.
    fn method(&self) -> &'static str;

    /// What all calls so far have cost.
    fn cost(&self) -> Cost;
}

/// What a method has spent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Runs of the circuit. A backward sweep over two states counts as two.
    pub circuits: u64,
    /// Measured shots; 0 where expectations are exact.
    pub shots: u64,
    /// Wall time.
    pub seconds: f64,
    /// Bytes of the states that it keeps.
    pub memory: u128,
}

impl Cost {
    /// Goes on counting from a saved account. The memory is that of this machine.
    fn restore(&mut self, state: &Value) -> Result<()> {
        let cost: Cost = part(state, "cost")?;
        *self = Cost { memory: self.memory, ..cost };
        Ok(())
    }

    /// Adds a call that ran some circuits since `start`.
    fn add(&mut self, circuits: u64, start: Instant) {
        self.circuits += circuits;
        self.seconds += start.elapsed().as_secs_f64();
    }
}

/// A part of a saved state.
fn part<T: DeserializeOwned>(state: &Value, name: &str) -> Result<T> {
    serde_json::from_value(state[name].clone()).map_err(|error| Error::Invalid {
        what: format!("the `{name}` of a gradient's saved state"),
        value: state[name].to_string(),
        expected: error.to_string(),
    })
}

fn check_len(gradient: &[f64], num_params: usize) -> Result<()> {
    if gradient.len() == num_params {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the length of the gradient".into(),
        value: gradient.len().to_string(),
        expected: format!("there are {num_params} parameters"),
    })
}
