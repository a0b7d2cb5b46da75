//! The statistics of one method at one target.

use super::cell::{Cell, Repeat};
use super::misses::{Misses, absolute_quantile};
use crate::estimation::account::interval::Guarantee;
use crate::estimation::fit::Target;
use crate::math::statistics::{mean, variance};
use serde::{Serialize, Serializer};

/// A measure of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The root of the mean squared error, over all repeats and problems.
    Rmse,
    /// The median absolute error of each problem, on average over problems.
    MedianAbsolute,
}

/// All repeats of a method at a target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// What the method was made to fit.
    #[serde(serialize_with = "as_text")]
    pub target: Target,
    /// The probability that its intervals may miss.
    pub alpha: f64,
    /// Uses of A, on average.
    pub uses: f64,
    /// Largest sequential depth in uses of A of each estimate, on average.
    pub depth: f64,
    /// Shots, on average.
    pub shots: f64,
    /// Applications of Grover's operator, on average.
    pub num_oracle_queries: f64,
    /// Most gates on two qubits of a circuit, if circuits ran.
    pub two_qubit_gates: Option<u64>,
    /// Root mean squared error.
    pub rmse: f64,
    /// Median absolute error, on average over problems.
    pub median_absolute_error: f64,
    /// The middle half of the absolute errors: quartiles, on average over problems.
    pub quartiles: (f64, f64),
    /// The estimates that the median does not see and that may decide the root mean square.
    pub misses: Misses,
    /// Mean error, on average over problems.
    pub bias: f64,
    /// Standard error of the bias.
    pub bias_error: f64,
    /// Share of intervals that held the truth.
    pub coverage: f64,
    /// Its standard error.
    pub coverage_error: f64,
    /// Half-width of the intervals, on average.
    pub half_width: f64,
    /// What the intervals promise.
    pub guarantee: Guarantee,
    /// Estimates in all.
    pub estimates: usize,
    /// The errors of each problem, for fits that are made of them.
    #[serde(skip)]
    pub(super) errors: Vec<Vec<f64>>,
}

impl Point {
    /// The point that the cells of all problems make.
    pub(super) fn new(target: Target, cells: &[&Cell]) -> Self {
        let repeats: Vec<&Repeat> = cells.iter().flat_map(|c| &c.repeats).collect();
        let count = repeats.len() as f64;
        let average =
            |value: &dyn Fn(&Repeat) -> f64| repeats.iter().map(|r| value(r)).sum::<f64>() / count;
        let errors: Vec<Vec<f64>> =
            cells.iter().map(|c| c.repeats.iter().map(|r| r.error).collect()).collect();
        let coverage = average(&|r| f64::from(u8::from(r.covered)));
        let quartile =
            |p| mean(&errors.iter().map(|e| absolute_quantile(e, p)).collect::<Vec<_>>());
        let problems = errors.len() as f64;
        let spread: f64 = errors.iter().map(|e| variance(e) / e.len() as f64).sum();
        Point {
            target,
            alpha: cells.iter().map(|c| c.alpha).fold(0.0, f64::max),
            uses: average(&|r| r.uses as f64),
            depth: average(&|r| r.depth as f64),
            shots: average(&|r| r.shots as f64),
            num_oracle_queries: average(&|r| r.queries as f64),
            two_qubit_gates: cells.iter().filter_map(|c| c.two_qubit_gates).max(),
            rmse: Measure::Rmse.of(&errors),
            median_absolute_error: Measure::MedianAbsolute.of(&errors),
            quartiles: (quartile(0.25), quartile(0.75)),
            misses: Misses::of(&errors),
            bias: mean(&errors.iter().map(|e| mean(e)).collect::<Vec<_>>()),
            bias_error: spread.sqrt() / problems,
            coverage,
            coverage_error: (coverage * (1.0 - coverage) / count).sqrt(),
            half_width: average(&|r| r.half_width),
            guarantee: cells.iter().map(|c| c.guarantee).max().unwrap_or(Guarantee::FiniteSample),
            estimates: repeats.len(),
            errors,
        }
    }

    /// An error of this point.
    pub fn error(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Rmse => self.rmse,
            Measure::MedianAbsolute => self.median_absolute_error,
        }
    }
}

impl Measure {
    /// This measure of the errors of each problem.
    pub(super) fn of(self, errors: &[Vec<f64>]) -> f64 {
        match self {
            Measure::Rmse => {
                let squares = errors.iter().flatten().map(|e| e * e);
                (squares.sum::<f64>() / errors.iter().map(Vec::len).sum::<usize>() as f64).sqrt()
            }
            Measure::MedianAbsolute => {
                mean(&errors.iter().map(|e| absolute_quantile(e, 0.5)).collect::<Vec<_>>())
            }
        }
    }
}

pub(super) fn as_text<S: Serializer>(target: &Target, serializer: S) -> Result<S::Ok, S::Error> {
    match target {
        Target::Budget(uses) => serializer.serialize_u64(*uses),
        Target::Precision(epsilon) => serializer.serialize_f64(*epsilon),
    }
}
