//! What a propagation left out.

use serde::Serialize;

/// What was left out of a sum, and how large it was. With a unitary circuit or with noise, the error
/// of a mean in any state is at most [`dropped_sum`](Self::dropped_sum), since no step lets the mean
/// of a string grow beyond 1 (a [`Transfer`](super::Transfer) that is no channel may). This bound is often
/// larger than the error by orders of magnitude; the trend of values at several thresholds says more and
/// proves nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Account {
    /// Most strings before, between and after layers.
    pub peak_terms: usize,
    /// Strings at the end.
    pub final_terms: usize,
    /// Σ|c| of all that was left out: a bound on the error of the mean.
    pub dropped_sum: f64,
    /// Σc² of all that was left out.
    pub dropped_squares: f64,
    /// Σ|c| left out because the coefficient was small.
    pub dropped_by_coefficient: f64,
    /// Σ|c| left out because the weight was large.
    pub dropped_by_weight: f64,
    /// Σ|c| left out because there were too many strings.
    pub dropped_by_number: f64,
    /// Strings left out.
    pub dropped_terms: u64,
}
