//! Shots of one power of Grover's operator.

use serde::Serialize;

/// Shots of one circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Round {
    /// k of Q^k A.
    pub power: u64,
    /// How often it ran.
    pub shots: u64,
    /// How often it was good.
    pub good: u64,
}
