//! Numbers of Clifford operations and of stabilizer states, which any wrong image would change.

use super::*;
use std::collections::HashSet;

/// Everything that words in these steps lead to from |0…0⟩.
fn reached<K: std::hash::Hash + Eq>(
    n: usize,
    steps: &[CliffordStep],
    key: impl Fn(&Tableau) -> K,
) -> usize {
    let start = Tableau::new(n).unwrap();
    let mut seen = HashSet::from([key(&start)]);
    let mut open = vec![start];
    while let Some(tableau) = open.pop() {
        for step in steps {
            let mut next = tableau.try_clone().unwrap();
            next.apply(std::slice::from_ref(step)).unwrap();
            if seen.insert(key(&next)) {
                open.push(next);
            }
        }
    }
    seen.len()
}

fn generators(n: u32) -> Vec<CliffordStep> {
    let local = (0..n).flat_map(|q| [CliffordStep::H(q), CliffordStep::S(q)]);
    local.chain((1..n).map(|q| CliffordStep::CX(q - 1, q))).collect()
}

/// ⟨P⟩ of all strings: the state itself.
fn state(tableau: &Tableau) -> Vec<i8> {
    oracle::strings(tableau.num_qubits()).map(|p| tableau.expectation(&p).unwrap()).collect()
}

/// Aaronson and Gottesman, Phys. Rev. A 70, 052328 (2004): 2^n Π (2^k + 1).
#[test]
fn as_many_stabilizer_states_as_there_are() {
    for (n, states) in [(1, 6), (2, 60), (3, 1080)] {
        assert_eq!(reached(n, &generators(n as u32), state), states);
    }
}

/// The Clifford groups without phases have 24 and 11,520 elements.
#[test]
fn as_many_clifford_operations_as_there_are() {
    let images = |t: &Tableau| {
        let letters = (0..t.num_qubits()).flat_map(|q| [(q, Pauli::X), (q, Pauli::Z)]);
        let letters = letters.map(|(q, letter)| PauliString::single(q, letter));
        letters.map(|p| t.heisenberg(&p).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(reached(1, &generators(1), images), 24);
    assert_eq!(reached(2, &generators(2), images), 11_520);
    // Other generators.
    let yy = QuarterTurn { factors: (0..2).map(|q| (q, Pauli::Y)).collect(), inverse: true };
    let other = [
        CliffordStep::SX(0),
        CliffordStep::Sdg(0),
        CliffordStep::Swap(0, 1),
        CliffordStep::Rotation(Box::new(yy)),
    ];
    assert_eq!(reached(2, &other, images), 11_520);
}
