//! What learns from a kernel, and what it is worth.

use super::settings::{KernelStudy, Learner};
use crate::error::Result;
use crate::learning::classical::{
    KernelRidge, KernelSetting, SupportVectorClassifier, SupportVectorRegressor, SvmSettings,
    SvrSettings, Tuned, tune_kernel_ridge, tune_svm, tune_svr,
};
use crate::learning::data::{Fold, Targets};
use crate::learning::metrics::most_probable;
use ndarray::{Array2, ArrayView2};

/// By how much a machine may miss its optimum, once its settings are chosen.
const TOLERANCE: f64 = 1e-6;

/// A trained learner.
pub(super) enum Machine {
    Classifier(SupportVectorClassifier),
    Regressor(SupportVectorRegressor, f64),
    Ridge(KernelRidge),
}

/// What a learner says of rows.
pub(super) enum Predicted {
    Values(Vec<f64>),
    Classes(Vec<usize>),
}

impl KernelStudy {
    /// Tries all strengths for one kernel.
    pub(super) fn tune(
        &self,
        name: &str,
        kernel: ArrayView2<f64>,
        targets: &Targets,
        folds: &[Fold],
    ) -> Result<Tuned<KernelSetting>> {
        let (kernels, strengths) = ([(name.to_string(), kernel)], self.strengths());
        match (self.learner, targets) {
            (Learner::Svm, Targets::Classes { labels, names }) => {
                let classes = (&labels[..], names.len());
                tune_svm(&kernels, classes, &strengths, folds, &SvmSettings::default())
            }
            (Learner::Svm, Targets::Values(values)) => {
                let base = SvrSettings { epsilon: self.epsilon, ..SvrSettings::default() };
                tune_svr(&kernels, values, &strengths, folds, &base)
            }
            (Learner::Ridge, _) => tune_kernel_ridge(&kernels, targets, &strengths, folds),
        }
    }

    /// Learns from all training rows.
    pub(super) fn learn(
        &self,
        kernel: ArrayView2<f64>,
        targets: &Targets,
        strength: f64,
    ) -> Result<Machine> {
        let tolerance = TOLERANCE;
        match (self.learner, targets) {
            (Learner::Svm, Targets::Classes { labels, names }) => {
                let settings = SvmSettings { c: strength, tolerance, ..SvmSettings::default() };
                let machine = SupportVectorClassifier::fit(kernel, labels, names.len(), &settings)?;
                Ok(Machine::Classifier(machine))
            }
            (Learner::Svm, Targets::Values(values)) => {
                let epsilon = self.epsilon;
                let settings =
                    SvrSettings { c: strength, epsilon, tolerance, ..SvrSettings::default() };
                let machine = SupportVectorRegressor::fit(kernel, values, &settings)?;
                Ok(Machine::Regressor(machine, epsilon))
            }
            // Targets are standardized: their mean is 0.
            (Learner::Ridge, Targets::Values(values)) => {
                let column = Array2::from_shape_fn((values.len(), 1), |(row, _)| values[row]);
                Ok(Machine::Ridge(KernelRidge::fit(kernel, column.view(), strength)?))
            }
            (Learner::Ridge, Targets::Classes { labels, names }) => {
                Ok(Machine::Ridge(KernelRidge::fit_classes(kernel, labels, names.len(), strength)?))
            }
        }
    }
}

impl Machine {
    /// Predictions for rows, of their kernel with the training rows, and the mean loss.
    pub fn judge(&self, rows: ArrayView2<f64>, targets: &Targets) -> Result<(Predicted, f64)> {
        let count = rows.nrows() as f64;
        match (self, targets) {
            (Machine::Classifier(machine), Targets::Classes { labels, .. }) => {
                let decision = machine.decision(rows)?;
                let classes = machine.classes();
                let positive = if classes.len() == 2 { &classes[1..] } else { classes };
                let mut loss = 0.0;
                for ((row, column), value) in decision.indexed_iter() {
                    let sign = if labels[row] == positive[column] { 1.0 } else { -1.0 };
                    loss += (1.0 - sign * value).max(0.0) / positive.len() as f64;
                }
                Ok((Predicted::Classes(machine.predict(rows)?), loss / count))
            }
            (Machine::Regressor(machine, epsilon), Targets::Values(values)) => {
                let predicted = machine.predict(rows)?;
                let errors = predicted.iter().zip(values).map(|(p, y)| (p - y).abs() - epsilon);
                let loss = errors.map(|e| e.max(0.0)).sum::<f64>() / count;
                Ok((Predicted::Values(predicted), loss))
            }
            (Machine::Ridge(ridge), targets) => {
                let outputs = ridge.predict(rows)?;
                let wanted = |row: usize, column: usize| match targets {
                    Targets::Values(values) => values[row],
                    Targets::Classes { labels, .. } if labels[row] == column => 1.0,
                    Targets::Classes { .. } => -1.0,
                };
                let squares = outputs.indexed_iter().map(|((i, k), y)| (y - wanted(i, k)).powi(2));
                let loss = squares.sum::<f64>() / outputs.len() as f64;
                let predicted = match targets {
                    Targets::Values(_) => Predicted::Values(outputs.column(0).to_vec()),
                    Targets::Classes { .. } => Predicted::Classes(most_probable(outputs.view())),
                };
                Ok((predicted, loss))
            }
            _ => unreachable!("targets are of the kind that was learned"),
        }
    }

    /// The name of its loss.
    pub fn loss_name(&self) -> &'static str {
        match self {
            Machine::Classifier(_) => "hinge",
            Machine::Regressor(..) => "epsilon-insensitive",
            Machine::Ridge(_) => "squared",
        }
    }

    /// Training rows with a coefficient; none of ridge regression, which has them all.
    pub fn num_support_vectors(&self) -> Option<usize> {
        match self {
            Machine::Classifier(machine) => Some(machine.num_support_vectors()),
            Machine::Regressor(machine, _) => Some(machine.num_support_vectors()),
            Machine::Ridge(_) => None,
        }
    }

    /// Whether the optimum is met.
    pub fn converged(&self) -> bool {
        match self {
            Machine::Classifier(machine) => machine.converged(),
            Machine::Regressor(machine, _) => machine.machine().converged,
            Machine::Ridge(_) => true,
        }
    }
}
