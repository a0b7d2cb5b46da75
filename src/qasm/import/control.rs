//! Blocks, branches and loops.
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
use crate::circuit::{Assign, BinaryOp, Expr as Classical, If, Op, While};
use crate::qasm::ast::{Branch, Case, ForLoop, List, Span, Stmt, Switch};
use crate::qasm::eval::{
    Eval, EvalError, IntType, Truth, Type, Value, binary, cast, condition, items,
};
use smallvec::{SmallVec, smallvec};

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

/// A loop that is being read.
#[derive(Debug)]
pub(super) struct Loop {
    /// The flag of `break`, and whether it is used.
    broken: (u32, bool),
    /// The flag of `continue`, and whether it is used in this round.
    continued: (u32, bool),
}

/// That none of the flags is up.
fn none_up(flags: &[u32]) -> Classical {
    let down = flags.iter().map(|&flag| Classical::Bit(flag).not());
    down.reduce(|a, b| a.binary(BinaryOp::And, b)).unwrap_or(Classical::Const(1))
}

fn join(flags: &mut Flags, more: Flags) {
    flags.extend(more);
    flags.sort_unstable();
    flags.dedup();
}

impl<'a> Importer<'a> {
    /// Appends an operation to the innermost block.
    #[inline]
    pub(super) fn emit(&mut self, op: Op) {
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
        let mark = self.scratch.mark();
        let flow = self.block(body);
        self.scratch.release(mark);
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
    fn prepare(&mut self, stmts: &'a [Stmt], span: Span) {
        let mut names = vec![];
        self.assigned(stmts, &mut names);
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
    fn region(&mut self, read: impl FnOnce(&mut Self) -> Flow) -> (Vec<Op>, Flags) {
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
            Truth::Known(true) => Ok(self.scoped(branch.then)),
            Truth::Known(false) => Ok(self.scoped(branch.otherwise)),
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
        let cases = switch.cases.of(&ast.cases);
        let known = !matches!(value, Value::Measured(_) | Value::Clbits(_));
        let mut conditions = vec![];
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
            if known && chosen {
                return Ok(self.scoped(case.body));
            }
            conditions.push(holds);
        }
        if known {
            return Ok(Flow::Next);
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

    fn open_loop(&mut self, span: Span) -> Eval<()> {
        let Some((_, flag)) = self.take_scratch(2, span) else {
            return Err(EvalError::new(span, "too many bits"));
        };
        self.loops.push(Loop { broken: (flag, false), continued: (flag + 1, false) });
        Ok(())
    }

    /// One round: its flags without that of `continue`, or how the loop ends.
    fn round(&mut self, read: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let start = self.block_len();
        let flow = read(self);
        let Some(l) = self.loops.last_mut() else { return flow };
        let (continued, broken) = (l.continued, l.broken.0);
        l.continued.1 = false;
        if continued.1 {
            self.insert_clear(start, continued.0);
        }
        match flow {
            Flow::Maybe(mut flags) => {
                flags.retain(|f| *f != continued.0);
                if flags.is_empty() { Flow::Next } else { Flow::Maybe(flags) }
            }
            Flow::Exit(Exit::Continue) => Flow::Next,
            other => {
                debug_assert!(broken >= super::scratch::SCRATCH);
                other
            }
        }
    }

    /// Closes a loop whose first operation is at `start`: its own flag is nobody else's.
    fn close_loop(&mut self, start: usize, mut flags: Flags) -> Flow {
        if let Some(l) = self.loops.pop()
            && l.broken.1
        {
            self.insert_clear(start, l.broken.0);
            flags.retain(|f| *f != l.broken.0);
        }
        if flags.is_empty() { Flow::Next } else { Flow::Maybe(flags) }
    }

    /// `for`: always unrolled.
    pub(super) fn for_loop(&mut self, stmt: &'a ForLoop, span: Span) -> Eval<Flow> {
        let ast = self.ast;
        let ty = self.resolve_type(stmt.ty)?;
        let expr = ast.exprs[stmt.values as usize];
        let values = self.value(&expr)?;
        let int = if let Type::Int(int) = ty { int } else { IntType::INT };
        let left = self.options.limits.expansion.saturating_sub(self.expanded);
        let values = items(&values, int, expr.span, left)?;
        self.open_loop(span)?;
        let start = self.block_len();
        let mut flags = Flags::new();
        for value in values {
            if self.faults.is_full() || !self.expand(1, span) {
                break;
            }
            let value = cast(value, &ty, false, expr.span, self)?;
            let read = |me: &mut Self| me.round(|me| me.for_round(stmt, &ty, value, span));
            let flow = if flags.is_empty() {
                read(self)
            } else {
                self.prepare(stmt.body.of(&ast.bodies), span);
                let (then, more) = self.region(read);
                if !then.is_empty() {
                    let condition = none_up(&flags);
                    self.emit(Op::If(Box::new(If { condition, then, otherwise: vec![] })));
                }
                Flow::Maybe(more)
            };
            match flow {
                Flow::Next => {}
                Flow::Maybe(more) => join(&mut flags, more),
                Flow::Exit(Exit::Break) => break,
                Flow::Exit(exit) => {
                    self.close_loop(start, flags);
                    return Ok(Flow::Exit(exit));
                }
            }
        }
        Ok(self.close_loop(start, flags))
    }

    fn for_round(&mut self, stmt: &'a ForLoop, ty: &Type, value: Value, span: Span) -> Flow {
        self.scope.enter();
        let mark = self.scratch.mark();
        let bound = self.add_variable(stmt.variable, ty.clone(), Some(value), false, span);
        if let Err(e) = bound {
            self.eval_error(e);
        }
        let flow = self.block(stmt.body);
        self.scratch.release(mark);
        self.scope.leave();
        flow
    }

    /// `while`: unrolled as long as the condition is known, a loop of the circuit from where it is
    /// not.
    pub(super) fn while_loop(&mut self, at: u32, body: List<Stmt>, span: Span) -> Eval<Flow> {
        let ast = self.ast;
        let expr = ast.exprs[at as usize];
        self.open_loop(span)?;
        let start = self.block_len();
        let mut flags = Flags::new();
        loop {
            if self.faults.is_full() || !self.expand(1, span) {
                break;
            }
            let (truth, effects) = match self.peek(&expr) {
                Ok(found) => found,
                Err(e) => {
                    self.loops.pop();
                    return Err(e);
                }
            };
            let round = |me: &mut Self| me.round(|me| me.scoped(body));
            match truth {
                Truth::Known(false) if !effects => break,
                Truth::Known(true) if !effects && flags.is_empty() => match round(self) {
                    Flow::Next => {}
                    Flow::Maybe(more) => join(&mut flags, more),
                    Flow::Exit(Exit::Break) => break,
                    Flow::Exit(exit) => {
                        self.close_loop(start, flags);
                        return Ok(Flow::Exit(exit));
                    }
                },
                Truth::Unknown => {
                    self.loops.pop();
                    return Err(EvalError::new(expr.span, "a condition on a gate's parameter"));
                }
                _ => {
                    let more = self.measured_loop(&expr, effects, &flags, body, span);
                    match more {
                        Ok(more) => join(&mut flags, more),
                        Err(e) => {
                            self.loops.pop();
                            return Err(e);
                        }
                    }
                    break;
                }
            }
        }
        Ok(self.close_loop(start, flags))
    }

    /// The truth of a condition, and whether finding it takes operations; these are dropped.
    fn peek(&mut self, expr: &crate::qasm::ast::Expr) -> Eval<(Truth, bool)> {
        self.blocks.push(vec![]);
        let mark = self.scratch.mark();
        let value = self.value(expr);
        self.scratch.release(mark);
        let ops = self.blocks.pop().unwrap_or_default();
        Ok((condition(value?, expr.span)?, !ops.is_empty()))
    }

    /// A loop of the circuit.
    fn measured_loop(
        &mut self,
        expr: &crate::qasm::ast::Expr,
        effects: bool,
        before: &Flags,
        body: List<Stmt>,
        span: Span,
    ) -> Eval<Flags> {
        self.prepare(body.of(&self.ast.bodies), span);
        let held = |me: &mut Self| {
            let value = me.value(expr)?;
            Ok(match condition(value, expr.span)? {
                Truth::Measured(e) => e,
                Truth::Known(holds) => Classical::Const(u128::from(holds)),
                Truth::Unknown => Classical::Const(0),
            })
        };
        // Where the condition itself takes operations, its value is kept in a bit: they are done
        // before the loop and at the end of each round.
        let kept = match effects {
            true => self.take_scratch(1, span).map(|(_, bit)| bit),
            false => None,
        };
        let mut holds = held(self)?;
        if let Some(bit) = kept {
            self.write(&crate::qasm::eval::Wires::One(bit), truth_bit(holds));
            holds = Classical::Bit(bit);
        }
        let mut error = None;
        let (ops, mut flags) = self.region(|me| {
            let flow = me.round(|me| me.scoped(body));
            if let (Some(bit), false) = (kept, matches!(flow, Flow::Exit(_))) {
                match held(me) {
                    Ok(e) => me.write(&crate::qasm::eval::Wires::One(bit), truth_bit(e)),
                    Err(e) => error = Some(e),
                }
            }
            flow
        });
        if let Some(e) = error {
            return Err(e);
        }
        join(&mut flags, before.clone());
        // A flag that a round raises ends the loop.
        for &flag in &flags {
            holds = holds.binary(BinaryOp::And, Classical::Bit(flag).not());
        }
        self.emit(Op::While(Box::new(While { condition: holds, body: ops })));
        Ok(flags)
    }

    /// `break;` and `continue;`
    pub(super) fn leave_loop(&mut self, exit: Exit, span: Span) -> Eval<Flow> {
        let around = self.calls.last().map_or(0, |call| call.loops);
        if self.loops.len() <= around {
            let word = if exit == Exit::Break { "break" } else { "continue" };
            return Err(EvalError::new(span, format!("`{word}` stands in a loop")));
        }
        Ok(Flow::Exit(exit))
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

/// 0 or 1.
fn truth_bit(e: Classical) -> Classical {
    e.binary(BinaryOp::Ne, Classical::Const(0))
}
