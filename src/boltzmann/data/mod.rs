//! What machines learn: laws of bit strings.

mod distribution;

pub use distribution::Distribution;
