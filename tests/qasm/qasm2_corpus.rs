//! The programs that Qiskit's OpenQASM 2 reader is tested with, in both modes, and real circuits:
//! the verdicts and the counts must agree.

use crate::common::{files_below, reference};
use ketlab::circuit::Op;
use ketlab::qasm::{Imported, Options, Qelib1, Version, parse_with, read_file};
use serde_json::Value;
use std::fs;

fn count(ops: &[Op]) -> usize {
    let inside = |op: &Op| match op {
        Op::If(i) => count(&i.then),
        _ => 1,
    };
    ops.iter().map(inside).sum()
}

#[test]
fn verdicts_and_counts_agree_with_qiskit() {
    let Some(path) = reference("qasm2/parser_corpus.json") else { return };
    let corpus: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = corpus["cases"].as_array().unwrap();
    let mut wrong = vec![];
    for (number, case) in cases.iter().enumerate() {
        let program = case["program"].as_str().unwrap();
        for (strict, key) in [(false, "accepted"), (true, "accepted_strict")] {
            let options = Options { strict, version: Some(Version::V2), ..Options::default() };
            let result = parse_with(program, &options);
            let expected = case[key].as_bool().unwrap();
            let shown: String = program.chars().take(300).collect();
            if result.is_ok() != expected {
                let error = result.err().map(|e| e.to_string());
                wrong.push(format!(
                    "{number} strict={strict} expected={expected}\n{shown}\n{error:?}\npeer: {}",
                    case["error"]
                ));
                continue;
            }
            let Ok(Imported { circuit, .. }) = result else { continue };
            let size = |key: &str| case[key].as_u64().unwrap() as usize;
            let counts = [circuit.num_qubits(), circuit.num_clbits(), count(circuit.ops())];
            let expected = [size("n_qubits"), size("n_clbits"), size("n_instructions")];
            if counts != expected {
                wrong.push(format!("{number}: {counts:?}, expected {expected:?}\n{shown}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n---\n"));
    assert!(cases.len() >= 776);
}

#[test]
fn real_circuits_are_read() {
    let Some(folder) = reference("qasm2") else { return };
    let files = files_below(&folder, "qasm");
    assert!(files.len() > 70);
    for path in files {
        if path.parent().unwrap().ends_with("invalid") {
            let error = read_file(&path, &Options::default()).expect_err("invalid");
            assert!(matches!(error, ketlab::Error::Program(_)), "{error}");
            continue;
        }
        let circuit =
            read_file(&path, &Options::default()).unwrap_or_else(|e| panic!("{e}")).circuit;
        let text = fs::read_to_string(path.with_extension("json")).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(circuit.num_qubits() as u64, case["n_qubits"].as_u64().unwrap(), "{path:?}");
        assert_eq!(circuit.num_clbits() as u64, case["n_clbits"].as_u64().unwrap(), "{path:?}");
        let original = Options { qelib1: Qelib1::Original, ..Options::default() };
        if !case["qelib1"].as_str().unwrap().starts_with("Qiskit extended") {
            read_file(&path, &original).unwrap_or_else(|e| panic!("{e}"));
        }
    }
}

#[test]
fn the_headers_as_files_define_what_the_built_in_ones_provide() {
    for (file, version) in [
        ("qelib1_openqasm2_original.inc", Qelib1::Original),
        ("qelib1_qiskit_extended.inc", Qelib1::Extended),
    ] {
        let Some(path) = reference(&format!("qasm2/include/{file}")) else { return };
        let text = fs::read_to_string(&path).unwrap();
        let mut defined: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("gate "))
            .map(|line| line.split([' ', '(']).next().unwrap())
            .collect();
        let mut provided: Vec<&str> = version.gates().map(|g| g.name).collect();
        defined.sort_unstable();
        provided.sort_unstable();
        assert_eq!(defined, provided);
        // The text itself is a program, in strict mode too.
        let program = format!("OPENQASM 2.0;\n{text}");
        parse_with(&program, &Options { strict: true, ..Options::default() }).unwrap();
    }
}
