//! Expressions and types.

use super::{List, Span, Symbol};

/// An expression: a literal or a name in place, anything longer as postfix [`Node`]s.
#[derive(Debug, Clone, Copy)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// See [`Expr`].
#[derive(Debug, Clone, Copy)]
pub enum ExprKind {
    /// One operand.
    Leaf(Leaf),
    /// Operands and operators in postfix order; evaluation is a loop over a stack, whatever the
    /// depth of nesting.
    Postfix(List<Node>),
}

/// An operand of an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Leaf {
    /// An integer that fits.
    Int(u64),
    /// An integer that does not; its digits are in [`Ast::big_ints`](super::Ast::big_ints).
    BigInt(u32),
    /// A number with a point or an exponent.
    Float(f64),
    /// π.
    Pi,
    /// A parameter or variable; a physical qubit is the name `$0`.
    Name(Symbol),
    // The rest occurs in OpenQASM 3 only.
    /// τ = 2π.
    Tau,
    /// e.
    Euler,
    /// `true` or `false`.
    Bool(bool),
    /// `2.5im`.
    Imaginary(f64),
    /// `"0101"`: index in [`Ast::bit_strings`](super::Ast::bit_strings).
    Bits(u32),
    /// `100ns`: index in [`Ast::durations`](super::Ast::durations).
    Duration(u32),
}

/// A step of a postfix expression.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// The step.
    pub op: PostfixOp,
    /// The subexpression that ends with this step.
    pub span: Span,
}

/// See [`Node`]. A step takes its operands from the stack, the last one on top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PostfixOp {
    /// Push an operand.
    Leaf(Leaf),
    /// `-` the top.
    Neg,
    /// Combine the top two.
    Binary(BinaryOp),
    /// A built-in function of this many arguments.
    Call(Function, u32),
    // The rest occurs in OpenQASM 3 only.
    /// `!` the top.
    Not,
    /// `~` the top.
    Complement,
    /// A subroutine of this many arguments.
    Apply(Symbol, u32),
    /// `type(top)`: index in [`Ast::types`](super::Ast::types).
    Cast(u32),
    /// `a[i, j]`: the indices, this many, are above what they index. An index may be a range or a
    /// set.
    Index(u32),
    /// `start:step:stop`, of which those that are written are on the stack, in that order.
    Range {
        /// Whether the start is written.
        start: bool,
        /// Whether the step is written.
        step: bool,
        /// Whether the stop is written.
        stop: bool,
    },
    /// `{a, b}` of this many items: a set of indices or the values of an array.
    Braces(u32),
    /// `measure` the top.
    Measure,
    /// `durationof({ … })`.
    DurationOf,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is named as the language names it
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    // The rest occurs in OpenQASM 3 only.
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    /// `++`, of registers or arrays.
    Concat,
}

/// Built-in functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is named as the language names it
pub enum Function {
    Sin,
    Cos,
    Tan,
    Exp,
    /// The natural logarithm; OpenQASM 3 calls it `log`, and `ln` as well.
    Ln,
    Sqrt,
    // The rest occurs in OpenQASM 3 only.
    Arcsin,
    Arccos,
    Arctan,
    Ceiling,
    Floor,
    Mod,
    Pow,
    Popcount,
    Rotl,
    Rotr,
    Real,
    Imag,
    Sizeof,
}

/// A type of OpenQASM 3.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// `[width]`: index in [`Ast::exprs`](super::Ast::exprs). For a complex number, that of its
    /// parts.
    pub width: Option<u32>,
    /// The dimensions of an array of this type; empty if it is none.
    pub dims: List<Expr>,
    /// The n of an array parameter `#dim = n`: index in [`Ast::exprs`](super::Ast::exprs).
    pub num_dims: Option<u32>,
    /// Where it stands.
    pub span: Span,
}

/// See [`Type`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is named as the language names it
pub enum TypeKind {
    Qubit,
    Bit,
    Bool,
    Int,
    Uint,
    Float,
    Angle,
    Complex,
    Duration,
    Stretch,
}
