//! A request answered by propagation.

use super::super::expectation::{Expectation, finite, without_identity};
use super::super::flow::Flow;
use super::super::request::{Meta, Request, RunResult};
use super::super::simulator::Simulator;
use super::answer::{PropagatedMean, Propagation, Trend, TrendPoint, coarser};
use super::checks::{check, start};
use super::code::Code;
use crate::engine::Precision;
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::pauli::PauliSum;
use crate::propagation::{Account, Propagated, Propagator, Start, Truncation};

/// Most products of strings that a variance is computed from.
const MOST_SQUARED: usize = 10_000;
/// Most strings on the way of an observable whose square is propagated: that may become as many as
/// the square of this number.
const MOST_ROOTS: usize = 2048;

/// A mean, without the identity's part.
struct Mean {
    value: f64,
    account: Account,
}

impl Simulator {
    /// The least coefficient, the largest weight and the largest number of strings that Pauli
    /// propagation carries, [`Truncation::none`] at first, and which strings always stay. Every other
    /// method takes no notice of it.
    ///
    /// ```
    /// use ketlab::propagation::Truncation;
    /// use ketlab::simulate::{Method, Simulator};
    /// use ketlab::{Circuit, Request};
    /// let mut circuit = Circuit::new(60);
    /// for q in 0..60 { circuit.rx(0.3, q); }
    /// for q in 0..59 { circuit.rzz(0.7, q, q + 1); }
    /// for q in 0..60 { circuit.rx(0.3, q); }
    /// let truncation = Truncation { min_coefficient: 1e-3, ..Truncation::none() };
    /// let simulator = Simulator::new().method(Method::PauliPropagation).truncation(truncation);
    /// let result = simulator.run(&circuit, &Request::new().observable("Z30".parse()?))?;
    /// let mean = &result.propagation.as_ref().unwrap().means[0];
    /// assert!(mean.account.dropped_sum < 0.05 && mean.trend.is_some());
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn truncation(mut self, truncation: Truncation) -> Self {
        self.truncation = truncation;
        self
    }

    /// A request answered by Pauli propagation. If it is interrupted when all means are there, they
    /// are the answer, without what was still to come: trends, and the squares that variances need.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if it is interrupted before.
    pub(in super::super) fn run_propagation(
        &self,
        flow: &Flow,
        code: &Code,
        request: &Request,
    ) -> Result<RunResult> {
        check(request, &self.initial, flow.num_qubits)?;
        let start = start(&self.initial, flow.num_qubits)?;
        // Second moments are asked for by the program alone: a truncated one says nothing.
        let truncation = &self.truncation;
        let asked = request.observables.len() - request.auxiliary;
        let (mut centred, mut shifts) = (Vec::new(), Vec::new());
        for sum in &request.observables {
            let (terms, shift) = without_identity(sum, |string, c| Ok((string.clone(), c)))?;
            centred.push(PauliSum::try_new(terms)?);
            shifts.push(shift);
        }
        let propagator = Propagator::new(code.num_qubits, code.steps.clone())?;
        let mut propagator = propagator.truncation(truncation.clone())?;
        let mut means = carry(&propagator, &centred[..asked], &start, &self.watch)?;
        let mut interrupted = false;
        let mut further = |propagator: &Propagator, sums: &[PauliSum]| {
            if interrupted || sums.is_empty() {
                return Ok(None);
            }
            match carry(propagator, sums, &start, &self.watch) {
                Ok(means) => Ok(Some(means)),
                Err(Error::Interrupted) => {
                    interrupted = true;
                    Ok(None)
                }
                Err(other) => Err(other),
            }
        };
        let peak = means.iter().map(|mean| mean.account.peak_terms).max().unwrap_or(0);
        let has_seconds = truncation.is_exact() && peak <= MOST_ROOTS;
        let mut coarse = Vec::new();
        for truncation in coarser(truncation) {
            propagator = propagator.truncation(truncation.clone())?;
            let Some(found) = further(&propagator, &centred[..asked])? else { break };
            coarse.push((truncation, found));
        }
        propagator = propagator.truncation(truncation.clone())?;
        let squares: Vec<PauliSum> = match has_seconds && request.auxiliary == 0 {
            true => centred.iter().filter(|sum| is_squared(sum)).map(PauliSum::square).collect(),
            false => Vec::new(),
        };
        if has_seconds {
            means.extend(further(&propagator, &centred[asked..])?.unwrap_or_default());
        }
        let seconds = further(&propagator, &squares)?.unwrap_or_default();
        let mut seconds = seconds.into_iter();
        let mut expectations = Vec::new();
        for ((sum, shift), mean) in centred.iter().zip(&shifts).zip(&means) {
            let second = match sum.terms() {
                [] => 0.0,
                // A string squared is the identity.
                [(_, c)] => c * c,
                _ if !squares.is_empty() && is_squared(sum) => {
                    seconds.next().map_or(f64::NAN, |second| second.value)
                }
                _ => f64::NAN,
            };
            let variance = second - mean.value * mean.value;
            expectations.push(Expectation {
                value: finite(mean.value + shift)?,
                variance: if variance.is_nan() { f64::NAN } else { finite(variance.max(0.0))? },
            });
        }
        // Those that were not carried.
        let unknown = Expectation { value: f64::NAN, variance: f64::NAN };
        expectations.resize(request.observables.len(), unknown);
        let point = |truncation: &Truncation, mean: &Mean, shift: f64| TrendPoint {
            min_coefficient: truncation.min_coefficient,
            max_terms: truncation.max_terms,
            value: mean.value + shift,
            peak_terms: mean.account.peak_terms,
        };
        let propagated = (0..asked).map(|k| {
            let trend = match &coarse[..] {
                [(two, at_two), (four, at_four)] => Some(Trend {
                    points: [
                        point(truncation, &means[k], shifts[k]),
                        point(two, &at_two[k], shifts[k]),
                        point(four, &at_four[k], shifts[k]),
                    ],
                }),
                _ => None,
            };
            PropagatedMean { account: means[k].account, trend }
        });
        let propagated: Vec<PropagatedMean> = propagated.collect();
        Ok(RunResult {
            counts: None,
            probabilities: None,
            outcomes: None,
            outcome_space: None,
            expectations,
            state: None,
            norm: None,
            branches: 0,
            neglected: 0.0,
            trajectories: None,
            propagation: Some(Propagation { truncation: truncation.clone(), means: propagated }),
            interrupted,
            meta: Meta {
                version: env!("CARGO_PKG_VERSION"),
                method: match truncation.is_exact() {
                    true => "Pauli propagation, nothing left out".into(),
                    false => "Pauli propagation, truncated".into(),
                },
                reason: "".into(),
                instruction_set: self.isa.to_string(),
                precision: Some(Precision::F64),
                seed: self.seed,
                threads: rayon::current_num_threads(),
                passes: code.steps.len(),
                plan_hash: format!("{:016x}", code.hash()),
                state_bytes: peak as u128 * bytes_of_term(code.num_qubits),
                seconds: 0.0,
            },
        })
    }
}

/// Whether the variance of a sum is computed from its square.
fn is_squared(sum: &PauliSum) -> bool {
    sum.len() > 1 && sum.len().saturating_mul(sum.len()) <= MOST_SQUARED
}

/// The means of sums without the identity.
fn carry(
    propagator: &Propagator,
    sums: &[PauliSum],
    start: &Start,
    watch: &Watch,
) -> Result<Vec<Mean>> {
    let found = propagator.propagate_many(sums, watch)?;
    let mean = |carried: &Propagated| {
        Ok(Mean { value: carried.expectation(start)?, account: *carried.account() })
    };
    found.iter().map(mean).collect()
}

/// A string's masks and its coefficient.
fn bytes_of_term(num_qubits: usize) -> u128 {
    16 * num_qubits.div_ceil(64) as u128 + 8
}
