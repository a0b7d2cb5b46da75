//! One split of the data, by which every contestant is tuned, trained and judged.

use super::learner::Predicted;
use super::quantum::{Gram, Quantum};
use super::report::Contestant;
use super::settings::KernelStudy;
use crate::circuit::library::Embedding;
use crate::error::{Error, Result};
use crate::learning::classical::{
    Baseline, ClassicalKernel, ClassicalModel, CrossValidated, KernelSetting, Tuned, Tuning,
};
use crate::learning::data::{DataSet, Fold, Scaler, Scaling, Targets, folds_at_most};
use crate::learning::experiment::{Scored, Tried};
use crate::learning::metrics::{ClassificationMetrics, Metrics, RegressionMetrics, most_probable};
use crate::simulate::Simulator;
use ndarray::{Array2, ArrayView2};

/// Who learns.
#[derive(Clone)]
pub(super) enum Contender {
    /// A quantum kernel.
    Map { embedding: Box<Embedding>, name: String },
    /// A kind of classical kernels, by its name.
    Classical(&'static str),
    /// A linear model of features.
    Linear,
}

impl Contender {
    pub fn name(&self) -> String {
        match self {
            Contender::Map { name, .. } => name.clone(),
            Contender::Classical(name) => format!("{name} kernel"),
            Contender::Linear => "linear model".into(),
        }
    }
}

/// The kernel that was chosen for a contender.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Choice {
    /// By what features are multiplied with.
    Factor(f64),
    Classical(ClassicalKernel),
    Linear,
}

/// A contender, tuned, trained and judged.
pub(super) struct Fitted {
    pub contestant: Contestant,
    pub choice: Choice,
    /// Of training rows; none of a linear model.
    pub gram: Option<Gram>,
    /// Of test rows with training rows.
    pub cross: Option<Array2<f64>>,
    /// Of each test row, 1 or 0 for a class that is predicted or not, the negative squared error of a
    /// standardized number.
    pub row_scores: Vec<f64>,
}

/// Training rows and test rows, as each contender takes them.
pub(super) struct Contest<'a> {
    study: &'a KernelStudy,
    simulator: &'a Simulator,
    train: &'a DataSet,
    test: Option<&'a DataSet>,
    /// Targets that are learned: numbers are standardized.
    targets: Targets,
    test_targets: Option<Targets>,
    target_scaler: Option<Scaler>,
    map_scaler: Scaler,
    standard_scaler: Scaler,
    folds: Vec<Fold>,
    draw: u64,
}

impl<'a> Contest<'a> {
    /// `draw` tells splits of one study apart, so that each has shots of its own.
    pub fn new(
        study: &'a KernelStudy,
        simulator: &'a Simulator,
        train: &'a DataSet,
        test: Option<&'a DataSet>,
        draw: u64,
    ) -> Result<Self> {
        let target_scaler = match train.targets() {
            Targets::Values(values) => Some(Scaler::fit_values(Scaling::Standard, values)?),
            Targets::Classes { .. } => None,
        };
        let scaled = |targets: &Targets| match (targets, &target_scaler) {
            (Targets::Values(values), Some(scaler)) => {
                Targets::Values(values.iter().map(|&y| scaler.apply_value(y)).collect())
            }
            _ => targets.clone(),
        };
        let targets = scaled(train.targets());
        Ok(Contest {
            study,
            simulator,
            train,
            test,
            folds: folds_at_most(&targets, study.folds, study.seed)?,
            targets,
            test_targets: test.map(|test| scaled(test.targets())),
            map_scaler: Scaler::fit(study.feature_scaling(), train.features())?,
            standard_scaler: Scaler::fit(Scaling::Standard, train.features())?,
            target_scaler,
            draw,
        })
    }

    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Features as a map takes them.
    pub fn mapped(&self, features: ArrayView2<f64>, factor: f64) -> Result<Array2<f64>> {
        Ok(self.map_scaler.apply(features)? * factor)
    }

    /// Features as classical models take them.
    pub fn standardized(&self, features: ArrayView2<f64>) -> Result<Array2<f64>> {
        self.standard_scaler.apply(features)
    }

    /// Every setting of the classical kernels, with its matrix of the training rows.
    pub fn classical_kernels(&self) -> Result<Vec<(ClassicalKernel, Array2<f64>)>> {
        let rows = self.standardized(self.train.features())?;
        let kernels = ClassicalKernel::family(rows.view())?.into_iter();
        kernels.map(|kernel| Ok((kernel, kernel.gram(rows.view(), rows.view())?))).collect()
    }

    /// The quantum kernel of one bandwidth, with what its training rows set.
    pub fn quantum(&self, embedding: &Embedding, factor: f64, number: u64) -> Result<Quantum<'a>> {
        let rows = self.mapped(self.train.features(), factor)?;
        // Bandwidths of one split have draws of their own; there are fewer than this.
        let draw = (self.draw << 20) + number;
        Quantum::new(self.study, embedding, self.simulator, rows.view(), draw)
    }

    /// Tunes, trains and judges.
    pub fn fit(&self, contender: &Contender) -> Result<Fitted> {
        self.simulator.watch().check()?;
        match contender {
            Contender::Map { embedding, .. } => self.fit_map(contender, embedding),
            Contender::Classical(kind) => self.fit_classical(contender, kind),
            Contender::Linear => self.fit_linear(contender),
        }
    }

    fn fit_map(&self, contender: &Contender, embedding: &Embedding) -> Result<Fitted> {
        let factors: Vec<(u64, f64)> = (0..).zip(self.study.factors()).collect();
        let chosen = self.choose(
            &factors,
            |_, factor| format!("bandwidth={factor}"),
            |k, factor| {
                let rows = self.mapped(self.train.features(), factor)?;
                self.quantum(embedding, factor, k)?.matrix(rows.view())
            },
        )?;
        let (k, factor) = factors[chosen.place];
        let quantum = self.quantum(embedding, factor, k)?;
        let cross = self.test.map(|test| {
            let train = self.mapped(self.train.features(), factor)?;
            quantum.cross(self.mapped(test.features(), factor)?.view(), train.view())
        });
        let mut fitted =
            self.judged(contender, Choice::Factor(factor), chosen, cross.transpose()?)?;
        fitted.contestant.bandwidth = Some(factor);
        fitted.contestant.gamma = quantum.gamma();
        Ok(fitted)
    }

    fn fit_classical(&self, contender: &Contender, kind: &str) -> Result<Fitted> {
        let rows = self.standardized(self.train.features())?;
        let kernels = ClassicalKernel::family(rows.view())?;
        let kernels: Vec<(u64, ClassicalKernel)> =
            (0..).zip(kernels.into_iter().filter(|kernel| kernel.name() == kind)).collect();
        let chosen = self.choose(
            &kernels,
            |_, kernel| kernel.to_string(),
            |_, kernel| {
                let kernel = kernel.gram(rows.view(), rows.view())?;
                Ok(Gram { kernel, sampled: None })
            },
        )?;
        let kernel = kernels[chosen.place].1;
        let cross = self
            .test
            .map(|test| kernel.gram(self.standardized(test.features())?.view(), rows.view()));
        self.judged(contender, Choice::Classical(kernel), chosen, cross.transpose()?)
    }

    /// The best of kernels and strengths, one kernel in memory at a time.
    fn choose<T: Copy>(
        &self,
        kernels: &[(u64, T)],
        name: impl Fn(u64, T) -> String,
        make: impl Fn(u64, T) -> Result<Gram>,
    ) -> Result<Chosen> {
        let (mut best, mut first_error) = (None::<Chosen>, None);
        let mut tried = Tried { trials: Vec::new(), best: 0 };
        for (place, &(k, kernel)) in kernels.iter().enumerate() {
            self.simulator.watch().check()?;
            let (name, gram) = (name(k, kernel), make(k, kernel)?);
            let first = tried.trials.len();
            let tuned = match self.study.tune(&name, gram.kernel.view(), &self.targets, &self.folds)
            {
                Ok(tuned) => tuned,
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => {
                    let of = |c: f64| (format!("{name} strength={c}"), None);
                    tried.trials.extend(self.study.strengths().into_iter().map(of));
                    first_error.get_or_insert(error);
                    continue;
                }
            };
            let Tuned { trials, best: at } = &tuned;
            tried.trials.extend(trials.iter().map(|trial| {
                let KernelSetting { name, strength, .. } = &trial.setting;
                (format!("{name} strength={strength}"), trial.score.as_ref().map(|s| s.mean))
            }));
            if best.as_ref().is_none_or(|best| tuned.score().mean > best.score.mean) {
                tried.best = first + at;
                let (score, strength) = (tuned.score().clone(), tuned.best().strength);
                best = Some(Chosen { place, name, gram, strength, score, tried: None });
            }
        }
        match (best, first_error) {
            (Some(best), _) => Ok(Chosen { tried: Some(tried), ..best }),
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::Invalid {
                what: "the number of kernels to try".into(),
                value: "0".into(),
                expected: "there must be at least 1".into(),
            }),
        }
    }

    /// Trains on all training rows with what was chosen.
    fn judged(
        &self,
        contender: &Contender,
        choice: Choice,
        chosen: Chosen,
        cross: Option<Array2<f64>>,
    ) -> Result<Fitted> {
        // With more rows than a fold has, an estimated kernel may have a lower eigenvalue: then a
        // stronger penalty is needed than the folds chose.
        let stronger = self.study.strengths().into_iter().filter(|s| *s > chosen.strength);
        let mut strengths: Vec<f64> = stronger.collect();
        strengths.sort_by(f64::total_cmp);
        let learn = |strength| self.study.learn(chosen.gram.kernel.view(), &self.targets, strength);
        let mut strength = chosen.strength;
        let mut machine = learn(strength);
        for next in strengths {
            if !matches!(machine, Err(Error::Invalid { .. })) {
                break;
            }
            (strength, machine) = (next, learn(next));
        }
        let machine = machine?;
        let (predicted, loss) = machine.judge(chosen.gram.kernel.view(), &self.targets)?;
        let train = self.scored(self.train.targets(), &predicted, loss)?;
        let (mut test, mut row_scores) = (None, Vec::new());
        if let (Some(cross), Some(data), Some(targets)) = (&cross, self.test, &self.test_targets) {
            let (predicted, loss) = machine.judge(cross.view(), targets)?;
            test = Some(self.scored(data.targets(), &predicted, loss)?);
            row_scores = scores_of_rows(targets, &predicted);
        }
        let contestant = Contestant {
            name: contender.name(),
            setting: chosen.name,
            bandwidth: None,
            gamma: None,
            strength,
            train,
            test,
            loss: machine.loss_name(),
            tuning_score: chosen.score,
            tuning: chosen.tried,
            cross_validation: None,
            num_support_vectors: machine.num_support_vectors(),
            converged: machine.converged(),
            geometric_difference: None,
            training_difference: None,
            model_complexity: None,
            advantage: None,
        };
        Ok(Fitted { contestant, choice, gram: Some(chosen.gram), cross, row_scores })
    }

    fn fit_linear(&self, contender: &Contender) -> Result<Fitted> {
        let rows = self.standardized(self.train.features())?;
        let data = DataSet::new(rows, self.targets.clone())?;
        let Baseline { model, tuning } = Baseline::linear(&data, &self.folds)?;
        let judge = |features: ArrayView2<f64>, targets: &Targets| {
            let outputs = model.predict(self.standardized(features)?.view())?;
            let count = outputs.nrows() as f64;
            Ok::<_, Error>(match targets {
                Targets::Values(values) => {
                    let predicted = outputs.column(0).to_vec();
                    let squares = predicted.iter().zip(values).map(|(p, y)| (p - y) * (p - y));
                    let loss = squares.sum::<f64>() / count;
                    (Predicted::Values(predicted), loss)
                }
                Targets::Classes { labels, .. } => {
                    let of =
                        |(row, &label): (usize, &usize)| -outputs[[row, label]].max(1e-12).ln();
                    let loss = labels.iter().enumerate().map(of).sum::<f64>() / count;
                    (Predicted::Classes(most_probable(outputs.view())), loss)
                }
            })
        };
        let (predicted, loss) = judge(self.train.features(), &self.targets)?;
        let train = self.scored(self.train.targets(), &predicted, loss)?;
        let (mut test, mut row_scores) = (None, Vec::new());
        if let (Some(data), Some(targets)) = (self.test, &self.test_targets) {
            let (predicted, loss) = judge(data.features(), targets)?;
            test = Some(self.scored(data.targets(), &predicted, loss)?);
            row_scores = scores_of_rows(targets, &predicted);
        }
        let (trials, best) = tuning.table();
        let (strength, score) = match &tuning {
            Tuning::Linear(tuned) => (*tuned.best(), tuned.score().clone()),
            Tuning::Network(tuned) => (tuned.best().l2, tuned.score().clone()),
        };
        let (setting, loss) = match &model {
            ClassicalModel::Ridge(_) => ("ridge regression", "squared"),
            _ => ("logistic regression", "cross-entropy"),
        };
        let contestant = Contestant {
            name: contender.name(),
            setting: setting.into(),
            bandwidth: None,
            gamma: None,
            strength,
            train,
            test,
            loss,
            tuning_score: score,
            tuning: Some(Tried { trials, best }),
            cross_validation: None,
            num_support_vectors: None,
            converged: true,
            geometric_difference: None,
            training_difference: None,
            model_complexity: None,
            advantage: None,
        };
        Ok(Fitted { contestant, choice: Choice::Linear, gram: None, cross: None, row_scores })
    }

    /// The loss of what is learned; metrics of numbers in their own units.
    fn scored(&self, targets: &Targets, predicted: &Predicted, loss: f64) -> Result<Scored> {
        let metrics = match (targets, predicted) {
            (Targets::Values(values), Predicted::Values(predicted)) => {
                let undo = |&y: &f64| self.target_scaler.as_ref().map_or(y, |s| s.undo_value(y));
                let predicted: Vec<f64> = predicted.iter().map(undo).collect();
                Metrics::Regression(RegressionMetrics::new(values, &predicted)?)
            }
            (Targets::Classes { labels, names }, Predicted::Classes(predicted)) => {
                let metrics = ClassificationMetrics::new(labels, predicted, names.len())?;
                Metrics::Classification(metrics)
            }
            _ => unreachable!("predictions are of the kind of the targets"),
        };
        Ok(Scored { loss, metrics })
    }
}

/// A kernel and a strength.
struct Chosen {
    place: usize,
    name: String,
    gram: Gram,
    strength: f64,
    score: CrossValidated,
    tried: Option<Tried>,
}

fn scores_of_rows(targets: &Targets, predicted: &Predicted) -> Vec<f64> {
    match (targets, predicted) {
        (Targets::Values(values), Predicted::Values(predicted)) => {
            values.iter().zip(predicted).map(|(y, p)| -(y - p) * (y - p)).collect()
        }
        (Targets::Classes { labels, .. }, Predicted::Classes(predicted)) => {
            labels.iter().zip(predicted).map(|(y, p)| f64::from(u8::from(y == p))).collect()
        }
        _ => unreachable!("predictions are of the kind of the targets"),
    }
}
