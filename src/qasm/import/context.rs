//! What expressions of a program refer to.

use super::Importer;
use super::scope::{Entity, Origin};
use super::undefined::describe;
use crate::circuit::{Circuit, Formula, Op};
use crate::gate::{Angle, Param};
use crate::qasm::Version;
use crate::qasm::ast::{Expr, Span, Symbol};
use crate::qasm::eval::{Context, Eval, EvalError, Symbolic, Type, Value, Wires, evaluate};
use std::f64::consts::{E, PI, TAU};

impl Importer<'_> {
    /// The value of an expression here.
    pub(super) fn value(&mut self, expr: &Expr) -> Eval {
        // Calls of subroutines evaluate inside, with a stack of their own.
        let mut stack = std::mem::take(&mut self.stack);
        let value = evaluate(self.ast, expr, &mut stack, self);
        self.stack = stack;
        if let Ok(Value::Measured(m)) = &value
            && !self.expand(m.expr.size(usize::MAX) as u64 / 2, expr.span)
        {
            return Err(EvalError::said(expr.span));
        }
        value
    }

    /// The value of an expression that is to be a constant: a size, a width, the value of a
    /// `const`. Relaxed, a variable whose value is known will do, with a warning; the variable of a
    /// loop without one.
    pub(super) fn constant(&mut self, expr: &Expr) -> Eval {
        self.variable_named = None;
        let value = self.value(expr)?;
        if let Some((name, span)) = self.variable_named {
            let text = self.ast.names.shown(name);
            let loops = matches!(self.scope.get(name), Entity::Variable(n) if self.variables[n as usize].in_loop);
            if self.options.strict && !loops {
                let message = format!("`{text}` is not a constant (strict mode)");
                return Err(EvalError::new(span, message).help("declare it `const`"));
            }
            if !loops {
                let message = format!("`{text}` is not `const`; its value here is taken");
                self.faults.warning(span, message).help("declare it `const`");
            }
        }
        Ok(value)
    }

    /// The value of an expression as an angle in radians, and what measured bits add to it.
    #[inline]
    pub(super) fn angle(&mut self, expr: &Expr) -> Eval<Symbolic> {
        let value = self.value(expr)?;
        if let Value::Float(v) = value {
            return Ok(Symbolic { base: Angle::Fixed(v), bits: vec![] });
        }
        crate::qasm::eval::angle(&value, expr.span, self)
    }

    /// The value of a constant of OpenQASM 3, by its name.
    pub(super) fn predefined(&self, name: Symbol) -> Option<f64> {
        match (self.version, self.ast.names.name(name)) {
            (Version::V2, _) => None,
            (_, "pi" | "π") => Some(PI),
            (_, "tau" | "τ") => Some(TAU),
            (_, "euler" | "ℇ") => Some(E),
            _ => None,
        }
    }

    pub(super) fn no_value(&mut self, name: Symbol, span: Span) -> EvalError {
        let text = self.ast.names.shown(name);
        let entity = self.scope.get(name);
        if self.version == Version::V2 {
            let message = format!("there is no value `{text}` here");
            return EvalError::new(span, message)
                .help("outside of gate bodies an angle is made of numbers and `pi`");
        }
        match entity {
            // Said already.
            Entity::Broken => EvalError::said(span),
            Entity::Free if self.scope.is_hidden(name) => {
                let message = format!("`{text}` cannot be seen from here");
                EvalError::new(span, message).help(
                    "a subroutine or gate sees its own parameters and the program's constants",
                )
            }
            Entity::Free => {
                let near = self.scope.suggest(&self.ast.names, &text, |e| {
                    !matches!(e, Entity::Free | Entity::Broken | Entity::Gate(_))
                });
                let message = format!("there is no `{text}`");
                // Say it once.
                self.scope.set(name, Entity::Broken, Origin::Header);
                let error = EvalError::new(span, message);
                match near {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                }
            }
            other => {
                EvalError::new(span, format!("`{text}` is {} and has no value", describe(other)))
            }
        }
    }
}

impl Context for Importer<'_> {
    fn version(&self) -> Version {
        self.version
    }

    fn strict(&self) -> bool {
        self.options.strict
    }

    fn name(&mut self, name: Symbol, span: Span) -> Eval {
        Ok(match self.scope.get(name) {
            Entity::Qubits { start, size } => Value::Qubits(Wires::Run { start, size }),
            Entity::Bits { start, size } => Value::Clbits(Wires::Run { start, size }),
            Entity::Qubit(qubit) => Value::Qubits(Wires::One(qubit)),
            Entity::Bit(clbit) => Value::Clbits(Wires::One(clbit)),
            Entity::QubitList(k) => Value::Qubits(self.lists[k as usize].clone()),
            Entity::BitList(k) => Value::Clbits(self.lists[k as usize].clone()),
            Entity::Variable(number) => {
                self.variable_named = Some((name, span));
                // An array is copied.
                let elements = self.variables[number as usize].slots.len() as u64;
                if !self.expand(elements / 8, span) {
                    return Err(EvalError::said(span));
                }
                return self.variable(number, span);
            }
            Entity::Const(number) => {
                if self.options.strict && self.variables[number as usize].input {
                    if self.scope.in_body() {
                        let text = self.ast.names.shown(name);
                        let message = format!(
                            "`{text}` is an `input`, which cannot be seen from here (strict mode)"
                        );
                        return Err(EvalError::new(span, message)
                            .help("a gate or subroutine sees its own parameters and constants"));
                    }
                    self.variable_named = Some((name, span));
                }
                return self.variable(number, span);
            }
            Entity::Free => match self.predefined(name) {
                Some(value) => Value::Float(value),
                None => return Err(self.no_value(name, span)),
            },
            _ => return Err(self.no_value(name, span)),
        })
    }

    fn apply(&mut self, name: Symbol, args: Vec<Value>, span: Span) -> Eval {
        self.call_subroutine(name, args, span)
    }

    fn measure(&mut self, qubits: Wires, span: Span) -> Eval {
        let n = qubits.len();
        let to = match self.measure_into.take() {
            Some(wires) if wires.len() == n => wires,
            Some(wires) => {
                let count = |n: u32, what: &str| match n {
                    1 => format!("one {what}"),
                    n => format!("{n} {what}s"),
                };
                let (from, to) = (count(n, "qubit"), count(wires.len(), "bit"));
                let message = format!("cannot measure {from} into {to}");
                return Err(EvalError::new(span, message));
            }
            None => match self.take_scratch(n, span) {
                None => return Err(EvalError::said(span)),
                Some((_, start)) => match qubits {
                    Wires::One(_) => Wires::One(start),
                    _ => Wires::Run { start, size: n },
                },
            },
        };
        if self.expand(u64::from(n).saturating_sub(1), span) {
            for i in 0..n {
                self.emit(Op::Measure { qubit: qubits.at(i), clbit: to.at(i) });
            }
        }
        Ok(Value::Clbits(to))
    }

    fn ty(&mut self, ty: u32, _span: Span) -> Eval<Type> {
        self.resolve_type(ty)
    }

    fn derived(&mut self, formula: Formula, span: Span) -> Eval<Param> {
        derived_param(&mut self.circuit, formula, span)
    }

    fn warn(&mut self, span: Span, message: &str, help: &str) {
        self.faults.warning(span, message).help(help);
    }
}

/// The parameter of the circuit that is this function of others. Its text is its name, so texts of
/// texts are bounded.
pub(super) fn derived_param(circuit: &mut Circuit, formula: Formula, span: Span) -> Eval<Param> {
    const MAX_NAME: usize = 10_000;
    let long = |angle: &Angle| {
        let names = angle.terms().iter().map(|t| circuit.params()[t.0.0 as usize].len());
        names.sum::<usize>()
    };
    if formula.operands().map(long).sum::<usize>() > MAX_NAME {
        let message = format!("a function of `input`s is longer than {MAX_NAME} characters");
        return Err(EvalError::new(span, message)
            .help("give some of the `input`s a value: `Options::inputs`, `--param NAME=VALUE`"));
    }
    circuit.try_derived(formula).map_err(|e| EvalError::new(span, e.to_string()))
}
