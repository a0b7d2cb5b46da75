//! Parameters that are functions of a program's inputs: Qiskit's ZZ feature map against reference
//! kernels, derivatives against differences, and every way through which a circuit passes.

use ketlab::circuit::{Circuit, Elementary, Formula};
use ketlab::gradient::{Objective, hessian};
use ketlab::simulate::Program;
use ketlab::{Error, PauliSum, Simulator, qasm};
use ndarray::{Array2, array};
use num_complex::Complex64;
use std::f64::consts::PI;

/// The ZZ feature map as `qiskit.qasm3.dumps` writes it, with free inputs; full entanglement.
fn zz_feature_map(n: usize, reps: usize) -> String {
    let mut text = String::from("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
    (0..n).for_each(|k| text += &format!("input float[64] _x_{k}_;\n"));
    text += &format!("qubit[{n}] q;\n");
    for _ in 0..reps {
        (0..n).for_each(|k| text += &format!("h q[{k}];\n"));
        (0..n).for_each(|k| text += &format!("p(2.0*_x_{k}_) q[{k}];\n"));
        for i in 0..n {
            for j in i + 1..n {
                text += &format!(
                    "cx q[{i}], q[{j}];\np(2.0*(pi - _x_{i}_)*(pi - _x_{j}_)) q[{j}];\n\
                     cx q[{i}], q[{j}];\n"
                );
            }
        }
    }
    text
}

fn amplitudes(circuit: &Circuit) -> Vec<Complex64> {
    let state = Simulator::new().state::<f64>(circuit).unwrap();
    (0..1 << circuit.num_qubits()).map(|i| state.amplitude(i)).collect()
}

fn state(circuit: &Circuit, inputs: &[f64]) -> Vec<Complex64> {
    let map = circuit.parameter_map();
    let names = map.inputs();
    let values: Vec<_> = names.iter().zip(inputs).map(|(n, v)| (n.clone(), *v)).collect();
    let bound = circuit.bind(&values).unwrap();
    assert!(bound.params().is_empty());
    amplitudes(&bound)
}

fn overlap(a: &[Complex64], b: &[Complex64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum::<Complex64>().norm_sqr()
}

#[test]
fn qiskits_feature_map_has_the_reference_kernels() {
    let Some(path) = crate::common::reference("kernels/zz_feature_map.json") else { return };
    let data: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in data["cases"].as_array().unwrap() {
        let (n, reps) = (case["n"].as_u64().unwrap(), case["reps"].as_u64().unwrap());
        let rows: Vec<Vec<f64>> = serde_json::from_value(case["X"].clone()).unwrap();
        let kernel: Vec<Vec<f64>> = serde_json::from_value(case["K"].clone()).unwrap();
        let circuit = qasm::parse(&zz_feature_map(n as usize, reps as usize)).unwrap();
        assert_eq!(circuit.inputs().count() as u64, n);
        // One product for each pair, however many layers.
        assert_eq!(circuit.params().len() as u64, n + n * (n - 1) / 2);
        let states: Vec<_> = rows.iter().take(4).map(|row| state(&circuit, row)).collect();
        for (i, a) in states.iter().enumerate() {
            for (j, b) in states.iter().enumerate() {
                assert!((overlap(a, b) - kernel[i][j]).abs() < 1e-10, "{n} {reps} {i} {j}");
            }
        }
    }
}

/// A program with every operator and function, in a gate and outside.
const EVERYTHING: &str = "OPENQASM 3.0;
include \"stdgates.inc\";
input float[64] a;
input float[64] b;
gate g(u, v) q { rz(u * v) q; rx(sin(u) / v) q; }
qubit[2] q;
h q;
g(a + 0.5, 2 * b) q[0];
g(a, b) q[1];
ry(a ** 2 + b ** a) q[0];
rx(exp(-a) * log(b) + sqrt(a * b) - cos(a) * tan(b / 4)) q[1];
cx q[0], q[1];
rx(arcsin(a / 4) + acos(b / 4) - atan(a * b) / 3 + pi) q[0];
crz((a - b) * (a - b) * a) q[1], q[0];
";

fn observable() -> PauliSum {
    "X0 Y1 + 0.5 Z0 + 0.25 Y0 Z1".parse().unwrap()
}

#[test]
fn values_are_those_of_the_program_with_its_inputs_known() {
    let circuit = qasm::parse(EVERYTHING).unwrap();
    assert_eq!(circuit.inputs().collect::<Vec<_>>(), ["a", "b"]);
    for (a, b) in [(0.7, 1.3), (1.9, 0.4), (0.2, 2.5)] {
        let inputs = [("a".to_string(), a), ("b".to_string(), b)].into_iter().collect();
        let known = qasm::Options { inputs, ..qasm::Options::default() };
        let known = qasm::parse_with(EVERYTHING, &known).unwrap().circuit;
        let expected = amplitudes(&known);
        let bound = state(&circuit, &[a, b]);
        let distance: f64 = bound.iter().zip(&expected).map(|(x, y)| (x - y).norm_sqr()).sum();
        assert!(distance.sqrt() < 1e-13, "{distance}");
        // One input after the other.
        let half = circuit.bind(&[("b", b)]).unwrap();
        assert_eq!(half.inputs().collect::<Vec<_>>(), ["a"]);
        let bound = state(&half, &[a]);
        let distance: f64 = bound.iter().zip(&expected).map(|(x, y)| (x - y).norm_sqr()).sum();
        assert!(distance.sqrt() < 1e-13, "{distance}");
    }
}

#[test]
fn gradients_by_inputs_are_those_of_differences() {
    let circuit = qasm::parse(EVERYTHING).unwrap();
    let h = observable();
    let mut adjoint = Simulator::new().adjoint(&circuit, std::slice::from_ref(&h)).unwrap();
    let mut shift = Simulator::new().parameter_shift(&circuit, &h).unwrap();
    let program = Program::new(&circuit).unwrap();
    let simulator = Simulator::new();
    let value = |x: [f64; 2]| {
        let rows = array![[x[0], x[1]]];
        simulator.batch(&program).expectations(&rows, std::slice::from_ref(&h)).unwrap().values
            [[0, 0]]
    };
    for x in [[0.7, 1.3], [1.9, 0.4]] {
        let (mut exact, mut shifted) = ([0.0; 2], [0.0; 2]);
        let at = adjoint.value_and_gradient(&x, &mut exact).unwrap();
        assert!((at - value(x)).abs() < 1e-12);
        shift.value_and_gradient(&x, &mut shifted).unwrap();
        for k in 0..2 {
            let step = 1e-3;
            let moved = |by: f64| {
                let mut y = x;
                y[k] += by * step;
                value(y)
            };
            // Of fourth order.
            let difference =
                (8.0 * (moved(1.0) - moved(-1.0)) - (moved(2.0) - moved(-2.0))) / (12.0 * step);
            assert!((exact[k] - difference).abs() < 1e-7, "{} {difference}", exact[k]);
            assert!((exact[k] - shifted[k]).abs() < 1e-11);
        }
        // The chain rule by hand: the gradient by all parameters, pulled back.
        let map = circuit.parameter_map();
        let row = map.row(&x).unwrap();
        let jacobian = map.jacobian(&x).unwrap();
        let weights: Vec<f64> = (0..row.len()).map(|k| 0.3 - 0.1 * k as f64).collect();
        let pulled = map.pull_back(&x, &weights).unwrap();
        for (k, pulled) in pulled.iter().enumerate() {
            let sum: f64 = weights.iter().zip(jacobian.column(k)).map(|(w, j)| w * j).sum();
            assert!((pulled - sum).abs() < 1e-12);
        }
    }
    let rows = array![[0.7, 1.3], [1.9, 0.4]];
    let all = Simulator::new().adjoint_rows(&circuit, &[h], &rows).unwrap();
    assert_eq!(all.jacobians.shape(), [2, 1, 2]);
    // What takes angles to be linear says so.
    let refused = hessian(&mut adjoint, &[0.7, 1.3]).unwrap_err();
    assert!(matches!(refused, Error::Unsupported { .. }), "{refused}");
}

#[test]
fn the_gradient_of_a_product_has_its_closed_form() {
    let circuit =
        qasm::parse("OPENQASM 3.0; input float a; input float b; qubit q; U(a * b, 0, 0) q;");
    let circuit = circuit.unwrap();
    let z: PauliSum = "Z0".parse().unwrap();
    let mut exact = Simulator::new().adjoint(&circuit, std::slice::from_ref(&z)).unwrap();
    let x = [0.8, 1.1];
    let mut gradient = [0.0; 2];
    exact.value_and_gradient(&x, &mut gradient).unwrap();
    // d⟨Z⟩/da = -b sin(ab)
    assert!((gradient[0] + 1.1 * 0.88f64.sin()).abs() < 1e-12);
    assert!((gradient[1] + 0.8 * 0.88f64.sin()).abs() < 1e-12);
}

#[test]
fn data_rows_are_rows_of_inputs() {
    let circuit = qasm::parse(&zz_feature_map(3, 2)).unwrap();
    let program = Program::new(&circuit).unwrap();
    assert_eq!(program.params(), ["_x_0_", "_x_1_", "_x_2_"]);
    let data: Array2<f64> = array![[0.1, 0.2, 0.3], [1.0, -1.0, 2.0]];
    let columns = ["_x_2_", "_x_0_", "_x_1_"];
    let rows = program.parameter_rows(&data, &columns, &[]).unwrap();
    assert_eq!(rows, array![[0.2, 0.3, 0.1], [-1.0, 2.0, 1.0]]);
    let z: PauliSum = "Z0 Z1".parse().unwrap();
    let means = Simulator::new()
        .batch(&program)
        .expectations(&rows, std::slice::from_ref(&z))
        .unwrap()
        .values;
    for (row, mean) in rows.rows().into_iter().zip(means.rows()) {
        let values: Vec<_> = circuit.inputs().cloned().zip(row.iter().copied()).collect();
        let bound = circuit.bind(&values).unwrap();
        let alone = Simulator::new().expectation(&bound, &z).unwrap().value;
        assert!((mean[0] - alone).abs() < 1e-12);
    }
    let angles = circuit.parameter_map().rows(&rows).unwrap();
    assert_eq!(angles.shape(), [2, 6]);
    assert_eq!(angles[[0, 3]], (2.0 * PI - 0.4) * (PI - 0.3));
}

#[test]
fn written_and_read_again_it_is_the_same() {
    for text in [EVERYTHING.to_owned(), zz_feature_map(3, 2)] {
        let circuit = qasm::parse(&text).unwrap();
        let json = serde_json::to_string(&circuit).unwrap();
        let read: Circuit = serde_json::from_str(&json).unwrap();
        assert_eq!(read, circuit);
        let written = circuit.to_qasm3().unwrap();
        let read = qasm::parse(&written).unwrap();
        let inputs: Vec<f64> =
            (0..circuit.inputs().count()).map(|k| 0.4 + 0.3 * k as f64).collect();
        assert_eq!(read.inputs().collect::<Vec<_>>(), circuit.inputs().collect::<Vec<_>>());
        let (a, b) = (state(&circuit, &inputs), state(&read, &inputs));
        assert!((overlap(&a, &b) - 1.0).abs() < 1e-12, "{written}");
        // From the second time on the text is the same.
        assert_eq!(
            read.to_qasm3().unwrap(),
            qasm::parse(&read.to_qasm3().unwrap()).unwrap().to_qasm3().unwrap()
        );
    }
    let circuit = qasm::parse(&zz_feature_map(2, 2)).unwrap();
    let written = circuit.to_qasm3().unwrap();
    assert_eq!(qasm::parse(&written).unwrap(), circuit);
    assert!(written.contains("p(((-2.0*_x_0_ + 2*pi)*(-_x_1_ + pi))) q[1];"), "{written}");
    let error = circuit.to_qasm2().unwrap_err().to_string();
    assert!(error.contains("has no value"), "{error}");
}

#[test]
fn circuits_of_circuits_keep_their_formulas() {
    let circuit = qasm::parse(&zz_feature_map(2, 1)).unwrap();
    let inputs = [0.3, 0.9];
    let one = state(&circuit, &inputs);
    // Its inverse undoes it; appended twice it is the map with two layers.
    let mut both = circuit.clone();
    both.append(&circuit.inverse().unwrap());
    let start = state(&both, &inputs);
    assert!((start[0].norm() - 1.0).abs() < 1e-12);
    let twice = qasm::parse(&zz_feature_map(2, 2)).unwrap();
    assert_eq!(circuit.repeat(2), twice);
    let mut elsewhere = Circuit::new(3);
    elsewhere.param("w");
    elsewhere.append_on(&circuit, &[2, 0], &[]);
    assert_eq!(elsewhere.inputs().collect::<Vec<_>>(), ["w", "_x_0_", "_x_1_"]);
    let moved = state(&elsewhere, &[7.0, 0.3, 0.9]);
    // Qubits 0 and 1 are at 2 and 0.
    for (i, amplitude) in one.iter().enumerate() {
        assert!((moved[(i & 1) << 2 | i >> 1] - amplitude).norm() < 1e-12);
    }
    let controlled = circuit.control(1).unwrap();
    assert_eq!(controlled.parameter_map(), circuit.parameter_map());
    assert!(
        matches!(circuit.to_gate("g"), Err(Error::UnboundParameters { names }) if names.len() == 2)
    );
}

#[test]
fn what_is_wrong_is_named() {
    let circuit = qasm::parse(&zz_feature_map(3, 1)).unwrap();
    let error = Simulator::new().state::<f64>(&circuit).unwrap_err().to_string();
    assert!(
        error.starts_with("parameter `_x_0_` has no value, nor have `_x_1_`, `_x_2_`; bind them"),
        "{error}"
    );
    let error = circuit.param_values(&[("_x_1_", 1.0)]).unwrap_err().to_string();
    assert!(error.starts_with("parameter `_x_0_` has no value, nor has `_x_2_`"), "{error}");
    let product = circuit.params()[3].clone();
    assert!(circuit.bind(&[(product, 1.0)]).is_err());
    let quotient = qasm::parse("OPENQASM 3.0; input float a; qubit q; U(1 / a, 0, 0) q;").unwrap();
    let program = Program::new(&quotient).unwrap();
    let mut evaluator = Simulator::new().evaluator(&program, &["Z0".parse().unwrap()]).unwrap();
    assert!((evaluator.expectation(&[2.0]).unwrap() - 0.5f64.cos()).abs() < 1e-12);
    assert!(matches!(evaluator.expectation(&[0.0]), Err(Error::NotFinite { .. })));
    let mut c = Circuit::new(1);
    let x = c.param("x");
    assert!(c.try_derived(Formula::Product(2.0.into(), 3.0.into())).is_err());
    assert!(c.try_derived(Formula::Function(Elementary::Sin, f64::NAN * x)).is_err());
    let once = c.derived(Formula::Product(x.into(), x.into()));
    assert_eq!(c.derived(Formula::Product(x.into(), x.into())), once);
    for text in [
        "if (a > 0.5) { U(0, 0, 0) q; }",
        "U(floor(a), 0, 0) q;",
        "U(a % 2, 0, 0) q;",
        "for int i in [0:int(a)] { U(0, 0, 0) q; }",
    ] {
        let text = format!("OPENQASM 3.0; input float a; qubit q; {text}");
        let error = qasm::parse(&text).unwrap_err().to_string();
        assert!(error.contains("--param NAME=VALUE"), "{error}");
    }
    // A document whose formula is of itself, or of nothing that is there.
    for formulas in [
        r#"{"b": {"product": [{"b": 1.0}, {"a": 1.0}]}}"#,
        r#"{"c": {"function": ["sin", {"a": 1.0}]}}"#,
        r#"{"b": {"function": ["sinc", {"a": 1.0}]}}"#,
        r#"{"b": {"product": [1.0, 2.0]}}"#,
    ] {
        let text = format!(
            r#"{{"format": "ketlab.circuit", "version": 1, "qubits": [["q", 1]], "params": ["a", "b"],
            "formulas": {formulas}, "ops": []}}"#
        );
        assert!(serde_json::from_str::<Circuit>(&text).is_err(), "{formulas}");
    }
}
