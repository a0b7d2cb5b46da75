//! Problems with known solutions, for the tests of this folder.

use super::{FnObjective, Objective};
use crate::error::Result;

/// The Rosenbrock function in `n` parameters, minimum 0 at (1, …, 1).
pub(super) fn rosenbrock(n: usize) -> impl Objective {
    let f = |x: &[f64]| -> f64 {
        x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
    };
    FnObjective::with_gradient(n, f, move |x: &[f64], g: &mut [f64]| {
        g.fill(0.0);
        for i in 0..n - 1 {
            let bend = x[i + 1] - x[i] * x[i];
            g[i] += -400.0 * x[i] * bend - 2.0 * (1.0 - x[i]);
            g[i + 1] += 200.0 * bend;
        }
        f(x)
    })
}

/// Like the energy of a small circuit: sinusoidal in each parameter, coupled by products, with a
/// metric tensor.
pub(super) struct Cosines(usize);

/// [`Cosines`] in `n` parameters.
pub(super) fn cosines(n: usize) -> Cosines {
    Cosines(n)
}

impl Objective for Cosines {
    fn num_params(&self) -> usize {
        self.0
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.value_and_gradient(x, &mut vec![0.0; x.len()])
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        gradient.fill(0.0);
        let mut value = 0.0;
        for i in 0..x.len() {
            value -= 0.5 * (x[i] - 0.3).cos();
            gradient[i] += 0.5 * (x[i] - 0.3).sin();
            if i > 0 {
                value -= 0.2 * x[i].cos() * x[i - 1].cos();
                gradient[i] += 0.2 * x[i].sin() * x[i - 1].cos();
                gradient[i - 1] += 0.2 * x[i].cos() * x[i - 1].sin();
            }
        }
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        let n = x.len();
        let entry = |i: usize, j: usize| if i == j { 0.25 } else { 0.01 * (x[i] * x[j]).cos() };
        Ok((0..n * n).map(|k| entry(k / n, k % n)).collect())
    }

    fn has_metric(&self) -> bool {
        true
    }
}
