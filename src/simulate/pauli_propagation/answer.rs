//! What there is to say of means by Pauli propagation.

use crate::propagation::{Account, Truncation};
use serde::Serialize;
use std::fmt;

/// How means came about by Pauli propagation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Propagation {
    /// Which strings were left out.
    pub truncation: Truncation,
    /// For each observable of the request, what was carried and left out.
    pub means: Vec<PropagatedMean>,
}

/// The strings of one observable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PropagatedMean {
    /// How many there were, and what was left out: `dropped_sum` bounds the error of the mean.
    pub account: Account,
    /// The mean at coarser truncations too. `None` where nothing may be left out, or by weight alone,
    /// which has no scale to be made coarser by; where so few strings may be that no two coarser
    /// truncations differ; and where the run was interrupted.
    pub trend: Option<Trend>,
}

/// Strings and what was left out, on one line, and the trend on another.
impl fmt::Display for PropagatedMean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Account {
            peak_terms, final_terms, dropped_sum, dropped_squares, dropped_terms, ..
        } = self.account;
        write!(f, "{final_terms} strings, at most {peak_terms}; ")?;
        match dropped_terms {
            0 => write!(f, "nothing left out")?,
            _ => write!(
                f,
                "left out {dropped_terms} of Σ|c| = {dropped_sum:.3e} (a bound on the error), \
                 Σc² = {dropped_squares:.3e}"
            )?,
        }
        self.trend.iter().try_for_each(|trend| write!(f, "\n  {trend}"))
    }
}

/// A mean at three truncations, the finest first: with least coefficients δ, 2δ, 4δ and most terms k,
/// k/2, k/4, whichever are given. It says more of the error than the bound does, and proves nothing:
/// values that agree may all be far off.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// The truncation that was asked for, and two coarser ones.
    pub points: [TrendPoint; 3],
}

/// A mean at one truncation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TrendPoint {
    /// Strings with smaller coefficients were left out.
    pub min_coefficient: f64,
    /// No more strings than this were kept.
    pub max_terms: Option<usize>,
    /// The mean.
    pub value: f64,
    /// Most strings at any moment.
    pub peak_terms: usize,
}

impl Trend {
    /// The largest value minus the smallest one.
    pub fn spread(&self) -> f64 {
        let values = self.points.map(|point| point.value);
        let (least, most) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
        most - least
    }

    /// Whether the last step to a finer truncation changed the mean by no more than half of what the
    /// step before it did. Not where a step leads to the same truncation.
    pub fn settles(&self) -> bool {
        let scales = self.points.map(|point| (point.min_coefficient, point.max_terms));
        if scales[0] == scales[1] || scales[1] == scales[2] {
            return false;
        }
        let [fine, middle, coarse] = self.points.map(|point| point.value);
        (fine - middle).abs() <= 0.5 * (middle - coarse).abs()
    }
}

/// The three values.
impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [fine, middle, coarse] = self.points.map(|point| point.value);
        let word = if self.settles() { "settling" } else { "not settled" };
        write!(f, "{fine} ← {middle} ← {coarse} at truncations 1, 2, 4 times as coarse: {word}")
    }
}

/// The truncations twice and four times as coarse; none if nothing has a scale, or if two of the
/// three are the same.
pub(super) fn coarser(truncation: &Truncation) -> Vec<Truncation> {
    let times = |factor: usize| Truncation {
        min_coefficient: (truncation.min_coefficient * factor as f64).min(f64::MAX),
        max_terms: truncation.max_terms.map(|terms| (terms / factor).max(1)),
        ..truncation.clone()
    };
    let coarse = vec![times(2), times(4)];
    match coarse[0] == *truncation || coarse[1] == coarse[0] {
        true => Vec::new(),
        false => coarse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncations_become_coarser() {
        let weight = Truncation { max_weight: Some(3), ..Truncation::none() };
        assert!(coarser(&weight).is_empty());
        let both = Truncation { min_coefficient: 1e-3, max_terms: Some(6), ..weight };
        let coarse = &coarser(&both)[1];
        assert_eq!((coarse.min_coefficient, coarse.max_terms), (4e-3, Some(1)));
        assert_eq!(coarse.max_weight, Some(3));
        // Nothing is coarser than one string, or than the largest number.
        for few in [1, 2, 3] {
            let few = Truncation { max_terms: Some(few), ..Truncation::none() };
            assert!(coarser(&few).is_empty());
        }
        let four = Truncation { max_terms: Some(4), ..Truncation::none() };
        assert_eq!(coarser(&four).len(), 2);
        let huge = Truncation { min_coefficient: 1e308, ..Truncation::none() };
        assert!(coarser(&huge).is_empty());
        let large = Truncation { min_coefficient: 0.6e308, ..Truncation::none() };
        assert!(coarser(&large).iter().all(|t| t.check().is_ok()));
    }

    #[test]
    fn a_trend_settles_or_drifts() {
        let at = |min_coefficient, value| TrendPoint {
            min_coefficient,
            max_terms: None,
            value,
            peak_terms: 1,
        };
        let trend = |a, b, c| Trend { points: [at(0.1, a), at(0.2, b), at(0.4, c)] };
        assert!(trend(0.5, 0.51, 0.55).settles() && trend(0.5, 0.5, 0.5).settles());
        assert!(!trend(0.5, 0.6, 0.65).settles() && !trend(0.5, 0.52, 0.55).settles());
        let same = Trend { points: [at(0.1, 0.5), at(0.2, 0.5), at(0.2, 0.5)] };
        assert!(!same.settles());
        assert!((trend(0.5, 0.6, 0.4).spread() - 0.2).abs() < 1e-15);
    }
}
