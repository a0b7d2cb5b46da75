//! From data to a report.

use super::baselines::{Classical, Kind};
use super::predictor::{Predictor, Scored, scaled_targets};
use super::report::{Beside, Report, Tried};
use super::settings::Experiment;
use crate::error::{Error, Result};
use crate::learning::class_weights::ClassWeights;
use crate::learning::classical::{CrossValidated, summary};
use crate::learning::data::{DataSet, Scaler, Scaling, Split, Targets, folds};
use crate::learning::loss::Loss;
use crate::learning::model::{Model, Readout};
use crate::learning::training::{Evaluation, Trained, Training, TrainingStop};
use crate::optimize::Iterate;
use crate::pauli::{Pauli, PauliString};
use crate::simulate::Simulator;
use ndarray::Array2;
use std::path::Path;

/// A model that is trained and judged for a report.
#[derive(Clone, Copy)]
enum Contestant {
    Model,
    Separable,
    Classical(Kind),
}

/// Where training keeps its state, and whom it tells.
#[derive(Default)]
pub struct Following<'a> {
    /// A checkpoint of the model's training, and whether it goes on from there.
    pub checkpoint: Option<(&'a Path, bool)>,
    /// Told after every step of the model's training.
    pub tell: Option<&'a mut dyn FnMut(&Iterate<'_>)>,
    /// Told what is begun next, as `linear`.
    pub begin: Option<&'a mut dyn FnMut(&str)>,
}

impl Experiment {
    /// Runs it, on the simulator's threads.
    ///
    /// # Errors
    /// If data and settings do not fit together, as the parts say: [`Split::new`], [`Scaler::fit`],
    /// [`build`](Self::build), [`Training::run`]; [`Error::Interrupted`] if not even the start was
    /// evaluated. A training that was interrupted is reported without baselines.
    pub fn run(&self, data: &DataSet, simulator: &Simulator) -> Result<Report> {
        self.run_following(data, simulator, &mut Following::default())
    }

    /// The same, with a checkpoint and told of its progress.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_following(
        &self,
        data: &DataSet,
        simulator: &Simulator,
        following: &mut Following<'_>,
    ) -> Result<Report> {
        // Shots and trajectories are those of this seed, whatever the simulator's is.
        let simulator = &simulator.clone().seed(self.seed);
        let split = Split::new(data.targets(), self.validation, self.test, self.seed)?;
        // What would be refused after the training is refused before it.
        if let Some(count) = self.folds {
            let rows = [&split.train[..], &split.validation].concat();
            folds(data.select(&rows).targets(), count, self.seed)?;
        }
        let (train, validation, test) = split.parts(data);
        let evaluation = self.evaluation()?;
        let model = self.build(data.num_features(), data.targets())?;
        let mut training = self.training(simulator)?;
        if let Some((path, resume)) = following.checkpoint {
            training = training.checkpoint(path, resume);
        }
        let (predictor, trained) =
            self.fit(model, &training, &train, validation.as_ref(), |iterate| {
                if let Some(tell) = &mut following.tell {
                    tell(iterate);
                }
            })?;
        // The end of a run that was cancelled is judged all the same.
        let interrupted = simulator.watch().is_cancelled();
        let judge = match interrupted {
            true => Simulator::new().precision(simulator.run_precision()).seed(self.seed),
            false => simulator.clone(),
        };
        let judged = judged(&split, (&train, validation.as_ref(), test.as_ref()), |part| {
            predictor.score(&evaluation, &judge, part)
        })?;
        let mut report = Report {
            train: judged.train,
            validation: judged.validation,
            test: judged.test,
            baselines: Vec::new(),
            notes: Vec::new(),
            cross_validation: None,
            gradient_standard_errors: match evaluation.is_exact() {
                true => Vec::new(),
                false => trained.gradient_variances.iter().map(|v| v.sqrt()).collect(),
            },
            history: trained.history,
            best_epoch: trained.best_epoch,
            stop: trained.stop,
            split,
            experiment: self.clone(),
            predictions: judged.predictions,
            checkpoint_error: trained.checkpoint_error,
            resumed_from: trained.resumed_from,
            predictor,
        };
        if report.is_interrupted() {
            return Ok(report);
        }
        match self.beside(data, simulator, &mut report, following) {
            // The trained model is kept.
            Err(Error::Interrupted) => {
                report.notes.push("interrupted: baselines are missing".into())
            }
            done => done?,
        }
        Ok(report)
    }

    /// Everything beside the trained model.
    fn beside(
        &self,
        data: &DataSet,
        simulator: &Simulator,
        report: &mut Report,
        following: &mut Following<'_>,
    ) -> Result<()> {
        let mut begin = |what: &str| {
            if let Some(begin) = &mut following.begin {
                begin(what);
            }
            match simulator.watch().is_cancelled() {
                true => Err(Error::Interrupted),
                false => Ok(()),
            }
        };
        let (train, validation, test) = report.split.parts(data);
        let parts_of = (&train, validation.as_ref(), test.as_ref());
        let num_parameters = report.predictor.model.num_parameters();
        let network = Kind::Network { num_parameters, epochs: self.epochs };
        let mut contestants = vec![(Contestant::Model, "the model")];
        if self.baselines {
            contestants.push((Contestant::Classical(Kind::Linear), "a linear model"));
            contestants.push((Contestant::Classical(network), "a network"));
            contestants.push((Contestant::Separable, "the circuit without entanglement"));
        }
        if self.baselines && self.class_weights != ClassWeights::Equal {
            report.notes.push(
                "classes are weighted for circuits; the linear model and the network count all \
                 rows alike"
                    .into(),
            );
        }
        for (contestant, name) in contestants {
            begin(name)?;
            let entry = match self.entry(contestant, simulator, report, parts_of) {
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                // The trained model is kept, whatever is wrong with a rival.
                Err(error) => {
                    report.notes.push(format!("there is no result of {name}: {error}"));
                    continue;
                }
                Ok(entry) => entry,
            };
            let mut cross_validation = None;
            if let Some(count) = self.folds {
                let what = format!("cross-validation of {name}");
                begin(&what)?;
                match self.cross_validated(contestant, data, report, (count, simulator)) {
                    Err(Error::Interrupted) => return Err(Error::Interrupted),
                    Err(error) => report.notes.push(format!("there is no {what}: {error}")),
                    Ok(found) => cross_validation = Some(found),
                }
            }
            match entry {
                None => report.cross_validation = cross_validation,
                Some(entry) => report.baselines.push(Beside { cross_validation, ..entry }),
            }
        }
        Ok(())
    }

    /// What a rival is worth; nothing of the model, which is judged already.
    fn entry(
        &self,
        contestant: Contestant,
        simulator: &Simulator,
        report: &Report,
        parts: Parts<'_>,
    ) -> Result<Option<Beside>> {
        match contestant {
            Contestant::Model => Ok(None),
            Contestant::Classical(kind) => self.classical(kind, report, parts).map(Some),
            Contestant::Separable => self.separable(simulator, report, parts).map(Some),
        }
    }

    /// Scales, trains.
    fn fit(
        &self,
        model: Model,
        training: &Training,
        train: &DataSet,
        validation: Option<&DataSet>,
        tell: impl FnMut(&Iterate<'_>),
    ) -> Result<(Predictor, Trained)> {
        let scaler = Scaler::fit(self.feature_scaling(), train.features())?;
        let target_scaler = target_scaler(train.targets())?;
        let scaled = |data: &DataSet| {
            let targets = scaled_targets(target_scaler.as_ref(), data.targets());
            DataSet::new(scaler.apply(data.features())?, targets)
        };
        let validation = validation.map(scaled).transpose()?;
        let trained = training.run_telling(&model, &scaled(train)?, validation.as_ref(), tell)?;
        let predictor = Predictor {
            parameters: trained.parameters.clone(),
            features: train.feature_names().to_vec(),
            target: train.target_name().into(),
            classes: match train.targets() {
                Targets::Values(_) => Vec::new(),
                Targets::Classes { names, .. } => names.clone(),
            },
            loss: self.loss.unwrap_or(Loss::of(train.targets())),
            model,
            scaler,
            target_scaler,
        };
        Ok((predictor, trained))
    }

    fn classical(&self, kind: Kind, report: &Report, parts: Parts<'_>) -> Result<Beside> {
        let Predictor { target_scaler, loss, model, .. } = &report.predictor;
        let fitted = Classical::fit(kind, parts.0, target_scaler.as_ref(), self.seed)?;
        let judged =
            judged(&report.split, parts, |part| fitted.score(*loss, model.readout().kind(), part))?;
        let (trials, best) = fitted.baseline.tuning.table();
        Ok(Beside {
            name: fitted.name().into(),
            num_parameters: fitted.baseline.model.num_parameters(),
            train: judged.train,
            validation: judged.validation,
            test: judged.test,
            predictions: judged.predictions,
            tuning: Some(Tried { trials, best }),
            cross_validation: None,
        })
    }

    /// The model without entanglement. A mean of one qubit would then depend on its features alone,
    /// so what is read by default is a trained sum of Z over all qubits.
    fn separable_model(&self, model: &Model) -> Result<Model> {
        let separable = model.without_entanglement()?;
        if separable.circuit().ops().len() == model.circuit().ops().len() {
            return Err(Error::Invalid {
                what: "the number of gates on several qubits".into(),
                value: "0".into(),
                expected: "the model is its own rival without entanglement".into(),
            });
        }
        match (model.readout(), &self.observables) {
            (Readout::Expectations { affine: true, .. }, None) => {
                let z = |q| PauliString::single(q, Pauli::Z).into();
                let observables = (0..model.circuit().num_qubits()).map(z).collect();
                let num_outputs = model.num_outputs();
                separable.with_readout(Readout::Linear { observables, num_outputs })
            }
            _ => Ok(separable),
        }
    }

    /// The same circuit without entanglement.
    fn separable(
        &self,
        simulator: &Simulator,
        report: &Report,
        parts: Parts<'_>,
    ) -> Result<Beside> {
        let separable = self.separable_model(&report.predictor.model)?;
        let training = self.training(simulator)?;
        let (predictor, _) = self.fit(separable, &training, parts.0, parts.1, |_| {})?;
        let evaluation = self.evaluation()?;
        let judged =
            judged(&report.split, parts, |part| predictor.score(&evaluation, simulator, part))?;
        Ok(Beside {
            name: "without entanglement".into(),
            num_parameters: predictor.model.num_parameters(),
            train: judged.train,
            validation: judged.validation,
            test: judged.test,
            predictions: judged.predictions,
            tuning: None,
            cross_validation: None,
        })
    }

    /// Scores of folds of all rows but those of the test, each trained and tuned anew by the others,
    /// without validation rows.
    fn cross_validated(
        &self,
        contestant: Contestant,
        data: &DataSet,
        report: &Report,
        (count, simulator): (usize, &Simulator),
    ) -> Result<CrossValidated> {
        let mut rows = [&report.split.train[..], &report.split.validation].concat();
        rows.sort_unstable();
        let data = data.select(&rows);
        let Predictor { model, loss, .. } = &report.predictor;
        let mut scores = Vec::with_capacity(count);
        for fold in folds(data.targets(), count, self.seed)? {
            let (train, test) = (data.select(&fold.train), data.select(&fold.test));
            let scored = match contestant {
                Contestant::Classical(kind) => {
                    let scaler = target_scaler(train.targets())?;
                    let fitted = Classical::fit(kind, &train, scaler.as_ref(), self.seed)?;
                    fitted.score(*loss, model.readout().kind(), &test)?.0
                }
                Contestant::Model | Contestant::Separable => {
                    let model = match contestant {
                        Contestant::Separable => self.separable_model(model)?,
                        _ => model.clone(),
                    };
                    let training = self.training(simulator)?;
                    let (predictor, trained) = self.fit(model, &training, &train, None, |_| {})?;
                    if trained.stop == TrainingStop::Interrupted {
                        return Err(Error::Interrupted);
                    }
                    let evaluation: Evaluation = self.evaluation()?;
                    predictor.score(&evaluation, simulator, &test)?.0
                }
            };
            scores.push(scored.metrics.score());
        }
        summary(scores)
    }
}

type Parts<'a> = (&'a DataSet, Option<&'a DataSet>, Option<&'a DataSet>);

/// The scores of all parts that there are, and what is predicted for each row.
struct Judged {
    train: Scored,
    validation: Option<Scored>,
    test: Option<Scored>,
    predictions: Array2<f64>,
}

fn judged(
    split: &Split,
    (train, validation, test): Parts<'_>,
    score: impl Fn(&DataSet) -> Result<(Scored, Array2<f64>)>,
) -> Result<Judged> {
    let (scored, of_train) = score(train)?;
    let count = split.train.len() + split.validation.len() + split.test.len();
    let mut predictions = Array2::zeros((count, of_train.ncols()));
    let mut place = |rows: &[usize], part: &Array2<f64>| {
        rows.iter().zip(part.rows()).for_each(|(&k, row)| predictions.row_mut(k).assign(&row));
    };
    place(&split.train, &of_train);
    let mut other = |part: Option<&DataSet>, rows: &[usize]| match part {
        Some(part) => {
            let (scored, predicted) = score(part)?;
            place(rows, &predicted);
            Ok::<_, Error>(Some(scored))
        }
        None => Ok(None),
    };
    let validation = other(validation, &split.validation)?;
    let test = other(test, &split.test)?;
    Ok(Judged { train: scored, validation, test, predictions })
}

/// Numbers are learned as they lie between -1 and 1, which a mean does, too.
fn target_scaler(targets: &Targets) -> Result<Option<Scaler>> {
    match targets {
        Targets::Values(values) => {
            Scaler::fit_values(Scaling::MinMax { low: -1.0, high: 1.0 }, values).map(Some)
        }
        Targets::Classes { .. } => Ok(None),
    }
}
