//! No input panics or hangs the OpenQASM 3 reader.
//!
//! The machinery is in `common/fuzz.rs`.

use crate::common::fuzz;
use ketlab::Error;
use ketlab::qasm::{Limits, Options, Version, parse, parse_with};
use proptest::prelude::*;

/// Both modes, and the version both forced and found.
fn run(text: &str) {
    for (strict, version) in [(false, Some(Version::V3)), (true, Some(Version::V3)), (false, None)]
    {
        let limits = Limits { qubits: 4096, clbits: 4096, expansion: 20_000, ..Limits::default() };
        let options = Options { strict, limits, version, ..Options::default() };
        if let Err(Error::Program(p)) = read(text, &options) {
            fuzz::check_faults(text, &p);
        }
    }
}

/// What is read is also written, and read back.
fn read(text: &str, options: &Options) -> ketlab::Result<()> {
    let circuit = parse_with(text, options)?.circuit;
    match circuit.to_qasm3() {
        Ok(written) => {
            let back = parse(&written).unwrap_or_else(|e| panic!("{e}\n{written}"));
            // Without a visible bit the language has no way to hide the others.
            if circuit.num_outcome_bits() > 0 {
                assert_eq!(back.num_outcome_bits(), circuit.num_outcome_bits(), "{written}");
            }
        }
        Err(Error::Unsupported { .. }) => {}
        Err(e) => panic!("{e}"),
    }
    Ok(())
}

const WORDS: [&str; 108] = [
    "OPENQASM",
    "3.0",
    ";",
    ";",
    ";",
    "include",
    "\"stdgates.inc\"",
    "qreg",
    "creg",
    "qubit",
    "bit",
    "int",
    "uint",
    "float",
    "angle",
    "bool",
    "complex",
    "duration",
    "stretch",
    "array",
    "const",
    "input",
    "output",
    "let",
    "gate",
    "def",
    "extern",
    "cal",
    "defcal",
    "defcalgrammar",
    "box",
    "delay",
    "nop",
    "for",
    "in",
    "while",
    "switch",
    "case",
    "default",
    "if",
    "else",
    "break",
    "continue",
    "end",
    "return",
    "measure",
    "reset",
    "barrier",
    "gphase",
    "inv",
    "pow",
    "ctrl",
    "negctrl",
    "@",
    "@a",
    "pragma",
    "#pragma",
    "#dim",
    "durationof",
    "readonly",
    "mutable",
    "true",
    "im",
    "pi",
    "π",
    "sin",
    "mod",
    "q",
    "q",
    "c",
    "g",
    "h",
    "cx",
    "U",
    "$0",
    "$1",
    "0",
    "1",
    "2",
    "0x1F",
    "1_0",
    "1.5",
    "2im",
    "10ns",
    "3 dt",
    "\"01\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "->",
    "==",
    "=",
    "+=",
    "++",
    "+",
    "-",
    "*",
    "**",
    "!",
    "<<",
    ":",
    "/*",
    "\n",
    "é",
];

const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c;\n\
    const uint n = 2; input angle[32] a; array[int[8], 2, 2] m = {{1, 2}, {3, n + 4}};\n\
    gate g(t) a, b { rz(t / 2) a; ctrl @ x a, b; gphase(-t); }\n\
    def f(qubit[2] r, int[8] k) -> bit { for uint i in [0:1] { x r[i]; } return measure r[0]; }\n\
    if (c[0] == 1 && !c[1]) { inv @ pow(2) @ g(pi/4) q[0], q[1]; } else x q[{1, 2}];\n\
    while (c == \"010\") { c[0:1] = measure q[0:1]; break; } let s = q[0] ++ q[1:2];\n\
    switch (n) { case 1, 2 { reset q; } default { delay[100ns] q[0]; } }\n\
    box[1us] { barrier q; x q[0]; } c[1] ^= f(q[0:1], int[8](3)) ** 2;\n";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_strings_do_not_panic(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        let text = words.join(" ");
        run(&text);
        run(&format!("{PROGRAM}{text}"));
        run(&words.concat());
    }

    #[test]
    fn mutated_bytes_do_not_panic(edits in prop::collection::vec((0..PROGRAM.len(), any::<u8>()), 1..8)) {
        let mut bytes = PROGRAM.as_bytes().to_vec();
        for (at, byte) in edits {
            bytes[at] = byte;
        }
        run(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text_does_not_panic(text in any::<String>()) {
        run(&text);
    }
}

#[test]
fn the_program_is_read() {
    read(PROGRAM, &Options::default()).unwrap();
}

#[test]
fn kept_finds_stay_fixed() {
    fuzz::kept_finds("", run);
}

#[test]
fn mutated_programs_do_not_panic_or_hang() {
    fuzz::mutations("qasm3", PROGRAM, &WORDS, run);
}
