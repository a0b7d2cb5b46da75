//! A trained model of either kind, and what is done with it: judge, generate, complete, score.

use super::classical::{ImportanceSampling, MAX_ENUMERATED_UNITS, Rbm, RbmSampler, SpinParameters};
use super::data::Distribution;
use super::machine::{BoltzmannMachine, GibbsState};
use super::trained::Fit;
use super::{Architecture, MAX_DIAGONAL_UNITS};
use crate::error::{Error, Result};
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// Steps of the chains that sample a machine too large to be exact.
const STEPS: usize = 1000;

/// A machine of terms, or a restricted Boltzmann machine of bits of any size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Model {
    /// With units ±1: bit 0 is +1.
    Machine(BoltzmannMachine),
    /// With units 0 and 1.
    Rbm(Rbm),
}

impl From<BoltzmannMachine> for Model {
    fn from(machine: BoltzmannMachine) -> Self {
        Model::Machine(machine)
    }
}

impl From<Rbm> for Model {
    fn from(rbm: Rbm) -> Self {
        Model::Rbm(rbm)
    }
}

/// The mean negative log-likelihood of a law, exact or with the error of ln Z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// -Σ_v q_v ln P_v, in nats.
    pub negative_log_likelihood: f64,
    /// Its standard error where ln Z is estimated by annealed importance sampling.
    pub standard_error: Option<f64>,
    /// Root mean square of ⟨Z_i⟩ and ⟨Z_i Z_j⟩ minus those of the law, where P is listed.
    pub moment_error: Option<f64>,
}

impl Model {
    /// Visible units.
    pub fn num_visible(&self) -> usize {
        match self {
            Model::Machine(machine) => machine.num_visible(),
            Model::Rbm(rbm) => rbm.num_visible(),
        }
    }

    /// Hidden units.
    pub fn num_hidden(&self) -> usize {
        match self {
            Model::Machine(machine) => machine.num_hidden(),
            Model::Rbm(rbm) => rbm.num_hidden(),
        }
    }

    /// Parameters.
    pub fn num_parameters(&self) -> usize {
        match self {
            Model::Machine(machine) => machine.parameters().len(),
            Model::Rbm(rbm) => rbm.num_parameters(),
        }
    }

    /// The machine of terms with the same law, where that can be exact.
    pub fn machine(&self) -> Option<BoltzmannMachine> {
        match self {
            Model::Machine(machine) => Some(machine.clone()),
            Model::Rbm(rbm) => {
                let units = rbm.num_visible() + rbm.num_hidden();
                let fits = units <= MAX_DIAGONAL_UNITS;
                fits.then(|| machine_of(rbm)).and_then(Result::ok)
            }
        }
    }

    /// How well it has learned a law: exactly, else with ln Z by annealed importance sampling from
    /// `seed`.
    ///
    /// # Errors
    /// If the law has other strings than the visible units, or there is no memory.
    pub fn judge(&self, law: &Distribution, seed: u64) -> Result<Judged> {
        if let Some(machine) = self.machine() {
            let Fit { negative_log_likelihood, moment_error } = Fit::of(&machine, law)?;
            let moment_error = Some(moment_error);
            return Ok(Judged { negative_log_likelihood, standard_error: None, moment_error });
        }
        let Model::Rbm(rbm) = self else {
            return Err(no_exact_state(self));
        };
        let (nv, nh) = (rbm.num_visible(), rbm.num_hidden());
        let (log_z, standard_error) = if nv.min(nh) <= MAX_ENUMERATED_UNITS {
            (rbm.log_partition()?, None)
        } else {
            let found = ImportanceSampling::new().base_from(law).seed(seed).run(rbm)?;
            (found.value, Some(found.standard_error))
        };
        let mut mean = 0.0;
        for (bits, q) in law.outcomes() {
            mean -= q * rbm.log_probability_unnormalised(bits)?;
        }
        Ok(Judged { negative_log_likelihood: mean + log_z, standard_error, moment_error: None })
    }

    /// Samples of the missing bits of a string given those that are known: `known[i]` is bit i. Exact
    /// draws of P(missing | known), or chains of a thousand steps with the known units held.
    ///
    /// # Errors
    /// If there is not one entry a visible unit, no samples are asked for, or the machine is too large.
    pub fn complete(&self, known: &[Option<bool>], count: u64, seed: u64) -> Result<Distribution> {
        if known.len() != self.num_visible() {
            return Err(Error::Invalid {
                what: "the number of bits to complete".into(),
                value: known.len().to_string(),
                expected: format!("the model has {} visible units", self.num_visible()),
            });
        }
        if let Some(machine) = self.machine() {
            return conditional(&machine, known)?.sample(count, seed);
        }
        let Model::Rbm(rbm) = self else {
            return Err(no_exact_state(self));
        };
        let sampler = RbmSampler::new().steps(STEPS).seed(seed);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let samples = sampler.complete(rbm, known, count)?;
        Distribution::from_counts(samples.into_iter().map(|bits| (bits, 1)))
    }

    /// -ln P(v) of each string of a law, in its order: the higher, the stranger.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    pub fn surprise(&self, law: &Distribution, seed: u64) -> Result<Vec<f64>> {
        if law.num_bits() != self.num_visible() {
            return Err(Error::Invalid {
                what: "the length of the strings".into(),
                value: law.num_bits().to_string(),
                expected: format!("the model has {} visible units", self.num_visible()),
            });
        }
        if let Some(machine) = self.machine() {
            let state = GibbsState::of(&machine)?;
            return Ok(law.outcomes().iter().map(|(v, _)| -state.probability(v).ln()).collect());
        }
        let Model::Rbm(rbm) = self else {
            return Err(no_exact_state(self));
        };
        // ln Z is that of the mean.
        let mut terms = Vec::with_capacity(law.outcomes().len());
        for (bits, _) in law.outcomes() {
            terms.push(-rbm.log_probability_unnormalised(bits)?);
        }
        let mean: f64 = law.outcomes().iter().zip(&terms).map(|((_, q), t)| q * t).sum();
        let log_z = self.judge(law, seed)?.negative_log_likelihood - mean;
        terms.iter_mut().for_each(|t| *t += log_z);
        Ok(terms)
    }
}

/// P(v | known) as a law of whole strings.
fn conditional(machine: &BoltzmannMachine, known: &[Option<bool>]) -> Result<Distribution> {
    let state = GibbsState::of(machine)?;
    let bits = machine.num_visible();
    let (mut mask, mut value) = (0usize, 0usize);
    for (i, known) in known.iter().enumerate() {
        if let Some(bit) = known {
            mask |= 1 << i;
            value |= usize::from(*bit) << i;
        }
    }
    let fits = || state.probabilities().iter().enumerate().filter(|(v, _)| v & mask == value);
    let total: f64 = fits().map(|(_, p)| p).sum();
    if !(total > 0.0) {
        return Err(Error::Invalid {
            what: "the bits that are known".into(),
            value: "impossible".into(),
            expected: "the model gives them no probability that a number holds".into(),
        });
    }
    let law = fits().map(|(v, p)| (Bits::from_u64(v as u64, bits), p / total));
    Distribution::from_probabilities(law)
}

/// The machine of spins with an RBM's law.
fn machine_of(rbm: &Rbm) -> Result<BoltzmannMachine> {
    let restricted = Architecture::restricted(rbm.num_visible(), rbm.num_hidden());
    let mut machine = restricted.classical().machine()?;
    let SpinParameters { visible_fields, hidden_fields, couplings, .. } = rbm.to_spins();
    machine.set_parameters(&[visible_fields, hidden_fields, couplings].concat())?;
    Ok(machine)
}

fn no_exact_state(model: &Model) -> Error {
    Error::Unsupported {
        method: "the exact state",
        operation: format!("{} units", model.num_visible() + model.num_hidden()),
        hint: "use fewer units".into(),
    }
}
