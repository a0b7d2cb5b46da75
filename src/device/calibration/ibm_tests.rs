//! IBM properties with everything that is odd in them. The numbers are our own.

use super::*;
use crate::noise::ReadoutError;
use serde_json::{Value, json};

fn value(name: &str, value: impl Into<Value>, unit: &str) -> Value {
    json!({ "date": "2026-11-02T07:00:00+00:00", "name": name, "unit": unit, "value": value.into() })
}

fn gate(name: &str, qubits: &[usize], parameters: &[Value]) -> Value {
    let joined: Vec<String> = qubits.iter().map(usize::to_string).collect();
    let id = format!("{name}{}", joined.join("_"));
    json!({ "gate": name, "name": id, "qubits": qubits, "parameters": parameters })
}

fn usual(error: f64, ns: f64) -> Vec<Value> {
    vec![value("gate_error", error, ""), value("gate_length", ns, "ns")]
}

fn properties() -> Value {
    json!({
        "backend_name": "a test", "backend_version": "1", "last_update_date": "2026-11-02",
        "qubits": [
            [value("T1", 120.5, "us"), value("T2", 80.25, "us"), value("frequency", 4.9, "GHz"),
             value("anharmonicity", -0.31, "GHz"), value("readout_error", 0.015, ""),
             value("prob_meas0_prep1", 0.02, ""), value("prob_meas1_prep0", 0.01, ""),
             value("readout_length", 860.0, "ns")],
            // T2 above 2 T1, other units, no anharmonicity, only the mean of the readout.
            [value("readout_error", 0.28, ""), value("T2", 0.25, "ms"), value("T1", 100_000.0, "ns"),
             value("frequency", 5_100.0, "MHz"), value("readout_length", 1.2, "µs")],
            // No unit, a unit that is none, T1 missing, a readout that is mostly wrong.
            [value("T2", 60.0, "furlong"), value("frequency", 5.2e9, "Hz"),
             value("prob_meas0_prep1", 0.7, ""), value("prob_meas1_prep0", 0.1, "")],
            [value("T1", 90.0, ""), value("T1", 91.0, "us"), value("T2", Value::Null, "us"),
             value("prob_meas0_prep1", 0.05, ""), value("readout_error", 0.03, ""),
             value("readout_length", -5.0, "ns")]],
        "gates": [
            gate("sx", &[0], &usual(3e-4, 35.5)),
            gate("u1", &[0], &usual(0.0, 0.0)),
            gate("cx", &[0, 1], &usual(1.0, 300.0)),
            gate("cx", &[1, 0], &[value("gate_length", 0.3, "us")]),
            gate("cx", &[1, 2], &usual(9e-3, 400.0)),
            gate("cx", &[1, 2], &usual(5e-3, 400.0)),
            gate("cx", &[2, 3], &usual(2.0, 400.0)),
            gate("id", &[1], &[value("gate_error", 1e-6, ""), value("gate_length", 500.0, "")]),
            gate("sx", &[9], &usual(1e-3, 35.0)),
            gate("warp", &[0], &usual(1e-3, 35.0)),
            gate("x", &[2], &usual(-1.0, 35.0)),
            gate("reset", &[0], &usual(0.0, 1300.0)),
            gate("if_else", &[0], &[]),
            gate("measure", &[2], &usual(0.01, 900.0))],
        "general": [value("lf_4", 0.9, ""), { "name": "odd" }]
    })
}

fn of(findings: &[Finding], what: FindingKind) -> Vec<&Finding> {
    findings.iter().filter(|f| f.what == what).collect()
}

#[test]
fn everything_odd_is_a_finding_and_no_error() {
    let DeviceFile { device, findings } =
        Device::from_ibm_properties(&properties().to_string(), None).unwrap();
    assert_eq!(device.name, "a test");
    let q = &device.qubits;
    assert_eq!((q[0].t1_us, q[0].t2_us, q[0].frequency_ghz), (Some(120.5), Some(80.25), Some(4.9)));
    assert_eq!(q[0].readout, Some(ReadoutError { p1_given_0: 0.01, p0_given_1: 0.02 }));
    assert_eq!(q[0].reset_duration_ns, Some(1300.0));
    assert_eq!((q[1].t1_us, q[1].t2_us), (Some(100.0), Some(200.0)));
    assert_eq!(q[1].frequency_ghz, Some(5.1));
    assert_eq!(q[1].anharmonicity_ghz, None);
    assert_eq!(q[1].readout, Some(ReadoutError { p1_given_0: 0.28, p0_given_1: 0.28 }));
    assert_eq!(q[1].readout_duration_ns, Some(1200.0));
    assert!((q[2].frequency_ghz.unwrap() - 5.2).abs() < 1e-12);
    assert_eq!((q[2].t1_us, q[2].t2_us), (None, None));
    assert_eq!(q[2].readout_duration_ns, Some(900.0));
    assert_eq!((q[3].t1_us, q[3].t2_us), (Some(90.0), None));
    // The other one follows from the mean.
    let readout = q[3].readout.unwrap();
    assert!((readout.p1_given_0 - 0.01).abs() < 1e-15 && readout.p0_given_1 == 0.05);

    let t2 = of(&findings, FindingKind::T2AboveTwiceT1);
    assert_eq!(t2.len(), 1);
    assert_eq!((t2[0].value, t2[0].used, &t2[0].qubits[..]), (Some(250.0), Some(200.0), &[1][..]));
    let places = |what| -> Vec<String> { of(&findings, what).iter().map(|f| f.place()).collect() };
    assert_eq!(places(FindingKind::NotCalibrated), ["cx 0 1", "cx 2 3"]);
    assert_eq!(places(FindingKind::MissingT1), ["qubit 2"]);
    assert_eq!(places(FindingKind::MissingT2), ["qubit 2", "qubit 3"]);
    assert_eq!(places(FindingKind::MissingError), ["cx 1 0", "x 2"]);
    assert_eq!(places(FindingKind::Duplicate), ["T1 of qubit 3", "cx 1 2"]);
    assert_eq!(places(FindingKind::UnknownQubit), ["sx 9"]);
    assert_eq!(places(FindingKind::UnknownGate), ["warp 0"]);
    assert_eq!(places(FindingKind::ReadoutAboveHalf), ["qubit 2"]);
    assert_eq!(
        places(FindingKind::Unit),
        ["T2 of qubit 2", "T1 of qubit 3", "gate_length of id 1"]
    );
    assert_eq!(
        places(FindingKind::ImpossibleValue),
        ["readout_length of measure 3", "gate_error of x 2"]
    );
    assert_eq!(places(FindingKind::RelaxationAboveError), ["id 1"]);
    assert_eq!(places(FindingKind::MissingDuration), ["measure 3"]);
    assert_eq!(device.gate("cx", &[1, 2]).unwrap().error, Some(9e-3));
    assert_eq!(device.gate("cx", &[1, 0]).unwrap().duration_ns, Some(300.0));
    // `u1` is `p` of the gate table.
    assert!(device.gate("p", &[0]).is_some());
    let pairs: Vec<[usize; 2]> = device.couplings.iter().map(|c| c.qubits).collect();
    assert_eq!(pairs, [[0, 1], [1, 2], [2, 3]]);
    // It is a device that can be written, read and used.
    let again = Device::from_json(&device.to_json().unwrap()).unwrap().device;
    assert_eq!(again, device);
    device.noise_model(&DeviceNoise::default()).unwrap();
}

#[test]
fn the_configuration_says_which_qubits_are_coupled() {
    let text = properties().to_string();
    let configuration = json!({ "n_qubits": 4, "dt": 0.2222, "coupling_map": [[0, 1], [1, 0], [1, 2], [0, 3]],
                "basis_gates": ["cx", "id", "sx"] });
    let read = |c: &Value| Device::from_ibm_properties(&text, Some(&c.to_string()));
    let DeviceFile { device, findings } = read(&configuration).unwrap();
    assert_eq!(device.dt_ns, Some(0.2222));
    let pairs: Vec<[usize; 2]> = device.couplings.iter().map(|c| c.qubits).collect();
    assert_eq!(pairs, [[0, 1], [0, 3], [1, 2]]);
    assert_eq!(of(&findings, FindingKind::CouplingWithoutGates)[0].qubits, [0, 3]);
    assert_eq!(of(&findings, FindingKind::GateWithoutCoupling)[0].qubits, [2, 3]);
    let error = read(&json!({ "n_qubits": 5 })).unwrap_err().to_string();
    assert!(error.contains("`n_qubits` is 5") && error.contains("4 qubits"), "{error}");
    assert!(read(&json!({ "coupling_map": [[0, 9]] })).is_err());
    assert!(read(&json!({ "coupling_map": 3 })).is_err());
}

#[test]
fn shapes_that_are_none_are_errors() {
    let read = |value: Value| Device::from_ibm_properties(&value.to_string(), None);
    let error = |value: Value| read(value).unwrap_err().to_string();
    assert!(error(json!({ "gates": [] })).contains("`qubits` is missing"));
    assert!(error(json!({ "qubits": [[]] })).contains("`gates` is missing"));
    assert!(error(json!({ "qubits": [3], "gates": [] })).contains("qubit 0"));
    assert!(error(json!({ "qubits": [[]], "gates": [{}] })).contains("gate record 0"));
    assert!(
        error(json!({ "qubits": [[]], "gates": [{"gate": "x"}] })).contains("`qubits` is a list")
    );
    assert!(error(json!({ "qubits": [], "gates": [] })).contains("from 1 to"));
    let bare = read(json!({ "qubits": [[]], "gates": [] })).unwrap();
    assert!(!bare.findings.is_empty());
    assert!(Device::from_ibm_properties("no JSON", None).is_err());
}

#[test]
fn findings_say_which_number_is_meant_as_it_is_written() {
    let text = json!({
        "backend_name": "numbers",
        "qubits": [
            [value("T1", "100", "us"), value("T2", " 80.5 ", ""), value("frequency", "fast", "GHz"),
             value("readout_length", -2.0, "us"), value("prob_meas1_prep0", 1.5, "")],
            [value("T1", 1e-320, "us"), value("T2", 1e300, "s"), value("frequency", 0.0, "MHz"),
             value("anharmonicity", 3.0, "steps")]],
        "gates": [
            gate("sx", &[0], &[value("gate_error", "3e-4", ""), value("gate_length", 160, "dt")]),
            gate("sx", &[1], &usual(1e-3, 35.0))],
    });
    let DeviceFile { device, findings } =
        Device::from_ibm_properties(&text.to_string(), None).unwrap();
    // Numbers that are texts are numbers.
    assert_eq!((device.qubits[0].t1_us, device.qubits[0].t2_us), (Some(100.0), Some(80.5)));
    assert_eq!(device.gate("sx", &[0]).unwrap().error, Some(3e-4));
    assert_eq!((device.qubits[1].t1_us, device.qubits[1].frequency_ghz), (None, None));
    let with_parameter = findings.iter().filter(|f| f.parameter.is_some());
    let texts: Vec<String> = with_parameter.map(ToString::to_string).collect();
    let unit = "a unit is missing (the usual one is used) or not known (left out)";
    let cannot = "a number that cannot be; left out";
    let expected = [
        format!("T2 of qubit 0: {unit}: 80.5 us"),
        format!("frequency of qubit 0: {cannot}"),
        format!("readout_length of measure 0: {cannot}: -2 us"),
        format!("prob_meas1_prep0 of measure 0: {cannot}: 1.5"),
        format!("T1 of qubit 1: {cannot}: {} us", crate::error::shown(1e-320)),
        format!("T2 of qubit 1: {cannot}: {} s", crate::error::shown(1e300)),
        format!("frequency of qubit 1: {cannot}: 0 MHz"),
        format!("anharmonicity of qubit 1: {unit}: 3 steps"),
        format!("gate_length of sx 0: {unit}: 160 dt"),
    ];
    assert_eq!(texts, expected);
    device.noise_model(&DeviceNoise::default()).unwrap();
}
