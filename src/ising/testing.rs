//! Random problems and the reference files, for tests.

use super::{Graph, Ising, Qubo, SampleSet};
use crate::math::{Bits, Checkpoint, Kept, on_threads};
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

/// A graph of `n` ≥ 2 vertices.
pub fn any_graph(n: usize) -> impl Strategy<Value = Graph> {
    parts(n).prop_map(move |(_, mut edges, _)| {
        let mut seen = std::collections::HashSet::new();
        edges.retain(|&(u, v, _)| seen.insert((u.min(v), u.max(v))));
        Graph::new(n, edges)
    })
}

/// Any number that a file may have to hold, often 0.
fn every_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => Just(0.0),
        2 => prop_oneof![Just(-0.0), Just(1.0), Just(-1.0), Just(5e-324), Just(-1e-300), Just(1e300)],
        2 => -2.0..2.0,
        1 => any::<f64>().prop_filter("room for sums", |x| x.abs() < 1e300),
    ]
}

/// Number of vertices or variables, and numbers at some pairs i < j.
fn every_pairs() -> impl Strategy<Value = (usize, Vec<(usize, usize, f64)>)> {
    (0..6usize).prop_flat_map(|n| {
        let all: Vec<(usize, usize)> = (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).collect();
        let count = 0..=all.len();
        let chosen = prop::sample::subsequence(all, count).prop_shuffle();
        let valued = chosen.prop_flat_map(|pairs| {
            let numbers = prop::collection::vec(every_number(), pairs.len());
            numbers.prop_map(move |w| {
                pairs.iter().zip(w).map(|(&(i, j), w)| (i, j, w)).collect::<Vec<_>>()
            })
        });
        (Just(n), valued)
    })
}

/// Any graph: empty, without edges, with vertices that have none.
pub fn every_graph() -> impl Strategy<Value = Graph> {
    every_pairs().prop_map(|(n, edges)| Graph::new(n, edges))
}

fn every_parts() -> impl Strategy<Value = (Vec<f64>, Vec<(usize, usize, f64)>, f64)> {
    every_pairs().prop_flat_map(|(n, pairs)| {
        (prop::collection::vec(every_number(), n), Just(pairs), every_number())
    })
}

/// Any Ising model, also without spins, fields or couplings.
pub fn every_ising() -> impl Strategy<Value = Ising> {
    every_parts().prop_map(|(h, couplings, offset)| Ising::new(h, couplings, offset))
}

/// Any QUBO, also without variables or coefficients.
pub fn every_qubo() -> impl Strategy<Value = Qubo> {
    every_parts().prop_map(|(linear, quadratic, offset)| Qubo::new(linear, quadratic, offset))
}

/// Equal to the bit, also in the signs of zeros.
pub fn same_bits<T: std::fmt::Debug>(a: &T, b: &T) -> bool {
    format!("{a:?}") == format!("{b:?}")
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

/// χ² of the reads against Boltzmann's law at β, and its degrees of freedom: configurations from
/// whom fewer than 10 reads are expected are one class.
pub fn chi_squared_of_boltzmann(model: &Ising, beta: f64, samples: &SampleSet) -> (f64, f64) {
    let n = model.num_spins();
    let energies: Vec<f64> = (0..1 << n).map(|x| model.energy(&Bits::from_u64(x, n))).collect();
    let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = energies.iter().map(|e| (-beta * (e - lowest)).exp()).collect();
    let (total, reads) = (weights.iter().sum::<f64>(), samples.reads() as f64);
    let mut counts = vec![0.0; 1 << n];
    samples.iter().for_each(|s| counts[s.bits.value(0, n) as usize] += s.occurrences as f64);
    let (mut chi, mut classes, mut rare) = (0.0, 0.0, (0.0, 0.0));
    for (count, weight) in counts.into_iter().zip(weights) {
        let expected = reads * weight / total;
        if expected < 10.0 {
            rare = (rare.0 + count, rare.1 + expected);
        } else {
            chi += (count - expected).powi(2) / expected;
            classes += 1.0;
        }
    }
    if rare.1 > 0.0 {
        chi += (rare.0 - rare.1).powi(2) / rare.1;
        classes += 1.0;
    }
    (chi, classes - 1.0)
}

/// The spin glasses of the reference whose form is known, with their ground energies, by name.
pub fn spin_glasses() -> Vec<(String, (Ising, f64))> {
    let Some(data) = reference_json("spinglass/pmJ.json") else { return Vec::new() };
    let named = |instance: &Value| {
        let energy = instance["ground_energy"].as_f64()?;
        Some((instance["name"].as_str()?.to_string(), (spin_glass(instance)?, energy)))
    };
    let all: Vec<_> = data["instances"].as_array().unwrap().iter().filter_map(named).collect();
    assert!(!all.is_empty());
    all
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

/// `run` on one thread and on three gives the same rows and says the same of them.
#[track_caller]
pub fn same_on_every_number_of_threads(run: impl Fn() -> SampleSet + Send + Sync) {
    let on = |threads: usize| {
        let mut samples = on_threads(threads, &run);
        assert!(samples.info.seconds.take().is_some());
        samples
    };
    assert_eq!(on(1), on(3));
}

/// `run` of (first, count) gives the same reads in pieces as at once, at any number of threads.
#[track_caller]
pub fn pieces_are_the_whole(run: impl Fn(u64, u64) -> SampleSet + Send + Sync) {
    let whole = on_threads(2, || run(0, 40));
    let rows_of_a_read = whole.len() / 40;
    for threads in [1, 2, 3] {
        let mut row = 0;
        for (first, count) in [(0, 1), (1, 8), (9, 17), (26, 14)] {
            let piece = on_threads(threads, || run(first, count));
            let rows = whole.iter().skip(row).take(count as usize * rows_of_a_read);
            assert!(piece.iter().eq(rows), "{count} reads from {first}, {threads} threads");
            assert_eq!(piece.info.parameters.get("first_read").is_some(), first > 0);
            row += piece.len();
        }
        assert_eq!(row, whole.len());
    }
}

/// `run` of a number of reads with a file goes on where its lines end, to the same set to the bit.
#[track_caller]
pub fn a_cut_file_goes_on(
    name: &str,
    run: impl Fn(u64, &Checkpoint) -> Kept<SampleSet> + Send + Sync,
) {
    let folder = std::env::temp_dir().join(format!("ketlab-reads-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("reads.jsonl");
    let file = Checkpoint::new(&path).resume(true);
    let on = |threads: usize, reads: u64, file: &Checkpoint| {
        let mut kept = on_threads(threads, || run(reads, file));
        assert!(kept.answer.info.seconds.take().is_some() && kept.error.is_none());
        kept
    };
    let whole = on(2, 30, &Checkpoint::new(folder.join("whole.jsonl")));
    assert_eq!((whole.resumed, whole.added), (0, 30));
    // A line each: nothing takes a second.
    for (reads, resumed) in [(5, 0), (13, 5), (30, 13)] {
        let kept = on(1, reads, &file);
        assert_eq!((kept.resumed, kept.added), (resumed, reads - resumed));
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 4);
    for (kept_lines, resumed) in [(1, 0), (2, 5), (3, 13), (4, 30)] {
        for threads in [1, 3] {
            // The next line is half there.
            let half = lines.get(kept_lines).map_or("", |line| &line[..line.len() / 2]);
            std::fs::write(&path, lines[..kept_lines].concat() + half).unwrap();
            let kept = on(threads, 30, &file);
            assert_eq!((kept.resumed, kept.added), (resumed, 30 - resumed));
            assert_eq!(kept.answer, whole.answer);
            // Fewer are the first ones.
            let fewer = on(threads, 7, &file);
            assert_eq!((fewer.resumed, fewer.added), (7, 0));
            let row = 7 * whole.answer.len() / 30;
            assert!(fewer.answer.iter().eq(whole.answer.iter().take(row)));
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
