//! `for` and `while`.

use super::Importer;
use super::control::{Exit, Flags, Flow, join, none_up};
use super::scope::{Entity, Origin};
use crate::circuit::{BinaryOp, Expr as Classical, If, Op, While};
use crate::qasm::ast::{Expr, ForLoop, List, Span, Stmt};
use crate::qasm::eval::{
    Eval, EvalError, IntType, MeasuredType, Truth, Type, Value, Wires, cast, condition, items,
    runtime,
};

/// A loop that is being read.
#[derive(Debug)]
pub(super) struct Loop {
    /// The flag of `break`, and whether it is used.
    pub broken: (u32, bool),
    /// The flag of `continue`, and whether it is used in this round.
    pub continued: (u32, bool),
}

impl<'a> Importer<'a> {
    /// Counts a round; false, with a fault, past the limit.
    fn another_round(&mut self, span: Span) -> bool {
        let max = self.options.limits.expansion;
        if self.exhausted {
            return false;
        }
        if self.expanded >= max {
            self.exhausted = true;
            self.faults
                .error(
                    span,
                    format!("this loop goes on past the limit of {max} rounds and gates in all"),
                )
                .help("does it end? The limit is `Limits::expansion` (`--max-expansion`)");
            return false;
        }
        self.expanded += 1;
        true
    }

    fn open_loop(&mut self, span: Span) -> Eval<()> {
        let Some((_, flag)) = self.take_scratch(2, span) else {
            return Err(EvalError::said(span));
        };
        self.loops.push(Loop { broken: (flag, false), continued: (flag + 1, false) });
        Ok(())
    }

    /// One round: its flags without that of `continue`, or how the loop ends.
    fn round(&mut self, read: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let start = self.block_len();
        let flow = read(self);
        let Some(l) = self.loops.last_mut() else { return flow };
        let continued = l.continued;
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
            other => other,
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
        let values = self.kept(values, stmt, span)?;
        if values.is_empty() {
            self.scope.enter();
            self.scope.set(stmt.variable.name, Entity::Broken, Origin::Program(stmt.variable.span));
            self.check_names(stmt.body);
            self.scope.leave();
        }
        self.open_loop(span)?;
        let start = self.block_len();
        let mut flags = Flags::new();
        for value in values {
            if self.faults.is_full() || !self.another_round(span) {
                break;
            }
            let value = match cast(value, &ty, false, expr.span, self) {
                Ok(value) => value,
                Err(e) => {
                    self.loops.pop();
                    return Err(e);
                }
            };
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

    /// The values of a loop as they are at its start: measured ones are copied if the loop writes
    /// anything.
    fn kept(&mut self, values: Vec<Value>, stmt: &'a ForLoop, span: Span) -> Eval<Vec<Value>> {
        let mut written = vec![];
        self.assigned(stmt.body.of(&self.ast.bodies), &mut written);
        if written.is_empty() {
            return Ok(values);
        }
        let mut kept = vec![];
        for value in values {
            kept.push(match &value {
                Value::Clbits(_) => self.copied(value, &Type::Bit(None), span)?,
                Value::Measured(m) => {
                    let ty = match m.ty {
                        MeasuredType::Bool => Type::Bool,
                        MeasuredType::Bits(n) => Type::Bit(Some(n)),
                        MeasuredType::Int(ty) => Type::Int(ty),
                        MeasuredType::Angle(n) => Type::Angle(Some(n)),
                    };
                    self.copied(value, &ty, span)?
                }
                _ => value,
            });
        }
        Ok(kept)
    }

    /// A measured value in bits of its own.
    fn copied(&mut self, value: Value, ty: &Type, span: Span) -> Eval {
        let size = ty.bits().unwrap_or(1);
        let Some((_, start)) = self.take_scratch(size, span) else {
            return Err(EvalError::said(span));
        };
        let wires = Wires::Run { start, size };
        match value {
            Value::Clbits(_) => self.write_bits(&Wires::One(start), value, span)?,
            value => {
                let expr = runtime(&value, span)?.expr;
                self.write(&wires, expr);
            }
        }
        match ty {
            Type::Bit(None) => Ok(Value::Clbits(Wires::One(start))),
            Type::Bit(Some(_)) => Ok(Value::Clbits(wires)),
            ty => cast(Value::Clbits(wires), ty, true, span, self),
        }
    }

    fn for_round(&mut self, stmt: &'a ForLoop, ty: &Type, value: Value, span: Span) -> Flow {
        self.scope.enter();
        let (mark, variables) = (self.scratch.mark(), self.variables.len());
        let bound = self.add_variable(stmt.variable, ty.clone(), Some(value), false, span);
        match bound {
            Ok(()) => {
                if let Some(variable) = self.variables.last_mut() {
                    variable.in_loop = true;
                }
            }
            Err(e) => self.eval_error(e),
        }
        let flow = self.block(stmt.body);
        self.scratch.release(mark);
        self.variables.truncate(variables);
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
        for rounds in 0u64.. {
            if self.faults.is_full() || !self.another_round(span) {
                break;
            }
            let mut changed = vec![];
            self.changed_by(&expr, &mut changed);
            let before = self.saved(&changed);
            let (truth, effects) = match self.peek(&expr) {
                Ok(found) => found,
                Err(e) => {
                    self.loops.pop();
                    return Err(e);
                }
            };
            let round = |me: &mut Self| me.round(|me| me.scoped(body));
            match truth {
                Truth::Known(false) if !effects => {
                    if rounds == 0 {
                        self.check_names(body);
                    }
                    break;
                }
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
                    // It is evaluated anew there.
                    self.restore(before);
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
    fn peek(&mut self, expr: &Expr) -> Eval<(Truth, bool)> {
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
        expr: &Expr,
        effects: bool,
        before: &Flags,
        body: List<Stmt>,
        span: Span,
    ) -> Eval<Flags> {
        let mut changed = vec![];
        self.changed_by(expr, &mut changed);
        self.assigned(body.of(&self.ast.bodies), &mut changed);
        self.prepare_names(changed, span);
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
            self.write(&Wires::One(bit), truth_bit(holds));
            holds = Classical::Bit(bit);
        }
        let mut error = None;
        let (ops, mut flags) = self.region(|me| {
            let flow = me.round(|me| me.scoped(body));
            if let (Some(bit), false) = (kept, matches!(flow, Flow::Exit(_))) {
                match held(me) {
                    Ok(e) => me.write(&Wires::One(bit), truth_bit(e)),
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
}

/// 0 or 1.
fn truth_bit(e: Classical) -> Classical {
    e.binary(BinaryOp::Ne, Classical::Const(0))
}
