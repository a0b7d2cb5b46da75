//! What training gives: the machine, how well it fits, how it got there.

use super::data::Distribution;
use super::learner::{Seen, moment_error, numbered};
use super::loss::{Loss, cross_entropy};
use super::machine::BoltzmannMachine;
use super::state::GibbsState;
use crate::error::{Error, Result};
use crate::optimize::{Outcome, Step, StopReason};
use serde::Serialize;

/// How well a machine has learned a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// -Σ_v q_v ln P_v, in nats.
    pub negative_log_likelihood: f64,
    /// Root mean square of ⟨Z_i⟩ and ⟨Z_i Z_j⟩ minus those of the law.
    pub moment_error: f64,
}

impl Fit {
    /// Of the machine's exact state.
    ///
    /// # Errors
    /// As [`GibbsState::of`]; if machine and law differ in visible units.
    pub fn of(machine: &BoltzmannMachine, law: &Distribution) -> Result<Self> {
        if law.num_bits() != machine.num_visible() {
            return Err(Error::Invalid {
                what: "the length of the strings".into(),
                value: law.num_bits().to_string(),
                expected: format!("the machine has {} visible units", machine.num_visible()),
            });
        }
        let state = GibbsState::of(machine)?;
        let numbered = numbered(law);
        Ok(Fit {
            negative_log_likelihood: cross_entropy(&numbered, state.probabilities()),
            moment_error: moment_error(
                &numbered,
                state.probabilities().to_vec(),
                machine.num_visible(),
            ),
        })
    }
}

/// A trained machine, and how it got there.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The machine with the best parameters met.
    pub machine: BoltzmannMachine,
    /// What was minimized.
    pub loss: Loss,
    /// Its value, in nats, the penalty included; of sampled moments the norm of the gradient.
    pub value: f64,
    /// Σ_v q_v ln(q_v/P_v) in nats: `negative_log_likelihood` minus `data_entropy`. NaN where the exact
    /// state does not fit.
    pub kl: f64,
    /// -Σ_v q_v ln P_v of the measured law P, in nats.
    pub negative_log_likelihood: f64,
    /// Root mean square of ⟨Z_i⟩ and ⟨Z_i Z_j⟩ of the visible units minus those of the data.
    pub moment_error: f64,
    /// -Σ_v q_v ln q_v, in nats.
    pub data_entropy: f64,
    /// S(η‖ρ) in nats to a target that is a quantum state, where it is computed.
    pub relative_entropy: Option<f64>,
    /// The iterations of the start that was kept.
    pub history: Vec<Iteration>,
    /// All starts, and the place of the one that was kept.
    pub starts: Vec<Start>,
    /// Its place in `starts`.
    pub kept: usize,
    /// What a reader should know.
    pub warnings: Vec<String>,
    /// Whether it was cancelled.
    pub interrupted: bool,
}

/// An iteration of training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Iteration {
    /// Its number; 0 is the start.
    pub iteration: usize,
    /// What is minimized, in nats.
    pub value: f64,
    /// KL divergence of the measured law, in nats, where it is computed.
    pub kl: Option<f64>,
    /// -Σ q ln P.
    pub negative_log_likelihood: Option<f64>,
    /// Root mean square of ⟨Z_i⟩ and ⟨Z_i Z_j⟩ minus those of the data.
    pub moment_error: Option<f64>,
    /// Norm of the gradient, projected on bounds.
    pub gradient_norm: Option<f64>,
    /// Evaluations so far.
    pub evaluations: usize,
}

/// One start.
#[derive(Debug, Clone, Serialize)]
pub struct Start {
    /// Its number.
    pub number: u64,
    /// The lowest value met.
    pub value: f64,
    /// Iterations, those before a resume included.
    pub iterations: usize,
    /// Evaluations of the loss.
    pub evaluations: usize,
    /// Why it ended.
    pub stop: StopReason,
    /// Iterations that its checkpoint had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_from: Option<usize>,
    /// Why its checkpoint lacks the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_error: Option<String>,
    /// Wall time, in seconds.
    #[serde(skip)]
    pub seconds: f64,
}

/// Joins the optimizer's steps with what was seen at them: the last evaluation with that value.
pub(super) fn history(outcome: &Outcome, seen: &[Seen], entropy: f64) -> Vec<Iteration> {
    let of_step = |step: &Step| {
        let until = &seen[..step.evaluations.min(seen.len())];
        let at = until.iter().rev().find(|s| s.value == Some(step.value));
        let likelihood = at.and_then(|s| s.negative_log_likelihood);
        Iteration {
            iteration: step.iteration,
            value: step.value,
            kl: likelihood.map(|nll| nll - entropy),
            negative_log_likelihood: likelihood,
            moment_error: at.and_then(|s| s.moment_error),
            gradient_norm: step.gradient_norm,
            evaluations: step.evaluations,
        }
    };
    outcome.history.iter().map(of_step).collect()
}
