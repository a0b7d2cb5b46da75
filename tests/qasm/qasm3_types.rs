//! Types of OpenQASM 3: which operators they have (openqasm.com, "Classical instructions"), integers
//! of any length, widths, and names of the language's constants.

use ketlab::Simulator;
use ketlab::qasm::{Imported, Options, Version, parse_with};

fn imported(text: &str, strict: bool) -> ketlab::Result<Imported> {
    let options = Options { strict, version: Some(Version::V3), ..Options::default() };
    parse_with(&format!("include \"stdgates.inc\";\n{text}"), &options)
}

#[track_caller]
fn outcome(text: &str) -> String {
    let read = imported(text, false).unwrap_or_else(|e| panic!("{e}"));
    let outcomes = Simulator::new().outcome_probabilities(&read.circuit).unwrap();
    let list: Vec<_> = outcomes.iter().filter(|(_, p)| *p > 1e-12).collect();
    assert_eq!(list.len(), 1, "{text}");
    list[0].0.to_string()
}

#[track_caller]
fn fault(text: &str, strict: bool) -> String {
    match imported(text, strict) {
        Ok(_) => panic!("accepted: {text}"),
        Err(ketlab::Error::Program(p)) => {
            let d = &p.diagnostics[0];
            format!("{}:{} {}", d.line, d.column, d.message)
        }
        Err(other) => panic!("{other}"),
    }
}

#[track_caller]
fn warnings(text: &str) -> Vec<String> {
    let read = imported(text, false).unwrap_or_else(|e| panic!("{e}"));
    read.warnings.diagnostics.into_iter().map(|d| d.message).collect()
}

/// n and its bits are 1001, known and measured; k is 3 as an `int`, measured.
const START: &str = "qubit[4] q; bit[4] b; output uint[4] r; x q[0]; x q[3]; b = measure q;
    uint[4] n = uint[4](b); const uint[4] known = 9; int[8] k = int[8](b[0:0]) * 3; ";

#[test]
fn rotations_by_any_distance_of_known_and_measured_values() {
    for by in -9i32..=9 {
        let turned = |by: i32| {
            let by = by.rem_euclid(4);
            (0..4).filter(|i| [0, 3].map(|k| (k + by) % 4).contains(i)).fold(0, |v, i| v | 1 << i)
        };
        for (f, value) in [("rotl", turned(by)), ("rotr", turned(-by))] {
            let expected = format!("{value:04b}");
            for expr in [
                format!("{f}(n, {by})"),
                format!("{f}(known, {by})"),
                format!("uint[4]({f}(b, {by}))"),
                format!("uint[4]({f}(\"1001\", {by}))"),
                format!("{f}(n, k - 3 + ({by}))"),
                format!("{f}(known, k - 3 + ({by}))"),
                format!("uint[4]({f}(b, k - 3 + ({by})))"),
                format!("uint[4](bit[4]({f}(angle[4](b), {by})))"),
            ] {
                assert_eq!(outcome(&format!("{START} r = {expr};")), expected, "{expr}");
            }
        }
    }
    for text in [
        "r = n; r = rotl(r, 1);",
        "if (rotl(n, 1) == 3) { r = 3; }",
        "array[uint[4], 2] a; a[1] = n; a[0] = rotl(a[1], 1); r = a[0];",
        "b = rotl(b, 1); r = uint[4](b);",
    ] {
        assert_eq!(outcome(&format!("{START} {text}")), "0011", "{text}");
    }
    let message = fault(&format!("{START}\nr = rotl(k, 1);"), false);
    assert_eq!(message, "4:5 `rotl` rotates bits, `uint`s and sized `angle`s, not an `int`");
}

#[test]
fn a_wide_register_rotates_in_place() {
    // Longer than an integer of the circuit, so in pieces, none of which may read what another wrote.
    let text = "qubit q; bit[200] c; x q; c[127] = measure q; c[199] = measure q; c = rotl(c, 1);";
    let ones: String =
        (0..200).rev().map(|i| if [0, 128].contains(&i) { '1' } else { '0' }).collect();
    assert_eq!(outcome(text), ones);
}

#[test]
fn integers_beyond_128_bits() {
    // 2^140 and 2^140 + 8, and a register that holds the latter.
    let (less, same) = (
        "1393796574908163946345982392040522594123776",
        "1393796574908163946345982392040522594123784",
    );
    let start = "qubit[2] q; bit[150] c; bit[150] d; output bit r; x q[0]; c[140] = measure q[0]; \
        c[3] = measure q[0]; d = c;";
    for (condition, holds) in [
        (format!("c == {same}"), true),
        (format!("c != {same}"), false),
        (format!("{same} == c"), true),
        (format!("c == {less}"), false),
        (format!("c > {less}"), true),
        (format!("c <= {less}"), false),
        (format!("{less} < c"), true),
        (format!("c >= {same}"), true),
        (format!("c < {same}"), false),
        (format!("c == {same}0000000"), false),
        (format!("c < {same}0000000"), true),
        (format!("c[0:9] == {same}"), false),
        (format!("uint[8](c[0:7]) < {same}"), true),
        (format!("-1 < {same}"), true),
        (format!("{less} < {same}"), true),
        ("c == 8".into(), false),
        ("c > 8".into(), true),
        ("c > -8".into(), true),
        ("c == d".into(), true),
        ("c <= d".into(), true),
        ("c < d".into(), false),
        (format!("c == 0x1{}8", "0".repeat(34)), true),
    ] {
        let text = format!("{start} if ({condition}) {{ x q[1]; }} r = measure q[1];");
        assert_eq!(outcome(&text), if holds { "1" } else { "0" }, "{condition}");
    }
    let text = format!("{start} c = {less}; r = c[140] & ~c[3];");
    assert_eq!(outcome(&text), "1");
    let message = fault(&format!("{start}\nbit[140] e = {less};"), false);
    assert_eq!(message, "3:14 this integer does not fit in 140 bits");
}

#[test]
fn shifts_and_bits_of_what_has_none() {
    // An `int` shifts as two's complement does, known and measured.
    for (value, by, result) in
        [(-8, 1, -4), (-8, 200, -1), (-1, 3, -1), (7, 1, 3), (7, 200, 0), (-128, 7, -1)]
    {
        let expected = format!("{:08b}", result as i8 as u8);
        for text in [
            format!("output int[8] a; qubit q; int[8] v = {value}; a = v >> {by};"),
            format!(
                "output int[8] a; qubit q; x q; bit c = measure q; int[8] v = int[8](c) * ({value}); \
                 a = v >> {by};"
            ),
            format!(
                "output int[8] a; qubit q; x q; bit c = measure q; int[8] v = {value}; \
                 uint[8] by = uint[8](c) * {by}; a = v >> by;"
            ),
        ] {
            assert_eq!(outcome(&text), expected, "{text}");
            let message = "OpenQASM 3 does not define `>>` for `int`";
            assert!(warnings(&text)[0].starts_with(message), "{text}");
            assert!(fault(&text, true).ends_with(&format!("{message} (strict mode)")), "{text}");
        }
    }
    // What the specification defines is accepted in strict mode, without a warning.
    for text in [
        "uint[8] a = 9; a = (a >> 1) | (a << 2) ^ ~a & a;",
        "bit[8] a = \"00001001\"; a = (a >> 1) | (a << 2) ^ ~a & a;",
        "angle[8] a = pi; a = (a >> 1) | (a << 2) ^ ~a & a;",
        "const int n = 1 << 3; qubit[n] q;",
        "uint[8] a = 9; a = a & 1;",
        "int[8] a = 9; a = (a % 4) ** 2 / 3 - 1;",
        "angle[4] a = pi; bool b = a == pi; bool c = a < 1.0;",
    ] {
        assert!(imported(text, true).is_ok(), "{text}: {}", imported(text, true).unwrap_err());
        assert_eq!(warnings(text), [""; 0], "{text}");
    }
    for (text, strict, message) in [
        (
            "int[8] a = 9; a = ~a;",
            true,
            "2:19 OpenQASM 3 does not define `~` for `int` (strict mode)",
        ),
        (
            "int[8] a = 9; a = a & 1;",
            true,
            "2:19 OpenQASM 3 does not define `&` for `int` (strict mode)",
        ),
        (
            "int[8] a = 9; a <<= 1;",
            true,
            "2:15 OpenQASM 3 does not define `<<` for `int` (strict mode)",
        ),
        (
            "bool a = true; a = a ^ a;",
            true,
            "2:20 OpenQASM 3 does not define `^` for `bool` (strict mode)",
        ),
        ("float a = 5.5 % 2.0 + 1;", true, ""),
        (
            "int a = 5; float b = 5.5 % a;",
            true,
            "2:22 OpenQASM 3 does not define `%` for `float` (strict mode)",
        ),
        (
            "int[8] a = 9; uint b = popcount(a);",
            true,
            "2:24 OpenQASM 3 does not define `popcount` for `int` (strict mode)",
        ),
        (
            "uint a = 3 & 1.0;",
            false,
            "2:10 `&` is an operator on bits, which the number 1 does not have",
        ),
        (
            "float a = 1.5; uint b = a << 1;",
            false,
            "2:25 `<<` is an operator on bits, which the number 1.5 does not have",
        ),
        (
            "uint a = 1; a = a << 1.0;",
            false,
            "2:17 the distance of a shift is an integer, not the number 1",
        ),
        ("uint a = 1; a = a >> -1;", false, "2:17 the distance of a shift is not negative, but -1"),
        (
            "bit[4] a = \"0001\"; a = a << -1;",
            false,
            "2:24 the distance of a shift is not negative, but -1",
        ),
        (
            "angle[4] a = pi; bool b = a == 8;",
            false,
            "2:27 an angle[4] and the integer 8 cannot be compared",
        ),
    ] {
        if message.is_empty() {
            continue;
        }
        assert_eq!(fault(text, strict), message, "{text}");
    }
    // Angles of any width against each other and against real numbers.
    for condition in ["a == b", "a == 0.1", "b == 0.1", "pi > a", "a >= 0.0"] {
        let text =
            format!("output bool r; qubit q; angle[4] a = 0.1; angle[8] b = 0.0; r = {condition};");
        assert_eq!(outcome(&text), if condition == "b == 0.1" { "0" } else { "1" }, "{condition}");
    }
}

#[test]
fn sizes_and_indices_are_integers() {
    for text in [
        "bit[3.0] c;",
        "qubit[3.0] q;",
        "qreg q[3.0];",
        "creg c[2.0];",
        "int[8.0] a;",
        "uint[8.0] a;",
        "float[32.0] a;",
        "angle[4.0] a;",
        "array[int, 3.0] a;",
        "array[int[8.0], 3] a;",
        "const float n = 3; qubit[n] q;",
        "qubit[2e0] q;",
        "qubit[4] q; x q[1.0];",
        "qubit[4] q; x q[0:2.0];",
        "qubit[4] q; x q[{0.0, 1}];",
        "qubit[4] q; for int i in [0:1.0] { x q[i]; }",
        "qubit[4] q; ctrl(2.0) @ x q[0], q[1], q[2];",
        "bit[4] c; c[1.0] = \"1\";",
        "def f(qubit[2.0] q) { } qubit[2] r; f(r);",
    ] {
        let message = fault(text, false);
        assert!(message.contains("is a known integer, not the number"), "{text}: {message}");
    }
    assert!(imported("qubit[int(3.0)] q; bit[2 ** 3] c; uint[6 / 2] n; x q[4 - 2];", true).is_ok());
}

#[test]
fn constants_of_the_language_are_names_of_inner_scopes() {
    let angle = |text: &str| {
        let circuit = imported(text, true).unwrap_or_else(|e| panic!("{text}: {e}")).circuit;
        Simulator::new().expectation(&circuit, &"Z0".parse().unwrap()).unwrap().value
    };
    for name in ["pi", "tau", "euler", "π", "τ", "ℇ"] {
        for text in [
            format!("gate g({name}) a {{ rx({name}) a; }} qubit q; g(0.5) q;"),
            format!("gate g(a) {name} {{ rx(a) {name}; }} qubit q; g(0.5) q;"),
            format!("def f(qubit q, float {name}) {{ rx({name}) q; }} qubit q; f(q, 0.5);"),
            format!("qubit q; {{ const float {name} = 0.5; rx({name}) q; }}"),
            format!("qubit q; for int {name} in [1:1] {{ rx({name} / 2.0) q; }}"),
            format!("qubit q; if (true) {{ float {name} = 0.2; {name} += 0.3; rx({name}) q; }}"),
        ] {
            assert!((angle(&text) - 0.5f64.cos()).abs() < 1e-12, "{text}");
            // Outside it is what it was.
            let after = format!("{text} rx({name}) q; rx(-{name}) q;");
            assert!((angle(&after) - 0.5f64.cos()).abs() < 1e-12, "{after}");
        }
        let message = fault(&format!("const float {name} = 3;"), false);
        assert!(message.contains(&format!("`{name}` is part of the language")), "{message}");
    }
    let text = "gate g(pi) a { rx(pi) a; rz(π) a; } qubit q; g(0.5) q; rx(pi) q;";
    assert!((angle(text) + 0.5f64.cos()).abs() < 1e-12);
    // In OpenQASM 2 `pi` is a word of the grammar.
    let options = Options { version: Some(Version::V2), ..Options::default() };
    assert!(parse_with("gate g(pi) a { U(pi, 0, 0) a; }", &options).is_err());
}

#[test]
fn names_of_gates_and_subroutines() {
    for (text, message) in [
        ("gate g(a) a { U(a, 0, 0) a; }", "`a` is a parameter of this gate and one of its qubits"),
        ("gate g(a, b) c, b { }", "`b` is a parameter of this gate and one of its qubits"),
        ("gate g(a, a) b { }", "parameter `a` is declared twice"),
        ("gate g(a) b, b { }", "qubit `b` is declared twice"),
        ("def f(int a, qubit a) { }", "parameter `a` is declared twice"),
    ] {
        assert!(fault(text, false).ends_with(message), "{text}");
        if text.starts_with("gate") {
            let options = Options { version: Some(Version::V2), ..Options::default() };
            let error = parse_with(text, &options).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
    // Of the program around it a gate sees constants, and an input is none.
    let text = "input float w; gate g a { rx(w) a; } qubit q; g q;";
    assert!(imported(text, false).is_ok());
    let message = fault(text, true);
    assert!(message.contains("`w` is an `input`, which cannot be seen from here"), "{message}");
    assert!(
        fault("input float w; def f(qubit q) { rx(w) q; } qubit q; f(q);", true).contains("`w`")
    );
    assert!(imported("const float w = 1; gate g a { rx(w) a; } qubit q; g q;", true).is_ok());
}

#[test]
fn variables_made_of_bits_start_from_zero() {
    for (ty, text, expected) in [
        ("angle[3]", "c[1] = measure q;", "010"),
        ("uint[3]", "c[1] = measure q;", "010"),
        ("int[3]", "c[1] = measure q;", "010"),
        ("angle[3]", "c[0] = measure q; c <<= 1;", "010"),
    ] {
        let text = format!("qubit q; x q; output bit[3] r; {ty} c; {text} r = bit[3](c);");
        assert_eq!(outcome(&text), expected, "{text}");
        assert_eq!(warnings(&text), ["`c` has no value yet; it is taken to be 0"], "{text}");
        assert!(fault(&text, true).ends_with("`c` has no value yet"), "{text}");
    }
    assert!(fault("qubit q; float a; rx(a) q;", false).ends_with("`a` has no value yet"));
    assert!(fault("int a; int b = a;", false).ends_with("`a` has no value yet"));
}
