//! Data as angles of one rotation a qubit, and as bits.

use super::sizes::check_features;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::GateOp;
use crate::gate::StdGate;
use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

/// The axis that a qubit is rotated about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is named as the field names it
pub enum RotationAxis {
    X,
    Y,
    Z,
}

impl RotationAxis {
    /// Every axis.
    pub const ALL: [RotationAxis; 3] = [RotationAxis::X, RotationAxis::Y, RotationAxis::Z];

    /// `x`, `y` or `z`.
    pub fn name(self) -> &'static str {
        match self {
            RotationAxis::X => "x",
            RotationAxis::Y => "y",
            RotationAxis::Z => "z",
        }
    }

    /// The rotation about it.
    pub(super) fn gate(self) -> StdGate {
        match self {
            RotationAxis::X => StdGate::RX,
            RotationAxis::Y => StdGate::RY,
            RotationAxis::Z => StdGate::RZ,
        }
    }
}

impl fmt::Display for RotationAxis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for RotationAxis {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|axis| axis.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known = Self::ALL.map(Self::name);
            Error::unknown_name("axis", name, "the axes are", &known)
        })
    }
}

/// Angle embedding: feature k, in radians, is the angle of a rotation of qubit k about `axis`;
/// before RZ there is an H on each qubit, since RZ does nothing to |0⟩. PennyLane's
/// `AngleEmbedding` (there without the H). Inputs are `x[0]`, …. A product state; by RX and RY its
/// fidelity kernel is Π cos²((x_k - y_k)/2), and by RZ after H too.
///
/// ```
/// use ketlab::circuit::library::{RotationAxis, angle_embedding};
/// let c = angle_embedding(3, RotationAxis::Y);
/// assert_eq!((c.num_qubits(), c.params().len(), c.count_ops()["ry"]), (3, 3, 3));
/// ```
///
/// # Panics
/// See [`try_angle_embedding`].
#[track_caller]
pub fn angle_embedding(num_features: usize, axis: RotationAxis) -> Circuit {
    try_angle_embedding(num_features, axis).unwrap_or_else(|e| panic!("{e}"))
}

/// [`angle_embedding`] that returns the error.
///
/// # Errors
/// If there are no features or more than 65,536.
pub fn try_angle_embedding(num_features: usize, axis: RotationAxis) -> Result<Circuit> {
    check_features(num_features)?;
    let mut c = Circuit::new(num_features);
    let x = c.param_vector("x", num_features);
    for (k, x) in x.into_iter().enumerate() {
        if axis == RotationAxis::Z {
            c.try_h(k)?;
        }
        c.try_gate(GateOp::std(axis.gate(), [x.into()], [k]))?;
    }
    Ok(c)
}

/// Basis embedding: a row of bits as the basis state |x_{n-1}…x_0⟩, by RY(π x_k) on qubit k, which
/// is |1⟩ for x_k = 1. PennyLane's `BasisEmbedding`. Inputs are `x[0]`, …; that they are 0 or 1 is
/// checked by an [`Embedding`](super::Embedding), not by the circuit.
///
/// ```
/// use ketlab::{Simulator, circuit::library::basis_embedding};
/// let c = basis_embedding(3).bind(&[("x[0]", 0.0), ("x[1]", 1.0), ("x[2]", 1.0)])?;
/// assert!((Simulator::new().probabilities(&c)?[0b110] - 1.0).abs() < 1e-15);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_basis_embedding`].
#[track_caller]
pub fn basis_embedding(num_features: usize) -> Circuit {
    try_basis_embedding(num_features).unwrap_or_else(|e| panic!("{e}"))
}

/// [`basis_embedding`] that returns the error.
///
/// # Errors
/// As [`try_angle_embedding`].
pub fn try_basis_embedding(num_features: usize) -> Result<Circuit> {
    check_features(num_features)?;
    let mut c = Circuit::new(num_features);
    let x = c.param_vector("x", num_features);
    for (k, x) in x.into_iter().enumerate() {
        c.try_ry(PI * x, k)?;
    }
    Ok(c)
}
