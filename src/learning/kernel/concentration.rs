//! Whether a kernel's entries are those of random states.

use super::checks::check_symmetric;
use crate::error::{Error, Result};
use ndarray::ArrayView2;

/// Mean and variance of a kernel's entries off the diagonal, beside those of pairs of states drawn
/// at random from the Haar measure, of dimension D = 2^n: mean 1/D and variance (D-1)/(D²(D+1)), as
/// |⟨a|b⟩|² has the law Beta(1, D-1). A fidelity kernel that comes near them tells data apart
/// by differences that take some D² shots to see (Thanasilp et al., Nature Communications 15, 5200
/// (2024)).
///
/// ```
/// use ketlab::learning::kernel::Concentration;
/// use ndarray::array;
/// let kernel = array![[1.0, 0.1, 0.3], [0.1, 1.0, 0.2], [0.3, 0.2, 1.0]];
/// let found = Concentration::of(kernel.view(), 10)?;
/// assert!((found.mean - 0.2).abs() < 1e-15 && (found.haar_mean - 1.0 / 1024.0).abs() < 1e-15);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concentration {
    /// Mean of the entries off the diagonal.
    pub mean: f64,
    /// Their variance about it: the mean of squared differences.
    pub variance: f64,
    /// 1/D
    pub haar_mean: f64,
    /// (D-1)/(D²(D+1))
    pub haar_variance: f64,
}

impl Concentration {
    /// Of the kernel of rows with themselves, of states of so many qubits.
    ///
    /// # Errors
    /// If the kernel is not square and symmetric, an entry is not finite, or there is one row only.
    pub fn of(kernel: ArrayView2<f64>, num_qubits: usize) -> Result<Self> {
        check_symmetric(kernel)?;
        let size = kernel.nrows();
        if size < 2 {
            return Err(Error::Invalid {
                what: "the number of rows of a kernel".into(),
                value: size.to_string(),
                expected: "entries off the diagonal take at least 2".into(),
            });
        }
        let entries: Vec<f64> =
            kernel.indexed_iter().filter(|((i, j), _)| i < j).map(|(_, &k)| k).collect();
        let mean = entries.iter().sum::<f64>() / entries.len() as f64;
        let squares = entries.iter().map(|k| (k - mean) * (k - mean)).sum::<f64>();
        let d = 2f64.powi(num_qubits.min(1 << 10) as i32);
        // In this order nothing overflows where the answer does not vanish.
        let haar_variance = (1.0 - 1.0 / d) / d / (d + 1.0);
        let (variance, haar_mean) = (squares / entries.len() as f64, 1.0 / d);
        Ok(Concentration { mean, variance, haar_mean, haar_variance })
    }
}
