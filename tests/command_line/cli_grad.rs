//! `ketlab grad`, as a user runs it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn ketlab(args: &[&str]) -> Output {
    let root = env!("CARGO_MANIFEST_DIR");
    Command::new(env!("CARGO_BIN_EXE_ketlab")).args(args).current_dir(root).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(args: &[&str]) -> Value {
    let output = ketlab(&[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn failure(args: &[&str]) -> String {
    let output = ketlab(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ketlab-grad-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Scratch(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn derivatives(document: &Value, observable: usize, key: &str) -> Vec<f64> {
    let gradient = document["observables"][observable]["gradient"].as_array().unwrap();
    gradient.iter().map(|d| d[key].as_f64().unwrap()).collect()
}

/// Values and gradients of numpy and Qulacs, written as OpenQASM 3 with an `input` for each angle.
#[test]
fn gradients_are_those_of_other_programs() {
    let folder = std::env::var("KETLAB_REFERENCE").unwrap_or("../shared/reference".into());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("gradients/gradients.json");
    let Ok(content) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: there is no {}", file.display());
        return;
    };
    let reference: Value = serde_json::from_str(&content).unwrap();
    let cases = reference["cases"].as_array().unwrap();
    assert!(cases.len() >= 3);
    for (number, case) in cases.iter().take(4).enumerate() {
        let number_of = |v: &Value| v.as_u64().unwrap();
        let theta: Vec<f64> =
            case["theta"].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect();
        let mut program = String::from("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
        for k in 0..theta.len() {
            program += &format!("input float t{k};\n");
        }
        program += &format!("qubit[{}] q;\n", number_of(&case["n"]));
        for op in case["ops"].as_array().unwrap() {
            let (name, a, b) = (op[0].as_str().unwrap(), number_of(&op[1]), number_of(&op[2]));
            program += &match name {
                "cx" | "cz" => format!("{name} q[{a}], q[{b}];\n"),
                _ => format!("{name}(t{b}) q[{a}];\n"),
            };
        }
        let circuit = Scratch::new(&format!("case{number}.qasm"), &program);
        // One term a line, as a file; the same as text.
        let terms = case["observable"].as_array().unwrap().iter();
        let lines: Vec<String> = terms
            .map(|t| format!("{} {}", t[1].as_f64().unwrap(), t[0].as_str().unwrap()))
            .collect();
        let observable = Scratch::new(&format!("case{number}.txt"), &lines.join("\n"));
        let values: Vec<String> =
            theta.iter().enumerate().map(|(k, t)| format!("--param=t{k}={t}")).collect();
        let exact: Vec<f64> =
            case["gradient"].as_array().unwrap().iter().map(|g| g.as_f64().unwrap()).collect();
        for (method, tolerance) in [("adjoint", 1e-9), ("shift", 1e-9), ("finite-difference", 1e-6)]
        {
            let mut args =
                vec!["grad", circuit.path(), "--observable", observable.path(), "--method", method];
            args.extend(values.iter().map(String::as_str));
            let document = json(&args);
            assert_eq!(document["method"], method);
            let value = document["observables"][0]["value"].as_f64().unwrap();
            assert!((value - case["value"].as_f64().unwrap()).abs() < 1e-9, "{number} {method}");
            let found = derivatives(&document, 0, "derivative");
            assert_eq!(found.len(), exact.len());
            for (a, b) in found.iter().zip(&exact) {
                assert!((a - b).abs() < tolerance, "{number} {method}: {found:?} {exact:?}");
            }
        }
    }
}

const ROTATIONS: [&str; 4] =
    ["grad", "circuits/rotations.qasm", "--param=theta=0.4", "--param=phi=1.1"];

#[test]
fn several_observables_have_names_beside_numbers() {
    let shown = text(
        &ketlab(&[&ROTATIONS[..], &["--observable", "Z0", "--observable", "-1 X1"]].concat())
            .stdout,
    );
    for part in ["⟨Z0⟩", "⟨-1 X1⟩", "d/d theta", "d/d phi", "0.4", "1.1", "exact"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let document =
        json(&[&ROTATIONS[..], &["--observable", "Z1", "--observable", "0.5 Z1"]].concat());
    // Z of qubit 1 is cos θ cos φ: CX copies, RX turns.
    let (theta, phi) = (0.4f64, 1.1f64);
    let wanted = [-theta.sin() * phi.cos(), -theta.cos() * phi.sin()];
    for (row, factor) in [(0, 1.0), (1, 0.5)] {
        for (found, wanted) in derivatives(&document, row, "derivative").iter().zip(wanted) {
            assert!((found - factor * wanted).abs() < 1e-12);
        }
    }
    assert_eq!(document["params"][0]["name"], "theta");
    assert_eq!(document["format"], "ketlab.gradient");
    // Without --shots nothing is estimated.
    assert!(document["observables"][0].get("standard_error").is_none());
}

/// Over seeds, the errors of estimates in units of their standard errors have variance 1.
#[test]
fn shots_come_with_errors_that_are_right() {
    let runs = 60;
    let (mut squares, mut count) = (0.0, 0.0);
    for seed in 0..runs {
        let seed = format!("--seed={seed}");
        let args =
            [&ROTATIONS[..], &["--observable", "Z0 + 0.5 X1", "--shots", "400", &seed]].concat();
        let document = json(&args);
        let observable = &document["observables"][0];
        let of = |key: &str| observable[key].as_f64().unwrap();
        let mut scores = vec![(of("value") - of("exact_value")) / of("standard_error")];
        let found = derivatives(&document, 0, "derivative");
        let (exact, errors) =
            (derivatives(&document, 0, "exact"), derivatives(&document, 0, "standard_error"));
        scores.extend((0..2).map(|k| (found[k] - exact[k]) / errors[k]));
        squares += scores.iter().map(|z| z * z).sum::<f64>();
        count += scores.len() as f64;
        let shots = document["shots"]["total"].as_u64().unwrap();
        // 4 angles, 8 shifted circuits and the value itself; shares are rounded down.
        assert!(shots <= 9 * 400 && shots > 8 * 400, "{shots}");
    }
    // Five standard deviations of a mean square of that many normal numbers, were they independent.
    assert!((squares / count - 1.0).abs() < 5.0 * f64::sqrt(2.0 / count), "{}", squares / count);
    let twice: Vec<Vec<u8>> = (0..2)
        .map(|k| {
            let threads = format!("--threads={}", k + 1);
            ketlab(&[&ROTATIONS[..], &["--observable", "Z0", "--shots", "1e3", &threads]].concat())
                .stdout
        })
        .collect();
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn inputs_that_shape_the_circuit_take_their_values() {
    let program = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput int n;\ninput float theta;\n\
                   qubit q;\nfor int i in [1:n] { ry(theta) q; }\n";
    let file = Scratch::new("loop.qasm", program);
    let args = ["grad", file.path(), "--observable", "Z0", "--param=theta=0.3", "--param=n=3"];
    let document = json(&args);
    assert_eq!(document["params"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&document["constants"][0]["name"], &document["constants"][0]["value"]),
        (&"n".into(), &3.0.into())
    );
    assert!(text(&ketlab(&args).stderr).contains("`n` is the constant 3, without a derivative"));
    let found = derivatives(&document, 0, "derivative");
    assert!((found[0] + 3.0 * f64::sin(0.9)).abs() < 1e-12, "{found:?}");
}

/// Angles that are products of inputs, as in Qiskit's ZZ feature map: the chain rule is applied, and
/// differences agree.
#[test]
fn products_of_inputs_are_differentiated_by_the_inputs() {
    let program = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput float x0;\ninput float x1;\n\
                   qubit[2] q;\nh q;\np(2*x0) q[0];\np(2*x1) q[1];\ncx q[0], q[1];\n\
                   p(2*(pi - x0)*(pi - x1)) q[1];\ncx q[0], q[1];\nh q;\n";
    let file = Scratch::new("zz.qasm", program);
    let args = ["grad", file.path(), "--observable=Z0", "--param=x1=0.4", "--param=x0=0.3"];
    let of = |method: &str| {
        let document = json(&[&args[..], &["--method", method]].concat());
        assert_eq!(document["params"][0]["name"], "x0");
        assert_eq!(document["params"][1]["value"], 0.4);
        assert_eq!(document["constants"], Value::Array(vec![]));
        derivatives(&document, 0, "derivative")
    };
    let (adjoint, shift, difference) = (of("adjoint"), of("shift"), of("finite-difference"));
    assert_eq!(adjoint.len(), 2);
    for k in 0..2 {
        assert!((adjoint[k] - shift[k]).abs() < 1e-10 && adjoint[k].abs() > 1e-3);
        assert!((adjoint[k] - difference[k]).abs() < 1e-6, "{adjoint:?} {difference:?}");
    }
    let plan = ketlab(&["plan", file.path(), "--reps", "1"]);
    assert!(plan.status.success(), "{}", text(&plan.stderr));
    let vqe = json(&["vqe", "Z0 Z1 + 0.5 X0", "--ansatz", file.path()]);
    assert_eq!(vqe["num_params"], 2);
}

#[test]
fn what_is_wrong_is_said() {
    let fixed = Scratch::new("fixed.qasm", "OPENQASM 3.0;\nqubit q;\nU(1, 2, 3) q;\n");
    let middle = Scratch::new(
        "middle.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput float t;\nqubit q;\nbit c;\nry(t) q;\n\
         c = measure q;\nif (c) x q;\n",
    );
    let rotations = "circuits/rotations.qasm";
    for (args, wanted) in [
        (vec![rotations, "--observable", "Z0"], "`theta` has no value, nor has `phi`"),
        (vec![rotations, "--observable", "Z0", "--param=phi=1"], "parameter `theta` has no value"),
        (vec![rotations, "--observable", "Z0", "--param=chi=1"], "no parameter `chi`"),
        (vec![rotations, "--observable", "Z2", "--param=phi=1", "--param=theta=1"], "qubit 2"),
        (vec![rotations, "--observable", "Q0", "--param=phi=1", "--param=theta=1"], "found `Q0`"),
        (vec![fixed.path(), "--observable", "Z0"], "no parameters"),
        (vec![middle.path(), "--observable", "Z0", "--param=t=1"], "finite differences take any"),
        (
            vec![rotations, "--observable=Z0", "--param=phi=1", "--param=theta=1", "--shots=1"],
            "shots",
        ),
        (
            vec![rotations, "--observable=Z0", "--shots=9", "--method=adjoint"],
            "--shots with --method adjoint",
        ),
    ] {
        let message = failure(&[&["grad"], &args[..]].concat());
        assert!(message.contains(wanted), "{args:?}: {message}");
    }
    // What the others refuse has a difference.
    let args =
        ["grad", middle.path(), "--observable=Z0", "--param=t=1", "--method=finite-difference"];
    assert!((json(&args)["observables"][0]["value"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(ketlab(&["grad", rotations]).status.code(), Some(2));
}
