//! Derivatives by one angle from values at shifted angles.

use crate::engine::{Action, Kind};
use std::f64::consts::{FRAC_PI_2, SQRT_2};

/// How the derivative by one angle is made of values at shifted angles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftRule {
    /// Eigenvalues of the generator differ by 1: a Pauli rotation, a phase.
    Two,
    /// They differ by ½ and 1: a controlled rotation.
    Four,
}

impl ShiftRule {
    /// The rule of an action.
    pub(super) fn of(action: &Action) -> Self {
        match action.kind {
            Kind::Rotation(..) if action.controls.mask != 0 => ShiftRule::Four,
            _ => ShiftRule::Two,
        }
    }

    /// Coefficients and shifts (radians).
    pub fn terms(self) -> &'static [(f64, f64)] {
        const NEAR: f64 = (SQRT_2 + 1.0) / (4.0 * SQRT_2);
        const FAR: f64 = (SQRT_2 - 1.0) / (4.0 * SQRT_2);
        match self {
            ShiftRule::Two => &[(0.5, FRAC_PI_2), (-0.5, -FRAC_PI_2)],
            ShiftRule::Four => &[
                (NEAR, FRAC_PI_2),
                (-NEAR, -FRAC_PI_2),
                (-FAR, 3.0 * FRAC_PI_2),
                (FAR, -3.0 * FRAC_PI_2),
            ],
        }
    }
}
