//! Gradient descent, with momentum if asked.

use super::driver::{Needs, UpdateRule, require_positive, require_share};
use super::evaluator::{Evaluator, Halt, Point};
use super::stopping::Bounds;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Gradient descent: v ← μv + ∇f, x ← x - η(v), or x ← x - η(∇f + μv) with Nesterov's momentum.
///
/// Polyak, USSR Comput. Math. Math. Phys. 4, 1 (1964); Nesterov, Soviet Math. Dokl. 27, 372 (1983)
/// in the form of Sutskever et al., ICML 2013, as optax's `sgd`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GradientDescent {
    /// Step size η.
    pub learning_rate: f64,
    /// The part μ of the last step that is kept, in [0, 1); 0 is plain gradient descent.
    pub momentum: f64,
    /// Whether to look ahead (Nesterov).
    pub nesterov: bool,
}

impl Default for GradientDescent {
    fn default() -> Self {
        GradientDescent { learning_rate: 0.01, momentum: 0.0, nesterov: false }
    }
}

impl GradientDescent {
    /// With heavy-ball momentum 0.9.
    pub fn with_momentum() -> Self {
        GradientDescent { momentum: 0.9, ..Self::default() }
    }
}

impl UpdateRule for GradientDescent {
    /// The velocity v.
    type State = Vec<f64>;
    const NEEDS: Needs = Needs::Gradient;

    fn method(&self) -> &'static str {
        if self.momentum == 0.0 { "gradient-descent" } else { "momentum" }
    }

    fn check(&self, _num_params: usize) -> Result<()> {
        require_positive("the learning rate", self.learning_rate)?;
        require_share("the momentum", self.momentum)
    }

    fn state(&self, num_params: usize) -> Vec<f64> {
        vec![0.0; num_params]
    }

    fn fits(velocity: &Vec<f64>, num_params: usize) -> bool {
        velocity.len() == num_params
    }

    fn step(
        &self,
        velocity: &mut Vec<f64>,
        point: &Point,
        _iteration: usize,
        evaluator: &mut Evaluator<'_>,
        _bounds: &Bounds,
    ) -> Result<Point, Halt> {
        let steps = velocity.iter_mut().zip(&point.gradient).map(|(v, gradient)| {
            *v = self.momentum * *v + gradient;
            let direction = if self.nesterov { gradient + self.momentum * *v } else { *v };
            self.learning_rate * direction
        });
        evaluator.descend(point, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::*;

    /// f = x²/2, so the gradient is x and every step can be done by hand.
    fn parabola() -> impl Objective {
        FnObjective::with_gradient(
            1,
            |x: &[f64]| x[0] * x[0] / 2.0,
            |x: &[f64], g: &mut [f64]| {
                g[0] = x[0];
                x[0] * x[0] / 2.0
            },
        )
    }

    fn after_two_steps(method: GradientDescent) -> f64 {
        let mut stopping = Stopping::new().max_iterations(2);
        method.minimize(&mut parabola(), &[1.0], &mut stopping).unwrap().x[0]
    }

    #[test]
    fn two_steps_by_hand() {
        let plain = GradientDescent { learning_rate: 0.1, ..Default::default() };
        assert!((after_two_steps(plain.clone()) - 0.81).abs() < 1e-15);
        // v: 1, 0.5 + 0.9; x: 0.9, 0.9 - 0.14
        let heavy = GradientDescent { momentum: 0.5, ..plain };
        assert!((after_two_steps(heavy.clone()) - 0.76).abs() < 1e-15);
        // directions: 1 + 0.5, then v = 0.5 + 0.85 and 0.85 + 0.675
        let nesterov = GradientDescent { nesterov: true, ..heavy };
        assert!((after_two_steps(nesterov) - (0.85 - 0.1525)).abs() < 1e-15);
    }
}
