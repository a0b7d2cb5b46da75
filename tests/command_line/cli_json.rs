//! The JSON documents of the program: all of them say what they are, and docs/cli.md names their
//! keys.

use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// Command lines that end in a document, at least one for each subcommand with `--json`; several
/// where different flags bring different keys.
const EXAMPLES: &[&[&str]] = &[
    &["run", "circuits/bell.qasm", "--shots", "10", "--observable", "Z0", "--probabilities", "all"],
    &["run", "circuits/teleportation.qasm"],
    &["run", "circuits/ghz_1000.qasm"],
    &["run", "circuits/bell.qasm", "--noise", "depolarizing=0.01", "--noise", "readout=0.1"],
    &[
        "run",
        "circuits/bell.qasm",
        "--noise",
        "thermal=100us,80us",
        "--gate-time",
        "1q=35ns,2q=300ns,measure=1us",
        "--method",
        "trajectories",
        "--observable",
        "Z0",
    ],
    &["run", "circuits/bell.qasm", "--device", "invented5"],
    &["run", "circuits/bell.qasm", "--device", "invented127", "--transpile", "--schedule", "asap"],
    &["info", "circuits/ghz_12.qasm", "--device", "invented27", "--transpile"],
    &["device", "invented5", "--circuit", "circuits/bell.qasm"],
    &["info", "circuits/ansatz_4.json"],
    &["info", "circuits/adder_4.qasm", "--noise", "depolarizing-pair=0.01"],
    &["noise", "thermal(t1=100us, t2=80us, t=300ns)", "--choi", "--chi"],
    &["noise", "depolarizing(p=0.01, qubits=12)"],
    &["chip", "transmon", "--ej", "15", "--ec", "0.3"],
    &["chip", "transmon", "--ej", "20", "--ec", "0.3", "--asymmetry", "0.2", "--sweep", "flux"],
    &["chip", "tune", "--frequency", "4.97GHz", "--anharmonicity", "-330MHz"],
    &["info", "circuits/repeat_until_success.qasm"],
    &["chip", "build", "circuits/chips/line3.json"],
    &["chip", "yield", "--lattice", "line3", "--chips", "1000", "--scan", "sigma", "--points", "3"],
    &["chip", "yield", "--pattern", "alternating", "--chips", "100", "--sigma-r", "1%"],
    &["plan", "circuits/ansatz_4.json", "--reps", "1"],
    &["bench", "ghz", "--sizes", "4,1000", "--reps", "1"],
    &["vqe", "h2_0.735"],
    &["vqe", "h2_0.735", "--states", "5", "--restarts", "1"],
    &["vqe", "h2_0.735", "--states", "2", "--excited", "deflation"],
    &["vqe", "h2_0.735", "--states", "2", "--optimizer", "spsa", "--max-iterations", "3"],
    &["vqe", "Z0 Z1 + 0.5 X0", "--shots", "100", "--max-iterations", "3"],
    &["vqe", "Z0 Z1 + 0.5 X0", "--noise", "depolarizing=0.01", "--max-iterations", "3"],
    &["vqe", "Z0 Z1 + 0.5 X0", "--device", "invented5", "--transpile", "--max-iterations", "3"],
    &["grad", "circuits/rotations.qasm", "--observable", "Z0", "--param=theta=1", "--param=phi=2"],
    &[
        "grad",
        "circuits/rotations.qasm",
        "--observable=Z0 + X1",
        "--param=theta=1",
        "--param=phi=2",
        "--method=pauli",
        "--max-terms=2",
    ],
    &[
        "run",
        "circuits/kicked_ising_127.qasm",
        "--param=theta=0.2",
        "--method=pauli",
        "--min-coefficient=0.02",
        "--protect=Z62",
        "--observable=Z62",
    ],
    &[
        "grad",
        "circuits/rotations.qasm",
        "--observable",
        "Z0",
        "--param=theta=1",
        "--param=phi=2",
        "--shots",
        "100",
    ],
    &["qaoa", "circuits/graphs/petersen.txt", "--samples", "10", "--restarts", "1"],
    &["qaoa", "circuits/graphs/petersen.txt", "--shots", "100", "--max-iterations", "3"],
    &[
        "qaoa",
        "circuits/graphs/petersen.txt",
        "--noise",
        "depolarizing=0.001",
        "--trajectories",
        "20",
        "--max-iterations",
        "2",
    ],
    &["qaoa", "circuits/graphs/petersen.txt", "-p", "2", "--start", "interp", "--samples", "10"],
    &["anneal", "circuits/graphs/petersen.txt", "--time", "5", "--reads", "10"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "exact"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "anneal", "--reads", "2"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "tempering", "--reads", "2"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "population", "--population", "20"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "tabu", "--target-energy", "-12"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "descent", "--reads", "2"],
    &["anneal", "circuits/graphs/petersen.txt", "--method", "path-integral", "--reads", "2"],
    &["encode", "max-cut", "circuits/graphs/petersen.txt"],
    &["encode", "tsp", "circuits/problems/tour_6.tsp"],
    &["encode", "colouring", "circuits/graphs/petersen.txt", "--colours", "3"],
    &["encode", "independent-set", "circuits/graphs/petersen.txt"],
    &["encode", "knapsack", "circuits/problems/knapsack.txt"],
    &["encode", "number-partition", "circuits/problems/numbers.txt"],
    &["encode", "sat", "circuits/problems/formula.cnf"],
    &["encode", "portfolio", "circuits/problems/returns.csv", "--assets", "3", "--risk", "2"],
    &["encode", "job-shop", "circuits/problems/job_shop.txt"],
    &["encode", "protein", "HPHPPH"],
    &["decode", "circuits/problems/tour_4.json", "--bits", "100010001"],
    &["decode", "circuits/problems/tour_4.json", "--bits", "000010001"],
    &["anneal", "gap", "circuits/graphs/petersen.txt", "--grid", "3"],
    &["anneal", "tts", "circuits/graphs/petersen.txt", "--times", "1,2,4"],
    &[
        "anneal",
        "compare",
        "circuits/graphs/petersen.txt",
        "--tuning",
        "20000",
        "--budget",
        "50000",
    ],
    &["boltzmann", "train", "bernoulli:3:1,6:0.9", "--restarts", "1", "--max-iterations", "5"],
    &["boltzmann", "train", "bas:2x2", "--model", "rbm", "--box", "4", "--max-iterations", "5"],
    &[
        "boltzmann",
        "train",
        "bas:2x2",
        "--model",
        "rbm",
        "--method",
        "persistent",
        "--max-iterations",
        "20",
    ],
    &["boltzmann", "sample", "circuits/boltzmann/mixture_3.json", "--reads", "100"],
    &["boltzmann", "sample", "circuits/boltzmann/mixture_3.json", "--complete", "1?0"],
    &["boltzmann", "evaluate", "circuits/boltzmann/mixture_3.json", "parity:3", "--scores"],
    &["trainability", "--qubits", "2..4", "--depth", "2,3", "--samples", "10"],
    &["trainability", "--ansatz", "product", "--cost", "local", "--qubits", "1..4"],
    &["trainability", "--depths", "1,2", "--samples", "4", "--layer-noise", "0.01"],
    &["trainability", "--depths", "2", "--samples", "4", "--noise", "depolarizing=0.01"],
    &["trainability", "--expressibility", "--qubits", "2", "--depth", "1,2", "--samples", "50"],
    &["trainability", "--spectrum", "--samples", "5"],
    &[
        "kernel",
        "ad-hoc:30:0.3",
        "--bandwidths",
        "1",
        "--shots",
        "100",
        "--repair",
        "clip",
        "--relabel",
    ],
    &["kernel", "sin:30", "--kind", "projected", "--map", "angle", "--test", "0", "--folds", "2"],
    &["kernel", "ad-hoc:20:0.3", "--no-rivals", "--noise", "depolarizing=0.01"],
    &["advantage", "kernel", "--size", "12"],
    &[
        "advantage",
        "kicked-ising",
        "--observables",
        "z62-9",
        "--angles",
        "2",
        "--min-coefficient",
        "0.01",
    ],
    &["advantage", "order", "--size", "6,17,20,25", "--runs", "20"],
    &["learn", "moons:20", "--layers", "1", "--epochs", "2", "--folds", "2"],
    &["learn", "sin:10", "--model", "angle", "--epochs", "2", "--no-baselines"],
    &["learn", "sin:10", "--layers", "1", "--epochs", "2", "--no-baselines", "--shots", "10"],
    &[
        "learn",
        "blobs:12",
        "--layers",
        "1",
        "--epochs",
        "1",
        "--no-baselines",
        "--probabilities",
        "--noise",
        "depolarizing=0.01",
        "--class-weights",
        "1,2,1",
    ],
    &[
        "chip",
        "readout",
        "--qubit=5GHz",
        "--anharmonicity=-330MHz",
        "--resonator=7GHz",
        "--g=60MHz",
        "--kappa=1MHz",
        "--time=400ns",
        "--points=3",
    ],
    &[
        "chip",
        "cross-resonance",
        "--control=5.1GHz",
        "--target=5GHz",
        "--anharmonicity=-330MHz",
        "--j=2MHz",
        "--drive=30MHz",
        "--t1=100us",
        "--echo",
    ],
    &["advantage", "linear", "--size", "4", "--matrix", "condition:4", "--circuit-qubits", "11"],
    &[
        "advantage",
        "random-circuits",
        "--size",
        "5,6",
        "--samples",
        "400",
        "--gate-errors",
        "sycamore",
        "--error-samples",
        "400",
    ],
    &["predict", "circuits/learning/moons.json", "moons:5"],
    &["qae", "--amplitude", "0.2", "--budgets", "1e3,3e3", "--repeats", "5", "--kappa", "1,0.9"],
    &["qae", "--amplitude", "0.2", "--once", "--budgets", "100", "--noise", "depolarizing=1e-3"],
    &["qae", "--integral", "sine", "--methods", "all", "--budgets", "100", "--repeats", "2"],
    &["qae", "--amplitude", "0.2", "--methods", "all", "--once", "--budgets", "1e3"],
];

/// Maps from data to data, whose keys are no names.
const MAPS: [&str; 11] = [
    "counts",
    "probabilities",
    "outcomes",
    "params",
    "parameters",
    "details",
    "pauli_twirl",
    "reads_by_violation",
    // Of the kinds of `ketlab encode`, whose keys docs/problems.md names.
    "problem",
    "solution",
    // A `ketlab.circuit`, which has a manual of its own.
    "circuit",
];

fn output(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ketlab"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn documents() -> Vec<(String, Value)> {
    let document = |args: &&[&str]| {
        let text = output(&[*args, &["--json"]].concat());
        (args.join(" "), serde_json::from_str(&text).unwrap())
    };
    EXAMPLES.iter().map(document).collect()
}

/// The names in the list of subcommands of one, or of the program; none if it has no such list.
fn subcommands(of: &[&str]) -> Vec<String> {
    let help = output(&[of, &["--help"]].concat());
    let Some(list) = help.split("Commands:\n").nth(1) else { return vec![] };
    let names = list.lines().take_while(|line| !line.is_empty());
    // Descriptions that go on are further in.
    let names = names.filter(|line| !line.starts_with("   "));
    let names = names.map(|line| line.split_whitespace().next().unwrap().into());
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_document_says_what_it_is() {
    let names = subcommands(&[]);
    assert!(names.len() > 8, "{names:?}");
    for name in &names {
        let has_json =
            |command: &[&str]| output(&[command, &["--help"]].concat()).contains("--json");
        let is_here = |command: &[&str]| EXAMPLES.iter().any(|args| args.starts_with(command));
        let mut commands = vec![vec![&name[..]]];
        let parts = subcommands(&[name]);
        // One that is nothing without a part of it.
        if !parts.is_empty() && !has_json(&[name]) {
            commands = parts.iter().map(|part| vec![&name[..], part]).collect();
        }
        for command in commands {
            assert_eq!(
                has_json(&command),
                is_here(&command),
                "`{}`: an example of its document belongs into this test",
                command.join(" ")
            );
        }
    }
    for (command, document) in documents() {
        let keys: Vec<&String> = document.as_object().expect(&command).keys().collect();
        let format = document["format"].as_str().expect(&command);
        assert!(format.starts_with("ketlab."), "{command}: {format}");
        assert!(document["version"].as_u64().is_some_and(|v| v >= 1), "{command}: {keys:?}");
        assert_eq!(document["meta"]["version"], env!("CARGO_PKG_VERSION"), "{command}: {keys:?}");
    }
}

#[test]
fn every_key_is_in_the_manual() {
    let manual = std::fs::read_to_string("docs/cli.md").unwrap();
    // What is said of all documents, and then a section each.
    let sections: Vec<&str> = manual.split("\n### ").collect();
    let quoted = |text: &str| -> BTreeSet<String> {
        text.split('`').skip(1).step_by(2).map(String::from).collect()
    };
    let common = sections[0].split("## JSON documents").nth(1).unwrap();
    let mut formats = BTreeSet::new();
    for (command, document) in documents() {
        let format = document["format"].as_str().unwrap().to_string();
        let heading = format!("`{format}`\n");
        let section = sections.iter().find(|s| s.starts_with(&heading)).expect(&format);
        let named: BTreeSet<String> = quoted(common).union(&quoted(section)).cloned().collect();
        let mut keys = BTreeSet::new();
        collect(&document, &mut keys);
        assert!(keys.len() > 5, "{command}: {keys:?}");
        let missing: Vec<&String> = keys.difference(&named).collect();
        assert!(missing.is_empty(), "{command}: the section of {format} does not name {missing:?}");
        formats.insert(format);
    }
    // And no section is of a document that there is not.
    let described =
        sections[1..].iter().filter_map(|s| s.strip_prefix("`ketlab.")?.split('`').next());
    let described: BTreeSet<String> = described.map(|name| format!("ketlab.{name}")).collect();
    assert_eq!(described, formats);
}

fn collect(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                keys.insert(key.clone());
                // Details of an estimate are numbers by name; those of an experiment are a document.
                let are_data = value.as_object().is_some_and(|map| {
                    MAPS.contains(&key.as_str())
                        && (key != "details" || map.values().all(Value::is_number))
                });
                if !are_data {
                    collect(value, keys);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}
