//! Diagonals, permutations and unitary matrices as products of gates, phases exact.

use super::synthesis::Product;
use crate::gate::{Angle, Control, GateOp, StdGate};
use nalgebra::DMatrix;
use num_complex::Complex64;

/// Most qubits of a diagonal or of an oracle |x⟩|y⟩ → |x⟩|y ⊕ f(x)⟩ that is written out.
pub(super) const MAX_DIAGONAL_QUBITS: usize = 16;
/// Most qubits of another permutation that is written out.
pub(super) const MAX_PERMUTATION_QUBITS: usize = 12;
/// Most qubits of a unitary matrix that is written out.
pub(super) const MAX_UNITARY_QUBITS: usize = 6;

/// Rotations by less are left out.
const NOTHING: f64 = 1e-15;

/// Σ over the bits of an index.
fn bits(mask: usize) -> impl Iterator<Item = usize> {
    (0..usize::BITS as usize).filter(move |k| mask >> k & 1 == 1)
}

/// The controls that hold exactly for the bits of `value` on `qubits`.
fn pattern(qubits: impl Iterator<Item = usize>, value: usize) -> Vec<Control> {
    qubits.map(|k| if value >> k & 1 == 1 { Control::on(k) } else { Control::off(k) }).collect()
}

/// A diagonal of 2^n phases. One with few entries other than 1 is a phase for each of them;
/// another is Z rotations, one a non-zero Walsh coefficient of the phases, in the order of a Gray
/// code so that consecutive parities differ by one CX (J. Welch et al., New J. Phys. 16, 033040
/// (2014)).
pub(super) fn diagonal(entries: &[Complex64], num_controls: usize) -> Vec<GateOp> {
    let n = entries.len().trailing_zeros() as usize;
    let mut product = Product::new(num_controls);
    let mut phases: Vec<f64> = entries.iter().map(|z| z.arg()).collect();
    let marked: Vec<usize> = (0..phases.len()).filter(|&b| phases[b].abs() >= NOTHING).collect();
    // A phase under n controls is some 8 n² gates in OpenQASM 2.
    if marked.len() <= 1 || marked.len() * 8 * n * n < entries.len() {
        for b in marked {
            product.core(StdGate::GlobalPhase, [phases[b].into()], None, pattern(0..n, b));
        }
        return product.ops;
    }
    walsh_hadamard(&mut phases);
    if phases[0].abs() >= NOTHING {
        product.core(StdGate::GlobalPhase, [phases[0].into()], None, []);
    }
    for top in 0..n {
        let mut parity = 0;
        for k in 0..1usize << top {
            let wanted = k ^ (k >> 1);
            // exp(icZ…Z) is the rotation by -2c.
            let theta = -2.0 * phases[1 << top | wanted];
            if theta.abs() >= NOTHING {
                bits(parity ^ wanted).for_each(|q| product.free_cx(q, top));
                parity = wanted;
                product.core(StdGate::RZ, [theta.into()], Some(top), []);
            }
        }
        bits(parity).for_each(|q| product.free_cx(q, top));
    }
    product.ops
}

/// c_s = 2^-n Σ_b (-1)^{s·b} φ_b, in place.
fn walsh_hadamard(values: &mut [f64]) {
    let size = values.len();
    let mut half = 1;
    while half < size {
        for start in (0..size).step_by(2 * half) {
            for i in start..start + half {
                let (a, b) = (values[i], values[i + half]);
                (values[i], values[i + half]) = (a + b, a - b);
            }
        }
        half *= 2;
    }
    values.iter_mut().for_each(|v| *v /= size as f64);
}

/// A permutation of 2^n basis states; `None` where it has too many qubits to be written out.
pub(super) fn permutation(table: &[u32], num_controls: usize) -> Option<Vec<GateOp>> {
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

/// A unitary matrix as rotations of pairs of basis states that differ in one bit, and a diagonal
/// (M. Reck et al., Phys. Rev. Lett. 73, 58 (1994), on basis states in the order of a Gray code).
pub(super) fn unitary(matrix: &DMatrix<Complex64>, num_controls: usize) -> Vec<GateOp> {
    let size = matrix.nrows();
    let n = size.trailing_zeros() as usize;
    let gray = |i: usize| i ^ (i >> 1);
    let mut rest = matrix.clone();
    let mut rotations = Vec::new();
    for column in 0..size {
        for i in (column + 1..size).rev() {
            let (p, q, c) = (gray(i - 1), gray(i), gray(column));
            let (a, b) = (rest[(p, c)], rest[(q, c)]);
            let r = a.norm().hypot(b.norm());
            if b.norm() < NOTHING {
                continue;
            }
            let (a, b) = (a / r, b / r);
            for k in 0..size {
                let (x, y) = (rest[(p, k)], rest[(q, k)]);
                rest[(p, k)] = a.conj() * x + b.conj() * y;
                rest[(q, k)] = a * y - b * x;
            }
            // What undoes it: rows p and q of [[a, -b*], [b, a*]].
            let target = (p ^ q).trailing_zeros() as usize;
            let (m10, m11) = if p < q { (b, a.conj()) } else { (-b.conj(), a) };
            rotations.push((target, p, special_unitary(m10, m11)));
        }
    }
    let phases: Vec<Complex64> = (0..size).map(|b| rest[(b, b)]).collect();
    let mut product = Product::new(num_controls);
    product.ops = diagonal(&phases, num_controls);
    for (target, p, angles) in rotations.into_iter().rev() {
        let controls = pattern((0..n).filter(|&k| k != target), p);
        match angles {
            [theta, 0.0, 0.0] => {
                product.core(StdGate::RY, [theta.into()], Some(target), controls);
            }
            angles => {
                product.core(StdGate::U3, angles.map(Angle::from), Some(target), controls);
            }
        }
    }
    product.ops
}

/// θ, φ, λ of the matrix RZ(φ)·RY(θ)·RZ(λ) with this second row.
fn special_unitary(m10: Complex64, m11: Complex64) -> [f64; 3] {
    let argument = |z: Complex64| if z.norm() < NOTHING { 0.0 } else { z.arg() };
    let (sum, difference) = (argument(m11), argument(m10));
    [2.0 * m10.norm().atan2(m11.norm()), sum + difference, sum - difference]
}

/// θ, φ, λ, γ of a 2 × 2 unitary as e^{iγ}·P(φ)·RY(θ)·P(λ). Phases are taken from the larger
/// entries: those of small ones are noise.
pub(super) fn one_qubit(m: &DMatrix<Complex64>) -> [f64; 4] {
    let argument = |z: Complex64| if z.norm() == 0.0 { 0.0 } else { z.arg() };
    let (m00, m01, m10, m11) = (m[(0, 0)], m[(0, 1)], m[(1, 0)], m[(1, 1)]);
    let theta = 2.0 * m10.norm().atan2(m00.norm());
    let gamma = argument(m00);
    if m00.norm() >= m10.norm() {
        let phi = if m10.norm() == 0.0 { 0.0 } else { m10.arg() - gamma };
        return [theta, phi, m11.arg() - gamma - phi, gamma];
    }
    [theta, m10.arg() - gamma, (-m01).arg() - gamma, gamma]
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
