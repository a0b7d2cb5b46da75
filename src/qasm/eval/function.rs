//! Built-in functions.

use super::arithmetic::{derived, to_complex, to_float};
use super::rotate::rotate;
use super::{Context, Eval, EvalError, Int, IntType, Value, binary, mask, operators};
use crate::circuit::{Elementary, Formula};
use crate::qasm::ast::{BinaryOp, Function, Span};

/// A function of one real number; `None` for those of something else.
pub(super) fn real(function: Function, v: f64, span: Span) -> Eval<Option<f64>> {
    let domain = |name: &str, ok: bool, needs: &str| match ok {
        true => Ok(()),
        false => {
            let message = format!("the {name} of {v} is not defined; it needs {needs}");
            Err(EvalError::new(span, message))
        }
    };
    let unit = "a number from -1 to 1";
    Ok(Some(match function {
        Function::Sin => v.sin(),
        Function::Cos => v.cos(),
        Function::Tan => v.tan(),
        Function::Exp => v.exp(),
        Function::Ln => {
            domain("logarithm", v > 0.0, "a number above 0")?;
            v.ln()
        }
        Function::Sqrt if v < 0.0 => {
            return Err(EvalError::new(span, format!("the square root of {v} is not real")));
        }
        Function::Sqrt => v.sqrt(),
        Function::Arcsin => {
            domain("arcsine", v.abs() <= 1.0, unit)?;
            v.asin()
        }
        Function::Arccos => {
            domain("arccosine", v.abs() <= 1.0, unit)?;
            v.acos()
        }
        Function::Arctan => v.atan(),
        Function::Ceiling => v.ceil(),
        Function::Floor => v.floor(),
        _ => return Ok(None),
    }))
}

pub(super) fn call(
    function: Function,
    mut args: Vec<Value>,
    span: Span,
    context: &mut impl Context,
) -> Eval {
    let (least, most) = match function {
        Function::Mod | Function::Pow | Function::Rotl | Function::Rotr => (2, 2),
        Function::Sizeof => (1, 2),
        _ => (1, 1),
    };
    if args.len() < least || args.len() > most {
        let count = if least == most { least.to_string() } else { format!("{least} or {most}") };
        let plural = if most == 1 { "" } else { "s" };
        let message =
            format!("this function takes {count} argument{plural}, but got {}", args.len());
        return Err(EvalError::new(span, message));
    }
    let second = (args.len() == 2).then(|| args.pop()).flatten();
    let first = args.pop().unwrap_or(Value::Nothing);
    match (function, second) {
        (Function::Sizeof, dim) => size(first, dim, span),
        (Function::Mod, Some(b)) => binary(BinaryOp::Rem, first, b, span, context),
        (Function::Pow, Some(b)) => binary(BinaryOp::Pow, first, b, span, context),
        (Function::Rotl, Some(b)) => rotate(first, b, true, span, context),
        (Function::Rotr, Some(b)) => rotate(first, b, false, span, context),
        (Function::Popcount, _) => {
            operators::check_one("popcount", &first, span, context)?;
            ones(first, span)
        }
        (Function::Real, _) => Ok(Value::Float(to_complex(&first, span)?.re)),
        (Function::Imag, _) => Ok(Value::Float(to_complex(&first, span)?.im)),
        (_, _) => complex_or_real(function, first, span, context),
    }
}

fn complex_or_real(
    function: Function,
    value: Value,
    span: Span,
    context: &mut impl Context,
) -> Eval {
    if let Value::Complex(z) = value {
        return Ok(Value::Complex(match function {
            Function::Exp => z.exp(),
            Function::Ln => z.ln(),
            Function::Sqrt => z.sqrt(),
            Function::Sin => z.sin(),
            Function::Cos => z.cos(),
            _ => return Err(EvalError::new(span, "this function takes a real number")),
        }));
    }
    if let Value::Symbolic(s) = &value
        && s.bits.is_empty()
        && let Some(elementary) = elementary(function)
    {
        return derived(Formula::Function(elementary, s.base.clone()), span, context);
    }
    match to_float(&value, span, context)? {
        None => Ok(Value::Unknown),
        Some(v) => {
            let result = real(function, v, span)?.unwrap_or(f64::NAN);
            // floor and ceiling are integers as far as they fit.
            if matches!(function, Function::Floor | Function::Ceiling) && result.abs() < 9e15 {
                return Ok(Value::Int(Int::new(result as i64 as u128, IntType::INT)));
            }
            Ok(Value::Float(result))
        }
    }
}

/// The function of parameters of a circuit.
fn elementary(function: Function) -> Option<Elementary> {
    Some(match function {
        Function::Sin => Elementary::Sin,
        Function::Cos => Elementary::Cos,
        Function::Tan => Elementary::Tan,
        Function::Exp => Elementary::Exp,
        Function::Ln => Elementary::Ln,
        Function::Sqrt => Elementary::Sqrt,
        Function::Arcsin => Elementary::Arcsin,
        Function::Arccos => Elementary::Arccos,
        Function::Arctan => Elementary::Arctan,
        _ => return None,
    })
}

fn size(value: Value, dim: Option<Value>, span: Span) -> Eval {
    let dims = match &value {
        Value::Array(array) => array.dims.clone(),
        Value::Qubits(w) | Value::Clbits(w) => vec![w.len() as usize],
        Value::Bits(bits) => vec![bits.len()],
        Value::Unknown => return Ok(Value::Unknown),
        other => {
            let message =
                format!("{} has no size; an array or a register has one", other.describe());
            return Err(EvalError::new(span, message));
        }
    };
    let k = match dim {
        Some(dim) => super::index::integer(&dim, "the number of a dimension", span)?,
        None => 0,
    };
    match usize::try_from(k).ok().and_then(|k| dims.get(k)) {
        Some(&size) => Ok(Value::Int(Int::new(size as u128, IntType::INT))),
        None => {
            let message = format!("there is no dimension {k}; there are {}, from 0", dims.len());
            Err(EvalError::new(span, message))
        }
    }
}

fn ones(value: Value, span: Span) -> Eval {
    let count = match &value {
        Value::Unknown => return Ok(Value::Unknown),
        Value::Bits(bits) => (0..bits.len()).filter(|&i| bits.bit(i)).count() as u32,
        Value::Int(i) => (i.raw & mask(i.ty.width)).count_ones(),
        Value::Bool(b) => u32::from(*b),
        Value::Angle(a) => a.turns.count_ones(),
        Value::Clbits(_) | Value::Measured(_) => return super::measured::popcount(value, span),
        other => {
            let message = format!("bits are counted in bit strings, not in {}", other.describe());
            return Err(EvalError::new(span, message));
        }
    };
    Ok(Value::Int(Int::new(u128::from(count), IntType::unsigned(64))))
}
