//! Slopes of error curves on logarithmic scales.

use super::{Curve, Measure, Point};
use crate::math::statistics::{line_fit, quantile};
use crate::math::{Domain, Streams};
use rand::{Rng, RngExt};
use serde::Serialize;

/// Resamplings of a bootstrap.
const RESAMPLINGS: usize = 400;
/// The stream of bootstraps: above those of repeats.
const BOOTSTRAP: u64 = 1 << 63;

/// The slope of ln(error) against ln(uses of A), by least squares over the points, with the middle
/// 95 % of its values when the repeats are drawn anew with replacement (Efron, Ann. Statist. 7, 1
/// (1979)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Slope {
    /// The slope.
    pub value: f64,
    /// 2.5 % of resamplings are below.
    pub low: f64,
    /// 2.5 % of resamplings are above.
    pub high: f64,
}

impl Curve {
    /// The slope of an error; `None` with fewer than two points whose error is above zero, with one
    /// repeat, and for canonical estimation of a single amplitude, whose distance from the grid is luck:
    /// several amplitudes average it.
    pub fn slope(&self, measure: Measure) -> Option<Slope> {
        let points: Vec<&Point> = self.points.iter().filter(|p| p.error(measure) > 0.0).collect();
        if points.len() < 2 || self.is_luck {
            return None;
        }
        let fit = |errors: &[f64]| {
            let logs = points.iter().zip(errors).map(|(p, e)| (p.uses.ln(), e.ln()));
            line_fit(&logs.filter(|l| l.1.is_finite()).collect::<Vec<_>>()).0
        };
        let value = fit(&points.iter().map(|p| p.error(measure)).collect::<Vec<_>>());
        let mut rng = Streams::new(self.seed, Domain::Repeat).stream(BOOTSTRAP);
        let mut resampled: Vec<f64> = (0..RESAMPLINGS)
            .map(|_| {
                let errors = points.iter().map(|p| measure.of(&drawn_again(&p.errors, &mut rng)));
                fit(&errors.collect::<Vec<_>>())
            })
            .filter(|s| s.is_finite())
            .collect();
        resampled.sort_unstable_by(f64::total_cmp);
        let (low, high) = (quantile(&resampled, 0.025), quantile(&resampled, 0.975));
        (value.is_finite() && low < high).then_some(Slope { value, low, high })
    }
}

impl Curve {
    /// The middle 95 % of a point's root mean squared error when its repeats are drawn anew.
    pub(super) fn interval_of_rmse(&self, point: &Point) -> (f64, f64) {
        let mut rng = Streams::new(self.seed, Domain::Repeat).stream(BOOTSTRAP + 1);
        let mut resampled: Vec<f64> = (0..RESAMPLINGS)
            .map(|_| Measure::Rmse.of(&drawn_again(&point.errors, &mut rng)))
            .collect();
        resampled.sort_unstable_by(f64::total_cmp);
        (quantile(&resampled, 0.025), quantile(&resampled, 0.975))
    }
}

/// As many errors of each problem, drawn from its own.
fn drawn_again(errors: &[Vec<f64>], rng: &mut impl Rng) -> Vec<Vec<f64>> {
    let again = |of: &Vec<f64>| of.iter().map(|_| of[rng.random_range(0..of.len())]).collect();
    errors.iter().map(again).collect()
}
