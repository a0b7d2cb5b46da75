//! `ketlab advantage kernel`, and what all experiments on advantage share.

use crate::program::{failure, json, ketlab, text, written};

#[test]
fn a_report_runs_again_to_the_same_bits() {
    let report = written("advantage_kernel.json", "");
    let small = ["advantage", "kernel", "--size", "20,24", "--seed", "3"];
    let first = json(&[&small[..], &["-o", &report]].concat());
    assert_eq!(first["experiment"], "kernel");
    assert_eq!(first["claims"].as_array().unwrap().len(), 1);
    assert_eq!(first["claims"][0]["claim"]["sizes"], serde_json::json!([20, 24]));
    let again = json(&["advantage", "kernel", "--rerun", &report]);
    assert_eq!(again["rerun"]["identical"], true);
    assert_eq!(again["claims"], first["claims"]);
    // A number that was changed is found.
    let saved = std::fs::read_to_string(&report).unwrap();
    let changed = saved.replacen("\"test_rows\": 6", "\"test_rows\": 7", 1);
    assert_ne!(saved, changed);
    let changed = written("advantage_changed.json", &changed);
    let output = ketlab(&["advantage", "kernel", "--rerun", &changed]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("test_rows: 7 then, 6 now"), "{said}");
}

#[test]
fn a_spent_budget_and_a_checkpoint_keep_what_was_played() {
    let file = written("advantage_kernel.jsonl", "");
    std::fs::remove_file(&file).unwrap();
    let short = ["advantage", "kernel", "--size", "20,24", "--checkpoint", &file];
    // The first study begins at once, the second one too late.
    let first = json(&[&short[..], &["--budget", "0.000001"]].concat());
    assert_eq!(first["not_played"], serde_json::json!(["20 rows", "24 rows"]));
    assert_eq!(first["claims"][0]["verdict"]["is"], "undecided");
    let all = json(&[&short[..], &["--resume"]].concat());
    assert_eq!(all["not_played"], serde_json::json!([]));
    let again = json(&[&short[..], &["--resume"]].concat());
    assert_eq!(again["contenders"], all["contenders"], "seconds included: nothing was played");
    let said = failure(&short);
    assert!(said.contains("--resume"), "{said}");
    let other = ["advantage", "kernel", "--size", "20", "--checkpoint", &file, "--resume"];
    let said = failure(&other);
    assert!(said.contains("settings"), "{said}");
}

#[test]
fn claims_and_verdicts_are_printed() {
    let said = text(&["advantage", "kernel", "--size", "20", "--data", "moons"]);
    for part in ["Claim:", "Verdict:", "rbf kernel", "The evidence ends at 20 rows of moons"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for (args, part) in [
        (&["--budget", "0"][..], "--budget"),
        (&["--budget", "NaN"], "--budget"),
        (&["--data", "moon"], "moons"),
        (&["--spread=-1"], "-1"),
        (&["--map", "zzz"], "zz"),
        (&["--plot", "x.txt"], ".svg"),
        (&["--rerun", "circuits/bell.qasm"], "--rerun"),
    ] {
        let said = failure(&[&["advantage", "kernel"], args].concat());
        assert!(said.contains(part), "{args:?}: {said}");
    }
}
