//! `ketlab chip yield`, as a user runs it.

use crate::folder::Folder;
use crate::program::{failure, json, ketlab, text, written};
use serde_json::Value;

/// A document without what differs from run to run.
fn answer(args: &[&str]) -> Value {
    let mut document = json(&[&["chip", "yield"], args].concat());
    document.as_object_mut().unwrap().remove("meta");
    document
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    for args in [
        &["--chips", "5000", "--seed", "7", "--alpha-sigma", "2MHz"][..],
        &["--lattice", "ring5", "--chips", "3000", "--scan", "sigma", "--points", "3"],
        &["--lattice", "grid2x3", "--chips", "2000", "--greedy"],
    ] {
        let one = answer(&[args, &["--threads", "1"]].concat());
        assert_eq!(one, answer(&[args, &["--threads", "3"]].concat()), "{args:?}");
        assert_eq!(one["interrupted"], false);
    }
}

/// The yield of a plain program in NumPy, a million chips: 0.660176 ± 0.0005.
#[test]
fn the_yield_of_27_qubits_is_known() {
    let args = ["--spacing", "60MHz", "--sigma", "14MHz", "--rules", "hertzberg-2021"];
    let found = answer(&[&args[..], &["--chips", "20000", "--seed", "5"]].concat());
    let value = found["yield"].as_f64().unwrap();
    assert!((value - 0.660176).abs() < 4.0 * (0.66f64 * 0.34 / 20_000.0).sqrt(), "{value}");
    assert!(found["low"].as_f64().unwrap() < value && value < found["high"].as_f64().unwrap());
    let product = found["product_of_marginals"].as_f64().unwrap();
    assert!((product - 0.6298279631952017).abs() < 1e-9);
    let types = found["by_type"].as_array().unwrap();
    assert_eq!(types.len(), 7);
    // Types 1, 5 and 2 kill, in this order.
    let chips = |number: usize| types[number - 1]["chips"].as_u64().unwrap();
    assert!(chips(1) > chips(5) && chips(5) > chips(2) && chips(2) > chips(4));
    assert_eq!((found["chips"].as_u64(), chips(6)), (Some(20_000), 0));
    assert!(found["plan"]["collisions"].as_array().unwrap().is_empty());
    // A yield of a half needs a little less scatter than a higher one bears.
    let needed = found["needed_sigma"].as_array().unwrap();
    let sigmas: Vec<f64> = needed.iter().map(|n| n["sigma_mhz"].as_f64().unwrap()).collect();
    assert!(sigmas[0] < 14.0 && 14.0 < sigmas[1] && sigmas[1] < sigmas[2], "{sigmas:?}");
}

#[test]
fn curves_have_a_best_spacing_near_60_mhz() {
    let scan = ["--scan", "spacing=50MHz..76MHz", "--points", "14", "--chips", "8000"];
    let found = answer(&scan);
    let curve = &found["curves"][0];
    assert_eq!(
        (curve["against"].as_str(), curve["points"].as_array().unwrap().len()),
        (Some("spacing"), 14)
    );
    let best = curve["best_mhz"].as_f64().unwrap();
    assert!((58.0..=68.0).contains(&best), "{best}");
    // The same chips as alone.
    let alone = answer(&["--spacing", "50MHz", "--chips", "8000"]);
    assert_eq!(alone["yield"], curve["points"][0]["yield"]);
    let said = text(&[&["chip", "yield"], &scan[..]].concat());
    assert!(said.contains("best spacing of the curve:"), "{said}");
}

#[test]
fn text_says_what_kills_and_what_a_yield_needs() {
    let said = text(&["chip", "yield", "--chips", "4000"]);
    for part in [
        "falcon27: 27 qubits, 28 couplings",
        "the design itself has no collision",
        "most chips are lost to type 1",
        "50 % up to 15.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = text(&["chip", "yield", "--pattern", "alternating", "--chips", "1000"]);
    assert!(said.contains("the design itself") && said.contains("type 5, qubits"), "{said}");
    let said =
        text(&["chip", "yield", "--lattice", "eagle127", "--sigma", "132MHz", "--chips", "1000"]);
    assert!(said.contains("no chip was good: the yield is at most 3.68e-3"), "{said}");
    let said = text(&["chip", "yield", "--sigma-r", "0.4%", "--chips", "1000"]);
    assert!(said.contains("0.4 % of resistances, about 10.2"), "{said}");
}

#[test]
fn lattices_and_frequencies_come_from_files() {
    let folder = Folder::new("chip-yield");
    folder.write(
        "tie.json",
        r#"{"format": "ketlab.lattice", "version": 1, "name": "bow tie", "num_qubits": 5,
            "couplings": [[0, 1], [0, 2], [2, 3], [2, 4]],
            "frequencies_ghz": [5.05, 5.12, 5.19, 5.00, 5.12]}"#,
    );
    folder.write("own.txt", "5.18GHz 5060MHz # two\n5.19GHz, 5.05GHz\n5.00GHz\n");
    let run = |args: &[&str]| -> Value {
        let output = folder.run(&[&["chip", "yield", "--json", "--chips", "1000"], args].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let of_file = run(&["--lattice", "tie.json", "--save-plan", "plan.json"]);
    assert_eq!(of_file["lattice"], "bow tie");
    assert_eq!(of_file["plan"]["couplings"][1], serde_json::json!([2, 0]));
    let again = run(&["--lattice", "plan.json"]);
    assert_eq!((&again["yield"], &again["by_type"]), (&of_file["yield"], &of_file["by_type"]));
    let pattern = run(&["--lattice", "tie.json", "--spacing", "50MHz"]);
    assert_ne!(pattern["plan"]["frequencies_ghz"], of_file["plan"]["frequencies_ghz"]);
    let own = run(&["--lattice", "line5", "--frequencies", "own.txt"]);
    assert_eq!(numbers(&own["plan"]["frequencies_ghz"]), [5.18, 5.06, 5.19, 5.05, 5.0]);
    let greedy = run(&["--lattice", "tie.json", "--greedy", "--band", "5GHz..5.2GHz"]);
    assert!(greedy["plan"]["collisions"].as_array().unwrap().is_empty());
}

/// A greedy choice is for the qubits of the file.
#[test]
fn a_greedy_choice_has_the_anharmonicity_of_the_file() {
    let folder = Folder::new("chip-yield-greedy");
    let lattice = |name: &str, anharmonicities: &str| {
        let json = format!(
            r#"{{"format": "ketlab.lattice", "version": 1, "num_qubits": 3,
                "couplings": [[0, 1], [1, 2]]{anharmonicities}}}"#
        );
        folder.write(name, &json);
    };
    lattice("bare.json", "");
    lattice("small.json", r#", "anharmonicities_ghz": [-0.2, -0.2, -0.2]"#);
    lattice("mixed.json", r#", "anharmonicities_ghz": [-0.2, -0.2, -0.3]"#);
    let run = |file: &str, more: &[&str]| {
        let base = ["chip", "yield", "--json", "--greedy", "--chips", "4000", "--lattice", file];
        folder.run(&[&base, more].concat())
    };
    let answer = |file: &str, more: &[&str]| -> Value {
        let output = run(file, more);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let of_file = answer("small.json", &[]);
    assert_eq!(numbers(&of_file["plan"]["anharmonicities_ghz"]), [-0.2; 3]);
    let of_flag = answer("bare.json", &["--alpha=-200MHz"]);
    assert_eq!((&of_file["plan"], &of_file["yield"]), (&of_flag["plan"], &of_flag["yield"]));
    assert_ne!(of_file["yield"], answer("bare.json", &[])["yield"]);
    let output = run("mixed.json", &[]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && message.contains("give it by --alpha"), "{message}");
    let given = answer("mixed.json", &["--alpha=-330MHz"]);
    assert_eq!(numbers(&given["plan"]["anharmonicities_ghz"]), [-0.33; 3]);
}

#[test]
fn lists_by_qubit_are_as_long_as_the_lattice() {
    for (lattice, qubits) in [("line1", 1), ("line2", 2), ("grid2x3", 6)] {
        let found = answer(&["--lattice", lattice, "--chips", "100"]);
        assert_eq!(numbers(&found["collisions_by_qubit"]).len(), qubits, "{lattice}");
    }
}

/// Chips that are counted can be drawn.
#[test]
fn scatter_that_makes_no_transmons_is_refused() {
    let folder = Folder::new("chip-yield-scatter");
    for more in [&[][..], &["--draw-lattice", "z.svg", "--chip", "3"]] {
        for (flag, part) in [
            ("--alpha-sigma=200MHz", "the spread of anharmonicities is 200 MHz"),
            ("--sigma=2GHz", "the spread of the frequency of qubit 0 is 2000 MHz"),
        ] {
            let base = ["chip", "yield", "--chips", "100", flag];
            let output = folder.run(&[&base, more].concat());
            let message = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && message.contains(part), "{message}");
        }
    }
}

#[test]
fn pictures_are_written() {
    let folder = Folder::new("chip-yield-pictures");
    let output = folder.run(&[
        "chip",
        "yield",
        "--chips",
        "500",
        "--points",
        "5",
        "--plot",
        "yield.json",
        "--draw-lattice",
        "chip.svg",
        "--chip",
        "3",
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let plot = std::fs::read_to_string(folder.path().join("yield.json")).unwrap();
    let plot: Value = serde_json::from_str(&plot).unwrap();
    assert_eq!(plot["panels"].as_array().unwrap().len(), 4, "yields and types of both curves");
    let svg = std::fs::read_to_string(folder.path().join("chip.svg")).unwrap();
    assert!(svg.contains("5.06 GHz") && svg.contains("chip 3 of seed 0"));
}

#[test]
fn what_cannot_be_is_refused_and_says_what_to_do() {
    let says = |args: &[&str]| failure(&[&["chip", "yield", "--chips", "100"], args].concat());
    assert!(says(&["--lattice", "hexagon"]).contains("heavy-hex5"));
    assert!(says(&["--lattice", "missing.json"]).contains("missing.json"));
    assert!(says(&["--spacing", "0MHz"]).contains("above 0"));
    assert!(says(&["--sigma", "-5MHz"]).contains("not negative"));
    assert!(says(&["--alpha", "330MHz"]).contains("transmon"));
    assert!(says(&["--lattice", "ring5", "--pattern", "alternating"]).contains("distinct"));
    assert!(says(&["--lattice", "grid3x3", "--pattern", "heavy-hex"]).contains("distinct"));
    assert!(
        says(&["--lattice", "line2", "--greedy", "--scan", "spacing"]).contains("--scan spacing")
    );
    assert!(says(&["--lattice", "line2", "--greedy", "--sigma", "0MHz"]).contains("above 0"));
    assert!(says(&["--draw-lattice", "chip.pdf"]).contains("--draw-lattice chip.pdf"));
    assert!(says(&["--draw-lattice", "chip.png", "--chip", "100"]).contains("counted from 0"));
    let apart = written(
        "apart.json",
        r#"{"format": "ketlab.lattice", "version": 1, "num_qubits": 4, "couplings": [[0, 1], [2, 3]]}"#,
    );
    assert!(says(&["--lattice", &apart]).contains("qubit 2 must be reached"));
    let bare = written("bare.txt", "5.1 5.2GHz");
    let error = says(&["--lattice", "line2", "--frequencies", &bare]);
    assert!(error.contains("qubit 0") && error.contains("has a unit"), "{error}");
    // A number without a unit, on the command line.
    for args in [&["--spacing", "60"][..], &["--sigma", "14"], &["--sigma-r", "2"]] {
        let output = ketlab(&[&["chip", "yield"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}
