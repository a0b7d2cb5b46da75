//! Classical samplers.

mod best_of;
mod drawn;
mod exact;
mod marginals;
mod patches;
mod uniform;

pub use drawn::Drawn;

use super::problem::Problem;
use crate::error::{Error, Result};
use crate::math::closest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A classical sampler of random circuits.
///
/// ```
/// use ketlab::advantage::random_circuits::Rival;
/// assert_eq!("best-of-4".parse(), Ok(Rival::BestOf(4)));
/// assert_eq!(Rival::BestOf(4).to_string(), "best-of-4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Rival {
    /// Uniform strings.
    Uniform,
    /// Of k uniform strings the one that the circuit prefers: H_k - 1 of linear cross entropy, H_k =
    /// 1 + 1/2 + … + 1/k, where the circuit's law is exponential. It needs k of the circuit's
    /// probabilities for a string.
    BestOf(u32),
    /// Both halves of the circuit without the gates between them, each simulated alone (Gao et al., PRX
    /// Quantum 5, 010334 (2024)): the square root of the memory.
    Patches,
    /// Some output qubits by their exact marginals, each from the part of the circuit that it depends
    /// on, and the others uniform (Barak, Chou and Gao, arXiv 2005.02421). Of a deep circuit each output
    /// depends on all, and then it is [`Uniform`](Self::Uniform).
    Marginals,
    /// Simulation of the whole state, and draws from it.
    Exact,
}

impl Rival {
    /// Most strings of which one is the best.
    pub const MOST: u32 = 1000;

    /// All of them, with the best of 4.
    pub fn all() -> Vec<Rival> {
        vec![Rival::Uniform, Rival::BestOf(4), Rival::Patches, Rival::Marginals, Rival::Exact]
    }

    /// Draws strings; the same of one problem however often it is asked.
    ///
    /// # Errors
    /// If k is 0 or above [`MOST`](Self::MOST); if there is too little memory; if it was cancelled.
    pub fn draw(self, problem: &Problem, samples: u64) -> Result<Drawn> {
        self.check()?;
        problem.watch.check()?;
        let mut rng = problem.stream(self.stream());
        match self {
            Rival::Uniform => uniform::draw(problem, samples, &mut rng),
            Rival::BestOf(k) => best_of::draw(problem, k, samples, &mut rng),
            Rival::Patches => patches::draw(problem, samples, &mut rng),
            Rival::Marginals => marginals::draw(problem, samples, &mut rng),
            Rival::Exact => exact::draw(problem, samples, &mut rng),
        }
    }

    /// Whether it needs probabilities of the whole circuit: who has them all could draw from the circuit
    /// itself.
    pub fn needs_amplitudes(self) -> bool {
        matches!(self, Rival::BestOf(_) | Rival::Exact)
    }

    /// What it takes for granted.
    pub(super) fn assumption(self) -> Option<&'static str> {
        match self {
            Rival::BestOf(_) => Some(
                "probabilities of the whole circuit, which were looked up in its simulated state; time \
                 and memory of that are counted",
            ),
            Rival::Patches => Some("nothing but the circuit: about half of the qubits at a time"),
            Rival::Marginals => Some(
                "parts of the circuit of at most half of the qubits; where each output depends on more, \
                 its strings are uniform",
            ),
            Rival::Uniform | Rival::Exact => None,
        }
    }

    /// Its stream of random numbers: 0 is the device's.
    fn stream(self) -> u64 {
        match self {
            Rival::Uniform => 1,
            Rival::Patches => 2,
            Rival::Marginals => 3,
            Rival::Exact => 4,
            Rival::BestOf(k) => 16 + u64::from(k),
        }
    }

    pub(super) fn check(self) -> Result<()> {
        match self {
            Rival::BestOf(k) if !(1..=Self::MOST).contains(&k) => Err(Error::Invalid {
                what: "the number of strings of which the best is taken".into(),
                value: k.to_string(),
                expected: format!("it is from 1 to {}", Self::MOST),
            }),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Rival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rival::Uniform => f.pad("uniform"),
            Rival::BestOf(k) => f.pad(&format!("best-of-{k}")),
            Rival::Patches => f.pad("patches"),
            Rival::Marginals => f.pad("marginals"),
            Rival::Exact => f.pad("exact"),
        }
    }
}

impl FromStr for Rival {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = [Rival::Uniform, Rival::Patches, Rival::Marginals, Rival::Exact];
        if let Some(rival) = named.into_iter().find(|rival| rival.to_string() == text) {
            return Ok(rival);
        }
        if let Some(k) = text.strip_prefix("best-of-").and_then(|k| k.parse().ok()) {
            let rival = Rival::BestOf(k);
            return rival.check().map(|()| rival);
        }
        let names = named.map(|rival| rival.to_string());
        let near = closest(text, names.iter().map(String::as_str));
        let meant = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        Err(Error::Invalid {
            what: "a rival".into(),
            value: text.into(),
            expected: format!(
                "{meant}they are uniform, best-of-K (as best-of-4), patches, marginals and exact"
            ),
        })
    }
}

impl From<Rival> for String {
    fn from(rival: Rival) -> Self {
        rival.to_string()
    }
}

impl TryFrom<String> for Rival {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}
