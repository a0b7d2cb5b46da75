//! Arithmetic on what is known, and on angles with parameters.

use super::measured::{self, runtime};
use super::value::{FixedAngle, Int, IntType, MeasuredType, Symbolic, Value, mask};
use super::{Context, Eval, EvalError};
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical, Formula};
use crate::gate::Angle;
use crate::math::Bits;
use crate::qasm::ast::{BinaryOp, Span};
use num_complex::Complex64;
use std::sync::Arc;

fn by_zero(span: Span) -> EvalError {
    EvalError::new(span, "division by zero")
}

/// Two real numbers.
#[inline]
pub(super) fn float(op: BinaryOp, a: f64, b: f64, span: Span) -> Eval {
    Ok(Value::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div | BinaryOp::Rem if b == 0.0 => return Err(by_zero(span)),
        BinaryOp::Div => a / b,
        BinaryOp::Rem => a % b,
        BinaryOp::Pow => a.powf(b),
        _ => return Err(EvalError::new(span, "a real number has no bits")),
    }))
}

pub(super) fn negate(value: Value, span: Span) -> Eval {
    Ok(match value {
        Value::Unknown => Value::Unknown,
        Value::Float(v) => Value::Float(-v),
        Value::Huge(h) => Value::Float(-h.float),
        Value::Int(i) => Value::Int(Int { raw: i.ty.wrap(i.raw.wrapping_neg()), ..i }),
        Value::Bool(_) | Value::Bits(_) => match as_int(&value) {
            Some(i) => Value::Int(Int::new(i.raw.wrapping_neg(), IntType::INT)),
            None => return Err(no_number(&value, span)),
        },
        Value::Angle(a) => {
            Value::Angle(FixedAngle { turns: a.turns.wrapping_neg() & mask(a.width), ..a })
        }
        Value::Complex(z) => Value::Complex(-z),
        Value::Symbolic(s) => scale(&s, -1.0),
        value @ (Value::Clbits(_) | Value::Measured(_)) => {
            let zero = Classical::Const(0);
            let m = runtime(&value, span)?;
            let ty = match m.ty {
                MeasuredType::Angle(_) => m.ty,
                other => MeasuredType::Int(other.promoted()),
            };
            measured::wrapped(zero.binary(RuntimeOp::Sub, m.expr.clone()), ty, None)
        }
        other => return Err(no_number(&other, span)),
    })
}

fn no_number(value: &Value, span: Span) -> EvalError {
    EvalError::new(span, format!("{} is no number", value.describe()))
}

/// `+ - * / % **`, bit operations and shifts on anything that the fast path has not taken.
pub(super) fn arithmetic(
    op: BinaryOp,
    a: Value,
    b: Value,
    span: Span,
    context: &mut impl Context,
) -> Eval {
    use Value::*;
    let float = |v: Value| if let Huge(h) = v { Float(h.float) } else { v };
    let (a, b) = (float(a), float(b));
    super::operators::check(op, &a, &b, span, context)?;
    if let (BinaryOp::Div, Some(v)) = (op, known_float(&b))
        && v == 0.0
    {
        return Err(by_zero(span));
    }
    match (&a, &b) {
        (Unknown, _) | (_, Unknown) => Ok(Unknown),
        (Duration(_), _) | (_, Duration(_)) => {
            Err(EvalError::new(span, "arithmetic with durations is not supported")
                .help("write the duration as one literal"))
        }
        (Complex(_), _) | (_, Complex(_)) => {
            complex(op, to_complex(&a, span)?, to_complex(&b, span)?, span)
        }
        (Symbolic(_), _) | (_, Symbolic(_)) => symbolic(op, &a, &b, span, context),
        (Float(_), Clbits(_) | Measured(_)) | (Clbits(_) | Measured(_), Float(_)) => {
            symbolic(op, &a, &b, span, context)
        }
        (Float(_), _) | (_, Float(_)) => {
            let (x, y) = (to_float(&a, span, context)?, to_float(&b, span, context)?);
            match (x, y) {
                (Some(x), Some(y)) => self::float(op, x, y, span),
                _ => Ok(Unknown),
            }
        }
        (Clbits(_) | Measured(_), _) | (_, Clbits(_) | Measured(_)) => {
            measured::integers(op, &a, &b, span)
        }
        (Angle(_), _) | (_, Angle(_)) => angles(op, &a, &b, span),
        (Bits(x), Bits(y)) if bitwise(op) && x.len() == y.len() => Ok(Bits(zip(op, x, y))),
        (Bits(x), _) if matches!(op, BinaryOp::Shl | BinaryOp::Shr) => {
            super::operators::distance(&b, span)?;
            let by = super::index::integer(&b, "the distance of a shift", span)?;
            Ok(Bits(shift(op, x, by)))
        }
        _ => match (as_int(&a), as_int(&b)) {
            (Some(x), Some(y)) if bitwise(op) => integers(op, x, y, span),
            (Some(x), Some(y)) => integers(op, promoted(&a, x), promoted(&b, y), span),
            (None, _) => Err(no_number(&a, span)),
            (_, None) => Err(no_number(&b, span)),
        },
    }
}

fn known_float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(v) => Some(*v),
        Value::Int(i) => Some(i.to_f64()),
        _ => None,
    }
}

pub(super) fn bitwise(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor)
}

fn zip(op: BinaryOp, x: &Bits, y: &Bits) -> Bits {
    let mut result = Bits::zeros(x.len());
    for i in 0..x.len() {
        let (a, b) = (x.bit(i), y.bit(i));
        result.set(
            i,
            match op {
                BinaryOp::BitAnd => a & b,
                BinaryOp::BitOr => a | b,
                _ => a ^ b,
            },
        );
    }
    result
}

fn shift(op: BinaryOp, x: &Bits, by: i64) -> Bits {
    let mut result = Bits::zeros(x.len());
    for i in 0..x.len() {
        let i = i as i64;
        let from = if op == BinaryOp::Shl { i.saturating_sub(by) } else { i.saturating_add(by) };
        if (0..x.len() as i64).contains(&from) {
            result.set(i as usize, x.bit(from as usize));
        }
    }
    result
}

/// Known integers, bits and truth values as an integer; bits of at most 128.
pub(super) fn as_int(value: &Value) -> Option<Int> {
    match value {
        Value::Int(i) => Some(*i),
        Value::Bool(b) => Some(Int::new(u128::from(*b), IntType::unsigned(1))),
        Value::Bits(bits) if (1..=128).contains(&bits.len()) => {
            Some(Int::new(bits.value(0, bits.len()), IntType::unsigned(bits.len() as u32)))
        }
        Value::Angle(a) => Some(Int::new(a.turns, IntType::unsigned(a.width))),
        _ => None,
    }
}

/// Few bits count as `int` where they are added or multiplied; see
/// [`MeasuredType::promoted`](super::MeasuredType::promoted).
fn promoted(value: &Value, int: Int) -> Int {
    match value {
        Value::Bool(_) | Value::Bits(_) if int.ty.width < IntType::INT.width => {
            Int::new(int.raw, IntType::INT)
        }
        _ => int,
    }
}

fn integers(op: BinaryOp, a: Int, b: Int, span: Span) -> Eval {
    let shift = |by: Int| by.signed().and_then(|v| u32::try_from(v).ok()).filter(|v| *v < 128);
    let low = a.raw & mask(a.ty.width);
    let ty = a.ty.common(b.ty);
    let literal = a.literal && b.literal;
    let mut truncated = a.truncated || b.truncated;
    let raw = match op {
        BinaryOp::Add => a.raw.wrapping_add(b.raw),
        BinaryOp::Sub => a.raw.wrapping_sub(b.raw),
        BinaryOp::Mul => a.raw.wrapping_mul(b.raw),
        BinaryOp::BitAnd => a.raw & b.raw,
        BinaryOp::BitOr => a.raw | b.raw,
        BinaryOp::BitXor => a.raw ^ b.raw,
        BinaryOp::Shl | BinaryOp::Shr => {
            super::operators::distance(&Value::Int(b), span)?;
            let raw = match (op, shift(b)) {
                (BinaryOp::Shl, by) => by.map_or(0, |s| low << s),
                // The sign stays.
                (_, by) if a.ty.signed => (a.raw as i128 >> by.unwrap_or(127)) as u128,
                (_, by) => by.map_or(0, |s| low >> s),
            };
            return Ok(Value::Int(Int { literal, ..Int::new(raw, a.ty) }));
        }
        BinaryOp::Div | BinaryOp::Rem if b.raw == 0 => return Err(by_zero(span)),
        BinaryOp::Div | BinaryOp::Rem => {
            let (quotient, rest) = if ty.signed {
                let (a, b) = (a.raw as i128, b.raw as i128);
                (a.wrapping_div(b) as u128, a.wrapping_rem(b) as u128)
            } else {
                let (a, b) = (ty.wrap(a.raw), ty.wrap(b.raw));
                (a / b, a % b)
            };
            if op == BinaryOp::Div {
                truncated |= rest != 0;
                quotient
            } else {
                rest
            }
        }
        BinaryOp::Pow => {
            let exponent = b.signed().unwrap_or(i128::MAX);
            if exponent < 0 {
                return float(op, a.to_f64(), b.to_f64(), span);
            }
            let (mut base, mut left, mut power) = (a.raw, exponent, 1u128);
            while left > 0 {
                if left & 1 == 1 {
                    power = power.wrapping_mul(base);
                }
                base = base.wrapping_mul(base);
                left >>= 1;
            }
            power
        }
        _ => unreachable!("{op:?} is no arithmetic"),
    };
    Ok(Value::Int(Int { raw: ty.wrap(raw), ty, truncated, literal }))
}

/// Fixed-point angles: sums with angles of the same width, products and quotients with integers,
/// bit operations and shifts.
fn angles(op: BinaryOp, a: &Value, b: &Value, span: Span) -> Eval {
    let angle = |turns: u128, width: u32| {
        Ok(Value::Angle(FixedAngle { turns: turns & mask(width), width }))
    };
    if matches!(op, BinaryOp::Shl | BinaryOp::Shr) {
        super::operators::distance(b, span)?;
    }
    let shift = |b: &Value| as_int(b).and_then(|i| u32::try_from(i.raw).ok()).filter(|s| *s < 128);
    match (op, a, b) {
        (_, Value::Angle(x), Value::Angle(y)) if x.width != y.width => {
            let (x, y) = (x.width, y.width);
            Err(EvalError::new(span, format!("an angle[{x}] and an angle[{y}] do not combine"))
                .help("cast one of them to the type of the other"))
        }
        (BinaryOp::Add, Value::Angle(x), Value::Angle(y)) => {
            angle(x.turns.wrapping_add(y.turns), x.width)
        }
        (BinaryOp::Sub, Value::Angle(x), Value::Angle(y)) => {
            angle(x.turns.wrapping_sub(y.turns), x.width)
        }
        (BinaryOp::Div, Value::Angle(x), Value::Angle(y)) if y.turns != 0 => {
            Ok(Value::Int(Int::new(x.turns / y.turns, IntType::unsigned(x.width))))
        }
        (BinaryOp::BitAnd, Value::Angle(x), Value::Angle(y)) => angle(x.turns & y.turns, x.width),
        (BinaryOp::BitOr, Value::Angle(x), Value::Angle(y)) => angle(x.turns | y.turns, x.width),
        (BinaryOp::BitXor, Value::Angle(x), Value::Angle(y)) => angle(x.turns ^ y.turns, x.width),
        (BinaryOp::Mul, Value::Angle(x), Value::Int(i))
        | (BinaryOp::Mul, Value::Int(i), Value::Angle(x)) => {
            angle(x.turns.wrapping_mul(i.raw), x.width)
        }
        (BinaryOp::Div, Value::Angle(x), Value::Int(i))
            if i.raw != 0 && !(i.ty.signed && i.raw as i128 <= 0) =>
        {
            angle(x.turns / i.raw, x.width)
        }
        (BinaryOp::Shl, Value::Angle(x), b) => angle(shift(b).map_or(0, |s| x.turns << s), x.width),
        (BinaryOp::Shr, Value::Angle(x), b) => angle(shift(b).map_or(0, |s| x.turns >> s), x.width),
        _ => {
            let message = format!("{} and {} do not combine so", a.describe(), b.describe());
            Err(EvalError::new(span, message).help("cast the angle to `float` first"))
        }
    }
}

fn complex(op: BinaryOp, a: Complex64, b: Complex64, span: Span) -> Eval {
    Ok(Value::Complex(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b.norm() == 0.0 => return Err(by_zero(span)),
        BinaryOp::Div => a / b,
        BinaryOp::Pow => a.powc(b),
        _ => return Err(EvalError::new(span, "complex numbers have no such operator")),
    }))
}

pub(super) fn to_complex(value: &Value, span: Span) -> Eval<Complex64> {
    match value {
        Value::Complex(z) => Ok(*z),
        Value::Float(v) => Ok(Complex64::from(*v)),
        Value::Huge(h) => Ok(Complex64::from(h.float)),
        Value::Int(i) => Ok(Complex64::from(i.to_f64())),
        Value::Bool(b) => Ok(Complex64::from(f64::from(u8::from(*b)))),
        other => Err(no_number(other, span)),
    }
}

/// A known number; `None` if it is unknown.
pub(super) fn to_float(value: &Value, span: Span, context: &mut impl Context) -> Eval<Option<f64>> {
    Ok(Some(match value {
        Value::Unknown => return Ok(None),
        Value::Float(v) => *v,
        Value::Huge(h) if h.float.is_finite() => h.float,
        Value::Huge(_) => {
            return Err(EvalError::new(span, "the value of this expression is too large"));
        }
        Value::Int(i) => {
            if i.truncated {
                context.warn(
                    span,
                    "this comes from a division of integers, which drops the remainder",
                    "for a real quotient write one of the numbers with a point: `3.0 / 5`",
                );
            }
            i.to_f64()
        }
        Value::Angle(a) => a.radians(),
        Value::Symbolic(s) if s.bits.is_empty() => {
            return Err(EvalError::new(
                span,
                "an `input` without a value is not compared, rounded or made an integer",
            )
            .help("give it a value: `Options::inputs`, `--param NAME=VALUE`"));
        }
        Value::Symbolic(_) | Value::Clbits(_) | Value::Measured(_) => {
            return Err(EvalError::new(
                span,
                "this depends on measured bits; as a real number it can be added, and multiplied by numbers, no more",
            ));
        }
        Value::Bits(_) | Value::Bool(_) => match as_int(value) {
            Some(i) => i.to_f64(),
            None => return Err(no_number(value, span)),
        },
        other => return Err(no_number(other, span)),
    }))
}

/// Anything real as a number that is linear in parameters and measured bits; `None` if unknown.
pub(super) fn to_symbolic(
    value: &Value,
    span: Span,
    context: &mut impl Context,
) -> Eval<Option<Symbolic>> {
    match value {
        Value::Symbolic(s) => Ok(Some((**s).clone())),
        Value::Clbits(_) | Value::Measured(_) => measured::summands(value, span).map(Some),
        known => {
            let value = to_float(known, span, context)?;
            Ok(value.map(|v| Symbolic { base: Angle::Fixed(v), bits: vec![] }))
        }
    }
}

fn scale(s: &Symbolic, factor: f64) -> Value {
    let bits = s.bits.iter().map(|(e, v)| (e.clone(), v * factor)).collect();
    Value::Symbolic(Arc::new(Symbolic { base: s.base.clone() * factor, bits }))
}

fn symbolic(op: BinaryOp, a: &Value, b: &Value, span: Span, context: &mut impl Context) -> Eval {
    let (Some(x), Some(y)) = (to_symbolic(a, span, context)?, to_symbolic(b, span, context)?)
    else {
        return Ok(Value::Unknown);
    };
    let known = |s: &Symbolic| s.base.fixed().filter(|_| s.bits.is_empty());
    match op {
        BinaryOp::Add | BinaryOp::Sub => {
            let sign = if op == BinaryOp::Add { 1.0 } else { -1.0 };
            let base = x.base + y.base * sign;
            let more = y.bits.into_iter().map(|(e, v)| (e, sign * v));
            let bits = x.bits.into_iter().chain(more).collect();
            Ok(Value::Symbolic(Arc::new(Symbolic { base, bits })))
        }
        BinaryOp::Mul if known(&x).is_some() => Ok(scale(&y, known(&x).unwrap_or(0.0))),
        BinaryOp::Mul if known(&y).is_some() => Ok(scale(&x, known(&y).unwrap_or(0.0))),
        BinaryOp::Div if known(&y).is_some() => {
            let divisor = known(&y).unwrap_or(1.0);
            if divisor == 0.0 {
                return Err(by_zero(span));
            }
            // Divided, not multiplied by 1/d: θ/3 is to be θ's own quotient.
            let bits = x.bits.into_iter().map(|(e, v)| (e, v / divisor)).collect();
            let terms = x.base.terms().iter().map(|&(p, c)| (p, c / divisor));
            let base = Angle::linear(terms, x.base.offset() / divisor);
            Ok(Value::Symbolic(Arc::new(Symbolic { base, bits })))
        }
        // A product and the like of parameters is a parameter of its own.
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Pow if x.bits.is_empty() && y.bits.is_empty() => {
            derived(
                match op {
                    BinaryOp::Mul => Formula::Product(x.base, y.base),
                    BinaryOp::Div => Formula::Quotient(x.base, y.base),
                    _ => Formula::Power(x.base, y.base),
                },
                span,
                context,
            )
        }
        _ => {
            let what = if x.bits.is_empty() && y.bits.is_empty() {
                "this operator is not one of parameters of a circuit"
            } else {
                "an angle is linear in measured bits; this is not"
            };
            Err(EvalError::new(span, what)
                .help("give an `input` a value: `Options::inputs`, `--param NAME=VALUE`"))
        }
    }
}

/// A function of parameters as an angle: that of a parameter of its own.
pub(super) fn derived(formula: Formula, span: Span, context: &mut impl Context) -> Eval {
    let base = Angle::from(context.derived(formula, span)?);
    Ok(Value::Symbolic(Arc::new(Symbolic { base, bits: vec![] })))
}
