//! The states of the parser corpus's programs equal those that Qiskit and a second reader agree
//! on. (Real circuits: `simulation/reference_qasm2.rs`.)

use crate::common::reference;
use ketlab::circuit::{Circuit, Op};
use ketlab::qasm::parse;
use ketlab::simulate::Simulator;
use serde_json::Value;
use std::fs;

/// Amplitudes in the references have 13 digits.
const TOLERANCE: f64 = 1e-9;

/// Largest deviation from the listed amplitudes, without the measurements; `None` for a circuit
/// whose state is random.
fn deviation(circuit: &Circuit, case: &Value) -> Option<f64> {
    let mut unitary = Circuit::empty();
    if circuit.num_qubits() > 0 {
        unitary.add_qubits("all", circuit.num_qubits());
    }
    for op in circuit.ops() {
        match op {
            Op::Measure { .. } => {}
            Op::If(_) | Op::Reset(_) => return None,
            other => drop(unitary.push(other.clone())),
        }
    }
    let state = Simulator::new().state::<f64>(&unitary).unwrap().to_vec();
    let at = case["phase_ref"].as_u64()? as usize;
    let phase = state[at] / state[at].norm();
    let listed = case["amps"].as_array()?.iter().map(|entry| {
        let number = |k: usize| entry[k].as_f64().unwrap();
        let z = state[entry[0].as_u64().unwrap() as usize] / phase;
        (z.re - number(1)).abs().max((z.im - number(2)).abs())
    });
    Some(listed.fold(0.0, f64::max))
}

#[test]
fn of_the_parser_corpus() {
    let Some(path) = reference("qasm2/parser_corpus.json") else { return };
    let corpus: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut compared = 0;
    for case in corpus["cases"].as_array().unwrap() {
        if !case["state"].is_object() {
            continue;
        }
        let circuit = parse(case["program"].as_str().unwrap()).unwrap();
        let off = deviation(&circuit, &case["state"]).expect("a state");
        assert!(off < TOLERANCE, "{off:e}: {}", case["program"]);
        compared += 1;
    }
    assert!(compared >= 37, "{compared}");
}
