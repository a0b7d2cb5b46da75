//! Models against PennyLane: outputs, and their derivatives by features and by weights.

use ketlab::circuit::library::{
    Embedding, Entanglement, data_reuploading, strongly_entangling_layers,
};
use ketlab::learning::{Model, Readout};
use ketlab::{PauliSum, Simulator};
use ndarray::Array2;
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    models: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    model: String,
    num_features: usize,
    num_qubits: usize,
    layers: usize,
    x: Vec<f64>,
    outputs: Vec<f64>,
    by_features: Vec<Vec<f64>>,
    by_weights: Vec<Vec<f64>>,
}

impl Case {
    fn model(&self) -> Model {
        let z = |q: usize| format!("Z{q}").parse::<PauliSum>().unwrap();
        let observables = (0..self.num_qubits).map(z).collect();
        let readout = Readout::Expectations { observables, affine: false };
        let (d, n) = (self.num_features, self.num_qubits);
        if self.model == "reuploading" {
            let circuit = data_reuploading(d, n, self.layers, Entanglement::Circular);
            let names: Vec<String> = (0..d).map(|k| format!("x[{k}]")).collect();
            return Model::from_circuit(circuit, &names, readout).unwrap();
        }
        let embedding = Embedding::new(self.model.parse().unwrap(), d).unwrap();
        Model::new(embedding, &strongly_entangling_layers(n, self.layers), readout).unwrap()
    }
}

fn largest(found: &Array2<f64>, expected: &[Vec<f64>]) -> f64 {
    let expected = expected.iter().flatten();
    found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn models_and_their_derivatives_are_those_of_pennylane() {
    let text = include_str!("learning_pennylane.json");
    let reference: Reference = serde_json::from_str(text).unwrap();
    assert_eq!(reference.models.len(), 17);
    let simulator = Simulator::new();
    for case in &reference.models {
        let model = case.model();
        let weights: Vec<f64> =
            (0..model.num_parameters()).map(|k| 0.3 + 0.37 * k as f64).collect();
        let row = Array2::from_shape_vec((1, case.x.len()), case.x.clone()).unwrap();
        let outputs = model.outputs(&simulator, &weights, &row).unwrap();
        assert!(largest(&outputs, std::slice::from_ref(&case.outputs)) < 1e-11, "{}", case.model);
        let (by_features, by_weights) = model.jacobian(&simulator, &weights, &case.x).unwrap();
        assert!(largest(&by_features, &case.by_features) < 1e-10, "{} by features", case.model);
        assert!(largest(&by_weights, &case.by_weights) < 1e-10, "{} by weights", case.model);
    }
}
