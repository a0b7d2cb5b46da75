//! The classical models that stand beside a quantum one in a report.

use super::logistic::{LogisticRegression, LogisticSettings};
use super::mlp::{Mlp, MlpMethod, MlpSettings, hidden_units_for};
use super::ridge::LinearRidge;
use super::tuning::{
    C_GRID, LAMBDA_GRID, Tuned, column, fit_network, network_grid, tune_linear, tune_network,
};
use crate::error::Result;
use crate::learning::data::{DataSet, Fold, Targets};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// A trained classical model of features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClassicalModel {
    /// A linear model of values.
    Ridge(LinearRidge),
    /// A linear model of classes.
    Logistic(LogisticRegression),
    /// A network with one hidden layer, of values or classes.
    Network(Mlp),
}

/// A tuned classical model, and how it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The model, trained on all rows with the best settings.
    pub model: ClassicalModel,
    /// The settings that were tried.
    pub tuning: Tuning,
}

/// The table of what was tried for a [`Baseline`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Tuning {
    /// Of a linear model: λ of values, C of classes.
    Linear(Tuned<f64>),
    /// Of a network.
    Network(Tuned<MlpSettings>),
}

impl Tuning {
    /// What was tried and its mean score (accuracy, or the negative mean squared error), `None` where
    /// it failed; and the place of the best.
    pub fn table(&self) -> (Vec<(String, Option<f64>)>, usize) {
        fn rows<S>(tuned: &Tuned<S>, name: impl Fn(&S) -> String) -> Vec<(String, Option<f64>)> {
            let mean = |t: &super::tuning::Trial<S>| t.score.as_ref().map(|score| score.mean);
            tuned.trials.iter().map(|t| (name(&t.setting), mean(t))).collect()
        }
        match self {
            Tuning::Linear(tuned) => (rows(tuned, |s| format!("strength={s}")), tuned.best),
            Tuning::Network(tuned) => {
                let name = |settings: &MlpSettings| {
                    let rate = match settings.method {
                        MlpMethod::Adam { learning_rate, .. } => {
                            format!(" learning_rate={learning_rate}")
                        }
                        MlpMethod::Lbfgs { .. } => " lbfgs".into(),
                    };
                    format!("units={} l2={}{rate}", settings.hidden_units, settings.l2)
                };
                (rows(tuned, name), tuned.best)
            }
        }
    }
}

impl ClassicalModel {
    /// Its name in reports: `ridge`, `logistic` or `network`.
    pub fn name(&self) -> &'static str {
        match self {
            ClassicalModel::Ridge(_) => "ridge",
            ClassicalModel::Logistic(_) => "logistic",
            ClassicalModel::Network(_) => "network",
        }
    }

    /// How many numbers were fitted.
    pub fn num_parameters(&self) -> usize {
        match self {
            ClassicalModel::Ridge(model) => model.map().num_parameters(),
            ClassicalModel::Logistic(model) => model.map().num_parameters(),
            ClassicalModel::Network(model) => model.num_parameters(),
        }
    }

    /// Values (rows × 1) or probabilities (rows × classes) of rows of features, as
    /// [`Metrics::new`](crate::learning::Metrics::new) takes them.
    ///
    /// # Errors
    /// If there is another number of features than in training, or one is not finite.
    pub fn predict(&self, features: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        match self {
            ClassicalModel::Ridge(model) => model.predict(features),
            ClassicalModel::Logistic(model) => model.probabilities(features),
            ClassicalModel::Network(model) => model.predict(features),
        }
    }
}

impl Baseline {
    /// A linear model: ridge regression of values, logistic regression of classes, with its strength
    /// chosen by cross-validation, then trained on all rows. Features should be scaled.
    ///
    /// # Errors
    /// As [`tune_linear`].
    pub fn linear(data: &DataSet, folds: &[Fold]) -> Result<Self> {
        let (tuned, model) = match data.targets() {
            Targets::Values(values) => {
                let tuned = tune_linear(data, &LAMBDA_GRID, folds)?;
                let model =
                    LinearRidge::fit(data.features(), column(values).view(), *tuned.best())?;
                (tuned, ClassicalModel::Ridge(model))
            }
            Targets::Classes { labels, names } => {
                let tuned = tune_linear(data, &C_GRID, folds)?;
                let settings = LogisticSettings { c: *tuned.best(), ..Default::default() };
                let model =
                    LogisticRegression::fit(data.features(), labels, names.len(), &settings)?;
                (tuned, ClassicalModel::Logistic(model))
            }
        };
        Ok(Baseline { model, tuning: Tuning::Linear(tuned) })
    }

    /// A network of at most `num_parameters` parameters, as near as can be (see [`hidden_units_for`]),
    /// with learning rate and penalty chosen by cross-validation from [`network_grid`], then trained on
    /// all rows for as many epochs. Features should be scaled.
    ///
    /// # Errors
    /// As [`tune_network`].
    pub fn network(
        data: &DataSet,
        num_parameters: usize,
        epochs: usize,
        folds: &[Fold],
        seed: u64,
    ) -> Result<Self> {
        let outputs = match data.targets().num_classes() {
            0 | 2 => 1,
            classes => classes,
        };
        let units = hidden_units_for(num_parameters, data.num_features(), outputs);
        let tuned = tune_network(data, network_grid(units, epochs, seed), folds)?;
        let model = ClassicalModel::Network(fit_network(data, tuned.best())?);
        Ok(Baseline { model, tuning: Tuning::Network(tuned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Metrics;

    fn data(classes: bool) -> (DataSet, Vec<Fold>) {
        let features =
            Array2::from_shape_fn((60, 2), |(i, j)| (1.3 * i as f64 + 2.1 * j as f64).sin());
        let value = |i: usize| features[[i, 0]] - 0.5 * features[[i, 1]] + 0.25;
        let targets = if classes {
            let labels = (0..60).map(|i| usize::from(value(i) > 0.3)).collect();
            Targets::Classes { labels, names: vec!["low".into(), "high".into()] }
        } else {
            Targets::Values((0..60).map(value).collect())
        };
        let part = |k: usize| {
            let (train, test) = (0..60).partition(|i| i % 3 != k);
            Fold { train, test }
        };
        let folds = (0..3).map(part).collect();
        (DataSet::new(features, targets).unwrap(), folds)
    }

    #[test]
    fn baselines_learn_what_is_linear_and_survive_json() {
        for classes in [false, true] {
            let (data, folds) = data(classes);
            let linear = Baseline::linear(&data, &folds).unwrap();
            let network = Baseline::network(&data, 13, 30, &folds[..1], 1).unwrap();
            assert_eq!((linear.model.num_parameters(), network.model.num_parameters()), (3, 13));
            assert_eq!(network.tuning.table().0.len(), 16);
            for (baseline, least) in [(&linear, 0.95), (&network, 0.8)] {
                let outputs = baseline.model.predict(data.features()).unwrap();
                let metrics = Metrics::new(data.targets(), outputs.view()).unwrap();
                assert!(metrics.score() > least, "{} {metrics:?}", baseline.model.name());
                let text = serde_json::to_string(baseline).unwrap();
                let read: Baseline = serde_json::from_str(&text).unwrap();
                assert_eq!(&read, baseline);
                assert_eq!(read.model.predict(data.features()).unwrap(), outputs);
            }
        }
    }

    #[test]
    fn a_model_file_that_is_broken_is_refused() {
        let (data, folds) = data(true);
        let model = Baseline::linear(&data, &folds).unwrap().model;
        let mut json = serde_json::to_value(&model).unwrap();
        assert_eq!(json["kind"], "logistic");
        json["classes"] = serde_json::json!([1, 0]);
        assert!(serde_json::from_value::<ClassicalModel>(json).is_err());
        let error = model.predict(Array2::zeros((1, 3)).view()).unwrap_err();
        assert!(error.to_string().contains("number of features"), "{error}");
    }
}
