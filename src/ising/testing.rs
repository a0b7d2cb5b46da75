//! Random problems and the reference files, for tests.

use super::{Ising, Qubo};
use proptest::prelude::*;
use serde_json::Value;
use std::path::PathBuf;

fn parts(n: usize) -> impl Strategy<Value = (Vec<f64>, Vec<(usize, usize, f64)>, f64)> {
    let pair = (0..n, 1..n, -2.0..2.0).prop_map(move |(i, step, w)| (i, (i + step) % n, w));
    (prop::collection::vec(-2.0..2.0, n), prop::collection::vec(pair, 0..12), -2.0..2.0)
}

/// An Ising model of `n` ≥ 2 spins.
pub fn any_ising(n: usize) -> impl Strategy<Value = Ising> {
    parts(n).prop_map(|(h, couplings, offset)| Ising::new(h, couplings, offset))
}

/// A QUBO of `n` ≥ 2 variables.
pub fn any_qubo(n: usize) -> impl Strategy<Value = Qubo> {
    parts(n).prop_map(|(linear, quadratic, offset)| Qubo::new(linear, quadratic, offset))
}

/// A file of the reference data, or `None` with a word about it where the folder is missing.
pub fn reference(path: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference").join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("skipped: reference file {path}: {error}");
            None
        }
    }
}

/// [`reference`] as JSON.
pub fn reference_json(path: &str) -> Option<Value> {
    reference(path).map(|text| serde_json::from_str(&text).expect("reference JSON"))
}

/// E = -Σ J s s of a reference instance; `None` if it is of another form.
pub fn spin_glass(instance: &Value) -> Option<Ising> {
    let n = instance["n"].as_u64()? as usize;
    let edges = instance["edges_i_j_J"].as_array()?;
    let couplings = edges.iter().map(|e| {
        let at = |k: usize| e[k].as_u64().unwrap() as usize;
        (at(0), at(1), -e[2].as_f64().unwrap())
    });
    Some(Ising::new(vec![0.0; n], couplings, 0.0))
}
