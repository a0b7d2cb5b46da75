//! The engine: actions → plan → kernels. Knows no circuit.
mod action;
mod execute;
mod expectation;
mod index_map;
mod kernel;
mod layout;
mod memory;
mod plan;
mod read;
mod reduce;
mod sample;
mod state_vector;

pub use action::{Action, ControlMask, Kind, PauliMask, Scalar};
pub use kernel::{Isa, Real};
pub use layout::{Layout, Located};
pub use memory::{bytes_needed, max_qubits};
pub use plan::{Coefficients, Plan};
pub use state_vector::StateVector;
