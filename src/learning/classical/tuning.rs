//! Choice of settings by cross-validation, with the table of all that was tried.
//!
//! Every kernel, quantum or classical, is given the same grid, so that none is tuned better than
//! another.

use super::check::{check_targets, invalid};
use super::logistic::{LogisticRegression, LogisticSettings};
use super::mlp::{Mlp, MlpMethod, MlpSettings};
use super::ridge::{KernelRidge, LinearRidge};
use super::svm::{SupportVectorClassifier, SupportVectorRegressor, SvmSettings, SvrSettings};
use crate::error::{Error, Result};
use crate::learning::data::{DataSet, Fold, Targets};
use crate::learning::metrics::most_probable;
use crate::math::map_in_order;
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// The strengths C of support vector machines and logistic regression that are tried.
pub const C_GRID: [f64; 6] = [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0];
/// The penalties λ of ridge regression that are tried, strongest first.
pub const LAMBDA_GRID: [f64; 7] = [10.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-6];
/// The learning rates of a network that are tried.
pub const LEARNING_RATE_GRID: [f64; 3] = [0.003, 0.01, 0.03];
/// The penalties of a network that are tried, strongest first.
pub const L2_GRID: [f64; 4] = [1e-2, 1e-3, 1e-4, 0.0];

/// Scores of the folds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossValidated {
    /// Their mean.
    pub mean: f64,
    /// Its standard error, as if folds were independent (they share training rows); none of one fold.
    pub standard_error: Option<f64>,
    /// That of each fold.
    pub scores: Vec<f64>,
}

/// One setting that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial<S> {
    /// The setting.
    pub setting: S,
    /// Its scores, the higher the better; none if it failed.
    pub score: Option<CrossValidated>,
    /// Why it failed on a fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// All that was tried, and the best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuned<S> {
    /// The place of the best trial: the highest mean, the first of equal ones.
    pub best: usize,
    /// Every setting, in the order of the grid.
    pub trials: Vec<Trial<S>>,
}

impl<S> Tuned<S> {
    /// The best setting.
    pub fn best(&self) -> &S {
        &self.trials[self.best].setting
    }

    /// Its score.
    pub fn score(&self) -> &CrossValidated {
        self.trials[self.best].score.as_ref().expect("the best one has not failed")
    }
}

/// A kernel and its strength: C of a support vector machine, λ of ridge regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KernelSetting {
    /// The place of the kernel among those that were given.
    pub kernel: usize,
    /// Its name.
    pub name: String,
    /// C or λ.
    pub strength: f64,
}

/// The mean of `score(training rows, test rows)` over folds, on all threads.
///
/// ```
/// use ketlab::learning::classical::cross_validate;
/// use ketlab::learning::data::Fold;
///
/// let fold = |train: [usize; 2], test| Fold { train: train.to_vec(), test: vec![test] };
/// let folds = [fold([0, 1], 2), fold([0, 2], 1), fold([1, 2], 0)];
/// let y = [1.0, 2.0, 6.0];
/// let scored = cross_validate(&folds, 3, |train, test| {
///     let mean = train.iter().map(|&row| y[row]).sum::<f64>() / train.len() as f64;
///     Ok(-(y[test[0]] - mean).abs())
/// })?;
/// assert_eq!(scored.scores, [-4.5, -1.5, -3.0]);
/// assert_eq!(scored.mean, -3.0);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
///
/// # Errors
/// If there is no fold, or one has no training or no test row, a row that is not among the first
/// `num_rows` or one on both sides; those of `score`, and if a score is not finite.
pub fn cross_validate(
    folds: &[Fold],
    num_rows: usize,
    score: impl Fn(&[usize], &[usize]) -> Result<f64> + Sync,
) -> Result<CrossValidated> {
    check_folds(folds, num_rows)?;
    summary(map_in_order(folds.len(), |k| finite(score(&folds[k].train, &folds[k].test), k))?)
}

/// Cross-validates every setting, on all threads. A setting that fails on a fold is noted and out.
///
/// # Errors
/// As [`cross_validate`]; if there is no setting, or all fail (the error of the first one).
pub fn tune<S: Send + Sync>(
    settings: Vec<S>,
    folds: &[Fold],
    num_rows: usize,
    score: impl Fn(&S, &[usize], &[usize]) -> Result<f64> + Sync,
) -> Result<Tuned<S>> {
    check_folds(folds, num_rows)?;
    let count = folds.len();
    let all = map_in_order(settings.len() * count, |k| {
        let (setting, fold) = (&settings[k / count], k % count);
        match finite(score(setting, &folds[fold].train, &folds[fold].test), fold) {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            other => Ok(other),
        }
    })?;
    let (mut first_error, mut best) = (None, None);
    let mut trials = Vec::with_capacity(settings.len());
    let mut all = all.into_iter();
    for (place, setting) in settings.into_iter().enumerate() {
        let scores: Vec<Result<f64>> = all.by_ref().take(count).collect();
        let (score, failure) = match scores.into_iter().collect::<Result<Vec<f64>>>() {
            Ok(scores) => (Some(summary(scores)?), None),
            Err(error) => {
                let text = error.to_string();
                first_error.get_or_insert(error);
                (None, Some(text))
            }
        };
        if let Some(score) = &score
            && best.is_none_or(|(_, mean)| score.mean > mean)
        {
            best = Some((place, score.mean));
        }
        trials.push(Trial { setting, score, failure });
    }
    match (best, first_error) {
        (Some((best, _)), _) => Ok(Tuned { best, trials }),
        (None, Some(error)) => Err(error),
        (None, None) => invalid("the number of settings to try", 0, "there must be at least one"),
    }
}

/// The kernel and C of the support vector classifier with the highest accuracy. `kernels` are names
/// with kernels between all rows; `base` has the other settings. Its tolerance is that of each fit:
/// 1e-3 is enough to choose by, and smooth kernels take a hundred times the steps for 1e-6.
///
/// # Errors
/// As [`tune`].
pub fn tune_svm(
    kernels: &[(String, ArrayView2<'_, f64>)],
    (labels, num_classes): (&[usize], usize),
    cs: &[f64],
    folds: &[Fold],
    base: &SvmSettings,
) -> Result<Tuned<KernelSetting>> {
    let rows = check_kernels(kernels, labels.len())?;
    tune(kernel_settings(kernels, cs), folds, rows, |setting, train, test| {
        let (own, other) = parts(kernels[setting.kernel].1, train, test);
        let settings = SvmSettings { c: setting.strength, ..base.clone() };
        let own_labels = pick(labels, train);
        let machine =
            SupportVectorClassifier::fit(own.view(), &own_labels, num_classes, &settings)?;
        Ok(accuracy(&pick(labels, test), &machine.predict(other.view())?))
    })
}

/// The kernel and C of the support vector regressor with the lowest mean squared error, whose negative
/// is the score; otherwise as [`tune_svm`].
///
/// # Errors
/// As [`tune`].
pub fn tune_svr(
    kernels: &[(String, ArrayView2<'_, f64>)],
    targets: &[f64],
    cs: &[f64],
    folds: &[Fold],
    base: &SvrSettings,
) -> Result<Tuned<KernelSetting>> {
    let rows = check_kernels(kernels, targets.len())?;
    tune(kernel_settings(kernels, cs), folds, rows, |setting, train, test| {
        let (own, other) = parts(kernels[setting.kernel].1, train, test);
        let settings = SvrSettings { c: setting.strength, ..base.clone() };
        let machine = SupportVectorRegressor::fit(own.view(), &pick(targets, train), &settings)?;
        Ok(negative_mse(&pick(targets, test), &machine.predict(other.view())?))
    })
}

/// The kernel and λ of ridge regression with the highest accuracy or the lowest mean squared error,
/// whose negative is the score. Values are shifted by the mean of the training rows of a fold.
///
/// # Errors
/// As [`tune`].
pub fn tune_kernel_ridge(
    kernels: &[(String, ArrayView2<'_, f64>)],
    targets: &Targets,
    lambdas: &[f64],
    folds: &[Fold],
) -> Result<Tuned<KernelSetting>> {
    let rows = check_kernels(kernels, targets.len())?;
    tune(kernel_settings(kernels, lambdas), folds, rows, |setting, train, test| {
        let (own, other) = parts(kernels[setting.kernel].1, train, test);
        let (own, other) = (own.view(), other.view());
        match targets {
            Targets::Values(values) => {
                let own_values = pick(values, train);
                let mean = own_values.iter().sum::<f64>() / own_values.len() as f64;
                let model =
                    KernelRidge::fit(own, (column(&own_values) - mean).view(), setting.strength)?;
                let predicted = model.predict(other)?.column(0).mapv(|value| value + mean);
                Ok(negative_mse(&pick(values, test), &predicted.to_vec()))
            }
            Targets::Classes { labels, names } => {
                let own_labels = pick(labels, train);
                let model =
                    KernelRidge::fit_classes(own, &own_labels, names.len(), setting.strength)?;
                Ok(accuracy(&pick(labels, test), &model.predict_classes(other)?))
            }
        }
    })
}

/// The λ of [`LinearRidge`] for values, the C of [`LogisticRegression`] for classes; the score is the
/// negative mean squared error or the accuracy.
///
/// # Errors
/// As [`tune`].
pub fn tune_linear(data: &DataSet, strengths: &[f64], folds: &[Fold]) -> Result<Tuned<f64>> {
    tune(strengths.to_vec(), folds, data.num_rows(), |&strength, train, test| {
        let features = data.features().select(Axis(0), train);
        score_on(data, test, |rows| match data.targets().select(train) {
            Targets::Values(values) => {
                let targets = column(&values);
                LinearRidge::fit(features.view(), targets.view(), strength)?.predict(rows)
            }
            Targets::Classes { labels, names } => {
                let settings = LogisticSettings { c: strength, ..LogisticSettings::default() };
                let classes = names.len();
                LogisticRegression::fit(features.view(), &labels, classes, &settings)?
                    .probabilities(rows)
            }
        })
    })
}

/// The iterations of L-BFGS that a network is given.
const NETWORK_ITERATIONS: usize = 200;

/// The settings of a network with so many hidden units: each of [`L2_GRID`] with each of
/// [`LEARNING_RATE_GRID`] by Adam with batches of 32 rows, and by L-BFGS, which few rows and few epochs
/// leave far from its end less often.
pub fn network_grid(hidden_units: usize, epochs: usize, seed: u64) -> Vec<MlpSettings> {
    let with = |l2: f64| {
        LEARNING_RATE_GRID.map(|learning_rate| {
            let method = MlpMethod::Adam { learning_rate, batch_size: 32, epochs };
            MlpSettings { hidden_units, l2, method, seed }
        })
    };
    let method = MlpMethod::Lbfgs { max_iterations: NETWORK_ITERATIONS };
    let exactly = |l2| MlpSettings { hidden_units, l2, method: method.clone(), seed };
    L2_GRID.into_iter().flat_map(with).chain(L2_GRID.map(exactly)).collect()
}

/// The best settings of a network; the score is the negative mean squared error or the accuracy.
///
/// # Errors
/// As [`tune`].
pub fn tune_network(
    data: &DataSet,
    settings: Vec<MlpSettings>,
    folds: &[Fold],
) -> Result<Tuned<MlpSettings>> {
    tune(settings, folds, data.num_rows(), |settings, train, test| {
        score_on(data, test, |rows| fit_network(&data.select(train), settings)?.predict(rows))
    })
}

/// A network for these data.
pub(super) fn fit_network(data: &DataSet, settings: &MlpSettings) -> Result<Mlp> {
    match data.targets() {
        Targets::Values(values) => {
            Mlp::fit_values(data.features(), column(values).view(), settings)
        }
        Targets::Classes { labels, names } => {
            Mlp::fit_classes(data.features(), labels, names.len(), settings)
        }
    }
}

/// The values as rows of one column.
pub(super) fn column(values: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((values.len(), 1), |(row, _)| values[row])
}

/// The score of what is predicted of the test rows: accuracy or negative mean squared error.
fn score_on(
    data: &DataSet,
    test: &[usize],
    predict: impl Fn(ArrayView2<'_, f64>) -> Result<Array2<f64>>,
) -> Result<f64> {
    let rows = data.features().select(Axis(0), test);
    let predicted = predict(rows.view())?;
    Ok(match data.targets() {
        Targets::Values(values) => negative_mse(&pick(values, test), &predicted.column(0).to_vec()),
        Targets::Classes { labels, .. } => {
            accuracy(&pick(labels, test), &most_probable(predicted.view()))
        }
    })
}

fn accuracy(labels: &[usize], predictions: &[usize]) -> f64 {
    let hits = labels.iter().zip(predictions).filter(|(a, b)| a == b).count();
    hits as f64 / labels.len() as f64
}

fn negative_mse(targets: &[f64], predictions: &[f64]) -> f64 {
    let squares = targets.iter().zip(predictions).map(|(y, p)| (y - p) * (y - p));
    -squares.sum::<f64>() / targets.len() as f64
}

fn pick<T: Copy>(list: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| list[row]).collect()
}

/// The kernel between training rows, and between test and training rows.
fn parts(
    kernel: ArrayView2<'_, f64>,
    train: &[usize],
    test: &[usize],
) -> (Array2<f64>, Array2<f64>) {
    let between = |rows: &[usize]| {
        Array2::from_shape_fn((rows.len(), train.len()), |(i, j)| kernel[[rows[i], train[j]]])
    };
    (between(train), between(test))
}

fn kernel_settings(
    kernels: &[(String, ArrayView2<'_, f64>)],
    strengths: &[f64],
) -> Vec<KernelSetting> {
    let of = |(kernel, (name, _)): (usize, &(String, ArrayView2<'_, f64>))| {
        let name = name.clone();
        strengths.iter().map(move |&strength| KernelSetting {
            kernel,
            name: name.clone(),
            strength,
        })
    };
    kernels.iter().enumerate().flat_map(of).collect()
}

/// Refuses kernels that are not between as many rows as there are targets.
fn check_kernels(kernels: &[(String, ArrayView2<'_, f64>)], targets: usize) -> Result<usize> {
    for (name, kernel) in kernels {
        let (rows, columns) = kernel.dim();
        if rows != columns {
            let expected = "a kernel between all rows is square";
            let shape = format!("{rows} × {columns}");
            return invalid(format!("the shape of the kernel `{name}`"), shape, expected);
        }
        check_targets(targets, rows)?;
    }
    Ok(targets)
}

fn check_folds(folds: &[Fold], num_rows: usize) -> Result<()> {
    if folds.is_empty() {
        return invalid("the number of folds", 0, "cross-validation needs at least one");
    }
    let mut side = vec![0u32; num_rows];
    for (k, Fold { train, test }) in folds.iter().enumerate() {
        for (what, rows) in [("training", train), ("test", test)] {
            if rows.is_empty() {
                let what = format!("the number of {what} rows of fold {k}");
                return invalid(what, 0, "it must have at least one; take fewer folds");
            }
            if let Some(row) = rows.iter().find(|row| **row >= num_rows) {
                let expected = format!("there are {num_rows} rows, numbered from 0");
                return invalid(format!("a {what} row of fold {k}"), row, expected);
            }
        }
        side.fill(0);
        train.iter().for_each(|&row| side[row] = 1);
        if let Some(row) = test.iter().find(|row| side[**row] == 1) {
            let what = format!("a test row of fold {k}");
            return invalid(what, row, "it must not be among the training rows");
        }
    }
    Ok(())
}

fn finite(score: Result<f64>, fold: usize) -> Result<f64> {
    match score? {
        value if value.is_finite() => Ok(value),
        value => Err(Error::NotFinite { what: format!("the score of fold {fold}"), value }),
    }
}

pub(in crate::learning) fn summary(scores: Vec<f64>) -> Result<CrossValidated> {
    let count = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / count;
    let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
    let standard_error = (scores.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt());
    Ok(CrossValidated { mean, standard_error, scores })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::classical::ClassicalKernel;
    use crate::math::on_threads;

    /// Two rings around each other, which no line separates.
    fn rings() -> DataSet {
        let features = Array2::from_shape_fn((40, 2), |(i, j)| {
            let radius = if i % 2 == 0 { 0.4 } else { 1.2 };
            radius * (0.7 * i as f64 - j as f64 * std::f64::consts::FRAC_PI_2).cos()
        });
        let labels = (0..40).map(|i| i % 2).collect();
        let names = vec!["inner".into(), "outer".into()];
        DataSet::new(features, Targets::Classes { labels, names }).unwrap()
    }

    /// The same rows with a value: the square of the radius.
    fn squares() -> DataSet {
        let features = rings().features().to_owned();
        let values = features.outer_iter().map(|row| row.dot(&row)).collect();
        DataSet::new(features, Targets::Values(values)).unwrap()
    }

    fn folds() -> Vec<Fold> {
        let part = |k: usize| {
            let (train, test) = (0..40).partition(|i| i / 8 != k);
            Fold { train, test }
        };
        (0..5).map(part).collect()
    }

    #[test]
    fn the_table_has_all_and_the_best_is_the_first_of_the_highest() {
        let score = |s: &i32, _: &[usize], test: &[usize]| match s {
            2 => Err(Error::NotFinite { what: "it".into(), value: f64::NAN }),
            s => Ok(f64::from(-(s - 4).abs()) + if test[0] == 0 { 4.0 } else { 0.0 }),
        };
        let tuned = tune(vec![1, 2, 3, 5, 7], &folds(), 40, score).unwrap();
        assert_eq!((*tuned.best(), tuned.trials.len()), (3, 5));
        assert!(tuned.trials[1].score.is_none());
        assert_eq!(
            tuned.trials[1].failure.as_deref(),
            Some("it is NaN; it must be a finite number")
        );
        // Scores 3 and four times -1: mean -0.2, sample variance 3.2, error √(3.2/5).
        assert!((tuned.score().mean + 0.2).abs() < 1e-15);
        assert!((tuned.score().standard_error.unwrap() - 0.8).abs() < 1e-15);
        let error = tune(vec![2], &folds(), 40, score).unwrap_err();
        assert!(error.to_string().starts_with("it is NaN"), "{error}");
        assert!(tune(Vec::new(), &folds(), 40, score).is_err());
    }

    #[test]
    fn rings_want_a_kernel_that_is_not_linear() {
        let data = rings();
        let Targets::Classes { labels, .. } = data.targets() else { unreachable!() };
        let x = data.features();
        let mut kernels = ClassicalKernel::family(x).unwrap();
        kernels.retain(|k| !matches!(k, ClassicalKernel::Laplacian { .. }));
        kernels.truncate(7);
        let grams: Vec<Array2<f64>> = kernels.iter().map(|k| k.gram(x, x).unwrap()).collect();
        let named: Vec<(String, ArrayView2<'_, f64>)> =
            kernels.iter().zip(&grams).map(|(k, gram)| (k.to_string(), gram.view())).collect();
        let run = || {
            tune_svm(&named, (labels, 2), &C_GRID[1..4], &folds(), &SvmSettings::default()).unwrap()
        };
        let tuned = on_threads(1, run);
        assert_eq!(on_threads(2, run), tuned);
        assert_eq!(tuned.trials.len(), 7 * 3);
        assert_eq!(tuned.score().mean, 1.0);
        let linear = tuned.trials.iter().filter(|t| t.setting.name == "linear");
        assert!(linear.into_iter().all(|t| t.score.as_ref().unwrap().mean < 0.8));
        let ridge = tune_kernel_ridge(&named, data.targets(), &LAMBDA_GRID[4..], &folds()).unwrap();
        assert_eq!(ridge.score().mean, 1.0);
        // The square of the radius is a polynomial of degree 2.
        let values = squares();
        let ridge =
            tune_kernel_ridge(&named, values.targets(), &LAMBDA_GRID[4..], &folds()).unwrap();
        assert!(ridge.best().name.starts_with("polynomial"), "{:?}", ridge.best());
        assert!(ridge.score().mean > -1e-6, "{:?}", ridge.score());
        let Targets::Values(list) = values.targets() else { unreachable!() };
        let base = SvrSettings { epsilon: 0.01, ..SvrSettings::default() };
        let svr = tune_svr(&named, list, &C_GRID[2..4], &folds(), &base).unwrap();
        assert!(svr.score().mean > -1e-2, "{:?}", svr.score());
    }

    #[test]
    fn folds_are_checked() {
        let fold = |train: Vec<usize>, test: Vec<usize>| Fold { train, test };
        let score = |folds: &[Fold]| cross_validate(folds, 3, |_, _| Ok(1.0));
        assert_eq!(score(&[fold(vec![0, 1], vec![2])]).unwrap().standard_error, None);
        for (folds, part) in [
            (vec![], "the number of folds"),
            (vec![fold(vec![0], vec![])], "test rows of fold 0"),
            (vec![fold(vec![0], vec![3])], "3 rows"),
            (vec![fold(vec![0, 1], vec![1])], "among the training rows"),
        ] {
            let error = score(&folds).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let error = cross_validate(&[fold(vec![0], vec![1])], 2, |_, _| Ok(f64::NAN)).unwrap_err();
        assert!(error.to_string().contains("score of fold 0"), "{error}");
    }
}
