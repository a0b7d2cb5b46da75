//! Declarations of variables, inputs, outputs and aliases; types with their widths.

use super::Importer;
use super::scope::{Entity, Origin};
use super::variables::{MAX_ELEMENTS, Slot};
use crate::gate::Angle;
use crate::qasm::ast::{Declaration, Ident, Role, Span, Symbol, TypeKind};
use crate::qasm::eval::{
    Eval, EvalError, Int, IntType, Symbolic, Type, Value, Wires, cast, integer,
};
use std::sync::Arc;

impl<'a> Importer<'a> {
    /// `int[8] x = 1;` and its like.
    pub(super) fn declaration(&mut self, decl: &'a Declaration, span: Span) -> Eval<()> {
        let ast = self.ast;
        let ty = self.resolve_type(decl.ty)?;
        let known = decl.role == Role::Const || decl.role == Role::Input;
        match (&ty, decl.role) {
            (Type::Stretch, _) => {
                let message = "`stretch` is not supported: its length needs the timing of a device";
                Err(EvalError::new(span, message))
            }
            (Type::Bit(size), role) if !known => {
                self.bit_register(decl, *size, role == Role::Output, span)
            }
            (_, Role::Input) => self.input(decl.name, &ty, span),
            (_, Role::Const) => {
                let Some(value) = decl.value else {
                    return Err(EvalError::new(span, "a constant has a value"));
                };
                let expr = &ast.exprs[value as usize];
                let value = self.constant(expr)?;
                if let Value::Measured(_) | Value::Clbits(_) | Value::Symbolic(_) = value {
                    let message = format!(
                        "a constant is known when the program is read, not {}",
                        value.describe()
                    );
                    return Err(EvalError::new(expr.span, message));
                }
                let value = cast(value, &ty, false, expr.span, self)?;
                self.add_variable(decl.name, ty, Some(value), true, span)
            }
            (_, role) => {
                let number = self.new_variable(decl.name, ty.clone(), span)?;
                if role == Role::Output {
                    self.pin_output(number, decl.name, &ty, span)?;
                }
                if let Some(value) = decl.value {
                    let expr = ast.exprs[value as usize];
                    let value = self.value(&expr)?;
                    self.store(number, None, value, expr.span)?;
                }
                // Only now: its own value does not see it.
                self.declare(decl.name, Entity::Variable(number));
                Ok(())
            }
        }
    }

    /// `bit c;`, `bit[n] c = value;`
    fn bit_register(
        &mut self,
        decl: &'a Declaration,
        size: Option<u32>,
        output: bool,
        span: Span,
    ) -> Eval<()> {
        let ast = self.ast;
        let n = size.unwrap_or(1);
        let global = self.scope.depth() == 0;
        let mut clear = false;
        let start = if global {
            let start = self.circuit.num_clbits() as u32;
            if !self.add_register(decl.name, n, false, span) {
                return Ok(());
            }
            if output {
                self.outputs.push(decl.name.name);
            }
            start
        } else {
            match self.take_named(n, decl.name) {
                Some((clean, start)) => {
                    clear = !clean;
                    start
                }
                None => return Err(EvalError::said(span)),
            }
        };
        let wires = match size {
            None => Wires::One(start),
            Some(n) => Wires::Run { start, size: n },
        };
        match decl.value {
            Some(value) => {
                let expr = ast.exprs[value as usize];
                let value = self.measured_into(&expr, &wires)?;
                if let Some(value) = value {
                    self.write_bits(&wires, value, expr.span)?;
                }
            }
            None if clear => self.clear(start, n),
            None => {}
        }
        let entity = match size {
            None => Entity::Bit(start),
            Some(size) => Entity::Bits { start, size },
        };
        self.declare(decl.name, entity);
        Ok(())
    }

    /// An `input`: known if a value is given, else a parameter of the circuit.
    fn input(&mut self, ident: Ident, ty: &Type, span: Span) -> Eval<()> {
        let name = self.ast.names.name(ident.name).to_owned();
        let given = self.options.inputs.get(&name).copied();
        let numeric = matches!(ty, Type::Float { .. } | Type::Angle(_) | Type::Int(_));
        let value = match given {
            Some(v) => {
                if matches!(ty, Type::Bit(_) | Type::Bool)
                    && !(v == 0.0 || v == 1.0 || matches!(ty, Type::Bit(Some(_))))
                {
                    let message =
                        format!("{v} is no value for the input `{name}` of type `{}`", ty.name());
                    return Err(EvalError::new(span, message).help("it is 0 or 1"));
                }
                self.inputs.push(name);
                let raw = match ty {
                    Type::Bit(_) | Type::Bool | Type::Int(_)
                        if v.fract() == 0.0 && v.abs() < 9e15 =>
                    {
                        let int = Int::new(v as i64 as i128 as u128, IntType::INT);
                        Value::Int(int)
                    }
                    _ => Value::Float(v),
                };
                cast(raw, ty, false, span, self)?
            }
            None if numeric => {
                let base = Angle::from(self.circuit.param(&name));
                Value::Symbolic(Arc::new(Symbolic { base, bits: vec![] }))
            }
            None => {
                let message = format!("the input `{name}` of type `{}` has no value", ty.name());
                return Err(EvalError::new(span, message)
                    .help(format!("give it one: `Options::inputs`, `--param {name}=VALUE`")));
            }
        };
        // A sized angle or an integer without a value is whatever value comes.
        let number = self.variables.len();
        self.add_variable(ident, ty.clone(), Some(value), true, span)?;
        self.variables[number].input = true;
        Ok(())
    }

    /// Gives an `output` that is no bit string a register of its own.
    fn pin_output(&mut self, number: u32, ident: Ident, ty: &Type, span: Span) -> Eval<()> {
        let Some(width) = ty.bits() else {
            let message =
                format!("an output of type `{}` is not supported: outcomes are bits", ty.name());
            return Err(EvalError::new(span, message)
                .help("an `int`, `uint`, `bool`, `bit` or sized `angle` can be one"));
        };
        let start = self.circuit.num_clbits() as u32;
        if self.add_register(ident, width, false, span) {
            self.outputs.push(ident.name);
            let variable = &mut self.variables[number as usize];
            variable.bits = Some(start);
            variable.pinned = true;
            variable.slots[0] = Slot::Live;
        }
        Ok(())
    }

    /// A type with its widths known.
    pub(super) fn resolve_type(&mut self, number: u32) -> Eval<Type> {
        let ast = self.ast;
        let written = &ast.types[number as usize];
        let width = match written.width {
            None => None,
            Some(at) => {
                let expr = &ast.exprs[at as usize];
                let value = self.constant(expr)?;
                let n = integer(&value, "a width", expr.span)?;
                let least = i64::from(!matches!(written.kind, TypeKind::Bit | TypeKind::Qubit));
                let most = match written.kind {
                    TypeKind::Int | TypeKind::Uint | TypeKind::Angle => 128,
                    _ => i64::from(u32::MAX >> 1),
                };
                if !(least..=most).contains(&n) {
                    let message = format!("a width of {n} is not possible here");
                    return Err(EvalError::new(expr.span, message)
                        .help(format!("it is from {least} to {most}")));
                }
                Some(n as u32)
            }
        };
        let int = |signed| Type::Int(IntType { signed, width: width.unwrap_or(64) });
        let ty = match written.kind {
            TypeKind::Qubit => Type::Qubit(width),
            TypeKind::Bit => Type::Bit(width),
            TypeKind::Bool => Type::Bool,
            TypeKind::Int => int(true),
            TypeKind::Uint => int(false),
            TypeKind::Float => Type::Float { width: width.unwrap_or(64) },
            TypeKind::Angle => Type::Angle(width),
            TypeKind::Complex => Type::Complex,
            TypeKind::Duration => Type::Duration,
            TypeKind::Stretch => Type::Stretch,
        };
        if written.dims.is_empty() {
            return Ok(ty);
        }
        let mut dims = vec![];
        for expr in written.dims.of(&ast.exprs) {
            let value = self.constant(expr)?;
            let n = integer(&value, "a dimension", expr.span)?;
            if !(1..=MAX_ELEMENTS as i64).contains(&n) {
                let message = format!("a dimension of {n} is not possible");
                return Err(EvalError::new(expr.span, message)
                    .help(format!("it is from 1 to {MAX_ELEMENTS}")));
            }
            dims.push(n as usize);
        }
        Ok(Type::Array(Box::new(ty), dims))
    }

    /// A new name for qubits or bits.
    pub(super) fn alias(&mut self, name: Ident, value: Value, span: Span) -> Eval<()> {
        let entity = match value {
            Value::Qubits(Wires::One(q)) => Entity::Qubit(q),
            Value::Qubits(Wires::Run { start, size }) => Entity::Qubits { start, size },
            Value::Clbits(Wires::One(c)) => Entity::Bit(c),
            Value::Clbits(Wires::Run { start, size }) => Entity::Bits { start, size },
            Value::Qubits(list) => {
                self.lists.push(list);
                Entity::QubitList(self.lists.len() as u32 - 1)
            }
            Value::Clbits(list) => {
                self.lists.push(list);
                Entity::BitList(self.lists.len() as u32 - 1)
            }
            other => {
                let message = format!("an alias names qubits or bits, not {}", other.describe());
                return Err(EvalError::new(span, message));
            }
        };
        self.declare(name, entity);
        Ok(())
    }

    /// The meaning of a name that the language gives.
    pub(super) fn set_physical(&mut self, name: Symbol, qubit: u32) {
        self.scope.set(name, Entity::Qubit(qubit), Origin::Language);
    }
}
