//! Variables. A value that is known while the program is read is kept here; one that depends on
//! measured bits lives in classical bits of the circuit.

use super::Importer;
use super::scope::{Entity, Origin};
use crate::circuit::Expr as Classical;
use crate::gate::Angle;
use crate::math::Bits;
use crate::qasm::ast::{
    Assignment, Declaration, ExprKind, Ident, Index, Operand, PostfixOp, Role, Span, TypeKind,
};
use crate::qasm::eval::{
    Array, Context, Eval, EvalError, IntType, Measured, MeasuredType, Selection, Symbolic, Type,
    Value, Wires, binary, cast, elements, mask, runtime, select, sign_extended,
};
use std::sync::Arc;

/// Most elements of an array.
const MAX_ELEMENTS: usize = 1 << 20;

/// A classical variable that is no register of bits.
#[derive(Debug)]
pub(super) struct Variable {
    pub ident: Ident,
    /// Of an element, for an array.
    pub ty: Type,
    /// Empty for what is no array.
    pub dims: Vec<usize>,
    /// Where each element lives when its value is measured: so many bits each from here on.
    bits: Option<u32>,
    slots: Vec<Slot>,
    /// How many conditions on measured bits are around the declaration.
    region: u32,
    /// Whether it is to be in its bits always: an `output`.
    pinned: bool,
}

/// The value of a variable or of an element.
#[derive(Debug, Clone)]
enum Slot {
    /// It has none.
    Unset,
    /// Known.
    Known(Value),
    /// In its bits.
    Live,
}

impl Variable {
    /// The bits of element `k`.
    fn wires(&self, k: usize) -> Option<Wires> {
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
                let value = self.value(expr)?;
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
                let region = self.region;
                let number = self.new_variable(decl.name, ty.clone(), span)?;
                if role == Role::Output {
                    self.pin_output(number, decl.name, &ty, span)?;
                }
                if let Some(value) = decl.value {
                    let expr = ast.exprs[value as usize];
                    let value = self.value(&expr)?;
                    debug_assert_eq!(region, self.region);
                    self.store(number, None, value, expr.span)?;
                }
                // Only now: its own value does not see it.
                self.name_variable(decl.name, Entity::Variable(number));
                Ok(())
            }
        }
    }

    fn name_variable(&mut self, ident: Ident, entity: Entity) {
        self.declare(ident, entity);
    }

    /// A variable without a name yet.
    fn new_variable(&mut self, ident: Ident, ty: Type, span: Span) -> Eval<u32> {
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
                None => return Err(EvalError::new(span, "too many bits")),
            },
            None => None,
        };
        let slots = vec![Slot::Unset; count];
        let region = self.region;
        let variable = Variable { ident, ty, dims, bits, slots, region, pinned: false };
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
        self.name_variable(ident, entity);
        Ok(())
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
                None => return Ok(()),
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

    /// The value of an expression; a measurement at its end writes to `wires` at once, and then
    /// there is no value.
    fn measured_into(
        &mut self,
        expr: &crate::qasm::ast::Expr,
        wires: &Wires,
    ) -> Eval<Option<Value>> {
        let measures = match expr.kind {
            ExprKind::Postfix(list) => {
                matches!(list.of(&self.ast.nodes).last(), Some(n) if n.op == PostfixOp::Measure)
            }
            ExprKind::Leaf(_) => false,
        };
        self.measure_into = measures.then(|| wires.clone());
        let value = self.value(expr);
        // Taken when it was used.
        let used = measures && self.measure_into.take().is_none();
        Ok(if used { None } else { Some(value?) })
    }

    /// An `input`: known if a value is given, else a parameter of the circuit.
    fn input(&mut self, ident: Ident, ty: &Type, span: Span) -> Eval<()> {
        let name = self.ast.names.name(ident.name).to_owned();
        let given = self.options.inputs.get(&name).copied();
        let numeric = matches!(ty, Type::Float { .. } | Type::Angle(_) | Type::Int(_));
        let value = match given {
            Some(v) => {
                self.inputs.push(name);
                let raw = match ty {
                    Type::Bit(_) | Type::Bool | Type::Int(_)
                        if v.fract() == 0.0 && v.abs() < 9e15 =>
                    {
                        let int =
                            crate::qasm::eval::Int::new(v as i64 as i128 as u128, IntType::INT);
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
        self.add_variable(ident, ty.clone(), Some(value), true, span)
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

    /// The value of a variable.
    pub(super) fn variable(&self, number: u32, span: Span) -> Eval {
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

    fn store_slot(&mut self, number: u32, k: usize, value: Value, span: Span) -> Eval<()> {
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

    /// Writes a value to classical bits.
    pub(super) fn write_bits(&mut self, wires: &Wires, value: Value, span: Span) -> Eval<()> {
        let n = wires.len();
        let ty = Type::Bit(if let Wires::One(_) = wires { None } else { Some(n) });
        let all: Vec<u32> = wires.iter().collect();
        if let Some(k) = super::operands::repeat(&all) {
            let message = format!("bit {k} of these is there twice");
            return Err(EvalError::new(span, message));
        }
        match cast(value, &ty, false, span, self)? {
            Value::Clbits(from) => {
                let from: Vec<u32> = from.iter().collect();
                // Piece by piece, in the order that reads each bit before it is written.
                let mut starts: Vec<usize> = (0..all.len()).step_by(128).collect();
                if from.first() < all.first() {
                    starts.reverse();
                }
                for start in starts {
                    let end = (start + 128).min(all.len());
                    let part = Wires::from_list(from[start..end].to_vec());
                    if let Some(m) = part.measured() {
                        self.write(&Wires::from_list(all[start..end].to_vec()), m.expr);
                    }
                }
            }
            Value::Bits(bits) => self.write_known(&all, &bits),
            Value::Measured(m) => self.write(wires, m.expr.clone()),
            other => {
                return Err(EvalError::new(span, format!("{} is no bit string", other.describe())));
            }
        }
        Ok(())
    }

    fn write_known(&mut self, all: &[u32], bits: &Bits) {
        for start in (0..all.len()).step_by(128) {
            let end = (start + 128).min(all.len());
            let value = Classical::Const(bits.value(start, end - start));
            self.write(&Wires::from_list(all[start..end].to_vec()), value);
        }
    }

    /// `target = value;`, `target += value;`
    pub(super) fn assignment(&mut self, assignment: &'a Assignment, span: Span) -> Eval<()> {
        let ast = self.ast;
        let target = assignment.target;
        let expr = ast.exprs[assignment.value as usize];
        let place = self.place(&target)?;
        if let (Place::Bits(wires), None) = (&place, assignment.op) {
            if let Some(value) = self.measured_into(&expr, wires)? {
                self.write_bits(wires, value, expr.span)?;
            }
            return Ok(());
        }
        let mut value = self.value(&expr)?;
        if let Some(op) = assignment.op {
            let old = self.read_place(&place, &target)?;
            value = binary(op, old, value, span, self)?;
            // `c <<= 1` and the like stay in the type of the target.
            if let Place::Bits(wires) = &place {
                let size = if let Wires::One(_) = wires { None } else { Some(wires.len()) };
                value = cast(value, &Type::Bit(size), true, span, self)?;
            }
        }
        self.write_place(place, value, expr.span)
    }

    /// `measure from -> target;` where the target is a number or a part of one.
    pub(super) fn measure_number(&mut self, from: Wires, target: &Operand, span: Span) -> Eval<()> {
        let place = self.place(target)?;
        if let Place::Bits(wires) = place {
            self.measure_into = Some(wires);
            return Context::measure(self, from, span).map(drop);
        }
        let bits = Context::measure(self, from, span)?;
        self.write_place(place, bits, span)
    }

    fn write_place(&mut self, place: Place, value: Value, span: Span) -> Eval<()> {
        match place {
            Place::Bits(wires) => self.write_bits(&wires, value, span),
            Place::Variable(number, items) => self.store(number, items.as_deref(), value, span),
            Place::BitsOf(number, chosen) => {
                // Bits of a known number, changed while the program is read.
                let whole = self.variable(number, span)?;
                let ty = self.variables[number as usize].ty.clone();
                let width = ty.bits().unwrap_or(1);
                let mut bits = match cast_to_bits(whole, width, span, self)? {
                    Value::Bits(bits) => bits,
                    other => return Err(EvalError::new(span, other.describe())),
                };
                let part = Type::Bit(Some(chosen.len() as u32));
                match cast(value, &part, false, span, self)? {
                    Value::Bits(new) => {
                        chosen.iter().enumerate().for_each(|(k, &i)| bits.set(i, new.bit(k)));
                        let value = bits_as(&bits, &ty);
                        self.store_slot(number, 0, value, span)
                    }
                    measured => {
                        // From here on the variable lives in its bits.
                        self.make_live(number, span);
                        let Some(wires) = self.variables[number as usize].wires(0) else {
                            return Err(EvalError::new(span, "no bits"));
                        };
                        let chosen = chosen.iter().map(|&i| wires.at(i as u32)).collect();
                        self.write_bits(&Wires::from_list(chosen), measured, span)
                    }
                }
            }
        }
    }

    /// What the left-hand side of an assignment names.
    fn place(&mut self, target: &Operand) -> Eval<Place> {
        let ident = target.name;
        let number = match self.scope.get(ident.name) {
            Entity::Variable(number) => number,
            Entity::Const(_) => {
                let name = self.ast.names.shown(ident.name);
                let message = format!("`{name}` is a constant and cannot be assigned");
                return Err(EvalError::new(ident.span, message));
            }
            _ => {
                // Bits, or something that is no target; both are said there.
                let wires = self.target(target, false);
                return wires.map(Place::Bits).ok_or(EvalError::new(ident.span, ""));
            }
        };
        let items = match target.index {
            Index::None => None,
            Index::One(index) => Some(vec![self.value(&index)?]),
            Index::Whole(expr) => Some(self.index_items(&expr)?),
        };
        let variable = &self.variables[number as usize];
        match items {
            Some(items) if variable.dims.is_empty() => {
                let [item] = &items[..] else {
                    return Err(EvalError::new(
                        target.span(),
                        "a number has one index, that of a bit",
                    ));
                };
                let Some(width) = variable.ty.bits() else {
                    let ty = variable.ty.name();
                    return Err(EvalError::new(target.span(), format!("a `{ty}` has no bits")));
                };
                let chosen = match select(item, width as usize, target.span())? {
                    Selection::One(i) => vec![i],
                    Selection::Many(list) => list,
                };
                let live = matches!(variable.slots[0], Slot::Live);
                match variable.wires(0).filter(|_| live || variable.region != self.region) {
                    Some(wires) => {
                        let list = chosen.iter().map(|&i| wires.at(i as u32)).collect();
                        Ok(Place::Bits(Wires::from_list(list)))
                    }
                    None => Ok(Place::BitsOf(number, chosen)),
                }
            }
            items => Ok(Place::Variable(number, items)),
        }
    }

    /// The index items of `a[i][j, k]`, in order.
    fn index_items(&mut self, expr: &crate::qasm::ast::Expr) -> Eval<Vec<Value>> {
        let ExprKind::Postfix(list) = expr.kind else { return Ok(vec![]) };
        // The name is the first step; what the index steps take is all the others leave.
        let nodes = list.of(&self.ast.nodes);
        let mut stack = std::mem::take(&mut self.stack);
        let items = crate::qasm::eval::index_items(self.ast, nodes, &mut stack, self);
        self.stack = stack;
        items
    }

    fn read_place(&mut self, place: &Place, target: &Operand) -> Eval {
        match place {
            Place::Bits(wires) => Ok(Value::Clbits(wires.clone())),
            Place::Variable(number, items) => {
                let whole = self.variable(*number, target.span())?;
                match items {
                    None => Ok(whole),
                    Some(items) => crate::qasm::eval::index_of(whole, items, target.span()),
                }
            }
            Place::BitsOf(number, chosen) => {
                let whole = self.variable(*number, target.span())?;
                let items = chosen.iter().map(|&i| Value::Float(i as f64)).collect();
                crate::qasm::eval::index_of(whole, &[Value::Braces(items)], target.span())
            }
        }
    }

    /// A type with its widths known.
    pub(super) fn resolve_type(&mut self, number: u32) -> Eval<Type> {
        let ast = self.ast;
        let written = &ast.types[number as usize];
        let width = match written.width {
            None => None,
            Some(at) => {
                let expr = &ast.exprs[at as usize];
                let value = self.value(expr)?;
                let n = crate::qasm::eval::integer(&value, "a width", expr.span)?;
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
            let value = self.value(expr)?;
            let n = crate::qasm::eval::integer(&value, "a dimension", expr.span)?;
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
    pub(super) fn set_physical(&mut self, name: crate::qasm::ast::Symbol, qubit: u32) {
        self.scope.set(name, Entity::Qubit(qubit), Origin::Language);
    }
}

/// What an assignment writes to.
enum Place {
    /// Classical bits of the circuit.
    Bits(Wires),
    /// A variable, or elements of an array.
    Variable(u32, Option<Vec<Value>>),
    /// Bits of a variable whose value is known.
    BitsOf(u32, Vec<usize>),
}

fn cast_to_bits(value: Value, width: u32, span: Span, context: &mut impl Context) -> Eval {
    cast(value, &Type::Bit(Some(width)), true, span, context)
}

/// A bit pattern as a value of the type.
fn bits_as(bits: &Bits, ty: &Type) -> Value {
    let raw = bits.value(0, bits.len().min(128));
    match ty {
        Type::Bool => Value::Bool(raw != 0),
        Type::Int(ty) => Value::Int(crate::qasm::eval::Int::new(raw, *ty)),
        Type::Angle(Some(width)) => {
            Value::Angle(crate::qasm::eval::FixedAngle { turns: raw, width: *width })
        }
        _ => Value::Bits(bits.clone()),
    }
}
