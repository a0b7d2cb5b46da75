//! Noise models as versioned JSON that a person reads and writes.
//!
//! ```json
//! {"format": "ketlab.noise_model", "version": 1,
//!  "num_qubits": 5, "dt": "0.25ns",
//!  "rules": [
//!    {"gates": ["cx", "cz"], "after": "depolarizing(p=0.01, qubits=2)", "acts_on": "all"},
//!    {"gates": ["cx"], "tuples": [[0, 1]], "after": "depolarizing(p=0.02)", "acts_on": [1]},
//!    {"gates": "all", "touching": 1, "virtual": true, "after": "depolarizing(p=0.001)"},
//!    {"operation": "measure", "qubits": [0, 1], "before": "depolarizing(p=0.005)"},
//!    {"operation": "delay", "relaxation": {"t1": "100us", "t2": "80us"}}],
//!  "readout_errors": [
//!    {"qubits": "all", "p1_given_0": 0.01, "p0_given_1": 0.02},
//!    {"qubits": [3], "p1_given_0": 0.05, "p0_given_1": 0.08}]}
//! ```
//!
//! A rule says which operations it is for, by one of `gates` (`"all"` or names of the gate table, `cx`,
//! `c(5)-x`), `custom_gates` (names that a circuit gave its matrices and blocks) and `operation`
//! (`measure`, `reset`, `delay`); where they are, by `qubits` (a list), `tuples` (lists of all of an
//! operation's qubits in order, controls first) or `except_tuples` (anywhere else); with `touching`, how many qubits they touch; with
//! `virtual`, that virtual gates are meant by all. What they suffer is `before` or `after`, a channel
//! by its text or as `{"kraus": [matrices as rows of [re, im]]}`, or for delays `relaxation` with `t1`, `t2`
//! and perhaps `excited_population`. `acts_on` says on which of the operation's qubits the channel acts:
//! `"each"` (a channel on one qubit, on each by itself), `"all"` (one channel on all) or a list of
//! positions, counted from 0, controls first. It may be left out where operations touch one qubit.
//! `num_qubits` (of the device), `dt` and `readout_errors` may be left out. Any other key is an error.
//!
//! A model that schedules circuits says how in `schedule`, which may be left out:
//!
//! ```json
//! {"kind": "alap",
//!  "durations": [
//!    {"gate": "cx", "duration_ns": 300, "qubits": [[0, 1], [1, 0]]},
//!    {"operation": "measure", "duration_ns": 1000, "qubits": [[0], [1]]}],
//!  "zz": [{"qubits": [0, 1], "khz": 50}]}
//! ```
//!
//! A model that writes circuits in the gates of a device has these in `target`, which may be left out:
//! `{"num_qubits": 2, "gates": [{"gate": "cx", "qubits": [[0, 1], [1, 0]]}]}`.
//!
//! `kind` is `asap` or `alap`; `durations` are those of gates of the gate table (`gate`), of gates that a
//! circuit named (`custom_gate`, which may stand in `target`, too) and of `measure` and `reset`
//! (`operation`) on each of `qubits`; `zz` are the static interactions of pairs. Nothing is said twice,
//! and where there is `num_qubits`, all qubits are below it.

use super::json_device;
use super::model::NoiseModel;
use super::pattern::{Operations, Pattern, Place};
use super::rule::{ActsOn, Noise, Relaxation, Rule, When};
use crate::circuit::channel_text;
use crate::device::gate_name::GateName;
use crate::error::{Error, Result};
use crate::noise::{Channel, ReadoutError, duration_text, parse_duration};
use nalgebra::DMatrix;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const FORMAT: &str = "ketlab.noise_model";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    num_qubits: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dt: Option<String>,
    rules: Vec<JsonRule>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    readout_errors: Vec<JsonReadout>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<json_device::JsonTiming>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<json_device::JsonTarget>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct JsonRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    gates: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_gates: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    touching: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qubits: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tuples: Option<Vec<Vec<usize>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    except_tuples: Option<Vec<Vec<usize>>>,
    #[serde(rename = "virtual", skip_serializing_if = "Option::is_none")]
    and_virtual: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relaxation: Option<JsonRelaxation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acts_on: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRelaxation {
    t1: String,
    t2: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    excited_population: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonReadout {
    qubits: Value,
    p1_given_0: f64,
    p0_given_1: f64,
}

/// Serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

impl NoiseModel {
    /// The model as JSON text, one rule a line; [`NoiseModel::from_json`] reads the same model back.
    ///
    /// # Errors
    /// If a channel that its text does not say is on too many qubits for matrices.
    pub fn to_json(&self) -> Result<String> {
        let all = self.readout.map(|error| (json!("all"), error));
        let one = self.readout_of.iter().map(|(&qubit, &error)| (json!([qubit]), error));
        let written = |(qubits, error): (Value, ReadoutError)| JsonReadout {
            qubits,
            p1_given_0: error.p1_given_0,
            p0_given_1: error.p0_given_1,
        };
        let lines = |items: Vec<String>| match items.is_empty() {
            true => "[]".to_string(),
            false => format!("[\n    {}\n  ]", items.join(",\n    ")),
        };
        let rules = self.rules.iter().map(|rule| Ok(line(&write_rule(rule)?)));
        let rules = rules.collect::<Result<_>>()?;
        let readout: Vec<String> = all.into_iter().chain(one).map(|r| line(&written(r))).collect();
        let mut text = format!("{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {VERSION},\n");
        if let Some(n) = self.num_qubits {
            text.push_str(&format!("  \"num_qubits\": {n},\n"));
        }
        if let Some(dt) = self.dt {
            text.push_str(&format!("  \"dt\": \"{}\",\n", duration_text(dt)));
        }
        text.push_str(&format!("  \"rules\": {}", lines(rules)));
        if !readout.is_empty() {
            text.push_str(&format!(",\n  \"readout_errors\": {}", lines(readout)));
        }
        if let Some(timing) = &self.timing {
            text.push_str(&format!(",\n  \"schedule\": {}", json_device::text(timing, &line)));
        }
        if let Some(target) = &self.target {
            text.push_str(&format!(",\n  \"target\": {}", json_device::target_text(target, &line)));
        }
        text.push_str("\n}\n");
        Ok(text)
    }

    /// The model of a JSON text.
    ///
    /// # Errors
    /// If it is not JSON, has another format or version or keys that do not belong there, or a rule is
    /// none; the message names the rule, counted from 0, and the value.
    pub fn from_json(text: &str) -> Result<Self> {
        let document: Document = serde_json::from_str(text).map_err(|e| fault(&e.to_string()))?;
        if document.format != FORMAT || document.version != VERSION {
            return Err(Error::Invalid {
                what: "the format of a noise model".into(),
                value: format!("{} version {}", document.format, document.version),
                expected: format!("this ketlab reads {FORMAT} version {VERSION}"),
            });
        }
        let mut model = NoiseModel::new();
        if let Some(dt) = &document.dt {
            model.set_dt(parse_duration("`dt` of a noise model", dt)?)?;
        }
        for (k, rule) in document.rules.into_iter().enumerate() {
            let rule = read_rule(rule).map_err(|e| fault(&format!("rule {k}: {e}")))?;
            model.push(rule);
        }
        for (k, readout) in document.readout_errors.into_iter().enumerate() {
            read_readout(readout, &mut model)
                .map_err(|e| fault(&format!("readout error {k}: {e}")))?;
        }
        if let Some(timing) = document.schedule {
            model.set_timing(timing.read().map_err(|e| fault(&format!("schedule: {e}")))?);
        }
        if let Some(n) = document.num_qubits {
            model.set_num_qubits(n)?;
        }
        if let Some(target) = document.target {
            model.set_target(target.read().map_err(|e| fault(&format!("target: {e}")))?)?;
        }
        Ok(model)
    }
}

fn fault(why: &str) -> Error {
    Error::Invalid {
        what: "the JSON of a noise model".into(),
        value: "not valid".into(),
        expected: why.into(),
    }
}

/// On one line, with spaces after commas and colons.
fn line(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("numbers and names have no fault");
    let (mut spaced, mut quoted, mut escaped) = (String::with_capacity(text.len()), false, false);
    for c in text.chars() {
        spaced.push(c);
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' | ':' if !quoted => spaced.push(' '),
            _ => {}
        }
    }
    spaced
}

fn write_rule(rule: &Rule) -> Result<JsonRule> {
    let mut json = JsonRule::default();
    let pattern = &rule.pattern;
    match &pattern.operations {
        Operations::AllGates => json.gates = Some("all".into()),
        Operations::Gates(names) => {
            let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
            match names.iter().any(|name| matches!(name, GateName::Custom(_))) {
                true => json.custom_gates = Some(texts),
                false => json.gates = Some(texts.into()),
            }
        }
        Operations::Delay => json.operation = Some("delay".into()),
        Operations::Reset => json.operation = Some("reset".into()),
        Operations::Measure => json.operation = Some("measure".into()),
    }
    json.touching = pattern.num_qubits;
    json.and_virtual = pattern.virtual_gates.then_some(true);
    match &pattern.place {
        Place::Anywhere => {}
        Place::Qubits(qubits) => json.qubits = Some(qubits.clone()),
        Place::Tuples(tuples) => json.tuples = Some(tuples.clone()),
        Place::Except(tuples) => json.except_tuples = Some(tuples.clone()),
    }
    match &rule.noise {
        Noise::Channel(channel) => {
            let channel = Some(write_channel(channel)?);
            match rule.when {
                When::Before => json.before = channel,
                When::After => json.after = channel,
            }
            json.acts_on = Some(match &rule.acts_on {
                ActsOn::Each => "each".into(),
                ActsOn::All => "all".into(),
                ActsOn::At(positions) => positions.clone().into(),
            });
        }
        Noise::Relaxation(r) => {
            json.relaxation = Some(JsonRelaxation {
                t1: duration_text(r.t1),
                t2: duration_text(r.t2),
                excited_population: r.excited_population,
            });
        }
    }
    Ok(json)
}

/// By its text, if that says it all, else by its Kraus operators.
fn write_channel(channel: &Channel) -> Result<Value> {
    if let Some(text) = channel_text::text(channel) {
        return Ok(text.into());
    }
    let rows = |m: &DMatrix<Complex64>| -> Vec<Vec<[f64; 2]>> {
        m.row_iter().map(|row| row.iter().map(|z| [z.re, z.im]).collect()).collect()
    };
    let matrices: Vec<_> = channel.kraus_operators()?.iter().map(rows).collect();
    Ok(json!({ "kraus": matrices }))
}

fn invalid(key: &str, value: impl ToString, expected: &str) -> Error {
    Error::Invalid { what: format!("`{key}`"), value: value.to_string(), expected: expected.into() }
}

/// The only one of several keys that is there.
fn one_of<T>(keys: Vec<(&str, Option<T>)>, what: &str) -> Result<T> {
    let names: Vec<String> = keys.iter().map(|k| format!("`{}`", k.0)).collect();
    let mut there = keys.into_iter().filter_map(|(name, value)| Some((name, value?)));
    match (there.next(), there.next()) {
        (Some((_, value)), None) => Ok(value),
        (first, second) => {
            let found = first.into_iter().chain(second).map(|k| k.0.to_string());
            let found: Vec<String> = found.collect();
            Err(Error::Invalid {
                what: format!("what says {what}"),
                value: if found.is_empty() { "missing".into() } else { found.join(" and ") },
                expected: format!("it is one of {}", names.join(", ")),
            })
        }
    }
}

fn read_rule(json: JsonRule) -> Result<Rule> {
    let JsonRule { gates, custom_gates, operation, .. } = json;
    let named = |name: String| match name.as_str() {
        "measure" => Ok(Pattern::measure()),
        "reset" => Ok(Pattern::reset()),
        "delay" => Ok(Pattern::delay()),
        _ => Err(invalid("operation", format!("`{name}`"), "use measure, reset or delay")),
    };
    let all_gates = gates.as_ref().is_some_and(|g| g == "all");
    let keys = vec![
        ("gates", gates.map(read_gates)),
        ("custom_gates", custom_gates.map(|names| Ok(Pattern::custom(names)))),
        ("operation", operation.map(named)),
    ];
    let mut pattern = one_of(keys, "which operations a rule is for")??;
    pattern.num_qubits = json.touching;
    match (json.qubits, json.tuples, json.except_tuples) {
        (None, None, None) => {}
        (Some(qubits), None, None) => pattern = pattern.on_qubits(qubits),
        (None, Some(tuples), None) => pattern = pattern.on_tuples(tuples),
        (None, None, Some(tuples)) => pattern = pattern.except_tuples(tuples),
        (Some(_), Some(_), _) => {
            return Err(invalid("qubits", "there beside `tuples`", "only one of both may be"));
        }
        (qubits, _, _) => {
            let key = if qubits.is_some() { "qubits" } else { "tuples" };
            return Err(invalid(key, "there beside `except_tuples`", "only one of both may be"));
        }
    }
    match json.and_virtual {
        Some(_) if !all_gates => {
            let expected =
                "it belongs to \"gates\": \"all\"; gates that are named are meant anyway";
            return Err(invalid("virtual", "there", expected));
        }
        said => pattern.virtual_gates = said.unwrap_or(false),
    }
    let (when, channel) = match (json.before, json.after, json.relaxation) {
        (Some(channel), None, None) => (When::Before, channel),
        (None, Some(channel), None) => (When::After, channel),
        (None, None, Some(relaxation)) => {
            if json.acts_on.is_some() {
                let expected = "relaxation acts on each qubit of a delay: leave it out";
                return Err(invalid("acts_on", "there beside `relaxation`", expected));
            }
            return Rule::relaxation(pattern, read_relaxation(&relaxation)?);
        }
        (None, None, None) => {
            return Err(invalid(
                "after",
                "missing",
                "a rule has one of `before`, `after`, `relaxation`",
            ));
        }
        _ => {
            let expected = "a rule has one of `before`, `after`, `relaxation`: make two of it";
            return Err(invalid("after", "not alone", expected));
        }
    };
    let arity = pattern.arity()?;
    let acts_on = match json.acts_on {
        Some(value) => read_acts_on(&value)?,
        None if arity == Some(1) => ActsOn::Each,
        None => {
            let expected = "say \"each\" (a channel on one qubit, on each of them), \"all\" (one channel \
                            on all of them) or a list of positions";
            return Err(invalid("acts_on", "missing", expected));
        }
    };
    let channel = read_channel(&channel)?;
    match when {
        When::Before => Rule::before(pattern, channel, acts_on),
        When::After => Rule::after(pattern, channel, acts_on),
    }
}

fn read_gates(value: Value) -> Result<Pattern> {
    if value == "all" {
        return Ok(Pattern::all_gates());
    }
    match serde_json::from_value::<Vec<String>>(value.clone()) {
        Ok(names) => Pattern::gates(names),
        Err(_) => Err(invalid("gates", value, "it is \"all\" or a list of names")),
    }
}

fn read_acts_on(value: &Value) -> Result<ActsOn> {
    if value == "each" {
        return Ok(ActsOn::Each);
    }
    if value == "all" {
        return Ok(ActsOn::All);
    }
    let positions = serde_json::from_value(value.clone());
    let expected = "it is \"each\", \"all\" or a list of positions";
    positions.map(ActsOn::At).map_err(|_| invalid("acts_on", value, expected))
}

fn read_channel(value: &Value) -> Result<Channel> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Kraus {
        kraus: Vec<Vec<Vec<[f64; 2]>>>,
    }
    if let Value::String(text) = value {
        return text.parse();
    }
    let Kraus { kraus } = serde_json::from_value(value.clone()).map_err(|_| {
        let expected = "it is the text of one, or {\"kraus\": [matrices as rows of [re, im]]}";
        invalid("the channel", value, expected)
    })?;
    let side = kraus.first().map_or(0, Vec::len);
    if kraus.iter().flatten().any(|row| row.len() != side) || kraus.iter().any(|m| m.len() != side)
    {
        return Err(invalid("kraus", "ragged", "its matrices are square, all of one size"));
    }
    let matrix = |rows: &Vec<Vec<[f64; 2]>>| {
        let entries = rows.iter().flatten().map(|&[re, im]| Complex64::new(re, im));
        DMatrix::from_row_iterator(side, side, entries)
    };
    Channel::kraus(kraus.iter().map(matrix))
}

fn read_relaxation(json: &JsonRelaxation) -> Result<Relaxation> {
    Ok(Relaxation {
        t1: parse_duration("`t1`", &json.t1)?,
        t2: parse_duration("`t2`", &json.t2)?,
        excited_population: json.excited_population,
    })
}

fn read_readout(json: JsonReadout, model: &mut NoiseModel) -> Result<()> {
    let error = ReadoutError { p1_given_0: json.p1_given_0, p0_given_1: json.p0_given_1 };
    let twice = |whose: &str| invalid("qubits", whose, "it has a readout error already");
    if json.qubits == "all" {
        if model.readout.is_some() {
            return Err(twice("\"all\""));
        }
        return model.set_readout_error(error).map(drop);
    }
    let qubits: Vec<usize> = serde_json::from_value(json.qubits.clone())
        .map_err(|_| invalid("qubits", &json.qubits, "it is \"all\" or a list of qubits"))?;
    for qubit in qubits {
        if model.readout_of.contains_key(&qubit) {
            return Err(twice(&qubit.to_string()));
        }
        model.set_readout_error_of(qubit, error)?;
    }
    Ok(())
}
