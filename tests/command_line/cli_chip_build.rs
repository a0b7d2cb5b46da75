//! `ketlab chip build`: from a plan to a circuit on the device.

use crate::program::{failure, json, ketlab, text, written};

#[test]
fn a_plan_becomes_a_device_that_runs_circuits() {
    let device = written("built.json", "");
    let shown = text(&["chip", "build", "circuits/chips/line3.json", "-o", &device]);
    assert!(shown.contains("3 qubits, 2 couplings on line3"), "{shown}");
    let built = json(&["chip", "build", "circuits/chips/line3.json"]);
    let of_file: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&device).unwrap()).unwrap();
    assert_eq!(of_file, built["device"]);
    // Asked for.
    assert_eq!(built["pairs"][0]["gate"]["cross_resonance_ns"].as_f64().unwrap().round(), 450.0);
    let report = json(&["device", &device]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
    let run =
        ["run", "circuits/bell.qasm", "--device", &device, "--transpile", "--outcomes", "all"];
    let outcomes = json(&run);
    let agree: f64 = outcomes["outcomes"]
        .as_object()
        .map_or(0.0, |map| ["00", "11"].iter().filter_map(|key| map[*key].as_f64()).sum());
    assert!(agree > 0.95 && agree < 0.999, "{outcomes}");
    std::fs::remove_file(device).unwrap();
}

#[test]
fn the_document_is_a_manifest() {
    let first = json(&["chip", "build", "circuits/chips/falcon27.json"]);
    let document = written("manifest.json", &first.to_string());
    let again = json(&["chip", "build", &document]);
    for key in ["plan", "collisions", "qubits", "pairs", "device", "warnings"] {
        assert_eq!(first[key], again[key], "{key}");
    }
    // Chip 0 of the study with this seed, as `chip yield` counts it.
    assert_eq!(first["plan"]["scatter"]["chip"], 0);
    assert_ne!(first["qubits"][0]["frequency_ghz"], first["qubits"][0]["design_ghz"]);
    std::fs::remove_file(document).unwrap();
}

#[test]
fn bad_plans_are_errors() {
    let plan = |rest: &str| format!(r#"{{"format": "ketlab.chip_plan", "version": 1{rest}}}"#);
    for (name, rest, says) in [
        ("none", "", "lattice"),
        ("typo", r#", "lattice": "line3", "exchange": 2"#, "exchange_mhz"),
        ("apart", r#", "couplings": [[0, 1], [2, 3]]"#, "not connected"),
        ("alpha", r#", "lattice": "line3", "anharmonicity_mhz": 330"#, "negative"),
        ("q", r#", "lattice": "line3", "environment": {"quality_factor": -1}"#, "quality factor"),
        ("g", r#", "lattice": "line3", "readout": {"g_mhz": 0}"#, "coupling g"),
        ("near", r#", "lattice": "line3", "readout": {"resonator_ghz": 5.12}"#, "resonator"),
        ("pulse", r#", "lattice": "line3", "gates": {"pulse_ns": 1e300}"#, "pulse"),
        ("huge", r#", "lattice": "line999999999""#, "100000"),
        ("sigma", r#", "lattice": "line3", "scatter": {"sigma_mhz": -1}"#, "-"),
        (
            "lost",
            r#", "lattice": "line3", "scatter": {"sigma_mhz": 9000}"#,
            "the spread of the frequency",
        ),
    ] {
        let path = written(name, &plan(rest));
        let message = failure(&["chip", "build", &path]);
        assert!(message.contains(says) && !message.contains("panicked"), "{name}: {message}");
        std::fs::remove_file(path).unwrap();
    }
    let message = failure(&["chip", "build", "circuits/bell.qasm"]);
    assert!(message.contains("bell.qasm"), "{message}");
    assert!(failure(&["chip", "build", "nowhere.json"]).contains("nowhere.json"));
    let both = ketlab(&["chip", "build", "circuits/chips/line3.json", "-o", "device.svg"]);
    assert!(!both.status.success());
}
