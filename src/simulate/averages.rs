//! Exact answers, averaged over branches.

use super::observable::{Observable, finite};
use super::request::Request;
use crate::engine::Precision;
use crate::engine::{Real, StateVector, bytes_needed, max_qubits};
use crate::error::Result;
use crate::math::{check_memory, list_of, push};
use serde::Serialize;
use std::fmt;

const HINT: &str = "ask for the largest few (`--probabilities K`) or for shots";

/// Mean and variance of an observable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Expectation {
    /// ⟨H⟩.
    pub value: f64,
    /// ⟨H²⟩ - ⟨H⟩², the variance of a single measurement of H.
    pub variance: f64,
}

impl Expectation {
    /// √variance, the standard deviation of a single measurement of H.
    pub fn standard_deviation(&self) -> f64 {
        self.variance.sqrt()
    }

    /// √(variance/shots), the standard error of the mean of this many measurements of H.
    pub fn standard_error(&self, shots: u64) -> f64 {
        (self.variance / shots as f64).sqrt()
    }
}

/// The mean and, behind it, the standard deviation of a measurement.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (standard deviation {:.6e})", self.value, self.standard_deviation())
    }
}

/// Sums over branches of what a request asks for.
pub(super) struct Averages {
    observables: Vec<Branches>,
    at_most: Option<usize>,
    largest: Largest,
    pub norm: f64,
}

/// An observable, and what the branches contribute.
struct Branches {
    observable: Observable,
    /// Weight, mean and variance of each branch, without the identity.
    terms: Vec<(f64, Expectation)>,
}

/// One branch needs no vector of all probabilities; several do, and so do all of them.
enum Largest {
    Top(Vec<(u64, f64)>),
    Sum(Vec<f64>),
}

impl Averages {
    /// Nothing yet, of a circuit that has one branch or perhaps several.
    pub fn new(
        request: &Request,
        num_qubits: usize,
        bytes_per_amplitude: usize,
        one_branch: bool,
    ) -> Result<Self> {
        let new =
            |sum| Ok(Branches { observable: Observable::new(sum, num_qubits)?, terms: Vec::new() });
        let observables: Vec<Branches> =
            request.observables.iter().map(new).collect::<Result<_>>()?;
        let all = |k: usize| {
            u32::try_from(num_qubits)
                .ok()
                .and_then(|n| 1usize.checked_shl(n))
                .is_none_or(|len| k >= len)
        };
        if observables.iter().any(|o| o.observable.needs_second_state()) {
            let needed = bytes_needed(num_qubits, 2 * bytes_per_amplitude);
            let what = format!("the variance of an observable on {num_qubits} qubits");
            check_memory(&what, needed, |available| {
                let fits = max_qubits(available, 2 * bytes_per_amplitude);
                let hint = format!(
                    "it takes a second state: {fits} qubits fit; observables of one term take none"
                );
                (Some(fits), hint)
            })?;
        }
        let sum = !one_branch || request.probabilities.is_some_and(all);
        Ok(Averages {
            observables,
            at_most: request.probabilities,
            largest: if sum { Largest::Sum(Vec::new()) } else { Largest::Top(Vec::new()) },
            norm: 0.0,
        })
    }

    pub fn add<T: Real>(&mut self, weight: f64, state: &StateVector<T>) -> Result<()> {
        self.norm += weight * state.norm();
        for branches in &mut self.observables {
            let term = (weight, branches.observable.mean_and_variance(state)?);
            push(
                &mut branches.terms,
                term,
                "the list of the means of all branches",
                "sample with shots",
            )?;
        }
        if let Some(at_most) = self.at_most {
            match &mut self.largest {
                Largest::Top(list) => *list = state.try_top(at_most)?,
                Largest::Sum(sum) => add_probabilities(sum, weight, state)?,
            }
        }
        Ok(())
    }

    /// Means and variances over the branches.
    ///
    /// # Errors
    /// If a value overflows.
    pub fn expectations(&self) -> Result<Vec<Expectation>> {
        self.observables.iter().map(Branches::average).collect()
    }

    /// The largest probabilities, ties in ascending order of the basis state, without rounding.
    ///
    /// # Errors
    /// If there is no memory for the list.
    pub fn largest(self, precision: Precision) -> Result<Option<Vec<(u64, f64)>>> {
        let Some(at_most) = self.at_most else { return Ok(None) };
        let is_real = |p: f64| p > precision.rounding_probability();
        let mut list = match self.largest {
            Largest::Top(list) => list,
            Largest::Sum(sum) => {
                let real = sum.iter().filter(|p| is_real(**p)).count();
                let mut list = list_of("the list of probabilities", real, HINT)?;
                let indexed = sum.iter().enumerate().filter(|(_, p)| is_real(**p));
                list.extend(indexed.map(|(i, p)| (i as u64, *p)));
                list.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                list.truncate(at_most);
                list
            }
        };
        list.retain(|(_, p)| is_real(*p));
        Ok(Some(list))
    }
}

/// Adds `weight` times a state's probabilities to a sum that is empty at first.
pub(super) fn add_probabilities<T: Real>(
    sum: &mut Vec<f64>,
    weight: f64,
    state: &StateVector<T>,
) -> Result<()> {
    let n = state.num_qubits();
    // The sum, and this part of it or a list of pairs that is sorted.
    check_memory(
        format_args!("the list of the probabilities of {n} qubits"),
        bytes_needed(n, 3 * 8),
        |available| (Some(max_qubits(available, 3 * 8)), HINT.into()),
    )?;
    let mut part = state.try_probabilities()?;
    if sum.is_empty() {
        part.iter_mut().for_each(|p| *p *= weight);
        *sum = part;
    } else {
        sum.iter_mut().zip(part).for_each(|(s, p)| *s += weight * p);
    }
    Ok(())
}

impl Branches {
    /// The law of total variance: the mean of the branches' variances, and the variance of their
    /// means.
    fn average(&self) -> Result<Expectation> {
        let total: f64 = self.terms.iter().map(|b| b.0).sum();
        let mean_of = |f: &dyn Fn(&Expectation) -> f64| {
            self.terms.iter().map(|(weight, e)| weight * f(e)).sum::<f64>() / total
        };
        let mean = mean_of(&|e| e.value);
        let variance = mean_of(&|e| e.variance + (e.value - mean).powi(2));
        Ok(Expectation {
            value: finite(self.observable.shift + mean)?,
            variance: finite(variance)?,
        })
    }
}
