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

pub use circuit::{Circuit, Expr, Op};
pub use engine::StateVector;
pub use error::{Error, Result};
pub use gate::{Angle, Control, Gate, GateOp, Param, StdGate};
pub use pauli::{Pauli, PauliString, PauliSum};
pub use simulate::{Counts, Expectation, Precision, Request, Simulator};
