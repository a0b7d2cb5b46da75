//! Bits, seeded streams, small dense matrices, memory guard.

mod bits;
pub mod matrix;
mod memory;
mod stream;

pub use bits::Bits;
pub use memory::{available_memory, check_memory};
pub use stream::{Domain, Streams};
