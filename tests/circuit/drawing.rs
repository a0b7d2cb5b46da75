//! Pictures of circuits: each was looked at, then kept.

use ketlab::circuit::{BinaryOp, Duration, TimeUnit, library};
use ketlab::{Angle, Circuit, Control, Expr, Gate, GateOp, PauliString, StdGate};
use std::f64::consts::PI;

/// Compares with a picture that begins on the line after the quotes.
#[track_caller]
fn assert_picture(drawing: impl ToString, picture: &str) {
    let drawing = format!("\n{}\n", drawing.to_string());
    assert!(drawing == picture, "drawn:{drawing}\nexpected:{picture}");
}

#[test]
fn ghz_state_of_12_qubits() {
    let picture = r"
        ┌───┐
 q[0]: ─┤ H ├─●─────────────────────
        └───┘ │
 q[1]: ───────⊕─●───────────────────
                │
 q[2]: ─────────⊕─●─────────────────
                  │
 q[3]: ───────────⊕─●───────────────
                    │
 q[4]: ─────────────⊕─●─────────────
                      │
 q[5]: ───────────────⊕─●───────────
                        │
 q[6]: ─────────────────⊕─●─────────
                          │
 q[7]: ───────────────────⊕─●───────
                            │
 q[8]: ─────────────────────⊕─●─────
                              │
 q[9]: ───────────────────────⊕─●───
                                │
q[10]: ─────────────────────────⊕─●─
                                  │
q[11]: ───────────────────────────⊕─
";
    assert_picture(library::ghz(12).draw().width(80), picture);
}

#[test]
fn fourier_transform() {
    let picture = r"
                                                                         ┌───┐
q[0]: ───────────────────────●─────────────────────●─────────────●───────┤ H ├─»
                             │P(π/8)               │P(π/4) ┌───┐ │P(π/2) └───┘
q[1]: ───────────────●───────┼─────────────●───────┼───────┤ H ├─●─────────×───»
                     │P(π/4) │       ┌───┐ │P(π/2) │       └───┘           │
q[2]: ───────●───────┼───────┼───────┤ H ├─●───────●───────────────────────×───»
       ┌───┐ │P(π/2) │       │       └───┘
q[3]: ─┤ H ├─●───────●───────●─────────────────────────────────────────────────»
       └───┘

q[0]: «─×─
        │
q[1]: «─┼─
        │
q[2]: «─┼─
        │
q[3]: «─×─
";
    assert_picture(library::qft(4).draw().width(80), picture);
}

#[test]
fn teleportation() {
    let mut c = Circuit::with_clbits(3, 2);
    c.u(0.3, 0.2, 0.1, 0).h(1).cx(1, 2).barrier_all().cx(0, 1).h(0).measure(0, 0).measure(1, 1);
    c.if_then(Expr::bit(1).equals(1), |b| b.x(2));
    c.if_then(Expr::bit(0).equals(1), |b| b.z(2));
    let picture = r"
         ┌────────────────┐       ┌───┐ ┌─┐
q[0]: ───┤ U(0.3,0.2,0.1) ├───░─●─┤ H ├─┤M├────────────────────────────────────────────────
         └─────┬───┬──────┘   ░ │ └───┘ └╥┘┌─┐
q[1]: ─────────┤ H ├────────●─░─⊕────────╫─┤M├─────────────────────────────────────────────
               └───┘        │ ░          ║ └╥┘ ╔ if c[1]==1 ═┌───┐═╗ ╔ if c[0]==1 ═┌───┐═╗
q[2]: ──────────────────────⊕─░──────────╫──╫──╫─────────────┤ X ├─╫─╫─────────────┤ Z ├─╫─
                                         ║  ║  ╚═╦═══════════└───┘═╝ ╚═╦═══════════└───┘═╝
   c: 2/═════════════════════════════════╩══╩════■═════════════════════■═══════════════════
                                         0  1
";
    assert_picture(c.draw().width(100), picture);
}

/// The rotations after the chain make one layer, though some could stand further left.
#[test]
fn ansatz_on_12_qubits() {
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
    let picture = r"
        ┌───────────┐                       ┌────────────────┐
 q[0]: ─┤ RY(θ[0])  ├─●─────────────────────┤ RZ(2θ[12]+π/2) ├─
        ├───────────┤ │                     ├────────────────┤
 q[1]: ─┤ RY(θ[1])  ├─⊕─●───────────────────┤ RZ(2θ[13]+π/2) ├─
        ├───────────┤   │                   ├────────────────┤
 q[2]: ─┤ RY(θ[2])  ├───⊕─●─────────────────┤ RZ(2θ[14]+π/2) ├─
        ├───────────┤     │                 ├────────────────┤
 q[3]: ─┤ RY(θ[3])  ├─────⊕─●───────────────┤ RZ(2θ[15]+π/2) ├─
        ├───────────┤       │               ├────────────────┤
 q[4]: ─┤ RY(θ[4])  ├───────⊕─●─────────────┤ RZ(2θ[16]+π/2) ├─
        ├───────────┤         │             ├────────────────┤
 q[5]: ─┤ RY(θ[5])  ├─────────⊕─●───────────┤ RZ(2θ[17]+π/2) ├─
        ├───────────┤           │           ├────────────────┤
 q[6]: ─┤ RY(θ[6])  ├───────────⊕─●─────────┤ RZ(2θ[18]+π/2) ├─
        ├───────────┤             │         ├────────────────┤
 q[7]: ─┤ RY(θ[7])  ├─────────────⊕─●───────┤ RZ(2θ[19]+π/2) ├─
        ├───────────┤               │       ├────────────────┤
 q[8]: ─┤ RY(θ[8])  ├───────────────⊕─●─────┤ RZ(2θ[20]+π/2) ├─
        ├───────────┤                 │     ├────────────────┤
 q[9]: ─┤ RY(θ[9])  ├─────────────────⊕─●───┤ RZ(2θ[21]+π/2) ├─
        ├───────────┤                   │   ├────────────────┤
q[10]: ─┤ RY(θ[10]) ├───────────────────⊕─●─┤ RZ(2θ[22]+π/2) ├─
        ├───────────┤                     │ ├────────────────┤
q[11]: ─┤ RY(θ[11]) ├─────────────────────⊕─┤ RZ(2θ[23]+π/2) ├─
        └───────────┘                       └────────────────┘
";
    assert_picture(c.draw().width(80), picture);
}

#[test]
fn qaoa_layer_folds() {
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
    let picture = r"
         ┌───┐ ┌─────────┐
q[0]: ───┤ H ├─┤         ├─────────────────────────────────────»
         ├───┤ │ RZZ(2γ) │ ┌─────────┐ ┌─────────┐
q[1]: ───┤ H ├─┤         ├─┤         ├─┤ RX(2β)  ├─────────────»
         ├───┤ └─────────┘ │ RZZ(2γ) │ ├─────────┤ ┌─────────┐
q[2]: ───┤ H ├─────────────┤         ├─┤         ├─┤ RX(2β)  ├─»
         ├───┤             └─────────┘ │ RZZ(2γ) │ ├─────────┤
q[3]: ───┤ H ├─────────────────────────┤         ├─┤         ├─»
         ├───┤                         └─────────┘ │ RZZ(2γ) │
q[4]: ───┤ H ├─────────────────────────────────────┤         ├─»
         ├───┤                                     └─────────┘
q[5]: ───┤ H ├─────────────────────────────────────────────────»
         └───┘
meas: 6/═══════════════════════════════════════════════════════»

                    ┌─────────┐ ┌────────┐ ┌─┐
q[0]: «─────────────┤         ├─┤ RX(2β) ├─┤M├────────────────
                    │         │ └────────┘ └╥┘┌─┐
q[1]: «─────────────┼─────────┼─────────────╫─┤M├─────────────
                    │         │             ║ └╥┘┌─┐
q[2]: «─────────────┼─────────┼─────────────╫──╫─┤M├──────────
        ┌─────────┐ │ RZZ(2γ) │             ║  ║ └╥┘┌─┐
q[3]: «─┤ RX(2β)  ├─┼─────────┼─────────────╫──╫──╫─┤M├───────
        ├─────────┤ │         │ ┌────────┐  ║  ║  ║ └╥┘┌─┐
q[4]: «─┤         ├─┼─────────┼─┤ RX(2β) ├──╫──╫──╫──╫─┤M├────
        │ RZZ(2γ) │ │         │ ├────────┤  ║  ║  ║  ║ └╥┘┌─┐
q[5]: «─┤         ├─┤         ├─┤ RX(2β) ├──╫──╫──╫──╫──╫─┤M├─
        └─────────┘ └─────────┘ └────────┘  ║  ║  ║  ║  ║ └╥┘
meas: «═════════════════════════════════════╩══╩══╩══╩══╩══╩══
                                            0  1  2  3  4  5
";
    assert_picture(c.draw().width(72), picture);
}

#[test]
fn branches_in_a_loop() {
    let mut c = Circuit::with_clbits(3, 2);
    c.add_clbits("flag", 1);
    c.h(0).measure(0, 0);
    c.while_loop(Expr::bits(0..2).binary(BinaryOp::Lt, 3), |w| {
        w.h(0).cx(0, 1).measure(0, 0);
        w.if_else(
            Expr::bit(2).not(),
            |t| t.x(1).assign(2..3, 1).gphase(PI / 4.0),
            |e| e.z(1).reset(0),
        )
    });
    c.h(2).measure(2, 1);
    let picture = r"
         ┌───┐ ┌─┐ ╔ while c<3 ═┌───┐═══┌─┐═╔ if !flag, global phase: π/4 ══════════════╦ else ═══════╗═╗
q[0]: ───┤ H ├─┤M├─╫────────────┤ H ├─●─┤M├─╫───────────────────────────────────────────╫────────|0⟩──╫─╫───────────
         └───┘ └╥┘ ║            └───┘ │ └╥┘ ║                                 ┌───┐     ║       ┌───┐ ║ ║
q[1]: ──────────╫──╫──────────────────⊕──╫──╫─────────────────────────────────┤ X ├─────╫───────┤ Z ├─╫─╫───────────
                ║  ║                     ║  ║                                 └───┘     ║       └───┘ ║ ║ ┌───┐ ┌─┐
q[2]: ──────────╫──╫─────────────────────╫──╫───────────────────────────────────────────╫─────────────╫─╫─┤ H ├─┤M├─
                ║  ║                     ║  ║                                           ║             ║ ║ └───┘ └╥┘
   c: 2/════════╩══╬═════════════════════╩══╬═══════════════════════════════════════════╬═════════════╬═╬════════╩══
                0  ║                     0  ║                              ┌──────────┐ ║             ║ ║        1
flag: ═════════════╬════════════════════════╬══════════════════════════════╡ flag = 1 ╞═╬═════════════╬═╬═══════════
                   ╚════════════════════════╚══════════════════════════════└──────────┘═╩═════════════╝═╝
";
    assert_picture(c.draw().width(None), picture);
}

#[test]
fn controls_and_swaps() {
    let mut c = Circuit::new(5);
    c.mcx(&[Control::on(0), Control::off(2), Control::on(4)], 3).swap(0, 1).cswap(4, 1, 3);
    c.cz(0, 3).cs(1, 2).mcp(PI / 8.0, &[Control::off(1), Control::on(4)], 2).csx(2, 3);
    c.gphase(PI / 4.0);
    let phase = |angle: f64| GateOp::std(StdGate::GlobalPhase, [Angle::from(angle)], []);
    c.gate(phase(0.5).controlled([1usize])).gate(phase(PI).controlled([1usize, 3]));
    let rxx = GateOp::std(StdGate::RXX, [Angle::from(PI)], [1, 3]);
    c.gate(rxx.controlled([2usize, 0, 4]));
    let picture = r"
global phase: π/4
q[0]: ─●─×───●─────────────────────────────────●──────
       │ │   │                             ┌───┴────┐
q[1]: ─┼─×─×─┼─●──○──────────●─────●───────┤        ├─
       │   │ │ │S │P(π/8) e^i(0.5) │e^i(π) │ RXX(π) │
q[2]: ─○───┼─┼─●──●──────────●─────┼───────┼───●────┼─
       │   │ │    │        ┌─┴──┐  │       │        │
q[3]: ─⊕───×─●────┼────────┤ √X ├──●───────┤        ├─
       │   │      │        └────┘          └───┬────┘
q[4]: ─●───●──────●────────────────────────────●──────
";
    assert_picture(c.draw().width(100), picture);
}

#[test]
fn boxes_over_other_wires() {
    let mut c = Circuit::new(4);
    c.rzx(0.7, 3, 0).rzz(PI / 3.0, 1, 2).iswap(0, 2).ecr(1, 0);
    c.pauli_rotation(&PauliString::from_label("XIZY").unwrap(), -2.0 * PI / 3.0);
    c.fsim(PI / 2.0, PI / 6.0, 3, 1);
    c.permutation(vec![0, 2, 1, 3], &[1, 3]).oracle(|x| x & 1, &[0, 1], &[3]);
    let gate = Gate::block("a_rather_long_name", 2, [Angle::from(PI)], None).unwrap();
    c.gate(GateOp::new(gate, [2, 3]).controlled([0usize]));
    let picture = r"
       ┌───────────┐              ┌───────┐ ┌──────┐ ┌───────────┐                              ┌─────────┐
q[0]: ─┤X          ├──────────────┤       ├─┤1     ├─┤Y          ├──────────────────────────────┤0        ├─»
       │           │ ┌──────────┐ │ iSWAP │ │  ECR │ │           │ ┌────────────────┐ ┌───────┐ │         │
q[1]: ─┼───────────┼─┤          ├─┼───────┼─┤0     ├─┤Z          ├─┤1               ├─┤0      ├─┤1        ├─»
       │  RZX(0.7) │ │ RZZ(π/3) │ │       │ └──────┘ │  R(-2π/3) │ │  fSim(π/2,π/6) │ │  perm │ │  oracle │
q[2]: ─┼───────────┼─┤          ├─┤       ├──────────┼───────────┼─┼────────────────┼─┼───────┼─┼─────────┼─»
       │           │ └──────────┘ └───────┘          │           │ │                │ │       │ │         │
q[3]: ─┤Z          ├─────────────────────────────────┤X          ├─┤0               ├─┤1      ├─┤2        ├─»
       └───────────┘                                 └───────────┘ └────────────────┘ └───────┘ └─────────┘

q[0]: «─────────────●─────────────
                    │
q[1]: «─────────────┼─────────────
        ┌───────────┴───────────┐
q[2]: «─┤                       ├─
        │ a_rather_long_name(π) │
q[3]: «─┤                       ├─
        └───────────────────────┘
";
    assert_picture(c.draw().width(120), picture);
}

#[test]
fn what_is_not_a_gate() {
    let mut c = Circuit::with_clbits(4, 12);
    let duration = Duration { value: 100.0, unit: TimeUnit::Ns };
    c.delay(duration, &[0, 1]).barrier(&[0, 1, 3]).reset(2).measure(3, 10).assign(0..4, 5);
    c.add_clbits("d", 4);
    c.assign(12..16, Expr::bits(0..4).binary(BinaryOp::Add, 1)).measure(0, 13);
    c.if_then(Expr::bit(0), |b| b.assign(0..1, 0));
    let picture = r"
          ┌─────────────┐                                       ┌─┐
q[0]: ────┤ delay 100ns ├─░─────────────────────────────────────┤M├───────────────────────────
          ├─────────────┤ ░                                     └╥┘
q[1]: ────┤ delay 100ns ├─░──────────────────────────────────────╫────────────────────────────
          └─────────────┘                                        ║
q[2]: ──────────|0⟩──────────────────────────────────────────────╫────────────────────────────
                            ┌─┐                                  ║
q[3]: ────────────────────░─┤M├──────────────────────────────────╫────────────────────────────
                            └╥┘ ┌────────────┐                   ║  ╔ if c[0] ═┌──────────┐═╗
   c: 12/════════════════════╩══╡ c[0:3] = 5 ╞════════■══════════╬══╬══════════╡ c[0] = 0 ╞═╬═
                             10 └────────────┘ ┌──────╨───────┐  ║  ╚══════════└──────────┘═╝
   d: 4/═══════════════════════════════════════╡ d = c[0:3]+1 ╞══╩════════════════════════════
                                               └──────────────┘  1
";
    assert_picture(c.draw().width(100), picture);
}

#[test]
fn little_or_nothing() {
    assert_picture(Circuit::empty(), "\n(no qubits)\n");
    let mut phase = Circuit::empty();
    phase.gphase(-PI);
    assert_picture(&phase, "\nglobal phase: -π\n");
    let idle = "
q: ───

c: 2/═
";
    assert_picture(Circuit::with_clbits(1, 2), idle);
    let mut clbits = Circuit::with_clbits(0, 3);
    clbits.while_loop(Expr::bits(0..3).binary(BinaryOp::Lt, 5), |b| {
        b.assign(0..3, Expr::bits(0..3).binary(BinaryOp::Add, 1))
    });
    let picture = r"
      ╔ while c<5 ═┌─────────┐═╗
c: 3/═╬════════════╡ c = c+1 ╞═╬═
      ╚════════════└─────────┘═╝
";
    assert_picture(clbits.draw().width(80), picture);
}

#[test]
fn says_what_is_left_out() {
    let mut c = Circuit::new(2);
    for _ in 0..20_000 {
        c.h(0).cx(0, 1);
    }
    let picture = r"
       ┌───┐   ┌───┐   ┌───┐
q[0]: ─┤ H ├─●─┤ H ├─●─┤ H ├─
       └───┘ │ └───┘ │ └───┘
q[1]: ───────⊕───────⊕───────
… 39,995 more operations
";
    assert_picture(c.draw().max_columns(5).width(80), picture);
    assert!(c.to_string().ends_with("… 39,000 more operations"));
    assert!(!c.draw().max_columns(None).to_string().contains("more"));
}

#[test]
fn folds_at_one_column_a_line_if_it_must() {
    let mut c = Circuit::new(2);
    c.h(0).cx(0, 1).h(1);
    let picture = r"
       ┌───┐
q[0]: ─┤ H ├─»
       └───┘
q[1]: ───────»

q[0]: «─●─»
        │
q[1]: «─⊕─»

q[0]: «───────
        ┌───┐
q[1]: «─┤ H ├─
        └───┘
";
    assert_picture(c.draw().width(1), picture);
}

#[test]
fn alternate_never_folds() {
    let mut c = Circuit::new(1);
    for _ in 0..100 {
        c.h(0);
    }
    assert_eq!(format!("{c:#}").lines().count(), 3);
    assert!(c.draw().width(50).to_string().lines().all(|l| l.chars().count() <= 50));
}

/// A channel has a broken edge, which gates do not have.
#[test]
fn channels_are_dashed() {
    let mut c = Circuit::new(2);
    c.h(0).cx(0, 1);
    assert!(!c.draw().width(80).to_string().contains(['╌', '╎']));
    c.depolarizing(0.01, 0).depolarizing2(0.02, 0, 1);
    let drawn = c.draw().width(80).to_string();
    assert!(drawn.contains('╌') && drawn.contains("┤ depol(0.01) ├"), "{drawn}");
    // The broken side of a box over two wires.
    assert!(drawn.contains('╎'), "{drawn}");
}

/// Names from files may hold anything.
#[test]
fn strange_names() {
    let mut c = Circuit::empty();
    c.add_qubits("量子", 1);
    c.add_qubits("a\u{1b}[31m", 1);
    let angle = c.param("x\u{302}\n");
    c.rx(angle, 0).ry(angle, 1);
    let picture = "
         ┌────────┐
  量子: ─┤ RX(x̂�) ├─
         ├────────┤
a�[31m: ─┤ RY(x̂�) ├─
         └────────┘
";
    assert_picture(c.draw().width(80), picture);
}
