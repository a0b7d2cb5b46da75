//! Bits, seeded streams, statistics, small dense matrices, lowest eigenvalues, memory guard.

mod beta;
mod bits;
mod lanczos;
pub mod matrix;
mod memory;
pub mod sobol;
pub mod statistics;
mod stream;
mod suggest;

pub use bits::Bits;
pub(crate) use lanczos::lowest_first;
pub use lanczos::{Eigenpairs, Lanczos};
pub use memory::{available_memory, check_memory};
pub use stream::{Domain, Streams};
pub use suggest::closest;
