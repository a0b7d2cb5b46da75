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
    std::env::temp_dir().join(format!("ketlab-training-{}-{name}", std::process::id()))
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

/// -√(1 + ¼) is the lowest eigenvalue of Z⊗Z + ½ X⊗1: the terms anticommute.
const LOWEST: f64 = -1.118033988749895;

#[test]
fn own_hamiltonians_have_ground_states() {
    let energy = |document: &Value| document["states"][0]["energy"].as_f64().unwrap();
    let forms = [
        ("sum.txt", "# two spins\n1.0 Z0 Z1 // coupling\n0.5 X0\n"),
        ("qiskit.py", "[('ZZ', (1+0j)), ('IX', (0.5+0j))]"),
        ("openfermion.txt", "(0.5+0j) [X0] +\n(1+0j) [Z0 Z1]"),
        (
            "ours.json",
            r#"{"format":"ketlab.pauli_sum","version":1,"terms":[["Z0 Z1",1.0],["X0",0.5]]}"#,
        ),
    ];
    let files: Vec<String> = forms.iter().map(|(name, content)| written(name, content)).collect();
    for problem in files.iter().map(String::as_str).chain(["Z0 Z1 + 0.5 X0", "-0.5 IX - ZZ"]) {
        let document = json(&["vqe", problem, "--json"]);
        assert!((energy(&document) - LOWEST).abs() < 1e-8, "{problem}: {document}");
        assert_eq!(document["ansatz"], "real-amplitudes");
        assert_eq!((&document["num_electrons"], &document["num_qubits"]), (&0.into(), &2.into()));
        assert!(document["states"][0]["mean_electrons"].is_null());
    }
    files.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    let shown = text(&ketlab(&["vqe", "Z0 Z1 + 0.5 X0"]).stdout);
    assert!(!shown.contains("hartree") && !shown.contains("electron"), "{shown}");
    assert!(shown.contains("read as terms, 2 terms") && shown.contains("-1.11803398"), "{shown}");
    // An odd number of Y makes the matrix complex.
    let complex = json(&["vqe", "Y0 + 0.5 Z0", "--json"]);
    assert_eq!(complex["ansatz"], "efficient-su2");
    assert!((energy(&complex) - LOWEST).abs() < 1e-8);
}

/// A multiple of the identity has one level, which every state has.
#[test]
fn constants_have_their_value() {
    for (sum, level) in [("2.5", 2.5), ("-0.5 I", -0.5), ("0 Z0", 0.0)] {
        let document = json(&["vqe", sum, "--states", "2", "--json"]);
        for state in document["states"].as_array().unwrap() {
            assert_eq!(state["energy"], level, "{sum}: {document}");
        }
    }
}

#[test]
fn an_ansatz_is_a_circuit_of_ones_own() {
    let program = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput float a;\ninput float b;\n\
                   qubit[2] q;\nry(a) q[0];\ncx q[0], q[1];\nry(b) q[0];\n";
    let file = written("ansatz.qasm", program);
    let document = json(&["vqe", "Z0 Z1 + 0.5 X0", "--ansatz", &file, "--json"]);
    assert_eq!((&document["ansatz"], &document["num_params"]), (&Value::from(&*file), &2.into()));
    assert!((document["states"][0]["energy"].as_f64().unwrap() - LOWEST).abs() < 1e-8);
    // A value for one leaves the other: min over b of cos b + ½ sin b at a = 0.
    let bound = json(&["vqe", "Z0 Z1 + 0.5 X0", "--ansatz", &file, "--param", "a=0", "--json"]);
    assert_eq!(bound["num_params"], 1);
    assert!((bound["states"][0]["energy"].as_f64().unwrap() - LOWEST).abs() < 1e-8);
    let measures = written("measures.qasm", &(program.to_string() + "bit c;\nc = measure q[0];\n"));
    let fixed =
        written("fixed.qasm", "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nh q;\n");
    let json_circuit = "circuits/ansatz_4.json";
    for (args, wanted) in [
        (vec!["Z0 Z1", "--ansatz", &measures], "measures"),
        (vec!["Z0 Z1", "--ansatz", &fixed], "no free parameters"),
        (vec!["Z0 Z1", "--ansatz", json_circuit], "4 qubits, the Hamiltonian 2"),
        (vec!["Z0 Z1 Z5", "--ansatz", &file], "2 qubits, the Hamiltonian 6"),
        (vec!["Z0 Z1", "--ansatz", "no.qasm"], "no.qasm"),
        (vec!["Z0 Z1", "--ansatz", "uccsd"], "has none"),
        (vec!["Z0 Z1", "--param", "a=0"], "--ansatz FILE"),
    ] {
        let message = failure(&[&["vqe"], &args[..]].concat());
        assert!(message.contains(wanted), "{args:?}: {message}");
    }
    assert!(ketlab(&["vqe", "Z0 Z1 + 0 I3", "--ansatz", json_circuit]).status.success());
    let unknown = ketlab(&["vqe", "Z0", "--ansatz", "uccs"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("uccsd"), "{}", text(&unknown.stderr));
    [file, measures, fixed].iter().for_each(|file| std::fs::remove_file(file).unwrap());
}

#[test]
fn shots_find_ground_states_and_say_how_well() {
    let args = ["vqe", "Z0 Z1 + 0.5 X0", "--shots", "500", "--max-iterations", "150", "--json"];
    let document = json(&args);
    let state = &document["states"][0];
    let of = |value: &Value| value.as_f64().unwrap();
    assert_eq!(document["optimizer"], "spsa");
    assert!(
        of(&state["energy"]) >= LOWEST - 1e-9 && of(&state["energy"]) < LOWEST + 0.05,
        "{state}"
    );
    let estimate = &state["estimate"];
    let error = of(&estimate["standard_error"]);
    assert!((of(&estimate["value"]) - of(&state["energy"])).abs() < 5.0 * error && error > 0.0);
    // Two values an iteration, one at the start, one of the last point, and the fresh one; two
    // groups, among which shares of shots are rounded down.
    let (total, most) = (document["shots"]["total"].as_u64().unwrap(), 500 * (2 * 150 + 3));
    assert!(total <= most && total >= most - 2 * 303, "{total} of {most}");
    let adam = json(&[&args[..], &["--optimizer", "adam"]].concat());
    // 6 angles have 12 shifted circuits.
    assert!(adam["shots"]["total"].as_u64().unwrap() > 150 * 12 * 480);
    // The same seed, the same bits; another seed, others.
    let params = |more: &[&str]| json(&[&args[..], more].concat())["states"][0]["params"].clone();
    assert_eq!(params(&["--threads", "1"]), params(&["--threads", "2"]));
    assert_ne!(params(&["--seed", "1"]), params(&["--seed", "2"]));
    let shown = text(&ketlab(&args[..6]).stdout);
    assert!(
        shown.contains("fresh shots") && shown.contains("exactly at these parameters"),
        "{shown}"
    );

    // A penalty is minimized and no part of the energy, measured or exact.
    let penalty = json(&[
        "vqe",
        "heh+_1.0",
        "--ansatz=real-amplitudes",
        "--penalty=5",
        "--shots=2000",
        "--max-iterations=0",
        "--json",
    ]);
    let state = &penalty["states"][0];
    let error = of(&state["estimate"]["standard_error"]);
    assert!(
        (of(&state["estimate"]["value"]) - of(&state["energy"])).abs() < 5.0 * error,
        "{state}"
    );

    let qaoa = ["qaoa", "circuits/graphs/petersen.txt", "--shots", "200", "--max-iterations", "60"];
    let document = json(&[&qaoa[..], &["--json"]].concat());
    let exact = of(&document["expectation"]);
    assert!(exact < -15.0 * 0.66, "{exact}");
    let estimate = &document["estimate"];
    let error = of(&estimate["standard_error"]);
    assert!((of(&estimate["value"]) - exact).abs() < 5.0 * error && error > 0.0);
    assert_eq!(document["shots"]["per_estimate"], 200);
    let shown = text(&ketlab(&qaoa).stdout);
    assert!(shown.contains("fresh shots") && shown.contains("shots in all"), "{shown}");
    for (args, wanted) in [
        (vec!["vqe", "Z0", "--shots", "100", "--optimizer", "lbfgs"], "spsa (the default)"),
        (vec!["vqe", "Z0", "--shots", "100", "--states", "2"], "overlaps"),
        (vec!["vqe", "h2_0.735", "--shots", "100", "--ansatz", "adapt"], "exact derivatives"),
        (vec!["vqe", "Z0 + X0", "--shots", "5"], "groups"),
        (vec!["qaoa", "circuits/graphs/petersen.txt", "--ansatz", "a.qasm"], "ketlab vqe"),
    ] {
        let message = failure(&args);
        assert!(message.contains(wanted), "{args:?}: {message}");
    }
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
fn qaoa_reads_files_by_what_they_say() {
    let path = "6 4\n1 2\n2 3\n3 4\n4 5\n";
    let bits = "0 0 1\n1 1 -3\n0 1 2\n";
    let licensed = format!("{}# vartype=BINARY\n{bits}", "# of a licence\n".repeat(12));
    let model = r#"{"format":"ketlab.ising","version":1,"h":[0.5,0],"j":[[0,1,-1]],"offset":3}"#;
    let symmetric = "%%MatrixMarket matrix coordinate real symmetric";
    let matrix = format!("{symmetric}\n4 4 3\n2 1 1\n3 2 1\n3 1 1\n");
    let bqpjson = r#"{"version": "1.0.0", "id": 0, "variable_ids": [7, 3], "variable_domain": "boolean",
        "scale": 2, "offset": 0, "linear_terms": [{"id": 3, "coeff": -3}, {"id": 7, "coeff": 1}],
        "quadratic_terms": [{"id_tail": 3, "id_head": 7, "coeff": 2}], "metadata": {}}"#;
    let dimod = r#"{"type": "BinaryQuadraticModel", "version": {"bqm_schema": "3.0.0"}, "offset": 0,
        "use_bytes": false, "num_variables": 2, "num_interactions": 1, "variable_labels": ["a", "b"],
        "variable_type": "SPIN", "linear_biases": [0.5, 0], "quadratic_biases": [-1],
        "quadratic_head": [0], "quadratic_tail": [1], "info": {}}"#;
    let qubo = r#"{"format":"ketlab.qubo","version":1,"linear":[1,-2],"quadratic":[],"offset":0}"#;
    let encoded = format!(r#"{{"format":"ketlab.encoded","version":1,"model":{qubo},"kind":"x"}}"#);
    // Energies of cuts are minus the cut: paths and even rings are bipartite, a triangle cuts two.
    for (name, content, problem, spins, energy) in [
        ("path.gset", path, "maxcut", 6, -4.0),
        ("edgeless.gset", "3 0\n", "maxcut", 3, 0.0),
        ("edgeless.txt", "3 0\n", "maxcut", 3, 0.0),
        ("zero.gset", "3 2\n1 2 0\n2 3 0\n", "maxcut", 3, 0.0),
        ("zero.coo", "0 0 0\n0 1 0\n", "ising", 2, 0.0),
        ("prose.coo", "# BINARY problems have another vartype\n0 0 1\n0 1 2\n", "ising", 2, -3.0),
        ("licence.coo", &licensed, "qubo", 2, -3.0),
        ("header.txt", &format!("{bits}#vartype: binary\n"), "qubo", 2, -3.0),
        ("model.json", model, "ising", 2, 1.5),
        ("model.txt", model, "ising", 2, 1.5),
        ("ring.csv", "source,target\n1,2\n2,3\n3,4\n4,1\n", "maxcut", 4, -4.0),
        ("triangle.col", "c three\np edge 3 3\ne 1 2\ne 2 3\ne 1 3\n", "maxcut", 3, -2.0),
        ("matrix.mtx", &matrix, "maxcut", 4, -2.0),
        ("sum.txt", "Z0 Z1 + 0.5 Z0\n", "ising", 2, -1.5),
        ("text.ising", "2\n0 1 1\n0 0.5\n", "ising", 2, -1.5),
        ("bqp.json", bqpjson, "qubo", 2, -6.0),
        ("plain.json", dimod, "ising", 2, -1.5),
        ("encoded.json", &encoded, "qubo", 2, -2.0),
        ("returns.edges", "# lost?\r0 1\r1 2\r2 0\r", "maxcut", 3, -2.0),
    ] {
        let file = written(name, content);
        let document = json(&["qaoa", &file, "--samples", "20", "--json"]);
        let found = (&document["problem"], &document["num_spins"], &document["ground_energy"]);
        assert_eq!(found, (&problem.into(), &spins.into(), &energy.into()), "{name}");
        std::fs::remove_file(file).unwrap();
    }
    for (name, content, more, wanted) in [
        ("either.txt", path, vec![], "name the file .gset for the first or .edges"),
        ("far.txt", "10 20\n20 30\n30 10\n30 7\n", vec![], "0 to 6, 8, 9, 11 to 19, 21 to 29"),
        ("far.coo", "7 7 1\n7 9 1\n", vec![], "0 to 6, 8"),
        ("short.gset", "6 4\n1 2\n2 3\n", vec![], "expected 4 edges, but found 2"),
        ("wanted.json", model, vec!["--problem", "maxcut"], "--problem maxcut says what"),
        ("wanted.coo", "# vartype=BINARY\n0 1 1\n", vec!["--problem", "ising"], "a QUBO (bits)"),
        ("asks.ising", "4\n1 2 1\n2 3 1\n", vec![], "add the line `# first=0` or `# first=1`"),
        ("text.edges", "3\n0 1 1\n1 2 1\n0 1\n", vec![], "read from files named `.ising`"),
        ("sense.qubo", "MINIMIZE\n2 1\n0 1 1\n", vec![], "Quantagonia"),
        ("bytes.json", &dimod.replace("false", "true"), vec![], "use_bytes=False"),
        ("three.tsp", "NAME: a\nDIMENSION: 3\n", vec![], "`ketlab encode tsp FILE -o tour.json`"),
        ("graph.gml", "graph [\n node [ id 0 ]\n]\n", vec![], ".gset, .rud"),
        ("array.mtx", "%%MatrixMarket matrix array real general\n", vec![], "then `symmetric`"),
        ("flow.txt", "p max 3 2\na 1 2 1\n", vec![], "`max` are not graphs"),
        ("empty.gset", "0 0\n", vec![], "nothing to optimize"),
        ("huge.gset", "2 1\n1 2 1e300\n", vec![], "divide all by one number"),
        ("huge.coo", "0 0 1e308\n1 1 1e308\n0 1 1e308\n", vec![], "|couplings|"),
    ] {
        let file = written(name, content);
        let message = failure(&[&["qaoa", &file][..], &more].concat());
        assert!(message.contains(wanted), "{name}: {message}");
        for function in ["from_", "::parse", "::read"] {
            assert!(!message.contains(function), "{name}: {message}");
        }
        std::fs::remove_file(file).unwrap();
    }
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
        (vec!["vqe", "README.md"], "README.md"),
        (vec!["vqe", "unobtainium"], "h2_0.735"),
        (vec!["vqe", "Z0 + Q1"], "found `Q1`"),
        (vec!["vqe", "Z0\nX1"], "a line break between factors"),
        (vec!["vqe", "Z0", "--penalty", "1"], "electrons"),
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
