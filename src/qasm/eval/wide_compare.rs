//! Comparisons of registers and integers that are longer than an integer of the circuit.

use super::MAX_STEPS;
use super::measured::{boolean, pieces};
use super::value::{Value, mask};
use super::{Eval, EvalError};
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical};
use crate::qasm::ast::{BinaryOp, Span};

/// Whether a comparison of both is one of this file.
pub(super) fn is_wide(a: &Value, b: &Value) -> bool {
    let long = |v: &Value| match v {
        Value::Clbits(wires) => wires.len() > 128,
        Value::Huge(_) => true,
        _ => false,
    };
    let integer = |v: &Value| {
        use Value::*;
        matches!(v, Clbits(_) | Measured(_) | Bits(_) | Int(_) | Bool(_) | Huge(_))
    };
    (long(a) || long(b)) && integer(a) && integer(b)
}

/// A truth value of pieces.
enum Truth {
    Known(bool),
    Measured(Classical),
}

impl Truth {
    fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::Known(v), t) | (t, Truth::Known(v)) => {
                if v {
                    t
                } else {
                    Truth::Known(false)
                }
            }
            (Truth::Measured(a), Truth::Measured(b)) => {
                Truth::Measured(a.binary(RuntimeOp::And, b))
            }
        }
    }

    fn or(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::Known(v), t) | (t, Truth::Known(v)) => {
                if v {
                    Truth::Known(true)
                } else {
                    t
                }
            }
            (Truth::Measured(a), Truth::Measured(b)) => Truth::Measured(a.binary(RuntimeOp::Or, b)),
        }
    }

    fn not(self) -> Truth {
        match self {
            Truth::Known(v) => Truth::Known(!v),
            Truth::Measured(e) => Truth::Measured(e.not()),
        }
    }

    /// One piece against another.
    fn of(op: RuntimeOp, a: &Classical, b: &Classical) -> Truth {
        match (a, b) {
            (Classical::Const(x), Classical::Const(y)) => Truth::Known(match op {
                RuntimeOp::Eq => x == y,
                _ => x < y,
            }),
            // Nothing is less than 0.
            (_, Classical::Const(0)) if op == RuntimeOp::Lt => Truth::Known(false),
            _ => Truth::Measured(a.clone().binary(op, b.clone())),
        }
    }
}

/// `== != < <= > >=`, piece by piece, the most significant first.
pub(super) fn compare(op: BinaryOp, a: &Value, b: &Value, span: Span) -> Eval {
    let negative = |v: &Value| matches!(v, Value::Int(i) if i.signed().is_some_and(|v| v < 0));
    match (negative(a), negative(b)) {
        (true, _) => {
            return Ok(Value::Bool(matches!(op, BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le)));
        }
        (_, true) => {
            return Ok(Value::Bool(matches!(op, BinaryOp::Ne | BinaryOp::Gt | BinaryOp::Ge)));
        }
        _ => {}
    }
    if let (Value::Clbits(w), Value::Bits(bits)) | (Value::Bits(bits), Value::Clbits(w)) = (a, b)
        && bits.len() as u32 != w.len()
    {
        let message = format!("{} bits are compared with {}", w.len(), bits.len());
        return Err(EvalError::new(span, message));
    }
    let (mut x, mut y) = (words(a, span)?, words(b, span)?);
    let count = x.len().max(y.len());
    if count > MAX_STEPS / 8 {
        let message =
            format!("a comparison reads at most {} bits, not {}", MAX_STEPS / 8 * 128, count * 128);
        return Err(EvalError::new(span, message).help("compare a part of them: `c[0:999]`"));
    }
    x.resize(count, Classical::Const(0));
    y.resize(count, Classical::Const(0));
    let truth = match op {
        BinaryOp::Eq => equal(&x, &y),
        BinaryOp::Ne => equal(&x, &y).not(),
        BinaryOp::Lt => less(&x, &y),
        BinaryOp::Ge => less(&x, &y).not(),
        BinaryOp::Gt => less(&y, &x),
        _ => less(&y, &x).not(),
    };
    Ok(match truth {
        Truth::Known(v) => Value::Bool(v),
        Truth::Measured(e) => boolean(e),
    })
}

fn equal(x: &[Classical], y: &[Classical]) -> Truth {
    let each = x.iter().zip(y).map(|(a, b)| Truth::of(RuntimeOp::Eq, a, b));
    each.fold(Truth::Known(true), Truth::and)
}

fn less(x: &[Classical], y: &[Classical]) -> Truth {
    // From the least significant: what is above decides first.
    x.iter().zip(y).fold(Truth::Known(false), |below, (a, b)| {
        let equal = Truth::of(RuntimeOp::Eq, a, b);
        Truth::of(RuntimeOp::Lt, a, b).or(equal.and(below))
    })
}

/// A value that is not negative, in pieces of 128 bits.
fn words(value: &Value, span: Span) -> Eval<Vec<Classical>> {
    Ok(match value {
        Value::Clbits(wires) => pieces(wires).into_iter().map(|(e, _)| e).collect(),
        Value::Bits(bits) => (0..bits.len())
            .step_by(128)
            .map(|at| Classical::Const(bits.value(at, (bits.len() - at).min(128))))
            .collect(),
        Value::Huge(huge) => huge.words.iter().map(|w| Classical::Const(*w)).collect(),
        Value::Int(i) => vec![Classical::Const(i.raw & mask(i.ty.width))],
        Value::Bool(b) => vec![Classical::Const(u128::from(*b))],
        Value::Measured(m) if m.max.is_some() => vec![m.expr.clone()],
        other => {
            let message = format!(
                "{} that may be negative is not compared with so many bits",
                other.describe()
            );
            return Err(EvalError::new(span, message).help("cast it to a `uint`"));
        }
    })
}
