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
                let big = &self.ast.big_ints[i as usize];
                // 2^size has at least 0.3 digits a bit.
                if big.digits().len() > size / 3 + 2 {
                    return Some(Condition::Const(0));
                }
                big.value().words.clone()
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
