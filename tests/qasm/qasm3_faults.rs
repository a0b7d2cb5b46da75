//! What the OpenQASM 3 reader says about programs that are well formed and make no sense, and about
//! those that make some: message, place, help.

use ketlab::Error;
use ketlab::error::Diagnostic;
use ketlab::qasm::{Options, Version, parse_with};

fn show(list: &[Diagnostic]) -> Vec<String> {
    let help = |d: &Diagnostic| d.help.as_ref().map_or(String::new(), |h| format!(" | {h}"));
    list.iter().map(|d| format!("{}:{} {}{}", d.line, d.column, d.message, help(d))).collect()
}

fn options() -> Options {
    Options { version: Some(Version::V3), ..Options::default() }
}

/// The faults of a text in line 2, after the header.
fn faults(text: &str) -> Vec<String> {
    match parse_with(&format!("include \"stdgates.inc\";\n{text}"), &options()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(Error::Program(p)) => show(&p.diagnostics),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_fault_is_named_with_its_place() {
    let cases: &[(&str, &str)] = &[
        ("qubit q; x r;", "2:12 there is no quantum register `r`"),
        ("h q; qubit q;", "2:3 there is no quantum register `q`"),
        (
            "qubit[2] q; cx q[0], q[0];",
            "2:22 qubit `q[0]` is used twice by `cx` | the qubits of one gate are distinct",
        ),
        (
            "qubit[2] q; x q[2];",
            "2:17 qubit 2 of register `q` is out of range | `q` has 2 qubits, `q[0]` to `q[1]`",
        ),
        ("qubit[2] q; x q[0:2];", "2:15 index 2 is out of range | there are 2 items, 0 to 1"),
        ("qubit q; x q[0];", "2:14 a qubit that is no register has no index"),
        ("qubit q; rx q;", "2:10 `rx` takes 1 angle, but got 0"),
        ("qubit q; rx(1, 2) q;", "2:10 `rx` takes 1 angle, but got 2"),
        ("qubit[2] q; ctrl @ x q[0];", "2:13 with its controls this acts on 2 qubits, but got 1"),
        (
            "qubit[3] q; qubit[2] r; cx q, r;",
            "2:25 registers of different sizes: `q` has 3, `r` has 2 | a gate on registers is done qubit by qubit; the sizes must be equal",
        ),
        ("const int n = 3; n = 4;", "2:18 `n` is a constant and cannot be assigned"),
        (
            "const int n = 3; int n = 4;",
            "2:22 `n` is declared already, as a constant at <input>:2:11",
        ),
        ("int a; int b = a;", "2:16 `a` has no value yet"),
        ("int a = 1.5;", "2:9 1.5 is not an integer | write `int[64](1.5)` to drop the fraction"),
        ("bit[2] c = \"011\";", "2:12 3 bits do not fit where 2 are due"),
        ("uint[4] a = 3; a[4] = 1;", "2:16 index 4 is out of range | there are 4 items, 0 to 3"),
        ("int a = 1 / 0;", "2:9 division by zero"),
        ("array[int[8], 2] a = {1, 2, 3};", "2:22 3 values are given where the array has 2"),
        (
            "array[int[8], 2] a; a[2] = 1;",
            "2:28 index 2 is out of range | there are 2 items, 0 to 1",
        ),
        (
            "array[int[8], 2, 2] a; a[0:1][0] = 1;",
            "2:24 an index after a slice is not supported here | write all in one: `a[0:1, 2]`",
        ),
        ("float a = sqrt(-1.0);", "2:11 the square root of -1 is not real"),
        (
            "float a = arccos(2);",
            "2:11 the arccosine of 2 is not defined; it needs a number from -1 to 1",
        ),
        ("bool b = sin(1, 2) == 0;", "2:10 this function takes 1 argument, but got 2"),
        (
            "def f(int n) -> int { return f(n + 1); } int k = f(0);",
            "2:23 blocks and calls are nested more than 256 deep | the limit is `Limits::block_depth`",
        ),
        ("def f(qubit q) { x r; } qubit[2] r; f(r[0]);", "2:20 there is no `r`"),
        (
            "def f(int a) -> int { } int b = f(1);",
            "2:33 `f` ends without the value of type `int[64]` that it is to return",
        ),
        ("def f(int a) { } f(1, 2);", "2:18 `f` takes 1 argument, but got 2"),
        ("def f(qubit[2] q) { } qubit[3] r; f(r);", "2:35 `q` is 2 qubits, but got 3"),
        ("g(1);", "2:1 there is no subroutine `g`"),
        ("int x = 1; x(2);", "2:12 `x` is a variable, not a subroutine"),
        ("return 1;", "2:1 `return` stands in a subroutine; `end` ends the program"),
        ("break;", "2:1 `break` stands in a loop"),
        (
            "while (true) { }",
            "2:1 this loop goes on past the limit of 10000000 rounds and gates in all | does it end? The limit is `Limits::expansion` (`--max-expansion`)",
        ),
        (
            "for int i in [0:100000000000] { }",
            "2:14 this loop has 100000000001 rounds, past the limit of 10000000 | the limit is `Limits::expansion` (`--max-expansion`)",
        ),
        (
            "for int i in 3 { }",
            "2:14 a loop runs through a range, a set or an array, not the integer 3",
        ),
        ("for int i in [0:0:3] { }", "2:15 the step of a range is not 0"),
        ("if (true) { qubit q; }", "2:19 qubits are declared outside of all blocks"),
        (
            "qubit q; float f = 0.5; bit c = measure q; if (c) f = 1.0;",
            "2:55 `f` of type `float[64]` cannot hold what depends on measured bits | an `int`, `uint`, `bool`, `bit` or sized `angle` can",
        ),
        (
            "qubit q; bit c = measure q; qubit[2] r; x r[int(c)];",
            "2:45 an index is a known integer, not a value that depends on measured bits",
        ),
        ("qubit q; bit[2] c = measure q;", "2:21 cannot measure one qubit into 2 bits"),
        (
            "qubit q; bit c = measure q; const int n = c;",
            "2:43 a constant is known when the program is read, not a bit",
        ),
        (
            "qubit q; bit c = measure q; U(float(c), 0, 0) q;",
            "2:31 an angle that depends on measured bits belongs to a rotation or phase gate | `rx`, `ry`, `rz`, `p`, `gphase` and their controlled forms can have one",
        ),
        (
            "input bit b;",
            "2:1 the input `b` of type `bit` has no value | give it one: `Options::inputs`, `--param b=VALUE`",
        ),
        (
            "output float f;",
            "2:1 an output of type `float[64]` is not supported: outcomes are bits | an `int`, `uint`, `bool`, `bit` or sized `angle` can be one",
        ),
        ("stretch s;", "2:1 `stretch` is not supported: its length needs the timing of a device"),
        (
            "defcal x $0 { }",
            "2:1 `defcal` is not supported: ketlab has no pulses | gates mean what their definitions say; take the calibrations out",
        ),
        ("qubit q; delay[100] q;", "2:16 a duration like `100ns` is due here, not the integer 100"),
        (
            "qubit q; let a = q ++ 1;",
            "2:18 a qubit and the integer 1 are not joined by `++` | both are qubits, or bits, or arrays",
        ),
        ("let a = 1;", "2:9 an alias names qubits or bits, not the integer 1"),
        ("gate g(a) q { rx(a) r; }", "2:21 gate `g` has no qubit `r`"),
        (
            "gate g q { int i = 1; }",
            "2:12 a gate definition holds gates, barriers and `for` loops only | a `def` can hold anything",
        ),
        (
            "gate g q { g q; }",
            "2:12 gate `g` is recursive: it uses itself | a gate is made of gates that are defined before it",
        ),
        (
            "gate g q { x q; } gate g q { y q; }",
            "2:24 `g` is declared already, as a gate at <input>:2:6",
        ),
        (
            "qubit q; switch (1) { case 1 { } case 1 { } }",
            "2:39 the case 1 is there already, at <input>:2:28",
        ),
        (
            "extern f(int) -> int; int a = f(1);",
            "2:31 `f` is an `extern`: its definition is not in the program | write it as a `def`",
        ),
        ("qubit q; x $0;", "2:7 a program names its qubits or physical ones like `$0`, not both"),
        ("int[0] a;", "2:5 a width of 0 is not possible here | it is from 1 to 128"),
        ("int[129] a;", "2:5 a width of 129 is not possible here | it is from 1 to 128"),
        (
            "bit[20000000] c;",
            "2:1 a program has at most 16777216 classical bits | the limit is `Limits::clbits`",
        ),
        (
            "angle[4] a = 1.0; angle[5] b = a + a; angle[5] c = a + b;",
            "2:52 an angle[4] and an angle[5] do not combine | cast one of them to the type of the other",
        ),
        ("qubit q; pow(q) @ x q;", "2:14 a qubit is no number"),
        (
            "include \"nowhere.inc\";",
            "2:9 cannot include `nowhere.inc`: this text is not a file in a folder | only `qelib1.inc` and `stdgates.inc` can be included here; or save the program to a file, or set `Options::include_dir`",
        ),
        ("qubit[2] q; x q; bit[1] c = measure q;", "2:29 cannot measure 2 qubits into one bit"),
        (
            "qubit r; def f(qubit q) { x r; } f(r);",
            "2:29 `r` cannot be seen from here | a subroutine or gate sees its own parameters and the \
             program's constants",
        ),
        ("def f(qubit a) { foo a; }", "2:18 there is no gate `foo`"),
        ("if (false) { int a = n; }", "2:22 there is no `n`"),
        ("while (false) { f(1); }", "2:17 there is no subroutine `f`"),
        ("for int i in [1:0] { bit b = i == k; }", "2:35 there is no `k`"),
        ("switch (1) { case 1 { } default { x q; } }", "2:37 there is no `q`"),
        (
            "f(1); def f(int a) { }",
            "2:1 subroutine `f` is used before its definition | it is defined at <input>:2:11; move the \
             definition before this line",
        ),
        (
            "def f(readonly array[int[8], 2] a) { a[0] = 1; } array[int[8], 2] b; f(b);",
            "2:38 `a` is a constant and cannot be assigned",
        ),
        (
            "def f(qubit a, qubit b) { } qubit[2] q; f(q[0], q[0]);",
            "2:41 qubit `q[0]` is given twice",
        ),
        (
            "def f() -> bit { return 1; } bit c; if (c && f()) { }",
            "2:46 a subroutine is not called on the right of `&&` or `||` | assign its result to a \
             variable before, or use a branch",
        ),
        ("qubit[2] q; x q[{0, 0}];", "2:15 index 0 is there twice"),
        ("if (true) { gate g a { x a; } }", "2:18 a gate is defined outside of all blocks"),
        (
            "switch (1.5) { case 1 { } }",
            "2:9 a `switch` is on an integer or bits, not the number 1.5",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(faults(text), [*expected], "{text}");
    }
}

#[test]
fn several_faults_in_one_run_without_consequences() {
    let text = "qubit[2] q; int[8] n = m;\nn = 3;\nx q[n];\ndef f(int a) -> int { return b; }\n\
        int k = f(1);\nk = 2;\ncx q[0], q[5];";
    assert_eq!(
        faults(text),
        [
            "2:24 there is no `m`",
            "5:30 there is no `b`",
            "8:12 qubit 5 of register `q` is out of range | `q` has 2 qubits, `q[0]` to `q[1]`",
        ]
    );
}

#[test]
fn what_may_not_be_meant_is_warned_of() {
    let cases = [
        ("qubit q; rx(pi * 3 / 5) q;", None),
        (
            "qubit q; rx(3 / 5) q;",
            Some(
                "2:13 this comes from a division of integers, which drops the remainder | for a real \
                 quotient write one of the numbers with a point: `3.0 / 5`",
            ),
        ),
        ("qubit q; rx(6 / 3) q;", None),
        (
            "int n = 2; qubit[n] q;",
            Some("2:18 `n` is not `const`; its value here is taken | declare it `const`"),
        ),
        (
            "qubit[2] q; rzz(0.1) q[0], q[1];",
            Some(
                "2:13 gate `rzz` is not declared; ketlab's own is taken | declare it, or be sure that you \
                 mean: Rotation exp(-iθZZ/2).",
            ),
        ),
        ("pragma vendor thing", Some("2:1 this pragma is ignored")),
        ("gate h a { x a; }", Some("2:6 gate `h` of `stdgates.inc` is defined anew")),
    ];
    for (text, expected) in cases {
        let text = format!("include \"stdgates.inc\";\n{text}\n");
        let imported = parse_with(&text, &options()).unwrap_or_else(|e| panic!("{e}"));
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(show(&imported.warnings.diagnostics), expected, "{text}");
        let strict = Options { strict: true, ..options() };
        if expected.iter().any(|w| w.contains("const") || w.contains("declared")) {
            assert!(parse_with(&format!("OPENQASM 3.0;{text}"), &strict).is_err(), "{text}");
        }
    }
}
