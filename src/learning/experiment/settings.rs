//! All that decides what an experiment comes to, beside its data: the manifest.

use crate::circuit::Circuit;
use crate::device::NoiseModel;
use crate::error::{Error, Result};
use crate::learning::class_weights::ClassWeights;
use crate::learning::data::{Scaling, Targets};
use crate::learning::loss::Loss;
use crate::learning::model::{Architecture, Model, Readout};
use crate::learning::training::{Evaluation, Training};
use crate::optimize::OptimizerKind;
use crate::pauli::PauliSum;
use crate::simulate::{Accuracy, Simulator};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::f64::consts::FRAC_PI_2;

/// The model of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// By its name.
    Named(Architecture),
    /// A circuit of one's own.
    Circuit {
        /// The circuit.
        circuit: Box<Circuit>,
        /// Its inputs that are the features, in order; the others are weights.
        data_params: Vec<String>,
        /// Whether classes are read as probabilities of basis states.
        probabilities: bool,
    },
}

/// A learning experiment: data are split and scaled, a model is trained, classical models and the same
/// circuit without entanglement beside it, and all are judged by the same rows. The same settings,
/// data and program give the same numbers, at any number of threads.
///
/// ```
/// use ketlab::learning::{Architecture, Experiment, ModelChoice, data};
/// let data = data::built_in("moons:60:0.1", 1)?.expect("a name");
/// let mut experiment = Experiment::new(ModelChoice::Named(Architecture::new("reuploading", 2)));
/// (experiment.epochs, experiment.seed) = (15, 1);
/// let report = experiment.run(&data, &ketlab::Simulator::new())?;
/// assert!(report.train.metrics.score() > 0.8);
/// assert_eq!(report.baselines.len(), 3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The model.
    pub model: ModelChoice,
    /// What is read in place of what the model reads by itself: an observable for each output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observables: Option<Vec<PauliSum>>,
    /// The range of the model's features; the model's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// The fraction of the rows that decide when training stops and which parameters are kept.
    pub validation: f64,
    /// The fraction of the rows by which the trained model is judged.
    pub test: f64,
    /// The loss; that of the targets unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
    /// The optimizer by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimizer: Option<String>,
    /// Its learning rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// The most passes over the training rows.
    pub epochs: usize,
    /// Rows of a mini-batch; all unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<usize>,
    /// λ of the penalty λ/2 Σ θ².
    pub l2: f64,
    /// Epochs without a better loss after which training stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<usize>,
    /// How much rows of each class count.
    #[serde(default)]
    pub class_weights: ClassWeights,
    /// Shots of each mean, if means are not exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shots: Option<u64>,
    /// A noise model, as its JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Value>,
    /// Trajectories of each mean under noise; exact, by the density matrix, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trajectories: Option<u64>,
    /// Whether classical models and the circuit without entanglement are trained as well.
    pub baselines: bool,
    /// The number of folds by which all are cross-validated, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<usize>,
    /// The seed of everything that is random.
    pub seed: u64,
}

impl Experiment {
    /// 20 % of the rows for validation and 20 % for the test; at most 100 epochs, all rows at once,
    /// exactly; with baselines, without cross-validation; seed 0.
    pub fn new(model: ModelChoice) -> Self {
        Experiment {
            model,
            observables: None,
            scaling: None,
            validation: 0.2,
            test: 0.2,
            loss: None,
            optimizer: None,
            learning_rate: None,
            epochs: 100,
            batch_size: None,
            l2: 0.0,
            patience: None,
            class_weights: ClassWeights::Equal,
            shots: None,
            noise: None,
            trajectories: None,
            baselines: true,
            folds: None,
            seed: 0,
        }
    }

    /// The model for data like these.
    ///
    /// # Errors
    /// As [`Architecture::build`] and [`Model::from_circuit`].
    pub fn build(&self, num_features: usize, targets: &Targets) -> Result<Model> {
        let model = match &self.model {
            ModelChoice::Named(architecture) => architecture.build(num_features, targets)?,
            ModelChoice::Circuit { circuit, data_params, probabilities } => {
                let readout = match probabilities {
                    true => Readout::probabilities(targets, circuit.num_qubits())?,
                    false => Readout::for_targets(targets, circuit.num_qubits())?,
                };
                let model = Model::from_circuit((**circuit).clone(), data_params, readout)?;
                if model.num_features() != num_features {
                    return Err(Error::Invalid {
                        what: "the number of parameters for data".into(),
                        value: model.num_features().to_string(),
                        expected: format!("the data have {num_features} features"),
                    });
                }
                model
            }
        };
        match &self.observables {
            None => Ok(model),
            Some(observables) => model.with_readout(Readout::Expectations {
                observables: observables.clone(),
                affine: true,
            }),
        }
    }

    /// The range of features: what was asked for, or what suits the model. Angles cover half a circle,
    /// so that no two rows are the same angle; those of `reuploading`, whose outputs are Fourier series
    /// of several terms, -1 to 1: on a smaller part of its period a series is freer, which learns curves
    /// better; the products of feature maps of Pauli strings, which turn fast, 0 to 1; bits and
    /// amplitudes stay as they are.
    pub fn feature_scaling(&self) -> Scaling {
        let of_model = match &self.model {
            ModelChoice::Circuit { .. } => Scaling::None,
            ModelChoice::Named(architecture) => match architecture.model.split(':').next() {
                Some("basis" | "amplitude") => Scaling::None,
                Some("reuploading") => Scaling::MinMax { low: -1.0, high: 1.0 },
                Some("zz" | "pauli" | "z") => Scaling::MinMax { low: 0.0, high: 1.0 },
                _ => Scaling::MinMax { low: -FRAC_PI_2, high: FRAC_PI_2 },
            },
        };
        self.scaling.unwrap_or(of_model)
    }

    /// How means come about.
    ///
    /// # Errors
    /// If shots are asked for together with noise, trajectories without it, or the noise is no noise
    /// model.
    pub fn evaluation(&self) -> Result<Evaluation> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        match (self.shots, &self.noise, self.trajectories) {
            (None, None, None) => Ok(Evaluation::Exact),
            (None, None, Some(count)) => {
                let expected = "trajectories are those of a noise model";
                invalid("the number of trajectories", count.to_string(), expected)
            }
            (Some(shots), None, _) => Ok(Evaluation::Shots(shots)),
            (Some(shots), Some(_), _) => {
                let expected = "under noise means are exact or from trajectories; leave out one";
                invalid("the number of shots under noise", shots.to_string(), expected)
            }
            (None, Some(noise), count) => {
                let accuracy = match count {
                    Some(count) => Accuracy::Trajectories(count),
                    None => Accuracy::Exact,
                };
                Ok(Evaluation::Noise(NoiseModel::from_json(&noise.to_string())?, accuracy))
            }
        }
    }

    /// How the model is trained.
    ///
    /// # Errors
    /// As [`evaluation`](Self::evaluation); if there is no optimizer of that name.
    pub fn training(&self, simulator: &Simulator) -> Result<Training> {
        let mut training = Training::new()
            .evaluation(self.evaluation()?)
            .epochs(self.epochs)
            .l2(self.l2)
            .class_weights(self.class_weights.clone())
            .seed(self.seed)
            .simulator(simulator);
        if let Some(loss) = self.loss {
            training = training.loss(loss);
        }
        if let Some(name) = &self.optimizer {
            training = training.optimizer(OptimizerKind::from_name(name)?, Value::Null);
        }
        if let Some(rate) = self.learning_rate {
            training = training.learning_rate(rate);
        }
        if let Some(rows) = self.batch_size {
            training = training.batch_size(rows);
        }
        if let Some(epochs) = self.patience {
            training = training.patience(epochs);
        }
        Ok(training)
    }
}
