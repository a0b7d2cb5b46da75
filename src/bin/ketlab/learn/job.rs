//! What is to be learned, and how it runs.

use super::manifest::{Data, Manifest};
use crate::messages;
use crate::noise_options::Applied;
use crate::options::PrecisionArg;
use crate::progress::{Progress, cancel_on_interrupt};
use anyhow::{Context, Result};
use clap::ValueEnum;
use ketlab::Simulator;
use ketlab::engine::Isa;
use ketlab::learning::data::DataSet;
use ketlab::learning::experiment::Following;
use ketlab::learning::{Experiment, Report};
use ketlab::optimize::Iterate;
use std::path::Path;

/// An experiment with its data.
pub struct Job {
    pub data: DataSet,
    pub manifest: Manifest,
    /// What `--noise` does to the model's circuit.
    pub noise: Option<Applied>,
    pub simulator: Simulator,
}

impl Job {
    pub fn new(data: DataSet, manifest: Manifest) -> Result<Self> {
        let simulator = simulator(&manifest)?;
        Ok(Job { data, manifest, noise: None, simulator })
    }

    pub fn experiment(&self) -> &Experiment {
        &self.manifest.experiment
    }

    pub fn about_data(&self) -> Data {
        let (source, rows) = (self.manifest.source.clone(), self.data.num_rows());
        Data { source, rows, fingerprint: self.data.fingerprint() }
    }

    /// Trains and judges, and says on the terminal what goes on.
    pub fn run(&self, checkpoint: Option<(&Path, bool)>) -> Result<Report> {
        cancel_on_interrupt(self.simulator.watch());
        let line = Progress::line();
        let mut tell = |progress: &Iterate<'_>| {
            let state = || {
                let Iterate { iteration, value, .. } = progress;
                format!("the model: step {iteration}, loss {value:.8}")
            };
            line.message(state);
            messages::detail(state);
        };
        let mut begin = |what: &str| {
            line.message(|| what.into());
            messages::detail(|| what.into());
        };
        let mut following =
            Following { checkpoint, tell: Some(&mut tell), begin: Some(&mut begin) };
        Ok(self.experiment().run_following(&self.data, &self.simulator, &mut following)?)
    }
}

/// The simulator of a manifest.
pub fn simulator(manifest: &Manifest) -> Result<Simulator> {
    let precision = PrecisionArg::from_str(&manifest.precision, false);
    let precision =
        precision.map_err(|error| anyhow::anyhow!("the manifest's precision: {error}"))?;
    let wanted: Isa = manifest.instruction_set.parse().context("the manifest's instruction set")?;
    let isa = match Isa::available().contains(&wanted) {
        true => wanted,
        false => {
            let best = Isa::best();
            messages::note(format!(
                "this machine has no {wanted}, which the numbers are of; with {best} they agree to \
                 rounding"
            ));
            best
        }
    };
    let seed = manifest.experiment.seed;
    Ok(Simulator::new().seed(seed).precision(precision.into()).isa(isa))
}
