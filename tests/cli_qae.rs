//! `ketlab qae`, as a user runs it.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};

fn ketlab(args: &[&str]) -> Output {
    let root = env!("CARGO_MANIFEST_DIR");
    Command::new(env!("CARGO_BIN_EXE_ketlab"))
        .arg("qae")
        .args(args)
        .current_dir(root)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn success(args: &[&str]) -> String {
    let output = ketlab(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn failure(args: &[&str]) -> String {
    let output = ketlab(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ketlab-qae-{}-{name}", std::process::id()))
}

#[test]
fn a_curve_has_its_table_picture_and_numbers() {
    let (picture, csv) = (scratch("curve.svg"), scratch("curve.csv"));
    let args = [
        "--amplitude",
        "0.2",
        "--methods",
        "iterative,mlae,canonical,power-law,monte-carlo",
        "--budgets",
        "300,3000,30000",
        "--repeats",
        "30",
        "--plot",
        picture.to_str().unwrap(),
        "--csv",
        csv.to_str().unwrap(),
    ];
    let table = success(&args);
    for part in
        ["a = 0.2; 30 repeats", "iterative", "slope of the median error", "better than monte-carlo"]
    {
        assert!(table.contains(part), "{part}: {table}");
    }
    let svg = std::fs::read_to_string(&picture).unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.contains("largest depth (uses of A)") && svg.contains("Heisenberg limit"));
    let rows = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(rows.lines().count(), 1 + 5 * 3);
    assert!(rows.starts_with("kappa,method,target,uses,depth"));
    // The same again, as one document.
    let document: Value =
        serde_json::from_str(&success(&[&args[..8], &["--json"]].concat())).unwrap();
    let curve = &document["curves"][0];
    assert_eq!(curve["format"], "ketlab.error_curve");
    assert_eq!(curve["curves"][4]["method"], "monte-carlo");
    assert_eq!(curve["curves"][4]["points"][1]["uses"], 3000.0);
    assert!((curve["truths"][0].as_f64().unwrap() - 0.2).abs() < 1e-12);
    std::fs::remove_file(picture).unwrap();
    std::fs::remove_file(csv).unwrap();
}

#[test]
fn a_circuit_is_estimated_in_its_units() {
    // The reference's payoff (`qae/european_options.json`).
    let args =
        ["circuits/option.qasm", "--good", "q3=1", "--scale", "0.9173707280959587", "--once"];
    let json = |more: &[&str]| -> Value {
        serde_json::from_str(&success(&[&args[..], more, &["--json"]].concat())).unwrap()
    };
    let estimates = json(&["--methods", "iterative,canonical", "--precisions", "0.01"]);
    assert_eq!(estimates["format"], "ketlab.amplitude_estimates");
    let group = &estimates["problems"][0];
    assert!((group["truth_processed"].as_f64().unwrap() - 0.16227609350087308).abs() < 1e-12);
    for entry in group["estimates"].as_array().unwrap() {
        let estimate = &entry["estimate"];
        let interval = &estimate["confidence_interval_processed"];
        let (low, high) = (interval["low"].as_f64().unwrap(), interval["high"].as_f64().unwrap());
        assert!(low < 0.16227609350087308 && 0.16227609350087308 < high, "{estimate}");
        assert_eq!(estimate["source"], "exact_law");
        assert!(estimate["cost"]["two_qubit_gates"].as_u64().unwrap() > 100);
    }
    let circuits =
        json(&["--methods", "mlae", "--budgets", "3000", "--full-circuits", "--seed", "3"]);
    let circuits = &circuits["problems"][0]["estimates"][0]["estimate"];
    assert_eq!(circuits["source"], "full_circuits");
    assert!((circuits["estimation_processed"].as_f64().unwrap() - 0.162276).abs() < 0.02);
    // The circuit's registers have names of their own in conditions.
    let delta =
        success(&["circuits/option.qasm", "--good", "q[0:2] >= 3", "--once", "--methods", "mlae"]);
    assert!(delta.contains("mlae") && delta.contains("exact: 0.80979740"), "{delta}");
    // A circuit that measures at its end is taken without.
    let bell = ketlab(&["circuits/bell.qasm", "--good", "-1", "--once"]);
    assert!(text(&bell.stderr).contains("final measurements are left out"));
    assert!(text(&bell.stdout).contains("exact: 0.50000000"), "{}", text(&bell.stdout));
}

#[test]
fn integrals_have_classical_methods_and_their_grid_is_charged() {
    let table = success(&[
        "--integral",
        "sine",
        "--grid-qubits",
        "4",
        "--methods",
        "mlae,quasi-monte-carlo,control-variate",
        "--budgets",
        "10000",
        "--once",
    ]);
    assert!(table.contains("off by -1.48e-4"), "{table}");
    assert!(table.contains("replicates 16") && table.contains("correlation"), "{table}");
}

#[test]
fn noise_has_a_table_and_panels() {
    let picture = scratch("noise.png");
    let table = success(&[
        "--amplitude",
        "0.2",
        "--kappa",
        "1,0.99",
        "--methods",
        "mlae,noise-aware,monte-carlo",
        "--budgets",
        "1000,10000",
        "--repeats",
        "20",
        "--epsilons",
        "0.01,0.000001",
        "--plot",
        picture.to_str().unwrap(),
    ]);
    assert!(table.contains("fidelity 0.99 a Grover step") && table.contains("ε = 0.01"), "{table}");
    // No curve goes as far as one in a million.
    assert!(table.lines().filter(|l| l.trim_end().ends_with(" -")).count() >= 2, "{table}");
    assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    std::fs::remove_file(picture).unwrap();
}

#[test]
fn checkpoints_go_on() {
    let path = scratch("curve.jsonl");
    let args =
        ["--amplitude", "0.3", "--methods", "mlae", "--budgets", "900,3500", "--repeats", "9"];
    let kept = ["--checkpoint", path.to_str().unwrap()];
    let whole = success(&[&args[..], &kept].concat());
    let again = success(&[&args[..], &kept, &["--resume"]].concat());
    let rows =
        |t: &str| t.lines().filter(|l| l.contains("mlae")).map(str::to_string).collect::<Vec<_>>();
    assert_eq!(rows(&whole), rows(&again));
    let other = failure(&[&args[..], &kept, &["--resume", "--seed", "5"]].concat());
    assert!(other.contains("the checkpoint's seed"), "{other}");
    assert!(failure(&[&args[..], &kept].concat()).contains("the file exists"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn help_names_every_method() {
    let help = success(&["--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
    for method in ketlab::estimation::Method::ALL {
        assert!(help.contains(&method.to_string()), "{method} is not in the help");
    }
}

#[test]
fn faults_are_named() {
    for (args, part) in [
        (&[][..], "say what to estimate"),
        (&["--amplitude", "1.5"], "from 0 to 1"),
        (&["--amplitude", "nan"], "from 0 to 1"),
        (&["--amplitude", "0.2", "--alpha", "1"], "between 0 and 1"),
        (&["--amplitude", "0.2", "--precisions", "0"], "1e-9 to 0.5"),
        (&["--amplitude", "0.2", "--repeats", "0"], "at least one"),
        (&["--amplitude", "0.2", "--kappa", "1.1"], "from 0 to 1"),
        (&["--amplitude", "0.2", "--methods", "magic"], "the methods are canonical"),
        (&["--amplitude", "0.2", "--methods", "stratified"], "a bare amplitude has none"),
        (&["--amplitude", "0.2", "--methods", "power-law:2"], "between 0 and 1"),
        (&["--amplitude", "0.2", "--plot", "curve.pdf"], "must be .svg, .png, .csv or .json"),
        (&["circuits/option.qasm"], "--good says which basis states"),
        (&["circuits/option.qasm", "--good", "q9=1"], "qubit 9 is out of range"),
        (&["circuits/teleportation.qasm", "--good", "q0=1"], "a measurement"),
        (&["--amplitude", "0.2", "--epsilons", "0.1"], "give at least two"),
        (&["--amplitude", "0.2", "--good", "q0=1"], "give its FILE"),
        (&["--amplitude", "0.2", "--grid-qubits", "3"], "give --integral"),
        (&["--amplitude", "0.2", "--kappa", "1,0.9", "--epsilons", "nan"], "between 0 and 1"),
        (&["--amplitude", "0.2", "--alpha", "1e-300"], "at least 1e-15"),
        (&["circuits/ansatz_4.json", "--good", "q0=1"], "has no value, nor have"),
        (&["--integral", "sine", "--grid-qubits", "60"], "from 1 to 24"),
        (
            &["--amplitude", "0.2", "--once", "--methods", "faster", "--budgets", "100"],
            "takes 21516",
        ),
        (&["--amplitude", "0.2", "--full-circuits", "--kappa", "0.9"], "the exact law has it"),
        (&["missing.qasm", "--good", "q0=1"], "missing.qasm"),
    ] {
        let message = failure(args);
        assert!(message.contains(part), "{args:?}: {message}");
        assert!(message.starts_with("error: ") && !message.contains("panicked"), "{message}");
    }
}
