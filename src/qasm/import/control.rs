//! Blocks, branches, and how they are left.
//!
//! What is known while the program is read is decided at once: loops are unrolled, branches
//! chosen. What measured bits decide becomes control flow of the circuit. The part of a program
//! that only measured bits reach is called a *region* here; variables from outside that a region
//! writes are put into classical bits first ([`Importer::make_live`]).
//!
//! `break`, `continue`, `return` and `end` in a region raise a flag, and what follows in the
//! blocks around happens only if no flag is up.

use super::Importer;
use super::scope::Entity;
use crate::circuit::{Assign, BinaryOp, Expr as Classical, If, Op};
use crate::qasm::ast::{Branch, Case, List, Span, Stmt, Switch, Symbol};
use crate::qasm::eval::{Eval, EvalError, Truth, Value, binary, condition, integer};
use smallvec::{SmallVec, smallvec};
use std::collections::HashMap;

/// Most labels of a `switch` on measured bits: each is a step of a condition.
const MAX_LABELS: usize = 1000;

/// Flags that may be up.
pub(super) type Flags = SmallVec<[u32; 2]>;

/// How a statement ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Flow {
    /// The next one follows.
    Next,
    /// The next one follows unless one of these flags is up.
    Maybe(Flags),
    /// It is left for good.
    Exit(Exit),
}

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Break,
    Continue,
    Return,
    End,
}

/// That none of the flags is up.
pub(super) fn none_up(flags: &[u32]) -> Classical {
    let down = flags.iter().map(|&flag| Classical::Bit(flag).not());
    down.reduce(|a, b| a.binary(BinaryOp::And, b)).unwrap_or(Classical::Const(1))
}

pub(super) fn join(flags: &mut Flags, more: Flags) {
    flags.extend(more);
    flags.sort_unstable();
    flags.dedup();
}

impl<'a> Importer<'a> {
    /// Appends an operation to the innermost block.
    #[inline]
    pub(super) fn emit(&mut self, op: Op) {
        let len = self.blocks.last().map_or(self.circuit.ops().len(), Vec::len);
        // Where a long list is about to be copied to one of twice the size.
        if len >= 1 << 18 && len.is_power_of_two() && !self.has_room(len) {
            return;
        }
        match self.blocks.last_mut() {
            Some(block) => block.push(op),
            None => self.circuit.push_checked(op),
        }
    }

    /// Operations in the innermost block so far.
    pub(super) fn block_len(&self) -> usize {
        self.blocks.last().map_or(0, Vec::len)
    }

    /// Lowers a flag at an earlier place of the innermost block.
    pub(super) fn insert_clear(&mut self, at: usize, flag: u32) {
        let assign = Assign { clbits: smallvec![flag], value: Classical::Const(0) };
        if let Some(block) = self.blocks.last_mut() {
            block.insert(at.min(block.len()), Op::Assign(Box::new(assign)));
        }
    }

    /// Goes one level deeper into blocks and calls; an error at the limit.
    pub(super) fn deeper(&mut self, span: Span) -> Eval<()> {
        let max = self.options.limits.block_depth;
        if self.depth >= max {
            let message = format!("blocks and calls are nested more than {max} deep");
            return Err(EvalError::new(span, message).help("the limit is `Limits::block_depth`"));
        }
        self.depth += 1;
        Ok(())
    }

    /// A block with names of its own.
    pub(super) fn scoped(&mut self, body: List<Stmt>) -> Flow {
        self.scope.enter();
        let (mark, variables) = (self.scratch.mark(), self.variables.len());
        let flow = self.block(body);
        self.scratch.release(mark);
        self.variables.truncate(variables);
        self.scope.leave();
        flow
    }

    /// Statements in order.
    pub(super) fn block(&mut self, body: List<Stmt>) -> Flow {
        self.statements(body.of(&self.ast.bodies))
    }

    /// Statements in order; after one that may have left the block the rest is a region.
    pub(super) fn statements(&mut self, stmts: &'a [Stmt]) -> Flow {
        for (k, stmt) in stmts.iter().enumerate() {
            if self.faults.is_full() {
                return Flow::Next;
            }
            match self.statement(stmt) {
                Flow::Next => {}
                Flow::Exit(exit) => return Flow::Exit(exit),
                Flow::Maybe(mut flags) => {
                    let rest = &stmts[k + 1..];
                    if !rest.is_empty() {
                        self.prepare(rest, stmt.span);
                        let (then, inner) = self.region(|me| me.statements(rest));
                        let condition = none_up(&flags);
                        self.emit(Op::If(Box::new(If { condition, then, otherwise: vec![] })));
                        join(&mut flags, inner);
                    }
                    return Flow::Maybe(flags);
                }
            }
        }
        Flow::Next
    }

    /// Puts the variables that a region writes into bits.
    pub(super) fn prepare(&mut self, stmts: &'a [Stmt], span: Span) {
        let mut names = vec![];
        self.assigned(stmts, &mut names);
        self.prepare_names(names, span);
    }

    /// Puts variables into bits.
    pub(super) fn prepare_names(&mut self, mut names: Vec<Symbol>, span: Span) {
        names.sort_unstable();
        names.dedup();
        for name in names {
            if let Entity::Variable(number) = self.scope.get(name) {
                self.make_live(number, span);
            }
        }
    }

    /// What happens only under a condition on measured bits: the operations, and the flags that
    /// they may raise.
    pub(super) fn region(&mut self, read: impl FnOnce(&mut Self) -> Flow) -> (Vec<Op>, Flags) {
        self.blocks.push(vec![]);
        self.region += 1;
        let flags = match read(self) {
            Flow::Next => Flags::new(),
            Flow::Maybe(flags) => flags,
            Flow::Exit(exit) => self.raise(exit),
        };
        self.region -= 1;
        (self.blocks.pop().unwrap_or_default(), flags)
    }

    /// Raises the flag of an exit.
    fn raise(&mut self, exit: Exit) -> Flags {
        let flag = match exit {
            Exit::End => {
                self.end_used = true;
                self.end_flag
            }
            Exit::Return => match self.calls.last_mut() {
                Some(call) => {
                    call.flag_used = true;
                    call.flag
                }
                None => return Flags::new(),
            },
            Exit::Break | Exit::Continue => match self.loops.last_mut() {
                Some(l) => {
                    let flag = if exit == Exit::Break { &mut l.broken } else { &mut l.continued };
                    flag.1 = true;
                    flag.0
                }
                None => return Flags::new(),
            },
        };
        let assign = Assign { clbits: smallvec![flag], value: Classical::Const(1) };
        self.emit(Op::Assign(Box::new(assign)));
        smallvec![flag]
    }

    /// `if … else …`
    pub(super) fn branch(&mut self, branch: &'a Branch, span: Span) -> Eval<Flow> {
        let ast = self.ast;
        let expr = ast.exprs[branch.condition as usize];
        let value = self.value(&expr)?;
        match condition(value, expr.span)? {
            Truth::Known(true) => {
                self.check_names(branch.otherwise);
                Ok(self.scoped(branch.then))
            }
            Truth::Known(false) => {
                self.check_names(branch.then);
                Ok(self.scoped(branch.otherwise))
            }
            Truth::Unknown => Err(EvalError::new(expr.span, "a condition on a gate's parameter")),
            Truth::Measured(condition) => {
                self.prepare(branch.then.of(&ast.bodies), span);
                self.prepare(branch.otherwise.of(&ast.bodies), span);
                let (then, mut flags) = self.region(|me| me.scoped(branch.then));
                let (otherwise, more) = self.region(|me| me.scoped(branch.otherwise));
                join(&mut flags, more);
                if !then.is_empty() || !otherwise.is_empty() {
                    self.emit(Op::If(Box::new(If { condition, then, otherwise })));
                }
                Ok(if flags.is_empty() { Flow::Next } else { Flow::Maybe(flags) })
            }
        }
    }

    /// `switch`
    pub(super) fn switch(&mut self, switch: &'a Switch, span: Span) -> Eval<Flow> {
        let ast = self.ast;
        let expr = ast.exprs[switch.value as usize];
        let value = self.value(&expr)?;
        if let Value::Float(_) | Value::Complex(_) | Value::Symbolic(_) = value {
            let message = format!("a `switch` is on an integer or bits, not {}", value.describe());
            return Err(EvalError::new(expr.span, message));
        }
        let cases = switch.cases.of(&ast.cases);
        let known = !matches!(value, Value::Measured(_) | Value::Clbits(_));
        let (mut conditions, mut found) = (vec![], None);
        let mut labels: HashMap<i64, Span> = HashMap::new();
        let max = self.options.limits.block_depth;
        if !known && cases.len() > max {
            let message = format!("a `switch` on measured bits has at most {max} cases");
            return Err(EvalError::new(span, message)
                .help("they are branches inside each other; the limit is `Limits::block_depth`"));
        }
        for case in cases {
            let mut holds: Option<Classical> = None;
            let mut chosen = case.labels.is_empty();
            for label in case.labels.of(&ast.exprs) {
                let other = self.value(label)?;
                if let Value::Measured(_) | Value::Clbits(_) | Value::Symbolic(_) = other {
                    return Err(EvalError::new(
                        label.span,
                        "a case is known when the program is read",
                    ));
                }
                let n = integer(&other, "a case", label.span)?;
                if let Some(at) = labels.insert(n, label.span) {
                    let at = self.sources.place(at);
                    let message = format!("the case {n} is there already, at {at}");
                    return Err(EvalError::new(label.span, message));
                }
                if !known && labels.len() > MAX_LABELS {
                    let message =
                        format!("a `switch` on measured bits has at most {MAX_LABELS} labels");
                    return Err(EvalError::new(label.span, message));
                }
                let equal =
                    binary(crate::qasm::ast::BinaryOp::Eq, value.clone(), other, label.span, self)?;
                match condition(equal, label.span)? {
                    Truth::Known(equal) => chosen |= equal,
                    Truth::Measured(e) => {
                        holds = Some(match holds {
                            None => e,
                            Some(before) => before.binary(BinaryOp::Or, e),
                        });
                    }
                    Truth::Unknown => {}
                }
            }
            if known && chosen && found.is_none() {
                found = Some(case.body);
            }
            conditions.push(holds);
        }
        if known {
            for case in cases.iter().filter(|c| found.is_none_or(|f| !f.same(&c.body))) {
                self.check_names(case.body);
            }
            return Ok(found.map_or(Flow::Next, |body| self.scoped(body)));
        }
        for case in cases {
            self.prepare(case.body.of(&ast.bodies), span);
        }
        let mut flags = Flags::new();
        let ops = self.chain(cases, &conditions, &mut flags);
        ops.into_iter().for_each(|op| self.emit(op));
        Ok(if flags.is_empty() { Flow::Next } else { Flow::Maybe(flags) })
    }

    /// Cases as nested branches, read in order and nested from the last one on.
    fn chain(
        &mut self,
        cases: &'a [Case],
        conditions: &[Option<Classical>],
        flags: &mut Flags,
    ) -> Vec<Op> {
        let mut bodies = vec![];
        for (case, condition) in cases.iter().zip(conditions) {
            // A case that can never be is read for its faults only.
            let (ops, more) = self.region(|me| me.scoped(case.body));
            if condition.is_some() || case.labels.is_empty() {
                join(flags, more);
                bodies.push((condition.clone(), ops));
            }
        }
        let mut otherwise = vec![];
        for (condition, then) in bodies.into_iter().rev() {
            otherwise = match condition {
                None => then,
                Some(condition) => vec![Op::If(Box::new(If { condition, then, otherwise }))],
            };
        }
        otherwise
    }

    /// `end;`
    pub(super) fn end(&mut self, span: Span) -> Eval<Flow> {
        if !self.calls.is_empty() {
            let message = "`end` in a subroutine is not supported";
            return Err(EvalError::new(span, message).help("`return`, and end the program there"));
        }
        Ok(Flow::Exit(Exit::End))
    }
}
