//! What one row of the gate table says.

use super::{Angle, GateMatrix, StdGate};
use crate::pauli::Pauli;

/// One row of the gate table: everything that ketlab knows about a standard gate.
#[derive(Debug)]
pub struct GateSpec {
    /// Lower-case name, as in OpenQASM where it has one.
    pub name: &'static str,
    /// Other names of the same gate.
    pub aliases: &'static [&'static str],
    /// What a drawing writes.
    pub symbol: &'static str,
    /// One line on what it is.
    pub doc: &'static str,
    /// Number of qubits, without controls.
    pub num_qubits: usize,
    /// Names of the angles, in order.
    pub angles: &'static [&'static str],
    /// The matrix at given angles (radians), `targets[0]` least significant.
    pub matrix: fn(&[f64]) -> GateMatrix,
    /// Which gate undoes it.
    pub inverse: Inverse,
    /// Its shape: what the methods branch on.
    pub form: Form,
    /// Images of X and Z on each target under conjugation g·P·g†, for a fixed Clifford gate.
    pub clifford: Option<&'static [CliffordImage]>,
}

/// Images of X and Z on one target: an optional sign, then one letter a target, `targets[0]`
/// first (`"-YX"` is -Y on `targets[0]` times X on `targets[1]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CliffordImage {
    /// Image of X.
    pub x: &'static str,
    /// Image of Z.
    pub z: &'static str,
}

/// The shape of a gate, with its phase exact.
#[derive(Debug)]
pub enum Form {
    /// A Pauli string, one letter a target.
    Pauli(&'static [Pauli]),
    /// exp(-iθP/2) with θ the only angle, one letter a target.
    Rotation(&'static [Pauli]),
    /// e^{iλ} where all targets are 1 (everywhere, if there is no target).
    Phase(AngleMap),
    /// Exchanges its two targets.
    Swap,
    /// A product of other rows, first factor first.
    Composite(&'static [Step]),
}

/// One factor of a composite gate.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The factor.
    pub gate: StdGate,
    /// Its angles as functions of the composite's.
    pub angles: &'static [AngleMap],
    /// Its targets, as indices into the composite's.
    pub targets: &'static [usize],
    /// Its positive controls, as indices into the composite's targets.
    pub controls: &'static [usize],
}

/// An angle as a linear function of a row's angles: Σ coefficient·angle + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AngleMap {
    /// One a parent angle; missing ones are 0.
    pub coefficients: &'static [f64],
    /// Radians.
    pub offset: f64,
}

impl AngleMap {
    /// A constant angle.
    pub const fn fixed(offset: f64) -> Self {
        AngleMap { coefficients: &[], offset }
    }

    /// A linear function of the parent's angles.
    pub const fn linear(coefficients: &'static [f64]) -> Self {
        AngleMap { coefficients, offset: 0.0 }
    }

    /// The angle itself, from the parent's.
    pub fn of(&self, angles: &[Angle]) -> Angle {
        let terms = self.coefficients.iter().zip(angles);
        terms.fold(Angle::Fixed(self.offset), |sum, (c, a)| sum + a.clone() * *c)
    }

    /// Its value at given parent angles.
    pub fn at(&self, angles: &[f64]) -> f64 {
        self.coefficients.iter().zip(angles).map(|(c, a)| c * a).sum::<f64>() + self.offset
    }
}

/// Which gate undoes a gate.
#[derive(Debug)]
pub enum Inverse {
    /// Itself.
    Itself,
    /// Another row (or the same one) at mapped angles.
    Row(StdGate, &'static [AngleMap]),
    /// No row: the composite's factors, inverted and reversed.
    Steps,
}
