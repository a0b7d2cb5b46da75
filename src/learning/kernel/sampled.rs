//! Fidelity kernels from shots.

use super::checks::{check_finite, check_shots, check_symmetric};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, split};
use ndarray::{Array2, ArrayView2};
use rand::Rng;

/// A fidelity kernel as a number of shots of each entry estimates it.
///
/// On hardware an entry is the frequency of 0…0 in runs of the circuit U(y)† U(x), from |0…0⟩
/// (Havlíček et al., Nature 567, 209 (2019)). The probability of that outcome is
/// |⟨0|U(y)†U(x)|0⟩|² = K(x, y), and shots are independent, so their number among S is binomial with
/// this K and S: here it is drawn from that law, which the exact kernel says, and has the same
/// distribution as the outcomes of the circuits. Entries are unbiased, with variance K(1-K)/S. Those
/// of a symmetric matrix are drawn once for each pair, and its diagonal is 1 without shots. Noise
/// makes it indefinite: see [`Repair`](super::Repair).
///
/// ```
/// use ketlab::learning::kernel::SampledKernel;
/// use ndarray::array;
/// let exact = array![[1.0, 0.3], [0.3, 1.0]];
/// let found = SampledKernel::of_matrix(exact.view(), 1000, 7)?;
/// assert!((found.kernel[[0, 1]] - 0.3).abs() < 5.0 * found.standard_errors[[0, 1]]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SampledKernel {
    /// The frequencies.
    pub kernel: Array2<f64>,
    /// √(f(1-f)/S) of each frequency f: 0 where all shots agree, and on the diagonal of a matrix.
    pub standard_errors: Array2<f64>,
    /// Shots of each entry.
    pub shots: u64,
    /// Shots of all entries together; saturates.
    pub total_shots: u128,
}

/// Streams from this number on are of rectangular kernels.
const CROSS: u64 = 1 << 40;

impl SampledKernel {
    /// Of an exact kernel of rows with themselves. Row i has a stream of its own.
    ///
    /// # Errors
    /// If there are no shots; if the kernel is not symmetric or an entry is not from 0 to 1.
    pub fn of_matrix(exact: ArrayView2<f64>, shots: u64, seed: u64) -> Result<Self> {
        check_symmetric(exact)?;
        let mut sampled = Self::blank(exact, shots)?;
        let streams = Streams::new(seed, Domain::Learning);
        let size = exact.nrows();
        for i in 0..size {
            let mut rng = streams.stream(i as u64);
            sampled.kernel[[i, i]] = 1.0;
            for j in i + 1..size {
                let (found, error) = frequency(exact[[i, j]], shots, &mut rng);
                (sampled.kernel[[i, j]], sampled.kernel[[j, i]]) = (found, found);
                (sampled.standard_errors[[i, j]], sampled.standard_errors[[j, i]]) = (error, error);
            }
        }
        sampled.total_shots = u128::from(shots) * (size as u128 * (size as u128 - 1) / 2);
        Ok(sampled)
    }

    /// Of an exact kernel of rows with others, all entries drawn.
    ///
    /// # Errors
    /// As [`of_matrix`](Self::of_matrix); it need not be symmetric.
    pub fn of_cross(exact: ArrayView2<f64>, shots: u64, seed: u64) -> Result<Self> {
        let mut sampled = Self::blank(exact, shots)?;
        let streams = Streams::new(seed, Domain::Learning);
        for (i, row) in exact.rows().into_iter().enumerate() {
            let mut rng = streams.stream(CROSS + i as u64);
            for (j, &k) in row.iter().enumerate() {
                let (found, error) = frequency(k, shots, &mut rng);
                sampled.kernel[[i, j]] = found;
                sampled.standard_errors[[i, j]] = error;
            }
        }
        sampled.total_shots = u128::from(shots) * exact.len() as u128;
        Ok(sampled)
    }

    fn blank(exact: ArrayView2<f64>, shots: u64) -> Result<Self> {
        check_shots(shots, 1, "")?;
        check_finite(exact)?;
        if let Some(((i, j), &k)) = exact.indexed_iter().find(|(_, k)| !(0.0..=1.0).contains(*k)) {
            return Err(Error::Invalid {
                what: format!("row {i}, column {j} of a fidelity kernel"),
                value: k.to_string(),
                expected: "it is a probability, from 0 to 1".into(),
            });
        }
        let kernel = super::checks::table(exact.nrows(), exact.ncols())?;
        let standard_errors = super::checks::table(exact.nrows(), exact.ncols())?;
        Ok(SampledKernel { kernel, standard_errors, shots, total_shots: 0 })
    }
}

/// How often 0…0 came, and its standard error.
fn frequency(k: f64, shots: u64, rng: &mut impl Rng) -> (f64, f64) {
    let f = split(shots, [1.0 - k, k], rng) as f64 / shots as f64;
    (f, (f * (1.0 - f) / shots as f64).sqrt())
}
