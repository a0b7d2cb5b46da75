//! Expressions of which only the low bits are kept.

use super::value::mask;
use crate::circuit::{BinaryOp as RuntimeOp, Expr as Classical};

/// An expression with the same low `width` bits, as simple as it is easily made: what stores them
/// needs no wrapping on the way.
pub fn low_bits(expr: Classical, width: u32) -> Classical {
    let covers = |v: u128| v & mask(width) == mask(width);
    match expr {
        Classical::Binary(RuntimeOp::BitAnd, a, b) => match (*a, *b) {
            (a, Classical::Const(v)) if covers(v) => low_bits(a, width),
            (a, b) => low_bits(a, width).binary(RuntimeOp::BitAnd, low_bits(b, width)),
        },
        Classical::Binary(RuntimeOp::Sub, a, b) => match (*a, *b) {
            // A sign bit at or above the highest bit that is kept.
            (Classical::Binary(RuntimeOp::BitXor, low, flip), Classical::Const(sign))
                if *flip == Classical::Const(sign)
                    && sign.is_power_of_two()
                    && sign.trailing_zeros() + 1 >= width =>
            {
                low_bits(*low, width)
            }
            (a, b) => low_bits(a, width).binary(RuntimeOp::Sub, low_bits(b, width)),
        },
        Classical::Binary(
            op @ (RuntimeOp::Add | RuntimeOp::Mul | RuntimeOp::BitOr | RuntimeOp::BitXor),
            a,
            b,
        ) => low_bits(*a, width).binary(op, low_bits(*b, width)),
        Classical::Const(v) => Classical::Const(v & mask(width)),
        other => other,
    }
}
