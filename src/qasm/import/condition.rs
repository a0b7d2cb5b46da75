//! `if (register == value)`.

use super::{Entity, Importer};
use crate::circuit::{BinaryOp, Expr as Condition, MAX_INTEGER_BITS};
use crate::qasm::ast::{Expr, ExprKind, Ident, Leaf};

/// Longest register that a condition can compare; the condition is a chain of pieces.
const MAX_BITS: usize = 8192;

impl Importer<'_> {
    /// The condition, whatever the sizes of register and value: a register that is longer than an
    /// integer of the circuit is compared piece by piece, and a value that does not fit is never
    /// equal.
    pub(super) fn condition(&mut self, register: Ident, value: &Expr) -> Option<Condition> {
        let (start, size) = match self.scope.get(register.name) {
            Entity::Bits { start, size } => (start as usize, size as usize),
            other => {
                self.wrong_register(register, other, false);
                return None;
            }
        };
        if size > MAX_BITS {
            let message = format!("a condition compares at most {MAX_BITS} bits, not {size}");
            self.faults.error(register.span, message);
            return None;
        }
        let count = size.div_ceil(MAX_INTEGER_BITS).max(1);
        if count > 1 && !self.expand(4 * count as u64, register.span) {
            return None;
        }
        let pieces = match value.kind {
            ExprKind::Leaf(Leaf::Int(v)) => vec![u128::from(v)],
            ExprKind::Leaf(Leaf::BigInt(i)) => {
                let digits = &self.ast.big_ints[i as usize];
                // 2^size has at least 0.3 digits a bit.
                if digits.len() > size / 3 + 2 {
                    return Some(Condition::Const(0));
                }
                pieces(digits)
            }
            _ => return None,
        };
        let mut all: Option<Condition> = None;
        if pieces.len() > count {
            return Some(Condition::Const(0));
        }
        for k in 0..count {
            let from = k * MAX_INTEGER_BITS;
            let to = size.min(from + MAX_INTEGER_BITS);
            let piece = pieces.get(k).copied().unwrap_or(0);
            let bits = match to - from {
                0 => Condition::Const(0),
                _ => Condition::bits(start + from..start + to),
            };
            let equal = bits.equals(Condition::Const(piece));
            all = Some(match all {
                None => equal,
                Some(before) => before.binary(BinaryOp::And, equal),
            });
        }
        all
    }
}

/// A decimal number in pieces of 128 bits, least significant first.
fn pieces(digits: &str) -> Vec<u128> {
    let mut words: Vec<u64> = vec![];
    for digit in digits.bytes() {
        let mut carry = u128::from(digit - b'0');
        for word in &mut words {
            let next = u128::from(*word) * 10 + carry;
            *word = next as u64;
            carry = next >> 64;
        }
        if carry > 0 {
            words.push(carry as u64);
        }
    }
    let pair = |w: &[u64]| u128::from(w[0]) | u128::from(w.get(1).copied().unwrap_or(0)) << 64;
    words.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_of_any_length() {
        assert_eq!(pieces(&u128::MAX.to_string()), [u128::MAX]);
        assert_eq!(pieces("340282366920938463463374607431768211456"), [0, 1]); // 2^128
        assert_eq!(pieces("18446744073709551617"), [(1 << 64) + 1]);
    }
}
