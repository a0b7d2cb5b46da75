//! Functions on the unit cube, for the classical methods that evaluate one.

use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use rand::RngExt;
use std::fmt;
use std::sync::Arc;

/// A function on the unit cube.
pub type Function = Arc<dyn Fn(&[f64]) -> f64 + Send + Sync>;

/// Most qubits of a grid.
const MAX_GRID_QUBITS: usize = 24;

/// A function f: [0, 1]^d → [0, 1] whose mean is the amplitude.
///
/// ```
/// use ketlab::estimation::Integrand;
/// let f = Integrand::new("x²", 1, |x| x[0] * x[0])?.with_mean(1.0 / 3.0);
/// assert_eq!(f.evaluate(&[0.5])?, 0.25);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Clone)]
pub struct Integrand {
    name: String,
    dimension: usize,
    function: Function,
    mean: Option<f64>,
    control: Option<ControlIntegrand>,
}

/// A function like the integrand, whose mean is known.
#[derive(Clone)]
pub(in crate::estimation) struct ControlIntegrand {
    pub function: Function,
    pub mean: f64,
}

impl Integrand {
    /// A function of `dimension` numbers in [0, 1) with values in [0, 1].
    ///
    /// # Errors
    /// If there is no dimension, or more than 64.
    pub fn new(
        name: impl Into<String>,
        dimension: usize,
        function: impl Fn(&[f64]) -> f64 + Send + Sync + 'static,
    ) -> Result<Self> {
        if !(1..=64).contains(&dimension) {
            return Err(Error::Invalid {
                what: "the dimension of an integrand".into(),
                value: dimension.to_string(),
                expected: "it must be from 1 to 64".into(),
            });
        }
        let (name, function) = (name.into(), Arc::new(function) as Function);
        Ok(Integrand { name, dimension, function, mean: None, control: None })
    }

    /// States its exact mean, which errors are then measured against.
    pub fn with_mean(self, mean: f64) -> Self {
        Integrand { mean: Some(mean), ..self }
    }

    /// Gives a control variate: a function that resembles it, with its exact mean.
    pub fn with_control(
        self,
        function: impl Fn(&[f64]) -> f64 + Send + Sync + 'static,
        mean: f64,
    ) -> Self {
        Integrand { control: Some(ControlIntegrand { function: Arc::new(function), mean }), ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Its exact mean, if stated.
    pub fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// Its control variate, if given.
    pub(in crate::estimation) fn control(&self) -> Option<&ControlIntegrand> {
        self.control.as_ref()
    }

    /// Its value.
    ///
    /// # Errors
    /// If a value is outside [0, 1], which no probability can be.
    pub fn evaluate(&self, x: &[f64]) -> Result<f64> {
        let value = (self.function)(x);
        // A value may leave the interval by rounding.
        if (-1e-12..=1.0 + 1e-12).contains(&value) {
            return Ok(value.clamp(0.0, 1.0));
        }
        Err(Error::Invalid {
            what: format!("the integrand `{}` at {x:?}", self.name),
            value: value.to_string(),
            expected: "its values must be from 0 to 1; scale it, and scale the result back by \
                       post-processing"
                .into(),
        })
    }

    /// What decides the classical estimates, for checkpoints: a function is known by its values, at 64
    /// points.
    pub(in crate::estimation) fn fingerprint(&self) -> Fingerprint {
        let mut rng = Streams::new(0, Domain::Estimation).stream(0);
        let mut point = || (0..self.dimension).map(|_| rng.random()).collect();
        let points: Vec<Vec<f64>> = (0..64).map(|_| point()).collect();
        let values = |f: &Function| points.iter().map(|x| f(x)).collect::<Vec<f64>>();
        let control = self.control.as_ref().map(|c| (values(&c.function), c.mean));
        Fingerprint::new()
            .with("integrand", &values(&self.function))
            .with("control variate", &control)
    }

    /// Its values at the midpoints of a grid of 2^`qubits` cells a dimension, the first dimension's
    /// qubits least significant.
    pub(in crate::estimation) fn on_grid(&self, qubits: usize) -> Result<Vec<f64>> {
        let total = qubits.saturating_mul(self.dimension);
        if self.dimension > MAX_GRID_QUBITS {
            return Err(Error::Invalid {
                what: format!("the dimension of the integrand `{}`", self.name),
                value: self.dimension.to_string(),
                expected: format!("a grid for the quantum methods has at most {MAX_GRID_QUBITS}"),
            });
        }
        if qubits == 0 || total > MAX_GRID_QUBITS {
            return Err(Error::Invalid {
                what: "the number of qubits a dimension".into(),
                value: qubits.to_string(),
                expected: format!(
                    "with {} dimensions it must be from 1 to {}",
                    self.dimension,
                    MAX_GRID_QUBITS / self.dimension
                ),
            });
        }
        let cells = (1u64 << qubits) as f64;
        let mut x = vec![0.0; self.dimension];
        (0..1u64 << total)
            .map(|index| {
                for (d, x) in x.iter_mut().enumerate() {
                    let cell = index >> (d * qubits) & ((1 << qubits) - 1);
                    *x = (cell as f64 + 0.5) / cells;
                }
                self.evaluate(&x)
            })
            .collect()
    }
}

impl fmt::Debug for Integrand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on [0, 1]^{}", self.name, self.dimension)
    }
}
