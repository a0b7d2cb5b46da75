//! Real numbers with a wide range, for values that overflow only on the way.

use super::{Context, Eval, Value, function, leaf_value};
use crate::qasm::ast::{Ast, BinaryOp, Expr, ExprKind, PostfixOp};

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

/// The value of an expression whose operands all are real numbers, with a wide range on the way;
/// `None` for others.
pub(super) fn wide_value(ast: &Ast, expr: &Expr, context: &mut impl Context) -> Eval<Option<f64>> {
    let ExprKind::Postfix(list) = expr.kind else { return Ok(None) };
    let mut stack: Vec<Wide> = vec![];
    for node in list.of(&ast.nodes) {
        let mut pop = || stack.pop().unwrap_or(Wide { m: f64::NAN, e: 0 });
        let result = match node.op {
            PostfixOp::Leaf(leaf) => match leaf_value(ast, leaf, node.span, context)? {
                Value::Float(v) => Wide::new(v, 0),
                Value::Int(i) => Wide::new(i.to_f64(), 0),
                Value::Huge(h) => Wide::new(h.float, 0),
                _ => return Ok(None),
            },
            PostfixOp::Neg => {
                let a = pop();
                Wide { m: -a.m, ..a }
            }
            PostfixOp::Call(f, 1) => match function::real(f, pop().value(), node.span)? {
                Some(value) => Wide::new(value, 0),
                None => return Ok(None),
            },
            PostfixOp::Binary(op) => {
                let (b, a) = (pop(), pop());
                match op {
                    BinaryOp::Add => a.plus(b),
                    BinaryOp::Sub => a.plus(Wide { m: -b.m, ..b }),
                    BinaryOp::Mul => Wide::new(a.m * b.m, a.e + b.e),
                    BinaryOp::Div => Wide::new(a.m / b.m, a.e - b.e),
                    BinaryOp::Pow => Wide::new(a.value().powf(b.value()), 0),
                    _ => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        stack.push(result);
    }
    Ok(Some(stack.pop().map_or(f64::NAN, Wide::value)))
}
