//! `ketlab run` and `grad` by Pauli propagation, as a user runs them.

use crate::program::{failure, json, ketlab, text, written};
use serde_json::Value;

const KICKED: &str = "circuits/kicked_ising_127.qasm";

fn kicked(more: &[&str]) -> Vec<String> {
    let args = ["run", KICKED, "--method", "pauli", "--observable", "Z62"];
    args.iter().chain(more).map(|s| s.to_string()).collect()
}

fn value(document: &Value) -> f64 {
    document["expectations"][0]["value"].as_f64().unwrap()
}

fn run(more: &[&str]) -> Value {
    let args = kicked(more);
    json(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_kicked_ising_model_at_clifford_angles_is_exact() {
    // At θ = 0 no kicks, at θ = π all spins are flipped in each of the five steps.
    for (theta, expected) in [("0", 1.0), ("pi", -1.0)] {
        let document = run(&["--param", &format!("theta={theta}")]);
        assert_eq!(value(&document), expected);
        assert_eq!(document["method"], "pauli-propagation");
        assert_eq!(document["expectations"][0]["propagation"]["peak_terms"], 1);
        assert_eq!(document["truncation"]["max_terms"], Value::Null);
    }
}

#[test]
fn a_truncated_run_says_what_it_left_out() {
    let flags = ["--param", "theta=0.3", "--min-coefficient", "1e-2", "--max-weight", "8"];
    let document = run(&flags);
    assert_eq!(document["truncation"]["min_coefficient"], 0.01);
    assert_eq!(document["truncation"]["max_weight"], 8);
    let mean = &document["expectations"][0];
    assert!(mean["standard_error"].is_null());
    // One string: 1 - ⟨Z⟩².
    let (v, variance) = (value(&document), mean["variance"].as_f64().unwrap());
    assert!(v > 0.5 && v < 1.0 && (variance - (1.0 - v * v)).abs() < 1e-12);
    let carried = &mean["propagation"];
    assert!(carried["dropped_sum"].as_f64().unwrap() > 0.0);
    assert!(carried["peak_terms"].as_u64() >= carried["final_terms"].as_u64());
    let points = carried["trend"]["points"].as_array().unwrap();
    assert_eq!((points.len(), points[0]["value"].as_f64()), (3, Some(v)));
    assert_eq!(points[2]["min_coefficient"], 0.04);
    let args = kicked(&flags);
    let shown = text(&args.iter().map(String::as_str).collect::<Vec<_>>());
    for wanted in [
        "pauli-propagation because it was asked for",
        "left out: coefficients below 1e-2, strings of more than 8 letters",
        "bounds the error",
        "2 × coarser",
    ] {
        assert!(shown.contains(wanted), "{wanted} in {shown}");
    }
    assert!(!shown.contains("NaN"));
    // By number, and by weight alone, which has no trend.
    let by_number = run(&["--param", "theta=0.3", "--max-terms", "1e2"]);
    let points = &by_number["expectations"][0]["propagation"]["trend"]["points"];
    assert_eq!((&points[0]["max_terms"], &points[2]["max_terms"]), (&100.into(), &25.into()));
    let by_weight = run(&["--param", "theta=0.05", "--max-weight", "2"]);
    assert!(by_weight["expectations"][0]["propagation"]["trend"].is_null());
    let args = kicked(&["--param", "theta=0.05", "--max-weight", "2"]);
    let shown = text(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(shown.contains("no trend is known"), "{shown}");
    // A sum whose variance is not known.
    let both = ["run", KICKED, "--method=pauli", "--observable=Z62 + X3", "--param=theta=0.3"];
    let both = [&both[..], &["--min-coefficient=0.05"]].concat();
    assert!(json(&both)["expectations"][0]["variance"].is_null());
    let shown = text(&both);
    assert!(!shown.contains("NaN") && shown.contains("Z62 + X3"), "{shown}");
}

#[test]
fn a_protected_string_stays() {
    let flags = ["--param", "theta=1.5", "--min-coefficient", "0.3"];
    let without = run(&flags);
    let with = run(&[&flags[..], &["--protect", "Z62"]].concat());
    assert_eq!(with["truncation"]["protected"][0], "Z62");
    let terms = |document: &Value| {
        document["expectations"][0]["propagation"]["dropped_terms"].as_u64().unwrap()
    };
    assert!(terms(&with) != terms(&without));
}

#[test]
fn small_noisy_circuits_are_those_of_the_density_matrix() {
    let small = written(
        "noisy.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[3] q;\nbit c;\nry(0.4) q;\n\
         cp(0.7) q[0], q[2];\nc = measure q[1];\nreset q[0];\nh q[0];\ncrx(1.1) q[0], q[1];\n\
         ccx q[0], q[1], q[2];\nsx q[2];\n",
    );
    let by = |method: &str| {
        let args = ["run", &small, "--observable=X0 Z2 - 0.5 Y1 + 2", "--method", method];
        let noise = ["--noise", "depolarizing=0.01", "--noise", "readout=0.02,0.05"];
        let document = json(&[&args[..], &noise[..]].concat());
        let mean = &document["expectations"][0];
        (mean["value"].as_f64().unwrap(), mean["variance"].as_f64().unwrap())
    };
    let (got, expected) = (by("pauli"), by("density-matrix"));
    assert!((got.0 - expected.0).abs() < 1e-12 && (got.1 - expected.1).abs() < 1e-12);
    // On 40 qubits there is no density matrix, and each is alone: ⟨X⟩ = 1 - 4p/3, which is read as
    // 0.93 ⟨X⟩ + 0.05 - 0.02.
    let wide = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[40] q;\nh q;\n";
    let wide = written("wide.qasm", wide);
    let args = ["run", &wide, "--observable", "X0 X39", "--method", "pauli"];
    let noise = ["--noise", "depolarizing=0.01", "--noise", "readout=0.02,0.05"];
    let expected = 0.93 * (1.0 - 0.04 / 3.0) + 0.03;
    let got = value(&json(&[&args[..], &noise[..]].concat()));
    assert!((got - expected * expected).abs() < 1e-12, "{got} {}", expected * expected);
}

#[test]
fn gradients_are_those_of_the_adjoint() {
    let of = |more: &[&str]| {
        let args = ["grad", "circuits/rotations.qasm", "--observable", "Z0 X1 + 0.5 Z1"];
        let at = ["--param", "theta=0.3", "--param", "phi=1.2"];
        json(&[&args[..], &at, more].concat())
    };
    let (got, expected) = (of(&["--method", "pauli"]), of(&[]));
    for k in 0..2 {
        let derivative = |document: &Value| {
            document["observables"][0]["gradient"][k]["derivative"].as_f64().unwrap()
        };
        assert!((derivative(&got) - derivative(&expected)).abs() < 1e-12);
    }
    assert_eq!(
        (&got["method"], &got["truncation"]["min_coefficient"]),
        (&"pauli".into(), &0.0.into())
    );
    assert!(got["observables"][0]["propagation"]["peak_terms"].as_u64() > Some(1));
    let shown = text(&[
        "grad",
        KICKED,
        "--param=theta=0.1",
        "--observable=Z62",
        "--method=pauli",
        "--min-coefficient=0.05",
    ]);
    assert!(shown.contains("approximate") && shown.contains("left out"), "{shown}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |args: &[&str], words: &[&str]| {
        let error = failure(args);
        for word in words {
            assert!(error.contains(word), "{args:?}: `{word}` in {error}");
        }
    };
    // What the command line itself does not take.
    let misused = |args: &[&str], words: &[&str]| {
        let output = ketlab(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        for word in words {
            assert!(error.contains(word), "{args:?}: `{word}` in {error}");
        }
    };
    let bell = "circuits/bell.qasm";
    let pauli = |more: &[&'static str]| {
        [&["run", bell, "--method", "pauli", "--observable", "Z0"], more].concat()
    };
    misused(&pauli(&["--max-terms", "0"]), &["--max-terms"]);
    misused(&pauli(&["--min-coefficient", "-1e-3"]), &["--min-coefficient", "not negative"]);
    misused(&pauli(&["--min-coefficient", "nan"]), &["--min-coefficient", "finite"]);
    misused(&pauli(&["--max-weight=-1"]), &["--max-weight"]);
    refused(&pauli(&["--shots", "10"]), &["Pauli propagation", "shots", "--observable"]);
    refused(&pauli(&["--probabilities", "3"]), &["Pauli propagation", "probabilities"]);
    refused(&pauli(&["--state", "psi.npy"]), &["Pauli propagation", "state"]);
    refused(&pauli(&["--protect", "Z7"]), &["--protect", "qubit 7"]);
    refused(&pauli(&["--protect", "hello"]), &["--protect"]);
    refused(&pauli(&["--observable", "Z9"]), &["qubit 9"]);
    refused(&pauli(&["--initial", "010"]), &["initial state"]);
    refused(&["run", bell, "--method", "pauli"], &["--observable"]);
    let weight = ["--max-weight", "3", "--observable", "Z0"];
    for method in ["auto", "state-vector", "density-matrix", "stabilizer", "trajectories"] {
        let args = [&["run", bell, "--method", method], &weight[..]].concat();
        refused(&args, &["--max-weight", "--method pauli"]);
    }
    refused(
        &[
            "grad",
            "circuits/rotations.qasm",
            "--observable=Z0",
            "--param=theta=1",
            "--param=phi=1",
            "--max-terms=5",
        ],
        &["--max-terms", "--method pauli"],
    );
    let feedback = "circuits/teleportation.qasm";
    refused(
        &["run", feedback, "--method", "pauli", "--observable", "Z0"],
        &["classical control", "state-vector"],
    );
    // What has no room says that there is this method.
    refused(&["run", KICKED, "--param", "theta=0.3", "--observable", "Z62"], &["--method pauli"]);
}
