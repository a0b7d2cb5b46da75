//! Many qubits: closed forms, and circuits that undo themselves.

use super::*;
use crate::error::Error;

#[test]
fn ghz_and_graph_states() {
    for n in [2, 64, 65, 511, 513, 1500u32] {
        let mut steps = vec![CliffordStep::H(0)];
        steps.extend((1..n).map(|q| CliffordStep::CX(q - 1, q)));
        let mut ghz = Tableau::new(n as usize).unwrap();
        ghz.apply(&steps).unwrap();
        let all: Vec<usize> = (0..n as usize).collect();
        let space = OutcomeSpace::new(&ghz, &all).unwrap();
        let outcomes: Vec<String> = space.iter().map(|bits| bits.to_string()).collect();
        assert_eq!(outcomes, ["0", "1"].map(|digit| digit.repeat(n as usize)));
        let x = PauliString::new(all.iter().map(|&q| (q, Pauli::X)));
        assert_eq!(ghz.expectation(&x).unwrap(), 1);
        // Y⊗n is i^n X⊗n Z⊗n: real for even n, then with the sign (-1)^(n/2).
        let y = PauliString::new(all.iter().map(|&q| (q, Pauli::Y)));
        let expected = if n % 2 == 1 {
            0
        } else if n % 4 == 0 {
            1
        } else {
            -1
        };
        assert_eq!(ghz.expectation(&y).unwrap(), expected);
        assert_eq!(ghz.entanglement_entropy(&all[1..]).unwrap(), 1);
        ghz.collapse(n as usize / 2, true).unwrap();
        assert!(all.iter().all(|&q| ghz.outcome(q).unwrap() == Some(true)));

        // A ring: X on each qubit and Z on its neighbours.
        let ring = |q: u32| CliffordStep::CZ(q, (q + 1) % n);
        let bonds = if n == 2 { 1 } else { n };
        let steps: Vec<_> = (0..n).map(CliffordStep::H).chain((0..bonds).map(ring)).collect();
        let mut graph = Tableau::new(n as usize).unwrap();
        graph.apply(&steps).unwrap();
        for (q, (negative, stabilizer)) in graph.stabilizers().unwrap().into_iter().enumerate() {
            let n = n as usize;
            let mut neighbours = vec![(q + 1) % n, (q + n - 1) % n];
            neighbours.dedup();
            let z = neighbours.into_iter().map(|p| (p, Pauli::Z));
            assert_eq!(stabilizer, PauliString::new(z.chain([(q, Pauli::X)])));
            assert!(!negative);
        }
        if n > 4 {
            assert_eq!(graph.entanglement_entropy(&all[1..n as usize / 2]).unwrap(), 2);
        }
    }
}

#[test]
fn a_circuit_and_its_inverse_are_the_identity() {
    let rng = &mut rng(8);
    for n in [10, 100, 600] {
        let ops = random_circuit(rng, n, 5 * n);
        let mut steps = vec![];
        ops.iter().for_each(|op| lower(op, &[], &mut steps).unwrap());
        let mut tableau = Tableau::new(n).unwrap();
        tableau.apply(&steps).unwrap();
        let letters = (0..n).map(|q| (q, Pauli::ALL[rng.random_range(0..4)]));
        let string = PauliString::new(letters.collect::<Vec<_>>());
        let (sign, before) = tableau.heisenberg(&string).unwrap();
        let (back_sign, back) = tableau.conjugate(&before).unwrap();
        assert_eq!((sign, string), (back_sign, back));
        for (negative, stabilizer) in tableau.stabilizers().unwrap() {
            assert_eq!(tableau.expectation(&stabilizer).unwrap(), if negative { -1 } else { 1 });
        }
        // Collapse to a sample, which then is certain.
        let all: Vec<usize> = (0..n).collect();
        let space = OutcomeSpace::new(&tableau, &all).unwrap();
        let shot = space.sample(1, 4).unwrap().bits(0);
        let mut collapsed = tableau.try_clone().unwrap();
        all.iter().for_each(|&q| collapsed.collapse(q, shot.bit(q)).unwrap());
        let only = OutcomeSpace::new(&collapsed, &all).unwrap();
        assert_eq!((only.dimension(), only.offset()), (0, &shot));
        let mut undo = vec![];
        for op in ops.iter().rev() {
            lower(&op.inverse().unwrap(), &[], &mut undo).unwrap();
        }
        tableau.apply(&undo).unwrap();
        let identity = Tableau::new(n).unwrap();
        assert_eq!(tableau.stabilizers().unwrap(), identity.stabilizers().unwrap());
        assert_eq!(tableau.destabilizers().unwrap(), identity.destabilizers().unwrap());
    }
}

#[test]
fn sizes_that_do_not_fit_are_refused_by_the_formula() {
    // n²/2 bytes.
    let ratio = tableau_bytes(100_000) as f64 / 5e9;
    assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
    assert!(tableau_bytes(usize::MAX) > 1 << 100);
    assert!(matches!(Tableau::new(usize::MAX), Err(Error::TooLarge { .. })));
    let Err(error) = Tableau::new(10_000_000) else { panic!("50 TB fit") };
    assert!(matches!(error, Error::TooLarge { max_qubits: Some(_), .. }), "{error}");
    assert!(error.to_string().contains("n²/2 bytes"), "{error}");
    let mut nothing = Tableau::new(0).unwrap();
    let phase = nalgebra::DMatrix::from_element(1, 1, num_complex::Complex64::I);
    let phase = GateOp::new(Gate::unitary("phase", phase).unwrap(), []);
    let mut steps = vec![];
    lower(&phase, &[], &mut steps).unwrap();
    nothing.apply(&steps).unwrap();
    assert_eq!(OutcomeSpace::new(&nothing, &[]).unwrap().iter().count(), 1);
    assert_eq!(nothing.expectation(&PauliString::identity()).unwrap(), 1);
}
