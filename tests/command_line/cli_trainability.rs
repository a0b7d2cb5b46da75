//! `ketlab trainability`, as a user runs it.

use crate::program::{failure, json, ketlab, text};
use serde_json::Value;

/// A document without what differs from run to run.
fn answer(args: &[&str]) -> Value {
    let mut document = json(&[&["trainability"], args].concat());
    document.as_object_mut().unwrap().remove("meta");
    document
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    for args in [
        &["--qubits", "2..4", "--depth", "3", "--samples", "40", "--seed", "7"][..],
        &["--depths", "1,2", "--samples", "6", "--layer-noise", "0.02"],
        &["--expressibility", "--qubits", "3", "--depth", "1", "--samples", "60"],
        &["--spectrum", "--samples", "9"],
    ] {
        let one = answer(&[args, &["--threads", "1"]].concat());
        assert_eq!(one, answer(&[args, &["--threads", "4"]].concat()), "{args:?}");
        assert_eq!(one["interrupted"], false);
    }
}

#[test]
fn a_manifest_makes_the_same_numbers_again() {
    let first =
        answer(&["--ansatz", "layered", "--qubits", "3..5", "--samples", "30", "--seed", "3"]);
    let manifest = &first["manifest"];
    let list = |key: &str| {
        let numbers = manifest[key].as_array().unwrap().iter().map(Value::to_string);
        numbers.collect::<Vec<_>>().join(",")
    };
    let number = |key: &str| manifest[key].to_string();
    let again = answer(&[
        "--ansatz",
        manifest["ansatz"].as_str().unwrap(),
        "--cost",
        manifest["cost"].as_str().unwrap(),
        "--qubits",
        &list("qubits"),
        "--depths",
        &list("depths"),
        "--samples",
        &number("samples"),
        "--seed",
        &number("seed"),
    ]);
    assert_eq!(first, again);
}

#[test]
fn slopes_stand_beside_what_is_exact() {
    let args = ["--ansatz", "product", "--cost", "global", "--qubits", "1..5", "--samples", "1000"];
    let found = answer(&args);
    let points = found["points"].as_array().unwrap();
    assert_eq!(points.len(), 5);
    for (k, point) in points.iter().enumerate() {
        let exact = 0.125 * 0.375f64.powi(k as i32);
        assert_eq!(point["num_qubits"], k + 1);
        assert!((point["closed_form"].as_f64().unwrap() / exact - 1.0).abs() < 1e-12);
        assert_eq!(point["two_design"], Value::Null);
    }
    let expected = found["expected_slope"].as_f64().unwrap();
    assert!((expected - 0.375f64.log2()).abs() < 1e-12);
    let end = |k: usize| found["slope"]["interval"][k].as_f64().unwrap();
    assert!(end(0) < expected && expected < end(1), "{found}");
    let printed = text(&[&["trainability"], &args[..]].concat());
    assert!(printed.contains("exact: -1.415") && printed.contains("the exponential lies nearer"));
}

#[test]
fn what_cannot_be_studied_is_refused() {
    for (args, part) in [
        (&["--qubits", "0"][..], "number of qubits is 0"),
        (&["--samples", "0"], "number of samples is 0"),
        (&["--samples", "1"], "number of samples is 1"),
        (&["--depth", "0"], "number of layers"),
        (&["--qubits", "2,2"], "twice"),
        (&["--qubits", "60", "--depth", "1"], "qubits fit"),
        (&["--qubits", "12", "--layer-noise", "0.1"], "at most 10"),
        (&["--ansatz", "product", "--depth", "2"], "one layer"),
        (&["--parameter", "99999"], "numbered from 0"),
        (&["--expressibility", "--samples", "0"], "pairs of states is 0"),
        (&["--expressibility", "--depth", "1,1"], "there twice"),
        (&["--spectrum", "--samples", "1"], "number of samples is 1"),
        (&["--spectrum", "--cost", "Z7"], "at least 8"),
        (&["--plot", "plot.txt"], "must be .svg"),
    ] {
        let message = failure(&[&["trainability"], args].concat());
        assert!(message.contains(part), "{args:?}: {message}");
    }
    for (args, part) in [
        (&["--qubits", "5..2"][..], "write 2..5"),
        (&["--ansatz", "randon"], "did you mean `random`"),
        (&["--cost", "glbal"], "did you mean `global`"),
        (&["--spectrum", "--ansatz", "random"], "cannot be used with"),
        (&["--expressibility", "--noise", "depolarizing=0.1"], "cannot be used with"),
        (&["--layer-noise", "0.1", "--noise", "depolarizing=0.1"], "cannot be used with"),
    ] {
        let output = ketlab(&[&["trainability"], args].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
        assert!(message.contains(part), "{args:?}: {message}");
    }
}
