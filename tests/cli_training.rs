//! `ketlab vqe` and `ketlab qaoa`, as a user runs them.

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
    let output = ketlab(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ketlab-{}-{name}", std::process::id()))
}

fn written(name: &str, content: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

fn failure(args: &[&str]) -> String {
    let output = ketlab(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

#[test]
fn vqe_finds_the_ground_state_and_draws_it() {
    let picture = scratch("h2.svg");
    let file = "circuits/molecules/h2_0.735.json";
    let document = json(&["vqe", file, "--plot", picture.to_str().unwrap(), "--json"]);
    let state = &document["states"][0];
    let fci = document["fci"].as_f64().unwrap();
    assert!((state["energy"].as_f64().unwrap() - fci).abs() < 1e-6);
    assert_eq!(state["within_chemical_accuracy"], true);
    assert_eq!((&document["num_params"], &document["interrupted"]), (&3.into(), &false.into()));
    assert!((state["mean_electrons"].as_f64().unwrap() - 2.0).abs() < 1e-9);
    let svg = std::fs::read_to_string(&picture).unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.contains("hartree") && svg.contains("exact gradients"));
    std::fs::remove_file(picture).unwrap();

    let shown = text(&ketlab(&["vqe", "lih_cas23_1.546", "--ansatz", "adapt"]).stdout);
    assert!(shown.contains("within chemical accuracy"), "{shown}");
    let shown = text(&ketlab(&["vqe", "heh+_1.0", "--ansatz", "real-amplitudes"]).stdout);
    assert!(shown.contains("electrons: another ion may be lower"), "{shown}");
    let levels = json(&["vqe", "h2_0.735", "--states", "2", "--json"]);
    let energy = |k: usize| levels["states"][k]["energy"].as_f64().unwrap();
    assert!(energy(1) > energy(0) + 0.1);
}

#[test]
fn qaoa_cuts_graphs_and_lowers_energies() {
    let petersen = json(&["qaoa", "circuits/graphs/petersen.txt", "--json"]);
    assert_eq!(petersen["ground_energy"], -12.0);
    // No triangles, 3-regular: 0.6925 of 15 edges.
    assert!((petersen["expectation"].as_f64().unwrap() + 15.0 * 0.692450).abs() < 1e-3);
    assert_eq!(petersen["best_sample"]["energy"], -12.0);
    assert!(petersen["classical"]["evaluations"].as_u64().unwrap() <= 1024);
    let sk = "circuits/graphs/sherrington_kirkpatrick_10.coo";
    let document = json(&["qaoa", sk, "-p", "2", "--json"]);
    assert_eq!(
        (&document["problem"], &document["ground_energy"]),
        (&"ising".into(), &(-19.0).into())
    );
    let interp =
        json(&["qaoa", "circuits/graphs/petersen.txt", "-p", "3", "--start", "interp", "--json"]);
    let ratios: Vec<f64> =
        interp["ratio_by_layers"].as_array().unwrap().iter().map(|r| r.as_f64().unwrap()).collect();
    assert!(ratios.len() == 3 && ratios.is_sorted(), "{ratios:?}");
    let picture = scratch("landscape.png");
    let path = picture.to_str().unwrap();
    assert!(ketlab(&["qaoa", "circuits/graphs/petersen.txt", "--plot", path]).status.success());
    assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    std::fs::remove_file(picture).unwrap();
}

#[test]
fn a_checkpoint_is_of_one_problem() {
    let file = scratch("checkpoint.json");
    let path = file.to_str().unwrap();
    let run = |molecule: &str, more: &[&str]| {
        let args = ["vqe", molecule, "--optimizer", "adam", "--checkpoint", path];
        ketlab(&[&args[..], more].concat())
    };
    assert!(run("h2_0.735", &["--max-iterations", "5"]).status.success());
    let resumed = run("h2_0.735", &["--max-iterations", "9", "--resume"]);
    assert!(text(&resumed.stdout).contains("9 iterations"), "{}", text(&resumed.stdout));
    let other = run("h2_0.9", &["--resume"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("checkpoint"), "{}", text(&other.stderr));
    std::fs::remove_file(Path::new(path)).unwrap();
}

#[test]
fn what_is_wrong_is_said() {
    let loops = written("loop.txt", "0 1\n2 2\n");
    let negative = written("negative.txt", "0 -1\n");
    let far = written(
        "far.json",
        r#"{"name": "far", "n_qubits": 2, "n_electrons": 1, "terms": [["Z5", 1.0]]}"#,
    );
    let nan = written(
        "nan.json",
        r#"{"name": "nan", "n_qubits": 2, "n_electrons": 1, "terms": [["Z0", null]]}"#,
    );
    let petersen = "circuits/graphs/petersen.txt";
    for (args, wanted) in [
        (vec!["qaoa", &loops], "joins a vertex to itself"),
        (vec!["qaoa", &negative], "out of range"),
        (vec!["qaoa", "no such file"], "no such file"),
        (vec!["qaoa", petersen, "--plot", "picture.pdf"], ".svg, .png"),
        (vec!["qaoa", petersen, "-p", "9", "--start", "fixed"], "INTERP"),
        (vec!["qaoa", petersen, "--warm-start", "0.9"], "(0, 0.5]"),
        (vec!["qaoa", petersen, "--samples", "0"], "samples"),
        (vec!["qaoa", petersen, "--gradient-tolerance", "nan"], "NaN"),
        (vec!["vqe", &far], "5"),
        (vec!["vqe", &nan], "nan.json"),
        (vec!["vqe", "README.md"], "JSON"),
        (vec!["vqe", "unobtainium"], "h2_0.735"),
        (vec!["vqe", "h2_0.735", "--ansatz", "k-upccgsd", "--layers", "0"], "layers"),
        (vec!["vqe", "h2_0.735", "--penalty=-1"], "positive"),
    ] {
        let message = failure(&args);
        assert!(message.contains(wanted), "{args:?}: {message}");
    }
    for file in [loops, negative, far, nan] {
        std::fs::remove_file(file).unwrap();
    }
    let unknown = ketlab(&["vqe", "h2_0.735", "--optimizer", "magic"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("rotosolve"));
}
