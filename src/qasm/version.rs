//! The versions of the language.

/// A version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// OpenQASM 2.0 (arXiv:1707.03429).
    V2,
    /// OpenQASM 3.0 and 3.1 (arXiv:2104.14722 and the live specification at openqasm.com).
    V3,
}
