//! The program from outside: its answers, its JSON, and every way to use it wrongly.

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn circuit(name: &str) -> String {
    format!("{}/circuits/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn ketlab(args: &[&str]) -> Output {
    ketlab_reading(args, b"")
}

fn ketlab_reading(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ketlab"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that refuses early does not read all of it.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = ketlab(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The message of a failure with exit code 1.
fn failure(args: &[&str], input: &[u8]) -> String {
    let output = ketlab_reading(args, input);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

fn scratch(name: &str, content: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn json_has_the_documented_keys() {
    let bell = circuit("bell.qasm");
    let doc = json(&[
        "run",
        &bell,
        "--shots",
        "1000",
        "--seed",
        "7",
        "--observable",
        "Z0 Z1",
        "--observable",
        "-0.5*X0",
        "--probabilities",
        "all",
        "--json",
    ]);
    assert_eq!(doc["num_qubits"], 2);
    let counts = doc["counts"].as_object().unwrap();
    assert_eq!(counts.values().map(|v| v.as_u64().unwrap()).sum::<u64>(), 1000);
    assert!(counts.keys().all(|k| k == "00" || k == "11"));
    let p = doc["probabilities"].as_object().unwrap();
    assert!(p.len() == 2 && (p["11"].as_f64().unwrap() - 0.5).abs() < 1e-12);
    assert_eq!(doc["expectations"][0]["observable"], "Z0 Z1");
    assert!((doc["expectations"][0]["value"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    assert!(doc["expectations"][0]["variance"].as_f64().unwrap().abs() < 1e-12);
    assert!((doc["expectations"][1]["variance"].as_f64().unwrap() - 0.25).abs() < 1e-12);
    assert!((doc["norm"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(doc["meta"]["seed"], 7);
    assert_eq!(doc["meta"]["precision"], "f64");
}

#[test]
fn the_same_seed_gives_the_same_counts_at_any_thread_count() {
    for name in ["grover_5.qasm", "teleportation.qasm"] {
        let file = circuit(name);
        let counts = |threads| {
            let args =
                ["run", &file, "--shots", "5000", "--seed", "3", "--threads", threads, "--json"];
            json(&args)["counts"].clone()
        };
        assert_eq!(counts("1"), counts("2"));
        assert_eq!(counts("1"), counts("3"));
    }
}

#[test]
fn shipped_circuits_do_what_they_say() {
    let counts = |name: &str| {
        json(&["run", &circuit(name), "--shots", "1000", "--seed", "1", "--json"])["counts"].clone()
    };
    assert_eq!(counts("adder_4.qasm")["10001"], 1000);
    assert!(counts("grover_5.qasm")["10110"].as_u64().unwrap() > 990);
    assert_eq!(counts("ghz_12.qasm").as_object().unwrap().len(), 2);
    let doc = json(&["run", &circuit("teleportation.qasm"), "--observable", "Z2", "--json"]);
    let z = doc["expectations"][0]["value"].as_f64().unwrap();
    assert!((z - 0.8f64.cos()).abs() < 1e-12, "{z}");
    let doc = json(&["run", &circuit("qft_20.qasm"), "--probabilities", "32", "--json"]);
    let peaks = doc["probabilities"].as_object().unwrap();
    assert_eq!(peaks.len(), 16);
    assert!(
        peaks.iter().all(|(bits, p)| bits.ends_with(&"0".repeat(16))
            && (p.as_f64().unwrap() - 0.0625).abs() < 1e-9)
    );
}

#[test]
fn scratch_bits_are_told_apart() {
    let text_of = |command: &str, more: &[&str]| {
        let circuit = br#"{"format": "ketlab.circuit", "version": 1, "qubits": [["q", 1]],
            "clbits": [{"name": "t", "size": 2, "scratch": true}, ["c", 1]],
            "ops": [{"gate": "x", "on": [0]}, {"measure": [0, 0]}, {"measure": [0, 2]}]}"#;
        let output = ketlab_reading(&[&[command, "-"], more].concat(), circuit);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let info = text_of("info", &[]);
    assert!(info.contains("classical bits    1 (c[1])\n  scratch bits      2 (t[2])"), "{info}");
    let info: Value = serde_json::from_str(&text_of("info", &["--json"])).unwrap();
    assert_eq!((&info["num_clbits"], &info["num_scratch_bits"]), (&3.into(), &2.into()));
    assert_eq!(info["registers"]["scratch"][0][0], "t");
    let run = text_of("run", &["--shots", "5"]);
    assert!(run.contains("1 classical bit and 2 of scratch, 1 gate\n"), "{run}");
    let run: Value = serde_json::from_str(&text_of("run", &["--shots", "5", "--json"])).unwrap();
    assert_eq!(run["counts"]["1"], 5);
    assert_eq!(run["meta"]["num_scratch_bits"], 2);
}

#[test]
fn parameters_standard_input_and_drawings() {
    let ansatz = circuit("ansatz_4.json");
    let message = failure(&["run", &ansatz], b"");
    assert!(
        message.contains("parameter `theta[0]` has no value, nor have `theta[1]`, `theta[2]`"),
        "{message}"
    );
    // The command that it shows works.
    let command = message.split("for example: ketlab ").nth(1).unwrap().trim();
    let words: Vec<&str> = command.split(' ').map(|word| word.trim_matches('\'')).collect();
    assert!(ketlab(&words).status.success(), "{words:?}");
    let values: Vec<String> = (0..8).map(|k| format!("theta[{k}]=0.{k}")).collect();
    let mut args = vec!["run", ansatz.as_str(), "--json"];
    values.iter().for_each(|v| args.extend(["--param", v]));
    assert_eq!(json(&args)["num_qubits"], 4);
    let bell = std::fs::read(circuit("bell.qasm")).unwrap();
    for (command, wanted) in [("run", "00"), ("draw", "┤ H ├"), ("info", "qubits            2")]
    {
        let output = ketlab_reading(&[command, "-"], &bell);
        assert!(text(&output.stdout).contains(wanted), "{command}: {}", text(&output.stdout));
    }
    let drawing = text(&ketlab(&["draw", &ansatz, "--width", "60"]).stdout);
    assert!(drawing.contains("θ[0]") || drawing.contains("theta[0]"), "{drawing}");
    assert!(drawing.lines().all(|l| l.chars().count() <= 60), "{drawing}");
    let info = json(&["info", &ansatz, "--json"]);
    assert_eq!(info["num_gates"], 16);
    assert_eq!(info["memory"]["state_f64_bytes"], 256);
}

#[test]
fn pictures_go_to_files_or_standard_output() {
    let bell = circuit("bell.qasm");
    let svg = scratch("bell.svg", b"");
    let tex = scratch("bell.tex", b"");
    let paths = [svg.to_str().unwrap(), tex.to_str().unwrap()];
    let output = ketlab(&["draw", &bell, "--svg", paths[0], "--latex", paths[1], "--dark"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", text(&output.stderr));
    assert!(std::fs::read_to_string(&svg).unwrap().contains("viewBox"));
    let latex = std::fs::read_to_string(&tex).unwrap();
    assert!(latex.contains(r"\targ{}"));
    assert_eq!(text(&ketlab(&["draw", &bell, "--latex", "-"]).stdout), latex);
    let qft = circuit("qft_20.qasm");
    let few = text(&ketlab(&["draw", &qft, "--svg", "-", "--max-columns", "5"]).stdout);
    assert!(few.contains("more operations") && few.ends_with("</svg>\n"));
    let all = text(&ketlab(&["draw", &qft, "--svg", "-", "--max-columns", "0"]).stdout);
    assert!(!all.contains("more operations") && all.len() > 5 * few.len());

    let nowhere = "/no/such/folder/bell.svg";
    assert!(failure(&["draw", &bell, "--svg", nowhere], b"").contains(nowhere));
    assert!(failure(&["draw", &bell, "--svg", "-", "--latex", "-"], b"").contains("only one"));
    let dark = ketlab(&["draw", &bell, "--dark"]);
    assert!(dark.status.code() == Some(2) && text(&dark.stderr).contains("--svg"));
}

#[cfg(feature = "png")]
#[test]
fn a_png_is_painted_or_refused() {
    let png = scratch("bell.png", b"");
    let path = png.to_str().unwrap();
    let args = ["draw", &circuit("bell.qasm"), "--png", path, "--scale", "1.5", "--width", "300"];
    assert!(ketlab(&args).status.success());
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    let message = failure(
        &["draw", &circuit("qft_20.qasm"), "--png", path, "--width", "0", "--scale", "4"],
        b"",
    );
    assert!(message.contains("pixels") && message.contains("16384"), "{message}");
    assert!(message.contains("lower the scale to") && message.contains("narrower"), "{message}");
    assert!(
        failure(&["draw", &circuit("bell.qasm"), "--png", path, "--scale", "0"], b"")
            .contains("positive")
    );
}

#[cfg(feature = "npy")]
#[test]
fn the_state_is_a_numpy_array() {
    let path = scratch("state.npy", b"");
    let args = ["run", &circuit("bell.qasm"), "--state", path.to_str().unwrap()];
    assert!(ketlab(&args).status.success());
    let state: ndarray::Array1<num_complex::Complex64> = ndarray_npy::read_npy(&path).unwrap();
    assert_eq!(state.len(), 4);
    assert!((state[3].re - 0.5f64.sqrt()).abs() < 1e-12 && state[1].norm() == 0.0);
    let folder = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let left = folder
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with(".state.npy"));
    assert_eq!(left.count(), 0);
    // And back again.
    let args = ["run", &circuit("bell.qasm"), "--initial", path.to_str().unwrap(), "--json"];
    let document = json(&args);
    // CX·H·CX·H|00⟩ is (|00⟩ + |01⟩ + |10⟩ - |11⟩)/2 or a permutation of it: four equal outcomes.
    assert_eq!(document["probabilities"].as_object().unwrap().len(), 4);
}

#[test]
fn conversions() {
    let adder = circuit("adder_4.qasm");
    let convert = |to: &str, input: &[u8]| {
        let output = ketlab_reading(&["convert", "-", "--to", to], input);
        assert!(output.status.success(), "{}", text(&output.stderr));
        output.stdout
    };
    let original = std::fs::read(&adder).unwrap();
    let qasm2 = convert("qasm2", &original);
    assert!(text(&qasm2).starts_with("OPENQASM 2.0;\ninclude \"qelib1.inc\";\n"));
    assert_eq!(convert("qasm2", &convert("json", &original)), qasm2);
    assert_eq!(convert("qasm2", &qasm2), qasm2);
    assert!(text(&convert("qasm3", &qasm2)).starts_with("OPENQASM 3.0;\n"));

    // A file is replaced only by a complete one.
    let out = scratch("converted.qasm", b"precious");
    let path = out.to_str().unwrap();
    let dynamic = br#"{"format": "ketlab.circuit", "version": 1, "qubits": [["q", 1]],
        "clbits": [["c", 1]], "ops": [{"while": {"bit": 0}, "do": [{"measure": [0, 0]}]}]}"#;
    let message = failure(&["convert", "-", "--to", "qasm2", "-o", path], dynamic);
    assert!(message.contains("standard input") && message.contains("a loop"), "{message}");
    assert!(message.contains("--to qasm3"), "{message}");
    assert_eq!(std::fs::read(&out).unwrap(), b"precious");
    assert!(ketlab(&["convert", &adder, "--to", "qasm2", "-o", path]).status.success());
    assert_eq!(std::fs::read(&out).unwrap(), qasm2);
    let nowhere = ["convert", &adder, "--to", "json", "-o", "no/such/folder/out.json"];
    assert!(failure(&nowhere, b"").contains("--output no/such/folder/out.json"));

    let ansatz = circuit("ansatz_4.json");
    let message = failure(&["convert", &ansatz, "--to", "qasm2"], b"");
    assert!(message.contains("the parameter `theta[0]`"), "{message}");
    let output = ketlab(&["convert", &ansatz, "--to", "qasm3"]);
    assert!(text(&output.stdout).contains("input float[64] theta_0;\n"));
    assert_eq!(ketlab(&["convert", &adder]).status.code(), Some(2));
}

#[test]
fn conversions_to_a_basis() {
    let adder = circuit("adder_4.qasm");
    let counts = |flags: &[&str]| {
        let written = ketlab(&[&["convert", &adder, "--to", "json"], flags].concat());
        assert!(written.status.success(), "{}", text(&written.stderr));
        let info = ketlab_reading(&["info", "-", "--json"], &written.stdout);
        let info: Value = serde_json::from_slice(&info.stdout).unwrap();
        info["counts"].as_object().unwrap().clone()
    };
    let written = counts(&["--basis", "ibm-cz"]);
    let expected = ["barrier", "cz", "gphase", "measure", "rz", "sx", "x"];
    assert!(written.keys().all(|name| expected.contains(&name.as_str())), "{written:?}");
    assert!(written["cz"].as_u64() > Some(0));
    let total = |counts: &serde_json::Map<String, Value>| -> u64 {
        counts.values().filter_map(Value::as_u64).sum()
    };
    let cancelled = counts(&["--basis", "rz,sx,x,cz", "--cancel"]);
    assert!(total(&cancelled) < total(&written), "{cancelled:?} {written:?}");
    let help = text(&ketlab(&["convert", "--help"]).stdout);
    assert!(ketlab::rewrite::Basis::names().all(|name| help.contains(name)), "{help}");
    let unknown = ketlab(&["convert", &adder, "--to", "json", "--basis", "ibm-cy"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `ibm-cx`"), "{}", text(&unknown.stderr));
    let message = failure(&["convert", &adder, "--to", "json", "--basis", "h,t"], b"");
    assert!(message.contains("adder_4.qasm") && message.contains("needs one of cx"), "{message}");
}

#[test]
fn wrong_input_is_refused_with_its_place() {
    let empty = scratch("empty.qasm", b"");
    let message = failure(&["run", empty.to_str().unwrap()], b"");
    assert!(message.contains("no qubits"), "{message}");

    let binary =
        scratch("binary.qasm", &(0..4096u32).map(|i| (i * 37 % 256) as u8).collect::<Vec<_>>());
    failure(&["run", binary.to_str().unwrap()], b"");

    let parentheses = vec![b'('; 10 << 20];
    let message = failure(&["run", "-"], &parentheses);
    assert!(message.len() < 20_000, "{} bytes of message", message.len());
    let deep = [b"qreg q[1]; U(".as_slice(), &parentheses, b"0".as_slice()].concat();
    assert!(failure(&["run", "-"], &deep).contains("1:"));

    let include = scratch("include.qasm", b"OPENQASM 2.0;\ninclude \"missing.inc\";\nqreg q[1];\n");
    let message = failure(&["run", include.to_str().unwrap()], b"");
    assert!(message.contains("missing.inc") && message.contains(":2:"), "{message}");

    let several = b"OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\nh q[5];\ncx q[0], q[0];\nfoo q[1];\nrx(1/0) q[0];\n";
    let message = failure(&["run", "-"], several);
    for line in [":4:", ":5:", ":6:", ":7:"] {
        assert!(message.contains(line), "{line} in {message}");
    }

    assert!(failure(&["run", "no/such/file.qasm"], b"").contains("no/such/file.qasm"));
    assert!(failure(&["run", "-"], b"{\"format\": 1}").contains("JSON"));
}

#[test]
fn too_many_qubits_name_what_fits() {
    // With T gates it is nothing for a stabilizer tableau either.
    let forty = b"OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[40];\nh q;\nt q;\n";
    let message = failure(&["run", "-"], forty);
    assert!(
        message.contains("40 qubits")
            && message.contains("16 TiB")
            && message.contains("qubits fit"),
        "{message}"
    );
    let output = ketlab_reading(&["info", "-"], forty);
    assert!(text(&output.stdout).contains("at most"), "{}", text(&output.stdout));
    let message = failure(&["run", "-"], b"OPENQASM 2.0;\nqreg q[100];\nU(1,0,0) q[99];\n");
    assert!(message.contains("100 qubits"), "{message}");
}

#[test]
fn wrong_requests_are_refused() {
    let bell = circuit("bell.qasm");
    assert!(failure(&["run", &bell, "--shots", "0"], b"").contains("number of shots is 0"));
    assert!(
        failure(&["run", &bell, "--observable", "Z7"], b"").contains("qubit 7 is out of range")
    );
    assert!(failure(&["run", &bell, "--observable", "Z0 +"], b"").contains("--observable"));
    assert!(failure(&["run", &bell, "--param", "theta=1"], b"").contains("no parameter `theta`"));
    let ansatz = circuit("ansatz_4.json");
    assert!(failure(&["run", &ansatz, "--param", "theta[0]=nan"], b"").contains("NaN"));
    assert!(failure(&["run", &ansatz, "--param", "theta[0]"], b"").contains("NAME=VALUE"));
    let twice = ["run", &ansatz, "--param", "theta[0]=1", "--param", "theta[0]=2"];
    assert!(failure(&twice, b"").contains("given twice"));
    assert!(failure(&["run", &bell, "--initial", "101"], b"").contains("the circuit has 2"));
    assert!(failure(&["run", &bell, "--initial", "no.npy"], b"").contains("--initial no.npy"));
    let huge = failure(&["run", &bell, "--observable", "1e200 Z0 + 1e200 X1"], b"");
    assert!(huge.contains("coefficients are too large"), "{huge}");
    let message = failure(&["run", &bell, "--state", "no/such/folder/state.npy"], b"");
    assert!(message.contains("no/such/folder/state.npy"), "{message}");
    let dynamic = circuit("teleportation.qasm");
    let path = scratch("random.npy", b"");
    let message = failure(&["run", &dynamic, "--state", path.to_str().unwrap()], b"");
    assert!(
        message.contains("the output of the state does not support a measurement"),
        "{message}"
    );
    for args in [
        vec!["run"],
        vec!["run", &bell, "--shots", "-3"],
        vec!["run", &bell, "--threads", "0"],
        vec!["run", &bell, "--precision", "f16"],
        vec!["fly", &bell],
    ] {
        let output = ketlab(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

/// Whether there are exactly these keys.
fn has_keys(value: &Value, keys: &[&str]) {
    let mut wanted: Vec<&str> = keys.to_vec();
    wanted.sort_unstable();
    let mut found: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, wanted);
}

const COSTS: [&str; 6] =
    ["flops", "bytes", "predicted_seconds", "measured_seconds", "limit_seconds", "share_of_limit"];

#[test]
fn a_plan_shows_every_sweep() {
    let qft = circuit("qft_20.qasm");
    let plan = json(&["plan", &qft, "--reps", "2", "--json"]);
    let of_the_circuit = ["file", "num_qubits", "num_gates", "state_bytes", "plan_hash"];
    let of_the_run = ["precision", "threads", "instruction_set", "params", "repetitions", "limits"];
    let of_the_answer = ["plan_seconds", "not_measured", "interrupted", "stretches", "total"];
    let of_all = ["format", "version", "meta"];
    has_keys(&plan, &[&of_the_circuit[..], &of_the_run, &of_the_answer, &of_all].concat());
    has_keys(&plan["limits"], &["threads", "bytes_per_second", "flops_per_second"]);
    has_keys(&plan["total"], &COSTS);
    assert_eq!((&plan["repetitions"], &plan["not_measured"]), (&2.into(), &Value::Null));
    let stretch = &plan["stretches"][0];
    has_keys(stretch, &[&["actions", "sweeps"], &COSTS[..]].concat());
    assert!(stretch["actions"].as_u64().unwrap() >= plan["num_gates"].as_u64().unwrap());
    let sweeps = stretch["sweeps"].as_array().unwrap();
    for sweep in sweeps {
        has_keys(sweep, &[&["tile_bits", "passes"], &COSTS[..]].concat());
        has_keys(&sweep["passes"][0], &["name", "operations", "flops_per_amplitude"]);
        assert!(sweep["measured_seconds"].as_f64().unwrap() > 0.0);
    }
    let flops = |v: &Value| v["flops"].as_f64().unwrap();
    let sum: f64 = sweeps.iter().map(flops).sum();
    assert!(sum > 0.0 && (flops(stretch) / sum - 1.0).abs() < 1e-12);
    let run = json(&["run", &qft, "--probabilities", "1", "--json"]);
    assert_eq!(plan["plan_hash"], run["meta"]["plan_hash"]);
    assert_eq!(run["meta"]["passes"], sweeps.len());
    // Half of the bytes in f32, and nothing measured where nothing runs.
    let single = json(&["plan", &qft, "--precision", "f32", "--no-run", "--json"]);
    let bytes = |v: &Value| v["total"]["bytes"].as_f64().unwrap();
    assert_eq!(bytes(&single), bytes(&plan) / 2.0);
    assert!(single["limits"].is_null() && single["total"]["measured_seconds"].is_null());
    assert_eq!((&single["not_measured"], &single["repetitions"]), (&"--no-run".into(), &0.into()));
}

#[test]
fn a_plan_is_shown_also_of_what_cannot_run() {
    let shown = |args: &[&str], input: &[u8]| {
        let output = ketlab_reading(&[&["plan"], args].concat(), input);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let qft = shown(&[&circuit("qft_20.qasm"), "--reps", "1"], b"");
    for wanted in ["actions → ", "of limit", "tiles of 14 bits 0-", "measured: 1 run\n", "\n   all"]
    {
        assert!(qft.contains(wanted), "{wanted} in {qft}");
    }
    let ansatz = shown(&[&circuit("ansatz_4.json")], b"");
    assert!(ansatz.contains("parameters without a value had these: theta[0] = 0.1"), "{ansatz}");
    let ansatz = shown(&[&circuit("ansatz_4.json"), "--param", "theta[0]=3"], b"");
    assert!(ansatz.contains("had these: theta[1] = 0.1"), "{ansatz}");
    let dynamic = shown(&[&circuit("teleportation.qasm")], b"");
    assert!(dynamic.contains("stretch 2 of 3: 1 action → 0 sweeps"), "{dynamic}");
    assert!(dynamic.contains("all stretches, each once: "), "{dynamic}");

    let forty = b"OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[40];\nh q;\n";
    let large = shown(&["-"], forty);
    assert!(large.contains("not measured: a state vector of 40 qubits"), "{large}");
    assert!(large.contains("40 actions → ") && !large.contains("of limit"), "{large}");
    let nothing = shown(&["-"], b"OPENQASM 2.0;\nqreg q[1];\n");
    assert!(nothing.contains("no gates to execute"), "{nothing}");

    // √X on all qubits and CX between far ones, on and on: more sweeps than are shown.
    let mut deep = String::from("OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[30];\n");
    for layer in 0..60 {
        deep += "sx q;\n";
        (0..15).for_each(|q| deep += &format!("cx q[{q}], q[{}];\n", 15 + (q + layer) % 15));
    }
    let some = shown(&["-", "--no-run"], deep.as_bytes());
    assert!(some.contains("`--all` shows them"), "{some}");
    let all = shown(&["-", "--no-run", "--all"], deep.as_bytes());
    assert!(!all.contains("`--all`") && all.lines().count() > some.lines().count(), "{all}");

    assert!(failure(&["plan", "no/such/file.qasm"], b"").contains("no/such/file.qasm"));
    assert!(failure(&["plan", "-"], b"OPENQASM 2.0;\n").contains("no qubits"));
    let message = failure(&["plan", "-"], b"OPENQASM 2.0;\nqreg q[100];\nU(0,0,0) q[99];\n");
    assert!(message.contains("100 qubits"), "{message}");
    for more in [["--reps", "0"], ["--threads", "0"], ["--precision", "f16"]] {
        let output = ketlab(&[&["plan", &circuit("bell.qasm")], &more[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}");
    }
}

#[test]
fn benchmarks_are_rows() {
    let sizes = ["--sizes", "6,7,1000", "--precision", "f64,f32", "--reps", "2"];
    let doc = json(&[&["bench", "ghz", "qaoa", "--json"], &sizes[..]].concat());
    has_keys(&doc, &["format", "version", "machine", "rows", "interrupted", "meta"]);
    let machine = &doc["machine"];
    has_keys(machine, &["instruction_set", "threads", "sweeps", "arithmetic"]);
    has_keys(&machine["sweeps"][0], &["place", "buffer_bytes", "threads", "bytes_per_second"]);
    has_keys(&machine["arithmetic"][0], &["precision", "threads", "flops_per_second"]);
    let rows = doc["rows"].as_array().unwrap();
    let what = |row: &Value| {
        let skipped = row["skipped"].as_str().unwrap_or("measured");
        let name = row["family"].as_str().unwrap_or("all");
        format!("{name} {} {}: {skipped}", row["num_qubits"], row["precision"].as_str().unwrap())
    };
    let found: Vec<String> = rows.iter().map(what).collect();
    let none = "there is no circuit of 7 qubits; there is one of 8";
    let expected = [
        "ghz 6 f64: measured".into(),
        "qaoa 6 f64: measured".into(),
        "ghz 6 f32: measured".into(),
        "qaoa 6 f32: measured".into(),
        "ghz 7 f64: measured".into(),
        format!("qaoa 7 f64: {none}"),
        "ghz 7 f32: measured".into(),
        format!("qaoa 7 f32: {none}"),
    ];
    assert_eq!(found[..8], expected);
    for (found, precision) in found[8..].iter().zip(["f64", "f32"]) {
        let start = format!("all 1000 {precision}: a state vector of 1000 qubits");
        assert!(found.starts_with(&start) && found.contains("qubits fit"), "{found}");
        assert!(found.contains("more than 2^127"), "{found}");
    }
    assert_eq!(rows.len(), 10);
    let always = ["family", "num_qubits", "precision", "state_bytes", "skipped"];
    let of_the_plan = ["gates", "actions", "sweeps", "flops", "bytes", "plan_seconds"];
    let of_the_runs = ["repetitions", "median_seconds", "min_seconds", "max_seconds"];
    let rates = ["gates_per_second", "ns_per_gate_amplitude", "limit_seconds", "share_of_limit"];
    has_keys(&rows[0], &[&always[..], &of_the_plan, &of_the_runs, &rates].concat());
    assert_eq!((&rows[0]["gates"], &rows[0]["repetitions"]), (&6.into(), &2.into()));
    has_keys(&rows[5], &always);

    let shown = text(&ketlab(&["bench", "qft", "--sizes", "4,90", "--reps", "1"]).stdout);
    for wanted in
        ["this machine's limits", "memory, ", "\nqft ", " 4 f64 ", "not measured: a state"]
    {
        assert!(shown.contains(wanted), "{wanted} in {shown}");
    }
    // Nothing measured is no success.
    let nothing = ketlab(&["bench", "qaoa", "--sizes", "5"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(text(&nothing.stdout).contains("no circuit of 5 qubits; there is one of 6"));
    for (args, wanted) in [
        (["bench", "qtf"], "quantum-volume"),
        (["bench", "--sizes=0"], "2 qubits or more"),
        (["bench", "--sizes=ten"], "2 qubits or more"),
        (["bench", "--reps=0"], "--reps"),
        (["bench", "--threads=0"], "--threads"),
    ] {
        let output = ketlab(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(wanted), "{}", text(&output.stderr));
    }
}

/// Ctrl-C keeps what is finished.
#[cfg(unix)]
#[test]
fn an_interrupted_benchmark_prints_its_rows() {
    use std::io::{BufRead, BufReader, Read};
    // Far more repetitions than anybody waits for.
    let mut child = Command::new(env!("CARGO_BIN_EXE_ketlab"))
        .args(["bench", "trotter", "--sizes", "14", "--reps", "10000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("family") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // A run is finished, or none: no half of a row.
    assert!(rest.is_empty() || rest.starts_with("trotter ") && rest.ends_with("%\n"), "{rest}");
}

/// The largest outcomes of four rotated qubits: products of sin² and cos² of half the angles.
#[test]
fn outcomes_at_most_are_as_many_in_json_too() {
    let angles = [0.5f64, 0.7, 1.2, 1.4];
    let rotations: String =
        angles.iter().enumerate().map(|(q, a)| format!("ry({a}) q[{q}];")).collect();
    let program = format!(
        "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[4]; creg c[4]; {rotations} measure q -> c;"
    );
    let path = scratch("four.qasm", program.as_bytes());
    let path = path.to_str().unwrap();
    let mut expected: Vec<(String, f64)> = (0..16)
        .map(|k: usize| {
            let of = |(q, a): (usize, &f64)| {
                if k >> q & 1 == 1 { (a / 2.0).sin().powi(2) } else { (a / 2.0).cos().powi(2) }
            };
            (format!("{k:04b}"), angles.iter().enumerate().map(of).product())
        })
        .collect();
    expected.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (k, found) in [("0", 0), ("2", 2), ("5", 5), ("16", 16), ("all", 16), ("99", 16)] {
        let document = json(&["run", path, "--outcomes", k, "--json"]);
        let outcomes = document["outcomes"].as_object().unwrap();
        assert_eq!(outcomes.len(), found, "{k}");
        for (bits, p) in &expected[..found] {
            let got = outcomes[bits].as_f64().unwrap();
            assert!((got - p).abs() < 1e-14, "{k} {bits}: {got} {p}");
        }
    }
}

#[test]
fn outcomes_of_any_length_are_printed() {
    for num_bits in [65_535, 65_536, 100_000] {
        let program = format!(
            "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; creg c[{num_bits}]; h q[0]; \
             measure q[0] -> c[3];"
        );
        let path = scratch(&format!("wide{num_bits}.qasm"), program.as_bytes());
        let path = path.to_str().unwrap();
        let one = format!("{}1000", "0".repeat(num_bits - 4));
        for rows in [["--shots", "50"], ["--outcomes", "all"], ["--outcomes", "1"]] {
            let output = ketlab(&["run", path, rows[0], rows[1], "--seed", "1"]);
            assert!(output.status.success(), "{rows:?}: {}", text(&output.stderr));
            assert!(rows[1] == "1" || text(&output.stdout).contains(&one), "{rows:?}");
        }
    }
}

#[test]
fn what_is_left_out_is_printed() {
    // sin²(1e-7) = 1e-14 is rounding in f32.
    let program = "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; creg c[1]; creg d[1];
        ry(2e-7) q[0]; measure q[0] -> c[0]; if (c == 1) h q[0]; measure q[0] -> d[0];";
    let path = scratch("left_out.qasm", program.as_bytes());
    let path = path.to_str().unwrap();
    for rows in [["--shots", "50"], ["--outcomes", "all"]] {
        let args = ["run", path, "--precision", "f32", rows[0], rows[1]];
        let output = ketlab(&args);
        let printed = text(&output.stdout);
        let said = printed.contains("left out") && printed.contains("1.000e-14");
        assert!(output.status.success() && said, "{rows:?}: {printed}");
        let meta = &json(&[&args[..], &["--json"]].concat())["meta"];
        let neglected = meta["neglected"].as_f64().unwrap();
        assert!((neglected / 1e-14 - 1.0).abs() < 1e-3, "{rows:?}: {neglected}");
    }
}

/// Under a limit of address space a run answers, or says what was too large and which limit it is;
/// it never aborts or panics.
#[test]
#[cfg(target_os = "linux")]
fn limits_of_memory_are_errors() {
    let program = |statements: &str| {
        format!("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[20]; creg c[20]; {statements}")
    };
    let uniform = scratch("uniform20.qasm", program("h q; measure q -> c;").as_bytes());
    let branching = program("h q; measure q[0] -> c[0]; h q[0]; measure q -> c;");
    let branching = scratch("branching20.qasm", branching.as_bytes());
    let (uniform, branching) = (uniform.to_str().unwrap(), branching.to_str().unwrap());
    let mut refusals = 0;
    for args in [
        vec!["run", uniform, "--shots", "3000000"],
        vec!["run", uniform, "--probabilities", "all"],
        vec!["run", uniform, "--outcomes", "all", "--json"],
        vec!["run", uniform, "--observable", "X0 + Z1"],
        vec!["run", branching, "--shots", "3000000"],
    ] {
        for kib in [60_000, 80_000, 100_000, 120_000, 150_000, 200_000, 400_000] {
            let output = Command::new("sh")
                .args(["-c", "ulimit -v $1; shift; exec \"$@\"", "sh", &kib.to_string()])
                .arg(env!("CARGO_BIN_EXE_ketlab"))
                .args(&args)
                .args(["--threads", "2"])
                .output()
                .unwrap();
            let message = text(&output.stderr);
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 1)), "{args:?}, {kib} KiB: {code:?} {message}");
            assert!(!message.contains("panicked"), "{args:?}, {kib} KiB: {message}");
            refusals += usize::from(message.contains("needs") && message.contains("ulimit -v"));
        }
    }
    assert!(refusals >= 10, "{refusals} refusals say which limit it is");
}
