//! Gradients whose state can be looked at.

use super::{Adjoint, Gradient, Pullback};
use crate::error::{Error, Result};
use crate::pauli::PauliSum;
use crate::simulate::{Estimate, StateView};
use num_complex::Complex64;

/// A [`Gradient`] of a circuit that is simulated: beside what it estimates, the truth is known, also
/// when a cancellation has ended the evaluations.
/// Variational algorithms are written over it, with exact gradients ([`Adjoint`]), with those that
/// hardware gives ([`SampledGradient`](super::SampledGradient)), or under noise
/// ([`NoisyGradient`](super::NoisyGradient)).
pub trait SimulatedGradient: Gradient {
    /// The state at these parameters (radians); that without noise where there is noise.
    ///
    /// # Errors
    /// As [`Objective::value`](super::Objective::value).
    fn state(&mut self, params: &[f64]) -> Result<StateView<'_>>;

    /// The exact ⟨H⟩, whatever [`value`](super::Objective::value) estimates; under noise, where there
    /// is noise (of many qubits an estimate: see [`NoisyGradient`](super::NoisyGradient)).
    ///
    /// # Errors
    /// As [`Objective::value`](super::Objective::value).
    fn exact_value(&mut self, params: &[f64]) -> Result<f64>;

    /// Whether values and gradients are exact, not from shots or trajectories.
    fn is_exact(&self) -> bool {
        true
    }

    /// The mean of an observable, which need not be the one that is minimized, from as many shots or
    /// trajectories as an estimate takes, that nothing else has used; `None` where the
    /// [`state`](Self::state) tells it exactly. Under noise it is the mean with the noise.
    ///
    /// # Errors
    /// As [`Objective::value`](super::Objective::value); if the observable is on a qubit that is not there.
    fn fresh_estimate(
        &mut self,
        params: &[f64],
        observable: &PauliSum,
    ) -> Result<Option<Estimate>> {
        let _ = (params, observable);
        Ok(None)
    }

    /// The derivatives of a function of the final state from its cotangents, as
    /// [`Adjoint::pull_back`] has them.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if gradients are measured; else as [`Adjoint::pull_back`].
    fn pull_back_amplitudes(
        &mut self,
        params: &[f64],
        cotangents: &[Complex64],
        gradient: &mut [f64],
    ) -> Result<()> {
        let _ = (params, cotangents, gradient);
        Err(Error::Unsupported {
            method: self.method(),
            operation: "derivatives of amplitudes".into(),
            hint: "the adjoint gradient has them".into(),
        })
    }
}

impl SimulatedGradient for Adjoint {
    fn state(&mut self, params: &[f64]) -> Result<StateView<'_>> {
        Adjoint::state(self, params)
    }

    fn exact_value(&mut self, params: &[f64]) -> Result<f64> {
        self.value_to_the_end(params)
    }

    fn pull_back_amplitudes(
        &mut self,
        params: &[f64],
        cotangents: &[Complex64],
        gradient: &mut [f64],
    ) -> Result<()> {
        self.pull_back(params, &[Pullback::Amplitudes(cotangents)], gradient)
    }
}
