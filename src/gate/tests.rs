//! One loop over the whole table: every view of a row is checked against its matrix, so a new row
//! is tested by existing. The truth tables of the conventions stand beside it.

use super::*;
use crate::math::{Domain, Streams};
use crate::pauli::Pauli;
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::RngExt;
use std::collections::HashSet;
use std::f64::consts::PI;

pub(super) type Matrix = DMatrix<Complex64>;

pub(super) fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

fn pauli(p: Pauli) -> Matrix {
    let entries = match p {
        Pauli::I => [c(1., 0.), c(0., 0.), c(0., 0.), c(1., 0.)],
        Pauli::X => [c(0., 0.), c(1., 0.), c(1., 0.), c(0., 0.)],
        Pauli::Y => [c(0., 0.), c(0., -1.), c(0., 1.), c(0., 0.)],
        Pauli::Z => [c(1., 0.), c(0., 0.), c(0., 0.), c(-1., 0.)],
    };
    Matrix::from_row_slice(2, 2, &entries)
}

/// Letters with `targets[0]` first; the first factor is least significant.
fn string(letters: &[Pauli]) -> Matrix {
    letters.iter().fold(Matrix::identity(1, 1), |m, &p| pauli(p).kronecker(&m))
}

fn signed_string(label: &str) -> Matrix {
    let (sign, letters) = label.strip_prefix('-').map_or((1.0, label), |rest| (-1.0, rest));
    let letters: Vec<Pauli> = letters.chars().map(|l| Pauli::from_letter(l).unwrap()).collect();
    string(&letters) * c(sign, 0.0)
}

/// The matrix of an operation on `n` qubits by its definition: column b is where |b⟩ goes.
pub(super) fn embed(op: &GateOp, n: usize) -> Matrix {
    let small = match op.steps() {
        Some(steps) if op.gate.matrix().is_none() => {
            return steps.iter().fold(Matrix::identity(1 << n, 1 << n), |m, s| embed(s, n) * m);
        }
        _ => op.gate.matrix().expect("a row with fixed angles").to_dmatrix(),
    };
    let mut full = Matrix::zeros(1 << n, 1 << n);
    for column in 0..1usize << n {
        let bit = |q: u32| column >> q & 1;
        if op.controls.iter().any(|k| (bit(k.qubit) == 1) != k.positive) {
            full[(column, column)] = c(1.0, 0.0);
            continue;
        }
        let from: usize = op.targets.iter().enumerate().map(|(k, &t)| bit(t) << k).sum();
        for to in 0..small.nrows() {
            let cleared = op.targets.iter().fold(column, |b, &t| b & !(1 << t));
            let row =
                op.targets.iter().enumerate().fold(cleared, |b, (k, &t)| b | (to >> k & 1) << t);
            full[(row, column)] += small[(to, from)];
        }
    }
    full
}

fn product(ops: &[GateOp], n: usize) -> Matrix {
    ops.iter().fold(Matrix::identity(1 << n, 1 << n), |m, op| embed(op, n) * m)
}

pub(super) fn close(a: &Matrix, b: &Matrix) -> bool {
    (a - b).iter().all(|z| z.norm() < 1e-12)
}

pub(super) fn random_angles(gate: StdGate, seed: u64) -> Vec<f64> {
    let mut rng = Streams::new(seed, Domain::Circuit).stream(gate as u64);
    gate.spec().angles.iter().map(|_| rng.random_range(-2.0 * PI..2.0 * PI)).collect()
}

pub(super) fn at(gate: StdGate, angles: &[f64]) -> GateOp {
    let angles = angles.iter().map(|&a| Angle::Fixed(a));
    GateOp::std(gate, angles, 0..gate.spec().num_qubits)
}

#[test]
fn every_view_of_every_row_agrees() {
    for &gate in StdGate::ALL {
        let spec = gate.spec();
        let n = spec.num_qubits;
        for seed in 0..5 {
            let angles = random_angles(gate, seed);
            let op = at(gate, &angles);
            let matrix = embed(&op, n);
            assert_eq!(matrix.nrows(), 1 << n, "{}", spec.name);
            assert!(
                close(&(matrix.adjoint() * &matrix), &Matrix::identity(1 << n, 1 << n)),
                "{}",
                spec.name
            );
            assert!(
                close(
                    &(embed(&op.inverse().unwrap(), n) * &matrix),
                    &Matrix::identity(1 << n, 1 << n)
                ),
                "inverse of {}",
                spec.name
            );
            assert_form(gate, &angles, &matrix);
            if let Some(images) = spec.clifford {
                assert!(spec.angles.is_empty() && images.len() == n, "{}", spec.name);
                for (k, image) in images.iter().enumerate() {
                    for (letter, expected) in [(Pauli::X, image.x), (Pauli::Z, image.z)] {
                        let mut letters = vec![Pauli::I; n];
                        letters[k] = letter;
                        let image = &matrix * string(&letters) * matrix.adjoint();
                        assert!(
                            close(&image, &signed_string(expected)),
                            "{}: {letter:?}{k} -> {expected}",
                            spec.name
                        );
                    }
                }
            }
        }
    }
}

/// Form, generator and factors against the matrix.
fn assert_form(gate: StdGate, angles: &[f64], matrix: &Matrix) {
    let name = gate.spec().name;
    let dim = matrix.nrows();
    let identity = Matrix::identity(dim, dim);
    match &gate.spec().form {
        Form::Pauli(letters) => assert!(close(matrix, &string(letters)), "{name}"),
        Form::Rotation(letters) => {
            let (s, co) = (angles[0] / 2.0).sin_cos();
            let expected = identity * c(co, 0.0) + string(letters) * c(0.0, -s);
            assert!(close(matrix, &expected), "{name}");
            // The generator: i dU/dθ at 0 is P/2.
            let small = 1e-6;
            let up = embed(&at(gate, &[small]), gate.spec().num_qubits);
            let down = embed(&at(gate, &[-small]), gate.spec().num_qubits);
            let generator = (up - down) * c(0.0, 0.5 / small);
            assert!((generator - string(letters) * c(0.5, 0.0)).norm() < 1e-9, "{name}");
        }
        Form::Phase(map) => {
            let mut expected = identity;
            expected[(dim - 1, dim - 1)] = Complex64::from_polar(1.0, map.at(angles));
            assert!(close(matrix, &expected), "{name}");
        }
        Form::Swap => {
            let cx = |a, b| GateOp::std(StdGate::X, [], [b]).controlled([a as usize]);
            assert!(close(matrix, &product(&[cx(0, 1), cx(1, 0), cx(0, 1)], 2)), "{name}");
        }
        Form::Composite(_) => {
            let steps = at(gate, angles).steps().unwrap();
            assert!(close(matrix, &product(&steps, gate.spec().num_qubits)), "factors of {name}");
        }
    }
}

/// The sum of two large angles is rounded, so no entry may be made of one: each row is unitary, and
/// the product of its factors, at every angle.
#[test]
fn rows_are_unitary_at_any_angle() {
    let large = [0.7, 1e5, -1e6, 0.3, 1e9, 1e12, -1.1, 1e16, -1e22, 1e100, 2.0, 1e300, f64::MAX];
    for &gate in StdGate::ALL {
        let (n, name) = (gate.spec().num_qubits, gate.spec().name);
        for shift in 0..large.len() {
            for step in [1, 2, 5] {
                let angle = |k| large[(shift + step * k) % large.len()];
                let angles: Vec<f64> = (0..gate.spec().angles.len()).map(angle).collect();
                let op = at(gate, &angles);
                let matrix = embed(&op, n);
                let identity = Matrix::identity(1 << n, 1 << n);
                let deviation = (matrix.adjoint() * &matrix - &identity).camax();
                assert!(deviation < 4e-15, "{name} at {angles:?}: {deviation:e}");
                let back = embed(&op.inverse().unwrap(), n) * &matrix;
                assert!(close(&back, &identity), "inverse of {name} at {angles:?}");
                assert_form(gate, &angles, &matrix);
            }
        }
    }
}

/// Controlled, reordered and inverted, a row still is what its factors are.
#[test]
fn rows_agree_with_their_factors_under_controls_and_in_any_order() {
    let n = 5;
    for &gate in StdGate::ALL {
        let k = gate.spec().num_qubits;
        let angles: Vec<Angle> = random_angles(gate, 9).into_iter().map(Angle::Fixed).collect();
        for shift in 0..n {
            for step in [1, 2, 3] {
                let qubits: Vec<usize> = (0..n).map(|j| (shift + step * j) % n).collect();
                let mut op = GateOp::std(gate, angles.clone(), qubits[..k].iter().copied());
                if k < n {
                    op = op.controlled([Control {
                        qubit: qubits[k] as u32,
                        positive: shift % 2 == 0,
                    }]);
                }
                let matrix = embed(&op, n);
                if let Some(steps) = op.steps() {
                    assert!(close(&matrix, &product(&steps, n)), "{} on {qubits:?}", op.name());
                }
                let back = embed(&op.inverse().unwrap(), n) * &matrix;
                assert!(close(&back, &Matrix::identity(1 << n, 1 << n)), "{}", op.name());
            }
        }
    }
}

#[test]
fn names_are_unique_and_found() {
    let mut seen = HashSet::new();
    for &gate in StdGate::ALL {
        let spec = gate.spec();
        for name in std::iter::once(&spec.name).chain(spec.aliases) {
            assert!(seen.insert(*name), "{name} twice");
            assert_eq!(lookup(name), Some(NamedGate { gate, num_controls: 0 }));
        }
        assert!(!spec.symbol.is_empty() && !spec.doc.is_empty());
    }
    for &(name, gate, num_controls) in CONTROLLED_NAMES {
        assert!(seen.insert(name), "{name} twice");
        assert_eq!(lookup(name), Some(NamedGate { gate, num_controls }));
        assert!(lookup(controlled_name(gate, num_controls).unwrap()).is_some());
    }
    assert_eq!(lookup("frobnicate"), None);
}

#[test]
fn builders_are_the_rows_they_are_named_after() {
    for &(name, gate, num_controls) in crate::circuit::BUILDERS {
        assert_eq!(lookup(name), Some(NamedGate { gate, num_controls }), "{name}");
    }
    for &gate in StdGate::ALL {
        assert!(crate::circuit::BUILDERS.iter().any(|b| b.1 == gate && b.2 == 0), "{gate:?}");
    }
}

fn p(lambda: f64) -> Matrix {
    Matrix::from_row_slice(
        2,
        2,
        &[c(1., 0.), c(0., 0.), c(0., 0.), Complex64::from_polar(1.0, lambda)],
    )
}

fn ry(theta: f64) -> Matrix {
    let (s, co) = (theta / 2.0).sin_cos();
    Matrix::from_row_slice(2, 2, &[c(co, 0.), c(-s, 0.), c(s, 0.), c(co, 0.)])
}

fn rz(theta: f64) -> Matrix {
    p(theta) * Complex64::from_polar(1.0, -theta / 2.0)
}

/// |0⟩⟨0|⊗1 + |1⟩⟨1|⊗g with the control on qubit 0, the least significant.
fn controlled(g: &Matrix) -> Matrix {
    let zero = Matrix::from_row_slice(2, 2, &[c(1., 0.), c(0., 0.), c(0., 0.), c(0., 0.)]);
    let one = Matrix::identity(2, 2) - &zero;
    Matrix::identity(2, 2).kronecker(&zero) + g.kronecker(&one)
}

/// The truth tables that DESIGN fixes: phases matter once a gate is controlled.
#[test]
fn conventions_of_phases_under_control() {
    let (t, f, l, g) = (0.3, 1.1, -0.7, 0.4);
    let named = |name: &str, angles: &[f64]| {
        let found = lookup(name).unwrap();
        let angles = angles.iter().map(|&a| Angle::Fixed(a));
        let op = GateOp::std(found.gate, angles, found.num_controls..found.num_qubits());
        embed(&op.controlled(0..found.num_controls), 2)
    };
    let u = p(f) * ry(t) * p(l);
    let u3 = rz(f) * ry(t) * rz(l);
    assert!(close(&embed(&at(StdGate::U, &[t, f, l]), 1), &u));
    assert!(close(&embed(&at(StdGate::U3, &[t, f, l]), 1), &u3));
    let ctrl_u3 =
        GateOp::std(StdGate::U3, [t.into(), f.into(), l.into()], [1]).controlled([0usize]);
    assert!(close(&embed(&ctrl_u3, 2), &controlled(&u3)));
    // The extended qelib1.inc's cu3 is the original's (a controlled u3) times P((φ+λ)/2) on the control.
    assert!(close(&named("cu3", &[t, f, l]), &controlled(&u)));
    let on_control = Matrix::identity(2, 2).kronecker(&p((f + l) / 2.0));
    assert!(close(&named("cu3", &[t, f, l]), &(on_control * controlled(&u3))));
    assert!(close(&named("cu", &[t, f, l, g]), &controlled(&(u * Complex64::from_polar(1.0, g)))));
    assert!(close(&named("crz", &[t]), &controlled(&rz(t))));
    assert!(close(&named("cp", &[t]), &controlled(&p(t))));
    assert!(!close(&named("crz", &[t]), &named("cp", &[t])));
    // cx with the control on the least significant qubit exchanges |01⟩ and |11⟩.
    let cx = named("cx", &[]);
    assert_eq!(
        (cx[(3, 1)], cx[(1, 3)], cx[(0, 0)], cx[(2, 2)]),
        (c(1., 0.), c(1., 0.), c(1., 0.), c(1., 0.))
    );
}

#[test]
fn bad_gates_are_refused() {
    use crate::error::Error;
    let bad = Gate::unitary("bad", DMatrix::from_element(2, 2, c(1.0, 0.0)));
    assert!(matches!(bad, Err(Error::NotUnitary { .. })));
    assert!(Gate::unitary("nan", DMatrix::from_element(2, 2, c(f64::NAN, 0.0))).is_err());
    assert!(Gate::unitary("three", DMatrix::identity(3, 3)).is_err());
    assert!(Gate::permutation("twice", vec![0, 0]).is_err());
    assert!(Gate::permutation("out", vec![0, 2]).is_err());
    assert!(Gate::diagonal("large", vec![c(1.0, 0.0), c(2.0, 0.0)]).is_err());
    let nan = GateOp::std(StdGate::RX, [f64::NAN.into()], [0]).check(1);
    assert!(matches!(nan, Err(Error::NotFinite { .. })));
    assert!(matches!(at(StdGate::RX, &[]).check(1), Err(Error::WrongNumberOfAngles { .. })));
    let repeated = GateOp::std(StdGate::X, [], [1]).controlled([1usize]);
    assert!(matches!(repeated.check(2), Err(Error::RepeatedQubit { qubit: 1, .. })));
    assert!(matches!(repeated.check(1), Err(Error::QubitOutOfRange { qubit: 1, num_qubits: 1 })));
}
