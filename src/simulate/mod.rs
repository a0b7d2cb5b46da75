//! Simulation methods: short loops between the two waists.

mod angles;
mod averages;
mod batch;
mod branches;
mod counts;
mod data_rows;
mod evaluator;
mod executable;
mod initial;
mod lower;
mod machine;
mod matrix;
mod observable;
mod options;
mod outcomes;
mod program;
mod readout;
mod request;
mod rows;
mod simulator;
mod watch;
mod worker;

pub use averages::Expectation;
pub use batch::{Batch, BatchResult};
pub use counts::Counts;
pub use evaluator::Evaluator;
pub use executable::Executable;
pub use initial::InitialState;
pub use lower::pauli_mask;
pub use options::{Method, Precision};
pub use program::{Bound, Program};
pub use request::{AnyState, Meta, Request, RunResult};
pub use simulator::{DEFAULT_MAX_BRANCHES, Simulator};
pub use watch::{DEFAULT_MAX_LOOP_ROUNDS, Watch};
