//! What the OpenQASM 2 reader says about faults: message, place, help; several in one run; what
//! may be included; limits.

use ketlab::error::{Diagnostic, Error};
use ketlab::qasm::{Limits, Options, Qelib1, Version, parse, parse_with, read, read_file};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

fn faults_with(text: &str, options: &Options) -> Vec<Diagnostic> {
    match parse_with(text, options) {
        Ok(_) => panic!("accepted: {text}"),
        Err(Error::Program(p)) => p.diagnostics,
        Err(other) => panic!("{other}"),
    }
}

fn faults(text: &str) -> Vec<Diagnostic> {
    faults_with(text, &Options::default())
}

/// The one fault of a text: `line:column message | help`.
fn fault(text: &str) -> String {
    let all = faults(text);
    assert_eq!(all.len(), 1, "{text}: {all:#?}");
    show(&all[0])
}

fn show(d: &Diagnostic) -> String {
    let help = d.help.as_ref().map_or(String::new(), |h| format!(" | {h}"));
    format!("{}:{} {}{help}", d.line, d.column, d.message)
}

const HEAD: &str = "include \"qelib1.inc\"; qreg q[3]; creg c[3];\n";

fn after_head(text: &str) -> String {
    fault(&format!("{HEAD}{text}"))
}

#[test]
fn each_kind_of_fault_is_named_with_its_place() {
    let cases = [
        (
            "h q[3];",
            "2:5 qubit 3 of register `q` is out of range | `q` has 3 qubits, `q[0]` to `q[2]`",
        ),
        (
            "measure q[0] -> c[7];",
            "2:19 bit 7 of register `c` is out of range | `c` has 3 bits, `c[0]` to `c[2]`",
        ),
        (
            "cx q[1], q[1];",
            "2:10 qubit `q[1]` is used twice by `cx` | the qubits of one gate are distinct",
        ),
        (
            "ccx q, q[1], q[2];",
            "2:8 qubit `q[1]` is used twice by `ccx` | the qubits of one gate are distinct",
        ),
        (
            "gate g a, b { cx a, a; }",
            "2:21 qubit `a` is used twice by `cx` | the qubits of one gate are distinct",
        ),
        ("rx(1, 2) q[0];", "2:1 `rx` takes 1 angle, but got 2"),
        ("u3 q[0];", "2:1 `u3` takes 3 angles, but got 0"),
        ("cx q[0];", "2:1 `cx` acts on 2 qubits, but got 1"),
        ("swpa q[0], q[1];", "2:1 there is no gate `swpa` | did you mean `swap`?"),
        ("h qq[0];", "2:3 there is no quantum register `qq` | did you mean `q`?"),
        ("measure q -> d;", "2:14 there is no classical register `d`"),
        ("h c[0];", "2:3 `c` is a classical register, not a quantum register"),
        ("if (q == 1) x q[0];", "2:5 `q` is a quantum register, not a classical register"),
        ("q q[0];", "2:1 `q` is a quantum register, not a gate"),
        (
            "gate g a { h a; g a; }",
            "2:17 gate `g` is recursive: it uses itself | a gate is made of gates that are defined before it",
        ),
        (
            "gate f a { g a; }\ngate g a { f a; }",
            "2:12 gate `f` is recursive: it uses itself through `g` | `g` is defined later, at <input>:3:6",
        ),
        (
            "g q[0];\ngate g a { h a; }",
            "2:1 gate `g` is used before its definition | it is defined at <input>:3:6; move the definition before this line",
        ),
        ("gate g a { h b; }", "2:14 gate `g` has no qubit `b`"),
        (
            "gate g(theta) a { rz(teta) a; }",
            "2:22 gate `g` has no parameter `teta` | did you mean `theta`?",
        ),
        ("gate g(t) a { rz(s) a; }", "2:18 gate `g` has no parameter `s`"),
        ("gate g(t, t) a { }", "2:11 parameter `t` is declared twice"),
        ("rz(1/0) q[0];", "2:4 division by zero"),
        ("rz(1 + (2 - 2*1/(1-1))) q[0];", "2:13 division by zero"),
        ("gate g(t) a { rz(t / 0.0) a; }", "2:18 division by zero"),
        (
            "gate g(t) a { rz(1/t) a; }\ng(1) q[0];\ng(0) q[0];",
            "4:1 `g` with these angles: division by zero, at <input>:2:18",
        ),
        ("rz(sqrt(-1)) q[0];", "2:4 the square root of -1 is not real"),
        ("rz(ln(0)) q[0];", "2:4 the logarithm of 0 is not defined; it needs a number above 0"),
        ("rz((0-1)^0.5) q[0];", "2:4 the value of this expression is not a number"),
        ("rz(1e300*1e300) q[0];", "2:4 the value of this expression is too large"),
        (
            "rz(theta) q[0];",
            "2:4 there is no value `theta` here | outside of gate bodies an angle is made of numbers and `pi`",
        ),
        ("qreg q[2];", "2:6 `q` is declared already, as a quantum register at <input>:1:28"),
        ("gate CX a, b { }", "2:6 `CX` is part of the language and cannot be declared"),
        (
            "qreg r[2]; cx q, r;",
            "2:12 registers of different sizes: `q` has 3, `r` has 2 | a gate on registers is done qubit by qubit; the sizes must be equal",
        ),
        (
            "measure q -> c[0];",
            "2:1 cannot measure a register of 3 into one | measure one qubit into one bit, or a register into one of equal size",
        ),
        ("h q[0]", "2:7 expected `;`, found the end of the file"),
        ("h q[0] x q[1];", "2:7 expected `;`, found `x`"),
        ("rz(1 q[0];", "2:5 expected `)`, found `q`"),
        ("rz(1 + ) q[0];", "2:8 expected a number, a name or `(`, found `)`"),
        ("h q[;", "2:5 expected an index, an integer, found `;`"),
        ("mesure q -> c;", "2:9 expected `;`, found `->` | did you mean `measure`?"),
        (
            "qreg gate[2];",
            "2:6 expected the name of a register, found `gate` | `gate` is a word of the language and cannot be a name",
        ),
        ("gate g { }", "2:8 a gate acts on at least one qubit; expected the name of a qubit"),
        (
            "gate g a { measure a; }",
            "2:12 a gate body holds gates and barriers only, found `measure`",
        ),
        ("gate g a { h a;", "2:11 this body is not closed; expected `}` before the end"),
        ("h q[0]; é", "2:9 `é` is not part of the language; expected a statement"),
        (
            "rz(12.34e) q[0];",
            "2:4 `12.34e` is not a number: the exponent has no digits | write e.g. `1.5e-3`",
        ),
        (
            "qreg r[2a];",
            "2:8 `2a` is not a number: a letter follows the number at once | a name begins with a letter",
        ),
        ("qreg r[02];", "2:8 an integer cannot begin with 0 | write `2`"),
        ("include \"open", "2:9 this string is not closed on its line"),
        ("OPENQASM 2.0;", "2:1 the version is stated once, before everything else"),
    ];
    for (text, expected) in cases {
        assert_eq!(after_head(text), expected, "{text}");
    }
    assert_eq!(
        fault("qreg q[2];\nh q[0];"),
        "2:1 there is no gate `h` | add `include \"qelib1.inc\";` before this line"
    );
    assert_eq!(
        fault("OPENQASM 2.1;\ninclude \"qelib1.inc\";\nqubit[2] q;"),
        "1:10 cannot read OpenQASM 2.1; expected version 2.0, 3.0 or 3.1"
    );
    let forced = Options { version: Some(Version::V2), ..Options::default() };
    assert_eq!(
        show(&faults_with("OPENQASM 3.0;\nqubit[2] q;", &forced)[0]),
        "1:10 this program is OpenQASM 3.0 and was to be read as OpenQASM 2 | the version was \
         given by `Options::version`"
    );
}

#[test]
fn several_faults_in_one_run_without_consequences() {
    let text = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2]\nqreg broken[;\ncreg c[2];\n\
        h q[0]\ncx q[0], q[9];\nh broken;\nfoo q[0];\nfoo q[1];\ngate g a { hh a; x a }\ng q[0];\n\
        measure q -> c\n";
    let shown: Vec<String> = faults(text).iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "3:10 expected `;`, found `qreg`",
            "4:13 expected the size, an integer, found `;`",
            "6:7 expected `;`, found `cx`",
            "7:12 qubit 9 of register `q` is out of range | `q` has 2 qubits, `q[0]` to `q[1]`",
            "9:1 there is no gate `foo`",
            "11:12 there is no gate `hh` | did you mean `h`?",
            "11:21 expected `;`, found `}`",
            "13:15 expected `;`, found the end of the file",
        ]
    );
}

#[test]
fn the_printed_text_shows_the_line_and_a_marker() {
    let text = format!("{HEAD}\n\tcx q[0], q[5];\n");
    let error = parse(&text).unwrap_err().to_string();
    let expected = "\
Error: qubit 5 of register `q` is out of range
   ╭─[ <input>:3:13 ]
   │
 3 │     cx q[0], q[5];
   │                ┬
   │                ╰── here
   │
   │ Help: `q` has 3 qubits, `q[0]` to `q[2]`
───╯";
    assert_eq!(error, expected);
    // A line of a megabyte is not printed, and no control character reaches the terminal.
    let long =
        format!("{HEAD}{} \u{1b}[31m x r[0]; {}", "h q[0];".repeat(50_000), "h q;".repeat(9));
    let error = parse(&long).unwrap_err();
    let Error::Program(p) = &error else { panic!() };
    assert!(p.rendered.contains("<input>:2:350002 ]"), "{error}");
    assert!(p.rendered.len() < 3000 && !p.rendered.contains('\u{1b}'), "{error}");
}

#[test]
fn the_number_of_faults_is_limited() {
    let text = format!("{HEAD}{}", (0..100).map(|i| format!("g{i} q;\n")).collect::<String>());
    let error = parse(&text).unwrap_err();
    let Error::Program(p) = error else { panic!() };
    assert_eq!(p.diagnostics.len(), 20);
    assert!(p.rendered.ends_with("stopped after 20 errors\n"), "{}", p.rendered);
}

#[test]
fn strict_mode_names_what_the_specification_forbids() {
    let strict = Options { strict: true, ..Options::default() };
    let head = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\n";
    for (text, expected) in [
        (";", "4:1 this statement is empty"),
        ("cx q[0], q[1],;", "4:14 this comma has nothing behind it"),
        ("rz(+1) q[0];", "4:4 there is no `+` sign"),
        ("rz(1e3) q[0];", "4:4 a real number has a decimal point"),
        ("barrier;", "4:1 a barrier names at least one qubit"),
        ("qreg Q[1];", "4:6 a name begins with a lowercase letter"),
        ("gate h a { }", "4:6 `h` is declared by `qelib1.inc` already"),
        ("include \"qelib1.inc\";", "4:1 `qelib1.inc` is included twice"),
    ] {
        let program = format!("{head}{text}\n");
        parse(&program).unwrap_or_else(|e| panic!("{e}"));
        let all = faults_with(&program, &strict);
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(show(&all[0]).starts_with(&format!("{expected} (strict mode)")), "{all:?}");
    }
    let all = faults_with("qreg q[1];", &strict);
    assert!(all[0].message.starts_with("a program begins with `OPENQASM 2.0;`"));
}

#[test]
fn the_original_header_lacks_what_the_extended_one_adds() {
    let original = Options { qelib1: Qelib1::Original, ..Options::default() };
    let text = format!("{HEAD}swap q[0], q[1];");
    parse(&text).unwrap();
    assert_eq!(
        show(&faults_with(&text, &original)[0]),
        "2:1 there is no gate `swap` | the extended `qelib1.inc` has it, the original has not"
    );
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ketlab-qasm2-errors-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path.canonicalize().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refused(path: &Path, options: &Options) -> String {
    match read_file(path, options) {
        Ok(_) => panic!("accepted {path:?}"),
        Err(Error::Program(p)) => show(&p.diagnostics[0]),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn includes_stay_in_the_folder_of_the_program() {
    let folder = Folder::new();
    let relaxed = Options::default();
    let outside = Options { allow_outside_includes: true, ..Options::default() };
    folder.write("outer.inc", "gate outer a { U(0,0,0) a; }");
    folder.write("prog/lib/gates.inc", "include \"deep/more.inc\"; gate g a { m a; }");
    folder.write("prog/lib/deep/more.inc", "include \"../../top.inc\"; gate m a { top a; }");
    folder.write("prog/top.inc", "gate top a { U(0,0,0) a; }");
    let good = folder.write("prog/good.qasm", "include \"lib/gates.inc\"; qreg q[1]; g q[0];");
    assert_eq!(read_file(&good, &relaxed).unwrap().circuit.ops().len(), 1);

    let absolute = folder.0.join("outer.inc");
    for name in ["../outer.inc", "lib/../../outer.inc", absolute.to_str().unwrap()] {
        let text = format!("include \"{name}\"; qreg q[1]; outer q[0];");
        let path = folder.write("prog/bad.qasm", &text);
        let message = refused(&path, &relaxed);
        assert!(message.contains("is outside of the program's folder"), "{message}");
        assert!(message.contains("--allow-outside-includes"), "{message}");
        read_file(&path, &outside).unwrap_or_else(|e| panic!("{e}"));
    }
    // Nothing outside is touched: an existing and a missing file give the same answer.
    let missing = folder.write("prog/bad.qasm", "include \"../no-such-file\";");
    assert!(refused(&missing, &relaxed).contains("is outside of the program's folder"));

    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(&absolute, folder.0.join("prog/link.inc")).unwrap();
        symlink(&folder.0, folder.0.join("prog/up")).unwrap();
        for name in ["link.inc", "up/outer.inc"] {
            let text = format!("include \"{name}\"; qreg q[1]; outer q[0];");
            let path = folder.write("prog/bad.qasm", &text);
            assert!(refused(&path, &relaxed).contains("is a link out of the program's folder"));
            read_file(&path, &outside).unwrap();
        }
        // A device is no text, even where it may be included.
        let path = folder.write("prog/bad.qasm", "include \"/dev/zero\";");
        assert!(refused(&path, &outside).contains("not a regular file"));
    }
    let path = folder.write("prog/bad.qasm", "include \"lib\";");
    assert!(refused(&path, &relaxed).contains("not a regular file"));
    let path = folder.write("prog/bad.qasm", "include \"nothing.inc\";\nh q[0]; foo;");
    assert!(refused(&path, &relaxed).starts_with("1:9 cannot include `nothing.inc`"));
}

#[test]
fn include_cycles_depth_and_number_are_limited() {
    let folder = Folder::new();
    let relaxed = Options::default();
    let own = folder.write("self.qasm", "include \"self.qasm\";");
    assert!(refused(&own, &relaxed).contains("includes itself"));
    folder.write("a.inc", "include \"./b.inc\";");
    folder.write("b.inc", "include \"a.inc\";");
    let cycle = folder.write("cycle.qasm", "include \"a.inc\";");
    assert!(refused(&cycle, &relaxed).contains("includes itself"));
    for i in 0..30 {
        folder.write(&format!("d{i}.inc"), &format!("include \"d{}.inc\";", i + 1));
        // Each includes the next one twice: 2^30 files.
        let next = i + 1;
        folder.write(
            &format!("e{i}.inc"),
            &format!("include \"e{next}.inc\"; include \"e{next}.inc\";"),
        );
    }
    folder.write("e10.inc", "");
    let deep = folder.write("deep.qasm", "include \"d0.inc\";");
    assert!(refused(&deep, &relaxed).contains("nested more than 16 deep"));
    let wide = folder.write("wide.qasm", "include \"e0.inc\";");
    assert!(refused(&wide, &relaxed).contains("more than 1000 included files"));
    let path = folder.write("big.qasm", &"x".repeat(1000));
    let small = Limits { source_bytes: 999, ..Limits::default() };
    let error = read_file(&path, &Options { limits: small, ..Options::default() }).unwrap_err();
    assert!(error.to_string().contains("limit of 999 bytes"), "{error}");
}

#[test]
fn a_fault_in_an_included_file_is_shown_there() {
    let folder = Folder::new();
    folder.write("gates.inc", "// gates\ngate g a { nope a; }\n");
    let path = folder.write("p.qasm", "include \"gates.inc\";\nqreg q[1];\ng q[0];\n");
    let Err(Error::Program(p)) = read_file(&path, &Options::default()) else { panic!() };
    assert_eq!(p.diagnostics.len(), 1);
    assert_eq!((p.diagnostics[0].file.as_str(), p.diagnostics[0].line), ("gates.inc", 2));
}

#[test]
fn text_without_a_folder_includes_only_the_header() {
    assert!(fault("include \"a.inc\";").contains("this text is not a file in a folder"));
    let folder = Folder::new();
    folder.write("a.inc", "qreg q[2];");
    let options = Options {
        include_dir: Some(folder.0.clone()),
        file_name: "<stdin>".into(),
        ..Options::default()
    };
    let circuit = read("include \"a.inc\";".as_bytes(), &options).unwrap().circuit;
    assert_eq!(circuit.num_qubits(), 2);
    let Err(Error::Program(p)) = read("x".as_bytes(), &options) else { panic!() };
    assert_eq!(p.diagnostics[0].file, "<stdin>");
}

#[test]
fn odd_input_gives_an_error_in_time() {
    let ten = 10_000_000;
    for text in [
        "(".repeat(ten),
        format!("U({}", "(".repeat(ten)),
        format!("U({}0,0,0) q[0];", "sin(".repeat(ten / 4)),
        format!("U({}", "-".repeat(ten)),
        format!("U({}", "2^-".repeat(ten / 3)),
        "{".repeat(ten),
        "}".repeat(ten),
        "gate g a {".repeat(ten / 10),
        "a".repeat(ten),
        "9".repeat(ten),
        format!("creg c[4]; if (c == {}) x q[0];", "9".repeat(ten)),
        "\"".repeat(ten),
        "\n".repeat(ten) + "x",
        "\0".repeat(ten / 10),
        "é".repeat(ten / 2),
        "a a;".repeat(ten / 4),
        "qreg ".repeat(ten / 5),
        "include \"".repeat(ten / 9),
    ] {
        let error = parse(&text).expect_err("odd").to_string();
        let shown: String = text.chars().take(12).collect();
        assert!(error.len() < 20_000, "{} bytes for {shown}", error.len());
    }
    assert_eq!(parse("").unwrap().num_qubits(), 0);
    assert_eq!(parse("\u{FEFF}OPENQASM 2.0;\r\nqreg q[1];\r\n").unwrap().num_qubits(), 1);
    // A line feed and a carriage return come before it: each ends a line.
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let error = read(&binary[..], &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), "<input>: not a text: byte 0x80 in line 3 is not UTF-8");
}

#[test]
fn expansion_is_limited_and_the_error_names_the_limit() {
    let doubling = |angle: &str, arg: &str, levels: usize| {
        let mut text = format!("gate g0{angle} a {{ U(0,0,0) a; }}\n");
        for i in 1..=levels {
            let j = i - 1;
            text += &format!("gate g{i}{angle} a {{ g{j}{arg} a; g{j}{arg} a; }}\n");
        }
        text
    };
    let end = |levels: usize, arg: &str| format!("qreg q[1];\ng{levels}{arg} q[0];\n");
    // The definitions alone are harmless, and so is a level that stays below the limit.
    for (angle, arg, call) in [("", "", ""), ("(t)", "(t/3)", "(1)")] {
        let text = doubling(angle, arg, 100);
        parse(&text).unwrap();
        parse(&(text.clone() + &end(20, call))).unwrap();
        let message = fault(&(text.clone() + &end(24, call)));
        assert!(
            message.contains("expands to 16777216 gates, past the limit of 10000000"),
            "{message}"
        );
        assert!(
            message.ends_with("the limit is `Limits::expansion` (`--max-expansion`)"),
            "{message}"
        );
        assert!(fault(&(text + &end(100, call))).contains("at least 2^64 gates"));
    }
    // Different angles in both halves: nothing is shared.
    let mut text = "gate g0(t) a { U(t,0,0) a; }\n".to_owned();
    for i in 1..=60 {
        text += &format!("gate g{i}(t) a {{ g{j}(t/2) a; g{j}(t/3+1) a; }}\n", j = i - 1);
    }
    text += "gate top a { g60(1) a; }\n";
    assert!(fault(&(text + "qreg q[1];\ntop q[0];")).contains("past the limit"));
    // Broadcasting.
    let wide = "qreg q[1000000]; ".to_owned() + &"reset q;".repeat(20);
    assert!(faults(&wide)[0].message.contains("past the limit of 10000000"));

    let mut chain = "gate g0 a { U(0,0,0) a; }\n".to_owned();
    for i in 1..=300 {
        chain += &format!("gate g{i} a {{ g{} a; }}\n", i - 1);
    }
    assert!(
        fault(&chain).contains("gate `g200` is the last of more than 200"),
        "{}",
        fault(&chain)
    );
    let many = |n: usize| (0..n).map(|i| format!("a{i},")).collect::<String>();
    assert!(
        fault(&format!("gate g {} {{ }}", many(501))).contains("more than 500 angles or qubits")
    );
    assert!(fault("qreg q[1048577];").contains("at most 1048576 qubits"));
    assert!(fault("creg q[99999999999999999999999];").contains("at most 16777216 classical bits"));
    let registers: String = (0..10_001).map(|i| format!("qreg r{i}[0];")).collect();
    assert!(fault(&registers).contains("at most 10000 registers"));
    assert!(fault(&format!("U({}1", "(".repeat(1001))).contains("nested more than 1000 deep"));
}
