//! Document → circuit, checked.

use super::document::{
    Document, GateData, JsonAngle, JsonControl, JsonExpr, JsonFormula, JsonOp, JsonReadout,
    JsonRegister, needed, wrong_keys,
};
use super::{FORMAT, VERSION};
use crate::circuit::{
    Assign, BinaryOp, ChannelOp, Circuit, Duration, Elementary, Expr, Formula, If, Op, TimeUnit,
    While, not_new,
};
use crate::error::{Error, Result};
use crate::gate::{Angle, Control, Gate, GateOp, Param, lookup};
use crate::noise::{Channel, ReadoutError};
use crate::pauli::PauliString;
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

pub(super) fn read_document(document: Document) -> Result<Circuit, String> {
    let mut circuit = read_header(&document).map_err(|error| error.to_string())?;
    for (k, readout) in document.readout_errors.iter().enumerate() {
        let located = |error: Error| format!("readout error {k}: {error}");
        read_readout(readout, &mut circuit).map_err(located)?;
    }
    let mut known = Known::default();
    for (k, op) in document.ops.into_iter().enumerate() {
        let located = |error: Error| format!("operation {k}: {error}");
        let op = read_op(op, &circuit.params, &mut known).map_err(located)?;
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
    for register in &document.clbits {
        match register {
            JsonRegister::Pair(name, size) => circuit.try_add_clbits(name, *size)?,
            JsonRegister::Named(r) if r.scratch => circuit.try_add_scratch(&r.name, r.size)?,
            JsonRegister::Named(r) => circuit.try_add_clbits(&r.name, r.size)?,
        };
    }
    for (k, name) in document.params.iter().enumerate() {
        if name.is_empty() || document.params[..k].contains(name) {
            return Err(not_new("parameter", name));
        }
        match document.formulas.get(name) {
            // Of parameters that stand before it.
            Some(formula) => {
                let formula = read_formula(formula, circuit.params())?;
                circuit.try_derived_as(name, formula)?;
            }
            None => {
                circuit.param(name);
            }
        }
    }
    if let Some(name) = document.formulas.keys().find(|name| !document.params.contains(name)) {
        return Err(Error::UnknownParameter { name: name.clone(), known: document.params.clone() });
    }
    Ok(circuit)
}

fn read_formula(formula: &JsonFormula, params: &[String]) -> Result<Formula> {
    let angle = |a: &JsonAngle| read_angle(a, params);
    Ok(match formula {
        JsonFormula::Product(a, b) => Formula::Product(angle(a)?, angle(b)?),
        JsonFormula::Quotient(a, b) => Formula::Quotient(angle(a)?, angle(b)?),
        JsonFormula::Power(a, b) => Formula::Power(angle(a)?, angle(b)?),
        JsonFormula::Function(name, a) => {
            let found = Elementary::ALL.into_iter().find(|f| f.name() == name);
            let names = Elementary::ALL.map(Elementary::name).join(", ");
            let found = found.ok_or_else(|| unknown("function", name, &format!("use {names}")))?;
            Formula::Function(found, angle(a)?)
        }
    })
}

fn read_readout(readout: &JsonReadout, circuit: &mut Circuit) -> Result<()> {
    let error = ReadoutError::new(readout.p1_given_0, readout.p0_given_1)?;
    if circuit.readout_errors.contains_key(&(readout.qubit as u32)) {
        return Err(Error::Invalid {
            what: "the readout error of a qubit".into(),
            value: format!("there twice, for qubit {}", readout.qubit),
            expected: "each qubit has one".into(),
        });
    }
    circuit.set_readout_error(readout.qubit, error).map(drop)
}

/// The channels read so far, by their text: equal ones are shared.
type Known = HashMap<String, Arc<Channel>>;

fn read_channel(op: JsonOp, known: &mut Known) -> Result<Op> {
    let text = needed(op.channel, "channel", "a channel")?;
    let qubits = needed(op.on, "on", "channel")?;
    let channel = match op.data {
        None => match known.entry(text) {
            Entry::Occupied(found) => found.get().clone(),
            Entry::Vacant(place) => {
                let channel = place.key().parse::<Channel>()?;
                place.insert(Arc::new(channel)).clone()
            }
        },
        Some(GateData::Kraus(operators)) if text == "kraus" => {
            let operators = operators.iter().map(|rows| read_matrix("kraus", rows));
            Arc::new(Channel::kraus(operators.collect::<Result<Vec<_>>>()?)?)
        }
        Some(_) => {
            let expected =
                "a channel has none but `\"channel\": \"kraus\"`, which has {\"kraus\": matrices}";
            return Err(Error::Invalid {
                what: format!("the data of the channel `{text}`"),
                value: "there".into(),
                expected: expected.into(),
            });
        }
    };
    Ok(Op::Channel(Box::new(ChannelOp { channel, qubits: qubits.into() })))
}

/// A square matrix of rows of [re, im].
fn read_matrix(name: &str, rows: &[Vec<[f64; 2]>]) -> Result<DMatrix<Complex64>> {
    if rows.iter().any(|row| row.len() != rows.len()) {
        return Err(Error::Invalid {
            what: format!("the matrix of `{name}`"),
            value: "not square".into(),
            expected: "it needs as many columns as rows".into(),
        });
    }
    let entries: Vec<Complex64> = rows.iter().flatten().map(complex).collect();
    Ok(DMatrix::from_row_slice(rows.len(), rows.len(), &entries))
}

fn read_op(op: JsonOp, params: &[String], known: &mut Known) -> Result<Op> {
    let mut all = |ops: Vec<JsonOp>| {
        ops.into_iter().map(|op| read_op(op, params, known)).collect::<Result<_>>()
    };
    op.check_keys()?;
    if op.gate.is_some() {
        return Ok(Op::Gate(read_gate(op, params)?));
    }
    if op.channel.is_some() {
        return read_channel(op, known);
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

fn read_gate(json: JsonOp, params: &[String]) -> Result<GateOp> {
    let name = needed(json.gate, "gate", "a gate")?;
    let mut targets = needed(json.on, "on", "gate")?;
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
            let string: PauliString = label.parse()?;
            // `IX` names two qubits, but leading I's act on none.
            if label.len() == targets.len() && label.bytes().all(|b| b.is_ascii_alphabetic()) {
                targets.truncate(string.num_qubits());
            }
            Gate::PauliRotation(Arc::new(string), angle)
        }
        Some(GateData::Matrix(rows)) => {
            let matrix = read_matrix(&name, &rows)?;
            Gate::unitary(name, matrix)?
        }
        Some(GateData::Diagonal(d)) => Gate::diagonal(name, d.iter().map(complex).collect())?,
        Some(GateData::Permutation(table)) => Gate::permutation(name, table)?,
        Some(GateData::Block(ops)) => {
            let definition: Vec<GateOp> =
                ops.into_iter().map(|g| read_inner(g, params)).collect::<Result<_>>()?;
            Gate::block(name, targets.len(), angles, Some(definition))?
        }
        Some(GateData::Kraus(_)) => {
            return Err(Error::Invalid {
                what: format!("the data of `{name}`"),
                value: "Kraus operators".into(),
                expected: "these belong to `\"channel\": \"kraus\"`".into(),
            });
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

fn complex(p: &[f64; 2]) -> Complex64 {
    Complex64::new(p[0], p[1])
}

fn unknown(kind: &'static str, name: &str, hint: &str) -> Error {
    Error::UnknownName { kind, name: name.into(), hint: hint.into() }
}
