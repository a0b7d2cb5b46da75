//! Gradients as objectives of optimizers.

use super::{Adjoint, Gradient, MetricTensor, metric_tensor};
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use crate::optimize::Objective;
use serde_json::Value;

/// The metric of a gradient method at some parameters.
type Metric<G> = fn(&mut G, &[f64]) -> Result<Vec<f64>>;

/// ⟨H⟩ with its gradient as an [`Objective`]; from an [`Adjoint`] also with the metric that the
/// natural gradient needs.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::gradient::GradientObjective;
/// use ketlab::optimize::{OptimizerKind, Stopping};
/// let mut ansatz = ketlab::Circuit::new(1);
/// let theta = ansatz.param("theta");
/// ansatz.ry(theta, 0);
/// let energy = Simulator::new().adjoint(&ansatz, &["Z0".parse()?])?;
/// let mut objective = GradientObjective::from(energy);
/// let outcome =
///     OptimizerKind::Lbfgs.optimizer().minimize(&mut objective, &[0.4], &mut Stopping::new())?;
/// assert!((outcome.value + 1.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct GradientObjective<G> {
    gradient: G,
    metric: Option<Metric<G>>,
}

impl<G: Gradient> GradientObjective<G> {
    /// Without a metric.
    pub fn new(gradient: G) -> Self {
        GradientObjective { gradient, metric: None }
    }

    /// The gradient method, for its cost.
    pub fn gradient(&self) -> &G {
        &self.gradient
    }

    /// The gradient method.
    pub fn gradient_mut(&mut self) -> &mut G {
        &mut self.gradient
    }
}

impl From<Adjoint> for GradientObjective<Adjoint> {
    fn from(gradient: Adjoint) -> Self {
        let metric: Metric<Adjoint> = |g, params| metric_tensor(g, params, MetricTensor::Full);
        GradientObjective { gradient, metric: Some(metric) }
    }
}

impl<G: Gradient> Objective for GradientObjective<G> {
    fn num_params(&self) -> usize {
        self.gradient.num_params()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.gradient.value(x)
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.gradient.value_and_gradient(x, gradient)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        match self.metric {
            Some(metric) => metric(&mut self.gradient, x),
            None => Err(Error::Unsupported {
                method: self.gradient.method(),
                operation: "a metric".into(),
                hint: "the adjoint gradient has one".into(),
            }),
        }
    }

    fn has_metric(&self) -> bool {
        self.metric.is_some()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.gradient.fingerprint()
    }

    fn save(&self) -> Value {
        self.gradient.save()
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.gradient.restore(state)
    }
}
