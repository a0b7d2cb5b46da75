//! Indices, slices, sets and concatenation.

use super::arithmetic::as_int;
use super::measured::{bit_of, runtime, wrapped};
use super::value::{Array, Int, IntType, MeasuredType, Value, Wires, mask};
use super::{Eval, EvalError};
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical};
use crate::math::Bits;
use crate::qasm::ast::Span;
use std::sync::Arc;

/// A known integer that fits in 64 bits.
pub fn integer(value: &Value, what: &str, span: Span) -> Eval<i64> {
    let known = match value {
        Value::Int(_) | Value::Bool(_) | Value::Bits(_) => {
            as_int(value).and_then(Int::signed).and_then(|v| i64::try_from(v).ok())
        }
        _ => None,
    };
    known.ok_or_else(|| {
        let error =
            EvalError::new(span, format!("{what} is a known integer, not {}", value.describe()));
        match value {
            Value::Symbolic(_) => {
                error.help("give the `input` a value: `Options::inputs`, `--param NAME=VALUE`")
            }
            Value::Float(v) if v.fract() == 0.0 && v.abs() < 9e15 => {
                error.help(format!("write `{v}`, without a point, or cast it: `int({v:?})`"))
            }
            _ => error,
        }
    })
}

/// What an index selects of `len` things.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// One of them.
    One(usize),
    /// Some of them, in order.
    Many(Vec<usize>),
}

/// The indices that a range stands for among `len` things, whose negative indices count from the
/// end.
fn ranged(
    range: (Option<i64>, Option<i64>, Option<i64>),
    len: usize,
    span: Span,
) -> Eval<Vec<usize>> {
    let (start, step, stop) = range;
    let step = step.unwrap_or(1);
    let n = len as i64;
    let place = |v: i64| if v < 0 { v + n } else { v };
    let (first, last) = if step > 0 { (0, n - 1) } else { (n - 1, 0) };
    let (start, stop) = (start.map_or(first, place), stop.map_or(last, place));
    let mut list = vec![];
    let mut at = start;
    while if step > 0 { at <= stop } else { at >= stop } {
        match usize::try_from(at).ok().filter(|i| *i < len) {
            Some(i) => list.push(i),
            None => return Err(out_of_range(at, len, span)),
        }
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(list)
}

fn out_of_range(index: i64, len: usize, span: Span) -> EvalError {
    let error = EvalError::new(span, format!("index {index} is out of range"));
    match len {
        0 => error.help("there is nothing in it"),
        1 => error.help("there is one item, number 0"),
        _ => error.help(format!("there are {len} items, 0 to {}", len - 1)),
    }
}

/// What `item` selects of `len` things.
pub fn select(item: &Value, len: usize, span: Span) -> Eval<Selection> {
    let one = |value: &Value| {
        let i = integer(value, "an index", span)?;
        let place = if i < 0 { i.saturating_add(len as i64) } else { i };
        let found = usize::try_from(place).ok().filter(|p| *p < len);
        found.ok_or_else(|| out_of_range(i, len, span))
    };
    match item {
        Value::Range(start, step, stop) => {
            Ok(Selection::Many(ranged((*start, *step, *stop), len, span)?))
        }
        Value::Braces(items) => Ok(Selection::Many(items.iter().map(one).collect::<Eval<_>>()?)),
        value => Ok(Selection::One(one(value)?)),
    }
}

/// `base[items]`.
pub fn index(base: Value, items: &[Value], span: Span) -> Eval {
    if let Value::Array(array) = &base {
        return array_index(array, items, span);
    }
    let [item] = items else {
        let message = format!("only an array has several indices, not {}", base.describe());
        return Err(EvalError::new(span, message));
    };
    match &base {
        Value::Unknown => Ok(Value::Unknown),
        Value::Qubits(Wires::One(_)) | Value::Clbits(Wires::One(_)) => {
            let message = format!("{} that is no register has no index", base.describe());
            Err(EvalError::new(span, message))
        }
        Value::Qubits(wires) => Ok(Value::Qubits(wires_at(wires, item, span)?)),
        Value::Clbits(wires) => match item {
            Value::Clbits(_) | Value::Measured(_) => measured_index(&base, item, span),
            _ => Ok(Value::Clbits(wires_at(wires, item, span)?)),
        },
        Value::Bits(bits) => {
            if let Value::Clbits(_) | Value::Measured(_) = item {
                return measured_index(&base, item, span);
            }
            let chosen = match select(item, bits.len(), span)? {
                Selection::One(i) => vec![i],
                Selection::Many(list) => list,
            };
            let mut part = Bits::zeros(chosen.len());
            chosen.iter().enumerate().for_each(|(k, &i)| part.set(k, bits.bit(i)));
            Ok(Value::Bits(part))
        }
        Value::Int(_) | Value::Angle(_) => {
            let i = as_int(&base).unwrap_or(Int::literal(0));
            let mut bits = Bits::zeros(i.ty.width as usize);
            bits.set_value(0, i.ty.width as usize, i.raw & mask(i.ty.width));
            index(Value::Bits(bits), items, span)
        }
        Value::Measured(m) => {
            if let Value::Clbits(_) | Value::Measured(_) = item {
                return measured_index(&base, item, span);
            }
            let chosen = match select(item, m.ty.int().width as usize, span)? {
                Selection::One(i) => vec![i],
                Selection::Many(list) => list,
            };
            let placed = chosen.iter().enumerate().map(|(k, &i)| {
                let bit = bit_of(m, i as u32);
                match k {
                    0 => bit,
                    _ => bit.binary(RuntimeOp::Shl, Classical::Const(k as u128)),
                }
            });
            let expr = placed.reduce(|a, b| a.binary(RuntimeOp::BitOr, b));
            let len = chosen.len() as u32;
            let ty = MeasuredType::Bits(len.max(1));
            Ok(wrapped(expr.unwrap_or(Classical::Const(0)), ty, Some(mask(len))))
        }
        other => Err(EvalError::new(span, format!("{} has no index", other.describe()))),
    }
}

/// A bit whose number is known only at run time; past the end it is 0.
fn measured_index(base: &Value, item: &Value, span: Span) -> Eval {
    let (m, by) = (runtime(base, span)?, runtime(item, span)?);
    let bit = m.expr.binary(RuntimeOp::Shr, by.expr).binary(RuntimeOp::BitAnd, Classical::Const(1));
    Ok(wrapped(bit, MeasuredType::Bits(1), Some(1)))
}

fn wires_at(wires: &Wires, item: &Value, span: Span) -> Eval<Wires> {
    Ok(match select(item, wires.len() as usize, span)? {
        Selection::One(i) => Wires::One(wires.at(i as u32)),
        Selection::Many(list) => {
            let mut sorted = list.clone();
            sorted.sort_unstable();
            if let Some(twice) = sorted.windows(2).find(|w| w[0] == w[1]) {
                return Err(EvalError::new(span, format!("index {} is there twice", twice[0])));
            }
            Wires::from_list(list.into_iter().map(|i| wires.at(i as u32)).collect())
        }
    })
}

/// The elements that indices select: their positions in row-major order and the shape of the
/// result (empty for one element). Items that are not given select whole dimensions.
pub fn elements(dims: &[usize], items: &[Value], span: Span) -> Eval<(Vec<usize>, Vec<usize>)> {
    if items.len() > dims.len() {
        let message =
            format!("the array has {} dimensions, but got {} indices", dims.len(), items.len());
        return Err(EvalError::new(span, message));
    }
    let (mut places, mut shape) = (vec![0usize], vec![]);
    for (k, &len) in dims.iter().enumerate() {
        let chosen = match items.get(k) {
            None => Selection::Many((0..len).collect()),
            Some(item) => select(item, len, span)?,
        };
        let list = match chosen {
            Selection::One(i) => vec![i],
            Selection::Many(list) => {
                shape.push(list.len());
                list
            }
        };
        places = places.iter().flat_map(|p| list.iter().map(move |i| p * len + i)).collect();
    }
    Ok((places, shape))
}

fn array_index(array: &Array, items: &[Value], span: Span) -> Eval {
    let (places, shape) = elements(&array.dims, items, span)?;
    if shape.is_empty() {
        return Ok(array.elements[places[0]].clone());
    }
    let elements = places.into_iter().map(|p| array.elements[p].clone()).collect();
    Ok(Value::Array(Arc::new(Array { dims: shape, elements, source: None })))
}

/// `a ++ b`.
pub(super) fn concat(a: Value, b: Value, span: Span) -> Eval {
    let joined = |a: &Wires, b: &Wires| {
        let all: Vec<u32> = a.iter().chain(b.iter()).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        match sorted.windows(2).any(|w| w[0] == w[1]) {
            true => Err(EvalError::new(span, "what is joined by `++` has something in common")),
            false => Ok(Wires::from_list(all)),
        }
    };
    match (&a, &b) {
        (Value::Qubits(x), Value::Qubits(y)) => Ok(Value::Qubits(joined(x, y)?)),
        (Value::Clbits(x), Value::Clbits(y)) => Ok(Value::Clbits(joined(x, y)?)),
        (Value::Bits(x), Value::Bits(y)) => {
            let mut all = Bits::zeros(x.len() + y.len());
            (0..x.len()).for_each(|i| all.set(i, x.bit(i)));
            (0..y.len()).for_each(|i| all.set(x.len() + i, y.bit(i)));
            Ok(Value::Bits(all))
        }
        (Value::Array(x), Value::Array(y)) if x.dims[1..] == y.dims[1..] => {
            let mut dims = x.dims.clone();
            dims[0] += y.dims[0];
            let elements = x.elements.iter().chain(&y.elements).cloned().collect();
            Ok(Value::Array(Arc::new(Array { dims, elements, source: None })))
        }
        _ => {
            let message = format!("{} and {} are not joined by `++`", a.describe(), b.describe());
            Err(EvalError::new(span, message).help("both are qubits, or bits, or arrays"))
        }
    }
}

/// The values that a loop runs through.
pub fn items(value: &Value, ty: IntType, span: Span, max: u64) -> Eval<Vec<Value>> {
    let int = |v: i128| Value::Int(Int::new(v as u128, ty));
    Ok(match value {
        Value::Range(Some(start), step, Some(stop)) => {
            let (start, step, stop) = (*start, step.unwrap_or(1), *stop);
            let distance = i128::from(stop) - i128::from(start);
            let count = if distance.signum() * i128::from(step.signum()) < 0 {
                0
            } else {
                distance / i128::from(step) + 1
            };
            if count > i128::from(max) {
                let message = format!("this loop has {count} rounds, past the limit of {max}");
                return Err(EvalError::new(span, message)
                    .help("the limit is `Limits::expansion` (`--max-expansion`)"));
            }
            (0..count).map(|k| int(i128::from(start) + k * i128::from(step))).collect()
        }
        Value::Range(..) => {
            let message = "the range of a loop has a start and an end";
            return Err(EvalError::new(span, message));
        }
        Value::Braces(values) => values.to_vec(),
        Value::Array(array) if array.dims.len() == 1 => array.elements.clone(),
        Value::Bits(bits) => (0..bits.len())
            .map(|i| Value::Bits(Bits::from_u64(u64::from(bits.bit(i)), 1)))
            .collect(),
        Value::Clbits(wires @ (Wires::Run { .. } | Wires::List(_))) => {
            wires.iter().map(|bit| Value::Clbits(Wires::One(bit))).collect()
        }
        other => {
            let message =
                format!("a loop runs through a range, a set or an array, not {}", other.describe());
            return Err(EvalError::new(span, message));
        }
    })
}
