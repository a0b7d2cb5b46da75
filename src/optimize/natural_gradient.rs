//! Natural gradient descent.

use super::driver::{Needs, UpdateRule, require, require_positive};
use super::evaluator::{Evaluator, Halt, Point};
use super::stopping::Bounds;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Natural gradient descent: x ← x - η d with (g + λ·1) d = ∇f, where g is the metric tensor.
///
/// Amari, Neural Computation 10, 251 (1998); for circuits Stokes, Izaac, Killoran and Carleo,
/// Quantum 4, 269 (2020), whose g is the Fubini-Study metric. One gradient and one metric an
/// iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NaturalGradient {
    /// Step size η.
    pub learning_rate: f64,
    /// Regularization λ: added to the diagonal of the metric, which is singular for
    /// overparameterized circuits.
    pub lambda: f64,
}

impl Default for NaturalGradient {
    fn default() -> Self {
        NaturalGradient { learning_rate: 0.05, lambda: 1e-3 }
    }
}

/// Solves `matrix` · d = `rhs` in place by Cholesky factorization (Golub and Van Loan, 4.2);
/// `false` if the matrix is not positive definite in the precision at hand.
fn cholesky_solve(matrix: &mut [f64], rhs: &mut [f64]) -> bool {
    let n = rhs.len();
    for j in 0..n {
        let mut pivot = matrix[j * n + j];
        // Below this the pivot is the rounding error of what was subtracted from it.
        let floor = n as f64 * f64::EPSILON * pivot.abs();
        for k in 0..j {
            pivot -= matrix[j * n + k] * matrix[j * n + k];
        }
        if pivot.is_nan() || pivot <= floor {
            return false;
        }
        let pivot = pivot.sqrt();
        matrix[j * n + j] = pivot;
        for i in j + 1..n {
            let mut entry = matrix[i * n + j];
            for k in 0..j {
                entry -= matrix[i * n + k] * matrix[j * n + k];
            }
            matrix[i * n + j] = entry / pivot;
        }
    }
    for i in 0..n {
        for k in 0..i {
            rhs[i] -= matrix[i * n + k] * rhs[k];
        }
        rhs[i] /= matrix[i * n + i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            rhs[i] -= matrix[k * n + i] * rhs[k];
        }
        rhs[i] /= matrix[i * n + i];
    }
    true
}

impl UpdateRule for NaturalGradient {
    type State = ();
    const NEEDS: Needs = Needs::Metric;

    fn method(&self) -> &'static str {
        "natural-gradient"
    }

    fn check(&self, _num_params: usize) -> Result<()> {
        require_positive("the learning rate", self.learning_rate)?;
        require(self.lambda >= 0.0, "lambda", self.lambda, "it must be at least 0")
    }

    fn step(
        &self,
        _state: &mut (),
        point: &Point,
        _iteration: usize,
        evaluator: &mut Evaluator<'_>,
        bounds: &Bounds,
    ) -> Result<Point, Halt> {
        let n = point.x.len();
        let mut metric = evaluator.metric(&point.x)?;
        let mut direction = point.gradient.clone();
        for i in 0..n {
            if bounds.holds(i, point.x[i], direction[i]) {
                // A parameter held at its bound leaves the system.
                direction[i] = 0.0;
                for k in 0..n {
                    metric[i * n + k] = 0.0;
                    metric[k * n + i] = 0.0;
                }
                metric[i * n + i] = 1.0;
            }
            metric[i * n + i] += self.lambda;
        }
        if !cholesky_solve(&mut metric, &mut direction) {
            return Err(Halt::Error(Error::Invalid {
                what: "the metric tensor with lambda on its diagonal".into(),
                value: "not positive definite".into(),
                expected: format!("use a larger lambda than {}", self.lambda),
            }));
        }
        evaluator.descend(point, direction.iter().map(|d| self.learning_rate * d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::*;

    /// f = xᵀAx/2, with A as its own metric.
    struct Quadratic(Vec<f64>);

    impl Objective for Quadratic {
        fn num_params(&self) -> usize {
            2
        }

        fn value(&mut self, x: &[f64]) -> Result<f64> {
            self.value_and_gradient(x, &mut [0.0; 2])
        }

        fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
            gradient[0] = self.0[0] * x[0] + self.0[1] * x[1];
            gradient[1] = self.0[2] * x[0] + self.0[3] * x[1];
            Ok((gradient[0] * x[0] + gradient[1] * x[1]) / 2.0)
        }

        fn has_gradient(&self) -> bool {
            true
        }

        fn metric(&mut self, _x: &[f64]) -> Result<Vec<f64>> {
            Ok(self.0.clone())
        }

        fn has_metric(&self) -> bool {
            true
        }
    }

    #[test]
    fn with_the_hessian_as_metric_it_is_newtons_method() {
        let newton = NaturalGradient { learning_rate: 1.0, lambda: 0.0 };
        let mut objective = Quadratic(vec![100.0, 3.0, 3.0, 0.1]);
        let outcome = newton.minimize(&mut objective, &[1.0, -2.0], &mut Stopping::new()).unwrap();
        assert!(outcome.iterations <= 2 && outcome.x.iter().all(|x| x.abs() < 1e-12));
        assert_eq!(outcome.metric_evaluations, outcome.iterations);
    }

    #[test]
    fn a_singular_metric_needs_lambda() {
        let mut objective = Quadratic(vec![1.0, 1.0, 1.0, 1.0]);
        let bare = NaturalGradient { learning_rate: 0.5, lambda: 0.0 };
        let error = bare.minimize(&mut objective, &[1.0, 0.5], &mut Stopping::new()).unwrap_err();
        assert!(error.to_string().contains("larger lambda"), "{error}");
        let regular = NaturalGradient { lambda: 1e-3, ..bare };
        let outcome = regular.minimize(&mut objective, &[1.0, 0.5], &mut Stopping::new()).unwrap();
        assert!(outcome.converged(), "{}", outcome.stop);
    }
}
