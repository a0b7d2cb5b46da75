//! Values of one type as values of another.

use super::arithmetic::{as_int, to_complex, to_float, to_symbolic};
use super::measured::{Truth, boolean, condition, runtime, wrapped};
use super::value::{FixedAngle, Int, Measured, MeasuredType, Type, Value, mask};
use super::{Context, Eval, EvalError};
use crate::circuit::BinaryOp as RuntimeOp;
use crate::circuit::Expr as Classical;
use crate::math::Bits;
use crate::qasm::ast::Span;
use std::sync::Arc;

/// A real number as a type of that width holds it.
fn rounds(v: f64, width: u32) -> f64 {
    if width <= 32 { f64::from(v as f32) } else { v }
}

/// A value as one of the type; `explicit` where a cast is written, which may drop more.
pub fn cast(
    value: Value,
    ty: &Type,
    explicit: bool,
    span: Span,
    context: &mut impl Context,
) -> Eval {
    if let Value::Unknown = value {
        return Ok(value);
    }
    let value = match value {
        // Only bits can be as many.
        Value::Huge(h) if !matches!(ty, Type::Bit(_) | Type::Bool) => Value::Float(h.float),
        value => value,
    };
    let mismatch = |value: &Value| {
        let message = format!("{} is no value of type `{}`", value.describe(), ty.name());
        Err(EvalError::new(span, message))
    };
    match ty {
        Type::Bool => Ok(match condition(value, span)? {
            Truth::Known(b) => Value::Bool(b),
            Truth::Unknown => Value::Unknown,
            Truth::Measured(e) if is_truth(&e) => boolean(e),
            Truth::Measured(e) => boolean(e.binary(RuntimeOp::Ne, Classical::Const(0))),
        }),
        Type::Bit(None) => to_bits(value, 1, explicit, span),
        Type::Bit(Some(n)) => to_bits(value, *n, explicit, span),
        Type::Int(int) => match value {
            Value::Float(v) if v.fract() == 0.0 || explicit => {
                if v.abs() >= 2f64.powi(127) {
                    return Err(EvalError::new(
                        span,
                        format!("{v} does not fit in `{}`", ty.name()),
                    ));
                }
                Ok(Value::Int(Int::new(v as i128 as u128, *int)))
            }
            Value::Float(v) => {
                let message = format!("{v} is not an integer");
                Err(EvalError::new(span, message)
                    .help(format!("write `{}({v})` to drop the fraction", ty.name())))
            }
            Value::Clbits(_) | Value::Measured(_) => {
                let m = runtime(&value, span)?;
                // Bits are two's complement in a type as wide as they are; a narrower integer
                // keeps its value.
                Ok(wrapped(m.expr, MeasuredType::Int(*int), m.max))
            }
            Value::Angle(_) => mismatch(&value),
            // An input that has no value yet; it is an integer when it gets one.
            Value::Symbolic(s) if s.bits.is_empty() => Ok(Value::Symbolic(s)),
            other => match as_int(&other) {
                Some(i) => Ok(Value::Int(Int {
                    raw: int.wrap(i.raw),
                    ty: *int,
                    truncated: i.truncated,
                    literal: false,
                })),
                None => mismatch(&other),
            },
        },
        Type::Float { width } => match value {
            Value::Symbolic(_) => Ok(value),
            Value::Clbits(_) | Value::Measured(_) => symbol(&value, span, context),
            Value::Complex(_) => mismatch(&value),
            other => Ok(to_float(&other, span, context)?
                .map_or(Value::Unknown, |v| Value::Float(rounds(v, *width)))),
        },
        Type::Angle(None) => match value {
            Value::Symbolic(_) => Ok(value),
            Value::Clbits(_) | Value::Measured(_) => symbol(&value, span, context),
            Value::Complex(_) | Value::Bool(_) | Value::Bits(_) => mismatch(&value),
            other => Ok(to_float(&other, span, context)?.map_or(Value::Unknown, Value::Float)),
        },
        Type::Angle(Some(width)) => to_angle(value, *width, ty, span, context),
        Type::Complex => Ok(Value::Complex(to_complex(&value, span)?)),
        Type::Duration => match value {
            Value::Duration(_) => Ok(value),
            other => mismatch(&other),
        },
        Type::Stretch | Type::Qubit(_) => mismatch(&value),
        Type::Array(of, dims) => match value {
            Value::Array(ref array) if array.dims == *dims => Ok(value),
            Value::Braces(items) => {
                let mut elements = vec![];
                fill(&items, of, dims, &mut elements, span, context)?;
                Ok(Value::Array(Arc::new(super::Array {
                    dims: dims.clone(),
                    elements,
                    source: None,
                })))
            }
            Value::Array(array) => {
                let message = format!("an array of shape {:?} is no `{}`", array.dims, ty.name());
                Err(EvalError::new(span, message))
            }
            other => mismatch(&other),
        },
    }
}

fn is_truth(e: &Classical) -> bool {
    use RuntimeOp::*;
    match e {
        Classical::Bit(_) | Classical::Not(_) => true,
        Classical::Binary(op, ..) => matches!(op, Eq | Ne | Lt | Le | Gt | Ge | And | Or),
        _ => false,
    }
}

fn symbol(value: &Value, span: Span, context: &mut impl Context) -> Eval {
    let symbolic = to_symbolic(value, span, context)?;
    Ok(symbolic.map_or(Value::Unknown, |s| Value::Symbolic(Arc::new(s))))
}

/// The values of an array literal, row by row.
fn fill(
    items: &[Value],
    of: &Type,
    dims: &[usize],
    elements: &mut Vec<Value>,
    span: Span,
    context: &mut impl Context,
) -> Eval<()> {
    if Some(&items.len()) != dims.first() {
        let wanted = dims.first().copied().unwrap_or(0);
        let message = format!("{} values are given where the array has {wanted}", items.len());
        return Err(EvalError::new(span, message));
    }
    for item in items {
        match item {
            Value::Braces(inner) if dims.len() > 1 => {
                fill(inner, of, &dims[1..], elements, span, context)?;
            }
            Value::Array(row) if row.dims == dims[1..] => {
                elements.extend(row.elements.iter().cloned());
            }
            value if dims.len() == 1 => {
                elements.push(cast(value.clone(), of, false, span, context)?);
            }
            other => {
                let message =
                    format!("{} stands where a row of the array is due", other.describe());
                return Err(EvalError::new(span, message));
            }
        }
    }
    Ok(())
}

fn to_bits(value: Value, n: u32, explicit: bool, span: Span) -> Eval {
    let lengths = |have: u32| {
        let message = format!("{have} bits do not fit where {n} are due");
        Err(EvalError::new(span, message))
    };
    match value {
        Value::Bits(ref bits) if bits.len() as u32 == n => Ok(value),
        Value::Bits(bits) => lengths(bits.len() as u32),
        Value::Clbits(ref wires) if wires.len() == n => Ok(value),
        Value::Clbits(wires) => lengths(wires.len()),
        Value::Measured(m) => match m.ty {
            MeasuredType::Bits(have) if have != n => lengths(have),
            MeasuredType::Angle(have) if have != n => lengths(have),
            _ => {
                let ty = MeasuredType::Bits(n.clamp(1, 128));
                if n > 128 {
                    return lengths(m.ty.int().width);
                }
                Ok(wrapped(m.expr.clone(), ty, m.max))
            }
        },
        Value::Angle(a) if a.width != n => lengths(a.width),
        Value::Huge(huge) => {
            let mut bits = Bits::zeros(n as usize);
            let mut left = n as usize;
            let mut fits = true;
            for (k, word) in huge.words.iter().enumerate() {
                let len = left.min(128);
                fits &= *word & !mask(len as u32) == 0;
                if len > 0 {
                    bits.set_value(128 * k, len, word & mask(len as u32));
                }
                left -= len;
            }
            if !fits && !explicit {
                let message = format!("this integer does not fit in {n} bits");
                return Err(EvalError::new(span, message));
            }
            Ok(Value::Bits(bits))
        }
        // As a number: what does not fit is dropped only where a cast says so.
        other => match as_int(&other) {
            Some(i) => {
                let fits = i.raw & !mask(n) == 0;
                if !fits && !explicit {
                    let message = format!("{} does not fit in {n} bits", other.describe());
                    return Err(EvalError::new(span, message));
                }
                let mut bits = Bits::zeros(n as usize);
                bits.set_value(0, (n as usize).min(128), i.raw);
                Ok(Value::Bits(bits))
            }
            None => Err(EvalError::new(span, format!("{} is no bit string", other.describe()))),
        },
    }
}

fn to_angle(value: Value, width: u32, ty: &Type, span: Span, context: &mut impl Context) -> Eval {
    let measured = |expr: Classical, max| {
        Value::Measured(Arc::new(Measured {
            expr,
            ty: MeasuredType::Angle(width),
            max,
            range: None,
        }))
    };
    match value {
        Value::Angle(a) if a.width == width => Ok(Value::Angle(a)),
        Value::Angle(a) if a.width < width => {
            Ok(Value::Angle(FixedAngle { turns: a.turns << (width - a.width), width }))
        }
        Value::Angle(a) => {
            Ok(Value::Angle(FixedAngle { turns: a.turns >> (a.width - width), width }))
        }
        Value::Bits(bits) if bits.len() as u32 == width => {
            Ok(Value::Angle(FixedAngle { turns: bits.value(0, bits.len()), width }))
        }
        Value::Clbits(ref wires) if wires.len() == width => {
            let m = runtime(&value, span)?;
            Ok(measured(m.expr, m.max))
        }
        Value::Measured(m) => match m.ty {
            MeasuredType::Bits(n) | MeasuredType::Angle(n) if n == width => {
                Ok(measured(m.expr.clone(), m.max))
            }
            _ => {
                let what = Value::Measured(m).describe();
                let message = format!("{what} is no value of type `{}`", ty.name());
                Err(EvalError::new(span, message)
                    .help("an angle is made of as many bits as it has: `angle[4](bit[4](x))`"))
            }
        },
        Value::Clbits(_) | Value::Bits(_) => {
            let message = format!("{} are no `{}`", value.describe(), ty.name());
            Err(EvalError::new(span, message))
        }
        // An input that has no value yet.
        Value::Symbolic(s) if s.bits.is_empty() => Ok(Value::Symbolic(s)),
        other => Ok(to_float(&other, span, context)?
            .map_or(Value::Unknown, |v| Value::Angle(FixedAngle::nearest(v, width)))),
    }
}
