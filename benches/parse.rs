//! Speed of the OpenQASM 2 reader on one thread: text to circuit.
//!
//! Goal: 1,000,000 gates a second on a generated file of 500,000 gates (a mix of one- and
//! two-qubit gates, a third of them with angles, a third of the angles expressions).
//!
//! `cargo bench --bench parse`

use std::fmt::Write;
use std::time::Instant;

const GATES: usize = 500_000;
const QUBITS: usize = 28;
const GOAL: f64 = 1e6;

fn program() -> String {
    let mut text = format!("OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[{QUBITS}];\n");
    text.push_str("creg c[28];\ngate pair a, b { h a; cx a, b; }\n");
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

fn main() {
    let text = program();
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        let start = Instant::now();
        let circuit = ketlab::qasm::parse(&text).expect("a correct program");
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(circuit.ops().len(), GATES + QUBITS);
        best = best.min(seconds);
    }
    let rate = GATES as f64 / best;
    println!(
        "parse: {GATES} gates, {:.1} MB in {:.1} ms: {:.2} million gates/s ({:.0} MB/s); goal {:.1}",
        text.len() as f64 / 1e6,
        best * 1e3,
        rate / 1e6,
        text.len() as f64 / 1e6 / best,
        GOAL / 1e6,
    );
}
