//! The gate table and its views: one row a gate, controls beside the gate, angles that are
//! numbers or linear functions of parameters.

mod angle;
mod matrix;
mod op;
mod spec;
mod table;

pub use angle::{Angle, Angles, LinearAngle, Param};
pub use matrix::GateMatrix;
pub use op::{
    Block, Control, Controls, DiagonalGate, Gate, GateOp, PermutationGate, Qubits,
    UNITARY_TOLERANCE, UnitaryGate,
};
pub(crate) use op::{check_qubits, index};
pub use spec::{AngleMap, CliffordImage, Form, GateSpec, Inverse, Step};
pub use table::{CONTROLLED_NAMES, NamedGate, StdGate, controlled_name, lookup};

#[cfg(test)]
mod tests;
