//! What a noise model did to a circuit.

use super::{NoiseOptions, ToldDevice};
use crate::messages;
use ketlab::device::{Coverage, NoiseModel, Schedule, Untimed};
use serde::Serialize;
use serde_json::Value;

/// What a model did to a circuit: the key `noise` of documents.
#[derive(Serialize, Clone)]
pub struct Applied {
    /// As they were given, `--gate-time` behind `--noise`.
    flags: Vec<String>,
    /// The name of the device of `--device`.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// How many findings there are in its calibration.
    #[serde(skip_serializing_if = "Option::is_none")]
    num_findings: Option<usize>,
    /// How circuits are scheduled, and how long this one takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    makespan_ns: Option<f64>,
    /// Operations that the schedule knows no duration of.
    #[serde(skip_serializing_if = "Option::is_none")]
    untimed: Option<Vec<Untimed>>,
    /// The qubits of the device that the circuit's are, by number; written for the device, those that each
    /// of them begins and ends on.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_qubits: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_places: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_places: Option<Vec<usize>>,
    /// The rules and readout errors; null where a channel is too large to be written.
    model: Option<Value>,
    /// Whether nothing in the circuit has noise from it.
    no_effect: bool,
    num_gates: usize,
    num_noisy_gates: usize,
    gates_without_noise: Vec<Uncovered>,
    num_measurements: usize,
    num_noisy_measurements: usize,
    num_misread_qubits: usize,
    num_channels: usize,
    unmatched_rules: Vec<usize>,
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    warnings: Vec<String>,
}

/// Gates without noise, in documents.
#[derive(Serialize, Clone)]
pub struct Uncovered {
    name: String,
    num_qubits: usize,
    count: usize,
    is_virtual: bool,
}

impl From<ketlab::device::Uncovered> for Uncovered {
    fn from(left: ketlab::device::Uncovered) -> Self {
        let ketlab::device::Uncovered { name, num_qubits, count, is_virtual } = left;
        Uncovered { name, num_qubits, count, is_virtual }
    }
}

impl Applied {
    pub(super) fn new(
        options: &NoiseOptions,
        model: &NoiseModel,
        coverage: Coverage,
        schedule: Option<&Schedule>,
    ) -> Self {
        let device = options.told.get();
        let no_effect = coverage.is_none();
        let mut warnings = match device {
            Some(device) => lacking(device, options, model, &coverage),
            None => untimed_by_model(&coverage).into_iter().collect(),
        };
        if warnings.is_empty() {
            let none_noisy = coverage.num_noisy_gates == 0 && coverage.num_gates > 0;
            warnings.extend(if no_effect {
                Some(
                    "the noise model changes nothing in this circuit: all of it is without noise"
                        .into(),
                )
            } else if none_noisy && has_rules(model) {
                Some("the noise model touches no gate of this circuit".to_owned())
            } else {
                without_time(options, &coverage)
            });
        }
        // The rules of flags are not the user's, who knows them by no number.
        let mut told = coverage.clone();
        if !options.noise.iter().any(|flag| flag.trim().ends_with(".json")) {
            told.unmatched.clear();
        }
        if let Some(device) = device {
            told.unmatched.retain(|&rule| rule < device.num_own_rules);
        }
        let unmatched_rules = match device {
            Some(_) => told.unmatched.clone(),
            None => coverage.unmatched,
        };
        let mut text = told.to_string();
        if let Some(schedule) = schedule {
            text = format!("{text}; {schedule}");
        }
        let gates = coverage.without.into_iter().map(Uncovered::from);
        Applied {
            flags: {
                let noise = options.noise.iter().chain(&options.gate_time).cloned();
                noise.chain(options.device.flags()).collect()
            },
            device: device.map(|device| device.name.clone()),
            num_findings: device.map(|device| device.num_findings),
            schedule: model.timing().map(|timing| timing.kind.to_string()),
            makespan_ns: schedule.map(|schedule| schedule.makespan_ns),
            device_qubits: None,
            initial_places: None,
            final_places: None,
            untimed: model.timing().map(|_| coverage.untimed),
            model: model.to_json().ok().and_then(|text| serde_json::from_str(&text).ok()),
            no_effect,
            num_gates: coverage.num_gates,
            num_noisy_gates: coverage.num_noisy_gates,
            gates_without_noise: gates.collect(),
            num_measurements: coverage.num_measurements,
            num_noisy_measurements: coverage.num_noisy_measurements,
            num_misread_qubits: coverage.num_misread_qubits,
            num_channels: coverage.num_channels,
            unmatched_rules,
            text,
            warnings,
        }
    }

    /// With where on the device the circuit is.
    pub(super) fn on(
        mut self,
        device: Option<&ToldDevice>,
        num_qubits: usize,
        places: Option<[Vec<usize>; 2]>,
    ) -> Self {
        if let Some(qubits) = device.and_then(|device| device.qubits.as_ref()) {
            let of = |places: Vec<usize>| places.into_iter().map(|q| qubits[q]).collect();
            self.device_qubits = qubits.get(..num_qubits).map(<[usize]>::to_vec);
            let [begin, end] = places.map_or([None, None], |places| places.map(Some));
            (self.initial_places, self.final_places) = (begin.map(of), end.map(of));
        }
        self
    }

    /// `3 of 5 gates have noise; none: 2 rz (virtual)`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says it on standard error; what a person should look at even with `--quiet`.
    pub fn tell(&self) {
        self.warnings.iter().for_each(messages::warning);
        messages::note(format!("noise: {}", self.text));
    }
}

/// Gates that do not relax since nobody said how long they take.
fn without_time(options: &NoiseOptions, coverage: &Coverage) -> Option<String> {
    if !options.noise.iter().any(|flag| flag.trim().starts_with("thermal=")) {
        return None;
    }
    let left = coverage.without.iter().find(|left| !left.is_virtual)?;
    Some(format!(
        "{} {} on {} qubits: no noise, since how long it takes is not said; add {}q=… to --gate-time, \
         or write the circuit in gates on one and two qubits (`ketlab convert --basis`)",
        left.count, left.name, left.num_qubits, left.num_qubits
    ))
}

/// Operations without time under a model of the user's own that schedules circuits.
fn untimed_by_model(coverage: &Coverage) -> Option<String> {
    let list = coverage.untimed.iter().map(|u| format!("{} {}", u.count, u.name));
    let list: Vec<String> = list.collect();
    let text = || {
        format!(
            "no time for {}: the schedule of the noise model says no duration of them on their qubits",
            list.join(", ")
        )
    };
    (!list.is_empty()).then(text)
}

/// What the circuit has and a device says nothing of, or nothing but that it is perfect.
fn lacking(
    device: &ToldDevice,
    options: &NoiseOptions,
    model: &NoiseModel,
    coverage: &Coverage,
) -> Vec<String> {
    let name = &device.name;
    let left = coverage.without.iter().filter(|left| !left.is_virtual);
    let Some(gates) = &device.gates else {
        let list: Vec<String> = left.map(|l| format!("{} {}", l.count, l.name)).collect();
        return match list.is_empty() {
            true => vec![],
            false => vec![format!(
                "no noise for {}: the noise model {name} has none of them on their qubits",
                list.join(", ")
            )],
        };
    };
    let is_scheduled = model.timing().is_some();
    let advice = match options.device.is_transpiled() {
        true => "",
        false => "; write the circuit in its gates (--transpile)",
    };
    // Without noise and time; without noise; perfect; one of both.
    let (mut unknown, mut perfect, mut either) = (vec![], vec![], vec![]);
    let mut untimed = coverage.untimed.clone();
    for left in left {
        let mut rest = left.count;
        let is_same = |u: &&mut Untimed| u.name == left.name && u.num_qubits == left.num_qubits;
        if let Some(u) = untimed.iter_mut().find(is_same) {
            let both = rest.min(u.count);
            unknown.push(format!("{both} {}", left.name));
            u.count -= both;
            rest -= both;
        }
        let text = format!("{rest} {}", left.name);
        match (rest, is_scheduled, gates.contains(&left.name)) {
            (0, _, _) => {}
            (_, true, _) => perfect.push(text),
            (_, false, true) => either.push(text),
            (_, false, false) => unknown.push(text),
        }
    }
    let (mut foreign, mut times) = (vec![], vec![]);
    for Untimed { name, count, .. } in untimed.iter().filter(|u| u.count > 0) {
        let is_known = gates.contains(name) || name == "measure" || name == "reset";
        if is_known { &mut times } else { &mut foreign }.push(format!("{count} {name}"));
    }
    let mut warnings = Vec::new();
    let mut tell = |list: &[String], what: &str, why: String| {
        if !list.is_empty() {
            warnings.push(format!("{what} for {}: {why}", list.join(", ")));
        }
    };
    let what = if is_scheduled { "no noise and no time" } else { "no noise" };
    let why =
        format!("device {name} has no record of their error or duration on their qubits{advice}");
    tell(&unknown, what, why);
    let why = format!("device {name} has no record of them{advice}");
    tell(&foreign, "no noise of the device and no time", why);
    let why = format!(
        "device {name} has no record of them on their qubits, or one without noise{advice}"
    );
    tell(&either, "no noise", why);
    let why = format!("the records of device {name} say that they have none");
    tell(&perfect, "no noise", why);
    let why = format!("device {name} says no duration of them on their qubits");
    tell(&times, "no time", why);
    warnings
}

/// Whether a model has noise for operations, not only readout errors.
fn has_rules(model: &NoiseModel) -> bool {
    !model.rules().is_empty()
}
