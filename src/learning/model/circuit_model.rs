//! A circuit some of whose inputs are data and the others weights.

use super::readout::Readout;
use crate::circuit::Circuit;
use crate::circuit::library::Embedding;
use crate::error::{Error, Result};
use crate::learning::loss::{Outputs, softmax};
use crate::simulate::{Program, Simulator};
use ndarray::{Array2, ArrayView2};

/// A model: a circuit of data and weights, and a [`Readout`] of its outputs.
///
/// Its parameters are the circuit's weights, in the order of the circuit's inputs, then those of the
/// readout.
///
/// ```
/// use ketlab::learning::{Model, Readout};
/// use ketlab::{Circuit, Simulator};
/// use ndarray::array;
/// let mut circuit = Circuit::new(1);
/// let (x, w) = (circuit.param("x"), circuit.param("w"));
/// circuit.ry(x, 0).ry(w, 0);
/// let readout = Readout::Expectations { observables: vec!["Z0".parse()?], affine: false };
/// let model = Model::from_circuit(circuit, &["x"], readout)?;
/// assert_eq!((model.num_features(), model.num_parameters()), (1, 1));
/// let outputs = model.outputs(&Simulator::new(), &[0.5], &array![[0.1], [0.2]])?;
/// assert!((outputs[[1, 0]] - 0.7f64.cos()).abs() < 1e-12);
/// let (by_x, by_w) = model.jacobian(&Simulator::new(), &[0.5], &[0.2])?;
/// assert!((by_x[[0, 0]] + 0.7f64.sin()).abs() < 1e-12 && by_x == by_w);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Model {
    circuit: Circuit,
    /// From a row of features to the circuit's inputs that are data, where that is not the identity.
    embedding: Option<Embedding>,
    /// Places among the circuit's inputs.
    data: Vec<usize>,
    weights: Vec<usize>,
    readout: Readout,
}

impl Model {
    /// An embedding, then a circuit of weights on the same qubits.
    ///
    /// # Errors
    /// If the qubits are not as many; if the ansatz has a parameter that the embedding has, or none; if
    /// the readout does not fit, or has a parameter of the name of a weight. That a circuit is not
    /// unitary is an error where it runs.
    pub fn new(embedding: Embedding, ansatz: &Circuit, readout: Readout) -> Result<Self> {
        let data: Vec<String> = embedding.circuit().inputs().cloned().collect();
        if let Some(name) = ansatz.params().iter().find(|name| data.contains(name)) {
            return Err(Error::Invalid {
                what: "a weight of the ansatz".into(),
                value: format!("`{name}`"),
                expected: "the embedding has an input of this name".into(),
            });
        }
        let mut circuit = embedding.circuit().clone();
        circuit.try_append(ansatz)?;
        Self::with(circuit, Some(embedding), &data, readout)
    }

    /// A circuit of one's own: these inputs are the features, in this order, the others are weights.
    ///
    /// # Errors
    /// If a name is no input of the circuit or comes twice, there is no feature or no weight; if the
    /// readout does not fit, or has a parameter of the name of a weight. That a circuit is not unitary
    /// but for final measurements is an error where it runs.
    pub fn from_circuit<S: AsRef<str>>(
        circuit: Circuit,
        data_params: &[S],
        readout: Readout,
    ) -> Result<Self> {
        let names: Vec<String> = data_params.iter().map(|name| name.as_ref().into()).collect();
        Self::with(circuit, None, &names, readout)
    }

    pub(super) fn with(
        circuit: Circuit,
        embedding: Option<Embedding>,
        names: &[String],
        readout: Readout,
    ) -> Result<Self> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        let inputs: Vec<&String> = circuit.inputs().collect();
        let mut data = Vec::with_capacity(names.len());
        for name in names {
            let known = || inputs.iter().map(|name| name.to_string()).collect();
            let unknown = || Error::UnknownParameter { name: name.clone(), known: known() };
            let at = inputs.iter().position(|input| *input == name).ok_or_else(unknown)?;
            if data.contains(&at) {
                return invalid("a parameter for data", format!("`{name}`"), "it comes twice");
            }
            data.push(at);
        }
        let weights: Vec<usize> = (0..inputs.len()).filter(|k| !data.contains(k)).collect();
        if data.is_empty() {
            return invalid("the number of parameters for data", "0".into(), "a model has one");
        }
        if weights.is_empty() {
            let expected = "a model that is trained has one";
            return invalid("the number of weights of the circuit", "0".into(), expected);
        }
        readout.check(circuit.num_qubits())?;
        let model = Model { circuit, embedding, data, weights, readout };
        let names = model.parameter_names();
        let (of_circuit, own) = names.split_at(model.num_weights());
        match of_circuit.iter().find(|name| own.contains(name)) {
            None => Ok(model),
            Some(name) => {
                let expected = "the readout has a parameter of this name; give the weight another";
                invalid("a weight of the circuit", format!("`{name}`"), expected)
            }
        }
    }

    /// The same without gates on several qubits, so that no qubit knows of others: what entanglement
    /// is worth. Of an embedding whole rotations go ([`Embedding::separable`]). Weights of the gates
    /// that are left out stay, without effect.
    ///
    /// # Errors
    /// If no gate of the embedding is left that has data; if something else than gates is in the
    /// circuit.
    pub fn without_entanglement(&self) -> Result<Self> {
        let Some(embedding) = &self.embedding else {
            let circuit = self.circuit.without_entanglement()?;
            return Ok(Model { circuit, ..self.clone() });
        };
        let ansatz = self.circuit.without_first(embedding.circuit().ops().len());
        let embedding = embedding.separable()?;
        let data: Vec<String> = embedding.circuit().inputs().cloned().collect();
        let mut circuit = embedding.circuit().clone();
        // The weights keep their order.
        let inputs: Vec<&String> = self.circuit.inputs().collect();
        for &at in &self.weights {
            circuit.param(inputs[at]);
        }
        circuit.try_append(&ansatz.without_entanglement()?)?;
        Self::with(circuit, Some(embedding), &data, self.readout.clone())
    }

    /// The same circuit, read otherwise.
    ///
    /// # Errors
    /// If the readout does not fit.
    pub fn with_readout(self, readout: Readout) -> Result<Self> {
        readout.check(self.circuit.num_qubits())?;
        Ok(Model { readout, ..self })
    }

    /// The circuit, data and weights among its inputs.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The embedding that it begins with, if it was made of one.
    pub fn embedding(&self) -> Option<&Embedding> {
        self.embedding.as_ref()
    }

    /// What outputs are made of.
    pub fn readout(&self) -> &Readout {
        &self.readout
    }

    /// Number of features of a row.
    pub fn num_features(&self) -> usize {
        self.embedding.as_ref().map_or(self.data.len(), Embedding::num_features)
    }

    /// Number of outputs.
    pub fn num_outputs(&self) -> usize {
        self.readout.num_outputs()
    }

    /// Number of weights of the circuit.
    pub fn num_weights(&self) -> usize {
        self.weights.len()
    }

    /// Number of trained parameters: the circuit's weights and those of the readout.
    pub fn num_parameters(&self) -> usize {
        self.num_weights() + self.readout.num_parameters()
    }

    /// Their names, in order.
    pub fn parameter_names(&self) -> Vec<String> {
        let inputs: Vec<&String> = self.circuit.inputs().collect();
        let named = |name: &'static str, count| (0..count).map(move |k| format!("{name}[{k}]"));
        let weights = self.weights.iter().map(|&k| inputs[k].clone());
        let scales = named("scale", self.readout.num_scales());
        weights.chain(scales).chain(named("offset", self.readout.num_offsets())).collect()
    }

    /// The names of the circuit's inputs that are data.
    pub fn data_params(&self) -> Vec<String> {
        let inputs: Vec<&String> = self.circuit.inputs().collect();
        self.data.iter().map(|&k| inputs[k].clone()).collect()
    }

    /// Places of the weights among the circuit's inputs.
    pub(in crate::learning) fn weight_places(&self) -> &[usize] {
        &self.weights
    }

    /// The values of the circuit's inputs that are data, for each row: rows × their number.
    ///
    /// # Errors
    /// If the rows have another number of features, or one that the embedding does not take.
    pub(in crate::learning) fn data_rows(&self, features: ArrayView2<f64>) -> Result<Array2<f64>> {
        if features.ncols() != self.num_features() {
            return Err(Error::Invalid {
                what: "the number of features".into(),
                value: features.ncols().to_string(),
                expected: format!("the model takes {}", self.num_features()),
            });
        }
        for ((row, column), &value) in features.indexed_iter() {
            if !value.is_finite() {
                let what = format!("feature {column} of row {row}");
                return Err(Error::NotFinite { what, value });
            }
        }
        let Some(embedding) = &self.embedding else { return Ok(features.to_owned()) };
        let mut rows = Vec::with_capacity(features.nrows() * self.data.len());
        for (k, row) in features.rows().into_iter().enumerate() {
            rows.extend(embedding.inputs(&row.to_vec()).map_err(|error| in_row(error, k))?);
        }
        let shape = (features.nrows(), self.data.len());
        Ok(Array2::from_shape_vec(shape, rows).expect("one number for each input"))
    }

    /// Writes a row of the circuit's inputs.
    pub(in crate::learning) fn fill_inputs(
        &self,
        data: &[f64],
        params: &[f64],
        inputs: &mut [f64],
    ) {
        self.data.iter().zip(data).for_each(|(&at, &value)| inputs[at] = value);
        self.weights.iter().zip(params).for_each(|(&at, &value)| inputs[at] = value);
    }

    /// Refuses parameters that are not one finite number each.
    pub(in crate::learning) fn check_parameters(&self, params: &[f64]) -> Result<()> {
        if params.len() != self.num_parameters() {
            return Err(Error::Invalid {
                what: "the number of a model's parameters".into(),
                value: params.len().to_string(),
                expected: format!("the model has {}", self.num_parameters()),
            });
        }
        match params.iter().enumerate().find(|p| !p.1.is_finite()) {
            Some((k, &value)) => Err(Error::NotFinite { what: format!("parameter {k}"), value }),
            None => Ok(()),
        }
    }

    /// Rows of the circuit's inputs: rows × inputs.
    pub(in crate::learning) fn input_rows(
        &self,
        params: &[f64],
        features: ArrayView2<f64>,
    ) -> Result<Array2<f64>> {
        self.check_parameters(params)?;
        let data = self.data_rows(features)?;
        let mut rows = Array2::zeros((data.nrows(), self.data.len() + self.weights.len()));
        for (data, mut row) in data.rows().into_iter().zip(rows.rows_mut()) {
            let row = row.as_slice_mut().expect("rows are contiguous");
            self.fill_inputs(data.as_slice().expect("rows are contiguous"), params, row);
        }
        Ok(rows)
    }

    /// From means (rows × observables) to outputs.
    pub(in crate::learning) fn outputs_of(
        &self,
        params: &[f64],
        means: ArrayView2<f64>,
    ) -> Array2<f64> {
        let mut outputs = Array2::zeros((means.nrows(), self.num_outputs()));
        let own = &params[self.num_weights()..];
        for (means, mut out) in means.rows().into_iter().zip(outputs.rows_mut()) {
            let out = out.as_slice_mut().expect("rows are contiguous");
            self.readout.outputs(&means.to_vec(), own, out);
        }
        outputs
    }

    /// The exact outputs for each row of features: rows × outputs.
    ///
    /// # Errors
    /// If parameters or features are not as many finite numbers as the model takes; those of
    /// [`Batch::expectations`](crate::Batch::expectations); [`Error::Interrupted`].
    pub fn outputs<'r>(
        &self,
        simulator: &Simulator,
        params: &[f64],
        features: impl Into<ArrayView2<'r, f64>>,
    ) -> Result<Array2<f64>> {
        let rows = self.input_rows(params, features.into())?;
        let program = Program::new(&self.circuit)?;
        let means = simulator
            .batch(&program)
            .expectations(&rows, &self.readout.observables())?
            .complete()?;
        Ok(self.outputs_of(params, means.view()))
    }

    /// The probability of each class, rows × classes, from outputs: themselves, or their softmax, of
    /// (f, -f) where there is one score. After training by another loss than cross-entropy the softmax
    /// of scores says which class is likelier, and not how likely it is.
    pub fn probabilities(&self, outputs: ArrayView2<f64>) -> Array2<f64> {
        match self.readout.kind() {
            Outputs::Probabilities => {
                // What rounding or shots made negative is 0, and the sum stays 1.
                let mut probabilities = outputs.mapv(|p| p.max(0.0));
                for mut row in probabilities.rows_mut() {
                    let total = row.sum();
                    row.mapv_inplace(|p| p / total);
                }
                probabilities
            }
            Outputs::Scores => {
                let rows = outputs.rows().into_iter().map(|row| softmax(&row.to_vec()));
                let classes = outputs.ncols().max(2);
                let flat: Vec<f64> = rows.flatten().collect();
                Array2::from_shape_vec((outputs.nrows(), classes), flat).expect("one a class")
            }
        }
    }

    /// The derivatives of the outputs for one row of features: outputs × features, and outputs ×
    /// parameters. Exact, by the adjoint method.
    ///
    /// # Errors
    /// As [`outputs`](Self::outputs); where the embedding has no derivative.
    pub fn jacobian(
        &self,
        simulator: &Simulator,
        params: &[f64],
        features: &[f64],
    ) -> Result<(Array2<f64>, Array2<f64>)> {
        let view = ArrayView2::from_shape((1, features.len()), features).expect("one row");
        let inputs = self.input_rows(params, view)?.row(0).to_vec();
        let observables = self.readout.observables();
        let mut adjoint = simulator.adjoint(&self.circuit, &observables)?;
        let mut means = vec![0.0; observables.len()];
        let mut by_inputs = vec![0.0; observables.len() * inputs.len()];
        adjoint.values_and_jacobian(&inputs, &mut means, &mut by_inputs)?;
        let outputs = self.num_outputs();
        let mut by_features = Array2::zeros((outputs, features.len()));
        let mut by_params = Array2::zeros((outputs, params.len()));
        let own = &params[self.num_weights()..];
        for k in 0..outputs {
            let mut unit = vec![0.0; outputs];
            unit[k] = 1.0;
            let (mut by_means, mut by_own) = (vec![0.0; means.len()], vec![0.0; own.len()]);
            self.readout.pull_back((&means, own), &unit, &mut by_means, &mut by_own);
            let mut row = vec![0.0; inputs.len()];
            for (by, derivatives) in by_means.iter().zip(by_inputs.chunks_exact(inputs.len())) {
                row.iter_mut().zip(derivatives).for_each(|(sum, d)| *sum += by * d);
            }
            let by_data: Vec<f64> = self.data.iter().map(|&at| row[at]).collect();
            let by_data = match &self.embedding {
                Some(embedding) => embedding.pull_back(features, &by_data)?,
                None => by_data,
            };
            by_features.row_mut(k).assign(&ndarray::aview1(&by_data));
            let weights = self.weights.iter().map(|&at| row[at]).chain(by_own);
            by_params.row_mut(k).iter_mut().zip(weights).for_each(|(d, v)| *d = v);
        }
        Ok((by_features, by_params))
    }
}

/// The error, with the row of data that has it.
fn in_row(error: Error, row: usize) -> Error {
    match error {
        Error::Invalid { what, value, expected } => {
            Error::Invalid { what: format!("{what} in row {row}"), value, expected }
        }
        Error::NotFinite { what, value } => {
            Error::NotFinite { what: format!("{what} in row {row}"), value }
        }
        other => other,
    }
}
