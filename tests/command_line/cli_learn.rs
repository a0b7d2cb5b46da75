//! `ketlab learn` and `ketlab predict`, as a user runs them.

use crate::folder::{Folder, text};
use serde_json::Value;

/// Where training takes little time.
const QUICK: [&str; 6] = ["--layers", "1", "--epochs", "4", "--no-baselines", "--quiet"];

fn file(folder: &Folder, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.path().join(name)).unwrap()).unwrap()
}

/// Rows of a plane whose class is the sign of a sum, with names.
fn plane(rows: usize) -> String {
    let mut text = String::from("width,height,kind\n");
    for k in 0..rows {
        let (a, b) = ((1.7 * k as f64).sin(), (2.9 * k as f64).cos());
        let kind = if a + 0.5 * b > 0.0 { "high" } else { "low" };
        text += &format!("{a:.6},{b:.6},{kind}\n");
    }
    text
}

/// What decides: all that was found, but not when and by how many threads.
const PARTS: [&str; 8] =
    ["train", "validation", "test", "parameters", "baselines", "history", "split", "manifest"];

fn assert_same(a: &Value, b: &Value) {
    for key in PARTS {
        assert_eq!(a[key], b[key], "{key}");
    }
}

#[test]
fn a_model_is_trained_saved_and_applied() {
    let folder = Folder::new("whole");
    folder.write("rows.csv", plane(40));
    let args = ["learn", "rows.csv", "--layers", "1", "--epochs", "8", "-o", "model.json"];
    let trained = folder.json(&[&args[..], &["--plot", "figure.svg"]].concat());
    // The file is the document.
    let file = file(&folder, "model.json");
    assert_same(&file, &trained);
    assert_eq!(file["model"], trained["model"]);
    assert_eq!(trained["format"], "ketlab.learn");
    assert_eq!(trained["classes"], serde_json::json!(["high", "low"]));
    assert_eq!(trained["data"]["rows"], 40);
    let names: Vec<&str> = trained["baselines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["linear (logistic)", "network (tanh)", "without entanglement"]);
    assert_eq!(trained["verdict"]["on"], "test");
    assert_eq!(trained["verdict"]["rows"], 8);
    let picture = std::fs::read_to_string(folder.path().join("figure.svg")).unwrap();
    for part in ["Decision boundary", "Confusion", "Loss", "best epoch", "kind = low"] {
        assert!(picture.contains(part), "{part}");
    }

    // On the rows that it was judged by, in other columns' places, it is worth the same.
    let rows = plane(40);
    let lines: Vec<&str> = rows.lines().skip(1).collect();
    let mut test = String::from("kind,other,height,width\n");
    for row in trained["split"]["test"].as_array().unwrap() {
        let fields: Vec<&str> = lines[row.as_u64().unwrap() as usize].split(',').collect();
        test += &format!("{},text,{},{}\n", fields[2], fields[1], fields[0]);
    }
    folder.write("test.csv", &test);
    let predicted = folder.json(&["predict", "model.json", "test.csv", "-o", "out.csv"]);
    assert_eq!(predicted["metrics"], trained["test"]);
    assert_eq!(predicted["predictions"].as_array().unwrap().len(), 8);
    let first = &predicted["predictions"][0];
    let p = |name: &str| first["probabilities"][name].as_f64().unwrap();
    assert!((p("high") + p("low") - 1.0).abs() < 1e-12);
    assert_eq!(first["class"], if p("high") >= p("low") { "high" } else { "low" });
    let written = std::fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert!(written.starts_with("kind,probability of high,probability of low\n"), "{written}");
    assert_eq!(written.lines().count(), 9);
    // Without the target there is nothing to judge by.
    folder.write("new.csv", "height,width\n0.5,0.25\n");
    let predicted = folder.json(&["predict", "model.json", "new.csv"]);
    assert_eq!(predicted["metrics"], Value::Null);
    assert!(folder.text(&["predict", "model.json", "new.csv"]).contains("no `kind` to judge by"));
}

#[test]
fn predictions_for_the_training_file_are_the_reports() {
    let folder = Folder::new("training");
    let mut rows = String::from("t,y\n");
    for k in 0..20 {
        rows += &format!("{},{}\n", 0.1 * k as f64, (0.3 * k as f64).sin() * 40.0 + 100.0);
    }
    folder.write("rows.csv", &rows);
    let all = ["learn", "rows.csv", "--target", "y", "--validation", "0", "--test", "0"];
    for more in [&[][..], &["--shots", "50", "--batch-size", "7"]] {
        let trained = folder.json(&[&all[..], &QUICK, &["-o", "m.json"], more].concat());
        assert_eq!((&trained["test"], &trained["verdict"]), (&Value::Null, &Value::Null));
        let predicted = folder.json(&["predict", "m.json", "rows.csv"]);
        assert_eq!(predicted["metrics"], trained["train"]);
        assert!(trained["train"]["mse"].as_f64() > trained["train"]["loss"].as_f64());
    }
    // Exact means are others than those of shots.
    let exact = folder.json(&["predict", "m.json", "rows.csv", "--exact"]);
    assert_ne!(exact["metrics"], folder.json(&["predict", "m.json", "rows.csv"])["metrics"]);
}

#[test]
fn a_document_runs_again_to_the_bit() {
    let folder = Folder::new("again");
    folder.write("rows.csv", plane(30));
    let args = ["learn", "rows.csv", "--layers", "1", "--epochs", "4", "--folds", "2"];
    let one = folder.json(&[&args[..], &["--threads", "1", "-o", "model.json"]].concat());
    let two = folder.json(&[&args[..], &["--threads", "2"]].concat());
    assert_same(&one, &two);
    let again = folder.json(&["learn", "--rerun", "model.json", "--threads", "2"]);
    assert_eq!(again["rerun"]["same"], true);
    assert_same(&one, &again);
    let said = folder.text(&["learn", "--rerun", "model.json"]);
    assert!(said.contains("the same as in model.json, to the bit: train"), "{said}");

    // A number that differs in its last bit is found.
    let mut changed = file(&folder, "model.json");
    let name = changed["parameters"].as_object().unwrap().keys().next().unwrap().clone();
    let value = changed["parameters"][&name].as_f64().unwrap();
    changed["parameters"][&name] = value.next_up().into();
    folder.write("changed.json", changed.to_string());
    let output = folder.run(&["learn", "--rerun", "changed.json", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let again: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(again["rerun"]["same"], false);
    for part in again["rerun"]["parts"].as_array().unwrap() {
        assert_eq!(part["same"], part["name"] != "parameters", "{part}");
    }
    // Other data are refused, with what differs.
    folder.write("rows.csv", plane(29));
    let error = folder.failure(&["learn", "--rerun", "model.json"]);
    assert!(error.contains("data rows 29, not data rows 30"), "{error}");
    folder.write("rows.csv", plane(30).replace("width", "depth"));
    let error = folder.failure(&["learn", "--rerun", "model.json"]);
    assert!(error.contains("width"), "{error}");
}

#[test]
fn built_in_data_noise_and_circuits_of_ones_own_run_again() {
    let folder = Folder::new("choices");
    folder.write(
        "own.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\ninput angle a;\ninput angle w;\nqubit[2] q;\n\
         ry(a) q[0];\ncx q[0], q[1];\nry(w) q[1];\n",
    );
    let own =
        ["learn", "sin:12", "--circuit", "own.qasm", "--data-params", "a", "--observable", "Z1"];
    let noisy = ["learn", "moons:10", "--layers", "1", "--noise", "depolarizing=0.01"];
    let balanced =
        ["learn", "blobs:18", "--model", "angle", "--class-weights", "balanced", "--loss", "hinge"];
    let more = ["--epochs", "3", "--no-baselines", "--seed", "7", "-o", "model.json", "--quiet"];
    for args in [&own[..], &noisy, &balanced] {
        folder.text(&[args, &more].concat());
        let again = folder.json(&["learn", "--rerun", "model.json"]);
        assert_eq!(again["rerun"]["same"], true, "{args:?}");
    }
    let hinge = file(&folder, "model.json");
    assert!(hinge["warnings"].to_string().contains("the loss `hinge`"), "{}", hinge["warnings"]);
    let list = folder.text(&["learn", "--list"]);
    for name in ["reuploading", "zz:", "cross-entropy", "moons[:ROWS[:NOISE]]"] {
        assert!(list.contains(name), "{list}");
    }
}

#[test]
fn a_training_goes_on_from_its_checkpoint() {
    let folder = Folder::new("resume");
    let args = ["learn", "moons:20", "--layers", "1", "--batch-size", "5", "--no-baselines"];
    let whole = folder.json(&[&args[..], &["--epochs", "6"]].concat());
    let kept = ["--checkpoint", "state"];
    folder.json(&[&args[..], &kept, &["--epochs", "3"]].concat());
    let error = folder.failure(&[&args[..], &kept, &["--epochs", "6"]].concat());
    assert!(error.contains("state"), "{error}");
    let resumed = folder.json(&[&args[..], &kept, &["--epochs", "6", "--resume"]].concat());
    assert_same(&whole, &resumed);
    assert!(resumed["resumed_from"].as_u64() > Some(0) && whole["resumed_from"].is_null());
    let other = ["--epochs", "6", "--resume", "--seed", "1"];
    let error = folder.failure(&[&args[..], &kept, &other].concat());
    assert!(error.contains("state"), "{error}");
}

#[test]
fn bad_input_is_refused_with_a_reason() {
    let folder = Folder::new("bad");
    for (name, content) in [
        ("empty.csv", ""),
        ("ragged.csv", "a,b,y\n1,2,0\n1,2\n"),
        ("letters.csv", "a,b,y\n1,2,0\n1,two,1\n3,4,1\n"),
        ("missing.csv", "a,b,y\n1,2,0\n1,,1\n3,4,1\n"),
        ("nan.csv", "a,b,y\n1,2,0\n1,NaN,1\n3,4,1\n"),
        ("one.csv", "a,b,y\n1,2,x\n2,3,x\n3,4,x\n"),
        ("few.csv", "a,y\n1,p\n2,q\n"),
        ("good.csv", &plane(20)),
        ("own.qasm", "OPENQASM 3.0;\ninput angle a;\ninput angle w;\nqubit q;\nU(a, w, 0) q;\n"),
        ("other.json", r#"{"format": "ketlab.run", "version": 1}"#),
        ("none.json", "{"),
    ] {
        folder.write(name, content);
    }
    let good = "good.csv";
    let cases: &[(&[&str], &str)] = &[
        (&["empty.csv"], "empty"),
        (&["ragged.csv"], "line 3"),
        (&["letters.csv"], "`two`"),
        (&["missing.csv"], "line 3, column `b`"),
        (&["nan.csv"], "NaN"),
        (&["one.csv"], "two classes"),
        (&["few.csv"], "none"),
        (&["nothing.csv"], "no such file"),
        (&["mons:20"], "moons"),
        (&[], "DATA is missing"),
        (&[good, "--target", "colour"], "colour"),
        (&[good, "--target", "kind", "--features", "width,colour"], "colour"),
        (&[good, "--task", "regression"], "column `kind`"),
        (&[good, "--model", "amplitude", "--qubits", "3"], "qubits"),
        (&[good, "--model", "reuploadng"], "reuploadng"),
        (&["parity:3", "--model", "angle", "--qubits", "2"], "it has 3 for 3 features"),
        (&[good, "--learning-rate", "NaN"], "learning rate is NaN"),
        (&[good, "--learning-rate", "-1"], "learning rate is -1"),
        (&[good, "--batch-size", "0"], "batch is 0"),
        (&[good, "--batch-size", "4", "--optimizer", "lbfgs"], "`lbfgs`"),
        (&[good, "--optimizer", "spsa"], "`spsa`"),
        (&[good, "--patience", "0"], "patience is 0"),
        (&[good, "--l2", "NaN"], "L2"),
        (&[good, "--validation", "0.6", "--test", "0.4"], "less than 1"),
        (&[good, "--test", "NaN"], "test fraction is NaN"),
        (&[good, "--class-weights", "1"], "class weights is 1; there are 2 classes"),
        (&[good, "--class-weights", "1,-2"], "is -2"),
        (&["sin", "--class-weights", "balanced"], "numbers are learned"),
        (&["sin", "--loss", "hinge"], "`squared` or `absolute`"),
        (&["sin", "--probabilities"], "of classes"),
        (&[good, "--probabilities", "--loss", "hinge"], "margin"),
        (&[good, "--observable", "Z9"], "qubit 9"),
        (&[good, "--observable", "Z0", "--observable", "Z1", "--observable", "X0"], "outputs is 3"),
        (&[good, "--folds", "1"], "folds is 1"),
        (&[good, "--circuit", "own.qasm", "--data-params", "x0,x1"], "x0"),
        (&[good, "--circuit", "own.qasm", "--data-params", "a"], "2 features"),
        (&["sin", "--circuit", "own.qasm", "--data-params", "a,w"], "weights"),
        (&[good, "--param", "a=1"], "--circuit"),
        (&[good, "-o", "model.csv"], ".json"),
        (&[good, "--learning-rate", "0.1"], "`lbfgs` has none; take adam"),
        (&[good, "--model", "zz:0"], "from 1 on"),
        (&[good, "--model", "foo"], "`reuploading`"),
        (&[good, "--plot", "figure.pdf"], ".svg"),
        (&["--rerun", "other.json"], "`ketlab.learn`"),
        (&["--rerun", "none.json"], "none.json"),
    ];
    for (args, says) in cases {
        let error = folder.failure(&[&["learn"], *args].concat());
        assert!(error.contains(says), "{args:?}: {error}");
    }
    for (args, says) in [
        (&[good, "--class-weights", "heavy"][..], "balanced"),
        (&[good, "--scaling", "minmax:1:0"], "less than"),
        (&[good, "--loss", "huber"], "cross-entropy"),
        (&[good, "--circuit", "own.qasm"], "--data-params"),
        (&[good, "--shots", "10", "--noise", "depolarizing=0.1"], "--noise"),
        (&["--rerun", "other.json", "--epochs", "3"], "--epochs"),
    ] {
        let output = folder.run(&[&["learn"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(says), "{args:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_model_is_not_applied_to_what_it_did_not_learn_from() {
    let folder = Folder::new("apply");
    folder.write("rows.csv", plane(20));
    folder.text(&[&["learn", "rows.csv", "-o", "model.json"], &QUICK[..]].concat());
    let saved = file(&folder, "model.json");
    let mut version = saved.clone();
    version["version"] = 2.into();
    folder.write("version.json", version.to_string());
    let mut lacking = saved.clone();
    lacking["parameters"].as_object_mut().unwrap().remove("scale[0]").unwrap();
    folder.write("lacking.json", lacking.to_string());
    for (name, content) in [
        ("other.csv", "width,depth\n1,2\n"),
        ("both.csv", "a,b\n1,2\n"),
        ("empty.csv", ""),
        ("heading.csv", "width,height\n"),
        ("text.csv", "width,height\n1,tall\n"),
        ("unknown.csv", "width,height,kind\n1,2,middle\n"),
        ("none.json", "[]"),
        ("new.csv", "width,height\n1,2\n"),
    ] {
        folder.write(name, content);
    }
    for (args, says) in [
        (["model.json", "other.csv"], "height"),
        (["model.json", "both.csv"], "`width`, `height`"),
        (["model.json", "empty.csv"], "empty"),
        (["model.json", "heading.csv"], "heading.csv"),
        (["model.json", "text.csv"], "`tall`"),
        (["model.json", "unknown.csv"], "middle"),
        (["model.json", "nothing.csv"], "no such file"),
        (["model.json", "moons:5"], "width, height"),
        (["none.json", "new.csv"], "ketlab.learn"),
        (["version.json", "new.csv"], "version 2"),
        (["lacking.json", "new.csv"], "parameters"),
        (["nothing.json", "new.csv"], "nothing.json"),
        (["new.csv", "new.csv"], "no JSON"),
    ] {
        let error = folder.failure(&[&["predict"], &args[..]].concat());
        assert!(error.contains(says), "{args:?}: {error}");
    }
}
