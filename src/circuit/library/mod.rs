//! Circuits that people look for by name.

mod adder;
mod ansatz;
mod clifford_t;
mod family;
mod grover;
mod qaoa;
mod qft;
mod quantum_volume;
mod random;
mod states;
mod supremacy;
mod trotter;

pub use adder::ripple_carry_adder;
pub use ansatz::hardware_efficient_ansatz;
pub use clifford_t::random_clifford_t;
pub use family::Family;
pub use grover::{grover_iterations, grover_operator, grover_search, reflection_about_zero};
pub use qaoa::{MAX_DEGREE, maxcut, qaoa_maxcut, random_regular_graph};
pub use qft::{inverse_qft, qft};
pub use quantum_volume::quantum_volume;
pub use random::random;
pub use states::{ghz, w};
pub use supremacy::supremacy;
pub use trotter::{TrotterOrder, trotter, trotter_step};
