//! What a trained model is compared with.

use super::predictor::{Scored, scaled_targets};
use crate::error::Result;
use crate::learning::classical::{Baseline, ClassicalModel};
use crate::learning::data::{DataSet, Scaler, Scaling, Targets, folds_at_most};
use crate::learning::loss::{LEAST_PROBABILITY, Loss, Outputs};
use crate::learning::metrics::Metrics;
use ndarray::{Array2, ArrayView2};

/// Folds by which a classical model is tuned, if every class has as many rows.
const TUNING_FOLDS: usize = 5;

/// A tuned classical model of standardized features.
pub(super) struct Classical {
    pub baseline: Baseline,
    scaler: Scaler,
    target_scaler: Option<Scaler>,
}

/// Which classical model.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Linear,
    /// With at most as many parameters.
    Network {
        num_parameters: usize,
        epochs: usize,
    },
}

impl Classical {
    /// Tuned on folds of the training rows, then trained on all of them.
    pub fn fit(
        kind: Kind,
        train: &DataSet,
        target_scaler: Option<&Scaler>,
        seed: u64,
    ) -> Result<Self> {
        let scaler = Scaler::fit(Scaling::Standard, train.features())?;
        let scaled = DataSet::new(
            scaler.apply(train.features())?,
            scaled_targets(target_scaler, train.targets()),
        )?;
        let folds = folds_at_most(scaled.targets(), TUNING_FOLDS, seed)?;
        let baseline = match kind {
            Kind::Linear => Baseline::linear(&scaled, &folds)?,
            Kind::Network { num_parameters, epochs } => {
                Baseline::network(&scaled, num_parameters, epochs, &folds, seed)?
            }
        };
        Ok(Classical { baseline, scaler, target_scaler: target_scaler.cloned() })
    }

    pub fn name(&self) -> &'static str {
        match self.baseline.model {
            ClassicalModel::Ridge(_) => "linear (ridge)",
            ClassicalModel::Logistic(_) => "linear (logistic)",
            ClassicalModel::Network(_) => "network (tanh)",
        }
    }

    /// Loss and metrics on data, and the predictions. The loss is the quantum model's, of the same
    /// outputs: probabilities, or scores 2p - 1 of classes.
    pub fn score(&self, loss: Loss, of: Outputs, data: &DataSet) -> Result<(Scored, Array2<f64>)> {
        let outputs = self.baseline.model.predict(self.scaler.apply(data.features())?.view())?;
        let targets = scaled_targets(self.target_scaler.as_ref(), data.targets());
        let value = loss_of(loss, of, outputs.view(), &targets);
        let predictions = match &self.target_scaler {
            Some(scaler) => outputs.mapv(|y| scaler.undo_value(y)),
            None => outputs,
        };
        let metrics = Metrics::new(data.targets(), predictions.view())?;
        Ok((Scored { loss: value, metrics }, predictions))
    }
}

fn loss_of(loss: Loss, of: Outputs, outputs: ArrayView2<f64>, targets: &Targets) -> f64 {
    let is_values = matches!(targets, Targets::Values(_));
    // A cross-entropy is one of probabilities, whatever they came from.
    let kind = match loss {
        Loss::CrossEntropy => Outputs::Probabilities,
        _ => of,
    };
    let outputs = match kind {
        _ if is_values => outputs.to_owned(),
        Outputs::Probabilities => outputs.to_owned(),
        // Two classes have one score.
        Outputs::Scores if outputs.ncols() == 2 => {
            Array2::from_shape_fn((outputs.nrows(), 1), |(k, _)| outputs[[k, 0]] - outputs[[k, 1]])
        }
        Outputs::Scores => outputs.mapv(|p| 2.0 * p - 1.0),
    };
    let mut derivatives = vec![0.0; outputs.ncols()];
    let mut total = 0.0;
    for (k, row) in outputs.rows().into_iter().enumerate() {
        let target = targets.get(k);
        total += loss.value_and_derivatives(
            (kind, LEAST_PROBABILITY),
            &row.to_vec(),
            target,
            &mut derivatives,
        );
    }
    total / outputs.nrows() as f64
}
