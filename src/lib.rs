//! ketlab: a quantum circuit laboratory.
pub mod circuit;
pub mod draw;
pub mod engine;
pub mod error;
pub mod gate;
pub mod math;
pub mod pauli;
pub mod qasm;
pub mod simulate;

pub use error::{Error, Result};
