//! Noise on the command line: `--noise` of `run`, `info`, `draw` and `convert`, and `ketlab noise`.

use crate::program::{failure, json, ketlab, text, written};

const BELL: &str = "circuits/bell.qasm";

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A depolarizing channel on one qubit shrinks its X, Y and Z by 1 - 4p/3. Behind the CX are two; the one
/// behind H is on X0, which becomes X0 X1, while Z0 Z1 comes from Z1.
#[test]
fn means_under_noise_are_those_of_closed_forms_by_both_methods() {
    let p: f64 = 0.03;
    let shrink = 1.0 - 4.0 * p / 3.0;
    let (zz, xx) = (shrink.powi(2), shrink.powi(3));
    let noise = ["--noise", "depolarizing=0.03"];
    let observed = ["--observable", "Z0 Z1", "--observable", "X0 X1"];
    let base = [&["run", BELL][..], &noise, &observed].concat();
    let exact = json(&[&base[..], &["--method", "density-matrix"]].concat());
    for (k, expected) in [zz, xx].into_iter().enumerate() {
        assert!((number(&exact["expectations"][k]["value"]) - expected).abs() < 1e-12, "{exact}");
        assert_eq!(exact["expectations"][k]["standard_error"], 0.0);
    }
    assert_eq!(exact["method"], "density-matrix");
    assert!(exact["trajectories"].is_null() && exact["no_error_weight"].is_null());
    let sampled =
        json(&[&base[..], &["--method", "trajectories", "--trajectories", "4000"]].concat());
    assert_eq!(sampled["method"], "trajectories");
    assert_eq!(sampled["why"], "it was asked for");
    assert_eq!(sampled["trajectories"], 4000);
    // Patterns of one error alone are 9 of three channels.
    assert!(sampled["distinct_patterns"].as_u64().unwrap() >= 10, "{sampled}");
    assert!((number(&sampled["no_error_weight"]) - (1.0 - p).powi(3)).abs() < 1e-12);
    for (k, expected) in [zz, xx].into_iter().enumerate() {
        let mean = &sampled["expectations"][k];
        let error = number(&mean["standard_error"]);
        assert!(error > 0.0 && error < 0.01, "{mean}");
        assert!((number(&mean["value"]) - expected).abs() < 5.0 * error, "{mean} {expected}");
    }
    // By a wanted error, which the text says.
    let wanted = [&base[..], &["--method", "trajectories", "--standard-error", "5e-4"]].concat();
    let found = json(&wanted);
    for mean in found["expectations"].as_array().unwrap() {
        assert!(number(&mean["standard_error"]) <= 5e-4, "{found}");
    }
    let shown = text(&wanted);
    for part in ["trajectories because", "patterns of errors", " ± 0.000"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn readout_errors_act_on_counts_and_means() {
    let args = ["run", BELL, "--noise", "readout=0.1,0.2", "--observable", "Z0 Z1"];
    let document = json(&[&args[..], &["--outcomes", "all"]].concat());
    // Of 00: both right or both wrong; ⟨Z⟩ of |0⟩ is 1 - 2a, of |1⟩ 2b - 1.
    let expected = ((1.0 - 0.2f64).powi(2) + (0.4f64 - 1.0).powi(2)) / 2.0;
    assert!((number(&document["expectations"][0]["value"]) - expected).abs() < 1e-12);
    let p00 = (0.9f64 * 0.9 + 0.2 * 0.2) / 2.0;
    assert!((number(&document["outcomes"]["00"]) - p00).abs() < 1e-12);
    assert_eq!(document["noise"]["num_misread_qubits"], 2);
    assert_eq!(document["noise"]["no_effect"], false);
}

#[test]
fn thermal_needs_times_and_relaxes_for_them() {
    let thermal = ["run", BELL, "--noise", "thermal=100us,80us"];
    let error = failure(&thermal);
    assert!(error.contains("--gate-time 1q=35ns,2q=300ns,measure=1us"), "{error}");
    let error = failure(&[&thermal[..], &["--gate-time", "1q=35ns"]].concat());
    assert!(error.contains("2q, measure"), "{error}");
    let error = failure(&[&thermal[..], &["--gate-time", "depolarizing=0.1"]].concat());
    assert!(error.contains("`depolarizing=0.1` is no time of an operation"), "{error}");
    let error = failure(&["run", BELL, "--noise", "thermal=1us,3us,1q=1ns,2q=1ns,measure=1ns"]);
    assert!(error.contains("T2"), "{error}");
    // X, then 35 ns of relaxation: ⟨Z⟩ = 1 - 2 e^(-t/T1).
    let x = written("x.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[1];\nx q[0];\n");
    let noise = ["--noise", "thermal=100us,80us", "--gate-time", "1q=35ns,2q=300ns,measure=1us"];
    let document = json(&[&["run", &x, "--observable", "Z0"][..], &noise].concat());
    let expected = 1.0 - 2.0 * (-35e-9f64 / 100e-6).exp();
    assert!((number(&document["expectations"][0]["value"]) - expected).abs() < 1e-12);
}

#[test]
fn gates_without_noise_are_named_and_no_effect_is_loud() {
    let said = |args: &[&str]| {
        let output = ketlab(args);
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let pair = said(&["run", BELL, "--noise", "depolarizing-pair=0.01"]);
    assert!(pair.contains("1 of 2 gates has noise; none: 1 h (1 qubit)"), "{pair}");
    let z = written("z.qasm", "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[1];\nx q[0];\n");
    let nothing = ["run", &z, "--noise", "depolarizing-pair=0.01"];
    let loud = said(&[&nothing[..], &["--quiet"]].concat());
    assert!(loud.contains("warning: the noise model changes nothing"), "{loud}");
    let document = json(&nothing);
    assert_eq!(document["noise"]["no_effect"], true);
    assert_eq!(document["noise"]["gates_without_noise"][0]["name"], "x");
    // Readout errors of a circuit without measurements are of its means: an effect.
    let readout = said(&["run", &z, "--noise", "readout=0.1", "--observable", "Z0"]);
    assert!(!readout.contains("warning"), "{readout}");
    let unused = said(&["run", BELL, "--noise", "depolarizing=0.01", "--trajectories", "10"]);
    assert!(unused.contains("--trajectories has no effect"), "{unused}");
}

#[test]
fn bad_noise_is_refused_with_its_reason() {
    for (flag, says) in [
        ("depolarizing=-0.1", "-0.1"),
        ("depolarizing=NaN", "NaN"),
        ("depolarizing=1.5", "1.5"),
        ("depolarizing=x", "`x` is no number"),
        ("depolarising=0.1", "did you mean `depolarizing`"),
        ("readout=0.1,0.2,0.3", "readout=0.01,0.02"),
        ("missing.json", "missing.json"),
        ("depolarizing=0.1,thermal=1us,1us", "repeat the flag"),
    ] {
        let error = failure(&["run", BELL, "--noise", flag]);
        assert!(error.contains(says) && error.contains("--noise"), "{flag}: {error}");
        assert!(!error.contains("panicked"), "{error}");
    }
    for args in [
        &["--trajectories", "0"][..],
        &["--trajectories", "-1"],
        &["--standard-error", "0"],
        &["--standard-error", "NaN"],
        &["--standard-error", "-1e-3"],
        &["--standard-error", "1e-3", "--trajectories", "5"],
        &["--gate-time", "1q=35ns"],
    ] {
        let output = ketlab(&[&["run", BELL][..], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
    let noisy = ["run", BELL, "--noise", "depolarizing=0.1", "--method", "trajectories"];
    for what in [&["--probabilities", "all"][..], &["--outcomes", "all"], &["--state", "no.npy"]] {
        let error = failure(&[&noisy[..], what].concat());
        assert!(error.contains("density matrix") && !error.contains("panicked"), "{error}");
    }
}

#[test]
fn models_of_files_and_channels_of_circuits_need_no_other_flag() {
    let model = written(
        "model.json",
        r#"{"format": "ketlab.noise_model", "version": 1, "rules": [
            {"gates": ["cx"], "after": "depolarizing(p=0.06, qubits=2)", "acts_on": "all"},
            {"gates": ["cz"], "after": "depolarizing(p=0.06, qubits=2)", "acts_on": "all"}]}"#,
    );
    let by_model = ["run", BELL, "--noise", &model, "--observable", "Z0 Z1"];
    let document = json(&by_model);
    // 8 of the 15 strings anticommute with Z Z.
    let expected = 1.0 - 2.0 * 0.06 * 8.0 / 15.0;
    assert!((number(&document["expectations"][0]["value"]) - expected).abs() < 1e-12);
    assert_eq!(document["noise"]["unmatched_rules"], serde_json::json!([1]));
    // The same circuit as a file.
    let noisy = text(&["convert", BELL, "--noise", &model, "--to", "json"]);
    let noisy = written("noisy.json", &noisy);
    let again = json(&["run", &noisy, "--observable", "Z0 Z1"]);
    assert_eq!(again["expectations"], document["expectations"]);
    assert!(again["noise"].is_null());
    assert_eq!(
        text(&["convert", &noisy, "--to", "json"]),
        std::fs::read_to_string(&noisy).unwrap()
    );
    assert_eq!(json(&["info", &noisy])["num_channels"], 1);
    assert_eq!(json(&["info", BELL, "--noise", &model])["noise"]["num_noisy_gates"], 1);
    assert!(text(&["draw", &noisy]) == text(&["draw", BELL, "--noise", &model]));
    assert!(text(&["draw", &noisy]) != text(&["draw", BELL]));
    // What knows no channels says so, or does without.
    for args in [
        &["convert", &noisy, "--to", "qasm3"][..],
        &["convert", &noisy, "--to", "qasm2"],
        &["run", &noisy, "--method", "state-vector", "--state", "no.npy"],
    ] {
        let error = failure(args);
        assert!(error.contains("channel") && !error.contains("panicked"), "{args:?}: {error}");
    }
    let planned = ketlab(&["plan", &noisy, "--no-run"]);
    assert!(!String::from_utf8_lossy(&planned.stderr).contains("panicked"), "{planned:?}");
}

#[test]
#[cfg(feature = "npy")]
fn the_state_of_a_noisy_circuit_is_a_matrix() {
    let path = std::env::temp_dir().join(format!("ketlab-rho-{}.npy", std::process::id()));
    let name = path.display().to_string();
    // One channel on two qubits has few branches, which have no state together.
    text(&["run", BELL, "--noise", "depolarizing-pair=0.01", "--state", &name]);
    let bytes = std::fs::read(&path).unwrap();
    let header = String::from_utf8_lossy(&bytes[..128]);
    assert!(header.contains("(4, 4)") && header.contains("c16"), "{header}");
    assert_eq!(bytes.len(), 128 + 16 * 16);
}

#[test]
fn a_channel_is_shown_in_its_views() {
    let thermal = "thermal(t1=100us, t2=80us, t=300ns)";
    let document = json(&["noise", thermal]);
    let (e1, e2) = ((-300e-9f64 / 100e-6).exp(), (-300e-9f64 / 80e-6).exp());
    let expected = [
        ([0, 0], 1.0),
        ([1, 1], e2),
        ([2, 2], e2),
        ([3, 0], 1.0 - e1),
        ([3, 3], e1),
        ([0, 3], 0.0),
    ];
    for ([row, column], value) in expected {
        assert!((number(&document["ptm"][row][column]) - value).abs() < 1e-14, "{row} {column}");
    }
    let process = (1.0 + e1 + 2.0 * e2) / 4.0;
    assert!((number(&document["process_fidelity"]) - process).abs() < 1e-14);
    assert!((number(&document["average_fidelity"]) - (2.0 * process + 1.0) / 3.0).abs() < 1e-14);
    assert!((number(&document["pauli_twirl"]["I"]) - process).abs() < 1e-14);
    // Σ K†K = 1.
    let kraus = document["kraus"].as_array().unwrap();
    for (row, column) in [(0, 0), (0, 1), (1, 1)] {
        let mut sum = num_complex::Complex64::ZERO;
        for k in kraus {
            let at = |r: usize, c: usize| {
                num_complex::Complex64::new(number(&k[r][c][0]), number(&k[r][c][1]))
            };
            sum += at(0, row).conj() * at(0, column) + at(1, row).conj() * at(1, column);
        }
        assert!(
            (sum.re - f64::from(u8::from(row == column))).abs() < 1e-14 && sum.im.abs() < 1e-14
        );
    }
    let shown = text(&["noise", thermal]);
    for part in ["average fidelity", "Kraus operators", "Pauli transfer matrix", "Pauli twirl"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let list = text(&["noise", "--list"]);
    assert!(list.contains("generalized_amplitude_damping") && list.contains("gamma, population"));
    for (channel, says) in [
        ("thermal(t1=100us, t2=80us)", "the argument t of `thermal` is missing"),
        ("depolarizing(p=2)", "2"),
        ("depolarising(p=0.1)", "depolarizing"),
        ("kraus(2 operators)", "library"),
    ] {
        let error = failure(&["noise", channel]);
        assert!(error.contains(says) && !error.contains("panicked"), "{channel}: {error}");
    }
    assert_eq!(ketlab(&["noise"]).status.code(), Some(2));
}

#[test]
fn minimizations_under_noise_find_what_the_noise_leaves() {
    // The lowest ⟨Z⟩ of one qubit with RY, RZ layers: -1 but for the channel behind each gate that
    // the state passes; the noise is seen in the estimate alone.
    let ansatz = written(
        "ry.json",
        r#"{"format":"ketlab.circuit","version":1,"qubits":[["q",1]],"clbits":[],"params":["t"],
            "ops":[{"gate":"ry","on":[0],"angles":[{"t":1.0}]}]}"#,
    );
    let vqe = ["vqe", "Z0", "--ansatz", &ansatz, "--noise", "depolarizing=0.03"];
    let exact = json(&vqe);
    assert_eq!(exact["method"], "density-matrix");
    assert!((number(&exact["states"][0]["estimate"]["value"]) + 0.96).abs() < 1e-9, "{exact}");
    assert!((number(&exact["states"][0]["energy"]) + 1.0).abs() < 1e-9);
    assert_eq!(exact["noise"]["num_noisy_gates"], 1);
    let drawn = json(&[&vqe[..], &["--trajectories", "300", "--max-iterations", "60"]].concat());
    assert_eq!(drawn["method"], "trajectories");
    assert_eq!(drawn["optimizer"], "adam");
    let estimate = &drawn["states"][0]["estimate"];
    assert!(number(&estimate["standard_error"]) > 0.0, "{drawn}");
    assert!(text(&vqe).contains("under noise"));
    let shown = text(&[&vqe[..], &["--trajectories", "30", "--max-iterations", "2"]].concat());
    assert!(shown.contains(" ± 0.0"), "{shown}");
    for (args, says) in [
        (&["vqe", "Z0", "--ansatz", &ansatz, "--trajectories", "5"][..], "give the --noise"),
        (&["vqe", "h2_0.735", "--states", "2", "--noise", "depolarizing=0.01"], "--states"),
        (&["vqe", "h2_0.735", "--ansatz", "adapt", "--noise", "depolarizing=0.01"], "adapt"),
        (
            &[
                "vqe",
                "Z0",
                "--noise",
                "depolarizing=0.1",
                "--trajectories",
                "5",
                "--optimizer",
                "lbfgs",
            ],
            "trajectories",
        ),
        (&["qae", "--amplitude", "0.2", "--noise", "depolarizing=0.001"], "--once"),
    ] {
        let error = failure(args);
        assert!(error.contains(says) && !error.contains("panicked"), "{args:?}: {error}");
    }
    // ⟨cut⟩ of an edge is (1 - ⟨ZZ⟩)/2, and each Z is read as 0.8 of it.
    let qaoa = ["qaoa", "circuits/graphs/petersen.txt", "--samples", "10"];
    let noisy = json(&[&qaoa[..], &["--noise", "readout=0.1"]].concat());
    let cut = |document: &serde_json::Value| -number(&document["expectation"]);
    let expected = 7.5 + 0.64 * (cut(&json(&qaoa)) - 7.5);
    assert!((cut(&noisy) - expected).abs() < 1e-6, "{noisy}");
    let coin = ["qae", "--amplitude", "0.2", "--once", "--budgets", "300", "--methods", "mlae"];
    let coin = json(&[&coin[..], &["--noise", "readout=0.01"]].concat());
    let estimate = &coin["problems"][0]["estimates"][0]["estimate"];
    assert_eq!(estimate["confidence_interval"]["guarantee"], "noise_not_modelled");
    assert_eq!(estimate["source"], "full_circuits");
}
