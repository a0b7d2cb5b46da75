//! Random Clifford+T circuits.

use crate::circuit::Circuit;
use crate::math::{Domain, Streams};
use rand::RngExt;
use rand::seq::SliceRandom;

/// `depth` layers of random Clifford+T gates. In each, the qubits are shuffled and taken in turn:
/// with probability `t_fraction` a qubit gets T, else H, S or CX with equal probability. CX goes to
/// the next qubit, which is then taken too; the last qubit of a layer has no next one and gets H
/// or S instead. So `t_fraction` of the gates are T in the mean. The same seed gives the same
/// circuit.
///
/// ```
/// use ketlab::circuit::library::random_clifford_t;
/// let clifford = random_clifford_t(8, 20, 0.0, 1);
/// assert!(!clifford.count_ops().contains_key("t"));
/// ```
///
/// # Panics
/// `t_fraction` is not between 0 and 1.
#[track_caller]
pub fn random_clifford_t(num_qubits: usize, depth: usize, t_fraction: f64, seed: u64) -> Circuit {
    assert!(
        (0.0..=1.0).contains(&t_fraction),
        "the fraction of T gates is {t_fraction}: it must be from 0 to 1"
    );
    let mut rng = Streams::new(seed, Domain::Circuit).stream(0);
    let mut c = Circuit::new(num_qubits);
    let mut qubits: Vec<usize> = (0..num_qubits).collect();
    for _ in 0..depth {
        qubits.shuffle(&mut rng);
        let mut free = qubits.iter().copied();
        while let Some(q) = free.next() {
            let choices = if free.len() > 0 { 3 } else { 2 };
            if rng.random_bool(t_fraction) {
                c.t(q);
                continue;
            }
            match rng.random_range(0..choices) {
                0 => c.h(q),
                1 => c.s(q),
                _ => c.cx(q, free.next().expect("there is one")),
            };
        }
    }
    c
}
