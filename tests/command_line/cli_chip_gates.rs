//! `ketlab chip readout` and `ketlab chip cross-resonance`, as a user runs them.

use crate::program::{failure, json, ketlab, text};
use serde_json::Value;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn near(value: &Value, expected: f64, tolerance: f64) {
    assert!((number(value) - expected).abs() < tolerance, "{value}, expected {expected}");
}

const READOUT: [&str; 8] = [
    "chip",
    "readout",
    "--qubit=5GHz",
    "--anharmonicity=-300MHz",
    "--resonator",
    "7GHz",
    "--g=100MHz",
    "--kappa=1MHz",
];

const GATE: [&str; 6] = [
    "chip",
    "cross-resonance",
    "--control=5.1GHz",
    "--target=5.0GHz",
    "--anharmonicity=-330MHz",
    "--j=2MHz",
];

fn with<'a>(base: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [base, more].concat()
}

/// What is written to standard error, and the exit code.
fn refusal(args: &[&str]) -> (Option<i32>, String) {
    let output = ketlab(args);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_readout_has_the_numbers_of_the_formulas() {
    let found = json(&with(&READOUT, &["--t1", "100us", "--points", "12"]));
    near(&found["chi_mhz"], -0.65217, 1e-5);
    near(&found["chi_exact_mhz"], -0.646498, 1e-6);
    near(&found["critical_photons"], 100.0, 1e-9);
    near(&found["purcell_t1_us"], 63.66, 5e-3);
    near(&found["critical_photons_of_one"], 43.75, 1e-9);
    near(&found["photons"], 8.75, 1e-9);
    near(&found["t1_us"], 1.0 / (1.0 / 100.0 + 1.0 / 63.662), 1e-3);
    let curve = found["fidelity"].as_array().unwrap();
    assert_eq!(curve.len(), 12);
    let best = number(&found["optimum"]["assignment_fidelity"]);
    for at in curve {
        assert!(number(&at["assignment_fidelity"]) <= best);
        let sum = number(&at["p1_given_0"]) + number(&at["p0_given_1"]);
        near(&at["measurement_fidelity"], 1.0 - sum, 1e-12);
        near(&at["assignment_fidelity"], 1.0 - 0.5 * sum, 1e-12);
    }
    let time = number(&found["optimum"]["time_ns"]);
    near(&curve[11]["time_ns"], 3.0 * time, 1e-6);
}

#[test]
fn a_qubit_that_does_not_decay_has_no_best_time() {
    let args = with(&READOUT, &["--no-purcell", "--time", "0.5us", "--points", "4"]);
    let found = json(&args);
    assert_eq!((&found["optimum"], &found["best_kappa"]), (&Value::Null, &Value::Null));
    near(&found["at_time"]["time_ns"], 500.0, 1e-9);
    near(&found["at_time"]["p1_given_0"], number(&found["at_time"]["p0_given_1"]), 1e-15);
    assert!(text(&args).contains("a longer measurement is always better"));
}

#[test]
fn what_is_no_readout_is_refused() {
    let change = |from: &str, to: &'static str| -> Vec<&str> {
        READOUT.iter().map(|arg| if arg.starts_with(from) { to } else { arg }).collect()
    };
    for (from, to, part) in [
        ("--g", "--g=0MHz", "the coupling g is 0 MHz"),
        ("--kappa", "--kappa=-1MHz", "kappa is -1 MHz"),
        ("--anharmonicity", "--anharmonicity=0MHz", "must not be 0"),
        ("--qubit", "--qubit=7GHz", "beyond the coupling g, 100 MHz"),
    ] {
        let message = failure(&change(from, to));
        assert!(message.contains(part), "{message}");
    }
    let message = failure(&with(&READOUT, &["--t1", "-1us"]));
    assert!(message.contains("T1 is -1 us"), "{message}");
    for (from, to, part) in [
        ("--g", "--g=100", "a frequency has a unit: GHz, MHz, kHz or Hz"),
        ("--qubit", "--qubit=5ns", "a frequency has a unit"),
        ("--qubit", "--qubit=nanGHz", "it is a number with a unit"),
    ] {
        let (code, message) = refusal(&change(from, to));
        assert_eq!(code, Some(2));
        assert!(message.contains(part), "{message}");
    }
    let (code, message) = refusal(&with(&READOUT, &["--t1", "100"]));
    assert!(code == Some(2) && message.contains("a time has a unit"), "{message}");
    let (_, warning) = refusal(&with(&READOUT, &["--photons", "200"]));
    assert!(warning.contains("more than the critical 43.8 of the qubit in 1"), "{warning}");
}

#[test]
fn a_gate_has_the_numbers_of_the_formulas() {
    let found = json(&with(&GATE, &["--drive", "50MHz", "--t1=100us", "--t2=80us"]));
    near(&found["zx_mhz"], -1.188722, 1e-6);
    near(&found["formulas"]["linear_in_j"]["zx_mhz"], -1.1890547, 1e-6);
    near(&found["formulas"]["first_order"]["zx_mhz"], -1.4347826, 1e-6);
    near(&found["formulas"]["zz_khz"], 53.387, 1e-3);
    near(&found["zz_khz"], 53.387, 0.02 * 53.387);
    near(&found["rotation_ns"], 210.3, 0.1);
    // The flanks are as long as 15 ns more.
    near(&found["gate_time_ns"], 15.0 + number(&found["rotation_ns"]), 1e-9);
    // IZ is negative, so the target is above the drive.
    near(&found["calibrated_drive_ghz"], number(&found["drive_ghz"]) + 33.539e-6, 1e-9);
    near(&found["largest_zx"]["zx_mhz"], 1.66, 0.02);
    let errors = &found["errors"];
    let parts = ["relaxation", "zz", "leakage", "flip"].map(|part| number(&errors[part]));
    near(&errors["total"], parts.iter().sum(), 1e-15);
    assert!(parts.iter().all(|&part| part > 0.0), "{errors}");
    assert!(found["warnings"][0].as_str().unwrap().contains("beyond the formulas"));
}

#[test]
fn a_gate_time_finds_the_drive() {
    let first = json(&with(&GATE, &["--gate-time", "300ns"]));
    let drive = format!("--drive={}MHz", first["drive_mhz"]);
    let second = json(&with(&GATE, &[&drive]));
    near(&second["gate_time_ns"], 300.0, 1e-5);
    let echoed = json(&with(&GATE, &["--gate-time", "300ns", "--echo"]));
    assert!(number(&echoed["drive_mhz"]) > number(&first["drive_mhz"]));
    assert!(number(&echoed["errors"]["zz"]) < number(&first["errors"]["zz"]));
    // Popular texts have gates of 40 ns.
    let message = failure(&with(&GATE, &["--gate-time", "40ns"]));
    for part in ["no drive gives", "the shortest takes 165 ns", "needs 10.000 MHz", "a J of 12."] {
        assert!(message.contains(part), "{message}");
    }
}

/// Beyond the straddling region ZX has a second, larger maximum.
#[test]
fn a_drive_past_a_first_maximum_is_found() {
    let far = [&["chip", "cross-resonance", "--control=5.4GHz"], &GATE[3..]].concat();
    let found = json(&with(&far, &["--gate-time=200ns"]));
    near(&found["gate_time_ns"], 200.0, 1e-5);
    let beyond = json(&with(&far, &["--drive=250MHz"]));
    near(&beyond["zx_mhz"], -1.437, 1e-3);
    let warnings = beyond["warnings"].to_string();
    assert!(!warnings.contains("weaker") && warnings.contains("do not straddle"), "{warnings}");
    let beyond = json(&with(&GATE, &["--drive=200MHz"]));
    assert!(beyond["warnings"].to_string().contains("a weaker drive, of "));
}

#[test]
fn each_qubit_without_lifetimes_is_named() {
    for (more, part) in [
        (&[][..], "without relaxation: no --t1"),
        (&["--target-t1=50us"], "without relaxation of the control"),
        (&["--t1=50us"], ""),
        (&["--t1=50us", "--target-t2=20us"], ""),
    ] {
        let said = text(&[&GATE[..], &["--drive=20MHz"], more].concat());
        match part {
            "" => assert!(!said.contains("without relaxation"), "{said}"),
            _ => assert!(said.contains(part), "{said}"),
        }
        assert_eq!(said.contains("without relaxation:"), more.is_empty(), "{said}");
    }
}

#[test]
fn what_is_no_gate_is_refused() {
    let change = |from: &str, to: &'static str| -> Vec<&str> {
        let base = GATE.iter().map(|arg| if arg.starts_with(from) { to } else { arg });
        base.chain(["--drive=50MHz"]).collect()
    };
    for (from, to, part) in [
        ("--control", "--control=5GHz", "drive the control on resonance"),
        ("--j", "--j=0MHz", "no cross resonance"),
        ("--j", "--j=150MHz", "less than the detuning"),
        ("--anharmonicity", "--anharmonicity=-6GHz", "less than the frequency"),
    ] {
        let message = failure(&change(from, to));
        assert!(message.contains(part), "{message}");
    }
    let message = failure(&with(&GATE, &["--drive=-3MHz"]));
    assert!(message.contains("the drive is -3 MHz"), "{message}");
    let message = failure(&with(&GATE, &["--drive=30MHz", "--t1=50us", "--t2=120us"]));
    assert!(message.contains("cannot exceed 2 T1"), "{message}");
    let message = failure(&[
        "chip",
        "cross-resonance",
        "--control=8GHz",
        "--target=5GHz",
        "--anharmonicity=-330MHz",
        "--j=2MHz",
        "--drive=50MHz",
        "--flank=8us",
    ]);
    assert!(message.contains("the flank of the pulse is 8000 ns"), "{message}");
    let (code, message) = refusal(&with(&GATE, &["--drive=50"]));
    assert!(code == Some(2) && message.contains("a frequency has a unit"), "{message}");
    assert_eq!(refusal(&GATE).0, Some(2));
}

#[test]
fn pictures_have_their_numbers() {
    for (args, parts) in [
        (with(&READOUT, &["--points", "5"]), ["SNR", "assignment", "best time"]),
        (with(&GATE, &["--drive=50MHz"]), ["exact", "static ZZ, exact", "hertzberg-2021"]),
    ] {
        let path = std::env::temp_dir().join(format!("ketlab-chip-{}.csv", std::process::id()));
        let file = path.display().to_string();
        text(&with(&args, &["--plot", &file]));
        let numbers = std::fs::read_to_string(&path).unwrap();
        for part in parts {
            assert!(numbers.contains(part), "{part}");
        }
        std::fs::remove_file(path).unwrap();
        assert!(failure(&with(&args, &["--plot", "x.pdf"])).contains(".svg, .png"));
    }
}
