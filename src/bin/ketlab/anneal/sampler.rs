//! The samplers of `ketlab anneal`, one like another.

use anyhow::Result;
use ketlab::annealing::PathIntegralAnnealing;
use ketlab::ising::{
    Ising, ParallelTempering, PopulationAnnealing, SampleSet, SimulatedAnnealing, SteepestDescent,
    TabuSearch,
};
use ketlab::math::{Checkpoint, Fingerprint, Kept};

/// A sampler with its settings.
pub enum Sampler {
    Anneal(SimulatedAnnealing),
    Tempering(ParallelTempering),
    Population(PopulationAnnealing),
    Tabu(TabuSearch),
    Descent(SteepestDescent),
    PathIntegral(PathIntegralAnnealing),
}

impl Sampler {
    /// One anneal's worth of samples, in the order of the reads.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(match self {
            Sampler::Anneal(annealing) => annealing.run(model)?,
            Sampler::Tempering(tempering) => tempering.run(model)?,
            Sampler::Population(annealing) => annealing.run(model)?,
            Sampler::Tabu(search) => search.run(model)?,
            Sampler::Descent(descent) => descent.run(model)?,
            Sampler::PathIntegral(annealing) => annealing.run(model)?,
        })
    }

    /// The same, with the reads in a file.
    pub fn run_kept(&self, model: &Ising, file: &Checkpoint) -> Result<Kept<SampleSet>> {
        Ok(match self {
            Sampler::Anneal(annealing) => annealing.run_kept(model, file)?,
            Sampler::Tempering(tempering) => tempering.run_kept(model, file)?,
            Sampler::Population(annealing) => annealing.run_kept(model, file)?,
            Sampler::Tabu(search) => search.run_kept(model, file)?,
            Sampler::Descent(descent) => descent.run_kept(model, file)?,
            Sampler::PathIntegral(annealing) => annealing.run_kept(model, file)?,
        })
    }

    /// What reads belong to but for their sweeps.
    pub fn fingerprint(&self, model: &Ising) -> Result<Fingerprint> {
        Ok(match self {
            Sampler::Anneal(annealing) => annealing.fingerprint(model)?,
            Sampler::Tempering(tempering) => tempering.fingerprint(model)?,
            Sampler::Population(annealing) => annealing.fingerprint(model)?,
            Sampler::Tabu(search) => search.fingerprint(model)?,
            Sampler::Descent(descent) => descent.fingerprint(model),
            Sampler::PathIntegral(annealing) => annealing.fingerprint(model),
        })
    }
}
