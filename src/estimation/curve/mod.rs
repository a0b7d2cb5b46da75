//! Error curves: methods against budgets or precisions, many times each.

mod bootstrap;
mod cell;
mod checkpoint;
mod crossover;
mod figure;
mod gain;
mod misses;
mod noise_table;
mod point;
mod result;
mod run;
mod slope;

pub use crossover::Crossover;
pub use figure::noise_figure;
pub use gain::Gain;
pub use misses::{MISS_FACTOR, Misses};
pub use noise_table::{Best, NoiseTable};
pub use point::{Measure, Point};
pub use result::{Curve, CurveResult, Skipped};
pub use slope::Slope;

use super::fit::{Setup, Target, curve_alpha};
use super::kind::EstimatorKind;
use crate::error::{Error, Result};
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::{check_alpha, check_epsilon};
use crate::estimation::problem::estimation_problem::EstimationProblem;
use crate::estimation::problem::experiment::{Experiment, check_kappa};
use crate::simulate::{Simulator, Watch};
use std::path::{Path, PathBuf};

/// Makes an estimator of one's own fit a target.
type Build = Box<dyn Fn(Target, &Setup) -> Result<Box<dyn AmplitudeEstimator>> + Send + Sync>;

/// A method of a curve.
enum Entry {
    Kind(EstimatorKind),
    Own(String, Build),
}

impl Entry {
    fn name(&self) -> String {
        match self {
            Entry::Kind(method) => method.to_string(),
            Entry::Own(name, _) => name.clone(),
        }
    }

    fn estimator(&self, target: Target, setup: &Setup) -> Result<Box<dyn AmplitudeEstimator>> {
        match self {
            Entry::Kind(method) => method.estimator(target, setup),
            Entry::Own(_, build) => build(target, setup),
        }
    }

    /// Which of the methods it is, if it is none of one's own.
    fn method(&self) -> Option<EstimatorKind> {
        match self {
            Entry::Kind(method) => Some(*method),
            Entry::Own(..) => None,
        }
    }

    /// The slope that theory expects: under noise, only of methods without Grover's operator.
    fn expected_slope(&self, kappa: f64) -> Option<f64> {
        match self {
            Entry::Kind(method) if method.is_quantum() && kappa < 1.0 => None,
            Entry::Kind(method) => method.expected_slope(),
            Entry::Own(..) => None,
        }
    }
}

/// How far a curve is.
#[derive(Debug, Clone)]
pub struct CurveProgress {
    /// Cells finished: one per method, target and problem.
    pub done: usize,
    /// Cells in all.
    pub all: usize,
    /// The method at work.
    pub method: String,
}

/// Called before each cell.
type OnProgress<'a> = Box<dyn Fn(&CurveProgress) + Sync + 'a>;

/// Errors of methods against their cost: every method at every budget or precision, repeated on each
/// problem with its own seed.
///
/// Each point has the median of the absolute errors, which says what a typical run does, and their root
/// mean square, which says what one pays for on average and which rare large errors decide; and it says
/// how many and how large these are ([`Misses`]).
///
/// ```
/// use ketlab::estimation::{ErrorCurve, EstimationProblem, Measure, EstimatorKind};
/// let result = ErrorCurve::new([EstimationProblem::bernoulli(0.2)?])?
///     .methods(&[EstimatorKind::Mlae, EstimatorKind::MonteCarlo])
///     .budgets(&[1000, 10_000, 100_000])?
///     .repeats(50)?
///     .seed(7)
///     .run()?;
/// let slope = |method: &str| result.curve(method).unwrap().slope(Measure::Rmse).unwrap().value;
/// assert!(slope("mlae") < -0.8 && slope("monte-carlo") > -0.65);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct ErrorCurve<'a> {
    problems: Vec<EstimationProblem>,
    entries: Vec<Entry>,
    targets: Vec<Target>,
    repeats: usize,
    seed: u64,
    alpha: Option<f64>,
    kappa: f64,
    full_circuits: Option<Simulator>,
    watch: Watch,
    progress: Option<OnProgress<'a>>,
    checkpoint: Option<PathBuf>,
    resume: bool,
}

impl<'a> ErrorCurve<'a> {
    /// A curve over these problems: errors are summed up over all of them.
    ///
    /// # Errors
    /// If there is no problem.
    pub fn new(problems: impl IntoIterator<Item = EstimationProblem>) -> Result<Self> {
        let problems: Vec<EstimationProblem> = problems.into_iter().collect();
        check_any("problems", problems.len())?;
        Ok(ErrorCurve {
            problems,
            entries: Vec::new(),
            targets: [100, 1000, 10_000, 100_000].map(Target::Budget).into(),
            repeats: 100,
            seed: 0,
            alpha: None,
            kappa: 1.0,
            full_circuits: None,
            watch: Watch::default(),
            progress: None,
            checkpoint: None,
            resume: false,
        })
    }

    /// Adds methods.
    pub fn methods(mut self, methods: &[EstimatorKind]) -> Self {
        self.entries.extend(methods.iter().map(|&method| Entry::Kind(method)));
        self
    }

    /// Adds a method of one's own: what makes it fit a target under a setup.
    pub fn estimator(
        mut self,
        name: impl Into<String>,
        build: impl Fn(Target, &Setup) -> Result<Box<dyn AmplitudeEstimator>> + Send + Sync + 'static,
    ) -> Self {
        self.entries.push(Entry::Own(name.into(), Box::new(build)));
        self
    }

    /// Sets budgets: uses of A.
    ///
    /// # Errors
    /// If there is no budget.
    pub fn budgets(self, budgets: &[u64]) -> Result<Self> {
        check_any("budgets", budgets.len())?;
        let targets = budgets.iter().map(|&b| Target::Budget(b)).collect();
        Ok(ErrorCurve { targets, ..self })
    }

    /// Sets target precisions instead.
    ///
    /// # Errors
    /// If there is no precision, or one is outside [1e-9, 0.5].
    pub fn precisions(self, precisions: &[f64]) -> Result<Self> {
        check_any("precisions", precisions.len())?;
        precisions.iter().try_for_each(|&e| check_epsilon(e))?;
        let targets = precisions.iter().map(|&e| Target::Precision(e)).collect();
        Ok(ErrorCurve { targets, ..self })
    }

    /// Sets how often each method runs at each target on each problem.
    ///
    /// # Errors
    /// If there are no repeats.
    pub fn repeats(self, repeats: usize) -> Result<Self> {
        check_any("repeats", repeats)?;
        Ok(ErrorCurve { repeats, ..self })
    }

    /// Sets the seed. The same seed gives the same curve at any number of threads.
    pub fn seed(self, seed: u64) -> Self {
        ErrorCurve { seed, ..self }
    }

    /// Sets α, the probability that an interval may miss, for all methods. Where it is not set, it is
    /// 0.05, but smaller for the iterative methods, whose next step is decided by their intervals: a
    /// miss leads them astray, and at 0.05 such runs decide the root mean squared error. They get
    /// (10/N)² for a budget N, or (ε/6)² for a precision ε, and pay for it by a factor of about ln(1/α)
    /// in uses. [`Point::alpha`] is what a point has got.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(ErrorCurve { alpha: Some(alpha), ..self })
    }

    /// Sets the fidelity κ of a Grover step, which is the noise of the measurements.
    ///
    /// # Errors
    /// If the fidelity is outside [0, 1].
    pub fn kappa(self, kappa: f64) -> Result<Self> {
        check_kappa(kappa)?;
        Ok(ErrorCurve { kappa, ..self })
    }

    /// What a method is told at a target.
    fn setup(&self, entry: &Entry, target: Target) -> Setup {
        let alpha = self.alpha.unwrap_or_else(|| curve_alpha(entry.method(), target));
        Setup { alpha, kappa: self.kappa }
    }

    /// Runs full circuits by this simulator instead of drawing from the exact law, with a channel for the
    /// [`kappa`](Self::kappa) behind every Grover step.
    pub fn full_circuits(self, simulator: Simulator) -> Self {
        ErrorCurve { full_circuits: Some(simulator), ..self }
    }

    /// Lets this handle end the run: what is finished is kept.
    pub fn watched(self, watch: &Watch) -> Self {
        ErrorCurve { watch: watch.clone(), ..self }
    }

    /// Reports progress.
    pub fn on_progress(self, progress: impl Fn(&CurveProgress) + Sync + 'a) -> Self {
        ErrorCurve { progress: Some(Box::new(progress)), ..self }
    }

    /// Writes every finished cell to this file, which must not exist yet unless the run resumes from
    /// it: a line each, some 150 bytes per repeat.
    pub fn checkpoint(self, path: impl AsRef<Path>) -> Self {
        ErrorCurve { checkpoint: Some(path.as_ref().into()), ..self }
    }

    /// Takes over what the checkpoint has, if there is one: cells of the same methods and targets. It
    /// must be of the same problems, repeats, seed, α and κ; methods and targets may be new.
    pub fn resume(self, resume: bool) -> Self {
        ErrorCurve { resume, ..self }
    }

    fn experiment(&self, problem: &EstimationProblem) -> Result<Experiment> {
        let experiment = match &self.full_circuits {
            None => problem.exact_law()?,
            Some(simulator) => problem.full_circuits(simulator.clone())?,
        };
        experiment.watched(self.watch.clone()).depolarizing(self.kappa)
    }
}

fn check_any(what: &str, count: usize) -> Result<()> {
    if count > 0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the number of {what} of an error curve"),
        value: "0".into(),
        expected: "it takes at least one".into(),
    })
}
