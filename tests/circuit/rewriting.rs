//! Circuits rewritten: by their matrices, phases included.

use crate::common::random_circuit;
use ketlab::circuit::Expr;
use ketlab::qasm::Qelib1;
use ketlab::rewrite::{Basis, to_basis, without_global_phases};
use ketlab::{Circuit, Control, Gate, GateOp, Op, StdGate};
use proptest::prelude::*;
use rand::RngExt;

/// Every named basis that has all angles, and some of one entangling gate each.
fn bases() -> Vec<Basis> {
    let lists = [
        "u3,cx",
        "phased_u,cz",
        "h,rz,cx",
        "p,rx,rzz",
        "u,ryy",
        "rz,ry,rzx",
        "u,cp",
        "u,cx,ccx",
        "rz,sx,cx,cp,c3x",
    ];
    let named = Basis::names().filter(|name| *name != "clifford-t");
    let mut bases: Vec<Basis> = named.chain(lists).map(|name| name.parse().unwrap()).collect();
    bases.push(Qelib1::Extended.basis());
    bases
}

#[track_caller]
fn assert_same(a: &Circuit, b: &Circuit, what: &dyn std::fmt::Display) {
    let distance = (a.matrix().unwrap() - b.matrix().unwrap()).norm();
    assert!(distance < 1e-9, "{what}: {distance}");
}

fn assert_in(circuit: &Circuit, basis: &Basis) {
    for op in circuit.ops() {
        if let Op::Gate(gate) = op {
            assert!(basis.contains_op(gate), "{} in {basis}", gate.name());
        }
    }
}

/// Each row of the table under 0 to 3 controls of both signs, at random angles.
fn rows() -> Vec<Circuit> {
    let mut rng = random_circuit::generator(11);
    let mut circuits = vec![];
    for row in StdGate::ALL {
        let n = row.spec().num_qubits;
        for num_controls in 0..=3.min(6 - n) {
            for _ in 0..2 {
                let mut c = Circuit::new((n + num_controls).max(1));
                let angles: Vec<f64> =
                    row.spec().angles.iter().map(|_| random_circuit::angle(&mut rng)).collect();
                // Matrices of large angles are rounded with them.
                let angles = angles.into_iter().map(|a| if a.abs() > 100.0 { 1.7 } else { a });
                let signs = (n..n + num_controls).map(|q| match rng.random_bool(0.7) {
                    true => Control::on(q),
                    false => Control::off(q),
                });
                let op = GateOp::std(*row, angles.map(|a| a.into()), 0..n);
                c.gate(op.controlled(signs.collect::<Vec<_>>()));
                circuits.push(c);
            }
        }
    }
    circuits
}

#[test]
fn every_row_in_every_basis() {
    for basis in bases() {
        for circuit in rows() {
            let written = to_basis(&circuit, &basis).unwrap();
            assert_in(&written, &basis);
            assert_same(&circuit, &written, &format!("{:?} in {basis}", circuit.count_ops()));
        }
    }
}

#[test]
fn random_circuits_in_every_basis() {
    for (seed, basis) in bases().into_iter().enumerate() {
        for n in 1..5 {
            let circuit = random_circuit::gates(n, 8, 10 * seed as u64 + n as u64);
            let written = to_basis(&circuit, &basis).unwrap();
            assert_in(&written, &basis);
            assert_same(&circuit, &written, &basis);
        }
    }
}

#[test]
fn many_controls_need_no_ancillas() {
    let gates = |k: usize| {
        let x = GateOp::std(StdGate::X, [], [k]).controlled(0..k);
        let ry = GateOp::std(StdGate::RY, [0.7.into()], [k]).controlled(0..k);
        (x, ry)
    };
    let basis: Basis = "u-cx".parse().unwrap();
    for k in 1..10 {
        let (x, ry) = gates(k);
        for (gate, expected) in [(x, (2 << k) - 2), (ry, 1 << k)] {
            let expected = if k == 1 && gate.name() == "cx" { 1 } else { expected };
            let mut c = Circuit::new(k + 1);
            c.gate(gate);
            let written = to_basis(&c, &basis).unwrap();
            if k <= 8 {
                assert_eq!(written.count_ops()["cx"], expected);
            }
            if k <= 8 || expected > 1 << k {
                assert_same(&c, &written, &k);
            }
        }
    }
    // Quadratic in the number of controls.
    let cx = |k: usize| {
        let mut c = Circuit::new(k + 1);
        c.gate(gates(k).0);
        to_basis(&c, &basis).unwrap().count_ops()["cx"]
    };
    let (a, b, c) = (cx(20), cx(40), cx(80));
    assert!(b < 5 * a && c < 5 * b, "{a} {b} {c}");
}

#[test]
fn clifford_t_has_multiples_of_an_eighth_turn() {
    let basis = Basis::named("clifford-t").unwrap();
    let mut c = Circuit::new(3);
    let eighth = std::f64::consts::FRAC_PI_4;
    c.sx(0).y(1).ccx(0, 1, 2).p(3.0 * eighth, 0).rz(-eighth, 1).cs(0, 2).swap(1, 2).iswap(0, 1);
    c.rx(2.0 * eighth, 2).ch(0, 1).cz(1, 2).ecr(0, 2).rccx(0, 1, 2);
    let written = to_basis(&c, &basis).unwrap();
    assert_in(&written, &basis);
    assert_same(&c, &written, &basis);
    c.rz(0.3, 0);
    let message = to_basis(&c, &basis).unwrap_err().to_string();
    assert!(message.contains("multiples of π/4") && message.contains("`rz`"), "{message}");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let refused =
        |c: &Circuit, basis: &str| to_basis(c, &basis.parse().unwrap()).unwrap_err().to_string();
    let mut c = Circuit::new(2);
    c.cx(0, 1);
    assert!(refused(&c, "h,rz").contains("one of cx, cz"));
    let mut opaque = Circuit::new(2);
    opaque.gate(GateOp::new(Gate::block("magic", 2, [], None).unwrap(), [0, 1]));
    assert!(refused(&opaque, "u-cx").contains("`magic`"));
    let mut wide = Circuit::new(7);
    let size = 1 << 7;
    wide.unitary(nalgebra::DMatrix::identity(size, size), &[0, 1, 2, 3, 4, 5, 6]);
    assert!(refused(&wide, "u-cx").contains("at most 6"));
    let mut deep = Gate::fixed(StdGate::H);
    for _ in 0..300 {
        deep = Gate::block("deeper", 1, [], Some(vec![GateOp::new(deep, [0])])).unwrap();
    }
    let mut c = Circuit::new(1);
    c.gate(GateOp::new(deep, [0]));
    assert!(refused(&c, "u-cx").contains("deeper than 200"));
}

#[test]
fn everything_else_stays() {
    let basis: Basis = "ibm-cz".parse().unwrap();
    let mut c = Circuit::with_clbits(2, 2);
    c.h(0).measure(0, 0).barrier_all().reset(1);
    c.if_else(Expr::bit(0), |c| c.h(1).measure(1, 1), |c| c.x(1));
    c.while_loop(Expr::bit(1), |c| c.y(0).measure(0, 1));
    let written = to_basis(&c, &basis).unwrap();
    let counts = written.count_ops();
    for name in ["measure", "barrier", "reset", "if", "while"] {
        assert_eq!(counts.get(name), c.count_ops().get(name), "{name}");
    }
    assert!(!counts.contains_key("h") && !counts.contains_key("y"));
    let bare = without_global_phases(&written);
    assert!(counts["gphase"] > 0 && !bare.count_ops().contains_key("gphase"));
    for seed in 0..40 {
        let circuit = random_circuit::dynamic(seed);
        let written = to_basis(&circuit, &basis).unwrap();
        let simulator = ketlab::Simulator::new();
        let a = simulator.outcome_probabilities(&circuit);
        let b = simulator.outcome_probabilities(&written);
        let (Ok(a), Ok(b)) = (a, b) else { panic!("{seed}") };
        for (bits, p) in &a {
            let q = b.iter().find(|(other, _)| other == bits).map_or(0.0, |(_, q)| *q);
            assert!((p - q).abs() < 1e-9, "{seed}: {bits} {p} {q}");
        }
    }
}

/// Gates with angles linear in two parameters.
fn parameterized(seed: u64) -> Circuit {
    let mut rng = random_circuit::generator(seed);
    let mut c = Circuit::new(3);
    let (a, b) = (c.param("a"), c.param("b"));
    for _ in 0..6 {
        let mut op = random_circuit::op(3, 1, &mut rng);
        let (x, y) = (rng.random_range(-2..3), rng.random_range(-1..2));
        op.gate = op.gate.map_angles(&|angle| {
            let angle = if angle.offset().abs() > 100.0 { 0.2.into() } else { angle.clone() };
            angle + f64::from(x) * a + f64::from(y) * b
        });
        c.gate(op);
    }
    c
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn rewriting_and_binding_commute(seed in any::<u64>(), a in -3.0..3.0, b in -3.0..3.0) {
        let circuit = parameterized(seed);
        let values = [("a", a), ("b", b)];
        let bound = circuit.bind(&values).unwrap();
        let all = bases();
        let basis = &all[seed as usize % all.len()];
        let written = to_basis(&circuit, basis).unwrap();
        assert_in(&written, basis);
        assert_same(&bound, &written.bind(&values).unwrap(), basis);
        assert_same(&bound, &to_basis(&bound, basis).unwrap(), basis);
    }
}
