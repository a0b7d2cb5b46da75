//! Derivatives of ⟨ψ(θ)|H|ψ(θ)⟩ by a circuit's parameters: exact, by shifted circuits as on
//! hardware, and approximate ones. Every method says what it cost.

mod adjoint;
mod cuts;
mod difference;
mod hessian;
mod inverse;
mod loss;
mod metric;
mod objective;
mod rows;
mod sampled;
mod shift;
mod simulated;
mod source;
mod spsa;
mod stage;
mod sweeps;

pub use adjoint::{Adjoint, Pullback};
pub use difference::FiniteDifference;
pub use hessian::{hessian, hessian_vector_product};
pub use loss::Loss;
pub use metric::{MetricTensor, metric_tensor};
pub use objective::GradientObjective;
pub use rows::RowGradients;
pub use sampled::SampledGradient;
pub use shift::{ParameterShift, ShiftRule};
pub use simulated::SimulatedGradient;
pub use spsa::SpsaGradient;

use crate::error::{Error, Result};
use crate::math::Fingerprint;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Instant;

/// A value and its gradient, by one method.
pub trait Gradient {
    /// The method's name, for reports.
    fn method(&self) -> &'static str;

    /// Number of parameters, in the order of [`Circuit::params`](crate::Circuit::params).
    fn num_params(&self) -> usize;

    /// ⟨H⟩ at these parameters (radians).
    ///
    /// # Errors
    /// If there is not one finite value per parameter, too little memory, or an observable that
    /// overflows.
    fn value(&mut self, params: &[f64]) -> Result<f64>;

    /// ⟨H⟩, and its derivative by every parameter, written to `gradient`.
    ///
    /// # Errors
    /// As [`value`](Self::value); if the gradient has another length.
    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64>;

    /// What all calls so far have cost.
    fn cost(&self) -> Cost;

    /// All that decides the value: the circuit, the observable, shots and seed. Nothing where it is a
    /// function of the caller's.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
    }

    /// What it carries from call to call, for checkpoints: its cost, and how far its random streams
    /// are.
    fn save(&self) -> Value {
        json!({ "cost": self.cost() })
    }

    /// Takes up what [`save`](Self::save) returned.
    ///
    /// # Errors
    /// If the state is not one of this method.
    fn restore(&mut self, state: &Value) -> Result<()> {
        let _ = state;
        Ok(())
    }
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
