//! The matrix, and how many of its eigenvalues are below a number.

use crate::error::{Error, Result};

/// Pivots are at least this fraction of the largest entry: far below rounding, far from overflow.
const SMALLEST_PIVOT: f64 = 1e-60;
/// The largest entry; its square must be a number.
const LARGEST_ENTRY: f64 = 1e140;

/// A real symmetric tridiagonal matrix: `diagonal` of n entries, `off_diagonal` of n - 1.
///
/// ```
/// use ketlab::math::SymmetricTridiagonal;
/// let matrix = SymmetricTridiagonal::new(vec![2.0, 2.0, 2.0], vec![-1.0, -1.0])?;
/// let lowest = matrix.lowest_eigenvalues(2);
/// assert!((lowest[0] - (2.0 - 2f64.sqrt())).abs() < 1e-15);
/// assert!((lowest[1] - 2.0).abs() < 1e-15);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SymmetricTridiagonal {
    pub(super) diagonal: Vec<f64>,
    pub(super) off_diagonal: Vec<f64>,
    /// Squares of the off-diagonal.
    pub(super) squares: Vec<f64>,
    pub(super) smallest_pivot: f64,
}

impl SymmetricTridiagonal {
    /// # Errors
    /// If there is no row, the lengths do not fit, or an entry is not finite or beyond 1e140.
    pub fn new(diagonal: Vec<f64>, off_diagonal: Vec<f64>) -> Result<Self> {
        if diagonal.len() != off_diagonal.len() + 1 {
            return Err(Error::Invalid {
                what: "the off-diagonal".into(),
                value: format!("{} entries", off_diagonal.len()),
                expected: format!(
                    "a tridiagonal matrix with {} rows has one entry less off its diagonal",
                    diagonal.len()
                ),
            });
        }
        let mut largest = 0f64;
        for &entry in diagonal.iter().chain(&off_diagonal) {
            if !entry.is_finite() {
                let what = "an entry of the tridiagonal matrix".into();
                return Err(Error::NotFinite { what, value: entry });
            }
            largest = largest.max(entry.abs());
        }
        if largest > LARGEST_ENTRY {
            return Err(Error::Invalid {
                what: "an entry of the tridiagonal matrix".into(),
                value: format!("{largest:e}"),
                expected: format!("at most {LARGEST_ENTRY:e}; use other units"),
            });
        }
        Ok(SymmetricTridiagonal::of(diagonal, off_diagonal, largest))
    }

    /// See [`new`](Self::new), for entries that are known to fit and `largest` of them.
    fn of(diagonal: Vec<f64>, off_diagonal: Vec<f64>, largest: f64) -> Self {
        let squares = off_diagonal.iter().map(|b| b * b).collect();
        let largest = if largest > 0.0 { largest } else { 1.0 };
        // A pivot may not be so small that squares of entries over it are no numbers.
        let smallest_pivot = (SMALLEST_PIVOT * largest).max(f64::MIN_POSITIVE);
        SymmetricTridiagonal { diagonal, off_diagonal, squares, smallest_pivot }
    }

    /// Rows of the matrix.
    pub fn len(&self) -> usize {
        self.diagonal.len()
    }

    /// Whether it has no row: never.
    pub fn is_empty(&self) -> bool {
        self.diagonal.is_empty()
    }

    /// How many eigenvalues are below x (Sturm's count, by the signs of the pivots of T - x).
    pub fn count_below(&self, x: f64) -> usize {
        let mut pivot = self.pivot(self.diagonal[0] - x);
        let mut count = usize::from(pivot < 0.0);
        for (&a, &square) in self.diagonal[1..].iter().zip(&self.squares) {
            pivot = self.pivot((a - x) - square / pivot);
            count += usize::from(pivot < 0.0);
        }
        count
    }

    /// A pivot that may be divided by.
    pub(super) fn pivot(&self, value: f64) -> f64 {
        if value.abs() < self.smallest_pivot { -self.smallest_pivot } else { value }
    }
}
