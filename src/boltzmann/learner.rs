//! A loss of a machine as an objective of the optimizers, with what is told of every evaluation.

use super::data::Distribution;
use super::loss::{Evaluation, Likelihood, LikelihoodBound, Loss, RelativeEntropy, cross_entropy};
use super::machine::BoltzmannMachine;
use super::sampled::SampledMoments;
use super::target::Target;
use crate::engine::walsh_hadamard;
use crate::error::{Error, Result};
use crate::math::{Fingerprint, Isa, Watch};
use crate::optimize::Objective;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What an evaluation was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// What the optimizer was told: the loss and its penalty.
    /// `None` where it was no finite number.
    pub value: Option<f64>,
    /// -Σ q ln P, where P was computed.
    pub negative_log_likelihood: Option<f64>,
    /// Root mean square of ⟨Z_i⟩ and ⟨Z_i Z_j⟩ of the visible units minus those of the data.
    pub moment_error: Option<f64>,
}

/// The loss itself.
#[derive(Debug)]
enum How {
    Likelihood(Likelihood),
    Bound(LikelihoodBound),
    RelativeEntropy(RelativeEntropy),
    Sampled(SampledMoments),
}

/// A loss with a penalty λ/2 Σ θ², of the parameters that are not fixed.
#[derive(Debug)]
pub(super) struct Learner {
    how: How,
    loss: Loss,
    penalty: f64,
    free: Vec<bool>,
    /// q of the strings of the visible units, in order.
    law: Vec<(usize, f64)>,
    num_visible: usize,
    print: Fingerprint,
    pub seen: Vec<Seen>,
}

impl Learner {
    pub fn new(
        machine: &BoltzmannMachine,
        target: &Target,
        loss: Loss,
        (penalty, free): (f64, Vec<bool>),
        sampled: Option<SampledMoments>,
        watch: &Watch,
    ) -> Result<Self> {
        let measured = target.measured()?;
        let how = match (sampled, loss) {
            (Some(sampled), _) => How::Sampled(sampled),
            (None, Loss::Likelihood) => {
                How::Likelihood(Likelihood::new(machine, &measured, watch)?)
            }
            (None, Loss::Bound) => How::Bound(LikelihoodBound::new(machine, &measured, watch)?),
            (None, Loss::RelativeEntropy) => {
                How::RelativeEntropy(RelativeEntropy::new(machine, target, watch)?)
            }
        };
        let print = machine
            .fingerprint()
            .and(target.fingerprint())
            .with("objective", loss.name())
            .with("penalty", &penalty)
            .with("free parameters", &free);
        let print = match &how {
            How::Sampled(sampled) => print.and(sampled.fingerprint()),
            _ => print,
        };
        let num_visible = machine.num_visible();
        Ok(Learner {
            how,
            loss,
            penalty,
            free,
            law: numbered(&measured),
            num_visible,
            print,
            seen: Vec::new(),
        })
    }

    /// The mean of the last parameters, where gradients are noisy.
    pub fn mean_of_tail(&self) -> Option<Vec<f64>> {
        match &self.how {
            How::Sampled(sampled) => sampled.mean_of_tail(),
            _ => None,
        }
    }

    fn evaluate(&mut self, x: &[f64], gradient: bool) -> Result<Evaluation> {
        let mut found = match &mut self.how {
            How::Likelihood(loss) => loss.evaluate(x, gradient)?,
            How::Bound(loss) => loss.evaluate(x, gradient)?,
            How::RelativeEntropy(loss) => loss.evaluate(x, gradient)?,
            How::Sampled(loss) => loss.evaluate(x)?,
        };
        let of_free = |(x, free): (&f64, &bool)| if *free { x * x } else { 0.0 };
        found.value += 0.5 * self.penalty * x.iter().zip(&self.free).map(of_free).sum::<f64>();
        if let Some(gradient) = &mut found.gradient {
            for ((g, x), free) in gradient.iter_mut().zip(x).zip(&self.free) {
                *g = if *free { *g + self.penalty * x } else { 0.0 };
            }
        }
        let computed = !found.probabilities.is_empty();
        self.seen.push(Seen {
            value: Some(found.value).filter(|value| value.is_finite()),
            negative_log_likelihood: computed
                .then(|| cross_entropy(&self.law, &found.probabilities)),
            moment_error: computed
                .then(|| moment_error(&self.law, found.probabilities.clone(), self.num_visible)),
        });
        Ok(found)
    }
}

impl Objective for Learner {
    fn num_params(&self) -> usize {
        self.free.len()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        Ok(self.evaluate(x, false)?.value)
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let found = self.evaluate(x, true)?;
        gradient.copy_from_slice(&found.gradient.unwrap_or_default());
        Ok(found.value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        self.print.clone()
    }

    fn save(&self) -> Value {
        let sampled = match &self.how {
            How::Sampled(sampled) => sampled.save(),
            _ => Value::Null,
        };
        json!({ "seen": self.seen, "sampled": sampled })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        let seen = serde_json::from_value(state["seen"].clone());
        self.seen = seen.map_err(|error| Error::Invalid {
            what: format!("the checkpoint of a {} training", self.loss),
            value: "another list of evaluations".into(),
            expected: error.to_string(),
        })?;
        match &mut self.how {
            How::Sampled(sampled) => sampled.restore(&state["sampled"]),
            _ => Ok(()),
        }
    }
}

/// The strings of a law by number, with their probabilities.
pub(super) fn numbered(law: &Distribution) -> Vec<(usize, f64)> {
    let number =
        |(bits, q): &(crate::math::Bits, f64)| (bits.value(0, law.num_bits()) as usize, *q);
    law.outcomes().iter().map(number).collect()
}

/// Root mean square of the differences of ⟨Z_i⟩ and ⟨Z_i Z_j⟩.
pub(super) fn moment_error(law: &[(usize, f64)], mut p: Vec<f64>, bits: usize) -> f64 {
    law.iter().for_each(|(v, q)| p[*v] -= q);
    walsh_hadamard(Isa::best(), &mut p);
    let masks = (0..bits).flat_map(|i| (i..bits).map(move |j| 1usize << i | 1 << j));
    let (mut sum, mut count) = (0.0, 0.0);
    for mask in masks {
        sum += p[mask] * p[mask];
        count += 1.0;
    }
    f64::sqrt(sum / count)
}
