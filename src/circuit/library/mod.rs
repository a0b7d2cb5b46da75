//! Circuits that people look for by name.

mod adder;
mod ansatz;
mod clifford_t;
mod dicke;
mod distribution;
mod embeddings;
mod entanglement;
mod entangling_layers;
mod family;
mod grover;
mod hamiltonian_variational;
mod hhl;
mod kicked_ising;
mod multiplexed;
mod order_finding;
mod qaoa_ansatz;
mod qft;
mod quantum_volume;
mod random;
mod sizes;
mod states;
mod supremacy;
mod sycamore;
mod trotter;
mod two_design;
mod two_local;

pub use adder::ripple_carry_adder;
pub use ansatz::hardware_efficient_ansatz;
pub use clifford_t::random_clifford_t;
pub use dicke::{dicke, try_dicke};
pub use distribution::{
    amplitude_function, distribution, try_amplitude_function, try_distribution,
};
pub use embeddings::{
    Embedding, EmbeddingKind, RotationAxis, amplitude_embedding, angle_embedding, basis_embedding,
    data_reuploading, iqp_embedding, pauli_feature_map, try_amplitude_embedding,
    try_angle_embedding, try_basis_embedding, try_data_reuploading, try_iqp_embedding,
    try_pauli_feature_map, try_zz_feature_map, zz_feature_map,
};
pub use entanglement::Entanglement;
pub use entangling_layers::{
    basic_entangler_layers, strongly_entangling_layers, try_basic_entangler_layers,
    try_strongly_entangling_layers,
};
pub use family::Family;
pub use grover::{grover_iterations, grover_operator, grover_search, reflection_about_zero};
pub use hamiltonian_variational::{hamiltonian_variational, try_hamiltonian_variational};
pub use hhl::{
    ClockReading, ClockWindow, Evolution, Hhl, MAX_CLOCK_QUBITS, try_amplitudes, try_clock_window,
};
pub use kicked_ising::{heavy_hex_127, kicked_ising, kicked_ising_step, try_kicked_ising};
pub use multiplexed::{multiplexed_ry, multiplexed_rz, try_multiplexed_ry, try_multiplexed_rz};
pub use order_finding::{
    modular_multiplication, order_finding, phase_estimation_of_order, try_order_finding,
    try_phase_estimation_of_order,
};
pub use qaoa_ansatz::{Mixer, qaoa_ansatz, try_qaoa_ansatz};
pub use qft::{inverse_qft, qft};
pub use quantum_volume::quantum_volume;
pub use random::random;
pub(crate) use sizes::{check_layers, check_num_qubits, num_parameters};
pub use states::{ghz, w};
pub use supremacy::supremacy;
pub use sycamore::{Coupler, Links, Sycamore};
pub use trotter::{TrotterOrder, trotter, trotter_step};
pub use two_design::{simplified_two_design, try_simplified_two_design};
pub use two_local::{efficient_su2, real_amplitudes, try_efficient_su2, try_real_amplitudes};
