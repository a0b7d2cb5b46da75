//! Pictures of circuits, looked at and then kept.

use ketlab::circuit::{Duration, TimeUnit, library};
use ketlab::gate::Block;
use ketlab::{Angle, Circuit, Control, Expr, Gate, GateOp, PauliString, StdGate};
use std::f64::consts::PI;
use std::sync::Arc;

fn teleportation() -> Circuit {
    let mut c = Circuit::with_clbits(3, 2);
    c.u(0.3, 0.2, 0.1, 0).h(1).cx(1, 2).barrier_all().cx(0, 1).h(0).measure(0, 0).measure(1, 1);
    c.if_then(Expr::bit(1).equals(1), |b| {
        b.x(2);
    });
    c.if_then(Expr::bit(0).equals(1), |b| {
        b.z(2);
    });
    c
}

fn ansatz() -> Circuit {
    let mut c = Circuit::new(12);
    let theta = c.param_vector("θ", 24);
    for q in 0..12 {
        c.ry(theta[q], q);
    }
    for q in 0..11 {
        c.cx(q, q + 1);
    }
    for q in 0..12 {
        c.rz(2.0 * theta[12 + q] + PI / 2.0, q);
    }
    c
}

fn nested() -> Circuit {
    let mut c = Circuit::with_clbits(3, 2);
    c.add_clbits("flag", 1);
    c.h(0).measure(0, 0);
    c.while_loop(Expr::bits(0..2).binary(ketlab::circuit::BinaryOp::Lt, 3), |w| {
        w.h(0).cx(0, 1).measure(0, 0);
        w.if_else(
            Expr::bit(2).not(),
            |t| {
                t.x(1).assign(2..3, 1).gphase(PI / 4.0);
            },
            |e| {
                e.z(1).reset(0);
            },
        );
    });
    c.h(2).measure(2, 1);
    c
}

fn shapes() -> Circuit {
    let mut c = Circuit::new(5);
    c.mcx(&[Control::on(0), Control::off(2), Control::on(4)], 3).swap(0, 1).cswap(4, 1, 3);
    c.rzx(0.7, 3, 0).rzz(PI / 3.0, 1, 2).cz(0, 3);
    c.mcp(PI / 8.0, &[Control::off(1), Control::on(4)], 2);
    c.pauli_rotation(&PauliString::from_label("XIZY").unwrap(), PI / 2.0);
    c.iswap(0, 2).ecr(1, 0).crz(-PI / 2.0, 4, 3).cs(0, 1).csx(2, 3);
    c.gphase(PI / 4.0);
    c.gate(GateOp::std(StdGate::GlobalPhase, [Angle::from(0.5)], []).controlled([1usize]));
    c.gate(GateOp::std(StdGate::GlobalPhase, [Angle::from(PI)], []).controlled([1usize, 3]));
    c.gate(GateOp::std(StdGate::RXX, [Angle::from(PI)], [1, 3]).controlled([2usize, 0, 4]));
    c.fsim(PI / 2.0, PI / 6.0, 3, 1);
    c
}

fn block(name: &str, num_qubits: usize) -> Gate {
    let angles = [Angle::from(PI)].into_iter().collect();
    Gate::Block(Arc::new(Block { name: name.into(), num_qubits, angles, definition: None }))
}

fn things() -> Circuit {
    let mut c = Circuit::with_clbits(4, 12);
    let ns = Duration { value: 100.0, unit: TimeUnit::Ns };
    c.delay(ns, &[0, 1]).barrier(&[0, 1, 3]).reset(2).measure(3, 10).assign(0..4, 5);
    c.gate(GateOp::new(block("a_rather_long_name_of_a_gate", 2), [2, 0]));
    c.gate(GateOp::new(block("magic", 3), [0, 1, 2]));
    c.permutation(vec![0, 2, 1, 3], &[1, 3]).oracle(|x| x & 1, &[0, 1], &[3]);
    c.sdg(0).tdg(1).sx(2).u(PI / 2.0, 0.1234567, -PI, 3);
    c
}

fn qaoa() -> Circuit {
    let mut c = Circuit::new(12);
    let (g, b) = (c.param("γ"), c.param("β"));
    for q in 0..12 {
        c.h(q);
    }
    for q in 0..12 {
        c.rzz(2.0 * g, q, (q + 1) % 12);
    }
    for q in 0..12 {
        c.rx(2.0 * b, q);
    }
    c.measure_all();
    c
}

#[test]
fn gallery() {
    let mut bell = Circuit::new(2);
    bell.h(0).cx(0, 1).measure_all();
    let all = [
        ("bell", bell),
        ("ghz", library::ghz(12)),
        ("qft", library::qft(5)),
        ("random", library::random(12, 6, 1)),
        ("teleportation", teleportation()),
        ("nested", nested()),
        ("ansatz", ansatz()),
        ("shapes", shapes()),
        ("things", things()),
        ("qaoa", qaoa()),
    ];
    for (name, c) in all {
        println!("=== {name}\n{}\n", c.draw().width(110));
    }
}
