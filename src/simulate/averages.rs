//! Exact answers, averaged over branches.

use super::expectation::{Expectation, finite};
use super::representation::Representation;
use super::request::Request;
use crate::engine::Precision;
use crate::error::Result;
use crate::math::{list_of, push};

/// For lists of probabilities that have no room.
pub(super) const HINT: &str = "ask for the largest few (`--probabilities K`) or for shots";

/// Sums over branches of what a request asks for.
pub(super) struct Averages<R: Representation> {
    observables: Vec<Branches<R>>,
    at_most: Option<usize>,
    largest: Largest,
    pub norm: f64,
}

/// An observable, and what the branches contribute.
struct Branches<R: Representation> {
    observable: R::Observable,
    /// Weight, mean and variance of each branch, without the identity.
    terms: Vec<(f64, Expectation)>,
}

/// One branch needs no vector of all probabilities; several do, and so do all of them.
enum Largest {
    Top(Vec<(u64, f64)>),
    Sum(Vec<f64>),
}

impl<R: Representation> Averages<R> {
    /// Nothing yet, of a circuit that has one branch or perhaps several.
    pub fn new(request: &Request, num_qubits: usize, one_branch: bool) -> Result<Self> {
        let new =
            |sum| Ok(Branches { observable: R::observable(sum, num_qubits)?, terms: Vec::new() });
        let all = || request.probabilities.is_some_and(|k| is_all(k, num_qubits));
        let sum = !one_branch || !R::SPARSE && all();
        Ok(Averages {
            observables: request.observables.iter().map(new).collect::<Result<_>>()?,
            at_most: request.probabilities,
            largest: if sum { Largest::Sum(Vec::new()) } else { Largest::Top(Vec::new()) },
            norm: 0.0,
        })
    }

    pub fn add(&mut self, weight: f64, state: &R) -> Result<()> {
        self.norm += weight * state.norm();
        for branches in &mut self.observables {
            let term = (weight, state.expectation(&branches.observable)?);
            push(
                &mut branches.terms,
                term,
                "the list of the means of all branches",
                "sample with shots",
            )?;
        }
        if let Some(at_most) = self.at_most {
            match &mut self.largest {
                Largest::Top(list) => *list = state.largest(at_most)?,
                Largest::Sum(sum) => state.add_probabilities(weight, sum)?,
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
    pub fn largest(self) -> Result<Option<Vec<(u64, f64)>>> {
        let Some(at_most) = self.at_most else { return Ok(None) };
        let rounding = R::PRECISION.map_or(0.0, Precision::rounding_probability);
        let is_real = |p: f64| p > rounding;
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

/// Whether as many probabilities are asked for as there are basis states.
fn is_all(at_most: usize, num_qubits: usize) -> bool {
    let len = u32::try_from(num_qubits).ok().and_then(|n| 1usize.checked_shl(n));
    len.map_or(at_most == usize::MAX, |len| at_most >= len)
}

impl<R: Representation> Branches<R> {
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
            value: finite(R::shift(&self.observable) + mean)?,
            variance: finite(variance)?,
        })
    }
}
