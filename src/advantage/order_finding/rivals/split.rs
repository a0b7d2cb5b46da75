//! What rivals answer.

/// What a rival came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// A factor that is neither 1 nor N.
    pub factor: u64,
    /// Divisions, or multiplications modulo N.
    pub operations: u64,
}
