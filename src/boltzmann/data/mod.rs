//! What machines learn: laws of bit strings.

mod distribution;
mod draws;
mod read;

pub use distribution::{Distribution, MAX_DENSE_BITS};
pub use read::read_distribution;
