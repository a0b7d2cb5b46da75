//! Speed of the OpenQASM readers on one thread: text to circuit, and text to syntax tree.
//!
//! Goal: 1,000,000 gates per second on a generated file of 500,000 gates (a mix of one- and
//! two-qubit gates, a third of them with angles, a third of the angles expressions).
//!
//! `cargo bench --bench parse`

use ketlab::qasm::Options;
use ketlab::qasm::parser::Session;
use ketlab::qasm::source::Sources;
use std::fmt::Write;
use std::time::Instant;

const GATES: usize = 500_000;
const QUBITS: usize = 28;
const GOAL: f64 = 1e6;

fn program(head: &str) -> String {
    let mut text = head.to_owned();
    text.push_str("gate pair a, b { h a; cx a, b; }\n");
    let mut state = 1u64;
    let mut random = |below: usize| {
        // Knuth's linear congruential generator; only variety matters here.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..GATES {
        let a = random(QUBITS);
        let b = (a + 1 + random(QUBITS - 1)) % QUBITS;
        let (k, angle) = (1 + random(64), random(1_000_000) as f64 / 1e6);
        let done = match random(9) {
            0 | 1 => writeln!(text, "h q[{a}];"),
            2..=4 => writeln!(text, "cx q[{a}],q[{b}];"),
            5 => writeln!(text, "rz({angle}) q[{a}];"),
            6 => writeln!(text, "rz(-pi/{k}) q[{a}];"),
            7 => writeln!(text, "u3({angle}, pi/2, -3*pi/{k}) q[{a}];"),
            _ => writeln!(text, "pair q[{a}], q[{b}];"),
        };
        done.expect("writing to a string");
    }
    text.push_str("measure q -> c;\n");
    text
}

/// The best of several runs.
fn row(name: &str, text: &str, run: impl Fn(&str)) {
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        let start = Instant::now();
        run(text);
        best = best.min(start.elapsed().as_secs_f64());
    }
    let rate = GATES as f64 / best;
    println!(
        "{name}: {GATES} gates, {:.1} MB in {:.1} ms: {:.2} million gates/s ({:.0} MB/s); goal {:.1}",
        text.len() as f64 / 1e6,
        best * 1e3,
        rate / 1e6,
        text.len() as f64 / 1e6 / best,
        GOAL / 1e6,
    );
}

fn circuit(text: &str) {
    let circuit = ketlab::qasm::parse(text).expect("a correct program");
    assert_eq!(circuit.ops().len(), GATES + QUBITS);
}

fn tree(text: &str) {
    let options = Options::default();
    let mut session = Session::new(Sources::new("bench", text.into(), None, None), &options);
    session.parse_file(0);
    assert!(session.faults.is_empty() && session.ast.program.len() >= GATES);
}

fn main() {
    let two = program(&format!(
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[{QUBITS}];\ncreg c[{QUBITS}];\n"
    ));
    let three = program(&format!(
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[{QUBITS}] q;\nbit[{QUBITS}] c;\n"
    ));
    row("parse 2", &two, circuit);
    row("parse 2 to tree", &two, tree);
    row("parse 3", &three, circuit);
    row("parse 3 to tree", &three, tree);
}
