//! Every OpenQASM 2 circuit of the reference data against its independently computed answers:
//! probabilities to 1e-10, expectations to 1e-9 in f64; ‖Δψ‖₂ ≤ 1e-5·max(1, gates/1000) in f32.
//! Dynamic circuits by exact branching, and by a chi-square test of their shots.

use crate::common::{files_below, reference};
use ketlab::circuit::Circuit;
use ketlab::engine::StateVector;
use ketlab::math::Bits;
use ketlab::qasm::{Options, Qelib1, read_file};
use ketlab::simulate::{BoundProgram, Method, Program, Simulator};
use ketlab::{Error, PauliSum, Request};
use num_complex::Complex64;
use serde_json::Value;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::HashMap;
use std::path::Path;

/// Every method runs the suite, but for what it refuses.
const METHODS: [Method; 4] =
    [Method::StateVector, Method::Stabilizer, Method::DensityMatrix, Method::PauliPropagation];

/// Most qubits of a circuit that runs as a density matrix, or whose observables become all 4^n strings:
/// more take seconds each.
const MOST_DENSITY: usize = 8;

/// Whether a method runs a circuit. The state vector runs all; others skip what they refuse, and say
/// which operation it is.
fn runs(method: Method, name: &str, bound: &BoundProgram) -> bool {
    let is_dense = matches!(method, Method::DensityMatrix | Method::PauliPropagation);
    if is_dense && bound.program().num_qubits() > MOST_DENSITY {
        return false;
    }
    let request = match method {
        // It has means alone.
        Method::PauliPropagation => Request::new().observable("Z0".parse().unwrap()),
        _ => Request::new(),
    };
    match (method, Simulator::new().method(method).method_for(bound, &request)) {
        (_, Ok((chosen, _))) => {
            assert_eq!(chosen, method, "{name}");
            true
        }
        (_, Err(Error::Unsupported { operation, .. })) if method != Method::StateVector => {
            let is_control = operation.contains("classical control");
            assert!(is_control || operation.contains('`'), "{name}: which gate? {operation}");
            false
        }
        (_, Err(error)) => panic!("{name} by {method}: {error}"),
    }
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap()
}

fn list(v: &Value) -> &[Value] {
    v.as_array().map_or(&[], Vec::as_slice)
}

fn load(path: &Path) -> (Circuit, Value) {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
    let original = expected["qelib1"].as_str().is_some_and(|q| q.starts_with("original"));
    let options = Options {
        qelib1: if original { Qelib1::Original } else { Qelib1::Extended },
        ..Options::default()
    };
    let circuit = read_file(path, &options).unwrap_or_else(|e| panic!("{e}")).circuit;
    (circuit, expected)
}

#[test]
fn every_reference_circuit_has_its_answers() {
    let Some(folder) = reference("qasm2") else { return };
    let mut done = 0;
    let mut by_method = METHODS.map(|_| 0);
    for path in files_below(&folder, "qasm") {
        if !path.with_extension("json").exists() || path.parent().unwrap().ends_with("invalid") {
            continue;
        }
        let (circuit, expected) = load(&path);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(circuit.num_qubits() as u64, expected["n_qubits"].as_u64().unwrap(), "{name}");
        assert_eq!(circuit.num_clbits() as u64, expected["n_clbits"].as_u64().unwrap(), "{name}");
        let bound = Program::new(&circuit).unwrap().bind(&[]).unwrap();
        if !expected["amps"].is_null() {
            check_amplitudes(&name, &circuit, &bound, &expected);
        }
        for (method, count) in METHODS.iter().zip(&mut by_method) {
            if !runs(*method, &name, &bound) {
                continue;
            }
            *count += 1;
            if !expected["amps"].is_null() {
                check_means(&name, *method, &bound, &expected);
            }
            if !expected["outcomes"].is_null() && *method != Method::PauliPropagation {
                check_outcomes(&name, *method, &circuit, &expected);
            }
        }
        done += 1;
    }
    assert!(done >= 70, "only {done} circuits found");
    assert_eq!(by_method[0], done);
    assert!(by_method[2] >= 35, "only {} circuits as density matrices", by_method[2]);
    assert!(by_method[3] >= 35, "only {} circuits by Pauli propagation", by_method[3]);
    assert!(by_method[1] >= 10, "only {} circuits of Clifford gates", by_method[1]);
}

/// What only the state vector has.
fn check_amplitudes(name: &str, circuit: &Circuit, bound: &BoundProgram, expected: &Value) {
    let simulator = Simulator::new();
    let state: StateVector<f64> = simulator.state(bound).unwrap();
    assert!((state.norm() - 1.0).abs() < 1e-10, "{name}: norm {}", state.norm());
    for pair in list(&expected["top_probs"]) {
        let (index, p) = (pair[0].as_u64().unwrap(), number(&pair[1]));
        assert!((state.probability(index) - p).abs() < 1e-10, "{name}: |{index}⟩");
    }
    let turn = state.amplitude(expected["phase_ref"].as_u64().unwrap());
    let turn = turn.conj() / turn.norm();
    for row in list(&expected["amps"]) {
        let amplitude = turn * state.amplitude(row[0].as_u64().unwrap());
        let wanted = Complex64::new(number(&row[1]), number(&row[2]));
        assert!((amplitude - wanted).norm() < 1e-9, "{name}: {amplitude} for {wanted}");
    }
    // Single precision against double.
    let single: StateVector<f32> = simulator.state(bound).unwrap();
    let (a, b) = (state.to_vec(), single.to_vec());
    let difference = |(a, b): (&Complex64, &num_complex::Complex32)| {
        (a - Complex64::new(b.re.into(), b.im.into())).norm_sqr()
    };
    let distance = a.iter().zip(&b).map(difference).sum::<f64>().sqrt();
    let gates = circuit.decompose().profile().num_gates as f64;
    assert!(distance < 1e-5 * (gates / 1000.0).max(1.0), "{name}: f32 is off by {distance:e}");
}

fn check_means(name: &str, method: Method, bound: &BoundProgram, expected: &Value) {
    let simulator = Simulator::new().method(method);
    let mut request = Request::new();
    let mut wanted = Vec::new();
    for (q, z) in list(&expected["z_exp"]).iter().enumerate() {
        request = request.observable(format!("Z{q}").parse().unwrap());
        wanted.push(number(z));
    }
    for row in list(&expected["paulis"]) {
        let sum: PauliSum = match row[0].as_str().unwrap() {
            "" => "I".parse().unwrap(),
            text => text.parse().unwrap(),
        };
        request = request.observable(sum);
        wanted.push(number(&row[1]));
    }
    let result = simulator.run(bound, &request).unwrap();
    for (k, (e, wanted)) in result.expectations.iter().zip(&wanted).enumerate() {
        assert!(
            (e.value - wanted).abs() < 1e-9,
            "{name}: observable {k} is {}, not {wanted}",
            e.value
        );
    }
    if bound.program().num_qubits() <= 20 && method != Method::PauliPropagation {
        let squares: f64 = simulator.probabilities(bound).unwrap().iter().map(|p| p * p).sum();
        assert!((squares - number(&expected["sum_p_squared"])).abs() < 1e-9, "{name}");
    }
}

fn check_outcomes(name: &str, method: Method, circuit: &Circuit, expected: &Value) {
    let simulator = Simulator::new().method(method);
    let distribution: HashMap<Bits, f64> =
        simulator.outcome_probabilities(circuit).unwrap().into_iter().collect();
    let by_text: HashMap<String, f64> =
        distribution.iter().map(|(bits, p)| (bits.to_string(), *p)).collect();
    // Of the two largest circuits the reference dropped amplitudes below its threshold before it
    // summed (its own `z_exp` differs from its outcomes by 1e-9): where all outcomes are listed,
    // what they lack to 1 is its error.
    let listed = list(&expected["outcomes"]);
    let sum: f64 = listed.iter().map(|pair| number(&pair[1])).sum();
    let complete = listed.len() as u64 == expected["outcomes_total"].as_u64().unwrap();
    let tolerance = if complete { (1.0 - sum).abs().clamp(1e-10, 2e-9) } else { 1e-10 };
    for pair in listed {
        let (outcome, p) = (pair[0].as_str().unwrap(), number(&pair[1]));
        let got = by_text.get(outcome).copied().unwrap_or(0.0);
        assert!((got - p).abs() < tolerance, "{name}: {outcome} has {got}, not {p}");
    }
    let total: f64 = distribution.values().sum();
    assert!((total - 1.0).abs() < 1e-9, "{name}: {total}");
    if circuit.num_qubits() > 20 {
        return;
    }
    // Shots follow the distribution: chi-square with outcomes below 5 expected counts pooled.
    let shots = 20_000;
    let counts = simulator.seed(1).counts(circuit, shots).unwrap();
    assert_eq!(counts.shots(), shots, "{name}");
    let (mut statistic, mut bins, mut pooled) = (0.0, 0, (0.0, 0.0));
    for (outcome, p) in &by_text {
        let (wanted, got) = (p * shots as f64, counts.get(outcome) as f64);
        if wanted < 5.0 {
            pooled = (pooled.0 + wanted, pooled.1 + got);
        } else {
            statistic += (got - wanted).powi(2) / wanted;
            bins += 1;
        }
    }
    if pooled.0 >= 5.0 {
        statistic += (pooled.1 - pooled.0).powi(2) / pooled.0;
        bins += 1;
    }
    for (outcome, _) in counts.iter() {
        assert!(distribution.contains_key(&outcome), "{name}: impossible outcome {outcome}");
    }
    if bins > 1 {
        let tail = 1.0 - ChiSquared::new(f64::from(bins - 1)).unwrap().cdf(statistic);
        assert!(tail > 1e-6, "{name}: chi-square {statistic} with {bins} bins");
    }
}

#[test]
fn every_invalid_file_is_refused_with_its_line() {
    let Some(folder) = reference("qasm2/invalid") else { return };
    let index: Value =
        serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    for entry in list(&index) {
        let path = folder.join(entry["file"].as_str().unwrap());
        let Err(Error::Program(error)) = read_file(&path, &Options::default()) else {
            panic!("{} is accepted", path.display());
        };
        // Qiskit's message ends in `file:line,column: …`.
        let quoted = entry["qiskit_2.6.2"].as_str().unwrap();
        let line = quoted.split(':').nth(1).unwrap().split(',').next().unwrap();
        let lines: Vec<String> = error.diagnostics.iter().map(|d| d.line.to_string()).collect();
        assert!(lines.iter().any(|l| l == line), "{quoted}: {lines:?}");
    }
}
