//! The lowest eigenvalues and eigenvectors of a real symmetric tridiagonal matrix.
//!
//! Eigenvalues are isolated by bisection with Sturm counts and refined by Rayleigh quotients of
//! vectors from twisted factorizations, kept inside their brackets: one pass over the matrix gives
//! the count, the vector and a correction that converges cubically (Parlett & Dhillon 2000,
//! "Relatively robust representations of symmetric tridiagonals", Linear Algebra Appl. 309, 121).
//! An eigenvalue's error is some units in the last place of the entries where its vector is
//! large: rows with large entries that the vector does not reach do not harm it. Eigenvectors come
//! from inverse iteration with pivoting, and those of close eigenvalues are made orthogonal (as
//! LAPACK's `dstein` does).

mod eigenvalues;
mod eigenvectors;
mod matrix;
#[cfg(test)]
mod tests;

pub use eigenvectors::TridiagonalEigenpairs;
pub use matrix::SymmetricTridiagonal;
