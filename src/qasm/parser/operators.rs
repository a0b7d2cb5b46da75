//! Operators and built-in functions.

use super::Parser;
use crate::qasm::ast::{BinaryOp, Function};
use crate::qasm::lexer::Token;

/// How tightly an operator binds, and whether it groups from the right. A sign binds less than a
/// power (-2^2 = -4) and more than a product.
pub(super) fn binding(op: BinaryOp) -> (u8, bool) {
    use BinaryOp::*;
    let level = match op {
        Concat => 0,
        Or => 1,
        And => 2,
        BitOr => 3,
        BitXor => 4,
        BitAnd => 5,
        Eq | Ne => 6,
        Lt | Le | Gt | Ge => 7,
        Shl | Shr => 8,
        Add | Sub => 9,
        Mul | Div | Rem => 10,
        Pow => 12,
    };
    (level, op == Pow)
}

/// How tightly a sign binds.
pub(super) const SIGN: u8 = 11;

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// The operator under the cursor.
    #[inline]
    pub(super) fn binary(&self) -> Option<BinaryOp> {
        Some(match self.token {
            Token::Plus => BinaryOp::Add,
            Token::Minus => BinaryOp::Sub,
            Token::Star => BinaryOp::Mul,
            Token::Slash => BinaryOp::Div,
            Token::Caret if self.v3() => BinaryOp::BitXor,
            Token::Caret => BinaryOp::Pow,
            Token::EqualEqual if self.v3() => BinaryOp::Eq,
            token if token > Token::End => return operator_3(token),
            _ => return None,
        })
    }
}

/// Operators that only OpenQASM 3 has.
fn operator_3(token: Token) -> Option<BinaryOp> {
    Some(match token {
        Token::StarStar => BinaryOp::Pow,
        Token::Percent => BinaryOp::Rem,
        Token::BangEqual => BinaryOp::Ne,
        Token::Less => BinaryOp::Lt,
        Token::LessEqual => BinaryOp::Le,
        Token::Greater => BinaryOp::Gt,
        Token::GreaterEqual => BinaryOp::Ge,
        Token::AmpersandAmpersand => BinaryOp::And,
        Token::PipePipe => BinaryOp::Or,
        Token::Ampersand => BinaryOp::BitAnd,
        Token::Pipe => BinaryOp::BitOr,
        Token::LessLess => BinaryOp::Shl,
        Token::GreaterGreater => BinaryOp::Shr,
        Token::PlusPlus => BinaryOp::Concat,
        _ => return None,
    })
}

/// The built-in function of that name.
pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "tan" => Function::Tan,
        "exp" => Function::Exp,
        "ln" | "log" => Function::Ln,
        "sqrt" => Function::Sqrt,
        // Qiskit writes the names of C.
        "arcsin" | "asin" => Function::Arcsin,
        "arccos" | "acos" => Function::Arccos,
        "arctan" | "atan" => Function::Arctan,
        "ceiling" => Function::Ceiling,
        "floor" => Function::Floor,
        "mod" => Function::Mod,
        "pow" => Function::Pow,
        "popcount" => Function::Popcount,
        "rotl" => Function::Rotl,
        "rotr" => Function::Rotr,
        "real" => Function::Real,
        "imag" => Function::Imag,
        "sizeof" => Function::Sizeof,
        _ => return None,
    })
}
