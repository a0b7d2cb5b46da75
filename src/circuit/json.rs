//! Circuits as versioned JSON.
//!
//! ```json
//! {"format": "ketlab.circuit", "version": 1,
//!  "qubits": [["q", 2]], "clbits": [["c", 1]], "params": ["theta"],
//!  "ops": [{"gate": "x", "on": [1], "controls": [0]},
//!          {"gate": "rx", "on": [1], "angles": [{"theta": 2.0, "": 0.5}]},
//!          {"measure": [0, 0]}]}
//! ```
//! An angle is a number, or a map from parameter names to coefficients with the offset under the
//! empty name. A negative control k is written as the string `"!k"`.

use super::{Assign, BinaryOp, Circuit, Duration, Expr, If, Op, TimeUnit, While};
use crate::error::{Error, Result};
use crate::gate::{Angle, Control, Gate, GateOp, Param, StdGate};
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

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum JsonOp {
    Gate(JsonGate),
    Measure {
        measure: (u32, u32),
    },
    Reset {
        reset: u32,
    },
    Barrier {
        barrier: Vec<u32>,
    },
    Delay {
        delay: Vec<u32>,
        duration: f64,
        unit: String,
    },
    If {
        r#if: JsonExpr,
        then: Vec<JsonOp>,
        #[serde(default, rename = "else")]
        otherwise: Vec<JsonOp>,
    },
    While {
        r#while: JsonExpr,
        r#do: Vec<JsonOp>,
    },
    Assign {
        assign: (u32, u32),
        value: JsonExpr,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonGate {
    gate: String,
    on: Vec<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    angles: Vec<JsonAngle>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    controls: Vec<JsonControl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<GateData>,
}

/// What a gate needs that is no row of the table.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GateData {
    Pauli(String),
    Matrix(Vec<Vec<[f64; 2]>>),
    Diagonal(Vec<[f64; 2]>),
    Permutation(Vec<u32>),
    Block(Vec<JsonGate>),
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

fn read_document(document: Document) -> Result<Circuit> {
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
    for name in &document.params {
        circuit.param(name);
    }
    for op in document.ops {
        let op = read_op(op, &circuit.params)?;
        circuit.try_push(op)?;
    }
    Ok(circuit)
}

fn write_op(op: &Op, params: &[String]) -> JsonOp {
    let all = |ops: &[Op]| ops.iter().map(|op| write_op(op, params)).collect();
    match op {
        Op::Gate(g) => JsonOp::Gate(write_gate(g, params)),
        Op::Measure { qubit, clbit } => JsonOp::Measure { measure: (*qubit, *clbit) },
        Op::Reset(q) => JsonOp::Reset { reset: *q },
        Op::Barrier(qubits) => JsonOp::Barrier { barrier: qubits.to_vec() },
        Op::Delay { qubits, duration } => JsonOp::Delay {
            delay: qubits.to_vec(),
            duration: duration.value,
            unit: duration.unit.symbol().into(),
        },
        Op::If(i) => JsonOp::If {
            r#if: write_expr(&i.condition),
            then: all(&i.then),
            otherwise: all(&i.otherwise),
        },
        Op::While(w) => JsonOp::While { r#while: write_expr(&w.condition), r#do: all(&w.body) },
        Op::Assign(a) => JsonOp::Assign { assign: (a.start, a.len), value: write_expr(&a.value) },
    }
}

fn read_op(op: JsonOp, params: &[String]) -> Result<Op> {
    let all =
        |ops: Vec<JsonOp>| ops.into_iter().map(|op| read_op(op, params)).collect::<Result<_>>();
    Ok(match op {
        JsonOp::Gate(g) => Op::Gate(read_gate(g, params)?),
        JsonOp::Measure { measure: (qubit, clbit) } => Op::Measure { qubit, clbit },
        JsonOp::Reset { reset } => Op::Reset(reset),
        JsonOp::Barrier { barrier } => Op::Barrier(barrier.into()),
        JsonOp::Delay { delay, duration, unit } => {
            let units = [TimeUnit::Dt, TimeUnit::Ns, TimeUnit::Us, TimeUnit::Ms, TimeUnit::S];
            let found = units.into_iter().find(|u| u.symbol() == unit);
            let unit =
                found.ok_or_else(|| unknown("unit of time", &unit, "use dt, ns, us, ms or s"))?;
            Op::Delay { qubits: delay.into(), duration: Duration { value: duration, unit } }
        }
        JsonOp::If { r#if, then, otherwise } => Op::If(Box::new(If {
            condition: read_expr(r#if)?,
            then: all(then)?,
            otherwise: all(otherwise)?,
        })),
        JsonOp::While { r#while, r#do } => {
            Op::While(Box::new(While { condition: read_expr(r#while)?, body: all(r#do)? }))
        }
        JsonOp::Assign { assign: (start, len), value } => {
            Op::Assign(Box::new(Assign { start, len, value: read_expr(value)? }))
        }
    })
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

fn write_gate(op: &GateOp, params: &[String]) -> JsonGate {
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
    JsonGate {
        gate: op.gate.name().into_owned(),
        on: op.targets.to_vec(),
        angles: op.gate.angles().iter().map(|a| write_angle(a, params)).collect(),
        controls: op.controls.iter().map(write_control).collect(),
        data,
    }
}

fn read_gate(json: JsonGate, params: &[String]) -> Result<GateOp> {
    let angles = json.angles.iter().map(|a| read_angle(a, params)).collect::<Result<Vec<_>>>()?;
    let gate = match json.data {
        None => {
            let row = StdGate::ALL.iter().find(|g| g.spec().name == json.gate);
            let row = row.ok_or_else(|| {
                unknown("gate", &json.gate, "use a name of the gate table; controls are beside it")
            })?;
            Gate::Std(*row, angles.into())
        }
        Some(GateData::Pauli(label)) => {
            let [angle] = <[Angle; 1]>::try_from(angles).map_err(|given| {
                Error::WrongNumberOfAngles { gate: json.gate, expected: 1, got: given.len() }
            })?;
            Gate::PauliRotation(Arc::new(label.parse::<PauliString>()?), angle)
        }
        Some(GateData::Matrix(rows)) => {
            let entries: Vec<Complex64> = rows.iter().flatten().map(complex).collect();
            if rows.iter().any(|row| row.len() != rows.len()) {
                return Err(Error::Invalid {
                    what: format!("the matrix of `{}`", json.gate),
                    value: "not square".into(),
                    expected: "it needs as many columns as rows".into(),
                });
            }
            Gate::unitary(json.gate, DMatrix::from_row_slice(rows.len(), rows.len(), &entries))?
        }
        Some(GateData::Diagonal(d)) => Gate::diagonal(json.gate, d.iter().map(complex).collect())?,
        Some(GateData::Permutation(table)) => Gate::permutation(json.gate, table)?,
        Some(GateData::Block(ops)) => {
            let definition: Vec<GateOp> =
                ops.into_iter().map(|g| read_gate(g, params)).collect::<Result<_>>()?;
            Gate::block(json.gate, json.on.len(), angles, Some(definition))?
        }
        Some(GateData::Opaque(num_qubits)) => Gate::block(json.gate, num_qubits, angles, None)?,
    };
    let controls = json.controls.iter().map(read_control).collect::<Result<_>>()?;
    Ok(GateOp { gate, targets: json.on.into(), controls })
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
