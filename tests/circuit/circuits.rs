//! Circuits from circuits, the library, JSON: against closed forms and against each other.

use crate::common::naive;
use ketlab::circuit::library::{
    TrotterOrder, ghz, grover_operator, inverse_qft, qft, random, trotter, w,
};
use ketlab::circuit::{Circuit, Duration, Expr, Formula, TimeUnit};
use ketlab::math::matrix::distance_up_to_phase;
use ketlab::pauli::{Boundary, ising_chain};
use ketlab::{Control, Gate, GateOp, PauliString, Simulator, StdGate};
use nalgebra::DMatrix;
use num_complex::Complex64;
use proptest::prelude::*;
use std::f64::consts::PI;

fn assert_close(a: &DMatrix<Complex64>, b: &DMatrix<Complex64>, tolerance: f64) {
    let worst = (a - b).iter().map(|z| z.norm()).fold(0.0, f64::max);
    assert!(worst < tolerance, "off by {worst:e}");
}

#[test]
fn qft_is_the_fourier_matrix() {
    for n in 1..=5 {
        let size = 1usize << n;
        let fourier = DMatrix::from_fn(size, size, |y, x| {
            Complex64::from_polar(
                (size as f64).sqrt().recip(),
                2.0 * PI * (x * y % size) as f64 / size as f64,
            )
        });
        assert_close(&qft(n).matrix().unwrap(), &fourier, 1e-12);
        assert_close(&inverse_qft(n).matrix().unwrap(), &fourier.adjoint(), 1e-12);
    }
}

#[test]
fn known_states() {
    for n in 1..=6 {
        let ghz_state = naive::run(&ghz(n));
        assert!((ghz_state[0].norm_sqr() - 0.5).abs() < 1e-12);
        assert!((ghz_state[(1 << n) - 1].norm_sqr() - 0.5).abs() < 1e-12);
        let w_state = Simulator::new().state::<f64>(&w(n)).unwrap().to_vec();
        for (index, amplitude) in w_state.iter().enumerate() {
            let expected = if index.count_ones() == 1 { (n as f64).sqrt().recip() } else { 0.0 };
            assert!((amplitude - expected).norm() < 1e-12, "W({n}) at {index}");
        }
    }
}

#[test]
fn grover_operator_rotates_by_twice_theta() {
    // A|0⟩ = cos θ|0⟩ + sin θ|1⟩ on the last of three qubits, good where it is 1.
    let theta: f64 = 0.3;
    let mut preparation = Circuit::new(3);
    preparation.h(0).cx(0, 1).ry(2.0 * theta, 2);
    let mut oracle = Circuit::new(3);
    oracle.z(2);
    let q = grover_operator(&oracle, &preparation).unwrap();
    for k in 0..6 {
        let mut c = preparation.clone();
        c.append(&q.power(k).unwrap());
        let good = Simulator::new().state::<f64>(&c).unwrap().probability_of_one(2);
        assert!((good - ((2 * k + 1) as f64 * theta).sin().powi(2)).abs() < 1e-12, "k = {k}");
    }
    // On the plane its eigenvalues are e^{±2iθ}, so Q² - 2 cos 2θ·Q + 1 = 0 there, without a sign
    // or phase left over.
    let q = q.matrix().unwrap();
    let start = nalgebra::DVector::from_vec(naive::run(&preparation));
    let (once, twice) = (&q * &start, &q * &q * &start);
    let rest = twice - once * Complex64::from(2.0 * (2.0 * theta).cos()) + start;
    assert!(rest.norm() < 1e-12);
}

#[test]
fn trotter_converges_at_its_order() {
    let h = ising_chain(4, 1.0, 0.7, Boundary::Open).unwrap();
    let exact = (h.to_dense(4).unwrap() * Complex64::new(0.0, -0.5)).exp();
    let error = |steps, order| {
        let matrix = trotter(&h, 0.5, steps, order).unwrap().matrix().unwrap();
        (matrix - &exact).norm()
    };
    for (order, power) in [(TrotterOrder::First, 2.0), (TrotterOrder::Second, 4.0)] {
        let ratio = error(8, order) / error(16, order);
        assert!((ratio - power).abs() < 0.15 * power, "{order:?}: {ratio}");
    }
    // The global phase of an identity term counts.
    let shifted = "2 + X0".parse().unwrap();
    let matrix = trotter(&shifted, 0.3, 1, TrotterOrder::First).unwrap().matrix().unwrap();
    let exact = (shifted.to_dense(1).unwrap() * Complex64::new(0.0, -0.3)).exp();
    assert_close(&matrix, &exact, 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn algebra_of_circuits(seed in 0u64..1_000, n in 2usize..5) {
        let c = random(n, 3, seed);
        let m = c.matrix().unwrap();
        let identity = DMatrix::<Complex64>::identity(1 << n, 1 << n);
        let close = |a: &DMatrix<Complex64>, b: &DMatrix<Complex64>| (a - b).norm() < 1e-10;
        prop_assert!(close(&(c.inverse().unwrap().matrix().unwrap() * &m), &identity));
        prop_assert!(close(&c.power(3).unwrap().matrix().unwrap(), &(&m * &m * &m)));
        prop_assert!(close(&c.power(-2).unwrap().matrix().unwrap(), &(m.adjoint() * m.adjoint())));
        prop_assert!(close(&c.power(0).unwrap().matrix().unwrap(), &identity));
        let parts = c.decompose();
        prop_assert!(close(&parts.matrix().unwrap(), &m));
        let composites = ["u3", "fsim", "ecr", "iswap", "rccx"];
        prop_assert!(parts.count_ops().keys().all(|name| !composites.contains(&name.as_str())));
        let (mut turned, mut other) = (c.clone(), c.clone());
        turned.gphase(0.4);
        other.h(0);
        prop_assert!(c.equals_up_to_phase(&turned, 1e-10).unwrap());
        prop_assert!(!c.equals_up_to_phase(&other, 1e-6).unwrap());
        // Controls come first: the lower right block acts where both are 1.
        let controlled = c.control(2).unwrap().matrix().unwrap();
        for column in 0..4 << n {
            for row in 0..4 << n {
                let expected = if column % 4 != 3 || row % 4 != 3 {
                    Complex64::from(f64::from(u8::from(row == column)))
                } else {
                    m[(row / 4, column / 4)]
                };
                prop_assert!((controlled[(row, column)] - expected).norm() < 1e-10);
            }
        }
        let reversed = c.reverse_bits();
        prop_assert!(close(&reversed.reverse_bits().matrix().unwrap(), &m));
        let flip = |b: usize| (0..n).fold(0, |r, q| r | (b >> q & 1) << (n - 1 - q));
        let r = reversed.matrix().unwrap();
        prop_assert!((r[(flip(1), flip(2))] - m[(1, 2)]).norm() < 1e-10);
        let gate = c.to_gate("whole").unwrap();
        let mut block = Circuit::new(n);
        block.gate(GateOp::new(gate, 0..n));
        prop_assert!(close(&block.matrix().unwrap(), &m));
    }

    #[test]
    fn json_round_trips(seed in 0u64..1_000) {
        let mut c = random(5, 3, seed);
        c.add_clbits("flag", 2);
        c.add_scratch("counter", 1);
        let theta = c.param("theta");
        c.rx(2.0 * theta + 0.5, 0).gate(GateOp::std(StdGate::P, [theta.into()], [1]).controlled([Control::off(2)]));
        c.pauli_rotation(&"X0 Z4".parse::<PauliString>().unwrap(), theta * 0.5);
        c.gate(GateOp::new(random(3, 2, seed).to_gate("sub").unwrap(), [4, 0, 2]));
        c.unitary(random(2, 2, seed).matrix().unwrap(), &[1, 3]);
        c.diagonal(vec![Complex64::ONE, Complex64::I], &[2]).permutation(vec![1, 2, 3, 0], &[3, 4]);
        c.delay(Duration { value: 20.0, unit: TimeUnit::Ns }, &[0]).barrier(&[1, 2]).reset(3);
        c.measure(0, 1).if_else(Expr::bits(0..2).equals(2), |c| c.x(0), |c| c.y(1));
        c.while_loop(Expr::bit(2), |c| c.assign(2..3, 0));
        let text = serde_json::to_string(&c).unwrap();
        let back: Circuit = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &c);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }
}

#[test]
fn scratch_registers_stay_scratch() {
    let mut c = Circuit::with_clbits(2, 2);
    c.add_scratch("t", 3);
    c.add_clbits("d", 1);
    let shown = |c: &Circuit| c.outcome_bits().collect::<Vec<_>>();
    assert_eq!((c.num_clbits(), c.num_outcome_bits(), shown(&c)), (6, 3, vec![0, 1, 5]));
    assert_eq!((c.profile().num_clbits, c.profile().num_scratch_bits), (6, 3));
    c.h(0).cx(0, 1);
    let marked = |c: &Circuit| c.clbits().iter().map(|r| r.scratch).collect::<Vec<_>>();
    for made in [
        c.inverse().unwrap(),
        c.control(1).unwrap(),
        c.remap(&[1, 0]).unwrap(),
        c.repeat(2),
        c.reverse_bits(),
        c.bind::<&str>(&[]).unwrap(),
        c.decompose(),
    ] {
        assert_eq!(marked(&made), [false, true, false]);
    }
    // What is appended takes the meaning of the bits it is appended to.
    let mut outer = Circuit::with_clbits(2, 6);
    outer.append(&c);
    assert_eq!(outer.num_outcome_bits(), 6);
    // Bits that outcomes show are reversed among themselves.
    c.measure(0, 0).measure(1, 5).assign(2..5, Expr::bit(0));
    let mut reversed = Circuit::with_clbits(2, 2);
    reversed.add_scratch("t", 3);
    reversed.add_clbits("d", 1);
    reversed.h(1).cx(1, 0).measure(1, 5).measure(0, 0).assign(2..5, Expr::bit(5));
    assert_eq!(c.reverse_bits(), reversed);

    let text = serde_json::to_string(&c).unwrap();
    let registers = r#""clbits":[["c",2],{"name":"t","size":3,"scratch":true},["d",1]]"#;
    assert!(text.contains(registers), "{text}");
    assert_eq!(serde_json::from_str::<Circuit>(&text).unwrap(), c);
    let absent = text.replace(r#","scratch":true"#, "");
    assert_eq!(serde_json::from_str::<Circuit>(&absent).unwrap().num_outcome_bits(), 6);
    for (good, bad) in [("scratch", "hidden"), (r#""size":3"#, r#""size":-3"#)] {
        let error = serde_json::from_str::<Circuit>(&text.replace(good, bad)).unwrap_err();
        assert!(error.to_string().contains("a classical register is [name, size]"), "{error}");
    }
}

#[test]
fn json_of_other_versions_and_nonsense_is_refused() {
    let header = r#"{"format": "ketlab.circuit", "version": 1, "ops": [], "qubits": "#;
    let twice = format!(r#"{header} [], "params": ["a", "a"]}}"#);
    let large = format!(r#"{header} [["q", 4000000000]]}}"#);
    for (text, wanted) in [(twice, "must be new"), (large, "at most 1048576")] {
        let error = serde_json::from_str::<Circuit>(&text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    let error = |text: &str| serde_json::from_str::<Circuit>(text).unwrap_err().to_string();
    let newer = r#"{"format": "ketlab.circuit", "version": 2, "qubits": [["q", 1]], "ops": []}"#;
    assert!(error(newer).contains("reads ketlab.circuit version 1"), "{}", error(newer));
    let ops = |op: &str| {
        error(&format!(
            r#"{{"format": "ketlab.circuit", "version": 1, "qubits": [["q", 2]], "ops": [{op}]}}"#
        ))
    };
    assert!(
        ops(r#"{"measure": [0, 0], "reset": 0}"#).contains("`reset` does not belong to `measure`")
    );
    assert!(ops(r#"{"if": {"bit": 0}, "then": [], "els": []}"#).contains("unknown field `els`"));
    assert!(ops(r#"{"if": {"bit": 0}}"#).contains("`then` is missing"));
    assert!(ops(r#"{"value": {"bit": 0}}"#).contains("one of gate, channel, measure"));
    assert!(ops(r#"{"gate": "zz", "on": [0]}"#).contains("no gate `zz`"));
    assert!(ops(r#"{"gate": "x", "on": [7]}"#).contains("qubit 7 is out of range"));
    assert!(ops(r#"{"gate": "rx", "on": [0]}"#).contains("takes 1 angles"));
    assert!(ops(r#"{"gate": "x", "on": [0], "controls": [0]}"#).contains("used twice"));
    assert!(
        ops(
            r#"{"gate": "m", "on": [0], "data": {"matrix": [[[1, 0], [1, 0]], [[0, 0], [1, 0]]]}}"#
        )
        .contains("not unitary")
    );
}

#[test]
fn a_dense_label_in_json_may_begin_with_identities() {
    let rotation = |label: &str, on: &str| {
        let op = format!(
            r#"{{"gate": "r", "on": {on}, "angles": [0.3], "data": {{"pauli": "{label}"}}}}"#
        );
        let text = format!(
            r#"{{"format": "ketlab.circuit", "version": 1, "qubits": [["q", 3]], "ops": [{op}]}}"#
        );
        serde_json::from_str::<Circuit>(&text)
    };
    let mut expected = Circuit::new(3);
    expected.pauli_rotation(&"X2 Z0".parse::<PauliString>().unwrap(), 0.3);
    let given = rotation("IXZ", "[0, 2, 1]").unwrap();
    assert!(given.equals_up_to_phase(&expected, 1e-12).unwrap());
    assert!(rotation("X0", "[0, 1]").is_err() && rotation("IXZ", "[0]").is_err());
}

#[test]
fn appending_maps_qubits_bits_and_parameters_by_name() {
    let mut inner = Circuit::with_clbits(2, 1);
    let (a, b) = (inner.param("a"), inner.param("b"));
    inner.rx(a, 0).ry(b, 1).measure(1, 0);
    let mut outer = Circuit::with_clbits(3, 2);
    let b = outer.param("b");
    outer.rz(b, 0).append_on(&inner, &[2, 0], &[1]);
    assert_eq!(outer.params(), ["b", "a"]);
    let bound = outer.bind(&[("a", 0.5), ("b", 0.25)]).unwrap();
    let mut expected = Circuit::with_clbits(3, 2);
    expected.rz(0.25, 0).rx(0.5, 2).ry(0.25, 0).measure(0, 1);
    assert_eq!(bound, expected);
    assert!(outer.try_append_on(&inner, &[0, 0], &[1]).is_err());
    assert!(outer.try_append_on(&inner, &[0, 3], &[1]).is_err());
    assert!(outer.try_append_on(&inner, &[0], &[1]).is_err());
    assert!(expected.inverse().is_err());
}

#[test]
fn remapping_moves_qubits_and_keeps_the_rest() {
    let mut c = Circuit::with_clbits(3, 4);
    c.rx(0.3, 0).cx(0, 2).measure(1, 3).assign(0..3, Expr::bits(1..4));
    let moved = c.remap(&[2, 0, 1]).unwrap();
    let mut expected = Circuit::with_clbits(3, 4);
    expected.rx(0.3, 2).cx(2, 1).measure(0, 3).assign(0..3, Expr::bits(1..4));
    assert_eq!(moved, expected);
    for wrong in [vec![0, 0, 1], vec![0, 1], vec![0, 1, 3]] {
        assert!(c.remap(&wrong).is_err());
    }
}

#[test]
fn classical_bits_may_be_torn_apart() {
    // 2 is written to bits 1 and 2: bit 2 is set. Reversed, that is bit 1.
    let outcome = |c: &Circuit| Simulator::new().outcome_probabilities(c).unwrap()[0].0.to_string();
    let mut c = Circuit::with_clbits(1, 4);
    c.assign(1..3, 2);
    assert_eq!((outcome(&c), outcome(&c.reverse_bits())), ("0100".into(), "0010".into()));
    let mut inner = Circuit::with_clbits(1, 2);
    inner.assign(0..2, 3);
    let mut outer = Circuit::with_clbits(1, 4);
    outer.append_on(&inner, &[0], &[0, 3]);
    assert_eq!(outcome(&outer), "1001");
    let json = serde_json::to_string(&outer).unwrap();
    assert_eq!(serde_json::from_str::<Circuit>(&json).unwrap(), outer);
    assert!(outer.try_append_on(&inner, &[0], &[2, 2]).is_err());
}

#[test]
fn a_failed_append_changes_nothing() {
    let mut c = Circuit::with_clbits(2, 1);
    c.h(0);
    let before = c.clone();
    let measured = c.try_with_controls(&[Control::on(1)], |c| c.x(0).measure(0, 0));
    assert!(measured.is_err());
    assert_eq!(c, before);
    let repeated = c.try_with_controls(&[Control::on(1)], |c| c.x(0).x(1));
    assert!(repeated.is_err());
    assert_eq!(c, before);
}

#[test]
fn parameters_do_not_hide_in_blocks() {
    let mut inner = Circuit::new(1);
    let theta = inner.param("theta");
    inner.rx(theta, 0);
    assert!(inner.to_gate("hidden").is_err());
    let op = GateOp::std(StdGate::RX, [theta.into()], [0]);
    let block = Gate::block("hidden", 1, [], Some(vec![op])).unwrap();
    assert!(Circuit::new(1).try_gate(GateOp::new(block, [0])).is_err());
    let bad = Gate::block("bad", 1, [], Some(vec![GateOp::std(StdGate::H, [], [3])]));
    assert!(bad.is_err());
}

#[test]
fn an_oracle_is_the_function_it_was_given() {
    let mut c = Circuit::new(5);
    c.x(0).x(2).oracle(|x| x * x, &[0, 1, 2], &[3, 4]);
    let state = naive::run(&c);
    // x = 5, x² = 25 = 0b11001, of which two bits are kept: 01.
    assert!((state[0b01_101].norm() - 1.0).abs() < 1e-12);
    assert!(
        distance_up_to_phase(&state, &Simulator::new().state::<f64>(&c).unwrap().to_vec()) < 1e-12
    );
}

#[test]
fn depth_counts_the_longest_chain() {
    let mut circuit = Circuit::with_clbits(3, 1);
    assert_eq!(circuit.depth(), 0);
    circuit.h(0).h(1).cx(0, 1).x(2).measure(1, 0);
    assert_eq!(circuit.depth(), 3);
    assert_eq!(circuit.depth(), circuit.profile().depth);
}

#[test]
fn registers_without_bits_are_empty() {
    assert!(Circuit::empty().qubits().is_empty());
    let circuit = Circuit::new(2);
    assert!(!circuit.qubits().is_empty() && circuit.clbits().is_empty());
}

#[test]
fn a_formula_makes_a_parameter_map_more_than_the_identity() {
    let mut circuit = Circuit::new(1);
    let theta = circuit.param("theta");
    circuit.ry(theta, 0);
    assert!(circuit.parameter_map().is_identity());
    assert_eq!(circuit.parameter_map().row(&[0.3]).unwrap(), [0.3]);
    let square = circuit.derived(Formula::Product(theta.into(), theta.into()));
    circuit.rz(square, 0);
    let map = circuit.parameter_map();
    assert!(!map.is_identity());
    assert!((map.row(&[0.3]).unwrap()[1] - 0.09).abs() < 1e-15);
}
