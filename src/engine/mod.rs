//! The engine: actions → plan → kernels. Knows no circuit.
mod action;
mod apply_sum;
mod basis;
mod density;
mod execute;
mod expectation;
mod guide_table;
mod index_map;
mod initial;
mod kernel;
mod layout;
mod limits;
mod memory;
#[cfg(feature = "npy")]
mod npy;
mod observable;
mod pairs;
mod plan;
mod read;
mod reduce;
mod sample;
mod settle;
mod state_vector;
mod string_sweeps;
mod target;

pub use action::{Action, ControlMask, Kind, PauliMask, Scalar};
pub use apply_sum::SumOperator;
pub use kernel::{Isa, Real, share_heap};
pub use layout::{Layout, Located};
pub use limits::{ArithmeticLimit, MachineLimits, Place, StateLimits, SweepLimit};
pub use memory::{bytes_needed, max_qubits};
pub use observable::Observable;
pub use pairs::CrossTerms;
pub(crate) use plan::hash_of_actions;
pub use plan::{Coefficients, PassReport, Plan, PlanReport, SweepReport, Tiling};
pub use state_vector::StateVector;
pub use target::{Precision, Target};
