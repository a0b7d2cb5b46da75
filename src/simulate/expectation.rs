//! An exact mean with its variance.

use crate::error::{Error, Result};
use crate::pauli::{PauliString, PauliSum};
use serde::Serialize;
use std::fmt;

/// Mean and variance of an observable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Expectation {
    /// ⟨H⟩.
    pub value: f64,
    /// ⟨H²⟩ - ⟨H⟩², the variance of a single measurement of H. NaN where it was not computed: by Pauli
    /// propagation of sums that are long, become many strings, or are truncated.
    pub variance: f64,
}

impl Expectation {
    /// Whether the variance was computed.
    pub fn has_variance(&self) -> bool {
        !self.variance.is_nan()
    }

    /// √variance, the standard deviation of a single measurement of H.
    pub fn standard_deviation(&self) -> f64 {
        self.variance.sqrt()
    }

    /// √(variance/shots), the standard error of the mean of this many measurements of H.
    pub fn standard_error(&self, shots: u64) -> f64 {
        (self.variance / shots as f64).sqrt()
    }
}

/// The mean and, behind it, the standard deviation of a measurement, if it is known.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.has_variance() {
            return write!(f, "{}", self.value);
        }
        write!(f, "{} (standard deviation {:.6e})", self.value, self.standard_deviation())
    }
}

/// A mean or variance, unless it overflowed. Zero has no sign.
pub(super) fn finite(value: f64) -> Result<f64> {
    if value.is_finite() {
        return Ok(value + 0.0);
    }
    let what = "the mean or variance of an observable (its coefficients are too large)".into();
    Err(Error::NotFinite { what, value })
}

/// What `term` makes of the terms of an observable but the identity, and the coefficient of that.
///
/// # Errors
/// If a coefficient is not finite; those of `term`.
pub(super) fn without_identity<T>(
    sum: &PauliSum,
    mut term: impl FnMut(&PauliString, f64) -> Result<T>,
) -> Result<(Vec<T>, f64)> {
    let (mut terms, mut shift) = (Vec::new(), 0.0);
    for (string, coefficient) in sum.terms() {
        if !coefficient.is_finite() {
            let what = format!("the coefficient of {string}");
            return Err(Error::NotFinite { what, value: *coefficient });
        }
        if string.is_identity() {
            shift += coefficient;
        } else {
            terms.push(term(string, *coefficient)?);
        }
    }
    Ok((terms, shift))
}
