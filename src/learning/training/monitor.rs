//! What a training has come to after each pass over the data, and when to stop.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A pass over the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 0: the parameters that training began with.
    pub epoch: usize,
    /// The mean loss of the training rows, with the penalty: of the whole data at these parameters,
    /// or, in mini-batches, each batch at the parameters that it met during the pass that ended here.
    pub train_loss: f64,
    /// The mean loss of the validation rows at the end of the pass, if there are any.
    pub validation_loss: Option<f64>,
}

/// Follows a training: its history, the best parameters so far, and how long nothing was better.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Monitor {
    pub history: Vec<Epoch>,
    /// Where the validation loss, or without one the training loss, was lowest.
    pub best: Vec<f64>,
    pub best_epoch: usize,
    best_loss: Option<f64>,
    pub stopped_early: bool,
}

impl Monitor {
    /// Takes note of an epoch that ended at these parameters, whose loss is that of all rows or, if
    /// `is_part`, of a single batch, which is best only until there is another. Says whether to go on:
    /// whether one of the last `patience` epochs was better than all before.
    pub fn note(
        &mut self,
        epoch: Epoch,
        is_part: bool,
        params: &[f64],
        patience: Option<usize>,
    ) -> bool {
        let loss = epoch.validation_loss.unwrap_or(epoch.train_loss);
        self.history.push(epoch);
        if is_part {
            self.best = params.to_vec();
        } else if self.best_loss.is_none_or(|best| loss < best) {
            self.best_loss = Some(loss);
            self.best_epoch = epoch.epoch;
            self.best = params.to_vec();
        }
        let waited = epoch.epoch - self.best_epoch;
        self.stopped_early = patience.is_some_and(|patience| waited >= patience);
        !self.stopped_early
    }

    pub fn save(&self) -> Value {
        serde_json::to_value(self).expect("numbers have a JSON")
    }

    /// # Errors
    /// If it is not what [`save`](Self::save) returned.
    pub fn restore(state: &Value, num_params: usize) -> Result<Self> {
        let invalid = |expected: String| Error::Invalid {
            what: "the history of a saved training".into(),
            value: "damaged".into(),
            expected,
        };
        let monitor: Monitor =
            serde_json::from_value(state.clone()).map_err(|error| invalid(error.to_string()))?;
        if !monitor.history.is_empty() && monitor.best.len() != num_params {
            return Err(invalid(format!("its best parameters are {num_params} numbers")));
        }
        Ok(monitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_counts_from_the_best_epoch() {
        let mut monitor = Monitor::default();
        let losses = [1.0, 0.5, 0.6, 0.7, 0.4, 0.4, 0.45];
        for (epoch, loss) in losses.into_iter().enumerate() {
            let epoch = Epoch { epoch, train_loss: 0.0, validation_loss: Some(loss) };
            let goes_on = monitor.note(epoch, false, &[loss], Some(3));
            assert!(goes_on, "{epoch:?}");
        }
        assert_eq!((monitor.best_epoch, &monitor.best[..]), (4, &[0.4][..]));
        let last = Epoch { epoch: 7, train_loss: 0.0, validation_loss: Some(0.9) };
        let saved = Monitor::restore(&monitor.save(), 1).unwrap();
        for mut monitor in [monitor, saved] {
            assert!(!monitor.note(last, false, &[0.9], Some(3)) && monitor.stopped_early);
        }
        assert!(Monitor::restore(&Value::from(3), 1).is_err());
    }
}
