//! Models: circuits of data and weights, and what is read of them.

mod architecture;
mod circuit_model;
mod json;
mod readout;

pub use architecture::Architecture;
pub use circuit_model::Model;
pub use readout::{MAX_READ_QUBITS, Readout};
