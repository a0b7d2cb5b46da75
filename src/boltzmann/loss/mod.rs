//! What training minimizes, with exact gradients.

mod bound;
mod clamped;
mod likelihood;
mod relative_entropy;

pub(super) use bound::LikelihoodBound;
pub(super) use clamped::ClampedMachine;
pub(super) use likelihood::Likelihood;
pub(super) use relative_entropy::{MAX_WHOLE_UNITS, RelativeEntropy};

use crate::error::{Error, Result};
use std::fmt;

/// What training minimizes; each is in nats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The mean negative log-likelihood -Σ_v q_v ln P_v of the measured law P_v = ⟨v|Tr_h ρ|v⟩.
    Likelihood,
    /// Its upper bound by the Golden-Thompson inequality (Amin et al. 2018, eq. 18):
    /// -Σ_v q_v ln(Tr e^{-βH_v}/Z), where H_v is H with the visible units clamped to v. For a machine
    /// without hidden units its minimum is at Γ = 0, the classical machine: keep Γ fixed.
    Bound,
    /// The quantum relative entropy S(η‖ρ) = Tr η ln η - Tr η ln Tr_h ρ to a state η, which for a law
    /// of strings is diagonal (Wiebe and Kieferová, Quantum 1, 2017; Coopmans and Benedetti 2024).
    RelativeEntropy,
}

impl Loss {
    /// All of them.
    pub const ALL: [Loss; 3] = [Loss::Likelihood, Loss::Bound, Loss::RelativeEntropy];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Loss::Likelihood => "likelihood",
            Loss::Bound => "bound",
            Loss::RelativeEntropy => "relative-entropy",
        }
    }

    /// The loss of that name, or [`Error::UnknownName`] with the list.
    ///
    /// # Errors
    /// If there is none.
    pub fn from_name(name: &str) -> Result<Loss> {
        Loss::ALL.into_iter().find(|loss| loss.name() == name).ok_or_else(|| {
            let names = Loss::ALL.map(Loss::name);
            Error::unknown_name("objective", name, "the objectives are", &names)
        })
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A loss at some parameters.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    /// In nats.
    pub value: f64,
    /// Its derivative by each parameter, if it was asked for.
    pub gradient: Option<Vec<f64>>,
    /// P(v) of the visible units there.
    pub probabilities: Vec<f64>,
}

/// The smallest probability that a logarithm is taken of, so that a line search that steps too far
/// meets a large number and no infinity.
const LEAST: f64 = 1e-300;

fn ln(probability: f64) -> f64 {
    probability.max(LEAST).ln()
}

/// -Σ q ln P over strings by number; infinite where an observed string has no probability.
pub(super) fn cross_entropy(law: &[(usize, f64)], probabilities: &[f64]) -> f64 {
    -law.iter().map(|(v, q)| q * probabilities[*v].ln()).sum::<f64>()
}
