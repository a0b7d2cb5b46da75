//! `ketlab vqe` beyond one minimization, as a user runs it: excited states, starts, units.

use crate::program::{failure, json, ketlab, text, written};
use serde_json::Value;
use std::path::PathBuf;

fn reported(name: &str) -> Option<String> {
    let path: PathBuf = crate::common::reference(&format!("reported/{name}"))?;
    Some(path.display().to_string())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The levels of H₂ with two electrons and S_z = 0 (PySCF, and by the matrix).
const H2: [f64; 4] = [-1.1373060358, -0.5246155554, -0.1627531558, 0.4950577416];

#[test]
fn states_are_levels_of_the_sector() {
    for method in [vec![], vec!["--excited", "deflation"], vec!["--ansatz", "k-upccgsd"]] {
        let found = json(&[&["vqe", "h2_0.735", "--states", "4"], &method[..]].concat());
        let states = found["states"].as_array().unwrap();
        assert_eq!(states.len(), 4, "{method:?}");
        for (state, expected) in states.iter().zip(H2) {
            assert!((number(&state["energy"]) - expected).abs() < 1e-8, "{method:?}: {state}");
            assert!(number(&state["variance"]) < 1e-8);
            assert_eq!(state["is_eigenstate"], true);
            assert!((number(&state["exact"]) - expected).abs() < 1e-8);
            assert!(state["overlaps"].as_array().unwrap().iter().all(|o| number(o) < 1e-12));
        }
        assert_eq!(found["spectrum"].as_array().unwrap().len(), 4);
        assert_eq!((&found["sector"]["dimension"], &found["fewer"]), (&4.into(), &Value::Null));
    }
    let shown = text(&["vqe", "h2_0.735", "--states", "5"]);
    assert!(
        shown.contains("nothing is left: the sector with 2 electrons and S_z = 0 has 4"),
        "{shown}"
    );
    assert_eq!(shown.matches("\nstate ").count(), 3, "{shown}");
}

/// Without spin the triplet is threefold.
#[test]
fn degenerate_levels_come_as_often_as_they_are() {
    let found = json(&["vqe", "h2_0.735", "--states", "6", "--ansatz", "particle-conserving"]);
    let states = found["states"].as_array().unwrap();
    let expected = [H2[0], H2[1], H2[1], H2[1], H2[2], H2[3]];
    assert_eq!(states.len(), 6);
    for (state, expected) in states.iter().zip(expected) {
        assert!((number(&state["energy"]) - expected).abs() < 1e-8, "{state}");
    }
    // The Hubbard dimer at half filling: (4 ± √32)/2, 0 and 4.
    let dimer = json(&["vqe", "hubbard_dimer_u4", "--states", "4"]);
    let root = 8f64.sqrt();
    for (state, expected) in
        dimer["states"].as_array().unwrap().iter().zip([2.0 - root, 0.0, 4.0, 2.0 + root])
    {
        assert!((number(&state["energy"]) - expected).abs() < 1e-8, "{state}");
        assert!(number(&state["variance"]) < 1e-8);
    }
}

#[test]
fn what_is_no_eigenstate_is_named_and_left_out() {
    let args = ["vqe", "h4_1.0", "--max-iterations", "1"];
    let found = json(&args);
    assert_eq!(found["states"][0]["is_eigenstate"], false);
    assert_eq!(found["spectrum"], Value::Array(vec![]));
    let shown = text(&args);
    assert!(shown.contains("no eigenstate: variance "), "{shown}");
    let shown = text(&["vqe", "h2_0.735"]);
    assert!(shown.contains("variance ") && !shown.contains("no eigenstate"), "{shown}");
}

#[test]
fn starts_without_gradient_are_left_and_said() {
    let Some(levels) = reported("stationary_start.json") else { return };
    for ansatz in ["uccsd", "adapt", "k-upccgsd"] {
        let found = json(&["vqe", &levels, "--ansatz", ansatz]);
        assert!((number(&found["states"][0]["energy"]) + 0.5).abs() < 1e-8, "{ansatz}");
    }
    let shown = text(&["vqe", &levels]);
    assert!(shown.contains("no gradient at the start, but a curvature of -2.0"), "{shown}");
    let grown = text(&["vqe", &levels, "--ansatz", "adapt"]);
    assert!(!grown.contains("no excitation") && !grown.contains("no gradient"), "{grown}");
}

#[test]
fn one_state_is_an_answer() {
    let Some(full) = reported("full_shell.json") else { return };
    for ansatz in ["uccsd", "k-upccgsd", "adapt", "particle-conserving"] {
        let found = json(&["vqe", &full, "--ansatz", ansatz]);
        let state = &found["states"][0];
        assert_eq!((number(&state["energy"]), number(&state["variance"])), (0.0, 0.0), "{ansatz}");
    }
    let empty = written(
        "empty.json",
        r#"{"name":"empty","n_qubits":4,"n_electrons":0,"terms":[["",1],["Z0",0.5]]}"#,
    );
    let found = json(&["vqe", &empty, "--ansatz", "uccsd"]);
    assert_eq!(number(&found["states"][0]["energy"]), 1.5);
    std::fs::remove_file(empty).unwrap();
}

#[test]
fn starts_and_restarts() {
    let args = ["vqe", "h2_0.735", "--start", "random", "--restarts", "2", "--seed", "5"];
    let found = json(&args);
    let starts = found["starts"].as_array().unwrap();
    let seeds: Vec<u64> = starts.iter().map(|s| s["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds, [5, 6, 7]);
    assert_eq!(starts.iter().filter(|s| s["kept"] == true).count(), 1);
    let energy = number(&found["states"][0]["energy"]);
    assert!(starts.iter().all(|s| number(&s["value"]) >= energy - 1e-12));
    assert!((energy - H2[0]).abs() < 1e-8);
    // Any of them again, alone; and what was found as a start.
    let again = json(&["vqe", "h2_0.735", "--start", "random", "--seed", "6"]);
    assert_eq!(again["states"][0]["energy"], starts[1]["value"]);
    let file = written("found.json", &found.to_string());
    let from_file = json(&["vqe", "h2_0.735", "--start", &file, "--max-iterations", "0"]);
    assert!((number(&from_file["states"][0]["energy"]) - energy).abs() < 1e-12);
    std::fs::remove_file(&file).unwrap();
    for (args, says) in [
        (vec!["vqe", "h2_0.735", "--ansatz", "adapt", "--restarts", "2"], "adapt"),
        (vec!["vqe", "h2_0.735", "--ansatz", "real-amplitudes", "--start", "hf"], "random"),
        (vec!["vqe", "h2_0.735", "--start", "no/such/file"], "no/such/file"),
        (vec!["vqe", "h2_0.735", "--start", "Cargo.toml"], "list of 3 finite numbers"),
    ] {
        let message = failure(&args);
        assert!(message.contains(says), "{args:?}: {message}");
    }
    assert_eq!(ketlab(&["vqe", "h2_0.735", "--start", "magic"]).status.code(), Some(2));

    let graph = "circuits/graphs/petersen.txt";
    let cut = json(&["qaoa", graph, "--start", "random", "--restarts", "3", "--seed", "1"]);
    let starts = cut["starts"].as_array().unwrap();
    assert_eq!(starts.len(), 4);
    let least = starts.iter().map(|s| number(&s["value"])).fold(f64::INFINITY, f64::min);
    assert_eq!(number(&cut["expectation"]), least);
    let file = written("angles.json", &cut.to_string());
    let again = json(&["qaoa", graph, "--start", &file, "--max-iterations", "0"]);
    assert!((number(&again["expectation"]) - least).abs() < 1e-12);
    std::fs::remove_file(&file).unwrap();
    // Without γ and β all is symmetric: no gradient, and no minimum.
    let zeros = written("zeros.txt", "0 0\n");
    let shown = text(&["qaoa", graph, "--start", &zeros]);
    assert!(shown.contains("no gradient at the start, but a curvature of -"), "{shown}");
    let left = json(&["qaoa", graph, "--start", &zeros]);
    assert_eq!(left["stationary_start"]["left"], true);
    // One layer on a graph without triangles cuts at best 0.6925 of its edges.
    assert!((number(&left["expectation"]) + 15.0 * 0.692450).abs() < 1e-3);
    std::fs::remove_file(&zeros).unwrap();
    let message = failure(&["qaoa", graph, "--start", "interp", "--restarts", "1"]);
    assert!(message.contains("--restarts"), "{message}");
}

/// What deflation does not find is told, and so is what it finds instead of a level.
#[test]
fn deflation_says_what_it_missed() {
    // Without a penalty, levels of all numbers of electrons are levels; with one, those of two alone.
    let args = ["vqe", "h2_0.735", "--states", "3", "--ansatz", "real-amplitudes"];
    let kept = json(&[&args[..], &["--penalty", "2"]].concat());
    let exact = kept["sector"]["exact"].as_array().unwrap();
    for (exact, expected) in exact.iter().zip([H2[0], H2[1], H2[1]]) {
        assert!((number(exact) - expected).abs() < 1e-9);
    }
    for free in [json(&args), kept] {
        let states = free["states"].as_array().unwrap();
        for state in states.iter().filter(|state| state["is_eigenstate"] == true) {
            assert!(number(&state["variance"]) < 1e-7);
        }
        let spectrum = free["spectrum"].as_array().unwrap().len();
        assert_eq!(states.iter().filter(|s| s["is_eigenstate"] == true).count(), spectrum);
    }
}

/// Lattices and spin models have no hartree and no chemical accuracy.
#[test]
fn units_are_those_of_the_file() {
    let spins = written(
        "spins.json",
        r#"{"name":"spins","n_qubits":2,"n_electrons":0,"terms":[["X0 X1",1],["Z0",0.5]]}"#,
    );
    for args in [
        vec!["vqe", "hubbard_dimer_u4"],
        vec!["vqe", "hubbard_dimer_u4", "--states", "3"],
        vec!["vqe", &spins, "--ansatz", "real-amplitudes"],
    ] {
        let shown = text(&args);
        assert!(!shown.contains("hartree") && !shown.contains("chemical"), "{shown}");
        assert!(json(&args)["states"][0]["within_chemical_accuracy"].is_null());
    }
    assert!(text(&["vqe", "h2_0.735"]).contains("hartree"));
    assert_eq!(json(&["vqe", "h2_0.735"])["unit"], "hartree");
    std::fs::remove_file(spins).unwrap();
}

/// The energy is ⟨H⟩ of the state, whatever the penalty.
#[test]
fn penalties_are_not_in_energies() {
    let args = ["vqe", "h2_0.735", "--ansatz", "real-amplitudes", "--max-iterations", "3"];
    let found = json(&[&args[..], &["--penalty", "5"]].concat());
    let state = &found["states"][0];
    let off = number(&state["outcome"]["best_value"]) - number(&state["energy"]);
    assert!(off > 1e-3, "{off}");
}
