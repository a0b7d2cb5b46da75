//! A trained model of either kind, and what is done with it: judge, generate, complete, score.

use super::MAX_DIAGONAL_UNITS;
use super::classical::{
    ImportanceSampling, MAX_ENUMERATED_UNITS, MAX_LISTED_UNITS, Rbm, RbmSampler,
};
use super::data::Distribution;
use super::machine::BoltzmannMachine;
use super::state::GibbsState;
use super::trained::Fit;
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
                fits.then(|| BoltzmannMachine::from_rbm(rbm)).and_then(Result::ok)
            }
        }
    }

    /// How well it has learned a law: exactly, else with ln Z by annealed importance sampling from
    /// `seed`.
    ///
    /// # Errors
    /// If the law has other strings than the visible units, or there is no memory.
    pub fn judge(&self, law: &Distribution, seed: u64) -> Result<Judged> {
        let Model::Rbm(rbm) = self else {
            let machine = self.machine().ok_or_else(|| no_exact_state(self))?;
            let Fit { negative_log_likelihood, moment_error } = Fit::of(&machine, law)?;
            let moment_error = Some(moment_error);
            return Ok(Judged { negative_log_likelihood, standard_error: None, moment_error });
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
            mean += q * rbm.free_energy(bits)?;
        }
        let moment_error = match self.machine() {
            Some(machine) => Some(Fit::of(&machine, law)?.moment_error),
            None => None,
        };
        Ok(Judged { negative_log_likelihood: mean + log_z, standard_error, moment_error })
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
        let rbm = match self {
            Model::Machine(machine) => {
                let state = GibbsState::of(machine)?;
                let least = resolved(machine, &state);
                return conditional(state.probabilities(), least, known)?.sample(count, seed);
            }
            Model::Rbm(rbm) if rbm.num_visible() <= MAX_LISTED_UNITS => {
                return conditional(&rbm.visible_law()?, 0.0, known)?.sample(count, seed);
            }
            Model::Rbm(rbm) => rbm,
        };
        let sampler = RbmSampler::new().steps(STEPS).seed(seed);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let samples = sampler.complete(rbm, known, count)?;
        Distribution::from_counts(samples.into_iter().map(|bits| (bits, 1)))
    }

    /// The surprisal -ln P(v) of each string of a law, in nats and in its order: an anomaly score.
    /// Infinite where P is 0 or below what rounding resolves ([`GibbsState::RESOLVED`]).
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    pub fn surprisal(&self, law: &Distribution, seed: u64) -> Result<Vec<f64>> {
        if law.num_bits() != self.num_visible() {
            return Err(Error::Invalid {
                what: "the length of the strings".into(),
                value: law.num_bits().to_string(),
                expected: format!("the model has {} visible units", self.num_visible()),
            });
        }
        let Model::Rbm(rbm) = self else {
            let machine = self.machine().ok_or_else(|| no_exact_state(self))?;
            let state = GibbsState::of(&machine)?;
            let least = resolved(&machine, &state);
            let score = |p: f64| if p < least { f64::INFINITY } else { -p.ln() + 0.0 };
            return Ok(law.outcomes().iter().map(|(v, _)| score(state.probability(v))).collect());
        };
        let mut scores = Vec::with_capacity(law.outcomes().len());
        for (bits, _) in law.outcomes() {
            scores.push(rbm.free_energy(bits)?);
        }
        // ln Z is that of the mean.
        let mean: f64 = law.outcomes().iter().zip(&scores).map(|((_, q), f)| q * f).sum();
        let log_z = self.judge(law, seed)?.negative_log_likelihood - mean;
        scores.iter_mut().for_each(|score| *score += log_z);
        Ok(scores)
    }
}

/// The least probability that is no rounding.
fn resolved(machine: &BoltzmannMachine, state: &GibbsState) -> f64 {
    let fields = machine.terms().iter().zip(machine.parameters());
    if fields.into_iter().all(|(term, theta)| *theta == 0.0 || term.operator.is_diagonal()) {
        return 0.0;
    }
    GibbsState::RESOLVED * state.probabilities().iter().fold(0.0f64, |most, p| most.max(*p))
}

/// P(v | known) as a law of whole strings, from P(v), of which what is below `least` is rounding.
fn conditional(law: &[f64], least: f64, known: &[Option<bool>]) -> Result<Distribution> {
    let bits = known.len();
    let (mut mask, mut value) = (0usize, 0usize);
    for (i, known) in known.iter().enumerate() {
        if let Some(bit) = known {
            mask |= 1 << i;
            value |= usize::from(*bit) << i;
        }
    }
    let fits = || law.iter().enumerate().filter(|(v, _)| v & mask == value);
    let total: f64 = fits().map(|(_, p)| p).sum();
    if total <= least {
        return Err(Error::Invalid {
            what: "the bits that are known".into(),
            value: format!("of probability {total:.1e}"),
            expected: "the model gives them none that can be told from rounding".into(),
        });
    }
    let law = fits().map(|(v, p)| (Bits::from_u64(v as u64, bits), p / total));
    Distribution::from_probabilities(law)
}

fn no_exact_state(model: &Model) -> Error {
    Error::Unsupported {
        method: "the exact state",
        operation: format!("{} units", model.num_visible() + model.num_hidden()),
        hint: "use fewer units".into(),
    }
}
