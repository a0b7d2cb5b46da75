//! The value of an expression.

use super::ast::{Ast, BinaryOp, Expr, ExprKind, Function, Leaf, Node, PostfixOp, Span, Symbol};

/// Why an expression has no value.
#[derive(Debug)]
pub struct EvalError {
    /// The subexpression at fault.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl EvalError {
    /// An error without help.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        EvalError { span, message: message.into(), help: None }
    }
}

/// A value, or `None` when it depends on a parameter that has none yet. Constant parts of such an
/// expression are evaluated all the same, so `a / 0` is an error where it is written.
pub type Value = Option<f64>;

/// Evaluates; `lookup` gives the value of a name.
pub fn evaluate(
    ast: &Ast,
    expr: &Expr,
    stack: &mut Vec<Value>,
    mut lookup: impl FnMut(Symbol, Span) -> Result<Value, EvalError>,
) -> Result<Value, EvalError> {
    let value = match &expr.kind {
        ExprKind::Leaf(leaf) => leaf_value(ast, *leaf, expr.span, &mut lookup)?,
        ExprKind::Postfix(list) => {
            stack.clear();
            for node in list.of(&ast.nodes) {
                step(ast, node, stack, &mut lookup)?;
            }
            stack.pop().flatten()
        }
    };
    match value {
        Some(v) if !v.is_finite() => {
            let what = if v.is_nan() { "is not a number" } else { "is too large" };
            Err(EvalError::new(expr.span, format!("the value of this expression {what}")))
        }
        value => Ok(value),
    }
}

#[inline]
fn leaf_value(
    ast: &Ast,
    leaf: Leaf,
    span: Span,
    lookup: &mut impl FnMut(Symbol, Span) -> Result<Value, EvalError>,
) -> Result<Value, EvalError> {
    Ok(Some(match leaf {
        Leaf::Int(v) => v as f64,
        Leaf::BigInt(i) => ast.big_ints[i as usize].parse().unwrap_or(f64::INFINITY),
        Leaf::Float(v) => v,
        Leaf::Pi => std::f64::consts::PI,
        Leaf::Name(name) => return lookup(name, span),
    }))
}

fn step(
    ast: &Ast,
    node: &Node,
    stack: &mut Vec<Value>,
    lookup: &mut impl FnMut(Symbol, Span) -> Result<Value, EvalError>,
) -> Result<(), EvalError> {
    let value = match node.op {
        PostfixOp::Leaf(leaf) => leaf_value(ast, leaf, node.span, lookup)?,
        PostfixOp::Neg => stack.pop().flatten().map(|v| -v),
        PostfixOp::Call(function) => match stack.pop().flatten() {
            Some(v) => Some(call(function, v, node.span)?),
            None => None,
        },
        PostfixOp::Binary(op) => {
            let (b, a) = (stack.pop().flatten(), stack.pop().flatten());
            if op == BinaryOp::Div && b == Some(0.0) {
                return Err(EvalError::new(node.span, "division by zero"));
            }
            a.zip(b).map(|(a, b)| match op {
                BinaryOp::Add => a + b,
                BinaryOp::Sub => a - b,
                BinaryOp::Mul => a * b,
                BinaryOp::Div => a / b,
                BinaryOp::Pow => a.powf(b),
            })
        }
    };
    stack.push(value);
    Ok(())
}

fn call(function: Function, v: f64, span: Span) -> Result<f64, EvalError> {
    Ok(match function {
        Function::Sin => v.sin(),
        Function::Cos => v.cos(),
        Function::Tan => v.tan(),
        Function::Exp => v.exp(),
        Function::Ln if v <= 0.0 => {
            let message = format!("the logarithm of {v} is not defined; it needs a number above 0");
            return Err(EvalError::new(span, message));
        }
        Function::Ln => v.ln(),
        Function::Sqrt if v < 0.0 => {
            return Err(EvalError::new(span, format!("the square root of {v} is not real")));
        }
        Function::Sqrt => v.sqrt(),
    })
}
