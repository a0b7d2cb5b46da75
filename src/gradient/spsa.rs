//! Simultaneous perturbation (Spall 1992, doi:10.1109/9.119632): an unbiased estimate of the
//! gradient, to second order in the step, from two values for any number of parameters.

use super::{Cost, Gradient, check_len, part};
use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use rand::RngExt;
use serde_json::{Value, json};
use std::time::Instant;

/// Means of (f(θ + cΔ) - f(θ - cΔ)) / 2cΔ over random signs Δ.
pub struct SpsaGradient<F> {
    value: F,
    num_params: usize,
    step: f64,
    samples: usize,
    seed: u64,
    calls: u64,
    cost: Cost,
}

impl<F: FnMut(&[f64]) -> Result<f64>> SpsaGradient<F> {
    /// For a function of this many parameters, with step 0.01 and one direction a call. The same seed
    /// gives the same directions; each call has others.
    pub fn new(num_params: usize, seed: u64, value: F) -> Self {
        let cost = Cost::default();
        SpsaGradient { value, num_params, step: 0.01, samples: 1, seed, calls: 0, cost }
    }

    /// Another step c, and the mean over some directions.
    ///
    /// # Errors
    /// If the step is not positive and finite, or there is no direction.
    pub fn with(mut self, step: f64, samples: usize) -> Result<Self> {
        if !(step > 0.0 && step.is_finite() && samples > 0) {
            return Err(Error::Invalid {
                what: "the step and number of directions of SPSA".into(),
                value: format!("{step} and {samples}"),
                expected: "the step must be positive and finite, and there must be a direction"
                    .into(),
            });
        }
        (self.step, self.samples) = (step, samples);
        Ok(self)
    }
}

impl<F: FnMut(&[f64]) -> Result<f64>> Gradient for SpsaGradient<F> {
    fn method(&self) -> &'static str {
        "spsa"
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
        gradient.fill(0.0);
        let mut rng = Streams::new(self.seed, Domain::Optimizer).stream(self.calls);
        self.calls += 1;
        for _ in 0..self.samples {
            let signs: Vec<f64> = (0..self.num_params)
                .map(|_| if rng.random::<bool>() { 1.0 } else { -1.0 })
                .collect();
            let mut at = |step: f64| {
                let shifted: Vec<f64> =
                    params.iter().zip(&signs).map(|(x, sign)| x + step * sign).collect();
                (self.value)(&shifted)
            };
            let slope = (at(self.step)? - at(-self.step)?) / (2.0 * self.step);
            for (g, sign) in gradient.iter_mut().zip(&signs) {
                *g += slope * sign / self.samples as f64;
            }
        }
        self.cost.add(1 + 2 * self.samples as u64, start);
        Ok(value)
    }

    fn cost(&self) -> Cost {
        self.cost
    }

    fn fingerprint(&self) -> Fingerprint {
        let SpsaGradient { step, samples, seed, .. } = self;
        Fingerprint::new().with("SPSA's step, directions and seed", &(step, samples, seed))
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost, "calls": self.calls })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.calls = part(state, "calls")?;
        self.cost.restore(state)
    }
}
