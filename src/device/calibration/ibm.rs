//! Devices from the properties that IBM publishes of its backends, as JSON.
//!
//! A file has `qubits`, for each qubit a list of values `{name, unit, value, date}`, and `gates`, each
//! `{gate, qubits, parameters}` with `gate_error` and `gate_length` among the parameters. Lists keep
//! their order and not always their members: everything is looked up by its name. Units differ between
//! files. Numbers may be texts. `general` and names that say nothing of noise are passed over. The readout errors are
//! `prob_meas1_prep0` and `prob_meas0_prep1`; where only their mean `readout_error` is said, both are it.
//! An error of 1 stands for a gate that was not calibrated.

use super::device::{MAX_DURATION_NS, MIN_DECAY_US, table_name};
use super::fields::{fault, parse};
use super::finding::{DeviceFile, Finding, FindingKind};
use super::json::cut_t2;
use super::records::{Coupling, Device, GateCalibration, QubitCalibration};
use crate::error::Result;
use crate::noise::ReadoutError;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

const WHAT: &str = "IBM backend properties";

/// Operations among the gates that are none, or that a noise model has no use for.
const NO_GATES: &[&str] = &[
    "measure",
    "delay",
    "barrier",
    "if_else",
    "for_loop",
    "switch_case",
    "while_loop",
    "measure_2",
];

/// Units with their powers of ten, and the usual one.
#[derive(Clone, Copy)]
struct Units {
    powers: &'static [(&'static str, i32)],
    usual: &'static str,
}

/// Powers of ten to nanoseconds.
const TIMES: &[(&str, i32)] = &[("ns", 0), ("us", 3), ("µs", 3), ("μs", 3), ("ms", 6), ("s", 9)];
const LIFETIME: Units = Units { powers: TIMES, usual: "us" };
const LENGTH: Units = Units { powers: TIMES, usual: "ns" };
/// Powers of ten to GHz.
const FREQUENCY: Units =
    Units { powers: &[("GHz", 0), ("MHz", -3), ("kHz", -6), ("Hz", -9)], usual: "GHz" };
/// Of probabilities and errors.
const NUMBER: Units = Units { powers: &[], usual: "" };

/// Times a power of ten, the number nearest to it.
fn scaled(number: f64, power: i32) -> f64 {
    if power < 0 { number / 10f64.powi(-power) } else { number * 10f64.powi(power) }
}

impl Device {
    /// The device of backend properties; `configuration` is the text of the separate configuration file
    /// (`coupling_map`, `dt`, `n_qubits`), which may be missing: couplings are then read off the gates.
    ///
    /// # Errors
    /// If a text is not JSON, `qubits` or `gates` are missing or of another shape, or the configuration
    /// is of a device with another number of qubits. What is odd in the numbers is a finding, not an error.
    pub fn from_ibm_properties(text: &str, configuration: Option<&str>) -> Result<DeviceFile> {
        let value = parse(text, WHAT)?;
        let list = |key: &str| {
            let list = value.get(key).and_then(Value::as_array);
            list.ok_or_else(|| fault(WHAT, "", &format!("`{key}` is missing: a list")))
        };
        let mut reader = Reader { findings: Vec::new() };
        let name = value.get("backend_name").and_then(Value::as_str).unwrap_or_default();
        let mut device = Device { name: name.into(), ..Device::default() };
        for (q, values) in list("qubits")?.iter().enumerate() {
            let values = values.as_array().ok_or_else(|| {
                fault(
                    WHAT,
                    &format!("qubit {q}"),
                    "it is a list of values with `name`, `unit`, `value`",
                )
            })?;
            device.qubits.push(reader.qubit(q, values));
        }
        let mut seen = HashSet::new();
        for (k, value) in list("gates")?.iter().enumerate() {
            reader.gate(k, value, &mut device, &mut seen)?;
        }
        let pairs = device.pairs_with_gates();
        let coupling = |&(a, b): &(usize, usize)| Coupling { qubits: [a, b], zz_khz: None };
        device.couplings = pairs.iter().map(coupling).collect();
        if let Some(text) = configuration {
            configure(&mut device, text)?;
        }
        let mut findings = reader.findings;
        findings.extend(device.findings()?);
        Ok(DeviceFile { device, findings })
    }
}

/// What the configuration says besides.
fn configure(device: &mut Device, text: &str) -> Result<()> {
    const WHAT: &str = "an IBM backend configuration";
    let value = parse(text, WHAT)?;
    if let Some(n) = value.get("n_qubits").and_then(Value::as_u64)
        && n != device.num_qubits() as u64
    {
        let why =
            format!("`n_qubits` is {n}, and the properties are of {} qubits", device.num_qubits());
        return Err(fault(WHAT, "", &why));
    }
    if let Some(dt) = value.get("dt").and_then(Value::as_f64) {
        // In nanoseconds; some files give seconds.
        device.dt_ns = Some(if dt < 1e-6 { dt * 1e9 } else { dt });
    }
    let Some(map) = value.get("coupling_map").filter(|map| !map.is_null()) else { return Ok(()) };
    let pairs: Vec<[usize; 2]> = serde_json::from_value(map.clone())
        .map_err(|_| fault(WHAT, "", "`coupling_map` is a list of pairs of qubits"))?;
    let pairs: BTreeSet<[usize; 2]> = pairs.iter().map(|&[a, b]| [a.min(b), a.max(b)]).collect();
    device.couplings = pairs.into_iter().map(|qubits| Coupling { qubits, zz_khz: None }).collect();
    Ok(())
}

struct Reader {
    findings: Vec<Finding>,
}

/// Which finding is of what.
#[derive(Clone, Copy)]
struct Place<'a> {
    qubits: &'a [usize],
    gate: Option<&'a str>,
}

impl Place<'_> {
    fn finding(self, what: FindingKind) -> Finding {
        Finding::new(what, self.qubits, self.gate)
    }
}

impl Reader {
    /// A value by its name, as a multiple of the unit with the power 0, if that is possible; else, and where
    /// something about it is odd, a finding.
    fn value(
        &mut self,
        values: &[Value],
        name: &str,
        Units { powers, usual }: Units,
        at: Place<'_>,
        is_possible: impl Fn(f64) -> bool,
    ) -> Option<f64> {
        let is_named = |v: &&Value| v.get("name").and_then(Value::as_str) == Some(name);
        let mut named = values.iter().filter(is_named);
        let found = named.next()?;
        let mut tell = |finding: Finding| {
            let parameter = Some(name.to_string());
            self.findings.push(Finding { parameter, ..finding });
        };
        if named.next().is_some() {
            tell(at.finding(FindingKind::Duplicate));
        }
        let number = match found.get("value") {
            None | Some(Value::Null) => return None,
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(value) => value.as_f64(),
        };
        let Some(number) = number.filter(|x: &f64| x.is_finite()) else {
            tell(at.finding(FindingKind::ImpossibleValue));
            return None;
        };
        let said = found.get("unit").and_then(Value::as_str).unwrap_or("").trim();
        let unit = if powers.is_empty() || said.is_empty() { usual } else { said };
        let known = powers.iter().find(|u| u.0.eq_ignore_ascii_case(unit));
        let scale = match known {
            Some(&(_, power)) => power,
            None if powers.is_empty() => 0,
            None => {
                tell(at.finding(FindingKind::Unit).value(number).said_in(unit));
                return None;
            }
        };
        if said.is_empty() && !powers.is_empty() {
            tell(at.finding(FindingKind::Unit).value(number).used(number).said_in(unit));
        }
        let value = scaled(number, scale);
        if !(value.is_finite() && is_possible(value)) {
            tell(at.finding(FindingKind::ImpossibleValue).value(number).said_in(unit));
            return None;
        }
        Some(value)
    }

    fn qubit(&mut self, q: usize, values: &[Value]) -> QubitCalibration {
        let on = [q];
        let at = Place { qubits: &on, gate: None };
        let at_readout = Place { qubits: &on, gate: Some("measure") };
        let is_time = |x: f64| (0.0..=MAX_DURATION_NS).contains(&x);
        let is_probability = |x: f64| (0.0..=1.0).contains(&x);
        let us = |ns: f64| ns / 1e3;
        let decays = |ns: f64| us(ns) >= MIN_DECAY_US;
        let t1_us = self.value(values, "T1", LIFETIME, at, decays).map(us);
        let t2_us = self.value(values, "T2", LIFETIME, at, decays).map(us);
        let frequency_ghz = self.value(values, "frequency", FREQUENCY, at, |x| x > 0.0);
        let anharmonicity_ghz = self.value(values, "anharmonicity", FREQUENCY, at, |_| true);
        let readout_duration_ns = self.value(values, "readout_length", LENGTH, at_readout, is_time);
        let mut probability =
            |name: &str| self.value(values, name, NUMBER, at_readout, is_probability);
        let (p1_given_0, p0_given_1) =
            (probability("prob_meas1_prep0"), probability("prob_meas0_prep1"));
        let mean = probability("readout_error");
        let readout = match (p1_given_0, p0_given_1, mean) {
            (Some(p1_given_0), Some(p0_given_1), _) => {
                Some(ReadoutError { p1_given_0, p0_given_1 })
            }
            // The mean of both: with one of them the other follows.
            (Some(a), None, Some(mean)) if (0.0..=1.0).contains(&(2.0 * mean - a)) => {
                Some(ReadoutError { p1_given_0: a, p0_given_1: 2.0 * mean - a })
            }
            (None, Some(b), Some(mean)) if (0.0..=1.0).contains(&(2.0 * mean - b)) => {
                Some(ReadoutError { p1_given_0: 2.0 * mean - b, p0_given_1: b })
            }
            (_, _, Some(mean)) => Some(ReadoutError { p1_given_0: mean, p0_given_1: mean }),
            _ => None,
        };
        let mut qubit = QubitCalibration {
            frequency_ghz,
            anharmonicity_ghz,
            t1_us,
            t2_us,
            readout,
            readout_duration_ns,
            ..QubitCalibration::default()
        };
        self.findings.extend(cut_t2(q, &mut qubit));
        qubit
    }

    fn gate(
        &mut self,
        k: usize,
        value: &Value,
        device: &mut Device,
        seen: &mut HashSet<(String, Vec<usize>)>,
    ) -> Result<()> {
        let place = format!("gate record {k}");
        let refused = |why: &str| fault(WHAT, &place, why);
        let Some(said) = value.get("gate").and_then(Value::as_str) else {
            return Err(refused("`gate` is missing, the name"));
        };
        let qubits = value.get("qubits").cloned().unwrap_or_default();
        let qubits: Vec<usize> = serde_json::from_value(qubits)
            .map_err(|_| refused("`qubits` is a list of numbers of qubits"))?;
        let none = Vec::new();
        let values = match value.get("parameters") {
            None | Some(Value::Null) => &none,
            Some(Value::Array(values)) => values,
            Some(_) => return Err(refused("`parameters` is a list")),
        };
        let at = Place { qubits: &qubits, gate: Some(said) };
        if qubits.iter().any(|&q| q >= device.num_qubits()) {
            self.findings.push(at.finding(FindingKind::UnknownQubit));
            return Ok(());
        }
        let is_time = |x: f64| (0.0..=MAX_DURATION_NS).contains(&x);
        let duration_ns = self.value(values, "gate_length", LENGTH, at, is_time);
        match (said, &qubits[..]) {
            ("reset", &[q]) => {
                device.qubits[q].reset_duration_ns = duration_ns;
                return Ok(());
            }
            ("measure", &[q]) => {
                let known = &mut device.qubits[q].readout_duration_ns;
                *known = known.or(duration_ns);
                return Ok(());
            }
            _ if NO_GATES.contains(&said) => return Ok(()),
            _ => {}
        }
        let fits = |name: &String| {
            GateCalibration { name: name.clone(), qubits: qubits.clone(), ..Default::default() }
                .check(device.num_qubits())
                .is_ok()
        };
        let Some(name) = table_name(said).filter(fits) else {
            self.findings.push(at.finding(FindingKind::UnknownGate));
            return Ok(());
        };
        if !seen.insert((name.clone(), qubits.clone())) {
            self.findings.push(at.finding(FindingKind::Duplicate));
            return Ok(());
        }
        // 1 and 2 stand for what was not calibrated, which the device's findings tell of 1.
        let error = self.value(values, "gate_error", NUMBER, at, |e| e >= 0.0).map(|e| e.min(1.0));
        device.gates.push(GateCalibration { name, qubits, error, duration_ns });
        Ok(())
    }
}
