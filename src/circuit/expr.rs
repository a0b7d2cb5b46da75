//! Classical expressions on measured bits.

use crate::error::{Error, Result};
use crate::gate::index;
use crate::math::Bits;

/// Longest register that an expression reads as one integer.
pub const MAX_INTEGER_BITS: usize = 128;

/// An unsigned integer computed from classical bits; as a condition, anything but 0 holds.
/// Arithmetic is modulo 2^128.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number.
    Const(u128),
    /// One classical bit.
    Bit(u32),
    /// Bits `start..start + len` as an integer, the first least significant; `len` ≤ 128.
    Register {
        /// First bit.
        start: u32,
        /// Number of bits.
        len: u32,
    },
    /// 1 if the operand is 0, else 0.
    Not(Box<Expr>),
    /// Bitwise complement of a number of `width` bits.
    Complement {
        /// The operand.
        value: Box<Expr>,
        /// Its width in bits, ≤ 128.
        width: u32,
    },
    /// Two operands.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
}

/// Operators of [`Expr::Binary`]. Comparisons and logic give 0 or 1; `And` and `Or` look at the
/// second operand only where it matters; shifts by 128 or more give 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the operators
pub enum BinaryOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

impl BinaryOp {
    /// Every operator.
    pub const ALL: [BinaryOp; 18] = {
        use BinaryOp::*;
        [Eq, Ne, Lt, Le, Gt, Ge, And, Or, BitAnd, BitOr, BitXor, Shl, Shr, Add, Sub, Mul, Div, Rem]
    };

    /// The operator as OpenQASM 3 writes it.
    pub fn symbol(self) -> &'static str {
        use BinaryOp::*;
        match self {
            Eq => "==",
            Ne => "!=",
            Lt => "<",
            Le => "<=",
            Gt => ">",
            Ge => ">=",
            And => "&&",
            Or => "||",
            BitAnd => "&",
            BitOr => "|",
            BitXor => "^",
            Shl => "<<",
            Shr => ">>",
            Add => "+",
            Sub => "-",
            Mul => "*",
            Div => "/",
            Rem => "%",
        }
    }
}

impl Expr {
    /// The value of one classical bit.
    pub fn bit(clbit: usize) -> Expr {
        Expr::Bit(index(clbit))
    }

    /// The value of a run of classical bits, for instance a register's
    /// [`Indices`](super::Indices).
    pub fn bits(range: impl Into<std::ops::Range<usize>>) -> Expr {
        let range = range.into();
        Expr::Register { start: index(range.start), len: index(range.len()) }
    }

    /// `self op other`.
    pub fn binary(self, op: BinaryOp, other: impl Into<Expr>) -> Expr {
        Expr::Binary(op, Box::new(self), Box::new(other.into()))
    }

    /// Whether both are equal.
    pub fn equals(self, other: impl Into<Expr>) -> Expr {
        self.binary(BinaryOp::Eq, other)
    }

    /// Logical negation.
    #[allow(clippy::should_implement_trait)] // `!expr` would suggest the bitwise complement
    pub fn not(self) -> Expr {
        Expr::Not(Box::new(self))
    }

    /// Its value.
    ///
    /// # Errors
    /// If a division by zero is met.
    pub fn eval(&self, bits: &Bits) -> Result<u128> {
        Ok(match self {
            Expr::Const(value) => *value,
            Expr::Bit(i) => u128::from(bits.bit(*i as usize)),
            Expr::Register { start, len } => bits.value(*start as usize, *len as usize),
            Expr::Not(e) => u128::from(e.eval(bits)? == 0),
            Expr::Complement { value, width } => {
                let mask = if *width >= 128 { u128::MAX } else { (1 << width) - 1 };
                !value.eval(bits)? & mask
            }
            // As everywhere: what does not matter is not looked at, and cannot fail.
            Expr::Binary(BinaryOp::And, a, b) => {
                u128::from(a.eval(bits)? != 0 && b.eval(bits)? != 0)
            }
            Expr::Binary(BinaryOp::Or, a, b) => {
                u128::from(a.eval(bits)? != 0 || b.eval(bits)? != 0)
            }
            Expr::Binary(op, a, b) => apply(*op, a.eval(bits)?, b.eval(bits)?)?,
        })
    }

    /// Number of steps that evaluating takes, counted up to `max`.
    pub(crate) fn size(&self, max: usize) -> usize {
        match self {
            Expr::Const(_) | Expr::Bit(_) | Expr::Register { .. } => 1,
            _ if max <= 1 => 1,
            Expr::Not(e) | Expr::Complement { value: e, .. } => 1 + e.size(max - 1),
            Expr::Binary(_, a, b) => {
                let left = a.size(max - 1);
                1 + left + if left < max { b.size(max - left) } else { 0 }
            }
        }
    }

    /// Calls `f` with each range of classical bits that the value depends on.
    pub fn for_each_range(&self, f: &mut impl FnMut(u32, u32)) {
        match self {
            Expr::Const(_) => {}
            Expr::Bit(i) => f(*i, 1),
            Expr::Register { start, len } => f(*start, *len),
            Expr::Not(e) | Expr::Complement { value: e, .. } => e.for_each_range(f),
            Expr::Binary(_, a, b) => {
                a.for_each_range(f);
                b.for_each_range(f);
            }
        }
    }

    /// The same with classical bits renamed.
    pub(super) fn map_clbits(&self, map: &impl Fn(u32) -> u32) -> Expr {
        let mut renamed = self.clone();
        renamed.renumber(map);
        renamed
    }

    /// Renames classical bits. A run that is torn apart is put together bit by bit.
    pub(super) fn renumber(&mut self, map: &impl Fn(u32) -> u32) {
        match self {
            Expr::Const(_) => {}
            Expr::Bit(i) => *i = map(*i),
            Expr::Register { start, len } => {
                let mapped: Vec<u32> = (*start..*start + *len).map(map).collect();
                if mapped.windows(2).all(|w| w[1] == w[0] + 1) {
                    *start = mapped.first().copied().unwrap_or(0);
                    return;
                }
                let shifted = mapped
                    .iter()
                    .enumerate()
                    .map(|(k, &bit)| Expr::Bit(bit).binary(BinaryOp::Shl, Expr::Const(k as u128)));
                *self = shifted
                    .reduce(|a, b| a.binary(BinaryOp::BitOr, b))
                    .expect("torn runs are not empty");
            }
            Expr::Not(e) | Expr::Complement { value: e, .. } => e.renumber(map),
            Expr::Binary(_, a, b) => {
                a.renumber(map);
                b.renumber(map);
            }
        }
    }

    pub(super) fn check(&self, num_clbits: usize) -> Result<()> {
        let mut result = Ok(());
        self.for_each_range(&mut |start, len| {
            let end = start as usize + len as usize;
            if end > num_clbits && result.is_ok() {
                result = Err(Error::ClbitOutOfRange { clbit: end - 1, num_clbits });
            } else if len as usize > MAX_INTEGER_BITS && result.is_ok() {
                result = Err(Error::Invalid {
                    what: "the length of a register in an expression".into(),
                    value: len.to_string(),
                    expected: format!("an integer has at most {MAX_INTEGER_BITS} bits"),
                });
            }
        });
        result
    }
}

impl From<u64> for Expr {
    fn from(value: u64) -> Self {
        Expr::Const(value.into())
    }
}

fn apply(op: BinaryOp, a: u128, b: u128) -> Result<u128> {
    use BinaryOp::*;
    let shift = u32::try_from(b).ok();
    let by_zero = || Error::Invalid {
        what: "the divisor of a classical expression".into(),
        value: "0".into(),
        expected: "it must not be 0".into(),
    };
    Ok(match op {
        Eq => u128::from(a == b),
        Ne => u128::from(a != b),
        Lt => u128::from(a < b),
        Le => u128::from(a <= b),
        Gt => u128::from(a > b),
        Ge => u128::from(a >= b),
        And => u128::from(a != 0 && b != 0),
        Or => u128::from(a != 0 || b != 0),
        BitAnd => a & b,
        BitOr => a | b,
        BitXor => a ^ b,
        Shl => shift.and_then(|s| a.checked_shl(s)).unwrap_or(0),
        Shr => shift.and_then(|s| a.checked_shr(s)).unwrap_or(0),
        Add => a.wrapping_add(b),
        Sub => a.wrapping_sub(b),
        Mul => a.wrapping_mul(b),
        Div => a.checked_div(b).ok_or_else(by_zero)?,
        Rem => a.checked_rem(b).ok_or_else(by_zero)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluates() {
        let bits = Bits::from_u64(0b1101, 4);
        let register = Expr::bits(0..4);
        assert_eq!(register.eval(&bits).unwrap(), 13);
        let half = register.clone().binary(BinaryOp::Shr, 1).equals(6);
        assert_eq!(half.eval(&bits).unwrap(), 1);
        assert_eq!(half.not().eval(&bits).unwrap(), 0);
        let complement = Expr::Complement { value: Box::new(register.clone()), width: 4 };
        assert_eq!(complement.eval(&bits).unwrap(), 2);
        let fails = register.clone().binary(BinaryOp::Rem, 0);
        assert!(fails.eval(&bits).is_err());
        assert_eq!(Expr::Const(0).binary(BinaryOp::And, fails.clone()).eval(&bits).unwrap(), 0);
        assert_eq!(Expr::Const(2).binary(BinaryOp::Or, fails).eval(&bits).unwrap(), 1);
        let torn = register.map_clbits(&|i| 3 - i);
        assert_eq!(torn.eval(&bits).unwrap(), 0b1011);
        assert!(Expr::bits(2..6).check(4).is_err());
    }
}
