//! Circuits rewritten: by their matrices, phases included.

use crate::common::random_circuit;
use ketlab::circuit::Expr;
use ketlab::qasm::Qelib1;
use ketlab::rewrite::{
    Basis, CouplingMap, cancel_gates, route, to_basis, to_pauli_rotations, without_global_phases,
};
use ketlab::{Angle, Circuit, Control, Gate, GateOp, Op, StdGate};
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
fn the_header_of_openqasm_2_is_written_as_the_export_does() {
    fn flat(op: &GateOp, out: &mut Vec<String>) {
        match &op.gate {
            Gate::Block(b) => b.definition.iter().flatten().for_each(|op| flat(op, out)),
            _ if op.qubits().count() > 1 => out.push(op.name().into_owned()),
            _ => {}
        }
    }
    let names = |circuit: &Circuit| {
        let mut names = vec![];
        gates_of(circuit).into_iter().for_each(|op| flat(op, &mut names));
        names.sort();
        names
    };
    let random = (0..60).map(|seed| random_circuit::gates(1 + seed as usize % 5, 8, seed));
    for circuit in rows().into_iter().chain(random) {
        let text = ketlab::qasm::parse(&circuit.to_qasm2().unwrap()).unwrap();
        let written = to_basis(&circuit, &Qelib1::Extended.basis()).unwrap();
        assert_eq!(names(&written), names(&text), "{:?}", circuit.count_ops());
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
        assert_same_outcomes(&circuit, &written, &seed);
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

fn gates_of(circuit: &Circuit) -> Vec<&GateOp> {
    circuit
        .ops()
        .iter()
        .filter_map(|op| if let Op::Gate(g) = op { Some(g) } else { None })
        .collect()
}

/// The same probabilities of outcomes.
#[track_caller]
fn assert_same_outcomes(a: &Circuit, b: &Circuit, what: &dyn std::fmt::Display) {
    let simulator = ketlab::Simulator::new();
    let b = simulator.outcome_probabilities(b).unwrap();
    for (bits, p) in simulator.outcome_probabilities(a).unwrap() {
        let q = b.iter().find(|(other, _)| *other == bits).map_or(0.0, |(_, q)| *q);
        assert!((p - q).abs() < 1e-9, "{what}: {bits} {p} {q}");
    }
}

#[test]
fn cancelling_keeps_matrices_and_ends() {
    let mut fewer = 0;
    for seed in 0..60 {
        let n = 1 + seed as usize % 4;
        let circuit = random_circuit::gates(n, 20, seed);
        let cancelled = cancel_gates(&circuit);
        assert_same(&circuit, &cancelled, &seed);
        assert_eq!(cancel_gates(&cancelled), cancelled, "{seed}");
        fewer += usize::from(gates_of(&cancelled).len() < gates_of(&circuit).len());
        // In few gates there are more that fit.
        let basis: Basis = "rz,sx,x,cx".parse().unwrap();
        let written = to_basis(&circuit, &basis).unwrap();
        let cancelled = cancel_gates(&written);
        assert_in(&cancelled, &basis);
        assert_same(&circuit, &cancelled, &seed);
    }
    assert!(fewer > 20, "{fewer}");
}

/// The same without large angles, of which sums are rounded.
fn tame(circuit: &Circuit) -> Circuit {
    let mut small = Circuit::new(circuit.num_qubits());
    let smaller =
        |angle: &Angle| if angle.offset().abs() > 100.0 { 0.2.into() } else { angle.clone() };
    for gate in gates_of(circuit) {
        small.gate(GateOp { gate: gate.gate.map_angles(&smaller), ..gate.clone() });
    }
    small
}

#[test]
fn a_circuit_and_its_inverse_cancel() {
    for seed in 0..60 {
        let mut circuit = tame(&random_circuit::gates(4, 25, seed));
        circuit.append(&circuit.inverse().unwrap());
        let cancelled = cancel_gates(&circuit);
        let left = gates_of(&cancelled).iter().filter(|g| g.qubits().count() > 0).count();
        assert_eq!(left, 0, "{seed}: {:?}", cancelled.count_ops());
        assert_same(&circuit, &cancelled, &seed);
    }
}

#[test]
fn gates_cancel_past_what_they_commute_with() {
    let count = |build: &dyn Fn(&mut Circuit) -> &mut Circuit| {
        let mut c = Circuit::with_clbits(3, 1);
        build(&mut c);
        let cancelled = cancel_gates(&c);
        if !c.count_ops().contains_key("measure") {
            assert_same(&c, &cancelled, &"cancelled");
        }
        gates_of(&cancelled).iter().filter(|g| g.qubits().count() > 0).count()
    };
    assert_eq!(count(&|c| c.cx(0, 1).rz(0.3, 0).x(1).cx(0, 2).cx(0, 1)), 3);
    assert_eq!(count(&|c| c.cx(0, 1).h(0).cx(0, 1)), 3);
    assert_eq!(count(&|c| c.cz(0, 1).t(1).cz(1, 0)), 1);
    assert_eq!(count(&|c| c.rxx(0.3, 0, 1).rzz(0.2, 0, 1).rxx(-0.3, 1, 0)), 1);
    assert_eq!(count(&|c| c.rz(0.3, 0).measure(0, 0).rz(-0.3, 0)), 2);
    assert_eq!(count(&|c| c.rz(0.3, 0).barrier_all().rz(-0.3, 0)), 2);
    assert_eq!(count(&|c| c.rx(0.3, 0).measure(1, 0).rx(-0.3, 0)), 0);
    assert_eq!(count(&|c| c.id(0).rz(0.0, 1).p(0.0, 2).rzz(0.0, 0, 1)), 0);
    // Whole turns are -1, which a control can see.
    let turn = std::f64::consts::TAU;
    assert_eq!(count(&|c| c.ry(turn / 2.0, 0).ry(turn / 2.0, 0)), 0);
    assert_eq!(count(&|c| c.cry(turn / 2.0, 1, 0).cry(turn / 2.0, 1, 0)), 1);
    assert_eq!(count(&|c| c.h(0).cx(0, 1).ccx(0, 1, 2).ccx(1, 0, 2).cx(0, 1).h(0)), 0);
}

#[test]
fn every_gate_as_pauli_rotations() {
    let assert_rotations = |circuit: &Circuit| {
        let rotations = to_pauli_rotations(circuit).unwrap();
        for gate in gates_of(&rotations) {
            let is_rotation = matches!(gate.gate, Gate::PauliRotation(..));
            assert!(gate.controls.is_empty() && (is_rotation || gate.name() == "gphase"));
        }
        assert_same(circuit, &rotations, &format!("{:?}", circuit.count_ops()));
    };
    rows().iter().for_each(assert_rotations);
    for seed in 0..40 {
        assert_rotations(&random_circuit::gates(1 + seed as usize % 4, 6, seed));
    }
    for seed in 0..20 {
        let circuit = random_circuit::dynamic(seed);
        assert_same_outcomes(&circuit, &to_pauli_rotations(&circuit).unwrap(), &seed);
    }
    let mut wide = Circuit::new(20);
    wide.mcx(&(0..19).map(Control::on).collect::<Vec<_>>(), 19);
    assert!(to_pauli_rotations(&wide).unwrap_err().to_string().contains("19 controls"));
}

/// A routed circuit is the circuit between two permutations of the qubits.
fn assert_routed(circuit: &Circuit, map: &CouplingMap, seed: u64) -> Circuit {
    let routed = route(circuit, map, seed).unwrap();
    assert_eq!(routed, route(circuit, map, seed).unwrap());
    for gate in gates_of(&routed.circuit) {
        let qubits: Vec<usize> = gate.qubits().map(|q| q as usize).collect();
        assert!(qubits.len() < 2 || map.contains(qubits[0], qubits[1]), "{qubits:?}");
    }
    let n = map.num_qubits();
    let mut expected = Circuit::new(n);
    let wires: Vec<usize> = (0..circuit.num_qubits()).collect();
    expected.append_on(circuit, &wires, &[]);
    let mut expected = expected.remap(&routed.initial_layout).unwrap();
    // What ends on `final_layout[k]` began on `initial_layout[k]`.
    let moved = |b: u32| {
        let ends = routed.initial_layout.iter().zip(&routed.final_layout);
        ends.fold(0, |to, (&from, &end)| to | (b >> from & 1) << end)
    };
    expected.permutation((0..1 << n).map(moved).collect(), &(0..n).collect::<Vec<_>>());
    assert_same(&expected, &routed.circuit, &seed);
    routed.circuit
}

#[test]
fn routed_circuits_are_on_the_map() {
    let basis: Basis = "u-cx".parse().unwrap();
    let star = CouplingMap::new(5, &[(2, 0), (2, 1), (2, 3), (2, 4)]).unwrap();
    let maps = [CouplingMap::line(4).unwrap(), CouplingMap::grid(2, 3).unwrap(), star];
    for (seed, map) in (0..12).zip(maps.iter().cycle()) {
        for n in 2..=4 {
            let circuit = to_basis(&random_circuit::gates(n, 4, seed), &basis).unwrap();
            assert_routed(&circuit, map, seed);
        }
    }
    // A circuit that fits needs no swap.
    let mut chain = Circuit::new(6);
    for q in 0..5 {
        chain.cx(q, q + 1);
    }
    let routed = assert_routed(&chain, &CouplingMap::line(6).unwrap(), 1);
    assert!(!routed.count_ops().contains_key("swap"));
}

#[test]
fn routing_finds_layouts_that_need_few_swaps() {
    // A ring written in an order in which neighbors are far apart.
    let n = 16;
    let mut ring = Circuit::new(n);
    for _ in 0..3 {
        for k in 0..n {
            ring.cz(k * 5 % n, (k + 1) * 5 % n);
        }
    }
    let routed = route(&ring, &CouplingMap::grid(4, 4).unwrap(), 3).unwrap();
    let swaps = routed.circuit.count_ops().get("swap").copied().unwrap_or(0);
    assert!(swaps < 40, "{swaps}");
}

#[test]
fn routing_keeps_classical_bits_and_bodies() {
    let mut c = Circuit::with_clbits(4, 4);
    c.h(0).cx(0, 3).measure(0, 2).cx(3, 1).ry(0.4, 2);
    c.if_else(Expr::bit(2), |c| c.cx(0, 2).cx(1, 3).cx(0, 1), |c| c.cx(3, 2).x(1));
    c.cx(2, 1).cx(0, 1).measure(1, 0).measure(2, 1).measure(3, 3);
    for seed in 0..5 {
        let routed = route(&c, &CouplingMap::line(4).unwrap(), seed).unwrap().circuit;
        assert_eq!(routed.clbits(), c.clbits());
        assert_same_outcomes(&c, &routed, &seed);
        for body in routed.ops().iter().flat_map(|op| op.bodies()).flatten() {
            let Op::Gate(gate) = body else { continue };
            let qubits: Vec<usize> = gate.qubits().map(|q| q as usize).collect();
            assert!(qubits.len() < 2 || qubits[0].abs_diff(qubits[1]) == 1);
        }
    }
    let message =
        |c: &Circuit, n| route(c, &CouplingMap::line(n).unwrap(), 0).unwrap_err().to_string();
    assert!(message(&c, 3).contains("has 3"));
    let mut toffoli = Circuit::new(3);
    toffoli.ccx(0, 1, 2);
    assert!(message(&toffoli, 3).contains("to_basis"));
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

    #[test]
    fn cancelling_and_binding_commute(seed in any::<u64>(), a in -3.0..3.0, b in -3.0..3.0) {
        let mut circuit = parameterized(seed);
        circuit.append(&parameterized(seed / 2).inverse().unwrap());
        circuit.append(&circuit.inverse().unwrap()).append(&parameterized(seed / 3));
        let values = [("a", a), ("b", b)];
        let bound = circuit.bind(&values).unwrap();
        let cancelled = cancel_gates(&circuit);
        let on_qubits = |c: &Circuit| {
            gates_of(c).iter().filter(|g| g.qubits().count() > 0).count()
        };
        prop_assert!(on_qubits(&cancelled) <= on_qubits(&parameterized(seed / 3)));
        assert_same(&bound, &cancelled.bind(&values).unwrap(), &seed);
        assert_same(&bound, &cancel_gates(&bound), &seed);
        let rotations = to_pauli_rotations(&parameterized(seed)).unwrap();
        let bound = parameterized(seed).bind(&values).unwrap();
        assert_same(&bound, &rotations.bind(&values).unwrap(), &seed);
    }
}
/// Thousands of gates, each with a phase: their sum must not lose what it adds up.
#[test]
fn global_phases_of_many_gates_keep_their_digits() {
    let bound = parameterized(11688439471804753525).bind(&[("a", 0.0), ("b", 0.0)]).unwrap();
    for name in ["rx,ry,rz,rxx", "rz-ry-cz"] {
        let written = to_basis(&bound, &name.parse::<Basis>().unwrap()).unwrap();
        let distance = (bound.matrix().unwrap() - written.matrix().unwrap()).norm();
        assert!(distance < 1e-11, "{name}: {distance}");
    }
}

#[test]
fn final_measurements_stay_final_when_qubits_move() {
    // Pairs one after another on a line: what is measured early lies in the way of later swaps.
    let mut c = Circuit::new(5);
    c.h(0).cx(0, 4).cx(1, 3).cx(0, 2).cx(2, 4).cx(3, 0).measure_all();
    for seed in 0..5 {
        let routed = route(&c, &CouplingMap::line(5).unwrap(), seed).unwrap().circuit;
        assert!(routed.count_ops()["swap"] > 0);
        assert_eq!(routed.without_final_measurements().count_ops().get("measure"), None, "{seed}");
        assert_same_outcomes(&c, &routed, &seed);
    }
}
