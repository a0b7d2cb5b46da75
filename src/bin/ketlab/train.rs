//! What `vqe` and `qaoa` share: the optimizer's flags, its progress, its checkpoint.

use crate::messages;
use crate::noise_options::Training;
use crate::options::{MANY, count};
use crate::progress::{Progress, cancel_on_interrupt};
use anyhow::{Result, bail};
use ketlab::optimize::{Iterate, Optimizer, OptimizerKind, Outcome, Stopping};
use ketlab::simulate::{Estimate, Watch};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const OPTIMIZATION: &str = "Optimization";

/// SPSA's first step is this times the gradient over the range of the objective (radians).
const SPSA_FIRST_STEP: f64 = 0.2;
/// A tenth of some hundred iterations.
const SPSA_STABILITY: f64 = 10.0;

#[derive(clap::Args)]
pub struct Train {
    /// Optimizer: lbfgs, adam, amsgrad, gradient-descent, momentum, natural-gradient, spsa,
    /// rotosolve, nelder-mead, bobyqa, cobyla [default: lbfgs, or spsa with --shots, adam with
    /// trajectories]
    #[arg(long, value_name = "NAME", value_parser = method)]
    optimizer: Option<OptimizerKind>,
    /// Estimate every value from this many shots, as hardware does, instead of exactly; a gradient
    /// takes this many for each of its shifted circuits. What was found is measured once more at the
    /// end, with its standard error, and its exact value stands beside it
    #[arg(long, value_name = "N", conflicts_with = "noise", value_parser = count::<u64>(1..=MANY))]
    shots: Option<u64>,
    /// Maximum number of iterations of a minimization
    #[arg(help_heading = OPTIMIZATION, long, default_value_t = 1000, value_name = "N", value_parser = count::<usize>(0..=MANY))]
    max_iterations: usize,
    /// Maximum number of evaluations of a minimization [default: no limit]
    #[arg(help_heading = OPTIMIZATION, long, value_name = "N", value_parser = count::<usize>(0..=MANY))]
    max_evaluations: Option<usize>,
    /// Stop where the norm of the gradient is at most this
    #[arg(help_heading = OPTIMIZATION, long, default_value = "1e-8", value_name = "NORM")]
    gradient_tolerance: f64,
    /// Keep the optimizer's state in this file, which must not exist yet; it is written every tenth
    /// iteration and at the end
    #[arg(help_heading = OPTIMIZATION, long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint, as if there had been no interruption
    #[arg(help_heading = OPTIMIZATION, long, requires = "checkpoint")]
    resume: bool,
    #[command(flatten)]
    pub noisy: Training,
}

fn method(name: &str) -> std::result::Result<OptimizerKind, String> {
    OptimizerKind::from_name(name).map_err(|error| error.to_string())
}

impl Train {
    pub fn method(&self) -> OptimizerKind {
        let default = match (self.shots, self.noisy.is_estimated()) {
            (Some(_), _) => OptimizerKind::Spsa,
            (None, true) => OptimizerKind::Adam,
            (None, false) => OptimizerKind::Lbfgs,
        };
        self.optimizer.unwrap_or(default)
    }

    /// Shots for an estimate, if values are not exact.
    pub fn shots(&self) -> Option<u64> {
        self.shots
    }

    /// The optimizer, for an objective whose values are within `range` of each other's middle.
    pub fn optimizer(&self, range: f64, seed: u64) -> Result<Box<dyn Optimizer>> {
        let method = self.method();
        if self.shots.is_none() && !self.noisy.is_estimated() {
            return Ok(method.optimizer());
        }
        let of = if self.shots.is_some() { "shots" } else { "trajectories" };
        match method {
            OptimizerKind::Lbfgs | OptimizerKind::NaturalGradient => bail!(
                "--optimizer {method} with {}: it takes the noise of {of} for the shape of \
                 the objective; use {} (the default), adam, spsa, amsgrad, gradient-descent, momentum \
                 or rotosolve",
                if self.shots.is_some() { "--shots" } else { of },
                if self.shots.is_some() { "spsa" } else { "adam" },
            ),
            OptimizerKind::Spsa => {
                let a = SPSA_FIRST_STEP * f64::powf(SPSA_STABILITY + 1.0, 0.602);
                let settings = serde_json::json!({
                    "a": a / range.max(f64::MIN_POSITIVE),
                    "stability": SPSA_STABILITY,
                    "seed": seed,
                });
                Ok(method.with_settings(&settings)?)
            }
            _ => {
                if !method.bears_noise() {
                    eprintln!(
                        "warning: {method} compares values, and stops where they differ by less \
                         than the noise of the {of}; spsa and adam are made for noise"
                    );
                }
                Ok(method.optimizer())
            }
        }
    }

    /// Whether a checkpoint is asked for, which serves one minimization.
    pub fn has_checkpoint(&self) -> bool {
        self.checkpoint.is_some()
    }

    /// Limits, checkpoint, progress and interruption of a minimization.
    pub fn stopping<'a>(&'a self, watch: &'a Watch) -> Result<Stopping<'a>> {
        if let Some(limit @ 0) = self.max_evaluations {
            bail!("--max-evaluations is {limit}; it must be at least 1");
        }
        cancel_on_interrupt(watch);
        let line = Progress::line();
        let mut stopping = Stopping::new()
            .max_iterations(self.max_iterations)
            .gradient_tolerance(self.gradient_tolerance)
            .callback(move |progress: &Iterate<'_>| {
                let state = || {
                    format!(
                        "iteration {}, value {:.8}, {} evaluations",
                        progress.iteration, progress.best_value, progress.evaluations
                    )
                };
                line.message(state);
                messages::detail(state);
                !watch.is_cancelled()
            });
        if let Some(limit) = self.max_evaluations {
            stopping = stopping.max_evaluations(limit);
        }
        if let Some(path) = &self.checkpoint {
            stopping = stopping.checkpoint(path, 10);
            if self.resume && path.exists() {
                stopping = stopping.resume(path);
            } else if self.resume {
                messages::note("there is no checkpoint yet: the minimization begins anew");
            }
        }
        Ok(stopping)
    }
}

/// The account of shots, in documents.
#[derive(Serialize)]
pub struct Shots {
    pub per_estimate: u64,
    pub total: u64,
}

/// An estimate from fresh shots, in documents.
#[derive(Serialize)]
pub struct Measured {
    pub value: f64,
    pub standard_error: f64,
    pub shots: u64,
}

impl From<Estimate> for Measured {
    fn from(estimate: Estimate) -> Self {
        let Estimate { value, shots, .. } = estimate;
        Measured { value, standard_error: estimate.standard_error(), shots }
    }
}

/// Whether the user ended it.
pub fn was_interrupted(outcome: &Outcome) -> bool {
    matches!(outcome.stop, ketlab::optimize::StopReason::Cancelled)
}

/// A line on how the optimizer fared.
pub fn summary(method: OptimizerKind, outcome: &Outcome) -> String {
    let resumed = match outcome.resumed_from {
        Some(_) if outcome.was_finished() => {
            "; the checkpoint was finished: nothing was left to do".into()
        }
        Some(iterations) => format!("; {iterations} of the iterations were in the checkpoint"),
        None => String::new(),
    };
    format!(
        "{method}: {}, {}, {}; stopped: {}{resumed}",
        crate::text::plural(outcome.iterations, "iteration"),
        crate::text::plural(outcome.evaluations, "evaluation"),
        crate::text::time(outcome.seconds),
        outcome.stop
    )
}

/// The exit code of a program that has printed its result; says what went wrong beside it.
pub fn exit_code<'a>(
    interrupted: bool,
    checkpoint_errors: impl IntoIterator<Item = &'a Option<String>>,
) -> ExitCode {
    let mut code = if interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS };
    for error in checkpoint_errors.into_iter().flatten() {
        eprintln!(
            "error: the checkpoint could not be written, so that it lacks the end of this run, \
             whose result is complete: {error}"
        );
        code = ExitCode::FAILURE;
    }
    code
}

/// Refuses, before the work, a picture that could not be saved after it.
pub fn check_plot(path: Option<&Path>) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
    if !["svg", "png", "csv", "json"].contains(&extension.as_str()) {
        bail!(
            "--plot {}: the extension says what is written; it must be .svg, .png, .csv or .json",
            path.display()
        );
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        bail!("--plot {}: there is no folder {}", path.display(), folder.display());
    }
    Ok(())
}
