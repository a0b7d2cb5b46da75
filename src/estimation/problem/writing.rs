//! How circuits are written down: in which gates, and with which noise.

use crate::circuit::Circuit;
use crate::device::{Coverage, NoiseModel};
use crate::error::{Error, Result};
use crate::noise::Channel;
use crate::rewrite::{Basis, to_basis};
use std::sync::Arc;

/// How a problem's circuits are written down.
#[derive(Debug, Clone)]
pub(in crate::estimation) struct Writing {
    /// The gates; `None` for those that circuits are made of.
    pub basis: Option<Arc<Basis>>,
    /// Fidelity of a step of Grover's operator under global depolarizing noise; 1 without.
    pub kappa: f64,
    /// What the gates and measurements suffer.
    pub model: Option<Arc<NoiseModel>>,
}

impl Default for Writing {
    /// As it is, without noise.
    fn default() -> Self {
        Writing { basis: None, kappa: 1.0, model: None }
    }
}

/// Whether a noise model did anything to a circuit's outcomes: qubits that are misread count if they
/// are measured.
pub(in crate::estimation) fn has_effect(coverage: &Coverage) -> bool {
    coverage.num_channels > 0 || coverage.num_noisy_measurements > 0
}

impl Writing {
    /// Refuses two kinds of noise at once, which would follow neither's law.
    pub fn check(&self) -> Result<()> {
        if self.kappa == 1.0 || self.model.is_none() {
            return Ok(());
        }
        Err(Error::Unsupported {
            method: "full circuits under a noise model",
            operation: format!("a fidelity of {} of a Grover step besides", self.kappa),
            hint: "they have one kind of noise: put a channel into the model, or run \
                   `EstimationProblem::full_circuits`, which has no model"
                .into(),
        })
    }

    /// The circuit in the gates of the basis. What is no gate stays as it is.
    pub fn in_basis(&self, circuit: Circuit) -> Result<Circuit> {
        match &self.basis {
            None => Ok(circuit),
            Some(basis) => to_basis(&circuit, basis),
        }
    }

    /// The noise of a step of Grover's operator, behind it: ρ → κρ + (1-κ) I/d on all qubits.
    pub fn depolarize(&self, step: &mut Circuit) -> Result<()> {
        if self.kappa < 1.0 {
            let n = step.num_qubits();
            let channel = Channel::global_depolarizing_lambda(1.0 - self.kappa, n)?;
            step.try_channel(channel, 0..n)?;
        }
        Ok(())
    }

    /// The circuit with the model's noise, and what got some; `None` without a model.
    pub fn with_model(&self, circuit: Circuit) -> Result<(Circuit, Option<Coverage>)> {
        match &self.model {
            None => Ok((circuit, None)),
            Some(model) => {
                let noisy = model.apply(&circuit)?;
                Ok((noisy.circuit, Some(noisy.coverage)))
            }
        }
    }
}
