//! Losses that are functions of several means, with exact gradients.

use super::{Adjoint, Cost, Gradient, Objective};
use crate::error::Result;
use crate::math::Fingerprint;
use serde_json::Value;

/// A loss L(E_1, …, E_m) of the means of an [`Adjoint`]'s observables, with its exact gradient: one
/// run forwards, then one backwards for all observables at once (the chain rule, Σ_j ∂L/∂E_j dE_j, is
/// the derivative of one observable Σ_j ∂L/∂E_j O_j). The closure gets the means, writes the
/// derivatives ∂L/∂E_j, and returns L.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::gradient::Loss;
/// use ketlab::optimize::{Optimizer, OptimizerKind, Stopping};
/// let mut circuit = ketlab::Circuit::new(2);
/// let theta = circuit.param_vector("theta", 2);
/// circuit.ry(theta[0], 0).cx(0, 1).ry(theta[1], 1);
/// let adjoint = Simulator::new().adjoint(&circuit, &["Z0".parse()?, "Z1".parse()?])?;
/// // Half the squared distance of (⟨Z0⟩, ⟨Z1⟩) from what was measured.
/// let measured = [0.3, -0.2];
/// let squared = move |means: &[f64], derivatives: &mut [f64]| {
///     for j in 0..2 {
///         derivatives[j] = means[j] - measured[j];
///     }
///     derivatives.iter().map(|d| 0.5 * d * d).sum::<f64>()
/// };
/// let mut objective = Loss::new(adjoint, squared);
/// let lbfgs = OptimizerKind::Lbfgs.optimizer();
/// let fit = lbfgs.minimize(&mut objective, &[0.7, 0.9], &mut Stopping::new())?;
/// assert!(fit.value < 1e-12, "{}", fit.stop);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct Loss<F> {
    adjoint: Adjoint,
    loss: F,
    means: Vec<f64>,
    derivatives: Vec<f64>,
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Loss<F> {
    /// Of these observables' means.
    pub fn new(adjoint: Adjoint, loss: F) -> Self {
        let zeros = vec![0.0; adjoint.num_observables()];
        Loss { adjoint, loss, means: zeros.clone(), derivatives: zeros }
    }

    /// The adjoint method.
    pub fn adjoint(&self) -> &Adjoint {
        &self.adjoint
    }

    /// The means E_1, …, E_m of the last call.
    pub fn means(&self) -> &[f64] {
        &self.means
    }
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Objective for Loss<F> {
    fn num_params(&self) -> usize {
        self.adjoint.num_params()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        self.adjoint.values(params, &mut self.means)?;
        self.derivatives.fill(0.0);
        Ok((self.loss)(&self.means, &mut self.derivatives))
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let Loss { adjoint, loss, means, derivatives } = self;
        derivatives.fill(0.0);
        adjoint.pull_back_loss(params, (means, derivatives), loss, gradient)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    /// Of circuit and observables; the closure is the caller's.
    fn fingerprint(&self) -> Fingerprint {
        self.adjoint.fingerprint()
    }

    fn save(&self) -> Value {
        self.adjoint.save()
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.adjoint.restore(state)
    }
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Gradient for Loss<F> {
    fn method(&self) -> &'static str {
        "adjoint"
    }

    fn cost(&self) -> Cost {
        self.adjoint.cost()
    }
}
