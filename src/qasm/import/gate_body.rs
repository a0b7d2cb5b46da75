//! What stands in the body of a gate definition: calls, and in OpenQASM 3 loops around them.

use super::Importer;
use super::call::{DELAY, DELAY_HELP, Resolved};
use super::gate_definitions::{Arg, BodyCall, Meaning};
use super::scope::Entity;
use super::undefined::{describe, no_parameter};
use crate::gate::Qubits;
use crate::math::closest;
use crate::qasm::Version;
use crate::qasm::ast::{
    Expr, ExprKind, ForLoop, GateDef, Ident, Index, List, Modifier, Operand, Span, Stmt, StmtKind,
    Symbol,
};
use crate::qasm::eval::{
    Context, Eval, EvalError, IntType, Type, Value, angle, cast, evaluate, items,
};
use smallvec::SmallVec;

/// A checked body.
pub(super) struct Body {
    pub calls: Vec<BodyCall>,
    /// Gates that it stands for.
    pub cost: u64,
    /// Definitions below it.
    pub depth: usize,
    /// Whether nothing is wrong with it.
    pub sound: bool,
}

/// What an expression in a body refers to: the parameters, which have no value yet, and the
/// constants around.
struct Names<'i, 'a> {
    importer: &'i mut Importer<'a>,
    def: &'a GateDef,
    /// The constants that were named.
    used: Vec<(Symbol, Value)>,
}

impl Context for Names<'_, '_> {
    fn version(&self) -> Version {
        self.importer.version
    }

    fn strict(&self) -> bool {
        self.importer.options.strict
    }

    fn name(&mut self, name: Symbol, span: Span) -> Eval {
        let ast = self.importer.ast;
        if self.def.params.of(&ast.idents).iter().any(|p| p.name == name) {
            return Ok(Value::Unknown);
        }
        match self.importer.scope.get(name) {
            Entity::Const(_) | Entity::Variable(_) => {
                let value = self.importer.name(name, span)?;
                self.used.push((name, value.clone()));
                Ok(value)
            }
            Entity::Free if self.importer.predefined(name).is_some() => {
                let value = Value::Float(self.importer.predefined(name).unwrap_or(f64::NAN));
                self.used.push((name, value.clone()));
                Ok(value)
            }
            // The specification lets a gate see constants only; other readers take a variable's
            // value where the definition stands.
            Entity::Free if !self.importer.options.strict => {
                let Entity::Variable(number) = self.importer.scope.beyond(name) else {
                    return Err(no_parameter(ast, self.def, name, span));
                };
                let value = self.importer.variable(number, span)?;
                let text = ast.names.shown(name);
                self.importer
                    .faults
                    .warning(span, format!("`{text}` is not `const`; its value here is taken"))
                    .help("declare it `const`");
                self.used.push((name, value.clone()));
                Ok(value)
            }
            _ => Err(no_parameter(ast, self.def, name, span)),
        }
    }

    fn ty(&mut self, ty: u32, _span: Span) -> Eval<Type> {
        self.importer.resolve_type(ty)
    }

    fn warn(&mut self, span: Span, message: &str, help: &str) {
        self.importer.warn(span, message, help);
    }
}

impl<'a> Importer<'a> {
    /// The calls of a body.
    pub(super) fn gate_body(&mut self, def: &'a GateDef, body: List<Stmt>) -> Body {
        let mut result = Body { calls: vec![], cost: 0, depth: 0, sound: true };
        let floor = (self.version == Version::V3).then(|| self.scope.enter_body());
        self.body_statements(def, body, &mut result);
        if let Some(floor) = floor {
            self.scope.leave_body(floor);
        }
        result
    }

    fn body_statements(&mut self, def: &'a GateDef, body: List<Stmt>, result: &mut Body) {
        let ast = self.ast;
        for stmt in body.of(&ast.bodies) {
            if self.faults.is_full() {
                return;
            }
            match stmt.kind {
                StmtKind::Call { gate, args, operands } => {
                    self.body_call(def, gate, args, operands, vec![], stmt.span, result);
                }
                StmtKind::Modified(at) => {
                    let call = &ast.modified[at as usize];
                    if call.duration.is_some() {
                        self.faults.error(stmt.span, "a gate in a definition has no duration");
                        result.sound = false;
                        continue;
                    }
                    match self.body_modifiers(def, call.modifiers) {
                        Ok(modifiers) => {
                            let (gate, args) = (call.gate, call.args);
                            self.body_call(
                                def,
                                gate,
                                args,
                                call.operands,
                                modifiers,
                                stmt.span,
                                result,
                            );
                        }
                        Err(e) => {
                            self.eval_error(e);
                            result.sound = false;
                        }
                    }
                }
                StmtKind::Barrier(operands) | StmtKind::Nop(operands) => {
                    for operand in operands.of(&ast.operands) {
                        result.sound &= self.body_qubit(def, operand).is_some();
                    }
                }
                StmtKind::For(at) => {
                    if let Err(e) =
                        self.body_loop(def, &ast.for_loops[at as usize], stmt.span, result)
                    {
                        self.eval_error(e);
                        result.sound = false;
                    }
                }
                _ => {
                    self.faults
                        .error(
                            stmt.span,
                            "a gate definition holds gates, barriers and `for` loops only",
                        )
                        .help("a `def` can hold anything");
                    result.sound = false;
                }
            }
        }
    }

    fn body_loop(
        &mut self,
        def: &'a GateDef,
        stmt: &'a ForLoop,
        span: Span,
        result: &mut Body,
    ) -> Eval<()> {
        let ty = self.resolve_type(stmt.ty)?;
        let expr = self.ast.exprs[stmt.values as usize];
        let values = self.body_value(def, &expr)?.0;
        let int = if let Type::Int(int) = ty { int } else { IntType::INT };
        let left = self.options.limits.expansion.saturating_sub(self.expanded);
        let values = items(&values, int, expr.span, left)?;
        self.deeper(span)?;
        for value in values {
            if self.faults.is_full() || !self.expand(1, span) {
                result.sound = false;
                break;
            }
            self.scope.enter();
            let (mark, variables) = (self.scratch.mark(), self.variables.len());
            let bound = cast(value, &ty, false, expr.span, self).and_then(|value| {
                self.add_variable(stmt.variable, ty.clone(), Some(value), true, span)
            });
            match bound {
                Ok(()) => self.body_statements(def, stmt.body, result),
                Err(e) => {
                    self.eval_error(e);
                    result.sound = false;
                }
            }
            self.scratch.release(mark);
            self.variables.truncate(variables);
            self.scope.leave();
        }
        self.depth -= 1;
        Ok(())
    }

    /// The value of an expression in a body, and the constants that it names.
    fn body_value(&mut self, def: &'a GateDef, expr: &Expr) -> Eval<(Value, Vec<(Symbol, Value)>)> {
        let ast = self.ast;
        let mut stack = std::mem::take(&mut self.stack);
        let mut names = Names { importer: self, def, used: vec![] };
        let value = evaluate(ast, expr, &mut stack, &mut names);
        let used = names.used;
        self.stack = stack;
        Ok((value?, used))
    }

    fn body_modifiers(
        &mut self,
        def: &'a GateDef,
        modifiers: List<Modifier>,
    ) -> Eval<Vec<Resolved>> {
        let ast = self.ast;
        let mut resolved = vec![];
        for modifier in modifiers.of(&ast.modifiers) {
            let argument = match modifier {
                Modifier::Inv | Modifier::Ctrl(None) | Modifier::NegCtrl(None) => None,
                Modifier::Pow(at) | Modifier::Ctrl(Some(at)) | Modifier::NegCtrl(Some(at)) => {
                    let expr = ast.exprs[*at as usize];
                    let (value, _) = self.body_value(def, &expr)?;
                    if let Value::Unknown = value {
                        let message =
                            "a modifier that depends on the gate's parameter is not supported";
                        return Err(EvalError::new(expr.span, message));
                    }
                    Some((value, expr.span))
                }
            };
            resolved.push(self.resolve_modifier(*modifier, argument)?);
        }
        Ok(resolved)
    }

    #[allow(clippy::too_many_arguments)] // the parts of one statement
    fn body_call(
        &mut self,
        def: &'a GateDef,
        gate: Ident,
        args: List<Expr>,
        operands: List<Operand>,
        modifiers: Vec<Resolved>,
        span: Span,
        result: &mut Body,
    ) {
        let ast = self.ast;
        let mut sound = true;
        let controls: usize = modifiers.iter().map(Resolved::num_controls).sum();
        let num_qubits = operands.len().saturating_sub(controls);
        let called = self.callee(gate, Some(def), args.len(), num_qubits, span);
        if operands.len() < controls {
            self.faults.error(span, format!("{controls} controls need as many qubits"));
            sound = false;
        }
        let mut long = 0u64;
        let mut angles = SmallVec::new();
        for arg in args.of(&ast.exprs) {
            long += weight(arg);
            let found = self.body_value(def, arg).and_then(|(value, used)| match value {
                Value::Unknown => Ok(Arg::Expr(*arg, used)),
                // A whole name or number is no more than itself: 2 in every version.
                known => Ok(Arg::Known(angle(&known, arg.span, self)?.base)),
            });
            match found {
                Ok(arg) => angles.push(arg),
                Err(e) => {
                    self.eval_error(e);
                    sound = false;
                }
            }
        }
        let mut qubits = Qubits::new();
        for operand in operands.of(&ast.operands) {
            match self.body_qubit(def, operand) {
                Some(q) if qubits.contains(&q) => {
                    self.repeated(operand.name.name, None, gate.name, operand.span());
                    sound = false;
                }
                Some(q) => qubits.push(q),
                None => sound = false,
            }
        }
        let Some(called) = called.filter(|_| sound) else {
            result.sound = false;
            return;
        };
        // Of a definition's delays, as of its barriers, nothing is kept.
        let opaque = matches!(self.gates[called as usize].meaning, Meaning::Opaque(_));
        if opaque && args.len() == 1 && ast.names.name(gate.name) == "delay" && modifiers.is_empty()
        {
            self.faults.warning(gate.span, DELAY).help(DELAY_HELP);
            return;
        }
        // What depends on the definition's parameters is known when it is called with numbers.
        let power = self.power_cost(called, &modifiers, true);
        let callee = &self.gates[called as usize];
        result.cost =
            result.cost.saturating_add(callee.cost.saturating_mul(power)).saturating_add(long);
        result.depth = result.depth.max(callee.depth);
        result.sound &= !matches!(callee.meaning, Meaning::Broken);
        result.calls.push(BodyCall { gate: called, args: angles, qubits, modifiers, span });
    }

    /// The number of a qubit in its definition.
    fn body_qubit(&mut self, def: &GateDef, operand: &Operand) -> Option<u32> {
        let ast = self.ast;
        let qubits = def.qubits.of(&ast.idents);
        let name = operand.name.name;
        let text = ast.names.shown(name);
        let found = qubits.iter().position(|q| q.name == name);
        if let (Some(_), Index::One(index) | Index::Whole(index)) = (found, operand.index) {
            self.faults
                .error(index.span, format!("`{text}` is one qubit of a gate and has no index"));
            return None;
        }
        if found.is_none() {
            let is_param = def.params.of(&ast.idents).iter().any(|p| p.name == name);
            let gate = ast.names.shown(def.name.name);
            let own = || Some("a gate body uses the gate's own qubits only".to_owned());
            let (message, help) = match self.scope.get(name) {
                _ if is_param => (format!("`{text}` is a parameter, not a qubit"), None),
                Entity::Broken => return None,
                Entity::Free if self.scope.is_hidden(name) => {
                    (format!("`{text}` is not a qubit of gate `{gate}`"), own())
                }
                Entity::Free => {
                    let near = closest(&text, qubits.iter().map(|q| ast.names.name(q.name)));
                    let help = near.map(|n| format!("did you mean `{n}`?"));
                    (format!("gate `{gate}` has no qubit `{text}`"), help)
                }
                other => (
                    format!("`{text}` is {}, not a qubit of gate `{gate}`", describe(other)),
                    own(),
                ),
            };
            self.faults.error(operand.name.span, message).maybe_help(help);
        }
        found.map(|q| q as u32)
    }
}

/// What evaluating an expression once more costs, in gates: nothing for the usual lengths.
fn weight(expr: &Expr) -> u64 {
    match expr.kind {
        ExprKind::Leaf(_) => 0,
        ExprKind::Postfix(nodes) => nodes.len() as u64 / 16,
    }
}
