//! Bits, seeded streams, statistics, small dense matrices, lowest eigenvalues, memory guard, checkpoints.

mod beta;
mod binomial;
mod bits;
pub(crate) mod checkpoint;
mod headroom;
mod lanczos;
pub mod matrix;
mod memory;
pub mod sobol;
pub mod statistics;
mod stream;
mod suggest;

pub use binomial::split;
pub use bits::Bits;
pub use checkpoint::Fingerprint;
pub(crate) use lanczos::lowest_first;
pub use lanczos::{Eigenpairs, Lanczos};
pub use memory::{
    Meter, available_memory, check_memory, is_memory_limited, list_of, push, reserve, too_large,
};
pub use stream::{Domain, Streams};
pub use suggest::closest;
