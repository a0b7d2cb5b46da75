//! Circuits that people look for by name.

mod grover;
mod qft;
mod random;
mod states;
mod trotter;

pub use grover::{grover_operator, reflection_about_zero};
pub use qft::{inverse_qft, qft};
pub use random::random;
pub use states::{ghz, w};
pub use trotter::{TrotterOrder, trotter, trotter_step};
