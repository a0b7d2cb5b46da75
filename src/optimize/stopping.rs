//! Limits, tolerances, bounds, progress and checkpoints of a minimization.

use crate::error::{Error, Result};
use std::fmt;
use std::path::PathBuf;

/// Where an optimizer stands after an iteration.
#[derive(Debug, Clone, Copy)]
pub struct Iterate<'a> {
    /// Completed iterations.
    pub iteration: usize,
    /// The point.
    pub x: &'a [f64],
    /// The objective there.
    pub value: f64,
    /// The lowest value met.
    pub best_value: f64,
    /// Norm of the projected gradient, where the method has it.
    pub gradient_norm: Option<f64>,
    /// Evaluations so far.
    pub evaluations: usize,
    /// Wall time so far, in seconds.
    pub seconds: f64,
}

/// When to stop, where to stay, whom to tell. Built up by its methods:
///
/// ```
/// use ketlab::optimize::Stopping;
///
/// let stopping = Stopping::new().max_iterations(200).gradient_tolerance(1e-6);
/// let stopping = stopping.callback(|progress| {
///     println!("{}: {}", progress.iteration, progress.value);
///     progress.seconds < 60.0
/// });
/// ```
pub struct Stopping<'a> {
    pub(super) max_iterations: usize,
    pub(super) max_evaluations: usize,
    pub(super) value_tolerance: Option<f64>,
    pub(super) gradient_tolerance: f64,
    pub(super) step_tolerance: Option<f64>,
    pub(super) bounds: Option<Vec<(f64, f64)>>,
    pub(super) callback: Option<Callback<'a>>,
    pub(super) checkpoint: Option<(PathBuf, usize)>,
    pub(super) resume: Option<PathBuf>,
    pub(super) fingerprint: String,
}

type Callback<'a> = Box<dyn FnMut(&Iterate<'_>) -> bool + 'a>;

impl Default for Stopping<'_> {
    fn default() -> Self {
        Stopping {
            max_iterations: 1000,
            max_evaluations: usize::MAX,
            value_tolerance: None,
            gradient_tolerance: 1e-8,
            step_tolerance: None,
            bounds: None,
            callback: None,
            checkpoint: None,
            resume: None,
            fingerprint: String::new(),
        }
    }
}

impl fmt::Debug for Stopping<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopping")
            .field("max_iterations", &self.max_iterations)
            .field("max_evaluations", &self.max_evaluations)
            .field("value_tolerance", &self.value_tolerance)
            .field("gradient_tolerance", &self.gradient_tolerance)
            .field("step_tolerance", &self.step_tolerance)
            .field("bounds", &self.bounds)
            .field("checkpoint", &self.checkpoint)
            .field("resume", &self.resume)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl<'a> Stopping<'a> {
    /// At most 1000 iterations, any number of evaluations, until the gradient norm is 1e-8.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops after this many iterations, those before a resume included.
    pub fn max_iterations(mut self, limit: usize) -> Self {
        self.max_iterations = limit;
        self
    }

    /// Stops before a call of the objective beyond this many.
    pub fn max_evaluations(mut self, limit: usize) -> Self {
        self.max_evaluations = limit;
        self
    }

    /// Stops when an iteration changes the value f by no more than `tolerance · max(1, |f|)`
    /// (SciPy's `ftol`). Off unless set: near a minimum the value stands still long before the
    /// parameters do. For Nelder-Mead it is a second condition, on the values of the simplex;
    /// BOBYQA and COBYLA do without.
    pub fn value_tolerance(mut self, tolerance: f64) -> Self {
        self.value_tolerance = Some(tolerance);
        self
    }

    /// Stops when the Euclidean norm of the gradient, projected on the bounds, is no more than
    /// `tolerance` (1e-8 unless set).
    pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.gradient_tolerance = tolerance;
        self
    }

    /// Does not stop for any gradient, not for one of 0 either: that of a mini-batch may vanish while
    /// the others do not.
    pub fn any_gradient(mut self) -> Self {
        self.gradient_tolerance = f64::NEG_INFINITY;
        self
    }

    /// Stops when no parameter changes by more than `tolerance` in an iteration. Unless set, 1e-10
    /// for Rotosolve and off for the others; SPSA, whose steps are random, ignores it. For
    /// Nelder-Mead it is the size of the simplex, for BOBYQA and COBYLA the final radius
    /// (1e-8 and 1e-6 unless set).
    pub fn step_tolerance(mut self, tolerance: f64) -> Self {
        self.step_tolerance = Some(tolerance);
        self
    }

    /// Lowest and highest value of each parameter; infinities leave a side open. Every point of the
    /// outcome lies within; only Rotosolve evaluates the objective outside, to know its sinusoids.
    pub fn bounds(mut self, bounds: Vec<(f64, f64)>) -> Self {
        self.bounds = Some(bounds);
        self
    }

    /// Called after every iteration; `false` stops with
    /// [`StopReason::Cancelled`](super::StopReason::Cancelled).
    pub fn callback(mut self, callback: impl FnMut(&Iterate<'_>) -> bool + 'a) -> Self {
        self.callback = Some(Box::new(callback));
        self
    }

    /// Writes a checkpoint to `path` every `interval` iterations and when the run ends, also by
    /// an error of the objective. The file is replaced in one step.
    pub fn checkpoint(mut self, path: impl Into<PathBuf>, interval: usize) -> Self {
        self.checkpoint = Some((path.into(), interval.max(1)));
        self
    }

    /// Continues from the checkpoint at `path` instead of the start.
    pub fn resume(mut self, path: impl Into<PathBuf>) -> Self {
        self.resume = Some(path.into());
        self
    }

    /// Identifies the objective (the circuit, the observable, the data) in checkpoints: one with
    /// another fingerprint is refused.
    pub fn fingerprint(mut self, fingerprint: impl Into<String>) -> Self {
        self.fingerprint = fingerprint.into();
        self
    }

    /// Refuses tolerances, bounds and a start that make no sense together.
    pub(super) fn check(&self, num_params: usize, start: &[f64]) -> Result<()> {
        let invalid = |what: String, value: String, expected: &str| {
            Err(Error::Invalid { what, value, expected: expected.into() })
        };
        let tolerances = [
            ("value tolerance", self.value_tolerance),
            (
                "gradient tolerance",
                Some(self.gradient_tolerance).filter(|tolerance| *tolerance != f64::NEG_INFINITY),
            ),
            ("step tolerance", self.step_tolerance),
        ];
        for (what, tolerance) in tolerances {
            if tolerance.is_some_and(|t| !(t >= 0.0 && t.is_finite())) {
                let value = tolerance.unwrap_or_default().to_string();
                return invalid(format!("the {what}"), value, "it must be finite and at least 0");
            }
        }
        if num_params == 0 {
            let expected = "there is nothing to optimize; evaluate the objective instead";
            return invalid("the number of parameters".into(), "0".into(), expected);
        }
        if start.len() != num_params {
            let expected = format!("the objective has {num_params} parameters");
            return invalid("the length of the start".into(), start.len().to_string(), &expected);
        }
        if let Some(bounds) = &self.bounds {
            if bounds.len() != num_params {
                let expected = format!("the objective has {num_params} parameters");
                let value = bounds.len().to_string();
                return invalid("the number of bounds".into(), value, &expected);
            }
            for (i, &(lower, upper)) in bounds.iter().enumerate() {
                let open = lower < f64::INFINITY && upper > f64::NEG_INFINITY;
                if !(lower <= upper && open) {
                    let value = format!("({lower}, {upper})");
                    let expected = "the lower one must not exceed the upper one";
                    return invalid(format!("the pair of bounds {i}"), value, expected);
                }
            }
        }
        for (i, &value) in start.iter().enumerate() {
            if !value.is_finite() {
                return Err(Error::NotFinite { what: format!("start value {i}"), value });
            }
            if let Some(bounds) = &self.bounds {
                let (lower, upper) = bounds[i];
                if value < lower || value > upper {
                    let expected = format!("its bounds are {lower} and {upper}");
                    return invalid(format!("start value {i}"), value.to_string(), &expected);
                }
            }
        }
        Ok(())
    }
}

/// The bounds as the methods use them; empty if there are none.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds(pub(super) Vec<(f64, f64)>);

impl Bounds {
    pub(super) fn of(stopping: &Stopping<'_>) -> Self {
        Bounds(stopping.bounds.clone().unwrap_or_default())
    }

    /// The bounds of parameter `i`.
    pub(super) fn get(&self, i: usize) -> (f64, f64) {
        self.0.get(i).copied().unwrap_or((f64::NEG_INFINITY, f64::INFINITY))
    }

    /// Whether `x` lies within.
    pub(super) fn contain(&self, x: &[f64]) -> bool {
        x.iter().zip(&self.0).all(|(x, (lower, upper))| (lower..=upper).contains(&x))
    }

    /// Moves `x` to the nearest point within.
    pub(super) fn project(&self, x: &mut [f64]) {
        for (x, &(lower, upper)) in x.iter_mut().zip(&self.0) {
            *x = x.clamp(lower, upper);
        }
    }

    /// Whether a bound keeps parameter `i` from moving against its gradient.
    pub(super) fn holds(&self, i: usize, x: f64, gradient: f64) -> bool {
        let (lower, upper) = self.get(i);
        (x <= lower && gradient > 0.0) || (x >= upper && gradient < 0.0)
    }

    /// Euclidean norm of the gradient without the parameters that a bound holds, and how many
    /// these are.
    pub(super) fn projected_norm(&self, x: &[f64], gradient: &[f64]) -> (f64, usize) {
        let (mut sum, mut held) = (0.0, 0);
        for (i, (&x, &g)) in x.iter().zip(gradient).enumerate() {
            if self.holds(i, x, g) {
                held += 1;
            } else {
                sum += g * g;
            }
        }
        (f64::sqrt(sum), held)
    }
}
