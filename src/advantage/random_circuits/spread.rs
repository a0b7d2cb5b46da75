//! Estimates of several circuits as one.

use super::estimators::Estimate;
use crate::advantage::Score;
use crate::error::Result;
use crate::math::statistics::{mean, normal_quantile, student_quantile, variance};
use serde::{Deserialize, Serialize};

/// The mean of a quantity over circuits, with its error from the samples and from the circuits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The mean over circuits.
    pub value: f64,
    /// The standard error that comes of samples within the circuits that were drawn.
    pub within: f64,
    /// The standard error of the mean over all random circuits, from the spread of the circuits' estimates
    /// (which their samples are part of); none of one circuit.
    pub between: Option<f64>,
    /// The lower end of the interval: 95 % by Student's law of the spread between circuits, and at least
    /// that by the normal law within them.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Spread {
    /// Of the estimates of circuits; none of no circuits.
    ///
    /// One fit through all samples of all circuits has an error that is far too small where circuits
    /// differ: each circuit is one number here, and those scatter.
    pub fn of(estimates: &[Estimate]) -> Option<Self> {
        let count = estimates.len();
        if count == 0 {
            return None;
        }
        let values: Vec<f64> = estimates.iter().map(|e| e.value).collect();
        let squares: f64 = estimates.iter().map(|e| e.standard_error.powi(2)).sum();
        let (value, within) = (mean(&values), squares.sqrt() / count as f64);
        let between = (count > 1).then(|| (variance(&values) / count as f64).sqrt());
        let by_circuits =
            between.map_or(0.0, |error| student_quantile(count as f64 - 1.0, 0.975) * error);
        let half = by_circuits.max(normal_quantile(0.975) * within);
        Some(Spread { value, within, between, low: value - half, high: value + half })
    }

    /// As a score with the same interval, judged by Student's law with one degree of freedom less than
    /// there are circuits; of one circuit by the normal law.
    ///
    /// # Errors
    /// If a number is not finite.
    pub fn score(&self, circuits: usize) -> Result<Score> {
        let half = 0.5 * (self.high - self.low);
        // No error at all is there only where all strings have the same probability.
        if circuits < 2 || half == 0.0 {
            return Score::normal(self.value, self.within);
        }
        let degrees = circuits as f64 - 1.0;
        Score::student(self.value, half / student_quantile(degrees, 0.975), degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn few_circuits_are_covered_as_many() {
        // Circuits that scatter by 0.1 with samples that scatter by 0.05: the truth is in 95 % of the
        // intervals, whatever their number.
        for circuits in [2usize, 4, 20] {
            let mut rng = Streams::new(3, Domain::Sampling).stream(circuits as u64);
            let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
            let repeats = 2000;
            let inside = (0..repeats).filter(|_| {
                let one = |_| Estimate {
                    value: 0.3 + 0.1 * normal() + 0.05 * normal(),
                    standard_error: 0.05,
                };
                let estimates: Vec<Estimate> = (0..circuits).map(one).collect();
                let spread = Spread::of(&estimates).unwrap();
                spread.low <= 0.3 && 0.3 <= spread.high
            });
            let part = inside.count() as f64 / f64::from(repeats);
            assert!((0.93..=0.985).contains(&part), "{circuits}: {part}");
        }
        assert_eq!(Spread::of(&[]), None);
        let one = Spread::of(&[Estimate { value: 0.5, standard_error: 0.1 }]).unwrap();
        assert_eq!((one.within, one.between), (0.1, None));
        assert_eq!(one.score(1), Score::normal(0.5, 0.1));
    }

    #[test]
    fn few_circuits_are_judged_by_students_law() {
        let of = |values: &[f64], standard_error| {
            let estimates: Vec<Estimate> =
                values.iter().map(|&value| Estimate { value, standard_error }).collect();
            let spread = Spread::of(&estimates).unwrap();
            (spread, spread.score(values.len()).unwrap())
        };
        let (spread, score) = of(&[0.4, 0.6], 1e-3);
        assert!((spread.between.unwrap() - 0.1).abs() < 1e-12);
        // The 97.5 % point of Student's law with one degree of freedom.
        assert!((score.high - 0.5 - 12.706_204_736 * 0.1).abs() < 1e-6, "{score:?}");
        // Circuits that are alike by chance are no surer than their strings.
        let (spread, score) = of(&[0.5, 0.5], 0.1);
        assert!((score.low - spread.low).abs() < 1e-9 && score.low < 0.5 - 0.13, "{score:?}");
    }
}
