//! Simultaneous perturbation (Spall 1992, doi:10.1109/9.119632): an unbiased estimate of the
//! gradient, to second order in the step, from two values for any number of parameters.

use super::source_rows::{ROWS_AT_ONCE, check_step, mean, means};
use super::{Cost, Gradient, Objective, check_len, part};
use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use crate::simulate::ExpectationSource;
use ndarray::Array2;
use rand::RngExt;
use serde_json::{Value, json};

/// Means of (f(θ + cΔ) - f(θ - cΔ)) / 2cΔ over random signs Δ, of a source's one observable.
pub struct SpsaGradient<S> {
    source: S,
    step: f64,
    samples: usize,
    seed: u64,
    calls: u64,
    cost: Cost,
}

impl<S: ExpectationSource> SpsaGradient<S> {
    /// Of what a source gives, with step 0.01 and one direction a call. The same seed gives the same
    /// directions; each call has others.
    pub fn new(source: S, seed: u64) -> Self {
        SpsaGradient { source, step: 0.01, samples: 1, seed, calls: 0, cost: Cost::default() }
    }

    /// Another step c, and the mean over some directions.
    ///
    /// # Errors
    /// If the step is not positive and finite, or there is no direction.
    pub fn with(mut self, step: f64, samples: usize) -> Result<Self> {
        check_step("the step of SPSA", step)?;
        if samples == 0 {
            return Err(Error::Invalid {
                what: "the number of directions of SPSA".into(),
                value: "0".into(),
                expected: "there must be one".into(),
            });
        }
        (self.step, self.samples) = (step, samples);
        Ok(self)
    }
}

impl<S: ExpectationSource> Objective for SpsaGradient<S> {
    fn num_params(&self) -> usize {
        self.source.num_params()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        Ok(mean(&mut self.source, params, &mut self.cost)?.value)
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        let value = self.value(params)?;
        gradient.fill(0.0);
        let mut rng = Streams::new(self.seed, Domain::Optimizer).stream(self.calls);
        self.calls += 1;
        let mut left = self.samples;
        while left > 0 {
            let some = left.min(ROWS_AT_ONCE / 2);
            left -= some;
            let mut sign = |_| if rng.random::<bool>() { 1.0 } else { -1.0 };
            let signs: Vec<f64> = (0..some * params.len()).map(&mut sign).collect();
            let sign = |sample: usize, j: usize| signs[sample * params.len() + j];
            let rows = Array2::from_shape_fn((2 * some, params.len()), |(row, j)| {
                let step = if row % 2 == 0 { self.step } else { -self.step };
                params[j] + step * sign(row / 2, j)
            });
            let found = means(&mut self.source, &rows, &mut self.cost)?;
            for (sample, pair) in found.chunks_exact(2).enumerate() {
                let slope = (pair[0].value - pair[1].value) / (2.0 * self.step);
                for (j, g) in gradient.iter_mut().enumerate() {
                    *g += slope * sign(sample, j) / self.samples as f64;
                }
            }
        }
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        let SpsaGradient { step, samples, seed, .. } = self;
        Fingerprint::new()
            .with("SPSA's step, directions and seed", &(step, samples, seed))
            .and(self.source.fingerprint())
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost, "calls": self.calls, "source": self.source.save() })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.calls = part(state, "calls")?;
        self.source.restore(&state["source"])?;
        self.cost.restore(state)
    }
}

impl<S: ExpectationSource> Gradient for SpsaGradient<S> {
    fn method(&self) -> &'static str {
        "spsa"
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
