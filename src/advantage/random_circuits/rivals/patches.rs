//! Two halves without the gates between them.
//!
//! The strings of each half come from its own state, 2^(n/2) amplitudes, and are put together at random.
//! Near the end of the circuit, far from the cut, the halves are right, so that the cross entropy is
//! positive (Gao, Kalinowski, Chou, Lukin, Barak and Choi, PRX Quantum 5, 010334 (2024)); it falls with
//! each gate that was left out.

use super::drawn::Drawn;
use crate::advantage::random_circuits::problem::{Problem, expanded};
use crate::error::Result;
use crate::simulate::Simulator;
use rand::Rng;
use rand::seq::SliceRandom;

pub(super) fn draw(problem: &Problem, samples: u64, rng: &mut impl Rng) -> Result<Drawn> {
    let simulator = Simulator::new().with_watch(&problem.watch);
    let (mut bytes, mut parts) = (0, Vec::new());
    for qubits in problem.circuit.patches() {
        if qubits.is_empty() {
            continue;
        }
        let state = simulator.state::<f64>(&problem.circuit.circuit_on(&qubits))?;
        bytes += 16 << qubits.len();
        let counts = problem.sample(&state, samples, rng)?;
        let part =
            expanded(counts.into_iter().map(|(x, count)| (spread(x, &qubits), count)), samples)?;
        parts.push(part);
    }
    let mut parts = parts.into_iter();
    let mut strings = parts.next().unwrap_or_default();
    for mut part in parts {
        // Both are in order, and have to be independent.
        part.shuffle(rng);
        strings.iter_mut().zip(part).for_each(|(string, part)| *string |= part);
    }
    Ok(Drawn { strings, bytes, amplitudes: None, outputs: None, expected: None })
}

/// Bit k at the place `qubits[k]`.
fn spread(bits: u64, qubits: &[usize]) -> u64 {
    qubits.iter().enumerate().map(|(k, q)| (bits >> k & 1) << q).sum()
}
