//! Central finite differences: approximate, for anything that has a value.

use super::source_rows::{ROWS_AT_ONCE, check_step, mean, means};
use super::{Cost, Gradient, Objective, check_len};
use crate::error::Result;
use crate::math::Fingerprint;
use crate::simulate::ExpectationSource;
use ndarray::Array2;
use serde_json::{Value, json};

/// The step at which rounding and truncation of a central difference are alike: ε^(1/3).
const STEP: f64 = 6e-6;

/// Derivatives as (f(θ + h) - f(θ - h)) / 2h of a source's one observable. The error is about 1e-10
/// times the third derivative, plus rounding; errors of the source are divided by √2 h, so that a
/// source with shots needs a larger step ([`with_step`](Self::with_step)).
///
/// ```
/// use ketlab::gradient::{FiniteDifference, Objective};
/// use ketlab::{Circuit, Simulator, simulate::Program};
/// // Measurements in the middle have derivatives too.
/// let mut circuit = Circuit::with_clbits(1, 1);
/// let theta = circuit.param("theta");
/// circuit.ry(theta, 0).measure(0, 0).ry(theta, 0);
/// let program = Program::new(&circuit)?;
/// let energy = Simulator::new().evaluator(&program, &["Z0".parse()?])?;
/// let mut gradient = [0.0];
/// FiniteDifference::new(energy).value_and_gradient(&[0.4], &mut gradient)?;
/// // ⟨Z⟩ = cos² θ.
/// assert!((gradient[0] + 0.8f64.sin()).abs() < 1e-9);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct FiniteDifference<S> {
    source: S,
    step: f64,
    cost: Cost,
}

impl<S: ExpectationSource> FiniteDifference<S> {
    /// Of what a source gives: an [`Evaluator`](crate::Evaluator), or a function
    /// ([`ExpectationFn`](crate::simulate::ExpectationFn)).
    pub fn new(source: S) -> Self {
        FiniteDifference { source, step: STEP, cost: Cost::default() }
    }

    /// Another step h than 6e-6.
    ///
    /// # Errors
    /// If the step is not positive and finite.
    pub fn with_step(mut self, step: f64) -> Result<Self> {
        check_step("the step of a finite difference", step)?;
        self.step = step;
        Ok(self)
    }
}

impl<S: ExpectationSource> Objective for FiniteDifference<S> {
    fn num_params(&self) -> usize {
        self.source.num_params()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        Ok(mean(&mut self.source, params, &mut self.cost)?.value)
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        let value = self.value(params)?;
        let ends = |k: usize| [params[k] + self.step, params[k] - self.step];
        for (part, gradient) in gradient.chunks_mut(ROWS_AT_ONCE / 2).enumerate() {
            let first = part * (ROWS_AT_ONCE / 2);
            let rows = Array2::from_shape_fn((2 * gradient.len(), params.len()), |(row, j)| {
                let k = first + row / 2;
                if j == k { ends(k)[row % 2] } else { params[j] }
            });
            let found = means(&mut self.source, &rows, &mut self.cost)?;
            for (k, (gradient, pair)) in gradient.iter_mut().zip(found.chunks_exact(2)).enumerate()
            {
                // The step as rounded.
                let [up, down] = ends(first + k);
                *gradient = (pair[0].value - pair[1].value) / (up - down);
            }
        }
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
            .with("step of the differences", &self.step)
            .and(self.source.fingerprint())
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost, "source": self.source.save() })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.source.restore(&state["source"])?;
        self.cost.restore(state)
    }
}

impl<S: ExpectationSource> Gradient for FiniteDifference<S> {
    fn method(&self) -> &'static str {
        "finite-difference"
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
