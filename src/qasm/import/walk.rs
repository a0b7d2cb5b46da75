//! What statements name, without running them.

use crate::qasm::ast::{
    Ast, Expr, ExprKind, Ident, Index, Leaf, List, Operand, PostfixOp, Stmt, StmtKind,
};

/// Something met on the walk, in the order of the text.
pub(super) enum Met<'a> {
    /// An expression.
    Expr(&'a Expr),
    /// A register, variable or qubit by its name, with the statement that names it.
    Named(Ident),
    /// What an assignment or measurement writes to.
    Written(Ident),
    /// A new name, known from here to the end of its block.
    Declared(Ident),
    /// A gate with this many angles and qubits, without its controls; `None` where their number is
    /// not plain.
    Gate(Ident, usize, Option<usize>),
    /// The start of a block.
    Open,
    /// Its end.
    Close,
}

/// Walks through statements and everything inside them.
pub(super) fn walk<'a>(ast: &'a Ast, stmts: &'a [Stmt], met: &mut impl FnMut(Met<'a>)) {
    for stmt in stmts {
        statement(ast, stmt, met);
    }
}

fn block<'a>(ast: &'a Ast, body: List<Stmt>, met: &mut impl FnMut(Met<'a>)) {
    met(Met::Open);
    walk(ast, body.of(&ast.bodies), met);
    met(Met::Close);
}

fn operands<'a>(list: &'a [Operand], met: &mut impl FnMut(Met<'a>)) {
    for operand in list {
        met(Met::Named(operand.name));
        index(operand, met);
    }
}

fn index<'a>(operand: &'a Operand, met: &mut impl FnMut(Met<'a>)) {
    match &operand.index {
        Index::One(expr) | Index::Whole(expr) => met(Met::Expr(expr)),
        Index::None => {}
    }
}

fn statement<'a>(ast: &'a Ast, stmt: &'a Stmt, met: &mut impl FnMut(Met<'a>)) {
    let expr = |at: u32| Met::Expr(&ast.exprs[at as usize]);
    match stmt.kind {
        StmtKind::Call { gate, args, operands: list } => {
            met(Met::Gate(gate, args.len(), Some(list.len())));
            args.of(&ast.exprs).iter().for_each(|e| met(Met::Expr(e)));
            operands(list.of(&ast.operands), met);
        }
        StmtKind::Modified(at) => {
            let call = &ast.modified[at as usize];
            met(Met::Gate(call.gate, call.args.len(), None));
            call.args.of(&ast.exprs).iter().for_each(|e| met(Met::Expr(e)));
            operands(call.operands.of(&ast.operands), met);
        }
        StmtKind::Measure(list) => {
            let list = list.of(&ast.operands);
            operands(&list[..1.min(list.len())], met);
            for target in list.iter().skip(1) {
                index(target, met);
                met(Met::Written(target.name));
            }
        }
        StmtKind::Reset(list) | StmtKind::Barrier(list) | StmtKind::Nop(list) => {
            operands(list.of(&ast.operands), met);
        }
        StmtKind::Delay { duration, operands: list } => {
            met(expr(duration));
            operands(list.of(&ast.operands), met);
        }
        StmtKind::If { body, .. } => walk(ast, body.of(&ast.bodies), met),
        StmtKind::Qubits { name, size } | StmtKind::Bits { name, size } => {
            size.into_iter().for_each(|at| met(expr(at)));
            met(Met::Declared(name));
        }
        StmtKind::Declare(at) => {
            let decl = &ast.declarations[at as usize];
            decl.value.into_iter().for_each(|at| met(expr(at)));
            met(Met::Declared(decl.name));
        }
        StmtKind::Alias { name, value } => {
            met(expr(value));
            met(Met::Declared(name));
        }
        StmtKind::Assign(at) => {
            let assignment = &ast.assignments[at as usize];
            met(expr(assignment.value));
            index(&assignment.target, met);
            met(Met::Written(assignment.target.name));
        }
        StmtKind::Expr(at) | StmtKind::Return(Some(at)) => met(expr(at)),
        StmtKind::Box { body, .. } | StmtKind::Scope(body) => block(ast, body, met),
        StmtKind::While { condition, body } => {
            met(expr(condition));
            block(ast, body, met);
        }
        StmtKind::For(at) => {
            let stmt = &ast.for_loops[at as usize];
            met(expr(stmt.values));
            met(Met::Open);
            met(Met::Declared(stmt.variable));
            walk(ast, stmt.body.of(&ast.bodies), met);
            met(Met::Close);
        }
        StmtKind::Branch(at) => {
            let branch = &ast.branches[at as usize];
            met(expr(branch.condition));
            block(ast, branch.then, met);
            block(ast, branch.otherwise, met);
        }
        StmtKind::Switch(at) => {
            let switch = &ast.switches[at as usize];
            met(expr(switch.value));
            for case in switch.cases.of(&ast.cases) {
                case.labels.of(&ast.exprs).iter().for_each(|e| met(Met::Expr(e)));
                block(ast, case.body, met);
            }
        }
        StmtKind::Gate(at) => met(Met::Declared(ast.gates[at as usize].name)),
        StmtKind::Def(at) => met(Met::Declared(ast.subroutines[at as usize].name)),
        StmtKind::Extern(name) | StmtKind::Broken(name) => met(Met::Declared(name)),
        _ => {}
    }
}

/// The names in an expression, each with whether it is a subroutine that is called.
pub(super) fn names(ast: &Ast, expr: &Expr, mut met: impl FnMut(Ident, bool)) {
    match expr.kind {
        ExprKind::Leaf(Leaf::Name(name)) => met(Ident { name, span: expr.span }, false),
        ExprKind::Leaf(_) => {}
        ExprKind::Postfix(list) => {
            for node in list.of(&ast.nodes) {
                match node.op {
                    PostfixOp::Leaf(Leaf::Name(name)) => {
                        met(Ident { name, span: node.span }, false)
                    }
                    PostfixOp::Apply(name, _) => met(Ident { name, span: node.span }, true),
                    _ => {}
                }
            }
        }
    }
}
