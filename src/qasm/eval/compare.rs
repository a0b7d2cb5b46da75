//! Comparisons.

use super::arithmetic::{as_int, to_complex, to_float};
use super::measured::{boolean, pieces, runtime};
use super::value::{FixedAngle, Int, IntType, Measured, MeasuredType, Value, Wires, mask};
use super::{Context, Eval, EvalError, wide_compare};
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical};
use crate::math::Bits;
use crate::qasm::ast::{BinaryOp, Span};

/// `== != < <= > >=`.
pub(super) fn compare(
    op: BinaryOp,
    a: Value,
    b: Value,
    span: Span,
    context: &mut impl Context,
) -> Eval {
    use std::cmp::Ordering;
    let holds = |order: Ordering| match op {
        BinaryOp::Eq => order.is_eq(),
        BinaryOp::Ne => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        _ => order.is_ge(),
    };
    match (&a, &b) {
        (Value::Unknown, _) | (_, Value::Unknown) => Ok(Value::Unknown),
        (Value::Complex(_), _) | (_, Value::Complex(_)) => {
            let equal = to_complex(&a, span)? == to_complex(&b, span)?;
            match op {
                BinaryOp::Eq => Ok(Value::Bool(equal)),
                BinaryOp::Ne => Ok(Value::Bool(!equal)),
                _ => Err(EvalError::new(span, "complex numbers have no order")),
            }
        }
        _ if wide_compare::is_wide(&a, &b) => wide_compare::compare(op, &a, &b, span),
        _ if angle_width(&a).is_some() || angle_width(&b).is_some() => {
            angles(op, &a, &b, span, context)
        }
        (Value::Float(_) | Value::Symbolic(_), _) | (_, Value::Float(_) | Value::Symbolic(_)) => {
            let (x, y) = (to_float(&a, span, context)?, to_float(&b, span, context)?);
            let (Some(x), Some(y)) = (x, y) else { return Ok(Value::Unknown) };
            match x.partial_cmp(&y) {
                Some(order) => Ok(Value::Bool(holds(order))),
                None => Err(EvalError::new(span, "what is compared is not a number")),
            }
        }
        (Value::Clbits(wires), known) | (known, Value::Clbits(wires))
            if matches!(op, BinaryOp::Eq | BinaryOp::Ne) && is_known(known) =>
        {
            equal_to_known(op, wires, known, span)
        }
        (Value::Clbits(_) | Value::Measured(_), _) | (_, Value::Clbits(_) | Value::Measured(_)) => {
            measured_order(op, &a, &b, span)
        }
        (Value::Bits(x), Value::Bits(y)) if x.len() == y.len() => Ok(Value::Bool(holds(x.cmp(y)))),
        _ => match (as_int(&a), as_int(&b)) {
            (Some(x), Some(y)) => {
                let ty = x.ty.common(y.ty);
                let order = match ty.signed {
                    true => (x.raw as i128).cmp(&(y.raw as i128)),
                    false => ty.wrap(x.raw).cmp(&ty.wrap(y.raw)),
                };
                Ok(Value::Bool(holds(order)))
            }
            _ => {
                let message = format!("{} and {} cannot be compared", a.describe(), b.describe());
                Err(EvalError::new(span, message))
            }
        },
    }
}

fn angle_width(value: &Value) -> Option<u32> {
    match value {
        Value::Angle(a) => Some(a.width),
        Value::Measured(m) => match m.ty {
            MeasuredType::Angle(width) => Some(width),
            _ => None,
        },
        _ => None,
    }
}

/// A sized angle against another, or against a real number, which is rounded as an angle of that
/// width is: `a == pi`. Integers are no angles.
fn angles(op: BinaryOp, a: &Value, b: &Value, span: Span, context: &mut impl Context) -> Eval {
    let width = angle_width(a).max(angle_width(b)).unwrap_or(1);
    let mut side = |value: &Value| match value {
        Value::Angle(x) => {
            Ok(Value::Angle(FixedAngle { turns: x.turns << (width - x.width), width }))
        }
        Value::Measured(m) if m.ty == MeasuredType::Angle(width) => Ok(value.clone()),
        Value::Float(_) | Value::Symbolic(_) | Value::Huge(_) => {
            let radians = to_float(value, span, context)?.unwrap_or(0.0);
            Ok(Value::Angle(FixedAngle::nearest(radians, width)))
        }
        Value::Bits(bits) if bits.len() as u32 == width => {
            Ok(Value::Angle(FixedAngle { turns: bits.value(0, bits.len()), width }))
        }
        Value::Clbits(wires) if wires.len() == width => Ok(value.clone()),
        _ => {
            let message = format!("{} and {} cannot be compared", a.describe(), b.describe());
            Err(EvalError::new(span, message).help(format!(
                "an angle is compared with an angle or a real number; its bits are `bit[{width}](…)`"
            )))
        }
    };
    match (side(a)?, side(b)?) {
        (Value::Angle(x), Value::Angle(y)) => {
            let int = |a: FixedAngle| Value::Int(Int::new(a.turns, IntType::unsigned(width)));
            compare(op, int(x), int(y), span, context)
        }
        (x, y) => measured_order(op, &x, &y, span),
    }
}

fn is_known(value: &Value) -> bool {
    matches!(value, Value::Bits(_) | Value::Int(_) | Value::Bool(_))
}

/// Bits, of which there may be many, against a known value.
fn equal_to_known(op: BinaryOp, wires: &Wires, known: &Value, span: Span) -> Eval {
    let len = wires.len();
    let bits = match known {
        Value::Bits(bits) if bits.len() as u32 != len => {
            let message = format!("{len} bits are compared with {}", bits.len());
            return Err(EvalError::new(span, message));
        }
        Value::Bits(bits) => bits.clone(),
        other => match as_int(other) {
            // The integer is compared as one: a negative or too large one is never equal.
            Some(i) if i.raw & !mask(len) == 0 => {
                let mut bits = Bits::zeros(len as usize);
                bits.set_value(0, (len as usize).min(128), i.raw);
                bits
            }
            _ => return Ok(Value::Bool(op == BinaryOp::Ne)),
        },
    };
    let mut at = 0usize;
    let equal = pieces(wires).into_iter().map(|(expr, n)| {
        let value = bits.value(at, n as usize);
        at += n as usize;
        expr.binary(RuntimeOp::Eq, Classical::Const(value))
    });
    let all = equal.reduce(|a, b| a.binary(RuntimeOp::And, b));
    Ok(match (all, op) {
        (None, _) => Value::Bool(op == BinaryOp::Eq),
        (Some(Classical::Binary(RuntimeOp::Eq, a, b)), BinaryOp::Ne) => {
            boolean(Classical::Binary(RuntimeOp::Ne, a, b))
        }
        (Some(e), BinaryOp::Ne) => boolean(e.not()),
        (Some(e), _) => boolean(e),
    })
}

fn measured_order(op: BinaryOp, a: &Value, b: &Value, span: Span) -> Eval {
    let (x, y) = (runtime(a, span)?, runtime(b, span)?);
    let op = match op {
        BinaryOp::Eq => RuntimeOp::Eq,
        BinaryOp::Ne => RuntimeOp::Ne,
        BinaryOp::Lt => RuntimeOp::Lt,
        BinaryOp::Le => RuntimeOp::Le,
        BinaryOp::Gt => RuntimeOp::Gt,
        _ => RuntimeOp::Ge,
    };
    let int = x.ty.int().common(y.ty.int());
    let side = |m: &Measured| match m.max {
        Some(_) => m.expr.clone(),
        None if !int.signed => {
            m.expr.clone().binary(RuntimeOp::BitAnd, Classical::Const(mask(int.width)))
        }
        None => m.expr.clone(),
    };
    let (mut left, mut right) = (side(&x), side(&y));
    // Both sides without what is subtracted from them, where that is never negative.
    if int.signed {
        let without = |e: &Classical, bias: u128| match e {
            Classical::Const(v) => (*v as i128)
                .checked_add(bias as i128)
                .filter(|v| *v >= 0)
                .map(|v| Classical::Const(v as u128)),
            other => biased(other).filter(|b| b.1 == bias).map(|b| b.0.clone()),
        };
        let bias = biased(&left).or(biased(&right)).map(|b| b.1);
        if let Some(bias) = bias
            && let (Some(a), Some(b)) = (without(&left, bias), without(&right, bias))
        {
            return Ok(boolean(match (op, a, b) {
                // Equality needs no order: the plain bits are compared.
                (
                    RuntimeOp::Eq | RuntimeOp::Ne,
                    Classical::Binary(RuntimeOp::BitXor, x, _),
                    Classical::Const(v),
                ) => x.binary(op, Classical::Const(v ^ bias)),
                (op, a, b) => a.binary(op, b),
            }));
        }
    }
    let ordered = !matches!(op, RuntimeOp::Eq | RuntimeOp::Ne);
    if ordered && int.signed && (x.max.is_none() || y.max.is_none()) {
        // Two's complement orders as unsigned numbers once the sign bit is flipped.
        let flip = |e: Classical| e.binary(RuntimeOp::BitXor, Classical::Const(1 << 127));
        (left, right) = (flip(left), flip(right));
    }
    Ok(boolean(left.binary(op, right)))
}

/// For a number made by [`sign_extended`]: the part before the subtraction, which is never
/// negative, and what is subtracted.
fn biased(expr: &Classical) -> Option<(&Classical, u128)> {
    let Classical::Binary(RuntimeOp::Sub, left, right) = expr else { return None };
    match (&**left, &**right) {
        // A program's own (x ^ s) - s looks alike, where x may be anything.
        (Classical::Binary(RuntimeOp::BitXor, low, flip), Classical::Const(sign))
            if **flip == Classical::Const(*sign) && *sign < 1 << 127 && below(low, 2 * sign) =>
        {
            Some((left, *sign))
        }
        _ => None,
    }
}

/// Whether an expression is plainly below a limit.
fn below(expr: &Classical, limit: u128) -> bool {
    match expr {
        Classical::Bit(_) => limit > 1,
        Classical::Register { len, .. } => mask(*len) < limit,
        Classical::Binary(RuntimeOp::BitAnd, _, by) => {
            matches!(**by, Classical::Const(v) if v < limit)
        }
        _ => false,
    }
}
