//! How means of a model's observables come about: exactly, from shots, under noise.

use crate::circuit::Circuit;
use crate::device::NoiseModel;
use crate::error::{Error, Result};
use crate::learning::loss::LEAST_PROBABILITY;
use crate::learning::model::Model;
use crate::math::Fingerprint;
use crate::simulate::{Accuracy, Estimate, ExpectationSource, Program, Simulator};
use ndarray::{Array2, ArrayView2};

/// How a model is evaluated.
#[derive(Debug, Clone, Default)]
pub enum Evaluation {
    /// Exact means; gradients by the adjoint method.
    #[default]
    Exact,
    /// Each mean from so many shots, as hardware gives them; gradients by parameter shifts, each
    /// shifted circuit from so many shots on average.
    Shots(u64),
    /// Under a noise model, exactly by the density matrix, or from random trajectories.
    Noise(NoiseModel, Accuracy),
}

impl Evaluation {
    /// The circuit that runs.
    pub(super) fn circuit(&self, model: &Model) -> Result<Circuit> {
        match self {
            Evaluation::Noise(noise, _) => Ok(noise.apply(model.circuit())?.circuit),
            _ => Ok(model.circuit().clone()),
        }
    }

    /// Whether its numbers have errors.
    pub fn is_exact(&self) -> bool {
        match self {
            Evaluation::Exact => true,
            Evaluation::Shots(_) => false,
            Evaluation::Noise(_, accuracy) => *accuracy == Accuracy::Exact,
        }
    }

    /// From which probability on a cross-entropy has its logarithm.
    pub(in crate::learning) fn least_probability(&self) -> f64 {
        match self {
            Evaluation::Shots(shots) => 1.0 / (*shots as f64).sqrt(),
            Evaluation::Noise(_, Accuracy::Trajectories(count)) => 1.0 / (*count as f64).sqrt(),
            Evaluation::Noise(_, Accuracy::StandardError(error)) => {
                error.clamp(LEAST_PROBABILITY, 0.5)
            }
            Evaluation::Exact | Evaluation::Noise(_, Accuracy::Exact) => LEAST_PROBABILITY,
        }
    }

    /// In a few words, as `exact` or `1000 shots`.
    pub fn describe(&self) -> String {
        match self {
            Evaluation::Exact => "exact".into(),
            Evaluation::Shots(shots) => format!("{shots} shots a mean"),
            Evaluation::Noise(_, Accuracy::Exact) => "under noise, exact".into(),
            Evaluation::Noise(..) => "under noise, by trajectories".into(),
        }
    }

    /// All that decides its numbers beside model and seed.
    pub(super) fn fingerprint(&self) -> Result<Fingerprint> {
        let print = Fingerprint::new();
        Ok(match self {
            Evaluation::Exact => print,
            Evaluation::Shots(shots) => print.with("shots", shots),
            Evaluation::Noise(noise, accuracy) => {
                print.with("noise", &noise.to_json()?).with("accuracy", accuracy)
            }
        })
    }

    /// The outputs of a model for each row of features, rows × outputs; the simulator's seed is that
    /// of shots and trajectories.
    ///
    /// # Errors
    /// As [`Model::outputs`]; if there are fewer shots than groups of strings that are measured
    /// together need; what the noise model refuses; [`Error::Interrupted`].
    pub fn outputs<'r>(
        &self,
        model: &Model,
        simulator: &Simulator,
        params: &[f64],
        features: impl Into<ArrayView2<'r, f64>>,
    ) -> Result<Array2<f64>> {
        let rows = model.input_rows(params, features.into())?;
        let means = self.means(model, simulator, rows.view())?;
        Ok(model.outputs_of(params, means.view()))
    }

    /// The means at rows of the circuit's inputs, rows × observables.
    pub(super) fn means(
        &self,
        model: &Model,
        simulator: &Simulator,
        rows: ArrayView2<f64>,
    ) -> Result<Array2<f64>> {
        let observables = model.readout().observables();
        let circuit = self.circuit(model)?;
        let estimated = |mut source: Box<dyn ExpectationSource>| {
            let mut means =
                Array2::from_elem((rows.nrows(), observables.len()), Estimate::default());
            source.estimates_of_rows(rows, means.view_mut())?;
            Ok::<_, Error>(means.mapv(|estimate| estimate.value))
        };
        match self {
            Evaluation::Exact => {
                let program = Program::new(&circuit)?;
                simulator.batch(&program).expectations(rows, &observables)?.complete()
            }
            Evaluation::Shots(shots) => {
                estimated(Box::new(simulator.sampled_evaluator(&circuit, &observables, *shots)?))
            }
            Evaluation::Noise(_, accuracy) => {
                estimated(Box::new(simulator.noisy_evaluator(&circuit, &observables, *accuracy)?))
            }
        }
    }
}
