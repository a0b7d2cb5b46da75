//! Unitary matrices as products of rotations and phases, phases exact.

use super::NOTHING;
use super::diagonal::diagonal;
use super::product::{Product, pattern};
use crate::gate::{Angle, GateOp, StdGate};
use nalgebra::DMatrix;
use num_complex::Complex64;

/// Most qubits of a unitary matrix that is written out.
pub(crate) const MAX_UNITARY_QUBITS: usize = 6;

/// A unitary matrix as rotations of pairs of basis states that differ in one bit, and a diagonal
/// (M. Reck et al., Phys. Rev. Lett. 73, 58 (1994), on basis states in the order of a Gray code).
pub(crate) fn unitary(matrix: &DMatrix<Complex64>, num_controls: usize) -> Vec<GateOp> {
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
