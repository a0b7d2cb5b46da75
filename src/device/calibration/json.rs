//! Devices as versioned JSON that a person reads and writes.
//!
//! ```json
//! {"format": "ketlab.device", "version": 1, "name": "my chip", "dt_ns": 0.5,
//!  "qubits": [
//!    {"frequency_ghz": 5.05, "anharmonicity_ghz": -0.33, "t1_us": 120, "t2_us": 90,
//!     "p1_given_0": 0.01, "p0_given_1": 0.02, "readout_duration_ns": 800},
//!    {"frequency_ghz": 5.12, "t1_us": 100, "t2_us": 110, "excited_population": 0.01,
//!     "reset_duration_ns": 900}],
//!  "gates": [
//!    {"name": "sx", "qubits": [0], "error": 0.0003, "duration_ns": 35},
//!    {"name": "cx", "qubits": [0, 1], "error": 0.008, "duration_ns": 300}],
//!  "couplings": [{"qubits": [0, 1], "zz_khz": 50}]}
//! ```
//!
//! `qubits` is a list, qubit 0 first. Of a qubit everything may be left out, but `p1_given_0` (read 1
//! where it is 0) and `p0_given_1` come together; `excited_population` is that of 1 in equilibrium.
//! `t1_us` and `t2_us` may be `"inf"`. A gate has its name in the gate table and its qubits, controls
//! first; `error` is the average gate infidelity, and `duration_ns` 0 of a gate that takes no time. `zz_khz`
//! is the static ZZ interaction E11 - E10 - E01 + E00 over h. `name`, `dt_ns` (a sample of the
//! electronics, the unit `dt` of delays), `gates` and `couplings` may be left out. Any other key is an
//! error. Where T2 is more than 2 T1 it is cut and that is a finding.

use super::fields::{Fields, fault, parse};
use super::finding::{DeviceFile, Finding, FindingKind};
use super::records::{Coupling, Device, GateCalibration, QubitCalibration};
use crate::error::{Error, Result};
use crate::noise::ReadoutError;
use serde_json::{Value, json};

/// The name of the format.
pub const FORMAT: &str = "ketlab.device";
const VERSION: u64 = 1;
const WHAT: &str = "a device";

const DEVICE: &[&str] = &["format", "version", "name", "dt_ns", "qubits", "gates", "couplings"];
const QUBIT: &[&str] = &[
    "frequency_ghz",
    "anharmonicity_ghz",
    "t1_us",
    "t2_us",
    "excited_population",
    "p1_given_0",
    "p0_given_1",
    "readout_duration_ns",
    "reset_duration_ns",
];
const GATE: &[&str] = &["name", "qubits", "error", "duration_ns"];
const COUPLING: &[&str] = &["qubits", "zz_khz"];

impl Device {
    /// The device as JSON text, one record a line; [`Device::from_json`] reads the same device back.
    ///
    /// # Errors
    /// If the device is none ([`Device::check`]).
    pub fn to_json(&self) -> Result<String> {
        self.check()?;
        let list = |lines: Vec<String>| match lines.is_empty() {
            true => "[]".to_string(),
            false => format!("[\n    {}\n  ]", lines.join(",\n    ")),
        };
        let mut text = format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {VERSION},\n  \"name\": {}",
            Value::from(&self.name[..])
        );
        if let Some(dt) = self.dt_ns {
            text.push_str(&format!(",\n  \"dt_ns\": {}", number(dt)));
        }
        let qubits = self.qubits.iter().map(write_qubit).collect();
        text.push_str(&format!(",\n  \"qubits\": {}", list(qubits)));
        let gates = self.gates.iter().map(write_gate).collect();
        text.push_str(&format!(",\n  \"gates\": {}", list(gates)));
        let couplings = self.couplings.iter().map(|coupling| {
            let qubits = json!(coupling.qubits);
            line(&[("qubits", Some(qubits)), ("zz_khz", coupling.zz_khz.map(number))])
        });
        text.push_str(&format!(",\n  \"couplings\": {}\n}}\n", list(couplings.collect())));
        Ok(text)
    }

    /// The device of a JSON text. T2 above 2 T1 is cut to it, which is among the findings, as is what
    /// [`Device::findings`] finds.
    ///
    /// # Errors
    /// If it is not JSON, has another format or version or keys that do not belong there (the message
    /// suggests one), or a value is of another kind or out of its range.
    pub fn from_json(text: &str) -> Result<DeviceFile> {
        let value = parse(text, WHAT)?;
        let said = value.get("format").and_then(Value::as_str).unwrap_or("no format");
        let version = value.get("version");
        if said != FORMAT || version.and_then(Value::as_u64) != Some(VERSION) {
            let version = version.map_or("none".into(), ToString::to_string);
            return Err(Error::Invalid {
                what: "the format of a device".into(),
                value: format!("{said} version {version}"),
                expected: format!("this ketlab reads {FORMAT} version {VERSION}"),
            });
        }
        let fields = Fields::new(&value, "", WHAT, DEVICE)?;
        let mut device = Device {
            name: fields.text("name")?.unwrap_or_default().into(),
            dt_ns: fields.number("dt_ns")?,
            ..Device::default()
        };
        let mut findings = Vec::new();
        let Some(qubits) = fields.list("qubits")? else {
            return Err(fault(WHAT, "", "`qubits` is missing: a list, one object a qubit"));
        };
        for (q, value) in qubits.iter().enumerate() {
            device.qubits.push(read_qubit(q, value, &mut findings)?);
        }
        for (k, value) in fields.list("gates")?.unwrap_or_default().iter().enumerate() {
            device.gates.push(read_gate(k, value)?);
        }
        for (k, value) in fields.list("couplings")?.unwrap_or_default().iter().enumerate() {
            device.couplings.push(read_coupling(k, value)?);
        }
        findings.extend(device.findings()?);
        Ok(DeviceFile { device, findings })
    }
}

fn number(x: f64) -> Value {
    if x.is_infinite() { "inf".into() } else { json!(x) }
}

/// An object on one line, of what is there.
fn line(items: &[(&str, Option<Value>)]) -> String {
    let list = |value: &Value| match value {
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("[{}]", texts.join(", "))
        }
        other => other.to_string(),
    };
    let there = items.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let texts: Vec<String> = there.map(|(key, v)| format!("\"{key}\": {}", list(v))).collect();
    format!("{{{}}}", texts.join(", "))
}

fn write_qubit(qubit: &QubitCalibration) -> String {
    line(&[
        ("frequency_ghz", qubit.frequency_ghz.map(number)),
        ("anharmonicity_ghz", qubit.anharmonicity_ghz.map(number)),
        ("t1_us", qubit.t1_us.map(number)),
        ("t2_us", qubit.t2_us.map(number)),
        ("excited_population", qubit.excited_population.map(number)),
        ("p1_given_0", qubit.readout.map(|r| number(r.p1_given_0))),
        ("p0_given_1", qubit.readout.map(|r| number(r.p0_given_1))),
        ("readout_duration_ns", qubit.readout_duration_ns.map(number)),
        ("reset_duration_ns", qubit.reset_duration_ns.map(number)),
    ])
}

fn write_gate(gate: &GateCalibration) -> String {
    line(&[
        ("name", Some(gate.name.clone().into())),
        ("qubits", Some(json!(gate.qubits))),
        ("error", gate.error.map(number)),
        ("duration_ns", gate.duration_ns.map(number)),
    ])
}

fn read_qubit(q: usize, value: &Value, findings: &mut Vec<Finding>) -> Result<QubitCalibration> {
    let fields = Fields::new(value, format!("qubit {q}"), WHAT, QUBIT)?;
    let readout = match (fields.number("p1_given_0")?, fields.number("p0_given_1")?) {
        (None, None) => None,
        (Some(p1_given_0), Some(p0_given_1)) => Some(ReadoutError { p1_given_0, p0_given_1 }),
        _ => return Err(fields.fault("`p1_given_0` and `p0_given_1` come together")),
    };
    let mut qubit = QubitCalibration {
        frequency_ghz: fields.number("frequency_ghz")?,
        anharmonicity_ghz: fields.number("anharmonicity_ghz")?,
        t1_us: fields.number("t1_us")?,
        t2_us: fields.number("t2_us")?,
        excited_population: fields.number("excited_population")?,
        readout,
        readout_duration_ns: fields.number("readout_duration_ns")?,
        reset_duration_ns: fields.number("reset_duration_ns")?,
    };
    findings.extend(cut_t2(q, &mut qubit));
    Ok(qubit)
}

/// Cuts T2 to 2 T1, which files of real devices exceed: both are estimates.
pub(super) fn cut_t2(q: usize, qubit: &mut QubitCalibration) -> Option<Finding> {
    let (t1, t2) = (qubit.t1_us?, qubit.t2_us?);
    if !(t1 > 0.0 && t2 > 2.0 * t1) {
        return None;
    }
    qubit.t2_us = Some(2.0 * t1);
    Some(Finding::of_qubit(FindingKind::T2AboveTwiceT1, q).value(t2).used(2.0 * t1))
}

fn read_gate(k: usize, value: &Value) -> Result<GateCalibration> {
    let fields = Fields::new(value, format!("gate record {k}"), WHAT, GATE)?;
    let (name, qubits) = match (fields.text("name")?, fields.qubits("qubits")?) {
        (Some(name), Some(qubits)) => (name.to_string(), qubits),
        _ => return Err(fields.fault("it has a `name` and `qubits`")),
    };
    let (error, duration_ns) = (fields.number("error")?, fields.number("duration_ns")?);
    Ok(GateCalibration { name, qubits, error, duration_ns })
}

fn read_coupling(k: usize, value: &Value) -> Result<Coupling> {
    let fields = Fields::new(value, format!("coupling {k}"), WHAT, COUPLING)?;
    match fields.qubits("qubits")?.as_deref() {
        Some(&[a, b]) => {
            Ok(Coupling { qubits: [a.min(b), a.max(b)], zz_khz: fields.number("zz_khz")? })
        }
        _ => Err(fields.fault("it has `qubits`, a list of two")),
    }
}
