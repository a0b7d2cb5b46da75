//! Statements.

use super::{BinaryOp, Expr, Ident, List, Span};

/// `name`, `name[index]`, or in OpenQASM 3 any expression that names qubits or bits.
#[derive(Debug, Clone, Copy)]
pub struct Operand {
    /// The register, or the qubit of a gate body; a physical qubit is the name `$0`.
    pub name: Ident,
    /// The index, if one is written.
    pub index: Index,
    /// Where it ends; there is one for each qubit of each gate, so they are kept small.
    pub end: u32,
}

/// See [`Operand`].
#[derive(Debug, Clone, Copy)]
pub enum Index {
    /// No index.
    None,
    /// One index that is a single number: in OpenQASM 2 a literal, in 3 an expression.
    One(Expr),
    /// The whole operand is this expression (slices, sets, several indices); 3 only.
    Whole(Expr),
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

/// See [`Stmt`]. Numbers are indices in lists of the [`Ast`](super::Ast).
#[derive(Debug, Clone, Copy)]
pub enum StmtKind {
    /// `qreg name[size];` or `qubit[size] name;`
    Qubits {
        /// The register.
        name: Ident,
        /// Its size, in [`exprs`](super::Ast::exprs); `None` is a single qubit.
        size: Option<u32>,
    },
    /// `creg name[size];`
    Bits {
        /// The register.
        name: Ident,
        /// Its size, in [`exprs`](super::Ast::exprs); `None` is a single bit.
        size: Option<u32>,
    },
    /// `include "qelib1.inc";` or `include "stdgates.inc";`: from here on the header's gates are
    /// known.
    Header(Library),
    /// `gate` or `opaque`: index in [`gates`](super::Ast::gates).
    Gate(u32),
    /// A gate without modifiers applied to operands; in OpenQASM 3 `gphase(a);` too, without
    /// operands.
    Call {
        /// The gate.
        gate: Ident,
        /// Its angles.
        args: List<Expr>,
        /// Its qubits.
        operands: List<Operand>,
    },
    /// `measure operands[0] -> operands[1];` or `operands[1] = measure operands[0];`; in
    /// OpenQASM 3 the second may be missing.
    Measure(List<Operand>),
    /// `reset operand;`
    Reset(List<Operand>),
    /// `barrier operands;`; without operands: everything.
    Barrier(List<Operand>),
    /// OpenQASM 2's `if (register == value) body`
    If {
        /// The register.
        register: Ident,
        /// Index of the value in [`exprs`](super::Ast::exprs).
        value: u32,
        /// What happens then, in [`bodies`](super::Ast::bodies).
        body: List<Stmt>,
    },
    /// A declaration that could not be read: its name is known, nothing else is.
    Broken(Ident),

    // The rest occurs in OpenQASM 3 only.
    /// A gate with modifiers or a duration: index in [`modified`](super::Ast::modified).
    Modified(u32),
    /// A classical variable (also `bit`): index in [`declarations`](super::Ast::declarations).
    Declare(u32),
    /// `let name = value;`
    Alias {
        /// The new name.
        name: Ident,
        /// What it names, in [`exprs`](super::Ast::exprs).
        value: u32,
    },
    /// Index in [`assignments`](super::Ast::assignments).
    Assign(u32),
    /// An expression as a statement, in [`exprs`](super::Ast::exprs).
    Expr(u32),
    /// `delay[duration] operands;`
    Delay {
        /// In [`exprs`](super::Ast::exprs).
        duration: u32,
        /// The qubits; without any: all.
        operands: List<Operand>,
    },
    /// `box { … }` or `box[duration] { … }`
    Box {
        /// In [`exprs`](super::Ast::exprs).
        duration: Option<u32>,
        /// Its statements.
        body: List<Stmt>,
    },
    /// `{ … }`
    Scope(List<Stmt>),
    /// `if (condition) … else …`: index in [`branches`](super::Ast::branches).
    Branch(u32),
    /// Index in [`for_loops`](super::Ast::for_loops).
    For(u32),
    /// `while (condition) body`
    While {
        /// In [`exprs`](super::Ast::exprs).
        condition: u32,
        /// One round.
        body: List<Stmt>,
    },
    /// Index in [`switches`](super::Ast::switches).
    Switch(u32),
    /// `break;`
    Break,
    /// `continue;`
    Continue,
    /// `end;`
    End,
    /// `return;` or `return value;`, in [`exprs`](super::Ast::exprs)
    Return(Option<u32>),
    /// Index in [`subroutines`](super::Ast::subroutines).
    Def(u32),
    /// `extern name(…) -> …;`
    Extern(Ident),
    /// `nop …;`
    Nop(List<Operand>),
    /// What is part of the language and not of ketlab, such as `defcal`; by its keyword.
    Unsupported(&'static str),
}

/// A header that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// `qelib1.inc`, of OpenQASM 2.
    Qelib1,
    /// `stdgates.inc`, of OpenQASM 3.
    Stdgates,
}

/// A gate definition or an opaque declaration.
#[derive(Debug, Clone, Copy)]
pub struct GateDef {
    /// Its name.
    pub name: Ident,
    /// Its angles, in [`idents`](super::Ast::idents).
    pub params: List<Ident>,
    /// Its qubits, in [`idents`](super::Ast::idents).
    pub qubits: List<Ident>,
    /// Its body, in [`bodies`](super::Ast::bodies); `None` for an opaque gate.
    pub body: Option<List<Stmt>>,
}

/// A gate with modifiers.
#[derive(Debug, Clone, Copy)]
pub struct Modified {
    /// From left to right.
    pub modifiers: List<Modifier>,
    /// The gate.
    pub gate: Ident,
    /// Its angles.
    pub args: List<Expr>,
    /// `gate(args)[duration] …`, in [`exprs`](super::Ast::exprs).
    pub duration: Option<u32>,
    /// The qubits: those of the leftmost control first.
    pub operands: List<Operand>,
}

/// What stands before an `@`. Numbers are indices in [`exprs`](super::Ast::exprs).
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)] // each is named as the language names it
pub enum Modifier {
    Inv,
    Pow(u32),
    /// `None` is one control.
    Ctrl(Option<u32>),
    NegCtrl(Option<u32>),
}

/// How a variable comes by its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is named as the language names it
pub enum Role {
    Variable,
    Const,
    Input,
    Output,
}

/// `int[8] name = value;`
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// In [`types`](super::Ast::types).
    pub ty: u32,
    /// The variable.
    pub name: Ident,
    /// Its initial value, in [`exprs`](super::Ast::exprs).
    pub value: Option<u32>,
    /// What it is for.
    pub role: Role,
}

/// `target op= value;`
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    /// A variable, bits or an element of an array.
    pub target: Operand,
    /// The operator of `+=` and the like.
    pub op: Option<BinaryOp>,
    /// In [`exprs`](super::Ast::exprs); its last step may be a measurement.
    pub value: u32,
}

/// `if (condition) then else otherwise`
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// In [`exprs`](super::Ast::exprs).
    pub condition: u32,
    /// Done when it holds.
    pub then: List<Stmt>,
    /// Done when not.
    pub otherwise: List<Stmt>,
}

/// `for type variable in values body`
#[derive(Debug, Clone, Copy)]
pub struct ForLoop {
    /// In [`types`](super::Ast::types).
    pub ty: u32,
    /// The variable.
    pub variable: Ident,
    /// A range in brackets, a set in braces, or an expression; in [`exprs`](super::Ast::exprs).
    pub values: u32,
    /// One round.
    pub body: List<Stmt>,
}

/// `switch (value) { case … }`
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    /// In [`exprs`](super::Ast::exprs).
    pub value: u32,
    /// The cases, in [`cases`](super::Ast::cases); that of `default` has no labels and is last.
    pub cases: List<Case>,
}

/// `case labels { body }`, or `default { body }` if there are no labels.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// The values.
    pub labels: List<Expr>,
    /// Done when one of them matches.
    pub body: List<Stmt>,
}

/// `def name(params) -> result { body }`
#[derive(Debug, Clone, Copy)]
pub struct Subroutine {
    /// Its name.
    pub name: Ident,
    /// In [`params`](super::Ast::params).
    pub params: List<Param>,
    /// In [`types`](super::Ast::types).
    pub result: Option<u32>,
    /// Its statements.
    pub body: List<Stmt>,
}

/// A parameter of a subroutine: `qubit[2] q`, `creg c[3]`, `mutable array[…] a`.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// In [`types`](super::Ast::types).
    pub ty: u32,
    /// The parameter.
    pub name: Ident,
    /// Whether an array is `mutable`; one that is not is `readonly`, anything else is a copy.
    pub mutable: bool,
}
