//! The same machine with spins 1 and -1.

use super::Rbm;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// The parameters of a restricted Boltzmann machine as an Ising model on spins s = 1 - 2x, so that bit
/// 0 is spin +1, as in [`crate::ising`]:
///
/// E = offset - Σᵢ bᵢ sᵢ - Σⱼ bⱼ tⱼ - Σᵢⱼ wᵢⱼ sᵢ tⱼ
///
/// with visible spins s and hidden spins t.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpinParameters {
    /// Fields bᵢ of the visible spins.
    pub visible_fields: Vec<f64>,
    /// Fields bⱼ of the hidden spins.
    pub hidden_fields: Vec<f64>,
    /// Couplings wᵢⱼ, one row of as many numbers as there are hidden spins a visible spin.
    pub couplings: Vec<f64>,
    /// The constant of the energy.
    pub offset: f64,
}

impl Rbm {
    /// The same energies in spins.
    pub fn to_spins(&self) -> SpinParameters {
        let (a, b, w, nh) =
            (self.visible_bias(), self.hidden_bias(), self.weights(), self.num_hidden());
        let sum = |numbers: &[f64]| numbers.iter().sum::<f64>();
        let mut visible_fields: Vec<f64> = a.iter().map(|a| -0.5 * a).collect();
        let mut hidden_fields: Vec<f64> = b.iter().map(|b| -0.5 * b).collect();
        // v h = (1 - s - t + s t) / 4
        for (row, field) in w.chunks_exact(nh).zip(&mut visible_fields) {
            *field -= 0.25 * sum(row);
            hidden_fields.iter_mut().zip(row).for_each(|(field, w)| *field -= 0.25 * w);
        }
        SpinParameters {
            visible_fields,
            hidden_fields,
            couplings: w.iter().map(|w| 0.25 * w).collect(),
            offset: -0.5 * (sum(a) + sum(b)) - 0.25 * sum(w),
        }
    }

    /// The machine with the law of these spins. Its energies are those of the spins less a constant,
    /// which makes the energy 0 where all bits are 0: `spins.offset - rbm.to_spins().offset`.
    ///
    /// # Errors
    /// As [`Rbm::new`], for the biases and weights that come out.
    pub fn from_spins(spins: &SpinParameters) -> Result<Rbm> {
        let mut visible_bias: Vec<f64> = spins.visible_fields.iter().map(|b| -2.0 * b).collect();
        let mut hidden_bias: Vec<f64> = spins.hidden_fields.iter().map(|b| -2.0 * b).collect();
        let rows = spins.couplings.chunks(hidden_bias.len().max(1));
        for (row, bias) in rows.zip(&mut visible_bias) {
            *bias -= 2.0 * row.iter().sum::<f64>();
            hidden_bias.iter_mut().zip(row).for_each(|(bias, w)| *bias -= 2.0 * w);
        }
        let weights = spins.couplings.iter().map(|w| 4.0 * w).collect();
        Rbm::new(visible_bias, hidden_bias, weights)
    }
}
