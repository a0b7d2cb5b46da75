//! Every gate alone: Clifford exactly where its matrix is.

use super::oracle::{self, is_clifford, named, unitary};
use super::*;
use crate::error::Error;
use crate::gate::{Angle, Param};
use num_complex::Complex64;

/// Lowers a gate on qubits 0..n and compares with its matrix; whether it was taken. `exactly` says that
/// it must be taken if it is Clifford.
fn check(op: &GateOp, n: usize, exactly: bool) -> bool {
    let matrix = unitary(std::slice::from_ref(op), n);
    let mut steps = vec![CliffordStep::H(0)];
    match lower(op, &[], &mut steps) {
        Ok(()) => {
            let mut tableau = Tableau::new(n).unwrap();
            tableau.apply(&steps[1..]).unwrap();
            for string in oracle::strings(n).step_by(if n > 3 { 37 } else { 1 }) {
                let dense = oracle::pauli(&string, n);
                let before = matrix.adjoint() * &dense * &matrix;
                let after = &matrix * &dense * matrix.adjoint();
                for (dense, (negative, image)) in [
                    (before, tableau.heisenberg(&string).unwrap()),
                    (after, tableau.conjugate(&string).unwrap()),
                ] {
                    let sign = Complex64::from(if negative { -1.0 } else { 1.0 });
                    let error = (oracle::pauli(&image, n) * sign - dense).camax();
                    assert!(error < 1e-9, "{} takes {string} to {image}", named(op));
                }
            }
            true
        }
        Err(error) => {
            assert_eq!(steps, [CliffordStep::H(0)]);
            assert!(matches!(error, Error::Unsupported { .. }), "{error}");
            assert!(!exactly || !is_clifford(&matrix, n), "{} is Clifford: {error}", named(op));
            false
        }
    }
}

/// An operation and the same with one and two controls of either kind.
fn with_controls(op: &GateOp, n: usize) -> Vec<(GateOp, usize)> {
    let op = || op.clone();
    let mut all = vec![(op(), n.max(1))];
    all.extend([Control::on(n), Control::off(n)].map(|c| (op().controlled([c]), n + 1)));
    if n < 3 {
        let pairs = [(Control::on(n), Control::off(n + 1)), (Control::off(n), Control::off(n + 1))];
        all.extend(pairs.map(|(a, b)| (op().controlled([a, b]), n + 2)));
    }
    all
}

#[test]
fn rows_and_their_inverses_at_all_quarter_turns() {
    let mut taken = 0;
    for &gate in StdGate::ALL {
        let spec = gate.spec();
        let n = spec.num_qubits;
        // Several angles: all pairs, and a few of the third and fourth.
        let range = if spec.angles.len() < 2 { -4..9 } else { -1..4 };
        let mut angles = vec![vec![]];
        for k in 0..spec.angles.len() {
            let range = if k < 2 { range.clone() } else { 0..2 };
            angles = angles
                .into_iter()
                .flat_map(|a| {
                    range.clone().map(move |q| [&a[..], &[FRAC_PI_2 * f64::from(q)]].concat())
                })
                .collect();
        }
        for angles in angles {
            let op = GateOp::std(gate, angles.into_iter().map(Angle::from), (0..n).rev());
            for op in [op.inverse().unwrap(), op] {
                for (op, n) in with_controls(&op, n) {
                    let row_has_images = spec.clifford.is_some() && op.controls.is_empty();
                    let lowered = check(&op, n, n <= MAX_RECOGNIZED_QUBITS);
                    assert!(lowered || !row_has_images, "{}", named(&op));
                    taken += usize::from(lowered);
                }
            }
        }
    }
    assert!(taken > 1000, "{taken}");
}

#[test]
fn pauli_rotations_of_any_length() {
    for text in ["X", "YZ", "ZIY", "XYZ", "YYYY", "I", "ZXIXZ"] {
        let string: PauliString = text.parse().unwrap();
        for k in -8..=8 {
            let n = string.num_qubits();
            let op = GateOp::pauli_rotation(&string, FRAC_PI_2 * f64::from(k));
            assert!(check(&op, n.max(1), true), "{text}, {k}");
            if n < 5 {
                let taken = check(&op.controlled([Control::off(n)]), n + 1, n < 3);
                assert_eq!(taken, k % 2 == 0, "{text}, {k}");
            }
        }
    }
}

#[test]
fn products_are_clifford_where_their_factors_are_not() {
    let t = || GateOp::std(StdGate::T, [], [0]);
    let block = |ops| GateOp::new(Gate::block("b", 1, [], Some(ops)).unwrap(), [0]);
    assert!(check(&block(vec![t(), t()]), 1, true));
    assert!(!check(&block(vec![t(), t(), t()]), 1, true));
    let nested = |ops| GateOp::new(Gate::block("c", 1, [], Some(ops)).unwrap(), [0]);
    assert!(check(&nested(vec![block(vec![t()]), t()]), 1, true));
    // Under a control T⁴ = Z is Clifford, and T² is not.
    let four = block(vec![t(), t(), t(), t()]);
    assert!(check(&four.clone().controlled([Control::off(1)]), 2, true));
    assert!(!check(&block(vec![t(), t()]).controlled([1]), 2, true));
    // U(π/2, 0, π) = H; U(0, π/4, π/4) = S.
    let u = |a: [f64; 3]| GateOp::std(StdGate::U, a.map(Angle::from), [0]);
    assert!(check(&u([FRAC_PI_2, 0.0, 2.0 * FRAC_PI_2]), 1, true));
    assert!(check(&u([0.0, FRAC_PI_2 / 2.0, FRAC_PI_2 / 2.0]), 1, true));
    // A matrix with a phase that no gate has.
    let phase = Complex64::from_polar(1.0, 0.3);
    let h = unitary(&[GateOp::std(StdGate::H, [], [0])], 1) * phase;
    let h = GateOp::new(Gate::unitary("H'", h).unwrap(), [0]);
    assert!(check(&h, 1, true));
    assert!(!check(&h.controlled([1]), 2, true));
    let ccx = Gate::permutation("ccx", vec![0, 1, 2, 7, 4, 5, 6, 3]).unwrap();
    assert!(!check(&GateOp::new(ccx, [0, 1, 2]), 3, true));
}

#[test]
fn parameters_count_at_their_values() {
    let op = GateOp::std(StdGate::RZ, [2.0 * Param(1) + 0.5], [0]);
    let mut steps = vec![];
    lower(&op, &[9.0, (FRAC_PI_2 - 0.5) / 2.0], &mut steps).unwrap();
    assert_eq!(steps, [CliffordStep::S(0)]);
    assert!(lower(&op, &[9.0, 0.1], &mut steps).is_err());
    // Within the tolerance, and outside of it.
    let near = |by: f64| GateOp::std(StdGate::RX, [(FRAC_PI_2 + by).into()], [0]);
    assert!(lower(&near(0.9 * CLIFFORD_TOLERANCE), &[], &mut steps).is_ok());
    assert!(lower(&near(-2.0 * CLIFFORD_TOLERANCE), &[], &mut steps).is_err());
    for angle in [1e16, f64::MAX, f64::NAN, f64::INFINITY] {
        let op = GateOp::std(StdGate::RX, [angle.into()], [0]);
        assert!(lower(&op, &[], &mut steps).is_err(), "{angle}");
    }
    // Values of a composite's parameters reach the recognition by matrix.
    let op = GateOp::std(StdGate::U, [0.0.into(), Param(0).into(), Param(0).into()], [0]);
    assert!(lower(&op, &[FRAC_PI_2 / 2.0], &mut steps).is_ok());
}

#[test]
fn other_gates_are_refused_by_name() {
    let refusal = |op: GateOp| lower(&op, &[], &mut vec![]).unwrap_err().to_string();
    let t = refusal(GateOp::std(StdGate::T, [], [3]));
    assert!(t.contains("`t` on qubit 3") && t.contains("state vector"), "{t}");
    let rz = refusal(GateOp::std(StdGate::RZ, [0.1.into()], [0]));
    assert!(rz.contains("`rz(0.1)`") && rz.contains("multiples of π/2"), "{rz}");
    let ccx = refusal(GateOp::std(StdGate::X, [], [2]).controlled([0, 1]));
    assert!(ccx.contains("`ccx` on qubits 0, 1, 2"), "{ccx}");
    let string: PauliString = "XX".parse().unwrap();
    let rotation = refusal(GateOp::pauli_rotation(&string, 0.25));
    assert!(rotation.contains("`pauli_rotation(0.25)`"), "{rotation}");
    let opaque = refusal(GateOp::new(Gate::block("box", 2, [], None).unwrap(), [0, 1]));
    assert!(opaque.contains("opaque gate `box`"), "{opaque}");
    let table = (0..16).map(|b| b ^ 1).collect();
    let wide = refusal(GateOp::new(Gate::permutation("wide", table).unwrap(), [0, 1, 2, 3]));
    assert!(wide.contains("`wide`") && wide.contains("at most 3 qubits"), "{wide}");
    // A block is refused by the gate in it.
    let inner = vec![GateOp::std(StdGate::H, [], [0]), GateOp::std(StdGate::T, [], [1])];
    let block = refusal(GateOp::new(Gate::block("b", 2, [], Some(inner)).unwrap(), [5, 6]));
    assert!(block.contains("`t` on qubit 6"), "{block}");
    let mut deep = GateOp::std(StdGate::H, [], [0]);
    for _ in 0..1001 {
        deep = GateOp::new(Gate::block("deep", 1, [], Some(vec![deep])).unwrap(), [0]);
    }
    assert!(refusal(deep).contains("nesting"));
}
