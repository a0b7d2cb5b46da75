//! The syntax tree: flat lists that statements point into, each node with its place in the text.
//!
//! It holds what was written, not what it means: names are not resolved, sizes and indices are
//! expressions. Lists that belong to a statement (arguments, operands, a body) are ranges
//! ([`List`]) of arenas in [`Ast`], so a gate call costs no allocation and dropping a tree of any
//! depth is flat.

use super::lexer::clip;
use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;

/// A range of bytes in one source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Index of the file in the [`Sources`](super::source::Sources).
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From the start of `self` to the end of `other`.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start, end: other.end }
    }
}

/// An interned name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// A name with its place.
#[derive(Debug, Clone, Copy)]
pub struct Ident {
    /// The name.
    pub name: Symbol,
    /// Where it stands.
    pub span: Span,
}

/// A contiguous part of an arena of `T`.
#[derive(Debug)]
pub struct List<T> {
    start: u32,
    len: u32,
    of: PhantomData<T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> List<T> {
    /// Everything in `arena` from `start` on.
    pub fn since(arena: &[T], start: usize) -> Self {
        List { start: start as u32, len: (arena.len() - start) as u32, of: PhantomData }
    }

    /// The items.
    pub fn of<'a>(&self, arena: &'a [T]) -> &'a [T] {
        &arena[self.start as usize..(self.start + self.len) as usize]
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

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
    /// An integer that does not; its digits are in [`Ast::big_ints`].
    BigInt(u32),
    /// A number with a point or an exponent.
    Float(f64),
    /// π.
    Pi,
    /// A parameter or variable.
    Name(Symbol),
}

/// A step of a postfix expression.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// The step.
    pub op: PostfixOp,
    /// The subexpression that ends with this step.
    pub span: Span,
}

/// See [`Node`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PostfixOp {
    /// Push an operand.
    Leaf(Leaf),
    /// Negate the top.
    Neg,
    /// Combine the top two.
    Binary(BinaryOp),
    /// Apply to the top.
    Call(Function),
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
}

/// Built-in functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Function {
    Sin,
    Cos,
    Tan,
    Exp,
    Ln,
    Sqrt,
}

/// `name` or `name[index]`.
#[derive(Debug, Clone, Copy)]
pub struct Operand {
    /// The register, or the qubit of a gate body.
    pub name: Ident,
    /// The index, if one is written.
    pub index: Option<Expr>,
    /// Where it ends; there is one a qubit of each gate, so they are kept small.
    pub end: u32,
}

impl Operand {
    /// All of it.
    pub fn span(&self) -> Span {
        Span { end: self.end, ..self.name.span }
    }
}

/// A statement.
#[derive(Debug, Clone, Copy)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// See [`Stmt`].
#[derive(Debug, Clone, Copy)]
pub enum StmtKind {
    /// `qreg name[size];`
    Qubits {
        /// The register.
        name: Ident,
        /// Index of its size in [`Ast::exprs`].
        size: u32,
    },
    /// `creg name[size];`
    Bits {
        /// The register.
        name: Ident,
        /// Index of its size in [`Ast::exprs`].
        size: u32,
    },
    /// `include "qelib1.inc";`: from here on the header's gates are known.
    Header,
    /// `gate` or `opaque`: index in [`Ast::gates`].
    Gate(u32),
    /// A gate applied to operands.
    Call {
        /// The gate.
        gate: Ident,
        /// Its angles.
        args: List<Expr>,
        /// Its qubits.
        operands: List<Operand>,
    },
    /// `measure operands[0] -> operands[1];`
    Measure(List<Operand>),
    /// `reset operand;`
    Reset(List<Operand>),
    /// `barrier operands;`; without operands: everything.
    Barrier(List<Operand>),
    /// `if (register == value) body`
    If {
        /// The register.
        register: Ident,
        /// Index of the value in [`Ast::exprs`].
        value: u32,
        /// What happens then, in [`Ast::bodies`].
        body: List<Stmt>,
    },
    /// A declaration that could not be read: its name is known, nothing else is.
    Broken(Ident),
}

/// A gate definition or an opaque declaration.
#[derive(Debug, Clone, Copy)]
pub struct GateDef {
    /// Its name.
    pub name: Ident,
    /// Its angles, in [`Ast::idents`].
    pub params: List<Ident>,
    /// Its qubits, in [`Ast::idents`].
    pub qubits: List<Ident>,
    /// Its body, in [`Ast::bodies`]; `None` for an opaque gate.
    pub body: Option<List<Stmt>>,
}

/// A program with all its files.
#[derive(Debug, Default)]
pub struct Ast {
    /// The statements outside of bodies, includes spliced in.
    pub program: Vec<Stmt>,
    /// Statements of bodies.
    pub bodies: Vec<Stmt>,
    /// Definitions.
    pub gates: Vec<GateDef>,
    /// Arguments, sizes and values.
    pub exprs: Vec<Expr>,
    /// Steps of expressions.
    pub nodes: Vec<Node>,
    /// Operands.
    pub operands: Vec<Operand>,
    /// Parameters and qubits of definitions.
    pub idents: Vec<Ident>,
    /// Digits of integers that do not fit in 64 bits.
    pub big_ints: Vec<String>,
    /// Every name.
    pub names: Interner,
}

/// Names as small numbers.
#[derive(Debug)]
pub struct Interner {
    names: Vec<Box<str>>,
    map: HashMap<Box<str>, Symbol>,
    /// Names of at most 8 bytes met last, by a hash of their bytes: most lookups end here.
    recent: Box<[(u64, Symbol); 256]>,
}

impl Default for Interner {
    fn default() -> Self {
        Interner { names: vec![], map: HashMap::new(), recent: Box::new([(0, Symbol(0)); 256]) }
    }
}

impl Interner {
    /// The symbol of `name`, new or known.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let bytes = name.as_bytes();
        if bytes.len() > 8 {
            return self.slow(name);
        }
        // Names hold no zero byte, so the packed form is unique and not 0.
        let packed = bytes.iter().fold(0u64, |w, &b| w << 8 | u64::from(b));
        let slot = (packed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize;
        if self.recent[slot].0 == packed && packed != 0 {
            return self.recent[slot].1;
        }
        let symbol = self.slow(name);
        self.recent[slot] = (packed, symbol);
        symbol
    }

    fn slow(&mut self, name: &str) -> Symbol {
        if let Some(&symbol) = self.map.get(name) {
            return symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        self.names.push(name.into());
        self.map.insert(name.into(), symbol);
        symbol
    }

    /// The symbol of `name` if it was met.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.map.get(name).copied()
    }

    /// The text of a symbol.
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.0 as usize]
    }

    /// The text of a symbol as a message shows it: not longer than a line takes.
    pub fn shown(&self, symbol: Symbol) -> Cow<'_, str> {
        let name = self.name(symbol);
        if name.len() <= 60 { name.into() } else { clip(name, 60).into() }
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
