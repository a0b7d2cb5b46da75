//! Noisy circuits: a random one as a density matrix, with a depolarizing channel of a probability of
//! 0.001 of an error on each touched qubit after every gate; shots by patterns of errors; gradients.
//!
//! `cargo bench --bench noise`; `--bench noise -- 8` has 8 qubits. Shortest of 9 in `f64` and `f32`,
//! on two threads. The circuit of n qubits and depth 20 is `random_n10_d20.qasm` in the folder that
//! `KETLAB_CIRCUITS` names, else in `../shared/peers/circuits`; where it is missing, one of the
//! library. Then the gradient of a chain's energy by 60 parameters on ten qubits with the same noise,
//! to a standard error of 0.01 of every component, beside one without noise: a hundred times its
//! time is the goal. For ten qubits the probability of all zeros is known, and 100 ms are the goal.

use ketlab::circuit::library;
use ketlab::device::{ActsOn, NoiseModel, Pattern, Rule};
use ketlab::gradient::{NoisyGradient, Objective};
use ketlab::noise::Channel;
use ketlab::qasm::{Options, read_file};
use ketlab::simulate::{Accuracy, Method};
use ketlab::{Circuit, Op, PauliSum, Precision, Request, Simulator};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// The probability of an error of each channel.
const P: f64 = 0.001;
/// That of all zeros of the known circuit with this noise.
const ALL_ZEROS: f64 = 0.00170448;

fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/peers/circuits");
    std::env::var_os("KETLAB_CIRCUITS").map_or_else(beside, PathBuf::from)
}

/// The circuit without noise, and whether it is that of the file.
fn circuit(n: usize) -> (Circuit, bool) {
    let path = folder().join(format!("random_n{n}_d20.qasm"));
    match path.exists() {
        true => (read_file(&path, &Options::default()).expect("it is a program").circuit, true),
        false => (library::random(n, 20, 1), false),
    }
}

fn main() {
    let n = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(10);
    let (ideal, known) = circuit(n);
    let depolarizing = Arc::new(Channel::depolarizing(P, 1).expect("a probability"));
    let circuit = behind(&ideal, |_| Some(depolarizing.clone()));
    let [gates, channels] = [ideal.ops().len(), circuit.ops().len() - ideal.ops().len()];
    println!("{n} qubits, {gates} gates, {channels} channels");
    for precision in [Precision::F64, Precision::F32] {
        let simulator = Simulator::new()
            .method(Method::DensityMatrix)
            .precision(precision)
            .threads(2)
            .expect("two threads");
        let time = || {
            let start = Instant::now();
            let result = simulator.run(&circuit, &Request::new().state()).expect("it runs");
            (start.elapsed().as_secs_f64(), result)
        };
        let runs = (0..9).map(|_| time());
        let (seconds, result) = runs.min_by(|a, b| a.0.total_cmp(&b.0)).expect("nine runs");
        let start = Instant::now();
        let p = simulator.probabilities(&circuit).expect("it runs")[0];
        let again = start.elapsed().as_secs_f64();
        let goal = match (known && n == 10, precision) {
            (true, Precision::F64) if seconds > 0.1 => ", goal 100 ms  missed",
            (true, Precision::F64) => ", goal 100 ms",
            _ => "",
        };
        println!(
            "{precision}, {}, {} passes: {:>9.3} ms{goal}; with all probabilities {:.3} ms; \
             P(0…0) = {p:.8}",
            result.meta.instruction_set,
            result.meta.passes,
            1e3 * seconds,
            1e3 * again,
        );
        if known && n == 10 {
            let tolerance = if precision == Precision::F64 { 1e-8 } else { 1e-6 };
            assert!((p - ALL_ZEROS).abs() <= tolerance, "P(0…0) is {ALL_ZEROS}");
        }
    }
    trajectories();
    gradients();
}

/// A circuit without noise, with a channel behind each gate on `qubits` qubits of its own.
fn behind(circuit: &Circuit, channel: impl Fn(usize) -> Option<Arc<Channel>>) -> Circuit {
    let mut noisy = Circuit::new(circuit.num_qubits());
    for op in circuit.ops() {
        noisy.push(op.clone());
        let Op::Gate(gate) = op else { continue };
        let qubits: Vec<usize> = gate.qubits().map(|q| q as usize).collect();
        match channel(qubits.len()) {
            Some(pair) if pair.num_qubits() == qubits.len() => {
                noisy.channel(pair, qubits);
            }
            Some(one) => {
                for &q in &qubits {
                    noisy.channel(one.clone(), q);
                }
            }
            None => {}
        }
    }
    noisy
}

/// Shots by patterns of errors, on two threads; the goals are those of two cores with AVX-512.
fn trajectories() {
    let (ideal, _) = circuit(12);
    let depolarizing = Arc::new(Channel::depolarizing(P, 1).expect("a probability"));
    let random = behind(&ideal, |_| Some(depolarizing.clone()));
    // The wish of a thread about another simulator: 20 to 30 s there.
    let mut layers = Circuit::new(14);
    for layer in 0..30 {
        for q in 0..14 {
            layers.ry(0.1 + 0.37 * (14 * layer + q) as f64, q);
        }
        for q in 1..14 {
            layers.cx(q - 1, q);
        }
    }
    let pair = Arc::new(Channel::depolarizing_lambda(P, 2).expect("a probability"));
    let pairs = behind(&layers, |qubits| (qubits == 2).then(|| pair.clone()));
    let relaxation =
        |t| Arc::new(Channel::thermal_relaxation(50e-6, 70e-6, t, 0.0).expect("times"));
    let relaxations = [relaxation(35e-9), relaxation(300e-9)];
    let thermal = behind(&ideal, |qubits| Some(relaxations[qubits - 1].clone()));
    let mut five = Circuit::new(5);
    for layer in 0..10 {
        for q in 0..5 {
            five.ry(0.1 + 0.37 * (5 * layer + q) as f64, q).channel(depolarizing.clone(), q);
        }
        for q in 1..5 {
            five.cz(q - 1, q);
        }
    }
    for (name, circuit, shots, repeats) in [
        ("random n = 12, depolarizing", &random, 1_000, 9),
        ("random n = 12, depolarizing, goal 1.5 s", &random, 100_000, 3),
        ("RY and CX n = 14, pairs, goal 1.5 s", &pairs, 10_000, 3),
        ("random n = 12, thermal", &thermal, 1_000, 5),
        ("5 qubits, 50 channels, goal 2 s", &five, 10_000_000, 3),
    ] {
        let simulator =
            Simulator::new().method(Method::Trajectories).threads(2).expect("two threads");
        let runs = (0..repeats).map(|seed| {
            let start = Instant::now();
            let request = Request::new().shots(shots);
            let result = simulator.clone().seed(seed).run(circuit, &request).expect("it runs");
            (start.elapsed().as_secs_f64(), result)
        });
        let (seconds, result) = runs.min_by(|a, b| a.0.total_cmp(&b.0)).expect("some runs");
        let patterns = result.trajectories.expect("they are drawn").distinct_patterns;
        println!("{shots:>9} shots: {:>9.3} ms, {patterns:>6} patterns; {name}", 1e3 * seconds);
    }
}

/// The ratio of a gradient under noise to one without.
fn gradients() {
    const QUBITS: usize = 10;
    let mut ansatz = Circuit::new(QUBITS);
    let theta = ansatz.param_vector("theta", 6 * QUBITS);
    for layer in theta.chunks(2 * QUBITS) {
        for q in 0..QUBITS {
            ansatz.ry(layer[2 * q], q).rz(layer[2 * q + 1], q);
        }
        for q in 1..QUBITS {
            ansatz.cx(q - 1, q);
        }
    }
    let at: Vec<f64> = (0..theta.len()).map(|k| (1.7 * k as f64).sin()).collect();
    let text: Vec<String> = (1..QUBITS).map(|q| format!("Z{} Z{q} + X{q}", q - 1)).collect();
    let energy: PauliSum = text.join(" + ").parse().expect("a sum");
    // The circuit keeps its parameters.
    let channel = Arc::new(Channel::depolarizing(P, 1).expect("a probability"));
    let mut model = NoiseModel::new();
    let gates = Pattern::all_gates().and_virtual();
    model.push(Rule::after(gates, channel, ActsOn::Each).expect("a rule"));
    let noisy = model.apply(&ansatz).expect("it applies").circuit;
    let simulator = Simulator::new().threads(2).expect("two threads");
    let mut ideal = simulator.adjoint(&ansatz, std::slice::from_ref(&energy)).expect("a gradient");
    let mut gradient = vec![0.0; at.len()];
    let mut shortest = |objective: &mut dyn Objective| {
        let runs = (0..9).map(|_| {
            let start = Instant::now();
            objective.value_and_gradient(&at, &mut gradient).expect("it runs");
            start.elapsed().as_secs_f64()
        });
        runs.fold(f64::INFINITY, f64::min)
    };
    let without = shortest(&mut ideal);
    let accuracy = Accuracy::StandardError(1e-2);
    let gradient = simulator.noisy_gradient(&noisy, &energy, accuracy);
    let mut gradient: NoisyGradient = gradient.expect("a gradient");
    let with = shortest(&mut gradient);
    let drawn = gradient.trajectories().expect("they are drawn");
    let missed = if with > 100.0 * without { "  missed" } else { "" };
    println!(
        "gradient of {} parameters: {:.3} ms without noise, {:.3} ms with it and errors up to \
         0.01, from {} patterns of errors: {:.1} times, goal 100{missed}",
        at.len(),
        1e3 * without,
        1e3 * with,
        drawn.distinct_patterns,
        with / without,
    );
}
