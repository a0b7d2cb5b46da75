//! Pauli transfer matrices of gates and channels.

use crate::gate::{Angle, GateOp, Qubits};
use crate::noise::{Channel, Form};
use nalgebra::DMatrix;
use ndarray::Array2;
use num_complex::Complex64;

/// Entries up to this are rounding: a string that is none would be carried on.
const ROUNDING: f64 = 1e-14;

/// tr(P_i E(P_j))/2^k of ρ → Σ K ρ K†, strings in the order I, X, Y, Z with the first qubit fastest
/// (Greenbaum, arXiv:1509.02921, eq. 2.34). The map keeps traces, as every channel and every unitary
/// does, so that its first row is that of the identity: exactly, whatever rounding made of it, or
/// everything would be in every light cone.
pub(super) fn of_operators(operators: &[DMatrix<Complex64>]) -> Array2<f64> {
    let d = operators[0].nrows();
    let k = d.trailing_zeros() as usize;
    let side = 1 << (2 * k);
    let strings: Vec<SignedMap> = (0..side).map(|number| SignedMap::new(number, k)).collect();
    let mut matrix = Array2::zeros((side, side));
    for (j, column) in strings.iter().enumerate() {
        let image = operators.iter().fold(DMatrix::zeros(d, d), |sum, operator| {
            sum + column.behind(operator) * operator.adjoint()
        });
        for (i, row) in strings.iter().enumerate() {
            let entry = row.trace_with(&image).re / d as f64;
            matrix[[i, j]] = if entry.abs() <= ROUNDING { 0.0 } else { entry };
        }
    }
    matrix.row_mut(0).fill(0.0);
    matrix[[0, 0]] = 1.0;
    matrix
}

/// A Pauli string as a matrix with one entry a column: P|c⟩ = sign(c)|c ^ x⟩.
struct SignedMap {
    x: usize,
    z: usize,
    phase: Complex64,
}

impl SignedMap {
    /// The string of a number, two bits a letter: I, X, Y, Z.
    fn new(number: usize, k: usize) -> Self {
        let letters = (0..k).map(|q| (q, number >> (2 * q) & 3));
        let (mut x, mut z) = (0, 0);
        for (q, letter) in letters {
            x |= usize::from(matches!(letter, 1 | 2)) << q;
            z |= usize::from(matches!(letter, 2 | 3)) << q;
        }
        // Y = iXZ.
        SignedMap { x, z, phase: Complex64::I.powu((x & z).count_ones()) }
    }

    fn entry(&self, column: usize) -> Complex64 {
        if (self.z & column).count_ones() % 2 == 1 { -self.phase } else { self.phase }
    }

    /// K P.
    fn behind(&self, operator: &DMatrix<Complex64>) -> DMatrix<Complex64> {
        DMatrix::from_fn(operator.nrows(), operator.ncols(), |row, column| {
            operator[(row, column ^ self.x)] * self.entry(column)
        })
    }

    /// tr(P M).
    fn trace_with(&self, m: &DMatrix<Complex64>) -> Complex64 {
        (0..m.nrows()).map(|c| self.entry(c) * m[(c, c ^ self.x)]).sum()
    }
}

/// diag(values).
pub(super) fn diagonal(values: &[f64]) -> Array2<f64> {
    Array2::from_diag(&ndarray::ArrayView1::from(values))
}

/// That of a channel on few qubits; `None` if it does nothing.
pub(super) fn of_channel(channel: &Channel) -> Option<Array2<f64>> {
    let side = 1u64 << (2 * channel.num_qubits());
    let mut values: Vec<f64> = match channel.form() {
        _ if channel.is_identity() => return None,
        Form::Pauli(pauli) => (0..side).map(|string| pauli.fidelity(string)).collect(),
        Form::Depolarizing { lambda } => {
            (0..side).map(|string| if string == 0 { 1.0 } else { 1.0 - lambda }).collect()
        }
        Form::MixedUnitary(unitaries) => {
            let root = |p: f64| Complex64::from(p.max(0.0).sqrt());
            let operators: Vec<_> = unitaries.iter().map(|(p, u)| u * root(*p)).collect();
            return Some(of_operators(&operators));
        }
        Form::Kraus(set) => return Some(of_operators(set.operators())),
    };
    values[0] = 1.0;
    Some(diagonal(&values))
}

/// Whether a matrix multiplies each string by a number.
pub(super) fn is_diagonal(matrix: &Array2<f64>) -> bool {
    matrix.indexed_iter().all(|((i, j), entry)| i == j || *entry == 0.0)
}

/// A reset to |0⟩: I → I and Z → I looking backward, the others vanish.
pub(super) fn of_reset() -> Array2<f64> {
    let mut matrix = Array2::zeros((4, 4));
    (matrix[[0, 0]], matrix[[3, 0]]) = (1.0, 1.0);
    matrix
}

/// The unitary of a gate at parameters' values, its controls among the qubits: these and the matrix.
/// `None` for gates without a matrix.
pub(super) fn unitary(op: &GateOp, values: &[f64]) -> Option<(Qubits, DMatrix<Complex64>)> {
    let fixed = op.gate.map_angles(&|angle| Angle::Fixed(angle.at(values)));
    let inner = fixed.matrix()?.to_dmatrix();
    let qubits: Qubits =
        op.targets.iter().copied().chain(op.controls.iter().map(|c| c.qubit)).collect();
    let targets = op.targets.len();
    let wanted = op.controls.iter().enumerate();
    let wanted = wanted.fold(0, |bits, (k, c)| bits | usize::from(c.positive) << k);
    let side = 1 << qubits.len();
    let low = (1 << targets) - 1;
    let matrix = DMatrix::from_fn(side, side, |row, column| match row >> targets == wanted {
        true if column >> targets == wanted => inner[(row & low, column & low)],
        _ => Complex64::from(f64::from(u8::from(row == column))),
    });
    Some((qubits, matrix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::StdGate;
    use crate::noise::Channel;

    #[test]
    fn channels_agree_with_their_transfer_matrices() {
        for channel in [
            Channel::amplitude_damping(0.3).unwrap(),
            Channel::bit_flip(0.2).unwrap(),
            "thermal(t1=100us, t2=80us, t=10us)".parse().unwrap(),
            "depolarizing(p=0.1, qubits=2)".parse().unwrap(),
        ] {
            let expected = channel.ptm().unwrap();
            let got = of_channel(&channel).unwrap();
            for ((i, j), entry) in got.indexed_iter() {
                assert!((entry - expected[(i, j)]).abs() < 1e-14, "{channel} at {i}, {j}");
            }
        }
    }

    #[test]
    fn controls_are_the_high_qubits() {
        let op = GateOp::std(StdGate::X, [], [4]).controlled([2]);
        let (qubits, matrix) = unitary(&op, &[]).unwrap();
        assert_eq!(&qubits[..], [4, 2]);
        let one = |row, column| matrix[(row, column)] == Complex64::from(1.0);
        assert!(one(0, 0) && one(1, 1) && one(3, 2) && one(2, 3));
        // X on the control goes to XX: row XX (5), column IX (4).
        assert_eq!(of_operators(&[matrix])[[5, 4]], 1.0);
    }
}
