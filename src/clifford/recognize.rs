//! Clifford gates found by their matrices: on few qubits, whatever they are made of.

use super::local::{LocalMap, LocalPauli};
use crate::gate::{Gate, GateMatrix, GateOp};
use num_complex::Complex64;
use smallvec::SmallVec;

/// How near an angle must be to a multiple of π/2 to count as one, in radians, and an entry of a
/// conjugated Pauli matrix to what it should be.
pub const CLIFFORD_TOLERANCE: f64 = 1e-12;

/// Most qubits of a gate, controls included, that is recognized by its matrix.
pub const MAX_RECOGNIZED_QUBITS: usize = 3;

/// Most factors of a gate that are multiplied for it: definitions within definitions may have any number.
const MAX_FACTORS: usize = 1024;

/// 2^k × 2^k, column-major: `columns[b]` is where |b⟩ goes.
type Matrix = Vec<Vec<Complex64>>;

/// The map P → g†Pg of a gate on `qubits`, if it is a Clifford gate and has at most
/// [`MAX_RECOGNIZED_QUBITS`] qubits.
pub(super) fn recognize(op: &GateOp, qubits: &[u32], values: &[f64]) -> Option<LocalMap> {
    if qubits.len() > MAX_RECOGNIZED_QUBITS {
        return None;
    }
    let place = |q: u32| qubits.iter().position(|&other| other == q);
    let side = 1 << qubits.len();
    let mut columns: Matrix = (0..side)
        .map(|b| (0..side).map(|row| Complex64::from(f64::from(u8::from(row == b)))).collect())
        .collect();
    let mut left = MAX_FACTORS;
    multiply(op, &place, values, &mut columns, &mut left)?;
    let generators = (0..qubits.len()).flat_map(|q| [(1 << q, 0), (0, 1 << q)]);
    let images: Option<SmallVec<_>> = generators.map(|(x, z)| pull_back(&columns, x, z)).collect();
    LocalMap::new(images?)
}

/// Multiplies a gate to the matrix. `None` if it has no matrix or too many factors are left.
fn multiply(
    op: &GateOp,
    place: &impl Fn(u32) -> Option<usize>,
    values: &[f64],
    columns: &mut Matrix,
    left: &mut usize,
) -> Option<()> {
    *left = left.checked_sub(1)?;
    let Some(matrix) = matrix(&op.gate, values) else {
        return op
            .steps()?
            .iter()
            .try_for_each(|step| multiply(step, place, values, columns, left));
    };
    let matrix = matrix.to_dmatrix();
    let targets: Option<SmallVec<[usize; 3]>> = op.targets.iter().map(|&t| place(t)).collect();
    let targets = targets?;
    let mut controls = (0, 0);
    for control in &op.controls {
        let bit = 1 << place(control.qubit)?;
        controls = (controls.0 | bit, controls.1 | if control.positive { bit } else { 0 });
    }
    let spread = |b: usize| targets.iter().enumerate().fold(0, |i, (k, &t)| i | (b >> k & 1) << t);
    let mask = spread(usize::MAX);
    for column in columns {
        let before = column.clone();
        for (row, entry) in column.iter_mut().enumerate() {
            if row & controls.0 != controls.1 {
                continue;
            }
            let local = targets.iter().enumerate().fold(0, |b, (k, &t)| b | (row >> t & 1) << k);
            *entry = (0..matrix.ncols())
                .map(|from| matrix[(local, from)] * before[row & !mask | spread(from)])
                .sum();
        }
    }
    Some(())
}

/// The matrix of a gate's targets at parameters' values; `None` for a block and what is large.
fn matrix(gate: &Gate, values: &[f64]) -> Option<GateMatrix> {
    match gate {
        _ if gate.num_qubits() > MAX_RECOGNIZED_QUBITS => None,
        Gate::Std(row, angles) => {
            let angles: SmallVec<[f64; 4]> = angles.iter().map(|a| a.at(values)).collect();
            Some((row.spec().matrix)(&angles))
        }
        _ => gate.map_angles(&|angle| angle.at(values).into()).matrix(),
    }
}

/// U†PU as ±Q; `None` if it is no Pauli string.
fn pull_back(columns: &Matrix, x: usize, z: usize) -> Option<LocalPauli> {
    let side = columns.len();
    let sign = |odd: usize| if odd.count_ones() & 1 == 1 { -1.0 } else { 1.0 };
    // P|row⟩ = (-1)^|z∧row| |row ⊕ x⟩ for P = X or Z.
    let entry = |a: usize, b: usize| -> Complex64 {
        let (left, right) = (&columns[a], &columns[b]);
        (0..side).map(|row| left[row ^ x].conj() * sign(z & row) * right[row]).sum()
    };
    // Q|b⟩ = f (-1)^|z∧b| |b ⊕ x⟩ with f = ±i^|x∧z|.
    let x_image = (0..side).find(|&row| entry(row, 0).norm() > 0.5)?;
    let factor = entry(x_image, 0);
    let z_image = (0..side.ilog2())
        .filter(|&q| (entry(1 << q ^ x_image, 1 << q) * factor.conj()).re < 0.0)
        .fold(0, |mask, q| mask | 1 << q);
    let unit = Complex64::I.powu((x_image & z_image).count_ones());
    let negative = (factor * unit.conj()).re < 0.0;
    let unit = if negative { -unit } else { unit };
    let good = (0..side).all(|b| {
        (0..side).all(|a| {
            let expected =
                if a == b ^ x_image { unit * sign(z_image & b) } else { Complex64::ZERO };
            (entry(a, b) - expected).norm() <= CLIFFORD_TOLERANCE
        })
    });
    good.then_some(LocalPauli { x: x_image as u8, z: z_image as u8, negative })
}
