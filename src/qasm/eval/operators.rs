//! Which operators the specification defines for which types (openqasm.com, "Classical
//! instructions"). Relaxed, some more are done where there is one thing that they can mean.

use super::arithmetic::bitwise;
use super::value::{MeasuredType, Value};
use super::{Context, Eval, EvalError};
use crate::qasm::ast::{BinaryOp, Span};

/// How a message writes an operator on bits, or `%`.
fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Rem => "%",
        _ => "this operator",
    }
}

/// What has no operators on bits by the specification.
enum Kind {
    /// Bits, `uint`s, sized angles, literals: everything is defined.
    Bits,
    /// `int`
    Signed,
    Bool,
    /// Real and complex numbers, durations, angles with parameters.
    Real,
}

fn kind(value: &Value) -> Kind {
    match value {
        // A literal is what it is used as.
        Value::Int(i) if i.literal && i.signed().is_none_or(|v| v >= 0) => Kind::Bits,
        Value::Int(i) if i.ty.signed => Kind::Signed,
        Value::Measured(m) => match m.ty {
            MeasuredType::Int(ty) if ty.signed => Kind::Signed,
            MeasuredType::Bool => Kind::Bool,
            _ => Kind::Bits,
        },
        Value::Bool(_) => Kind::Bool,
        Value::Float(_) | Value::Complex(_) | Value::Symbolic(_) | Value::Duration(_) => Kind::Real,
        _ => Kind::Bits,
    }
}

/// Checks the operands of arithmetic that is not of two real numbers.
pub(super) fn check(
    op: BinaryOp,
    a: &Value,
    b: &Value,
    span: Span,
    context: &mut impl Context,
) -> Eval<()> {
    let shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr);
    if op == BinaryOp::Rem {
        let real = [a, b].into_iter().find(|v| matches!(kind(v), Kind::Real));
        return real.map_or(Ok(()), |v| strict(symbol(op), v, "integers", span, context));
    }
    if !shift && !bitwise(op) {
        return Ok(());
    }
    if shift {
        distance(b, span)?;
    }
    for value in if shift { vec![a] } else { vec![a, b] } {
        match kind(value) {
            Kind::Bits => {}
            Kind::Real => {
                let message = format!(
                    "`{}` is an operator on bits, which {} does not have",
                    symbol(op),
                    value.describe()
                );
                return Err(EvalError::new(span, message)
                    .help("`bit[n]`, `uint` and sized `angle`s have bits; cast to one of them"));
            }
            Kind::Bool => strict(symbol(op), value, DEFINED, span, context)?,
            Kind::Signed => {
                strict(symbol(op), value, DEFINED, span, context)?;
                if shift {
                    let message = format!(
                        "OpenQASM 3 does not define `{}` for `int`; it is done as on two's \
                         complement, with the sign kept",
                        symbol(op)
                    );
                    context.warn(span, &message, "cast it: `uint[8](x) >> 1` shifts in zeros");
                }
            }
        }
    }
    Ok(())
}

const DEFINED: &str = "`bit[n]`, `uint` and sized `angle`s";

/// Checks the operand of `~`, `popcount`, `rotl` and `rotr`.
pub(super) fn check_one(
    op: &str,
    value: &Value,
    span: Span,
    context: &mut impl Context,
) -> Eval<()> {
    match kind(value) {
        Kind::Signed | Kind::Bool => strict(op, value, DEFINED, span, context),
        _ => Ok(()),
    }
}

/// Strict mode refuses; relaxed, the operator is done all the same.
fn strict(op: &str, value: &Value, of: &str, span: Span, context: &mut impl Context) -> Eval<()> {
    if !context.strict() {
        return Ok(());
    }
    let ty = match kind(value) {
        Kind::Signed => "`int`",
        Kind::Bool => "`bool`",
        _ => "`float`",
    };
    let message = format!("OpenQASM 3 does not define `{op}` for {ty} (strict mode)");
    Err(EvalError::new(span, message).help(format!("it is an operator on {of}")))
}

/// The distance of a shift that is known: not negative.
pub(super) fn distance(value: &Value, span: Span) -> Eval<()> {
    match value {
        Value::Int(i) if i.signed().is_some_and(|v| v < 0) => {
            let message = format!("the distance of a shift is not negative, but {}", i.raw as i128);
            Err(EvalError::new(span, message).help("shift the other way"))
        }
        Value::Float(_) | Value::Complex(_) | Value::Symbolic(_) | Value::Duration(_) => {
            let message =
                format!("the distance of a shift is an integer, not {}", value.describe());
            Err(EvalError::new(span, message))
        }
        _ => Ok(()),
    }
}
