//! What is minimized.

use crate::error::{Error, Result};
use crate::math::Fingerprint;
use serde_json::Value;

/// A real function of `num_params` real parameters.
///
/// Methods take `&mut self`, so that an objective may keep caches, buffers and random streams.
/// Only [`value`](Objective::value) is required; a method that needs more says so by
/// [`Error::Unsupported`] before it spends anything.
pub trait Objective {
    /// Number of parameters.
    fn num_params(&self) -> usize;

    /// The function at `x`.
    fn value(&mut self, x: &[f64]) -> Result<f64>;

    /// The function at `x`; writes its gradient (length `num_params`) to `gradient`.
    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let _ = (x, gradient);
        Err(Error::Unsupported {
            method: "this objective",
            operation: "gradients".into(),
            hint: "use `spsa`, `rotosolve`, `nelder-mead`, `bobyqa` or `cobyla`".into(),
        })
    }

    /// Whether [`value_and_gradient`](Objective::value_and_gradient) works.
    fn has_gradient(&self) -> bool {
        false
    }

    /// The metric tensor at `x`, row-major `num_params` × `num_params`, symmetric and positive
    /// semidefinite; for pure states the Fubini-Study metric, a quarter of the quantum Fisher
    /// information.
    fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        let _ = x;
        Err(Error::Unsupported {
            method: "this objective",
            operation: "a metric tensor".into(),
            hint: "use a gradient method without metric: `lbfgs` or `adam`".into(),
        })
    }

    /// Whether [`metric`](Objective::metric) works.
    fn has_metric(&self) -> bool {
        false
    }

    /// All that decides the function: circuit, observable, data. Checkpoints of another one are
    /// refused. Nothing unless an objective says it; then
    /// [`Stopping::fingerprint`](super::Stopping::fingerprint) should.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
    }

    /// What it carries from call to call, for checkpoints: its account, how far its random streams
    /// are. Nothing unless an objective says it.
    fn save(&self) -> Value {
        Value::Null
    }

    /// Takes up what [`save`](Objective::save) returned, so that it goes on as if it had never
    /// stopped.
    ///
    /// # Errors
    /// If the state is not one of this objective.
    fn restore(&mut self, state: &Value) -> Result<()> {
        let _ = state;
        Ok(())
    }
}

/// What a closure of [`FnObjective`] may return: a number, or a [`Result`] with one.
pub trait IntoValue {
    /// The number.
    ///
    /// # Errors
    /// If the closure returned an error.
    fn into_value(self) -> Result<f64>;
}

impl IntoValue for f64 {
    fn into_value(self) -> Result<f64> {
        Ok(self)
    }
}

impl IntoValue for Result<f64> {
    fn into_value(self) -> Result<f64> {
        self
    }
}

/// The part of [`FnObjective`] that has no gradient.
#[derive(Debug, Clone, Copy)]
pub struct NoGradient;

/// An [`Objective`] from closures, which return numbers or [`Result`]s.
///
/// ```
/// use ketlab::optimize::{FnObjective, Optimizer, OptimizerKind, Stopping};
/// use ketlab::{Error, Result};
/// let measure = |x: &[f64]| -> Result<f64> {
///     if x[0] > 9.0 { Err(Error::Interrupted) } else { Ok((x[0] - 1.0).powi(2)) }
/// };
/// let mut objective = FnObjective::new(1, measure);
/// let cobyla = OptimizerKind::Cobyla.optimizer();
/// assert!((cobyla.minimize(&mut objective, &[0.0], &mut Stopping::new())?.x[0] - 1.0).abs() < 1e-3);
/// assert!(cobyla.minimize(&mut objective, &[9.5], &mut Stopping::new()).is_err());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FnObjective<V, G = NoGradient> {
    num_params: usize,
    value: V,
    gradient: G,
}

impl<V, R> FnObjective<V>
where
    V: FnMut(&[f64]) -> R,
    R: IntoValue,
{
    /// From the function alone.
    pub fn new(num_params: usize, value: V) -> Self {
        FnObjective { num_params, value, gradient: NoGradient }
    }
}

impl<V, G, R, S> FnObjective<V, G>
where
    V: FnMut(&[f64]) -> R,
    G: FnMut(&[f64], &mut [f64]) -> S,
    R: IntoValue,
    S: IntoValue,
{
    /// From the function, and a second closure that returns it and writes its gradient.
    pub fn with_gradient(num_params: usize, value: V, value_and_gradient: G) -> Self {
        FnObjective { num_params, value, gradient: value_and_gradient }
    }
}

impl<V, R> Objective for FnObjective<V>
where
    V: FnMut(&[f64]) -> R,
    R: IntoValue,
{
    fn num_params(&self) -> usize {
        self.num_params
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        (self.value)(x).into_value()
    }
}

impl<V, G, R, S> Objective for FnObjective<V, G>
where
    V: FnMut(&[f64]) -> R,
    G: FnMut(&[f64], &mut [f64]) -> S,
    R: IntoValue,
    S: IntoValue,
{
    fn num_params(&self) -> usize {
        self.num_params
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        (self.value)(x).into_value()
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        (self.gradient)(x, gradient).into_value()
    }

    fn has_gradient(&self) -> bool {
        true
    }
}
