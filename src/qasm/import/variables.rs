//! Variables. A value that is known while the program is read is kept here; one that depends on
//! measured bits lives in classical bits of the circuit.

use super::Importer;
use super::scope::Entity;
use crate::circuit::Expr as Classical;
use crate::qasm::ast::{Ident, Span, Symbol};
use crate::qasm::eval::{
    Array, Eval, EvalError, FixedAngle, Int, IntType, Measured, MeasuredType, Type, Value, Wires,
    cast, elements, mask, runtime, sign_extended,
};
use std::sync::Arc;

/// Most elements of an array.
pub(super) const MAX_ELEMENTS: usize = 1 << 20;

/// A classical variable that is no register of bits.
#[derive(Debug)]
pub(super) struct Variable {
    pub ident: Ident,
    /// The type, for an array that of an element.
    pub ty: Type,
    /// Empty for what is no array.
    pub dims: Vec<usize>,
    /// Where each element lives when its value is measured: this many bits each from here on.
    pub bits: Option<u32>,
    pub slots: Vec<Slot>,
    /// How many conditions on measured bits are around the declaration.
    pub region: u32,
    /// Whether it is to be in its bits always: an `output`.
    pub pinned: bool,
    /// Whether it is an `input`.
    pub input: bool,
    /// Whether it is the variable of a `for` loop.
    pub in_loop: bool,
}

/// The value of a variable or of an element.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// It has none.
    Unset,
    /// Known.
    Known(Value),
    /// In its bits.
    Live,
}

impl Variable {
    /// The bits of element `k`.
    pub(super) fn wires(&self, k: usize) -> Option<Wires> {
        let size = self.ty.bits()?;
        let start = self.bits? + k as u32 * size;
        Some(Wires::Run { start, size })
    }

    /// The value of element `k` in its bits.
    fn live(&self, k: usize) -> Option<Value> {
        let Wires::Run { start, size } = self.wires(k)? else { return None };
        let (max, register) = (Some(mask(size)), Classical::Register { start, len: size });
        let range = (size < 128).then(|| (-1 - mask(size - 1) as i128, mask(size - 1) as i128));
        let measured = |expr, ty, max| Value::Measured(Arc::new(Measured { expr, ty, max, range }));
        Some(match &self.ty {
            Type::Bool => measured(Classical::Bit(start), MeasuredType::Bool, Some(1)),
            Type::Bit(None) => Value::Clbits(Wires::One(start)),
            Type::Bit(Some(_)) => Value::Clbits(Wires::Run { start, size }),
            Type::Angle(Some(width)) => measured(register, MeasuredType::Angle(*width), max),
            Type::Int(ty @ IntType { signed: false, .. }) => {
                measured(register, MeasuredType::Int(*ty), max)
            }
            Type::Int(ty) if ty.width == 128 => measured(register, MeasuredType::Int(*ty), None),
            Type::Int(ty) => {
                measured(sign_extended(register, ty.width), MeasuredType::Int(*ty), None)
            }
            _ => return None,
        })
    }
}

impl<'a> Importer<'a> {
    /// A variable without a name yet.
    pub(super) fn new_variable(&mut self, ident: Ident, ty: Type, span: Span) -> Eval<u32> {
        let (ty, dims) = match ty {
            Type::Array(of, dims) => (*of, dims),
            other => (other, vec![]),
        };
        let count = dims.iter().try_fold(1usize, |n, d| n.checked_mul(*d));
        let Some(count) = count.filter(|n| *n <= MAX_ELEMENTS) else {
            let message = format!("an array has at most {MAX_ELEMENTS} elements");
            return Err(EvalError::new(span, message));
        };
        let total = ty.bits().and_then(|b| b.checked_mul(count as u32));
        let bits = match total {
            Some(total) => match self.take_named(total, ident) {
                Some((_, start)) => Some(start),
                None => return Err(EvalError::said(span)),
            },
            None => None,
        };
        let slots = vec![Slot::Unset; count];
        let region = self.region;
        let variable = Variable {
            ident,
            ty,
            dims,
            bits,
            slots,
            region,
            pinned: false,
            input: false,
            in_loop: false,
        };
        self.variables.push(variable);
        Ok(self.variables.len() as u32 - 1)
    }

    /// A variable with a value.
    pub(super) fn add_variable(
        &mut self,
        ident: Ident,
        ty: Type,
        value: Option<Value>,
        constant: bool,
        span: Span,
    ) -> Eval<()> {
        let number = self.new_variable(ident, ty, span)?;
        if let Some(value) = value {
            self.store(number, None, value, span)?;
        }
        let entity = if constant { Entity::Const(number) } else { Entity::Variable(number) };
        self.declare(ident, entity);
        Ok(())
    }

    /// The value of a variable.
    pub(super) fn variable(&mut self, number: u32, span: Span) -> Eval {
        if let Type::Angle(Some(_)) = self.variables[number as usize].ty {
            self.start_from_zero(number, span);
        }
        let variable = &self.variables[number as usize];
        let element = |k: usize| match &variable.slots[k] {
            Slot::Known(value) => Ok(value.clone()),
            Slot::Live => variable.live(k).ok_or_else(|| EvalError::new(span, "no bits")),
            Slot::Unset => {
                let name = self.ast.names.shown(variable.ident.name);
                Err(EvalError::new(span, format!("`{name}` has no value yet")))
            }
        };
        if variable.dims.is_empty() {
            return element(0);
        }
        // An element that has no value is an error where it is used, not here.
        let value = |k| element(k).unwrap_or(Value::Nothing);
        let elements = (0..variable.slots.len()).map(value).collect();
        let source = Some(number);
        Ok(Value::Array(Arc::new(Array { dims: variable.dims.clone(), elements, source })))
    }

    /// Relaxed, a sized angle that is used before it has a value is 0, with a warning, and so is
    /// any variable of which a bit is written before; the specification leaves the value open.
    pub(super) fn start_from_zero(&mut self, number: u32, span: Span) {
        let variable = &self.variables[number as usize];
        let unset = variable.dims.is_empty() && matches!(variable.slots[0], Slot::Unset);
        if !unset || self.options.strict {
            return;
        }
        let ty = variable.ty.clone();
        let zero = match &ty {
            Type::Bool => Value::Bool(false),
            Type::Int(int) => Value::Int(Int::new(0, *int)),
            Type::Angle(Some(width)) => Value::Angle(FixedAngle { turns: 0, width: *width }),
            _ => return,
        };
        let name = self.ast.names.shown(variable.ident.name);
        let message = format!("`{name}` has no value yet; it is taken to be 0");
        let help = format!("give it one: `{} {name} = …;`", ty.name());
        self.faults.warning(span, message).help(help);
        self.variables[number as usize].slots[0] = Slot::Known(zero);
    }

    /// Writes a value to a variable, or to the selected elements of an array.
    pub(super) fn store(
        &mut self,
        number: u32,
        items: Option<&[Value]>,
        value: Value,
        span: Span,
    ) -> Eval<()> {
        let variable = &self.variables[number as usize];
        let (ty, dims) = (variable.ty.clone(), variable.dims.clone());
        if dims.is_empty() {
            let value = match value {
                Value::Symbolic(s) if s.bits.is_empty() => Value::Symbolic(s),
                value => cast(value, &ty, false, span, self)?,
            };
            return self.store_slot(number, 0, value, span);
        }
        let (places, shape) = elements(&dims, items.unwrap_or(&[]), span)?;
        if shape.is_empty() {
            let value = cast(value, &ty, false, span, self)?;
            return self.store_slot(number, places[0], value, span);
        }
        let whole = Type::Array(Box::new(ty.clone()), shape);
        let Value::Array(array) = cast(value, &whole, false, span, self)? else {
            return Err(EvalError::new(span, "an array is due here"));
        };
        for (place, element) in places.into_iter().zip(array.elements.iter()) {
            if let Value::Nothing = element {
                continue;
            }
            let element = cast(element.clone(), &ty, false, span, self)?;
            self.store_slot(number, place, element, span)?;
        }
        Ok(())
    }

    pub(super) fn store_slot(
        &mut self,
        number: u32,
        k: usize,
        value: Value,
        span: Span,
    ) -> Eval<()> {
        let variable = &self.variables[number as usize];
        let measured = match &value {
            Value::Measured(_) | Value::Clbits(_) => true,
            Value::Symbolic(s) => !s.bits.is_empty(),
            _ => false,
        };
        let here = variable.region == self.region && !variable.pinned;
        if here && !measured {
            self.variables[number as usize].slots[k] = Slot::Known(value);
            return Ok(());
        }
        let Some(wires) = variable.wires(k) else {
            let ty = variable.ty.name();
            let name = self.ast.names.shown(variable.ident.name);
            let message =
                format!("`{name}` of type `{ty}` cannot hold what depends on measured bits");
            return Err(EvalError::new(span, message)
                .help("an `int`, `uint`, `bool`, `bit` or sized `angle` can"));
        };
        let value = match value {
            Value::Bits(_) | Value::Clbits(_) => {
                return {
                    self.write_bits(&wires, value, span)?;
                    self.variables[number as usize].slots[k] = Slot::Live;
                    Ok(())
                };
            }
            value => runtime(&value, span)?.expr,
        };
        self.write(&wires, value);
        self.variables[number as usize].slots[k] = Slot::Live;
        Ok(())
    }

    /// The values of variables, to be [restored](Self::restore).
    pub(super) fn saved(&self, names: &[Symbol]) -> Vec<(u32, Vec<Slot>)> {
        let variables = names.iter().filter_map(|&name| match self.scope.get(name) {
            Entity::Variable(number) => Some(number),
            _ => None,
        });
        variables.map(|n| (n, self.variables[n as usize].slots.clone())).collect()
    }

    /// Puts saved values back.
    pub(super) fn restore(&mut self, saved: Vec<(u32, Vec<Slot>)>) {
        for (number, slots) in saved {
            self.variables[number as usize].slots = slots;
        }
    }

    /// Before operations that happen only under a condition on measured bits: puts a variable
    /// that they write, and that was declared outside, into its bits.
    pub(super) fn make_live(&mut self, number: u32, span: Span) {
        let variable = &self.variables[number as usize];
        if variable.region > self.region {
            return;
        }
        for k in 0..variable.slots.len() {
            let variable = &self.variables[number as usize];
            let (Some(wires), Slot::Known(value)) = (variable.wires(k), &variable.slots[k]) else {
                continue;
            };
            // What has no bits is refused where it is written.
            let expr = match value {
                Value::Bits(_) => {
                    let value = value.clone();
                    if self.write_bits(&wires, value, span).is_ok() {
                        self.variables[number as usize].slots[k] = Slot::Live;
                    }
                    continue;
                }
                value => runtime(value, span),
            };
            if let Ok(m) = expr {
                self.write(&wires, m.expr);
                self.variables[number as usize].slots[k] = Slot::Live;
            }
        }
        // What has no value yet may get one there.
        let variable = &mut self.variables[number as usize];
        if variable.bits.is_some() {
            for slot in &mut variable.slots {
                if let Slot::Unset = slot {
                    *slot = Slot::Live;
                }
            }
        }
    }
}
