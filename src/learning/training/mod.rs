//! Training of models: losses, mini-batches, early stopping, checkpoints.

mod evaluation;
mod monitor;
mod objective;
mod row_gradients;
mod trained;

pub use evaluation::Evaluation;
pub use monitor::Epoch;
pub(super) use row_gradients::mean_loss;
pub use trained::{Trained, TrainingStop};

use super::class_weights::ClassWeights;
use super::data::{DataSet, Targets};
use super::loss::Loss;
use super::model::Model;
use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use crate::optimize::{Iterate, OptimizerKind, StopReason, Stopping};
use crate::simulate::Simulator;
use objective::TrainingLoss;
use rand::RngExt;
use row_gradients::RowGradients;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The stream of the start.
const START: u64 = 0;
/// How far Adam moves a parameter in a step unless said.
const LEARNING_RATE: f64 = 0.05;

/// How a model is trained. What is not said: the loss that targets have by themselves, exact
/// gradients, all rows at once with L-BFGS, 100 epochs; with mini-batches, shots or trajectories Adam
/// with a learning rate of 0.05.
///
/// ```
/// use ketlab::learning::{Architecture, Training, data::{DataSet, Targets}};
/// use ndarray::Array2;
/// let x = Array2::from_shape_fn((20, 1), |(k, _)| -1.0 + 0.1 * k as f64);
/// let y = x.column(0).iter().map(|x| (3.0 * x).sin()).collect();
/// let data = DataSet::new(x, Targets::Values(y))?;
/// let model = Architecture::new("reuploading", 3).qubits(2).build(1, data.targets())?;
/// let trained = Training::new().seed(1).run(&model, &data, None)?;
/// assert!(trained.history[trained.best_epoch].train_loss < 1e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Training {
    loss: Option<Loss>,
    evaluation: Evaluation,
    optimizer: Option<(OptimizerKind, Value)>,
    learning_rate: Option<f64>,
    epochs: usize,
    batch_size: Option<usize>,
    l2: f64,
    patience: Option<usize>,
    class_weights: ClassWeights,
    start: Option<Vec<f64>>,
    seed: u64,
    simulator: Simulator,
    checkpoint: Option<(PathBuf, bool)>,
}

impl Default for Training {
    fn default() -> Self {
        Training {
            loss: None,
            evaluation: Evaluation::Exact,
            optimizer: None,
            learning_rate: None,
            epochs: 100,
            batch_size: None,
            l2: 0.0,
            patience: None,
            class_weights: ClassWeights::Equal,
            start: None,
            seed: 0,
            simulator: Simulator::new(),
            checkpoint: None,
        }
    }
}

impl Training {
    /// As said above, seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is minimized.
    pub fn loss(self, loss: Loss) -> Self {
        Training { loss: Some(loss), ..self }
    }

    /// Exactly, from shots, or under noise.
    pub fn evaluation(self, evaluation: Evaluation) -> Self {
        Training { evaluation, ..self }
    }

    /// The optimizer and its settings ([`OptimizerKind::with_settings`]).
    pub fn optimizer(self, method: OptimizerKind, settings: Value) -> Self {
        Training { optimizer: Some((method, settings)), ..self }
    }

    /// The learning rate, of optimizers that have one.
    pub fn learning_rate(self, rate: f64) -> Self {
        Training { learning_rate: Some(rate), ..self }
    }

    /// At most so many passes over the data; without batches so many steps of the optimizer, of which
    /// one of L-BFGS may take several passes, each an epoch of the history.
    pub fn epochs(self, epochs: usize) -> Self {
        Training { epochs, ..self }
    }

    /// A step for each so many rows, in an order that is drawn anew for each epoch; the last batch of
    /// an epoch has what is left.
    pub fn batch_size(self, rows: usize) -> Self {
        Training { batch_size: Some(rows), ..self }
    }

    /// Adds λ/2 Σ θ², but for the readout's offsets.
    pub fn l2(self, lambda: f64) -> Self {
        Training { l2: lambda, ..self }
    }

    /// Stops after so many epochs without a lower loss, of the validation rows if there are any. The
    /// best parameters are kept in any case.
    pub fn patience(self, epochs: usize) -> Self {
        Training { patience: Some(epochs), ..self }
    }

    /// How much rows of each class count.
    pub fn class_weights(self, weights: ClassWeights) -> Self {
        Training { class_weights: weights, ..self }
    }

    /// Parameters to begin with; else weights are drawn from [-π, π], scales are 1 and offsets 0.
    pub fn start(self, parameters: Vec<f64>) -> Self {
        Training { start: Some(parameters), ..self }
    }

    /// The seed of the start, of the order of rows, of shots and trajectories.
    pub fn seed(self, seed: u64) -> Self {
        Training { seed, ..self }
    }

    /// Threads, precision, instruction set and the watch that ends training.
    pub fn simulator(self, simulator: &Simulator) -> Self {
        Training { simulator: simulator.clone(), ..self }
    }

    /// Keeps the state of the training in this file after every epoch; with `resume`, goes on from
    /// there to the same bits as without an interruption.
    pub fn checkpoint(self, path: impl Into<PathBuf>, resume: bool) -> Self {
        Training { checkpoint: Some((path.into(), resume)), ..self }
    }

    /// Trains.
    ///
    /// # Errors
    /// If model, data and loss do not fit together; if a setting makes no sense; those of the
    /// simulation, the optimizer and of checkpoints; [`Error::Interrupted`] if not even the start was
    /// evaluated.
    pub fn run(
        &self,
        model: &Model,
        train: &DataSet,
        validation: Option<&DataSet>,
    ) -> Result<Trained> {
        self.run_telling(model, train, validation, |_| {})
    }

    /// The same; tells every epoch.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_telling(
        &self,
        model: &Model,
        train: &DataSet,
        validation: Option<&DataSet>,
        mut tell: impl FnMut(&Iterate<'_>),
    ) -> Result<Trained> {
        let loss = self.loss.unwrap_or(Loss::of(train.targets()));
        self.check(model, train, validation, loss)?;
        let class_weights = self.class_weights.of(train.targets())?;
        let simulator = self.simulator.clone().seed(self.seed);
        // Only checkpoints belong to something.
        let print = match self.checkpoint {
            Some(_) => self.fingerprint(model, train, validation, loss)?,
            None => Fingerprint::new(),
        };
        let rows =
            RowGradients::new(model, (loss, class_weights), &self.evaluation, train, &simulator)?;
        let mut objective = TrainingLoss::new(rows, print);
        objective.validation = validation;
        objective.penalty = self.l2;
        objective.penalized = model.num_weights() + model.readout().num_scales();
        objective.batch_size = self.batch_size;
        objective.patience = self.patience;
        objective.seed = self.seed;
        let batches = objective.num_batches();
        let watch = simulator.watch().clone();
        let mut stopping = Stopping::new()
            // One call more than steps: the last one ends the last epoch.
            .max_iterations(self.epochs.saturating_mul(batches))
            .callback(|progress| {
                tell(progress);
                !watch.is_cancelled()
            });
        if self.is_noisy() {
            stopping = stopping.any_gradient();
        }
        if let Some((path, resume)) = &self.checkpoint {
            stopping = stopping.checkpoint(path, batches);
            if *resume && path.exists() {
                stopping = stopping.resume(path);
            }
        }
        let start = match &self.start {
            Some(start) => start.clone(),
            None => self.first(model),
        };
        let outcome = self.method()?.minimize(&mut objective, &start, &mut stopping)?;
        drop(stopping);
        let stop = match &outcome.stop {
            _ if objective.monitor.stopped_early => TrainingStop::Patience,
            StopReason::Cancelled => TrainingStop::Interrupted,
            StopReason::MaxIterations { .. } => TrainingStop::Epochs,
            other => TrainingStop::Optimizer(other.to_string()),
        };
        let TrainingLoss { monitor, rows, .. } = objective;
        Ok(Trained {
            model: model.clone(),
            parameters: monitor.best,
            best_epoch: monitor.best_epoch,
            history: monitor.history,
            stop,
            iterations: outcome.iterations,
            gradient_variances: rows.variances().to_vec(),
            resumed_from: outcome.resumed_from,
            checkpoint_error: outcome.checkpoint_error,
            seconds: outcome.seconds,
        })
    }

    /// Weights anywhere on their circle.
    fn first(&self, model: &Model) -> Vec<f64> {
        let mut stream = Streams::new(self.seed, Domain::Learning).stream(START);
        let pi = std::f64::consts::PI;
        let weights = (0..model.num_weights()).map(|_| stream.random_range(-pi..pi));
        weights.chain(model.readout().start()).collect()
    }

    fn is_noisy(&self) -> bool {
        self.batch_size.is_some() || !self.evaluation.is_exact()
    }

    fn kind(&self) -> OptimizerKind {
        match &self.optimizer {
            Some((kind, _)) => *kind,
            None if self.is_noisy() => OptimizerKind::Adam,
            None => OptimizerKind::Lbfgs,
        }
    }

    fn method(&self) -> Result<Box<dyn crate::optimize::Optimizer>> {
        let mut settings = match &self.optimizer {
            Some((_, settings)) => settings.clone(),
            None => Value::Null,
        };
        let rate = match (self.learning_rate, &self.optimizer) {
            (None, None) if self.is_noisy() => Some(LEARNING_RATE),
            (rate, _) => rate,
        };
        if let Some(rate) = rate {
            if settings.is_null() {
                settings = json!({});
            }
            settings["learning_rate"] = json!(rate);
        }
        match settings.is_null() {
            true => Ok(self.kind().optimizer()),
            false => self.kind().with_settings(&settings),
        }
    }

    fn check(
        &self,
        model: &Model,
        train: &DataSet,
        validation: Option<&DataSet>,
        loss: Loss,
    ) -> Result<()> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        for data in std::iter::once(train).chain(validation) {
            model.readout().check_targets(data.targets(), loss)?;
        }
        if let Targets::Classes { labels, .. } = train.targets()
            && labels.iter().all(|label| *label == labels[0])
        {
            let expected = "there must be two in the training rows to tell apart";
            return invalid("the number of classes", "1".into(), expected);
        }
        if !(self.l2 >= 0.0 && self.l2.is_finite()) {
            let expected = "it must be finite and not negative";
            return invalid("the factor of the L2 penalty", self.l2.to_string(), expected);
        }
        if let Some(rate) = self.learning_rate.filter(|r| !(*r > 0.0 && r.is_finite())) {
            let expected = "it must be positive and finite";
            return invalid("the learning rate", rate.to_string(), expected);
        }
        use OptimizerKind::{Adam, Amsgrad, GradientDescent, Momentum};
        if let Some(rate) = self.learning_rate
            && !matches!(self.kind(), Adam | Amsgrad | GradientDescent | Momentum)
        {
            let expected = format!("`{}` has none; take adam as the optimizer", self.kind());
            return invalid("the learning rate", rate.to_string(), &expected);
        }
        if self.batch_size == Some(0) {
            return invalid("the size of a batch", "0".into(), "it must be at least 1 row");
        }
        if self.patience == Some(0) {
            return invalid("the patience", "0".into(), "it must be at least 1 epoch");
        }
        if self.is_noisy() && !self.kind().bears_noise() {
            let value = format!("`{}`", self.kind());
            let expected = "batches and shots make each value another function's; use adam, amsgrad, \
                            gradient-descent or momentum";
            return invalid("the optimizer", value, expected);
        }
        if matches!(self.kind(), OptimizerKind::Spsa | OptimizerKind::Rotosolve) {
            let value = format!("`{}`", self.kind());
            let expected = "models are trained by gradients: lbfgs, adam, amsgrad, gradient-descent \
                            or momentum";
            return invalid("the optimizer", value, expected);
        }
        match &self.start {
            Some(start) => model.check_parameters(start),
            None => Ok(()),
        }
    }

    fn fingerprint(
        &self,
        model: &Model,
        train: &DataSet,
        validation: Option<&DataSet>,
        loss: Loss,
    ) -> Result<Fingerprint> {
        let print = Fingerprint::new()
            .and(self.simulator.fingerprint())
            .with("model", model)
            .with("loss", &loss)
            .with("training rows", &train.fingerprint())
            .with("validation rows", &validation.map(DataSet::fingerprint))
            .with("batch size", &self.batch_size)
            .with("L2 penalty", &self.l2)
            .with("patience", &self.patience)
            .with("class weights", &self.class_weights)
            .with("seed", &self.seed);
        Ok(print.and(self.evaluation.fingerprint()?))
    }
}

#[cfg(test)]
mod tests;
