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
    for part in [
        "a = 0.2; 30 repeats",
        "iterative",
        "slope of the median error",
        "slope of the RMSE",
        "misses err by more than 10 times",
        "iterative: α = 0.00111 to 1.11e-7",
        "better than monte-carlo",
    ] {
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
    // With depolarizing noise behind every Grover step.
    let noisy = ["--methods", "noise-aware", "--budgets", "3000", "--full-circuits"];
    let noisy = json(&[&noisy[..], &["--kappa", "0.95"]].concat());
    let noisy = &noisy["problems"][0]["estimates"][0]["estimate"];
    assert_eq!((&noisy["source"], &noisy["kappa"]), (&"full_circuits".into(), &0.95.into()));
    assert_eq!(noisy["confidence_interval"]["guarantee"], "asymptotic");
    assert!((noisy["estimation_processed"].as_f64().unwrap() - 0.162276).abs() < 0.04);
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
    assert!(
        table.contains("fidelity 0.99 per Grover step") && table.contains("ε = 0.01"),
        "{table}"
    );
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

/// The numbers between brackets.
fn intervals(table: &str) -> Vec<(f64, f64, String)> {
    let inside = table.split('[').skip(1).filter_map(|part| part.split(']').next());
    let pairs = inside.filter_map(|text| {
        let (low, high) = text.split_once(", ")?;
        Some((low.parse().ok()?, high.parse().ok()?, text.to_string()))
    });
    pairs.collect()
}

#[test]
fn the_ends_of_an_interval_differ_as_printed() {
    // shared/reference/reported: half-widths of 1e-9, amplitudes of 1e-300, scales of 1e308.
    for args in [
        &["--amplitude", "0.3", "--methods", "iterative", "--precisions", "1e-9"][..],
        &["--amplitude", "0.3", "--methods", "bayesian,mlae", "--precisions", "1e-6,0.5"],
        &["--amplitude", "1e-300"],
        &["--amplitude", "0.3", "--scale", "1e308"],
        &["--amplitude", "0.3", "--scale", "-1e-300", "--offset", "1e-299"],
        &["--amplitude", "0.999999999999"],
    ] {
        let table = success(&[args, &["--once"]].concat());
        let found = intervals(&table);
        assert!(!found.is_empty(), "{table}");
        for (low, high, text) in found {
            assert!(low < high, "{args:?}: [{text}] in {table}");
        }
        assert!(table.lines().all(|line| line.chars().count() < 170), "{table}");
    }
}

#[test]
fn a_large_alpha_leaves_an_interval_around_the_estimate() {
    let args = ["--amplitude", "0.3", "--once", "--methods", "bayesian", "--precisions", "0.01"];
    let text = success(&[&args[..], &["--alpha", "0.999999", "--json"]].concat());
    let document: Value = serde_json::from_str(&text).unwrap();
    let estimate = &document["problems"][0]["estimates"][0]["estimate"];
    let number = |v: &Value| v.as_f64().unwrap();
    let interval = &estimate["confidence_interval"];
    let found = number(&estimate["estimation"]);
    assert!(number(&interval["low"]) <= found && found <= number(&interval["high"]), "{text}");
    assert!(number(&estimate["cost"]["uses"]) >= 1.0, "{text}");
}

#[test]
fn monte_carlo_keeps_its_precision() {
    for (epsilon, least, most) in [("0.1", 100.0, 110.0), ("0.05", 390.0, 402.0)] {
        let args = ["--amplitude", "0.5", "--methods", "monte-carlo", "--precisions", epsilon];
        let text = success(&[&args[..], &["--repeats", "200", "--json"]].concat());
        let document: Value = serde_json::from_str(&text).unwrap();
        let point = &document["curves"][0]["curves"][0]["points"][0];
        assert!(point["half_width"].as_f64().unwrap() <= epsilon.parse().unwrap(), "{point}");
        let uses = point["uses"].as_f64().unwrap();
        assert!(least <= uses && uses <= most, "{uses}");
    }
}

/// A scratch file with this text.
fn file(name: &str, text: &str) -> PathBuf {
    let path = scratch(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn options_have_their_own_parameters() {
    let exact = |args: &[&str]| -> f64 {
        let once = ["--once", "--methods", "monte-carlo", "--budgets", "1000", "--json"];
        let document: Value = serde_json::from_str(&success(&[args, &once].concat())).unwrap();
        document["problems"][0]["truth_processed"].as_f64().unwrap()
    };
    // Black and Scholes with an erfc of libm: S, K, r, σ, T.
    let european = "--integral european-call --cap 10000";
    for (flags, price) in [
        ("", 8.021352235143187),
        ("--spot 42 --strike 40 --rate 0.1 --volatility 0.2 --years 0.5", 4.759422392871532),
        ("--strike 95 --volatility 0.3", 16.801211384111795),
    ] {
        let args: Vec<&str> = european.split(' ').chain(flags.split_whitespace()).collect();
        assert!((exact(&args) - price).abs() < 1e-7, "{flags}: {} {price}", exact(&args));
    }
    // One date is a European call.
    let asian = exact(&["--integral", "asian-call", "--dates", "1", "--cap", "10000"]);
    assert!((asian - 8.021352235143187).abs() < 1e-7, "{asian}");
}

#[test]
fn an_asian_call_says_what_it_does() {
    let args = ["--integral", "asian-call", "--once", "--methods", "monte-carlo"];
    let output = ketlab(&args);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("exact: 0.03013974"), "{}", text(&output.stdout));
    let three = ketlab(&[&args[..], &["--dates", "3", "--grid-qubits", "2"]].concat());
    assert!(text(&three.stderr).contains("no closed form"), "{}", text(&three.stderr));
    assert!(text(&three.stderr).contains("errors are measured against"));
}

#[test]
fn tables_from_files_are_problems() {
    let prices = file("prices.csv", "price,probability\n90,0.2\n100,0.5\n110,0.3\n");
    let squares = file("squares.json", "[[90, 8100], [100, 10000], [110, 12100]]");
    let (prices, squares) = (prices.to_str().unwrap(), squares.to_str().unwrap());
    let run = |args: &[&str]| {
        let once = ["--once", "--precisions", "0.01", "--json"];
        let output = ketlab(&[args, &once].concat());
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        let document: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
        let group = document["problems"][0].clone();
        let truth = group["truth_processed"].as_f64().unwrap();
        for entry in group["estimates"].as_array().unwrap() {
            let estimate = entry["estimate"]["estimation_processed"].as_f64().unwrap();
            assert!((estimate - truth).abs() < 0.1 * truth.abs(), "{entry}");
        }
        (truth, text(&output.stderr))
    };
    for (more, mean) in [
        (&[][..], 101.0),
        (&["--strike", "95"], 7.0),
        (&["--payoff", "put", "--strike", "105"], 5.5),
        (&["--payoff", "digital", "--strike", "100"], 0.8),
        (&["--function", squares], 1620.0 + 5000.0 + 3630.0),
        (&["--scale", "2", "--offset", "1"], 203.0),
        (&["--methods", "iterative,monte-carlo,stratified,quasi-monte-carlo"], 101.0),
    ] {
        let (truth, said) = run(&[&["--distribution", prices], more].concat());
        assert!((truth - mean).abs() < 1e-9, "{more:?}: {truth}");
        assert!(said.contains("3 points and 1 of probability 0, to fill 2 qubits"), "{said}");
    }
    let (truth, _) = run(&["--function", squares]);
    assert!((truth - 30200.0 / 3.0).abs() < 1e-8);
    // Counts are weights, and that is said.
    let counts = file("counts.csv", "0;3\n1;5\n");
    let (truth, said) = run(&["--distribution", counts.to_str().unwrap()]);
    assert!(
        (truth - 0.625).abs() < 1e-12 && said.contains("the sum of all is 8"),
        "{truth} {said}"
    );
    let negative = file("negative.csv", "0,0.5\n1,-0.5\n");
    let message = failure(&["--distribution", negative.to_str().unwrap(), "--once"]);
    assert!(message.contains("negative.csv: line 2: the probability is -0.5"), "{message}");
    let other = file("other.csv", "90,1\n100,2\n");
    let args = ["--distribution", prices, "--function", other.to_str().unwrap(), "--once"];
    assert!(failure(&args).contains("other.csv: there is no x = 110"));
    assert!(failure(&["--distribution", prices, "--payoff", "call"]).contains("--strike says"));
    for name in ["prices.csv", "squares.json", "counts.csv", "negative.csv", "other.csv"] {
        std::fs::remove_file(scratch(name)).unwrap();
    }
}

#[test]
fn exact_estimates_have_a_table_and_no_picture() {
    let picture = scratch("exact.svg");
    let args = ["--amplitude", "0", "--methods", "monte-carlo", "--budgets", "100,1000"];
    let message = failure(&[&args[..], &["--plot", picture.to_str().unwrap()]].concat());
    assert!(message.contains("errors that are all 0") && !picture.exists(), "{message}");
}

#[test]
fn help_names_every_method() {
    let help = success(&["--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
    for method in ketlab::estimation::EstimatorKind::ALL {
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
        (&["--amplitude", "0.2", "--qasm", "3"], "give its FILE"),
        (&["--amplitude", "0.2", "--strict"], "give its FILE"),
        (&["--amplitude", "0.2", "--spot", "90"], "--spot is of an option"),
        (&["--integral", "sine", "--volatility", "0.1"], "--volatility is of an option"),
        (&["--integral", "european-call", "--dates", "3"], "--dates are of an Asian call"),
        (&["--amplitude", "0.2", "--strike", "9"], "--strike is of an option or of a payoff"),
        (&["--integral", "european-call", "--volatility", "-1"], "the volatility is -1"),
        (&["--integral", "european-call", "--spot", "nan"], "the share now is NaN"),
        (&["--integral", "european-call", "--strike", "-3"], "the strike is -3"),
        (&["--integral", "asian-call", "--dates", "0"], "from 1 to 64"),
        (&["--distribution", "missing.csv"], "missing.csv"),
        (&["--amplitude", "0.2", "--grid-qubits", "3"], "give --integral"),
        (&["--amplitude", "0.2", "--kappa", "1,0.9", "--epsilons", "nan"], "between 0 and 1"),
        (&["--amplitude", "0.2", "--alpha", "1e-300"], "at least 1e-15"),
        (&["circuits/ansatz_4.json", "--good", "q0=1"], "has no value, nor have"),
        (&["--integral", "sine", "--grid-qubits", "60"], "from 1 to 24"),
        (
            &["--amplitude", "0.2", "--once", "--methods", "faster", "--budgets", "100"],
            "takes 21516",
        ),
        (&["missing.qasm", "--good", "q0=1"], "missing.qasm"),
    ] {
        let message = failure(args);
        assert!(message.contains(part), "{args:?}: {message}");
        assert!(message.starts_with("error: ") && !message.contains("panicked"), "{message}");
    }
}
