//! `rotl` and `rotr`: circular shifts of bits, `uint`s and sized angles, known or measured, by any
//! number of places.

use super::measured::{runtime, wrapped};
use super::value::{FixedAngle, Int, Measured, MeasuredType, Value, Wires, mask};
use super::{Context, Eval, EvalError, operators};
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical};
use crate::math::Bits;
use crate::qasm::ast::Span;

/// How far to the left, from 0 to below the width.
enum By {
    Known(u32),
    Measured(Classical),
}

/// `rotl` if `left`, else `rotr`.
pub(super) fn rotate(
    value: Value,
    by: Value,
    left: bool,
    span: Span,
    context: &mut impl Context,
) -> Eval {
    if let (Value::Unknown, _) | (_, Value::Unknown) = (&value, &by) {
        return Ok(Value::Unknown);
    }
    let name = if left { "rotl" } else { "rotr" };
    operators::check_one(name, &value, span, context)?;
    Ok(match value {
        Value::Bits(bits) => match places(&by, bits.len() as u32, left, span)? {
            By::Known(by) => {
                let mut rotated = Bits::zeros(bits.len());
                for i in 0..bits.len() {
                    rotated.set((i + by as usize) % bits.len(), bits.bit(i));
                }
                Value::Bits(rotated)
            }
            By::Measured(by) => at_run_time(&runtime(&Value::Bits(bits), span)?, by),
        },
        Value::Int(i) if !i.ty.signed => match places(&by, i.ty.width, left, span)? {
            By::Known(by) => Value::Int(Int::new(known(i.raw, by, i.ty.width), i.ty)),
            By::Measured(by) => at_run_time(&runtime(&value, span)?, by),
        },
        Value::Angle(a) => match places(&by, a.width, left, span)? {
            By::Known(by) => {
                Value::Angle(FixedAngle { turns: known(a.turns, by, a.width), width: a.width })
            }
            By::Measured(by) => at_run_time(&runtime(&value, span)?, by),
        },
        Value::Clbits(ref wires) => match places(&by, wires.len(), left, span)? {
            By::Known(by) => {
                let len = wires.len();
                // Bit i goes to i + by, so place i holds bit i - by.
                let moved = (0..len).map(|i| wires.at((i + len - by) % len)).collect();
                Value::Clbits(Wires::from_list(moved))
            }
            By::Measured(by) => at_run_time(&runtime(&value, span)?, by),
        },
        Value::Measured(ref m) if !m.ty.int().signed && m.ty != MeasuredType::Bool => {
            let width = m.ty.int().width;
            match places(&by, width, left, span)? {
                By::Known(by) => at_run_time(m, Classical::Const(u128::from(by))),
                By::Measured(by) => at_run_time(m, by),
            }
        }
        other => {
            let what = match &other {
                Value::Int(_) => "an `int`".to_owned(),
                Value::Measured(m) if m.ty.int().signed => "an `int`".to_owned(),
                Value::Bool(_) => "a `bool`".to_owned(),
                other => other.describe(),
            };
            let message = format!("`{name}` rotates bits, `uint`s and sized `angle`s, not {what}");
            return Err(EvalError::new(span, message).help("cast it to a `uint` of some width"));
        }
    })
}

/// The number of places to the left that a distance means.
fn places(by: &Value, width: u32, left: bool, span: Span) -> Eval<By> {
    let width = u128::from(width.max(1));
    if !matches!(by, Value::Clbits(_) | Value::Measured(_)) {
        let by = i128::from(super::index::integer(by, "the distance of a rotation", span)?);
        let by = if left { by } else { -by };
        return Ok(By::Known(by.rem_euclid(width as i128) as u32));
    }
    let m = runtime(by, span)?;
    // A multiple of the width makes the distance positive, whatever is measured.
    let Some((low, high)) = m.bounds() else {
        let message = "the distance of a rotation has at most 127 bits where it is measured";
        return Err(EvalError::new(span, message));
    };
    let least = if left { low } else { high.checked_neg().unwrap_or(i128::MIN) };
    let more = least.unsigned_abs().div_ceil(width).checked_mul(width).filter(|_| least < 0);
    let more = Classical::Const(more.unwrap_or(0));
    let sum = match (left, &more) {
        (true, Classical::Const(0)) => m.expr,
        (true, _) => m.expr.binary(RuntimeOp::Add, more),
        (false, _) => more.binary(RuntimeOp::Sub, m.expr),
    };
    Ok(By::Measured(sum.binary(RuntimeOp::Rem, Classical::Const(width))))
}

fn known(raw: u128, by: u32, width: u32) -> u128 {
    let low = raw & mask(width);
    match by {
        0 => low,
        by => low << by | low >> (width - by),
    }
}

/// Shifted out on the left, and what comes in on the right.
fn at_run_time(m: &Measured, by: Classical) -> Value {
    let width = m.ty.int().width;
    let back = match &by {
        Classical::Const(0) => return Value::Measured(m.clone().into()),
        Classical::Const(by) => Classical::Const(u128::from(width) - by),
        by => Classical::Const(u128::from(width)).binary(RuntimeOp::Sub, by.clone()),
    };
    let high = m.expr.clone().binary(RuntimeOp::Shl, by);
    let low = m.expr.clone().binary(RuntimeOp::Shr, back);
    wrapped(high.binary(RuntimeOp::BitOr, low), m.ty, None)
}
