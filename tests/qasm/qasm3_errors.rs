//! What the OpenQASM 3 parser says about faults of syntax: message, place, help; several in one run;
//! limits.

use crate::common::syntax::{faults, faults_of, parsed, show};
use ketlab::qasm::{Limits, Options, Version};

#[track_caller]
fn check(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(faults_of(text), *expected, "{text}");
    }
}

#[test]
fn declarations() {
    check(&[
        ("qubit[2] q\nx q[0];", &["1:11 expected `;`, found `x`"]),
        (
            "bit b = measure a -> b;",
            &["1:19 a measurement goes to one place | write `c = measure q;` or `measure q -> c;`"],
        ),
        ("integer x = 5;", &["1:1 there is no type `integer` | did you mean `int`?"]),
        (
            "foo x = 5;",
            &[
                "1:1 there is no type `foo` | there are `bit`, `bool`, `int`, `uint`, `float`, `angle`, `complex`, `duration`, `array` and `qubit`",
            ],
        ),
        (
            "array[foo, 4] a;",
            &[
                "1:7 there is no type `foo` | there are `bit`, `bool`, `int`, `uint`, `float`, `angle`, `complex`, `duration`, `array` and `qubit`",
            ],
        ),
        (
            "int x[8];",
            &["1:6 expected `;`, found `[` | a width stands behind the type: `int[8] a`"],
        ),
        (
            "qubit q[8];",
            &["1:8 expected `;`, found `[` | the size stands behind the word: `qubit[2] q;`"],
        ),
        ("bool[4] x;", &["1:5 the type `bool` has no width"]),
        (
            "complex[int] z;",
            &[
                "1:9 expected `float`, found `int` | the parts of a complex number are `float`s: `complex[float[64]]`",
            ],
        ),
        ("const array[int, 2] a = {1, 2};", &["1:7 an array cannot be `const`"]),
        ("const int a;", &["1:12 expected `=` and the value of the constant, found `;`"]),
        (
            "let a = q + {1};",
            &[
                "1:13 expected a number, a name or `(`, found `{` | values in braces initialise an array, choose indices or are those of a loop",
            ],
        ),
        (
            "readonly array[int, 2] a;",
            &["1:1 `readonly` stands before an array in the parameters of a `def` only"],
        ),
        (
            "int def;",
            &[
                "1:5 expected the name of a variable, found `def` | `def` is a word of the language and cannot be a name",
            ],
        ),
        ("const input x = 8;", &["1:7 expected a type, found `input`"]),
        ("input qubit q;", &["1:7 expected a type, found `qubit`"]),
        ("float;", &["1:6 expected the name of a variable, found `;`"]),
    ]);
}

#[test]
fn gates_and_expressions() {
    check(&[
        ("x q[0]\ny q[1];", &["1:7 expected `;`, found `y`"]),
        (
            "c = measure a -> b;",
            &["1:15 a measurement goes to one place | write `c = measure q;` or `measure q -> c;`"],
        ),
        (
            "x = 2 * measure q;",
            &[
                "1:9 a measurement is no part of a longer expression | measure into a bit first: `c = measure q;`",
            ],
        ),
        ("x = (1 + 2;", &["1:11 expected an operator or `)`, found `;`"]),
        ("rx(1 q[0];", &["1:5 expected `)`, found `q`"]),
        (
            "a + b = 3;",
            &[
                "1:7 this expression cannot be assigned to | the left side is a variable, or bits or elements of one",
            ],
        ),
        (
            "f(a) = 3;",
            &[
                "1:6 this expression cannot be assigned to | the left side is a variable, or bits or elements of one",
            ],
        ),
        (
            "notmodifier @ x q;",
            &[
                "1:1 `notmodifier` is not a modifier | the modifiers are `inv`, `pow(…)`, `ctrl` and `negctrl`",
            ],
        ),
        ("pow @ x q;", &["1:4 expected `(` and the power, found `@`"]),
        ("inv x q;", &["1:4 expected `@`, found `x`"]),
        ("ctrl(1, 2) @ x q;", &["1:7 expected `)`, found `,`"]),
        ("x $99999999999;", &["1:3 the number of the physical qubit `$99999999999` is too large"]),
        ("measure q, r;", &["1:10 expected `->` or `;`, found `,`"]),
        ("x = {1} + 2;", &["1:8 expected `;`, found `+`"]),
        ("a[{1} + 2];", &["1:7 expected an operator or `]`, found `+`"]),
        ("a[];", &["1:3 expected a number, a name or `(`, found `]`"]),
        ("f(,);", &["1:3 expected a number, a name or `(`, found `,`"]),
        ("x q r;", &["1:4 expected `;`, found `r`"]),
        ("x q[0:1;", &["1:8 expected an operator or `]`, found `;`"]),
        ("x q[0, 1", &["1:9 expected an operator or `]`, found the end of the file"]),
        ("i++;", &["1:2 `++` joins registers, in a `let` only | to count, write `i += 1`"]),
        ("x = y = 3;", &["1:6 expected `;`, found `=`"]),
        ("reset q, r;", &["1:8 expected `;`, found `,`"]),
        ("U (1)(2) $0;", &["1:6 expected a qubit, a register or `;`, found `(`"]),
        ("barrier q r;", &["1:10 expected `;`, found `r`"]),
    ]);
}

#[test]
fn blocks_and_definitions() {
    check(&[
        (
            "if (c = 1) x q;",
            &["1:7 `=` assigns, and a condition is an expression | a comparison is written `==`"],
        ),
        (
            "def f(foo x) {}",
            &[
                "1:7 there is no type `foo` | there are `bit`, `bool`, `int`, `uint`, `float`, `angle`, `complex`, `duration`, `array` and `qubit`",
            ],
        ),
        (
            "elif (c) { x q; }",
            &["1:10 expected a qubit, a register or `;`, found `{` | write `else if`"],
        ),
        (
            "if (c) { x q; } elif (d) { y q; }",
            &["1:26 expected a qubit, a register or `;`, found `{` | write `else if`"],
        ),
        ("if (true) else x q;", &["1:11 expected a statement or `{`, found `else`"]),
        ("else x q;", &["1:1 `else` without its `if`"]),
        (
            "for i in [0:2] x q;",
            &[
                "1:5 expected the type of the loop's variable, found `i` | write e.g. `for int i in [0:3] { … }`",
            ],
        ),
        ("for int i in [0:2];", &["1:19 expected a statement or `{`, found `;`"]),
        ("for int i in [3] x q;", &["1:16 expected `:`, found `]`"]),
        (
            "switch (a) { case 1: x q; }\nx 5;",
            &[
                "1:20 expected `{`, found `:` | the statements of a case are in braces: `case 1 { … }`",
                "2:3 expected a qubit or a register, found `5`",
            ],
        ),
        ("switch (a) { default {} case 1 {} }", &["1:25 `default` is the last case of a switch"]),
        ("while true { x q; }", &["1:6 expected `(`, found `true`"]),
        (
            "gate g { x q; }",
            &["1:8 a gate acts on at least one qubit; expected the name of a qubit"],
        ),
        ("gate g(a q { x q; }\nx q;", &["1:9 expected `)`, found `q`"]),
        (
            "def f(array[int, 2] a) {}",
            &[
                "1:7 an array parameter says whether it is changed | write `readonly array[…]` or `mutable array[…]`",
            ],
        ),
        ("if (c) { include \"a.inc\"; }", &["1:10 an include stands outside of all blocks"]),
        ("box { x q;", &["1:5 this block is not closed; expected `}` before the end"]),
        ("{ x q; } }\nx q;", &["1:10 `}` closes nothing"]),
        ("cal { x", &["1:1 this block is not closed; expected `}` before the end"]),
        ("defcal x q;", &["1:11 expected `{`, found `;`"]),
        ("delay q;", &["1:6 expected `[` and a duration, found `q`"]),
        ("return measure q + 1;", &["1:17 expected `;`, found `+`"]),
        (
            "gate g a { x a; \ngate h a { y a; }",
            &["1:10 this block is not closed; expected `}` before the end"],
        ),
    ]);
}

#[test]
fn the_program_s_own_lines() {
    check(&[
        (
            "opaque g q;",
            &[
                "1:1 `opaque` is not part of OpenQASM 3 | declare the gate with a body: `gate name(a) q { … }`",
            ],
        ),
        ("include \"stdgates.inc\"\nx q;", &["1:23 expected `;`, found `x`"]),
        ("x; y", &["1:5 expected `;`, found the end of the file"]),
        (
            "OPENQASM 3.0;\nOPENQASM 3.0;",
            &["2:1 the version is stated once, before everything else"],
        ),
        ("@\nx q;", &["2:1 expected the name of an annotation, found `x`"]),
        (
            "@a",
            &[
                "1:3 expected the statement that the annotation belongs to, found the end of the file",
            ],
        ),
    ]);
}

#[test]
fn tokens() {
    check(&[
        (
            "x = 3__4;",
            &[
                "1:5 `3__4` is not a number: an underscore stands between two digits | write e.g. `1_000`",
            ],
        ),
        ("x = 0b12;", &["1:5 `0b12` is not a number: a digit is not 0 or 1 | write e.g. `0b0110`"]),
        (
            "x = 0O7;",
            &[
                "1:5 `0O7` is not a number: the `o` of an octal integer is small | write e.g. `0o17`",
            ],
        ),
        (
            "x = 0x12g;",
            &["1:5 `0x12g` is not a number: a digit is not 0 to 9 or a to f | write e.g. `0x1F`"],
        ),
        (
            "x = 12af;",
            &[
                "1:5 `12af` is not a number: a letter follows the number at once | a name begins with a letter",
            ],
        ),
        (
            "x = 1e;",
            &["1:5 `1e` is not a number: the exponent has no digits | write e.g. `1.5e-3`"],
        ),
        (
            "x = \"012\";",
            &["1:5 \"012\" is not a bit string | a bit string is made of 0 and 1: `\"0110\"`"],
        ),
        ("x = \"01;", &["1:5 this string is not closed on its line"]),
        ("/* open", &["1:1 this comment is not closed; expected `*/` before the end"]),
        ("x = a ? b : c;", &["1:7 `?` is not part of the language; expected `;`"]),
        (
            "print(\"hello\");",
            &["1:7 \"hello\" is not a bit string | a bit string is made of 0 and 1: `\"0110\"`"],
        ),
        (
            "x = 0xe__;",
            &[
                "1:5 `0xe__` is not a number: an underscore stands between two digits | write e.g. `1_000`",
            ],
        ),
        (
            "x = 0x;",
            &["1:5 `0x` is not a number: a digit is not 0 to 9 or a to f | write e.g. `0x1F`"],
        ),
        (
            "i += 1e+;",
            &["1:6 `1e+` is not a number: the exponent has no digits | write e.g. `1.5e-3`"],
        ),
    ]);
}

#[test]
fn several_faults_in_one_run_without_consequences() {
    let text = "OPENQASM 3.0;\nqubit[2] q\nqubit broken[;\nx broken;\nif (a = 1) { x q; }\n\
        def f(int a -> int {\n  x q[;\n  y q;\n}\nfor int i in [0:2] {\n  x q[i] r;\n  z q[0;\n}\n\
        ctrl x q;\nint a = 1 + ;\na = 2;\n\
        array[int, 2, 2] m = {{1, *}, {2, 3}};\nx[{1, }, 2] q;\nx q;\n";
    let expected = [
        "2:11 expected `;`, found `qubit`",
        "3:13 expected `;`, found `[` | the size stands behind the word: `qubit[2] q;`",
        "5:7 `=` assigns, and a condition is an expression | a comparison is written `==`",
        "6:12 expected `)`, found `->`",
        "11:9 expected `;`, found `r`",
        "12:8 expected an operator or `]`, found `;`",
        "14:5 expected `@`, found `x`",
        "15:13 expected a number, a name or `(`, found `;`",
        "17:27 expected a number, a name or `(`, found `*`",
        "18:8 expected `]`, found `,`",
    ];
    assert_eq!(faults_of(text), expected);
}

#[test]
fn limits_are_named() {
    let limits = Limits { nesting: 3, block_depth: 3, ..Limits::default() };
    let options = Options { version: Some(Version::V3), limits, ..Options::default() };
    let fault = |text: &str| {
        let all = faults(parsed(text, None, &options));
        assert_eq!(all.len(), 1, "{text}: {all:#?}");
        show(&all[0])
    };
    for text in ["x = (((1)));", "x = a[b[c[1]]];", "{{{ x q; }}}", "if (a) if (b) if (c) x q;"] {
        assert!(faults(parsed(text, None, &options)).is_empty(), "{text}");
    }
    let cases = [
        ("x = ((((1))));", "1:8 parentheses are nested more than 3 deep", "nesting"),
        ("x = a[b[c[d[1]]]];", "1:12 brackets are nested more than 3 deep", "nesting"),
        ("int a = {{{{1}}}};", "1:12 brackets are nested more than 3 deep", "nesting"),
        ("{{{{ x q; }}}}", "1:4 blocks are nested more than 3 deep", "block_depth"),
        (
            "if (a) if (b) { if (c) if (d) x q; }",
            "1:31 blocks are nested more than 3 deep",
            "block_depth",
        ),
        ("x = durationof({{{{}}}});", "1:19 blocks are nested more than 3 deep", "block_depth"),
    ];
    for (text, message, limit) in cases {
        assert_eq!(fault(text), format!("{message} | the limit is `Limits::{limit}`"));
    }
}

#[test]
fn the_header_agrees_with_the_version() {
    let shown = |text: &str, version| {
        let options = Options { version, ..Options::default() };
        faults(parsed(text, None, &options)).iter().map(show).collect::<Vec<_>>()
    };
    assert_eq!(
        shown("OPENQASM 2.0;\nqreg q[1];", Some(Version::V3)),
        [
            "1:10 this program is OpenQASM 2.0 and was to be read as OpenQASM 3 | the version was given \
          by `Options::version`"
        ]
    );
    assert_eq!(
        shown("OPENQASM 4.0;", None),
        ["1:10 cannot read OpenQASM 4.0; expected version 2.0, 3.0 or 3.1"]
    );
    assert_eq!(
        shown("OPENQASM 3.2;\nqubit q;", None),
        ["1:10 cannot read OpenQASM 3.2; expected version 2.0, 3.0 or 3.1"]
    );
    let folder = std::env::temp_dir().join(format!("ketlab-headers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.inc"), "OPENQASM 2.0;\nqreg q[1];\n").unwrap();
    let options = Options::default();
    let session = parsed("OPENQASM 3.0;\ninclude \"a.inc\";", Some(&folder), &options);
    assert_eq!(
        faults(session).iter().map(show).collect::<Vec<_>>(),
        ["1:10 this file is OpenQASM 2.0, and the program that includes it OpenQASM 3"]
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn strict_mode_keeps_to_the_grammar() {
    let options = Options { strict: true, ..Options::default() };
    let shown =
        |text: &str| faults(parsed(text, None, &options)).iter().map(show).collect::<Vec<_>>();
    assert!(shown("OPENQASM 3.0; include 'stdgates.inc'; qubit Q; x Q,; barrier;").is_empty());
    let help = "(strict mode) | without strict mode this is accepted";
    for (text, message) in [
        ("OPENQASM 3.0; ;", "1:15 this statement is empty"),
        ("OPENQASM 3.0; x = +1;", "1:19 there is no `+` sign"),
        ("OPENQASM 3.0; x = {1};", "1:19 values in braces initialise a variable"),
    ] {
        assert_eq!(shown(text), [format!("{message} {help}")], "{text}");
    }
}
