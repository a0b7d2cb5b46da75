//! No input panics or hangs the OpenQASM 2 reader.
//!
//! The machinery is in `common/fuzz.rs`.

use crate::common::fuzz;
use ketlab::qasm::{Limits, Options, Version, parse_with, read};
use proptest::prelude::*;

/// Both modes; the sizes are small, so that what a mutated size asks for is quickly done.
fn run(text: &str) {
    for strict in [false, true] {
        let limits = Limits { qubits: 4096, clbits: 4096, expansion: 20_000, ..Limits::default() };
        let version = Some(Version::V2);
        let options = Options { strict, limits, version, ..Options::default() };
        if let Err(ketlab::Error::Program(p)) = parse_with(text, &options) {
            fuzz::check_faults(text, &p);
        }
    }
}

const WORDS: [&str; 58] = [
    "OPENQASM",
    "2.0",
    ";",
    ";",
    ";",
    "include",
    "\"qelib1.inc\"",
    "\"a.inc\"",
    "qreg",
    "creg",
    "gate",
    "opaque",
    "if",
    "measure",
    "reset",
    "barrier",
    "pi",
    "sin",
    "sqrt",
    "ln",
    "q",
    "q",
    "c",
    "g",
    "h",
    "cx",
    "u3",
    "rz",
    "U",
    "CX",
    "0",
    "1",
    "2",
    "3",
    "17",
    "1.5",
    "1e9",
    ".5",
    "2a",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "->",
    "==",
    "+",
    "-",
    "*",
    "/",
    "^",
    "\n",
    "//",
    "'",
    "\"",
    "é",
];

const PROGRAM: &str = "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg c[3];\n\
    gate g(t) a, b { rz(t/2) a; cx a, b; barrier a; }\n opaque o a;\n g(pi/4) q[0], q[1];\n\
    if (c == 2) x q[2];\n h q; o q[1]; measure q -> c; reset q[0]; barrier q, q[1];\n";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_strings_do_not_panic(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        let text = words.join(" ");
        run(&text);
        run(&format!("{PROGRAM}{text}"));
    }

    #[test]
    fn mutated_bytes_do_not_panic(edits in prop::collection::vec((0..PROGRAM.len(), any::<u8>()), 1..8)) {
        let mut bytes = PROGRAM.as_bytes().to_vec();
        for (at, byte) in edits {
            bytes[at] = byte;
        }
        let options = Options { version: Some(Version::V2), ..Options::default() };
        let _ = read(&bytes[..], &options);
        run(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text_does_not_panic(text in any::<String>()) {
        run(&text);
    }
}

#[test]
fn kept_finds_stay_fixed() {
    fuzz::kept_finds("", run);
}

#[test]
fn mutated_programs_do_not_panic_or_hang() {
    fuzz::mutations("qasm2", PROGRAM, &WORDS, run);
}
