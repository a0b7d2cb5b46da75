//! Pictures of circuits: SVG and LaTeX as snapshots, each of which was looked at.
//!
//! `KETLAB_RENEW=1 cargo test --test circuit pictures` writes the snapshots anew.

use ketlab::circuit::{BinaryOp, Duration, TimeUnit, library};
use ketlab::draw::Theme;
use ketlab::{Angle, Circuit, Control, Expr, Gate, GateOp, PauliString, StdGate};
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::f64::consts::PI;
use std::path::Path;

fn teleportation() -> Circuit {
    let mut c = Circuit::with_clbits(3, 2);
    c.u(0.3, 0.2, 0.1, 0).h(1).cx(1, 2).barrier_all().cx(0, 1).h(0).measure(0, 0).measure(1, 1);
    c.if_then(Expr::bit(1).equals(1), |b| b.x(2));
    c.if_then(Expr::bit(0).equals(1), |b| b.z(2));
    c
}

/// Every kind of gate, with its colour.
fn gates() -> Circuit {
    let mut c = Circuit::new(4);
    let theta = c.param("theta");
    c.h(0).x(1).y(2).z(3).s(0).sdg(1).t(2).tdg(3).sx(0).sxdg(1).id(2).p(PI / 8.0, 3);
    c.rx(PI / 2.0, 0).ry(theta, 1).rz(2.0 * theta + PI / 2.0, 2).u(PI / 2.0, 0.0, PI, 3);
    c.cx(0, 1).cz(2, 3).swap(0, 1).cs(2, 3).cp(-PI / 4.0, 0, 2).ch(3, 1).cy(0, 3);
    c.rzz(theta, 0, 1).rxx(PI / 3.0, 2, 3).iswap(0, 1).ecr(3, 2).fsim(0.5, -0.25, 1, 3);
    c.crx(-PI, 2, 0).cswap(1, 0, 3).mcx(&[Control::on(0), Control::off(1), Control::off(3)], 2);
    c.pauli_rotation(&PauliString::from_label("XIZY").unwrap(), -2.0 * PI / 3.0);
    c.mcp(PI / 16.0, &[Control::off(0), Control::on(1)], 3);
    let phase = |angle: f64| GateOp::std(StdGate::GlobalPhase, [Angle::from(angle)], []);
    c.gphase(PI / 4.0).gate(phase(PI / 3.0).controlled([1usize]));
    c
}

/// Matrices, blocks, oracles, over wires that they do not touch.
fn own_gates() -> Circuit {
    let mut c = Circuit::new(4);
    let matrix = DMatrix::<Complex64>::identity(4, 4);
    c.unitary(matrix, &[0, 1]).permutation(vec![0, 2, 1, 3], &[1, 3]);
    c.oracle(|x| x & 1, &[0, 1], &[3]).diagonal(vec![Complex64::ONE; 4], &[0, 2]);
    let gate = Gate::block("a_rather_long_name", 2, [Angle::from(PI)], None).unwrap();
    c.gate(GateOp::new(gate, [2, 3]).controlled([0usize]));
    let opaque = Gate::block("magic", 1, [], None).unwrap();
    c.gate(GateOp::new(opaque, [1]).controlled([Control::off(3)]));
    let longest = Gate::block("name_".repeat(20), 1, [Angle::from(0.1)], None).unwrap();
    c.gate(GateOp::new(longest, [2]));
    let rxx = GateOp::std(StdGate::RXX, [Angle::from(PI)], [1, 3]);
    c.gate(rxx.controlled([2usize, 0]));
    c
}

/// Loops and branches in each other, assignments.
fn control_flow() -> Circuit {
    let mut c = Circuit::with_clbits(3, 2);
    c.add_clbits("flag", 1);
    c.h(0).measure(0, 0);
    c.while_loop(Expr::bits(0..2).binary(BinaryOp::Lt, 3), |w| {
        w.h(0).cx(0, 1).measure(0, 0);
        w.if_else(
            Expr::bit(2).not(),
            |t| t.x(1).assign(2..3, 1).gphase(-PI / 4.0),
            |e| e.z(1).reset(0),
        )
    });
    c.if_then(Expr::bit(0), |a| {
        a.if_then(Expr::bit(1), |b| b.if_then(Expr::bit(2), |c| c.x(0).cx(0, 1)))
    });
    c.h(2).measure(2, 1);
    c
}

/// Delays, barriers, resets, registers of many sizes.
fn what_is_not_a_gate() -> Circuit {
    let mut c = Circuit::empty();
    c.add_qubits("data", 3);
    c.add_qubits("ancilla", 1);
    c.add_clbits("c", 12);
    c.add_clbits("d", 4);
    c.add_clbits("syndrome", 1);
    let duration = Duration { value: 100.0, unit: TimeUnit::Ns };
    c.delay(duration, &[0, 1]).barrier(&[0, 1, 3]).reset(2).measure(3, 10).assign(0..4, 5);
    c.assign(12..16, Expr::bits(0..4).binary(BinaryOp::Add, 1)).measure(0, 13);
    c.if_then(Expr::bit(0), |b| b.assign(0..1, 0)).barrier_all().h(0);
    c.measure(0, 0).measure(1, 1).measure(2, 11).measure(3, 16);
    c
}

fn qaoa() -> Circuit {
    let mut c = Circuit::new(6);
    let (gamma, beta) = (c.param("γ"), c.param("β"));
    for q in 0..6 {
        c.h(q);
    }
    for q in 0..6 {
        c.rzz(2.0 * gamma, q, (q + 1) % 6);
    }
    for q in 0..6 {
        c.rx(2.0 * beta, q);
    }
    c.measure_all();
    c
}

/// Names from files may hold anything.
fn strange_names() -> Circuit {
    let mut c = Circuit::empty();
    c.add_qubits("量子", 1);
    c.add_qubits("a\u{1b}<[31m&\"_$%#", 2);
    c.add_clbits("\\emph{c}^~", 2);
    let angle = c.param("x\u{302}\n_1^2");
    let block = Gate::block("100%_<b>&\u{ffff}", 1, [], None).unwrap();
    c.rx(angle, 0).ry(angle, 1).gate(GateOp::new(block, [2])).measure(2, 0);
    c
}

fn gallery() -> Vec<(&'static str, Circuit)> {
    let mut phase = Circuit::empty();
    phase.gphase(-PI);
    vec![
        ("teleportation", teleportation()),
        ("gates", gates()),
        ("own_gates", own_gates()),
        ("control_flow", control_flow()),
        ("not_gates", what_is_not_a_gate()),
        ("qaoa", qaoa()),
        ("qft", library::qft(5)),
        ("strange_names", strange_names()),
        ("empty", Circuit::empty()),
        ("global_phase", phase),
        ("idle", Circuit::with_clbits(1, 2)),
    ]
}

#[track_caller]
fn compare(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("KETLAB_RENEW").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{file}: {e}; KETLAB_RENEW=1 writes it"))
        .replace("\r\n", "\n");
    let line = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        kept == text,
        "{file} has changed (line {}): look at the new one, then renew it with KETLAB_RENEW=1",
        line.map_or("the last".into(), |k| (k + 1).to_string())
    );
}

#[test]
fn svg() {
    for (name, circuit) in gallery() {
        compare(&format!("tests/snapshots/{name}.svg"), &circuit.picture().width(700.0).to_svg());
    }
    compare(
        "tests/snapshots/control_flow_dark.svg",
        &control_flow().picture().theme(Theme::Dark).to_svg(),
    );
}

/// The README's circuit.
#[test]
fn readme() {
    let mut c = Circuit::with_clbits(3, 2);
    c.ry(0.8, 0).h(1).cx(1, 2).cx(0, 1).h(0).measure(0, 0).measure(1, 1);
    c.if_then(Expr::bit(1), |c| c.x(2));
    c.if_then(Expr::bit(0), |c| c.z(2));
    compare("docs/teleportation.svg", &c.picture().to_svg());
}

#[test]
fn latex() {
    for (name, circuit) in gallery() {
        compare(&format!("tests/snapshots/{name}.tex"), &circuit.picture().width(500.0).to_latex());
    }
}

/// For looking: `KETLAB_PICTURES=folder` writes the gallery there.
#[test]
#[cfg(feature = "png")]
fn png() {
    for (name, circuit) in gallery() {
        for (suffix, theme) in [("", Theme::Light), ("_dark", Theme::Dark)] {
            let picture = circuit.picture().theme(theme).width(700.0).scale(1.5);
            let png = picture.to_png().unwrap();
            assert!(png.starts_with(b"\x89PNG"));
            if let Some(folder) = std::env::var_os("KETLAB_PICTURES") {
                std::fs::write(Path::new(&folder).join(format!("{name}{suffix}.png")), png)
                    .unwrap();
            }
        }
    }
}
