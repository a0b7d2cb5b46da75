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
    let value = match value {
        // An overflow on the way is none of the value: 2 * 1e308 * 0.5.
        Some(v) if !v.is_finite() => Some(wide_value(ast, expr, &mut lookup)?),
        value => value,
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
        _ => todo!(),
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
        PostfixOp::Call(function, _) => match stack.pop().flatten() {
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
                _ => todo!(),
            })
        }
        _ => todo!(),
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
        _ => todo!(),
    })
}

/// m·2^e with room for what a number of 64 bits cannot hold.
#[derive(Clone, Copy)]
struct Wide {
    m: f64,
    e: i64,
}

/// Magnitudes of `m` stay within 2^±400, so that a product of two is exact in range.
const ROOM: i32 = 400;

impl Wide {
    fn new(mut m: f64, mut e: i64) -> Self {
        let step = 2f64.powi(ROOM);
        while m.is_finite() && m.abs() > step {
            m /= step;
            e += i64::from(ROOM);
        }
        while m != 0.0 && m.abs() < 1.0 / step {
            m *= step;
            e -= i64::from(ROOM);
        }
        Wide { m, e }
    }

    fn value(self) -> f64 {
        let e = self.e.clamp(-2200, 2200) as i32;
        self.m * 2f64.powi(e / 2) * 2f64.powi(e - e / 2)
    }

    fn plus(self, other: Wide) -> Wide {
        let (high, low) = if self.e >= other.e { (self, other) } else { (other, self) };
        let shift = (high.e - low.e).min(1000) as i32;
        Wide::new(high.m + low.m * 2f64.powi(-shift), high.e)
    }
}

/// The value of an expression whose names all have values, with a wide range on the way.
fn wide_value(
    ast: &Ast,
    expr: &Expr,
    lookup: &mut impl FnMut(Symbol, Span) -> Result<Value, EvalError>,
) -> Result<f64, EvalError> {
    let ExprKind::Postfix(list) = expr.kind else { return Ok(f64::INFINITY) };
    let mut stack: Vec<Wide> = vec![];
    for node in list.of(&ast.nodes) {
        let mut pop = || stack.pop().unwrap_or(Wide { m: f64::NAN, e: 0 });
        let result = match node.op {
            PostfixOp::Leaf(leaf) => {
                let value = leaf_value(ast, leaf, node.span, lookup)?;
                Wide::new(value.unwrap_or(f64::NAN), 0)
            }
            PostfixOp::Neg => {
                let a = pop();
                Wide { m: -a.m, ..a }
            }
            PostfixOp::Call(function, _) => Wide::new(call(function, pop().value(), node.span)?, 0),
            PostfixOp::Binary(op) => {
                let (b, a) = (pop(), pop());
                match op {
                    BinaryOp::Add => a.plus(b),
                    BinaryOp::Sub => a.plus(Wide { m: -b.m, ..b }),
                    BinaryOp::Mul => Wide::new(a.m * b.m, a.e + b.e),
                    BinaryOp::Div => Wide::new(a.m / b.m, a.e - b.e),
                    BinaryOp::Pow => Wide::new(a.value().powf(b.value()), 0),
                    _ => todo!(),
                }
            }
            _ => todo!(),
        };
        stack.push(result);
    }
    Ok(stack.pop().map_or(f64::NAN, Wide::value))
}
