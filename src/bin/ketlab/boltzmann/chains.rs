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
pub enum Method {
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
    #[arg(help_heading = CHAINS, long, value_enum, default_value_t = Method::Exact)]
    pub method: Method,
    /// Gibbs steps an iteration: k of CD-k and PCD-k
    #[arg(help_heading = CHAINS, long, default_value_t = 1, value_name = "K", value_parser = count::<usize>(1..=1_000_000))]
    steps: usize,
    /// Chains
    #[arg(help_heading = CHAINS, long, default_value_t = 256, value_name = "N", value_parser = count::<usize>(1..=1_000_000))]
    chains: usize,
    /// Temperatures of a ladder
    #[arg(help_heading = CHAINS, long, default_value_t = 10, value_name = "N", value_parser = count::<usize>(2..=1000))]
    temperatures: usize,
    /// Learning rates of the first and the last iteration
    #[arg(help_heading = CHAINS, long, value_name = "FIRST,LAST", value_delimiter = ',', num_args = 1..=2, default_values_t = [0.1, 0.01])]
    learning_rate: Vec<f64>,
}

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
        let steps = self.steps;
        let method = match self.method {
            Method::Contrastive => RbmMethod::ContrastiveDivergence { steps },
            Method::Persistent => RbmMethod::Persistent { steps },
            Method::Tempered => RbmMethod::Tempered { steps, temperatures: self.temperatures },
            Method::Exact => bail!("--method exact has no chains"),
        };
        let (first, last) = match self.learning_rate[..] {
            [first, last] => (first, last),
            _ => (self.learning_rate[0], self.learning_rate[0]),
        };
        let start = Rbm::random(data.num_bits(), hidden, 0.1, seed)?;
        let _line = Progress::of(watch, (iterations * steps) as u64, 0);
        let training = RbmTraining::new()
            .method(method)
            .chains(self.chains)
            .iterations(iterations)
            .learning_rate(first, last)
            .weight_decay(decay)
            .history((iterations / 50).max(1))
            .seed(seed)
            .watch(watch);
        Ok(training.run(&start, data)?)
    }

    pub fn name(&self) -> String {
        match self.method {
            Method::Exact => "exact".into(),
            Method::Contrastive => format!("CD-{}", self.steps),
            Method::Persistent => format!("PCD-{}", self.steps),
            Method::Tempered => format!("tempered PCD-{}", self.steps),
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
        moment_error: judged.moment_error,
        parameters: parameters(&model),
        history: history.collect(),
        machine: model,
        starts: Vec::new(),
    })
}
