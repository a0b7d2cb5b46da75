//! The gate table and its views: one row per gate, controls beside the gate, angles that are
//! numbers or linear functions of parameters.

mod angle;
mod angle_text;
mod fixed_matrix;
mod kinds;
mod matrix;
mod names;
mod op;
mod power;
mod spec;
mod table;

pub use angle::{Angle, Angles, LinearAngle, Param};
pub(crate) use angle_text::push_angle;
pub use kinds::{
    Block, DiagonalGate, Gate, MAX_MATRIX_QUBITS, PermutationGate, UNITARY_TOLERANCE, UnitaryGate,
};
pub use matrix::GateMatrix;
pub use names::{CONTROLLED_NAMES, NamedGate, controlled_name, lookup};
pub use op::{Control, Controls, GateOp, Qubits};
pub(crate) use op::{check_qubits, index};
pub use power::{MAX_POWER_QUBITS, MAX_REPETITIONS};
pub use spec::{AngleMap, CliffordImage, Form, GateSpec, Inverse, Step};
pub use table::StdGate;

#[cfg(test)]
mod power_tests;
#[cfg(test)]
mod tests;
