//! Random circuits of the kind that quantum-advantage experiments run.

use crate::circuit::Circuit;
use crate::math::{Domain, Streams};
use rand::RngExt;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// √X, √Y and √W with W = (X + Y)/√2, as angles of `u3`, up to a global phase.
const ROOTS: [(f64, f64, f64); 3] =
    [(FRAC_PI_2, -FRAC_PI_2, FRAC_PI_2), (FRAC_PI_2, 0.0, 0.0), (FRAC_PI_2, -FRAC_PI_4, FRAC_PI_4)];

/// A supremacy-style random circuit on a grid, qubit `row * columns + column` at (row, column).
///
/// Each of the `depth` cycles has a gate on every qubit, in their order, and then CZ gates. The
/// gate is one of √X, √Y, √W with equal probability, but never what the qubit had a cycle before;
/// it is written as `u3`. The CZ gates go along the grid in four patterns by turns: pairs in a row
/// that begin at an even column, pairs in a column that begin at an even row, the same two from the
/// odd ones. The gates are those of Arute et al., Nature 574, 505 (2019), with CZ as in Boixo et
/// al., Nature Physics 14, 595 (2018), whose eight patterns leave more room. The same seed gives
/// the same circuit. With fSim gates, in patches or elided it is a [`Sycamore`](super::Sycamore).
///
/// ```
/// use ketlab::circuit::library::supremacy;
/// let c = supremacy(4, 5, 20, 1);
/// assert_eq!(c.num_qubits(), 20);
/// assert_eq!(c.count_ops()["u3"], 20 * 20);
/// ```
///
/// # Panics
/// More qubits than a circuit can have.
#[track_caller]
pub fn supremacy(rows: usize, columns: usize, depth: usize, seed: u64) -> Circuit {
    let num_qubits = rows.saturating_mul(columns);
    let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
    let mut c = Circuit::new(num_qubits);
    let mut last: Vec<Option<usize>> = vec![None; num_qubits];
    for cycle in 0..depth {
        for (q, last) in last.iter_mut().enumerate() {
            let root = match *last {
                None => rng.random_range(0..3),
                Some(before) => (before + rng.random_range(1..3)) % 3,
            };
            *last = Some(root);
            let (theta, phi, lambda) = ROOTS[root];
            c.u3(theta, phi, lambda, q);
        }
        let (along_rows, parity) = (cycle % 2 == 0, cycle % 4 / 2);
        for row in 0..rows {
            for column in 0..columns {
                let q = row * columns + column;
                if along_rows && column % 2 == parity && column + 1 < columns {
                    c.cz(q, q + 1);
                }
                if !along_rows && row % 2 == parity && row + 1 < rows {
                    c.cz(q, q + columns);
                }
            }
        }
    }
    c
}
