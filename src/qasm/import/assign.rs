//! Assignments to bits, to variables and to parts of them.

use super::Importer;
use super::operands::repeat;
use super::scope::Entity;
use super::variables::Slot;
use crate::circuit::Expr as Classical;
use crate::math::Bits;
use crate::qasm::ast::{Assignment, Expr, ExprKind, Index, Operand, PostfixOp, Span};
use crate::qasm::eval::{
    Context, Eval, EvalError, FixedAngle, Int, Selection, Type, Value, Wires, binary, cast,
    index_items, index_of, select,
};
use std::collections::HashSet;

/// What an assignment writes to.
enum Place {
    /// Classical bits of the circuit.
    Bits(Wires),
    /// A variable, or elements of an array.
    Variable(u32, Option<Vec<Value>>),
    /// Bits of a variable whose value is known.
    BitsOf(u32, Vec<usize>),
}

impl<'a> Importer<'a> {
    /// The value of an expression; a measurement at its end writes to `wires` at once, and then
    /// there is no value.
    pub(super) fn measured_into(&mut self, expr: &Expr, wires: &Wires) -> Eval<Option<Value>> {
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
        value.map(|value| (!used).then_some(value))
    }

    /// Writes a value to classical bits.
    pub(super) fn write_bits(&mut self, wires: &Wires, value: Value, span: Span) -> Eval<()> {
        let n = wires.len();
        let ty = Type::Bit(if let Wires::One(_) = wires { None } else { Some(n) });
        let all: Vec<u32> = wires.iter().collect();
        if let Some(k) = repeat(&all) {
            let message = format!("bit {k} of these is there twice");
            return Err(EvalError::new(span, message));
        }
        match cast(value, &ty, false, span, self)? {
            Value::Clbits(from) => {
                let mut from: Vec<u32> = from.iter().collect();
                // Bits that trade places in several pieces: from a copy.
                if all.len() > 128 && from != all && overlap(&all, &from) {
                    let Some((_, copy)) = self.take_scratch(n, span) else {
                        return Err(EvalError::said(span));
                    };
                    let copy: Vec<u32> = (copy..copy + n).collect();
                    self.write_pieces(&copy, &from);
                    from = copy;
                }
                self.write_pieces(&all, &from);
            }
            Value::Bits(bits) => self.write_known(&all, &bits),
            Value::Measured(m) => self.write(wires, m.expr.clone()),
            other => {
                return Err(EvalError::new(span, format!("{} is no bit string", other.describe())));
            }
        }
        Ok(())
    }

    /// Copies bits, as many at a time as an integer has.
    fn write_pieces(&mut self, to: &[u32], from: &[u32]) {
        for (to, from) in to.chunks(128).zip(from.chunks(128)) {
            if let Some(m) = Wires::from_list(from.to_vec()).measured() {
                self.write(&Wires::from_list(to.to_vec()), m.expr);
            }
        }
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
                self.start_from_zero(number, span);
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
                return wires.map(Place::Bits).ok_or(EvalError::said(ident.span));
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
    fn index_items(&mut self, expr: &Expr) -> Eval<Vec<Value>> {
        let ExprKind::Postfix(list) = expr.kind else { return Ok(vec![]) };
        // The name is the first step; what the index steps take is all the others leave.
        let nodes = list.of(&self.ast.nodes);
        let mut stack = std::mem::take(&mut self.stack);
        let items = index_items(self.ast, nodes, &mut stack, self);
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
                    Some(items) => index_of(whole, items, target.span()),
                }
            }
            Place::BitsOf(number, chosen) => {
                let whole = self.variable(*number, target.span())?;
                let items = chosen.iter().map(|&i| Value::Int(Int::literal(i as u128))).collect();
                index_of(whole, &[Value::Braces(items)], target.span())
            }
        }
    }
}

/// Whether two lists of bits have some in common.
fn overlap(a: &[u32], b: &[u32]) -> bool {
    let set: HashSet<u32> = a.iter().copied().collect();
    b.iter().any(|bit| set.contains(bit))
}

fn cast_to_bits(value: Value, width: u32, span: Span, context: &mut impl Context) -> Eval {
    cast(value, &Type::Bit(Some(width)), true, span, context)
}

/// A bit pattern as a value of the type.
fn bits_as(bits: &Bits, ty: &Type) -> Value {
    let raw = bits.value(0, bits.len().min(128));
    match ty {
        Type::Bool => Value::Bool(raw != 0),
        Type::Int(ty) => Value::Int(Int::new(raw, *ty)),
        Type::Angle(Some(width)) => Value::Angle(FixedAngle { turns: raw, width: *width }),
        _ => Value::Bits(bits.clone()),
    }
}
