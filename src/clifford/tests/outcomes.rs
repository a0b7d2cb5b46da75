//! Outcomes of measurements: the space, and samples of it.

use super::*;
use crate::math::{Bits, on_threads};
use std::collections::HashMap;

/// The probabilities of outcomes by definition.
fn distribution(ops: &[GateOp], n: usize, measured: &[usize]) -> HashMap<Bits, f64> {
    let mut probabilities = HashMap::new();
    for (index, amplitude) in oracle::state(ops, n).into_iter().enumerate() {
        let mut bits = Bits::zeros(measured.len());
        measured.iter().enumerate().for_each(|(k, q)| bits.set(k, index >> q & 1 == 1));
        *probabilities.entry(bits).or_insert(0.0) += amplitude.norm_sqr();
    }
    probabilities.retain(|_, p| *p > 1e-9);
    probabilities
}

fn check(space: &OutcomeSpace, expected: &HashMap<Bits, f64>) {
    let all: Vec<Bits> = space.iter().collect();
    assert!(all.is_sorted() && all.len() == expected.len() && all.len() == 1 << space.dimension());
    for bits in &all {
        assert!((expected[bits] - space.probability(bits)).abs() < 1e-9);
        for k in 0..bits.len() {
            let mut other = bits.clone();
            other.set(k, !bits.bit(k));
            assert_eq!(space.contains(&other), expected.contains_key(&other));
        }
    }
    assert_eq!(space.offset(), &all[0]);
    // Canonical: pivots are highest bits, and no other string nor the offset has them.
    let basis: Vec<Bits> = space.basis().collect();
    for (j, &pivot) in space.pivots().iter().enumerate() {
        let pivot = pivot as usize;
        assert_eq!((0..space.num_bits()).rfind(|&k| basis[j].bit(k)), Some(pivot));
        assert_eq!(basis.iter().filter(|b| b.bit(pivot)).count(), 1);
        assert!(!space.offset().bit(pivot));
    }
    let relations: Vec<_> = space.relations().unwrap().collect();
    assert_eq!(relations.len(), space.num_bits() - space.dimension());
    for (bits, parity) in &relations {
        assert!(bits.is_sorted());
        assert_eq!(space.parity(bits), Some(*parity));
        for outcome in &all {
            assert_eq!(bits.iter().filter(|&&k| outcome.bit(k)).count() % 2 == 1, *parity);
        }
    }
    for k in 0..space.num_bits() {
        let ones = all.iter().filter(|bits| bits.bit(k)).count();
        let expected = [(0, Some(false)), (all.len(), Some(true))];
        let expected = expected.into_iter().find(|e| e.0 == ones).and_then(|e| e.1);
        assert_eq!(space.parity(&[k]), expected);
        assert!(expected.is_some() || 2 * ones == all.len());
    }
}

#[test]
fn outcomes_are_those_of_the_state() {
    let rng = &mut rng(6);
    for round in 0..500 {
        let n = 1 + round % 5;
        let ops = random_circuit(rng, n, 2 + round % 13);
        // Any qubits in any order, and some again.
        let count = rng.random_range(0..=n);
        let mut measured = qubits(rng, n, count);
        measured.extend((0..round % 3).map(|_| rng.random_range(0..n)));
        let space = OutcomeSpace::new(&tableau(&ops, n), &measured).unwrap();
        check(&space, &distribution(&ops, n, &measured));
        if !measured.is_empty() {
            let some: Vec<usize> =
                (0..round % 5).map(|_| rng.random_range(0..measured.len())).collect();
            let marginal = space.marginal(&some).unwrap();
            let measured: Vec<usize> = some.iter().map(|&k| measured[k]).collect();
            check(&marginal, &distribution(&ops, n, &measured));
            assert_eq!(marginal, OutcomeSpace::new(&tableau(&ops, n), &measured).unwrap());
        }
        assert!(space.marginal(&[measured.len()]).is_err());
        assert_eq!(space.probability(&Bits::zeros(measured.len() + 1)), 0.0);
        let again = &tableau(&ops, n);
        assert_eq!(space, OutcomeSpace::new(again, &measured).unwrap());
    }
}

/// A state of n qubits whose outcomes have about half as many dimensions.
fn half_random(n: usize) -> Tableau {
    let rng = &mut rng(7);
    let mut steps: Vec<CliffordStep> = (0..n as u32 / 2).map(CliffordStep::H).collect();
    for _ in 0..20 * n {
        let on = qubits(rng, n, 2);
        steps.push(CliffordStep::CX(on[0] as u32, on[1] as u32));
        steps.push(CliffordStep::X(on[0] as u32));
    }
    let mut tableau = Tableau::new(n).unwrap();
    tableau.apply(&steps).unwrap();
    tableau
}

#[test]
fn samples_fulfil_all_relations_and_are_fair() {
    for n in [2, 9, 70, 300, 700] {
        let space = OutcomeSpace::new(&half_random(n), &(0..n).collect::<Vec<_>>()).unwrap();
        assert_eq!(space.dimension(), n / 2);
        let shots = 5000;
        let sampled = space.sample(shots, 11).unwrap();
        assert_eq!((sampled.len(), sampled.num_bits(), sampled.is_empty()), (shots, n, false));
        for (bits, parity) in space.relations().unwrap() {
            for row in sampled.rows() {
                let ones = bits.iter().filter(|&&k| row[k / 64] >> (k % 64) & 1 == 1).count();
                assert_eq!(ones % 2 == 1, parity);
            }
        }
        assert!((0..50).all(|shot| space.contains(&sampled.bits(shot))));
        let bound = 5.0 * (0.25 / shots as f64).sqrt();
        for k in 0..n {
            let mean = (0..shots).filter(|&s| sampled.bit(s, k)).count() as f64 / shots as f64;
            match space.parity(&[k]) {
                Some(certain) => assert_eq!(mean, f64::from(u8::from(certain))),
                None => assert!((mean - 0.5).abs() < bound, "bit {k}: {mean}"),
            }
        }
        // Neighbours among pivots and shots are independent.
        for pair in space.pivots().windows(2) {
            let (a, b) = (pair[0] as usize, pair[1] as usize);
            let equal = (0..shots).filter(|&s| sampled.bit(s, a) == sampled.bit(s, b)).count();
            assert!((equal as f64 / shots as f64 - 0.5).abs() < bound);
            let next = (1..shots).filter(|&s| sampled.bit(s - 1, a) == sampled.bit(s, a)).count();
            assert!((next as f64 / (shots - 1) as f64 - 0.5).abs() < bound);
        }
    }
}

#[test]
fn a_shot_depends_on_seed_and_number_alone() {
    for n in [5, 130, 640] {
        let space = OutcomeSpace::new(&half_random(n), &(0..n).collect::<Vec<_>>()).unwrap();
        let all = on_threads(1, || space.sample(3000, 5).unwrap());
        assert_eq!(all, on_threads(2, || space.sample(3000, 5).unwrap()));
        assert_eq!(all, on_threads(3, || space.sample(3000, 5).unwrap()));
        assert_ne!(all, space.sample(3000, 6).unwrap());
        // Few shots are summed in another way than many.
        for shots in [0, 1, 10, 47, 48, 1000, 1024, 1025, 2100] {
            let first = space.sample(shots, 5).unwrap();
            assert!(first.rows().eq(all.rows().take(shots)));
        }
    }
    let one = OutcomeSpace::new(&Tableau::new(1).unwrap(), &[0]).unwrap();
    for absurd in [usize::MAX, 1 << 60] {
        assert!(one.sample(absurd, 1).is_err());
    }
    let cancelled = crate::math::Watch::default();
    cancelled.cancel();
    assert!(one.sample_watched(5, 1, &cancelled).is_err());
    assert!(one.sample(0, 1).unwrap().is_empty());
}

#[test]
fn every_outcome_is_equally_likely() {
    let space = OutcomeSpace::new(&half_random(8), &(0..8).collect::<Vec<_>>()).unwrap();
    let shots = 32_000;
    let sampled = space.sample(shots, 3).unwrap();
    let mut counts: HashMap<Bits, u32> = HashMap::new();
    (0..shots).for_each(|s| *counts.entry(sampled.bits(s)).or_default() += 1);
    assert_eq!(counts.len(), 16);
    let expected = shots as f64 / 16.0;
    let chi2: f64 = counts.values().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
    // Mean 15, standard deviation √30.
    assert!(chi2 < 15.0 + 5.0 * 30f64.sqrt(), "{chi2}");
}
