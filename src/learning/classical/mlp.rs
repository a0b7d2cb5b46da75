//! A network with one hidden layer.

use super::affine::{Affine, affine_gradient};
use super::check::{
    check_finite, check_labels, check_not_negative, check_positive, check_targets, invalid,
};
use super::fit::{FitRecord, minimize};
use super::head::Head;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, check_memory};
use crate::optimize::{Adam, Objective, OptimizerKind, Stopping};
use ndarray::{Array2, ArrayView2, Axis};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// Streams from here on are those of networks: the start, then one an epoch.
const STREAM: u64 = 1 << 48;

/// How a network is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MlpMethod {
    /// By Adam on mini-batches, whose rows are drawn without replacement anew in each epoch.
    Adam {
        /// About how far a weight moves in a step.
        learning_rate: f64,
        /// Rows of a batch; all of them if there are fewer.
        batch_size: usize,
        /// How often each row is used.
        epochs: usize,
    },
    /// By L-BFGS on all rows, until the norm of the gradient is 1e-6.
    Lbfgs {
        /// The most iterations.
        max_iterations: usize,
    },
}

/// Settings of an [`Mlp`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MlpSettings {
    /// Units of the hidden layer; see [`hidden_units_for`].
    pub hidden_units: usize,
    /// The penalty l2/2 · ‖W‖² on the weights, without the intercepts.
    pub l2: f64,
    /// How it is trained.
    pub method: MlpMethod,
    /// The seed of the start and of the mini-batches.
    pub seed: u64,
}

impl MlpSettings {
    /// With L-BFGS, at most 1000 iterations, and l2 = 1e-4.
    pub fn new(hidden_units: usize) -> Self {
        let method = MlpMethod::Lbfgs { max_iterations: 1000 };
        MlpSettings { hidden_units, l2: 1e-4, method, seed: 0 }
    }
}

/// The units of a network with at most `num_parameters` parameters, as near as can be; 1 where even
/// that one has more. A network has units · (features + 1 + outputs) + outputs of them. Two classes
/// need one output.
pub fn hidden_units_for(num_parameters: usize, features: usize, outputs: usize) -> usize {
    let of_unit = features.saturating_add(outputs).saturating_add(1);
    (num_parameters.saturating_sub(outputs) / of_unit).max(1)
}

/// A network with one hidden layer of tanh units. Its outputs are numbers (half of the mean squared
/// error), the evidence for class 1 of two (cross-entropy), or for each of more classes (softmax,
/// cross-entropy); the penalty l2/2 · ‖W‖² is added to the mean loss. Gradients are exact, by
/// backpropagation (Rumelhart, Hinton and Williams, Nature 323, 533 (1986)). Starts are uniform,
/// within √(6/(inputs + outputs)) of a layer (Glorot and Bengio, AISTATS 2010, equation 16), intercepts
/// 0.
///
/// ```
/// use ketlab::learning::classical::{Mlp, MlpSettings};
/// use ndarray::array;
///
/// let x = array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let model = Mlp::fit_classes(x.view(), &[0, 1, 1, 0], 2, &MlpSettings::new(4))?;
/// let p = model.predict(x.view())?;
/// assert!(p[[0, 0]] > 0.9 && p[[1, 1]] > 0.9 && p[[2, 1]] > 0.9 && p[[3, 0]] > 0.9);
/// assert_eq!(model.num_parameters(), 4 * (2 + 1) + 4 + 1);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Mlp {
    hidden: Affine,
    output: Affine,
    head: Head,
    fit: FitRecord,
}

/// As it stands in JSON.
#[derive(Deserialize)]
struct Stored {
    hidden: Affine,
    output: Affine,
    head: Head,
    fit: FitRecord,
}

impl TryFrom<Stored> for Mlp {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let Stored { hidden, output, head, fit } = stored;
        let units = hidden.num_outputs();
        if output.num_inputs() != units {
            let expected = format!("the hidden layer has {units} units");
            return invalid("the number of inputs of the output", output.num_inputs(), expected);
        }
        let outputs = output.num_outputs();
        if (head == Head::Logistic && outputs != 1) || (head == Head::Softmax && outputs < 2) {
            return invalid("the number of outputs", outputs, format!("the loss is {head:?}"));
        }
        Ok(Mlp { hidden, output, head, fit })
    }
}

impl Mlp {
    /// Fitted to features (rows × features) and targets (rows × outputs).
    ///
    /// # Errors
    /// If there is no row, feature, output or unit, a number is not finite, there is not one row of
    /// targets for each, a setting makes no sense, the loss does not stay finite, or the network does
    /// not fit into memory.
    pub fn fit_values(
        features: ArrayView2<'_, f64>,
        targets: ArrayView2<'_, f64>,
        settings: &MlpSettings,
    ) -> Result<Self> {
        check_finite("feature", features)?;
        check_targets(targets.nrows(), features.nrows())?;
        check_finite("target", targets)?;
        fit(features, targets.to_owned(), Head::Linear, settings)
    }

    /// Fitted to features (rows × features) and a class below `num_classes` for each.
    ///
    /// # Errors
    /// As [`fit_values`](Self::fit_values), and if a label is not there or one class only occurs.
    pub fn fit_classes(
        features: ArrayView2<'_, f64>,
        labels: &[usize],
        num_classes: usize,
        settings: &MlpSettings,
    ) -> Result<Self> {
        check_finite("feature", features)?;
        check_labels(labels, features.nrows(), num_classes)?;
        let (head, outputs) = Head::of_classes(num_classes);
        fit(features, head.encode(labels, outputs), head, settings)
    }

    /// Values (rows × outputs) or probabilities (rows × classes).
    ///
    /// # Errors
    /// If there is another number of features, or one is not finite.
    pub fn predict(&self, features: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let units = self.hidden.apply(features)?.mapv(f64::tanh);
        Ok(self.head.predictions(self.output.outputs(units.view())))
    }

    /// Weights and intercepts of both layers.
    pub fn num_parameters(&self) -> usize {
        self.hidden.num_parameters() + self.output.num_parameters()
    }

    /// The hidden layer and the output.
    pub fn layers(&self) -> (&Affine, &Affine) {
        (&self.hidden, &self.output)
    }

    /// How it was fitted.
    pub fn fit_record(&self) -> &FitRecord {
        &self.fit
    }
}

fn fit(
    features: ArrayView2<'_, f64>,
    targets: Array2<f64>,
    head: Head,
    settings: &MlpSettings,
) -> Result<Mlp> {
    let units = settings.hidden_units;
    if units == 0 {
        return invalid("the number of hidden units", 0, "a network has at least one");
    }
    check_not_negative("l2", settings.l2)?;
    let (rows, inputs) = features.dim();
    let outputs = targets.ncols();
    // Parameters, their gradients and the optimizer's pairs; units of all rows and their derivatives.
    let of_unit = 30 * (inputs + outputs + 1) as u128 + 3 * rows as u128;
    check_memory(format!("a network of {units} units"), of_unit * 8 * units as u128, |_| {
        (None, "take fewer units or rows".into())
    })?;
    let shape = Shape { inputs, units, outputs };
    let streams = Streams::new(settings.seed, Domain::Learning);
    let start = shape.start(&streams);
    let mut loss = NetworkLoss { features, targets, head, shape, l2: settings.l2, batches: None };
    let outcome = match settings.method {
        MlpMethod::Adam { learning_rate, batch_size, epochs } => {
            check_positive("the learning rate", learning_rate)?;
            for (what, value) in [("the batch size", batch_size), ("the number of epochs", epochs)]
            {
                if value == 0 {
                    return invalid(what, 0, "it must be at least 1");
                }
            }
            let batch_size = batch_size.min(rows);
            loss.batches = Some(Batches { streams, batch_size, order: Vec::new(), next: 0 });
            let steps = epochs.saturating_mul(rows.div_ceil(batch_size));
            // A batch may have no gradient while the others have.
            let stopping = Stopping::new().max_iterations(steps).any_gradient();
            let adam = Adam { learning_rate, ..Adam::default() };
            minimize(&adam, &mut loss, &start, stopping)?
        }
        MlpMethod::Lbfgs { max_iterations } => {
            let stopping = Stopping::new().max_iterations(max_iterations).gradient_tolerance(1e-6);
            minimize(&OptimizerKind::Lbfgs.optimizer(), &mut loss, &start, stopping)?
        }
    };
    let converged = loss.batches.is_none() && outcome.converged();
    loss.batches = None;
    let value = loss.value(&outcome.x)?;
    if !value.is_finite() {
        return Err(Error::NotFinite { what: "the loss at the end of training".into(), value });
    }
    let fit = FitRecord { loss: value, iterations: outcome.iterations, converged };
    let (hidden, output) = shape.layers(&outcome.x);
    Ok(Mlp { hidden, output, head, fit })
}

/// How many there are of what.
#[derive(Debug, Clone, Copy)]
struct Shape {
    inputs: usize,
    units: usize,
    outputs: usize,
}

impl Shape {
    fn of_hidden(self) -> usize {
        self.units * (self.inputs + 1)
    }

    fn num_parameters(self) -> usize {
        self.of_hidden() + self.outputs * (self.units + 1)
    }

    fn layers(self, parameters: &[f64]) -> (Affine, Affine) {
        let (hidden, output) = parameters.split_at(self.of_hidden());
        let hidden = Affine::from_parameters(self.inputs, self.units, hidden);
        (hidden, Affine::from_parameters(self.units, self.outputs, output))
    }

    fn start(self, streams: &Streams) -> Vec<f64> {
        let mut rng = streams.stream(STREAM);
        let mut start = Vec::with_capacity(self.num_parameters());
        for (inputs, outputs) in [(self.inputs, self.units), (self.units, self.outputs)] {
            let bound = (6.0 / (inputs + outputs) as f64).sqrt();
            start.extend((0..inputs * outputs).map(|_| rng.random_range(-bound..bound)));
            start.extend((0..outputs).map(|_| 0.0));
        }
        start
    }
}

/// The mini-batches, one a call.
struct Batches {
    streams: Streams,
    batch_size: usize,
    order: Vec<usize>,
    next: usize,
}

impl Batches {
    fn take(&mut self, rows: usize) -> &[usize] {
        let of_epoch = rows.div_ceil(self.batch_size);
        let (epoch, batch) = (self.next / of_epoch, self.next % of_epoch);
        self.next += 1;
        if batch == 0 {
            let mut rng = self.streams.stream(STREAM + 1 + epoch as u64);
            self.order = (0..rows).collect();
            // Fisher and Yates.
            for k in (1..rows).rev() {
                self.order.swap(k, rng.random_range(0..=k));
            }
        }
        let first = batch * self.batch_size;
        &self.order[first..rows.min(first + self.batch_size)]
    }
}

/// The loss of a network by its parameters: those of the hidden layer, then those of the output.
struct NetworkLoss<'a> {
    features: ArrayView2<'a, f64>,
    targets: Array2<f64>,
    head: Head,
    shape: Shape,
    l2: f64,
    batches: Option<Batches>,
}

impl NetworkLoss<'_> {
    fn on(
        &self,
        features: ArrayView2<'_, f64>,
        targets: ArrayView2<'_, f64>,
        x: &[f64],
        gradient: &mut [f64],
    ) -> f64 {
        let (hidden, output) = self.shape.layers(x);
        let units = hidden.outputs(features).mapv_into(f64::tanh);
        let mut by_outputs = output.outputs(units.view());
        let mut loss = self.head.loss(&mut by_outputs, targets, &[]);
        let (of_hidden, of_output) = gradient.split_at_mut(self.shape.of_hidden());
        affine_gradient(units.view(), by_outputs.view(), of_output);
        let mut by_units = by_outputs.dot(&output.weights);
        by_units.zip_mut_with(&units, |by, unit| *by *= 1.0 - unit * unit);
        affine_gradient(features, by_units.view(), of_hidden);
        for (map, gradient) in [(&hidden, of_hidden), (&output, of_output)] {
            for (g, w) in gradient.iter_mut().zip(&map.weights) {
                *g += self.l2 * w;
                loss += 0.5 * self.l2 * w * w;
            }
        }
        loss
    }
}

impl Objective for NetworkLoss<'_> {
    fn num_params(&self) -> usize {
        self.shape.num_parameters()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.value_and_gradient(x, &mut vec![0.0; x.len()])
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let Some(batches) = &mut self.batches else {
            return Ok(self.on(self.features, self.targets.view(), x, gradient));
        };
        let rows = batches.take(self.features.nrows()).to_vec();
        let features = self.features.select(Axis(0), &rows);
        let targets = self.targets.select(Axis(0), &rows);
        Ok(self.on(features.view(), targets.view(), x, gradient))
    }

    fn has_gradient(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::on_threads;

    fn rows() -> Array2<f64> {
        Array2::from_shape_fn((12, 2), |(i, j)| (1.3 * i as f64 + 2.1 * j as f64).sin())
    }

    #[test]
    fn gradients_are_finite_differences() {
        let features = rows();
        let labels: Vec<usize> = (0..12).map(|i| i % 3).collect();
        for (head, outputs) in [(Head::Linear, 2), (Head::Logistic, 1), (Head::Softmax, 3)] {
            let binary: Vec<usize> = labels.iter().map(|l| l % 2).collect();
            let targets = match head {
                Head::Linear => features.mapv(f64::cos),
                Head::Logistic => head.encode(&binary, 1),
                Head::Softmax => head.encode(&labels, 3),
            };
            let shape = Shape { inputs: 2, units: 3, outputs };
            let features = features.view();
            let mut loss = NetworkLoss { features, targets, head, shape, l2: 0.1, batches: None };
            let mut x = shape.start(&Streams::new(5, Domain::Learning));
            // Intercepts too.
            x.iter_mut().enumerate().for_each(|(k, x)| *x += 0.1 * (k as f64).cos());
            let mut gradient = vec![0.0; x.len()];
            loss.value_and_gradient(&x, &mut gradient).unwrap();
            for k in 0..x.len() {
                let mut at = |step: f64| {
                    let mut moved = x.clone();
                    moved[k] += step;
                    loss.value(&moved).unwrap()
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!((difference - gradient[k]).abs() < 1e-9, "{head:?} {k}");
            }
        }
    }

    #[test]
    fn both_methods_learn_a_sine_and_repeat() {
        let x = Array2::from_shape_fn((40, 1), |(i, _)| -2.0 + 0.1 * i as f64);
        let y = x.mapv(|x| (2.0 * x).sin());
        let adam = MlpMethod::Adam { learning_rate: 0.05, batch_size: 20, epochs: 150 };
        for (method, within) in [(MlpMethod::Lbfgs { max_iterations: 100 }, 1e-3), (adam, 5e-2)] {
            let settings = MlpSettings { l2: 0.0, method, seed: 3, ..MlpSettings::new(8) };
            let fit = || Mlp::fit_values(x.view(), y.view(), &settings).unwrap();
            let model = on_threads(1, fit);
            assert_eq!(on_threads(2, fit), model);
            let errors = model.predict(x.view()).unwrap() - &y;
            let mse = errors.mapv(|e| e * e).mean().unwrap();
            assert!(mse < within, "{mse}");
            assert!((model.fit_record().loss - 0.5 * mse).abs() < 1e-12);
            let other = MlpSettings { seed: 4, ..settings };
            assert_ne!(Mlp::fit_values(x.view(), y.view(), &other).unwrap(), model);
            let text = serde_json::to_string(&model).unwrap();
            assert_eq!(serde_json::from_str::<Mlp>(&text).unwrap(), model);
        }
    }

    #[test]
    fn an_epoch_has_each_row_once() {
        let streams = Streams::new(1, Domain::Learning);
        let mut batches = Batches { streams, batch_size: 4, order: Vec::new(), next: 0 };
        let mut epoch = || {
            let mut rows: Vec<usize> = (0..3).flat_map(|_| batches.take(10).to_vec()).collect();
            let order = rows.clone();
            rows.sort_unstable();
            assert_eq!(rows, (0..10).collect::<Vec<_>>());
            order
        };
        assert_ne!(epoch(), epoch());
    }

    #[test]
    fn units_keep_below_the_number_of_parameters() {
        // 2 features and 1 output: 4 a unit and 1.
        assert_eq!([24, 25, 28, 29].map(|n| hidden_units_for(n, 2, 1)), [5, 6, 6, 7]);
        assert_eq!(hidden_units_for(0, 2, 1), 1);
        let model = Mlp::fit_classes(
            rows().view(),
            &[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2],
            3,
            &MlpSettings::new(hidden_units_for(30, 2, 3)),
        );
        assert_eq!(model.unwrap().num_parameters(), 27);
    }

    #[test]
    fn bad_input_is_refused_by_name() {
        let x = rows();
        let y = x.clone();
        let says = |error: Error, part: &str| assert!(error.to_string().contains(part), "{error}");
        let with = |settings: &MlpSettings| Mlp::fit_values(x.view(), y.view(), settings);
        let base = MlpSettings::new(2);
        says(with(&MlpSettings::new(0)).unwrap_err(), "hidden units");
        says(with(&MlpSettings { l2: -1.0, ..base.clone() }).unwrap_err(), "l2");
        let adam = |learning_rate, batch_size| MlpSettings {
            method: MlpMethod::Adam { learning_rate, batch_size, epochs: 3 },
            ..base.clone()
        };
        says(with(&adam(f64::NAN, 1)).unwrap_err(), "learning rate");
        says(with(&adam(0.1, 0)).unwrap_err(), "batch size");
        says(with(&adam(1e308, 4)).unwrap_err(), "smaller learning rate");
        says(Mlp::fit_classes(x.view(), &[0; 12], 2, &base).unwrap_err(), "classes that occur");
        let model = with(&base).unwrap();
        says(model.predict(ndarray::array![[1.0]].view()).unwrap_err(), "features");
        says(with(&MlpSettings::new(usize::MAX / 4096)).unwrap_err(), "fewer units");
    }
}
