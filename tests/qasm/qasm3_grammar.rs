//! What OpenQASM 3 programs are read as, up to the syntax tree.

use crate::common::printer::Printer;
use crate::common::syntax::{faults, faults_of, forced, parsed, show};
use crate::common::{files_below, reference};
use ketlab::qasm::{Options, Version};
use serde_json::Value;
use std::fs;

fn cases(file: &str) -> Option<Vec<Value>> {
    let text = fs::read_to_string(reference(&format!("qasm3/{file}"))?).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    Some(value["cases"].as_array().unwrap().clone())
}

#[test]
fn the_grammar_s_own_examples_are_read() {
    let Some(cases) = cases("grammar_valid.json") else { return };
    let folder = std::env::temp_dir().join(format!("ketlab-grammar-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for name in ["foo", "foo2", "001"] {
        fs::write(folder.join(name), "").unwrap();
    }
    for case in &cases {
        let program = case["program"].as_str().unwrap();
        let options = forced();
        let found = faults(parsed(program, Some(&folder), &options));
        assert!(found.is_empty(), "{program}\n{:?}", found.iter().map(show).collect::<Vec<_>>());
    }
    fs::remove_dir_all(folder).unwrap();
    assert!(cases.len() >= 15);
}

#[test]
fn what_the_grammar_refuses_is_refused() {
    let Some(cases) = cases("grammar_invalid.json") else { return };
    for case in &cases {
        let program = case["program"].as_str().unwrap();
        assert!(!faults_of(program).is_empty(), "accepted: {program}");
    }
    assert!(cases.len() >= 50);
}

#[test]
fn programs_of_other_readers_are_read() {
    let Some(cases) = cases("parser_corpus.json") else { return };
    for case in cases.iter().filter(|c| c["accepted"] == true) {
        let program = case["program"].as_str().unwrap();
        let found = faults_of(program);
        assert!(found.is_empty(), "{program}\n{found:#?}");
        // Without being told, too: almost all have something that only version 3 has.
        let options = Options::default();
        let session = parsed(program, None, &options);
        if session.version == Version::V3 {
            assert!(session.faults.is_empty(), "{program}");
        }
    }
    assert!(cases.len() >= 60);
}

#[test]
fn real_programs_are_read_as_what_they_are() {
    let Some(folder) = reference("qasm3") else { return };
    let files = files_below(&folder, "qasm");
    assert!(files.len() >= 33);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let options = Options::default();
        let session = parsed(&text, path.parent(), &options);
        assert_eq!(session.version, Version::V3);
        let found = faults(session);
        assert!(found.is_empty(), "{path:?} {:?}", found.iter().map(show).collect::<Vec<_>>());
    }
}

/// The statements of a program without faults, printed.
fn print(text: &str) -> Vec<String> {
    let options = forced();
    let session = parsed(text, None, &options);
    assert!(session.faults.is_empty(), "{text}: {:?}", faults(session));
    let printer = Printer(&session.ast);
    session.ast.program.iter().map(|s| printer.stmt(s)).collect()
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(print(text), [*expected], "{text}");
    }
}

#[test]
fn operators_bind_as_the_specification_says() {
    check(&[
        ("a + b * c;", "(a Add (b Mul c))"),
        ("-a ** b ** c;", "(-(a Pow (b Pow c)))"),
        ("2 ** -1 * 3;", "((2 Pow (-1)) Mul 3)"),
        ("!a == b;", "((!a) Eq b)"),
        ("~a[0] & b;", "((~a[0]) BitAnd b)"),
        ("a | b ^ c & d;", "(a BitOr (b BitXor (c BitAnd d)))"),
        ("a || b && c | d;", "(a Or (b And (c BitOr d)))"),
        ("a == b < c << d + e;", "(a Eq (b Lt (c Shl (d Add e))))"),
        ("a != b >= c >> d % e;", "(a Ne (b Ge (c Shr (d Rem e))))"),
        ("a - b - c;", "((a Sub b) Sub c)"),
        ("(a - (b - c)) / -d;", "((a Sub (b Sub c)) Div (-d))"),
        ("- - a;", "a"),
        ("a <= b > c;", "((a Le b) Gt c)"),
    ]);
}

#[test]
fn literals() {
    check(&[
        ("x = 1_000;", "x = 1000"),
        ("x = 0x1F;", "x = 31"),
        ("x = 0Xf_f;", "x = 255"),
        ("x = 0b1_01;", "x = 5"),
        ("x = 0B11;", "x = 3"),
        ("x = 0o17;", "x = 15"),
        ("x = 007;", "x = 7"),
        ("x = 0xFFFFFFFFFFFFFFFFFF;", "x = 4722366482869645213695"),
        ("x = 1_2.5e-0_1;", "x = 1.25"),
        ("x = .5;", "x = 0.5"),
        ("x = 1_0e2;", "x = 1000.0"),
        ("x = 2.5im + 3 im;", "x = (2.5im Add 3im)"),
        (
            "x = 100ns + 2 us + 3µs + 1.5e3dt + 1ms + 2\ts;",
            "x = (((((100ns Add 2us) Add 3us) Add 1500dt) Add 1ms) Add 2s)",
        ),
        ("x = \"01_1\";", "x = \"011\""),
        ("x = π + pi + τ + tau + ℇ + euler;", "x = (((((π Add π) Add τ) Add τ) Add ℇ) Add ℇ)"),
        ("x = true && false;", "x = (true And false)"),
        ("x = 3 /* a \n * comment */ + // another\n 4;", "x = (3 Add 4)"),
        ("x = πx + ä_1é + Ωβ;", "x = ((πx Add ä_1é) Add Ωβ)"),
    ]);
}

#[test]
fn indices_calls_and_casts() {
    check(&[
        ("a[0][1:2];", "a[0][1:_:2]"),
        ("a[i, j + 1];", "a[i, (j Add 1)]"),
        ("a[:];", "a[_:_:_]"),
        ("a[1:];", "a[1:_:_]"),
        ("a[:2, ::3, 1:2:3,];", "a[_:_:2, _:_:3, 1:2:3]"),
        ("a[4::-1];", "a[4:_:(-1)]"),
        ("a[{0, -2,}];", "a[{0, (-2)}]"),
        ("(a + b)[0];", "(a Add b)[0]"),
        ("f();", "f()"),
        ("f(a, g(b)[1],) + 1;", "(f(a, g(b)[1]) Add 1)"),
        ("f(a)[2];", "f(a)[2]"),
        ("f(a)[2][b] - 1;", "(f(a)[2][b] Sub 1)"),
        ("f(a)[1:2] * 2;", "(f(a)[1:_:2] Mul 2)"),
        ("int[8](x) + bit(y);", "(Int<8>(x) Add Bit(y))"),
        ("x = a + int[n + 1](x) + 2;", "x = ((a Add Int<(n Add 1)>(x)) Add 2)"),
        (
            "x = a * (b + float(3) + complex[float[32]](c));",
            "x = (a Mul ((b Add Float(3)) Add Complex<32>(c)))",
        ),
        (
            "sin(x) + pow(a, b) + rotl(c, 2) + log(2) + mod(7, 2);",
            "((((Sin(x) Add Pow(a, b)) Add Rotl(c, 2)) Add Ln(2)) Add Mod(7, 2))",
        ),
        ("x = durationof({x $0; y(1) q[a + 1];}) * 2;", "x = (durationof Mul 2)"),
        ("f(int[a+b](c), durationof({ g(1,2) r; }), 5);", "f(Int<(a Add b)>(c), durationof, 5)"),
    ]);
}

#[test]
fn gates_and_operands() {
    check(&[
        ("x q;", "x() q"),
        ("rz(0.1) q[0];", "rz(0.1) q[0]"),
        ("cx q[i], $3,;", "cx() q[i], $3"),
        (
            "g(a + 1, pi,) q[i + 1], r[f(2)], s[-1];",
            "g((a Add 1), π) q[(i Add 1)], r[f(2)], s[(-1)]",
        ),
        ("x q[0:2];", "x() <q[0:_:2]>"),
        ("x q[{1, 2}][0];", "x() <q[{1, 2}][0]>"),
        ("x q[0, 1], q[f(1)][2];", "x() <q[0, 1]>, <q[f(1)][2]>"),
        ("x[100ns] $0;", "0 @ x()[100ns] $0"),
        ("rx(1)[a + b] q;", "0 @ rx(1)[(a Add b)] q"),
        ("ctrl @ pow(1/2) @ inv @ negctrl(2) @ g(a) q, r;", "4 @ g(a)[-] q, r"),
        ("gphase(pi);", "gphase(π) "),
        ("ctrl @ gphase(a) q;", "1 @ gphase(a)[-] q"),
        (
            "gate g(a, b) c, d { h c; ctrl @ x c, d; gphase(a); { nop; } }",
            "gate g(a b) c d {h() c; 1 @ x()[-] c, d; gphase(a) ; {nop }}",
        ),
        ("gate g() c {}", "gate g() c {}"),
        ("reset q[1:2];", "reset <q[1:_:2]>"),
        ("barrier;", "barrier "),
        ("barrier q, r[0];", "barrier q, r[0]"),
        ("delay[100ns] q;", "delay 100ns q"),
        ("delay[durationof({ x $0; }) + 2dt];", "delay (durationof Add 2dt) "),
        ("box[1us] { x q; }", "box 1us {x() q}"),
        ("box {}", "box - {}"),
    ]);
}

#[test]
fn measurements() {
    check(&[
        ("measure q -> c[0];", "measure q, c[0]"),
        ("c[0] = measure q[1];", "measure q[1], c[0]"),
        ("c[0:1] = measure q[{1,2}];", "measure <q[{1, 2}]>, <c[0:_:1]>"),
        ("measure $0;", "measure $0"),
        ("bit[2] b = measure q[1:2];", "Bit<2> b = measure q[1:_:2]"),
        ("b ^= measure q[0];", "b BitXor= measure q[0]"),
        ("def f(qubit q) -> bit { return measure q; }", "def f(Qubit q) Bit {return measure q}"),
    ]);
}

#[test]
fn declarations() {
    check(&[
        ("qubit q;", "qubits q -"),
        ("qubit[n * 2] q;", "qubits q (n Mul 2)"),
        ("qreg q[3];", "qubits q 3"),
        ("creg c;", "bits c -"),
        ("bit[4] c = \"0101\";", "Bit<4> c = \"0101\""),
        ("const uint[8] n = 2;", "const Uint<8> n = 2"),
        ("input angle[32] a;", "input Angle<32> a = -"),
        ("output bit b;", "output Bit b = -"),
        ("input array[int, 3] a;", "input Int×3 a = -"),
        ("stretch s;", "Stretch s = -"),
        ("complex[float[64]] z = 1 + 2im;", "Complex<64> z = (1 Add 2im)"),
        (
            "array[int[8], 2, n] a = {{1, 2}, {3, x + 4},};",
            "Int<8>×2×n a = {{1, 2}, {3, (x Add 4)}}",
        ),
        ("a[0] = {1, 2};", "a[0] = {1, 2}"),
        ("let a = q[0:1] ++ r ++ s[{1}];", "let a = ((q[0:_:1] Concat r) Concat s[{1}])"),
        ("a[0:1] <<= 2;", "<a[0:_:1]> Shl= 2"),
        ("a **= b;", "a Pow= b"),
        (
            "def f(int[8] a, creg c[2], mutable array[bit, #dim = 2] b,) {}",
            "def f(Int<8> a, Bit<2> c, mutable Bit×#2 b) - {}",
        ),
        ("extern f(int, creg[2], readonly array[int, 2],) -> float[64];", "extern f"),
    ]);
}

#[test]
fn control_flow() {
    check(&[
        ("if (c == 1) x q[0];", "if (c Eq 1) {x() q[0]} else {}"),
        (
            "if (a) x q; else if (b) { y q; } else z q;",
            "if a {x() q} else {if b {y() q} else {z() q}}",
        ),
        ("for int i in [0:2:4] x q[i];", "for Int i in 0:2:4 {x() q[i]}"),
        ("for uint[8] i in {1, 2, n,} { break; }", "for Uint<8> i in {1, 2, n} {break}"),
        ("for bit b in c[0:2] { continue; }", "for Bit b in c[0:_:2] {continue}"),
        ("for int i in [:n - 1] {}", "for Int i in _:_:(n Sub 1) {}"),
        ("while (!c[0]) { end; }", "while (!c[0]) {end}"),
        (
            "switch (a + 1) { case 1, 2 { x q; } case n, { if (a) y q; } default {} }",
            "switch (a Add 1) [1, 2] {x() q} [n] {if a {y() q} else {}} [] {}",
        ),
        ("{ { x q; } y q; }", "{{x() q}; y() q}"),
        ("return;", "return -"),
    ]);
    let nested =
        "def f(int a) -> int { if (a) { switch (a) { case 1 { return g(a); } } } return 2; }";
    check(&[(nested, "def f(Int a) Int {if a {switch a [1] {return g(a)}} else {}; return 2}")]);
}

#[test]
fn what_ketlab_does_not_do_is_read_over() {
    check(&[
        ("defcalgrammar \"openpulse\";", "unsupported defcalgrammar"),
        ("cal { anything { 'at' } all ; @ § }", "unsupported cal"),
        ("defcal rz(angle a) $0 -> bit { play(drive, { 1 }); }", "unsupported defcal"),
    ]);
    let text =
        "pragma a b ; c\n#pragma d\n@some.thing {\n@other\nx q;\n{ #pragma e\n@last 1\ny q; }";
    let options = forced();
    let session = parsed(text, None, &options);
    assert!(session.faults.is_empty());
    assert_eq!(print(text), ["x() q", "{y() q}"]);
}

#[test]
fn headers_and_physical_qubits() {
    assert_eq!(print("OPENQASM 3.1;\ninclude 'stdgates.inc';"), ["Stdgates"]);
    assert_eq!(print("include \"qelib1.inc\";"), ["Qelib1"]);
    let options = forced();
    let session = parsed("x $3; y $007; z $2;", None, &options);
    assert_eq!(session.physical, Some(7));
    assert!(session.ast.names.find("$7").is_some() && session.ast.names.find("$007").is_none());
}

#[test]
fn the_version_is_found() {
    let version = |text: &str| {
        let options = Options::default();
        parsed(text, None, &options).version
    };
    for text in [
        "/* a */ OPENQASM 3; x $0;",
        "// a\nOPENQASM 3.0;",
        "include \"stdgates.inc\"; x q;",
        "qreg q[1]; h q; qubit r;",
        "h q; reset $0;",
        "measure q -> c; c = 1;",
        "/* a */ qreg q[2];",
        "#pragma a\nqreg q[2];",
        "@a\nqreg q[2];",
        "inv @ x q;",
        "for int i in [0:1] {}",
    ] {
        assert_eq!(version(text), Version::V3, "{text}");
    }
    for text in [
        "OPENQASM 2.0; qubit q;",
        "// /* a */\nqreg q[2];",
        "include \"qelib1.inc\"; qubit q;",
        "opaque g a; qubit q;",
        "qreg q[2]; h q;",
        "gate inv a {} inv q;",
        "if (c = 1) x q;",
        "",
    ] {
        assert_eq!(version(text), Version::V2, "{text}");
    }
}

#[test]
fn deep_and_long_programs_are_read_in_linear_time() {
    let started = std::time::Instant::now();
    let mut texts = vec![];
    for piece in [
        "(",
        "[",
        "{",
        "a[",
        "f(",
        "-",
        "!",
        "int[",
        "int[1](",
        "if (a) ",
        "if (a) {",
        "x q; } ",
        "durationof({",
        "/*",
        "\"",
        "1_",
        "0x1",
        "a ++ ",
        "$1 ",
        "@a\n",
        "case ",
        "{ case ",
        "a[1:",
        "a = ",
        "ctrl @ ",
        "é",
        "§",
        "defcal ",
        "x[",
        "else ",
        "gate g a { ",
        "1 ",
        "box {",
        "int[a+1](b)+",
        "durationof({})+",
    ] {
        texts.push(piece.repeat(1_000_000 / piece.len()));
        texts.push(format!("x = {};", piece.repeat(100_000 / piece.len())));
    }
    for text in texts {
        let start = std::time::Instant::now();
        let _ = faults_of(&text);
        let seconds = start.elapsed().as_secs_f64();
        assert!(seconds < 2.0, "{seconds} s for {}", &text.chars().take(20).collect::<String>());
    }
    assert!(started.elapsed().as_secs() < 60);
}
