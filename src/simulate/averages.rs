//! Exact answers, averaged over branches.

use super::lower::pauli_mask;
use super::request::Request;
use super::simulator::Precision;
use crate::engine::{PauliMask, Real, StateVector, bytes_needed};
use crate::error::Result;
use crate::math::check_memory;
use serde::Serialize;

/// Mean and variance of an observable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Expectation {
    /// ⟨H⟩.
    pub value: f64,
    /// ⟨H²⟩ - ⟨H⟩², the variance of a single measurement of H.
    pub variance: f64,
}

/// Sums over branches of what a request asks for.
pub(super) struct Averages {
    observables: Vec<Vec<(PauliMask, f64)>>,
    /// Σ weight·⟨H⟩ and Σ weight·⟨H²⟩.
    moments: Vec<(f64, f64)>,
    at_most: Option<usize>,
    largest: Largest,
    pub norm: f64,
}

/// One branch needs no vector of all probabilities; several do.
enum Largest {
    None,
    One(Vec<(u64, f64)>),
    Sum(Vec<f64>),
}

impl Averages {
    pub fn new(request: &Request, num_qubits: usize) -> Result<Self> {
        let masks = |sum: &crate::pauli::PauliSum| {
            sum.terms().iter().map(|(s, c)| Ok((pauli_mask(s, num_qubits)?, *c))).collect()
        };
        let observables: Vec<Vec<_>> =
            request.observables.iter().map(masks).collect::<Result<_>>()?;
        Ok(Averages {
            moments: vec![(0.0, 0.0); observables.len()],
            observables,
            at_most: request.probabilities,
            largest: Largest::None,
            norm: 0.0,
        })
    }

    pub fn add<T: Real>(&mut self, weight: f64, state: &StateVector<T>) -> Result<()> {
        self.norm += weight * state.norm();
        for (terms, (mean, square)) in self.observables.iter().zip(&mut self.moments) {
            *mean += weight * state.expectation(terms);
            *square += weight * second_moment(state, terms)?;
        }
        if let Some(at_most) = self.at_most {
            match &mut self.largest {
                Largest::None if weight == 1.0 => self.largest = Largest::One(state.top(at_most)),
                Largest::Sum(sum) => add_probabilities(sum, weight, state)?,
                _ => {
                    let mut sum = Vec::new();
                    add_probabilities(&mut sum, weight, state)?;
                    self.largest = Largest::Sum(sum);
                }
            }
        }
        Ok(())
    }

    pub fn expectations(&self) -> Vec<Expectation> {
        let finish = |&(value, square): &(f64, f64)| Expectation {
            value,
            variance: (square - value * value).max(0.0),
        };
        self.moments.iter().map(finish).collect()
    }

    /// The largest probabilities, ties in ascending order of the basis state, without rounding.
    pub fn largest(self, precision: Precision) -> Option<Vec<(u64, f64)>> {
        let at_most = self.at_most?;
        let is_real = |p: f64| p > precision.rounding_probability();
        Some(match self.largest {
            Largest::None => Vec::new(),
            Largest::One(list) => list.into_iter().filter(|(_, p)| is_real(*p)).collect(),
            Largest::Sum(sum) => {
                let indexed = sum.into_iter().enumerate().filter(|(_, p)| is_real(*p));
                let mut list: Vec<(u64, f64)> = indexed.map(|(i, p)| (i as u64, p)).collect();
                list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                list.truncate(at_most);
                list
            }
        })
    }
}

/// Adds `weight` times a state's probabilities to a sum that is empty at first.
pub(super) fn add_probabilities<T: Real>(
    sum: &mut Vec<f64>,
    weight: f64,
    state: &StateVector<T>,
) -> Result<()> {
    let n = state.num_qubits();
    check_memory(&format!("the probabilities of {n} qubits"), bytes_needed(n, 8), |_| {
        "ask for the largest few (`--probabilities K`) or for shots".into()
    })?;
    let part = state.probabilities();
    if sum.is_empty() {
        sum.extend(part.iter().map(|p| weight * p));
    } else {
        sum.iter_mut().zip(part).for_each(|(s, p)| *s += weight * p);
    }
    Ok(())
}

/// ⟨H²⟩ = ‖Hψ‖². A single string squares to 1, which costs nothing.
fn second_moment<T: Real>(state: &StateVector<T>, terms: &[(PauliMask, f64)]) -> Result<f64> {
    match terms {
        [] => Ok(0.0),
        [(_, c)] => Ok(c * c),
        _ => Ok(state.apply_pauli_sum(terms)?.norm()),
    }
}
