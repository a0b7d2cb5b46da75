//! Circuits as versioned JSON.
//!
//! ```json
//! {"format": "ketlab.circuit", "version": 1,
//!  "qubits": [["q", 2]], "clbits": [["c", 1]], "params": ["theta"],
//!  "ops": [{"gate": "x", "on": [1], "controls": [0]},
//!          {"gate": "rx", "on": [1], "angles": [{"theta": 2.0, "": 0.5}]},
//!          {"measure": [0, 0]}]}
//! ```
//! Beside `gate` stand `on` (targets), `angles`, `controls`, and for what is no row of the table
//! `data`: `{"pauli": "X0 Z1"}`, `{"matrix": rows of [re, im]}`, `{"diagonal": [[re, im], …]}`,
//! `{"permutation": […]}`, `{"block": [gates on 0…k-1]}`, `{"opaque": k}`. The other operations are
//! `measure: [qubit, clbit]`, `reset: qubit`, `barrier: qubits`,
//! `delay: qubits` with `duration` and `unit`, `if: e` with `then` and `else`, `while: e` with `do`,
//! `assign: clbits` with `value: e`. An expression e is `{"const": "5"}`, `{"bit": k}`,
//! `{"register": [start, length]}`, `{"not": e}`, `{"complement": [e, width]}` or
//! `{"binary": ["==", e, e]}`. Structures may nest some 30 deep, as far as JSON readers go.
//!
//! An angle is a number, or a map from parameter names to coefficients with the offset under the
//! empty name. A negative control k is written as the string `"!k"`.

use super::{Assign, BinaryOp, Circuit, Duration, Expr, If, Op, TimeUnit, While};
use crate::error::{Error, Result};
use crate::gate::{Angle, Control, Gate, GateOp, Param, lookup};
use crate::pauli::PauliString;
use nalgebra::DMatrix;
use num_complex::Complex64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;

const FORMAT: &str = "ketlab.circuit";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    qubits: Vec<(String, usize)>,
    #[serde(default)]
    clbits: Vec<(String, usize)>,
    #[serde(default)]
    params: Vec<String>,
    ops: Vec<JsonOp>,
}

/// One operation: its first key says which, and only the keys that belong to it may be there.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct JsonOp {
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    angles: Option<Vec<JsonAngle>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<Vec<JsonControl>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<GateData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<(u32, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    barrier: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#if: Option<JsonExpr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<Vec<JsonOp>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#else: Option<Vec<JsonOp>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#while: Option<JsonExpr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#do: Option<Vec<JsonOp>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assign: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<JsonExpr>,
}

/// The key that says what an operation is, and the keys that may stand beside it.
const KEYS: [(&str, &[&str]); 8] = [
    ("gate", &["on", "angles", "controls", "data"]),
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
    fn keys(&self) -> Vec<&'static str> {
        let all = [
            ("gate", self.gate.is_some()),
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

    fn check_keys(&self) -> Result<()> {
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

fn wrong_keys(keys: &[&str], expected: &str) -> Error {
    Error::Invalid {
        what: "an operation's set of keys".into(),
        value: format!("{{{}}}", keys.join(", ")),
        expected: expected.into(),
    }
}

/// A key that must be there.
fn needed<T>(value: Option<T>, key: &str, head: &str) -> Result<T> {
    value.ok_or_else(|| wrong_keys(&[head], &format!("`{key}` is missing")))
}

/// What a gate needs that is no row of the table.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GateData {
    Pauli(String),
    Matrix(Vec<Vec<[f64; 2]>>),
    Diagonal(Vec<[f64; 2]>),
    Permutation(Vec<u32>),
    Block(Vec<JsonOp>),
    Opaque(usize),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum JsonAngle {
    Fixed(f64),
    Linear(BTreeMap<String, f64>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum JsonControl {
    On(u32),
    Off(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum JsonExpr {
    // A decimal string: JSON numbers lose digits beyond 2^53.
    Const(String),
    Bit(u32),
    Register(u32, u32),
    Not(Box<JsonExpr>),
    Complement(Box<JsonExpr>, u32),
    Binary(String, Box<JsonExpr>, Box<JsonExpr>),
}

impl Serialize for Circuit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let registers = |r: &super::Registers| r.iter().map(|r| (r.name.clone(), r.size)).collect();
        let document = Document {
            format: FORMAT.into(),
            version: VERSION,
            qubits: registers(&self.qubits),
            clbits: registers(&self.clbits),
            params: self.params.clone(),
            ops: self.ops.iter().map(|op| write_op(op, &self.params)).collect(),
        };
        document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Circuit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Document::deserialize(deserializer)?;
        read_document(document).map_err(serde::de::Error::custom)
    }
}

fn read_document(document: Document) -> Result<Circuit, String> {
    let mut circuit = read_header(&document).map_err(|error| error.to_string())?;
    for (k, op) in document.ops.into_iter().enumerate() {
        let located = |error: Error| format!("operation {k}: {error}");
        let op = read_op(op, &circuit.params).map_err(located)?;
        circuit.try_push(op).map_err(located)?;
    }
    Ok(circuit)
}

/// Registers and parameters.
fn read_header(document: &Document) -> Result<Circuit> {
    if document.format != FORMAT || document.version != VERSION {
        return Err(Error::Invalid {
            what: "the format of a circuit".into(),
            value: format!("{} version {}", document.format, document.version),
            expected: format!("this ketlab reads {FORMAT} version {VERSION}"),
        });
    }
    let mut circuit = Circuit::empty();
    for (name, size) in &document.qubits {
        circuit.try_add_qubits(name, *size)?;
    }
    for (name, size) in &document.clbits {
        circuit.try_add_clbits(name, *size)?;
    }
    for (k, name) in document.params.iter().enumerate() {
        if name.is_empty() || document.params[..k].contains(name) {
            return Err(Error::Invalid {
                what: "the name of a parameter".into(),
                value: format!("`{name}`"),
                expected: "it must be new and not empty".into(),
            });
        }
        circuit.param(name);
    }
    Ok(circuit)
}

fn write_op(op: &Op, params: &[String]) -> JsonOp {
    let all = |ops: &[Op]| Some(ops.iter().map(|op| write_op(op, params)).collect());
    let some = |expr: &Expr| Some(write_expr(expr));
    let none = JsonOp::default();
    match op {
        Op::Gate(g) => write_gate(g, params),
        Op::Measure { qubit, clbit } => JsonOp { measure: Some((*qubit, *clbit)), ..none },
        Op::Reset(q) => JsonOp { reset: Some(*q), ..none },
        Op::Barrier(qubits) => JsonOp { barrier: Some(qubits.to_vec()), ..none },
        Op::Delay { qubits, duration } => JsonOp {
            delay: Some(qubits.to_vec()),
            duration: Some(duration.value),
            unit: Some(duration.unit.symbol().into()),
            ..none
        },
        Op::If(i) => JsonOp {
            r#if: some(&i.condition),
            then: all(&i.then),
            r#else: if i.otherwise.is_empty() { None } else { all(&i.otherwise) },
            ..none
        },
        Op::While(w) => JsonOp { r#while: some(&w.condition), r#do: all(&w.body), ..none },
        Op::Assign(a) => JsonOp { assign: Some(a.clbits.to_vec()), value: some(&a.value), ..none },
    }
}

fn read_op(op: JsonOp, params: &[String]) -> Result<Op> {
    let all =
        |ops: Vec<JsonOp>| ops.into_iter().map(|op| read_op(op, params)).collect::<Result<_>>();
    op.check_keys()?;
    if op.gate.is_some() {
        return Ok(Op::Gate(read_gate(op, params)?));
    }
    if let Some((qubit, clbit)) = op.measure {
        return Ok(Op::Measure { qubit, clbit });
    }
    if let Some(qubit) = op.reset {
        return Ok(Op::Reset(qubit));
    }
    if let Some(qubits) = op.barrier {
        return Ok(Op::Barrier(qubits.into()));
    }
    if let Some(qubits) = op.delay {
        let value = needed(op.duration, "duration", "delay")?;
        let name = needed(op.unit, "unit", "delay")?;
        let units = [TimeUnit::Dt, TimeUnit::Ns, TimeUnit::Us, TimeUnit::Ms, TimeUnit::S];
        let found = units.into_iter().find(|u| u.symbol() == name);
        let unit =
            found.ok_or_else(|| unknown("unit of time", &name, "use dt, ns, us, ms or s"))?;
        return Ok(Op::Delay { qubits: qubits.into(), duration: Duration { value, unit } });
    }
    if let Some(condition) = op.r#if {
        return Ok(Op::If(Box::new(If {
            condition: read_expr(condition)?,
            then: all(needed(op.then, "then", "if")?)?,
            otherwise: all(op.r#else.unwrap_or_default())?,
        })));
    }
    if let Some(condition) = op.r#while {
        let body = all(needed(op.r#do, "do", "while")?)?;
        return Ok(Op::While(Box::new(While { condition: read_expr(condition)?, body })));
    }
    let clbits = needed(op.assign, "assign", "an operation")?.into();
    let value = read_expr(needed(op.value, "value", "assign")?)?;
    Ok(Op::Assign(Box::new(Assign { clbits, value })))
}

fn unknown(kind: &'static str, name: &str, hint: &str) -> Error {
    Error::UnknownName { kind, name: name.into(), hint: hint.into() }
}

fn pair(z: &Complex64) -> [f64; 2] {
    [z.re, z.im]
}

fn complex(p: &[f64; 2]) -> Complex64 {
    Complex64::new(p[0], p[1])
}

fn write_gate(op: &GateOp, params: &[String]) -> JsonOp {
    let data = match &op.gate {
        Gate::Std(..) => None,
        Gate::PauliRotation(string, _) => Some(GateData::Pauli(string.to_string())),
        Gate::Unitary(u) => Some(GateData::Matrix(
            u.matrix.row_iter().map(|row| row.iter().map(pair).collect()).collect(),
        )),
        Gate::Diagonal(d) => Some(GateData::Diagonal(d.entries.iter().map(pair).collect())),
        Gate::Permutation(p) => Some(GateData::Permutation(p.table.to_vec())),
        Gate::Block(b) => Some(match &b.definition {
            Some(ops) => GateData::Block(ops.iter().map(|g| write_gate(g, params)).collect()),
            None => GateData::Opaque(b.num_qubits),
        }),
    };
    let unless_empty = |len: usize| (len > 0).then_some(());
    JsonOp {
        gate: Some(op.gate.name().into_owned()),
        on: Some(op.targets.to_vec()),
        angles: unless_empty(op.gate.angles().len())
            .map(|()| op.gate.angles().iter().map(|a| write_angle(a, params)).collect()),
        controls: unless_empty(op.controls.len())
            .map(|()| op.controls.iter().map(write_control).collect()),
        data,
        ..JsonOp::default()
    }
}

fn read_gate(json: JsonOp, params: &[String]) -> Result<GateOp> {
    let name = needed(json.gate, "gate", "a gate")?;
    let targets = needed(json.on, "on", "gate")?;
    let angles = json.angles.unwrap_or_default();
    let angles = angles.iter().map(|a| read_angle(a, params)).collect::<Result<Vec<_>>>()?;
    let gate = match json.data {
        None => {
            let row = lookup(&name).filter(|named| named.num_controls == 0);
            let row = row.ok_or_else(|| {
                unknown(
                    "gate",
                    &name,
                    "use a name of the gate table, with \"controls\" beside it (cx is x)",
                )
            })?;
            Gate::Std(row.gate, angles.into())
        }
        Some(GateData::Pauli(label)) => {
            let [angle] = <[Angle; 1]>::try_from(angles).map_err(|given| {
                Error::WrongNumberOfAngles { gate: name, expected: 1, got: given.len() }
            })?;
            Gate::PauliRotation(Arc::new(label.parse::<PauliString>()?), angle)
        }
        Some(GateData::Matrix(rows)) => {
            let entries: Vec<Complex64> = rows.iter().flatten().map(complex).collect();
            if rows.iter().any(|row| row.len() != rows.len()) {
                return Err(Error::Invalid {
                    what: format!("the matrix of `{}`", name),
                    value: "not square".into(),
                    expected: "it needs as many columns as rows".into(),
                });
            }
            Gate::unitary(name, DMatrix::from_row_slice(rows.len(), rows.len(), &entries))?
        }
        Some(GateData::Diagonal(d)) => Gate::diagonal(name, d.iter().map(complex).collect())?,
        Some(GateData::Permutation(table)) => Gate::permutation(name, table)?,
        Some(GateData::Block(ops)) => {
            let definition: Vec<GateOp> =
                ops.into_iter().map(|g| read_inner(g, params)).collect::<Result<_>>()?;
            Gate::block(name, targets.len(), angles, Some(definition))?
        }
        Some(GateData::Opaque(num_qubits)) => Gate::block(name, num_qubits, angles, None)?,
    };
    let controls = json.controls.unwrap_or_default();
    let controls = controls.iter().map(read_control).collect::<Result<_>>()?;
    Ok(GateOp { gate, targets: targets.into(), controls })
}

/// A gate inside a block.
fn read_inner(json: JsonOp, params: &[String]) -> Result<GateOp> {
    json.check_keys()?;
    if json.gate.is_none() {
        return Err(wrong_keys(&json.keys(), "a block contains only gates"));
    }
    read_gate(json, params)
}

fn write_angle(angle: &Angle, params: &[String]) -> JsonAngle {
    if let Some(value) = angle.fixed() {
        return JsonAngle::Fixed(value);
    }
    let named = angle.terms().iter().map(|(p, c)| (params[p.0 as usize].clone(), *c));
    let offset = (angle.offset() != 0.0).then(|| (String::new(), angle.offset()));
    JsonAngle::Linear(named.chain(offset).collect())
}

fn read_angle(angle: &JsonAngle, params: &[String]) -> Result<Angle> {
    let map = match angle {
        JsonAngle::Fixed(value) => return Ok(Angle::Fixed(*value)),
        JsonAngle::Linear(map) => map,
    };
    let mut terms = Vec::new();
    for (name, &coefficient) in map.iter().filter(|(name, _)| !name.is_empty()) {
        let index = params.iter().position(|p| p == name).ok_or_else(|| {
            Error::UnknownParameter { name: name.clone(), known: params.to_vec() }
        })?;
        terms.push((Param(index as u32), coefficient));
    }
    Ok(Angle::linear(terms, map.get("").copied().unwrap_or(0.0)))
}

fn write_control(control: &Control) -> JsonControl {
    if control.positive {
        JsonControl::On(control.qubit)
    } else {
        JsonControl::Off(format!("!{}", control.qubit))
    }
}

fn read_control(control: &JsonControl) -> Result<Control> {
    match control {
        JsonControl::On(qubit) => Ok(Control { qubit: *qubit, positive: true }),
        JsonControl::Off(text) => {
            let qubit = text.strip_prefix('!').and_then(|digits| digits.parse().ok());
            let qubit = qubit
                .ok_or_else(|| unknown("control", text, "write k, or \"!k\" for a negative one"))?;
            Ok(Control { qubit, positive: false })
        }
    }
}

fn write_expr(expr: &Expr) -> JsonExpr {
    let boxed = |e: &Expr| Box::new(write_expr(e));
    match expr {
        Expr::Const(v) => JsonExpr::Const(v.to_string()),
        Expr::Bit(i) => JsonExpr::Bit(*i),
        Expr::Register { start, len } => JsonExpr::Register(*start, *len),
        Expr::Not(e) => JsonExpr::Not(boxed(e)),
        Expr::Complement { value, width } => JsonExpr::Complement(boxed(value), *width),
        Expr::Binary(op, a, b) => JsonExpr::Binary(op.symbol().into(), boxed(a), boxed(b)),
    }
}

fn read_expr(expr: JsonExpr) -> Result<Expr> {
    Ok(match expr {
        JsonExpr::Const(text) => Expr::Const(
            text.parse()
                .map_err(|_| unknown("integer", &text, "write a decimal number below 2^128"))?,
        ),
        JsonExpr::Bit(i) => Expr::Bit(i),
        JsonExpr::Register(start, len) => Expr::Register { start, len },
        JsonExpr::Not(e) => Expr::Not(Box::new(read_expr(*e)?)),
        JsonExpr::Complement(e, width) => {
            Expr::Complement { value: Box::new(read_expr(*e)?), width }
        }
        JsonExpr::Binary(symbol, a, b) => {
            let op = BinaryOp::ALL.into_iter().find(|op| op.symbol() == symbol);
            let op = op.ok_or_else(|| unknown("operator", &symbol, "use one of OpenQASM 3's"))?;
            read_expr(*a)?.binary(op, read_expr(*b)?)
        }
    })
}
