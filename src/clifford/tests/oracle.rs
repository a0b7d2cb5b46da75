//! Dense matrices by definition, which know nothing of tableaus.

use crate::gate::{Gate, GateOp};
use crate::pauli::{Pauli, PauliString};
use nalgebra::DMatrix;
use num_complex::Complex64;

pub type Matrix = DMatrix<Complex64>;

const fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

/// One Kronecker product a qubit, from entries written out.
pub fn pauli(string: &PauliString, n: usize) -> Matrix {
    (0..n).fold(Matrix::identity(1, 1), |product, q| {
        let entries = match string.get(q) {
            Pauli::I => [c(1., 0.), c(0., 0.), c(0., 0.), c(1., 0.)],
            Pauli::X => [c(0., 0.), c(1., 0.), c(1., 0.), c(0., 0.)],
            Pauli::Y => [c(0., 0.), c(0., -1.), c(0., 1.), c(0., 0.)],
            Pauli::Z => [c(1., 0.), c(0., 0.), c(0., 0.), c(-1., 0.)],
        };
        Matrix::from_row_slice(2, 2, &entries).kronecker(&product)
    })
}

/// Where a gate takes a state.
pub fn apply(op: &GateOp, state: &[Complex64]) -> Vec<Complex64> {
    let Some(matrix) = op.gate.matrix() else {
        return op.steps().unwrap().iter().fold(state.to_vec(), |s, step| apply(step, &s));
    };
    let matrix = matrix.to_dmatrix();
    let mut image = vec![Complex64::ZERO; state.len()];
    for (index, &amplitude) in state.iter().enumerate() {
        let bit = |q: u32| index >> q & 1;
        if op.controls.iter().any(|k| (bit(k.qubit) == 1) != k.positive) {
            image[index] += amplitude;
            continue;
        }
        let from: usize = op.targets.iter().enumerate().map(|(k, &t)| bit(t) << k).sum();
        for to in 0..matrix.nrows() {
            let target = op.targets.iter().enumerate();
            let target = target.fold(index, |i, (k, &t)| i & !(1 << t) | (to >> k & 1) << t);
            image[target] += matrix[(to, from)] * amplitude;
        }
    }
    image
}

/// The matrix of a circuit on n qubits.
pub fn unitary(ops: &[GateOp], n: usize) -> Matrix {
    let mut matrix = Matrix::zeros(1 << n, 1 << n);
    for b in 0..1 << n {
        let mut state = vec![Complex64::ZERO; 1 << n];
        state[b] = Complex64::ONE;
        let state = ops.iter().fold(state, |s, op| apply(op, &s));
        matrix.column_mut(b).copy_from_slice(&state);
    }
    matrix
}

/// All strings on n qubits.
pub fn strings(n: usize) -> impl Iterator<Item = PauliString> {
    (0..1u64 << (2 * n)).map(move |k| PauliString::from_masks(k & ((1 << n) - 1), k >> n))
}

/// M = ±P as a sign and a string, by traces; `None` if it is none.
pub fn as_string(matrix: &Matrix, n: usize) -> Option<(bool, PauliString)> {
    strings(n).find_map(|string| {
        let overlap = (pauli(&string, n) * matrix).trace() / c((1 << n) as f64, 0.0);
        ((overlap.norm() - 1.0).abs() < 1e-9).then_some((overlap.re < 0.0, string))
    })
}

/// Whether conjugation takes every Pauli string to one.
pub fn is_clifford(unitary: &Matrix, n: usize) -> bool {
    (0..n).all(|q| {
        [Pauli::X, Pauli::Z].into_iter().all(|letter| {
            let image = unitary.adjoint() * pauli(&PauliString::single(q, letter), n) * unitary;
            as_string(&image, n).is_some()
        })
    })
}

/// ⟨P⟩.
pub fn expectation(state: &[Complex64], string: &PauliString) -> f64 {
    (0..state.len())
        .map(|index| {
            let (phase, image) = string.apply_to_basis_state(index as u64).unwrap();
            (state[image as usize].conj() * phase.to_complex() * state[index]).re
        })
        .sum()
}

/// |0…0⟩ after a circuit.
pub fn state(ops: &[GateOp], n: usize) -> Vec<Complex64> {
    let mut state = vec![Complex64::ZERO; 1 << n];
    state[0] = Complex64::ONE;
    ops.iter().fold(state, |s, op| apply(op, &s))
}

/// Projects on an outcome of a qubit; its probability, and the state unless that is 0.
pub fn project(state: &[Complex64], qubit: usize, outcome: bool) -> (f64, Vec<Complex64>) {
    let kept = |index: usize| (index >> qubit & 1 == 1) == outcome;
    let p: f64 = (0..state.len()).filter(|&i| kept(i)).map(|i| state[i].norm_sqr()).sum();
    let after = (0..state.len()).map(|i| if kept(i) { state[i] / p.sqrt() } else { c(0., 0.) });
    (p, after.collect())
}

/// A gate with a name for messages.
pub fn named(op: &GateOp) -> String {
    let angles: Vec<f64> = op.gate.angles().iter().map(|a| a.fixed().unwrap()).collect();
    let kind = match op.gate {
        Gate::Std(..) => "",
        _ => " (no row)",
    };
    format!("{}{kind} {angles:?} on {:?}, controls {:?}", op.name(), op.targets, op.controls)
}
