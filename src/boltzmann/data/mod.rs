//! What machines learn: laws of bit strings, counted or exact, and mixed states of qubits.

mod built_in;
mod density_matrix;
#[cfg(feature = "npy")]
mod density_npy;
mod density_values;
mod distribution;
mod draws;
mod names;
mod read;
mod states;
#[cfg(test)]
pub(super) mod testing;

pub use built_in::{bars_and_stripes, bernoulli_mixture, cardinality, even_parity};
pub use density_matrix::{DensityMatrix, MAX_DENSITY_QUBITS};
pub use distribution::{Distribution, MAX_DENSE_BITS};
pub use names::{NAMES, from_name};
pub use read::read_distribution;
pub use states::{MAX_STATE_QUBITS, ground_state, thermal_state};
