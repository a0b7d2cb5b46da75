//! Small circuits called many times: an evaluator's time per call, and a batch on all threads against
//! the same rows one call after another (goal on two threads: 0.55 of the time).
//!
//! `cargo bench --bench batches -- [QUBITS…]`. Six layers of RY, RZ and a ring of CX, 12 n
//! parameters; the energy of an Ising chain. Shortest times of several rounds.

use ketlab::pauli::{Boundary, ising_chain};
use ketlab::{Circuit, PauliSum, Precision, Simulator, simulate::Program};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    println!("{} threads; shortest times a row", rayon::current_num_threads());
    println!(
        "{:<4}{:>5}{:>8}{:>12}{:>12}{:>12}{:>12}{:>12}{:>8}",
        "", "n", "rows", "simulator", "evaluator", "no energy", "bind", "batch", "ratio"
    );
    for &n in if sizes.is_empty() { &[4, 8, 10, 12][..] } else { &sizes } {
        for precision in [Precision::F64, Precision::F32] {
            compare(n, precision);
        }
    }
}

fn ansatz(n: usize) -> Circuit {
    let mut c = Circuit::new(n);
    let theta = c.param_vector("theta", 12 * n);
    for layer in theta.chunks(2 * n) {
        for q in 0..n {
            c.ry(layer[q], q).rz(layer[n + q], q);
        }
        for q in 0..n {
            c.cx(q, (q + 1) % n);
        }
    }
    c
}

fn compare(n: usize, precision: Precision) {
    let program: Arc<Program> = Program::new(&ansatz(n)).unwrap();
    let energy: [PauliSum; 1] = [ising_chain(n, 1.0, 0.7, Boundary::Periodic).unwrap()];
    let num_rows = if n <= 10 { 1000 } else { (1000 << 10 >> n).max(4) };
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let rows = Array2::from_shape_fn((num_rows, 12 * n), |_| rng.random_range(-3.0..3.0));
    let simulator = Simulator::new().precision(precision);
    let batch = simulator.batch(&program);
    let mut evaluator = simulator.evaluator(&program, &energy).unwrap();
    let mut no_energy = simulator.evaluator(&program, &[]).unwrap();
    let mut bound = program.bind(&vec![0.0; 12 * n]).unwrap();
    let mut means = vec![0.0; num_rows];
    let mut times = [f64::INFINITY; 5];
    for round in 0..if n <= 12 { 24 } else { 6 } {
        let mut measure = |k: usize, work: &mut dyn FnMut()| {
            let start = Instant::now();
            work();
            times[k] = f64::min(times[k], start.elapsed().as_secs_f64() / num_rows as f64);
        };
        let row = |k: usize| rows.row(k).to_slice().unwrap();
        if round % 8 == 0 {
            measure(0, &mut || {
                for k in 0..num_rows {
                    bound.rebind(row(k)).unwrap();
                    simulator.expectation(&bound, &energy[0]).unwrap();
                }
            });
        }
        measure(1, &mut || {
            (0..num_rows).for_each(|k| means[k] = evaluator.expectation(row(k)).unwrap());
        });
        measure(2, &mut || {
            (0..num_rows).for_each(|k| no_energy.expectations(row(k), &mut []).unwrap());
        });
        measure(3, &mut || (0..num_rows).for_each(|k| bound.rebind(row(k)).unwrap()));
        measure(4, &mut || {
            let values = batch.expectations(&rows, &energy).unwrap().values;
            assert!(values.iter().eq(&means), "rows differ from calls");
        });
    }
    let us = times.map(|t| format!("{:.2} us", 1e6 * t));
    println!(
        "{:<4}{n:>5}{num_rows:>8}{:>12}{:>12}{:>12}{:>12}{:>12}{:>8.2}",
        format!("{precision:?}").to_lowercase(),
        us[0],
        us[1],
        us[2],
        us[3],
        us[4],
        times[4] / times[1]
    );
}
