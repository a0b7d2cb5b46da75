//! `ketlab run` by the methods that it has, as a user runs it.

use crate::program::{failure, json, text, written};

#[test]
fn a_clifford_circuit_of_a_thousand_qubits_says_its_space_and_why() {
    let ghz = "circuits/ghz_1000.qasm";
    let shown = text(&["run", ghz]);
    for wanted in
        ["stabilizer: ", "all 1000 gates are Clifford gates", "dimension 1", "2^1 outcomes"]
    {
        assert!(shown.contains(wanted), "{wanted} in {shown}");
    }
    let document = json(&["run", ghz]);
    let space = &document["outcome_space"];
    assert_eq!(space["dimension"], 1);
    assert_eq!(space["offset"], "0".repeat(1000));
    assert_eq!(space["basis"], serde_json::json!(["1".repeat(1000)]));
    assert_eq!(document["meta"]["method"], "stabilizer");
    assert!(document["meta"]["reason"].as_str().unwrap().contains("has no room"));
    assert!(document["meta"]["precision"].is_null());
    // Shots, observables and few outcomes as ever.
    let document = json(&[
        "run",
        ghz,
        "--shots",
        "1000",
        "--seed",
        "2",
        "--observable",
        "Z0 Z999",
        "--outcomes",
        "all",
    ]);
    let counts = document["counts"].as_object().unwrap();
    assert_eq!(counts.len(), 2);
    assert_eq!(counts.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 1000);
    assert_eq!(document["expectations"][0]["value"], 1.0);
    assert_eq!(document["outcomes"]["1".repeat(1000)], 0.5);
}

#[test]
fn info_says_the_method() {
    let method = |file: &str| json(&["info", file])["method"].clone();
    assert_eq!(method("circuits/ghz_1000.qasm")["name"], "stabilizer");
    assert_eq!(method("circuits/bell.qasm")["name"], "state-vector");
    assert!(method("circuits/ansatz_4.json").is_null());
    let t = written("info.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[90];\nt q[3];\n");
    let none = method(&t);
    assert!(none["name"].is_null() && none["reason"].as_str().unwrap().contains("`t`"), "{none}");
    assert!(
        text(&["info", "circuits/ghz_1000.qasm"]).contains("method            stabilizer: all")
    );
}

#[test]
fn small_circuits_give_the_same_by_both_methods() {
    let swapping = written(
        "swapping.qasm",
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[4];\ncreg a[1];\ncreg b[1];\ncreg r[2];\n\
         h q[0];\ncx q[0], q[1];\nh q[2];\ncx q[2], q[3];\ncx q[1], q[2];\nh q[1];\n\
         measure q[1] -> a[0];\nmeasure q[2] -> b[0];\nif (b == 1) x q[3];\n\
         if (a == 1) z q[3];\nreset q[1];\nmeasure q[0] -> r[0];\nmeasure q[3] -> r[1];\n",
    );
    for args in [
        &["run", "circuits/ghz_12.qasm", "--probabilities", "all"][..],
        &["run", &swapping, "--outcomes", "all"],
        &["run", "circuits/bell.qasm", "--observable", "X0 X1 + 0.5 Y0 Y1 + Z0"],
    ] {
        let by = |method: &str| json(&[args, &["--method", method]].concat());
        let (a, b) = (by("state-vector"), by("stabilizer"));
        assert_eq!(a["meta"]["reason"], "it was asked for");
        for key in ["probabilities", "outcomes"] {
            let (Some(a), Some(b)) = (a[key].as_object(), b[key].as_object()) else { continue };
            assert_eq!(a.len(), b.len(), "{args:?}");
            for (bits, p) in a {
                let difference = p.as_f64().unwrap() - b[bits].as_f64().unwrap();
                assert!(difference.abs() < 1e-12, "{args:?}: {bits}");
            }
        }
        for (a, b) in a["expectations"]
            .as_array()
            .into_iter()
            .flatten()
            .zip(b["expectations"].as_array().into_iter().flatten())
        {
            for key in ["value", "variance"] {
                assert!((a[key].as_f64().unwrap() - b[key].as_f64().unwrap()).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn what_a_method_cannot_do_is_said_with_the_next_step() {
    let t = written(
        "t.qasm",
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[70];\nh q[0];\nt q[3];\n",
    );
    let error = failure(&["run", &t]);
    assert!(error.contains("a state vector of 70 qubits"), "{error}");
    assert!(error.contains("`t` on qubit 3"), "{error}");
    let error = failure(&["run", &t, "--method", "stabilizer"]);
    assert!(error.contains("`t` on qubit 3"), "{error}");
    let ghz = "circuits/ghz_1000.qasm";
    for (flag, value) in [("--probabilities", "3"), ("--state", "state.npy")] {
        let error = failure(&["run", ghz, flag, value]);
        assert!(error.contains("stabilizer"), "{flag}: {error}");
        assert!(!error.contains("panicked"), "{error}");
    }
    assert!(!std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/state.npy")).exists());
    let error = failure(&["run", ghz, "--method", "state-vector"]);
    assert!(error.contains("a state vector of 1000 qubits"), "{error}");
    let wide = written("wide.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[200];\nh q;\n");
    let error = failure(&["run", &wide, "--outcomes", "all"]);
    assert!(error.contains("2^200 outcomes"), "{error}");
    assert!(text(&["run", &wide]).contains("dimension 200"));
}
