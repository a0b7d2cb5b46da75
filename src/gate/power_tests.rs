//! Powers against the eigenvalues and eigenvectors of a Schur decomposition, for every row of the
//! table and every other kind of gate.

use super::tests::{Matrix, at, c, close, embed, random_angles};
use super::*;
use crate::error::Error;
use crate::math::{Domain, Streams};
use crate::pauli::PauliString;
use nalgebra::linalg::Schur;
use num_complex::Complex64;
use rand::{Rng, RngExt};
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

const EXPONENTS: [f64; 10] = [0.0, 1.0, -1.0, 2.0, -3.0, 0.5, 1.0 / 3.0, -0.25, 2.75, 100.0];

fn random_unitary(dimension: usize, rng: &mut impl Rng) -> Matrix {
    let mut number = || rng.random_range(-1.0..1.0);
    Matrix::from_fn(dimension, dimension, |_, _| c(number(), number())).qr().q()
}

/// U^k by definition. The matrix is turned to a general position first: QR iterations stall on
/// permutations.
fn by_definition(unitary: &Matrix, k: f64) -> Matrix {
    let n = unitary.nrows();
    let turn = random_unitary(n, &mut Streams::new(1, Domain::Circuit).stream(0));
    let turned = &turn * unitary * turn.adjoint();
    let (q, t) = Schur::try_new(turned, 1e-15, 100_000).expect("it converges").unpack();
    let vectors = turn.adjoint() * q;
    let powers = t.diagonal().map(|z| {
        let phase = if z.arg() < -PI + 1e-8 { z.arg() + TAU } else { z.arg() };
        Complex64::from_polar(1.0, k * phase)
    });
    &vectors * Matrix::from_diagonal(&powers) * vectors.adjoint()
}

fn matrix(gate: &Gate) -> Matrix {
    let n = gate.num_qubits();
    embed(&GateOp::new(gate.clone(), 0..n), n)
}

fn near(a: &Matrix, b: &Matrix, tolerance: f64) -> bool {
    (a - b).iter().all(|z| z.norm() < tolerance)
}

fn check(gate: &Gate) {
    let unitary = matrix(gate);
    let name = gate.name();
    let inverse = unitary.adjoint();
    for k in EXPONENTS {
        let power = gate.power(k).unwrap_or_else(|e| panic!("{name}^{k}: {e}"));
        assert_eq!(power.num_qubits(), gate.num_qubits(), "{name}^{k}");
        let got = matrix(&power);
        assert!(near(&got, &by_definition(&unitary, k), 1e-11), "{name}^{k} {:?}", gate.angles());
        // Under a control too, where a phase is seen.
        let n = gate.num_qubits();
        let controlled = GateOp::new(gate.clone(), 0..n).controlled([Control::off(n)]);
        let got = embed(&controlled.power(k).unwrap(), n + 1);
        let wanted = by_definition(&embed(&controlled, n + 1), k);
        assert!(near(&got, &wanted, 1e-11), "controlled {name}^{k}");
    }
    for (k, wanted) in [
        (2.0, &unitary * &unitary),
        (-3.0, &inverse * &inverse * &inverse),
        (0.0, Matrix::identity(unitary.nrows(), unitary.nrows())),
    ] {
        assert!(close(&matrix(&gate.power(k).unwrap()), &wanted), "{name}^{k}");
    }
    let root = matrix(&gate.power(0.5).unwrap());
    assert!(close(&(&root * &root), &unitary), "root of {name}");
    let third = gate.power(1.0 / 3.0).unwrap();
    assert!(close(&matrix(&third.power(3.0).unwrap()), &unitary), "third root of {name}");
    assert_eq!(&gate.power(1.0).unwrap(), gate);
}

#[test]
fn every_row_has_its_powers() {
    for &row in StdGate::ALL {
        for seed in 0..5 {
            check(&at(row, &random_angles(row, seed)).gate);
        }
        // On the cut, on both sides of it, and around.
        for angle in [PI, -PI, TAU, -TAU, 2.0 * TAU, 3.0 * PI, 0.0, 1e5] {
            let angles = vec![angle; row.spec().angles.len()];
            if !angles.is_empty() {
                check(&at(row, &angles).gate);
            }
        }
    }
}

#[test]
fn every_other_kind_has_its_powers() {
    let mut rng = Streams::new(3, Domain::Circuit).stream(0);
    let string: PauliString = "X0 Y1 Z2".parse().unwrap();
    for angle in [0.7, TAU, -TAU, 9.0, -7.5 * PI] {
        check(&Gate::PauliRotation(Arc::new(string.clone()), angle.into()));
        check(&Gate::PauliRotation(Arc::new(PauliString::identity()), angle.into()));
    }
    for qubits in 0..4 {
        check(&Gate::unitary("u", random_unitary(1 << qubits, &mut rng)).unwrap());
    }
    for angle in [0.4, PI, -PI] {
        let scalar = Matrix::from_element(1, 1, Complex64::from_polar(1.0, angle));
        check(&Gate::unitary("phase", scalar).unwrap());
    }
    let signed_zero = c(-1.0, -0.0);
    let entries = vec![c(1.0, 0.0), signed_zero, c(0.0, -1.0), Complex64::from_polar(1.0, 2.5)];
    check(&Gate::diagonal("d", entries).unwrap());
    for table in [vec![0, 1], vec![1, 0], vec![1, 2, 3, 0], vec![4, 0, 1, 3, 2, 5, 7, 6]] {
        let dimension = table.len();
        let cyclic = Gate::permutation("p", table).unwrap();
        check(&cyclic);
        assert!(matches!(cyclic.power(-7.0).unwrap(), Gate::Permutation(_)), "{dimension}");
        check(&Gate::unitary("as matrix", matrix(&cyclic)).unwrap());
    }
    // The Fourier matrix has four eigenvalues, each many times.
    let n = 32;
    let entry =
        |a, b| Complex64::from_polar((n as f64).powf(-0.5), TAU * (a * b) as f64 / n as f64);
    check(&Gate::unitary("qft", Matrix::from_fn(n, n, entry)).unwrap());
}

fn block(name: &str, rng: &mut impl Rng, inner: Option<Gate>) -> Gate {
    let mut number = || rng.random_range(-3.0..3.0);
    let mut definition = vec![
        GateOp::std(StdGate::RX, [number().into()], [2]),
        GateOp::std(StdGate::FSim, [number().into(), number().into()], [2, 0]),
        GateOp::std(StdGate::U3, [0.1.into(), number().into(), 2.0.into()], [1])
            .controlled([Control::off(2), Control::on(0)]),
        GateOp::std(StdGate::GlobalPhase, [number().into()], []).controlled([1usize]),
    ];
    definition.extend(inner.map(|gate| GateOp::new(gate, [1, 2, 0])));
    Gate::block(name, 3, [0.5.into()], Some(definition)).unwrap()
}

#[test]
fn blocks_have_their_powers() {
    let mut rng = Streams::new(4, Domain::Circuit).stream(0);
    let inner = block("inner", &mut rng, None);
    check(&inner);
    let outer = block("outer", &mut rng, Some(inner));
    check(&outer);
    // Short powers are repetitions, long ones a matrix.
    let Gate::Block(three) = outer.power(3.0).unwrap() else { panic!("no block") };
    assert_eq!((three.name.as_str(), three.angles.len()), ("outer^3", 1));
    assert!(three.definition.as_ref().unwrap().iter().all(|op| op.gate == outer));
    assert!(matches!(outer.power(1000.0).unwrap(), Gate::Unitary(_)));
    // Sixty doublings are 2^60 gates, and one product each. Powers of i are exact.
    let mut doubled = Gate::block("a", 1, [], Some(vec![at(StdGate::S, &[])])).unwrap();
    for _ in 0..60 {
        let twice = vec![GateOp::new(doubled, [0]); 2];
        doubled = Gate::block("twice", 1, [], Some(twice)).unwrap();
    }
    let root = matrix(&doubled.power(0.5).unwrap());
    assert!(close(&root, &Matrix::identity(2, 2)));
    let nothing = Gate::block("nothing", 2, [], Some(Vec::new())).unwrap();
    check(&nothing);
}

#[test]
fn names_and_rows_are_what_one_would_write() {
    let row = |gate, k: f64| Gate::fixed(gate).power(k).unwrap();
    use StdGate::*;
    for (gate, k, wanted) in [
        (X, 0.5, SX),
        (X, -0.5, SXdg),
        (X, 2.5, SX),
        (X, 7.0, X),
        (X, -4.0, I),
        (SX, 2.0, X),
        (SX, 3.0, SXdg),
        (SXdg, 2.0, X),
        (SXdg, -1.0, SX),
        (Z, 0.5, S),
        (Z, -0.25, Tdg),
        (Z, 1e9, I),
        (S, 2.0, Z),
        (S, 0.5, T),
        (Sdg, 3.0, S),
        (T, -6.0, S),
        (H, 9.0, H),
        (H, 8.0, I),
        (I, 0.3, I),
    ] {
        assert_eq!(row(gate, k), Gate::fixed(wanted), "{gate:?}^{k}");
    }
    assert_eq!(row(T, 3.0), at(P, &[3.0 * PI / 4.0]).gate);
    assert_eq!(row(T, -0.3), at(P, &[-0.3 * (PI / 4.0)]).gate);
    assert_eq!(at(RX, &[0.6]).gate.power(0.5).unwrap(), at(RX, &[0.3]).gate);
    assert_eq!(at(R, &[0.5, 0.4]).gate.power(3.0).unwrap(), at(R, &[1.5, 0.4]).gate);
    let named = |gate: Gate, k: f64| gate.power(k).unwrap().name().into_owned();
    let fixed = Gate::fixed;
    assert_eq!(named(fixed(X), 0.25), "X^0.25");
    assert_eq!(named(fixed(SX), 0.5), "X^0.25");
    assert_eq!(named(fixed(X), 5.0 / 3.0), "X^-0.3333");
    assert_eq!(named(fixed(H), 1.0 / 3.0), "H^0.3333");
    assert_eq!(named(fixed(Swap), 0.5), "SWAP^0.5");
    assert_eq!(named(fixed(H).power(0.5).unwrap(), 0.5), "(H^0.5)^0.5");
    assert_eq!(named(at(U, &[0.1, 0.2, 0.3]).gate, 2.0), "U^2");
    assert_eq!(named(at(RXX, &[TAU]).gate, 0.5), "RXX^0.5");
}

#[test]
fn parameters_are_scaled_or_repeated() {
    let theta = || Angle::from(Param(0));
    let scaled = Gate::Std(StdGate::RZZ, [theta()].into_iter().collect()).power(0.5).unwrap();
    assert_eq!(scaled.angles(), [theta() * 0.5]);
    let scaled = Gate::Std(StdGate::P, [theta()].into_iter().collect()).power(-0.25).unwrap();
    assert_eq!(scaled.angles(), [theta() * -0.25]);
    let u = Gate::Std(StdGate::U, [theta(), 0.3.into(), theta() * 2.0].into_iter().collect());
    let bound = |gate: &Gate| matrix(&gate.map_angles(&|a| Angle::Fixed(a.at(&[0.7]))));
    for (k, wanted) in [(2.0, 2), (-3.0, 3), (0.0, 0)] {
        let power = u.power(k).unwrap();
        assert!(close(&bound(&power), &by_definition(&bound(&u), k)), "{k}");
        if let Gate::Block(b) = power {
            assert_eq!(b.definition.as_ref().unwrap().len(), wanted);
        }
    }
    assert!(u.power(0.5).unwrap_err().to_string().contains("bind them first"));
}

#[test]
fn what_has_no_power_says_why() {
    let error = |gate: &Gate, k: f64| gate.power(k).unwrap_err();
    let opaque = Gate::block("box", 1, [], None).unwrap();
    for k in [0.5, 2.0, -1.0] {
        assert!(matches!(error(&opaque, k), Error::Unsupported { .. }), "{k}");
    }
    let inside = Gate::block("around", 1, [], Some(vec![GateOp::new(opaque, [0])])).unwrap();
    assert!(error(&inside, 0.5).to_string().contains("opaque"), "{}", error(&inside, 0.5));
    let wide = Gate::block("wide", 7, [], Some(vec![at(StdGate::H, &[])])).unwrap();
    assert!(error(&wide, 0.5).to_string().contains("at most 6 qubits"));
    assert!(error(&wide, 1e6).to_string().contains("at most 65536 times"));
    assert!(wide.power(1000.0).is_ok());
    let x = Gate::fixed(StdGate::X);
    assert!(matches!(error(&x, f64::NAN), Error::NotFinite { .. }));
    assert!(error(&x, 1e300).to_string().contains("below 2^53"));
}
