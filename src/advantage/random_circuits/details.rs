//! What there is beside claims and contenders.

use super::estimators::{Estimate, Estimator, Tally};
use super::law::Law;
use super::spread::Spread;
use serde::{Deserialize, Serialize};

/// All circuits of one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AtSize {
    /// Number of qubits.
    pub qubits: u64,
    /// Rows of the grid.
    pub rows: usize,
    /// Columns of the grid.
    pub columns: usize,
    /// Gates on pairs of qubits in each circuit.
    pub pairs: usize,
    /// Qubits of the larger patch.
    pub patch: usize,
    /// Whether DΣp² - 1 of every circuit is that of random states to a tenth. Only then may a linear cross
    /// entropy be read as the fidelity of a device, and only of one whose errors are weak and do not know
    /// of the circuit.
    pub is_deep: bool,
    /// DΣp² in the mean over random states.
    pub random_collision: f64,
    /// How each circuit's probabilities are distributed.
    pub laws: Vec<Law>,
    /// Who drew strings, and how these score.
    pub samplers: Vec<Sampler>,
}

/// The scores of one sampler over the circuits of one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampler {
    /// Its name, as of the contender.
    pub name: String,
    /// The linear cross entropy.
    pub linear: Spread,
    /// What it is in the mean, where a formula says so.
    pub expected: Option<f64>,
    /// The linear one of each circuit by the circuit's own DΣp² - 1: F of a mixture at any depth. None
    /// where a circuit's law is uniform.
    pub ratio: Option<Spread>,
    /// The logarithmic one; none if a string has the probability 0.
    pub logarithmic: Option<Spread>,
    /// By heavy outputs.
    pub heavy: Spread,
    /// Strings of all circuits.
    pub samples: u64,
    /// Different strings, added up over circuits.
    pub distinct: u64,
    /// Strings that their circuit never has.
    pub zeros: u64,
    /// Output qubits that are not uniform, where the sampler chooses some, in the mean over circuits.
    pub outputs: Option<f64>,
}

/// What one sampler did on one circuit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Played {
    pub name: String,
    pub tally: Tally,
    pub distinct: u64,
    pub expected: Option<f64>,
    pub outputs: Option<u64>,
    pub amplitudes: Option<u64>,
    pub bytes: Option<u64>,
    pub seconds: f64,
}

impl Sampler {
    /// From one sampler's part of each circuit; none if a circuit has too few strings.
    pub(super) fn of(played: &[&Played], laws: &[Law]) -> Option<Self> {
        let estimates = |by: Estimator| -> Option<Vec<Estimate>> {
            played.iter().map(|p| p.tally.estimate(by)).collect()
        };
        let mut linear = estimates(Estimator::Linear)?;
        for ((estimate, law), played) in linear.iter_mut().zip(laws).zip(played) {
            estimate.standard_error = estimate
                .standard_error
                .max((law.least_variance() / played.tally.samples() as f64).sqrt());
        }
        let ratio: Option<Vec<Estimate>> = linear
            .iter()
            .zip(laws)
            .map(|(e, law)| {
                let whole = law.exact(Estimator::Linear);
                (whole > 1e-9).then(|| Estimate {
                    value: e.value / whole,
                    standard_error: e.standard_error / whole,
                })
            })
            .collect();
        let count = played.len() as f64;
        let sum = |of: fn(&Played) -> u64| played.iter().map(|p| of(p)).sum();
        let mean = |of: fn(&Played) -> Option<f64>| {
            let all: Option<Vec<f64>> = played.iter().map(|p| of(p)).collect();
            all.map(|all| all.iter().sum::<f64>() / count)
        };
        Some(Sampler {
            name: played.first()?.name.clone(),
            linear: Spread::of(&linear)?,
            expected: mean(|p| p.expected),
            ratio: ratio.and_then(|ratio| Spread::of(&ratio)),
            logarithmic: estimates(Estimator::Logarithmic).and_then(|e| Spread::of(&e)),
            heavy: Spread::of(&estimates(Estimator::Heavy)?)?,
            samples: sum(|p| p.tally.samples()),
            distinct: sum(|p| p.distinct),
            zeros: sum(|p| p.tally.zeros()),
            outputs: mean(|p| p.outputs.map(|m| m as f64)),
        })
    }
}
