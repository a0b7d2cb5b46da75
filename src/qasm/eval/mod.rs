//! The value of an expression: one evaluator for every version, place and time.
//!
//! Expressions are postfix, so evaluation is a loop over a stack. What is known while the program
//! is read is computed; what depends on measured bits becomes an expression of the circuit
//! ([`measured`]). OpenQASM 2 has real numbers only: there the same steps see no other value.

mod arithmetic;
mod cast;
mod compare;
mod function;
mod index;
mod low_bits;
mod measured;
mod operators;
mod rotate;
mod value;
mod wide;
mod wide_compare;

use super::Version;
use super::ast::{Ast, BinaryOp, Expr, ExprKind, Leaf, Node, PostfixOp, Span, Symbol};
use crate::circuit::Formula;
use crate::gate::Param;
use crate::math::Bits;
use num_complex::Complex64;
use wide::wide_value;

pub use cast::cast;
pub use index::{Selection, elements, index as index_of, integer, items, select};
pub use low_bits::low_bits;
pub use measured::{Truth, condition, runtime, sign_extended};
pub use value::{
    Array, FixedAngle, Int, IntType, Measured, MeasuredType, Symbolic, Type, Value, Wires, mask,
};

/// Why an expression has no value.
#[derive(Debug, Clone)]
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

    /// An error that has been reported already.
    pub fn said(span: Span) -> Self {
        EvalError::new(span, "")
    }

    /// The same with help.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Most steps of an expression that depends on measured bits: each makes it deeper, and a power
/// multiplies them.
const MAX_STEPS: usize = 2000;

/// A value or what is wrong.
pub type Eval<T = Value> = Result<T, EvalError>;

/// What an expression can refer to.
pub trait Context {
    /// The version of the language.
    fn version(&self) -> Version;

    /// Whether only what the specification defines is accepted.
    fn strict(&self) -> bool {
        false
    }

    /// The value of a name.
    fn name(&mut self, name: Symbol, span: Span) -> Eval;

    /// Calls a subroutine.
    fn apply(&mut self, _name: Symbol, _args: Vec<Value>, span: Span) -> Eval {
        Err(EvalError::new(span, "a subroutine cannot be called here"))
    }

    /// Measures qubits into new bits.
    fn measure(&mut self, _qubits: Wires, span: Span) -> Eval {
        Err(EvalError::new(span, "nothing can be measured here"))
    }

    /// The type of that number in the tree.
    fn ty(&mut self, _ty: u32, span: Span) -> Eval<Type> {
        Err(EvalError::new(span, "there are no types here"))
    }

    /// The parameter of the circuit that is this function of others.
    fn derived(&mut self, _formula: Formula, span: Span) -> Eval<Param> {
        Err(EvalError::new(span, "an angle is linear in parameters of a circuit here"))
    }

    /// Takes a warning.
    fn warn(&mut self, _span: Span, _message: &str, _help: &str) {}
}

/// Evaluates with an empty stack, whose memory is used.
pub fn evaluate(
    ast: &Ast,
    expr: &Expr,
    stack: &mut Vec<Value>,
    context: &mut impl Context,
) -> Eval {
    let value = match &expr.kind {
        ExprKind::Leaf(leaf) => leaf_value(ast, *leaf, expr.span, context)?,
        ExprKind::Postfix(list) => {
            stack.clear();
            let nodes = list.of(&ast.nodes);
            check_calls(nodes)?;
            for (k, node) in nodes.iter().enumerate() {
                if let Err(e) = step(ast, node, stack, context) {
                    go_on(nodes, k, e, stack)?;
                }
                if let Some(Value::Measured(m)) = stack.last()
                    && !is_leaf(node)
                    && (nodes.len() > MAX_STEPS || m.expr.size(MAX_STEPS) >= MAX_STEPS)
                {
                    let message =
                        format!("an expression of measured bits has at most {MAX_STEPS} steps");
                    return Err(EvalError::new(expr.span, message).help("split it by variables"));
                }
            }
            match stack.pop().unwrap_or(Value::Nothing) {
                Value::Failed(e) => return Err(*e),
                value => value,
            }
        }
    };
    let value = match value {
        // An overflow on the way is none of the value: 2 * 1e308 * 0.5.
        Value::Float(v) if !v.is_finite() => {
            Value::Float(wide_value(ast, expr, context)?.unwrap_or(v))
        }
        value => value,
    };
    match value {
        Value::Float(v) if !v.is_finite() => {
            let what = if v.is_nan() { "is not a number" } else { "is too large" };
            Err(EvalError::new(expr.span, format!("the value of this expression {what}")))
        }
        value => Ok(value),
    }
}

#[inline]
fn leaf_value(ast: &Ast, leaf: Leaf, span: Span, context: &mut impl Context) -> Eval {
    use std::f64::consts::{E, PI, TAU};
    let integers = context.version() == Version::V3;
    Ok(match leaf {
        Leaf::Int(v) if integers => Value::Int(Int::literal(u128::from(v))),
        Leaf::Int(v) => Value::Float(v as f64),
        Leaf::BigInt(i) => {
            let big = &ast.big_ints[i as usize];
            match big.digits().parse() {
                Ok(v) if integers => Value::Int(Int::literal(v)),
                _ if integers => Value::Huge(big.value().clone()),
                _ => Value::Float(big.digits().parse().unwrap_or(f64::INFINITY)),
            }
        }
        Leaf::Float(v) => Value::Float(v),
        Leaf::Pi => Value::Float(PI),
        Leaf::Tau => Value::Float(TAU),
        Leaf::Euler => Value::Float(E),
        Leaf::Bool(v) => Value::Bool(v),
        Leaf::Imaginary(v) => Value::Complex(Complex64::new(0.0, v)),
        Leaf::Bits(i) => {
            let text = &ast.bit_strings[i as usize];
            let bits = text.parse::<Bits>();
            Value::Bits(bits.map_err(|e| EvalError::new(span, e.to_string()))?)
        }
        Leaf::Duration(i) => Value::Duration(ast.durations[i as usize]),
        Leaf::Name(name) => return context.name(name, span),
    })
}

fn step(ast: &Ast, node: &Node, stack: &mut Vec<Value>, context: &mut impl Context) -> Eval<()> {
    let span = node.span;
    if stack.last().is_some_and(|v| matches!(v, Value::Failed(_))) {
        return after_failure(node, stack);
    }
    let mut pop = || stack.pop().unwrap_or(Value::Nothing);
    let value = match node.op {
        PostfixOp::Leaf(leaf) => leaf_value(ast, leaf, span, context)?,
        PostfixOp::Neg => arithmetic::negate(pop(), span)?,
        PostfixOp::Binary(op) => {
            let b = pop();
            let a = pop();
            binary(op, a, b, span, context)?
        }
        PostfixOp::Not => match condition(pop(), span)? {
            Truth::Known(v) => Value::Bool(!v),
            Truth::Unknown => Value::Unknown,
            Truth::Measured(e) => measured::boolean(e.not()),
        },
        PostfixOp::Complement => {
            let value = pop();
            operators::check_one("~", &value, span, context)?;
            measured::complement(value, span)?
        }
        PostfixOp::Call(function, count) => {
            let args = stack.split_off(stack.len().saturating_sub(count as usize));
            function::call(function, args, span, context)?
        }
        PostfixOp::Apply(name, count) => {
            let args = stack.split_off(stack.len().saturating_sub(count as usize));
            context.apply(name, args, span)?
        }
        PostfixOp::Cast(ty) => {
            let ty = context.ty(ty, span)?;
            cast(pop(), &ty, true, span, context)?
        }
        PostfixOp::Index(count) => {
            let items = stack.split_off(stack.len().saturating_sub(count as usize));
            let base = stack.pop().unwrap_or(Value::Nothing);
            index::index(base, &items, span)?
        }
        PostfixOp::Range { start, step, stop } => {
            let mut part = |written: bool, what| match written {
                true => index::integer(&pop(), what, span).map(Some),
                false => Ok(None),
            };
            let stop = part(stop, "the end of a range")?;
            let step = part(step, "the step of a range")?;
            let start = part(start, "the start of a range")?;
            if step == Some(0) {
                return Err(EvalError::new(span, "the step of a range is not 0"));
            }
            Value::Range(start, step, stop)
        }
        PostfixOp::Braces(count) => {
            Value::Braces(stack.split_off(stack.len().saturating_sub(count as usize)).into())
        }
        PostfixOp::Measure => match pop() {
            Value::Qubits(wires) => context.measure(wires, span)?,
            other => {
                let message = format!("only qubits are measured, not {}", other.describe());
                return Err(EvalError::new(span, message));
            }
        },
        PostfixOp::DurationOf => {
            let message = "`durationof` needs the timing of a device, which is not known here";
            return Err(EvalError::new(span, message));
        }
    };
    stack.push(value);
    Ok(())
}

/// Refuses calls on the right of `&&` and `||`: whether they happen would depend on the left, and
/// what they do would have to be undone.
fn check_calls(nodes: &[Node]) -> Eval<()> {
    let is_call = |n: &Node| matches!(n.op, PostfixOp::Apply(..));
    if !nodes.iter().any(is_call) {
        return Ok(());
    }
    for (k, node) in nodes.iter().enumerate() {
        let PostfixOp::Binary(BinaryOp::And | BinaryOp::Or) = node.op else { continue };
        // Back to the first step of the right operand.
        let (mut at, mut missing) = (k, 1);
        while missing > 0 && at > 0 {
            at -= 1;
            missing = missing - 1 + arity(nodes[at].op);
        }
        if let Some(call) = nodes[at..k].iter().find(|n| is_call(n)) {
            let message = "a subroutine is not called on the right of `&&` or `||`";
            return Err(EvalError::new(call.span, message)
                .help("assign its result to a variable before, or use a branch"));
        }
    }
    Ok(())
}

fn is_leaf(node: &Node) -> bool {
    matches!(node.op, PostfixOp::Leaf(_))
}

/// After a step that failed: an error, unless a `&&` or `||` may find that it does not matter.
#[cold]
fn go_on(nodes: &[Node], failed: usize, e: EvalError, stack: &mut Vec<Value>) -> Eval<()> {
    let later = &nodes[failed + 1..];
    let decides = |n: &Node| {
        matches!(n.op, PostfixOp::Binary(BinaryOp::And | BinaryOp::Or))
            && n.span.start < e.span.start
    };
    if !later.iter().any(decides) {
        return Err(e);
    }
    // What is left on the stack of the step's operands is replaced by the failure.
    let depth = depth_before(&nodes[..failed], nodes[failed].op);
    stack.truncate(depth);
    stack.push(Value::Failed(Box::new(e)));
    Ok(())
}

/// How many values a step takes.
fn arity(op: PostfixOp) -> usize {
    match op {
        PostfixOp::Leaf(_) | PostfixOp::DurationOf => 0,
        PostfixOp::Neg | PostfixOp::Not | PostfixOp::Complement => 1,
        PostfixOp::Cast(_) | PostfixOp::Measure => 1,
        PostfixOp::Binary(_) => 2,
        PostfixOp::Call(_, n) | PostfixOp::Apply(_, n) | PostfixOp::Braces(n) => n as usize,
        PostfixOp::Index(n) => n as usize + 1,
        PostfixOp::Range { start, step, stop } => {
            usize::from(start) + usize::from(step) + usize::from(stop)
        }
    }
}

/// The depth of the stack below the operands of a step.
fn depth_before(before: &[Node], op: PostfixOp) -> usize {
    let depth = before.iter().fold(0, |depth, n| depth - arity(n.op) + 1);
    depth - arity(op)
}

/// A step whose last operand failed: it fails with it, unless the first operand decides.
#[cold]
fn after_failure(node: &Node, stack: &mut Vec<Value>) -> Eval<()> {
    let Some(Value::Failed(e)) = stack.last().cloned() else { return Ok(()) };
    if let PostfixOp::Leaf(_) = node.op {
        // Operands of a later step are not looked at: the failure stays on top for it.
        stack.push(Value::Failed(e));
        return Ok(());
    }
    let depth = stack.len().saturating_sub(arity(node.op));
    let decided = match (node.op, stack.get(depth)) {
        (PostfixOp::Binary(op @ (BinaryOp::And | BinaryOp::Or)), Some(first)) => {
            match condition(first.clone(), node.span) {
                Ok(Truth::Known(v)) if v == (op == BinaryOp::Or) => Some(Value::Bool(v)),
                _ => None,
            }
        }
        _ => None,
    };
    stack.truncate(depth);
    stack.push(decided.unwrap_or(Value::Failed(e)));
    Ok(())
}

/// A value as an angle in radians, with what measured bits add to it.
pub fn angle(value: &Value, span: Span, context: &mut impl Context) -> Eval<Symbolic> {
    match value {
        Value::Clbits(_) | Value::Bits(_) | Value::Bool(_) => {
            let message = format!("{} is no angle", value.describe());
            Err(EvalError::new(span, message)
                .help("cast it: `angle[4](c)` is 2π·c/16, `float(int[4](c))` the number"))
        }
        other => match arithmetic::to_symbolic(other, span, context)? {
            Some(symbolic) => Ok(symbolic),
            None => Err(EvalError::new(span, "this angle has no value yet")),
        },
    }
}

/// The indices of `name[i][j, k]`, in order, from the steps of the whole expression.
pub fn index_items(
    ast: &Ast,
    nodes: &[Node],
    stack: &mut Vec<Value>,
    context: &mut impl Context,
) -> Eval<Vec<Value>> {
    stack.clear();
    // Stands for what is indexed.
    stack.push(Value::Nothing);
    let mut items: Vec<Value> = vec![];
    for node in nodes.iter().skip(1) {
        match node.op {
            PostfixOp::Index(count) if stack.len() == count as usize + 1 => {
                if items.iter().any(|i| matches!(i, Value::Range(..) | Value::Braces(_))) {
                    let message = "an index after a slice is not supported here";
                    return Err(
                        EvalError::new(node.span, message).help("write all in one: `a[0:1, 2]`")
                    );
                }
                items.extend(stack.drain(1..));
            }
            _ => step(ast, node, stack, context)?,
        }
    }
    Ok(items)
}

/// `a op b`.
pub fn binary(op: BinaryOp, a: Value, b: Value, span: Span, context: &mut impl Context) -> Eval {
    use BinaryOp::*;
    match (&a, &b) {
        (Value::Float(x), Value::Float(y)) if !matches!(op, Eq | Ne | Lt | Le | Gt | Ge) => {
            arithmetic::float(op, *x, *y, span)
        }
        _ => match op {
            And | Or => measured::logic(op, a, b, span),
            Eq | Ne | Lt | Le | Gt | Ge => compare::compare(op, a, b, span, context),
            Concat => index::concat(a, b, span),
            _ => arithmetic::arithmetic(op, a, b, span, context),
        },
    }
}
