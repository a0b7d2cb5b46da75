//! What a text is before it is a program: ends of lines, encodings, and the version that is guessed
//! where no line states it.

use ketlab::qasm::{Imported, Options, read};
use ketlab::{Result, Simulator};

fn imported(bytes: &[u8], strict: bool) -> Result<Imported> {
    read(bytes, &Options { strict, ..Options::default() })
}

/// The one outcome of a program without chance.
#[track_caller]
fn outcome(bytes: &[u8]) -> String {
    let read = imported(bytes, false).unwrap_or_else(|e| panic!("{e}"));
    let outcomes = Simulator::new().outcome_probabilities(&read.circuit).unwrap();
    let list: Vec<_> = outcomes.iter().filter(|(_, p)| *p > 1e-12).collect();
    assert_eq!(list.len(), 1);
    list[0].0.to_string()
}

/// Line, column and message of each fault.
#[track_caller]
fn faults(bytes: &[u8], strict: bool) -> Vec<String> {
    match imported(bytes, strict) {
        Ok(_) => panic!("accepted: {}", String::from_utf8_lossy(bytes)),
        Err(ketlab::Error::Program(p)) => {
            let show =
                |d: &ketlab::error::Diagnostic| format!("{}:{} {}", d.line, d.column, d.message);
            p.diagnostics.iter().map(show).collect()
        }
        Err(other) => vec![other.to_string()],
    }
}

fn warnings(bytes: &[u8]) -> Vec<String> {
    let warnings = imported(bytes, false).unwrap_or_else(|e| panic!("{e}")).warnings;
    warnings.diagnostics.iter().map(|d| format!("{}:{} {}", d.line, d.column, d.message)).collect()
}

const PROGRAMS: [&str; 2] = [
    "OPENQASM 2.0; // two\ninclude \"qelib1.inc\"; // a header\n// declared\nqreg q[1];\ncreg c[1];\n// flip it\nx q[0]; // done\nmeasure q -> c;",
    "OPENQASM 3.0; // three\ninclude \"stdgates.inc\";\n#pragma a\npragma b { ( \" \n@note x q;\nqubit q; /* one\ntwo */ bit c;\n// flip it\nx q; // done\nc = measure q; // end",
];

#[test]
fn a_line_ends_at_every_carriage_return_and_line_feed() {
    for program in PROGRAMS {
        for end in ["\n", "\r", "\r\n", "\n\r", "\r\r"] {
            let text = program.replace('\n', end);
            assert_eq!(outcome(text.as_bytes()), "1", "{end:?} {program}");
            // A string ends on its line.
            let open = format!("{text}{end}include \"qelib1.inc;{end}x q;");
            let fault = &faults(open.as_bytes(), false)[0];
            assert!(fault.ends_with("this string is not closed on its line"), "{fault}");
        }
    }
}

#[test]
fn lines_are_numbered_whatever_ends_them() {
    for (end, line) in [("\n", 4), ("\r", 4), ("\r\n", 4), ("\n\r", 7), ("\r\r", 7)] {
        let text = ["OPENQASM 3.0; // a", "/* b", "c */ qubit q;", "  foo q;"].join(end);
        let fault = format!("{line}:3 there is no gate `foo`");
        assert_eq!(faults(text.as_bytes(), false), [fault], "{end:?}");
    }
}

#[test]
fn what_ends_a_line_elsewhere_is_part_of_a_comment() {
    for c in ['\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'] {
        let text = format!(
            "OPENQASM 3.0;\nqubit q; bit c;\n// a{c}c = \"1\";\nU(pi, 0, 0) q; c = measure q;"
        );
        let warning = format!("3:5 U+{:04X} does not end a line; the comment goes on", c as u32);
        assert_eq!(warnings(text.as_bytes()), [warning]);
        assert_eq!(outcome(text.as_bytes()), "1");
        // Nothing is lost where nothing follows.
        assert_eq!(warnings(format!("OPENQASM 3.0; // a{c}\nqubit q;").as_bytes()), [""; 0]);
    }
    // A null character is no blank.
    let fault = &faults(b"OPENQASM 3.0;\nqubit q;\n\0U(0, 0, 0) q;", false)[0];
    assert!(fault.starts_with("3:1 "), "{fault}");
}

#[test]
fn encodings() {
    for program in PROGRAMS {
        let text = program.replace("flip it", "φlip iτ");
        let units: Vec<u16> = text.encode_utf16().collect();
        let bytes = |f: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain(units.iter().flat_map(|&u| f(u))).collect()
        };
        let little = bytes(u16::to_le_bytes, [0xFF, 0xFE]);
        let big = bytes(u16::to_be_bytes, [0xFE, 0xFF]);
        let marked = format!("\u{FEFF}{text}");
        for bytes in [&little, &big, marked.as_bytes()] {
            assert_eq!(outcome(bytes), "1");
        }
        for bytes in [&little[2..], &big[2..], &little[..little.len() - 1]] {
            let message = &faults(bytes, false)[0];
            assert!(
                message.contains("UTF-16") && message.contains("save it as UTF-8"),
                "{message}"
            );
        }
        // Latin-1 in a comment, and elsewhere.
        let latin: Vec<u8> = program.replace("flip it", "giró").chars().map(|c| c as u8).collect();
        assert_eq!(outcome(&latin), "1");
        assert!(warnings(&latin).iter().any(|w| w.ends_with(" byte 0xF3 is not UTF-8")));
        let fault = &faults(&latin, true)[0];
        assert!(fault.ends_with("byte 0xF3 is not UTF-8 (strict mode)"), "{fault}");
    }
    assert_eq!(
        faults(b"OPENQASM 3.0;\rqubit q\xE9;\nqubit r;", false),
        ["2:8 a byte that is not UTF-8 stands here; expected `;`"]
    );
    let message = &faults(b"\x7FELF\x02\x01\0\0\xFF", false)[0];
    assert!(message.contains("not a text: byte 0xFF in line 1"), "{message}");
}

#[test]
fn the_version_of_a_program_that_does_not_state_it() {
    // Only OpenQASM 3 has these: accepted without a header, and in strict mode, whose grammar does
    // without the line.
    for text in [
        "gate g(θ) a { U(θ, 0, 0) a; } qreg q[1]; g(1) q[0];",
        "qreg q[1]; U(π/2, 0, π) q[0];",
        "qreg α[1]; U(0, 0, 0) α[0];",
        "qreg q[1]; U(0x1F, 1_000, 0) q[0];",
        "qreg q[1]; U(2 ** 3, 0, 0) q[0];",
        "qreg q[1]; U(7 % 2, 0, 0) q[0];",
        "qreg q[1]; creg c[1]; if (c == 1) { U(0, 0, 0) q[0]; }",
        "qreg q[1]; creg c[1]; if (c != 1) U(0, 0, 0) q[0];",
        "qreg q[1]; creg c[1]; if (c[0]) U(0, 0, 0) q[0];",
        "qreg q[1]; creg c[1]; if (c) U(0, 0, 0) q[0];",
        "qreg q[1]; creg c[1]; if (c == 1) U(0, 0, 0) q[0]; else U(1, 0, 0) q[0];",
        "qreg q[1]; measure q[0];",
        "qreg q[1]; delay[100ns] q[0];",
        "qubit q; U(0, 0, 0) q;",
        "bit c;",
        "// π\nqubit q;",
    ] {
        assert!(imported(text.as_bytes(), false).is_ok(), "{text}");
        assert!(imported(text.as_bytes(), true).is_ok(), "{text}");
    }
    // And these are OpenQASM 2, which strict mode wants stated.
    for text in [
        "qreg q[1]; creg c[1]; measure q[0] -> c[0];",
        "qreg q[1]; creg c[1]; if (c == 1) U(0, 0, 0) q[0];",
        "gate g(tau) a { U(tau, 0, 0) a; } qreg q[1]; g(1) q[0]; // π",
        "qreg q[1]; U(2^3, 0, 0) q[0];",
        "opaque delay(t) a; qreg q[1]; delay(100) q[0];",
        "qreg q[1]; delay(100) q[0];",
    ] {
        assert!(imported(text.as_bytes(), false).is_ok(), "{text}");
        let fault = &faults(text.as_bytes(), true)[0];
        assert_eq!(fault, "1:1 a program begins with `OPENQASM 2.0;` (strict mode)", "{text}");
    }
}
