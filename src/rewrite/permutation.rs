//! Permutations of basis states as X under controls.

use super::bits;
use super::diagonal::MAX_DIAGONAL_QUBITS;
use super::product::Product;
use crate::gate::{Control, GateOp, StdGate};

/// Most qubits of a permutation that is no oracle and is written out.
pub(crate) const MAX_PERMUTATION_QUBITS: usize = 12;

/// A permutation of 2^n basis states; `None` where it has too many qubits to be written out.
pub(crate) fn permutation(table: &[u32], num_controls: usize) -> Option<Vec<GateOp>> {
    let n = table.len().trailing_zeros() as usize;
    let gates = match oracle(table) {
        Some(gates) if n <= MAX_DIAGONAL_QUBITS => gates,
        _ if n <= MAX_PERMUTATION_QUBITS => transformation(table),
        _ => return None,
    };
    let mut product = Product::new(num_controls);
    for (controls, target) in gates {
        product.core(StdGate::X, [], Some(target), bits(controls).map(Control::on));
    }
    Some(product.ops)
}

/// X of a target under the controls of a mask.
type Toffoli = (usize, usize);

/// Where some bits are XORed with a function of the others: each output's algebraic normal form, a
/// positive-polarity Reed-Muller expansion, gives one gate a monomial.
fn oracle(table: &[u32]) -> Option<Vec<Toffoli>> {
    let change = |b: usize| b ^ table[b] as usize;
    let outputs = (0..table.len()).fold(0, |mask, b| mask | change(b));
    if (0..table.len()).any(|b| change(b) != change(b & !outputs)) {
        return None;
    }
    let mut gates = Vec::new();
    // Möbius transform over the inputs: every output at once, as bits of a word.
    let mut monomials: Vec<usize> = (0..table.len()).map(change).collect();
    for k in bits((table.len() - 1) & !outputs) {
        for b in (0..table.len()).filter(|b| b >> k & 1 == 1) {
            monomials[b] ^= monomials[b ^ 1 << k];
        }
    }
    for b in (0..table.len()).filter(|b| b & outputs == 0) {
        gates.extend(bits(monomials[b]).map(|target| (b, target)));
    }
    Some(gates)
}

/// Gates that turn the table into the identity from its outputs, undone (D. M. Miller, D. Maslov,
/// G. W. Dueck, "A transformation based algorithm for reversible logic synthesis", DAC 2003,
/// basic algorithm).
fn transformation(table: &[u32]) -> Vec<Toffoli> {
    let mut table: Vec<usize> = table.iter().map(|&image| image as usize).collect();
    let mut gates = Vec::new();
    for b in 0..table.len() {
        let mut apply = |table: &mut [usize], controls: usize, target: usize| {
            let images = table[b..].iter_mut().filter(|image| **image & controls == controls);
            images.for_each(|image| *image ^= 1 << target);
            gates.push((controls, target));
        };
        for target in bits(b & !table[b]) {
            let controls = table[b];
            apply(&mut table, controls, target);
        }
        for target in bits(table[b] & !b) {
            apply(&mut table, b, target);
        }
    }
    gates.reverse();
    gates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_are_what_they_are_made_of() {
        let shuffled = |seed: usize, n: usize| {
            let mut table: Vec<u32> = (0..1 << n).collect();
            for i in 1..table.len() {
                table.swap(i, (i * 7919 + seed * 104_729) % (i + 1));
            }
            table
        };
        let run = |gates: &[Toffoli], b: usize| {
            let holds = |b: usize, c: usize| b & c == c;
            gates.iter().fold(b, |b, &(c, t)| if holds(b, c) { b ^ 1 << t } else { b })
        };
        for n in 0..6 {
            for seed in 0..20 {
                let table = shuffled(seed, n);
                let gates = transformation(&table);
                assert!((0..1 << n).all(|b| run(&gates, b) == table[b] as usize));
            }
        }
        let square: Vec<u32> = (0..64).map(|b| b ^ (((b & 7) * (b & 7)) & 7) << 3).collect();
        let gates = oracle(&square).unwrap();
        assert!((0..64).all(|b| run(&gates, b) == square[b] as usize));
        assert!(gates.len() <= 7, "{gates:?}");
        assert!(oracle(&shuffled(1, 3)).is_none());
    }
}
