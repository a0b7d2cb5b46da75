//! What an optimizer minimizes: the loss of the data, or of one mini-batch after the other.

use super::monitor::{Epoch, Monitor};
use super::row_gradients::RowGradients;
use crate::error::{Error, Result};
use crate::learning::data::DataSet;
use crate::math::{Domain, Fingerprint, Streams};
use crate::optimize::Objective;
use rand::seq::SliceRandom;
use serde_json::{Value, json};

/// Streams of the order of rows in each epoch.
const ORDERS: u64 = 1 << 32;

/// The loss as a function of a model's parameters. With mini-batches each call is of the next one, in
/// an order that is drawn for each epoch; after the last one of an epoch the validation rows are
/// evaluated.
pub(super) struct TrainingLoss<'m> {
    pub rows: RowGradients<'m>,
    pub validation: Option<&'m DataSet>,
    /// λ of λ/2 Σ θ², of the circuit's weights and scales, not of offsets.
    pub penalty: f64,
    pub penalized: usize,
    pub batch_size: Option<usize>,
    pub patience: Option<usize>,
    pub seed: u64,
    pub monitor: Monitor,
    pub fingerprint: Fingerprint,
    order: Vec<usize>,
    /// The epoch of `order`.
    ordered: Option<u64>,
    /// Σ of the losses of this epoch's batches, with their sizes.
    sum: (f64, usize),
    calls: u64,
}

impl<'m> TrainingLoss<'m> {
    pub fn new(rows: RowGradients<'m>, fingerprint: Fingerprint) -> Self {
        TrainingLoss {
            rows,
            validation: None,
            penalty: 0.0,
            penalized: 0,
            batch_size: None,
            patience: None,
            seed: 0,
            monitor: Monitor::default(),
            fingerprint,
            order: Vec::new(),
            ordered: None,
            sum: (0.0, 0),
            calls: 0,
        }
    }

    /// Batches in an epoch.
    pub fn num_batches(&self) -> usize {
        self.batch_size.map_or(1, |size| self.rows.num_rows().div_ceil(size))
    }

    /// The rows of this call.
    fn batch(&mut self) -> Vec<usize> {
        let count = self.rows.num_rows();
        let Some(size) = self.batch_size else { return (0..count).collect() };
        let batches = self.num_batches() as u64;
        let (epoch, batch) = (self.calls / batches, (self.calls % batches) as usize);
        if self.ordered != Some(epoch) {
            self.order = (0..count).collect();
            let streams = Streams::new(self.seed, Domain::Learning);
            self.order.shuffle(&mut streams.stream(ORDERS + epoch));
            self.ordered = Some(epoch);
        }
        self.order[batch * size..((batch + 1) * size).min(count)].to_vec()
    }

    /// Takes note of the epochs that end at these parameters.
    fn end_epoch(&mut self, params: &[f64], train_loss: f64) -> Result<()> {
        let validation_loss = match self.validation {
            Some(data) => Some(self.rows.loss_of(params, data)?),
            None => None,
        };
        let epoch = Epoch { epoch: self.monitor.history.len(), train_loss, validation_loss };
        let is_part = epoch.epoch == 0 && epoch.validation_loss.is_none() && self.num_batches() > 1;
        match self.monitor.note(epoch, is_part, params, self.patience) {
            true => Ok(()),
            // What optimizers take for a wish to stop.
            false => Err(Error::Interrupted),
        }
    }

    fn add_penalty(&self, params: &[f64], gradient: &mut [f64]) -> f64 {
        let mut penalty = 0.0;
        for (x, g) in params.iter().zip(gradient).take(self.penalized) {
            penalty += 0.5 * self.penalty * x * x;
            *g += self.penalty * x;
        }
        penalty
    }
}

impl Objective for TrainingLoss<'_> {
    fn num_params(&self) -> usize {
        self.rows.variances().len()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let mut gradient = vec![0.0; x.len()];
        self.value_and_gradient(x, &mut gradient)
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        if self.monitor.stopped_early {
            return Err(Error::Interrupted);
        }
        let is_start = self.monitor.history.is_empty();
        let begins = self.batch_size.is_some()
            && self.calls.is_multiple_of(self.num_batches() as u64)
            && !is_start;
        if begins {
            let (sum, rows) = self.sum;
            self.end_epoch(x, sum / rows.max(1) as f64)?;
            self.sum = (0.0, 0);
        }
        let batch = self.batch();
        let value = self.rows.value_and_gradient(&batch, x, gradient)?;
        let value = value + self.add_penalty(x, gradient);
        // A start from which no step leads is no plateau.
        let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        if is_start && !(value.is_finite() && norm.is_finite()) {
            let what = "the loss or the norm of its gradient at the start (weights, penalty or \
                        targets are too large)"
                .into();
            let value = if value.is_finite() { norm } else { value };
            return Err(Error::NotFinite { what, value });
        }
        self.sum.0 += value * batch.len() as f64;
        self.sum.1 += batch.len();
        self.calls += 1;
        // All rows at once are an epoch; of batches the first one tells how training began.
        if self.batch_size.is_none() || is_start {
            self.end_epoch(x, value)?;
        }
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.clone()
    }

    fn save(&self) -> Value {
        json!({
            "calls": self.calls,
            "shots": self.rows.calls(),
            "sum": self.sum,
            "monitor": self.monitor.save(),
        })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        let damaged = || Error::Invalid {
            what: "the state of a saved training".into(),
            value: state.to_string(),
            expected: "it has numbers of calls and a sum".into(),
        };
        self.calls = state["calls"].as_u64().ok_or_else(damaged)?;
        self.rows.set_calls(state["shots"].as_u64().ok_or_else(damaged)?);
        self.sum = serde_json::from_value(state["sum"].clone()).map_err(|_| damaged())?;
        self.monitor = Monitor::restore(&state["monitor"], self.num_params())?;
        Ok(())
    }
}
