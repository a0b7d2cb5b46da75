//! Marginals of outputs that depend on few qubits.
//!
//! An output qubit depends on the qubits of its light cone alone: those that are reached from it backwards
//! along the gates on pairs. Its marginal comes from the circuit on the cone. Outputs whose cones do not
//! meet are independent, so that each is drawn by its marginal and all others are uniform: the linear
//! cross entropy is Π(1 + (P(0) - P(1))²) - 1 exactly, in the mean over gates at least (1 + 15^{-d})^m - 1
//! for m outputs at depth d with random gates on pairs (Barak, Chou and Gao, arXiv 2005.02421).

use super::drawn::Drawn;
use crate::advantage::random_circuits::problem::{Problem, strings};
use crate::circuit::library::Sycamore;
use crate::error::Result;
use crate::simulate::Simulator;
use rand::{Rng, RngExt};

pub(super) fn draw(problem: &Problem, samples: u64, rng: &mut impl Rng) -> Result<Drawn> {
    let simulator = Simulator::new().with_watch(&problem.watch);
    let (mut marginals, mut largest, mut expected) = (Vec::new(), 0, 1.0);
    for (output, cone) in outputs(&problem.circuit) {
        let place = cone.iter().position(|q| *q == output).expect("an output is in its cone");
        let state = simulator.state::<f64>(&problem.circuit.circuit_on(&cone))?;
        let one = state.probability_of_one(place);
        marginals.push((output, one));
        largest = largest.max(cone.len());
        expected *= 1.0 + (1.0 - 2.0 * one).powi(2);
    }
    let mut drawn = strings(samples)?;
    problem.draw(&mut drawn, samples, || {
        let mut string = problem.uniform(rng);
        for (output, one) in &marginals {
            let bit = u64::from(rng.random::<f64>() < *one);
            string = string & !(1 << output) | bit << output;
        }
        string
    })?;
    Ok(Drawn {
        strings: drawn,
        bytes: if marginals.is_empty() { 0 } else { 16 << largest },
        amplitudes: None,
        outputs: Some(marginals.len() as u64),
        expected: Some(expected - 1.0),
    })
}

/// Outputs and their cones of at most half of the qubits, which do not meet: the smallest ones first.
fn outputs(circuit: &Sycamore) -> Vec<(usize, Vec<usize>)> {
    let (n, pairs) = (circuit.num_qubits(), circuit.pairs());
    let mut cones: Vec<(usize, Vec<usize>)> = (0..n)
        .map(|output| (output, cone(&pairs, n, output)))
        .filter(|(_, cone)| 2 * cone.len() <= n)
        .collect();
    cones.sort_by_key(|(output, cone)| (cone.len(), *output));
    let mut taken = vec![false; n];
    cones.retain(|(_, cone)| {
        let is_free = cone.iter().all(|q| !taken[*q]);
        if is_free {
            cone.iter().for_each(|q| taken[*q] = true);
        }
        is_free
    });
    cones
}

/// The qubits that an output depends on, in ascending order.
fn cone(cycles: &[Vec<(usize, usize)>], num_qubits: usize, output: usize) -> Vec<usize> {
    let mut is_in = vec![false; num_qubits];
    is_in[output] = true;
    for &(a, b) in cycles.iter().rev().flatten() {
        if is_in[a] || is_in[b] {
            (is_in[a], is_in[b]) = (true, true);
        }
    }
    (0..num_qubits).filter(|&q| is_in[q]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Watch;

    #[test]
    fn cones_are_what_a_line_of_pairs_spans() {
        let line = Sycamore::of_size(13, 2).unwrap();
        let pairs = line.pairs();
        // Pairs (1, 2) and then backwards (0, 1), (2, 3).
        assert_eq!(cone(&pairs, 13, 1), [0, 1, 2, 3]);
        // The ends of the second cycle have no pair there.
        assert_eq!(cone(&pairs, 13, 0), [0, 1]);
        let chosen = outputs(&line);
        let places: Vec<usize> = chosen.iter().flat_map(|(_, cone)| cone.clone()).collect();
        let mut unique = places.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), places.len());
        assert!(chosen.len() >= 3, "{chosen:?}");
        assert!(outputs(&Sycamore::of_size(12, 16).unwrap()).is_empty());
    }

    #[test]
    fn a_marginal_is_that_of_the_whole_circuit() {
        let line = Sycamore::of_size(10, 3).unwrap().seed(4);
        let whole = Simulator::new().state::<f64>(&line.circuit()).unwrap();
        let chosen = outputs(&line);
        assert!(!chosen.is_empty());
        let mut expected = 1.0;
        for (output, cone) in chosen {
            let part = Simulator::new().state::<f64>(&line.circuit_on(&cone)).unwrap();
            let place = cone.iter().position(|q| *q == output).unwrap();
            let (a, b) = (part.probability_of_one(place), whole.probability_of_one(output));
            assert!((a - b).abs() < 1e-12);
            expected *= 1.0 + (1.0 - 2.0 * a).powi(2);
        }
        let problem = Problem::new(line, 1, &Watch::default()).unwrap();
        let drawn = draw(&problem, 10, &mut problem.stream(3)).unwrap();
        assert!((drawn.expected.unwrap() - (expected - 1.0)).abs() < 1e-12);
    }
}
