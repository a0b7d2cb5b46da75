//! `ketlab advantage kicked-ising`.

use crate::program::{failure, json, text};
use std::path::Path;

const PUBLISHED: &str = "../shared/reference/kicked_ising/published";
const SMALL: [&str; 8] = [
    "advantage",
    "kicked-ising",
    "--observables",
    "w10-5",
    "--theta",
    "0.19634954084936207,0.39269908169872414,1.1780972450961724,1.3744467859455345,1.4726215563702154",
    "--min-coefficient",
    "3e-4",
];

#[test]
fn published_values_refute_the_claim() {
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join(PUBLISHED).exists() {
        assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "no reference data");
        eprintln!("skipped: there are no reference data");
        return;
    }
    let report = json(&[&SMALL[..], &["--published", PUBLISHED]].concat());
    assert_eq!(report["claims"][0]["verdict"]["is"], "refuted");
    assert_eq!(report["claims"][0]["verdict"]["by"], "pauli-propagation");
    let points = report["details"][0]["points"].as_array().unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let exact = [-6.011060e-4, -7.714802e-3, 0.3174750563, 0.7490256994, 0.9303109906];
    assert_eq!(points.len(), exact.len());
    for (point, exact) in points.iter().zip(exact) {
        assert!((number(&point["truth"]) - exact).abs() < 1e-5, "{point}");
        assert!(number(&point["error"]).abs() < 1e-2, "{point}");
    }
}

#[test]
fn without_published_values_there_are_values_and_no_verdict() {
    let said = text(&SMALL);
    for part in ["Verdict: undecided", "light cone of 30 qubits", "0.3927"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    for (args, part) in [
        (&["--published", "src"][..], "exact.csv"),
        (&["--theta", "nan"], "NaN"),
        (&["--size", "7"], "5, 9 and 20"),
        (&["--min-coefficient=-1"], "-1"),
        (&["--tolerance", "0"], "tolerance"),
    ] {
        let said = failure(&[&["advantage", "kicked-ising"], args].concat());
        assert!(said.contains(part), "{args:?}: {said}");
    }
}
