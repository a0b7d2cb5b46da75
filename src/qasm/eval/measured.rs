//! Values that are known when the circuit runs: expressions on its classical bits.
//!
//! An expression of the circuit is an unsigned integer modulo 2^128. An integer of a narrower type
//! is held sign- or zero-extended, and each result is brought back into its type unless its range
//! shows that it cannot leave it.

use super::arithmetic::{as_int, bitwise};
use super::value::{
    FixedAngle, Int, IntType, Measured, MeasuredType, Symbolic, Value, Wires, mask,
};
use super::{Eval, EvalError};
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical};
use crate::gate::Angle;
use crate::math::Bits;
use crate::qasm::ast::{BinaryOp, Span};
use std::f64::consts::TAU;
use std::sync::Arc;

/// A truth value.
#[derive(Debug, Clone)]
pub enum Truth {
    /// Known.
    Known(bool),
    /// That of a gate's parameter.
    Unknown,
    /// Known when the circuit runs: whether this is not 0.
    Measured(Classical),
}

/// A truth value at run time.
pub(super) fn boolean(expr: Classical) -> Value {
    Value::Measured(Arc::new(Measured::below(expr, MeasuredType::Bool, 1)))
}

/// A result in its type: wrapped into it unless `max` says that it fits.
pub(super) fn wrapped(expr: Classical, ty: MeasuredType, max: Option<u128>) -> Value {
    let range = max.and_then(|max| Some((0, i128::try_from(max).ok()?)));
    ranged(expr, ty, max, range)
}

/// A result in its type: wrapped into it unless its largest value, if it is never negative, or its
/// range says that it fits.
fn ranged(
    expr: Classical,
    ty: MeasuredType,
    max: Option<u128>,
    range: Option<(i128, i128)>,
) -> Value {
    let int = ty.int();
    let value = |expr, max, range| Value::Measured(Arc::new(Measured { expr, ty, max, range }));
    let limit = if int.signed { mask(int.width - 1) } else { mask(int.width) };
    if let Some(max) = max
        && max <= limit
    {
        return value(expr, Some(max), None);
    }
    if let Some((low, high)) = range
        && int.signed
        && high <= limit as i128
        && low >= -1 - limit as i128
    {
        return match low >= 0 {
            true => value(expr, Some(high as u128), None),
            false => value(expr, None, range),
        };
    }
    if int.width == 128 {
        return value(expr, (!int.signed).then_some(u128::MAX), None);
    }
    let low = expr.binary(RuntimeOp::BitAnd, Classical::Const(mask(int.width)));
    if !int.signed {
        return value(low, Some(limit), None);
    }
    value(sign_extended(low, int.width), None, Some((-1 - limit as i128, limit as i128)))
}

/// The low `width` bits as a signed number: flipping the sign bit adds 2^(width-1).
pub fn sign_extended(low: Classical, width: u32) -> Classical {
    let sign = Classical::Const(1 << (width - 1));
    low.binary(RuntimeOp::BitXor, sign.clone()).binary(RuntimeOp::Sub, sign)
}

/// Anything that is an integer, known or not, as an expression of the circuit.
pub fn runtime(value: &Value, span: Span) -> Eval<Measured> {
    match value {
        Value::Measured(m) => Ok((**m).clone()),
        Value::Clbits(wires) => wires.measured().ok_or_else(|| {
            let message =
                format!("an expression reads at most 128 bits as one integer, not {}", wires.len());
            EvalError::new(span, message).help("index the bits that matter, e.g. `c[0:31]`")
        }),
        Value::Bool(b) => Ok(Measured {
            expr: Classical::Const(u128::from(*b)),
            ty: MeasuredType::Bool,
            max: Some(u128::from(*b)),
            range: None,
        }),
        known => match as_int(known) {
            Some(i) => Ok(Measured {
                expr: Classical::Const(i.raw),
                ty: match known {
                    Value::Bits(bits) => MeasuredType::Bits(bits.len() as u32),
                    Value::Angle(a) => MeasuredType::Angle(a.width),
                    _ => MeasuredType::Int(i.ty),
                },
                max: i.signed().is_none_or(|v| v >= 0).then_some(i.raw),
                range: i.signed().map(|v| (v, v)),
            }),
            None => {
                let message = format!("{} does not combine with measured bits", known.describe());
                Err(EvalError::new(span, message))
            }
        },
    }
}

/// Whether a value holds as a condition.
pub fn condition(value: Value, span: Span) -> Eval<Truth> {
    Ok(match value {
        Value::Unknown => Truth::Unknown,
        Value::Bool(b) => Truth::Known(b),
        Value::Float(v) => Truth::Known(v != 0.0),
        Value::Huge(_) => Truth::Known(true),
        Value::Int(i) => Truth::Known(i.raw != 0),
        Value::Angle(a) => Truth::Known(a.turns != 0),
        Value::Bits(bits) => Truth::Known((0..bits.len()).any(|i| bits.bit(i))),
        Value::Measured(m) => Truth::Measured(m.expr.clone()),
        Value::Clbits(wires) => {
            let parts = pieces(&wires);
            let any = parts.into_iter().map(|(e, _)| e).reduce(|a, b| a.binary(RuntimeOp::Or, b));
            any.map_or(Truth::Known(false), Truth::Measured)
        }
        other => {
            let message = format!("a condition is true or false, not {}", other.describe());
            return Err(EvalError::new(span, message));
        }
    })
}

/// Bits in pieces of at most 128, with their lengths, least significant first.
pub(super) fn pieces(wires: &Wires) -> Vec<(Classical, u32)> {
    if let Some(m) = wires.measured() {
        return if wires.len() == 0 { vec![] } else { vec![(m.expr, wires.len())] };
    }
    let all: Vec<u32> = wires.iter().collect();
    let chunks = all.chunks(128);
    chunks
        .filter_map(|chunk| {
            let part = Wires::from_list(chunk.to_vec());
            part.measured().map(|m| (m.expr, chunk.len() as u32))
        })
        .collect()
}

/// `&&` and `||`.
pub(super) fn logic(op: BinaryOp, a: Value, b: Value, span: Span) -> Eval {
    let and = op == BinaryOp::And;
    let (a, b) = (condition(a, span)?, condition(b, span)?);
    Ok(match (a, b) {
        (Truth::Unknown, _) | (_, Truth::Unknown) => Value::Unknown,
        (Truth::Known(a), Truth::Known(b)) => Value::Bool(if and { a && b } else { a || b }),
        (Truth::Known(known), Truth::Measured(e)) | (Truth::Measured(e), Truth::Known(known)) => {
            match known == and {
                true => boolean(e),
                false => Value::Bool(known),
            }
        }
        (Truth::Measured(a), Truth::Measured(b)) => {
            boolean(a.binary(if and { RuntimeOp::And } else { RuntimeOp::Or }, b))
        }
    })
}

/// `~`.
pub(super) fn complement(value: Value, span: Span) -> Eval {
    let flip = |width: u32, m: &Measured| {
        let expr = Classical::Complement { value: Box::new(m.expr.clone()), width };
        Measured { expr, ty: m.ty, max: (!m.ty.int().signed).then(|| mask(width)), range: None }
    };
    Ok(match value {
        Value::Unknown => Value::Unknown,
        Value::Bits(bits) => {
            let mut flipped = Bits::zeros(bits.len());
            (0..bits.len()).for_each(|i| flipped.set(i, !bits.bit(i)));
            Value::Bits(flipped)
        }
        Value::Bool(b) => Value::Bool(!b),
        Value::Int(i) => Value::Int(Int { raw: i.ty.wrap(!i.raw), ..i }),
        Value::Angle(a) => {
            Value::Angle(FixedAngle { turns: !a.turns & mask(a.width), width: a.width })
        }
        value @ (Value::Clbits(_) | Value::Measured(_)) => {
            let m = runtime(&value, span)?;
            let int = m.ty.int();
            // Of a signed number every bit of the 128 flips: -1 - x.
            Value::Measured(Arc::new(flip(if int.signed { 128 } else { int.width }, &m)))
        }
        other => {
            let message = format!("{} has no bits to flip", other.describe());
            return Err(EvalError::new(span, message));
        }
    })
}

/// Integer arithmetic where an operand is known only at run time.
pub(super) fn integers(op: BinaryOp, a: &Value, b: &Value, span: Span) -> Eval {
    let (x, y) = (runtime(a, span)?, runtime(b, span)?);
    let shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr);
    let ty = match (x.ty, y.ty) {
        (ty, _) if shift => ty,
        (MeasuredType::Bits(n), MeasuredType::Bits(m)) if n == m && bitwise(op) => x.ty,
        (MeasuredType::Angle(n), MeasuredType::Angle(m)) if n == m => x.ty,
        (MeasuredType::Angle(_), MeasuredType::Angle(_)) => {
            return Err(EvalError::new(span, "angles of different widths do not combine"));
        }
        (MeasuredType::Angle(_), _) if matches!(op, BinaryOp::Mul | BinaryOp::Div) => x.ty,
        (_, MeasuredType::Angle(_)) if op == BinaryOp::Mul => y.ty,
        (MeasuredType::Bool, MeasuredType::Bool) if bitwise(op) => MeasuredType::Bool,
        _ if bitwise(op) => MeasuredType::Int(x.ty.int().common(y.ty.int())),
        _ => MeasuredType::Int(x.ty.promoted().common(y.ty.promoted())),
    };
    let int = ty.int();
    // A negative number in an unsigned operation is what its bits are in that type.
    let unsigned = |m: &Measured| match m.max {
        None if !int.signed => {
            m.expr.clone().binary(RuntimeOp::BitAnd, Classical::Const(mask(int.width)))
        }
        _ => m.expr.clone(),
    };
    let both = x.max.zip(y.max);
    let (runtime_op, max) = match op {
        BinaryOp::Add => (RuntimeOp::Add, both.and_then(|(a, b)| a.checked_add(b))),
        BinaryOp::Sub => (RuntimeOp::Sub, None),
        BinaryOp::Mul => (RuntimeOp::Mul, both.and_then(|(a, b)| a.checked_mul(b))),
        BinaryOp::BitAnd => (RuntimeOp::BitAnd, both.map(|(a, b)| a.min(b))),
        BinaryOp::BitOr | BinaryOp::BitXor => {
            let ones = |(a, b): (u128, u128)| mask(128 - (a | b).leading_zeros());
            let op = if op == BinaryOp::BitOr { RuntimeOp::BitOr } else { RuntimeOp::BitXor };
            (op, both.map(ones))
        }
        BinaryOp::Shl | BinaryOp::Shr => {
            super::operators::distance(b, span)?;
            if x.max.is_none() && int.signed && op == BinaryOp::Shr {
                return Ok(signed_shift(x, y, ty));
            }
            if x.max.is_none() {
                // The bits that it has in its type shift, as they do where they are known.
                let bits = MeasuredType::Int(IntType::unsigned(int.width));
                let low = wrapped(x.expr, bits, None);
                let shifted = integers(op, &low, b, span)?;
                return Ok(wrapped(runtime(&shifted, span)?.expr, ty, None));
            }
            let op = if op == BinaryOp::Shl { RuntimeOp::Shl } else { RuntimeOp::Shr };
            let max = match (&y.expr, op) {
                (Classical::Const(by), RuntimeOp::Shl) => {
                    x.max.filter(|m| u128::from(m.leading_zeros()) > *by).map(|m| m << by)
                }
                (_, RuntimeOp::Shl) => None,
                _ => x.max,
            };
            (op, max)
        }
        BinaryOp::Div | BinaryOp::Rem => {
            if y.expr == Classical::Const(0) {
                return Err(EvalError::new(span, "division by zero"));
            }
            if both.is_none() && int.signed {
                return Ok(signed_division(op, &x, &y, ty));
            }
            match op {
                BinaryOp::Div => (RuntimeOp::Div, x.max),
                _ => (RuntimeOp::Rem, both.map(|(_, b)| b.saturating_sub(1))),
            }
        }
        BinaryOp::Pow => return power(&x, b, ty, span),
        _ => unreachable!("{op:?} is no arithmetic"),
    };
    let range = x.bounds().zip(y.bounds()).and_then(|((a, b), (c, d))| match op {
        BinaryOp::Add => Some((a.checked_add(c)?, b.checked_add(d)?)),
        BinaryOp::Sub => Some((a.checked_sub(d)?, b.checked_sub(c)?)),
        BinaryOp::Mul => {
            let corners =
                [a.checked_mul(c)?, a.checked_mul(d)?, b.checked_mul(c)?, b.checked_mul(d)?];
            Some((*corners.iter().min()?, *corners.iter().max()?))
        }
        _ => None,
    });
    let expr = unsigned(&x).binary(runtime_op, if shift { y.expr.clone() } else { unsigned(&y) });
    Ok(ranged(expr, ty, max, range))
}

/// A shift to the right that keeps the sign: x + 2^127 is not negative, and 2^127 is divisible by
/// the power of two.
fn signed_shift(x: Measured, y: Measured, ty: MeasuredType) -> Value {
    let top = Classical::Const(1 << 127);
    let range = x.bounds().map(|(low, high)| (low.min(0), high.max(0)));
    let expr = match (&y.expr, y.max) {
        (Classical::Const(by), _) => {
            let by = (*by).min(127);
            let flipped = x.expr.binary(RuntimeOp::BitXor, top);
            let shifted = flipped.binary(RuntimeOp::Shr, Classical::Const(by));
            shifted.binary(RuntimeOp::Sub, Classical::Const(1 << (127 - by)))
        }
        (_, Some(max)) if max < 128 => {
            let flipped = x.expr.binary(RuntimeOp::BitXor, top.clone());
            let shifted = flipped.binary(RuntimeOp::Shr, y.expr.clone());
            shifted.binary(RuntimeOp::Sub, top.binary(RuntimeOp::Shr, y.expr))
        }
        // All signs where everything is shifted out.
        _ => {
            let sign = x.expr.clone().binary(RuntimeOp::Shr, Classical::Const(127));
            let ones = Classical::Const(0).binary(RuntimeOp::Sub, sign);
            let magnitude = x.expr.binary(RuntimeOp::BitXor, ones.clone());
            magnitude.binary(RuntimeOp::Shr, y.expr).binary(RuntimeOp::BitXor, ones)
        }
    };
    Value::Measured(Arc::new(Measured { expr, ty, max: None, range }))
}

/// Division that rounds towards zero, on magnitudes: with s the sign (0 or 1), (v ^ -s) + s negates
/// v if s is 1.
fn signed_division(op: BinaryOp, x: &Measured, y: &Measured, ty: MeasuredType) -> Value {
    let sign = |m: &Measured| match m.max {
        Some(_) => Classical::Const(0),
        None => m.expr.clone().binary(RuntimeOp::Shr, Classical::Const(127)),
    };
    let negated_if = |v: Classical, s: &Classical| match s {
        Classical::Const(0) => v,
        s => {
            let ones = Classical::Const(0).binary(RuntimeOp::Sub, s.clone());
            v.binary(RuntimeOp::BitXor, ones).binary(RuntimeOp::Add, s.clone())
        }
    };
    let (s, t) = (sign(x), sign(y));
    let (a, b) = (negated_if(x.expr.clone(), &s), negated_if(y.expr.clone(), &t));
    let (result, s) = match op {
        BinaryOp::Div => (a.binary(RuntimeOp::Div, b), s.binary(RuntimeOp::BitXor, t)),
        _ => (a.binary(RuntimeOp::Rem, b), s),
    };
    wrapped(negated_if(result, &s), ty, None)
}

fn power(x: &Measured, exponent: &Value, ty: MeasuredType, span: Span) -> Eval {
    let times = match exponent {
        Value::Int(i) => i.signed().filter(|v| (0..=16).contains(v)),
        _ => None,
    };
    let Some(times) = times else {
        return Err(EvalError::new(span, "at run time an exponent is a number from 0 to 16"));
    };
    let start = Measured::below(Classical::Const(1), ty, 1);
    let mut value = Value::Measured(Arc::new(start));
    let base = Value::Measured(Arc::new(x.clone()));
    for _ in 0..times {
        value = integers(BinaryOp::Mul, &value, &base, span)?;
    }
    Ok(value)
}

/// The number of ones, as a sum of bits.
pub(super) fn popcount(value: Value, span: Span) -> Eval {
    let m = runtime(&value, span)?;
    let width = m.ty.int().width;
    let bits = (0..width).map(|k| bit_of(&m, k));
    let sum = bits.reduce(|a, b| a.binary(RuntimeOp::Add, b)).unwrap_or(Classical::Const(0));
    let ty = MeasuredType::Int(IntType::unsigned(64));
    Ok(Value::Measured(Arc::new(Measured::below(sum, ty, u128::from(width)))))
}

/// Bit `k` of a value: 0 or 1.
pub(super) fn bit_of(m: &Measured, k: u32) -> Classical {
    match &m.expr {
        Classical::Register { start, len } if k < *len => Classical::Bit(start + k),
        Classical::Bit(bit) if k == 0 => Classical::Bit(*bit),
        other => {
            let shifted = match k {
                0 => other.clone(),
                _ => other.clone().binary(RuntimeOp::Shr, Classical::Const(u128::from(k))),
            };
            shifted.binary(RuntimeOp::BitAnd, Classical::Const(1))
        }
    }
}

/// A value at run time as a real number: its bits with what each adds. Angles in radians.
pub(super) fn summands(value: &Value, span: Span) -> Eval<Symbolic> {
    let m = runtime(value, span)?;
    let int = m.ty.int();
    let unit = match m.ty {
        MeasuredType::Angle(width) => TAU / 2f64.powi(width as i32),
        _ => 1.0,
    };
    let used = m.max.map_or(int.width, |max| 128 - max.leading_zeros());
    let bits = (0..used.min(int.width)).map(|k| {
        let sign = if int.signed && k + 1 == int.width { -1.0 } else { 1.0 };
        (bit_of(&m, k), sign * unit * 2f64.powi(k as i32))
    });
    Ok(Symbolic { base: Angle::Fixed(0.0), bits: bits.collect() })
}
