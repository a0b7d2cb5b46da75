//! OpenQASM 3 programs from the test suites of other readers: accepted and rejected as their own
//! readers do, with the states that those found; and the specification's examples.
//!
//! Where the verdict of a peer is a limit of that peer and not of the language, [`OWN_VERDICTS`]
//! says what is right and why.

use crate::common::{files_below, reference};
use ketlab::circuit::{Circuit, Op};
use ketlab::engine::StateVector;
use ketlab::qasm::{Imported, Options, Version, parse_with, read_file};
use ketlab::simulate::{Program, Simulator};
use num_complex::Complex64;
use serde_json::Value;
use std::fs;

/// What Amazon Braket's reader knows without a header and the table does not: its developer guide,
/// "Supported gates".
const BRAKET: &str = "\
    gate v a { pow(1/2.) @ x a; }\n\
    gate vi a { inv @ v a; }\n\
    gate xx(t) a, b { rxx(t) a, b; }\n\
    gate zz(t) a, b { rzz(t) a, b; }\n\
    gate xy(t) a, b { inv @ rxx(t/2) a, b; inv @ ryy(t/2) a, b; }\n\
    gate cphaseshift01(t) a, b { negctrl @ p(t) a, b; }\n";

/// Verdicts of peers that are limits of theirs: a part of the program, what is right, and why.
const OWN_VERDICTS: [(&str, bool, &str); 2] = [
    ("bit c = 0;", true, "Qiskit has no initial values for bits"),
    ("        measure q;\n", true, "Qiskit has to keep outcomes; the language has not"),
];

fn read(text: &str) -> ketlab::Result<Imported> {
    let options = Options { version: Some(Version::V3), ..Options::default() };
    parse_with(text, &options)
}

/// The circuit without its measurements.
fn unitary_part(circuit: &Circuit) -> Circuit {
    let mut part = Circuit::with_clbits(circuit.num_qubits(), circuit.num_clbits());
    for op in circuit.ops().iter().filter(|op| !matches!(op, Op::Measure { .. })) {
        part.push(op.clone());
    }
    part
}

#[test]
fn programs_of_other_readers_mean_what_they_find() {
    let Some(path) = reference("qasm3") else { return };
    let text = fs::read_to_string(path.join("parser_corpus.json")).unwrap();
    let corpus: Value = serde_json::from_str(&text).unwrap();
    let (mut wrong, mut states) = (vec![], 0);
    for case in corpus["cases"].as_array().unwrap() {
        let program = case["program"].as_str().unwrap();
        let braket = case["dialect"].as_str().unwrap().starts_with("braket");
        let text = if braket { after_version(program) } else { program.to_owned() };
        let own = OWN_VERDICTS.iter().find(|v| program.contains(v.0)).map(|v| v.1);
        let expected = own.unwrap_or(case["accepted"].as_bool().unwrap());
        let imported = match read(&text) {
            Ok(imported) if expected => imported,
            Err(_) if !expected => continue,
            Ok(_) => {
                wrong.push(format!("accepted: {program}\npeer: {}", case["error"]));
                continue;
            }
            Err(e) => {
                wrong.push(format!("refused: {e}"));
                continue;
            }
        };
        let circuit = imported.circuit;
        for (key, got) in
            [("n_qubits", circuit.num_qubits()), ("n_clbits", circuit.num_outcome_bits())]
        {
            if let Some(n) = case[key].as_u64()
                && n as usize != got
            {
                wrong.push(format!("{key} is {got}, not {n}: {program}"));
            }
        }
        if case["state"].is_object() {
            states += 1;
            let bound = Program::new(&unitary_part(&circuit)).unwrap().bind(&[]).unwrap();
            let state: StateVector<f64> = Simulator::new().state(&bound).unwrap();
            let turn = state.amplitude(case["state"]["phase_ref"].as_u64().unwrap());
            let turn = turn.conj() / turn.norm();
            for row in case["state"]["amps"].as_array().unwrap() {
                let amplitude = turn * state.amplitude(row[0].as_u64().unwrap());
                let number = |k: usize| row[k].as_f64().unwrap();
                let wanted = Complex64::new(number(1), number(2));
                if (amplitude - wanted).norm() > 1e-9 {
                    wrong.push(format!("{row}: {amplitude} for {wanted}: {program}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n---\n"));
    assert!(states >= 20, "{states}");
}

/// The dialect's gates in front of a program that may begin with its version.
fn after_version(program: &str) -> String {
    match program.find("OPENQASM 3.0;") {
        Some(at) => {
            let end = at + "OPENQASM 3.0;".len();
            format!("{}\n{BRAKET}{}", &program[..end], &program[end..])
        }
        None => format!("{BRAKET}{program}"),
    }
}

#[test]
fn exports_of_qiskit_equal_their_openqasm_2_twins() {
    let (Some(three), Some(two)) = (reference("qasm3"), reference("qasm2")) else { return };
    let mut done = 0;
    for path in files_below(&three.join("mqtbench"), "qasm") {
        let name = path.file_name().unwrap();
        let load = |path: &std::path::Path| {
            let imported = read_file(path, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
            assert!(imported.warnings.diagnostics.is_empty(), "{}", imported.warnings.rendered);
            imported.circuit
        };
        let (a, b) = (load(&path), load(&two.join("mqtbench").join(name)));
        assert_eq!(a.num_qubits(), b.num_qubits(), "{name:?}");
        assert_eq!(a.num_clbits(), b.num_clbits(), "{name:?}");
        let outcomes = |c: &Circuit| {
            let mut all = Simulator::new().outcome_probabilities(c).unwrap();
            all.sort_by(|x, y| x.0.cmp(&y.0));
            all.retain(|o| o.1 > 1e-12);
            all
        };
        let (x, y) = (outcomes(&a), outcomes(&b));
        assert_eq!(x.len(), y.len(), "{name:?}");
        for ((s, p), (t, q)) in x.iter().zip(&y) {
            assert_eq!(s, t, "{name:?}");
            assert!((p - q).abs() < 1e-11, "{name:?}: {s} has {p} and {q}");
        }
        done += 1;
    }
    assert!(done >= 27, "{done}");
}

#[test]
fn examples_of_the_specification_have_their_outcomes() {
    let Some(folder) = reference("qasm3/examples") else { return };
    let mut done = 0;
    for path in files_below(&folder, "qasm") {
        let text = fs::read_to_string(path.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let Some(outcomes) = expected["outcomes"].as_array() else { continue };
        let circuit =
            read_file(&path, &Options::default()).unwrap_or_else(|e| panic!("{e}")).circuit;
        let found = Simulator::new().outcome_probabilities(&circuit).unwrap();
        for pair in outcomes {
            let (outcome, p) = (pair[0].as_str().unwrap(), pair[1].as_f64().unwrap());
            let got: f64 =
                found.iter().filter(|(bits, _)| bits.to_string() == outcome).map(|o| o.1).sum();
            assert!((got - p).abs() < 1e-10, "{path:?}: {outcome} has {got}, not {p}");
        }
        done += 1;
    }
    assert!(done >= 2, "{done}");
}
