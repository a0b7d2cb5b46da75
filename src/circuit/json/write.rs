//! Circuit → document.

use super::document::{GateData, JsonAngle, JsonControl, JsonExpr, JsonFormula, JsonOp};
use crate::circuit::{ChannelOp, Circuit, Expr, Formula, Op, channel_text};
use crate::error::Result;
use crate::gate::{Angle, Control, Gate, GateOp, Param};
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::collections::BTreeMap;

/// # Errors
/// If a channel is on too many qubits for matrices, and its text does not say it.
pub(super) fn write_op(op: &Op, params: &[String]) -> Result<JsonOp> {
    let all = |ops: &[Op]| {
        let written: Result<Vec<JsonOp>> = ops.iter().map(|op| write_op(op, params)).collect();
        written.map(Some)
    };
    let some = |expr: &Expr| Some(write_expr(expr));
    let none = JsonOp::default();
    Ok(match op {
        Op::Gate(g) => write_gate(g, params),
        Op::Channel(c) => write_channel(c)?,
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
            then: all(&i.then)?,
            r#else: if i.otherwise.is_empty() { None } else { all(&i.otherwise)? },
            ..none
        },
        Op::While(w) => JsonOp { r#while: some(&w.condition), r#do: all(&w.body)?, ..none },
        Op::Assign(a) => JsonOp { assign: Some(a.clbits.to_vec()), value: some(&a.value), ..none },
    })
}

/// By its text, if that says it all, else by its Kraus operators.
fn write_channel(op: &ChannelOp) -> Result<JsonOp> {
    let on = Some(op.qubits.to_vec());
    Ok(match channel_text::text(&op.channel) {
        Some(text) => JsonOp { channel: Some(text), on, ..JsonOp::default() },
        None => {
            let operators = op.channel.kraus_operators()?;
            let data = Some(GateData::Kraus(operators.iter().map(write_matrix).collect()));
            JsonOp { channel: Some("kraus".into()), on, data, ..JsonOp::default() }
        }
    })
}

fn write_matrix(matrix: &DMatrix<Complex64>) -> Vec<Vec<[f64; 2]>> {
    matrix.row_iter().map(|row| row.iter().map(pair).collect()).collect()
}

fn write_gate(op: &GateOp, params: &[String]) -> JsonOp {
    let data = match &op.gate {
        Gate::Std(..) => None,
        Gate::PauliRotation(string, _) => Some(GateData::Pauli(string.to_string())),
        Gate::Unitary(u) => Some(GateData::Matrix(write_matrix(&u.matrix))),
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

pub(super) fn write_formulas(circuit: &Circuit) -> BTreeMap<String, JsonFormula> {
    let angle = |a: &Angle| write_angle(a, circuit.params());
    let mut formulas = BTreeMap::new();
    for (k, name) in circuit.params().iter().enumerate() {
        let Some(formula) = circuit.formula(Param(k as u32)) else { continue };
        let written = match formula {
            Formula::Product(a, b) => JsonFormula::Product(angle(a), angle(b)),
            Formula::Quotient(a, b) => JsonFormula::Quotient(angle(a), angle(b)),
            Formula::Power(a, b) => JsonFormula::Power(angle(a), angle(b)),
            Formula::Function(f, a) => JsonFormula::Function(f.name().into(), angle(a)),
        };
        formulas.insert(name.clone(), written);
    }
    formulas
}

fn write_angle(angle: &Angle, params: &[String]) -> JsonAngle {
    if let Some(value) = angle.fixed() {
        return JsonAngle::Fixed(value);
    }
    let named = angle.terms().iter().map(|(p, c)| (params[p.0 as usize].clone(), *c));
    let offset = (angle.offset() != 0.0).then(|| (String::new(), angle.offset()));
    JsonAngle::Linear(named.chain(offset).collect())
}

fn write_control(control: &Control) -> JsonControl {
    if control.positive {
        JsonControl::On(control.qubit)
    } else {
        JsonControl::Off(format!("!{}", control.qubit))
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

fn pair(z: &Complex64) -> [f64; 2] {
    [z.re, z.im]
}
