//! `ketlab advantage linear`, as a user runs it.

use crate::folder::{Folder, text};
use serde_json::Value;

const TOEPLITZ: [&str; 6] =
    ["linear", "--matrix", "toeplitz:1.5,2.5", "--rhs=1,-2.1,3.2,-4.3", "--grid", "6"];

fn folder(name: &str) -> Folder {
    Folder::of("advantage", name)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_toeplitz_system_of_condition_number_123() {
    let folder = folder("linear-toeplitz");
    let report = folder.json(&[&TOEPLITZ[..], &["--clock", "12"]].concat());
    assert_eq!(
        (&report["format"], &report["experiment"]),
        (&"ketlab.advantage".into(), &"linear".into())
    );
    let system = &report["details"]["systems"][0];
    assert!((number(&system["condition"]) - 122.99).abs() < 0.01);
    let norm = number(&system["hhl_norm"]) / number(&system["norm"]) - 1.0;
    assert!((norm + 0.015).abs() < 1e-3, "{norm}");
    for judged in report["claims"].as_array().unwrap() {
        assert_eq!(judged["verdict"]["is"], "refuted", "{judged}");
        assert_eq!(judged["verdict"]["at"], 4);
    }
    let budgets = report["details"]["budgets"].as_array().unwrap();
    assert_eq!(budgets.len(), 5);
    for budget in budgets {
        let items = budget["items"].as_array().unwrap();
        let sum: f64 = items.iter().map(|item| number(&item["change"])).sum();
        assert!((sum - number(&budget["sum"])).abs() < 1e-12);
        // Whole circuits of up to 14 qubits.
        if number(&budget["clock"]) <= 11.0 {
            let (circuit, bias) = (number(&budget["circuit"]), number(&budget["bias"]));
            assert!((circuit - bias).abs() < 1e-8, "{budget}");
        } else {
            assert!(budget.get("circuit").is_none());
        }
    }
    let uniform = [&TOEPLITZ[..], &["--clock", "11", "--window", "uniform"]].concat();
    let system = &folder.json(&uniform)["details"]["systems"][0];
    let norm = number(&system["hhl_norm"]) / number(&system["norm"]) - 1.0;
    assert!((norm + 0.052).abs() < 1e-3, "{norm}");
}

#[test]
fn text_rerun_and_pictures() {
    let folder = folder("linear-text");
    let args = ["linear", "--size", "4,8", "--matrix", "condition:4", "--circuit-qubits", "11"];
    let shown = folder.text(&[&args[..], &["-o", "report.json", "--plot", "all.png"]].concat());
    for part in [
        " at 8 unknowns\n",
        "Claim:   At 8 unknowns",
        "clock grid",
        "post-selection",
        "Under other assumptions",
        "never",
        "HHL assumes: qubits have no errors",
        "The evidence ends at 8 unknowns",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let again = folder.text(&["linear", "--rerun", "report.json", "--plot", "all.csv"]);
    assert!(again.contains("are the same to the bit"), "{again}");
    let csv = std::fs::read_to_string(folder.path().join("all.csv")).unwrap();
    for series in
        ["1,clock grid,", "1,window,", "1,shots,", "2,HHL,", "2,conjugate gradients,", "2,LU,"]
    {
        assert!(csv.lines().any(|line| line.starts_with(series)), "{series}: {csv}");
    }
    assert!(std::fs::metadata(folder.path().join("all.png")).unwrap().len() > 10_000);
}

#[test]
fn files_questions_and_rivals() {
    let folder = folder("linear-files");
    folder.write("a.csv", "2,1,0\n0,3,1\n1,0,2\n");
    folder.write("b.csv", "1\n-2\n0.5\n");
    let args = ["linear", "--matrix", "a.csv", "--rhs", "b.csv", "--circuit-qubits", "12"];
    let report = folder.json(&[&args[..], &["--question", "half", "--rivals", "cg"]].concat());
    let system = &report["details"]["systems"][0];
    // Doubled to 6, filled up to 8; x = (-16, -11, 11)/13... is checked by its two first entries.
    assert_eq!((&system["size"], &system["hermitian_size"]), (&3.into(), &8.into()));
    let a = nalgebra::Matrix3::new(2.0, 1.0, 0.0, 0.0, 3.0, 1.0, 1.0, 0.0, 2.0);
    let x: nalgebra::Vector3<f64> = a.lu().solve(&nalgebra::Vector3::new(1.0, -2.0, 0.5)).unwrap();
    let half = x[0] * x[0] + x[1] * x[1];
    assert!((number(&system["exact"]) / half - 1.0).abs() < 1e-9, "{system}");
    assert_eq!(report["claims"][0]["claim"]["rivals"], serde_json::json!(["conjugate gradients"]));
    let trotter = [
        "linear",
        "--size",
        "4",
        "--matrix",
        "condition:3",
        "--clock",
        "6",
        "--trotter",
        "2:2",
        "--error",
        "0.5",
        "--shots",
        "1000",
        "--rivals",
        "lu",
    ];
    let report = folder.json(&trotter);
    let budget = &report["details"]["budgets"][3];
    assert_eq!(budget["items"][3]["name"], "evolution");
    assert!(number(&budget["items"][3]["change"]).abs() > 1e-9, "{budget}");
    assert!((number(&budget["circuit"]) - number(&budget["bias"])).abs() < 1e-8, "{budget}");
    assert_eq!(report["details"]["systems"][0]["cost"]["runs"], 1000);
    // C above the smallest eigenvalue is clipped, and that is said.
    let clipped = folder.text(&[
        "linear",
        "--size",
        "4",
        "--matrix",
        "toeplitz:2,-0.5",
        "--constant",
        "1.3",
        "--error",
        "0.5",
    ]);
    assert!(clipped.contains("amplitudes are clipped"), "{clipped}");
}

#[test]
fn bad_input_is_refused() {
    let folder = folder("linear-bad");
    folder.write("singular.csv", "1,1\n1,1\n");
    folder.write("wide.csv", "1,2,3\n4,5,6\n");
    folder.write("ragged.csv", "1,2\n3\n");
    folder.write("nan.csv", "1,nan\n0,1\n");
    folder.write("header.csv", "9,x\n2,1\n1,3\n");
    folder.write("good.csv", "2,1\n1,3\n");
    for (args, says) in [
        (&["--matrix", "singular.csv"][..], "singular"),
        (&["--matrix", "wide.csv"], "square"),
        (&["--matrix", "ragged.csv"], "line 2"),
        (&["--matrix", "nan.csv"], "NaN"),
        (&["--matrix", "header.csv"], "row 1, column 2 is `x`"),
        (&["--matrix", "none.csv"], "--matrix none.csv"),
        (&["--matrix", "condition:x"], "condition:10"),
        (&["--matrix", "condition:1"], "above 1"),
        (&["--matrix", "toeplitz:1"], "two numbers"),
        (&["--matrix", "toeplitz:nan,1"], "finite"),
        (&["--matrix", "toeplitz:0,1", "--size", "3"], "singular"),
        (&["--matrix", "toeplitz:1e200,1e100", "--size", "4"], "other units"),
        (&["--matrix", "toeplitz:1e-200,1e-201", "--size", "4"], "finite"),
        (&["--matrix", "good.csv", "--size", "4"], "A has 2 rows"),
        (&["--matrix", "good.csv", "--rhs", "1,2,3"], "3"),
        (&["--matrix", "good.csv", "--rhs", "0,0"], "no direction"),
        (&["--matrix", "good.csv", "--rhs", "1,inf"], "finite"),
        (&["--matrix", "good.csv", "--rhs", "good.csv"], "one row or one column"),
        (&["--constant", "100"], "clipped"),
        (&["--constant", "-1"], "positive"),
        (&["--grid", "0.1"], "wider grid"),
        (&["--error", "2"], "below 1"),
        (&["--error", "nan"], "below 1"),
        (&["--trotter", "3:1"], "1 or 2"),
        (&["--trotter", "2"], "2:4"),
        (&["--trotter", "2:0"], "at least 1"),
    ] {
        let failure = folder.failure(&[&["linear"], args].concat());
        assert!(failure.contains(says), "{args:?}: {failure}");
    }
    for args in [
        &["--clock", "0"][..],
        &["--clock", "21"],
        &["--size", "0"],
        &["--size", "-4"],
        &["--size", "4096"],
        &["--shots", "0"],
        &["--window", "hann"],
        &["--rivals", "gauss"],
    ] {
        let output = folder.run(&[&["linear"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
    }
}
