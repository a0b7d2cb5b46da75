//! Devices on the command line: `ketlab device`, and `--device` wherever there is noise.

use crate::program::{failure, json, ketlab, text, written};
use serde_json::Value;

const BELL: &str = "circuits/bell.qasm";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn stderr(args: &[&str]) -> String {
    let output = ketlab(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stderr).unwrap()
}

/// T1 100 µs, T2 as given on qubit 0; gates without error and time.
fn device(name: &str, t2_us: &str) -> String {
    let text = format!(
        r#"{{"format": "ketlab.device", "version": 1, "name": "{name}",
  "qubits": [
    {{"t1_us": 100, "t2_us": {t2_us}, "p1_given_0": 0.1, "p0_given_1": 0.2, "readout_duration_ns": 500}},
    {{"t1_us": 100, "t2_us": 100, "p1_given_0": 0, "p0_given_1": 0, "readout_duration_ns": 500}}],
  "gates": [
    {{"name": "h", "qubits": [0], "error": 0, "duration_ns": 0}},
    {{"name": "x", "qubits": [1], "error": 0, "duration_ns": 0}},
    {{"name": "cx", "qubits": [0, 1], "error": 0.01, "duration_ns": 0}}],
  "couplings": [{{"qubits": [0, 1], "zz_khz": 100}}]}}"#
    );
    written(&format!("{name}.json"), &text)
}

const RAMSEY: &str = r#"OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
h q[0];
barrier q;
delay[7us] q[0];
barrier q;
h q[0];
"#;

#[test]
fn what_comes_with_ketlab_is_listed_and_said_to_be_invented() {
    let shown = text(&["device", "--list"]);
    for part in ["invented5", "invented27", "invented127", "no real machine"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for (name, qubits, couplings, gates) in
        [("invented5", 5, 4, 28), ("invented27", 27, 28, 164), ("invented127", 127, 144, 652)]
    {
        let document = json(&["device", name]);
        assert_eq!(document["invented"], true);
        assert_eq!(document["qubits"].as_array().unwrap().len(), qubits);
        assert_eq!(document["couplings"].as_array().unwrap().len(), couplings);
        assert_eq!(document["gates"].as_array().unwrap().len(), gates, "{name}");
        assert_eq!(document["findings"], serde_json::json!([]));
        assert!(document["coverage"].is_null());
        for gate in document["gates"].as_array().unwrap() {
            let apart = number(&gate["model_error"]) - number(&gate["error"]);
            assert!(apart.abs() < 1e-12, "{gate}");
        }
        assert!(text(&["device", name]).contains("no real machine"));
    }
    let error = failure(&["device", "invented72"]);
    assert!(error.contains("did you mean `invented27`"), "{error}");
}

#[test]
fn qubits_that_wait_decay_and_gather_phases() {
    let (file, circuit) = (device("waits", "80"), written("ramsey.qasm", RAMSEY));
    // Read: (1-a-b)⟨Z⟩ + (b-a).
    let read = |z: f64| 0.7 * z + 0.1;
    let mean = |args: &[&str], circuit: &str| {
        let base = ["run", circuit, "--device", &file, "--observable", "Z0"];
        number(&json(&[&base[..], args].concat())["expectations"][0]["value"])
    };
    let decay = (-7.0f64 / 80.0).exp();
    for schedule in ["alap", "asap", "none"] {
        let found = mean(&["--schedule", schedule], &circuit);
        assert!((found - read(decay)).abs() < 1e-12, "{schedule}: {found}");
    }
    // With the neighbour in 1, which decays in the meantime, the phase is put in at the end.
    let excited = RAMSEY.replacen("h q[0];", "x q[1];\nh q[0];", 1);
    let excited = written("ramsey-excited.qasm", &excited);
    let stays = (-7.0f64 / 100.0).exp();
    let phase = std::f64::consts::TAU * 100e3 * 7e-6;
    let expected = decay * (stays * phase.cos() + 1.0 - stays);
    let found = mean(&[], &excited);
    assert!((found - read(expected)).abs() < 1e-12, "{found} {expected}");
    assert!((mean(&["--schedule", "none"], &excited) - read(decay)).abs() < 1e-12);
    // The other qubit of the device: on it there is no `h`.
    let args = ["run", &circuit, "--device", &file, "--device-qubits", "1,0", "--observable", "Z0"];
    assert!(stderr(&args).contains("no noise and no time for 2 h"), "{}", stderr(&args));
    let found = number(&json(&args)["expectations"][0]["value"]);
    assert!((found - (-7.0f64 / 100.0).exp()).abs() < 1e-12, "{found}");
}

#[test]
fn what_a_device_does_is_in_the_document() {
    let document = json(&["run", BELL, "--device", "invented5", "--transpile"]);
    let noise = &document["noise"];
    assert_eq!((&noise["device"], &noise["schedule"]), (&"invented5".into(), &"alap".into()));
    assert_eq!(noise["num_findings"], 0);
    assert_eq!(noise["flags"], serde_json::json!(["device=invented5", "transpile"]));
    for key in ["device_qubits", "initial_places", "final_places"] {
        assert_eq!(noise[key], serde_json::json!([0, 1]), "{key}");
    }
    let makespan = number(&noise["makespan_ns"]);
    assert!(makespan > 860.0 && makespan < 3000.0);
    for gate in noise["gates_without_noise"].as_array().unwrap() {
        assert_eq!(gate["is_virtual"], true, "{gate}");
    }
    assert_eq!(noise["num_misread_qubits"], 2);
    let without = json(&["run", BELL, "--device", "invented5", "--schedule", "none"]);
    assert!(without["noise"]["schedule"].is_null() && without["noise"]["makespan_ns"].is_null());
    // Noise of flags besides.
    let both = json(&["run", BELL, "--device", "invented5", "--noise", "depolarizing=0.01"]);
    assert_eq!(both["noise"]["num_noisy_gates"], 2);
    assert_eq!(both["noise"]["flags"][1], "device=invented5");
}

#[test]
fn a_large_device_costs_what_the_circuit_does() {
    let args = ["run", BELL, "--device", "invented127", "--transpile", "--schedule", "asap"];
    let document = json(&args);
    assert_eq!(document["num_qubits"], 2);
    assert_eq!(document["method"], "density-matrix");
    let model = &document["noise"]["model"];
    assert_eq!(model["num_qubits"], 2);
    assert!(model["rules"].as_array().unwrap().len() < 30);
    let sum: f64 = document["outcomes"].as_object().unwrap().values().map(number).sum();
    assert!((sum - 1.0).abs() < 1e-12);
    // The model in the document is the noise of the circuit as it is written for the device.
    let file = written("model-127.json", &model.to_string());
    let again = json(&["run", BELL, "--noise", &file]);
    assert_eq!(again["outcomes"], document["outcomes"]);
}

#[test]
fn t2_above_2_t1_is_cut_and_told_once() {
    let file = device("long-t2", "250");
    let document = json(&["device", &file]);
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{document}");
    assert_eq!(findings[0]["what"], "t2-above-twice-t1");
    assert_eq!(findings[0]["qubits"], serde_json::json!([0]));
    assert_eq!((number(&findings[0]["value"]), number(&findings[0]["used"])), (250.0, 200.0));
    assert_eq!(number(&document["qubits"][0]["t2_us"]), 200.0);
    let said = stderr(&["run", BELL, "--device", &file, "--quiet"]);
    assert_eq!(said.matches("warning: device long-t2").count(), 1, "{said}");
    assert!(said.contains("1 × T2 is above 2 T1"), "{said}");
    assert!(text(&["device", &file]).contains("qubit 0 (250 us; used 200 us)"));
    assert!(
        !stderr(&["run", BELL, "--device", "invented5", "--quiet"]).contains("warning: device")
    );
}

/// Two qubits as IBM writes them: an error of 1, units that differ, no anharmonicity.
const PROPERTIES: &str = r#"{"backend_name": "props", "qubits": [
  [{"name": "T1", "unit": "us", "value": 100}, {"name": "T2", "unit": "µs", "value": 300},
   {"name": "prob_meas0_prep1", "unit": "", "value": 0.02},
   {"name": "prob_meas1_prep0", "unit": "", "value": 0.01},
   {"name": "readout_length", "unit": "ns", "value": 800}],
  [{"name": "T1", "unit": "ms", "value": 0.1}, {"name": "T2", "unit": "us", "value": 50},
   {"name": "readout_error", "unit": "", "value": 0.03},
   {"name": "readout_length", "unit": "us", "value": 0.8}]],
 "gates": [
  {"gate": "h", "qubits": [0], "parameters": [{"name": "gate_error", "value": 0.001, "unit": ""},
    {"name": "gate_length", "value": 35, "unit": "ns"}]},
  {"gate": "cx", "qubits": [0, 1], "parameters": [{"name": "gate_error", "value": 1, "unit": ""},
    {"name": "gate_length", "value": 300, "unit": "ns"}]}],
 "general": [{"name": "lf", "value": [1, 2]}]}"#;

#[test]
fn properties_of_ibm_are_read_and_written_as_devices() {
    let file = written("props.json", PROPERTIES);
    let configuration =
        written("conf.json", r#"{"n_qubits": 2, "dt": 0.5, "coupling_map": [[0, 1], [1, 0]]}"#);
    let document = json(&["device", &file, "--configuration", &configuration, "--circuit", BELL]);
    assert_eq!(document["source"], "IBM properties");
    assert_eq!(number(&document["dt_ns"]), 0.5);
    let kinds: Vec<&Value> =
        document["findings"].as_array().unwrap().iter().map(|f| &f["what"]).collect();
    assert_eq!(kinds, ["t2-above-twice-t1", "not-calibrated"]);
    assert_eq!(document["coverage"]["num_noisy_gates"], 2);
    // H on qubit 0, CX, both measured.
    assert_eq!(number(&document["coverage"]["makespan_ns"]), 35.0 + 300.0 + 800.0);
    assert_eq!(document["coverage"]["idle_ns"], serde_json::json!([0.0, 35.0]));
    let output = std::env::temp_dir().join(format!("ketlab-device-{}.json", std::process::id()));
    let output = output.display().to_string();
    text(&["device", &file, "--output", &output]);
    let run = |device: &str| json(&["run", BELL, "--device", device])["outcomes"].clone();
    assert_eq!(run(&file), run(&output));
    // Completely depolarized but for readout and relaxation behind.
    for p in run(&file).as_object().unwrap().values() {
        assert!((number(p) - 0.25).abs() < 0.02, "{p}");
    }
    std::fs::remove_file(&output).unwrap();
}

#[test]
fn noise_models_of_aer_are_devices_without_times() {
    let aer = r#"{"errors": [
      {"type": "qerror", "id": "a", "operations": ["cx"],
       "instructions": [[{"name": "pauli", "qubits": [0, 1], "params": ["IX"]}],
                        [{"name": "id", "qubits": [0]}]], "probabilities": [0.25, 0.75]},
      {"type": "roerror", "operations": ["measure"], "gate_qubits": [[1]],
       "probabilities": [[0.9, 0.1], [0.3, 0.7]]}]}"#;
    let file = written("aer.json", aer);
    let document = json(&["device", &file]);
    assert_eq!(document["source"], "Aer noise model");
    assert_eq!(document["model"]["rules"][0]["after"], "pauli(IX=0.25)");
    // X on the control: 01 and 10 with 1/8 each; then qubit 1 is misread.
    let outcomes = json(&["run", BELL, "--device", &file])["outcomes"].clone();
    let p = |bits: &str| number(&outcomes[bits]);
    assert!((p("00") - (0.375 * 0.9 + 0.125 * 0.3)).abs() < 1e-12, "{outcomes}");
    assert!((p("01") - (0.125 * 0.9 + 0.375 * 0.3)).abs() < 1e-12, "{outcomes}");
    let said = stderr(&["run", BELL, "--device", &file, "--quiet"]);
    assert!(said.contains("no noise for 1 h: the noise model"), "{said}");
    assert!(!said.contains("--transpile") && !said.contains("no time"), "{said}");
    for args in [&["run", BELL, "--device", &file][..], &["device", &file]] {
        let error = failure(&[args, &["--schedule", "asap"]].concat());
        assert!(error.contains("says no durations"), "{error}");
        text(&[args, &["--schedule", "none"]].concat());
    }
    let odd = written("aer-odd.json", &aer.replace("\"id\", \"qubits\"", "\"warp\", \"qubits\""));
    let error = failure(&["run", BELL, "--device", &odd]);
    assert!(error.contains("the step `warp`"), "{error}");
}

#[test]
fn what_a_device_says_nothing_of_is_told() {
    // No record, with noise of flags besides.
    let args = ["run", BELL, "--device", "invented5", "--noise", "depolarizing=0.01", "--quiet"];
    let said = stderr(&args);
    assert!(
        said.contains(
            "no noise of the device and no time for 1 h: device invented5 has no record of them; write"
        ),
        "{said}"
    );
    let untimed = serde_json::json!([{"name": "h", "num_qubits": 1, "count": 1}]);
    assert_eq!(json(&args)["noise"]["untimed"], untimed);
    assert_eq!(json(&["info", BELL, "--device", "invented5"])["noise"]["untimed"], untimed);
    let written_for = ["run", BELL, "--device", "invented5", "--transpile", "--quiet"];
    assert_eq!(json(&written_for)["noise"]["untimed"], serde_json::json!([]));
    assert_eq!(stderr(&written_for), "");
    // No schedule, no times.
    assert!(
        json(&["run", BELL, "--device", "invented5", "--schedule", "none"])["noise"]["untimed"]
            .is_null()
    );
    // Records of perfect gates are records.
    let said = stderr(&["run", BELL, "--device", &device("perfect", "80"), "--quiet"]);
    assert!(
        said.contains("no noise for 1 h: the records of device perfect say that they have none"),
        "{said}"
    );
    assert!(!said.contains("no record") && !said.contains("--transpile"), "{said}");
    // A record without a duration, and a reset that nobody says the duration of: of circuits with one.
    let slow = device("slow", "80").replace(".json", "-none.json");
    let text = std::fs::read_to_string(device("slow", "80")).unwrap();
    let text = text.replace("\"error\": 0.01, \"duration_ns\": 0", "\"error\": 0.01");
    std::fs::write(&slow, text).unwrap();
    let circuit = written(
        "reset.qasm",
        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q;\nh q[0];\ncx q[0], q[1];\nreset q[0];\n",
    );
    let said = stderr(&["run", &circuit, "--device", &slow, "--quiet"]);
    assert!(
        said.contains("no time for 1 cx, 1 reset: device slow says no duration of them"),
        "{said}"
    );
    let said = stderr(&["run", BELL, "--device", &device("fast", "80"), "--quiet"]);
    assert!(!said.contains("reset"), "{said}");
    let said = stderr(&["vqe", "Z0", "--device", "invented5", "--max-iterations", "1", "--quiet"]);
    assert!(said.contains("no noise and no time for"), "{said}");
    let once = ["qae", "--amplitude", "0.2", "--once", "--budgets", "100", "--quiet"];
    let said = stderr(&[&once[..], &["--device", "invented5"]].concat());
    assert!(said.contains("no noise and no time for"), "{said}");
}

#[test]
fn readout_errors_are_said_once() {
    let args = ["run", BELL, "--noise", "readout=0.3,0.3", "--device", "invented5"];
    let error = failure(&args);
    assert!(
        error.contains("readout error of qubit 0") && error.contains("0.3 of all qubits"),
        "{error}"
    );
    assert!(error.contains("leave the readout error out of one of them"), "{error}");
}

#[test]
fn what_is_no_device_is_said_to_be_none() {
    let model =
        written("rules.json", r#"{"format": "ketlab.noise_model", "version": 1, "rules": []}"#);
    for (content, part) in [
        ("nothing", "a device is JSON"),
        ("{}", "neither `format`"),
        (r#"{"format": "ketlab.device", "version": 1}"#, "`qubits` is missing"),
        (r#"{"format": "ketlab.device", "version": 1, "qubits": [{"t1_ns": 3}]}"#, "`t1_us`"),
    ] {
        let file = written("no-device.json", content);
        let error = failure(&["run", BELL, "--device", &file]);
        assert!(error.contains(part) && error.contains("--device"), "{part}: {error}");
        assert!(failure(&["device", &file]).contains(part));
    }
    assert!(failure(&["run", BELL, "--device", &model]).contains("give it to --noise"));
    let error = failure(&["run", "circuits/ghz_12.qasm", "--device", "invented5"]);
    assert!(error.contains("a device with 5"), "{error}");
    let error = failure(&["run", BELL, "--device", "invented5", "--device-qubits", "1,1"]);
    assert!(error.contains("--device-qubits"), "{error}");
    assert_eq!(ketlab(&["run", BELL, "--schedule", "alap"]).status.code(), Some(2));
    assert_eq!(ketlab(&["device"]).status.code(), Some(2));
}

#[test]
fn everything_that_takes_noise_takes_devices() {
    fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
        [args, &["--device", "invented5", "--transpile", "--quiet"]].concat()
    }
    let vqe = json(&with(&["vqe", "Z0 Z1 + 0.5 X0", "--max-iterations", "3"]));
    assert_eq!(vqe["noise"]["device"], "invented5");
    assert!(number(&vqe["noise"]["makespan_ns"]) > 300.0);
    let graph = written("path.txt", "0 1\n1 2\n");
    let qaoa = json(&with(&["qaoa", &graph, "--max-iterations", "2", "--restarts", "1"]));
    assert_eq!(qaoa["noise"]["device"], "invented5");
    let qae = ["qae", "--amplitude", "0.2", "--once", "--budgets", "100"];
    let ideal = json(&[&qae[..], &["--full-circuits"]].concat());
    let noisy = json(&with(&qae));
    assert_ne!(ideal["problems"][0]["estimates"], noisy["problems"][0]["estimates"]);
    let drawn = text(&with(&["draw", BELL]));
    assert!(drawn.contains("delay") && drawn.contains("thermal"), "{drawn}");
    let info = json(&with(&["info", BELL]));
    assert!(info["num_channels"].as_u64().unwrap() > 4);
    let converted = text(&with(&["convert", BELL, "--to", "json"]));
    assert!(converted.contains("thermal"));
    let study = ["trainability", "--depths", "1", "--samples", "2", "--qubits", "2"];
    json(&with(&study));
    let kernel = ["kernel", "ad-hoc:20:0.3", "--no-rivals"];
    json(&with(&kernel));
}

#[test]
fn documents_say_where_a_circuit_ran() {
    let flags = ["--device-qubits", "3,2,4", "--schedule", "asap", "--transpile"];
    let document = json(&[&["run", BELL, "--device", "invented5"][..], &flags].concat());
    let noise = &document["noise"];
    let expected = ["device=invented5", "device-qubits=3,2,4", "schedule=asap", "transpile"];
    assert_eq!(noise["flags"], serde_json::json!(expected));
    assert_eq!(noise["device_qubits"], serde_json::json!([3, 2]));
    let sorted = |key: &str| {
        let list = noise[key].as_array().unwrap().iter();
        let mut list: Vec<u64> = list.map(|q| q.as_u64().unwrap()).collect();
        list.sort_unstable();
        list
    };
    assert_eq!((sorted("initial_places"), sorted("final_places")), (vec![2, 3], vec![2, 3]));
    let plain = json(&["run", BELL, "--device", "invented27"]);
    assert_eq!(plain["noise"]["device_qubits"], serde_json::json!([0, 1]));
    assert!(plain["noise"]["final_places"].is_null());
}

#[test]
fn qubits_of_a_device_are_chosen_where_the_first_are_apart() {
    let mut ghz =
        String::from("OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[7] q;\nbit[7] c;\nh q[0];\n");
    (1..7).for_each(|q| ghz += &format!("cx q[{}], q[{q}];\n", q - 1));
    let file = written("ghz-7.qasm", &(ghz + "c = measure q;\n"));
    let args = ["run", &file, "--device", "invented27", "--transpile"];
    let said = stderr(&args);
    assert!(said.contains("not connected; the circuit is on qubits"), "{said}");
    let document = json(&args);
    let noise = &document["noise"];
    assert_eq!(noise["device_qubits"].as_array().unwrap().len(), 7);
    for gate in noise["gates_without_noise"].as_array().unwrap() {
        assert_eq!(gate["is_virtual"], true, "{gate}");
    }
    let p = |bits: &str| number(&document["outcomes"][bits]);
    assert!(p("0000000") > 0.3 && p("1111111") > 0.3);
    let error = failure(&[&args[..], &["--device-qubits", "0,1,2,3,4,5,6"]].concat());
    assert!(error.contains("--device-qubits"), "{error}");
}

#[test]
fn initial_states_keep_their_meaning_where_qubits_move() {
    // Gates that no line has without swaps, and that keep basis states.
    let lines = "x q[1];\ncx q[0], q[4];\ncx q[4], q[2];\nccx q[0], q[3], q[1];\nswap q[0], q[3];\n\
                 cx q[1], q[4];\ncx q[2], q[0];\n";
    let head = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[5] q;\nbit[5] c;\n";
    let file = written("moved.qasm", &format!("{head}{lines}c = measure q;\n"));
    for bits in ["00001", "01010", "11001", "10100"] {
        let likeliest = |more: &[&str]| {
            let document = json(&[&["run", &file, "--initial", bits][..], more].concat());
            // Without noise they are those of the state.
            let key = if more.is_empty() { "probabilities" } else { "outcomes" };
            let outcomes = document[key].as_object().unwrap().clone();
            let best = outcomes.into_iter().max_by(|a, b| number(&a.1).total_cmp(&number(&b.1)));
            best.unwrap()
        };
        let (ideal, p) = likeliest(&[]);
        assert!((number(&p) - 1.0).abs() < 1e-12);
        let (noisy, p) = likeliest(&["--device", "invented5", "--transpile", "--outcomes", "all"]);
        assert!(noisy == ideal && number(&p) > 0.4, "{bits}: {noisy} {ideal} {p}");
    }
}

#[test]
fn delays_after_a_reading_do_not_change_it() {
    let head = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit q;\nbit c;\nx q;\nc = measure q;\n";
    let p1 = |tail: &str, schedule: &str| {
        let file = written("read-then-wait.qasm", &format!("{head}{tail}"));
        let args = ["run", &file, "--device", "invented5", "--schedule", schedule];
        number(&json(&args)["outcomes"]["1"])
    };
    let read = p1("", "none");
    assert!(read > 0.95);
    for schedule in ["alap", "asap", "none"] {
        for tail in ["", "delay[100us] q;\n"] {
            assert!((p1(tail, schedule) - read).abs() < 1e-9, "{schedule} {tail}");
        }
    }
}
