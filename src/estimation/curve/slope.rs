//! Slopes of error curves on logarithmic scales.

use super::point::{Measure, Point};
use super::result::Curve;
use crate::math::statistics::line_fit;
use serde::Serialize;

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
        let (low, high) = self.bootstrap(0, |rng| {
            Some(fit(&points.iter().map(|p| p.drawn_again(measure, rng)).collect::<Vec<_>>()))
        })?;
        (value.is_finite() && low < high).then_some(Slope { value, low, high })
    }
}
