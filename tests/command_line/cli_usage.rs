//! What the program makes of a command line: numbers as people write them, slips, names of files,
//! help, and how wide its answers are.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ketlab"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("COLUMNS");
    command
}

fn ketlab(args: &[&str]) -> Output {
    command().args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn success(args: &[&str]) -> String {
    let output = ketlab(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn failure(args: &[&str], code: i32) -> String {
    let output = ketlab(args);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli_usage");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

const BELL: &str = "circuits/bell.qasm";

#[test]
fn numbers_of_things_are_read_as_people_write_them() {
    for shots in ["1000", "1e3", "1_000", "1.0e3", "10000e-1"] {
        let shown = success(&["run", BELL, "--shots", shots]);
        assert!(shown.contains("\n1000 shots, seed 0"), "{shown}");
    }
    for (shots, says) in [
        ("1.5", "not a whole number"),
        ("1e-3", "not a whole number"),
        ("1e30", "too large"),
        ("-1", "negative"),
        ("many", "like 1000, 1_000 or 1e3"),
    ] {
        let message = failure(&["run", BELL, "--shots", shots], 2);
        assert!(message.contains("--shots") && message.contains(says), "{message}");
    }
    // All flags that count something do alike.
    let graph = "circuits/graphs/petersen.txt";
    for (args, flag) in [
        (&["run", BELL][..], "--max-branches"),
        (&["run", BELL], "--max-loop-rounds"),
        (&["run", BELL], "--probabilities"),
        (&["run", BELL], "--outcomes"),
        (&["run", BELL], "--threads"),
        (&["run", BELL], "--seed"),
        (&["run", BELL], "--max-expansion"),
        (&["draw", BELL], "--max-columns"),
        (&["draw", BELL], "--width"),
        (&["plan", BELL], "--reps"),
        (&["bench"], "--sizes"),
        (&["bench"], "--reps"),
        (&["vqe", "h2_0.735"], "--layers"),
        (&["vqe", "h2_0.735"], "--states"),
        (&["vqe", "h2_0.735"], "--max-iterations"),
        (&["vqe", "h2_0.735"], "--max-evaluations"),
        (&["qaoa", graph], "--layers"),
        (&["qaoa", graph], "--samples"),
        (&["anneal", graph], "--reads"),
        (&["anneal", graph], "--sweeps"),
        (&["anneal", "gap", graph], "--grid"),
        (&["qae", "--amplitude", "0.2"], "--repeats"),
        (&["qae", "--amplitude", "0.2"], "--budgets"),
        (&["qae", "--integral", "sine"], "--grid-qubits"),
    ] {
        for wrong in ["1.5", "1e30", "-1"] {
            let message = failure(&[args, &[flag, wrong]].concat(), 2);
            assert!(
                message.contains(flag) && message.contains("whole number")
                    || message.contains("too large"),
                "{args:?} {flag} {wrong}: {message}"
            );
        }
    }
}

#[test]
fn parameters_are_expressions() {
    let program = scratch("rotation.qasm");
    std::fs::write(&program, "OPENQASM 3.0;\ninput float a;\nqubit q;\nry(a) q;\n").unwrap();
    let program = program.to_str().unwrap();
    // ⟨Z⟩ after RY(θ) is cos θ.
    for (value, angle) in [
        ("pi/2", std::f64::consts::FRAC_PI_2),
        ("-3*pi/4", -3.0 * std::f64::consts::FRAC_PI_4),
        ("1/2", 0.5),
        ("sqrt(2)", 2f64.sqrt()),
        ("1e-1", 0.1),
        ("τ/3", std::f64::consts::TAU / 3.0),
    ] {
        let param = format!("a={value}");
        let args = ["run", program, "--param", &param, "--observable", "Z0", "--json"];
        let document: serde_json::Value = serde_json::from_str(&success(&args)).unwrap();
        let found = document["expectations"][0]["value"].as_f64().unwrap();
        assert!((found - angle.cos()).abs() < 1e-12, "{value}: {found}");
    }
    for wrong in ["a=", "a=foo", "a=1/0", "a=1) q; x(q", "a=nan", "a=1 2", "a"] {
        let message = failure(&["run", program, "--param", wrong], 1);
        assert!(message.lines().count() == 1 && !message.contains("U("), "{message}");
    }
}

#[test]
fn slips_are_answered_with_what_was_meant() {
    for (args, code, meant) in [
        (&["rnu", BELL][..], 2, "'run'"),
        (&["covnert", BELL], 2, "'convert'"),
        (&["run", BELL, "--shoots", "3"], 2, "'--shots'"),
        (&["bench", "qtf"], 2, "'qft'"),
        (&["bench", "trotte"], 2, "'trotter'"),
        (&["vqe", "h2_0.735", "--ansatz", "ucsd"], 2, "`uccsd`"),
        (&["vqe", "h2_0.735", "--optimizer", "lbgfs"], 2, "`lbfgs`"),
        (&["qaoa", "circuits/graphs/petersen.txt", "--start", "rmap"], 2, "`ramp`"),
        (&["anneal", "circuits/graphs/petersen.txt", "--method", "aneal"], 2, "'anneal'"),
        (&["qae", "--integral", "sinus"], 2, "'sine'"),
        (&["qae", "--amplitude", "0.2", "--methods", "iterativ"], 1, "`iterative`"),
        (&["run", "circuits/ansatz_4.json", "--param", "thet[0]=1"], 1, "`theta[0]`"),
        (&["vqe", "h2_0.753"], 1, "`h2_0.735`"),
        (&["man", "vqee"], 1, "`vqe`"),
        (&["run", "circuits/bel.qasm"], 1, "circuits/bell.qasm"),
        (&["info", "circuits/ansatz4.json"], 1, "circuits/ansatz_4.json"),
        (&["completions", "bsh"], 2, "'bash'"),
    ] {
        let message = failure(args, code);
        assert!(message.contains(meant), "{args:?}: {message}");
    }
}

#[test]
fn files_are_called_what_they_are() {
    let h2 = "h2_0.735";
    for (args, wrong, right, instead) in [
        (&["draw", BELL, "--png"][..], "p.svg", "p.png", "`--svg`"),
        (&["draw", BELL, "--svg"], "s.PNG", "s.SVG", "`--png`"),
        (&["draw", BELL, "--svg"], "s.jpg", "s", ".svg"),
        (&["draw", BELL, "--latex"], "l.pdf", "l.tex", ".tex"),
        (&["run", BELL, "--state"], "s.json", "s.npy", "`--json`"),
        (&["convert", BELL, "--to", "qasm3", "-o"], "c.json", "c.qasm", "`--to json`"),
        (&["convert", BELL, "--to", "json", "--output"], "c.qasm", "c.json", "`--to qasm3`"),
        (&["vqe", h2, "--plot"], "e.npy", "e.svg", ".png"),
        (
            &["qae", "--amplitude", "0.2", "--budgets", "100", "--repeats", "2", "--csv"],
            "t.json",
            "t.csv",
            "`--json`",
        ),
    ] {
        let (wrong, right) = (scratch(wrong), scratch(right));
        let (_, _) = (std::fs::remove_file(&wrong), std::fs::remove_file(&right));
        let message = failure(&[args, &[wrong.to_str().unwrap()]].concat(), 1);
        assert!(
            message.contains(instead)
                && message.contains(args[args.len() - 1].trim_start_matches("-o")),
            "{message}"
        );
        assert!(!wrong.exists(), "{message}");
        success(&[args, &[right.to_str().unwrap()]].concat());
        assert!(right.exists());
    }
    // A device is called as it likes.
    #[cfg(unix)]
    success(&["draw", BELL, "--svg", "/dev/null"]);
}

/// Linux has names of any bytes.
#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let name = |bytes: &[u8]| scratch("x").with_file_name(OsStr::from_bytes(bytes));
    let run = |args: &[&OsStr]| {
        let output = command().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let copy = |from: &str, to: &Path| {
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(from), to).unwrap()
    };
    let circuit = name(b"b\xffll.qasm");
    copy(BELL, &circuit);
    let graph = name(b"gr\xe4ph.txt");
    copy("circuits/graphs/petersen.txt", &graph);
    let molecule = name(b"h\xb2.json");
    copy("circuits/molecules/h2_0.735.json", &molecule);
    let (svg, state, out) = (name(b"b\xfe.svg"), name(b"b\xfe.npy"), name(b"b\xfe.qasm"));
    let arg = |text: &'static str| OsStr::new(text);
    for sub in ["run", "draw", "info", "plan"] {
        run(&[arg(sub), circuit.as_ref()]);
    }
    run(&[arg("draw"), circuit.as_ref(), arg("--svg"), svg.as_ref()]);
    run(&[arg("run"), circuit.as_ref(), arg("--state"), state.as_ref()]);
    let shown =
        run(&[arg("run"), circuit.as_ref(), arg("--initial"), state.as_ref(), arg("--json")]);
    assert!(shown.contains("\"file\": \"") && shown.contains('\u{FFFD}'));
    run(&[arg("convert"), circuit.as_ref(), arg("--to"), arg("qasm3"), arg("-o"), out.as_ref()]);
    run(&[arg("qae"), circuit.as_ref(), arg("--good"), arg("q1=1"), arg("--once")]);
    run(&[arg("qaoa"), graph.as_ref(), arg("--samples"), arg("10")]);
    run(&[arg("vqe"), molecule.as_ref()]);
    assert!(svg.exists() && state.exists() && out.exists());
}

#[test]
fn answers_fit_the_terminal() {
    let commands: [&[&str]; 14] = [
        &["run", "circuits/ghz_12.qasm", "--shots", "100"],
        &["run", "circuits/ghz_12.qasm", "--observable", "Z0 Z1 + 0.5 X2"],
        &["info", "circuits/adder_4.qasm"],
        &["plan", "circuits/qft_20.qasm", "--no-run"],
        &["bench", "ghz", "qft", "--sizes", "4", "--reps", "2"],
        &["vqe", "h2_0.735"],
        &["qaoa", "circuits/graphs/petersen.txt", "--samples", "10"],
        &["anneal", "circuits/graphs/petersen.txt", "--reads", "10"],
        &["anneal", "circuits/graphs/petersen.txt", "--method", "anneal", "--reads", "10"],
        &["anneal", "gap", "circuits/graphs/petersen.txt", "--grid", "5"],
        &["anneal", "tts", "circuits/graphs/petersen.txt", "--times", "1,2"],
        &[
            "anneal",
            "compare",
            "circuits/graphs/petersen.txt",
            "--tuning",
            "9e4",
            "--budget",
            "9e4",
        ],
        &["qae", "--amplitude", "0.2", "--budgets", "100,1e3", "--repeats", "3"],
        &["qae", "--amplitude", "0.2", "--once"],
    ];
    for args in commands {
        let widest = |columns: &str| {
            let output = command().args(args).env("COLUMNS", columns).output().unwrap();
            assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
            let shown = text(&output.stdout);
            assert!(!shown.contains('\u{1b}'), "{shown}");
            let longest = shown.lines().max_by_key(|line| line.chars().count()).unwrap();
            (longest.chars().count(), longest.to_string())
        };
        for columns in [40, 60, 80] {
            let (width, line) = widest(&columns.to_string());
            assert!(width <= columns, "{args:?} at {columns}: {line}");
        }
        // What is no terminal has no width, whatever nonsense `COLUMNS` is.
        assert!(widest("wide").0 > 40, "{args:?}");
    }
}

#[test]
fn help_begins_with_what_people_use() {
    for (name, first, later) in [
        ("run", "--shots", "--max-loop-rounds"),
        ("run", "--observable", "--strict"),
        ("run", "--param", "--qelib1"),
        ("draw", "--svg", "--max-expansion"),
        ("vqe", "--ansatz", "--gradient-tolerance"),
        ("vqe", "--optimizer", "--threads"),
        ("qaoa", "--layers", "--gradient-tolerance"),
        ("anneal", "--method", "--tolerance"),
        ("anneal", "--time", "--threads"),
        ("qae", "--amplitude", "--strict"),
        ("qae", "--methods", "--full-circuits"),
    ] {
        let help = success(&[name, "--help"]);
        let options = help.split("Options:").nth(1).unwrap();
        let at =
            |flag: &str| options.find(&format!("{flag} ")).or(options.find(&format!("{flag}\n")));
        assert!(at(first).unwrap() < at(later).unwrap(), "{name}: {first} behind {later}\n{help}");
        assert!(help.contains("Examples:\n  ketlab "), "{help}");
    }
}

#[test]
fn shells_and_man_know_every_subcommand() {
    let bash = success(&["completions", "bash"]);
    let page = success(&["man"]);
    for name in ["run", "draw", "convert", "info", "plan", "vqe", "qaoa", "anneal", "qae", "bench"]
    {
        assert!(
            bash.contains(&format!("ketlab__subcmd__{name}"))
                || bash.contains(&format!("ketlab__{name}")),
            "{name}"
        );
        assert!(page.contains(&format!("ketlab\\-{name}(1)")), "{name}: {page}");
        let own = success(&["man", name]);
        assert!(
            own.contains(&format!(".TH ketlab-{name} 1")) && own.contains("\\-\\-help"),
            "{own}"
        );
    }
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(success(&["completions", shell]).contains("--shots"), "{shell}");
    }
}

#[test]
fn quiet_and_verbose() {
    let program = scratch("good.qasm");
    std::fs::write(
        &program,
        "OPENQASM 2.0;\nqreg q[1];\ncreg c[1];\nU(0.5,0,0) q[0];\nmeasure q -> c;\n",
    )
    .unwrap();
    let args = ["qae", program.to_str().unwrap(), "--good", "q0=1", "--once"];
    let said = |more: &[&str]| {
        let output = ketlab(&[&args, more].concat());
        assert!(output.status.success());
        text(&output.stderr)
    };
    assert!(said(&[]).contains("final measurements are left out"));
    assert_eq!(said(&["-q"]), "");
    assert_eq!(said(&["--quiet"]), "");
    for sub in [&["run", BELL][..], &["vqe", "h2_0.735"], &["qaoa", "circuits/graphs/petersen.txt"]]
    {
        let silent = ketlab(sub);
        assert_eq!(text(&silent.stderr), "", "{sub:?}");
        let verbose = ketlab(&[sub, &["-v"]].concat());
        assert!(text(&verbose.stderr).lines().count() > 1, "{sub:?}: {}", text(&verbose.stderr));
    }
    failure(&["run", BELL, "-q", "-v"], 2);
}
