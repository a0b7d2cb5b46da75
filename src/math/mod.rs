//! Bits, seeded streams, statistics, small dense matrices, memory guard.

mod beta;
mod bits;
pub mod matrix;
mod memory;
pub mod sobol;
pub mod statistics;
mod stream;
mod suggest;

pub use bits::Bits;
pub use memory::{available_memory, check_memory};
pub use stream::{Domain, Streams};
pub use suggest::closest;
