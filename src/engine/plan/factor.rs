//! Products of one-qubit actions on one bit.

use super::split::is_unitary;
use crate::engine::action::{Kind, PauliMask, Scalar};
use crate::engine::layout::Located;
use num_complex::Complex64;

/// 2×2 matrix, row-major.
pub(super) type Matrix2 = [Complex64; 4];

const ZERO: Complex64 = Complex64::new(0.0, 0.0);
const ONE: Complex64 = Complex64::new(1.0, 0.0);

/// One factor of a product on one bit.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Factor {
    /// A constant.
    Const(Matrix2),
    /// e^{iλ} where the bit has a value; where it is 0 and where it is 1.
    Phase { slot: u32, on: [bool; 2] },
    /// exp(-iθP/2) about a single Pauli matrix or 1.
    Rotation { slot: u32, negated: bool, x: bool, z: bool },
}

impl Factor {
    /// The factor that an action is, and its bit (`None`: a global factor); `None` for an action
    /// that is not of one qubit.
    pub fn of(located: &Located) -> Option<(Option<u32>, Factor)> {
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
            let factor = match *angle {
                Scalar::Slot(slot) => Factor::Phase { slot, on },
                Scalar::Const(lambda) => Factor::Const(phase(Complex64::cis(lambda), on)),
            };
            return Some((bit, factor));
        }
        if controls.mask != 0 {
            return None;
        }
        match kind {
            Kind::Rotation(p, angle) if p.support().count_ones() <= 1 => {
                let (negated, x, z) = (located.negated, p.x != 0, p.z != 0);
                let factor = match *angle {
                    Scalar::Slot(slot) => Factor::Rotation { slot, negated, x, z },
                    Scalar::Const(theta) => Factor::Const(rotation(theta, negated, x, z)),
                };
                Some((bit_of(*p), factor))
            }
            Kind::Dense1 { target, matrix } => Some((Some(*target), Factor::Const(*matrix))),
            Kind::Diagonal { targets, entries } if targets.len() == 1 => {
                Some((Some(targets[0]), Factor::Const([entries[0], ZERO, ZERO, entries[1]])))
            }
            _ => None,
        }
    }

    /// Whether the matrix is diagonal whatever the slots are.
    pub fn is_diagonal(&self) -> bool {
        match self {
            Factor::Const(m) => m[1] == ZERO && m[2] == ZERO,
            Factor::Phase { .. } => true,
            Factor::Rotation { x, .. } => !x,
        }
    }

    /// Whether the matrix is unitary whatever the slots are.
    pub fn is_unitary(&self) -> bool {
        match self {
            Factor::Const(m) => is_unitary(m),
            _ => true,
        }
    }

    fn matrix(&self, slots: &[f64]) -> Matrix2 {
        match *self {
            Factor::Const(m) => m,
            Factor::Phase { slot, on } => phase(Complex64::cis(slots[slot as usize]), on),
            Factor::Rotation { slot, negated, x, z } => {
                rotation(slots[slot as usize], negated, x, z)
            }
        }
    }
}

/// The bit of a string on at most one.
pub(super) fn bit_of(p: PauliMask) -> Option<u32> {
    (p.support() != 0).then(|| p.support().trailing_zeros())
}

fn phase(c: Complex64, on: [bool; 2]) -> Matrix2 {
    let entry = |on| if on { c } else { ONE };
    [entry(on[0]), ZERO, ZERO, entry(on[1])]
}

fn rotation(theta: f64, negated: bool, x: bool, z: bool) -> Matrix2 {
    let (s, c) = (if negated { -0.5 * theta } else { 0.5 * theta }).sin_cos();
    let new = Complex64::new;
    match (x, z) {
        (false, false) => [new(c, -s), ZERO, ZERO, new(c, -s)],
        (false, true) => [new(c, -s), ZERO, ZERO, new(c, s)],
        (true, false) => [new(c, 0.0), new(0.0, -s), new(0.0, -s), new(c, 0.0)],
        (true, true) => [new(c, 0.0), new(-s, 0.0), new(s, 0.0), new(c, 0.0)],
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
pub(super) fn product(factors: &[Factor], slots: &[f64]) -> Matrix2 {
    let (first, rest) = factors.split_first().expect("a product has a factor");
    rest.iter().fold(first.matrix(slots), |m, factor| multiply(&factor.matrix(slots), &m))
}
