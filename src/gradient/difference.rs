//! Central finite differences: approximate, for anything that has a value.

use super::{Cost, Gradient, check_len};
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use serde_json::Value;
use std::time::Instant;

/// The step at which rounding and truncation of a central difference are alike: ε^(1/3).
const STEP: f64 = 6e-6;

/// Derivatives as (f(θ + h) - f(θ - h)) / 2h. The error is about 1e-10 times the third derivative,
/// plus rounding.
pub struct FiniteDifference<F> {
    value: F,
    num_params: usize,
    step: f64,
    cost: Cost,
}

impl<F: FnMut(&[f64]) -> Result<f64>> FiniteDifference<F> {
    /// For a function of this many parameters, for instance an
    /// [`Evaluator`](crate::Evaluator)'s expectation.
    pub fn new(num_params: usize, value: F) -> Self {
        FiniteDifference { value, num_params, step: STEP, cost: Cost::default() }
    }

    /// Another step h than 6e-6.
    ///
    /// # Errors
    /// If the step is not positive and finite.
    pub fn with_step(mut self, step: f64) -> Result<Self> {
        if !(step > 0.0 && step.is_finite()) {
            return Err(Error::Invalid {
                what: "the step of a finite difference".into(),
                value: crate::error::shown(step),
                expected: "it must be positive and finite".into(),
            });
        }
        self.step = step;
        Ok(self)
    }
}

impl<F: FnMut(&[f64]) -> Result<f64>> Gradient for FiniteDifference<F> {
    fn method(&self) -> &'static str {
        "finite-difference"
    }

    fn num_params(&self) -> usize {
        self.num_params
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        let start = Instant::now();
        let value = (self.value)(params);
        self.cost.add(1, start);
        value
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params)?;
        let start = Instant::now();
        let value = (self.value)(params)?;
        let mut shifted = params.to_vec();
        for k in 0..self.num_params {
            let mut at = |x: f64| {
                shifted[k] = x;
                (self.value)(&shifted)
            };
            let (up, down) = (params[k] + self.step, params[k] - self.step);
            // The step as rounded.
            gradient[k] = (at(up)? - at(down)?) / (up - down);
            shifted[k] = params[k];
        }
        self.cost.add(1 + 2 * self.num_params as u64, start);
        Ok(value)
    }

    fn cost(&self) -> Cost {
        self.cost
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new().with("step of the differences", &self.step)
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.cost.restore(state)
    }
}
