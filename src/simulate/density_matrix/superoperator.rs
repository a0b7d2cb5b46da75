//! Channels as matrices on the entries of a density matrix.

use crate::noise::{Channel, Form, PauliChannel};
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::f64::consts::PI;

/// 4×4 matrix, row-major, on the bits of row and column of one qubit: index row + 2·column.
pub(super) type Matrix4 = [Complex64; 16];

const ZERO: Complex64 = Complex64::ZERO;

/// Σ_j K_j ⊗ K_j* as a matrix on 2k bits, row-major: the lower k bits of an index are those of the
/// row of ρ, the upper ones those of its column.
pub(super) fn of_kraus<'k>(
    num_qubits: usize,
    operators: impl Iterator<Item = (f64, &'k DMatrix<Complex64>)>,
) -> Vec<Complex64> {
    let dim = 1usize << num_qubits;
    let mut matrix = vec![ZERO; dim.pow(4)];
    for (weight, k) in operators {
        for (to, entry) in matrix.chunks_mut(dim * dim).enumerate() {
            let (row, column) = (to % dim, to / dim);
            for (from, entry) in entry.iter_mut().enumerate() {
                *entry += k[(row, from % dim)] * k[(column, from / dim)].conj() * weight;
            }
        }
    }
    matrix
}

/// The matrix of any channel; 16^k numbers.
pub(super) fn of_channel(channel: &Channel) -> Vec<Complex64> {
    let k = channel.num_qubits();
    match channel.form() {
        Form::Pauli(pauli) => {
            let strings: Vec<_> = std::iter::once((1.0 - pauli.error_probability(), string(k, 0)))
                .chain(pauli.errors().iter().map(|(letters, p)| (*p, string(k, *letters))))
                .collect();
            of_kraus(k, strings.iter().map(|(p, matrix)| (*p, matrix)))
        }
        Form::Depolarizing { lambda } => {
            let dim = 1usize << k;
            let mut matrix = vec![ZERO; dim.pow(4)];
            let size = dim * dim;
            for at in 0..size {
                matrix[at * size + at] += 1.0 - lambda;
            }
            for to in 0..dim {
                for from in 0..dim {
                    matrix[to * (dim + 1) * size + from * (dim + 1)] += lambda / dim as f64;
                }
            }
            matrix
        }
        Form::MixedUnitary(unitaries) => of_kraus(k, unitaries.iter().map(|(p, u)| (*p, u))),
        Form::Kraus(kraus) => of_kraus(k, kraus.operators().iter().map(|m| (1.0, m))),
    }
}

/// A Pauli string of two bits a letter as a matrix.
fn string(num_qubits: usize, letters: u64) -> DMatrix<Complex64> {
    let i = Complex64::I;
    DMatrix::from_fn(1 << num_qubits, 1 << num_qubits, |r, c| {
        (0..num_qubits).fold(Complex64::ONE, |z, q| {
            let (r, c) = (r >> q & 1, c >> q & 1);
            z * match (letters >> (2 * q) & 3, r ^ c) {
                (0, 0) | (1, 1) => Complex64::ONE,
                (2, 1) => i * (2.0 * r as f64 - 1.0),
                (3, 0) => Complex64::from(1.0 - 2.0 * r as f64),
                _ => ZERO,
            }
        })
    })
}

/// What a Pauli channel multiplies each string by: 1 - 2 Σ p over the errors that anticommute with
/// it. Index z | x << k for a string with Z or Y where `z` has a bit and X or Y where `x` has one.
pub(super) fn pauli_eigenvalues(pauli: &PauliChannel) -> Vec<f64> {
    let k = pauli.num_qubits();
    let errors: Vec<(usize, f64)> = pauli
        .errors()
        .iter()
        .map(|&(letters, p)| {
            let (x, z) = masks(k, letters);
            (x | z << k, p)
        })
        .collect();
    let mut values = vec![0.0; 1 << (2 * k)];
    // The symplectic product is a product of bits, so the sums are a Walsh-Hadamard transform.
    errors.iter().for_each(|(at, p)| values[*at] += p);
    values[0] += 1.0 - pauli.error_probability();
    let mut half = 1;
    while half < values.len() {
        for pair in values.chunks_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            low.iter_mut().zip(high).for_each(|(a, b)| (*a, *b) = (*a + *b, *a - *b));
        }
        half *= 2;
    }
    values
}

/// The qubits with X or Y of a string of two bits a letter, and those with Z or Y.
pub(super) fn masks(num_qubits: usize, letters: u64) -> (usize, usize) {
    (0..num_qubits).fold((0, 0), |(x, z), q| {
        let letter = letters >> (2 * q) & 3;
        (x | usize::from(letter == 1 || letter == 2) << q, z | usize::from(letter >= 2) << q)
    })
}

/// U ⊗ U* for a 2×2 matrix, row-major.
pub(super) fn of_gate(u: &[Complex64; 4]) -> Matrix4 {
    std::array::from_fn(|at| {
        let (to, from) = (at / 4, at % 4);
        u[2 * (to & 1) + (from & 1)] * u[2 * (to >> 1) + (from >> 1)].conj()
    })
}

/// b · a.
pub(super) fn product(b: &Matrix4, a: &Matrix4) -> Matrix4 {
    std::array::from_fn(|at| (0..4).map(|k| b[at / 4 * 4 + k] * a[4 * k + at % 4]).sum())
}

/// The diagonal of a square matrix, if nothing else is in it.
pub(super) fn diagonal(matrix: &[Complex64]) -> Option<Vec<Complex64>> {
    let dim = matrix.len().isqrt();
    let off = |(at, z): (usize, &Complex64)| at % (dim + 1) != 0 && *z != ZERO;
    let is_diagonal = !matrix.iter().enumerate().any(off);
    is_diagonal.then(|| matrix.iter().step_by(dim + 1).copied().collect())
}

/// Phases λ, μ and a real matrix R such that a matrix is what diag(1, e^{iμ}) does to a qubit after R
/// after diag(1, e^{iλ}). What commutes with Z rotations, as damping, dephasing and depolarizing do,
/// is real behind and before any gate, for every gate is RY between two phases.
pub(super) fn between_phases(matrix: &Matrix4) -> Option<(f64, Matrix4, f64)> {
    // An entry from column to row has the phase μ (r' - c') + λ (r - c), up to π.
    let larger = |a: usize, b: usize| {
        let z = if matrix[a].norm_sqr() >= matrix[b].norm_sqr() { matrix[a] } else { matrix[b] };
        (z.norm_sqr() > 1e-30).then(|| z.arg())
    };
    let at = |to: usize, from: usize| 4 * to + from;
    let (after, before) = (larger(at(1, 0), at(1, 3)), larger(at(0, 1), at(3, 1)));
    let sum = || larger(at(1, 1), at(1, 1));
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (None, Some(after)) => (sum().unwrap_or(after) - after, after),
        (Some(before), None) => (before, sum().unwrap_or(before) - before),
        (None, None) => (0.0, larger(at(1, 1), at(1, 2)).unwrap_or(0.0)),
    };
    let [before, after] = [before, after].map(|phase| {
        // Up to π, and none where rounding makes it.
        let phase = phase - PI * (phase / PI).round();
        if phase.abs() < 1e-15 { 0.0 } else { phase }
    });
    let turn = |phase: f64, at: usize| match at {
        1 => -phase,
        2 => phase,
        _ => 0.0,
    };
    let turned: Matrix4 = std::array::from_fn(|k| {
        matrix[k] * Complex64::cis(turn(after, k / 4) + turn(before, k % 4))
    });
    let is_real = turned.iter().all(|z| z.im.abs() < 1e-15);
    is_real.then(|| (before, turned.map(|z| Complex64::from(z.re)), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depolarized_gates_are_real_between_phases() {
        let noise: Matrix4 =
            of_channel(&Channel::depolarizing(0.1, 1).unwrap()).try_into().unwrap();
        for (theta, phi, lambda) in
            [(0.7, 0.3, -1.1), (0.0, 0.4, 0.9), (PI, 0.2, 0.5), (2.0, 0.0, 0.0), (-1.0, PI, 3.0)]
        {
            let (sin, cos) = f64::sin_cos(theta / 2.0);
            let e = Complex64::cis;
            let u = [cos.into(), -e(lambda) * sin, e(phi) * sin, e(phi + lambda) * cos];
            let matrix = product(&noise, &of_gate(&u));
            let (before, real, after) = between_phases(&matrix).unwrap();
            let phase = |x: f64| of_gate(&[Complex64::ONE, ZERO, ZERO, e(x)]);
            let whole = product(&phase(after), &product(&real, &phase(before)));
            assert!(real.iter().all(|z| z.im == 0.0));
            assert!(matrix.iter().zip(&whole).all(|(a, b)| (a - b).norm() < 1e-15), "{theta}");
        }
        // One that commutes with nothing in particular is not.
        let u =
            [0.6, 0.8, -0.8, 0.6].map(|x: f64| Complex64::new(x / 2f64.sqrt(), x / 2f64.sqrt()));
        let v = [u[0], u[1] * Complex64::I, u[2] * Complex64::I, u[3]];
        let bit = PauliChannel::unchecked(1, vec![(1, 0.3)]);
        let bit = Channel::new(1, Form::Pauli(bit), "x".into());
        let bit: Matrix4 = of_channel(&bit).try_into().unwrap();
        let matrix = product(&of_gate(&v), &product(&bit, &of_gate(&v)));
        let whole = between_phases(&matrix).map(|(before, real, after)| {
            let phase = |x: f64| of_gate(&[Complex64::ONE, ZERO, ZERO, Complex64::cis(x)]);
            product(&phase(after), &product(&real, &phase(before)))
        });
        let close = |m: Matrix4| m.iter().zip(&matrix).all(|(a, b)| (a - b).norm() < 1e-14);
        assert!(whole.is_none_or(close));
    }
}
