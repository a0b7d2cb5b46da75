//! Subroutines: their statements are read anew at each call, with the arguments in place of the
//! parameters.

use super::Importer;
use super::control::{Exit, Flow};
use super::operands::repeat;
use super::scope::{Entity, Origin};
use super::walk::{Met, names, walk};
use crate::circuit::Expr as Classical;
use crate::qasm::ast::{Expr, Ident, List, Param, Span, Stmt, Subroutine, Symbol};
use crate::qasm::eval::{Eval, EvalError, Type, Value, Wires, cast};

/// A call that is being read.
#[derive(Debug)]
pub(super) struct Call {
    /// What it gives back.
    ty: Option<Type>,
    /// How many conditions on measured bits are around it.
    region: u32,
    /// Blocks around its statements.
    depth: usize,
    /// Loops around it.
    pub loops: usize,
    /// The result, when it is known which `return` is reached.
    value: Option<Value>,
    /// Where the result goes when measured bits decide which `return` is reached.
    bits: Option<(u32, u32)>,
    /// Whether the result is there.
    in_bits: bool,
    /// Raised by a `return` that measured bits decide on.
    pub flag: u32,
    /// Whether there is such a `return`.
    pub flag_used: bool,
}

impl<'a> Importer<'a> {
    /// `def`
    pub(super) fn define_subroutine(&mut self, number: u32) {
        let def = &self.ast.subroutines[number as usize];
        if self.scope.depth() > 0 {
            self.faults.error(def.name.span, "a subroutine is defined outside of all blocks");
            return;
        }
        if self.declare(def.name, Entity::Subroutine(number)) {
            let faults = self.faults.len();
            let params: Vec<Ident> =
                def.params.of(&self.ast.params).iter().map(|p| p.name).collect();
            self.distinct(&params, "parameter");
            self.check_subroutine(def);
            if self.faults.len() > faults {
                // Calling it is no further fault.
                self.scope.set(def.name.name, Entity::Broken, Origin::Program(def.name.span));
            }
        }
    }

    /// Says that there is no such subroutine.
    pub(super) fn no_subroutine(&self, name: Symbol, span: Span) -> EvalError {
        let ast = self.ast;
        let text = ast.names.shown(name);
        if let Some(later) = ast.subroutines.iter().find(|s| s.name.name == name) {
            let at = self.sources.place(later.name.span);
            let message = format!("subroutine `{text}` is used before its definition");
            let help = format!("it is defined at {at}; move the definition before this line");
            return EvalError::new(span, message).help(help);
        }
        let near = self.scope.suggest(&ast.names, &text, |e| matches!(e, Entity::Subroutine(_)));
        let error = EvalError::new(span, format!("there is no subroutine `{text}`"));
        match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// A call with values for the parameters.
    pub(super) fn call_subroutine(&mut self, name: Symbol, args: Vec<Value>, span: Span) -> Eval {
        let ast = self.ast;
        let text = ast.names.shown(name);
        let def = match self.scope.get(name) {
            Entity::Subroutine(number) => &ast.subroutines[number as usize],
            Entity::Extern => {
                let message =
                    format!("`{text}` is an `extern`: its definition is not in the program");
                return Err(EvalError::new(span, message).help("write it as a `def`"));
            }
            Entity::Broken => return Err(EvalError::said(span)),
            Entity::Free => return Err(self.no_subroutine(name, span)),
            other => {
                let what = super::undefined::describe(other);
                return Err(EvalError::new(span, format!("`{text}` is {what}, not a subroutine")));
            }
        };
        let params = def.params.of(&ast.params);
        if params.len() != args.len() {
            let plural = if params.len() == 1 { "" } else { "s" };
            let message =
                format!("`{text}` takes {} argument{plural}, but got {}", params.len(), args.len());
            return Err(EvalError::new(span, message));
        }
        self.deeper(span)?;
        // Its own measurements are none of the caller's.
        let into = self.measure_into.take();
        let result = self.bound_call(def, args, span);
        self.measure_into = into;
        self.depth -= 1;
        result
    }

    fn bound_call(&mut self, def: &'a Subroutine, args: Vec<Value>, span: Span) -> Eval {
        let ty = def.result.map(|ty| self.resolve_type(ty)).transpose()?;
        let bits = match ty.as_ref().and_then(Type::bits) {
            Some(n) => self.take_scratch(n, span).map(|(_, start)| (start, n)),
            None => None,
        };
        let Some((_, flag)) = self.take_scratch(1, span) else {
            return Err(EvalError::said(span));
        };
        // Arguments that are arrays and can be changed are copied back at the end.
        let mut back: Vec<(u32, Ident)> = vec![];
        let types: Vec<Type> = def
            .params
            .of(&self.ast.params)
            .iter()
            .map(|p| self.param_type(p, &args, def))
            .collect::<Eval<_>>()?;
        let (variables, lists) = (self.variables.len(), self.lists.len());
        let floor = self.scope.enter_body();
        let loops = self.loops.len();
        let region = self.region;
        let depth = self.scope.depth();
        let call = Call {
            ty,
            region,
            depth,
            loops,
            value: None,
            bits,
            in_bits: false,
            flag,
            flag_used: false,
        };
        self.calls.push(call);
        let (start, faults) = (self.block_len(), self.faults.len());
        let bound = self.bind(def, types, args, &mut back, span);
        let flow = bound.map(|()| self.block(def.body));
        let call = self.calls.pop();
        // What is missing after a fault is its consequence.
        let failed = self.faults.len() > faults;
        let mut result = flow.and_then(|_| match self.result(def, call, start, span) {
            Err(_) if failed => Err(EvalError::said(span)),
            result => result,
        });
        for (variable, param) in back {
            if let Entity::Variable(local) = self.scope.get(param.name) {
                let value = self.variable(local, span);
                if let Err(e) = value.and_then(|v| self.store(variable, None, v, span)) {
                    result = result.and(Err(e));
                }
            }
        }
        self.scope.leave_body(floor);
        self.variables.truncate(variables);
        if !matches!(result, Ok(Value::Qubits(_) | Value::Clbits(_))) {
            self.lists.truncate(lists);
        }
        result
    }

    /// The type of a parameter; one that states only the number of dimensions has those of the
    /// argument.
    fn param_type(&mut self, param: &Param, args: &[Value], def: &Subroutine) -> Eval<Type> {
        let ty = self.resolve_type(param.ty)?;
        let written = &self.ast.types[param.ty as usize];
        let Some(at) = written.num_dims else { return Ok(ty) };
        let expr = self.ast.exprs[at as usize];
        let value = self.value(&expr)?;
        let n = crate::qasm::eval::integer(&value, "the number of dimensions", expr.span)?;
        let position = def.params.of(&self.ast.params).iter().position(|p| std::ptr::eq(p, param));
        match position.and_then(|k| args.get(k)) {
            Some(Value::Array(array)) if array.dims.len() as i64 == n => {
                Ok(Type::Array(Box::new(ty), array.dims.clone()))
            }
            _ => Err(EvalError::new(
                expr.span,
                format!("the argument is no array of {n} dimensions"),
            )),
        }
    }

    fn bind(
        &mut self,
        def: &'a Subroutine,
        types: Vec<Type>,
        args: Vec<Value>,
        back: &mut Vec<(u32, Ident)>,
        span: Span,
    ) -> Eval<()> {
        let params = def.params.of(&self.ast.params);
        let qubits: Vec<u32> = args
            .iter()
            .filter_map(|a| if let Value::Qubits(wires) = a { Some(wires.iter()) } else { None })
            .flatten()
            .collect();
        if let Some(k) = repeat(&qubits) {
            let label = self.circuit.qubits().label(qubits[k] as usize);
            return Err(EvalError::new(span, format!("qubit `{label}` is given twice")));
        }
        for ((param, ty), value) in params.iter().zip(types).zip(args) {
            let name = param.name;
            match (&ty, value) {
                (Type::Qubit(size), Value::Qubits(wires)) => {
                    let n = size.unwrap_or(1);
                    if wires.len() != n {
                        let text = self.ast.names.shown(name.name);
                        let message = format!("`{text}` is {n} qubits, but got {}", wires.len());
                        return Err(EvalError::new(span, message));
                    }
                    let wires =
                        if size.is_none() { Wires::One(wires.at(0)) } else { run_of(wires) };
                    self.alias(name, Value::Qubits(wires), span)?;
                }
                (Type::Bit(size), value) => {
                    let value = cast(value, &ty, false, span, self)?;
                    let n = size.unwrap_or(1);
                    let wires = match value {
                        // Nothing changes the caller's bits meanwhile, unless the parameter is
                        // assigned; then it is a copy.
                        Value::Clbits(wires) if !self.assigns(def.body, name.name) => wires,
                        value => {
                            let Some((_, start)) = self.take_scratch(n, span) else {
                                return Err(EvalError::said(span));
                            };
                            let wires = Wires::Run { start, size: n };
                            self.write_bits(&wires, value, span)?;
                            wires
                        }
                    };
                    let wires =
                        if size.is_none() { Wires::One(wires.at(0)) } else { run_of(wires) };
                    self.alias(name, Value::Clbits(wires), span)?;
                }
                (_, value) => {
                    let source = match &value {
                        Value::Array(array) if param.mutable => Some(array.source),
                        _ => None,
                    };
                    match source {
                        Some(Some(variable)) if back.iter().any(|b| b.0 == variable) => {
                            let message = "one array is given for two `mutable` parameters";
                            return Err(EvalError::new(span, message));
                        }
                        Some(Some(variable)) => back.push((variable, name)),
                        Some(None) => {
                            let message = "a `mutable` array is given as a variable's name";
                            return Err(EvalError::new(span, message));
                        }
                        None => {}
                    }
                    let readonly = matches!(ty, Type::Array(..)) && !param.mutable;
                    self.add_variable(name, ty, Some(value), readonly, span)?;
                }
            }
        }
        Ok(())
    }

    /// `return;` or `return value;`
    pub(super) fn give_back(&mut self, value: Option<u32>, span: Span) -> Eval<Flow> {
        let Some(call) = self.calls.last() else {
            let message = "`return` stands in a subroutine; `end` ends the program";
            return Err(EvalError::new(span, message));
        };
        let (ty, region, bits) = (call.ty.clone(), call.region, call.bits);
        // In an inner block the bits that the value reads are free again at its end.
        let inner = self.scope.depth() > call.depth;
        let value = match (value, ty) {
            (None, None) => None,
            (Some(value), Some(ty)) => {
                let expr = self.ast.exprs[value as usize];
                let value = self.value(&expr)?;
                Some((cast(value, &ty, false, expr.span, self)?, ty))
            }
            // The specification's own example does so.
            (Some(value), None) => {
                let expr = self.ast.exprs[value as usize];
                self.value(&expr)?;
                self.faults
                    .warning(span, "this subroutine has no result type; the value is dropped")
                    .help("write `-> bit` or the like after its parameters");
                None
            }
            (None, Some(ty)) => {
                let message = format!("a value of type `{}` is returned here", ty.name());
                return Err(EvalError::new(span, message));
            }
        };
        if let Some((value, ty)) = value {
            let measured = matches!(value, Value::Measured(_) | Value::Clbits(_));
            if region == self.region && !(inner && measured) {
                if let Some(call) = self.calls.last_mut() {
                    call.value = Some(value);
                }
            } else {
                let Some((start, n)) = bits else {
                    let message = format!(
                        "measured bits decide on this `return`, and a `{}` is no bits",
                        ty.name()
                    );
                    return Err(EvalError::new(span, message));
                };
                let wires = Wires::Run { start, size: n };
                match value {
                    Value::Bits(_) | Value::Clbits(_) => self.write_bits(&wires, value, span)?,
                    value => {
                        let expr: Classical = crate::qasm::eval::runtime(&value, span)?.expr;
                        self.write(&wires, expr);
                    }
                }
                if region == self.region
                    && let Some(call) = self.calls.last_mut()
                {
                    call.in_bits = true;
                }
            }
        }
        Ok(Flow::Exit(Exit::Return))
    }

    fn result(&mut self, def: &Subroutine, call: Option<Call>, start: usize, span: Span) -> Eval {
        let Some(call) = call else { return Ok(Value::Nothing) };
        if call.flag_used {
            self.insert_clear(start, call.flag);
        }
        let name = || self.ast.names.shown(def.name.name);
        match (call.ty, call.value, call.bits) {
            (None, ..) => Ok(Value::Nothing),
            (Some(ty), _, Some((start, n))) if call.flag_used || call.in_bits => {
                let wires = match ty {
                    Type::Bit(None) => Wires::One(start),
                    _ => Wires::Run { start, size: n },
                };
                match ty {
                    Type::Bit(_) => Ok(Value::Clbits(wires)),
                    _ => cast(Value::Clbits(wires), &ty, true, span, self),
                }
            }
            (Some(_), Some(value), _) => Ok(value),
            (Some(ty), None, _) => {
                let message = format!(
                    "`{}` ends without the value of type `{}` that it is to return",
                    name(),
                    ty.name()
                );
                Err(EvalError::new(span, message))
            }
        }
    }

    /// Whether statements write to that name.
    fn assigns(&self, body: List<Stmt>, name: Symbol) -> bool {
        let mut names = vec![];
        self.assigned(body.of(&self.ast.bodies), &mut names);
        names.contains(&name)
    }

    /// The names that statements may write to, also inside of blocks.
    pub(super) fn assigned(&self, stmts: &'a [Stmt], found: &mut Vec<Symbol>) {
        walk(self.ast, stmts, &mut |met| match met {
            Met::Written(ident) => found.push(ident.name),
            Met::Expr(expr) => self.changed_by(expr, found),
            _ => {}
        });
    }

    /// The arrays that subroutines called in an expression may change: every name in it.
    pub(super) fn changed_by(&self, expr: &Expr, found: &mut Vec<Symbol>) {
        let (mut all, mut calls) = (vec![], false);
        names(self.ast, expr, |ident, called| {
            calls |= called;
            all.push(ident.name);
        });
        if calls {
            found.extend(all);
        }
    }
}

/// A register even of a single one.
fn run_of(wires: Wires) -> Wires {
    match wires {
        Wires::One(wire) => Wires::Run { start: wire, size: 1 },
        other => other,
    }
}
