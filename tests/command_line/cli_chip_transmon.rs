//! `ketlab chip transmon` and `ketlab chip tune`.

use crate::program::{failure, json, ketlab, text};
use serde_json::Value;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list")).iter().map(number).collect()
}

fn transmon(more: &str) -> Vec<&str> {
    ["chip", "transmon", "--ej", "15", "--ec", "0.3"]
        .into_iter()
        .chain(more.split_whitespace())
        .collect()
}

#[test]
fn a_transmon_of_published_numbers() {
    let document = json(&transmon(""));
    let levels = numbers(&document["levels_ghz"]);
    assert_eq!((levels.len(), levels[0]), (6, 0.0));
    assert!((levels[1] - 5.6825756772948655).abs() < 1e-10);
    assert!((levels[2] - 11.0203844458230).abs() < 1e-10);
    assert!((number(&document["anharmonicity_ghz"]) + 0.34476690876693).abs() < 1e-10);
    let dispersions = numbers(&document["charge_dispersion_ghz"]);
    for (found, expected) in
        dispersions.iter().zip([1.6856490070438e-7, 1.17205244798413e-5, 0.000366960160786522])
    {
        assert!((found - expected).abs() < 1e-11, "{dispersions:?}");
    }
    let series = &document["formulas"]["frequency_ghz"]["series"];
    assert!((number(series) - 5.68267500).abs() < 1e-8);
    // scqubits' t1_capacitive with its defaults.
    assert!((number(&document["coherence"]["t1_us"]) - 29.107462534).abs() < 1e-6);
    assert_eq!(document["coherence"]["contributions"][0]["name"], "dielectric loss");
    assert!(document["loop"].is_null() && document["sweep"].is_null());
    assert_eq!(document["warnings"].as_array().unwrap().len(), 0);
    // The same with units, and what people read.
    let shown = text(&["chip", "transmon", "--ej", "15GHz", "--ec", "300MHz"]);
    for part in
        ["5.682575677 GHz", "-344.766909 MHz", "168.565 Hz", "dielectric loss", "29.1075 µs"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn flux_tunes_two_junctions() {
    let args = "--asymmetry 0.25 --flux 0.5 --sweep flux --range 0,1 --points 3 --levels 4";
    let document = json(&transmon(args));
    assert!((number(&document["ej_ghz"]) - 3.75).abs() < 1e-12);
    let of_loop = &document["loop"];
    assert_eq!(number(&of_loop["frequency_slope_ghz"]), 0.0);
    assert_eq!(of_loop["sweet_spots"].as_array().unwrap().len(), 2);
    let swept = &document["sweep"];
    assert_eq!(swept["parameter"], "flux");
    assert_eq!(numbers(&swept["values"]), [0.0, 0.5, 1.0]);
    let energies = numbers(&swept["energies_ghz"][1]);
    let f01 = energies[1] - energies[0];
    assert!((f01 - number(&document["frequency_ghz"])).abs() < 1e-12);
    assert!((f01 - number(&of_loop["sweet_spots"][1]["frequency_ghz"])).abs() < 1e-12);
    let causes = document["coherence"]["contributions"].as_array().unwrap();
    assert!(causes.iter().any(|cause| cause["name"] == "flux noise"), "{causes:?}");
    // At a cusp the levels are still there.
    let cusp = json(&transmon("--flux 0.5"));
    assert!(cusp["coherence"].is_null() && cusp["loop"]["frequency_slope_ghz"].is_null());
    assert!((number(&cusp["frequency_ghz"]) - 1.2).abs() < 1e-12, "{cusp}");
    assert!(cusp["warnings"].to_string().contains("cusp"));
}

#[test]
fn a_resonator_adds_two_causes() {
    let document =
        json(&transmon("--resonator 7.6825756773GHz --g 100MHz --kappa 1MHz --photons 0.01"));
    let causes = document["coherence"]["contributions"].as_array().unwrap();
    let time =
        |name: &str| number(&causes.iter().find(|cause| cause["name"] == name).unwrap()["time_us"]);
    assert!((time("Purcell decay") - 63.66).abs() < 0.01);
    // χ = g²/Δ α/(Δ + α) = -0.735 MHz: κ χ'²/(κ² + χ'²) n̄ with χ' = 2χ.
    let alpha = number(&document["anharmonicity_ghz"]);
    let x = 2.0 * 10.0 / -2.0 * alpha / (-2.0 + alpha);
    let few = 1.0 / (2.0 * std::f64::consts::PI * x * x / (1.0 + x * x) * 0.01);
    assert!(
        (time("thermal photons") / few - 1.0).abs() < 0.03,
        "{} {few}",
        time("thermal photons")
    );
}

#[test]
fn formulas_are_warned_of_and_refused_outside_of_their_range() {
    let warned = ketlab(&["chip", "transmon", "--ej", "5", "--ec", "1"]);
    assert!(warned.status.success());
    let message = String::from_utf8(warned.stderr).unwrap();
    assert!(
        message.contains("warning: EJ/EC is 5") && message.contains("more than 6 %"),
        "{message}"
    );
    let boxed = json(&["chip", "transmon", "--ej", "0.5", "--ec", "1"]);
    assert!(boxed["formulas"].is_null());
    assert!(boxed["warnings"][0].as_str().unwrap().contains("Cooper pair box"));
    // E1 - E0 of a Cooper pair box is near 4 EC.
    assert!((number(&boxed["frequency_ghz"]) - 4.025832474).abs() < 1e-8);
    // A dispersion below rounding says so.
    let deep = json(&["chip", "transmon", "--ej", "300", "--ec", "0.3"]);
    assert!(deep["warnings"][0].as_str().unwrap().contains("mean nothing"), "{deep}");
}

#[test]
fn pictures_of_sweeps_are_written() {
    let folder = std::env::temp_dir();
    let path = folder.join(format!("ketlab-transmon-{}.csv", std::process::id()));
    let name = path.display().to_string();
    text(&[&transmon("--levels 3 --points 5 --plot")[..], &[&name]].concat());
    let rows = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(rows.matches("level 2,").count(), 5, "{rows}");
    assert!(failure(&transmon("--plot picture.gif")).contains(".svg, .png, .csv or .json"));
}

#[test]
fn tuning_goes_there_and_back() {
    let found = json(&["chip", "tune", "--frequency", "4.97GHz", "--anharmonicity", "-330MHz"]);
    let energies = |document: &Value| (number(&document["ej_ghz"]), number(&document["ec_ghz"]));
    let (ej, ec) = energies(&found);
    assert!((ec - 19.370229 / number(&found["capacitance_ff"])).abs() < 1e-6);
    // The law of one half, and the derivative.
    assert!((number(&found["frequency_spread_formula_ghz"]) - 0.0497).abs() < 1e-12);
    let exponent = number(&found["frequency_exponent"]);
    assert!((exponent - 0.532).abs() < 1e-3, "{exponent}");
    assert!((number(&found["frequency_spread_ghz"]) - 0.02 * 4.97 * exponent).abs() < 1e-12);
    let near = |ej: f64| {
        let (ej, ec) = (ej.to_string(), found["ec_ghz"].to_string());
        number(&json(&["chip", "tune", "--ej", &ej, "--ec", &ec])["frequency_ghz"]).ln()
    };
    let by_difference = (near(1.001 * ej) - near(0.999 * ej)) / (1.001f64 / 0.999).ln();
    assert!((exponent - by_difference).abs() < 1e-6, "{exponent} {by_difference}");
    let (r, c) = (found["resistance_kohm"].to_string(), found["capacitance_ff"].to_string());
    let back = json(&[
        "chip",
        "tune",
        "--resistance",
        &format!("{r}kohm"),
        "--capacitance",
        &format!("{c}fF"),
    ]);
    assert!((energies(&back).0 / ej - 1.0).abs() < 1e-12);
    assert!((energies(&back).1 / ec - 1.0).abs() < 1e-12);
    assert!((number(&back["frequency_ghz"]) - 4.97).abs() < 1e-9);
    assert!((number(&back["anharmonicity_ghz"]) + 0.33).abs() < 1e-9);
    let shown = text(&["chip", "tune", "--ej", "15", "--ec", "0.3", "--gap", "180ueV"]);
    for part in ["64.567", "10.8974 nH", "5.682575677 GHz"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn bad_input_is_refused_by_name() {
    let refused = |args: &[&str]| {
        let output = ketlab(args);
        assert!(!output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (args, part) in [
        ("chip transmon --ej 15ns --ec 0.3", "a frequency has a unit: GHz"),
        ("chip transmon --ej -15 --ec 0.3", "above 0"),
        ("chip transmon --ej inf --ec 0.3", "finite"),
        ("chip transmon --ej 1e30 --ec 0.3", "1e9 GHz"),
        ("chip transmon --ej 15 --ec 0.3 --levels 2", "from 3 to 100"),
        ("chip transmon --ej 15 --ec 0.3 --ng 1e9", "period 1"),
        ("chip transmon --ej 15 --ec 0.3 --asymmetry 2", "from 0"),
        ("chip transmon --ej 15 --ec 0.3 --temperature -3mK", "mK"),
        ("chip transmon --ej 15 --ec 0.3 --temperature 5GHz", "mK or K"),
        ("chip transmon --ej 15 --ec 0.3 --quality 0", "quality factor"),
        ("chip transmon --ej 15 --ec 0.3 --resonator 7GHz", "--g"),
        ("chip transmon --ej 15 --ec 0.3 --range 1,0", "smaller first"),
        ("chip tune", "--frequency and --anharmonicity"),
        ("chip tune --frequency 5GHz --anharmonicity 0.3GHz", "negative"),
        ("chip tune --frequency 5GHz --anharmonicity -6GHz", "EJ/EC = 1"),
        ("chip tune --frequency 5ns --anharmonicity -0.3GHz", "GHz"),
        ("chip tune --resistance 8kohm", "--capacitance"),
        ("chip tune --resistance 8V --capacitance 65fF", "kohm"),
        ("chip tune --resistance 8 --capacitance 65fF", "8kohm"),
        ("chip tune --resistance 0kohm --capacitance 65fF", "above 0"),
        ("chip tune --ej 15 --ec 0.3 --resistance-spread -1", "not negative"),
    ] {
        let words: Vec<&str> = args.split(' ').collect();
        let message = refused(&words);
        assert!(message.contains(part), "{args}: {message}");
    }
}
