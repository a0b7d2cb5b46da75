//! `ketlab boltzmann`, as a user runs it.

use crate::folder::Folder;
use serde_json::Value;

const AMIN: &str = "bernoulli:4:4,7,2,2:0.9";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn near(a: &Value, b: f64, tolerance: f64) {
    assert!((number(a) - b).abs() < tolerance, "{a} and {b}");
}

#[test]
fn a_machine_is_trained_sampled_and_judged() {
    let folder = Folder::of("boltzmann", "whole");
    let trained = folder.json(&["train", AMIN, "-o", "machine.json", "--plot", "learning.svg"]);
    near(&trained["kl"], 0.00365187, 1e-7);
    near(&trained["classical"]["kl"], 0.00991131, 1e-7);
    let sum = number(&trained["kl"]) + number(&trained["data_entropy"]);
    near(&trained["negative_log_likelihood"], sum, 1e-12);
    assert_eq!(trained["parameters"].as_object().unwrap().len(), 11);
    assert_eq!(trained["classical"]["parameters"].as_object().unwrap().len(), 10);
    assert!(trained["classical_hidden"]["num_parameters"].as_u64() >= Some(11));
    let last = trained["history"].as_array().unwrap().last().unwrap();
    near(&last["kl"], number(&trained["kl"]), 1e-9);
    // One hidden unit does better than a field: no advantage is claimed.
    assert_eq!(trained["verdict"]["advantage"], false);
    near(&trained["verdict"]["gain_over_same_pattern"], 0.00625944, 1e-7);
    assert!(folder.path().join("learning.svg").exists());
    // The file is the document.
    let file = std::fs::read(folder.path().join("machine.json")).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(file["machine"], trained["machine"]);

    let judged = folder.json(&["evaluate", "machine.json", AMIN, "--scores"]);
    near(&judged["kl"], number(&trained["kl"]), 1e-12);
    near(&judged["classical"]["kl"], number(&trained["classical"]["kl"]), 1e-12);
    assert_eq!(judged["history"], trained["history"]);
    assert_eq!(judged["scores"][0]["bits"], "1001");

    for by in ["exact", "path-integral", "anneal"] {
        let drawn = folder.json(&["sample", "machine.json", "--by", by, "--reads", "500"]);
        let rows = drawn["samples"].as_array().unwrap();
        assert_eq!(rows.iter().map(|row| row["count"].as_u64().unwrap()).sum::<u64>(), 500);
        assert!(number(&drawn["beta_effective"]) > 0.0 && number(&drawn["misfit"]) > 0.0);
        let distance = number(&drawn["total_variation"]);
        let noise = number(&drawn["total_variation_noise"]);
        // An anneal ends in the ground state, not in the machine's law.
        assert_eq!(distance < 2.0 * noise, by != "anneal", "{by}: {distance} {noise}");
    }
    let completed = folder.json(&["sample", "machine.json", "--complete", "0?1?"]);
    let rows = completed["samples"].as_array().unwrap();
    assert!(rows.iter().all(|row| {
        let bits = row["bits"].as_str().unwrap().as_bytes();
        bits[0] == b'0' && bits[2] == b'1'
    }));
}

/// The manifest's arguments give the same numbers again, at any number of threads.
#[test]
fn a_manifest_runs_again() {
    let folder = Folder::of("boltzmann", "manifest");
    let first = folder.json(&["train", "bas:2x2", "--hidden", "1", "--box", "3", "--threads", "1"]);
    let list = first["manifest"]["arguments"].as_array().unwrap();
    let arguments: Vec<&str> = list.iter().map(|a| a.as_str().unwrap()).collect();
    assert_eq!(arguments[0], "boltzmann");
    let again = folder.run(&arguments[1..]);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    for key in ["machine", "history", "classical", "kl", "verdict"] {
        assert_eq!(first[key], again[key], "{key}");
    }
    let more = ["train", "bas:2x2", "--hidden", "1", "--box", "3", "--threads", "2"];
    assert_eq!(first["machine"], folder.json(&more)["machine"]);
}

#[test]
fn data_come_from_files_of_every_kind() {
    let folder = Folder::of("boltzmann", "data");
    folder.write("strings.csv", b"bits,count\n0110,3\n1001,1\n");
    folder.write("columns.csv", b"0,1,1,0\n1,0,0,1\n0,1,1,0\n0,1,1,0\n");
    folder.write("counts.json", br#"{"0110": 3, "1001": 1}"#);
    let train = |file: &str| {
        let args = ["train", file, "--model", "bm", "--l2", "0.01", "--restarts", "0"];
        folder.json(&args)["parameters"].clone()
    };
    let reference = train("strings.csv");
    assert_eq!(train("columns.csv"), reference);
    assert_eq!(train("counts.json"), reference);
    let apart = folder.json(&["train", "strings.csv", "--test-fraction", "0.25", "--box", "3"]);
    assert_eq!(apart["held_out"]["observations"], 1);
    assert!(number(&apart["held_out"]["negative_log_likelihood"]) > 0.0);
    let thermal = ["train", "thermal:0.7:-1.2 Z0 Z1 - 0.4 X0 - 0.4 X1", "--objective"];
    let found = folder.json(&[&thermal[..], &["relative-entropy", "--no-classical"]].concat());
    near(&found["parameters"]["w0_1"], 0.84, 1e-6);
    near(&found["parameters"]["gamma"], 0.28, 1e-6);
}

#[test]
fn restricted_machines_are_trained_by_chains_and_exactly() {
    let folder = Folder::of("boltzmann", "rbm");
    let base = ["train", "bas:2x2", "--model", "rbm", "--hidden", "4", "-o", "rbm.json"];
    for method in ["exact", "contrastive", "persistent", "tempered"] {
        let mut more = vec!["--method", method, "--max-iterations", "200"];
        if method == "exact" {
            more.extend(["--box", "5"]);
        }
        let trained = folder.json(&[&base[..], &more].concat());
        assert!(number(&trained["kl"]) < 0.99, "{method}: {}", trained["kl"]);
        assert!(trained["history"].as_array().unwrap().len() > 10);
    }
    let drawn = folder.json(&["sample", "rbm.json", "--by", "chains", "--sweeps", "200"]);
    assert_eq!(drawn["reads"], 1000);
    let exact = folder.json(&["sample", "rbm.json"]);
    assert!(number(&exact["total_variation"]) < 0.1);
}

#[test]
fn a_training_goes_on_from_its_checkpoint() {
    let folder = Folder::of("boltzmann", "checkpoint");
    let args = ["train", AMIN, "--no-classical", "--restarts", "0", "--checkpoint", "state"];
    let whole = folder.json(&[&args[..5], &["--max-iterations", "30"]].concat());
    folder.json(&[&args[..], &["--max-iterations", "12"]].concat());
    let error = folder.failure(&[&args[..], &["--max-iterations", "30"]].concat());
    assert!(error.contains("state"), "{error}");
    let resumed = folder.json(&[&args[..], &["--max-iterations", "30", "--resume"]].concat());
    assert_eq!(resumed["machine"], whole["machine"]);
    assert_eq!(resumed["history"], whole["history"]);
    assert_eq!(resumed["starts"][0]["resumed_from"], 12);
}

#[test]
fn bad_input_is_refused_with_a_reason() {
    let folder = Folder::of("boltzmann", "bad");
    folder.write("lengths.csv", b"0110\n011\n");
    folder.write("letters.csv", b"0110\n01a0\n");
    folder.write("empty.csv", b"");
    folder.write("other.json", br#"{"format": "ketlab.run", "version": 1}"#);
    folder.write("twenty.csv", format!("{}\n{}\n", "0".repeat(20), "1".repeat(20)).as_bytes());
    let cases: &[(&[&str], &str)] = &[
        (&["train", "lengths.csv"], "line 2"),
        (&["train", "letters.csv"], "`a`"),
        (&["train", "empty.csv"], "empty"),
        (&["train", "nothing.csv"], "no such file"),
        (&["train", "bax:2x2"], "bas"),
        (&["train", "twenty.csv"], "the limit is 14"),
        (&["train", "twenty.csv", "--model", "bm", "--hidden", "9"], "the limit is 26"),
        (&["train", AMIN, "--box", "-1"], "the size of the box"),
        (&["train", AMIN, "--l2", "NaN"], "L2"),
        (&["train", AMIN, "--fix", "delta=1"], "delta"),
        (&["train", AMIN, "--moments", "path-integral"], "bound"),
        (&["train", AMIN, "--moments", "path-integral", "--objective", "bound"], "fix gamma"),
        (&["train", AMIN, "--test-fraction", "0.2"], "observ"),
        (&["train", "thermal:x:Z0"], "inverse temperature"),
        (&["train", "thermal:1:2"], "no qubit"),
        (&["train", "ground:Z0 Z9"], "--state FILE.npy"),
        (&["train", AMIN, "--method", "persistent"], "--model rbm"),
        (&["train", AMIN, "--learning-rate", "0.1"], "for chains"),
        (&["train", AMIN, "--reads", "10"], "path-integral"),
        (&["train", AMIN, "--model", "bm", "--fields", "own"], "no transverse fields"),
        (&["train", AMIN, "--model", "rbm", "--method", "persistent", "--box", "1"], "chains"),
        (&["sample", "other.json"], "ketlab.boltzmann"),
        (&["sample", "letters.csv"], "letters.csv"),
        (&["evaluate", "missing.json", AMIN], "missing.json"),
    ];
    for (args, says) in cases {
        let error = folder.failure(args);
        assert!(error.contains(says), "{args:?}: {error}");
    }
    folder.json(&["train", AMIN, "--no-classical", "-o", "machine.json"]);
    for (args, says) in [
        (&["sample", "machine.json", "--by", "thermal"][..], "path-integral"),
        (&["sample", "machine.json", "--by", "chains"], "rbm"),
        (&["sample", "machine.json", "--complete", "0?"], "4 visible units"),
        (&["sample", "machine.json", "--complete", "0?x1"], "neither 0, 1 nor ?"),
        (&["sample", "machine.json", "--tiles", "3x3", "--plot", "x.svg"], "4 visible units"),
        (&["sample", "machine.json", "--tiles", "2x2"], "--plot"),
        (&["sample", "machine.json", "--complete", "0???", "--by", "anneal"], "--complete"),
        (&["evaluate", "machine.json", "parity:5"], "4 visible units"),
    ] {
        let error = folder.failure(args);
        assert!(error.contains(says), "{args:?}: {error}");
    }
}

#[cfg(feature = "npy")]
#[test]
fn states_that_are_none_are_refused_with_how_far_they_are_off() {
    use ketlab::boltzmann::DensityMatrix;
    let folder = Folder::of("boltzmann", "states");
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, entries: [f64; 4]| {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
        let padded = format!("{header:<117}\n");
        bytes.extend((padded.len() as u16).to_le_bytes());
        bytes.extend(padded.bytes());
        entries.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
        std::fs::write(path(name), bytes).unwrap();
    };
    write("good.npy", [0.75, 0.25, 0.25, 0.25]);
    assert!(DensityMatrix::load_npy(path("good.npy")).is_ok());
    let base = ["--state", "--objective", "relative-entropy", "--no-classical"];
    let trained = folder.json(&[&["train", "good.npy"][..], &base].concat());
    assert!(number(&trained["value"]).abs() < 1e-10);
    for (name, entries, says, off) in [
        ("trace.npy", [0.75, 0.0, 0.0, 0.5], "trace", "1.25"),
        ("hermitian.npy", [0.5, 0.3, 0.1, 0.5], "Hermitian", "2.000e-1"),
        ("negative.npy", [1.25, 0.0, 0.0, -0.25], "eigenvalue", "-0.25"),
    ] {
        write(name, entries);
        let error = folder.failure(&[&["train", name][..], &base].concat());
        assert!(error.contains(says) && error.contains(off), "{name}: {error}");
    }
}
