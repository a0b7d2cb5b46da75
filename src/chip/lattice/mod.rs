//! Which qubits of a chip are coupled, and where they are on it.

mod graph;
mod named;

pub use graph::Lattice;
