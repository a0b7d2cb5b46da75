//! The state-vector method: all 2^n amplitudes. Gates are lowered to actions, planned, and run by
//! the engine.

mod angles;
mod channels;
mod code;
mod framed;
mod lower;
mod matrix;
mod observable;
mod one_qubit;
mod plan_runs;
mod plans;
mod readout;
mod register;
mod representation;
mod spans;
mod state_view;
mod unitary;
mod watched;
mod worker;

pub(super) use code::{BoundCode, Code, check_size};
pub(super) use lower::Lowered;
pub use lower::pauli_mask;
pub(crate) use observable::Observable;
pub(super) use plans::PerTarget;
pub use plans::Plans;
pub(super) use readout::tally_sampled;
pub(crate) use register::{Register, with_register};
pub use state_view::StateView;
pub use unitary::Unitary;
pub(crate) use watched::run_watched;
pub(super) use worker::Worker;
