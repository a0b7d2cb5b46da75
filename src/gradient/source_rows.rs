//! Means at many rows of parameters, from any source.

use super::Cost;
use crate::error::{Error, Result};
use crate::simulate::{Estimate, ExpectationSource};
use ndarray::Array2;
use std::time::Instant;

/// Most rows that are made at once.
pub(super) const ROWS_AT_ONCE: usize = 256;

/// The source's one mean at every row, with what they cost. Panics unless it has one observable.
pub(super) fn means(
    source: &mut impl ExpectationSource,
    rows: &Array2<f64>,
    cost: &mut Cost,
) -> Result<Vec<Estimate>> {
    let start = Instant::now();
    let mut out = Array2::from_elem((rows.nrows(), 1), Estimate::default());
    source.estimates_of_rows(rows.view(), out.view_mut())?;
    cost.add(rows.nrows() as u64, start);
    cost.shots += out.iter().map(|estimate| estimate.shots).sum::<u64>();
    Ok(out.into_raw_vec_and_offset().0)
}

/// The source's one mean, with what it costs.
pub(super) fn mean(
    source: &mut impl ExpectationSource,
    params: &[f64],
    cost: &mut Cost,
) -> Result<Estimate> {
    let start = Instant::now();
    let estimate = source.estimate(params)?;
    cost.add(1, start);
    cost.shots += estimate.shots;
    Ok(estimate)
}

/// The step of a difference.
pub(super) fn check_step(what: &str, step: f64) -> Result<()> {
    if step > 0.0 && step.is_finite() {
        return Ok(());
    }
    Err(Error::Invalid {
        what: what.into(),
        value: crate::error::shown(step),
        expected: "it must be positive and finite".into(),
    })
}
