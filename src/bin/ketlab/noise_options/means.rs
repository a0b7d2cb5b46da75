//! How means under noise are estimated, and how they came about.

use super::{Applied, NOISE, NoiseOptions};
use crate::options::{MANY, count};
use anyhow::{Result, bail};
use clap::ValueEnum;
use ketlab::Request;
use ketlab::device::NoiseModel;
use ketlab::simulate::{Accuracy, Trajectories};
use serde::Serialize;
use std::io::Write;

/// How means under noise are estimated.
#[derive(clap::Args, Clone)]
pub struct Sampling {
    /// Estimate means from this many random trajectories of the noisy circuit [default: 1024 where
    /// that is the method]
    #[arg(help_heading = NOISE, long, value_name = "N", value_parser = count::<u64>(1..=MANY), conflicts_with = "standard_error")]
    pub trajectories: Option<u64>,
    /// Estimate means from as many trajectories as it takes for every standard error to be at most
    /// this
    #[arg(help_heading = NOISE, long, value_name = "E", value_parser = positive)]
    pub standard_error: Option<f64>,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        Ok(_) => Err("a standard error is positive and finite, like 0.001".into()),
        Err(_) => Err("write a number, like 0.001".into()),
    }
}

impl Sampling {
    /// The request with what these say.
    pub fn ask(&self, mut request: Request) -> Request {
        if let Some(number) = self.trajectories {
            request = request.trajectories(number);
        }
        if let Some(error) = self.standard_error {
            request = request.standard_error(error);
        }
        request
    }

    /// The flag that is given.
    pub fn flag(&self) -> Option<&'static str> {
        match (self.trajectories, self.standard_error) {
            (Some(_), _) => Some("--trajectories"),
            (None, Some(_)) => Some("--standard-error"),
            (None, None) => None,
        }
    }
}

/// How the means of a minimization under noise come about.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NoisyMethod {
    /// By the density matrix, unless a number of trajectories or a standard error is given
    Auto,
    /// Exact means and gradients
    DensityMatrix,
    /// Estimates from random trajectories
    Trajectories,
}

impl Sampling {
    /// How accurate means are to be, where there is a noise model.
    pub fn accuracy(&self, method: NoisyMethod) -> Result<Accuracy> {
        Ok(match (method, self.trajectories, self.standard_error) {
            (NoisyMethod::DensityMatrix, None, None) => Accuracy::Exact,
            (NoisyMethod::DensityMatrix, _, _) => bail!(
                "{} with --method density-matrix: its means are exact; leave one of the two out",
                self.flag().unwrap_or_default()
            ),
            (_, Some(number), _) => Accuracy::Trajectories(number),
            (_, None, Some(error)) => Accuracy::StandardError(error),
            (NoisyMethod::Trajectories, None, None) => Accuracy::default(),
            (NoisyMethod::Auto, None, None) => Accuracy::Exact,
        })
    }
}

/// Noise of a minimization, by the same flags wherever something is minimized.
#[derive(clap::Args, Clone)]
pub struct Training {
    #[command(flatten)]
    pub noise: NoiseOptions,
    /// How means and gradients under noise come about
    #[arg(help_heading = NOISE, long, value_enum, default_value_t = NoisyMethod::Auto)]
    method: NoisyMethod,
    #[command(flatten)]
    sampling: Sampling,
}

impl Training {
    /// Whether means under noise are estimates, not exact.
    pub fn is_estimated(&self) -> bool {
        self.method == NoisyMethod::Trajectories || self.sampling.flag().is_some()
    }

    /// The model and how accurate means are to be; `None` without noise, that of a circuit that has
    /// some itself included.
    pub fn model(
        &self,
        is_noisy: bool,
        num_qubits: usize,
    ) -> Result<Option<(NoiseModel, Accuracy)>> {
        let own = is_noisy.then(NoiseModel::new);
        let Some(model) = self.noise.model_for(Some(num_qubits))?.or(own) else {
            let flag = self.sampling.flag();
            let flag = flag.or((self.method != NoisyMethod::Auto).then_some("--method"));
            if let Some(flag) = flag {
                bail!("{flag} is of means under noise; give the --noise, too");
            }
            return Ok(None);
        };
        Ok(Some((model, self.sampling.accuracy(self.method)?)))
    }
}

/// How means under noise came about, in documents: the keys `method`, `why`, `noise`.
#[derive(Serialize, Clone)]
pub struct NoisyMeans {
    method: &'static str,
    why: String,
    trajectories: Option<u64>,
    distinct_patterns: Option<u64>,
    no_error_weight: Option<f64>,
    /// What `--noise` did.
    noise: Option<Applied>,
}

impl NoisyMeans {
    /// Of means with this accuracy, whose last draw of errors was `drawn`.
    pub fn new(noise: Option<Applied>, accuracy: Accuracy, drawn: Option<&Trajectories>) -> Self {
        let why = match accuracy {
            Accuracy::Exact => {
                "they are exact unless trajectories or a standard error are asked for".to_string()
            }
            Accuracy::Trajectories(number) => format!("{number} trajectories were asked for"),
            Accuracy::StandardError(error) => {
                format!("standard errors of at most {error} were asked for")
            }
        };
        NoisyMeans {
            method: if accuracy.is_exact() { "density-matrix" } else { "trajectories" },
            why,
            trajectories: drawn.map(|drawn| drawn.number),
            distinct_patterns: drawn.map(|drawn| drawn.distinct_patterns),
            no_error_weight: drawn.and_then(|drawn| drawn.no_error_weight),
            noise,
        }
    }

    /// Lines for people.
    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "means under noise: {} because {}", self.method, self.why)?;
        if let (Some(number), Some(patterns)) = (self.trajectories, self.distinct_patterns) {
            let weight = self.no_error_weight;
            let weight =
                weight.map_or_else(String::new, |p| format!("; no error has probability {p:.6}"));
            writeln!(
                out,
                "last gradient: {number} trajectories, {patterns} patterns of errors{weight}"
            )?;
        }
        Ok(())
    }
}
