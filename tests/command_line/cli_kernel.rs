//! `ketlab kernel`, as a user runs it.

use crate::folder::{Folder, text};
use serde_json::Value;

/// Few trials.
const QUICK: [&str; 6] = ["--bandwidths", "1", "--strengths", "1,100", "--folds", "3"];

#[test]
fn the_ad_hoc_set_is_for_its_own_kernel() {
    let folder = Folder::of("kernel", "ad-hoc");
    let args = ["ad-hoc:60:0.3", "--map", "zz", "--bandwidths", "1"];
    let report = folder.json(&args);
    assert_eq!((&report["format"], &report["version"]), (&"ketlab.kernel".into(), &1.into()));
    assert_eq!((&report["accuracy"], &report["train"]["accuracy"]), (&1.0.into(), &1.0.into()));
    assert_eq!(report["experiment"]["scaling"], "none");
    assert!(report["geometric_difference"].as_f64().unwrap() > 1.5);
    assert_eq!((&report["lambda"], &report["kernel_file"]), (&1e-3.into(), &Value::Null));
    let rivals = report["rivals"].as_array().unwrap();
    let names: Vec<&str> = rivals.iter().map(|rival| rival["name"].as_str().unwrap()).collect();
    let all = [
        "linear kernel",
        "polynomial kernel",
        "rbf kernel",
        "laplacian kernel",
        "linear model",
        "zz without entanglement",
    ];
    assert_eq!(names, all);
    for rival in rivals {
        assert!(rival["test"]["accuracy"].as_f64().unwrap() < 0.8, "{rival}");
    }
    let shown = folder.text(&args);
    assert!(shown.contains("The quantum kernel is ahead of the best classical one"), "{shown}");
    assert!(names.iter().all(|name| shown.contains(name)), "{shown}");
    let one = folder.text(&[&args[..], &["--threads", "1"]].concat());
    assert_eq!(one, shown);
}

#[test]
fn a_report_is_repeated_to_the_bit() {
    let folder = Folder::of("kernel", "rerun");
    let rows: String = (0..24)
        .map(|k| {
            let (x, y) = ((0.7 * k as f64).sin(), (1.3 * k as f64).cos());
            format!("{x:.4},{y:.4},{},{k}\n", if x * y > 0.0 { "same" } else { "other" })
        })
        .collect();
    folder.write("data.csv", format!("a,b,sign,number\n{rows}"));
    let flags = ["data.csv", "--target", "sign", "--features", "a,b", "--shots", "50"];
    let flags = [&flags[..], &QUICK, &["--seed", "5", "-o", "report.json"]].concat();
    folder.text(&flags);
    let again = folder.text(&["--rerun", "report.json", "--threads", "1"]);
    assert!(again.contains("numbers are the same to the bit"), "{again}");
    let document = folder.json(&["--rerun", "report.json"]);
    assert_eq!(
        (&document["rerun"]["identical"], document["data"]["source"].as_str()),
        (&true.into(), Some("data.csv"))
    );

    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let mut other: Value = serde_json::from_str(&report).unwrap();
    other["accuracy"] = 0.123.into();
    folder.write("other.json", other.to_string());
    let output = folder.run(&["--rerun", "other.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("accuracy: 0.123 then"), "{}", text(&output.stdout));

    folder.write("data.csv", format!("a,b,sign,number\n{}", rows.replace("0.6442", "0.6443")));
    assert!(folder.failure(&["--rerun", "report.json"]).contains("other data now"));
    folder.write("none.json", "{\"format\": \"ketlab.run\"}");
    assert!(folder.failure(&["--rerun", "none.json"]).contains("ketlab.kernel"));
    assert!(folder.failure(&["--rerun", "missing.json"]).contains("missing.json"));
}

#[test]
#[cfg(feature = "npy")]
fn kernels_are_written_for_numpy_and_pictures_drawn() {
    let folder = Folder::of("kernel", "files");
    let files =
        ["--save", "k.npy", "--save-test", "t.npy", "--plot", "k.svg", "--plot-scores", "s.csv"];
    let args = [&["ad-hoc:20:0.3"][..], &QUICK, &files].concat();
    let report = folder.json(&args);
    assert_eq!(
        (&report["kernel_file"], &report["test_kernel_file"]),
        (&"k.npy".into(), &"t.npy".into())
    );
    let header = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        assert!(bytes.starts_with(b"\x93NUMPY"));
        (String::from_utf8_lossy(&bytes[..128]).into_owned(), bytes)
    };
    let (text, bytes) = header("k.npy");
    assert!(text.contains("(14, 14)"), "{text}");
    // The diagonal.
    let numbers: Vec<f64> = bytes[bytes.len() - 14 * 14 * 8..]
        .chunks(8)
        .map(|chunk| f64::from_ne_bytes(chunk.try_into().unwrap()))
        .collect();
    assert!((0..14).all(|k| (numbers[15 * k] - 1.0).abs() < 1e-12));
    assert!(header("t.npy").0.contains("(6, 14)"));
    assert!(std::fs::read_to_string(folder.path().join("k.svg")).unwrap().contains("</svg>"));
    assert!(
        std::fs::read_to_string(folder.path().join("s.csv")).unwrap().contains("training rows")
    );
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let folder = Folder::of("kernel", "refusals");
    let file = |content: &str| folder.write("d.csv", content);
    let says = |args: &[&str], part: &str| {
        let error = folder.failure(args);
        assert!(error.contains(part), "{args:?}: {error}");
    };
    file("");
    says(&["d.csv"], "empty");
    file("a,b,y\n1,2,u\n3,v\n");
    says(&["d.csv"], "line 3");
    file("a,b,y\n1,NaN,u\n3,4,v\n");
    says(&["d.csv"], "line 2");
    file("a,b,y\n1,x,u\n3,4,v\n");
    says(&["d.csv"], "column `b`");
    file("a,b,y\n1,2,u\n3,4,u\n5,6,u\n");
    says(&["d.csv"], "at least two classes");
    says(&["d.csv", "--target", "z"], "`z`");
    says(&["d.csv", "--target", "y", "--features", "a,c"], "`c`");
    let wide = |k: usize| (0..70).map(|c| (k * c % 7).to_string() + ",").collect::<String>();
    let rows: String = (0..12).map(|k| format!("{}{}\n", wide(k), ["u", "v"][k % 2])).collect();
    file(&rows);
    says(&["d.csv"], "70");
    says(&["missing.csv"], "no such file");
    says(&["moon:30"], "did you mean `moons`");
    says(&["moons:30", "--target", "z"], "built-in data");
    says(&[], "DATA is missing");
    says(&["moons:30", "--test", "0", "--save-test", "t.npy"], "no test rows");
    says(&["moons:30", "--save", "k.txt"], ".npy");
    says(&["moons:30", "--plot", "k.doc"], ".svg");
    says(&["moons:30", "--gamma", "1"], "projected");
    says(&["moons:30", "--map", "basis"], "0 or 1");
    says(&["moons:30", "--lambda", "-1"], "λ");
    for wrong in [["--map", "zzz"], ["--kind", "fast"], ["--repair", "mend"], ["--folds", "1"]] {
        let output = folder.run(&["moons:30", wrong[0], wrong[1]]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
