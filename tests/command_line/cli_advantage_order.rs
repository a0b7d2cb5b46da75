//! `ketlab advantage order`, as a user runs it.

use crate::program::{failure, json, text, written};
use serde_json::Value;

const ORDER: [&str; 2] = ["advantage", "order"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&ORDER[..], args].concat()
}

#[test]
fn the_report_of_21_has_the_published_numbers() {
    let args = with(&["--number", "21", "--base", "2", "--clock", "9"]);
    let report = json(&args);
    let study = &report["details"]["studies"][0];
    assert_eq!((&study["order"], &study["qubits"]), (&6.into(), &6.into()));
    assert_eq!(study["factoring"]["factors"], serde_json::json!([3, 7]));
    // The last convergent, and its multiples up to 6.
    let low = |k: usize| study["success"][k]["low"].as_f64().unwrap();
    assert!((low(0) - 0.320762).abs() < 5e-7 && (low(2) - 0.981599).abs() < 5e-7, "{study}");
    for success in study["success"].as_array().unwrap() {
        assert_eq!((&success["agrees"], &success["low"]), (&true.into(), &success["high"]));
    }
    assert_eq!(study["check"]["agrees"], true);
    let runs = study["factoring"]["rows"].as_array().unwrap();
    assert!(runs.iter().any(|row| row["order"] == 6), "{runs:?}");
    for judged in report["claims"].as_array().unwrap() {
        assert_eq!(judged["verdict"]["is"], "refuted");
        assert_eq!(judged["verdict"]["at"], 5);
    }
    let said = text(&args);
    for part in ["refuted by", "3 × 7", "0.321", "0.982", "2n + 3 qubits", "no evidence"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(strip(json(&[&args[..], &["--threads", "1"]].concat())), strip(report));
}

/// Without what the clock showed.
fn strip(mut report: Value) -> Value {
    report["meta"] = Value::Null;
    let contenders = report["contenders"].as_array_mut().unwrap();
    contenders.retain(|contender| contender["quantity"] != "seconds");
    contenders.iter_mut().for_each(|contender| contender["cost"] = Value::Null);
    for study in report["details"]["studies"].as_array_mut().unwrap() {
        study["seconds"] = Value::Null;
    }
    report
}

#[test]
fn a_report_with_seconds_runs_again_to_the_same_bits() {
    let report = written("advantage_order.json", "");
    let small = ["--size", "6,20", "--runs", "100", "--seed", "5", "-o", &report];
    let first = json(&with(&small));
    let sizes: Vec<&Value> =
        first["details"]["studies"].as_array().unwrap().iter().map(|s| &s["bits"]).collect();
    assert_eq!(sizes, [6, 20]);
    assert_eq!(first["details"]["studies"][1]["simulated"], false);
    let again = json(&with(&["--rerun", &report, "--threads", "1"]));
    assert_eq!(again["rerun"]["identical"], true, "{}", again["rerun"]);
    let other = json(&with(&["--size", "6", "--runs", "100", "--seed", "6"]));
    assert_ne!(other["contenders"][1]["score"], first["contenders"][1]["score"]);
}

#[test]
fn a_picture_and_rivals_by_name() {
    let picture = written("advantage_order.csv", "");
    let args = ["--size", "6,17,20,25", "--rivals", "pollard-rho", "--plot", &picture];
    let said = text(&with(&[&args[..], &["--runs", "50"]].concat()));
    assert!(said.contains("Pollard rho") && !said.contains("trial division"), "{said}");
    assert!(said.contains("fewer gates than Pollard rho from"), "{said}");
    let picture = std::fs::read_to_string(picture).unwrap();
    assert!(picture.contains("circuit") && picture.contains("Pollard rho"), "{picture}");
}

#[test]
fn what_makes_no_sense_is_refused_with_the_next_step() {
    for (args, part) in [
        (&["--number", "14"][..], "2·7"),
        (&["--number", "13"], "prime"),
        (&["--number", "49"], "7^2"),
        (&["--number", "0"], "no factors"),
        (&["--number", "1"], "no factors"),
        (&["--number", "9223372036854775807"], "4 to 62"),
        (&["--number", "21", "--base", "14"], "factor 7"),
        (&["--number", "21", "--base", "1"], "from 2 to 19"),
        (&["--number", "21", "--clock", "0"], "from 1 to 126"),
        (&["--number", "21", "--clock", "127"], "from 1 to 126"),
        (&["--size", "3"], "4 to 62"),
        (&["--size", "63"], "4 to 62"),
        (&["--size", "8,8"], "twice"),
        (&["--runs", "0"], "from 1"),
        (&["--rivals", "sieve"], "pollard-rho"),
        (&["--plot", "x.txt"], ".svg"),
    ] {
        let said = failure(&with(args));
        assert!(said.contains(part), "{args:?}: {said}");
    }
}
