//! Samples of a machine, and how far they are from its exact state.

use super::data::Distribution;
use super::gibbs::Exponential;
use super::ising::transverse_ising;
use super::machine::BoltzmannMachine;
use super::sampled::{self, Samples};
use super::temperature::EffectiveTemperature;
use crate::annealing::{Path, Schedule, SchroedingerAnnealing};
use crate::error::{Error, Result};
use crate::ising::{Ising, Sample, SampleInfo, SampleSet, SimulatedAnnealing};
use crate::math::{Bits, Watch};
use std::fmt;

/// Streams of exact samples.
const DRAWS: u64 = 2 << 32;

/// Where samples come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Sampler {
    /// The exact state.
    Exact,
    /// Path-integral Monte Carlo in continuous imaginary time at the machine's β and Γ: exact after
    /// many sweeps.
    PathIntegral {
        /// Sweeps from random spins, for each sample.
        sweeps: usize,
    },
    /// Metropolis at the machine's β, without transverse fields.
    Thermal {
        /// Sweeps from random spins, for each sample.
        sweeps: usize,
    },
    /// Schrödinger's equation along a path of s with H = -(1 - s) ΣX + s E, E the machine's energies
    /// without fields, then a measurement: what a closed annealer would give, at no temperature. A
    /// path that stops and rises quickly is a quench, one that rests a pause.
    Anneal {
        /// From s = 0 to s = 1.
        path: Path,
    },
}

impl Sampler {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Sampler::Exact => "exact",
            Sampler::PathIntegral { .. } => "path-integral",
            Sampler::Thermal { .. } => "thermal",
            Sampler::Anneal { .. } => "anneal",
        }
    }
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Samples of a machine.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Configurations of all units, with the energies of the machine's diagonal part.
    pub samples: SampleSet,
    /// The visible units alone.
    pub visible: Distribution,
    /// The classical inverse temperature that fits best, and how badly; or why there is none.
    pub temperature: std::result::Result<EffectiveTemperature, String>,
    /// Total variation ½ Σ_v |f_v - P_v| between the frequencies of the visible units and the exact
    /// law, where that fits.
    pub total_variation: Option<f64>,
    /// What sampling alone makes of it: ½ Σ_v √(2 P_v (1 - P_v)/(π reads)).
    pub total_variation_noise: Option<f64>,
}

/// Draws samples of a machine.
///
/// ```
/// use ketlab::boltzmann::{Architecture, Sampler, draw};
/// let mut machine = Architecture::quantum(2, 0).machine()?;
/// machine.set_parameters(&[0.8, 0.3, -0.2, 0.5])?;
/// let drawn = draw(&machine, &Sampler::PathIntegral { sweeps: 50 }, 2000, 1)?;
/// assert!(drawn.total_variation.unwrap() < 0.05);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// Those of the exact state and of the samplers; [`Error::Unsupported`] where annealers lack terms or
/// fields that differ, and for thermal samples of a machine with fields.
pub fn draw(machine: &BoltzmannMachine, sampler: &Sampler, reads: u64, seed: u64) -> Result<Drawn> {
    draw_watched(machine, sampler, reads, seed, &Watch::default())
}

/// The same; ends when the watch is cancelled, with what is finished, if any.
///
/// # Errors
/// As [`draw`].
pub fn draw_watched(
    machine: &BoltzmannMachine,
    sampler: &Sampler,
    reads: u64,
    seed: u64,
    watch: &Watch,
) -> Result<Drawn> {
    if reads == 0 {
        return Err(Error::Invalid {
            what: "the number of samples".into(),
            value: "0".into(),
            expected: "at least 1".into(),
        });
    }
    let mut whole = None;
    let samples = match sampler {
        Sampler::Exact => {
            let law = whole.insert(exact_law(machine, machine.num_units(), watch)?);
            exact(machine, law, reads, seed)?
        }
        Sampler::PathIntegral { sweeps } => {
            sampled::draw(machine, Samples { reads, sweeps: *sweeps }, (seed, 0), watch)?
        }
        Sampler::Thermal { sweeps } => thermal(machine, *sweeps, reads, seed, watch)?,
        Sampler::Anneal { path } => {
            let (model, _) = transverse_ising(machine)?;
            let schedule = Schedule::linear();
            let anneal = SchroedingerAnnealing::new().watch(watch);
            anneal.run(&model, &schedule, path)?.samples(&model, reads, seed)?
        }
    };
    let visible = visible(machine, &samples)?;
    let law = match whole {
        Some(whole) => Ok(marginal(&whole, machine.num_visible())),
        // Of what a cancelled run has finished, too.
        None => exact_law(machine, machine.num_visible(), &Watch::default()),
    };
    let (total_variation, total_variation_noise) = match law {
        Ok(law) => {
            let distance = Distribution::from_dense(&law)?.total_variation(&visible)?;
            (Some(distance), Some(noise(&law, samples.reads())))
        }
        Err(Error::Unsupported { .. }) => (None, None),
        Err(error) => return Err(error),
    };
    let temperature = machine
        .to_ising()
        .and_then(|(model, _)| EffectiveTemperature::fit(&model, &samples))
        .map_err(|error| error.to_string());
    Ok(Drawn { samples, visible, temperature, total_variation, total_variation_noise })
}

/// The probabilities of the lowest so many units.
fn exact_law(machine: &BoltzmannMachine, units: usize, watch: &Watch) -> Result<Vec<f64>> {
    let exponential = Exponential::new(machine.num_units(), &machine.operators())?.watch(watch);
    let at = exponential.state(machine.parameters(), machine.beta())?;
    Ok(at.probabilities(units))
}

fn marginal(whole: &[f64], units: usize) -> Vec<f64> {
    let mut sums = vec![0.0; 1 << units];
    for part in whole.chunks_exact(1 << units) {
        sums.iter_mut().zip(part).for_each(|(sum, p)| *sum += p);
    }
    sums
}

/// Draws from the diagonal of ρ.
fn exact(machine: &BoltzmannMachine, law: &[f64], reads: u64, seed: u64) -> Result<SampleSet> {
    let units = machine.num_units();
    let drawn = Distribution::from_dense(law)?.sample(reads, seed ^ DRAWS)?;
    let counts = drawn.counts().unwrap_or_default();
    // A machine with other terms has no energies; its samples have those of no model.
    let model = match machine.to_ising() {
        Ok((model, _)) => model,
        Err(_) => Ising::try_new(vec![0.0; units], [], 0.0)?,
    };
    let rows = drawn.outcomes().iter().zip(counts).map(|((bits, _), &occurrences)| Sample {
        bits: bits.clone(),
        energy: model.energy(bits),
        occurrences,
    });
    let info = SampleInfo {
        solver: "exact Gibbs state".into(),
        seed: Some(seed),
        ..SampleInfo::default()
    };
    SampleSet::from_samples(units, rows, info)
}

fn thermal(
    machine: &BoltzmannMachine,
    sweeps: usize,
    reads: u64,
    seed: u64,
    watch: &Watch,
) -> Result<SampleSet> {
    let (model, gamma) = transverse_ising(machine)?;
    if gamma != 0.0 {
        return Err(Error::Unsupported {
            method: "thermal sampling",
            operation: format!("a transverse field of {gamma}"),
            hint: "sample by `path-integral`".into(),
        });
    }
    let beta = machine.beta();
    SimulatedAnnealing::new()
        .beta(beta, beta)
        .sweeps(sweeps as u64)
        .reads(reads)
        .seed(seed)
        .watch(watch)
        .run(&model)
}

fn visible(machine: &BoltzmannMachine, samples: &SampleSet) -> Result<Distribution> {
    let num_visible = machine.num_visible();
    Distribution::from_counts((0..samples.len()).map(|row| {
        let bits = samples.bits(row);
        let low = Bits::from_u64(bits.value(0, num_visible) as u64, num_visible);
        (low, samples.occurrences(row))
    }))
}

/// What sampling alone makes of a total variation.
fn noise(law: &[f64], reads: u64) -> f64 {
    let of_one = |p: &f64| (2.0 * p * (1.0 - p) / (std::f64::consts::PI * reads as f64)).sqrt();
    0.5 * law.iter().map(of_one).sum::<f64>()
}
