//! Learning from data: an epoch of training with exact gradients, a fidelity kernel, a scan of the
//! variances of gradients.
//!
//! `cargo bench --bench learning`. Medians of 5 runs.

use ketlab::Simulator;
use ketlab::circuit::Circuit;
use ketlab::circuit::library::Embedding;
use ketlab::learning::data::{DataSet, Targets};
use ketlab::learning::kernel::FidelityKernel;
use ketlab::learning::trainability::{Ansatz, Cost, GradientVariance};
use ketlab::learning::{Loss, Model, Readout, Training};
use ketlab::optimize::OptimizerKind;
use ndarray::Array2;
use std::time::Instant;

fn main() {
    println!("{} threads", rayon::current_num_threads());
    epochs();
    kernels();
    variances();
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[2]
}

/// RX(x) on each qubit, in front of each layer or once, then RZ, RY, RZ and a ring of CZ a layer.
fn model(num_qubits: usize, layers: usize, again: bool) -> Model {
    let mut c = Circuit::new(num_qubits);
    let x = c.param_vector("x", num_qubits);
    let w = c.param_vector("w", 3 * num_qubits * layers);
    for layer in 0..layers {
        if again || layer == 0 {
            x.iter().enumerate().for_each(|(q, &x)| {
                c.rx(x, q);
            });
        }
        for q in 0..num_qubits {
            let w = &w[3 * (layer * num_qubits + q)..];
            c.rz(w[0], q).ry(w[1], q).rz(w[2], q);
        }
        (0..num_qubits).for_each(|q| {
            c.cz(q, (q + 1) % num_qubits);
        });
    }
    let readout = Readout::Expectations { observables: vec!["Z0".parse().unwrap()], affine: false };
    let names: Vec<String> = (0..num_qubits).map(|k| format!("x[{k}]")).collect();
    Model::from_circuit(c, &names, readout).unwrap()
}

fn epochs() {
    println!("\nan epoch of 1,000 rows in batches of 32, 6 layers, exact gradients");
    println!("{:<30}{:>10}{:>14}", "model", "seconds", "us/row");
    for (num_qubits, again) in [(4, false), (8, false), (8, true), (12, false)] {
        let model = model(num_qubits, 6, again);
        let x = Array2::from_shape_fn((1000, num_qubits), |(k, j)| {
            3.0 * ((k * (7 * j + 3)) as f64 * 0.618).sin()
        });
        let y = x.rows().into_iter().map(|row| row.sum().sin() / 2.0).collect();
        let data = DataSet::new(x, Targets::Values(y)).unwrap();
        let training = Training::new().loss(Loss::Squared).batch_size(32).epochs(1);
        let training = training.optimizer(OptimizerKind::Adam, serde_json::Value::Null);
        let time = median(|| {
            training.run(&model, &data, None).unwrap();
        });
        let name =
            format!("{num_qubits} qubits{}", if again { ", data in each layer" } else { "" });
        println!("{name:<30}{time:>10.4}{:>14.1}", 1e3 * time);
    }
}

fn kernels() {
    println!("\na fidelity kernel of the ZZ feature map, 2 repetitions, all pairs");
    println!("{:<30}{:>10}", "rows", "seconds");
    for (num_qubits, rows) in [(10, 250), (10, 1000), (10, 2000), (14, 250)] {
        let embedding = Embedding::new("zz".parse().unwrap(), num_qubits).unwrap();
        let kernel = FidelityKernel::new(embedding, Simulator::new()).unwrap();
        let x = Array2::from_shape_fn((rows, num_qubits), |(k, j)| {
            3.0 + 3.0 * ((k * (7 * j + 3)) as f64 * 0.618).sin()
        });
        let time = median(|| {
            kernel.matrix(x.view()).unwrap();
        });
        println!("{:<30}{time:>10.4}", format!("{rows} rows, {num_qubits} qubits"));
    }
}

fn variances() {
    println!(
        "\nvariances of a derivative, random circuits, 200 samples, depth 100, 2 to 12 qubits"
    );
    let scan = GradientVariance::new(Ansatz::Random, Cost::Zz).qubits(2..=12).depths([100]);
    let start = Instant::now();
    let found = scan.samples(200).run().unwrap();
    println!(
        "{:.3} seconds; {:.3} of log2 a qubit",
        start.elapsed().as_secs_f64(),
        found.fits[0].exponential.slope
    );
}
