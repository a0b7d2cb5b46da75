//! The dynamic circuits of `circuits/`, whose outcomes are known in closed form, exactly and by
//! shots; and the control flow of OpenQASM 3 that measured bits decide, against distributions
//! worked out by hand.

use ketlab::circuit::Circuit;
use ketlab::math::Bits;
use ketlab::qasm::{Options, Version, parse_with, read_file};
use ketlab::simulate::Simulator;
use std::path::Path;

fn load(name: &str) -> Circuit {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits").join(name);
    let imported = read_file(&path, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    assert!(imported.warnings.diagnostics.is_empty(), "{}", imported.warnings.rendered);
    imported.circuit
}

fn exactly(circuit: &Circuit) -> Vec<(String, f64)> {
    let outcomes = Simulator::new().outcome_probabilities(circuit).unwrap();
    outcomes.into_iter().filter(|o| o.1 > 1e-12).map(|(bits, p)| (bits.to_string(), p)).collect()
}

/// Checks outcomes and probabilities to 1e-12, in ascending order of the outcomes.
#[track_caller]
fn check(text: &str, expected: &[(&str, f64)]) {
    let options = Options { version: Some(Version::V3), ..Options::default() };
    let text = format!("include \"stdgates.inc\";\n{text}");
    let circuit = parse_with(&text, &options).unwrap_or_else(|e| panic!("{e}")).circuit;
    let got = exactly(&circuit);
    let same = got.len() == expected.len()
        && got.iter().zip(expected).all(|(g, e)| g.0 == e.0 && (g.1 - e.1).abs() < 1e-12);
    assert!(same, "{got:?}, not {expected:?}: {text}");
}

#[test]
fn teleportation_carries_the_state() {
    let circuit = load("teleportation.qasm");
    // r is the last register; ry(0.8) reads 1 with probability sin²(0.4).
    let ones: f64 =
        exactly(&circuit).iter().filter(|(bits, _)| bits.starts_with('1')).map(|o| o.1).sum();
    assert!((ones - 0.4f64.sin().powi(2)).abs() < 1e-12, "{ones}");
}

#[test]
fn repetition_until_success_rotates_by_the_promised_angle() {
    let circuit = load("repeat_until_success.qasm");
    let counts = Simulator::new().seed(3).counts(&circuit, 10_000).unwrap();
    assert_eq!(counts.get("0"), 10_000);
}

#[test]
fn a_repetition_code_mends_what_it_finds() {
    let circuit = load("error_correction.qasm");
    assert_eq!(exactly(&circuit).len(), 1);
    assert!((exactly(&circuit)[0].1 - 1.0).abs() < 1e-12);
    assert_eq!(Simulator::new().counts(&circuit, 1000).unwrap().get("0"), 1000);
}

#[test]
fn phase_estimation_finds_the_phase_bit_by_bit() {
    let circuit = load("iterative_phase_estimation.qasm");
    let outcomes = Simulator::new().outcome_probabilities(&circuit).unwrap();
    let (best, p) = outcomes.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert_eq!(*best, Bits::from_u64(11, 4));
    assert!((p - 1.0).abs() < 1e-10, "{p}");
}

#[test]
fn values_follow_measured_bits() {
    // A sum of coins is binomial; n is in the circuit's bits from the first coin on.
    check(
        "qubit q; output int[4] n; bit c; n = -1;
         for int i in [1:3] { reset q; h q; c = measure q; if (c) { n += 2; } else n -= 1; }",
        &[("0010", 0.375), ("0101", 0.125), ("1100", 0.125), ("1111", 0.375)],
    );
    // A variable that only one branch writes keeps its value in the other.
    check(
        "qubit q; bit c; output uint[3] n; n = 6; h q; c = measure q; uint[3] k = 1;
         if (c) { k = 3; n = n * k; }",
        &[("010", 0.5), ("110", 0.5)],
    );
    // Signed numbers: comparison, negation, wrapping on assignment.
    check(
        "qubit q; bit c; output bit[4] r; int[4] n = 3; h q; c = measure q; if (c) n = n - 5;
         r[0] = n < 0; r[1] = n == -2; r[2] = -n > 1; n = n - 7; r[3] = n > 0;",
        &[("0000", 0.5), ("1111", 0.5)],
    );
}

#[test]
fn arrays_that_a_call_changes_are_changed_only_where_it_happens() {
    let f = "def f(mutable array[int[4], 2] a) -> int[4] { a[0] += 1; return 1; }
             qubit q; bit c; output bit[4] r; array[int[4], 2] b = {1, 2}; h q; c = measure q;";
    let outcomes = [("0001", 0.5), ("0010", 0.5)];
    for inner in [
        "if (f(b) == 1) { x q; }",
        "switch (f(b)) { case 1 { } }",
        "rx(f(b)) q;",
        "while (f(b) == 2) { }",
        "for int i in [0:f(b)] { }",
        "int[4] k = f(b);",
    ] {
        check(&format!("{f} if (c) {{ {inner} }} r = bit[4](uint[4](b[0]));"), &outcomes);
    }
}

#[test]
fn loops_are_left_where_measured_bits_say_so() {
    // The first 1 of three coins, or none: counted by leaving the loop.
    check(
        "qubit q; bit c; output uint[2] n; n = 0;
         for int i in [1:3] { reset q; h q; c = measure q; if (c) break; n += 1; }",
        &[("00", 0.5), ("01", 0.25), ("10", 0.125), ("11", 0.125)],
    );
    // What a loop runs through is what it was at the start.
    check(
        "qubit[2] q; bit[2] c; output uint[3] n; n = 0; h q; c = measure q; uint[2] k = uint[2](c);
         for uint[2] i in {k, k} { n += i; k = 0; c = \"11\"; } for bit b in c { c = \"00\"; n += b; }",
        &[("000", 0.25), ("010", 0.25), ("100", 0.25), ("110", 0.25)],
    );
    // Rounds that are cut short.
    check(
        "qubit q; bit c; output uint[2] n; n = 0; uint[2] k = 0;
         while (k < 2) { k += 1; reset q; h q; c = measure q; if (c) continue; n += 1; }",
        &[("00", 0.25), ("01", 0.5), ("10", 0.25)],
    );
    check("bit[1] a = 1; end; bit[1] b = 1;", &[("01", 1.0)]);
    check(
        "qubit q; bit c; output bit[2] r; h q; c = measure q; r = \"01\"; if (c) { end; } r[1] = 1;",
        &[("01", 0.5), ("11", 0.5)],
    );
}

#[test]
fn subroutines_return_where_measured_bits_say_so() {
    check(
        "def f(qubit q, int[4] k) -> int[4] {
           bit c; h q; c = measure q;
           if (c) { return k; }
           reset q; h q; c = measure q;
           if (c) return k + 1;
           return -k;
         }
         qubit q; output int[4] n; n = f(q, 3) - 1;",
        &[("0010", 0.5), ("0011", 0.25), ("1100", 0.25)],
    );
    // Nor do those that inner blocks return.
    check(
        "def coin(qubit q, int k) -> bit {
           if (k > 0) { bit c; reset q; h q; c = measure q; if (c) { return 1; } return c; }
           for int i in [0:3] { reset q; h q; return measure q; }
           return 0;
         }
         qubit q; output uint[2] n; n = uint[2](coin(q, 0)) + uint[2](coin(q, 1)) * 2;",
        &[("00", 0.25), ("01", 0.25), ("10", 0.25), ("11", 0.25)],
    );
    // A condition that changes something does so once a round.
    check(
        "def f(mutable array[int[4], 1] a, qubit q) -> bit { a[0] += 1; h q; return measure q; }
         qubit q; output int[4] n; array[int[4], 1] a = {0};
         while (f(a, q) && a[0] < 3) { reset q; }
         n = a[0];",
        &[("0001", 0.5), ("0010", 0.25), ("0011", 0.25)],
    );
    // A measurement writes to its own target, whatever calls choose the qubit.
    check(
        "def f(qubit a) -> int { h a; bit b = measure a; reset a; return 0; }
         qubit[2] q; x q[0]; bit c = measure q[f(q[1])];",
        &[("1", 1.0)],
    );
    // Two results in one expression do not share their bits.
    check(
        "def coin(qubit q) -> bit { reset q; h q; return measure q; }
         qubit q; output uint[2] n; n = uint[2](coin(q)) + uint[2](coin(q)) * 2;",
        &[("00", 0.25), ("01", 0.25), ("10", 0.25), ("11", 0.25)],
    );
}

#[test]
fn a_switch_takes_one_case() {
    check(
        "qubit[2] q; bit[2] c; output bit[2] r; h q; c = measure q;
         switch (int[3](c)) { case 0 { r = \"00\"; c = \"01\"; } case 1, 2 { r = \"01\"; }
                      default { r = \"10\"; } }",
        &[("00", 0.25), ("01", 0.5), ("10", 0.25)],
    );
}

#[test]
fn angles_follow_measured_bits() {
    // The bits of c as an angle of 2π·c/4 undo the phase that they were made with.
    check(
        "qubit[3] q; bit[2] c; output bit r; h q[0]; h q[1]; c = measure q[0:1];
         h q[2]; rz(float(uint[2](c)) * pi / 2) q[2]; p(-angle[2](c)) q[2]; h q[2];
         r = measure q[2];",
        &[("0", 1.0)],
    );
}

#[test]
fn integers_at_run_time_are_those_at_compile_time() {
    // Each line is done with two measured bits, and with each of their values written instead.
    let lines = [
        "int[4] a = int[2](V); r = bit[4](a / 2 + a % 3);",
        "int[128] a = int[2](V); r[0] = (a ^ 8) - 8 < 3; r[1] = a >= -1; r[2] = -a > a;",
        "int[4] a = int[2](V); a *= -3; r = bit[4](a >> 1); a <<= 2; r ^= bit[4](a);",
        "uint[4] a = uint[2](V); a -= 2; r = bit[4](a / 3 + a ** 2 % 5);",
        "uint[2] d = uint[2](V); r[3] = d != 0 && 6 / d > 2; r[0] = popcount(V) > 1;",
        "uint[3] d = uint[2](V); r[0] = d[1]; r[1] = !d[0]; r[2] = bool(d & 1) ^ bool(d >> 1);",
        "int n = V[0] + V[1]; r = bit[4](uint[4](n * 2)); r[3] = -V[0] < 0;",
        "r[2:3] = ~V; int[3] k = -int[3](uint[2](V)); r[1] = k < -1;",
    ];
    for line in lines {
        let mut expected: Vec<(String, f64)> = vec![];
        for value in ["00", "01", "10", "11"] {
            let text = format!(
                "bit[2] v = \"{value}\"; const bit[2] w = \"{value}\"; output bit[4] r; r = 0; {line}"
            );
            // Once known, once as bits of the circuit.
            let known = outcome(&text.replace('V', "w"));
            assert_eq!(known, outcome(&text.replace('V', "v")), "{line} {value}");
            match expected.iter_mut().find(|e| e.0 == known) {
                Some(e) => e.1 += 0.25,
                None => expected.push((known, 0.25)),
            }
        }
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        let expected: Vec<(&str, f64)> = expected.iter().map(|(s, p)| (s.as_str(), *p)).collect();
        let text =
            format!("qubit[2] q; bit[2] v; h q; v = measure q; output bit[4] r; r = 0; {line}");
        check(&text.replace('V', "v"), &expected);
    }
}

/// The outcome of a program that has one.
fn outcome(text: &str) -> String {
    let options = Options { version: Some(Version::V3), ..Options::default() };
    let text = format!("include \"stdgates.inc\"; qubit unused;\n{text}");
    let circuit = parse_with(&text, &options).unwrap_or_else(|e| panic!("{e}")).circuit;
    let outcomes = exactly(&circuit);
    assert_eq!(outcomes.len(), 1, "{text}");
    outcomes[0].0.clone()
}

#[test]
fn deep_and_long_programs_are_read_or_refused() {
    let options = |depth| Options {
        version: Some(Version::V3),
        limits: ketlab::qasm::Limits { block_depth: depth, ..ketlab::qasm::Limits::default() },
        ..Options::default()
    };
    let default = Options::default().limits.block_depth;
    // As deep as is allowed, in a thread of a test: branches that measured bits decide on.
    let chain: String = (1..default - 2).map(|k| format!("if (c == {k}) x q; else ")).collect();
    let text = format!("include \"stdgates.inc\"; qubit q; bit[9] c; {chain} x q;");
    parse_with(&text, &options(default)).unwrap_or_else(|e| panic!("{e}"));
    let nested = format!("qubit q; bit c; {}{}", "if (c) {".repeat(3000), "}".repeat(3000));
    assert!(parse_with(&nested, &options(default)).is_err());
    for (text, ok) in [
        (format!("bit c; bit r = {}c;", "!".repeat(1500)), true),
        (format!("bit c; bit r = {}c;", "!".repeat(100_000)), false),
        (format!("bit[2] c; uint[8] r = uint[2](c){};", " + uint[2](c)".repeat(300)), true),
        (format!("bit[2] c; uint[8] r = uint[2](c){};", " + uint[2](c)".repeat(50_000)), false),
        (format!("const int n = 1{};", " + 1".repeat(50_000)), true),
        (
            "bit[2] c; uint[64] a = uint[2](c); a = popcount(popcount(popcount(popcount(a))));"
                .into(),
            false,
        ),
        (format!("bit[2] c; int[16] a = int[2](c); a = a{};", " / -3".repeat(12)), false),
        ("bit[2] c; uint[64] a = uint[2](c); a = (((a ** 16) ** 16) ** 16) ** 16;".into(), false),
    ] {
        let result = parse_with(&text, &options(default));
        assert_eq!(result.is_ok(), ok, "{}: {:?}", &text[..60.min(text.len())], result.err());
    }
}
