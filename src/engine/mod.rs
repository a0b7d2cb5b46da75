//! The engine: actions → plan → kernels. Knows no circuit.
mod action;
mod execute;
mod index_map;
pub mod kernel;
mod layout;
mod memory;
mod reduce;
mod state_vector;

pub use action::{Action, ControlMask, Kind, PauliMask, Scalar};
pub use kernel::{Isa, Real};
pub use layout::{Layout, Located};
pub use memory::{bytes_needed, max_qubits};
pub use state_vector::StateVector;
