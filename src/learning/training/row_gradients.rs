//! The loss of some rows and its gradient.

use super::evaluation::Evaluation;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gradient::{Adjoint, BatchedAdjoint, Objective};
use crate::learning::data::{DataSet, Targets};
use crate::learning::loss::{Loss, Target};
use crate::learning::model::Model;
use crate::math::{Domain, Streams, for_each_in_order};
use crate::pauli::PauliSum;
use crate::simulate::{Accuracy, Estimate, ExpectationSource, SMALL_BELOW, Simulator};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;

/// Streams of shots and trajectories, apart from those of starts and orders.
const SHOTS: u64 = 1 << 40;
/// A thread takes at most so many rows at once.
const ROWS_AT_ONCE: usize = 8;

/// The mean loss of rows of a data set and its gradient by a model's parameters, each thread with
/// memory of its own. Rows are added in their order, so bits do not depend on threads.
pub(super) struct RowGradients<'m> {
    model: &'m Model,
    loss: Loss,
    evaluation: &'m Evaluation,
    simulator: Simulator,
    circuit: Circuit,
    observables: Vec<PauliSum>,
    /// The circuit's inputs that are data, rows × their number.
    data: Array2<f64>,
    targets: &'m Targets,
    /// By class; none where all count alike.
    class_weights: Vec<f64>,
    workers: Vec<Worker>,
    /// Rows that a thread takes as one piece of work.
    at_once: usize,
    /// pieces × (loss, gradient, variances), of the last call.
    parts: Array2<f64>,
    /// The variances of the last gradient.
    variances: Vec<f64>,
    calls: u64,
}

struct Worker {
    /// Of exact gradients, many rows in one register, where that is better.
    batched: Option<BatchedAdjoint>,
    /// Of exact gradients, row by row.
    adjoint: Option<Adjoint>,
    inputs: Vec<f64>,
    by_inputs: Vec<f64>,
    means: Vec<f64>,
    by_means: Vec<f64>,
    outputs: Vec<f64>,
    by_outputs: Vec<f64>,
}

impl<'m> RowGradients<'m> {
    pub fn new(
        model: &'m Model,
        (loss, class_weights): (Loss, Vec<f64>),
        evaluation: &'m Evaluation,
        data: &'m DataSet,
        simulator: &Simulator,
    ) -> Result<Self> {
        let circuit = evaluation.circuit(model)?;
        let observables = model.readout().observables();
        let small = circuit.num_qubits() < SMALL_BELOW;
        let threads = if small { simulator.num_threads().min(data.num_rows()) } else { 1 };
        let num_inputs = circuit.inputs().count();
        let weights = model.weight_places();
        let worker = |_| {
            let zeros = |count: usize| vec![0.0; count];
            let (batched, adjoint) = match evaluation {
                Evaluation::Exact => (
                    simulator.batched_adjoint(&circuit, &observables, weights)?,
                    Some(simulator.adjoint_by(&circuit, &observables, weights)?),
                ),
                _ => (None, None),
            };
            Ok(Worker {
                batched,
                adjoint,
                inputs: zeros(num_inputs),
                by_inputs: zeros(num_inputs),
                means: zeros(observables.len()),
                by_means: zeros(observables.len()),
                outputs: zeros(model.num_outputs()),
                by_outputs: zeros(model.num_outputs()),
            })
        };
        let workers: Vec<Worker> = (0..threads).map(worker).collect::<Result<_>>()?;
        let capacity = |worker: &Worker| worker.batched.as_ref().map(BatchedAdjoint::capacity);
        Ok(RowGradients {
            at_once: workers.first().and_then(capacity).unwrap_or(1),
            workers,
            data: model.data_rows(data.features())?,
            targets: data.targets(),
            simulator: simulator.clone(),
            parts: Array2::zeros((0, 0)),
            variances: vec![0.0; model.num_parameters()],
            model,
            loss,
            evaluation,
            circuit,
            observables,
            class_weights,
            calls: 0,
        })
    }

    pub fn num_rows(&self) -> usize {
        self.data.nrows()
    }

    /// How often it was called, which decides shots and trajectories.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    pub fn set_calls(&mut self, calls: u64) {
        self.calls = calls;
    }

    /// Variances of the last gradient, where it is from shots or trajectories.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The mean loss of these rows; writes its gradient.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the watch was cancelled; those of the simulation.
    pub fn value_and_gradient(
        &mut self,
        rows: &[usize],
        params: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64> {
        let num_params = self.model.num_parameters();
        let pieces: Vec<&[usize]> = rows.chunks(self.at_once).collect();
        let mut parts = std::mem::take(&mut self.parts);
        if parts.dim() != (pieces.len(), 1 + 2 * num_params) {
            parts = Array2::zeros((pieces.len(), 1 + 2 * num_params));
        }
        let mut workers = std::mem::take(&mut self.workers);
        let this = &*self;
        let work = |worker: &mut Worker, k: usize, mut part: ndarray::ArrayViewMut1<f64>| {
            let part = part.as_slice_mut().expect("rows are contiguous");
            part.fill(0.0);
            let (value, rest) = part.split_first_mut().expect("there is a value");
            *value = this.piece(worker, pieces[k], params, rest.split_at_mut(num_params))?;
            Ok(())
        };
        let finished = self.simulator.install(|| {
            let items = (pieces.len(), parts.rows_mut().into_iter());
            for_each_in_order(&mut workers, items, ROWS_AT_ONCE, self.simulator.watch(), work)
        });
        self.workers = workers;
        if finished?.contains(&false) {
            return Err(Error::Interrupted);
        }
        let share = 1.0 / rows.len() as f64;
        let mut value = 0.0;
        gradient.fill(0.0);
        self.variances.fill(0.0);
        for part in parts.rows() {
            let part = part.as_slice().expect("rows are contiguous");
            value += part[0] * share;
            let (own, variances) = part[1..].split_at(num_params);
            gradient.iter_mut().zip(own).for_each(|(sum, g)| *sum += share * g);
            self.variances.iter_mut().zip(variances).for_each(|(s, v)| *s += share * share * v);
        }
        self.parts = parts;
        self.calls += 1;
        Ok(value)
    }

    /// The sum of the losses of a few rows; adds their gradients, and the variances of these.
    fn piece(
        &self,
        worker: &mut Worker,
        rows: &[usize],
        params: &[f64],
        (gradient, variances): (&mut [f64], &mut [f64]),
    ) -> Result<f64> {
        // A register that is nearly empty costs as much as a full one.
        if let Some(mut batched) =
            worker.batched.take_if(|batched| 2 * rows.len() >= batched.capacity())
        {
            let value = self.batched(worker, &mut batched, rows, params, gradient);
            worker.batched = Some(batched);
            return value;
        }
        let mut total = 0.0;
        for &row in rows {
            total += match worker.adjoint.take() {
                Some(mut adjoint) => {
                    let value = self.exact(worker, &mut adjoint, row, params, gradient);
                    worker.adjoint = Some(adjoint);
                    value?
                }
                None => self.estimated(worker, row, params, gradient, variances)?,
            };
        }
        Ok(total)
    }

    /// Rows in one register.
    fn batched(
        &self,
        worker: &mut Worker,
        batched: &mut BatchedAdjoint,
        rows: &[usize],
        params: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64> {
        let Worker { by_inputs, outputs, by_outputs, .. } = worker;
        let num_weights = self.model.num_weights();
        let (by_weights, by_own) = gradient.split_at_mut(num_weights);
        let own = &params[num_weights..];
        let mut all = vec![vec![0.0; by_inputs.len()]; rows.len()];
        for (inputs, &row) in all.iter_mut().zip(rows) {
            self.model.fill_inputs(self.data_row(row), params, inputs);
        }
        let loss = |k: usize, means: &[f64], by_means: &mut [f64]| {
            self.loss_of_means((means, own), (outputs, by_outputs), by_means, by_own, rows[k])
        };
        let value = batched.value_and_gradient(&all, loss, by_inputs)?;
        let places = self.model.weight_places();
        by_weights.iter_mut().zip(places).for_each(|(d, &at)| *d += by_inputs[at]);
        Ok(value)
    }

    /// One row's loss, and its gradient by the chain rule from one run backwards.
    fn exact(
        &self,
        worker: &mut Worker,
        adjoint: &mut Adjoint,
        row: usize,
        params: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64> {
        let Worker { inputs, by_inputs, means, by_means, outputs, by_outputs, .. } = worker;
        self.model.fill_inputs(self.data_row(row), params, inputs);
        let num_weights = self.model.num_weights();
        let (by_weights, by_own) = gradient.split_at_mut(num_weights);
        let own = &params[num_weights..];
        let loss = |means: &[f64], by_means: &mut [f64]| {
            self.loss_of_means((means, own), (outputs, by_outputs), by_means, by_own, row)
        };
        let value = adjoint.pull_back_loss(inputs, (means, by_means), loss, by_inputs)?;
        let places = self.model.weight_places();
        by_weights.iter_mut().zip(places).for_each(|(d, &at)| *d += by_inputs[at]);
        Ok(value)
    }

    fn data_row(&self, row: usize) -> &[f64] {
        let width = self.data.ncols();
        &self.data.as_slice().expect("rows are contiguous")[row * width..][..width]
    }

    /// The loss of a row where the observables have these means, times the weight of its class;
    /// writes the derivatives by them, adds those by the readout's parameters.
    fn loss_of_means(
        &self,
        (means, own): (&[f64], &[f64]),
        (outputs, by_outputs): (&mut [f64], &mut [f64]),
        by_means: &mut [f64],
        by_own: &mut [f64],
        row: usize,
    ) -> f64 {
        let readout = self.model.readout();
        readout.outputs(means, own, outputs);
        let target = self.targets.get(row);
        let of = (readout.kind(), self.evaluation.least_probability());
        let value = self.loss.value_and_derivatives(of, outputs, target, by_outputs);
        let weight = match target {
            Target::Class(class) if !self.class_weights.is_empty() => self.class_weights[class],
            _ => 1.0,
        };
        by_outputs.iter_mut().for_each(|by| *by *= weight);
        readout.pull_back((means, own), by_outputs, by_means, by_own);
        weight * value
    }

    /// One row's loss and gradient from shots or under noise: the means first; then, each from random
    /// numbers of its own, means once more for the derivatives by the readout's scales, and the
    /// gradient of the observable Σ ∂L/∂E_j O_j. Since they are independent, the gradient of a squared
    /// loss has no bias; a loss that is not quadratic has one that falls with the shots.
    fn estimated(
        &self,
        worker: &mut Worker,
        row: usize,
        params: &[f64],
        gradient: &mut [f64],
        variances: &mut [f64],
    ) -> Result<f64> {
        let data = self.data_row(row);
        let Worker { means, by_means, outputs, by_outputs, .. } = worker;
        let streams = Streams::new(self.simulator.run_seed(), Domain::Learning);
        let number = SHOTS + self.calls * self.data.nrows() as u64 + row as u64;
        let mut stream = streams.stream(number);
        let names = self.model.data_params();
        let bound: Vec<(String, f64)> = names.into_iter().zip(data.iter().copied()).collect();
        let circuit = self.circuit.bind(&bound)?;
        let num_weights = self.model.num_weights();
        let (weights, own) = params.split_at(num_weights);
        let (by_weights, by_own) = gradient.split_at_mut(num_weights);
        let simulator = self.simulator.clone().seed(stream.random());
        let mut found = vec![Estimate::default(); means.len()];
        let source: &mut dyn ExpectationSource = match self.evaluation {
            Evaluation::Shots(shots) => {
                &mut simulator.sampled_evaluator(&circuit, &self.observables, *shots)?
            }
            Evaluation::Noise(_, accuracy) => {
                &mut simulator.noisy_evaluator(&circuit, &self.observables, *accuracy)?
            }
            Evaluation::Exact => unreachable!("exact gradients are by the adjoint method"),
        };
        source.estimates(weights, &mut found)?;
        means.iter_mut().zip(&found).for_each(|(mean, found)| *mean = found.value);
        let value = self.loss_of_means((means, own), (outputs, by_outputs), by_means, by_own, row);
        if !own.is_empty() {
            source.estimates(weights, &mut found)?;
            means.iter_mut().zip(&found).for_each(|(mean, found)| *mean = found.value);
            by_own.fill(0.0);
            self.model.readout().pull_back((means, own), by_outputs, by_means, by_own);
            let of_scales = variances[num_weights..].iter_mut().zip(&*by_outputs).zip(&found);
            of_scales.for_each(|((v, by), found)| *v = by * by * found.variance_of_mean);
        }
        // Where the loss is flat there is nothing to measure.
        let terms = self.observables.iter().zip(&*by_means).filter(|(_, by)| **by != 0.0);
        let terms =
            terms.flat_map(|(sum, by)| sum.terms().iter().map(move |(s, c)| (s.clone(), by * c)));
        let observable = PauliSum::try_new(terms)?;
        if observable.is_empty() {
            return Ok(value);
        }
        let simulator = self.simulator.clone().seed(stream.random());
        match self.evaluation {
            Evaluation::Shots(shots) => {
                let mut shifted = simulator.sampled_gradient(&circuit, &observable, *shots)?;
                shifted.value_and_gradient(weights, by_weights)?;
                variances[..num_weights].copy_from_slice(shifted.variances());
            }
            Evaluation::Noise(_, accuracy) => {
                let mut noisy = simulator.noisy_gradient(&circuit, &observable, *accuracy)?;
                noisy.value_and_gradient(weights, by_weights)?;
                if *accuracy != Accuracy::Exact {
                    variances[..num_weights].copy_from_slice(noisy.variances());
                }
            }
            Evaluation::Exact => unreachable!("exact gradients are by the adjoint method"),
        }
        Ok(value)
    }

    /// The mean loss of all rows of other data, without a gradient.
    pub fn loss_of(&self, params: &[f64], data: &DataSet) -> Result<f64> {
        let streams = Streams::new(self.simulator.run_seed(), Domain::Learning);
        let seed = streams.stream(SHOTS / 2 + self.calls).random();
        let simulator = self.simulator.clone().seed(seed);
        let outputs = self.evaluation.outputs(self.model, &simulator, params, data.features())?;
        let loss = (self.loss, self.evaluation.least_probability());
        Ok(mean_loss(self.model, loss, &self.class_weights, outputs.view(), data.targets()))
    }
}

/// The mean loss of outputs (rows × outputs); probabilities have a logarithm from `least` on.
pub(in crate::learning) fn mean_loss(
    model: &Model,
    (loss, least): (Loss, f64),
    class_weights: &[f64],
    outputs: ArrayView2<f64>,
    targets: &Targets,
) -> f64 {
    let mut derivatives = vec![0.0; outputs.ncols()];
    let kind = model.readout().kind();
    let mut total = 0.0;
    for (row, outputs) in outputs.rows().into_iter().enumerate() {
        let weight = match targets {
            Targets::Classes { labels, .. } if !class_weights.is_empty() => {
                class_weights[labels[row]]
            }
            _ => 1.0,
        };
        let (outputs, target) = (outputs.to_vec(), targets.get(row));
        total +=
            weight * loss.value_and_derivatives((kind, least), &outputs, target, &mut derivatives);
    }
    total / outputs.nrows() as f64
}
