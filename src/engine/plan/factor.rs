//! One-qubit actions on one bit, and what a run of them is: a diagonal; or diagonal · real rotation
//! · diagonal, where the diagonals may go elsewhere; or a matrix.

use super::split::is_unitary;
use crate::engine::action::{Kind, Scalar};
use crate::engine::layout::Located;
use num_complex::Complex64;

/// 2×2 matrix, row-major.
pub(super) type Matrix2 = [Complex64; 4];

const ZERO: Complex64 = Complex64::ZERO;
const ONE: Complex64 = Complex64::ONE;
const I: Complex64 = Complex64::I;

/// One factor of a product on one bit. The *half* of a slot is e^{iθ/2} for its angle θ.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Factor {
    /// A constant.
    Const(Matrix2),
    /// diag(h^zero, h^one) for the half h of a slot.
    Diagonal { slot: u32, zero: i8, one: i8 },
    /// exp(∓iθY/2).
    Turn { slot: u32, negated: bool },
    /// diag(1, value).
    Value { at: u32 },
}

/// What fills the values of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The half of each slot.
    pub halves: &'a [Complex64],
    /// Values that are filled already.
    pub values: &'a [Complex64],
}

impl Sources<'_> {
    pub fn power(&self, slot: u32, exponent: i8) -> Complex64 {
        let h = self.halves[slot as usize];
        match exponent {
            0 => ONE,
            1 => h,
            -1 => h.conj(),
            2 => h * h,
            -2 => (h * h).conj(),
            other => unreachable!("no gate has the power {other} of a half-angle"),
        }
    }
}

impl Factor {
    /// The factors that an action is, later ones last, and its bit (`None`: a global factor);
    /// `None` for an action that is not of one qubit.
    pub fn of(located: &Located) -> Option<(Option<u32>, [Option<Factor>; 3])> {
        let (kind, controls) = (&located.action.kind, located.action.controls);
        if let Kind::Phase(angle) = kind {
            let (bit, on) = match controls.mask.count_ones() {
                0 => (None, [true; 2]),
                1 => {
                    let on = controls.value != 0;
                    (Some(controls.mask.trailing_zeros()), [!on, on])
                }
                _ => return None,
            };
            let [zero, one] = on.map(|on| 2 * i8::from(on));
            return Some((bit, [Some(diagonal(*angle, zero, one)), None, None]));
        }
        if controls.mask != 0 {
            return None;
        }
        match kind {
            Kind::Rotation(p, angle) if p.support().count_ones() <= 1 => {
                let bit = (p.support() != 0).then(|| p.support().trailing_zeros());
                let sign = if located.negated { 1 } else { -1 };
                if p.x == 0 {
                    let one = if p.z == 0 { sign } else { -sign };
                    return Some((bit, [Some(diagonal(*angle, sign, one)), None, None]));
                }
                let turn = match *angle {
                    Scalar::Slot(slot) => Factor::Turn { slot, negated: located.negated },
                    Scalar::Const(theta) => {
                        let (s, c) = (-0.5 * theta * f64::from(sign)).sin_cos();
                        Factor::Const([c, -s, s, c].map(Complex64::from))
                    }
                };
                // exp(-iθX/2) = diag(1, -i) exp(-iθY/2) diag(1, i).
                let around = |c| (p.z == 0).then_some(Factor::Const([ONE, ZERO, ZERO, c]));
                Some((bit, [around(I), Some(turn), around(-I)]))
            }
            Kind::Dense1 { target, matrix } => {
                Some((Some(*target), [Some(Factor::Const(*matrix)), None, None]))
            }
            Kind::Diagonal { targets, entries } if targets.len() == 1 => {
                let matrix = [entries[0], ZERO, ZERO, entries[1]];
                Some((Some(targets[0]), [Some(Factor::Const(matrix)), None, None]))
            }
            _ => None,
        }
    }

    /// Whether the matrix is diagonal whatever the slots are.
    pub fn is_diagonal(&self) -> bool {
        match self {
            Factor::Const(m) => m[1] == ZERO && m[2] == ZERO,
            Factor::Diagonal { .. } | Factor::Value { .. } => true,
            Factor::Turn { .. } => false,
        }
    }

    /// Whether the matrix is unitary whatever the slots are.
    pub fn is_unitary(&self) -> bool {
        match self {
            Factor::Const(m) => is_unitary(m),
            _ => true,
        }
    }

    /// Whether the first diagonal entry is 1 whatever the slots are.
    pub fn keeps_zero(&self) -> bool {
        match self {
            Factor::Const(m) => m[0] == ONE,
            Factor::Diagonal { zero, .. } => *zero == 0,
            Factor::Value { .. } => true,
            Factor::Turn { .. } => false,
        }
    }

    fn matrix(&self, sources: Sources<'_>) -> Matrix2 {
        match *self {
            Factor::Const(m) => m,
            Factor::Turn { slot, negated } => {
                let h = sources.halves[slot as usize];
                let (c, s) = (h.re, if negated { -h.im } else { h.im });
                [c, -s, s, c].map(Complex64::from)
            }
            _ => {
                let (ratio, zero) = ratio(std::slice::from_ref(self), sources);
                [zero, ZERO, ZERO, zero * ratio]
            }
        }
    }
}

/// diag(e^{iaθ/2}, e^{ibθ/2}).
fn diagonal(angle: Scalar, zero: i8, one: i8) -> Factor {
    match angle {
        Scalar::Slot(slot) => Factor::Diagonal { slot, zero, one },
        Scalar::Const(theta) => {
            let entry = |power| Complex64::cis(0.5 * theta * f64::from(power));
            Factor::Const([entry(zero), ZERO, ZERO, entry(one)])
        }
    }
}

/// b · a.
pub(super) fn multiply(b: &Matrix2, a: &Matrix2) -> Matrix2 {
    [
        b[0] * a[0] + b[1] * a[2],
        b[0] * a[1] + b[1] * a[3],
        b[2] * a[0] + b[3] * a[2],
        b[2] * a[1] + b[3] * a[3],
    ]
}

/// The product of factors, later ones from the left.
pub(super) fn product(factors: &[Factor], sources: Sources<'_>) -> Matrix2 {
    let (first, rest) = factors.split_first().expect("a product has a factor");
    rest.iter().fold(first.matrix(sources), |m, factor| multiply(&factor.matrix(sources), &m))
}

/// The product of diagonal factors as (r, s): s · diag(1, r).
pub(super) fn ratio(factors: &[Factor], sources: Sources<'_>) -> (Complex64, Complex64) {
    let (mut ratio, mut scale) = (ONE, ONE);
    for factor in factors {
        match *factor {
            Factor::Const(m) if m[0] == ONE => ratio *= m[3],
            Factor::Const(m) => {
                ratio *= m[3] / m[0];
                scale *= m[0];
            }
            Factor::Diagonal { slot, zero, one } => {
                ratio *= sources.power(slot, one - zero);
                if zero != 0 {
                    scale *= sources.power(slot, zero);
                }
            }
            Factor::Value { at } => ratio *= sources.values[at as usize],
            Factor::Turn { .. } => unreachable!("a rotation is not diagonal"),
        }
    }
    (ratio, scale)
}
