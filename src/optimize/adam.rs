//! Adam and AMSGrad.

use super::driver::{Needs, UpdateRule, require_positive, require_share};
use super::evaluator::{Evaluator, Halt, Point};
use super::stopping::Bounds;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Adam: Kingma and Ba, ICLR 2015 (arXiv:1412.6980), algorithm 1; with `amsgrad` its variant by
/// Reddi, Kale and Kumar, ICLR 2018 (arXiv:1904.09237), algorithm 2, with the bias corrections of
/// optax: the corrected second moment never decreases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adam {
    /// Step size: about how far a parameter moves in an iteration.
    pub learning_rate: f64,
    /// Decay of the mean of the gradient.
    pub beta1: f64,
    /// Decay of the mean of its square.
    pub beta2: f64,
    /// Added to the root of that mean.
    pub eps: f64,
    /// Whether to use the largest second moment so far.
    pub amsgrad: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Adam { learning_rate: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, amsgrad: false }
    }
}

impl Adam {
    /// Adam with the AMSGrad correction.
    pub fn amsgrad() -> Self {
        Adam { amsgrad: true, ..Self::default() }
    }
}

/// The moments of the gradient.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Moments {
    mean: Vec<f64>,
    square: Vec<f64>,
    largest: Vec<f64>,
}

impl UpdateRule for Adam {
    type State = Moments;
    const NEEDS: Needs = Needs::Gradient;

    fn method(&self) -> &'static str {
        if self.amsgrad { "amsgrad" } else { "adam" }
    }

    fn check(&self, _num_params: usize) -> Result<()> {
        require_positive("the learning rate", self.learning_rate)?;
        for (what, beta) in [("beta1", self.beta1), ("beta2", self.beta2)] {
            require_share(what, beta)?;
        }
        require_positive("eps", self.eps)
    }

    fn state(&self, num_params: usize) -> Moments {
        let zero = vec![0.0; num_params];
        Moments { mean: zero.clone(), square: zero.clone(), largest: zero }
    }

    fn fits(moments: &Moments, num_params: usize) -> bool {
        [&moments.mean, &moments.square, &moments.largest].iter().all(|m| m.len() == num_params)
    }

    fn step(
        &self,
        moments: &mut Moments,
        point: &Point,
        iteration: usize,
        evaluator: &mut Evaluator<'_>,
        _bounds: &Bounds,
    ) -> Result<Point, Halt> {
        let t = (iteration + 1) as f64;
        let (bias1, bias2) = (1.0 - self.beta1.powf(t), 1.0 - self.beta2.powf(t));
        let steps = point.gradient.iter().enumerate().map(|(i, g)| {
            moments.mean[i] = self.beta1 * moments.mean[i] + (1.0 - self.beta1) * g;
            moments.square[i] = self.beta2 * moments.square[i] + (1.0 - self.beta2) * g * g;
            let mut square = moments.square[i] / bias2;
            if self.amsgrad {
                moments.largest[i] = moments.largest[i].max(square);
                square = moments.largest[i];
            }
            self.learning_rate * (moments.mean[i] / bias1) / (square.sqrt() + self.eps)
        });
        evaluator.descend(point, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::*;

    /// The gradient of iteration k is `gradients[k]`, whatever x is.
    fn last_x(method: Adam, gradients: &[f64]) -> f64 {
        let mut calls = 0;
        let mut objective = FnObjective::with_gradient(
            1,
            |_: &[f64]| 0.0,
            |_: &[f64], g: &mut [f64]| {
                g[0] = gradients[calls.min(gradients.len() - 1)];
                calls += 1;
                0.0
            },
        );
        let mut stopping = Stopping::new().max_iterations(gradients.len());
        method.minimize(&mut objective, &[0.0], &mut stopping).unwrap().x[0]
    }

    #[test]
    fn the_first_step_is_the_learning_rate_against_the_sign() {
        for g in [3.0, -1e-3] {
            let x = last_x(Adam { learning_rate: 0.1, ..Default::default() }, &[g]);
            assert!((x + 0.1 * g.signum()).abs() < 1e-5, "{x}");
        }
    }

    #[test]
    fn amsgrad_remembers_the_large_gradient() {
        // A large gradient, then small ones: Adam forgets, AMSGrad keeps the step small.
        let gradients: Vec<f64> = std::iter::once(10.0).chain([0.1; 30]).collect();
        let settings = Adam { learning_rate: 0.1, beta1: 0.0, beta2: 0.5, ..Default::default() };
        let adam = last_x(settings.clone(), &gradients);
        let amsgrad = last_x(Adam { amsgrad: true, ..settings }, &gradients);
        // AMSGrad: 0.1·(1 + 30·0.1/10) exactly, as the corrected second moment stays 100.
        assert!((amsgrad + 0.13).abs() < 1e-6, "{amsgrad}");
        assert!(adam < -1.0, "{adam}");
    }
}
