//! The engine: actions → plan → kernels. Knows no circuit.
mod action;
pub use action::{Action, ControlMask, Kind, PauliMask, Scalar};
