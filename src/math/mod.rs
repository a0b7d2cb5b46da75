//! Bits, seeded streams, statistics, small dense matrices, lowest eigenvalues of large
//! and of tridiagonal matrices, memory guard,
//! checkpoints, progress and cancellation, work on threads, numbers with units as text.

mod beta;
mod binomial;
mod bits;
pub(crate) mod checkpoint;
mod headroom;
mod isa;
mod lanczos;
mod lanes;
pub mod matrix;
mod memory;
pub mod modular;
mod parallel;
mod quantity;
pub mod sobol;
pub mod statistics;
mod stream;
mod suggest;
mod transpose;
mod tridiagonal;
mod vectorized;
mod watch;

pub use binomial::split;
pub use bits::Bits;
pub use checkpoint::{Checkpoint, Fingerprint, Keeper, Kept};
pub use isa::Isa;
pub(crate) use lanczos::lowest_first;
pub use lanczos::{Eigenpairs, Lanczos};
pub(crate) use lanes::{LaneRng, log};
pub use memory::{
    Meter, available_memory, check_memory, is_memory_limited, list_of, push, reserve, too_large,
};
#[cfg(test)]
pub(crate) use parallel::on_threads;
pub(crate) use parallel::{for_each_in_order, map_in_order, threads};
pub use quantity::{NotAQuantity, parse_quantity};
pub use stream::{Domain, Streams};
pub use suggest::closest;
pub(crate) use transpose::transpose_bits;
pub use tridiagonal::{SymmetricTridiagonal, TridiagonalEigenpairs};
pub(crate) use vectorized::{Vectorized, vectorized};
pub use watch::{DEFAULT_MAX_LOOP_ROUNDS, Watch};
