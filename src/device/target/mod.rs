//! Circuits in the gates of a device, on pairs of qubits that have them.

mod gates;
mod ops;
mod parts;
mod places;
#[cfg(test)]
mod tests;
mod write;
mod written;

pub use gates::Target;
pub(super) use gates::{is_symmetric, makes_all_unitaries};
pub(super) use ops::{moved, waiting};
pub(super) use parts::Parts;
pub(super) use places::{Places, exchanges};
pub use written::Written;
