//! Readout errors in answers: outcomes of shots, their exact distribution, and observables as a
//! device measures them on average.

use super::counts::Counts;
use super::expectation::Expectation;
use super::flow::Flow;
use super::representation::Representation;
use super::request::{Request, RunResult};
use super::tally::Tally;
use crate::error::{Error, Result};
use crate::math::{Bits, Watch, split};
use crate::noise::{ReadoutError, measured};
use crate::pauli::PauliSum;
use rand::Rng;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most strings of an observable whose square is written down for its variance.
const MAX_SQUARED: usize = 2048;

/// The bits of an outcome that final measurements misread.
fn misread_bits(flow: &Flow) -> Vec<(usize, ReadoutError)> {
    if flow.readout_errors.is_empty() {
        return Vec::new();
    }
    // Of several measurements into one bit the last one is read.
    let error = |&(qubit, bit): &(u32, u32)| (bit as usize, flow.readout_errors[qubit as usize]);
    let last: BTreeMap<usize, ReadoutError> = flow.readout.iter().map(error).collect();
    last.into_iter().filter(|(_, error)| !error.is_none()).collect()
}

/// Samples the final measurements of a state, as they are read.
pub(super) fn read_out<R: Representation>(
    state: &R,
    flow: &Flow,
    written: &Bits,
    shots: u64,
    rng: &mut impl Rng,
    watch: &Watch,
    tally: &mut Tally,
) -> Result<()> {
    if misread_bits(flow).is_empty() {
        return state.read_out(flow, written, shots, rng, watch, tally);
    }
    let mut ideal = Tally::new(flow.num_outcome_bits());
    state.read_out(flow, written, shots, rng, watch, &mut ideal)?;
    tally.merge(record(ideal, flow, rng, watch)?)
}

/// What is read of outcomes.
pub(super) fn record(
    ideal: Tally,
    flow: &Flow,
    rng: &mut impl Rng,
    watch: &Watch,
) -> Result<Tally> {
    let misread = misread_bits(flow);
    if misread.is_empty() {
        return Ok(ideal);
    }
    let mut read = Tally::new(flow.num_outcome_bits());
    let counts: Counts = ideal.counts()?;
    for (outcome, count) in &counts {
        watch.check()?;
        scatter(outcome, count, &misread, rng, &mut read)?;
    }
    Ok(read)
}

/// Divides the shots of one outcome among what is read of it, bit by bit.
fn scatter(
    mut outcome: Bits,
    mut count: u64,
    misread: &[(usize, ReadoutError)],
    rng: &mut impl Rng,
    tally: &mut Tally,
) -> Result<()> {
    for (k, (bit, error)) in misread.iter().enumerate() {
        let one = outcome.bit(*bit);
        let p = if one { error.p0_given_1 } else { error.p1_given_0 };
        let flipped = if p > 0.0 { split(count, [1.0 - p, p], rng) } else { 0 };
        if flipped == count {
            outcome.set(*bit, !one);
        } else if flipped > 0 {
            let mut other = outcome.clone();
            other.set(*bit, !one);
            scatter(other, flipped, &misread[k + 1..], rng, tally)?;
            count -= flipped;
        }
    }
    tally.add(outcome, count)
}

/// The distribution of the outcomes as they are read, and the probability of what is left out: outcomes
/// of less than `least`. New outcomes are announced to `take`.
pub(super) fn confuse(
    mut distribution: BTreeMap<Bits, f64>,
    flow: &Flow,
    least: f64,
    take: &mut dyn FnMut(&Bits) -> Result<()>,
) -> Result<(BTreeMap<Bits, f64>, f64)> {
    let mut too_rare = 0.0;
    for (bit, error) in misread_bits(flow) {
        for (outcome, p) in std::mem::take(&mut distribution) {
            let one = outcome.bit(bit);
            let q = if one { error.p0_given_1 } else { error.p1_given_0 };
            let mut other = outcome.clone();
            other.set(bit, !one);
            for (outcome, p) in [(outcome, p * (1.0 - q)), (other, p * q)] {
                if p < least {
                    too_rare += p;
                    continue;
                }
                if !distribution.contains_key(&outcome) {
                    take(&outcome)?;
                }
                *distribution.entry(outcome).or_default() += p;
            }
        }
    }
    Ok((distribution, too_rare))
}

/// What is read of an observable on average.
///
/// # Errors
/// If it becomes too long.
pub(super) fn observed<'s>(flow: &Flow, sum: &'s PauliSum) -> Result<Cow<'s, PauliSum>> {
    if flow.readout_errors.is_empty() {
        return Ok(Cow::Borrowed(sum));
    }
    measured(sum, &flow.readout_errors).map(Cow::Owned)
}

/// A request for what is read of observables, and which of its observables are the second moments.
pub(super) struct Observed<'r> {
    pub request: Cow<'r, Request>,
    /// For each observable of the caller's, what its variance needs.
    moments: Vec<Moment>,
}

enum Moment {
    /// ⟨(H - c)²⟩, known.
    Known { value: f64, shift: f64 },
    /// The mean of the request's observable with this number.
    Asked { number: usize, shift: f64 },
}

impl<'r> Observed<'r> {
    /// Of observables where qubits are misread: their means are those of rewritten observables
    /// ([`measured`]). So is the second moment of a measurement, ⟨H²⟩ being rewritten as well: that of
    /// H as one joint measurement of its strings.
    ///
    /// # Errors
    /// If an observable becomes too long; for spaces of outcomes, which are none any more.
    pub fn new(request: &'r Request, flow: &Flow) -> Result<Self> {
        if flow.readout_errors.is_empty() {
            return Ok(Observed { request: Cow::Borrowed(request), moments: Vec::new() });
        }
        if request.outcome_space {
            return Err(Error::Unsupported {
                method: "the space of the outcomes",
                operation: "a readout error".into(),
                hint: "ask for the distribution of the outcomes, or for shots".into(),
            });
        }
        let errors = &flow.readout_errors;
        let mut rewritten = request.clone();
        let (mut moments, mut squares) = (Vec::new(), Vec::new());
        for (observable, sum) in rewritten.observables.iter_mut().zip(&request.observables) {
            let centred: Vec<_> =
                sum.terms().iter().filter(|(string, _)| !string.is_identity()).cloned().collect();
            let shift = sum.identity_coefficient();
            *observable = measured(sum, errors)?;
            moments.push(match &centred[..] {
                [] => Moment::Known { value: 0.0, shift },
                [(_, c)] => Moment::Known { value: c * c, shift },
                many if many.len() > MAX_SQUARED => {
                    return Err(Error::Invalid {
                        what: "the number of strings of an observable under readout errors".into(),
                        value: many.len().to_string(),
                        expected: format!(
                            "the variance takes the products of all pairs, of at most \
                             {MAX_SQUARED}: ask for parts of the observable"
                        ),
                    });
                }
                _ => {
                    squares.push(measured(&PauliSum::try_new(centred)?.square(), errors)?);
                    let number = request.observables.len() + squares.len() - 1;
                    Moment::Asked { number, shift }
                }
            });
        }
        rewritten.auxiliary = squares.len();
        rewritten.observables.extend(squares);
        Ok(Observed { request: Cow::Owned(rewritten), moments })
    }

    /// Makes a result of the rewritten request one of the caller's.
    pub fn finish(&self, result: &mut RunResult) {
        if self.moments.is_empty() {
            return;
        }
        let all = std::mem::take(&mut result.expectations);
        let finished = self.moments.iter().zip(&all).map(|(moment, mean)| {
            let (second, shift) = match *moment {
                Moment::Known { value, shift } => (value, shift),
                Moment::Asked { number, shift } => (all[number].value, shift),
            };
            let variance = second - (mean.value - shift).powi(2);
            // What was not computed stays unknown.
            let variance = if variance.is_nan() { variance } else { variance.max(0.0) };
            Expectation { value: mean.value, variance }
        });
        result.expectations = finished.collect();
        if let Some(trajectories) = &mut result.trajectories {
            trajectories.standard_errors.truncate(self.moments.len());
            trajectories.effective_numbers.truncate(self.moments.len());
        }
    }
}
