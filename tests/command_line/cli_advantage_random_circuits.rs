//! `ketlab advantage random-circuits`, as a user runs it.

use crate::program::{failure, json, ketlab, text};
use serde_json::Value;

const SMALL: [&str; 8] =
    ["advantage", "random-circuits", "--size", "6,8", "--samples", "8e4", "--circuits", "16"];

/// The document without what differs from run to run: the clock.
fn answer(more: &[&str]) -> Value {
    fn without_clock(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("seconds");
                map.remove("threads");
                map.values_mut().for_each(without_clock);
            }
            Value::Array(list) => list.iter_mut().for_each(without_clock),
            _ => {}
        }
    }
    let mut document = json(&[&SMALL[..], more].concat());
    document.as_object_mut().unwrap().remove("meta");
    without_clock(&mut document);
    document
}

fn file(name: &str) -> String {
    let path = std::env::temp_dir().join(format!("ketlab-xeb-{}-{name}", std::process::id()));
    path.display().to_string()
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    let seed = ["--seed", "3"];
    let one = answer(&[&seed[..], &["--threads", "1"]].concat());
    assert_eq!(one, answer(&[&seed[..], &["--threads", "4"]].concat()));
    assert_ne!(one["details"], answer(&["--seed", "4"])["details"]);
}

#[test]
fn a_score_of_1_is_refuted_by_the_best_of_four() {
    let found = answer(&[]);
    let verdict = |k: usize| &found["claims"][k]["verdict"];
    assert_eq!(verdict(0)["is"], "refuted");
    assert_eq!((&verdict(0)["by"], &verdict(0)["at"]), (&"best-of-4".into(), &8.into()));
    assert_eq!(verdict(2)["is"], "refuted");
    assert_eq!(verdict(3)["is"], "undecided");
    assert!(verdict(3)["because"].as_str().unwrap().contains("128 PiB"));
    let samplers = found["details"][1]["samplers"].as_array().unwrap();
    let of = |name: &str| samplers.iter().find(|s| s["name"] == name).unwrap();
    let ends = |name: &str, score: &str| {
        [0.0, 1.0].map(|k| of(name)[score][if k == 0.0 { "low" } else { "high" }].as_f64().unwrap())
    };
    let [low, high] = ends("noisy device", "ratio");
    assert!(low < 0.1 && 0.1 < high);
    let [low, high] = ends("best-of-4", "linear");
    assert!(low < 13.0 / 12.0 && 13.0 / 12.0 < high);
    let printed = text(&SMALL);
    for part in ["refuted by best-of-4 at 8 qubits", "0.00224 [0.00183, 0.00265]", "4096 of 80000"]
    {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn a_shallow_circuit_is_no_fidelity() {
    let flags = ["--depth", "1", "--rivals", "marginals,exact", "--samples", "1e5"];
    let found = json(&[&["advantage", "random-circuits", "--size", "8"], &flags[..]].concat());
    let at = &found["details"][0];
    assert_eq!(at["is_deep"], false);
    let sampler = |k: usize| &at["samplers"][k];
    // Marginals of pairs are known exactly, and there are some.
    assert!(sampler(1)["outputs"].as_f64().unwrap() >= 2.0);
    let ratio = &sampler(2)["ratio"];
    assert!((ratio["value"].as_f64().unwrap() - 1.0).abs() < 0.1, "{ratio}");
}

#[test]
fn a_report_runs_again_and_a_run_goes_on() {
    let (report, checkpoint, picture) = (file("report.json"), file("check.json"), file("xeb.svg"));
    let first = text(&[&SMALL[..], &["-o", &report, "--plot", &picture]].concat());
    assert!(std::fs::read_to_string(&picture).unwrap().contains("Random circuits of 16 cycles"));
    let again = text(&["advantage", "random-circuits", "--rerun", &report]);
    assert!(again.contains("are the same to the bit"), "{again}");
    // Finished circuits are in the checkpoint, also where nothing is left to do.
    let kept = ["--checkpoint", &checkpoint];
    let whole = answer(&kept);
    let resumed = answer(&[&kept[..], &["--resume"]].concat());
    assert_eq!(whole, resumed);
    assert!(first.contains("The evidence ends at 8 qubits"));
    // A budget that is spent before the start plays nobody, and says so.
    let none = answer(&["--budget", "1e-9"]);
    assert_eq!(none["details"], serde_json::json!([]));
    assert_eq!(none["not_played"].as_array().unwrap().len(), 32);
    for path in [report, checkpoint, picture] {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let base = ["advantage", "random-circuits"];
    for (args, part) in [
        (&["--fidelity", "1.5"][..], "fidelity of the noisy device is 1.5"),
        (&["--fidelity", "-0.1"], "from 0 to 1"),
        (&["--fidelity", "nan"], "is NaN"),
        (&["--size", "60"], "qubits fit"),
        (&["--size", "6,6"], "twice"),
        (&["--size", "6", "--samples", "7"], "100 for each circuit"),
        (&["--size", "6", "--gate-errors", "0.1,2,0"], "gate on two qubits is 2"),
        (&["--size", "6", "--rivals", "exact,exact"], "exact twice"),
    ] {
        let message = failure(&[&base[..], args].concat());
        assert!(message.contains(part), "{args:?}: {message}");
    }
    for (args, part) in [
        (&["--size", "0"][..], "from 2 to 62"),
        (&["--size", "1"], "from 2 to 62"),
        (&["--depth", "0"], "from 1 to 10000"),
        (&["--samples", "0"], "at least 2"),
        (&["--circuits", "0"], "from 1"),
        (&["--rivals", "best-of-0"], "from 1 to 1000"),
        (&["--rivals", "patch"], "did you mean `patches`"),
        (&["--gate-errors", "0.1"], "three probabilities"),
    ] {
        let output = ketlab(&[&base[..], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(part), "{args:?}: {message}");
    }
}
