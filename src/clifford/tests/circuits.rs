//! Random circuits on few qubits: expectations, images, measurements.

use super::*;
use crate::error::Error;

#[test]
fn expectations_and_images_are_those_of_the_matrices() {
    let rng = &mut rng(1);
    for round in 0..600 {
        let n = 1 + round % 5;
        let ops = random_circuit(rng, n, 3 * n + 4);
        let tableau = tableau(&ops, n);
        let state = oracle::state(&ops, n);
        for string in oracle::strings(n) {
            let expected = oracle::expectation(&state, &string);
            let found = f64::from(tableau.expectation(&string).unwrap());
            assert!((found - expected).abs() < 1e-9, "{string}: {found}, not {expected}");
        }
        let stabilizers = tableau.stabilizers().unwrap();
        let destabilizers = tableau.destabilizers().unwrap();
        for (k, (negative, string)) in stabilizers.iter().enumerate() {
            assert_eq!(tableau.expectation(string).unwrap(), if *negative { -1 } else { 1 });
            assert_eq!(
                (*negative, string.clone()),
                tableau.conjugate(&PauliString::single(k, Pauli::Z)).unwrap()
            );
            for (j, (_, other)) in destabilizers.iter().enumerate() {
                assert_eq!(string.commutes_with(other), j != k);
                assert!(string.commutes_with(&stabilizers[j].1));
            }
        }
        for (k, image) in destabilizers.into_iter().enumerate() {
            assert_eq!(image, tableau.conjugate(&PauliString::single(k, Pauli::X)).unwrap());
        }
        if round % 5 < 3 {
            let matrix = oracle::unitary(&ops, n);
            for string in oracle::strings(n) {
                let dense = oracle::pauli(&string, n);
                let after = oracle::as_string(&(&matrix * &dense * matrix.adjoint()), n);
                assert_eq!(tableau.conjugate(&string).unwrap(), after.unwrap(), "{string}");
                let before = oracle::as_string(&(matrix.adjoint() * &dense * &matrix), n);
                assert_eq!(tableau.heisenberg(&string).unwrap(), before.unwrap(), "{string}");
            }
        }
    }
}

#[test]
fn a_bell_pair_has_the_sign_of_y() {
    let bell = tableau(
        &[GateOp::std(StdGate::H, [], [0]), GateOp::std(StdGate::X, [], [1]).controlled([0])],
        2,
    );
    let of = |text: &str| bell.expectation(&text.parse().unwrap()).unwrap();
    assert_eq!((of("XX"), of("YY"), of("ZZ"), of("XY"), of("ZI")), (1, -1, 1, 0, 0));
    assert!(matches!(
        bell.expectation(&PauliString::single(2, Pauli::Z)),
        Err(Error::QubitOutOfRange { qubit: 2, num_qubits: 2 })
    ));
}

#[test]
fn measurements_in_any_order_are_projections() {
    let rng = &mut rng(2);
    for round in 0..300 {
        let n = 1 + round % 5;
        let start = crate::math::Bits::from_u64(rng.random(), n);
        let mut ops: Vec<GateOp> =
            (0..n).filter(|&q| start.bit(q)).map(|q| GateOp::std(StdGate::X, [], [q])).collect();
        let mut state = oracle::state(&ops, n);
        let mut tableau = Tableau::basis(&start).unwrap();
        for _ in 0..6 {
            ops = random_circuit(rng, n, 4);
            let mut steps = vec![];
            ops.iter().for_each(|op| lower(op, &[], &mut steps).unwrap());
            tableau.apply(&steps).unwrap();
            state = ops.iter().fold(state, |s, op| oracle::apply(op, &s));
            let q = rng.random_range(0..n);
            let (p_one, _) = oracle::project(&state, q, true);
            let expected = [(0.0, Some(false)), (0.5, None), (1.0, Some(true))];
            let expected = expected.iter().find(|e| (e.0 - p_one).abs() < 1e-9).unwrap().1;
            assert_eq!(tableau.outcome(q).unwrap(), expected);
            if let Some(certain) = expected {
                let before = tableau.stabilizers().unwrap();
                assert!(matches!(tableau.collapse(q, !certain), Err(Error::Invalid { .. })));
                assert_eq!(tableau.stabilizers().unwrap(), before);
            }
            let outcome = expected.unwrap_or_else(|| rng.random());
            tableau.collapse(q, outcome).unwrap();
            state = oracle::project(&state, q, outcome).1;
            if rng.random() {
                tableau.flip(q).unwrap();
                state = oracle::apply(&GateOp::std(StdGate::X, [], [q]), &state);
            }
            for string in oracle::strings(n) {
                let expected = oracle::expectation(&state, &string);
                let found = f64::from(tableau.expectation(&string).unwrap());
                assert!((found - expected).abs() < 1e-9, "{string}: {found}, not {expected}");
            }
        }
    }
}

#[test]
fn entropies_are_those_of_reduced_states() {
    let rng = &mut rng(3);
    for round in 0..100 {
        let n = 2 + round % 4;
        let ops = random_circuit(rng, n, 4 * n);
        let (tableau, state) = (tableau(&ops, n), oracle::state(&ops, n));
        let count = rng.random_range(0..=n);
        let part = qubits(rng, n, count);
        // tr ρ² of the part = 2^-k Σ ⟨P⟩² over its strings, and 2^-S for a stabilizer state.
        let inside = |s: &PauliString| s.support().all(|q| part.contains(&q));
        let sum: f64 = oracle::strings(n)
            .filter(inside)
            .map(|string| oracle::expectation(&state, &string).powi(2))
            .sum();
        let entropy = count as f64 - sum.log2();
        let found = tableau.entanglement_entropy(&[&part[..], &part[..]].concat()).unwrap();
        assert!((entropy - found as f64).abs() < 1e-9, "{entropy}, {found}");
    }
    assert!(Tableau::new(2).unwrap().entanglement_entropy(&[2]).is_err());
}

#[test]
fn bad_steps_and_qubits_are_errors() {
    let mut tableau = Tableau::new(2).unwrap();
    let turn = |qubits: &[u32]| {
        let factors = qubits.iter().map(|&q| (q, Pauli::Y)).collect();
        CliffordStep::Rotation(Box::new(QuarterTurn { factors, inverse: false }))
    };
    for bad in [
        CliffordStep::H(2),
        CliffordStep::CX(0, 9),
        turn(&[0, 2]),
        turn(&[1, 1]),
        CliffordStep::CZ(1, 1),
    ] {
        assert!(tableau.apply(&[CliffordStep::X(0), bad]).is_err());
        assert_eq!(tableau.outcome(0).unwrap(), Some(false));
    }
    assert!(tableau.outcome(2).is_err() && tableau.collapse(2, true).is_err());
    assert!(tableau.flip(2).is_err() && OutcomeSpace::new(&tableau, &[0, 2]).is_err());
    let mut copy = tableau.try_clone().unwrap();
    copy.apply(&[CliffordStep::X(0), turn(&[0, 1])]).unwrap();
    assert_ne!(copy.stabilizers().unwrap(), tableau.stabilizers().unwrap());
    tableau.copy_from(&copy);
    assert_eq!(copy.stabilizers().unwrap(), tableau.stabilizers().unwrap());
    tableau.set_zero();
    assert_eq!(tableau.stabilizers().unwrap(), Tableau::new(2).unwrap().stabilizers().unwrap());
}
