//! The syntax tree: flat lists that statements point into, each node with its place in the text.
//!
//! It holds what was written, not what it means: names are not resolved, sizes and indices are
//! expressions. Lists that belong to a statement (arguments, operands, a body) are ranges
//! ([`List`]) of arenas in [`Ast`], so a gate call costs no allocation and dropping a tree of any
//! depth is flat.

mod big_int;
mod expr;
mod names;
mod stmt;

pub use big_int::{BigInt, Huge};
pub use expr::{BinaryOp, Expr, ExprKind, Function, Leaf, Node, PostfixOp, Type, TypeKind};
pub use names::Interner;
pub use stmt::{
    Assignment, Branch, Case, Declaration, ForLoop, GateDef, Index, Library, Modified, Modifier,
    Operand, Param, Role, Stmt, StmtKind, Subroutine, Switch,
};

use crate::circuit::Duration;
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

    /// Whether both are the same part.
    pub fn same(&self, other: &List<T>) -> bool {
        (self.start, self.len) == (other.start, other.len)
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

/// A program with all its files.
#[derive(Debug, Default)]
pub struct Ast {
    /// The statements outside of bodies, includes spliced in.
    pub program: Vec<Stmt>,
    /// Statements of bodies.
    pub bodies: Vec<Stmt>,
    /// Gate definitions.
    pub gates: Vec<GateDef>,
    /// Subroutines.
    pub subroutines: Vec<Subroutine>,
    /// Declarations of classical variables.
    pub declarations: Vec<Declaration>,
    /// Assignments.
    pub assignments: Vec<Assignment>,
    /// Gates with modifiers.
    pub modified: Vec<Modified>,
    /// Branches.
    pub branches: Vec<Branch>,
    /// `for` loops.
    pub for_loops: Vec<ForLoop>,
    /// `switch` statements.
    pub switches: Vec<Switch>,
    /// Types.
    pub types: Vec<Type>,
    /// Arguments, sizes and values.
    pub exprs: Vec<Expr>,
    /// Steps of expressions.
    pub nodes: Vec<Node>,
    /// Operands.
    pub operands: Vec<Operand>,
    /// Parameters and qubits of definitions.
    pub idents: Vec<Ident>,
    /// Modifiers of gates.
    pub modifiers: Vec<Modifier>,
    /// Parameters of subroutines.
    pub params: Vec<Param>,
    /// Cases of switches.
    pub cases: Vec<Case>,
    /// Integers that do not fit in 64 bits.
    pub big_ints: Vec<BigInt>,
    /// Bit strings as they are written, the last bit first, without underscores.
    pub bit_strings: Vec<String>,
    /// Lengths of time.
    pub durations: Vec<Duration>,
    /// Every name.
    pub names: Interner,
}
