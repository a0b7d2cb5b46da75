//! The document as it stands in the file.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub format: String,
    pub version: u32,
    pub qubits: Vec<(String, usize)>,
    #[serde(default)]
    pub clbits: Vec<JsonRegister>,
    #[serde(default)]
    pub params: Vec<String>,
    /// Of the parameters that have one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub formulas: BTreeMap<String, JsonFormula>,
    /// How measurements misread qubits, those that they do misread.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readout_errors: Vec<JsonReadout>,
    pub ops: Vec<JsonOp>,
}

/// How one qubit is misread.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonReadout {
    pub qubit: usize,
    pub p1_given_0: f64,
    pub p0_given_1: f64,
}

/// A function of earlier parameters.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JsonFormula {
    Product(JsonAngle, JsonAngle),
    Quotient(JsonAngle, JsonAngle),
    Power(JsonAngle, JsonAngle),
    Function(String, JsonAngle),
}

/// A classical register. The pair is how all are written that it can say everything about, so that
/// a ketlab that knows no scratch reads them.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a classical register is [name, size] or {\"name\", \"size\", \"scratch\"}"
)]
pub(super) enum JsonRegister {
    Pair(String, usize),
    Named(NamedRegister),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedRegister {
    pub name: String,
    pub size: usize,
    #[serde(default)]
    pub scratch: bool,
}

/// One operation: its first key says which, and only the keys that belong to it may be there.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct JsonOp {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub angles: Option<Vec<JsonAngle>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controls: Option<Vec<JsonControl>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<GateData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barrier: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#if: Option<JsonExpr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Vec<JsonOp>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#else: Option<Vec<JsonOp>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#while: Option<JsonExpr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#do: Option<Vec<JsonOp>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<JsonExpr>,
}

/// The key that says what an operation is, and the keys that may stand beside it.
pub(super) const KEYS: [(&str, &[&str]); 9] = [
    ("gate", &["on", "angles", "controls", "data"]),
    ("channel", &["on", "data"]),
    ("measure", &[]),
    ("reset", &[]),
    ("barrier", &[]),
    ("delay", &["duration", "unit"]),
    ("if", &["then", "else"]),
    ("while", &["do"]),
    ("assign", &["value"]),
];

impl JsonOp {
    /// The names of the keys that are there.
    pub fn keys(&self) -> Vec<&'static str> {
        let all = [
            ("gate", self.gate.is_some()),
            ("channel", self.channel.is_some()),
            ("on", self.on.is_some()),
            ("angles", self.angles.is_some()),
            ("controls", self.controls.is_some()),
            ("data", self.data.is_some()),
            ("measure", self.measure.is_some()),
            ("reset", self.reset.is_some()),
            ("barrier", self.barrier.is_some()),
            ("delay", self.delay.is_some()),
            ("duration", self.duration.is_some()),
            ("unit", self.unit.is_some()),
            ("if", self.r#if.is_some()),
            ("then", self.then.is_some()),
            ("else", self.r#else.is_some()),
            ("while", self.r#while.is_some()),
            ("do", self.r#do.is_some()),
            ("assign", self.assign.is_some()),
            ("value", self.value.is_some()),
        ];
        all.into_iter().filter(|key| key.1).map(|key| key.0).collect()
    }

    pub fn check_keys(&self) -> Result<()> {
        let keys = self.keys();
        let head = KEYS.iter().find(|(head, _)| keys.contains(head));
        let Some((head, beside)) = head else {
            let heads: Vec<&str> = KEYS.iter().map(|k| k.0).collect();
            return Err(wrong_keys(&keys, &format!("one of {} is needed", heads.join(", "))));
        };
        match keys.iter().find(|key| *key != head && !beside.contains(key)) {
            None => Ok(()),
            Some(key) => Err(wrong_keys(&keys, &format!("`{key}` does not belong to `{head}`"))),
        }
    }
}

pub(super) fn wrong_keys(keys: &[&str], expected: &str) -> Error {
    Error::Invalid {
        what: "an operation's set of keys".into(),
        value: format!("{{{}}}", keys.join(", ")),
        expected: expected.into(),
    }
}

/// A key that must be there.
pub(super) fn needed<T>(value: Option<T>, key: &str, head: &str) -> Result<T> {
    value.ok_or_else(|| wrong_keys(&[head], &format!("`{key}` is missing")))
}

/// What a gate needs that is no row of the table, or a channel that its text does not say.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GateData {
    Pauli(String),
    Matrix(Vec<Vec<[f64; 2]>>),
    Diagonal(Vec<[f64; 2]>),
    Permutation(Vec<u32>),
    Block(Vec<JsonOp>),
    Opaque(usize),
    Kraus(Vec<Vec<Vec<[f64; 2]>>>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum JsonAngle {
    Fixed(f64),
    Linear(BTreeMap<String, f64>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum JsonControl {
    On(u32),
    Off(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum JsonExpr {
    // A decimal string: JSON numbers lose digits beyond 2^53.
    Const(String),
    Bit(u32),
    Register(u32, u32),
    Not(Box<JsonExpr>),
    Complement(Box<JsonExpr>, u32),
    Binary(String, Box<JsonExpr>, Box<JsonExpr>),
}
