//! How circuits are scheduled and which gates they are written in, in the JSON of a noise model.

use crate::device::gate_name::GateName;
use crate::device::schedule::{Durations, Timing, ZzCoupling};
use crate::device::target::Target;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonTiming {
    kind: String,
    #[serde(default)]
    durations: Vec<JsonDuration>,
    #[serde(default)]
    zz: Vec<JsonZz>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonDuration {
    #[serde(default)]
    gate: Option<String>,
    #[serde(default)]
    custom_gate: Option<String>,
    #[serde(default)]
    operation: Option<String>,
    duration_ns: f64,
    qubits: Vec<Vec<usize>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonZz {
    qubits: [usize; 2],
    khz: f64,
}

impl JsonTiming {
    pub fn read(self) -> Result<Timing> {
        let mut durations = Durations::new();
        let mut seen = HashSet::new();
        for record in self.durations {
            let ns = record.duration_ns;
            let gate = gate_name(record.gate, record.custom_gate)?;
            let whose = match (&gate, &record.operation) {
                (Some(gate), _) => gate.to_string(),
                (None, operation) => operation.clone().unwrap_or_default(),
            };
            for on in &record.qubits {
                if !seen.insert((gate.clone(), record.operation.clone(), on.clone())) {
                    return Err(invalid(
                        "durations",
                        format!("{whose} on {on:?} twice"),
                        "each operation has one duration at a place",
                    ));
                }
            }
            match (gate, record.operation.as_deref()) {
                (Some(name), None) => {
                    for on in &record.qubits {
                        durations.set_gate(name.clone(), on, ns)?;
                    }
                }
                (None, Some(operation @ ("measure" | "reset"))) => {
                    for on in &record.qubits {
                        match (&on[..], operation) {
                            (&[q], "measure") => durations.set_measure(q, ns)?,
                            (&[q], _) => durations.set_reset(q, ns)?,
                            _ => {
                                return Err(invalid(
                                    "qubits",
                                    format!("{on:?}"),
                                    "`measure` and `reset` are on one qubit each, as in [[0], [1]]",
                                ));
                            }
                        };
                    }
                }
                (gate, operation) => {
                    let gate = gate.map_or("no gate".into(), |gate| format!("`{gate}`"));
                    return Err(invalid(
                        "gate",
                        format!("{gate} and `{}`", operation.unwrap_or_default()),
                        "a duration has one of `gate`, `custom_gate` and `operation`, measure or reset",
                    ));
                }
            }
        }
        let mut timing = Timing::new(self.kind.parse()?, durations);
        for pair in self.zz {
            timing.push_zz(ZzCoupling::new(pair.qubits, pair.khz)?)?;
        }
        Ok(timing)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonTarget {
    num_qubits: usize,
    gates: Vec<JsonPlaces>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonPlaces {
    #[serde(default)]
    gate: Option<String>,
    #[serde(default)]
    custom_gate: Option<String>,
    qubits: Vec<Vec<usize>>,
}

impl JsonTarget {
    pub fn read(self) -> Result<Target> {
        let mut target = Target::new(self.num_qubits);
        for JsonPlaces { gate, custom_gate, qubits } in self.gates {
            let Some(name) = gate_name(gate, custom_gate)? else {
                return Err(invalid("gate", "missing".into(), "it is the name of a gate"));
            };
            for on in &qubits {
                target.push(name.clone(), on)?;
            }
        }
        Ok(target)
    }
}

/// The text of `target`, a gate a line.
pub(super) fn target_text(target: &Target, line: &dyn Fn(&Value) -> String) -> String {
    let gates = target
        .gates()
        .map(|(name, places)| line(&json!({ key_of(name): name.to_string(), "qubits": places })));
    let gates: Vec<String> = gates.collect();
    format!(
        "{{\n    \"num_qubits\": {},\n    \"gates\": [\n      {}\n    ]\n  }}",
        target.num_qubits(),
        gates.join(",\n      ")
    )
}

/// A gate of the gate table or one that a circuit named, whichever is there.
fn gate_name(gate: Option<String>, custom: Option<String>) -> Result<Option<GateName>> {
    match (gate, custom) {
        (Some(gate), None) => gate.parse().map(Some),
        (None, Some(custom)) => Ok(Some(GateName::Custom(custom))),
        (None, None) => Ok(None),
        (Some(gate), Some(custom)) => {
            let expected = "only one of `gate` and `custom_gate` may be";
            Err(invalid("gate", format!("`{gate}` beside the custom gate `{custom}`"), expected))
        }
    }
}

/// The key under which a gate's name is read back.
fn key_of(name: &GateName) -> &'static str {
    match name {
        GateName::Custom(_) => "custom_gate",
        GateName::Row { .. } | GateName::PauliRotation => "gate",
    }
}

fn invalid(key: &str, value: String, expected: &str) -> Error {
    Error::Invalid { what: format!("`{key}`"), value, expected: expected.into() }
}

/// The text of `schedule`, a record a line; `line` writes one.
pub(super) fn text(timing: &Timing, line: &dyn Fn(&Value) -> String) -> String {
    let list = |items: Vec<String>| match items.is_empty() {
        true => "[]".to_string(),
        false => format!("[\n      {}\n    ]", items.join(",\n      ")),
    };
    let mut records = Vec::new();
    let durations = &timing.durations;
    for (name, places) in durations.gates() {
        for (time, on) in by_time(places.iter().map(|(on, &ns)| (on.clone(), ns))) {
            let name_text = name.to_string();
            records.push(json!({ key_of(name): name_text, "duration_ns": time, "qubits": on }));
        }
    }
    for (operation, times) in [("measure", durations.measure()), ("reset", durations.reset())] {
        for (time, on) in by_time(times.iter().map(|(&q, &ns)| (vec![q], ns))) {
            records.push(json!({ "operation": operation, "duration_ns": time, "qubits": on }));
        }
    }
    let zz = timing.zz().iter();
    let zz = zz.map(|c| line(&json!({ "qubits": c.qubits, "khz": c.zz_khz })));
    format!(
        "{{\n    \"kind\": \"{}\",\n    \"durations\": {},\n    \"zz\": {}\n  }}",
        timing.kind,
        list(records.iter().map(line).collect()),
        list(zz.collect())
    )
}

/// Places of the same duration together, in the order of their first places.
fn by_time(places: impl Iterator<Item = (Vec<usize>, f64)>) -> Vec<(f64, Vec<Vec<usize>>)> {
    let mut found: Vec<(f64, Vec<Vec<usize>>)> = Vec::new();
    let mut at = BTreeMap::new();
    for (on, ns) in places {
        let k = *at.entry(ns.to_bits()).or_insert_with(|| {
            found.push((ns, Vec::new()));
            found.len() - 1
        });
        found[k].1.push(on);
    }
    found
}
