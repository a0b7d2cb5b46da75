//! Whatever gives means of observables: a simulation, shots, hardware, a function of one's own.

use super::estimate::Estimate;
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use ndarray::{ArrayView2, ArrayViewMut2};
use serde_json::Value;

/// Gives ⟨O⟩ of some observables, with their errors, as functions of parameters. What works on it
/// does not know where the numbers come from: exact simulation
/// ([`Evaluator`](super::Evaluator)), simulated shots ([`SampledEvaluator`](super::SampledEvaluator)),
/// or a function ([`ExpectationFn`]) that asks hardware, another program, or another source.
pub trait ExpectationSource {
    /// Numbers in a row of parameters.
    fn num_params(&self) -> usize;

    /// Number of observables.
    fn num_observables(&self) -> usize;

    /// The means at these parameters, one for each observable.
    ///
    /// # Errors
    /// If there is not one number for each parameter and observable; those of the source.
    fn estimates(&mut self, params: &[f64], out: &mut [Estimate]) -> Result<()>;

    /// The means of each row (rows × parameters), written to rows × observables: as
    /// [`estimates`](Self::estimates) of one row after the other, or faster.
    ///
    /// # Errors
    /// As there, those of the first row that has one; [`Error::Interrupted`] if not all are finished.
    fn estimates_of_rows(
        &mut self,
        rows: ArrayView2<'_, f64>,
        mut out: ArrayViewMut2<'_, Estimate>,
    ) -> Result<()> {
        check_rows(self.num_observables(), rows, &out)?;
        let mut found = vec![Estimate::default(); self.num_observables()];
        for (row, mut out) in rows.rows().into_iter().zip(out.rows_mut()) {
            self.estimates(&row.to_vec(), &mut found)?;
            out.iter_mut().zip(&found).for_each(|(out, found)| *out = *found);
        }
        Ok(())
    }

    /// The mean of the one observable.
    ///
    /// # Errors
    /// As [`estimates`](Self::estimates); if there is not one observable.
    fn estimate(&mut self, params: &[f64]) -> Result<Estimate> {
        let mut out = [Estimate::default()];
        self.estimates(params, &mut out)?;
        Ok(out[0])
    }

    /// All that decides the numbers: circuit, observables, shots and seed. Nothing where they are a
    /// function of the caller's.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
    }

    /// What it carries from call to call, for checkpoints: how far its random streams are.
    fn save(&self) -> Value {
        Value::Null
    }

    /// Takes up what [`save`](Self::save) returned.
    ///
    /// # Errors
    /// If the state is not one of this source.
    fn restore(&mut self, state: &Value) -> Result<()> {
        let _ = state;
        Ok(())
    }
}

/// One place for each observable and row.
pub(super) fn check_rows(
    num_observables: usize,
    rows: ArrayView2<'_, f64>,
    out: &ArrayViewMut2<'_, Estimate>,
) -> Result<()> {
    let wanted = (rows.nrows(), num_observables);
    if out.dim() == wanted {
        return Ok(());
    }
    let (rows, observables) = out.dim();
    Err(Error::Invalid {
        what: "the table of the means asked for".into(),
        value: format!("{rows} × {observables}"),
        expected: format!("there are {} rows and {} observables", wanted.0, wanted.1),
    })
}

/// The number of calls in the saved state of a source of which each call draws others.
///
/// # Errors
/// If it has none.
pub(super) fn calls_of(state: &Value) -> Result<u64> {
    state["calls"].as_u64().ok_or_else(|| Error::Invalid {
        what: "the `calls` of a saved evaluator".into(),
        value: state["calls"].to_string(),
        expected: "it is a whole number".into(),
    })
}

/// One place for each observable.
pub(super) fn check_out(num_observables: usize, out: usize) -> Result<()> {
    if out == num_observables {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of means asked for".into(),
        value: out.to_string(),
        expected: format!("there are {num_observables} observables"),
    })
}

/// A source that is lent.
impl<S: ExpectationSource + ?Sized> ExpectationSource for &mut S {
    fn num_params(&self) -> usize {
        (**self).num_params()
    }

    fn num_observables(&self) -> usize {
        (**self).num_observables()
    }

    fn estimates(&mut self, params: &[f64], out: &mut [Estimate]) -> Result<()> {
        (**self).estimates(params, out)
    }

    fn estimates_of_rows(
        &mut self,
        rows: ArrayView2<'_, f64>,
        out: ArrayViewMut2<'_, Estimate>,
    ) -> Result<()> {
        (**self).estimates_of_rows(rows, out)
    }

    fn fingerprint(&self) -> Fingerprint {
        (**self).fingerprint()
    }

    fn save(&self) -> Value {
        (**self).save()
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        (**self).restore(state)
    }
}

/// One mean as a function of parameters, which returns a number, if that is exact, or an
/// [`Estimate`] with its error.
///
/// ```
/// use ketlab::gradient::{FiniteDifference, Objective};
/// use ketlab::simulate::ExpectationFn;
/// let energy = ExpectationFn::new(1, |x: &[f64]| Ok(x[0].cos()));
/// let mut gradient = [0.0];
/// FiniteDifference::new(energy).value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((gradient[0] + 0.4f64.sin()).abs() < 1e-9);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExpectationFn<F> {
    num_params: usize,
    function: F,
}

impl<F, R> ExpectationFn<F>
where
    F: FnMut(&[f64]) -> Result<R>,
    R: Into<Estimate>,
{
    /// A function of so many parameters.
    pub fn new(num_params: usize, function: F) -> Self {
        ExpectationFn { num_params, function }
    }
}

impl<F, R> ExpectationSource for ExpectationFn<F>
where
    F: FnMut(&[f64]) -> Result<R>,
    R: Into<Estimate>,
{
    fn num_params(&self) -> usize {
        self.num_params
    }

    fn num_observables(&self) -> usize {
        1
    }

    fn estimates(&mut self, params: &[f64], out: &mut [Estimate]) -> Result<()> {
        check_out(1, out.len())?;
        if params.len() != self.num_params {
            return Err(Error::Invalid {
                what: "the number of parameter values".into(),
                value: params.len().to_string(),
                expected: format!("the function has {} parameters", self.num_params),
            });
        }
        out[0] = (self.function)(params)?.into();
        Ok(())
    }
}
