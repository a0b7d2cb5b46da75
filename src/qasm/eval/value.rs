//! What an expression can be worth.

use crate::circuit::{Duration, Expr as Classical, MAX_INTEGER_BITS};
use crate::gate::Angle;
use crate::math::Bits;
use crate::qasm::ast::Huge;
use num_complex::Complex64;
use std::sync::Arc;

/// A value. What depends on measured bits is [`Measured`](Value::Measured) or
/// [`Symbolic`](Value::Symbolic); everything else is known while the program is read.
#[derive(Debug, Clone)]
pub enum Value {
    /// That of a gate's parameter while the definition is checked. Constant parts of an
    /// expression are evaluated all the same, so `a / 0` is an error where it is written.
    Unknown,
    /// No value: what a subroutine without a result gives.
    Nothing,
    /// A real number.
    Float(f64),
    /// An integer.
    Int(Int),
    /// An integer literal of more than 128 bits.
    Huge(Arc<Huge>),
    /// `true` or `false`.
    Bool(bool),
    /// A bit string.
    Bits(Bits),
    /// A fixed-point angle: 2π·turns/2^width.
    Angle(FixedAngle),
    /// A complex number.
    Complex(Complex64),
    /// A length of time.
    Duration(Duration),
    /// A real number that is linear in the circuit's parameters and in measured bits.
    Symbolic(Arc<Symbolic>),
    /// A classical value that is known when the circuit runs.
    Measured(Arc<Measured>),
    /// Qubits, by their indices in the circuit.
    Qubits(Wires),
    /// Classical bits, by their indices in the circuit; stands for their value at run time.
    Clbits(Wires),
    /// `start:step:stop`.
    Range(Option<i64>, Option<i64>, Option<i64>),
    /// `{a, b}`.
    Braces(Arc<[Value]>),
    /// An array.
    Array(Arc<Array>),
    /// What could not be evaluated, while it may turn out not to matter: `i > 0 && a[i - 1] == 1`.
    Failed(Box<super::EvalError>),
}

/// An integer of 1 to 128 bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Int {
    /// Sign-extended or zero-extended to 128 bits.
    pub raw: u128,
    /// Its type.
    pub ty: IntType,
    /// Whether a division on the way dropped a remainder; a warning when it becomes an angle.
    pub truncated: bool,
    /// Whether it is a literal, or made of literals: it has no type of its own then.
    pub literal: bool,
}

/// `int[width]` or `uint[width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntType {
    /// Whether it is `int`.
    pub signed: bool,
    /// 1 to 128.
    pub width: u32,
}

impl IntType {
    /// What `int` without a width is, and a literal.
    pub const INT: IntType = IntType { signed: true, width: 64 };

    /// `uint[width]`.
    pub fn unsigned(width: u32) -> Self {
        IntType { signed: false, width }
    }

    /// The low `width` bits as this type holds them.
    pub fn wrap(self, raw: u128) -> u128 {
        let raw = raw & mask(self.width);
        let sign = 1u128 << (self.width - 1);
        if self.signed { (raw ^ sign).wrapping_sub(sign) } else { raw }
    }

    /// The type of a result of both: the wider one; unsigned if the widest is.
    pub fn common(self, other: IntType) -> IntType {
        let width = self.width.max(other.width);
        let signed = |t: IntType| t.signed || t.width < width;
        let both = signed(self) && signed(other) && (self.signed || other.signed);
        IntType { signed: both, width }
    }
}

/// `width` ones.
pub fn mask(width: u32) -> u128 {
    if width >= 128 { u128::MAX } else { (1 << width) - 1 }
}

impl Int {
    /// A value of that type, wrapped into it.
    pub fn new(raw: u128, ty: IntType) -> Self {
        Int { raw: ty.wrap(raw), ty, truncated: false, literal: false }
    }

    /// A literal: the smallest of `int[64]`, `int[128]`, `uint[128]` that holds it.
    pub fn literal(value: u128) -> Self {
        let ty = match value {
            v if v <= i64::MAX as u128 => IntType::INT,
            v if v <= i128::MAX as u128 => IntType { signed: true, width: 128 },
            _ => IntType::unsigned(128),
        };
        Int { literal: true, ..Int::new(value, ty) }
    }

    /// As a signed number; `None` where it does not fit.
    pub fn signed(self) -> Option<i128> {
        if self.ty.signed { Some(self.raw as i128) } else { i128::try_from(self.raw).ok() }
    }

    /// As a real number.
    pub fn to_f64(self) -> f64 {
        if self.ty.signed { self.raw as i128 as f64 } else { self.raw as f64 }
    }
}

/// See [`Value::Angle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedAngle {
    /// In units of 2π/2^width, below 2^width.
    pub turns: u128,
    /// 1 to 128.
    pub width: u32,
}

impl FixedAngle {
    /// The nearest to an angle in radians.
    pub fn nearest(radians: f64, width: u32) -> Self {
        let part = (radians / std::f64::consts::TAU).rem_euclid(1.0);
        let turns = (part * 2f64.powi(width as i32)).round();
        // One full turn is none.
        let turns = if turns >= 2f64.powi(width as i32) { 0 } else { turns as u128 };
        FixedAngle { turns, width }
    }

    /// In radians, from 0 to 2π.
    pub fn radians(self) -> f64 {
        self.turns as f64 * std::f64::consts::TAU / 2f64.powi(self.width as i32)
    }
}

/// See [`Value::Symbolic`]: the base plus, for each bit that is 1, its summand.
#[derive(Debug, Clone)]
pub struct Symbolic {
    /// A number, or linear in parameters.
    pub base: Angle,
    /// Measured bits (values 0 and 1) with their summands.
    pub bits: Vec<(Classical, f64)>,
}

/// See [`Value::Measured`].
#[derive(Debug, Clone)]
pub struct Measured {
    /// Its value as [`Int`] holds it: sign- or zero-extended to 128 bits.
    pub expr: Classical,
    /// Its type.
    pub ty: MeasuredType,
    /// If it is never negative: the largest value it can have.
    pub max: Option<u128>,
    /// If it may be negative: its range, where that is known.
    pub range: Option<(i128, i128)>,
}

impl Measured {
    /// A value that is never negative.
    pub fn below(expr: Classical, ty: MeasuredType, max: u128) -> Self {
        Measured { expr, ty, max: Some(max), range: None }
    }

    /// The range of its values, where it is known and not too wide.
    pub fn bounds(&self) -> Option<(i128, i128)> {
        match self.max {
            Some(max) => Some((0, i128::try_from(max).ok()?)),
            None => self.range,
        }
    }
}

/// The types of [`Measured`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MeasuredType {
    Bool,
    /// A bit string of 1 to 128 bits.
    Bits(u32),
    Int(IntType),
    /// A fixed-point angle of that width.
    Angle(u32),
}

impl MeasuredType {
    /// The integer that it is in arithmetic.
    pub fn int(self) -> IntType {
        match self {
            MeasuredType::Bool => IntType::unsigned(1),
            MeasuredType::Bits(n) | MeasuredType::Angle(n) => IntType::unsigned(n),
            MeasuredType::Int(ty) => ty,
        }
    }

    /// The integer that it is where it is added or multiplied: few bits count as `int`, so that
    /// the sum of two of them is not modulo 2.
    pub fn promoted(self) -> IntType {
        match self {
            MeasuredType::Bool => IntType::INT,
            MeasuredType::Bits(n) if n < IntType::INT.width => IntType::INT,
            other => other.int(),
        }
    }
}

/// Qubits or classical bits.
#[derive(Debug, Clone)]
pub enum Wires {
    /// A single one that is no register: it has no index.
    One(u32),
    /// A register, or a contiguous part of one.
    Run {
        /// The first.
        start: u32,
        /// How many.
        size: u32,
    },
    /// Any, in order.
    List(Arc<[u32]>),
}

impl Wires {
    /// How many.
    pub fn len(&self) -> u32 {
        match self {
            Wires::One(_) => 1,
            Wires::Run { size, .. } => *size,
            Wires::List(list) => list.len() as u32,
        }
    }

    /// The `i`-th.
    pub fn at(&self, i: u32) -> u32 {
        match self {
            Wires::One(wire) => *wire,
            Wires::Run { start, .. } => start + i,
            Wires::List(list) => list[i as usize],
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|i| self.at(i))
    }

    /// A run where it is one.
    pub fn from_list(list: Vec<u32>) -> Wires {
        if !list.is_empty() && list.windows(2).all(|w| w[1] == w[0] + 1) {
            return Wires::Run { start: list[0], size: list.len() as u32 };
        }
        Wires::List(list.into())
    }

    /// The value of classical bits at run time, as an integer; `None` above 128 bits.
    pub fn measured(&self) -> Option<Measured> {
        let len = self.len();
        if len as usize > MAX_INTEGER_BITS {
            return None;
        }
        let expr = match self {
            Wires::One(bit) => Classical::Bit(*bit),
            Wires::Run { size: 0, .. } => Classical::Const(0),
            Wires::Run { start, size } => Classical::Register { start: *start, len: *size },
            Wires::List(list) => {
                let placed = list.iter().enumerate().map(|(k, &bit)| shifted(bit, k));
                let join = |a: Classical, b| a.binary(crate::circuit::BinaryOp::BitOr, b);
                placed.reduce(join).unwrap_or(Classical::Const(0))
            }
        };
        // Of an empty register nothing is ever read.
        let ty = MeasuredType::Bits(len.max(1));
        Some(Measured::below(expr, ty, mask(len)))
    }
}

fn shifted(bit: u32, by: usize) -> Classical {
    let bit = Classical::Bit(bit);
    match by {
        0 => bit,
        _ => bit.binary(crate::circuit::BinaryOp::Shl, Classical::Const(by as u128)),
    }
}

/// An array: its elements in row-major order.
#[derive(Debug, Clone)]
pub struct Array {
    /// Its dimensions.
    pub dims: Vec<usize>,
    /// Their product many.
    pub elements: Vec<Value>,
    /// The variable whose whole value this is, by its number, if it is one.
    pub source: Option<u32>,
}

/// A type with its widths known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    Bool,
    /// `None` is a single bit.
    Bit(Option<u32>),
    /// `None` is a single qubit.
    Qubit(Option<u32>),
    Int(IntType),
    Float {
        width: u32,
    },
    /// Without a width it is a real number that is not reduced: R(θ + 2π) = -R(θ).
    Angle(Option<u32>),
    Complex,
    Duration,
    Stretch,
    Array(Box<Type>, Vec<usize>),
}

impl Type {
    /// Bits that a value at run time takes; `None` for types that have none.
    pub fn bits(&self) -> Option<u32> {
        match self {
            Type::Bool | Type::Bit(None) => Some(1),
            Type::Bit(Some(n)) => Some(*n),
            Type::Int(ty) => Some(ty.width),
            Type::Angle(Some(width)) => Some(*width),
            _ => None,
        }
    }

    /// As it is written.
    pub fn name(&self) -> String {
        let sized = |name: &str, width: &Option<u32>| match width {
            Some(n) => format!("{name}[{n}]"),
            None => name.to_owned(),
        };
        match self {
            Type::Bool => "bool".into(),
            Type::Bit(n) => sized("bit", n),
            Type::Qubit(n) => sized("qubit", n),
            Type::Int(IntType { signed: true, width }) => format!("int[{width}]"),
            Type::Int(IntType { signed: false, width }) => format!("uint[{width}]"),
            Type::Float { width } => format!("float[{width}]"),
            Type::Angle(n) => sized("angle", n),
            Type::Complex => "complex".into(),
            Type::Duration => "duration".into(),
            Type::Stretch => "stretch".into(),
            Type::Array(of, dims) => {
                let dims: Vec<String> = dims.iter().map(usize::to_string).collect();
                format!("array[{}, {}]", of.name(), dims.join(", "))
            }
        }
    }
}

impl Value {
    /// What a message calls it.
    pub fn describe(&self) -> String {
        match self {
            Value::Unknown => "an angle".into(),
            Value::Nothing => "the result of a subroutine that has none".into(),
            Value::Float(v) => format!("the number {v}"),
            Value::Int(i) => match i.signed() {
                Some(v) => format!("the integer {v}"),
                None => format!("the integer {}", i.raw),
            },
            Value::Huge(_) => "an integer of more than 128 bits".into(),
            Value::Bool(b) => format!("`{b}`"),
            Value::Bits(bits) if bits.len() <= 40 => format!("the bits \"{bits}\""),
            Value::Bits(bits) => format!("{} bits", bits.len()),
            Value::Angle(a) => format!("an angle[{}]", a.width),
            Value::Complex(_) => "a complex number".into(),
            Value::Duration(_) => "a duration".into(),
            Value::Symbolic(s) if s.bits.is_empty() => "an angle with a parameter".into(),
            Value::Symbolic(_) => "an angle that depends on measured bits".into(),
            Value::Measured(_) => "a value that depends on measured bits".into(),
            Value::Qubits(w) if w.len() == 1 => "a qubit".into(),
            Value::Qubits(w) => format!("{} qubits", w.len()),
            Value::Clbits(w) if w.len() == 1 => "a bit".into(),
            Value::Clbits(w) => format!("{} bits", w.len()),
            Value::Range(..) => "a range".into(),
            Value::Braces(_) => "a list in braces".into(),
            Value::Array(_) => "an array".into(),
            Value::Failed(_) => "no value".into(),
        }
    }

    /// The angle of a value that is one without measured bits.
    pub fn from_angle(angle: &Angle) -> Value {
        match angle.fixed() {
            Some(value) => Value::Float(value),
            None => Value::Symbolic(Arc::new(Symbolic { base: angle.clone(), bits: vec![] })),
        }
    }
}
