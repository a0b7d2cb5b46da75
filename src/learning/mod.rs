//! Learning from data with circuits, and classical learning beside it.
//!
//! A [`Model`] is a circuit some of whose inputs are data and the others weights, and a [`Readout`]
//! of its outputs (Mitarai, Negoro, Kitagawa and Fujii, Phys. Rev. A 98, 032309 (2018)). Whatever is
//! learned is compared: with a linear model, a network of as many parameters, and the same circuit
//! without entanglement, all tuned and judged by the same rows.
//!
//! | you want | type |
//! |---|---|
//! | data from files and by name, scaled, split | [`data`] |
//! | features as angles and amplitudes | [`Embedding`](crate::circuit::library::Embedding) |
//! | a model by its name, or of a circuit of one's own | [`Architecture`], [`Model`] |
//! | losses, mini-batches, early stopping, checkpoints; exactly, from shots, under noise | [`Training`], [`Loss`], [`Evaluation`] |
//! | all of an experiment: split, training, rivals, cross-validation, as one report | [`Experiment`], [`Report`] |
//! | predictions for rows as they are in a file | [`Predictor`] |
//! | accuracy, R², confusion | [`Metrics`] |
//! | quantum kernels, their geometry, from shots | [`kernel`] |
//! | support vector machines, ridge and logistic regression, networks | [`classical`] |
//! | whether gradients vanish, what an ansatz can express | [`trainability`] |
//!
//! ```
//! use ketlab::Simulator;
//! use ketlab::learning::{Architecture, Metrics, Training, data};
//! let data = data::moons(80, 0.1, 1)?;
//! let (train, validation, _) = data::Split::new(data.targets(), 0.25, 0.0, 1)?.parts(&data);
//! let model = Architecture::new("reuploading", 3).build(2, data.targets())?;
//! let trained = Training::new().epochs(40).run(&model, &train, validation.as_ref())?;
//! let outputs = model.outputs(&Simulator::new(), &trained.parameters, train.features())?;
//! let metrics = Metrics::new(train.targets(), model.probabilities(outputs.view()).view())?;
//! assert!(metrics.score() > 0.9);
//! # Ok::<(), ketlab::Error>(())
//! ```

mod class_weights;
pub mod classical;
pub mod data;
pub mod experiment;
pub mod kernel;
pub mod kernel_study;
mod loss;
mod metrics;
pub mod model;
mod paired;
pub mod trainability;
pub mod training;

pub use class_weights::ClassWeights;
pub use experiment::{Beside, Experiment, ModelChoice, Predictor, Report, Scored, Verdict, Versus};
pub use kernel_study::{KernelReport, KernelStudy};
pub use loss::{LEAST_PROBABILITY, Loss, Outputs, Target};
pub use metrics::{ClassificationMetrics, Metrics, RegressionMetrics, most_probable};
pub use model::{Architecture, Model, Readout};
pub use paired::Paired;
pub use training::{Epoch, Evaluation, Trained, Training, TrainingStop};
