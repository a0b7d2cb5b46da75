//! Training: starts, the optimizer, what is fixed, history, checkpoints.

use super::learner::{Learner, Seen};
use super::loss::{Loss, RelativeEntropy};
use super::machine::BoltzmannMachine;
use super::sampled::{SampledMoments, Samples};
use super::target::Target;
use super::trained::{Fit, Start, Trained, history};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch};
use crate::optimize::{Iterate, Optimizer, OptimizerKind, Outcome, Stopping};
use rand::RngExt;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Streams of starts, apart from those of data.
const STARTS: u64 = 1 << 32;
/// Parameters of a random start are within this.
const START_SIZE: f64 = 0.5;
/// How far a parameter moves in an iteration of sampled moments.
const SAMPLED_RATE: f64 = 0.1;
/// A field that the bound leaves below this has been trained away.
const NO_FIELD: f64 = 1e-2;

/// How a machine is trained: which loss, from how many starts, with which penalty, bounds and limits.
///
/// ```
/// use ketlab::boltzmann::{Architecture, Loss, Training, data};
/// let data = data::bernoulli_mixture(4, &[4, 7, 2, 2], 0.9)?;
/// let training = Training::new(Loss::Likelihood).seed(1);
/// let quantum = training.run(&Architecture::quantum(4, 0).machine()?, &data.clone().into())?;
/// let classical = training.run(&Architecture::quantum(4, 0).classical().machine()?, &data.into())?;
/// assert!((classical.kl - 0.009911).abs() < 1e-6 && quantum.kl < 0.003652);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Training {
    loss: Loss,
    restarts: u64,
    seed: u64,
    penalty: f64,
    size: Option<f64>,
    fixed: Vec<(String, f64)>,
    start: Option<Vec<f64>>,
    max_iterations: usize,
    gradient_tolerance: f64,
    optimizer: Option<(OptimizerKind, serde_json::Value)>,
    samples: Option<Samples>,
    checkpoint: Option<PathBuf>,
    resume: bool,
    watch: Watch,
}

impl Training {
    /// By exact moments and L-BFGS, from one random start of seed 0, until the gradient is 1e-8 or
    /// 1000 iterations are done.
    pub fn new(loss: Loss) -> Self {
        Training {
            loss,
            restarts: 0,
            seed: 0,
            penalty: 0.0,
            size: None,
            fixed: Vec::new(),
            start: None,
            max_iterations: 1000,
            gradient_tolerance: 1e-8,
            optimizer: None,
            samples: None,
            checkpoint: None,
            resume: false,
            watch: Watch::default(),
        }
    }

    /// From this many random starts more; the best is kept.
    pub fn restarts(self, restarts: u64) -> Self {
        Training { restarts, ..self }
    }

    /// The seed of starts and samples.
    pub fn seed(self, seed: u64) -> Self {
        Training { seed, ..self }
    }

    /// Adds λ/2 Σ θ² of the parameters that are not fixed. Some best parameters are infinite, as those
    /// of a law with impossible strings: a penalty or a box keeps them in bounds.
    pub fn l2(self, lambda: f64) -> Self {
        Training { penalty: lambda, ..self }
    }

    /// Keeps every parameter that is not fixed within ±`size`.
    pub fn within(self, size: f64) -> Self {
        Training { size: Some(size), ..self }
    }

    /// Keeps a parameter at a value; a name of a family (`gamma`, `b`, `w`) fixes all of it.
    pub fn fix(mut self, name: impl Into<String>, value: f64) -> Self {
        self.fixed.push((name.into(), value));
        self
    }

    /// The first start, instead of a random one.
    pub fn start(self, parameters: Vec<f64>) -> Self {
        Training { start: Some(parameters), ..self }
    }

    /// The most iterations of a start.
    pub fn max_iterations(self, limit: usize) -> Self {
        Training { max_iterations: limit, ..self }
    }

    /// Ends a start where the norm of the gradient is this.
    pub fn gradient_tolerance(self, tolerance: f64) -> Self {
        Training { gradient_tolerance: tolerance, ..self }
    }

    /// Another optimizer, with its settings ([`OptimizerKind::with_settings`]).
    pub fn optimizer(self, method: OptimizerKind, settings: serde_json::Value) -> Self {
        Training { optimizer: Some((method, settings)), ..self }
    }

    /// Moments of the machine from samples instead of its exact state: for [`Loss::Bound`] with fixed
    /// transverse fields. Adam follows the gradients, and the answer is the mean of the last half of
    /// the iterations.
    pub fn sampled(self, samples: Samples) -> Self {
        Training { samples: Some(samples), ..self }
    }

    /// Keeps the optimizer's state in this file, of start k > 0 in `<file>.k`; with `resume`, goes on
    /// from there, to the same bits as without an interruption.
    pub fn checkpoint(self, path: impl Into<PathBuf>, resume: bool) -> Self {
        Training { checkpoint: Some(path.into()), resume, ..self }
    }

    /// Ends when it is cancelled: the best so far is the answer.
    pub fn watch(self, watch: &Watch) -> Self {
        Training { watch: watch.clone(), ..self }
    }

    /// What is minimized.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    pub(super) fn seed_value(&self) -> u64 {
        self.seed
    }

    /// The same training of another machine: what is fixed there and what it begins with, if it has
    /// these parameters, and checkpoints with a name of their own.
    pub(super) fn for_machine(&self, machine: &BoltzmannMachine, loss: Loss, suffix: &str) -> Self {
        let mut training = Training { loss, ..self.clone() };
        training.fixed.retain(|(fixed, _)| machine.names().any(|name| names(fixed, name)));
        training.start = training.start.filter(|s| s.len() == machine.parameters().len());
        training.checkpoint = training.checkpoint.map(|path| with_suffix(&path, suffix));
        training
    }

    /// Trains.
    ///
    /// # Errors
    /// If machine and data differ in visible units; if a setting makes no sense; those of the exact
    /// state ([`Error::Unsupported`]), of the optimizer and of checkpoints; [`Error::Interrupted`] if no
    /// iteration was finished.
    pub fn run(&self, machine: &BoltzmannMachine, target: &Target) -> Result<Trained> {
        self.run_telling(machine, target, |_, _| {})
    }

    /// The same; tells the number of the start and where its optimizer is after every iteration.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_telling(
        &self,
        machine: &BoltzmannMachine,
        target: &Target,
        mut tell: impl FnMut(u64, &Iterate<'_>),
    ) -> Result<Trained> {
        self.check(machine, target)?;
        let fixed = self.fixed_values(machine)?;
        let mut best: Option<(Outcome, Vec<Seen>, usize)> = None;
        let mut starts = Vec::new();
        for number in 0..=self.restarts {
            if self.watch.is_cancelled() && best.is_some() {
                break;
            }
            let first = self.first(machine, &fixed, number)?;
            let begun = self.minimized_from(machine, target, &fixed, (number, &first), &mut tell);
            let (outcome, seen) = match begun {
                // What earlier starts found is kept.
                Err(Error::Interrupted) if best.is_some() => break,
                begun => begun?,
            };
            starts.push(Start {
                number,
                value: outcome.best_value,
                iterations: outcome.iterations,
                evaluations: outcome.evaluations,
                stop: outcome.stop.clone(),
                resumed_from: outcome.resumed_from,
                checkpoint_error: outcome.checkpoint_error.clone(),
                seconds: outcome.seconds,
            });
            if best.as_ref().is_none_or(|(b, _, _)| outcome.best_value < b.best_value) {
                best = Some((outcome, seen, starts.len() - 1));
            }
        }
        let (outcome, seen, kept) = best.expect("there is at least one start");
        self.finish(machine, target, (outcome, seen, kept), starts)
    }

    fn minimized_from(
        &self,
        machine: &BoltzmannMachine,
        target: &Target,
        fixed: &[Option<f64>],
        (number, first): (u64, &[f64]),
        tell: &mut impl FnMut(u64, &Iterate<'_>),
    ) -> Result<(Outcome, Vec<Seen>)> {
        let free: Vec<bool> = fixed.iter().map(Option::is_none).collect();
        let sampled = match self.samples {
            Some(samples) => {
                let seed = Streams::new(self.seed, Domain::Boltzmann).stream(STARTS | number);
                let seed = { seed }.random();
                let tail = self.max_iterations / 2;
                let (free, watch) = (&free, &self.watch);
                Some(SampledMoments::new(machine, target, free, (samples, seed, tail), watch)?)
            }
            None => None,
        };
        let penalty = (self.penalty, free);
        let mut learner = Learner::new(machine, target, self.loss, penalty, sampled, &self.watch)?;
        let bounds = fixed.iter().map(|value| match (value, self.size) {
            (Some(value), _) => (*value, *value),
            (None, Some(size)) => (-size, size),
            (None, None) => (f64::NEG_INFINITY, f64::INFINITY),
        });
        let mut stopping = Stopping::new()
            .max_iterations(self.max_iterations)
            .gradient_tolerance(self.gradient_tolerance)
            .bounds(bounds.collect())
            .callback(|progress| {
                tell(number, progress);
                !self.watch.is_cancelled()
            });
        if let Some(path) = &self.checkpoint {
            let path = numbered_path(path, number);
            let resume = self.resume && path.exists();
            stopping = stopping.checkpoint(&path, 10);
            stopping = if resume { stopping.resume(&path) } else { stopping };
        }
        let mut outcome = self.method()?.minimize(&mut learner, first, &mut stopping)?;
        drop(stopping);
        if let Some(mean) = learner.mean_of_tail() {
            outcome.best_x = mean;
            // The lowest of noisy values is a lucky one.
            outcome.best_value = outcome.value;
        }
        Ok((outcome, learner.seen))
    }

    fn method(&self) -> Result<Box<dyn Optimizer>> {
        match (&self.optimizer, self.samples) {
            (Some((method, settings)), _) => method.with_settings(settings),
            (None, None) => Ok(OptimizerKind::Lbfgs.optimizer()),
            (None, Some(_)) => {
                OptimizerKind::Adam.with_settings(&json!({ "learning_rate": SAMPLED_RATE }))
            }
        }
    }

    fn finish(
        &self,
        machine: &BoltzmannMachine,
        target: &Target,
        (outcome, seen, kept): (Outcome, Vec<Seen>, usize),
        starts: Vec<Start>,
    ) -> Result<Trained> {
        let mut trained = machine.clone();
        trained.set_parameters(&outcome.best_x)?;
        let measured = target.measured()?;
        let entropy = measured.entropy();
        let fit = match Fit::of(&trained, &measured) {
            Ok(fit) => Some(fit),
            Err(Error::Unsupported { .. }) if self.samples.is_some() => None,
            Err(error) => return Err(error),
        };
        let relative_entropy = self.relative_entropy(&trained, target)?;
        let history = history(&outcome, &seen, entropy);
        let warnings = self.warnings(&trained, &outcome);
        Ok(Trained {
            loss: self.loss,
            value: outcome.best_value,
            kl: fit.map_or(f64::NAN, |fit| fit.negative_log_likelihood - entropy),
            negative_log_likelihood: fit.map_or(f64::NAN, |fit| fit.negative_log_likelihood),
            moment_error: fit.map_or(f64::NAN, |fit| fit.moment_error),
            data_entropy: entropy,
            relative_entropy,
            interrupted: self.watch.is_cancelled(),
            machine: trained,
            history,
            kept,
            starts,
            warnings,
        })
    }

    /// S(η‖ρ) to a target that is a state.
    fn relative_entropy(&self, machine: &BoltzmannMachine, target: &Target) -> Result<Option<f64>> {
        if matches!(target, Target::Law(_)) {
            return Ok(None);
        }
        // What was cancelled is judged all the same.
        match RelativeEntropy::new(machine, target, &Watch::default()) {
            Ok(loss) => Ok(Some(loss.evaluate(machine.parameters(), false)?.value)),
            Err(Error::Unsupported { .. } | Error::Invalid { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn warnings(&self, machine: &BoltzmannMachine, outcome: &Outcome) -> Vec<String> {
        let mut warnings = Vec::new();
        let fields: Vec<_> = machine
            .terms()
            .iter()
            .zip(machine.parameters())
            .filter(|(term, _)| !term.operator.is_diagonal() && !self.is_fixed(&term.name))
            .collect();
        if self.loss == Loss::Bound && machine.num_hidden() == 0 && !fields.is_empty() {
            let size = fields.iter().map(|(_, theta)| theta.abs()).fold(0.0, f64::max);
            let found = if size < NO_FIELD {
                "it was trained away".into()
            } else {
                format!("here it is {size:.3}")
            };
            warnings.push(format!(
                "the bound of a machine without hidden units is lowest without a transverse field, \
                 where it is a classical machine ({found}): train the likelihood, or fix the field"
            ));
        }
        if let Some(size) = self.size {
            let free = machine.names().zip(machine.parameters()).filter(|p| !self.is_fixed(p.0));
            match free.filter(|(_, theta)| theta.abs() >= size).count() {
                0 => {}
                1 => warnings.push(format!("1 parameter is at the box of ±{size}")),
                at => warnings.push(format!("{at} parameters are at the box of ±{size}")),
            }
        }
        if !outcome.converged() && self.samples.is_none() {
            warnings
                .push(format!("{}; the KL divergence is what this effort came to", outcome.stop));
        }
        warnings
    }

    fn check(&self, machine: &BoltzmannMachine, target: &Target) -> Result<()> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if target.num_units() != machine.num_visible() {
            let value = machine.num_visible().to_string();
            let expected = format!("the data have {} bits", target.num_units());
            return invalid("the number of visible units", value, expected);
        }
        if !(self.penalty >= 0.0 && self.penalty.is_finite()) {
            let expected = "it must be finite and not negative".into();
            return invalid("the factor of the L2 penalty", self.penalty.to_string(), expected);
        }
        if let Some(size) = self.size.filter(|size| !(*size > 0.0 && size.is_finite())) {
            let expected = "it must be positive and finite".into();
            return invalid("the size of the box", size.to_string(), expected);
        }
        if self.samples.is_some() && self.loss != Loss::Bound {
            let expected =
                "samples give the moments of the bound (`bound`), not the likelihood or \
                            ⟨X⟩; train by exact moments"
                    .into();
            return invalid("the objective of sampled moments", self.loss.to_string(), expected);
        }
        if let Some(samples) = self.samples
            && let Some((method, _)) = &self.optimizer
            && !method.bears_noise()
        {
            let expected = format!(
                "gradients from {} samples are noisy: adam, amsgrad, gradient-descent or momentum",
                samples.reads
            );
            return invalid("the optimizer", method.to_string(), expected);
        }
        Ok(())
    }

    fn is_fixed(&self, name: &str) -> bool {
        self.fixed.iter().any(|(fixed, _)| names(fixed, name))
    }

    /// The value of each parameter that is fixed.
    fn fixed_values(&self, machine: &BoltzmannMachine) -> Result<Vec<Option<f64>>> {
        for (fixed, value) in &self.fixed {
            if !value.is_finite() {
                return Err(Error::NotFinite {
                    what: format!("the value of `{fixed}`"),
                    value: *value,
                });
            }
            if !machine.names().any(|name| names(fixed, name)) {
                let all: Vec<_> = machine.names().collect();
                return Err(Error::unknown_name("parameter", fixed, "the machine has", &all));
            }
        }
        let value = |name: &str| self.fixed.iter().rev().find(|(f, _)| names(f, name)).map(|f| f.1);
        let values: Vec<_> = machine.names().map(value).collect();
        if values.iter().all(Option::is_some) {
            return Err(Error::Invalid {
                what: format!("the list of fixed parameters of a machine of {}", values.len()),
                value: "all of them".into(),
                expected: "training needs one that is free, in classical rivals, too".into(),
            });
        }
        Ok(values)
    }

    fn first(
        &self,
        machine: &BoltzmannMachine,
        fixed: &[Option<f64>],
        number: u64,
    ) -> Result<Vec<f64>> {
        let size = self.size.map_or(START_SIZE, |size| size.min(START_SIZE));
        let mut rng = Streams::new(self.seed, Domain::Boltzmann).stream(STARTS | number);
        let random = machine.terms().iter().map(|term| {
            let theta: f64 = rng.random_range(-size..size);
            // -Γ has the same state but for signs.
            if term.operator.is_diagonal() { theta } else { theta.abs() }
        });
        let mut first: Vec<f64> = random.collect();
        if let Some(given) = self.start.as_ref().filter(|_| number == 0) {
            machine.clone().set_parameters(given)?;
            first.clone_from(given);
        }
        first.iter_mut().zip(fixed).for_each(|(x, fixed)| *x = fixed.unwrap_or(*x));
        Ok(first)
    }
}

/// Whether a name that the caller gave is this one or its family's.
fn names(given: &str, name: &str) -> bool {
    name == given || name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_') == given
}

/// The file of a start.
fn numbered_path(path: &Path, number: u64) -> PathBuf {
    if number == 0 {
        return path.into();
    }
    with_suffix(path, &number.to_string())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{suffix}"));
    name.into()
}
