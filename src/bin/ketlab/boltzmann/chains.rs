//! Restricted Boltzmann machines trained by chains.

use super::saved::{Entry, finite, parameters};
use crate::options::count;
use crate::progress::Progress;
use anyhow::{Result, bail};
use clap::ValueEnum;
use ketlab::boltzmann::classical::{Rbm, RbmMethod, RbmTrained, RbmTraining};
use ketlab::boltzmann::{Distribution, Iteration, Model};
use ketlab::math::Watch;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NegativePhase {
    /// The exact gradient of the likelihood, by the optimizer that the other machines have
    Exact,
    /// Contrastive divergence (CD-k): chains that begin at the data in each iteration
    Contrastive,
    /// Persistent contrastive divergence (PCD-k)
    Persistent,
    /// Persistent chains with a ladder of temperatures, whose neighbours exchange states
    Tempered,
}

/// What chains need to know.
#[derive(clap::Args)]
pub struct Options {
    /// How an `rbm` is trained
    #[arg(help_heading = CHAINS, long, value_enum, default_value_t = NegativePhase::Exact)]
    pub method: NegativePhase,
    /// Gibbs steps an iteration: k of CD-k and PCD-k [default: 1]
    #[arg(help_heading = CHAINS, long, value_name = "K", value_parser = count::<usize>(1..=1_000_000))]
    steps: Option<usize>,
    /// Number of chains [default: 256]
    #[arg(help_heading = CHAINS, long, value_name = "N", value_parser = count::<usize>(1..=1_000_000))]
    chains: Option<usize>,
    /// Temperatures of a ladder [default: 10]
    #[arg(help_heading = CHAINS, long, value_name = "N", value_parser = count::<usize>(2..=1000))]
    temperatures: Option<usize>,
    /// Learning rates of the first and the last iteration [default: 0.5,0.05]
    #[arg(help_heading = CHAINS, long, value_name = "FIRST,LAST", value_delimiter = ',', num_args = 1..=2, allow_negative_numbers = true)]
    learning_rate: Option<Vec<f64>>,
}

const LEARNING_RATES: (f64, f64) = (0.5, 0.05);
const CHAINS: &str = "Training an rbm by chains";

impl Options {
    /// Trains a machine of so many hidden units for so many iterations.
    pub fn train(
        &self,
        data: &Distribution,
        hidden: usize,
        iterations: usize,
        (decay, seed): (f64, u64),
        watch: &Watch,
    ) -> Result<RbmTrained> {
        let steps = self.steps();
        let method = match self.method {
            NegativePhase::Contrastive => RbmMethod::ContrastiveDivergence { steps },
            NegativePhase::Persistent => RbmMethod::Persistent { steps },
            NegativePhase::Tempered => {
                RbmMethod::Tempered { steps, temperatures: self.temperatures.unwrap_or(10) }
            }
            NegativePhase::Exact => bail!("--method exact has no chains"),
        };
        let (first, last) = match self.learning_rate.as_deref() {
            Some([first, last, ..]) => (*first, *last),
            Some([rate]) => (*rate, *rate),
            _ => LEARNING_RATES,
        };
        let start = Rbm::random(data.num_bits(), hidden, 0.1, seed)?;
        let _line = Progress::of(watch, (iterations * steps) as u64, 0);
        let training = RbmTraining::new()
            .method(method)
            .chains(self.chains.unwrap_or(256))
            .iterations(iterations)
            .learning_rate(first, last)
            .weight_decay(decay)
            .history((iterations / 50).max(1))
            .seed(seed)
            .watch(watch);
        Ok(training.run(&start, data)?)
    }

    fn steps(&self) -> usize {
        self.steps.unwrap_or(1)
    }

    /// A flag of chains that was given.
    pub fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--steps", self.steps.is_some()),
            ("--chains", self.chains.is_some()),
            ("--temperatures", self.temperatures.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
        ];
        flags.into_iter().find(|flag| flag.1).map(|flag| flag.0)
    }

    pub fn name(&self) -> String {
        match self.method {
            NegativePhase::Exact => "exact".into(),
            NegativePhase::Contrastive => format!("CD-{}", self.steps()),
            NegativePhase::Persistent => format!("PCD-{}", self.steps()),
            NegativePhase::Tempered => format!("tempered PCD-{}", self.steps()),
        }
    }
}

/// A trained machine for documents, with its likelihood exactly or by importance sampling.
pub fn entry(trained: &RbmTrained, data: &Distribution, seed: u64) -> Result<Entry> {
    let model = Model::from(trained.rbm.clone());
    let judged = model.judge(data, seed)?;
    let entropy = data.entropy();
    let history = trained.history.iter().map(|record| {
        let likelihood = record.negative_log_likelihood;
        Iteration {
            iteration: record.iteration,
            value: likelihood.unwrap_or(f64::NAN),
            kl: likelihood.map(|nll| nll - entropy),
            negative_log_likelihood: likelihood,
            moment_error: None,
            gradient_norm: record.gradient_norm,
            evaluations: record.iteration,
        }
    });
    Ok(Entry {
        model: "rbm".into(),
        num_visible: model.num_visible(),
        num_hidden: model.num_hidden(),
        num_parameters: model.num_parameters(),
        kl: finite(judged.negative_log_likelihood - entropy),
        negative_log_likelihood: finite(judged.negative_log_likelihood),
        data_entropy: entropy,
        relative_entropy: None,
        moment_error: judged.moment_error,
        parameters: parameters(&model),
        history: history.collect(),
        machine: model,
        starts: Vec::new(),
    })
}
