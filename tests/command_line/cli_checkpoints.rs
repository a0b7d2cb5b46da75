//! Checkpoints of the program: another problem's are refused, none is replaced, none is needed to
//! see a result.

use crate::common::reference;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn ketlab(folder: &Path, args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ketlab"));
    program.current_dir(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Its standard error; it must have failed with exit code 1.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = ketlab(folder, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn printed(folder: &Path, args: &[&str]) -> String {
    let output = ketlab(folder, args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("ketlab-checkpoints-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.0.join(name), content).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Two files whose molecules have one name (`reported/README.md`).
#[test]
fn another_hamiltonian_of_the_same_name_is_refused() {
    let (Some(first), Some(second)) =
        (reference("reported/checkpoint_first.json"), reference("reported/checkpoint_second.json"))
    else {
        return;
    };
    let folder = Folder::new("hamiltonian");
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let kept = ["--checkpoint", "c.json"];
    printed(&folder.0, &[&["vqe", first], &kept[..]].concat());
    let message = refused(&folder.0, &[&["vqe", second, "--resume"], &kept[..]].concat());
    assert!(message.contains("the checkpoint's observable"), "{message}");
    // Alone it finds its own.
    let alone = printed(&folder.0, &["vqe", second, "--json"]);
    let alone: serde_json::Value = serde_json::from_str(&alone).unwrap();
    let energy = alone["states"][0]["energy"].as_f64().unwrap();
    assert!((energy - 0.1519291363).abs() < 1e-9, "{energy}");
}

#[test]
fn what_decides_the_answer_of_vqe_is_what_a_checkpoint_belongs_to() {
    let folder = Folder::new("vqe");
    let base = ["vqe", "h2_0.735", "--ansatz", "real-amplitudes", "--optimizer", "adam"];
    let kept = ["--max-iterations", "5", "--checkpoint", "c.json"];
    printed(&folder.0, &[&base[..], &kept].concat());
    let before = std::fs::read(folder.0.join("c.json")).unwrap();
    let resumed = |other: &[&str]| {
        let args = ["vqe", "h2_0.735", "--checkpoint", "c.json", "--resume"];
        refused(&folder.0, &[&args[..], other].concat())
    };
    let ansatz = ["--ansatz", "real-amplitudes"];
    let adam = ["--optimizer", "adam"];
    for (other, what) in [
        ([&ansatz[..], &adam, &["--penalty", "1"]].concat(), "observable"),
        ([&ansatz[..], &adam, &["--layers", "3"]].concat(), "number of parameters"),
        ([&ansatz[..], &adam, &["--seed", "1"]].concat(), "start"),
        ([&["--ansatz", "efficient-su2"][..], &adam].concat(), "number of parameters"),
        ([&ansatz[..], &["--optimizer", "lbfgs"]].concat(), "method"),
    ] {
        let message = resumed(&other);
        assert!(message.contains(&format!("the checkpoint's {what} is")), "{other:?}: {message}");
        assert!(message.contains("c.json"), "{message}");
    }
    // Nor is it replaced by whoever forgets to resume.
    for other in ["adam", "lbfgs"] {
        let args = ["vqe", "h2_0.735", "--optimizer", other, "--checkpoint", "c.json"];
        let message = refused(&folder.0, &args);
        assert!(message.contains("the file exists") && message.contains("--resume"), "{message}");
    }
    assert_eq!(std::fs::read(folder.0.join("c.json")).unwrap(), before);
    folder.write("notes.txt", "mine");
    for resume in [&[][..], &["--resume"]] {
        let args = ["vqe", "h2_0.735", "--checkpoint", "notes.txt"];
        let message = refused(&folder.0, &[&args[..], resume].concat());
        assert!(message.contains("not a checkpoint"), "{message}");
    }
    assert_eq!(std::fs::read(folder.0.join("notes.txt")).unwrap(), b"mine");
}

#[test]
fn a_graph_of_the_same_name_and_size_is_another() {
    let folder = Folder::new("qaoa");
    folder.write("g.txt", "0 1\n1 2\n2 3\n3 0\n");
    let args = ["qaoa", "g.txt", "-p", "2", "--checkpoint", "c.json"];
    printed(&folder.0, &[&args[..], &["--max-iterations", "3"]].concat());
    folder.write("g.txt", "0 1\n1 2\n2 3\n3 1\n");
    let message = refused(&folder.0, &[&args[..], &["--resume"]].concat());
    assert!(message.contains("the checkpoint's observable"), "{message}");
    folder.write("g.txt", "0 1\n1 2\n2 3\n3 0\n");
    for other in [["--warm-start", "0.2"], ["--optimizer", "adam"]] {
        let message = refused(&folder.0, &[&args[..], &["--resume"], &other].concat());
        assert!(message.contains("the checkpoint's"), "{other:?}: {message}");
    }
    // Samples are drawn after the minimization.
    let more = printed(&folder.0, &[&args[..], &["--resume", "--samples", "9"]].concat());
    assert!(more.contains("3 of the iterations were in the checkpoint"), "{more}");
}

/// The account goes on, and the end is where one run ends.
#[test]
fn a_resumed_run_is_the_uninterrupted_one() {
    let folder = Folder::new("account");
    let document = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&printed(&folder.0, args)).unwrap()
    };
    for base in [
        &["vqe", "h2_0.735", "--optimizer", "adam"][..],
        &["vqe", "h2_0.735", "--optimizer", "cobyla"],
        &["qaoa", "g.txt", "-p", "2", "--optimizer", "adam"],
    ] {
        folder.write("g.txt", "0 1\n1 2\n2 3\n3 0\n0 2\n");
        let kept = ["--json", "--checkpoint", "c.json", "--max-iterations"];
        document(&[base, &kept, &["7"]].concat());
        let rest = document(&[base, &kept, &["19", "--resume"]].concat());
        let whole = document(&[base, &["--json", "--max-iterations", "19"]].concat());
        let outcome = |d: &serde_json::Value| match d.get("states") {
            Some(states) => states[0]["outcome"].clone(),
            None => d["outcome"].clone(),
        };
        assert_eq!(outcome(&rest)["resumed_from"], 7, "{base:?}");
        if base.contains(&"adam") {
            assert_eq!(rest["circuits"], whole["circuits"], "{base:?}");
            assert_eq!(outcome(&rest)["x"], outcome(&whole)["x"], "{base:?}");
            assert_eq!(outcome(&rest)["evaluations"], outcome(&whole)["evaluations"]);
        } else {
            assert!(rest["circuits"].as_u64() > Some(20), "{base:?}: {}", rest["circuits"]);
        }
        std::fs::remove_file(folder.0.join("c.json")).unwrap();
    }
    // Nothing is left to do, and that is said.
    let args = ["vqe", "h2_0.735", "--checkpoint", "c.json", "--resume"];
    let first = ketlab(&folder.0, &args);
    assert!(text(&first.stderr).contains("begins anew"), "{}", text(&first.stderr));
    let again = printed(&folder.0, &args);
    assert!(again.contains("the checkpoint was finished: nothing was left to do"), "{again}");
}

#[test]
fn a_curve_belongs_to_its_circuit_and_good_states() {
    let folder = Folder::new("qae");
    folder.write("a.qasm", "OPENQASM 3.0;\nqubit[2] q;\nry(0.8) q[0];\nry(0.6) q[1];\n");
    let kept = ["--repeats", "4", "--checkpoint", "c.jsonl"];
    fn run<'a>(kept: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
        let base = ["qae", "a.qasm", "--methods", "mlae,monte-carlo", "--budgets", "300,900"];
        [&base[..], kept, more].concat()
    }
    let good = ["--good", "q1=1"];
    let whole = printed(&folder.0, &run(&kept, &good));
    let before = std::fs::read(folder.0.join("c.jsonl")).unwrap();
    let again = ketlab(&folder.0, &run(&kept, &[&good[..], &["--resume"]].concat()));
    assert!(text(&again.stderr).contains("nothing was left to do"), "{}", text(&again.stderr));
    let rows = |t: &str| t.lines().filter(|l| l.contains("mlae")).count();
    assert_eq!(rows(&text(&again.stdout)), rows(&whole));
    for (other, what) in [
        (&["--good", "q0=1"][..], "problems"),
        (&["--good", "q1=1", "--kappa", "0.99"], "fidelity of a Grover step"),
        (&["--good", "q1=1", "--alpha", "0.1"], "alpha"),
        (&["--good", "q1=1", "--seed", "3"], "seed"),
        (&["--good", "q1=1", "--full-circuits"], "source"),
    ] {
        let message = refused(&folder.0, &run(&kept, &[other, &["--resume"]].concat()));
        assert!(message.contains(&format!("the checkpoint's {what} is")), "{other:?}: {message}");
    }
    // Another circuit under the same name, with the same amplitude to the last digit.
    folder.write("a.qasm", "OPENQASM 3.0;\nqubit[2] q;\nrx(0.8) q[0];\nry(0.6) q[1];\n");
    let message = refused(&folder.0, &run(&kept, &[&good[..], &["--resume"]].concat()));
    assert!(message.contains("the checkpoint's"), "{message}");
    assert_eq!(std::fs::read(folder.0.join("c.jsonl")).unwrap(), before);
}

/// A file system that is full, as far as this process is concerned: no file may grow.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_no_result() {
    let folder = Folder::new("full");
    let program = env!("CARGO_BIN_EXE_ketlab");
    let limited = |args: &str| {
        let script = format!("trap '' XFSZ; ulimit -f 2; exec {program} {args}");
        Command::new("sh").current_dir(&folder.0).args(["-c", &script]).output().unwrap()
    };
    let vqe = "vqe h4_1.0 --optimizer adam --max-iterations 30 --checkpoint v.json";
    let qae = "qae --amplitude 0.3,0.4,0.5 --methods mlae --budgets 300,900,2700 --repeats 30 \
               --checkpoint q.jsonl";
    folder.write("g.txt", "0 1\n1 2\n2 3\n3 0\n");
    let anneal = "anneal g.txt --method anneal --sweeps 9 --reads 90 --checkpoint a.jsonl";
    for (args, result) in [(vqe, "30 iterations"), (qae, "mlae"), (anneal, "90 reads")] {
        let output = limited(args);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{out}{err}");
        assert!(out.contains(result), "{out}");
        assert!(err.contains("the checkpoint could not be written"), "{err}");
        // What is there is whole: it goes on.
        let resumed =
            ketlab(&folder.0, &args.split_whitespace().chain(["--resume"]).collect::<Vec<_>>());
        assert!(resumed.status.success(), "{}", text(&resumed.stderr));
    }
    let names: Vec<String> = std::fs::read_dir(&folder.0)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
}
