//! The naive oracle: every action as a full 2^n × 2^n matrix, by the definition. It shares no code
//! with the crate but the data type of an action.

use ketlab::engine::{Action, Kind, PauliMask};
use num_complex::Complex64;

pub type Matrix = Vec<Vec<Complex64>>;

const fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

fn identity(side: usize) -> Matrix {
    (0..side).map(|i| (0..side).map(|j| c(f64::from(u8::from(i == j)), 0.0)).collect()).collect()
}

/// a ⊗ b; b belongs to the less significant qubits.
fn kron(a: &Matrix, b: &Matrix) -> Matrix {
    let (na, nb) = (a.len(), b.len());
    (0..na * nb)
        .map(|i| (0..na * nb).map(|j| a[i / nb][j / nb] * b[i % nb][j % nb]).collect())
        .collect()
}

fn pauli(n: usize, p: PauliMask) -> Matrix {
    let (o, l, i) = (c(0., 0.), c(1., 0.), c(0., 1.));
    (0..n).fold(vec![vec![l]], |product, q| {
        let factor = match (p.x >> q & 1, p.z >> q & 1) {
            (0, 0) => vec![vec![l, o], vec![o, l]],
            (1, 0) => vec![vec![o, l], vec![l, o]],
            (0, 1) => vec![vec![l, o], vec![o, -l]],
            _ => vec![vec![o, -i], vec![i, o]],
        };
        kron(&factor, &product)
    })
}

/// A matrix on the targets as one on all n qubits.
fn embed(n: usize, targets: &[u32], small: &Matrix) -> Matrix {
    let bits = |i: usize| {
        let mut b = 0;
        for (k, &t) in targets.iter().enumerate() {
            if i & (1 << t) != 0 {
                b += 1 << k;
            }
        }
        b
    };
    let mut full = vec![vec![c(0., 0.); 1 << n]; 1 << n];
    for i in 0..1usize << n {
        for j in 0..1usize << n {
            if (0..n).all(|q| targets.contains(&(q as u32)) || i >> q & 1 == j >> q & 1) {
                full[i][j] = small[bits(i)][bits(j)];
            }
        }
    }
    full
}

fn square(entries: &[Complex64]) -> Matrix {
    let side = (entries.len() as f64).sqrt() as usize;
    entries.chunks(side).map(<[_]>::to_vec).collect()
}

/// The matrix of an action on n qubits.
pub fn matrix(n: usize, action: &Action, slots: &[f64]) -> Matrix {
    let side = 1 << n;
    let free = match &action.kind {
        Kind::Phase(angle) => {
            let (s, cos) = angle.value(slots).sin_cos();
            identity(side)
                .into_iter()
                .map(|r| r.into_iter().map(|z| z * c(cos, s)).collect())
                .collect()
        }
        Kind::Pauli(p) => pauli(n, *p),
        Kind::Rotation(p, angle) => {
            let (s, cos) = (angle.value(slots) / 2.0).sin_cos();
            let (one, p) = (identity(side), pauli(n, *p));
            (0..side)
                .map(|i| (0..side).map(|j| one[i][j] * cos + p[i][j] * c(0.0, -s)).collect())
                .collect()
        }
        Kind::Diagonal { targets, entries } => {
            let mut small = identity(entries.len());
            for (b, e) in entries.iter().enumerate() {
                small[b][b] = *e;
            }
            embed(n, targets, &small)
        }
        Kind::Dense1 { target, matrix } => embed(n, &[*target], &square(matrix)),
        Kind::Dense { targets, matrix } => embed(n, targets, &square(matrix)),
        Kind::Swap(a, b) => {
            let (o, l) = (c(0., 0.), c(1., 0.));
            let small =
                vec![vec![l, o, o, o], vec![o, o, l, o], vec![o, l, o, o], vec![o, o, o, l]];
            embed(n, &[*a, *b], &small)
        }
        Kind::Permutation { targets, table } => {
            let mut small = vec![vec![c(0., 0.); table.len()]; table.len()];
            for (b, &to) in table.iter().enumerate() {
                small[to as usize][b] = c(1., 0.);
            }
            embed(n, targets, &small)
        }
    };
    // Where a control does not hold, the identity.
    let mut full = identity(side);
    for (i, row) in full.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            let holds = |k: usize| k as u64 & action.controls.mask == action.controls.value;
            if holds(i) && holds(j) {
                *entry = free[i][j];
            }
        }
    }
    full
}

/// Matrix times vector.
pub fn apply(m: &Matrix, v: &[Complex64]) -> Vec<Complex64> {
    m.iter().map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
}
